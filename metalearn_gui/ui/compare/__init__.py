"""The cards of the view that compares learners."""
