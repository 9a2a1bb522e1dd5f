"""MovieLens as published: which files there are, and what stands in their columns.

Harper, Konstan (2015), "The MovieLens Datasets", ACM Transactions on Interactive Intelligent Systems 5 (4), and the
README of each: ml-100k (u.data, u.item, u.user), ml-1m (ratings.dat, movies.dat, users.dat), ml-latest and
ml-latest-small (ratings.csv, movies.csv).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.ratings.features import Features, decades, many_hot, one_hot, side_by_side
from metalearn_gui.engine.ratings.table import NO_YEAR

GENRES_100K = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
    "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip
NO_GENRES = ("", "unknown", "(no genres listed)")
OCCUPATIONS_1M = (
    "other", "academic or educator", "artist", "clerical or admin", "college or grad student", "customer service",
    "doctor or health care", "executive or managerial", "farmer", "homemaker", "school student", "lawyer",
    "programmer", "retired", "sales or marketing", "scientist", "self-employed", "technician or engineer",
    "tradesman or craftsman", "unemployed", "writer",
)  # fmt: skip
AGES = {0: "under 18", 18: "18 to 24", 25: "25 to 34", 35: "35 to 44", 45: "45 to 49", 50: "50 to 55", 56: "over 55"}
YEAR = re.compile(r"\((\d{4})[^()]*\)\s*$")
Row = Sequence[str]


class Items(NamedTuple):
    """Titles, years and features of items."""

    titles: tuple[str, ...]
    years: Array
    features: Features


class TextFile(NamedTuple):
    """How one of the files is written. header: its first line; "" where there is none."""

    name: str
    separator: str
    encoding: str
    columns: tuple[str, ...]
    header: str = ""


class Layout(NamedTuple):
    """A published set: its files, and what their rows come to. A row begins with the number of its item or user."""

    ratings: TextFile
    items: TextFile
    items_of: Callable[[Sequence[Row]], Items]
    users: TextFile | None = None
    users_of: Callable[[Sequence[Row]], Features] | None = None


def _items(titles: Sequence[str], years: Sequence[int], genres: Sequence[Sequence[str]]) -> Items:
    every_year = np.array(years, np.int16)
    kept = [[genre for genre in own if genre not in NO_GENRES] for own in genres]
    return Items(tuple(titles), every_year, side_by_side(many_hot(kept), decades(every_year)))


def _items_100k(rows: Sequence[Row]) -> Items:
    genres = [[name for name, flag in zip(GENRES_100K, row[5:], strict=True) if flag.strip() == "1"] for row in rows]
    return _items([row[1] for row in rows], [_year_of(row[1]) for row in rows], genres)


def _items_with_genres(rows: Sequence[Row]) -> Items:
    return _items([row[1] for row in rows], [_year_of(row[1]) for row in rows], [row[2].split("|") for row in rows])


def _year_of(title: str) -> int:
    found = YEAR.search(title)
    return int(found[1]) if found else NO_YEAR


def _users_100k(rows: Sequence[Row]) -> Features:
    return _users([row[1] for row in rows], [row[2] for row in rows], [row[3] for row in rows])


def _users_1m(rows: Sequence[Row]) -> Features:
    named = {str(place): name for place, name in enumerate(OCCUPATIONS_1M)}
    return _users([row[2] for row in rows], [row[1] for row in rows], [named.get(row[3].strip(), "") for row in rows])


def _users(ages: Sequence[str], genders: Sequence[str], occupations: Sequence[str]) -> Features:
    return side_by_side(
        one_hot([_age_group(age) for age in ages], "age "),
        one_hot([gender.strip() for gender in genders], "gender "),
        one_hot([occupation.strip() for occupation in occupations]),
    )


def _age_group(text: str) -> str:
    age = int(text) if text.strip().isascii() and text.strip().isdigit() else -1
    return next((name for least, name in reversed(AGES.items()) if age >= least), "")


FOUR = ("user", "item", "rating", "time")
LAYOUTS: Mapping[str, Layout] = {
    "ml-100k": Layout(
        TextFile("u.data", "\t", "latin-1", FOUR),
        TextFile("u.item", "|", "latin-1", ("item", "title", "released", "video", "address", *GENRES_100K)),
        _items_100k,
        TextFile("u.user", "|", "latin-1", ("user", "age", "gender", "occupation", "zip code")),
        _users_100k,
    ),
    "ml-1m": Layout(
        TextFile("ratings.dat", "::", "latin-1", FOUR),
        TextFile("movies.dat", "::", "latin-1", ("item", "title", "genres")),
        _items_with_genres,
        TextFile("users.dat", "::", "latin-1", ("user", "gender", "age", "occupation", "zip code")),
        _users_1m,
    ),
    "ml-latest": Layout(
        TextFile("ratings.csv", ",", "utf-8", FOUR, "userId,movieId,rating,timestamp"),
        TextFile("movies.csv", ",", "utf-8", ("item", "title", "genres"), "movieId,title,genres"),
        _items_with_genres,
    ),
}
