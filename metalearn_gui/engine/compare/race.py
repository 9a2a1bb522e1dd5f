"""The comparison itself: every run of every contender on one worker, in turn or interleaved, as one stream of events.

All train on the same tasks in the same order where their episodes and meta-batches agree: block b of a seed's training
tasks depends on nothing else. All are judged on the same unseen tasks, which are drawn from a seed of their own.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from metalearn_gui.engine import events
from metalearn_gui.engine.compare.contenders import BY_SETTINGS, Budget, Contender, Lane, lanes_of
from metalearn_gui.engine.compare.events import Compared, ComparisonEvent, Judged, Planned, Progressed
from metalearn_gui.engine.compare.judge import Judge
from metalearn_gui.engine.compare.result import AXES, Comparison, Moment, TrainedRun
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.events import Event, TrainingState
from metalearn_gui.engine.footprint import check_memory_by_turns
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import DEFAULT_OPTIONS, Options, meta_train
from metalearn_gui.engine.unseen import TASKS_SEED

GROWTH = 1.3  # a curve has a point whenever its meta-iterations have grown so much: even on a logarithmic axis
SPENT = ("gradient_evaluations", "compute_seconds")
ORDERS = ("in turn", "interleaved")


def compare(
    contenders: Sequence[Contender],
    budget: Budget = BY_SETTINGS,
    *,
    order: str = "in turn",
    gate: Gate | None = None,
    options: Options = DEFAULT_OPTIONS,
    tasks_seed: int = TASKS_SEED,
    known: Sequence[TrainedRun] = (),
) -> Iterator[Event | ComparisonEvent]:
    """Meta-train all contenders within the budget and try them on the same unseen tasks.

    Args:
        order: "in turn", or "interleaved": whoever is furthest behind its budget trains next.
        gate: of all runs together. Once it is closed those under way are judged as they are, and no other begins.
        options: as of any run. Nothing trains beside: baselines may be contenders themselves.
        tasks_seed: of the unseen tasks.
        known: runs of an earlier call with the same contenders and budget: those that were stopped go on from where
            they stand, the others are not trained again.

    Yields: Planned; the events of every run, with Progressed between them; Judged as each one ends; Compared.

    Raises:
        SettingError: no contender, two of the same key, an unknown order, data that are missing, or more than fits
            into memory.
    """
    if order not in ORDERS:
        raise SettingError(f"The order is {order!r}; choose one of {', '.join(ORDERS)}")
    watched = dataclasses.replace(options, baselines=False, evaluate=True, tasks_seed=tasks_seed, growth=GROWTH)
    gate, planned = gate or Gate(), lanes_of(contenders, budget)
    found = {(run.lane.contender, run.lane.seed): run for run in known}
    before = [found.get((lane.contender, lane.seed)) for lane in planned]
    lanes = tuple(lane if run is None else _lane_again(lane, run) for lane, run in zip(planned, before, strict=True))
    going_on = [(lane, run) for lane, run in zip(lanes, before, strict=True) if run is None or run.is_cut_short]
    if order == "interleaved":
        check_memory_by_turns([lane.settings for lane, _ in going_on])
    whole = tuple(run for run in before if run is not None and not run.is_cut_short)
    yield Planned(lanes, whole)
    most_seconds = budget.seconds or math.inf
    racers = [
        Racer(lane, gate, watched, most_seconds)
        if run is None
        else Racer.gone_on(lane, gate, watched, most_seconds, run)
        for lane, run in going_on
    ]
    race = _Race(lanes, racers, Judge(watched.num_tasks, tasks_seed, watched.compile), whole)
    while (racer := race.next_racer(order, gate)) is not None:
        yield from race.advance(racer)
    yield Compared(race.comparison.completed([run for run in before if run is not None]), race.is_cancelled)


def _lane_again(lane: Lane, run: TrainedRun) -> Lane:
    """What is over stays as it is; what goes on is the same run, its settings not yet those it was judged with."""
    return dataclasses.replace(lane, run_id=run.lane.run_id) if run.is_cut_short else run.lane


class Racer:
    """A run under way: its events one at a time, and what is to be remembered of them.

    settings: the lane's, unless it is to train for a part of its length only. after: where it had come to before.
    """

    def __init__(
        self,
        lane: Lane,
        gate: Gate,
        options: Options,
        most_seconds: float = math.inf,
        settings: ExperimentSettings | None = None,
        after: events.Finished | None = None,
    ) -> None:
        self.lane, self._most_seconds = lane, most_seconds
        self._num_iterations = (settings or lane.settings).outer.num_iterations
        spent = {} if after is None else {name: getattr(after, name) for name in SPENT}
        start = None if after is None else after.state
        self._events = meta_train(
            settings or lane.settings, resume=start, gate=gate, options=options, run_id=lane.run_id,
            most_seconds=most_seconds, **spent,
        )  # fmt: skip
        self.moments: list[Moment] = []
        self.end: events.Finished | None = None
        self.line = ""
        self.share = self.seconds = self.compile_seconds = 0.0
        self._share_before = self.seconds_before = 0.0

    @classmethod
    def gone_on(cls, lane: Lane, gate: Gate, options: Options, most_seconds: float, run: TrainedRun) -> Racer:
        """One that was stopped, from where it stands: its events, moments and seconds follow those it has."""
        assert run.state is not None  # it was given as known with what it learned
        racer = cls(lane, gate, options, most_seconds, after=_stopped(run, run.state))
        racer.moments, racer.seconds_before = list(run.moments), run.seconds
        last = run.moments[-1]
        racer.share = racer._share_before = racer._share_at(last.iteration, last.compute_seconds)
        return racer

    @property
    def has_begun(self) -> bool:
        return self.seconds > 0.0

    @property
    def is_over(self) -> bool:
        return self.end is not None

    @property
    def expected_seconds(self) -> float | None:
        """From begin to end, or from where it goes on; None before it has shown its speed."""
        if self.is_over:
            return self.seconds
        trained = self.share - self._share_before
        if trained <= 0.0:
            return None
        return self.compile_seconds + (self.seconds - self.compile_seconds) * (1.0 - self._share_before) / trained

    def next(self) -> Event:
        """The next event; one chunk of meta-iterations lies before it at most."""
        started = time.perf_counter()
        event = next(self._events)
        self.seconds += time.perf_counter() - started
        _TAKES.get(type(event), _take_nothing)(self, event)
        return event

    def take_prepared(self, event: events.Prepared) -> None:
        self.compile_seconds = self.seconds

    def take_progress(self, event: events.Progress) -> None:
        self.share = self._share_at(event.iteration, event.compute_seconds)

    def _share_at(self, iteration: int, seconds: float) -> float:
        return min(max(iteration / self._num_iterations, seconds / self._most_seconds), 1.0)

    def take_evaluated(self, event: events.Evaluated) -> None:
        counts = event.iteration, event.tasks_seen, event.gradient_evaluations, event.compute_seconds
        self.moments.append(Moment(*counts, event.evaluation.learner))

    def take_diverged(self, event: events.Diverged) -> None:
        self.line = event.advice

    def take_finished(self, event: events.Finished) -> None:
        self.end = event


def _stopped(run: TrainedRun, state: TrainingState) -> events.Finished:
    """The end that a run came to when it was stopped."""
    counts = {axis: getattr(run.moments[-1], axis) for axis in AXES}
    return events.Finished(run_id=run.lane.run_id, **counts, reason=run.reason, state=state, final_objective=math.nan)


def _take_nothing(racer: Racer, event: Event) -> None:
    pass


_TAKES: dict[type[Event], Callable[[Racer, Any], None]] = {
    events.Prepared: Racer.take_prepared,
    events.Progress: Racer.take_progress,
    events.Evaluated: Racer.take_evaluated,
    events.Diverged: Racer.take_diverged,
    events.Finished: Racer.take_finished,
}


class _Race:
    """All runs of a comparison, and those of them that are judged."""

    def __init__(
        self, lanes: tuple[Lane, ...], racers: Sequence[Racer], judge: Judge, known: tuple[TrainedRun, ...] = ()
    ) -> None:
        self._lanes, self._racers, self._judge = lanes, racers, judge
        self._runs = known

    @property
    def comparison(self) -> Comparison:
        return Comparison(self._lanes, self._runs)

    @property
    def is_cancelled(self) -> bool:
        """Whether a run was stopped, or did not begin."""
        return any(racer.end is None or racer.end.reason == "stopped" for racer in self._racers)

    def next_racer(self, order: str, gate: Gate) -> Racer | None:
        """Who trains next; None where nobody is left."""
        left = [racer for racer in self._racers if not racer.is_over and (racer.has_begun or not gate.is_closed)]
        return min(left, key=lambda racer: racer.share if order == "interleaved" else 0.0, default=None)

    def advance(self, racer: Racer) -> Iterator[Event | ComparisonEvent]:
        """One event of a run, and what follows from it."""
        if not racer.has_begun:
            yield self._progressed(racer, is_compiling=True)
        event = racer.next()
        yield event
        if isinstance(event, events.Prepared | events.Progress):
            yield self._progressed(racer)
        if racer.end is not None and (racer.end.iteration or racer.end.reason != "stopped"):
            run = self._judge.judged(
                racer.lane, racer.end, racer.line, racer.moments, racer.seconds_before + racer.seconds
            )
            self._runs += (run,)
            yield Judged(run, self.comparison)

    def _progressed(self, racer: Racer, is_compiling: bool = False) -> Progressed:
        shares = [1.0 if other.is_over else other.share for other in self._racers]
        num_runs = len(self._lanes)
        num_known = num_runs - len(shares)
        num_done = num_known + sum(other.is_over for other in self._racers)
        share = (num_known + sum(shares)) / num_runs
        return Progressed(racer.lane.run_id, share, num_done, num_runs, self._seconds_left(), is_compiling)

    def _seconds_left(self) -> float | None:
        """Whoever has not begun is expected to take as long as the others do on average."""
        expected = {racer: racer.expected_seconds for racer in self._racers}
        known = [seconds for seconds in expected.values() if seconds is not None]
        if not known:
            return None
        usual = sum(known) / len(known)
        return sum((usual if seconds is None else seconds) - racer.seconds for racer, seconds in expected.items())
