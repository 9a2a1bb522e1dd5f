"""The outer loop as a plain generator of events: meta_train(settings) -> Iterator[Event].

Episodes come in blocks of 100 meta-iterations; block b depends on (seed, split, b) alone. A chunk is a
block or a part of one, sized to about 50 ms, so that stop, pause and live rates answer at once; how
the blocks are cut changes no bit of the result. Baselines train beside, their count of meta-iterations
a function of the learner's, and unseen tasks are tried now and then.
"""

from __future__ import annotations

import collections
import dataclasses
import math
import time
from collections.abc import Generator, Iterator, Sequence
from typing import Any

from metalearn_gui.engine import events
from metalearn_gui.engine.baselines import baseline_settings, initial_states, steps_beside, steps_due
from metalearn_gui.engine.control import Gate, LiveValues
from metalearn_gui.engine.divergence import advice, calmer_rates
from metalearn_gui.engine.evaluation import Evaluator
from metalearn_gui.engine.events import Change, Event, TrainingState
from metalearn_gui.engine.footprint import check_memory
from metalearn_gui.engine.memory import return_free_memory
from metalearn_gui.engine.outer_program import Chunk
from metalearn_gui.engine.scoring import watched_tasks
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.starts import check_fits
from metalearn_gui.engine.trainer import Trainer
from metalearn_gui.engine.unseen import NUM_TASKS, TASKS_SEED

CHUNK_SECONDS = 0.05
# Where a run gives way: chunks of 10 ms, so long a rest after each, and so many times rarer tries on unseen tasks: to
# try them and to draw what comes of it takes 90 ms, which with one try in three seconds is the slowest percent.
SHORTER, REST_SECONDS, RARER = 5, 0.02, 12
# And where a single meta-iteration takes longer than a hand should wait, it stands still until the hand does: a stroke
# of a pen took 200 ms to be answered beside convolutions. A hand that never rests lets one through in so long.
SLOW_SECONDS, STILL_SECONDS = 0.04, 20.0
SNAPSHOT_SECONDS = 0.2
EVALUATION_SECONDS = 0.8
EVALUATION_SHARE = 0.08  # of all seconds, at most
BASELINE_SHARE = 0.04  # of the learner's gradient evaluations: well within 10 % of its seconds
COMPILED_SECONDS = 0.3  # a warm-up that takes longer has compiled something
SANE_LOSS = 30.0  # a state is good while its objective is below this many constant predictions' losses
EARLY_TRIES = (100, 250, 500, 1000)  # meta-iterations at which the clock is not waited for: most is learned there
FIRST_TRIED = 10  # the meta-iteration of the first try where tries come by growth
VALIDATION_STEPS, VALIDATION_TASKS = 200, 200  # how often, and on how many tasks, stop_patience looks


@dataclasses.dataclass(frozen=True)
class Options:
    """How a run is watched; none of this changes what it learns."""

    compile: bool = True  # False: eager, for tests that cannot pay for a compilation
    baselines: bool = True  # train `transfer` beside; off in benchmarks
    evaluate: bool = True  # try unseen tasks while training
    num_tasks: int = NUM_TASKS  # unseen tasks to try
    tasks_seed: int = TASKS_SEED  # of these tasks
    growth: float = 0.0  # above 1: try them whenever the meta-iterations have grown so much, not by the clock
    chunk_steps: int = 0  # a fixed size instead of CHUNK_SECONDS


DEFAULT_OPTIONS = Options()


def meta_train(
    settings: ExperimentSettings,
    *,
    resume: TrainingState | None = None,
    gate: Gate | None = None,
    live: LiveValues | None = None,
    changes: Sequence[Change] = (),
    options: Options = DEFAULT_OPTIONS,
    run_id: str = "run",
    gradient_evaluations: float = 0.0,
    compute_seconds: float = 0.0,
    most_seconds: float = math.inf,
) -> Iterator[Event]:
    """Meta-train until num_iterations, a closed gate, convergence or divergence.

    Args:
        resume: go on from this state, bit for bit; None = a fresh start from the settings' seed.
        gate: the budget of meta-iterations; None = unlimited.
        live: where new values of live settings come in; they count from the next chunk on.
        changes: live changes to repeat at their iterations, as an earlier run logged them.
        gradient_evaluations, compute_seconds: what a resumed run has behind it.
        most_seconds: of computing in all, give or take a chunk; the run is done then, too.

    Yields: Prepared; then Progress, Snapshot, Evaluating, Evaluated, LiveChanged; at the end Finished (after Diverged
        where a loss or a parameter is not finite: the state is then the last good one). With stop_patience a run that
        comes to its end hands over the state that did best on validation tasks, which may be an earlier one.
    """
    run = Experiment(settings, resume, options)
    run.run_id, run.gradient_evaluations, run.compute_seconds = run_id, gradient_evaluations, compute_seconds
    run.most_seconds = most_seconds
    yield from _events(run, gate or Gate(), _Changes(live or LiveValues(), changes, run.iteration))


def prepare(settings: ExperimentSettings, options: Options = DEFAULT_OPTIONS) -> float:
    """Compile what a run of this structure needs; returns the seconds it took (near 0 for a seen one)."""
    started = time.perf_counter()
    Experiment(settings, None, options).warm_up()
    return time.perf_counter() - started


def trained(settings: ExperimentSettings, options: Options = DEFAULT_OPTIONS) -> TrainingState:
    """Meta-train to the end, in silence, and return what was learned."""
    last = collections.deque(meta_train(settings, options=options), maxlen=1).pop()
    assert isinstance(last, events.Finished)
    return last.state


class _Changes:
    """Live changes from the outside and those that a log asks for again, by iteration."""

    def __init__(self, live: LiveValues, logged: Sequence[Change], iteration: int) -> None:
        self._live = live
        self._logged = sorted((c for c in logged if c.iteration >= iteration), key=lambda change: change.iteration)

    def due(self, iteration: int) -> dict[str, Any]:
        """Name -> value for what counts from this iteration on."""
        values = {}
        while self._logged and self._logged[0].iteration <= iteration:
            change = self._logged.pop(0)
            values[change.name] = change.value
        return values | self._live.take()

    def steps_left(self, iteration: int) -> float:
        """Meta-iterations until the log's next change."""
        return self._logged[0].iteration - iteration if self._logged else math.inf


class Experiment:
    """A learner and its baselines under way. Everything in it lives on the worker's thread."""

    def __init__(self, settings: ExperimentSettings, resume: TrainingState | None, options: Options) -> None:
        self.settings = settings.started()
        self.options = options
        check_memory(settings)
        start, baselines = initial_states(settings)
        self._state = resume or TrainingState(start, baselines)
        check_fits(start.params, self._state.learner.params)
        self._best, self._best_loss = self._state.best, self._state.best_loss
        self._best_baselines = self._state.best_baselines
        self._share = steps_beside(settings, BASELINE_SHARE) if options.baselines else {}
        self._trainer = Trainer(self.settings, self._state.learner, options.compile)
        self._baselines = {
            key: Trainer(other, self._state.baselines[key], options.compile)
            for key, other in baseline_settings(self.settings, {}).items()
            if key in self._share
        }
        self._tuned, self._tuned_at = dict(self._state.tuned), -1
        num_test, num_validation = (watched_tasks(settings, asked) for asked in (options.num_tasks, VALIDATION_TASKS))
        self._test = Evaluator(self.settings, num_test, options.tasks_seed, "test", options.compile, options.baselines)
        self._validation = Evaluator(self.settings, num_validation, self.settings.seed, "validation", options.compile)
        self.run_id = "run"
        self.gradient_evaluations = self.compute_seconds = self.baseline_seconds = 0.0
        self.most_seconds = math.inf
        self._chunk_steps = options.chunk_steps or 1
        self.last_good = self._state

    @property
    def iteration(self) -> int:
        return self._trainer.state.iteration

    @property
    def is_complete(self) -> bool:
        return self.iteration >= self.settings.outer.num_iterations or self.compute_seconds >= self.most_seconds

    def warm_up(self) -> None:
        """Compile the outer loops and the evaluation of this structure, if they are not yet."""
        started = time.perf_counter()
        for trainer in (self._trainer, *self._baselines.values()):
            trainer.warm_up()
        if self.options.evaluate:
            self._test.warm_up(self.snapshot())
        if time.perf_counter() - started > COMPILED_SECONDS:
            return_free_memory()

    def snapshot(self) -> TrainingState:
        """Everything learned so far."""
        baselines = dict(self._state.baselines) | {key: trainer.state for key, trainer in self._baselines.items()}
        best = self._best, self._best_loss
        return TrainingState(self._trainer.state, baselines, *best, self._tuned, self._best_baselines)

    def return_to_best(self) -> None:
        """Let the learner be as it did best on validation tasks, where those were looked at, and its baselines then."""
        if not self.settings.outer.stop_patience or self._best is None:
            return
        self._trainer.state = self._best
        for key, trainer in self._baselines.items():
            trainer.state = self._best_baselines.get(key, trainer.state)  # older files have none

    @property
    def is_best(self) -> bool:
        """Whether it has just done better on validation tasks than ever."""
        return self._best is not None and self._best.iteration == self.iteration

    def next_count(self, gives_way: bool) -> int:
        """Meta-iterations of the next chunk: CHUNK_SECONDS or a part of that, within block, validation and run."""
        left, block_steps = self.settings.outer.num_iterations - self.iteration, self._trainer.block_steps
        until = VALIDATION_STEPS - self.iteration % VALIDATION_STEPS if self.settings.outer.stop_patience else left
        steps = max(1, self._chunk_steps // SHORTER) if gives_way else self._chunk_steps
        return min(steps, block_steps - self.iteration % block_steps, until, left)

    def advance(self, count: int) -> Chunk:
        """Up to `count` meta-iterations of the learner, and the baselines' share after them."""
        start, started = self.snapshot(), time.perf_counter()
        chunk = self._trainer.run(count)
        seconds = time.perf_counter() - started
        self.compute_seconds += seconds
        per_iteration = self.settings.learner.gradient_evaluations * self.settings.outer.meta_batch
        self.gradient_evaluations += chunk.completed * per_iteration
        if not self.options.chunk_steps:
            affordable = int(CHUNK_SECONDS * count / max(seconds, 1e-6))
            self._chunk_steps = max(1, min(affordable, 4 * self._chunk_steps, self._trainer.block_steps))
        for key, trainer in self._baselines.items():
            due = steps_due(self.iteration, self._share[key])
            trainer.run_to(min(due, trainer.state.iteration + trainer.block_steps))  # one that is behind catches up
        self.baseline_seconds += time.perf_counter() - started - seconds
        if chunk.completed and chunk.curves[0, 0] <= SANE_LOSS * self._validation.constant_loss:
            self.last_good = start
        return chunk

    def change(self, values: dict[str, Any]) -> None:
        """Take new values of live settings, the baselines too."""
        self.settings = self.settings.replaced(**values)
        self._trainer.settings = self.settings
        for evaluator in (self._test, self._validation):
            evaluator.follow(self.settings)
        others = baseline_settings(self.settings, {})
        for key, trainer in self._baselines.items():
            trainer.settings = others[key]

    def has_converged(self) -> bool:
        """At validation points: keep the best state, and say whether patience has run out."""
        patience = self.settings.outer.stop_patience
        if not patience or self.iteration % VALIDATION_STEPS:
            return False
        steps = min(self.settings.learner.num_steps, self.settings.outer.test_steps)
        loss = float(self._validation.learner_scores(self._trainer.state).loss[steps])
        if loss < self._best_loss or self._best is None:
            self._best, self._best_loss = self._trainer.state, loss
            self._best_baselines = {key: trainer.state for key, trainer in self._baselines.items()}
        return self.iteration - self._best.iteration >= patience

    def tune_baselines(self, again: bool) -> None:
        """Give each baseline its best inner learning rate: when its training has doubled, and when asked."""
        stage = max((trainer.state.iteration for trainer in self._baselines.values()), default=0).bit_length()
        if self._baselines and (again or stage != self._tuned_at):
            self._tuned, self._tuned_at = self._validation.tuned(self.snapshot()), stage

    def final_objective(self) -> float:
        return self._trainer.final_objective()

    def where(self) -> dict[str, Any]:
        """The fields that every event has."""
        return {
            "run_id": self.run_id,
            "iteration": self.iteration,
            "tasks_seen": self.iteration * self.settings.outer.meta_batch,
            "gradient_evaluations": self.gradient_evaluations,
            "compute_seconds": self.compute_seconds,
        }

    def progress(self, chunk: Chunk) -> events.Progress:
        objective, before, after, *metrics = chunk.curves
        named = dict(zip(self.settings.learner.metric_names, metrics, strict=True))
        return events.Progress(**self.where(), objective=objective, before=before, after=after, metrics=named)

    def diverged(self) -> events.Diverged:
        """The next meta-iteration is not finite."""
        good = self.last_good
        rates = calmer_rates(self.settings, good.learner, self._validation)
        line = advice(self.settings, good.learner, self.iteration + 1, rates)
        return events.Diverged(**self.where(), state=good, advice=line, calmer=rates)

    def evaluated(self) -> events.Evaluated:
        """The learner and its baselines on unseen tasks, now."""
        evaluation = self._test.evaluation(self.snapshot())
        total = self.compute_seconds + self.baseline_seconds
        share = self.baseline_seconds / total if total else 0.0
        return events.Evaluated(**self.where(), evaluation=evaluation, baseline_share=share)


class _Watch:
    """When it is time to show a snapshot or to try unseen tasks again."""

    def __init__(self, run: Experiment) -> None:
        self._run = run
        self._shown = self._scored = -1  # iterations
        self._shown_at = self._scored_at = -math.inf
        self._scoring_seconds, self._num_scored = 0.0, 0
        self._next_try = max(FIRST_TRIED, self._grown()) if run.options.growth else 0

    def steps_left(self) -> float:
        """Meta-iterations until the next try that comes by growth."""
        return self._next_try - self._run.iteration if self._run.options.growth else math.inf

    def take(self, due: dict[str, Any]) -> Iterator[Event]:
        """Give the run new live values and say so; what was found on other unseen tasks is not of now."""
        if not due:
            return
        tasks = self._run.settings.tasks
        self._run.change(due)
        if self._run.settings.tasks != tasks:
            self._scored = -1
        for name, value in due.items():
            yield events.LiveChanged(**self._run.where(), change=Change(self._run.iteration, name, value))

    def look(self, at_rest: bool, gives_way: bool = False) -> Iterator[Event]:
        """What is due; at rest everything that is not shown yet. A state that may be handed over has a score."""
        run, now = self._run, time.perf_counter()
        is_time = at_rest or run.is_best or self._is_time(now, RARER if gives_way else 1)
        scores = run.options.evaluate and self._scored != run.iteration and is_time
        # A score has its own state before it: what was tried can be shown, and gone on from.
        if self._shown != run.iteration and (at_rest or scores or now - self._shown_at >= SNAPSHOT_SECONDS):
            self._shown, self._shown_at = run.iteration, now
            yield events.Snapshot(**run.where(), state=run.snapshot())
        if scores:
            self._scored, self._num_scored = run.iteration, self._num_scored + 1
            self._next_try = max(self._next_try, self._grown())
            yield events.Evaluating(**run.where())
            run.tune_baselines(again=at_rest)
            started = time.perf_counter()
            yield run.evaluated()
            self._scored_at = time.perf_counter()
            self._scoring_seconds = self._scored_at - started

    def _is_time(self, now: float, rarer: int) -> bool:
        """Whether unseen tasks are due, by growth or by the clock."""
        if self._run.options.growth:
            return self._run.iteration >= self._next_try
        waited = now - self._scored_at
        if any(self._scored < place <= self._run.iteration for place in EARLY_TRIES):
            return waited >= rarer * self._scoring_seconds
        # The first score is of a start that has learned nothing: the second comes as soon as it is worth a look.
        share = EVALUATION_SHARE if self._num_scored > 1 else 1.0
        return waited >= rarer * max(EVALUATION_SECONDS, self._scoring_seconds / share)

    def _grown(self) -> int:
        iteration = self._run.iteration
        return max(iteration + 1, math.ceil(iteration * self._run.options.growth))


def _events(run: Experiment, gate: Gate, changes: _Changes) -> Iterator[Event]:
    started = time.perf_counter()
    run.warm_up()
    seconds = time.perf_counter() - started
    yield events.Prepared(**run.where(), compile_seconds=seconds, state=run.snapshot())
    watch = _Watch(run)
    reason = yield from _advance_until_over(run, gate, changes, watch)
    state, where = run.last_good, run.where()
    if reason != "diverged":
        yield from watch.take(changes.due(run.iteration))
        yield from watch.look(at_rest=True)
        if reason != "stopped":
            run.return_to_best()
        state = run.snapshot()
    yield events.Finished(**where, reason=reason, state=state, final_objective=run.final_objective())


def _advance_until_over(run: Experiment, gate: Gate, changes: _Changes, watch: _Watch) -> Generator[Event, None, str]:
    while not run.is_complete:
        yield from watch.take(changes.due(run.iteration))
        asked = int(min(run.next_count(gate.gives_way), changes.steps_left(run.iteration), watch.steps_left()))
        count = gate.take_now(asked)
        if count is None:  # paused: show where we stand, then wait for leave to go on or for other live values
            yield from watch.look(at_rest=True)
            gate.wait()
            continue
        if count == 0:
            return "stopped"
        before = run.compute_seconds
        chunk = run.advance(count)
        is_slow = count == 1 and run.compute_seconds - before > SLOW_SECONDS
        if chunk.completed:
            yield run.progress(chunk)
        if chunk.completed < count:
            yield run.diverged()
            return "diverged"
        if run.has_converged():
            return "converged"
        yield from watch.look(at_rest=False, gives_way=gate.gives_way)
        gate.rest(STILL_SECONDS if is_slow else REST_SECONDS)
    return "done"
