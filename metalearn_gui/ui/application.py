"""The QApplication, dressed: names, fonts, style, theme."""

from __future__ import annotations

import builtins
import functools
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from metalearn_gui.assets import asset
from metalearn_gui.ui.overrides import catch_in_overrides
from metalearn_gui.ui.theme import register_fonts, theme, ui_font

NAME, ORGANISATION = "MetaLearn Playground", "MetaLearn"


# How long a thread may keep the interpreter from another: a touch is answered by one and painted by the next.
SWITCH_SECONDS = 0.001


def build_application() -> QApplication:
    """The application that there is, or a new one; dressed either way. The theme's mode is kept."""
    _import_without_reading()
    catch_in_overrides()
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        rounding = Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(rounding)
        app = QApplication(sys.argv[:1])
        sys.setswitchinterval(SWITCH_SECONDS)
    app.setApplicationName(NAME)
    app.setApplicationDisplayName(NAME)
    app.setOrganizationName(ORGANISATION)
    app.setWindowIcon(QIcon(str(asset("icons", "app.svg"))))
    register_fonts()
    app.setStyle("Fusion")
    app.setFont(ui_font(13))
    theme().apply()
    _watch_the_desktop()
    return app


def _import_without_reading() -> None:
    """PySide looks for its own name in the source of each module that is imported after it, to know where a
    `from __feature__` may be, and Python keeps what was read: 65 MB of TensorFlow, 140 with all that comes later."""
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def the_application() -> QApplication:
    """The one that there is.

    Raises:
        RuntimeError: there is none.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("there is no QApplication yet; build_application makes it")
    return app


@functools.cache
def _watch_the_desktop() -> None:
    QGuiApplication.styleHints().colorSchemeChanged.connect(_follow_the_desktop)


def _follow_the_desktop() -> None:
    if theme().mode == "system":
        theme().apply()
