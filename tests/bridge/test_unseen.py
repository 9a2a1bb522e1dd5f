from __future__ import annotations

import dataclasses
import threading
from collections.abc import Hashable

import numpy as np
import pytest

from metalearn_gui.bridge.adapter import Adapter, Known
from metalearn_gui.bridge.adapting_worker import FIRST, TOUCHING, WARMING, AdaptingWorker
from metalearn_gui.bridge.gallery import Gallery
from metalearn_gui.bridge.saved_tasks import restored_tasks, saved_task
from metalearn_gui.bridge.session import Session
from metalearn_gui.bridge.shown import Shown
from metalearn_gui.bridge.touches import draw_task, with_added_point, with_moved_point, with_moved_query, without_point
from metalearn_gui.engine import Options, adapt, preset
from metalearn_gui.engine.baselines import initial_state, initial_states
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.learners.base import View
from metalearn_gui.engine.scoring import score
from metalearn_gui.engine.unseen import TASKS_SEED, unseen_episodes
from metalearn_gui.store.documents import task_document, task_from
from metalearn_gui.store.records import fresh_run
from tests.bridge.conftest import small_settings

pytestmark = pytest.mark.usefixtures("traced")


def fully_adapted(session: Session) -> bool:
    return (
        set(session.unseen.adaptations) == {"learner", *session.unseen.compared & session.unseen.comparable}
        and len(session.unseen.gallery_adaptations) == 8
    )


@pytest.fixture
def touched_session(session, qtbot) -> Session:
    """Ready, with everything adapted to."""
    qtbot.waitUntil(lambda: fully_adapted(session), timeout=30_000)
    return session


def test_answers_are_behind_from_a_touch_until_the_next_ones(touched_session, qtbot) -> None:
    unseen = touched_session.unseen
    assert not unseen.is_behind
    unseen.move_point(0, unseen.touched.support.x[0], unseen.touched.support.y[0] + 1.0)
    assert unseen.is_behind
    qtbot.waitUntil(lambda: not unseen.is_behind)


def test_a_task_is_drawn_again_from_its_place_in_the_stream() -> None:
    settings = small_settings()
    one, again, other = draw_task(settings, 3), draw_task(settings, 3), draw_task(settings, 4)
    assert np.array_equal(one.support.x, again.support.x)
    assert not np.array_equal(one.support.x, other.support.x)
    assert one.truth.shape == (201, 1)
    assert set(one.description) == {"amplitude", "phase"}


def test_touched_tasks_are_none_of_the_evaluations() -> None:
    settings = small_settings(seed=TASKS_SEED)
    tasks, _ = unseen_episodes(settings, 50, TASKS_SEED)
    phases = {draw_task(settings, block).description["phase"] for block in range(1, 20)}
    assert not phases & set(tasks.parameters["phase"].tolist())


@pytest.mark.parametrize(
    ("preset", "grid"), [("first-steps", (201, 1)), ("blobs", (44 * 44, 2)), ("article", (200, 10))]
)
def test_every_view_has_its_grid(preset, grid) -> None:
    from metalearn_gui.engine import preset as settings_of

    task = draw_task(settings_of(preset), 1)
    assert task.grid.shape == grid


def test_a_user_is_shown_with_popular_items_and_with_what_to_ask(open_session, qtbot) -> None:
    session = open_session(small_settings(task_family="ratings"))
    task = session.unseen.touched
    assert len(task.grid) > len(task.support.x) + len(task.query.x)
    qtbot.waitUntil(lambda: any(view.kind == "shelf" for view in session.unseen.views), timeout=60_000)
    for _ in range(len(task.support.x)):
        session.unseen.remove_point(0)
    qtbot.waitUntil(lambda: [view.kind for view in session.unseen.views] == ["shelf"], timeout=60_000)


def test_the_loss_is_against_the_truth_where_there_is_one() -> None:
    settings = small_settings()
    state, task = initial_state(settings), draw_task(settings, 1)
    found = Adapter(compile=False).adaptation(settings, state, task)
    batch = PointSet(task.support.x[None], task.support.y[None])
    path = adapt(settings, state, batch, task.grid[None], compile=False).predictions[:, 0]
    assert np.allclose(found.on_grid, path, atol=1e-5)
    assert np.allclose(found.loss, ((path - task.truth) ** 2).mean(axis=(1, 2)), rtol=1e-4)
    assert found.accuracy is None


def test_classification_is_judged_on_the_query_set() -> None:
    settings = small_settings(task_family="blobs", ways=3)
    state, task = initial_state(settings), draw_task(settings, 1)
    found = Adapter(compile=False).adaptation(settings, state, task)
    batch = PointSet(task.support.x[None], task.support.y[None])
    path = adapt(settings, state, batch, task.query.x[None], compile=False).predictions[:, 0]
    assert np.allclose(found.on_grid.sum(axis=-1), 1.0, atol=1e-5)
    assert np.allclose(found.accuracy, (path.argmax(axis=-1) == task.query.y).mean(axis=1))
    assert np.allclose(found.loss, -np.log(path[:, np.arange(9), task.query.y]).mean(axis=1), rtol=1e-4)


def test_a_class_that_is_held_impossible_costs_what_evaluation_says_it_costs() -> None:
    settings = small_settings(task_family="blobs", ways=3, test_steps=1)
    state, task = initial_state(settings), draw_task(settings, 1)
    sure = dataclasses.replace(state, params={name: 30.0 * values for name, values in state.params.items()})
    found = Adapter(compile=False).adaptation(settings, sure, task)
    episode = Episodes(*(PointSet(points.x[None], points.y[None]) for points in (task.support, task.query)))
    expected = score(settings, sure, episode, compile=False).loss
    assert expected[0] > 100  # beyond -log of the least float
    assert np.allclose(found.loss, expected, rtol=1e-4)


def test_no_support_points_leave_the_learner_as_it_is_and_a_thousand_are_taken() -> None:
    settings = small_settings()
    state, task, adapter = initial_state(settings), draw_task(settings, 1), Adapter(compile=False)
    for _ in range(3):
        task = without_point(task, 0)
    nothing = adapter.adaptation(settings, state, task)
    assert np.array_equal(nothing.on_grid[0], nothing.on_grid[-1])
    for x in np.linspace(-5, 5, 1000):
        task = with_added_point(task, [x], [1.0])
    full = adapter.adaptation(settings, state, task)
    assert np.isfinite(full.loss).all()
    assert not np.array_equal(full.on_grid[0], full.on_grid[-1])


def test_a_moved_point_moves_the_adapted_curve(touched_session, qtbot) -> None:
    session = touched_session
    before = session.unseen.adaptations["learner"].on_grid
    with qtbot.waitSignals([session.unseen.taskChanged, session.unseen.adaptedChanged]):
        session.unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    after = session.unseen.adaptations["learner"].on_grid
    assert session.unseen.touched.support.x[0, 0] == 1.0
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[-1], after[-1])


def test_of_many_moves_the_last_one_is_shown(touched_session, qtbot) -> None:
    session = touched_session
    for y in np.linspace(-4, 4, 40):
        session.unseen.move_point(0, np.array([1.0]), np.array([y]))
    expected = Adapter(compile=False).adaptation(
        session.shown.settings, session.shown.latest.learner, session.unseen.touched
    )
    qtbot.waitUntil(
        lambda: np.array_equal(session.unseen.adaptations["learner"].on_grid, expected.on_grid), timeout=10_000
    )


def test_it_is_told_when_a_hand_begins_to_move_and_when_it_rests(touched_session, qtbot) -> None:
    told: list[bool] = []
    touched_session.unseen.handMoved.connect(told.append)
    for y in (1.0, 1.5, 2.0):
        touched_session.unseen.move_point(0, touched_session.unseen.touched.support.x[0], np.float32([y]))
    assert told == [True]
    qtbot.waitUntil(lambda: told == [True, False])


def test_a_pen_that_comes_near_is_a_hand_that_moves_before_it_touches(touched_session, qtbot) -> None:
    told: list[bool] = []
    touched_session.unseen.handMoved.connect(told.append)
    task = touched_session.unseen.touched
    touched_session.unseen.note_hand()
    assert told == [True]
    assert touched_session.unseen.touched is task
    qtbot.waitUntil(lambda: told == [True, False])


def test_a_run_that_goes_on_is_asked_for_by_the_next_touch_and_once_the_hand_rests(touched_session, qtbot, monkeypatch):
    unseen, asked = touched_session.unseen, []
    qtbot.waitUntil(lambda: bool(unseen.gallery_adaptations), timeout=30_000)
    monkeypatch.setattr(unseen.answers, "ask", lambda *_: asked.append("all"))
    monkeypatch.setattr(unseen.answers, "ask_touched", lambda *_: asked.append("touched"))
    unseen.follow(unseen.shown.settings, unseen.shown.state)
    assert asked == ["all"]
    unseen.move_point(0, unseen.touched.support.x[0], np.float32([1.0]))
    for _ in range(3):
        unseen.follow(unseen.shown.settings, unseen.shown.state)
    assert asked == ["all"]
    qtbot.waitUntil(lambda: asked == ["all", "all"])


def test_a_stroke_on_a_task_that_has_gone_changes_nothing_of_the_one_that_came(touched_session) -> None:
    unseen, picture = touched_session.unseen, np.zeros(784, np.float32)
    before = unseen.touched
    unseen.move_query(0, picture, 0)
    unseen.move_point(0, picture, 0)
    unseen.add_point(picture, 0)
    unseen.move_point(len(before.support.x), before.support.x[0], before.support.y[0])
    assert unseen.touched is before
    unseen.move_point(0, before.support.x[1], before.support.y[1])
    assert unseen.touched is not before


def test_points_can_be_added_removed_and_restored(touched_session) -> None:
    session = touched_session
    first = session.unseen.touched
    session.unseen.add_point(np.array([0.5]), np.array([1.5]))
    assert session.unseen.touched.support.x[-1, 0] == 0.5
    session.unseen.remove_point(0)
    assert np.array_equal(session.unseen.touched.support.x[:2], first.support.x[1:])
    session.unseen.restore_task()
    assert np.array_equal(session.unseen.touched.support.x, first.support.x)
    assert np.array_equal(session.unseen.touched.support.y, first.support.y)


def test_a_point_beyond_the_trained_inputs_has_the_curve_asked_for_there_and_no_loss_counted(touched_session, qtbot):
    x, y = np.array([7.0], np.float32), np.array([1.0], np.float32)
    touched_session.unseen.begin_touch()
    touched_session.unseen.add_point(x, y)
    assert not touched_session.unseen.adaptations  # those there were are of other inputs
    qtbot.waitUntil(lambda: fully_adapted(touched_session), timeout=30_000)
    task, adaptation = touched_session.unseen.touched, touched_session.unseen.adaptations["learner"]
    assert (task.grid[0, 0], task.grid[-1, 0]) == (-7.5, 7.5)
    trained = np.abs(task.grid[:, 0]) <= 5.0
    squares = (adaptation.on_grid - task.truth) ** 2
    np.testing.assert_allclose(adaptation.loss, squares[:, trained].mean(axis=(1, 2)), rtol=1e-5)
    touched_session.unseen.move_point(len(task.support.x) - 1, np.zeros(1, np.float32), y)
    assert touched_session.unseen.touched.grid[0, 0] == -7.5
    touched_session.unseen.undo_touch()
    assert touched_session.unseen.touched.grid[0, 0] == -5.0


def test_gestures_on_the_task_are_taken_back_one_by_one(touched_session) -> None:
    drawn, x, y = touched_session.unseen.touched, np.float32([1.0]), np.float32([2.0])
    for index in (0, 1):
        touched_session.unseen.begin_touch()
        touched_session.unseen.begin_touch()  # a click that changes nothing is no gesture
        for place in (0.5, 1.0):
            touched_session.unseen.move_point(index, place * x, y)
    both = touched_session.unseen.touched
    assert touched_session.unseen.undo_touch()
    assert touched_session.unseen.touched.support.x[:2, 0].tolist() == [1.0, drawn.support.x[1, 0]]
    assert touched_session.unseen.undo_touch()
    assert touched_session.unseen.touched is drawn
    assert not touched_session.unseen.undo_touch()
    assert touched_session.unseen.redo_touch()
    assert touched_session.unseen.redo_touch()
    assert touched_session.unseen.touched is both


def test_a_task_that_made_way_for_another_comes_back_as_it_was_touched(touched_session) -> None:
    unseen = touched_session.unseen
    unseen.begin_touch()
    unseen.remove_point(0)
    touched = unseen.touched
    for put_away in (unseen.new_task, lambda: unseen.open_block(7), lambda: unseen.open_gallery_task(2)):
        put_away()
        other = unseen.touched
        assert other.block != touched.block
        assert unseen.undo_touch()
        assert unseen.touched is touched
        assert unseen.redo_touch()
        assert unseen.touched is other
        unseen.undo_touch()


def test_a_restored_task_can_be_taken_back(touched_session) -> None:
    touched_session.unseen.begin_touch()
    touched_session.unseen.remove_point(0)
    count = len(touched_session.unseen.touched.support.x)
    touched_session.unseen.restore_task()
    assert touched_session.unseen.undo_touch()
    assert len(touched_session.unseen.touched.support.x) == count


@pytest.mark.parametrize("has_twin", [False, True])
def test_a_moved_query_takes_its_row_along_and_leaves_another_its_own(has_twin) -> None:
    task = draw_task(preset("blobs").replaced(task_family="glyphs", ways=2, shots=1, queries=2), 1)
    if has_twin:
        task = with_moved_query(task, 1, task.query.x[0], 0)
    old, new = task.query.x[0], 0.5 * task.query.x[0]
    moved = with_moved_query(task, 0, new, 1)
    assert (moved.query.y[0], task.query.y[0]) == (1, 0)
    assert (moved.grid == new).all(axis=1).sum() == 1
    assert (moved.grid == old).all(axis=1).any() == has_twin


SMALL_PICTURES = {"image_size": 8, "num_channels": 8, "num_blocks": 2, "training_episodes": "", "ways": 2, "queries": 2}


@pytest.mark.parametrize("learner", ["protonet", "maml"])
def test_a_picture_that_is_drawn_on_is_predicted_alone_as_it_is_among_all(learner: str) -> None:
    settings = preset("glyphs").replaced(training_episodes="").replaced(learner=learner, **SMALL_PICTURES, meta_batch=1)
    adapter, state, task = Adapter(compile=False), initial_state(settings), draw_task(settings, 1)
    before = adapter.adaptation(settings, state, task)
    drawn = with_moved_query(task, 1, 1.0 - task.query.x[1], 1)
    found = adapter.adaptation(settings, state, drawn, Known(task, before))
    whole = adapter.adaptation(settings, state, drawn)
    np.testing.assert_allclose(found.on_grid, whole.on_grid, atol=1e-6)
    np.testing.assert_allclose(found.loss, whole.loss, atol=1e-6)
    np.testing.assert_array_equal(found.accuracy, whole.accuracy)


def test_what_is_not_compiled_yet_adapts_no_further_than_is_shown() -> None:
    settings = small_settings()
    state, task = initial_state(settings), draw_task(settings, 1)
    first = Adapter(compile=True).adaptation(settings, state, task, first_steps=1)
    whole = Adapter(compile=False).adaptation(settings, state, task, first_steps=1)
    assert len(first.on_grid) == len(first.loss) == 2
    assert len(whole.on_grid) == settings.outer.test_steps + 1
    np.testing.assert_allclose(first.on_grid, whole.on_grid[:2], atol=1e-5)


def test_an_answer_of_too_few_steps_is_not_gone_on_with() -> None:
    settings = preset("glyphs").replaced(training_episodes="").replaced(**SMALL_PICTURES)
    adapter, state, task = Adapter(compile=False), initial_state(settings), draw_task(settings, 1)
    whole = adapter.adaptation(settings, state, task)
    short = dataclasses.replace(whole, on_grid=whole.on_grid[:1])
    assert len(adapter.adaptation(settings, state, task, Known(task, short)).on_grid) == len(whole.on_grid)


def test_a_step_beyond_the_first_answer_is_asked_for(touched_session, asked) -> None:
    unseen, path = touched_session.unseen, touched_session.unseen.adaptations["learner"]
    unseen.set_step(1)
    assert keys_of(asked) == set()
    unseen.answers.adaptations = {"learner": dataclasses.replace(path, on_grid=path.on_grid[:2], loss=path.loss[:2])}
    unseen.set_step(2)
    assert keys_of(asked) == {"touched"}


def test_no_prediction_stays_where_an_example_is_drawn_on() -> None:
    settings = preset("glyphs").replaced(**SMALL_PICTURES)
    adapter, state, task = Adapter(compile=False), initial_state(settings), draw_task(settings, 1)
    before = adapter.adaptation(settings, state, task)
    drawn = with_moved_point(task, 1, 1.0 - task.support.x[1], 1)
    found = adapter.adaptation(settings, state, drawn, Known(task, before))
    np.testing.assert_array_equal(found.on_grid, adapter.adaptation(settings, state, drawn).on_grid)


def test_what_was_kept_while_a_hand_drew_is_predicted_anew_when_it_rests(open_session, qtbot) -> None:
    session = open_session(preset("glyphs").replaced(**SMALL_PICTURES))
    session.unseen.set_compared("transfer", False)
    session.unseen.set_compared("scratch", False)
    qtbot.waitUntil(lambda: "learner" in session.unseen.adaptations, timeout=30_000)
    stale = dataclasses.replace(session.unseen.adaptations["learner"])
    stale.outputs[:], stale.on_grid[:] = np.log(0.25), 0.25  # as if training had gone on since
    session.unseen.begin_touch()
    session.unseen.move_query(0, 1.0 - session.unseen.touched.query.x[0], 0)
    place = len(session.unseen.touched.support.x)
    qtbot.waitUntil(lambda: (session.unseen.adaptations["learner"].on_grid[1, place] != 0.25).any())
    np.testing.assert_allclose(session.unseen.adaptations["learner"].on_grid[1, place + 1 :], 0.25, rtol=1e-6)
    qtbot.waitUntil(
        lambda: (abs(session.unseen.adaptations["learner"].on_grid[1, place + 1 :] - 0.25) > 1e-6).any(),
        timeout=30_000,
    )


def test_how_sure_a_learner_is_comes_with_its_curve() -> None:
    settings = small_settings().replaced(learner="cnp", test_steps=1)
    task = draw_task(settings, 1)
    found = Adapter(compile=False).adaptation(settings, initial_state(settings), task)
    assert found.deviation.shape == found.on_grid.shape
    assert (found.deviation > 0).all()


def test_a_new_task_is_another_one_each_time(touched_session) -> None:
    session = touched_session
    phases = {session.unseen.touched.description["phase"]}
    for _ in range(5):
        session.unseen.new_task()
        phases.add(session.unseen.touched.description["phase"])
    assert len(phases) == 6


def test_a_gallery_task_is_exchanged_with_the_touched_one(touched_session, qtbot) -> None:
    session = touched_session
    session.unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    touched, third = session.unseen.touched, session.unseen.gallery[2]
    with qtbot.waitSignals([session.unseen.taskChanged, session.unseen.galleryChanged, session.unseen.adaptedChanged]):
        session.unseen.open_gallery_task(2)
    assert session.unseen.touched is third
    assert session.unseen.gallery[2] is touched
    session.unseen.open_gallery_task(2)
    assert session.unseen.touched is touched


def test_an_exchanged_task_takes_the_adaptation_that_is_shown_of_it_along() -> None:
    gallery, state = (
        Gallery([draw_task(small_settings(), block) for block in range(1, 9)]),
        initial_state(small_settings()),
    )
    touched, third = draw_task(small_settings(), 9), gallery.tasks[2]
    own, other = (Adapter(compile=False).adaptation(small_settings(), state, task) for task in (touched, third))
    assert gallery.exchange(2, touched, own) is third
    for index in (7, 6, 5, 4, 3, 1, 0, 2):
        assert gallery.adaptations == []  # not all of them are there yet
        gallery.take(index, other)
    assert gallery.exchange(2, third, None) is touched
    assert gallery.adaptations[2] is other
    assert gallery.exchange(2, touched, own) is third
    assert [index for index, shown in enumerate(gallery.adaptations) if shown is own] == [2]


def test_another_number_of_shots_leaves_the_task_that_was_chosen(touched_session, qtbot) -> None:
    session = touched_session
    session.unseen.new_task()
    chosen, gallery = session.unseen.touched, [task.block for task in session.unseen.gallery]
    session.change(shots=2)
    assert len(session.unseen.touched.support.x) == 2
    assert session.unseen.touched.description == chosen.description
    assert [task.block for task in session.unseen.gallery] == gallery
    session.change(task_family="blobs")
    assert session.unseen.touched.block != chosen.block


def test_what_is_compared_can_be_chosen(touched_session, qtbot) -> None:
    session = touched_session
    session.unseen.set_compared("transfer", False)
    assert set(session.unseen.adaptations) == {"learner", "scratch"}
    session.unseen.set_compared("transfer", True)
    qtbot.waitUntil(lambda: set(session.unseen.adaptations) == {"learner", "scratch", "transfer"})


def test_on_a_plane_the_learner_answers_first_and_what_lies_beside_it_follows(open_session, qtbot) -> None:
    unseen = open_session(small_settings(task_family="blobs", ways=3)).unseen
    qtbot.waitUntil(lambda: len(unseen.adaptations) == 3, timeout=30_000)
    before, seen = unseen.adaptations, []
    unseen.adaptedChanged.connect(lambda: seen.append(unseen.adaptations))
    unseen.move_point(0, np.zeros(2, np.float32), int(unseen.touched.support.y[0]))
    qtbot.waitUntil(lambda: len(seen) == 2)
    changed = [{key for key in before if paths[key] is not before[key]} for paths in seen]
    assert changed == [{"learner"}, {"learner", "transfer", "scratch"}]


def test_the_adaptation_step_stays_within_the_path(touched_session, qtbot) -> None:
    session = touched_session
    assert session.unseen.step == session.unseen.num_steps == 2
    session.unseen.set_step(-3)
    assert session.unseen.step == 0
    session.unseen.set_step(99)
    assert session.unseen.step == 2
    with qtbot.waitSignal(session.unseen.stepChanged):
        session.change(test_steps=1)
    assert session.unseen.step == session.unseen.num_steps == 1


def test_one_pass_has_no_steps_to_choose_whatever_is_tried(touched_session) -> None:
    session = touched_session
    session.change(learner="ridge", test_steps=7)
    assert session.unseen.step == session.unseen.num_steps == 1


def test_the_adaptation_step_comes_back_after_a_learner_of_fewer_steps(touched_session) -> None:
    session = touched_session
    session.unseen.set_step(2)
    session.change(test_steps=1)
    assert session.unseen.step == 1
    session.change(test_steps=5)
    assert session.unseen.step == 2


def test_adaptations_follow_the_training(touched_session, qtbot) -> None:
    session = touched_session
    before = session.unseen.adaptations["learner"].on_grid
    session.step()
    qtbot.waitUntil(lambda: not np.array_equal(session.unseen.adaptations["learner"].on_grid, before), timeout=20_000)


def test_a_live_rate_changes_the_adaptations_before_the_run_has_begun(touched_session, qtbot) -> None:
    session = touched_session
    before = session.unseen.adaptations["learner"].on_grid
    with qtbot.waitSignal(session.unseen.adaptedChanged):
        session.change(inner_learning_rate=0.1)
    assert not np.array_equal(session.unseen.adaptations["learner"].on_grid[-1], before[-1])


def test_a_query_that_is_drawn_on_moves_among_the_learners_features_at_once(open_session, qtbot) -> None:
    settings = preset("glyphs").replaced(network="mlp", hidden_dims="8", ways=2, queries=2, image_size=8)
    unseen = open_session(settings).unseen

    def view() -> dict[str, np.ndarray]:
        return next((view.arrays for view in unseen.views if view.kind == "prototypes"), {})

    qtbot.waitUntil(lambda: bool(view()), timeout=30_000)
    before = view()
    unseen.answers._inspection.stop()
    unseen.move_query(1, unseen.touched.support.x[0], 0)
    unseen.answers._inspection.stop()  # which would bring all of them again
    qtbot.waitUntil(lambda: not np.array_equal(view()["query"], before["query"]), timeout=30_000)
    np.testing.assert_allclose(view()["query"][0, 1], before["support"][0, 0], rtol=1e-5)
    np.testing.assert_array_equal(view()["query"][0, 0], before["query"][0, 0])


def test_another_family_never_shows_adaptations_of_the_last_one(touched_session, qtbot) -> None:
    session = touched_session
    sizes = []
    session.settingsChanged.connect(
        lambda: sizes.append((len(session.unseen.touched.grid), dict(session.unseen.adaptations)))
    )
    session.change(task_family="blobs")
    assert sizes == [(44 * 44, {})]
    assert session.unseen.gallery_adaptations == []
    qtbot.waitUntil(lambda: fully_adapted(session), timeout=30_000)
    assert session.unseen.adaptations["learner"].on_grid.shape == (3, 44 * 44, 3)
    session.undo_stack.undo()
    assert len(session.unseen.touched.grid) == 201


def test_adaptations_come_before_and_after_they_are_compiled(open_session, qtbot) -> None:
    """Pays for compilations: an uncompiled answer bridges each, and both agree."""
    session = open_session(small_settings(), Options(compile=True, baselines=False, evaluate=False))
    qtbot.waitUntil(lambda: bool(session.unseen.adaptations), timeout=60_000)
    first = session.unseen.adaptations["learner"]
    assert len(first.on_grid) == 1 + session.unseen.step
    qtbot.waitUntil(lambda: fully_adapted(session), timeout=60_000)
    assert np.allclose(first.on_grid, session.unseen.adaptations["learner"].on_grid, atol=1e-4)
    session.toggle()
    session.change(hidden_dim=5)  # a new structure while a run is under way
    assert not fully_adapted(session)
    qtbot.waitUntil(lambda: session.live.iteration > 0 and fully_adapted(session), timeout=60_000)


def test_a_shown_run_of_a_structure_that_nothing_has_trained_here_is_compiled_for(open_session, qtbot) -> None:
    session = open_session(small_settings(), Options(compile=True, baselines=False, evaluate=False))
    qtbot.waitUntil(lambda: fully_adapted(session), timeout=60_000)
    other = fresh_run(small_settings(shots=2))  # as a sweep leaves it in the list
    session._course.take_run(other)
    session.show_run(other.run_id)
    assert not fully_adapted(session)
    qtbot.waitUntil(lambda: fully_adapted(session), timeout=60_000)


def test_a_baseline_that_was_not_trained_beside_is_not_compared_with() -> None:
    """Runs of a comparison train alone: their transfer learning is a fresh start, which proves nothing."""
    settings = small_settings()
    start, baselines = initial_states(settings)

    def compared(iteration: int, **trained: int) -> set[str]:
        begun = {key: dataclasses.replace(state, iteration=trained.get(key, 0)) for key, state in baselines.items()}
        state = TrainingState(dataclasses.replace(start, iteration=iteration), begun)
        return set(Shown(settings, state).learners) - {"learner"}

    assert compared(0) == compared(1) == {"transfer", "scratch"}  # a run's own have their turn later
    assert compared(2_000) == {"scratch"}
    assert compared(2_000, transfer=400) == {"transfer", "scratch"}


def test_the_learners_views_follow_the_touched_task(open_session, qtbot) -> None:
    session = open_session(small_settings(learner="cavia", num_context=2))
    qtbot.waitUntil(lambda: bool(session.unseen.views), timeout=30_000)
    before = session.unseen.views[0].arrays["context"]
    with qtbot.waitSignal(session.unseen.viewsChanged, timeout=10_000):
        session.unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    assert session.unseen.views[0].kind == "context"
    assert not np.array_equal(session.unseen.views[0].arrays["context"], before)


def test_a_context_of_one_s_own_shows_until_the_task_is_touched(open_session, qtbot) -> None:
    session = open_session(small_settings(learner="cavia", num_context=2))
    qtbot.waitUntil(lambda: bool(session.unseen.views) and bool(session.unseen.adaptations), timeout=30_000)
    own = session.unseen.adaptations["learner"]
    path = next(view for view in session.unseen.views if view.kind == "context").arrays["context"][:, 0]
    session.unseen.set_step(0)
    for x in (0.5, 1.0, 3.0):
        session.unseen.set_context(np.array([x, -1.0], np.float32))
    assert session.unseen.step == 2  # the start is nobody's to move
    qtbot.waitUntil(
        lambda: not np.allclose(session.unseen.adaptations["learner"].on_grid[1], own.on_grid[1], atol=1e-4)
    )
    qtbot.wait(50)
    steered = session.unseen.adaptations["learner"]
    assert np.array_equal(steered.on_grid[0], own.on_grid[0])
    assert np.array_equal(steered.on_grid[1], steered.on_grid[2])
    with qtbot.waitSignal(session.unseen.adaptedChanged):
        session.unseen.set_context(path[1])  # where the learner's own first step led
    assert np.allclose(session.unseen.adaptations["learner"].on_grid[2], own.on_grid[1], atol=1e-5)
    assert np.allclose(session.unseen.adaptations["learner"].loss[2], own.loss[1], atol=1e-5)
    session.unseen.restore_task()
    assert session.unseen.context is None
    qtbot.waitUntil(lambda: np.allclose(session.unseen.adaptations["learner"].on_grid, own.on_grid, atol=1e-6))


def test_a_learner_without_a_context_has_no_place_for_one(touched_session, qtbot) -> None:
    unseen = touched_session.unseen
    with qtbot.waitSignal(unseen.viewsChanged, timeout=10_000):
        unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    unseen.set_context(np.array([1.0]))
    assert unseen.context is None


def test_a_run_laid_over_adapts_to_the_touched_task_and_follows_the_hand(open_session, qtbot) -> None:
    session = open_session(small_settings())
    qtbot.waitUntil(lambda: fully_adapted(session), timeout=60_000)
    session.advance(3)
    qtbot.waitUntil(lambda: session.live.iteration == 3, timeout=60_000)
    first = session.live
    session.reset()
    session.set_overlay(first.run_id, True)
    beside = session.laid_over
    qtbot.waitUntil(lambda: beside.adaptation(first.run_id) is not None, timeout=60_000)
    before = beside.adaptation(first.run_id).on_grid
    assert not np.allclose(before, session.unseen.adaptations["learner"].on_grid)
    session.unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    qtbot.waitUntil(lambda: not beside.is_behind(first.run_id), timeout=60_000)
    assert not np.allclose(before, beside.adaptation(first.run_id).on_grid)
    session.set_overlay(first.run_id, False)
    assert beside.adaptation(first.run_id) is None


def test_a_query_that_a_hand_has_drawn_has_no_class_in_the_file_either() -> None:
    settings = small_settings(task_family="blobs")
    task = draw_task(settings, 1)
    drawn = with_moved_query(task, 2, 1.0 - task.query.x[2], 1)
    (restored,) = restored_tasks([task_from(*task_document(saved_task(drawn)))], settings, task)
    assert restored.unnamed == {2}
    np.testing.assert_array_equal(restored.query.x, drawn.query.x)


@pytest.fixture
def asked(touched_session, monkeypatch) -> list[tuple[Hashable, int]]:
    """Key and rank of whatever the worker is asked from now on; it answers all the same."""
    requests: list[tuple[Hashable, int]] = []
    ask = AdaptingWorker.ask

    def listening(worker, key, compute, take, rank) -> None:
        requests.append((key, rank))
        ask(worker, key, compute, take, rank)

    monkeypatch.setattr(AdaptingWorker, "ask", listening)
    return requests


def keys_of(asked: list[tuple[Hashable, int]]) -> set[Hashable]:
    return {key for key, _ in asked}


def test_the_gallery_follows_the_training_once_the_hand_rests(touched_session, asked, qtbot) -> None:
    unseen = touched_session.unseen
    unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    unseen.follow(unseen.shown.settings, unseen.shown.state)
    assert keys_of(asked) == {"touched"}
    qtbot.waitUntil(lambda: ("gallery", 7) in keys_of(asked))


def test_the_gallery_is_left_alone_where_nothing_was_trained_under_the_hand(touched_session, asked, qtbot) -> None:
    touched_session.unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    qtbot.waitUntil(lambda: "views" in keys_of(asked))  # the hand has long been at rest
    assert keys_of(asked) == {"touched", "views"}


def test_a_touch_is_answered_while_the_learner_is_looked_into(touched_session, qtbot, monkeypatch) -> None:
    unseen, looking, may_end = touched_session.unseen, threading.Event(), threading.Event()
    qtbot.waitUntil(lambda: bool(unseen.adaptations), timeout=30_000)

    def slow(*_: object) -> list[View]:
        looking.set()
        assert may_end.wait(30.0)
        return []

    monkeypatch.setattr(Shown, "views", slow)
    unseen.answers.ask_touched()
    qtbot.waitUntil(looking.is_set)
    unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    qtbot.waitUntil(lambda: not unseen.answers.is_behind)
    may_end.set()


def test_a_slow_look_into_the_learner_follows_training_more_rarely_and_a_hand_as_ever(touched_session, qtbot) -> None:
    answers, unseen = touched_session.unseen.answers, touched_session.unseen
    qtbot.waitUntil(lambda: bool(unseen.adaptations and answers._inspection_seconds), timeout=30_000)
    qtbot.waitUntil(lambda: not answers._inspection.isActive())
    answers._take_views(([], 0.6))
    answers.follow_run(hand_moves=False)
    assert answers._inspection.isActive()
    assert answers._inspection.interval() == 3000
    unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    assert answers._inspection.interval() == 500
    answers.follow_run(hand_moves=False)
    assert answers._inspection.interval() == 500


def test_only_the_first_picture_goes_before_compiling(touched_session, asked) -> None:
    unseen, other = touched_session.unseen, small_settings(hidden_dim=5)
    unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    unseen.follow(other, TrainingState(*initial_states(other)))
    assert [rank for key, rank in asked if key == "touched"] == [TOUCHING, FIRST]
    assert FIRST < WARMING < TOUCHING
