"""Data as somebody might bring them, made up: a table of shops, and ratings in the layout of ml-latest-small."""

from __future__ import annotations

from pathlib import Path

import numpy as np

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NUM_SHOPS, NUM_DAYS = 120, 60
GENRES = ("Comedy", "Documentary", "Drama", "Horror", "Romance", "Sci-Fi", "Thriller")
NUM_USERS, NUM_FILMS = 400, 300


def shops(place: Path) -> Path:
    """Ice cream sold by price, temperature and weekday: what is dear, warm and a good day differs from shop to shop."""
    rng = np.random.default_rng(0)
    lines = ["shop,price,temperature,weekday,sold"]
    for shop in range(NUM_SHOPS):
        size, dear, warm = rng.uniform((60, 2.0, 14), (220, 5.0, 28))
        week = rng.uniform(0.7, 1.3, len(WEEKDAYS))
        for _ in range(NUM_DAYS):
            price, temperature, day = rng.uniform(1.0, 6.0), rng.uniform(5, 35), rng.integers(7)
            demand = 1.0 / (1.0 + np.exp(2.5 * (price - dear))) * (0.3 + np.exp(-(((temperature - warm) / 9.0) ** 2)))
            sold = size * week[day] * demand + rng.normal(0, 3)
            lines.append(f"shop {shop + 1},{price:.2f},{temperature:.1f},{WEEKDAYS[day]},{max(0, round(sold))}")
    path = place / "shops.csv"
    path.write_text("\n".join(lines))
    return path


def films(place: Path) -> Path:
    """Ratings of made-up films by people who like some genres: movies.csv and ratings.csv."""
    rng = np.random.default_rng(0)
    folder = place / "ml-latest-small"
    folder.mkdir()
    is_of = rng.random((NUM_FILMS, len(GENRES))) < 0.3
    names = ["|".join(np.array(GENRES)[flags]) or "(no genres listed)" for flags in is_of]
    movies = [f'{film + 1},"Film {film + 1} ({1960 + film % 60})",{name}' for film, name in enumerate(names)]
    (folder / "movies.csv").write_text("\n".join(["movieId,title,genres", *movies]))
    quality, lines = rng.normal(0, 0.4, NUM_FILMS), ["userId,movieId,rating,timestamp"]
    for user in range(NUM_USERS):
        liked = 3.4 + rng.normal(0, 0.4) + is_of @ rng.normal(0, 0.8, len(GENRES)) + quality
        for film in rng.permutation(NUM_FILMS)[: rng.integers(25, 80)]:
            stars = np.clip(np.round(2 * (liked[film] + rng.normal(0, 0.4))) / 2, 0.5, 5)
            lines.append(f"{user + 1},{film + 1},{stars:.1f},{964_982_703 + film}")
    (folder / "ratings.csv").write_text("\n".join(lines))
    return folder
