"""What every test may rely on: no screen, no state of the person who runs it, nothing left behind."""

from __future__ import annotations

import atexit
import gc
import itertools
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from metalearn_gui import system_libraries

# Before PySide6 and TensorFlow are imported, by pytest-qt and by whatever a test imports.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["METALEARN_HOME"] = tempfile.mkdtemp(prefix="metalearn-tests-")
atexit.register(shutil.rmtree, os.environ["METALEARN_HOME"], ignore_errors=True)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

if problem := system_libraries.problem():
    print(problem, file=sys.stderr)
    sys.exit(2)

# Few examples, and no deadline on a machine that does other things too.
settings.register_profile("ours", deadline=None, max_examples=50)
settings.load_profile("ours")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml."""
    return ROOT


HOMES = itertools.count()


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and recovered sessions of one test are never those of another.

    Only a name: a folder for each of thousands of tests, of which few write, costs half a minute.
    """
    monkeypatch.setenv("METALEARN_HOME", str(tmp_path_factory.getbasetemp() / f"home-{next(HOMES)}"))


@pytest.fixture
def few_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Baselines choose among two rates, not nineteen, where a test asks nothing of the choice."""
    from tests.cheaper import choose_among_few_rates  # the engine, which not every test needs

    choose_among_few_rates(monkeypatch)


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not compiled runs as a graph, not op by op: where sessions ask the same few programs over and over."""
    from tests.cheaper import trace_what_is_not_compiled

    trace_what_is_not_compiled(monkeypatch)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> object:
    """pytest-qt's, with patience."""
    from tests.patience import PatientBot  # Qt, which the tests of the engine do without

    return PatientBot(request)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """A window still on the screen, or a thread still running, fails the test that made it."""
    threads = set(threading.enumerate())
    has_windows = "qapp" in request.fixturenames
    if has_windows:
        gc.collect()
        gc.freeze()  # what outlives the test, thousands of collected tests too, is not searched again after it
    yield
    if has_windows:
        _no_window_left()
    left = [thread for thread in threading.enumerate() if thread not in threads and not thread.daemon]
    left = [thread for thread in left if not thread.name.startswith("episodes")]  # one, for the whole process
    assert not left, f"threads still running: {left}"


def _no_window_left() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    left = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    for widget in left:
        widget.close()
        widget.deleteLater()
    assert not left, f"windows still shown: {left}"
    # A closed one would be dressed anew, a thousand widgets, before each test that follows.
    kept = [widget for widget in QApplication.topLevelWidgets() if type(widget).__name__ == "MainWindow"]
    for widget in kept:
        widget.deleteLater()
    assert not kept, f"windows closed and kept: {kept}"
