"""Learned optimiser: learn the rule of the updates itself, one small network for every coordinate.

For each inner run: theta <- theta + rule(grad L_support(theta), memory), from a random start. After every
unroll_steps of them the rule moves down the gradient of the mean L_support(theta) over these steps, taken through
the updates, each inner gradient a constant; the run then goes on where it is until unrolls_per_run are over, and
starts anew on a new task.

Andrychowicz et al. (2016), arXiv:1606.04474, section 2; Metz et al. (2020), arXiv:2009.11243.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np

from metalearn_gui.engine.backend import Array, Params, Tensor, tf
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.base import (
    Adapted,
    Context,
    Held,
    Learner,
    MetaGradient,
    State,
    View,
    num_tasks_of,
    under,
)
from metalearn_gui.engine.learners.inner_optimizers import MEMORY, beside, parameters_of
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, DRAWING, JUDGE, META_RATE, UPDATE, Line
from metalearn_gui.engine.learners.update_rules import RATES, UPDATE_RULES, Coordinates, UpdateRule
from metalearn_gui.engine.networks.base import Network, Stats
from metalearn_gui.engine.params import param

RULE, STARTS, RUNS = "rule/", "starts/", "runs/"
SHARED = "shared/"  # in the carry: what the rule moves in no run
PLACES = ("support", "query")
NUM_STARTS = 100  # random networks: runs in training start from one half, unseen tasks from the other
RULE_LAYERS = 4  # times the units that a rule holds of a coordinate
MOST_NUMBERS = 4_000_000  # in all of them; there are fewer of large networks
COMPARED_STEPS = 20  # over which they choose
PROBED_GRADIENTS = np.concatenate([-np.logspace(1, -4, 41), [0.0], np.logspace(-4, 1, 41)]).astype(np.float32)
PROBED_WEIGHT_SIZE = 0.2


@dataclasses.dataclass(frozen=True)
class LearnedOptimizer(Learner):
    """Params: "rule/NAME". Carry: "starts/NAME", random networks, and "runs/...", the unfinished inner runs.

    A run's start is the next of the training half, an unseen task's that of its place in the batch in the other
    half. `before` and `after` are the losses at both ends of an unroll, wherever its run stands.

    View "update_rule": "gradient" (n,), the update of a coordinate that sees this gradient in every step, "learned"
    (steps, n) after 1, 2, ... of them, and that of "adam" (n,) and of "sgd" (n,), each with the best of 13 rates
    for the shown tasks.
    """

    key = "learned_optimizer"
    any_sizes = False
    label = "Learned optimiser"
    start_name = "random start"
    summary = "A small network looks at each coordinate's gradient and says how the coordinate moves."
    algorithm = (
        DRAWING,
        Line("for each run: a random start", "θ ~ initialisation, memory h ← 0", BEGIN, 1),
        Line("the rule moves every coordinate", "θ, h ← θ + m(∇L(θ; support), h; φ)", ADAPT, 2),
        Line("judge the whole way", "R = mean over steps of L(θ; support)", JUDGE, 1, (("steps", "unroll_steps"),)),
        Line("move the rule", "φ ← φ − η ∇φ R", UPDATE, 0, (META_RATE,)),
    )

    update_rule: str = param(
        "lstm",
        "Update rule",
        choices=tuple(UPDATE_RULES),
        help="What turns a gradient into an update: an LSTM, an MLP on momenta, or Adam or SGD with a learned rate.",
    )
    unroll_steps: int = param(
        20, "Steps per unroll", minimum=1, maximum=100, unit="steps", help="Steps that a meta-gradient sees through."
    )
    unrolls_per_run: int = param(
        1,
        "Unrolls per run",
        minimum=1,
        maximum=50,
        unit="unrolls",
        help="Unrolls until an inner run starts anew on a new task.",
    )
    rule_units: int = param(
        20, "Rule's units", minimum=1, maximum=64, unit="units", advanced=True,
        help="Hidden units of the small network.",
    )  # fmt: skip

    @property
    def num_steps(self) -> int:
        return self.unroll_steps * self.unrolls_per_run

    def held(self, network: Network) -> Held:
        sizes = network.parameter_sizes()
        own = sum(sizes[name] for name in network.adapting)
        memory = sum(math.prod(shape) for shape in self._rule.memory_shapes(own).values())
        inside = RULE_LAYERS * self.rule_units * own  # of the rule at one step, for each coordinate
        return Held(2 * own + min(NUM_STARTS * own, MOST_NUMBERS), own + memory + inside, self.unroll_steps)

    @property
    def gradient_evaluations(self) -> float:
        return 2.0 * self.unroll_steps

    def adaptation_structure(self) -> tuple[object, ...]:
        return (self.key, self.update_rule, self.rule_units)

    def init(self, network: Network, rng: np.random.Generator) -> State:
        rule = {RULE + name: values for name, values in self._rule.init(rng).items()}
        _, stats = network.init(rng)
        first, stats = network.init(rng)
        size = sum(first[name].size for name in network.adapting)
        drawn = [network.init(rng)[0] for _ in range(max(2, min(NUM_STARTS, MOST_NUMBERS // size)))]
        starts = {STARTS + name: np.stack([one[name] for one in drawn]) for name in network.adapting}
        shared = {SHARED + name: values for name, values in first.items() if STARTS + name not in starts}
        return State(rule, stats | starts | shared)

    def unfinished(self, state: State, example: Callable[[], Episodes]) -> Params:
        """Every run at step 0 of an example task; the first ones end early by turns, so that ends never coincide."""
        starts, episodes = under(state.carry, STARTS), example()
        count, num_tasks = _num_training_starts(starts), len(episodes.support.x)
        places = np.arange(num_tasks)
        size = sum(int(np.prod(values.shape[1:])) for values in starts.values())
        shapes = self._rule.memory_shapes(size)
        runs = {f"adapted/{name}": values[places % count] for name, values in starts.items()}
        runs |= {f"adapted/{MEMORY}{name}": np.zeros((num_tasks, *shape)) for name, shape in shapes.items()}
        runs |= {"next_start": places % count, "steps_left": places % self.unrolls_per_run * self.unroll_steps}
        tasks = _named(episodes)
        return {RUNS + name: values.astype(np.float32) for name, values in runs.items()} | {
            RUNS + name: values for name, values in tasks.items()
        }

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        starts = under(state.carry, STARTS)
        num_tasks = num_tasks_of(support)
        training = _num_training_starts(starts)
        unseen = next(iter(starts.values())).shape[0] - training
        return self._fresh(starts, training + tf.range(num_tasks) % unseen)

    def adapt_step(self, state: State, adapted: Adapted, support: PointSet, ctx: Context) -> Adapted:
        memory = under(adapted, MEMORY)
        params = parameters_of(adapted)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(params)
            loss = tf.reduce_sum(self.loss(state, params, support, ctx))
        gradients = {name: tf.stop_gradient(g) for name, g in tape.gradient(loss, params).items()}
        update, memory = self._rule.update(under(state.params, RULE), memory, _coordinates(gradients, params))
        if support.mask is not None:  # of no points nothing is known, and a rule's bias alone would still move
            update *= tf.minimum(tf.reduce_sum(support.mask, axis=1), 1.0)[:, None]
        moved = {name: params[name] + change for name, change in _split(update, params).items()}
        return moved | {MEMORY + name: values for name, values in memory.items()}

    def predict(self, state: State, adapted: Adapted, x: Tensor, ctx: Context) -> tuple[Tensor, Stats]:
        return ctx.network.apply({**under(state.carry, SHARED), **adapted}, state.carry, x, None, ctx)

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        runs = self._restarted(state, episodes)
        tasks, adapted = _episodes(runs), under(runs, "adapted/")
        before = tf.reduce_mean(self.loss(state, adapted, tasks.support, ctx))
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state.params)
            adapted, objective = self._unrolled(state, adapted, tasks.support, ctx)
        gradients = tape.gradient(objective, state.params, unconnected_gradients="zero")
        after, stats = self.judged(state, adapted, tasks.query, ctx)
        runs |= {f"adapted/{name}": values for name, values in adapted.items()}
        runs["steps_left"] -= float(self.unroll_steps)
        carry = stats | {RUNS + name: values for name, values in runs.items()}
        return MetaGradient(gradients, objective, before, after, carry, {})

    def inspect(self, state: State, episodes: Episodes, ctx: Context) -> list[View]:
        steps = min(self.num_steps, COMPARED_STEPS)
        arrays = {"gradient": PROBED_GRADIENTS, "learned": self._probed(under(state.params, RULE), steps)}
        for key in ("adam", "sgd"):
            other = dataclasses.replace(self, update_rule=key)
            log_rate = other._best_log_rate(state, episodes.support, ctx, steps)
            arrays[key] = other._probed({"log_rate": tf.constant([log_rate], tf.float32)}, 1)[0]
        return [View("update_rule", arrays)]

    @property
    def _rule(self) -> UpdateRule:
        return UPDATE_RULES[self.update_rule](self.rule_units)

    def _fresh(self, starts: Params, numbers: Tensor) -> Adapted:
        """Step 0 of a run from each of these starts."""
        params = {name: tf.gather(values, numbers) for name, values in starts.items()}
        shapes = self._rule.memory_shapes(sum(int(np.prod(values.shape[1:])) for values in starts.values()))
        num_tasks = tf.shape(numbers)[0] if numbers.shape[0] is None else numbers.shape[0]
        return params | {MEMORY + name: tf.zeros([num_tasks, *shape]) for name, shape in shapes.items()}

    def _restarted(self, state: State, episodes: Episodes) -> Params:
        """The runs, those that are over on their next start and this meta-iteration's task."""
        runs, starts = under(state.carry, RUNS), under(state.carry, STARTS)
        is_over = runs["steps_left"] <= 0.0
        start = runs["next_start"]
        fresh = self._fresh(starts, tf.cast(start, tf.int32))
        new = {f"adapted/{name}": values for name, values in fresh.items()} | _named(episodes)
        new["next_start"] = (start + start.shape[0]) % float(_num_training_starts(starts))
        new["steps_left"] = tf.fill(is_over.shape, float(self.num_steps))
        return {name: tf.where(beside(is_over, values), new[name], values) for name, values in runs.items()}

    def _unrolled(self, state: State, adapted: Adapted, support: PointSet, ctx: Context) -> tuple[Adapted, Tensor]:
        """The runs unroll_steps later, and the mean support loss over these steps."""

        def body(adapted: Adapted, total: Tensor) -> tuple[Adapted, Tensor]:
            adapted = self.adapt_step(state, adapted, support, ctx)
            return adapted, total + tf.reduce_mean(self.loss(state, adapted, support, ctx))

        adapted, total = tf.while_loop(
            lambda *_: True, body, (adapted, tf.constant(0.0)), maximum_iterations=self.unroll_steps
        )
        return adapted, total / float(self.unroll_steps)

    def _probed(self, weights: Params, num_steps: int) -> Array:
        """(num_steps, n): the updates of coordinates that see one of PROBED_GRADIENTS again and again."""
        gradient = tf.constant(PROBED_GRADIENTS)[:, None]
        seen = Coordinates(gradient, tf.zeros_like(gradient), tf.abs(gradient), gradient * 0.0 + PROBED_WEIGHT_SIZE)
        memory = {name: tf.zeros([len(gradient), *shape]) for name, shape in self._rule.memory_shapes(1).items()}
        updates = []
        for _ in range(num_steps):
            update, memory = self._rule.update(weights, memory, seen)
            updates.append(np.asarray(update)[:, 0])
        return np.stack(updates)

    def _best_log_rate(self, state: State, support: PointSet, ctx: Context, num_steps: int) -> float:
        """That of RATES with the least support loss over the first steps: every rate is tried in one batch."""
        first, num_tasks = self.begin(state, support, ctx), support.x.shape[0]
        adapted = {name: tf.repeat(values, len(RATES), axis=0) for name, values in first.items()}
        points = PointSet(*(None if values is None else tf.repeat(values, len(RATES), axis=0) for values in support))
        log_rates = np.tile(np.log(RATES).astype(np.float32), num_tasks)[:, None]
        tried, total = State({f"{RULE}log_rate": tf.constant(log_rates)}, state.carry), np.zeros(len(RATES))
        for _ in range(num_steps):
            adapted = self.adapt_step(tried, adapted, points, ctx)
            total += np.asarray(self.loss(tried, adapted, points, ctx)).reshape(num_tasks, -1).mean(axis=0)
        return float(np.log(RATES)[np.nanargmin(total)])


def _num_training_starts(starts: Params) -> int:
    return int(next(iter(starts.values())).shape[0]) // 2


def _named(episodes: Episodes) -> Params:
    """Episodes as named arrays, for the carry; an absent mask has no name."""
    return {
        f"{place}/{name}": values
        for place, points in zip(PLACES, episodes.parts, strict=True)
        for name, values in points._asdict().items()
        if values is not None
    }


def _episodes(runs: Params) -> Episodes:
    """The inverse of `_named`."""
    sets = (under(runs, f"{place}/") for place in PLACES)
    return Episodes(*(PointSet(**arrays) for arrays in sets))


def _coordinates(gradients: Params, params: Params) -> Coordinates:
    sizes = [_joined({name: _own_size(values) for name, values in part.items()}) for part in (gradients, params)]
    return Coordinates(_joined(gradients), _joined(params), *sizes)


def _own_size(values: Tensor) -> Tensor:
    """The root mean square of each task's tensor, at each of its entries."""
    axes = list(range(1, values.shape.rank))
    return tf.sqrt(tf.reduce_mean(tf.square(values), axis=axes, keepdims=True)) + tf.zeros_like(values)


def _joined(params: Params) -> Tensor:
    """All parameters side by side, (tasks, n)."""
    return tf.concat([tf.reshape(params[name], [-1, _size(params[name])]) for name in sorted(params)], axis=1)


def _split(flat: Tensor, like: Params) -> Params:
    """The inverse of `_joined`."""
    names = sorted(like)
    parts = tf.split(flat, [_size(like[name]) for name in names], axis=1)
    return {name: tf.reshape(part, [-1, *like[name].shape[1:]]) for name, part in zip(names, parts, strict=True)}


def _size(values: Tensor) -> int:
    return int(np.prod(values.shape[1:]))
