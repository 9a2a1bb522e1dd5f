"""Undo: one order over what is set, what is done to runs, and what a hand does to the touched task."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtGui import QUndoStack

from metalearn_gui.bridge import history
from metalearn_gui.bridge.messages import REFUSAL
from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from tests.bridge.conftest import Heard
from tests.bridge.test_course import run_a_while

pytestmark = pytest.mark.usefixtures("traced")


def touch(session, to: float) -> None:
    session.unseen.begin_touch()
    session.unseen.move_point(0, np.array([to], np.float32), np.array([0.0], np.float32))


def place(session) -> float:
    return float(session.unseen.touched.support.x[0, 0])


@pytest.mark.parametrize(("pause", "count"), [(0.1, 1), (0.6, 2)])
def test_values_of_one_drag_are_one_change_however_long_each_takes(session, monkeypatch, pause, count) -> None:
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(history, "time", SimpleNamespace(monotonic=lambda: clock.now))
    stack, settings = QUndoStack(), [session.settings.replaced(shots=shots) for shots in (5, 6, 7)]

    def take(_settings, _place) -> bool:
        clock.now += 2.0  # tasks of pictures are drawn anew
        return True

    for old, new in itertools.pairwise(settings):
        stack.push(history.SettingsCommand(take, lambda: None, old, new, "shots"))
        clock.now += pause
    assert stack.count() == count
    stack.clear()


def test_the_newest_deed_goes_first_whatever_it_was(session) -> None:
    start, rate = place(session), session.settings.outer.meta_learning_rate
    touch(session, 1.0)
    session.change(meta_learning_rate=0.5)
    touch(session, 2.0)
    session.undo()
    assert (place(session), session.settings.outer.meta_learning_rate) == (1.0, 0.5)
    session.undo()
    assert (place(session), session.settings.outer.meta_learning_rate) == (1.0, rate)
    session.undo()
    assert place(session) == start
    for _ in range(4):  # one more than there is
        session.redo()
    assert (place(session), session.settings.outer.meta_learning_rate) == (2.0, 0.5)


def test_a_press_that_moves_nothing_is_passed_over(session) -> None:
    touch(session, 1.0)
    session.change(meta_learning_rate=0.5)
    session.unseen.begin_touch()
    session.undo()
    assert session.settings.outer.meta_learning_rate != 0.5
    assert place(session) == 1.0


def test_another_family_that_a_key_takes_back_is_said_and_can_be_had_again(session) -> None:
    heard = Heard(session)
    session.change(task_family="waves")
    session.unseen.begin_touch()  # a key that moved nothing
    session.undo()
    assert (heard.messages[-1].text, heard.messages[-1].action) == ("Undone: Waves back to Sinusoid.", "redo")
    session.redo()
    assert session.settings.tasks.key == "waves"
    assert heard.messages[-1].text == ""


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"shots": 5}, "Undone: shots K."),
        ({"shots": 5, "seed": 3}, "Undone: seed, shots K."),
        ({"meta_learning_rate": 0.5}, ""),  # live: it is in sight, and the run goes on
    ],
)
def test_an_undo_says_the_settings_whose_run_it_ends(session, values, said) -> None:
    heard = Heard(session)
    session.change(**values)
    session.undo()
    assert (heard.messages[-1].text if heard.messages else "") == said


def test_a_redo_is_not_offered_any_more_once_something_else_is_taken_back(session) -> None:
    heard = Heard(session)
    touch(session, 1.0)
    session.change(shots=5)
    session.undo()
    assert heard.messages[-1].action == "redo"
    session.undo()
    assert heard.messages[-1].text == ""


def test_a_redo_is_not_offered_any_more_once_something_else_is_set(session) -> None:
    heard = Heard(session)
    session.change(shots=5)
    session.undo()
    session.change(meta_learning_rate=0.5)
    assert heard.messages[-1].text == ""


def test_restoring_a_task_can_be_undone(session) -> None:
    start = place(session)
    touch(session, 1.0)
    session.unseen.restore_task()
    assert place(session) == start
    session.undo()
    assert place(session) == 1.0


def test_a_task_goes_to_the_front_of_the_gallery_and_stays_under_the_hand(session) -> None:
    touch(session, 1.5)
    before = list(session.unseen.gallery)
    session.unseen.send_to_gallery()
    assert session.unseen.gallery[0] is session.unseen.touched
    assert session.unseen.gallery[1:] == before[:-1]


def test_a_link_restores_settings_and_the_task_as_it_lies(session, open_session) -> None:
    session.change(shots=4)
    touch(session, 1.25)
    other = open_session()
    assert other.documents.open_link(session.documents.link())
    assert other.settings == session.settings
    assert np.array_equal(other.unseen.touched.support.x, session.unseen.touched.support.x)
    other.undo()
    assert other.settings.episodes.shots == 3


@pytest.mark.parametrize("shots", [3, 4], ids=["the same settings", "other ones"])
def test_a_sound_link_takes_back_what_was_said_of_a_damaged_one(shots, session, open_session) -> None:
    other = open_session()
    other.change(shots=shots)
    heard = Heard(session)
    assert not session.documents.open_link("metalearn:1:broken")
    assert session.documents.open_link(other.documents.link())
    assert (heard.messages[0].about, heard.messages[-1].about) == (REFUSAL, REFUSAL)
    assert heard.messages[-1].text == ""


@pytest.mark.parametrize("shots", [3, 4], ids=["the same settings", "other ones"])
def test_a_link_s_task_goes_and_comes_with_its_settings(shots, session, open_session) -> None:
    other = open_session()
    other.change(shots=shots)
    touch(other, 1.25)
    touch(session, 0.5)
    mine, gallery = session.unseen.touched, session.unseen.gallery
    session.documents.open_link(other.documents.link())
    for _ in range(2):
        assert np.array_equal(session.unseen.touched.support.y, other.unseen.touched.support.y)
        session.undo()
        assert session.settings.episodes.shots == 3
        assert np.array_equal(session.unseen.touched.support.y, mine.support.y)
        drawn = [task.query.y for task in session.unseen.gallery]
        assert all(map(np.array_equal, drawn, (task.query.y for task in gallery)))
        session.redo()
        assert session.settings.episodes.shots == shots


def test_an_undo_whose_data_have_gone_says_that_alone_and_keeps_the_task(session, open_session, monkeypatch) -> None:
    def refuse(settings: ExperimentSettings) -> None:
        raise SettingError("shops.csv: it is not there any more")

    other, said = open_session(), []
    other.change(task_family="blobs")
    session.documents.open_link(other.documents.link())
    task = session.unseen.touched
    session.messageRaised.connect(said.append)
    monkeypatch.setattr(ExperimentSettings, "check_data", refuse)
    session.undo()
    assert [message.text for message in said] == ["shops.csv: it is not there any more"]
    assert session.unseen.touched is task


def trained(session, qtbot, to: int):
    session.advance(to - session.live.iteration)
    qtbot.waitUntil(lambda: session.live.iteration == to and session.live.latest.iteration == to, timeout=30_000)
    return session.live.run_id


def test_the_trained_run_comes_back_with_the_settings_that_a_link_took_away(session, open_session, qtbot) -> None:
    run_id = trained(session, qtbot, 3)
    other = open_session()
    other.change(shots=4)
    session.documents.open_link(other.documents.link())
    assert session.shown.iteration == 0
    qtbot.waitUntil(lambda: session.run_state is RunState.IDLE, timeout=30_000)
    session.undo()
    assert session.settings.episodes.shots == 3
    assert (session.live.run_id, session.shown.run_id, session.shown.iteration) == (run_id, run_id, 3)
    assert session.shown_state.iteration == 3
    assert trained(session, qtbot, 5) == run_id
    assert len(session.live.curve("objective")) == 5


def test_the_run_that_was_shown_beside_the_live_one_is_shown_again(session, qtbot) -> None:
    run_id = trained(session, qtbot, 2)
    session.change(shots=4)
    session.show_run(run_id)
    session.change(shots=5, queries=4)
    assert session.shown is session.live
    session.undo()
    assert session.shown.run_id == run_id
    assert session.live.settings.episodes.shots == 4


def test_what_was_trained_after_a_change_comes_back_when_it_is_made_again(session, qtbot) -> None:
    first = trained(session, qtbot, 2)
    session.change(shots=4)
    second = trained(session, qtbot, 3)
    qtbot.waitUntil(lambda: session.run_state is RunState.PAUSED)
    session.undo()
    qtbot.waitUntil(lambda: session.run_state is RunState.IDLE, timeout=30_000)
    assert session.live.run_id == first
    session.redo()
    assert session.live.run_id == second
    assert [run.iteration for run in session.runs] == [2, 3]


def test_training_goes_on_with_the_run_that_an_undo_brings_back(session, qtbot) -> None:
    run_a_while(session, qtbot, 3)
    first = session.live.run_id
    session.change(shots=4)
    qtbot.waitUntil(lambda: session.live.run_id != first and session.live.iteration > 0, timeout=60_000)
    session.undo()
    assert (session.live.run_id, session.live.reason) == (first, "")
    reached = session.live.iteration
    qtbot.waitUntil(lambda: session.live.iteration > reached, timeout=60_000)
    assert session.run_state is RunState.RUNNING


def test_a_run_that_still_has_something_to_say_is_not_gone_on_with(session, qtbot) -> None:
    run_id = trained(session, qtbot, 2)
    session.toggle()
    session.change(shots=4)
    session.undo()
    assert session.live.run_id != run_id
    qtbot.waitUntil(lambda: session.live.iteration > 0, timeout=30_000)


def test_a_bad_link_changes_nothing_but_the_message_bar(session) -> None:
    said = []
    session.messageRaised.connect(said.append)
    before = session.settings
    assert not session.documents.open_link("metalearn:1:broken")
    assert session.settings is before
    assert "link" in said[-1].text
