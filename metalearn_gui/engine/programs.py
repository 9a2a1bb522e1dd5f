"""Compiled programs, cached by structure: one outer loop, one adaptation, one evaluation for each.

Whatever may change while the structure stays (rates, weights, seeds, lengths) goes in as an array, so nothing is
compiled twice while the structure is kept: of many, those that were used last are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np

from metalearn_gui.engine import losses, row_tables
from metalearn_gui.engine.backend import Array, Params, Tensor, tf
from metalearn_gui.engine.compiled import Compiled
from metalearn_gui.engine.episodes import Episodes, PointSet, map_episodes
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.learners.base import Context, Learner, State
from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.recent import Recent
from metalearn_gui.engine.scaling import Scaling, only_scaling, without_scaling
from metalearn_gui.engine.settings import ExperimentSettings

ADAM_BETAS = (0.9, 0.999)
ADAM_EPSILON = 1e-8
PROGRAMS = Recent(limit=40)  # about eight structures, each with its baselines; a program takes some 5 to 10 MB


@dataclasses.dataclass(frozen=True)
class Layout:
    """How named parameters lie in one flat vector: the outer optimiser sees a single tensor."""

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, params: Params) -> Layout:
        names = tuple(sorted(params))
        return cls(names, tuple(tuple(params[name].shape) for name in names))

    @property
    def size(self) -> int:
        return sum(int(np.prod(shape)) for shape in self.shapes)

    def flatten(self, params: Params) -> Array:
        """Numpy parameters as one float32 vector."""
        parts = [np.asarray(params[name], np.float32).ravel() for name in self.names]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def split(self, flat: Array) -> dict[str, Array]:
        """The inverse of `flatten`, as copies."""
        if not self.names:
            return {}
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        parts = np.split(np.array(flat), ends[:-1])
        return {name: part.reshape(shape) for name, shape, part in zip(self.names, self.shapes, parts, strict=True)}

    def join_tensors(self, params: Params) -> Tensor:
        """Tensors as one flat tensor, inside a traced function."""
        return tf.concat([tf.zeros(0), *(tf.reshape(params[name], [-1]) for name in self.names)], axis=0)

    def split_tensor(self, flat: Tensor) -> Params:
        """The inverse of `join_tensors`, with static shapes."""
        if not self.names:
            return {}
        parts = tf.split(flat, [int(np.prod(shape)) for shape in self.shapes])
        return {name: tf.reshape(part, shape) for name, shape, part in zip(self.names, self.shapes, parts, strict=True)}


class Optimizer(NamedTuple):
    """Flat vectors of the meta-optimiser's memory."""

    m: Tensor
    v: Tensor


class Chunk(NamedTuple):
    """What a chunk of meta-iterations came to. completed < asked: the next one is not finite.

    curves: (3 + metrics, completed): objective, before, after and the learner's metrics.
    """

    state: LearnerState
    completed: int
    curves: Array


_Program = TypeVar("_Program")


class OuterProgram:
    """The outer loop of one structure: up to a block of meta-iterations in one call."""

    def __init__(
        self,
        learner: Learner,
        network: Network,
        kind: str,
        optimizer: str,
        layout: Layout,
        tables: tuple[str, ...],
        mode: str,
    ) -> None:
        self.layout = layout
        self._tables: tuple[str, ...] = tables
        self._learner, self._network, self._loss = learner, network, losses.LOSSES[kind]
        self._update = {"adam": _adam, "sgd": _sgd}[optimizer]
        self.live_names = tuple(sorted(learner.live_values()))
        self.num_curves = 3 + len(learner.metric_names)
        self._loop = _build(self._run_block if mode != "eager" else self._run_eagerly, mode)

    def run(
        self,
        state: LearnerState,
        block: Episodes,
        span: tuple[int, int],
        schedule: Array,
        clip: float,
        live: dict[str, float],
    ) -> Chunk:
        """Meta-iterations span[0] <= i < span[1] of a block.

        Args:
            state: where they start from.
            block: episodes of the whole block, (steps, meta-batch, ...), tensors, as the learner sees them.
            schedule: (steps, 3): the rate and Adam's two bias corrections.
            clip: largest norm of the meta-gradient; 0 = off.
        """
        theta = self.layout.flatten(state.params)
        zeros = np.zeros_like(theta)
        optimizer = Optimizer(state.moments.get("m", zeros), state.moments.get("v", zeros))
        live_vector = np.array([live[name] for name in self.live_names], np.float32)
        tables = self._with_moments(state)
        step, theta, optimizer, tables, carry, curves = self._loop(
            theta, optimizer, tables, without_scaling(state.carry), block, np.int32(span[0]), np.int32(span[1]),
            schedule, np.float32(clip), live_vector, np.float32(state.iteration),
        )  # fmt: skip
        completed = int(step) - span[0]
        result = LearnerState(
            self.layout.split(theta) | {name: np.array(tables[name]) for name in self._tables},
            {name: np.array(value) for name, value in carry.items()} | only_scaling(state.carry),
            {"m": np.array(optimizer.m), "v": np.array(optimizer.v)}
            | {name: np.array(values) for name, values in tables.items() if name not in self._tables},
            state.iteration + completed,
        )
        return Chunk(result, completed, np.array(curves)[:, span[0] : int(step)])

    def _with_moments(self, state: LearnerState) -> Params:
        """The tables that are moved row by row, and their moments beside them."""
        tables = {name: state.params[name] for name in self._tables}
        names = [f"{kind}{name}" for kind in (row_tables.M, row_tables.V) for name in self._tables]
        zeros = {name: np.zeros_like(state.params[name[2:]]) for name in names if name not in state.moments}
        return tables | {name: zeros.get(name, state.moments.get(name)) for name in names}

    def _run_block(self, theta, optimizer, tables, carry, block, start, stop, schedule, clip, live, iteration):  # type: ignore[no-untyped-def]
        curves = tf.zeros((self.num_curves, schedule.shape[0]))
        columns = tf.range(schedule.shape[0])

        def body(step, finite, theta, optimizer, tables, seats, carry, curves):  # type: ignore[no-untyped-def]
            episodes = _episodes_at(block, step)
            done = iteration + tf.cast(step - start, tf.float32)
            finite, theta, optimizer, tables, seats, carry, row = self._step(
                theta, optimizer, tables, seats, carry, episodes, schedule[step], clip, live, done
            )
            curves = tf.where(columns == step, row[:, None], curves)
            return step + tf.cast(finite, tf.int32), finite, theta, optimizer, tables, seats, carry, curves

        step, _, theta, optimizer, tables, _, carry, curves = tf.while_loop(
            lambda step, finite, *rest: tf.logical_and(step < stop, finite),
            body,
            (start, tf.constant(True), theta, optimizer, tables, row_tables.fresh_seats(tables), carry, curves),
        )
        return step, theta, optimizer, tables, carry, curves

    def _run_eagerly(self, theta, optimizer, tables, carry, block, start, stop, schedule, clip, live, iteration):  # type: ignore[no-untyped-def]
        curves = np.zeros((self.num_curves, schedule.shape[0]), np.float32)
        step, seats = int(start), row_tables.fresh_seats(tables)
        while step < int(stop):
            episodes = _episodes_at(block, step)
            done = iteration + float(step - int(start))
            finite, theta, optimizer, tables, seats, carry, row = self._step(
                theta, optimizer, tables, seats, carry, episodes, schedule[step], clip, live, done
            )
            if not finite:
                break
            curves[:, step] = row.numpy()
            step += 1
        return step, theta, optimizer, tables, carry, curves

    def _step(self, theta, optimizer, tables, seats, carry, episodes, schedule, clip, live, iteration):  # type: ignore[no-untyped-def]
        """One meta-iteration; where it is not finite, everything stays as it was."""
        named_live = {name: live[place] for place, name in enumerate(self.live_names)}
        ctx = Context(self._network, self._loss, named_live, iteration, training=True)
        seen = None
        if tables:
            seen, episodes = row_tables.touched(self._network, tables, seats, episodes)
        own = {name: seen.small[name] for name in self._tables} if seen else {}
        result = self._learner.meta_gradient(State(self.layout.split_tensor(theta) | own, carry), episodes, ctx)
        gradient = self.layout.join_tensors(result.gradients)
        by_row = {name: result.gradients[name] for name in own}
        norm = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(part)) for part in (gradient, *by_row.values())]))
        scale = tf.where(clip > 0, tf.minimum(1.0, clip / tf.maximum(norm, 1e-20)), 1.0)
        new_theta, new_optimizer = self._update(theta, optimizer, gradient * scale, schedule)
        moved = self._moved_rows(seen, {name: part * scale for name, part in by_row.items()}, schedule)
        finite = tf.math.is_finite(result.objective)
        for values in (new_theta, *(moved[name] for name in own)):
            finite &= tf.math.is_finite(tf.reduce_sum(values * 0.0))
        keep = lambda new, old: tf.where(finite, new, old)  # noqa: E731
        theta, optimizer, carry = tf.nest.map_structure(
            keep, (new_theta, new_optimizer, result.carry), (theta, optimizer, carry)
        )
        if seen:
            tables = row_tables.put_back(tables, seen, {name: keep(moved[name], seen.small[name]) for name in moved})
            seats = seen.seats
        metrics = [result.metrics[name] for name in self._learner.metric_names]
        row = tf.stack([result.objective, result.before, result.after, *metrics])
        return finite, theta, optimizer, tables, seats, carry, row

    def _moved_rows(self, seen: row_tables.Touched | None, gradients: Params, schedule: Tensor) -> Params:
        def update(values: Tensor, m: Tensor, v: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            new, memory = self._update(values, Optimizer(m, v), gradient, schedule)
            return new, memory.m, memory.v

        return row_tables.updated(seen, gradients, update) if seen else {}


def _episodes_at(block: Episodes, step: Tensor) -> Episodes:
    return map_episodes(lambda values: values[step], block)


def _adam(theta: Tensor, memory: Optimizer, gradient: Tensor, schedule: Tensor) -> tuple[Tensor, Optimizer]:
    """Kingma, Ba (2015), arXiv:1412.6980, algorithm 1; the bias corrections come with the schedule."""
    rate, first, second = schedule[0], schedule[1], schedule[2]
    m = ADAM_BETAS[0] * memory.m + (1.0 - ADAM_BETAS[0]) * gradient
    v = ADAM_BETAS[1] * memory.v + (1.0 - ADAM_BETAS[1]) * tf.square(gradient)
    return theta - rate * (m * first) / (tf.sqrt(v * second) + ADAM_EPSILON), Optimizer(m, v)


def _sgd(theta: Tensor, memory: Optimizer, gradient: Tensor, schedule: Tensor) -> tuple[Tensor, Optimizer]:
    return theta - schedule[0] * gradient, memory


def bias_corrections(iterations: Array) -> Array:
    """Adam's two factors for the updates after these many iterations, (n, 2)."""
    updates = np.asarray(iterations, np.float64)[:, None] + 1.0
    return 1.0 / (1.0 - np.array(ADAM_BETAS) ** updates)


class _TaskProgram:
    """What programs on a batch of tasks share: the learner's state and live values as arrays, shown outputs."""

    def __init__(self, learner: Learner, network: Network, kind: str) -> None:
        self._learner, self._network, self._kind = learner, network, kind
        self.live_names = learner.adaptation_live_names()

    def _learned(self, state: LearnerState, live: dict[str, float]) -> tuple[Params, Params, Array]:
        """Parameters, carry, and the live values that adapting depends on as one vector."""
        values = np.array([live[name] for name in self.live_names], np.float32)
        return dict(state.params), without_scaling(state.carry), values

    def _context(self, live: Tensor) -> Context:
        named_live = {name: live[place] for place, name in enumerate(self.live_names)}
        return Context(self._network, losses.LOSSES[self._kind], named_live)

    def _shown(self, state, adapted, x, ctx):  # type: ignore[no-untyped-def]
        """Predictions; probabilities for classification."""
        outputs, _ = self._learner.predict(state, adapted, x, ctx)
        return tf.nn.softmax(outputs) if self._kind == "classification" else outputs


class AdaptationProgram(_TaskProgram):
    """How a batch of tasks is adapted to, step by step: predictions and losses of steps 0..num_steps."""

    def __init__(self, learner: Learner, network: Network, kind: str, num_steps: int, keep: bool, mode: str) -> None:
        super().__init__(learner, network, kind)
        self._num_steps, self._keep = num_steps, keep
        self._has_deviation = learner.has_deviation and kind == "regression"
        self._run = _build(self._path, mode)

    def run(self, state: LearnerState, support: PointSet, query: PointSet, live: dict[str, float]) -> list[Array]:
        """What `keep` asks for.

        Returns: with keep, predictions (steps + 1, tasks, points, output_dim) on the query's x, the support loss
            (steps + 1, tasks), and where the learner has them the predictions' deviations; else the query loss
            and the accuracy (0 for regression), each (steps + 1, tasks).
        """
        scaling = Scaling.of(state.carry)
        seen = (support, query) if scaling is None else (scaling.points(support), scaling.points(query))
        unit = np.ones(self._network.output_dim) if scaling is None else scaling.unit(self._network.output_dim)
        outputs = self._run(*self._learned(state, live), np.asarray(unit, np.float32), *seen)
        values = [np.array(value) for value in outputs]
        return self._in_own_units(values, scaling) if scaling is not None and self._keep else values

    def _in_own_units(self, values: list[Array], scaling: Scaling) -> list[Array]:
        predictions, support_loss, *deviation = values
        return [scaling.predictions(predictions), support_loss, *map(scaling.deviations, deviation)]

    def _path(self, params, carry, live, unit, support, query):  # type: ignore[no-untyped-def]
        ctx, state = self._context(live), State(params, carry)
        judge = ctx._replace(loss=losses.in_units(self._kind, unit))
        measure = self._kept if self._keep else self._scored
        if self._learner.adapts_once:
            return self._path_of_one_step(measure, state, support, query, ctx, judge)
        num_tasks, num_queries = query.x.shape[:2]
        tasks_only, outputs = [num_tasks], [num_tasks, num_queries, self._network.output_dim]
        shapes = [outputs, tasks_only, *[outputs] * self._has_deviation] if self._keep else [tasks_only] * 2
        rows = [tf.TensorArray(tf.float32, self._num_steps + 1, element_shape=shape) for shape in shapes]

        def body(index, adapted, rows):  # type: ignore[no-untyped-def]
            values = measure(state, adapted, support, query, judge)
            rows = [row.write(index, value) for row, value in zip(rows, values, strict=True)]
            # One step more than is looked at: a second copy of the program for step 0 would cost more.
            return index + 1, self._learner.adapt_step(state, adapted, support, ctx), rows

        _, _, rows = tf.while_loop(
            lambda index, *rest: index <= self._num_steps,
            body,
            (tf.constant(0), self._learner.begin(state, support, ctx), rows),
            maximum_iterations=self._num_steps + 1,
        )
        return [row.stack() for row in rows]

    def _path_of_one_step(self, measure, state, support, query, ctx, judge):  # type: ignore[no-untyped-def]
        """Unrolled, so that features of the query are computed once; later steps are the first."""
        start = self._learner.begin(state, support, ctx)
        rows = [[value] for value in measure(state, start, support, query, judge)]
        if self._num_steps:
            after = self._learner.adapt_step(state, start, support, ctx)
            for row, value in zip(rows, measure(state, after, support, query, judge), strict=True):
                row.extend([value] * self._num_steps)
        return [tf.stack(row) for row in rows]

    def _kept(self, state, adapted, support, query, ctx):  # type: ignore[no-untyped-def]
        kept = [self._shown(state, adapted, query.x, ctx), self._learner.loss(state, adapted, support, ctx)]
        if self._has_deviation:
            kept.append(self._learner.deviation(state, adapted, query.x, ctx))
        return kept

    def _scored(self, state, adapted, support, query, ctx):  # type: ignore[no-untyped-def]
        outputs, _ = self._learner.predict(state, adapted, query.x, ctx)
        accuracy = losses.ACCURACIES[self._kind](outputs, query)
        return [ctx.loss(outputs, query), accuracy]


class WayProgram(_TaskProgram):
    """What adapts, step by step: all of it in one call, for a hand waits."""

    def __init__(self, learner: Learner, network: Network, kind: str, mode: str) -> None:
        super().__init__(learner, network, kind)
        self._run = _build(self._way, mode)

    def run(self, state: LearnerState, support: PointSet, num_steps: int, live: dict[str, float]) -> dict[str, Array]:
        """What adapts after steps 0..num_steps, (steps + 1, tasks, ...) by name, the inner optimiser's memory too."""
        scaling = Scaling.of(state.carry)
        seen = support if scaling is None else scaling.points(support)
        steps = min(num_steps, 1) if self._learner.adapts_once else num_steps
        way = self._run(*self._learned(state, live), np.int32(steps), seen)
        places = np.minimum(np.arange(num_steps + 1), steps)
        return {name: np.array(values)[places] for name, values in way.items()}

    def _way(self, params, carry, live, num_steps, support):  # type: ignore[no-untyped-def]
        ctx, state = self._context(live), State(params, carry)
        start = self._learner.begin(state, support, ctx)
        rows = {
            name: tf.TensorArray(values.dtype, num_steps + 1, element_shape=values.shape)
            for name, values in start.items()
        }

        def body(index, adapted, rows):  # type: ignore[no-untyped-def]
            rows = {name: row.write(index, adapted[name]) for name, row in rows.items()}
            return index + 1, self._learner.adapt_step(state, adapted, support, ctx), rows

        _, last, rows = tf.while_loop(lambda index, *rest: index < num_steps, body, (tf.constant(0), start, rows))
        return {name: row.write(num_steps, last[name]).stack() for name, row in rows.items()}


class GradientsProgram(_TaskProgram):
    """The gradients of the loss before adapting and of the loss after it, of a few tasks together."""

    def __init__(self, learner: Learner, network: Network, kind: str, mode: str) -> None:
        super().__init__(learner, network, kind)
        self._run = _build(self._gradients, mode)

    def run(
        self, state: LearnerState, episodes: Episodes, live: dict[str, float]
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        """By the name of what is meta-learned."""
        scaling = Scaling.of(state.carry)
        seen = episodes if scaling is None else scaling.episodes(episodes)
        parts = self._run(*self._learned(state, live), seen)
        base, meta = ({name: np.array(values) for name, values in part.items()} for part in parts)
        return base, meta

    def _gradients(self, params, carry, live, episodes):  # type: ignore[no-untyped-def]
        ctx, state = self._context(live), State(params, carry)
        with tf.GradientTape(watch_accessed_variables=False, persistent=True) as tape:
            tape.watch(state.params)
            before = self._learner.loss_before(state, episodes.support, ctx)
            after, _ = self._learner.loss_after(state, episodes, ctx)
        return [tape.gradient(loss, state.params, unconnected_gradients="zero") for loss in (before, after)]


class PredictionProgram(_TaskProgram):
    """What a learner predicts once it is adapted to something, however it came to it."""

    def __init__(self, learner: Learner, network: Network, kind: str, mode: str) -> None:
        super().__init__(learner, network, kind)
        self._run = _build(self._predict, mode)

    def run(self, state: LearnerState, adapted: Mapping[str, Array], x: Array, live: dict[str, float]) -> Array:
        """Predictions (tasks, points, output_dim) at x (tasks, points, ...); probabilities for classification."""
        arrays = {name: np.asarray(values, np.float32) for name, values in adapted.items()}
        scaling = Scaling.of(state.carry)
        seen = x if scaling is None else scaling.inputs(x)
        predictions = np.array(self._run(*self._learned(state, live), arrays, np.asarray(seen, np.float32)))
        return predictions if scaling is None else scaling.predictions(predictions)

    def _predict(self, params, carry, live, adapted, x):  # type: ignore[no-untyped-def]
        return self._shown(State(params, carry), adapted, x, self._context(live))


def _build(function: Callable[..., Any], mode: str) -> Callable[..., Any]:
    """A function of tensors as one of arrays."""
    if mode == "eager":
        return lambda *args: function(*tf.nest.map_structure(_as_tensor, args))
    return Compiled(function, xla=mode == "xla")


def _as_tensor(values: Array | None) -> Tensor | None:
    return None if values is None else tf.constant(values)


def execution_mode(network: Network, compile: bool) -> str:
    """ "xla", "graph" (networks that are faster without) or "eager" (tests: no compile time)."""
    if not compile:
        return "eager"
    return "xla" if network.compiles else "graph"


def outer_program(settings: ExperimentSettings, params: Params, compile: bool = True) -> OuterProgram:
    """The outer loop for these settings' structure and parameters of these shapes."""
    mode = execution_mode(settings.network, compile)
    tables = row_tables.table_names(settings.network, params)
    layout = Layout.of({name: values for name, values in params.items() if name not in tables})
    own = settings.learner.structure()
    return _kept(OuterProgram, settings, own, settings.outer.meta_optimizer, layout, tables, mode)


def adaptation_program(
    settings: ExperimentSettings, num_steps: int, keep: bool, compile: bool = True
) -> AdaptationProgram:
    """The adaptation for these settings' structure, shared by learners that adapt alike."""
    mode = execution_mode(settings.network, compile)
    return _kept(AdaptationProgram, settings, settings.learner.adaptation_structure(), num_steps, keep, mode)


def way_program(settings: ExperimentSettings, compile: bool = True) -> WayProgram:
    """The steps of an adaptation alone, for these settings' structure; traced but never compiled."""
    mode = "graph" if compile else "eager"
    return _kept(WayProgram, settings, settings.learner.adaptation_structure(), mode)


def gradients_program(settings: ExperimentSettings, compile: bool = True) -> GradientsProgram:
    """The two gradients, for these settings' structure; traced but never compiled."""
    return _kept(GradientsProgram, settings, settings.learner.structure(), "graph" if compile else "eager")


def prediction_program(settings: ExperimentSettings, compile: bool = True) -> PredictionProgram:
    """Prediction alone, for these settings' structure; traced but never compiled, so the first answer is soon there."""
    mode = "graph" if compile else "eager"
    return _kept(PredictionProgram, settings, settings.learner.adaptation_structure(), mode)


def _kept(make: Callable[..., _Program], settings: ExperimentSettings, own: Hashable, *rest: Hashable) -> _Program:
    """The program for this structure, `own` being the learner's part of it."""
    learner, network, kind = settings.learner, settings.network, settings.tasks.kind
    key = (make, own, network.structure(), kind, *rest)
    return PROGRAMS.get(key, lambda: make(learner, network, kind, *rest))
