"""Settings that are said to change nothing change nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from metalearn_gui.engine import Options, meta_train
from metalearn_gui.engine.events import Finished
from metalearn_gui.engine.idle import ALWAYS_NEW, LEARNS_NOTHING, NO_CLASSES, NOT_FIXED, OF_A_STEP, idle_settings
from metalearn_gui.engine.presets import preset
from metalearn_gui.engine.trainer import EpisodeSource

OTHERS: dict[str, Any] = {
    "fixed_points": True, "non_iid": 0.3, "train_ways": 3, "meta_learning_rate": 0.5, "meta_optimizer": "sgd",
    "meta_schedule": "cosine", "schedule_iterations": 7, "gradient_clip": 0.01,
}  # fmt: skip


def test_on_sinusoids_without_an_end_points_cannot_be_fixed_and_there_are_no_ways():
    settings = preset("first-steps")
    idle = idle_settings(settings)
    assert {name: idle[name] for name in ("fixed_points", "non_iid", "train_ways")} == {
        "fixed_points": ALWAYS_NEW, "non_iid": ALWAYS_NEW, "train_ways": NO_CLASSES,
    }  # fmt: skip
    for name in ("fixed_points", "non_iid"):
        other = EpisodeSource(settings.replaced(**{name: OTHERS[name]})).draw(0)
        np.testing.assert_array_equal(other.support.x, EpisodeSource(settings).draw(0).support.x)
    limited = settings.replaced(num_training_tasks=5)
    assert idle_settings(limited)["non_iid"] == NOT_FIXED
    assert not {"fixed_points", "non_iid"} & idle_settings(limited.replaced(fixed_points=True)).keys()


@pytest.mark.parametrize("name", OF_A_STEP)
def test_a_learner_that_learns_nothing_ends_the_same_whatever_its_step(name):
    settings = preset("blobs").replaced(learner="nearest", num_iterations=2, meta_batch=2, shots=2, queries=2)
    assert idle_settings(settings)[name] == LEARNS_NOTHING
    ends = [last_losses(one) for one in (settings, settings.replaced(**{name: OTHERS[name]}))]
    np.testing.assert_array_equal(*ends)


def last_losses(settings: Any) -> Any:
    options = Options(compile=False, baselines=False, evaluate=False)
    return next(one.final_objective for one in meta_train(settings, options=options) if isinstance(one, Finished))


def test_a_learner_that_learns_has_a_rate():
    assert not {"meta_learning_rate", "meta_optimizer"} & idle_settings(preset("maml")).keys()
