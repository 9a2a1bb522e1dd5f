"""Places that are looked at beside the rows of a touched task."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtTest import QTest

from metalearn_gui.bridge import adapter
from metalearn_gui.bridge.adapter import Adapter
from metalearn_gui.bridge.touches import (
    draw_task,
    looking_at,
    with_added_point,
    with_moved_point,
    with_moved_query,
    with_support,
    without_point,
)
from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.engine.events import LearnerState, TrainingState
from tests.engine.small import small_settings


@dataclasses.dataclass(frozen=True)
class Beside:
    """Two places: the first row, and the first row further on."""

    def points(self, rows: np.ndarray) -> np.ndarray:
        return np.stack([rows[0], rows[0] + 1])


@pytest.fixture
def settings():
    return small_settings("vectors", "maml", input_dim=3, output_dim=2)


@pytest.fixture
def task(settings):
    return looking_at(draw_task(settings, 1), Beside())


def test_the_grid_is_all_rows_and_then_the_places_whatever_is_done_to_the_points(task):
    x, y = np.ones(3, np.float32), np.ones(2, np.float32)
    for changed in (
        task,
        with_moved_point(task, 0, x, y),
        with_added_point(task, x, y),
        without_point(task, 0),
        with_support(task, task.support.x[:2], task.support.y[:2]),
        with_added_point(task, task.query.x[0], y),
    ):
        rows = np.concatenate([changed.support.x, changed.query.x])
        assert np.array_equal(changed.grid, [*rows, rows[0], rows[0] + 1])


def test_predictions_come_for_rows_and_places_and_the_loss_is_the_query_sets(settings, task):
    rng = np.random.default_rng(0)
    start = settings.learner.init(settings.network, rng)
    state = LearnerState(dict(start.params), dict(start.carry), {}, 0)
    adapter = Adapter(compile=False)
    seen, plain = (adapter.adaptation(settings, state, one) for one in (task, draw_task(settings, 1)))
    assert seen.on_grid.shape[1] == len(task.support.x) + len(task.query.x) + 2
    assert np.allclose(seen.on_grid[:, 0], seen.on_grid[:, -2], atol=1e-6)
    assert np.allclose(seen.loss, plain.loss, atol=1e-6)


@pytest.fixture
def unseen(settings, qapp):
    start = settings.learner.init(settings.network, np.random.default_rng(0))
    state = TrainingState(LearnerState(dict(start.params), dict(start.carry), {}, 0), {})
    return UnseenTasks(settings, state, False, None)


def test_a_touch_before_tensorflow_is_there_has_nothing_computed_until_it_is(unseen, monkeypatch, qtbot):
    asked = []
    monkeypatch.setattr(unseen.answers._worker, "request", lambda key, request: asked.append(key))
    unseen.add_point(np.ones(3, np.float32), np.ones(2, np.float32))
    QTest.qWait(10)
    assert not unseen.answers._inspection.isActive()
    assert asked == []
    unseen.set_ready()
    qtbot.waitUntil(lambda: {"touched", "views"} <= set(asked))
    assert unseen.close(1.0)


def test_where_predictions_are_wanted_stays_the_same_from_task_to_task(unseen):
    unseen.look_at(Beside())
    unseen.new_task()
    rows = np.concatenate([unseen.touched.support.x, unseen.touched.query.x])
    assert np.array_equal(unseen.touched.grid, [*rows, rows[0], rows[0] + 1])
    unseen.begin_touch()
    unseen.remove_point(0)
    unseen.undo_touch()
    assert np.array_equal(unseen.touched.grid, [*rows, rows[0], rows[0] + 1])
    assert unseen.close(1.0)


def test_a_query_that_a_hand_drew_counts_in_no_score_until_its_class_is_said() -> None:
    settings = small_settings("blobs", "protonet", ways=2)
    task = draw_task(settings, 1)
    label = int(task.query.y[0])
    drawn = with_moved_query(task, 0, task.query.x[0] + 1.0, label)
    assert task.named.all()
    assert drawn.named.tolist() == [False] + [True] * (len(task.query.x) - 1)
    right = 5.0 * np.eye(2, dtype=np.float32)[drawn.query.y][None] - 5.0  # near the logarithms of 0 and 1
    right[0, 0] = -5.0 - right[0, 0]  # all but the drawn one are taken for what they are
    assert adapter._judged(settings.tasks, drawn, right, right).accuracy == [1.0]
    said = with_moved_query(drawn, 0, drawn.query.x[0], 1 - label)
    assert said.named.all()
    assert adapter._judged(settings.tasks, said, right, right).accuracy == [1.0]
