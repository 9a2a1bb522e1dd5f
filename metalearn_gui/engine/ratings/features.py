"""What is known of items and users as columns of 0 and 1, each with a name."""

from __future__ import annotations

import collections
from collections.abc import Sequence

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.ratings.table import NO_YEAR

MOST_LABELS = 60  # columns that labels come to
Features = tuple[Array, tuple[str, ...]]  # float32 (rows, names), and the names


def decades(years: Array) -> Features:
    """One column for each decade that there is; a row without a year is all 0."""
    years = np.asarray(years)
    own = years // 10 * 10
    found = np.unique(own[years != NO_YEAR])
    return (own[:, None] == found).astype(np.float32), tuple(f"{decade}s" for decade in found)


def one_hot(labels: Sequence[str], prefix: str = "") -> Features:
    """One column for each label that there is; a row with the label "" is all 0."""
    return many_hot([[label] if label else [] for label in labels], prefix)


def many_hot(labels: Sequence[Sequence[str]], prefix: str = "") -> Features:
    """One column for each label that there is, the commonest MOST_LABELS; a row may have any number of them."""
    counts = collections.Counter(label for own in labels for label in own)
    names = sorted(name for name, _ in counts.most_common(MOST_LABELS))
    places = {name: place for place, name in enumerate(names)}
    values = np.zeros((len(labels), len(names)), np.float32)
    for row, own in enumerate(labels):
        values[row, [places[label] for label in own if label in places]] = 1.0
    return values, tuple(f"{prefix}{name}" for name in names)


def side_by_side(*parts: Features) -> Features:
    """All columns of several."""
    return np.concatenate([values for values, _ in parts], axis=1), tuple(name for _, names in parts for name in names)
