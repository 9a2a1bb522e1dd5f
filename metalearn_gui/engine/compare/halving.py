"""Learn the structure, too: successive halving over widths, depth, activation, inner steps.

Many candidates train for a part of the budget; the best third on validation tasks goes on to three times as much, and
so on, until one has had all of it. Test tasks see the winner alone.

Jamieson and Talwalkar (2016), arXiv:1502.07943.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from metalearn_gui.engine.compare.contenders import BY_SETTINGS, Budget, Contender, Lane, contender_label, lanes_of
from metalearn_gui.engine.compare.events import Compared, ComparisonEvent, Judged, Planned, Progressed
from metalearn_gui.engine.compare.judge import Judge
from metalearn_gui.engine.compare.race import Racer
from metalearn_gui.engine.compare.result import Comparison
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.events import Event, Finished
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import DEFAULT_OPTIONS, VALIDATION_TASKS, Options
from metalearn_gui.engine.unseen import TASKS_SEED

NUM_CANDIDATES = 9
KEPT = 3  # one in so many goes on
SPACE: Mapping[str, tuple[Any, ...]] = {
    "hidden_dim": (16, 32, 40, 64, 128),
    "num_hidden_layers": (1, 2, 3),
    "activation": ("relu", "tanh", "elu", "sine"),
    "num_channels": (16, 32, 64),
    "num_blocks": (3, 4),
    "norm": ("none", "batch", "layer"),
    "inner_steps": (1, 3, 5),
}


@dataclasses.dataclass(frozen=True)
class Rung:
    """A round of the search.

    share: of the budget that its candidates have had at its end. run_ids: who is in it.
    losses: on validation tasks, of those that have come to its end; infinite where it is not finite.
    survivors: who goes on, the best first; empty until all have come to its end.
    """

    share: float
    run_ids: tuple[str, ...]
    losses: Mapping[str, float] = dataclasses.field(default_factory=dict)
    survivors: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Bracket(ComparisonEvent):
    """How the search stands: every round so far, the last one perhaps under way."""

    lanes: tuple[Lane, ...]
    rungs: tuple[Rung, ...]

    @property
    def winner(self) -> Lane | None:
        """Who had the whole budget and did best; None before the end."""
        last = self.rungs[-1]
        won = last.survivors[:1] if last.share >= 1.0 else ()
        return next((lane for lane in self.lanes if lane.run_id in won), None)


def candidates(
    settings: ExperimentSettings,
    space: Mapping[str, Sequence[Any]] = SPACE,
    number: int = NUM_CANDIDATES,
    seed: int = 0,
) -> tuple[Contender, ...]:
    """The settings as they are, and others with values from the space, drawn without repetition.

    Args:
        space: values by flat name; names that these settings do not have are left out.

    Raises:
        SettingError: nothing of the space is a setting here, or a value is out of range.
    """
    known = {name: values for name, values in space.items() if name in settings.names()}
    if not known:
        raise SettingError(f"There is none of {', '.join(space)} to choose for {settings.learner.label}")
    every = [dict(zip(known, values, strict=True)) for values in itertools.product(*known.values())]
    drawn = (settings.replaced(**every[place]) for place in np.random.default_rng(seed).permutation(len(every)))
    chosen: dict[ExperimentSettings, dict[str, Any]] = {}
    for one in itertools.chain([settings], drawn):
        if len(chosen) < number:
            chosen[one] = {name: one.value(name) for name in known}
    return tuple(_contender(one, values) for one, values in chosen.items())


def _contender(settings: ExperimentSettings, values: Mapping[str, Any]) -> Contender:
    key = ", ".join(f"{name}={value}" for name, value in values.items())
    return Contender(key, settings, (), contender_label(settings.learner.key, values))


def search(
    contenders: Sequence[Contender],
    budget: Budget = BY_SETTINGS,
    *,
    gate: Gate | None = None,
    options: Options = DEFAULT_OPTIONS,
    tasks_seed: int = TASKS_SEED,
) -> Iterator[Event | ComparisonEvent]:
    """Successive halving among contenders.

    Args:
        budget: what the winner has had at the end; nine candidates cost a little more than two such runs.

    Yields: Planned; the events of every run, with Progressed and Bracket between them; Judged of the winner; Compared.

    Raises:
        SettingError: as `compare`.
    """
    gate, lanes = gate or Gate(), lanes_of(contenders, budget)
    yield Planned(lanes)
    hunt = _Search(lanes, budget, gate, dataclasses.replace(options, baselines=False, evaluate=False), tasks_seed)
    for share, number in rounds(len(lanes)):
        yield from hunt.rung(share, number)
        if gate.is_closed:
            break
    comparison = Comparison(lanes, ())
    winner = hunt.bracket.winner
    if winner is not None:
        judge = Judge(options.num_tasks, tasks_seed, options.compile)
        run = judge.judged(winner, hunt.ends[winner.run_id], "", (), hunt.seconds[winner.run_id])
        comparison = Comparison(lanes, (run,))
        yield Judged(run, comparison)
    yield Compared(comparison, is_cancelled=winner is None)


def rounds(number: int) -> list[tuple[float, int]]:
    """The share of the budget and the number of candidates of every round; the last has one, and all of it."""
    counts = [number]
    while counts[-1] > 1:
        counts.append(math.ceil(counts[-1] / KEPT))
    return [(KEPT ** -(len(counts) - 1.0 - place), count) for place, count in enumerate(counts)]


class _Search:
    """The candidates, where each of them has come to, and the rounds so far."""

    def __init__(self, lanes: tuple[Lane, ...], budget: Budget, gate: Gate, options: Options, seed: int) -> None:
        self._budget, self._gate, self._options = budget, gate, options
        self._judge = Judge(min(VALIDATION_TASKS, options.num_tasks), seed, options.compile, "validation")
        self._lanes = {lane.run_id: lane for lane in lanes}
        self.ends: dict[str, Finished] = {}
        self.seconds = dict.fromkeys(self._lanes, 0.0)
        self._left = list(self._lanes)
        self._rungs: list[Rung] = []
        self._done = self._training_seconds = 0.0
        self._compile_seconds = dict.fromkeys(self._lanes, 0.0)  # of training and of trying
        legs = itertools.pairwise([(0.0, 0), *rounds(len(lanes))])
        self._total = sum((share - before) * number for (before, _), (share, number) in legs)

    @property
    def bracket(self) -> Bracket:
        return Bracket(tuple(self._lanes.values()), tuple(self._rungs))

    def rung(self, share: float, number: int) -> Iterator[Event | ComparisonEvent]:
        """Train who is left up to a share of the budget, and keep the best of them."""
        before = self._rungs[-1].share if self._rungs else 0.0
        self._left = self._left[:number]
        self._rungs.append(Rung(share, tuple(self._left)))
        yield self.bracket
        for run_id in self._left:
            yield from self._leg(run_id, share, before)
            if self._gate.is_closed:
                return
            loss = self._validated(run_id)
            self._rungs[-1] = dataclasses.replace(self._rungs[-1], losses={**self._rungs[-1].losses, run_id: loss})
            yield self.bracket
        losses = self._rungs[-1].losses
        self._left = sorted(losses, key=lambda run_id: losses[run_id])
        next_number = max(1, math.ceil(number / KEPT))
        self._rungs[-1] = dataclasses.replace(self._rungs[-1], survivors=tuple(self._left[:next_number]))
        yield self.bracket

    def _leg(self, run_id: str, share: float, before: float) -> Iterator[Event | ComparisonEvent]:
        lane, after = self._lanes[run_id], self.ends.get(run_id)
        if after is not None and after.reason == "diverged":
            return
        length = max(1, round(share * lane.settings.outer.num_iterations))
        most_seconds = share * (self._budget.seconds or math.inf)
        racer = Racer(
            lane, self._gate, self._options, most_seconds, lane.settings.replaced(num_iterations=length), after
        )
        if after is None:
            yield self._progressed(run_id, racer, 0.0, is_compiling=True)
        while racer.end is None:
            event = racer.next()
            yield event
            yield self._progressed(run_id, racer, share - before)
        self.ends[run_id] = racer.end
        self.seconds[run_id] += racer.seconds
        self._compile_seconds[run_id] += racer.compile_seconds
        self._training_seconds += racer.seconds - racer.compile_seconds
        self._done += share - before

    def _validated(self, run_id: str) -> float:
        """The loss on validation tasks after as many steps as training takes."""
        end, settings = self.ends[run_id], self._lanes[run_id].settings
        if end.reason == "diverged":
            return math.inf
        step, started = min(settings.learner.num_steps, settings.outer.test_steps), time.perf_counter()
        loss = float(self._judge.scores(settings, end.state.learner).loss[step])
        self._compile_seconds[run_id] += time.perf_counter() - started
        return loss if math.isfinite(loss) else math.inf

    def _progressed(self, run_id: str, racer: Racer, leg: float, is_compiling: bool = False) -> Progressed:
        """leg: the share of a budget that the racer's part of the round is."""
        done = self._done + leg * racer.share
        over = sum(len(rung.losses) for rung in self._rungs)
        num_runs = sum(number for _, number in rounds(len(self._lanes)))
        eta = self._seconds_left(done, racer)
        return Progressed(run_id, min(1.0, done / self._total), over, num_runs, eta, is_compiling)

    def _seconds_left(self, done: float, racer: Racer) -> float | None:
        """Every structure is compiled once, in the first round; what is trained later takes its share of a budget."""
        others = list(self.ends)[1:]  # the first is the one that is set: it may have been compiled before
        if not others:
            return None
        per_structure = sum(self._compile_seconds[run_id] for run_id in others) / len(others)
        num_waiting = len(self._lanes) - len(self.ends)
        trained = self._training_seconds + racer.seconds - racer.compile_seconds
        return trained / done * max(self._total - done, 0.0) + num_waiting * per_structure
