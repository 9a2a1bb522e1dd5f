"""Does it pay? The learner beside its best baseline on the same unseen tasks, task by task."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.events import StepScores, Verdict
from metalearn_gui.engine.intervals import in_one_notation, tasks_interval

MANY_TIMES = 10.0  # more than so many times what the other has is told in times, not in per cent


def verdict(step: int, learner: StepScores, baselines: Mapping[str, StepScores]) -> Verdict | None:
    """The learner at one step, and every baseline at its best step: by loss, of classes by the share of wrong answers.

    Choosing the baseline and its step by the very tasks that judge favours the baseline: whoever wins, wins by more.

    Args:
        step: as many as the learner was trained with.

    Returns: None where there is nothing to compare with.
    """
    own, tried = _faults(learner), {key: _faults(scores) for key, scores in baselines.items()}
    others = {key: values for key, values in tried.items() if values is not None}
    means = {
        (key, place): float(mean)
        for key, values in others.items()
        for place, mean in enumerate(values.mean(axis=1))
        if np.isfinite(mean)
    }
    if not means or own is None:
        return None
    key, place = min(means, key=lambda one: means[one])
    with np.errstate(invalid="ignore"):  # both may have diverged on one task
        paired = own[step] - others[key][place]
    difference = float(paired.mean())
    relative = difference / means[key, place] if means[key, place] else 0.0
    half = float(tasks_interval(paired, learner.identity))
    return Verdict(key, place, step, difference, half, relative, "loss" if learner.accuracies is None else "errors")


def _faults(scores: StepScores) -> Array | None:
    """What is to be small, of every task (k + 1, tasks)."""
    return scores.losses if scores.accuracies is None else 1.0 - scores.accuracies


def sentence(
    verdict: Verdict, number: Callable[[float], str], brief: bool = False, goes_on: bool = False
) -> tuple[str, dict[str, str]]:
    """The same in a line, for every place that says it.

    Args:
        number: writes a number as people read it there.
        brief: for a place of few letters: without the interval.
        goes_on: whether training has not come to its end: what does not pay may pay then.

    Returns: the sentence, to be translated, with {name} for the baseline's name; and the other words that go into it.
    """
    text, words = _judged(verdict, number, brief)
    return text.replace("It does not pay", "Not yet", 1) if goes_on else text, words


def _judged(verdict: Verdict, number: Callable[[float], str], brief: bool) -> tuple[str, dict[str, str]]:
    if not math.isfinite(verdict.difference):
        text = "It does not pay: the loss diverges"
        return text if brief else f"{text}, unlike that of {{name}}", {}
    times = 1.0 + verdict.relative
    texts = _OF_ERRORS if verdict.measure == "errors" else _OF_LOSS
    if verdict.pays is False and times > MANY_TIMES:
        return texts["many"], {"times": number(times)}
    words = {"share": _share_text(verdict, number, brief)}
    if verdict.pays is not None:
        return texts["less" if verdict.pays else "more"], words
    if not verdict.difference:
        return "No difference from {name}", words
    text = texts["perhaps_less" if verdict.difference < 0 else "perhaps_more"]
    if brief:
        return text, words
    return f"{text}, on one unseen task" if math.isinf(verdict.ci95) else f"{text}, the interval spans zero", words


_OF_LOSS = {
    "less": "It pays: {share} less loss than {name}",
    "more": "It does not pay: {share} more loss than {name}",
    "many": "It does not pay: {times} times the loss of {name}",
    "perhaps_less": "No clear difference: {share} less loss than {name}",
    "perhaps_more": "No clear difference: {share} more loss than {name}",
}
_OF_ERRORS = {
    "less": "It pays: {share} fewer errors than {name}",
    "more": "It does not pay: {share} more errors than {name}",
    "many": "It does not pay: {times} times the errors of {name}",
    "perhaps_less": "No clear difference: {share} fewer errors than {name}",
    "perhaps_more": "No clear difference: {share} more errors than {name}",
}


def _share_text(verdict: Verdict, number: Callable[[float], str], brief: bool) -> str:
    """The difference and half its interval, as shares of what the baseline has where that is not 0."""
    factor, unit = 1.0, ""
    if verdict.relative:
        factor, unit = 100 * abs(verdict.relative / verdict.difference), " %"
    elif verdict.measure == "errors":
        factor, unit = 100.0, " in 100"
    difference, half = factor * verdict.difference, factor * verdict.ci95
    if brief or not math.isfinite(half):
        return f"{number(abs(difference))}{unit}"
    shown, margin = in_one_notation(abs(difference), half, number)
    return f"{shown} ± {margin}{unit}"
