"""An exception in what Qt calls of ours is told, and ends nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QTimer, Qt
from PySide6.QtWidgets import QListView, QWidget
import shiboken6
from metalearn_gui.ui.application import build_application

class Mixed:
    def paintEvent(self, event):
        {mixed}

class Raising(Mixed, QWidget):
    def mousePressEvent(self, event):
        {own}

app = build_application()

class Model(QAbstractListModel):
    def rowCount(self, parent=QModelIndex()):
        return 1
    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        {own}

told = []
sys.excepthook = lambda kind, *rest: told.append(kind.__name__)
gone = QObject()
shiboken6.delete(gone)
from PySide6.QtTest import QTest
widget = Raising()
QTimer.singleShot(0, widget.show)
QTimer.singleShot(100, lambda: QTest.mouseClick(widget, Qt.MouseButton.LeftButton))
view = QListView()
view.setModel(Model())
QTimer.singleShot(200, view.show)
QTimer.singleShot(500, app.quit)
app.exec()
print("alive", *sorted(set(told)))
"""


def ends(mixed: str, own: str) -> str:
    """What a program says at its end whose overrides do this."""
    code = PROGRAM.format(mixed=mixed, own=own)
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    return ended.stdout.strip() or f"code {ended.returncode}"


@pytest.mark.parametrize(
    ("raises", "kind"),
    [
        ("[].index(3)", "ValueError"),
        ("1 / 0", "ZeroDivisionError"),
        ("self.nothing", "AttributeError"),
        ("gone.objectName()", "RuntimeError"),
    ],
)
def test_an_exception_that_c_raises_ends_nothing(raises, kind):
    assert ends("pass", raises) == f"alive {kind}"
    assert ends(raises, "pass") == f"alive {kind}"
