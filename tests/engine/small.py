"""Small experiments that the engine's tests share: every pair that fits, in networks of a few units."""

from __future__ import annotations

from typing import Any

import numpy as np

from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.episodes import Episodes, PointSet, map_episodes
from metalearn_gui.engine.events import Event, Finished, LearnerState, Progress
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.base import Context, State
from metalearn_gui.engine.losses import LOSSES
from metalearn_gui.engine.networks import NETWORKS
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.engine.training import Options

FAMILIES = [key for key, family in TASKS.items() if not family.needs_data]
PAIRS = [
    (family, learner) for family in FAMILIES for learner in LEARNERS if TASKS[family].kind in LEARNERS[learner].kinds
]


def _first_of_each_shape() -> list[str]:
    """One family of every kind and sizes: the numbers of one more of the same are nothing new to a learner."""
    families = {key: TASKS[key]() for key in reversed(FAMILIES)}
    return list({(one.kind, one.input_dim, one.output_dim): key for key, one in families.items()}.values())


SHAPES = _first_of_each_shape()
PAIRS_OF_EACH_SHAPE = [pair for pair in PAIRS if pair[0] in SHAPES]
# Every learner on every shape, and every family: what a learner does hangs on nothing else of a family.
PAIRS_THAT_DIFFER = [pair for pair in PAIRS if pair[0] in SHAPES or pair[1] == "maml"]
# Every learner on numbers and on classes, and every family: what a state is made of hangs on nothing else.
_OF_EACH_KIND = {(learner, TASKS[family].kind): (family, learner) for family, learner in PAIRS}
PAIRS_OF_EACH_KIND = [pair for pair in PAIRS_THAT_DIFFER if pair[1] == "maml" or pair in _OF_EACH_KIND.values()]


def family_for(learner: str) -> str:
    """Sinusoids, or blobs for learners that only classify."""
    return "sinusoid" if "regression" in LEARNERS[learner].kinds else "blobs"


QUIET = Options(compile=False, baselines=False, evaluate=False, num_tasks=20)


def small_settings(family: str = "sinusoid", learner: str = "maml", **values: Any) -> ExperimentSettings:
    """An experiment that an eager meta-iteration of takes some milliseconds."""
    settings = ExperimentSettings(TASKS[family](), LEARNERS[learner](), NETWORKS["mlp"]())
    sizes = {"hidden_dim": 8, "num_hidden_layers": 1, "meta_batch": 3, "shots": 5, "queries": 5}
    lengths = {"test_steps": 3, "num_iterations": 3, "unroll_steps": 2, "image_size": 8}
    lengths = {name: length for name, length in lengths.items() if name in settings.names()}
    return settings.replaced(**(sizes | lengths | values))


def drawn(settings: ExperimentSettings, num_tasks: int, seed: int = 0) -> Episodes:
    """Episodes of the training split, one per task, as numpy."""
    rng = np.random.default_rng(seed)
    tasks = settings.tasks.tasks(rng, num_tasks, "train")
    return settings.tasks.draw(tasks, rng, settings.episodes.shots, settings.episodes.queries)


def of_type(events: list[Event], kind: type[Event]) -> list[Any]:
    return [event for event in events if type(event) is kind]


def objectives(events: list[Event]) -> np.ndarray:
    """The training objective of every meta-iteration."""
    return np.concatenate([event.objective for event in of_type(events, Progress)])


def finished(events: list[Event]) -> Finished:
    last = events[-1]
    assert isinstance(last, Finished)
    return last


def assert_same_bits(one: LearnerState, other: LearnerState) -> None:
    """Parameters, carry, moments and iteration are equal to the last bit."""
    assert one.iteration == other.iteration
    for part in ("params", "carry", "moments"):
        first, second = getattr(one, part), getattr(other, part)
        assert first.keys() == second.keys()
        for name in first:
            np.testing.assert_array_equal(first[name], second[name], err_msg=f"{part} {name}")


def context(settings: ExperimentSettings, **live: float) -> Context:
    """What a learner works with outside any loop."""
    values = settings.learner.live_values() | live
    return Context(settings.network, LOSSES[settings.tasks.kind], {name: tf.constant(v) for name, v in values.items()})


def start_of(settings: ExperimentSettings, episodes: Episodes | None = None) -> State:
    """A fresh state as tensors, for meta-gradients of meta-batches such as these episodes."""
    learner = settings.learner.fitted(settings.tasks)
    state = learner.init(settings.network, np.random.default_rng(settings.seed))
    unfinished = settings.learner.unfinished(state, lambda: episodes or drawn(settings, settings.outer.meta_batch))
    parts = (state.params, dict(state.carry) | unfinished)
    return State(*({name: tf.constant(values) for name, values in part.items()} for part in parts))


def tensors(episodes: Episodes) -> Episodes:
    return map_episodes(tf.constant, episodes)


def adapted_predictions(learner: Any, x: Any, y: Any, mask: Any, asked: Any) -> Any:
    """Predictions of a learner without parameters after its one pass over a masked support set."""
    network = NETWORKS["mlp"](input_dim=x.shape[-1], output_dim=y.shape[-1])
    ctx, state = Context(network, LOSSES["regression"], {}), State({}, {})
    support = PointSet(*(tf.constant(values, tf.float32) for values in (x, y, mask)))
    adapted = learner.adapt_step(state, learner.begin(state, support, ctx), support, ctx)
    return learner.predict(state, adapted, tf.constant(asked, tf.float32), ctx)[0].numpy()
