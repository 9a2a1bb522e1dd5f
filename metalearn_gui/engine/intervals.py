"""How sure a mean is, over many tasks or over a few seeds."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

import numpy as np

from metalearn_gui.engine.backend import Array

# Student's t for 95 %, by degrees of freedom from 1 on. Beyond: Cornish and Fisher's expansion, right to 0.002.
STUDENT_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
MANY = 100  # values of which 1.96 says nearly the same as Student's t


def interval(values: Array) -> Array:
    """Half the width of the 95 % interval of the mean over the last axis: 1.96 standard errors, of few values more."""
    return _standard_errors(values, 1.96) if values.shape[-1] >= MANY else few_values_interval(values)


def few_values_interval(values: Array) -> Array:
    """The same for a few values, such as one per seed: Student's t instead of 1.96."""
    freedom = max(values.shape[-1] - 1, 1)
    factor = STUDENT_T[freedom - 1] if freedom <= len(STUDENT_T) else 1.96 + 2.372 / freedom + 2.823 / freedom**2
    return _standard_errors(values, factor)


def tasks_interval(values: Array, identity: Array | None) -> Array:
    """Half the width of the 95 % interval of the mean over the last axis, where a task may come more than once.

    What one task's episodes say together is one value: however often it is drawn, it tells of other tasks once.

    Args:
        identity: of each value, the task's number; None: each is a task of its own.

    Returns: infinity where there is but one task: it says nothing of others.
    """
    if num_distinct(values.shape[-1], identity) < 2:
        return np.full(values.shape[:-1], np.inf)
    if identity is None or num_distinct(values.shape[-1], identity) == values.shape[-1]:
        return interval(values)
    tasks, places = np.unique(identity, return_inverse=True)
    totals = np.zeros((*values.shape[:-1], len(tasks)))
    with np.errstate(invalid="ignore", over="ignore"):  # as below
        np.add.at(totals.T, places, (values - values.mean(axis=-1, keepdims=True)).T)
    return few_values_interval(totals * (len(tasks) / values.shape[-1]))  # as often drawn: the tasks' own means


def num_distinct(num_tasks: int, identity: Array | None) -> int:
    """How many tasks there are, each counted once."""
    return num_tasks if identity is None else len(np.unique(identity))


def _standard_errors(values: Array, factor: float) -> Array:
    count = values.shape[-1]
    if count < 2:
        return np.zeros(values.shape[:-1])
    with np.errstate(invalid="ignore", over="ignore"):  # losses of a learner that diverges: no interval, no noise
        return np.asarray(factor * values.std(axis=-1, ddof=1) / math.sqrt(count))


def in_one_notation(mean: float, half: float, number: Callable[[float], str], digits: int = 3) -> tuple[str, str]:
    """A mean and half the width of its interval as text, both written as the larger one is: "1.1e6" and "0.65e6".

    Args:
        mean, half: finite; the half is told to two significant figures.
        number: writes one number alone, with an "e" before a power of ten if with one.
        digits: of the mean, where its own notation gives way.
    """
    half = float(f"{half:.2g}")
    texts = number(mean), number(half)
    exponent = (texts[1] if abs(mean) < half else texts[0]).partition("e")[2]
    rewritten = _with_exponent(mean, digits, exponent), _with_exponent(half, 2, exponent)
    ours, theirs = (
        text if text.partition("e")[2] == exponent else new for text, new in zip(texts, rewritten, strict=True)
    )
    return ours, theirs


def _with_exponent(value: float, digits: int, exponent: str) -> str:
    """To so many digits; exponent: what stands behind the "e", "" for a number that is written out."""
    shift = int(exponent.replace("\u2212", "-") or 0)
    text = f"{Decimal(f'{value:.{digits - 1}e}').scaleb(-shift):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text}e{exponent}" if exponent else text
