"""Does it pay? The learner beside its best baseline on the same unseen tasks, task by task."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from metalearn_gui.engine.events import StepScores, Verdict
from metalearn_gui.engine.intervals import num_distinct, tasks_interval

MANY_TIMES = 10.0  # a loss of more than so many times the other's is told in times, not in per cent


def verdict(step: int, learner: StepScores, baselines: Mapping[str, StepScores]) -> Verdict | None:
    """The learner at one step, and every baseline at its best step.

    Choosing the baseline and its step by the very tasks that judge favours the baseline: whoever wins, wins by more.

    Args:
        step: as many as the learner was trained with.

    Returns: None where there is nothing to compare with.
    """
    losses = {key: scores.losses for key, scores in baselines.items() if scores.losses is not None}
    means = {
        (key, place): float(loss)
        for key, values in losses.items()
        for place, loss in enumerate(values.mean(axis=1))
        if np.isfinite(loss)
    }
    if not means or learner.losses is None:
        return None
    key, place = min(means, key=lambda one: means[one])
    paired = learner.losses[step] - losses[key][place]
    difference = float(paired.mean())
    relative = difference / means[key, place] if means[key, place] else 0.0
    is_one_task = num_distinct(len(paired), learner.identity) < 2  # it says nothing of others
    half = math.inf if is_one_task else float(tasks_interval(paired, learner.identity))
    return Verdict(key, place, step, difference, half, relative)


def sentence(verdict: Verdict, number: Callable[[float], str], brief: bool = False) -> tuple[str, dict[str, str]]:
    """The same in a line, for every place that says it.

    Args:
        number: writes a number as people read it there.
        brief: for a place of few letters: without the interval.

    Returns: the sentence, to be translated, with {name} for the baseline's name; and the other words that go into it.
    """
    if not math.isfinite(verdict.difference):
        text = "It does not pay: the loss diverges"
        return text if brief else f"{text}, unlike that of {{name}}", {}
    times = 1.0 + verdict.relative
    if verdict.pays is False and times > MANY_TIMES:
        return "It does not pay: {times} times the loss of {name}", {"times": number(times)}
    texts = {
        True: "It pays: {share} less loss than {name}",
        False: "It does not pay: {share} more loss than {name}",
        None: "No clear difference from {name}" if brief else "No clear difference from {name}: {share}",
    }
    return texts[verdict.pays], {"share": _share_text(verdict, number, brief)}


def _share_text(verdict: Verdict, number: Callable[[float], str], brief: bool) -> str:
    """The difference and half its interval, as shares of the baseline's loss where that is not 0."""
    difference, half, unit = verdict.difference, verdict.ci95, ""
    if verdict.relative:
        to_percent = 100 * abs(verdict.relative / verdict.difference)
        difference, half, unit = difference * to_percent, half * to_percent, " %"
    shown = number(difference if verdict.pays is None else abs(difference))
    if brief:
        return f"{shown}{unit}"
    margin = number(half) if 99.5 <= half < math.inf else f"{half:.2g}"  # two figures of hundreds: "1.4e+02"
    return f"{shown} ± {margin}{unit}"
