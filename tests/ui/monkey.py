"""A monkey at the window: clicks, drags, keys, drops, sizes and themes at random, while training runs.

`python -m tests.ui.monkey --events 10000 --seed 1` is the long form; tests/ui/test_monkey.py a short one.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import functools
import gc
import importlib
import json
import os
import random
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import psutil
import shiboken6
from PySide6.QtCore import QEventLoop, QMimeData, QPoint, QPointF, Qt, QTimer, QtMsgType, QUrl, qInstallMessageHandler
from PySide6.QtGui import QDropEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine import Options, preset
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.export import EXPORTERS
from metalearn_gui.engine.memory import return_free_memory
from metalearn_gui.engine.programs import PROGRAMS
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.subject import export_subject
from metalearn_gui.ui.actions import COMMANDS
from metalearn_gui.ui.application import build_application
from metalearn_gui.ui.canvas.handles import HandleSurface
from metalearn_gui.ui.export.writing import write_all
from metalearn_gui.ui.main_window import MainWindow
from metalearn_gui.ui.theme import theme
from metalearn_gui.ui.veil import Veil
from metalearn_gui.ui.view import View
from metalearn_gui.ui.views import VIEWS
from tests.ui.growth import counts, told

PARTS = (HandleSurface, View, Veil)
OF_EVERY_KIND = ("first-steps", "blobs", "article", "denoise", "fedavg", "glyphs", "ratings")  # presets, by their tasks
SIZES = {"hidden_dim": 8, "num_hidden_layers": 1, "meta_batch": 2, "num_channels": 8, "embedding_dim": 4}
MOST_TOP_LEVELS = 6
TELL_EVERY = 500
SLOWEST = 20  # kinds of event
LAST = 19  # of the system's priorities
LOOK_MS, MOST_WAITS, LOOKS_AT_REST = 500, 240, 4
AT_REST = ("threading.py", "runner.py", "thread.py")  # where a thread of Python that waits for work stands
COMPARED = 1440, 900  # the window's size when memory is compared: a larger one's picture alone takes 6 MB more
NONE = Qt.KeyboardModifier.NoModifier
LOOK_EVERY = 10  # events: to go through all widgets takes as long as a few of them
KEYS = [
    Qt.Key.Key_Space, Qt.Key.Key_S, Qt.Key.Key_R, Qt.Key.Key_N, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up,
    Qt.Key.Key_Down, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Delete,
    Qt.Key.Key_Insert, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_1, Qt.Key.Key_2,
    Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F11, Qt.Key.Key_A, Qt.Key.Key_G,
]  # fmt: skip
WITH_CONTROL = [Qt.Key.Key_Z, Qt.Key.Key_K, Qt.Key.Key_F, Qt.Key.Key_V, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_G]
NEVER = {"throw_away", "quit"}  # the one fills a person's trash, the other ends the walk
TABLE = "shop,price,sold\n" + "\n".join(f"{row % 7},{row},{2 * row + row % 7}" for row in range(140))


class Monkey:
    """Everything it does follows from the seed and from what is on the screen.

    `presets` are loaded now and then: tasks of another kind have another canvas, and take long to train on.
    `slowest` holds the most that one event of a kind took of this thread, in ms of its own time.
    """

    def __init__(self, window: MainWindow, seed: int, folder: Path, presets: tuple[str, ...] = ()) -> None:
        self._window, self._chance = window, random.Random(seed)
        self._files = self._written(folder)
        self._commands = [command for command in COMMANDS if command.key not in NEVER]
        self.last, self.gone = "", 0
        self._top: QWidget = window
        self.slowest: dict[str, int] = {}
        self.ran: set[str] = set()
        self._tried: collections.Counter[str] = collections.Counter()
        self.shown: set[str] = set()
        for key, action in window.commands.by_key.items():
            action.triggered.connect(functools.partial(self._note_command, key))
        self._deeds: list[tuple[float, Callable[[], None]]] = [
            (30, self._click), (12, self._drag), (4, self._double_click), (14, self._key), (6, self._control),
            (5, self._wheel), (4, self._type), (3, self._resize), (2, self._theme), (3, self._view), (2, self._drop),
            (4, self._command), (6, self._keep_training), (3, self._tidy),
            *((1 / len(presets), functools.partial(self.show_tasks, key)) for key in presets),
        ]  # fmt: skip

    def act(self) -> None:
        """One event, and what Qt makes of it."""
        deed = self._chance.choices([one for _, one in self._deeds], [weight for weight, _ in self._deeds])[0]
        self.last = getattr(deed, "__name__", "show_tasks")
        begun = time.thread_time()
        deed()
        QApplication.processEvents()
        spent = round(1000 * (time.thread_time() - begun))
        self.slowest[self.last] = max(spent, self.slowest.get(self.last, 0))

    def look(self) -> None:
        """Note which canvases, views, sheets and windows are in sight."""
        for one in QApplication.allWidgets():
            # Python may collect one of them, an owner of others, while they are gone through.
            if shiboken6.isValid(one) and one.isVisible() and (isinstance(one, PARTS) or one.isWindow()):
                self.shown.add(type(one).__name__)

    def show_everything(self) -> None:
        """Every kind of task in every view, trained a little, in both themes, and every command.

        What is made once and kept is there afterwards.
        """
        for preset_key in (*OF_EVERY_KIND, ""):
            self.show_tasks(preset_key)
            for view_key in VIEWS:
                self._window.show_view(view_key)
                self._keep_training()
                wait(300)
                self.look()
            self._window.show_task()
            wait(1000)
            self.look()
        for mode in ("light", "dark"):
            theme().set_mode(mode)
            wait(500)
        for command in self._commands:
            self._window.commands.by_key[command.key].trigger()
            wait(50)
            self._tidy()
        self._export_everything()

    def _export_everything(self) -> None:
        """In every format: the libraries that write them are loaded once and stay."""
        subject = export_subject(self._window.session.shown)
        with tempfile.TemporaryDirectory() as name:
            paths = {key: Path(name) / exporter.file_name for key, exporter in EXPORTERS.items()}
            collections.deque(write_all(subject, {}, paths, Gate()), maxlen=0)

    def show_tasks(self, preset_key: str) -> None:
        """A preset's tasks; "" = those of the table."""
        session = self._window.session
        self.last = f"show_tasks {preset_key}"
        if preset_key:
            session.set_settings(small(preset_key))
        else:
            session.set_settings(small("first-steps"))
            session.change(task_family="csv", data=self._files[0], task_column="shop", inputs="price", targets="sold")

    def missed(self) -> dict[str, list[str]]:
        """Commands that never ran, and canvases, views and sheets that were never seen."""
        parts = {one.__name__ for base in PARTS for one in _leaves(base)}
        commands = {command.key for command in self._commands}
        return {"commands": sorted(commands - self.ran), "parts": sorted(parts - self.shown)}

    def _note_command(self, key: str) -> None:
        self.ran.add(key)

    @staticmethod
    def _written(folder: Path) -> list[str]:
        table, nonsense = folder / "shops.csv", folder / "nonsense.metalearn"
        table.write_text(TABLE, encoding="utf-8")
        nonsense.write_bytes(b"SQLite format 3\0" + bytes(200))
        picture = folder / "picture.png"
        image = QImage(28, 28, QImage.Format.Format_Grayscale8)
        image.fill(200)
        image.save(str(picture))
        return [str(table), str(nonsense), str(folder), str(picture), str(folder / "saved.metalearn")]

    # --- where ------------------------------------------------------------------------------------

    def _target(self) -> tuple[QWidget, QPoint]:
        """A widget in sight and a place in it; pop-ups first, as for a person."""
        popup = QApplication.activePopupWidget()
        tops = [popup] if popup else [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        top = self._window if not tops or (self._chance.random() < 0.8 and popup is None) else self._chance.choice(tops)
        at = QPoint(self._chance.randrange(max(1, top.width())), self._chance.randrange(max(1, top.height())))
        self._top = top  # shiboken takes a child that Qt made for gone with the last name of its parent
        widget = top.childAt(at) or top
        return widget, widget.mapFrom(top, at) if widget is not top else at

    # --- deeds --------------------------------------------------------------------------------------

    def _click(self) -> None:
        widget, at = self._target()
        button = Qt.MouseButton.RightButton if self._chance.random() < 0.12 else Qt.MouseButton.LeftButton
        self._press_and_release(widget, button, at)

    def _double_click(self) -> None:
        widget, at = self._target()
        left = Qt.MouseButton.LeftButton
        self._press_and_release(widget, left, at)
        if self._lives(widget):
            QTest.mouseDClick(widget, left, NONE, at)
        if self._lives(widget):
            QTest.mouseRelease(widget, left, NONE, at)

    def _drag(self) -> None:
        widget, at = self._target()
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, NONE, at)
        for _ in range(self._chance.randint(1, 5)):
            at += QPoint(self._chance.randint(-60, 60), self._chance.randint(-60, 60))
            if self._lives(widget):
                QTest.mouseMove(widget, at)
            QApplication.processEvents()
        if self._lives(widget):
            QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, NONE, at)

    def _key(self) -> None:
        self._strike(self._chance.choice(KEYS))

    def _control(self) -> None:
        held = self._chance.choice([Qt.KeyboardModifier.ControlModifier] * 3 + [CONTROL_SHIFT])
        self._strike(self._chance.choice(WITH_CONTROL), held)

    def _type(self) -> None:
        for letter in self._chance.choice(["3", "0.01", "rate", "shots 5", "-1", "nan", "x", ">un", "tanh"]):
            self._strike(letter)

    def _press_and_release(self, widget: QWidget, button: Qt.MouseButton, at: QPoint) -> None:
        QTest.mousePress(widget, button, NONE, at)
        if self._lives(widget):
            QTest.mouseRelease(widget, button, NONE, at)

    def _strike(self, key: Qt.Key | str, held: Qt.KeyboardModifier = NONE) -> None:
        widget = QApplication.focusWidget() or self._window
        QTest.keyPress(widget, key, held)
        if self._lives(widget):
            QTest.keyRelease(widget, key, held)

    def _lives(self, widget: QWidget) -> bool:
        """Whether a press left its widget in sight: the system lets go of what is gone, QTest would send to it."""
        lives = shiboken6.isValid(widget) and widget.isVisible()
        self.gone += not lives
        return lives

    def _wheel(self) -> None:
        widget, at = self._target()
        place, turn = QPointF(at), QPoint(0, self._chance.choice([-120, 120]))
        event = QWheelEvent(
            place, QPointF(widget.mapToGlobal(at)), QPoint(), turn, Qt.MouseButton.NoButton,
            NONE, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)

    def _drop(self) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(self._chance.choice(self._files))])
        action = Qt.DropAction.CopyAction
        widget, at = self._target()
        place = QPointF(at)
        while not widget.acceptDrops() and (parent := widget.parentWidget()) is not None:
            widget, place = parent, widget.mapToParent(place)
        event = QDropEvent(place, action, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(widget, event)

    def _resize(self) -> None:
        self._window.resize(self._chance.randint(1024, 2200), self._chance.randint(700, 1300))

    def _theme(self) -> None:
        theme().set_mode(self._chance.choice(["dark", "light"]))

    def _view(self) -> None:
        self._window.show_view(self._chance.choice(list(VIEWS)))

    def _command(self) -> None:
        """One of those that were tried least: clicks and keys come upon a few again and again."""
        keys = [command.key for command in self._commands]
        self._chance.shuffle(keys)
        key = min(keys, key=self._tried.__getitem__)
        self._tried[key] += 1
        self.last = key
        self._window.commands.by_key[key].trigger()

    def _keep_training(self) -> None:
        session = self._window.session
        if session.can_run and session.run_state in (RunState.IDLE, RunState.PAUSED):
            session.toggle()
        wait(15)

    def _tidy(self) -> None:
        """Close what has piled up: a person has one pair of eyes."""
        others = [one for one in QApplication.topLevelWidgets() if one.isVisible() and one is not self._window]
        if QApplication.activePopupWidget() or len(others) > MOST_TOP_LEVELS:
            for one in others:
                one.close()


def _leaves(kind: type) -> list[type]:
    """The classes below this one that have none below them; itself where there are none."""
    return [leaf for below in kind.__subclasses__() for leaf in _leaves(below)] or [kind]


def wait(milliseconds: int) -> None:
    """Let the window and its threads work; QTest's own waiting holds Python's lock, and nothing would train."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@contextlib.contextmanager
def answers(folder: Path, chance: random.Random) -> Iterator[None]:
    """System dialogs wait for a person; here each is answered at once with a file of a folder, or cancelled.

    A window that is told to quit, by a press in the menu or the palette, stays: all that comes is to happen to it.
    """
    names = ("getOpenFileName", "getSaveFileName", "getExistingDirectory")
    kept = {name: getattr(QFileDialog, name) for name in names}
    QFileDialog.getOpenFileName = staticmethod(lambda *_, **__: (chance.choice(["", *map(str, folder.iterdir())]), ""))
    QFileDialog.getSaveFileName = staticmethod(lambda *_, **__: (chance.choice(["", str(folder / "saved")]), ""))
    QFileDialog.getExistingDirectory = staticmethod(lambda *_, **__: chance.choice(["", str(folder)]))
    try:
        with mock.patch.object(MainWindow, "close", return_value=False):
            yield
    finally:
        for name, function in kept.items():
            setattr(QFileDialog, name, function)


def let_the_window_go_first() -> None:
    """Uncompiled work holds the interpreter: of a busy machine's time four fifths went to it (Linux)."""
    for thread in psutil.Process().threads() if sys.platform == "linux" else ():
        if thread.id != os.getpid():
            with contextlib.suppress(ProcessLookupError):  # it has ended
                os.setpriority(os.PRIO_PROCESS, thread.id, LAST)


def small(preset_key: str) -> ExperimentSettings:
    """A preset that is quick without compiling."""
    settings = preset(preset_key)
    return settings.replaced(**{name: size for name, size in SIZES.items() if name in settings.names()})


def small_session() -> Session:
    """One that trains uncompiled and is small enough to be quick at it."""
    options = Options(compile=False, baselines=False, evaluate=True, num_tasks=8)
    sizes = {"shots": 3, "queries": 3, "test_steps": 3}
    return Session(small("first-steps").replaced(**sizes), options=options)


def forget_runs(window: MainWindow) -> None:
    """As after a fresh start, so that memory can be compared."""
    session = window.session
    for other in QApplication.topLevelWidgets():
        if other is not window:
            other.close()
    theme().set_mode("dark")
    window.showNormal()
    window.resize(*COMPARED)
    window.show_task()
    for work in (session.comparing, session.cold_start, session.warming):
        work.cancel()
    session.replay.stop()
    if session.run_state in (RunState.RUNNING, RunState.PREPARING):
        session.toggle()
    session.load_preset("first-steps")
    for run in list(session.runs):
        session.delete_run(run.run_id)
    session.undo_stack.clear()
    wait_for_rest()
    PROGRAMS.clear()
    forget_kernels()
    gc.collect()  # as the window does every 20 s
    return_free_memory()


def forget_kernels() -> None:
    """TensorFlow keeps one for each kind of call outside of programs, for ever; a window that compiles makes few."""
    importlib.import_module("tensorflow.python.eager.context").context().clear_kernel_cache()


def wait_for_rest() -> None:
    """Until nothing works any more: what was left behind holds its arrays until it comes to an end.

    Not told by the time it takes: beside others' work, threads that let the window go first hardly get any.
    """
    looks = 0
    for _ in range(MOST_WAITS):
        wait(LOOK_MS)
        looks = 0 if working_threads() else looks + 1
        if looks == LOOKS_AT_REST:
            return
    print("still at work:", working_threads(), file=sys.stderr)


def working_threads() -> list[str]:
    """Where each thread of Python but this one stands, as "file:function", unless it waits for work."""
    own = threading.get_ident()
    places = [frame.f_code for thread, frame in sys._current_frames().items() if thread != own]
    return [
        f"{Path(code.co_filename).name}:{code.co_name}" for code in places if Path(code.co_filename).name not in AT_REST
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    problems: list[str] = []
    build_application()
    qInstallMessageHandler(lambda kind, _, text: _note(problems, kind, text))
    session = small_session()
    window = MainWindow(session)
    session.setParent(window)
    window.show()
    session.start(offers_recovery=False)
    while not session.can_run:
        wait(50)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name, answers(folder := Path(name), random.Random(options.seed)):
        monkey = Monkey(window, options.seed, folder, OF_EVERY_KIND)
        sys.excepthook = lambda *error: problems.append(f"{monkey.last}: {_said(error)}")
        monkey.show_everything()
        growth = _growth(monkey, window, options.events, problems)
    window.close()
    qInstallMessageHandler(None)  # Qt may say something yet when Python is gone
    report = {"seed": options.seed, "events": options.events, "seconds": round(time.monotonic() - begun)}
    print(json.dumps(report | growth | {"gone": monkey.gone, "problems": len(problems), "missed": monkey.missed()}))
    for problem in dict.fromkeys(problems):
        print(problem)
    return 1 if problems else 0


def _growth(monkey: Monkey, window: MainWindow, num_events: int, problems: list[str]) -> dict[str, object]:
    """What memory and objects these events left behind, and what was the slowest of them."""
    forget_runs(window)
    before, base = counts(window), _megabytes()
    monkey.slowest.clear()
    for event in range(num_events):
        try:
            monkey.act()
        except Exception:
            problems.append(f"{monkey.last}: {_said(sys.exc_info())}")
        if event % LOOK_EVERY == 0:
            monkey.look()
            let_the_window_go_first()
        if event % TELL_EVERY == TELL_EVERY - 1:
            forget_runs(window)
            print(f"{event + 1} events, {_megabytes()} MB", told(counts(window), before), problems, file=sys.stderr)
    forget_runs(window)
    slowest = dict(sorted(monkey.slowest.items(), key=lambda one: -one[1])[:SLOWEST])
    grown = {kind: round(now - base[kind]) for kind, now in _megabytes().items()}
    return {"growth_mb": grown, "grown": told(counts(window), before), "slowest_ms": slowest}


def _said(error: Any) -> str:
    """An exception as Python writes it, said at once too: what comes after may be the end of the process."""
    text = "".join(traceback.format_exception(*error))
    print(text, file=sys.stderr)
    return text


def _megabytes() -> dict[str, float]:
    """What is in memory, and what of it is the process's own: the rest are pages of libraries that come and go."""
    memory = psutil.Process().memory_info()
    return {"all": round(memory.rss / 1e6), "own": round((memory.rss - getattr(memory, "shared", 0)) / 1e6)}


def _note(problems: list[str], kind: QtMsgType, text: str) -> None:
    if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not text.startswith("This plugin does not support"):
        problems.append(f"Qt: {text}")


if __name__ == "__main__":
    sys.exit(main())
