"""Ratings: who gave what how many stars, with what is known of items and users; generated, or read from files."""
