"""How little data will do: loss against shots and against training tasks, beside what does not meta-learn.

One training for every number of tasks. Shots need no other training: what was learned from all tasks is tried on unseen
ones with fewer and with more points than it was trained with.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.baselines import BASELINES
from metalearn_gui.engine.compare.contenders import BY_SETTINGS, Budget, Contender
from metalearn_gui.engine.compare.events import Compared, ComparisonEvent, Judged, Planned, Progressed
from metalearn_gui.engine.compare.judge import Judge
from metalearn_gui.engine.compare.race import compare
from metalearn_gui.engine.compare.result import Comparison, Entry, TrainedRun
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.events import Event
from metalearn_gui.engine.plain_settings import UNLIMITED
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.switching import switched
from metalearn_gui.engine.training import DEFAULT_OPTIONS, Options
from metalearn_gui.engine.unseen import TASKS_SEED

NUM_TASKS = (1, 3, 10, 30, 100, UNLIMITED)
SHOTS = (1, 2, 3, 5, 10, 20, 50)
TRAINING_SHARE = 0.9  # of the time that all of it takes, about; the rest are the trials with other shots


@dataclasses.dataclass(frozen=True, eq=False)
class LossAgainst:
    """One learner's mean loss by a number, and half the width of its 95 % interval; all (points,).

    x: shots, or training tasks with infinity for as many as there are.
    """

    learner: str
    label: str
    x: Array
    loss: Array
    ci95: Array

    @property
    def ends(self) -> tuple[Array, Array]:
        """Of its intervals, lower and upper; one task has none: there both are the mean."""
        half = np.where(np.isfinite(self.ci95), self.ci95, 0.0)
        return self.loss - half, self.loss + half


@dataclasses.dataclass(frozen=True, eq=False)
class LittleData(ComparisonEvent):
    """Both curves of every learner, as far as they have come. shots: those that were trained with."""

    by_tasks: tuple[LossAgainst, ...]
    by_shots: tuple[LossAgainst, ...]
    shots: int


def little_data(
    settings: ExperimentSettings,
    budget: Budget = BY_SETTINGS,
    *,
    num_tasks: Sequence[int] = NUM_TASKS,
    shots: Sequence[int] = SHOTS,
    seeds: Sequence[int] = (),
    gate: Gate | None = None,
    options: Options = DEFAULT_OPTIONS,
    tasks_seed: int = TASKS_SEED,
    known: Sequence[TrainedRun] = (),
) -> Iterator[Event | ComparisonEvent]:
    """Train with every number of tasks, then try the one trained on most of them with every number of shots.

    Args:
        num_tasks: of training; 0 = unlimited.
        shots: those are tried for which the smallest class of a file has images enough.
        known: as of `compare`.

    Yields: what `compare` yields, with LittleData whenever a curve has a point more.

    Raises:
        SettingError: a number that the settings cannot take; as `compare`.
    """
    gate, most = gate or Gate(), max(num_tasks, key=_amount)
    contenders = _contenders(settings, sorted(set(num_tasks), key=_amount), most, seeds)
    sizes = [settings.replaced(shots=number).episodes.shots for number in shots_to_try(settings, shots)]
    by_tasks, trained_with = _Curves(), settings.episodes.shots
    training = compare(contenders, budget, gate=gate, options=options, tasks_seed=tasks_seed, known=known)
    last = yield from _by_tasks(training, by_tasks, trained_with)
    by_shots, judge = _Curves(), Judge(options.num_tasks, tasks_seed, options.compile, pads=True)
    runs = [run for run in last.comparison.runs if run.lane.settings.episodes.num_training_tasks == most]
    trials, started = list(itertools.product(runs, sizes)), time.perf_counter()
    for place, (run, number) in enumerate(trials, 1):
        if gate.is_closed:
            last = dataclasses.replace(last, is_cancelled=True)
            break
        by_shots.add(_tried(run, number, judge), number)
        yield LittleData(by_tasks.told(), by_shots.told(), trained_with)
        yield _tried_so_far(last.comparison, run, place / len(trials), time.perf_counter() - started)
    yield last


def shots_to_try(settings: ExperimentSettings, shots: Sequence[int] = SHOTS) -> list[int]:
    """Those of `shots` that there are images enough for, in order; where there are for none, the settings' own."""
    queries, least = settings.episodes.queries, settings.tasks.least_per_class()
    return sorted(
        {number for number in shots if least is None or number + queries <= least} or {settings.episodes.shots}
    )


def _by_tasks(
    training: Iterable[Event | ComparisonEvent], curves: _Curves, shots: int
) -> Generator[Event | ComparisonEvent, None, Compared]:
    """What the comparison yields, and the curves as its runs are judged; returns its last word."""
    for event in training:
        if isinstance(event, Compared):
            return event
        yield _for_all(event)
        judged = event.known if isinstance(event, Planned) else [event.run] if isinstance(event, Judged) else ()
        for run in judged:
            if run.is_cut_short:  # with less training it would say what so few tasks do not
                continue
            curves.add(run, _amount(run.lane.settings.episodes.num_training_tasks))
            yield LittleData(curves.told(), (), shots)
    raise AssertionError("A comparison ends with Compared")


def _for_all(event: Event | ComparisonEvent) -> Event | ComparisonEvent:
    """Training comes to an end before all is over: the trials with other shots are still to come."""
    if not isinstance(event, Progressed):
        return event
    eta = None if event.eta_seconds is None else event.eta_seconds / TRAINING_SHARE
    return dataclasses.replace(event, share=event.share * TRAINING_SHARE, eta_seconds=eta)


def _tried_so_far(comparison: Comparison, run: TrainedRun, share: float, seconds: float) -> Progressed:
    num_runs, whole = len(comparison.lanes), TRAINING_SHARE + (1.0 - TRAINING_SHARE) * share
    return Progressed(run.lane.run_id, whole, len(comparison.runs), num_runs, seconds * (1.0 / share - 1.0))


class _Curves:
    """Runs by learner and by a number, as curves of their mean losses."""

    def __init__(self) -> None:
        self._runs: dict[str, dict[float, list[TrainedRun]]] = {}

    def add(self, run: TrainedRun, number: float) -> None:
        """One run more, for one seed more where there is one already."""
        points = self._runs.setdefault(run.lane.settings.learner.key, {})
        points.setdefault(number, []).append(run)

    def told(self) -> tuple[LossAgainst, ...]:
        """As they are now."""
        return tuple(_curve(key, points) for key, points in self._runs.items())


def _curve(key: str, points: Mapping[float, Sequence[TrainedRun]]) -> LossAgainst:
    """A baseline is taken at its best step, a learner at as many steps as it was trained for."""
    entries = {number: Entry(key, runs[0].lane.settings.learner.label, tuple(runs)) for number, runs in points.items()}
    steps = {number: entry.best_step if key in BASELINES else entry.trained_steps for number, entry in entries.items()}
    x = sorted(entries)
    return LossAgainst(
        key,
        entries[x[0]].label,
        np.array(x, float),
        np.array([entries[number].mean(steps[number]) for number in x]),
        np.array([entries[number].ci95(steps[number]) for number in x]),
    )


def _tried(run: TrainedRun, shots: int, judge: Judge) -> TrainedRun:
    assert run.state is not None  # it has just been trained, or was given as known with what it learned
    learner = run.state.learner
    settings = judge.tuned(run.lane.settings.replaced(shots=shots), learner)
    lane = dataclasses.replace(run.lane, settings=settings)
    return dataclasses.replace(run, lane=lane, scores=judge.scores(settings, learner))


def _amount(number: int) -> float:
    return math.inf if number == UNLIMITED else number


def _contenders(
    settings: ExperimentSettings, num_tasks: Sequence[int], most: int, seeds: Sequence[int]
) -> tuple[Contender, ...]:
    """The learner and transfer with every number of training tasks; from scratch there is nothing to limit."""
    learners = {key: switched(settings, learner=key) for key in (settings.learner.key, *BASELINES)}
    return tuple(
        Contender(f"{key}/{number}", one.replaced(num_training_tasks=number), tuple(seeds), _label(one, number))
        for number in num_tasks
        for key, one in learners.items()
        if one.learner.gradient_evaluations or number == most
    )


def _label(settings: ExperimentSettings, number: int) -> str:
    if not settings.learner.gradient_evaluations:
        return settings.learner.label
    return f"{settings.learner.label}, {number or 'unlimited'} task{'' if number == 1 else 's'}"
