"""What holds for every learner on every shape of task that it takes; a new one is tested by its line in LEARNERS."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt, fold
from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.episodes import Episodes, PointSet, map_episodes
from metalearn_gui.engine.events import Event, LearnerState, Progress, Snapshot
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.base import State
from metalearn_gui.engine.learners.gradient import GradientLearner
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.engine.training import meta_train
from tests.engine.small import (
    FAMILIES,
    PAIRS,
    PAIRS_OF_EACH_KIND,
    PAIRS_OF_EACH_SHAPE,
    PAIRS_THAT_DIFFER,
    QUIET,
    assert_same_bits,
    context,
    drawn,
    family_for,
    finished,
    of_type,
    small_settings,
    start_of,
    tensors,
)

STEPWISE = dataclasses.replace(QUIET, chunk_steps=1)


@pytest.fixture(scope="module", params=PAIRS_THAT_DIFFER, ids="-".join)
def settings(request: pytest.FixtureRequest) -> ExperimentSettings:
    return small_settings(*request.param, num_iterations=2)


@pytest.fixture(scope="module")
def run(settings: ExperimentSettings) -> list[Event]:
    """Two meta-iterations, one at a time: the dearest thing here, done once for every pair."""
    return list(meta_train(settings, options=STEPWISE))


@pytest.fixture(scope="module", params=PAIRS_OF_EACH_SHAPE, ids="-".join)
def of_a_shape(request: pytest.FixtureRequest) -> ExperimentSettings:
    """For what depends on a family's kind and sizes alone."""
    return small_settings(*request.param)


@pytest.mark.parametrize("key", LEARNERS)
def test_a_learner_says_who_it_is(key: str) -> None:
    learner = LEARNERS[key]()
    assert learner.key == key
    assert learner.label
    assert learner.summary
    assert type(learner).from_dict(learner.to_dict()) == learner
    assert set(learner.kinds) <= {"regression", "classification"}


def test_a_learner_refuses_a_kind_of_task_that_it_does_not_take() -> None:
    for family in FAMILIES:
        for key in LEARNERS:
            if (family, key) not in PAIRS:
                with pytest.raises(SettingError, match=f"{LEARNERS[key].label} cannot take"):
                    small_settings(family, key)


def test_two_meta_iterations_stay_finite_and_change_only_what_is_learned(
    settings: ExperimentSettings, run: list[Event]
) -> None:
    end = finished(run)
    assert end.reason == "done"
    assert end.iteration == 2
    assert np.isfinite(end.final_objective)
    for progress in of_type(run, Progress):
        curves = [progress.objective, progress.before, progress.after, *progress.metrics.values()]
        assert all(np.isfinite(curve).all() for curve in curves)
        assert tuple(progress.metrics) == settings.learner.metric_names
    start = initial_state(settings)
    state = end.state.learner
    assert state.params.keys() == start.params.keys()
    assert state.carry.keys() == start.carry.keys()
    moved = any(not np.array_equal(state.params[name], start.params[name]) for name in start.params)
    assert moved == (settings.learner.gradient_evaluations > 0)
    for name, values in state.params.items():
        assert values.dtype == np.float32
        assert values.shape == start.params[name].shape


@pytest.mark.parametrize("settings", PAIRS_OF_EACH_KIND, indirect=True, ids="-".join)
def test_a_state_goes_on_from_where_it_was_taken(settings: ExperimentSettings, run: list[Event]) -> None:
    early = of_type(run, Snapshot)[0]
    assert early.iteration == 1
    rest = finished(list(meta_train(settings, resume=early.state, options=QUIET)))
    assert_same_bits(rest.state.learner, finished(run).state.learner)


def test_a_start_is_the_seed_s_alone(settings: ExperimentSettings) -> None:
    assert_same_bits(initial_state(settings), initial_state(settings))
    other = initial_state(settings.replaced(seed=8))
    assert not other.params or any(
        not np.array_equal(values, other.params[name]) for name, values in initial_state(settings).params.items()
    )


def test_a_batch_of_tasks_adapts_as_each_of_them_alone(settings: ExperimentSettings) -> None:
    episodes, state, ctx = tensors(drawn(settings, 4)), start_of(settings), context(settings)
    steps = settings.learner.num_steps
    together = fold(settings.learner, state, episodes.support, ctx, steps)
    outputs, _ = settings.learner.predict(state, together, episodes.query.x, ctx)
    for place in (0, 3):
        # Alone at its own place: a start may depend on that, and copies of a task say nothing new.
        one = map_episodes(lambda values, place=place: tf.repeat(values[place : place + 1], 4, axis=0), episodes)
        alone = fold(settings.learner, state, one.support, ctx, steps)
        expected, _ = settings.learner.predict(state, alone, one.query.x, ctx)
        np.testing.assert_allclose(outputs[place], expected[place], atol=1e-5)


def test_the_gradient_of_a_meta_batch_is_the_mean_over_its_tasks(of_a_shape: ExperimentSettings) -> None:
    # Where a task's place says how much of its support set is seen: all of it, for a task alone has another place.
    whole = {"shots_min": 1000} if "shots_min" in of_a_shape.names() else {}
    settings = of_a_shape.replaced(**whole)
    drawn_tasks, ctx = drawn(settings, 2), context(settings)
    episodes, state = tensors(drawn_tasks), start_of(settings, drawn_tasks)
    fresh = settings.learner.init(settings.network, np.random.default_rng(settings.seed))
    batch = settings.learner.meta_gradient(state, episodes, ctx)
    singles = []
    for place in range(2):
        one: Episodes = map_episodes(lambda values, place=place: values[place : place + 1], episodes)
        own = {name: state.carry[name][place : place + 1] for name in state.carry.keys() - fresh.carry.keys()}
        singles.append(settings.learner.meta_gradient(State(state.params, state.carry | own), one, ctx))
    for name, gradient in batch.gradients.items():
        mean = np.mean([single.gradients[name] for single in singles], axis=0)
        np.testing.assert_allclose(gradient, mean, atol=2e-5 * max(1.0, np.abs(mean).max()))
    for part in ("objective", "before", "after"):
        mean = np.mean([float(getattr(single, part)) for single in singles])
        assert float(getattr(batch, part)) == pytest.approx(mean, rel=1e-4)


def test_adapting_lowers_the_loss_on_the_support_set(settings: ExperimentSettings) -> None:
    if not issubclass(type(settings.learner), GradientLearner):
        pytest.skip("adapts by what it has learned, which is nothing yet")
    quick = settings.replaced(inner_learning_rate=min(0.1, type(settings.learner)().inner_learning_rate), test_steps=3)
    episodes = drawn(quick, 6)
    path = adapt(quick, initial_state(quick), episodes.support, episodes.query.x, compile=False)
    assert path.predictions.shape == (4, 6, episodes.query.x.shape[1], quick.tasks.output_dim)
    assert path.support_loss.shape == (4, 6)
    assert (np.diff(path.support_loss.mean(axis=1)) < 0).all()


def test_padding_a_support_set_changes_no_prediction(of_a_shape: ExperimentSettings) -> None:
    settings = of_a_shape
    episodes, state, ctx = drawn(settings, 2), initial_state(settings), context(settings)
    padded_path = adapt(settings, state, episodes.support, episodes.query.x, num_steps=2, compile=False)
    scaling = settings.tasks.scaling()
    plain = tensors(episodes if scaling is None else scaling.episodes(episodes))
    adapted = fold(settings.learner, start_of(settings), plain.support, ctx, 2)
    outputs, _ = settings.learner.predict(start_of(settings), adapted, plain.query.x, ctx)
    if settings.tasks.kind == "classification":
        outputs = tf.nn.softmax(outputs)
    if scaling is not None:
        outputs = scaling.predictions(outputs)
    np.testing.assert_allclose(padded_path.predictions[2], outputs, atol=1e-5)


def test_an_empty_support_set_leaves_predictions_where_they_were(of_a_shape: ExperimentSettings) -> None:
    settings = of_a_shape
    episodes = drawn(settings, 2)
    nothing = PointSet(episodes.support.x[:, :0], episodes.support.y[:, :0])
    path = adapt(settings, initial_state(settings), nothing, episodes.query.x, compile=False)
    assert np.isfinite(path.predictions).all()
    np.testing.assert_array_equal(path.predictions[-1], path.predictions[0])


@pytest.mark.parametrize(
    ("family", "learner"), [pair for pair in PAIRS_THAT_DIFFER if TASKS[pair[0]].kind == "classification"]
)
def test_classes_come_out_as_probabilities(family: str, learner: str) -> None:
    settings = small_settings(family, learner)
    episodes = drawn(settings, 3)
    path = adapt(settings, initial_state(settings), episodes.support, episodes.query.x, compile=False)
    assert path.predictions.min() >= 0
    np.testing.assert_allclose(path.predictions.sum(axis=-1), 1.0, atol=1e-5)


@pytest.mark.parametrize("key", LEARNERS)
def test_a_long_adaptation_equals_the_same_steps_one_by_one(key: str) -> None:
    settings = small_settings(family_for(key), key)
    episodes, state, ctx = tensors(drawn(settings, 2)), start_of(settings), context(settings)
    looped = fold(settings.learner, state, episodes.support, ctx, 7)
    stepped = settings.learner.begin(state, episodes.support, ctx)
    for _ in range(7):
        stepped = settings.learner.adapt_step(state, stepped, episodes.support, ctx)
    for name, values in stepped.items():
        np.testing.assert_allclose(looped[name], values, atol=1e-6)


def test_an_adapted_learner_is_numpy_that_may_cross_threads() -> None:
    state = initial_state(small_settings())
    assert isinstance(state, LearnerState)
    assert all(isinstance(values, np.ndarray) for values in state.params.values())
