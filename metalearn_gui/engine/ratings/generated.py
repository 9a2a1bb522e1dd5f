"""The built-in catalogue: films that do not exist, and people who rate them by a taste that is written down here.

A person u gives a film i

    stars = 3.2 + mean_u + quality_i + genres_i . taste_u / sqrt(genres of i) + era_u(year_i) + mood_i . mood_u + noise

to the next half star in [0.5, 5]. Genres and years are features of a film, a person's age group is a feature of
theirs and leans taste_u; quality_i and mood_i stand in no feature: only the film's own ratings tell them. People
rate popular films, and films that they like, more often.
"""

from __future__ import annotations

import functools

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.ratings.catalogue import Catalogue
from metalearn_gui.engine.ratings.features import decades
from metalearn_gui.engine.ratings.table import RatingsTable

SEED = 20190704
NUM_USERS, NUM_ITEMS = 2_000, 400
FEWEST, TYPICAL, MOST = 30, 80, 200  # ratings of a person
MIDDLE, LOWEST, HIGHEST, STEP = 3.2, 0.5, 5.0, 0.5
QUALITY, USER_MEAN, TASTE, AGE_TASTE, ERA, MOOD, NOISE = 0.35, 0.35, 0.7, 0.4, 0.3, 0.3, 0.4  # deviations, in stars
NUM_MOODS = 3
YEARS = (1950, 2020)
GENRES = ("Adventure", "Comedy", "Crime", "Documentary", "Drama", "Fantasy", "Horror", "Romance", "Science fiction")
AGES = ("age under 25", "age 25 to 44", "age 45 to 64", "age over 64")
ADJECTIVES = (
    "Quiet", "Crooked", "Silver", "Last", "Burning", "Hidden", "Wild", "Distant", "Broken", "Golden",
    "Patient", "Frozen", "Electric", "Borrowed", "Restless", "Hollow", "Second", "Midnight", "Scarlet", "Little",
)  # fmt: skip
NOUNS = (
    "Harbour", "Orchard", "Engine", "Summer", "Letters", "Mountain", "Parade", "Witness", "Garden", "Signal",
    "River", "Carnival", "Station", "Portrait", "Voyage", "Lantern", "Promise", "Archive", "Kingdom", "Neighbour",
)  # fmt: skip


@functools.cache
def generated_catalogue() -> Catalogue:
    """What settings have to know of it: nobody has to draw it before it is chosen."""
    _, decade_names = decades(np.arange(*YEARS))
    return Catalogue(NUM_ITEMS, (*GENRES, *decade_names, *AGES), (LOWEST, HIGHEST))


@functools.cache
def generated_ratings() -> RatingsTable:
    """The catalogue; the same in every run and on every machine of one numpy version."""
    rng = np.random.default_rng(SEED)
    years = rng.integers(*YEARS, NUM_ITEMS)
    genres = _genres(rng)
    decade_features, decade_names = decades(years)
    ages = np.eye(len(AGES), dtype=np.float32)[rng.choice(len(AGES), NUM_USERS, p=(0.3, 0.4, 0.2, 0.1))]
    stars = _stars(rng, genres, years, ages)
    users, items = np.nonzero(_is_rated(rng, stars))
    values = np.clip(np.round(stars[users, items] / STEP) * STEP, LOWEST, HIGHEST)
    return RatingsTable(
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        values=values.astype(np.float32),
        titles=_titles(rng, years),
        item_years=years.astype(np.int16),
        item_features=np.concatenate([genres, decade_features], axis=1),
        item_feature_names=(*GENRES, *decade_names),
        user_features=ages,
        user_feature_names=AGES,
        scale=(LOWEST, HIGHEST),
        digest=f"generated {SEED}",
        is_generated=True,
        remark="The catalogue is generated: none of its films exists, and nobody gave its ratings",
    )


def _genres(rng: np.random.Generator) -> Array:
    """(items, genres): each film has one to three."""
    keys = rng.random((NUM_ITEMS, len(GENRES)))
    order = np.argsort(np.argsort(keys, axis=1), axis=1)
    return np.asarray(order < rng.choice((1, 2, 3), (NUM_ITEMS, 1), p=(0.4, 0.4, 0.2)), np.float32)


def _stars(rng: np.random.Generator, genres: Array, years: Array, ages: Array) -> Array:
    """(users, items): what everybody would give to everything, not yet rounded."""
    leaning = rng.normal(0.0, AGE_TASTE, (len(AGES), len(GENRES)))
    taste = ages @ leaning + rng.normal(0.0, TASTE, (NUM_USERS, len(GENRES)))
    liking = taste @ (genres / np.sqrt(genres.sum(axis=1, keepdims=True))).T
    era = rng.normal(0.0, ERA, (NUM_USERS, 1)) * (2.0 * (years - YEARS[0]) / (YEARS[1] - YEARS[0]) - 1.0)
    mood = rng.normal(0.0, MOOD, (NUM_USERS, NUM_MOODS)) @ rng.normal(size=(NUM_MOODS, NUM_ITEMS))
    level = rng.normal(0.0, USER_MEAN, (NUM_USERS, 1)) + rng.normal(0.0, QUALITY, NUM_ITEMS)
    noise = rng.normal(0.0, NOISE, (NUM_USERS, NUM_ITEMS))
    return np.asarray(MIDDLE + level + liking + era + mood + noise)


def _is_rated(rng: np.random.Generator, stars: Array) -> Array:
    """(users, items): a random choice for each person, without replacement (Gumbel's trick)."""
    popularity = rng.normal(0.0, 1.0, NUM_ITEMS)
    keys = popularity + 0.5 * stars + rng.gumbel(size=stars.shape)
    counts = np.clip(np.exp(rng.normal(np.log(TYPICAL), 0.5, (NUM_USERS, 1))), FEWEST, MOST)
    return np.asarray(np.argsort(np.argsort(-keys, axis=1), axis=1) < counts)


def _titles(rng: np.random.Generator, years: Array) -> tuple[str, ...]:
    """Every title once: an adjective and a noun."""
    pairs = rng.permutation(len(ADJECTIVES) * len(NOUNS))[:NUM_ITEMS]
    return tuple(
        f"The {ADJECTIVES[pair // len(NOUNS)]} {NOUNS[pair % len(NOUNS)]} ({year})"
        for pair, year in zip(pairs, years, strict=True)
    )
