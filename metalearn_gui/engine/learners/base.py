"""What a learner is: how it starts on a task, how it adapts, and what its outer loop learns from.

The engine folds `begin` and `adapt_step` into a path (adaptation.py) and feeds `meta_gradient` to the
meta-optimiser (training.py). Only these methods know which learner it is.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array, Params, Tensor, tf
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.pseudo_code import Line
from metalearn_gui.engine.losses import Loss
from metalearn_gui.engine.networks.base import Network, Stats
from metalearn_gui.engine.networks.ops import product
from metalearn_gui.engine.params import Component, params_of
from metalearn_gui.engine.tasks.base import TaskFamily

UNROLLED_STEPS = 5
Adapted = dict[str, Tensor]  # whatever `predict` needs for a task; leading axis = tasks


class State(NamedTuple):
    """What a learner is between two meta-iterations.

    params: what is meta-learned (fed to the meta-optimiser).
    carry: what only lives across outer steps (running averages, unfinished inner runs, clients).
    """

    params: Params
    carry: Params


class Context(NamedTuple):
    """What changes without a new structure, and what a learner works with.

    `live` holds the live settings of the learner as tensors: a value read from the dataclass inside a
    traced function would become a constant.
    """

    network: Network
    loss: Loss
    live: Mapping[str, Tensor]
    iteration: Tensor | int = 0
    training: bool = False


class MetaGradient(NamedTuple):
    """What one meta-iteration hands to the meta-optimiser and to the plots.

    objective: the training objective, scalar; before: support loss before adapting; after: query loss after it.
    metrics: named scalars, one curve each.
    """

    gradients: Params
    objective: Tensor
    before: Tensor
    after: Tensor
    carry: Params
    metrics: dict[str, Tensor]


class Held(NamedTuple):
    """The numbers that a learner holds while it trains; what training takes of memory follows from them.

    shared: meta-learned, once; per_task: what adapts, with its memory; kept_steps: inner steps whose way the outer
    gradient goes back, 1 where it goes back none; per_point: what it holds for a point beside the network.
    """

    shared: int
    per_task: int = 0
    kept_steps: int = 1
    per_point: int = 0


class View(NamedTuple):
    """Something a learner can show about itself; one panel per kind, none per learner."""

    kind: str
    arrays: dict[str, Array]


class TrainingTasks(NamedTuple):
    """An episode of each training task there is to show.

    drawn: the places of those that the newest meta-iteration drew, in its order; none before the first.
    """

    episodes: Episodes
    drawn: Array


@dataclasses.dataclass(frozen=True)
class Learner(Component, ABC):
    """A meta-learning algorithm: a frozen value of hyper-parameters.

    A subclass gives key, label, summary and algorithm, and writes init, begin, adapt_step and predict; the rest has
    a default. What `tests/engine/test_every_learner.py` holds it to:

    - points whose mask is 0 are not there: they change no prediction, and an empty support set leaves it at step 0;
    - live settings are read from ctx.live, the others are named by `structure`;
    - numbers of tasks and points may be unknown while tracing (`num_tasks_of`).
    """

    kinds: ClassVar[tuple[str, ...]] = ("regression", "classification")  # task kinds it takes
    shows_training_tasks: ClassVar[bool] = False  # whether inspect_training has something to say
    concerns: ClassVar[tuple[str, ...]] = ()  # settings that its story needs: the window shows them before others
    objective: ClassVar[str] = ""  # a name of its own for what training makes small; "" = the training loss
    order: ClassVar[str] = ""  # "1st order" or "2nd order", said in the window where it applies
    start_name: ClassVar[str] = "meta-learned start"  # what the learner is before it has seen a point of a task
    any_sizes: ClassVar[bool] = True  # False: one meta-iteration's episodes go on in the next, so all are of one size
    any_ways: ClassVar[bool] = False  # True: what it learns fits any number of classes
    adapts_once: ClassVar[bool] = False  # True: one pass over the support set; steps after the first change nothing
    algorithm: ClassVar[tuple[Line, ...]] = ()  # its pseudo-code, as a card shows it
    algorithm_of_classes: ClassVar[tuple[Line, ...]] = ()  # the same, where it differs for tasks of classes
    has_deviation: ClassVar[bool] = False  # True: it says how sure it is of a number

    def fitted(self, tasks: TaskFamily) -> Learner:
        """This learner with what its start has to know of the family."""
        return self

    def trains_on(self, tasks: TaskFamily) -> TaskFamily:
        """The family that training draws from, where it is not the one of unseen tasks."""
        return tasks

    def pseudo_code(self, kind: str) -> tuple[Line, ...]:
        """Its algorithm on tasks of this kind."""
        return (self.algorithm_of_classes if kind == "classification" else ()) or self.algorithm

    @property
    def num_steps(self) -> int:
        """Adaptation steps that training takes; the path has one entry more."""
        return 1

    @property
    def gradient_evaluations(self) -> float:
        """Forward-and-backward passes that one task of one meta-iteration costs."""
        return 1.0

    def held(self, network: Network) -> Held:
        """What it holds of this network while it trains."""
        return Held(network.num_parameters())

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The names in MetaGradient.metrics, known before anything is traced."""
        return ()

    @abstractmethod
    def init(self, network: Network, rng: np.random.Generator) -> State:
        """A fresh state, float32 numpy."""

    def unfinished(self, state: State, example: Callable[[], Episodes]) -> Params:
        """What goes on across meta-iterations and has the meta-batch's shape: more carry of a fresh state.

        Args:
            example: draws a meta-batch to take the shapes from, numpy; its tasks may be begun with.
        """
        return {}

    @abstractmethod
    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        """Step 0: what `predict` needs before anything of the task is used."""

    @abstractmethod
    def adapt_step(self, state: State, adapted: Adapted, support: PointSet, ctx: Context) -> Adapted:
        """One adaptation step on the support set."""

    @abstractmethod
    def predict(self, state: State, adapted: Adapted, x: Tensor, ctx: Context) -> tuple[Tensor, Stats]:
        """Outputs (tasks, points, output_dim): numbers, or logits for classification."""

    def deviation(self, state: State, adapted: Adapted, x: Tensor, ctx: Context) -> Tensor:
        """The standard deviation of every number that `predict` gives, where `has_deviation`."""
        raise NotImplementedError

    def loss(self, state: State, adapted: Adapted, points: PointSet, ctx: Context) -> Tensor:
        """The loss of the adapted learner on a point set, shape (tasks,)."""
        outputs, _ = self.predict(state, adapted, points.x, ctx)
        return ctx.loss(outputs, points)

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        """Differentiate the mean query loss through the whole adaptation (exact second order)."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state.params)
            after, carry = self.loss_after(state, episodes, ctx)
        gradients = tape.gradient(after, state.params, unconnected_gradients="zero")
        before = self.loss_before(state, episodes.support, ctx)
        return MetaGradient(gradients, after, before, after, carry, {})

    def loss_before(self, state: State, support: PointSet, ctx: Context) -> Tensor:
        """Mean loss at step 0, on the support set: a compiler finds that the inner loop has it already."""
        return tf.reduce_mean(self.loss(state, self.begin(state, support, ctx), support, ctx))

    def loss_after(self, state: State, episodes: Episodes, ctx: Context) -> tuple[Tensor, Stats]:
        """Mean query loss after num_steps adaptation steps, and the carry that the query set leaves."""
        adapted = fold(self, state, episodes.support, ctx, self.num_steps)
        return self.judged(state, adapted, episodes.query, ctx)

    def losses_on_the_way(self, state: State, episodes: Episodes, ctx: Context) -> tuple[list[Tensor], Stats]:
        """Mean query loss after each of num_steps adaptation steps, and the carry that the last one leaves."""
        adapted, losses, carry = self.begin(state, episodes.support, ctx), [], state.carry
        for _ in range(self.num_steps):
            adapted = self.adapt_step(state, adapted, episodes.support, ctx)
            loss, carry = self.judged(state, adapted, episodes.query, ctx)
            losses.append(loss)
        return losses, carry

    def judged(self, state: State, adapted: Adapted, points: PointSet, ctx: Context) -> tuple[Tensor, Stats]:
        """Mean loss of the adapted learner on a point set, and the carry that these points leave."""
        outputs, carry = self.predict(state, adapted, points.x, ctx)
        return tf.reduce_mean(ctx.loss(outputs, points)), carry

    def inspect(self, state: State, episodes: Episodes, ctx: Context) -> list[View]:
        """What this learner shows beyond the common views."""
        return []

    def inspect_training(self, state: State, training: TrainingTasks, ctx: Context) -> list[View]:
        """What this learner shows about the tasks that it trains on; ctx.iteration is the next meta-iteration."""
        return []

    def adaptation_structure(self) -> tuple[object, ...]:
        """What a compiled adaptation depends on; learners that adapt alike may share one."""
        return self.structure()

    def live_values(self) -> dict[str, float]:
        """The live settings by name."""
        return {spec.name: getattr(self, spec.name) for spec in params_of(self) if spec.live}

    def adaptation_live_names(self) -> tuple[str, ...]:
        """The live settings that adapting to a task depends on."""
        return tuple(sorted(self.live_values()))

    def reported_loss(self, objectives: Array, final: float) -> float:
        """The training loss that a run reports at its end.

        Args:
            objectives: the objective of every meta-iteration, each before its update.
            final: the objective of the last episodes after the last update.
        """
        if not len(objectives):  # stopped before the first meta-iteration
            return float("nan")
        return float(np.mean(objectives[-max(1, len(objectives) // 100) :]))


def num_tasks_of(points: PointSet) -> Tensor | int:
    """The tasks of a point set; a tensor where the number is not known while tracing."""
    num_tasks = points.x.shape[0]
    return tf.shape(points.x)[0] if num_tasks is None else num_tasks


def memberships(points: PointSet, ways: int) -> Tensor:
    """Which class each point is of, (tasks, points, ways): 1 for its own, 0 for the others and for padding."""
    chosen = tf.one_hot(points.y, ways)
    return chosen if points.mask is None else chosen * points.mask[:, :, None]


def mean_by_class(values: Tensor, points: PointSet, ways: int) -> tuple[Tensor, Tensor]:
    """The mean of values (tasks, points, units) over each class (tasks, ways, units), and its points (tasks, ways)."""
    chosen = memberships(points, ways)
    counts = tf.reduce_sum(chosen, axis=1)
    return product(chosen, values, transpose_x=True) / tf.maximum(counts, 1.0)[:, :, None], counts


def with_unseen_classes(logits: Tensor, counts: Tensor) -> Tensor:
    """Logits (tasks, points, ways) in which a class without a support point has its share by the rule of succession.

    That is one in (support points + ways), whatever the others' logits are: a query of such a class has a finite loss,
    and moves nothing. Without any support point all classes are alike. Rows of a table come so: with few of them a rare
    class is often missing.

    Laplace (1814), "Essai philosophique sur les probabilites".

    Args:
        counts: support points by class, (tasks, ways).
    """
    is_seen = counts[:, None] > 0
    together = tf.reduce_logsumexp(tf.where(is_seen, logits, logits.dtype.min), axis=-1, keepdims=True)
    num_seen = tf.reduce_sum(tf.cast(is_seen, logits.dtype), axis=-1, keepdims=True)
    num_points = tf.reduce_sum(counts, axis=-1)[:, None, None]
    share = together - tf.math.log(tf.maximum(num_points + num_seen, 1.0))
    return tf.where(is_seen, logits, tf.where(num_seen > 0, share, 0.0))


def under(params: Params, prefix: str) -> Params:
    """The entries whose names begin with a prefix, without it."""
    return {name.removeprefix(prefix): values for name, values in params.items() if name.startswith(prefix)}


def fold(learner: Learner, state: State, support: PointSet, ctx: Context, num_steps: int) -> Adapted:
    """begin, then adapt_step num_steps times: unrolled up to UNROLLED_STEPS, a bounded loop beyond."""
    adapted = learner.begin(state, support, ctx)
    if num_steps <= UNROLLED_STEPS:
        for _ in range(num_steps):
            adapted = learner.adapt_step(state, adapted, support, ctx)
        return adapted
    result: Adapted = tf.while_loop(
        lambda adapted: True,
        lambda adapted: (learner.adapt_step(state, adapted, support, ctx),),
        (adapted,),
        maximum_iterations=num_steps,
    )[0]
    return result
