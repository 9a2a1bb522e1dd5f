"""The buttons that run things, alike in the header of the task and of every view."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import RunState
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import theme

ACTIVE_STATES = (RunState.RUNNING, RunState.PREPARING)
ROUND, SQUARE = QSize(38, 38), QSize(34, 34)


class RoundButton(QPushButton):
    """A disc of any size with an icon in it: a style sheet knows round corners of one radius alone."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().palette.learner if self.isEnabled() else theme().palette.line)
        painter.drawEllipse(self.rect())
        place = QRect(QPoint(0, 0), self.iconSize())
        place.moveCenter(self.rect().center())
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        self.icon().paint(painter, place, Qt.AlignmentFlag.AlignCenter, mode)


def names_column(title: QWidget, subtitle: QWidget) -> QVBoxLayout:
    """A title over its half-line, in the middle of a bar."""
    names = QVBoxLayout()
    names.setSpacing(1)
    names.addStretch(1)
    names.addWidget(title)
    names.addWidget(subtitle)
    names.addStretch(1)
    return names


def paint_progress(bar: QWidget, share: float) -> None:
    """The line at the foot of a bar: how far what runs there is, from 0 to 1."""
    painter = QPainter(bar)
    painter.fillRect(0, bar.height() - 2, round(bar.width() * share), 2, QColor(theme().palette.learner))


def header_button(name: str, kind: str, size: QSize | None, parent: QWidget) -> QPushButton:
    """A button of a header; after a click the arrows still move the adaptation step."""
    button = named((RoundButton if kind == "round" else QPushButton)(parent), name)
    button.setProperty("kind", kind)
    button.setIconSize(QSize(18, 18))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if size is not None:
        button.setFixedSize(size)
    return button


def show_running(button: QPushButton, is_active: bool, waits_for: str = "") -> None:
    """Make the round button say what a press does: pause where something runs, else run."""
    button.setIcon(icon("pause" if is_active else "play", theme().palette.on_accent))
    text = (
        QCoreApplication.translate("Transport", "Pause")
        if is_active
        else QCoreApplication.translate("Transport", "Run")
    )
    with_key = QCoreApplication.translate("Transport", "{text} (Space)").format(text=text)
    button.setAccessibleName(text)
    button.setToolTip(waits_for or with_key)
