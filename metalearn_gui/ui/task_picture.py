"""An unseen task as a small picture, drawn by its canvas."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Adaptation, Session, TouchedTask
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.ui.canvas import CANVASES
from metalearn_gui.ui.canvas.axes import FRAME_RADIUS
from metalearn_gui.ui.canvas.surface import fits
from metalearn_gui.ui.theme import theme

SIZE = QSize(150, 92)


def paint_task(
    painter: QPainter, frame: QRectF, family: TaskFamily, task: TouchedTask, adaptation: Adaptation | None, step: int
) -> None:
    """The task on a ground of its own with a line around it."""
    palette = theme().palette
    inside = QPainterPath()
    inside.addRoundedRect(frame, FRAME_RADIUS, FRAME_RADIUS)
    painter.save()
    painter.setClipPath(inside)
    painter.fillRect(frame, palette.background)
    CANVASES[family.view].paint_small(painter, frame, family, task, adaptation, step)
    painter.restore()
    painter.setPen(QPen(palette.line, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(frame, FRAME_RADIUS, FRAME_RADIUS)


class TouchedPicture(QWidget):
    """The touched task as the shown learner, or what a hand holds in its place, predicts it."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.resize(SIZE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for signal in (session.taskChanged, session.adaptedChanged, session.stepChanged):
            signal.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        session, family = self._session, self._session.shown.settings.tasks
        adaptation = session.adaptations.get("learner")
        if adaptation is not None and not fits(adaptation, session.touched, family):
            adaptation = None
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        paint_task(painter, frame, family, session.touched, adaptation, session.adaptation_step)
