"""What compiling changes (speed) and what it does not (results); few tests, since each one pays for XLA."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.compiled import Compiled
from metalearn_gui.engine.outer_program import OuterProgram
from metalearn_gui.engine.programs import outer_program
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import Options, meta_train, prepare
from tests.engine.small import QUIET, assert_same_bits, drawn, finished, objectives, small_settings

COMPILED = Options(baselines=False, evaluate=False)


@pytest.fixture(scope="module")
def settings() -> ExperimentSettings:
    return small_settings("sinusoid", "maml", num_iterations=20, inner_steps=2, seed=1)


def test_a_compiled_run_equals_an_uncompiled_one(settings: ExperimentSettings) -> None:
    compiled = list(meta_train(settings, options=COMPILED))
    plain = list(meta_train(settings, options=QUIET))
    np.testing.assert_allclose(objectives(compiled), objectives(plain), rtol=1e-4, atol=1e-4)
    for name, values in finished(plain).state.learner.params.items():
        np.testing.assert_allclose(finished(compiled).state.learner.params[name], values, atol=1e-4)


def test_compiled_chunks_of_any_size_give_the_same_bits(settings: ExperimentSettings) -> None:
    runs = [
        finished(list(meta_train(settings, options=dataclasses.replace(COMPILED, chunk_steps=size))))
        for size in (1, 7, 100)
    ]
    for run in runs[1:]:
        assert_same_bits(run.state.learner, runs[0].state.learner)


def program_of(settings: ExperimentSettings) -> OuterProgram:
    return outer_program(settings, initial_state(settings).params)


def test_what_is_no_structure_compiles_nothing(settings: ExperimentSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(settings, COMPILED)
    monkeypatch.setattr(Compiled, "_traced", lambda *_: pytest.fail("compiled anew"))
    others = [
        {"seed": 9}, {"meta_learning_rate": 0.5}, {"inner_learning_rate": 0.3}, {"num_iterations": 7},
        {"gradient_clip": 1.0}, {"noise": 0.3}, {"num_training_tasks": 5}, {"initialization": "uniform"},
        {"meta_schedule": "cosine"},
    ]  # fmt: skip
    for values in others:
        changed = settings.replaced(**values)
        assert program_of(changed) is program_of(settings), values
        prepare(changed, COMPILED)


def test_a_new_structure_is_another_program(settings: ExperimentSettings) -> None:
    for values in ({"inner_steps": 3}, {"hidden_dim": 9}, {"activation": "tanh"}, {"learner": "fomaml"}):
        assert program_of(settings.replaced(**values)) is not program_of(settings)


def test_a_compiled_adaptation_equals_an_uncompiled_one(settings: ExperimentSettings) -> None:
    episodes, state = drawn(settings, 3), initial_state(settings)
    compiled, plain = (
        adapt(settings, state, episodes.support, episodes.query.x, num_steps=4, compile=compile)
        for compile in (True, False)
    )
    np.testing.assert_allclose(compiled.predictions, plain.predictions, atol=1e-5)
    np.testing.assert_allclose(compiled.support_loss, plain.support_loss, rtol=1e-4)
