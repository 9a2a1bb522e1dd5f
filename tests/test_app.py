from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from metalearn_gui.app import open_window
from metalearn_gui.bridge.threads import busy_threads
from metalearn_gui.cli import main
from metalearn_gui.cli import window as window_command
from metalearn_gui.engine import Options, preset, training
from metalearn_gui.store.recovery import RecoveryFile, pending_recoveries
from metalearn_gui.store.session_file import SavedSession, save
from tests.store.sessions import trained_run

SMALL = ["--set", "hidden_dim=4", "--set", "meta_batch=2", "--set", "shots=3", "--set", "test_steps=2"]


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch: pytest.MonkeyPatch, few_rates: None) -> None:
    monkeypatch.setattr(training, "DEFAULT_OPTIONS", Options(compile=False, num_tasks=4))


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[list[QMainWindow]]:
    """Windows to close at the end; their worker has left then."""
    windows: list[QMainWindow] = []
    yield windows
    for window in windows:
        window.close()
        window.deleteLater()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=20_000)


def test_open_window_shows_the_first_steps_and_returns(opened: list[QMainWindow]) -> None:
    window = open_window()
    opened.append(window)
    assert window.isVisible()
    assert "MetaLearn Playground" in window.windowTitle()
    assert window.session.settings == preset("first-steps")


def test_the_worker_starts_once_the_window_is_painted(opened: list[QMainWindow], qtbot: QtBot) -> None:
    window = open_window(SMALL)
    opened.append(window)
    assert not window.session.can_run
    qtbot.waitUntil(lambda: window.session.can_run, timeout=30_000)
    assert [thread for thread in busy_threads() if thread == "meta_train"]
    assert QThread.currentThread().objectName() != "meta_train"


def test_a_preset_settings_and_run_are_taken_from_the_arguments(opened: list[QMainWindow], qtbot: QtBot) -> None:
    window = open_window(["--preset", "reptile", "--set", "seed=3", "--run", *SMALL])
    opened.append(window)
    assert window.session.settings.value("learner") == "reptile"
    assert window.session.settings.seed == 3
    qtbot.waitUntil(lambda: window.session.live.iteration > 2, timeout=60_000)
    qtbot.waitUntil(lambda: "learner" in window.session.unseen.adaptations, timeout=60_000)


def test_a_file_is_opened_and_named_in_the_title(opened: list[QMainWindow], tmp_path: Path) -> None:
    run = trained_run()
    save(tmp_path / "mine.metalearn", SavedSession([run], run.run_id, run.settings))
    window = open_window([str(tmp_path / "mine.metalearn")])
    opened.append(window)
    assert window.session.shown.iteration == run.iteration
    assert "mine.metalearn" in window.windowTitle()


def test_settings_beside_a_file_change_what_it_holds(opened: list[QMainWindow], tmp_path: Path) -> None:
    run, path = trained_run(), tmp_path / "mine.metalearn"
    save(path, SavedSession([run], run.run_id, run.settings))
    window = open_window([str(path), "--set", "shots=7"])
    opened.append(window)
    assert window.session.settings == run.settings.replaced(shots=7)
    window.session.undo()
    assert window.session.settings == run.settings


def test_settings_that_a_file_cannot_take_are_refused(tmp_path: Path, qapp: object, capsys) -> None:
    """Its own are asked, not those of a window without it."""
    settings, path = preset("blobs"), tmp_path / "mine.metalearn"
    save(path, SavedSession([], "", settings))
    with pytest.raises(SystemExit) as left:
        open_window([str(path), "--set", "amplitude_max=3"])
    assert left.value.code == 2
    assert "no setting 'amplitude_max' for maml on blobs" in capsys.readouterr().err


def test_settings_without_a_preset_change_what_a_window_begins_with(opened: list[QMainWindow]) -> None:
    window = open_window(["--set", "shots=7"])
    opened.append(window)
    assert window.session.settings == preset("first-steps").replaced(shots=7)


def test_a_session_left_behind_is_never_taken_up_unasked(opened: list[QMainWindow]) -> None:
    recovery, run = RecoveryFile(), trained_run()
    recovery.write(SavedSession([run], run.run_id, preset("reptile")))
    recovery.close()
    window = open_window()
    opened.append(window)
    assert window.session.settings == preset("first-steps")
    assert len(pending_recoveries()) == 1


def test_two_windows_live_side_by_side(opened: list[QMainWindow]) -> None:
    opened += [open_window(["--preset", "blobs", "--theme", "light"]), open_window(["--preset", "maml"])]
    assert [window.session.settings.value("task_family") for window in opened] == ["blobs", "sinusoid"]
    opened[0].close()
    assert opened[1].isVisible()


@pytest.mark.parametrize(
    "arguments", [["--preset", "no"], ["no.metalearn"], ["--set", "shots=0"], ["--screenshot", "a"]]
)
def test_bad_arguments_leave_with_2_after_one_line(
    arguments: list[str], qapp: object, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        open_window(arguments)
    assert left.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_without_a_display_open_window_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("metalearn_gui.display.is_absent", lambda: True)
    with pytest.raises(SystemExit):
        open_window()
    assert "QT_QPA_PLATFORM" in capsys.readouterr().err


def test_a_screenshot_shows_the_window_after_so_many_meta_iterations(qapp: object, tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    assert main(["--screenshot", str(picture), "--size", "1100x720", "--iterations", "3", *SMALL]) == 0
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1100, 720)


def test_a_saved_run_exports_its_task_as_a_picture(qapp: object, tmp_path: Path) -> None:
    run, path = trained_run(), tmp_path / "a.metalearn"
    save(path, SavedSession([run], run.run_id, run.settings))
    assert main(["export", str(path), "--format", "png", "--output", str(tmp_path / "a.png"), "--json"]) == 0
    assert QImage(str(tmp_path / "a.png")).width() == 1920


def test_without_a_display_the_preset_is_trained_and_rendered(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("metalearn_gui.display.is_absent", lambda: True)
    monkeypatch.setattr(window_command, "PICTURE_ITERATIONS", 3)
    assert main(SMALL) == 0
    assert "no display" in capsys.readouterr().out
    assert QImage(str(tmp_path / window_command.PICTURE)).width() == 1440


@pytest.mark.parametrize("reason", ["display", "system_libraries"])
def test_what_qt_would_abort_for_is_one_line(
    reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("metalearn_gui.display.is_absent", lambda: False)
    monkeypatch.setattr(f"metalearn_gui.{reason}.problem", lambda: "No window can be shown: do something")
    assert main([]) == 2
    assert capsys.readouterr().err == "metalearn-gui: No window can be shown: do something\n"


SEES_NO_QT = """
import sys
from metalearn_gui import display
display.problem = lambda: "no"
from metalearn_gui import __main__
from metalearn_gui.cli import main
assert main([]) == 2
assert not {"PySide6", "numpy", "rich", "tensorflow"} & sys.modules.keys()
"""


def test_the_display_is_looked_for_before_anything_heavy_is_imported(checkout: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SEES_NO_QT], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


IMPORTS_OF_THE_WINDOW = """
import sys
from metalearn_gui.app import open_window
window = open_window([])
assert window.isVisible()
heavy = {"tensorflow", "keras", "rich", "onnx", "tf2onnx", "safetensors"} & sys.modules.keys()
window.close()
sys.exit(str(heavy) if heavy else 0)
"""


def test_a_shown_window_has_imported_nothing_that_it_does_not_show(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS_OF_THE_WINDOW], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


READS_NO_SOURCES = """
import linecache
from metalearn_gui.app import open_window
window = open_window([])
import doctest
assert doctest.__file__ not in linecache.cache
"""


def test_no_source_of_what_is_imported_after_qt_is_kept(tmp_path, monkeypatch, checkout):
    monkeypatch.setenv("METALEARN_HOME", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", READS_NO_SOURCES], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


CLOSES_WHILE_IT_LOADS = """
from PySide6.QtWidgets import QApplication
from metalearn_gui.app import open_window
from metalearn_gui.bridge.threads import busy_threads
window = open_window([])
while not busy_threads():
    QApplication.processEvents()
window.close()
"""


def test_a_process_that_ends_while_tensorflow_loads_ends_well(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CLOSES_WHILE_IT_LOADS], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


COMPILES_FOR_EVER_AND_WRITES = """
import sys, threading, time
from pathlib import Path
from metalearn_gui.bridge import threads
threads.EXIT_SECONDS = 3600.0
def write():
    time.sleep(0.5)
    Path(sys.argv[1]).write_text("whole")
threads.Thread("compiling", threading.Event().wait).begin()
threads.Thread("writing", write, writes=True).begin()
threads.leave_soon()
"""


def test_the_end_of_the_window_s_process_waits_for_what_is_written_and_for_no_compilation(
    checkout: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    command = [sys.executable, "-c", COMPILES_FOR_EVER_AND_WRITES, str(kept)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert kept.read_text() == "whole"


SAYS_WHEN_IT_LISTENS = """
import sys
from metalearn_gui import app
from metalearn_gui.cli import main
close_on_signals = app._close_on_signals
app._close_on_signals = lambda window: (close_on_signals(window), print("ready", flush=True))[0]
sys.exit(main([]))
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window(number: signal.Signals, checkout: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SAYS_WHEN_IT_LISTENS],
        cwd=checkout, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")
