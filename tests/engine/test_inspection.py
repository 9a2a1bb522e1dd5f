from __future__ import annotations

import numpy as np

from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.inspection import inspect
from tests.engine.small import drawn, small_settings


def test_every_layer_moves_further_with_steps_of_gradient_descent():
    settings = small_settings()
    moved = inspect(settings, initial_state(settings), drawn(settings, 1))[0]
    assert moved.kind == "moved"
    assert set(moved.arrays) == {"w0", "b0", "w1", "b1"}
    for path in moved.arrays.values():
        assert path.shape == (4,)
        assert path[0] == 0
        assert path[1] > 0


def test_what_a_learner_leaves_alone_stays_at_zero():
    settings = small_settings(inner_learning_rate=1e-6)
    settings = settings.replaced(inner_steps=1)
    moved = inspect(settings, initial_state(settings), drawn(settings, 1), num_steps=0)[0]
    assert all(np.array_equal(path, [0.0]) for path in moved.arrays.values())
