from __future__ import annotations

import dataclasses
import operator
import os
import shutil
import threading
import time

import numpy as np
import pytest

from metalearn_gui.bridge import files
from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.session import Session
from metalearn_gui.bridge.threads import busy_threads
from metalearn_gui.engine import Options, preset
from metalearn_gui.engine.episodes import Tasks
from metalearn_gui.store import session_file
from metalearn_gui.store.home import recovery_folder
from metalearn_gui.store.recovery import MOST, RecoveryFile, discard, pending_recoveries
from metalearn_gui.store.session_file import SavedSession
from tests.bridge.conftest import OPTIONS, Heard, small_settings
from tests.bridge.test_course import run_a_while, run_to
from tests.store.sessions import SMALL, trained_run


def test_a_saved_session_goes_on_bit_for_bit(open_session, session, qtbot, tmp_path) -> None:
    path = str(tmp_path / "one.metalearn")
    run_to(session, qtbot, 3)
    session.unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    assert session.documents.is_dirty
    assert session.documents.save(path)
    assert (session.documents.path, session.documents.is_dirty) == (path, False)
    run_to(session, qtbot, 5)
    other = open_session(small_settings(hidden_dim=7))
    assert other.documents.open(path)
    assert other.documents.path == path
    assert not other.documents.is_dirty
    assert other.settings == session.settings
    assert np.array_equal(other.unseen.touched.support.y, session.unseen.touched.support.y)
    assert other.live.iteration == 3
    run_to(other, qtbot, 5)
    assert np.array_equal(other.live.curve("objective"), session.live.curve("objective"))


def test_saving_while_it_trains_keeps_a_state_and_its_curve(open_session, session, qtbot, tmp_path) -> None:
    path = str(tmp_path / "one.metalearn")
    run_a_while(session, qtbot, 10)
    assert session.documents.save(path)
    assert session.run_state is RunState.RUNNING
    other = open_session()
    other.documents.open(path)
    assert len(other.live.curve("objective")) == other.live.iteration == other.live.latest.iteration


def test_a_file_that_cannot_be_read_changes_nothing_but_the_message_bar(session, qtbot, tmp_path) -> None:
    heard, live = Heard(session), session.live
    bad = tmp_path / "bad.metalearn"
    bad.write_bytes(b"no session")
    assert not session.documents.open(str(bad))
    assert not session.documents.open(str(tmp_path / "none.metalearn"))
    assert not session.documents.save(str(tmp_path / "no folder" / "x.metalearn"))
    assert session.live is live
    assert len(heard.messages) == 3
    assert all("\n" not in message.text for message in heard.messages)


def test_a_run_that_was_shown_beside_the_live_one_is_shown_with_its_own_rates_again(
    open_session, session, qtbot, tmp_path
) -> None:
    path = str(tmp_path / "one.metalearn")
    run_to(session, qtbot, 1)
    old = session.live
    session.reset()
    session.change(inner_learning_rate=0.05)
    session.show_run(old.run_id)
    session.documents.save(path)
    other = open_session()
    heard = Heard(other)
    assert other.documents.open(path)
    assert (other.live.run_id, other.shown.run_id) == (session.live.run_id, old.run_id)
    assert other.shown_settings == session.shown_settings
    assert heard.messages[-1].action == "restore_shown"


def test_settings_that_fit_no_run_are_opened_with_a_fresh_one(open_session, session, qtbot, tmp_path) -> None:
    path = str(tmp_path / "one.metalearn")
    run_to(session, qtbot, 1)
    old = session.live
    session.change(hidden_dim=6)
    session.show_run(old.run_id)
    session.documents.save(path)
    other = open_session()
    other.documents.open(path)
    assert other.settings.value("hidden_dim") == 6
    assert other.live.iteration == 0
    assert other.shown.run_id == old.run_id


def test_unsaved_work_is_offered_at_the_next_start(open_session, session, qtbot) -> None:
    run_to(session, qtbot, 2)
    run = session.live
    session.close()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=5000)
    assert len(pending_recoveries()) == 1
    later = Session(small_settings(), options=OPTIONS)
    heard = Heard(later)
    later.start()
    assert heard.messages[0].action == "documents.open_recovery"
    assert heard.messages[0].text.startswith(
        f"The last session was closed before it was saved: MAML · Sinusoid · {run.iteration} of "
    )
    assert later.live.iteration == 0
    later.documents.open_recovery()
    qtbot.waitUntil(lambda: later.live.run_id == run.run_id, timeout=10_000)
    assert np.array_equal(later.live.curve("objective"), run.curve("objective"))
    assert later.documents.is_dirty
    assert later.documents.path == ""
    later.close()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=60_000)
    assert len(pending_recoveries()) == 1


@pytest.mark.parametrize("work", [lambda session: session.step(), lambda session: session.load_preset("maml")])
def test_an_offer_of_unsaved_work_goes_with_the_first_work_on_this_session(open_session, session, qtbot, work) -> None:
    run_to(session, qtbot, 2)
    session.close()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=5000)
    later = open_session()
    heard = Heard(later)
    later.documents.offer_recoveries()
    later.unseen.new_task()
    later.advanced.emit()
    assert [message.action for message in heard.messages] == ["documents.open_recovery"]
    work(later)
    qtbot.waitUntil(lambda: heard.messages[-1].text == "", timeout=30_000)
    assert heard.messages[-1].action == ""
    later.documents.ask_for_recoveries()
    assert heard.messages[-1].action == "documents.open_recovery"


def test_unsaved_work_is_offered_again_when_it_is_asked_for(open_session, session, qtbot) -> None:
    run_to(session, qtbot, 2)
    run = session.live
    session.close()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=5000)
    later = open_session()
    heard = Heard(later)
    later.documents.ask_for_recoveries()
    assert heard.messages[-1].action == "documents.open_recovery"
    later.documents.open_recovery()
    qtbot.waitUntil(lambda: later.live.run_id == run.run_id, timeout=10_000)
    qtbot.waitUntil(lambda: not pending_recoveries(), timeout=5000)
    later.documents.ask_for_recoveries()
    assert heard.messages[-1].text == "No other session was left unsaved."
    assert heard.messages[-1].action == ""


def test_unsaved_sessions_go_to_the_trash_when_nobody_wants_them(session, tmp_path, monkeypatch) -> None:
    run, heard, trash = trained_run(), Heard(session), tmp_path / "trash"
    for _ in range(2):
        recovery = RecoveryFile()
        recovery.write(SavedSession([run], run.run_id, run.settings))
        recovery.close()
    monkeypatch.setattr(files.QFile, "moveToTrash", lambda path: False)  # a system without one
    session.documents.throw_recoveries_away()
    assert "cannot be moved to the trash" in heard.messages[-1].text
    assert len(pending_recoveries()) == 2
    trash.mkdir()
    monkeypatch.setattr(files.QFile, "moveToTrash", lambda path: bool(shutil.move(path, trash)))
    session.documents.throw_recoveries_away()
    assert heard.messages[-1].text == "Unsaved sessions moved to the trash: 2"
    assert (pending_recoveries(), list(recovery_folder().iterdir()), len(list(trash.iterdir()))) == ([], [], 2)
    session.documents.throw_recoveries_away()
    assert heard.messages[-1].text == "No other session was left unsaved."


def test_of_many_unsaved_sessions_the_oldest_go_to_the_trash_where_there_is_one(session, tmp_path, monkeypatch) -> None:
    run, trash = trained_run(), tmp_path / "trash"
    trash.mkdir()
    for _ in range(MOST + 2):
        recovery = RecoveryFile()
        recovery.write(SavedSession([run], run.run_id, run.settings))
        recovery.close()
    monkeypatch.setattr(files.QFile, "moveToTrash", lambda path: False)
    assert len(session.documents.recoveries()) == MOST + 2
    monkeypatch.setattr(files.QFile, "moveToTrash", lambda path: bool(shutil.move(path, trash)))
    assert len(session.documents.recoveries()) == MOST
    assert len(list(trash.iterdir())) == 2


def test_a_folder_that_takes_no_unsaved_work_is_told_in_plain_words(open_session, qtbot, tmp_path, monkeypatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("METALEARN_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(files, "AUTOSAVE_MS", 100)
    session = open_session()
    heard = Heard(session)
    run_to(session, qtbot, 1)
    qtbot.waitUntil(lambda: bool(heard.messages), timeout=5000)
    assert heard.messages[-1].text.startswith(f"{tmp_path / 'file'}")
    assert heard.messages[-1].text.endswith("save the session, or set METALEARN_HOME to another folder")
    said = len(heard.messages)
    for iteration in (2, 3):
        run_to(session, qtbot, iteration)
        qtbot.wait(300)
    assert not [message for message in heard.messages[said:] if message.text]  # once is enough


def test_each_of_several_unsaved_sessions_is_offered_newest_first(qapp, qtbot) -> None:
    runs = [trained_run(), trained_run(preset("fomaml").replaced(**SMALL))]
    for age, run in zip((2000, 1000), runs, strict=True):
        recovery = RecoveryFile()
        recovery.write(SavedSession([run], run.run_id, run.settings))
        recovery.close()
        path = max(recovery_folder().glob("*.metalearn"), key=lambda path: path.stat().st_mtime)
        os.utime(path, (time.time() - age,) * 2)
    session = Session(small_settings(), options=OPTIONS)
    heard = Heard(session)
    session.start()
    assert heard.messages[0].text == "2 sessions were closed before they were saved."
    assert (heard.messages[0].action, heard.messages[0].choices) == ("documents.open_recovery", "documents.recoveries")
    newest, older = session.documents.recoveries()
    assert newest.startswith(f"FOMAML · Sinusoid · {runs[1].iteration} of ")
    assert older.startswith(f"MAML · Sinusoid · {runs[0].iteration} of ")
    discard(pending_recoveries()[0])  # another window took it up meanwhile
    session.documents.open_recovery(0)
    assert "another window" in heard.messages[-1].text
    session.documents.open_recovery(1)
    qtbot.waitUntil(lambda: session.live.run_id == runs[0].run_id, timeout=10_000)
    session.close()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=60_000)


def test_opening_a_file_keeps_unsaved_work_and_the_message_brings_it_back(session, qtbot, tmp_path) -> None:
    path, other = str(tmp_path / "other.metalearn"), trained_run()
    session_file.save(path, SavedSession([other], other.run_id, other.settings))
    run_to(session, qtbot, 2)
    unsaved, heard = session.live, Heard(session)
    assert session.documents.open(path)
    assert (session.live.run_id, session.documents.is_dirty) == (other.run_id, False)
    qtbot.waitUntil(lambda: bool(heard.messages), timeout=10_000)
    assert heard.messages[-1].text == "The session before was kept unsaved."
    operator.attrgetter(heard.messages[-1].action)(session)()
    qtbot.waitUntil(lambda: session.live.run_id == unsaved.run_id, timeout=10_000)
    assert np.array_equal(session.live.curve("objective"), unsaved.curve("objective"))
    assert (session.documents.path, session.documents.is_dirty) == ("", True)


def test_two_unsaved_sessions_change_places(session, qtbot) -> None:
    other = trained_run()
    recovery = RecoveryFile()
    recovery.write(SavedSession([other], other.run_id, other.settings))
    recovery.close()
    run_to(session, qtbot, 2)
    unsaved, heard = session.live.run_id, Heard(session)
    for wanted, kept in ((other.run_id, 1), (unsaved, 2)):
        session.documents.open_recovery()
        qtbot.waitUntil(lambda wanted=wanted: session.live.run_id == wanted, timeout=10_000)
        qtbot.waitUntil(lambda kept=kept: _number_kept(heard) == kept, timeout=10_000)
        qtbot.waitUntil(lambda: len(pending_recoveries()) == 1, timeout=10_000)
    assert session_file.load(pending_recoveries()[0].path).runs[0].run_id == other.run_id


def _number_kept(heard: Heard) -> int:
    return sum(message.text == "The session before was kept unsaved." for message in heard.messages)


def test_a_saved_session_makes_way_without_a_word(session, qtbot, tmp_path) -> None:
    path = str(tmp_path / "one.metalearn")
    run_to(session, qtbot, 1)
    assert session.documents.save(path)
    heard = Heard(session)
    assert session.documents.open(path)
    session.close()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=5000)
    assert (pending_recoveries(), heard.messages) == ([], [])


def test_saved_or_untouched_work_leaves_nothing_to_recover(open_session, session, qtbot, tmp_path) -> None:
    untouched = open_session()
    untouched.change(shots=2)
    untouched.close()
    run_to(session, qtbot, 1)
    session.documents.save(str(tmp_path / "one.metalearn"))
    session.close()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=5000)
    assert pending_recoveries() == []


def test_unsaved_work_is_kept_while_it_goes_on(monkeypatch, open_session, qtbot) -> None:
    monkeypatch.setattr(files, "AUTOSAVE_MS", 100)
    session = open_session()
    run_a_while(session, qtbot, 5)
    folder = recovery_folder()
    qtbot.waitUntil(lambda: bool(list(folder.glob("*.metalearn"))), timeout=10_000)
    assert pending_recoveries() == []  # it belongs to a session that is open


def test_closing_while_it_trains_loses_nothing(open_session, session, qtbot) -> None:
    run_a_while(session, qtbot, 5)
    session.close()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=5000)
    reached, run_id = session.live.latest.iteration, session.live.run_id
    assert reached >= 4
    later = open_session()
    later.documents.open_recovery()
    qtbot.waitUntil(lambda: later.live.run_id == run_id, timeout=10_000)
    assert later.live.iteration == later.live.latest.iteration
    assert later.live.iteration == reached


def test_closing_does_not_wait_until_tensorflow_has_compiled(open_session, qtbot) -> None:
    session = open_session(small_settings(hidden_dim=9), Options(compile=True, baselines=False, evaluate=False))
    session.toggle()
    qtbot.waitUntil(lambda: session.can_run, timeout=60_000)
    qtbot.wait(100)
    assert session.run_state is RunState.PREPARING
    session.close()
    assert "meta_train" in busy_threads()


def test_sessions_open_and_close_twenty_times(qapp, qtbot) -> None:
    for _ in range(20):
        session = Session(small_settings())
        session.start()
        session.step()
        session.close()
        session.deleteLater()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=60_000)


def without_parameter(path: str, name: str) -> None:
    """Make a file one of a version whose tasks did not have this parameter yet."""
    saved = session_file.load(path)
    old = [Tasks({key: values for key, values in one.tasks.parameters.items() if key != name}) for one in saved.touched]
    touched = [dataclasses.replace(one, tasks=tasks) for one, tasks in zip(saved.touched, old, strict=True)]
    session_file.save(path, dataclasses.replace(saved, touched=touched))


def test_points_of_a_file_from_before_tasks_had_a_frequency_lie_where_they_lay(session, open_session, tmp_path) -> None:
    path = str(tmp_path / "old.metalearn")
    session.unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    session.documents.save(path)
    without_parameter(path, "frequency")
    other = open_session()
    heard = Heard(other)
    assert other.documents.open(path)
    assert np.array_equal(other.unseen.touched.support.y, session.unseen.touched.support.y)
    assert np.array_equal(other.unseen.touched.truth, session.unseen.touched.truth)
    assert heard.messages == []


def test_tasks_that_lack_what_nobody_can_know_are_drawn_anew_and_one_line_says_so(
    session, open_session, tmp_path
) -> None:
    path = str(tmp_path / "old.metalearn")
    session.unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    session.documents.save(path)
    without_parameter(path, "phase")
    other = open_session()
    heard = Heard(other)
    assert other.documents.open(path)
    assert not np.array_equal(other.unseen.touched.support.y, session.unseen.touched.support.y)
    assert other.unseen.touched.truth is not None
    assert [message.text for message in heard.messages] == [
        "The file's unseen tasks do not fit its run; others are drawn instead."
    ]


def test_a_refused_wish_is_over_once_another_one_is_granted(open_session, tmp_path) -> None:
    session = open_session()
    bad = tmp_path / "bad.metalearn"
    bad.write_text("nothing")
    session.change(shots=3)
    heard = Heard(session)
    for refuse, grant in (
        (lambda: session.change(shots=0), lambda: session.change(shots=4)),
        (lambda: session.documents.open(str(bad)), session.undo),
    ):
        refuse()
        assert heard.messages[-1].level == "warning"
        grant()
        assert heard.messages[-1].level == "info"  # nothing, or what was undone
        heard.messages.clear()


def test_a_failed_save_is_over_once_the_session_is_saved_and_not_before(open_session, tmp_path) -> None:
    session = open_session()
    heard = Heard(session)
    assert not session.documents.save(str(tmp_path / "none" / "one.metalearn"))
    session.change(shots=4)
    assert [message.level for message in heard.messages] == ["warning"]
    assert session.documents.save(str(tmp_path / "one.metalearn"))
    assert heard.messages[-1].text == ""


def waits(monkeypatch, name: str) -> threading.Event:
    """The disk answers once this is set."""
    goes_on, real = threading.Event(), getattr(session_file, name)

    def slow(*given):
        goes_on.wait(20.0)
        return real(*given)

    monkeypatch.setattr(session_file, name, slow)
    return goes_on


def test_the_window_goes_on_while_its_session_is_written(session, qtbot, tmp_path, monkeypatch) -> None:
    path, goes_on, heard = str(tmp_path / "one.metalearn"), waits(monkeypatch, "save"), Heard(session)
    run_to(session, qtbot, 2)
    session.documents.save_soon(path)
    assert session.documents.is_dirty
    qtbot.waitUntil(lambda: bool(heard.messages), timeout=5000)
    assert heard.messages[-1].text == "Saving ..."
    goes_on.set()
    qtbot.waitUntil(lambda: session.documents.path == path, timeout=5000)
    assert not session.documents.is_dirty
    assert heard.messages[-1].text == ""
    assert session_file.load(path).shown.iteration == 2


def test_what_is_done_while_a_session_is_written_is_unsaved(session, qtbot, tmp_path, monkeypatch) -> None:
    path, goes_on = str(tmp_path / "one.metalearn"), waits(monkeypatch, "save")
    run_to(session, qtbot, 2)
    session.documents.save_soon(path)
    session.rename_run(session.live.run_id, "later")
    goes_on.set()
    qtbot.waitUntil(lambda: session.documents.path == path, timeout=5000)
    assert session.documents.is_dirty
    assert session_file.load(path).shown.name == ""


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_window_that_closes_while_its_session_is_written_loses_nothing(
    session, qtbot, tmp_path, monkeypatch, is_changed
) -> None:
    path, goes_on = tmp_path / "one.metalearn", waits(monkeypatch, "save")
    run_to(session, qtbot, 2)
    session.documents.save_soon(str(path))
    if is_changed:
        session.rename_run(session.live.run_id, "later")
    session.close()
    goes_on.set()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=10_000)
    assert session_file.load(path).shown.iteration == 2
    assert len(pending_recoveries()) == is_changed


def test_a_session_that_cannot_be_written_stays_unsaved_and_says_so(session, qtbot, tmp_path) -> None:
    heard = Heard(session)
    run_to(session, qtbot, 2)
    session.documents.save_soon(str(tmp_path / "no folder" / "x.metalearn"))
    qtbot.waitUntil(lambda: bool(heard.messages), timeout=5000)
    assert "cannot be written" in heard.messages[-1].text
    assert (session.documents.path, session.documents.is_dirty) == ("", True)


def test_the_window_goes_on_while_a_session_is_read_and_takes_it_up_then(
    session, open_session, qtbot, tmp_path, monkeypatch
) -> None:
    path = str(tmp_path / "one.metalearn")
    run_to(session, qtbot, 2)
    assert session.documents.save(path)
    goes_on, other = waits(monkeypatch, "check_header"), open_session()
    other.documents.open_soon(path)
    other.change(shots=4)
    assert other.live.run_id != session.live.run_id
    goes_on.set()
    qtbot.waitUntil(lambda: other.documents.path == path, timeout=10_000)
    assert other.live.run_id == session.live.run_id
    assert other.settings == session.settings


def test_a_session_whose_reading_is_cancelled_is_not_taken_up(session, qtbot, tmp_path, monkeypatch) -> None:
    path = str(tmp_path / "one.metalearn")
    assert session.documents.save(path)
    session.change(shots=4)
    live, goes_on = session.live, waits(monkeypatch, "check_header")
    session.documents.open_soon(path)
    session.documents.cancel_opening()
    goes_on.set()
    qtbot.wait(200)
    assert session.live is live


def test_a_file_that_is_no_session_is_refused_in_one_line_without_stopping_the_window(session, qtbot, tmp_path) -> None:
    heard, live = Heard(session), session.live
    (tmp_path / "bad.metalearn").write_bytes(b"no session")
    session.documents.open_soon(str(tmp_path / "bad.metalearn"))
    qtbot.waitUntil(lambda: any(message.text for message in heard.messages), timeout=5000)
    assert "is not a session file" in heard.messages[-1].text
    assert session.live is live
