"""The outer loop as one program: meta-gradients of a block of meta-iterations, and what they move."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from metalearn_gui.engine import losses, row_tables
from metalearn_gui.engine.backend import Array, Params, Tensor, tf
from metalearn_gui.engine.compiled import built
from metalearn_gui.engine.episodes import Episodes, map_episodes
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.layout import Layout
from metalearn_gui.engine.learners.base import Context, Learner, State
from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.scaling import only_scaling, without_scaling

ADAM_BETAS = (0.9, 0.999)
ADAM_EPSILON = 1e-8


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
        self._loop = built(self._run_block if mode != "eager" else self._run_eagerly, mode)

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
