"""What the ratings net knows of items, and that every learner leaves its embedding to all tasks."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt, fold
from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.networks.ratings_net import FEATURES, ITEMS
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.ratings.inputs import KNOWN, NUM_LEADING, USUAL, items_of
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import meta_train
from tests.engine.small import QUIET, context, drawn, finished, small_settings, start_of, tensors

REGRESSORS = [key for key, learner in LEARNERS.items() if "regression" in learner.kinds]


def ratings(learner: str = "maml", **values: object) -> ExperimentSettings:
    return small_settings("ratings", learner, network="ratings_net", embedding_dim=4, **values)


def predicted(settings: ExperimentSettings, params: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    outputs, _ = settings.network.apply(params, {}, tf.constant(x), None, context(settings))
    return np.asarray(outputs)


@pytest.fixture
def learned() -> dict[str, np.ndarray]:
    """Parameters in which every item has a row of its own."""
    params, _ = ratings().network.init(np.random.default_rng(0))
    return params | {ITEMS: np.random.default_rng(1).normal(size=params[ITEMS].shape).astype(np.float32)}


def test_it_has_a_row_for_every_item_of_the_family() -> None:
    settings = ratings()
    params, _ = settings.network.init(np.random.default_rng(0))
    assert params[ITEMS].shape == (settings.tasks.num_items, 4)
    assert params[FEATURES].shape == (settings.tasks.input_dim - NUM_LEADING, 4)
    assert not params[ITEMS].any()


def test_a_known_item_moves_with_its_row_and_with_no_other(learned: dict[str, np.ndarray]) -> None:
    settings = ratings(item_dropout=0.0)
    x = drawn(settings, 1).query.x
    own, strange = items_of(x)[0, 0], np.setdiff1d(np.arange(settings.tasks.num_items), items_of(x))[0]
    before = predicted(settings, learned, x)
    for item, moves in ((own, True), (strange, False)):
        changed = learned[ITEMS].copy()
        changed[item] += 1.0
        after = predicted(settings, learned | {ITEMS: changed}, x)
        assert (after[0, 0] != before[0, 0]) == moves


def test_a_new_item_is_what_its_features_say(learned: dict[str, np.ndarray]) -> None:
    settings = ratings()
    x = drawn(settings, 2).query.x
    x[..., KNOWN] = 0.0
    no_rows = learned | {ITEMS: np.zeros_like(learned[ITEMS])}
    np.testing.assert_array_equal(predicted(settings, learned, x), predicted(settings, no_rows, x))


def test_a_network_that_says_nothing_says_what_items_usually_get(learned: dict[str, np.ndarray]) -> None:
    settings = ratings()
    x = drawn(settings, 2).query.x
    silent = {name: np.zeros_like(values) for name, values in learned.items()}
    np.testing.assert_array_equal(predicted(settings, silent, x), x[..., USUAL : USUAL + 1])


@pytest.mark.parametrize("key", REGRESSORS)
def test_three_meta_iterations_stay_finite_and_the_embedding_never_adapts(key: str) -> None:
    settings = ratings(key)
    end = finished(list(meta_train(settings, options=QUIET)))
    assert end.iteration == 3
    assert np.isfinite(end.final_objective)
    episodes, ctx = tensors(drawn(settings, 2)), context(settings)
    adapted = fold(settings.learner, start_of(settings), episodes.support, ctx, 2)
    assert not {ITEMS, FEATURES} & {name.rpartition("/")[2] for name in adapted}


@pytest.mark.parametrize("key", sorted(set(REGRESSORS) - {"scratch", "learned_optimizer"}))
def test_training_moves_the_rows_of_the_items_that_it_saw(key: str) -> None:
    settings = ratings(key, num_iterations=1)
    state = finished(list(meta_train(settings, options=QUIET))).state.learner
    start = initial_state(settings)
    name = next(name for name in state.params if name.rpartition("/")[2] == ITEMS)
    moved = np.flatnonzero((state.params[name] != start.params[name]).any(axis=1))
    assert 0 < len(moved) <= settings.outer.meta_batch * settings.points_per_task
    assert set(moved) <= set(np.flatnonzero(settings.tasks.quadrants.is_known))


@pytest.mark.parametrize("key", REGRESSORS)
def test_adapting_from_numpy_gives_a_finite_path(key: str) -> None:
    settings = ratings(key)
    episodes = drawn(settings, 2)
    path = adapt(settings, initial_state(settings), episodes.support, episodes.query.x, compile=False)
    assert np.isfinite(path.predictions).all()


def test_other_tasks_are_refused_with_the_network_that_takes_them() -> None:
    with pytest.raises(SettingError, match="names none") as refusal:
        small_settings(network="ratings_net")
    assert refusal.value.offer == {"network": "mlp"}
