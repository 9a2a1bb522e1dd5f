"""What a hand has done to unseen tasks comes back with them: by an undo, by hand, and with a run shown again."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from metalearn_gui.bridge import history, tasks_at_hand
from metalearn_gui.bridge.session import Session
from metalearn_gui.bridge.tasks_at_hand import KeptTasks, TasksAtHand
from metalearn_gui.bridge.touches import TouchedTask, draw_task, task_key
from metalearn_gui.engine import ExperimentSettings, preset
from tests.bridge.conftest import small_settings
from tests.bridge.test_unseen import SMALL_PICTURES

pytestmark = pytest.mark.usefixtures("traced")

FAMILIES = {
    "a curve": small_settings,
    "pictures": lambda: preset("glyphs").replaced(**SMALL_PICTURES),
    "ratings": lambda: small_settings(task_family="ratings"),
}
OTHER_FAMILY = {"sinusoid": "waves", "glyphs": "moons", "ratings": "linear"}
CHANGES: dict[str, Callable[[Session], object]] = {
    "shots": lambda session: session.change(shots=session.settings.episodes.shots + 1),
    "a live setting of the tasks": lambda session: session.change(beyond=2.0),
    "seed": lambda session: session.reseed(),
    "task family": lambda session: session.change(task_family=OTHER_FAMILY[session.settings.tasks.key]),
    "preset": lambda session: session.load_preset("blobs"),
}


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set after one another is no drag."""
    monkeypatch.setattr(history, "MERGE_SECONDS", -1.0)


def touch(session: Session) -> TouchedTask:
    """One row less, as one gesture."""
    session.unseen.begin_touch()
    session.unseen.remove_point(0)
    return session.unseen.touched


def lying(session: Session) -> list[TouchedTask]:
    return [session.unseen.touched, *session.unseen.gallery]


def places(session: Session) -> list[int]:
    return [task.block for task in lying(session)]


def same(one: list[TouchedTask], other: list[TouchedTask]) -> bool:
    """Whether these are the very tasks."""
    return len(one) == len(other) and all(map(lambda a, b: a is b, one, other))


def alike(one: list[TouchedTask], other: list[TouchedTask]) -> bool:
    """Whether their points lie at the same places."""
    arrays = ([part for task in tasks for part in (*task.support, *task.query)] for tasks in (one, other))
    return all(itertools.starmap(np.array_equal, zip(*arrays, strict=True)))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_an_undone_setting_gives_the_tasks_back_as_they_lay_and_then_touch_after_touch(
    family, change, open_session
) -> None:
    session = open_session(family())
    drawn, first, second = session.unseen.touched, touch(session), touch(session)
    session.unseen.send_to_gallery()
    before, set_before = lying(session), session.settings
    change(session)
    assert task_key(session.settings) != task_key(set_before)
    assert session.unseen.touched.tasks is not second.tasks
    session.undo()
    assert session.settings == set_before
    assert same(lying(session), before)
    session.undo()
    assert session.unseen.touched is first
    session.undo()
    assert session.unseen.touched is drawn
    for _ in range(2):
        session.redo()
    assert session.unseen.touched is second


def test_a_redo_goes_on_to_the_touches_that_came_after_the_setting(session) -> None:
    before = touch(session)
    session.change(task_family="waves")
    after = [touch(session), touch(session)]
    for _ in range(4):
        session.undo()
    assert session.settings.tasks.key == "sinusoid"
    session.redo()
    assert session.unseen.touched is before
    session.redo()
    assert session.settings.tasks.key == "waves"
    for task in after:
        session.redo()
        assert session.unseen.touched is task


def test_all_values_of_one_drag_are_taken_back_to_the_touched_task(session) -> None:
    before = touch(session)
    for shots in range(4, 40):
        session.change(shots=shots)
    session.undo()
    assert session.settings.episodes.shots == 3
    assert session.unseen.touched is before


def test_another_family_taken_back_brings_the_places_in_the_stream_that_nothing_was_done_to(session) -> None:
    for _ in range(2):
        session.unseen.new_task()
    session.unseen.open_gallery_task(3)
    session.change(shots=4)
    before, drawn = places(session), lying(session)
    session.change(task_family="waves")
    session.undo()
    assert places(session) == before == [4, 1, 2, 3, 11, 5, 6, 7, 8]
    assert alike(lying(session), drawn)
    session.unseen.new_task()
    assert session.unseen.touched.block == 12


def test_a_setting_that_is_put_back_by_hand_gives_the_touched_task_back(session, slowly) -> None:
    touched = touch(session)
    session.change(shots=4)
    session.change(shots=3)
    assert session.unseen.touched is touched
    later = touch(session)
    for _ in range(3):
        session.undo()
    assert session.unseen.touched is touched
    for _ in range(3):
        session.redo()
    assert session.unseen.touched is later


def test_a_place_in_the_stream_stays_over_a_setting_and_an_undo_still_finds_the_touched_task(session, slowly) -> None:
    touched = touch(session)
    session.change(shots=4)
    session.unseen.new_task()
    session.change(shots=3)
    assert session.unseen.touched.block == touched.block + 1
    for _ in range(3):
        session.undo()
    assert session.unseen.touched is touched


def test_an_undo_finds_the_task_that_lay_there_and_not_another_one_of_its_stream(session, slowly) -> None:
    touched = touch(session)
    session.change(task_family="waves")
    session.set_settings(small_settings(shots=4))
    session.unseen.new_task()
    session.change(shots=3)
    other = session.unseen.touched
    assert other.block != touched.block
    for _ in range(4):
        session.undo()
    assert session.unseen.touched is touched
    for _ in range(4):
        session.redo()
    assert alike([session.unseen.touched], [other])


def test_a_link_s_task_goes_and_comes_with_what_was_done_to_it_and_to_the_one_before(session, open_session) -> None:
    other = open_session()
    touch(other)
    first, mine = touch(session), touch(session)
    for shots in (3, 4):
        other.change(shots=shots)
        session.documents.open_link(other.documents.link())
        linked = session.unseen.touched
        moved = touch(session)
        session.undo()
        assert session.unseen.touched is linked
        session.undo()
        assert session.unseen.touched is mine
        session.redo()
        assert session.unseen.touched is linked
        session.redo()
        assert session.unseen.touched is moved
        for _ in range(2):
            session.undo()
    session.undo()
    assert session.unseen.touched is first


def test_a_run_that_is_shown_again_has_its_touched_task_and_its_own_touches_to_take_back(session, qtbot) -> None:
    session.advance(1)
    qtbot.waitUntil(lambda: session.live.iteration == 1, timeout=30_000)
    run, drawn, touched = session.live.run_id, session.unseen.touched, touch(session)
    session.change(shots=4)
    own = touch(session)
    session.show_run(run)
    assert session.unseen.touched is touched
    later = touch(session)
    session.show_run(session.live.run_id)
    assert session.unseen.touched is own
    session.undo()  # the last touch of all is out of sight
    assert (session.settings.episodes.shots, len(session.unseen.touched.support.x)) == (4, 4)
    for task in (later, touched, drawn):
        session.undo()
        assert session.unseen.touched is task
    assert session.settings.episodes.shots == 3
    for _ in range(4):
        session.redo()
    assert session.unseen.touched is own


def test_a_press_that_moved_nothing_before_a_setting_is_passed_over(session) -> None:
    session.change(meta_learning_rate=0.5)
    session.unseen.begin_touch()
    session.change(shots=4)
    for _ in range(2):
        session.undo()
    assert session.settings == small_settings()


def test_a_refused_undo_leaves_the_tasks_alone(session, monkeypatch) -> None:
    touch(session)
    session.change(shots=4)
    touched = touch(session)
    session.undo()
    before = session.unseen.touched
    monkeypatch.setattr(type(session._course), "has_data", lambda *_: False)
    session.undo()
    assert session.settings.episodes.shots == 4
    assert session.unseen.touched is before
    session.redo()
    assert session.unseen.touched is touched


def test_the_touched_task_of_a_file_comes_back_and_nothing_of_the_session_before(session, open_session, tmp_path):
    path, other = str(tmp_path / "one.metalearn"), open_session()
    touch(other)
    other.documents.save(path)
    session.change(shots=4)
    touch(session)
    session.documents.open(path)
    assert alike(lying(session)[:1], lying(other)[:1])
    opened = lying(session)
    session.change(shots=4)
    assert len(session.unseen.touched.support.x) == 4
    session.undo()
    assert same(lying(session), opened)


# --- what is kept ---------------------------------------------------------------------------------


@pytest.fixture
def settings() -> ExperimentSettings:
    return small_settings()


def left(settings: ExperimentSettings, block: int = 9, is_drawn: bool = False) -> TasksAtHand:
    """Tasks as a hand has left them."""
    one = TasksAtHand(task_key(settings), is_drawn=is_drawn)
    one.history.begin(draw_task(settings, block))
    one.lie([draw_task(settings, block)], None)
    return one


def test_tasks_out_of_sight_are_bounded_in_bytes_and_the_oldest_are_drawn_again(settings, monkeypatch) -> None:
    kept, some = KeptTasks(), [left(settings) for _ in range(4)]
    lain = some[2].tasks
    monkeypatch.setattr(tasks_at_hand, "MOST_BYTES", 2 * some[0].num_bytes)
    for one in some:
        kept.keep(one)
    assert [bool(one.tasks) for one in some] == [False, False, True, True]
    assert [bool(one.history.tasks) for one in some] == [False, False, True, True]
    assert same(some[2].taken_up(settings), list(lain))
    assert alike(some[0].taken_up(settings), [draw_task(settings, 9)])


def test_the_newest_stay_whatever_they_take(settings, monkeypatch) -> None:
    kept, one = KeptTasks(), left(settings)
    monkeypatch.setattr(tasks_at_hand, "MOST_BYTES", 1)
    kept.keep(one)
    assert one.tasks


def test_no_more_than_so_many_are_kept_however_small(settings, monkeypatch) -> None:
    kept, some = KeptTasks(), [left(settings) for _ in range(3)]
    monkeypatch.setattr(tasks_at_hand, "MOST_KEPT", 2)
    for one in some:
        kept.keep(one)
    assert [bool(one.tasks) for one in some] == [False, True, True]


def test_what_tasks_share_is_counted_once(settings) -> None:
    task = draw_task(settings, 9)
    one = TasksAtHand(task_key(settings), is_drawn=False)
    one.lie([task, task], None)
    alone = one.num_bytes
    one.lie([task], None)
    assert alone == one.num_bytes >= task.grid.nbytes + task.support.x.nbytes


def test_tasks_that_no_hand_has_been_on_take_no_room(settings) -> None:
    one = left(settings, 12, is_drawn=True)
    assert (one.num_bytes, one.tasks, one.blocks, one.history.tasks) == (0, (), (12,), [])
    assert alike(one.taken_up(settings), [draw_task(settings, 12)])


def test_the_newest_tasks_of_a_stream_are_found_at_a_place_or_anywhere(settings) -> None:
    kept, other = KeptTasks(), settings.replaced(shots=7)
    old, new, strange = left(settings, 9), left(settings, 11), left(other, 9)
    for one in (old, new, strange):
        kept.keep(one)
    assert kept.find(task_key(settings), 9) is old
    assert kept.find(task_key(settings), None) is new
    assert kept.find(task_key(other), 11) is None
    kept.release(new)
    assert kept.find(task_key(settings), None) is old
    kept.forget()
    assert kept.find(task_key(settings), None) is None
    assert not old.tasks
