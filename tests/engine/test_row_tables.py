"""A meta-iteration moves the rows that its points name as the whole table would move, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.networks.ratings_net import ITEMS
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.trainer import Trainer
from tests.engine.small import assert_same_bits, context, small_settings, start_of, tensors

RATE = 0.1


def settings_with(**values: object) -> ExperimentSettings:
    """Few items, so that many points name the same one."""
    settings = small_settings("ratings", "anil", network="ratings_net", embedding_dim=4, meta_learning_rate=RATE)
    return settings.replaced(inner_learning_rate=0.1, **values)


def run(settings: ExperimentSettings, count: int = 1, compile: bool = False) -> LearnerState:
    trainer = Trainer(settings, initial_state(settings), compile)
    assert trainer.run(count).completed == count
    return trainer.state


def whole_gradient(settings: ExperimentSettings) -> dict[str, np.ndarray]:
    """Of the first meta-iteration, by the whole table."""
    block = Trainer(settings, initial_state(settings), False)._source.draw(0)
    first = tensors(type(block)(*(type(part)(part.x[0], part.y[0]) for part in block.parts)))
    result = settings.learner.meta_gradient(start_of(settings), first, context(settings))
    return {name: np.asarray(values) for name, values in result.gradients.items()}


def test_plain_descent_moves_a_table_as_its_whole_gradient_would() -> None:
    settings = settings_with(meta_optimizer="sgd")
    gradient, start, end = whole_gradient(settings), initial_state(settings).params, run(settings).params
    assert (np.abs(gradient[ITEMS]).sum(axis=1) > 0).sum() > 5
    for name, values in end.items():
        np.testing.assert_allclose(values, start[name] - RATE * gradient[name], atol=1e-6, err_msg=name)


def test_adam_moves_the_named_rows_and_leaves_the_others_bit_for_bit() -> None:
    settings = settings_with(meta_optimizer="adam")
    gradient, state = whole_gradient(settings)[ITEMS], run(settings)
    np.testing.assert_allclose(state.params[ITEMS], -RATE * np.sign(gradient), atol=1e-3)
    is_named = np.abs(gradient).sum(axis=1) > 0
    assert not state.params[ITEMS][~is_named].any()
    np.testing.assert_allclose(state.moments[f"m/{ITEMS}"], 0.1 * gradient, atol=1e-6)
    np.testing.assert_allclose(state.moments[f"v/{ITEMS}"], 0.001 * gradient**2, atol=1e-6)


def test_a_row_s_moments_wait_for_it() -> None:
    state = run(settings_with(), 5)
    one = run(settings_with(), 1)
    named_once = (state.moments[f"m/{ITEMS}"] == one.moments[f"m/{ITEMS}"]).all(axis=1) & one.params[ITEMS].any(axis=1)
    assert named_once.any()
    np.testing.assert_array_equal(state.params[ITEMS][named_once], one.params[ITEMS][named_once])


def test_the_clip_is_of_the_whole_gradient_s_norm() -> None:
    settings = settings_with(meta_optimizer="sgd", gradient_clip=0.01)
    start, end = initial_state(settings).params, run(settings).params
    moved = np.sqrt(sum(np.square(end[name] - start[name]).sum() for name in end))
    assert moved == pytest.approx(RATE * 0.01, rel=1e-3)


def test_compiled_and_cut_into_chunks_it_goes_the_same_way() -> None:
    settings = settings_with(num_iterations=6)
    compiled, plain = run(settings, 6, compile=True), run(settings, 6)
    for name, values in plain.params.items():
        np.testing.assert_allclose(compiled.params[name], values, atol=1e-4, err_msg=name)
    trainer = Trainer(settings, initial_state(settings), True)
    for _ in range(3):
        trainer.run(2)
    assert_same_bits(trainer.state, compiled)
