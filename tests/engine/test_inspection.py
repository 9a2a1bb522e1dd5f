from __future__ import annotations

import numpy as np

from metalearn_gui.engine.adaptation import adapt, predict_adapted
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.inspection import inspect
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.networks import NETWORKS
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks import TASKS
from tests.engine.small import drawn, small_settings


def test_what_adapts_as_one_vector_is_shown_step_by_step_and_may_be_set_by_hand():
    settings = small_settings(learner="cavia", num_context=2)
    state, episodes = initial_state(settings), drawn(settings, 3)
    view = next(view for view in inspect(settings, state, episodes, num_steps=2) if view.kind == "context")
    path = view.arrays["context"]
    assert path.shape == (3, 3, 2)
    np.testing.assert_array_equal(path[0], 0.0)
    assert len({tuple(row) for row in path[-1]}) == 3
    by_steps = adapt(settings, state, episodes.support, episodes.query.x, num_steps=2, compile=False).predictions
    for step, context in enumerate(path):
        by_hand = predict_adapted(settings, state, {"context": context}, episodes.query.x, compile=False)
        np.testing.assert_allclose(by_hand, by_steps[step], atol=1e-5)


def test_weights_that_adapt_are_no_context():
    settings = small_settings()
    views = inspect(settings, initial_state(settings), drawn(settings, 1), num_steps=1)
    assert "context" not in [view.kind for view in views]


def test_a_network_of_images_shows_what_each_block_makes_of_the_first_query():
    network = NETWORKS["conv4"](num_blocks=2, num_channels=8)
    settings = ExperimentSettings(TASKS["glyphs"](ways=2), LEARNERS["protonet"](), network).replaced(shots=1, queries=2)
    state, episodes = initial_state(settings), drawn(settings, 1)
    views = {view.kind: view.arrays for view in inspect(settings, state, episodes, num_steps=1)}
    assert set(views) == {"maps", "prototypes"}
    side = settings.tasks.image_size
    shapes = {name: values.shape for name, values in views["maps"].items()}
    assert shapes == {
        "input": (side, side, 1),
        "block 1": (side // 2, side // 2, 8),
        "block 2": (side // 4, side // 4, 8),
    }
    np.testing.assert_array_equal(views["maps"]["input"].ravel(), episodes.query.x[0, 0])
    # The last block's map is what the head reads: the features of that query.
    np.testing.assert_allclose(views["maps"]["block 2"].ravel(), views["prototypes"]["query"][0, 0], atol=1e-5)
