"""Wiring: application, session, window. Nothing else knows all the layers.

Qt is imported inside the functions: where its libraries or a display lack, one line says so first.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from metalearn_gui import display
from metalearn_gui.cli.command import BAD_INPUT, is_link, say
from metalearn_gui.cli.parser import BadInput, Options, assigned
from metalearn_gui.cli.window_options import check, parser, refuse_a_missing_screen, start_settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from metalearn_gui.bridge.session import Session
    from metalearn_gui.engine.settings import ExperimentSettings
    from metalearn_gui.ui.main_window import MainWindow

WAKE_MS = 200  # how often Python gets to see a signal while Qt waits for events


def open_window(arguments: Sequence[str] = ()) -> QMainWindow:
    """Build and show the window, with the command line's arguments, and return at once.

    Makes the QApplication if there is none; the caller runs the event loop. Closing the window ends its
    worker and asks nothing.

    Raises:
        SystemExit: 2, after one line on stderr, for bad arguments or where there is no display.
    """
    from metalearn_gui.engine.params import SettingError

    try:
        options = parser().parse_args(list(arguments))
        check(options)
        if options.screenshot:
            raise BadInput("--screenshot is for the command line; take window.grab() of the window that you open")
        if display.is_absent():
            raise BadInput("There is no display here; set DISPLAY, or QT_QPA_PLATFORM=offscreen to do without")
        refuse_a_missing_screen()
        window = build_window(options, start_settings(options), remember=False)
    except (BadInput, SettingError) as error:
        say(str(error))
        raise SystemExit(BAD_INPUT) from None
    window.show()
    return window


def run_window(options: Options, settings: ExperimentSettings | None) -> int:
    """Show the window, stay until it is closed, and return the exit status. settings: as `build_window` has them."""
    from metalearn_gui.bridge.threads import leave_soon
    from metalearn_gui.ui.application import build_application

    application = build_application()
    window = build_window(options, settings, remember=True)
    window.show()
    timer = _close_on_signals(window)
    status = application.exec()
    timer.stop()
    leave_soon()
    return status


def build_window(options: Options, settings: ExperimentSettings | None, remember: bool) -> MainWindow:
    """The window as the options ask for it, not yet shown. It starts its worker once it is painted.

    Args:
        settings: what they begin with (`start_settings`), whose data are read here; None for a file's, or the usual.

    Raises:
        BadInput, SettingError: a file, a preset or a setting that cannot be used.
    """
    from metalearn_gui.bridge.session import Session
    from metalearn_gui.cli.inputs import read_data
    from metalearn_gui.engine.footprint import check_memory
    from metalearn_gui.engine.training import DEFAULT_OPTIONS
    from metalearn_gui.ui.application import build_application
    from metalearn_gui.ui.first_paint import after_first_paint
    from metalearn_gui.ui.main_window import MainWindow
    from metalearn_gui.ui.theme import theme

    build_application()
    if settings is not None:
        settings = read_data(settings)
        check_memory(settings)
    session = Session(settings, options=DEFAULT_OPTIONS)
    window = MainWindow(session, remember=remember)
    session.setParent(window)
    if options.theme:
        theme().set_mode(options.theme)
    if options.file:
        _open(window, options.file, assigned(options.set))
    after_first_paint(window, lambda: _start(session, options))
    return window


def _start(session: Session, options: Options) -> None:
    """Load TensorFlow, and only then run: the worker does one thing after the other."""
    session.start(offers_recovery=not options.screenshot)  # a picture is nobody's to answer
    if options.run:
        session.toggle()


def _open(window: MainWindow, path: str, values: Mapping[str, str]) -> None:
    """Take up a session file, and change it as --set says; what is wrong ends the program instead of showing."""
    from metalearn_gui.cli.inputs import read_data, with_assigned
    from metalearn_gui.engine.params import SettingError

    refusals: list[Any] = []
    window.session.messageRaised.connect(refusals.append)
    take_up = window.session.documents.open_link if is_link(path) else window.session.documents.open
    opened = take_up(path, read_data)
    window.session.messageRaised.disconnect(refusals.append)
    if not opened:
        let_go(window)
        raise BadInput(refusals[-1].text)
    if values:
        try:
            window.session.set_settings(with_assigned(window.session.settings, values))
        except (BadInput, SettingError):
            let_go(window)
            raise
    window.file.show_title()


def let_go(window: QMainWindow) -> None:
    """Close it, and its widgets with it: those of many closed windows in one process would all be dressed anew."""
    from PySide6.QtCore import QCoreApplication, QEvent

    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


def _close_on_signals(window: QMainWindow) -> Any:
    """Let Ctrl+C and a polite kill close the window as a hand would."""
    from PySide6.QtCore import QTimer

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            # From inside the event loop: a window that closes before it began would leave it running for ever.
            signal.signal(number, lambda *_: QTimer.singleShot(0, window.close))
    timer = QTimer(interval=WAKE_MS)
    timer.timeout.connect(lambda: None)
    timer.start()
    return timer
