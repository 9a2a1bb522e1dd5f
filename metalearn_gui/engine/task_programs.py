"""Programs on a batch of tasks with a learner's state as it is: adapting, its steps, gradients, prediction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from metalearn_gui.engine import losses
from metalearn_gui.engine.backend import Array, Tensor, tf
from metalearn_gui.engine.compiled import built
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.learners.base import Context, Learner, State
from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.scaling import Scaling, without_scaling
from metalearn_gui.engine.starts import explaining


class _TaskProgram:
    """What programs on a batch of tasks share: the learner's state and live values as arrays, shown outputs."""

    _run: Callable[..., Any]

    def __init__(self, learner: Learner, network: Network, kind: str) -> None:
        self._learner, self._network, self._kind = learner, network, kind
        self.live_names = learner.adaptation_live_names()

    def _answer(self, state: LearnerState, live: dict[str, float], *rest: Any) -> Any:
        """What was built, of parameters, carry, the live values that adapting depends on as one vector, and the rest.

        Raises:
            SettingError: the parameters have other shapes than this learner's.
        """
        values = np.array([live[name] for name in self.live_names], np.float32)
        with explaining(self._learner, self._network, state.params):
            return self._run(dict(state.params), without_scaling(state.carry), values, *rest)

    def _context(self, live: Tensor) -> Context:
        named_live = {name: live[place] for place, name in enumerate(self.live_names)}
        return Context(self._network, losses.LOSSES[self._kind], named_live)

    def _shown(self, state, adapted, x, ctx):  # type: ignore[no-untyped-def]
        """Predictions; of classes the logarithms of their probabilities, which tell how wrong the surest are."""
        outputs, _ = self._learner.predict(state, adapted, x, ctx)
        return tf.nn.log_softmax(outputs) if self._kind == "classification" else outputs


class AdaptationProgram(_TaskProgram):
    """How a batch of tasks is adapted to, step by step: predictions and losses of steps 0..num_steps."""

    def __init__(self, learner: Learner, network: Network, kind: str, num_steps: int, keep: bool, mode: str) -> None:
        super().__init__(learner, network, kind)
        self._num_steps, self._keep = num_steps, keep
        self._has_deviation = learner.has_deviation and kind == "regression"
        self._run = built(self._path, mode)

    def run(self, state: LearnerState, support: PointSet, query: PointSet, live: dict[str, float]) -> list[Array]:
        """What `keep` asks for.

        Returns: with keep, predictions (steps + 1, tasks, points, output_dim) on the query's x, of classes the
            logarithms of their probabilities, the support loss (steps + 1, tasks), and where the learner has them
            the predictions' deviations; else the query loss and the accuracy (0 for regression), each
            (steps + 1, tasks).
        """
        scaling = Scaling.of(state.carry)
        seen = (support, query) if scaling is None else (scaling.points(support), scaling.points(query))
        unit = np.ones(self._network.output_dim) if scaling is None else scaling.unit(self._network.output_dim)
        outputs = self._answer(state, live, np.asarray(unit, np.float32), *seen)
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
        self._run = built(self._way, mode)

    def run(self, state: LearnerState, support: PointSet, num_steps: int, live: dict[str, float]) -> dict[str, Array]:
        """What adapts after steps 0..num_steps, (steps + 1, tasks, ...) by name, the inner optimiser's memory too."""
        scaling = Scaling.of(state.carry)
        seen = support if scaling is None else scaling.points(support)
        steps = min(num_steps, 1) if self._learner.adapts_once else num_steps
        way = self._answer(state, live, np.int32(steps), seen)
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
        self._run = built(self._gradients, mode)

    def run(
        self, state: LearnerState, episodes: Episodes, live: dict[str, float]
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        """By the name of what is meta-learned."""
        scaling = Scaling.of(state.carry)
        seen = episodes if scaling is None else scaling.episodes(episodes)
        parts = self._answer(state, live, seen)
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
        self._run = built(self._predict, mode)

    def run(self, state: LearnerState, adapted: Mapping[str, Array], x: Array, live: dict[str, float]) -> Array:
        """Predictions (tasks, points, output_dim) at x (tasks, points, ...), of classes logarithms of probabilities."""
        arrays = {name: np.asarray(values, np.float32) for name, values in adapted.items()}
        scaling = Scaling.of(state.carry)
        seen = x if scaling is None else scaling.inputs(x)
        predictions = np.array(self._answer(state, live, arrays, np.asarray(seen, np.float32)))
        return predictions if scaling is None else scaling.predictions(predictions)

    def _predict(self, params, carry, live, adapted, x):  # type: ignore[no-untyped-def]
        return self._shown(State(params, carry), adapted, x, self._context(live))
