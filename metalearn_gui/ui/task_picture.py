"""An unseen task as a small picture, drawn by its canvas."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.canvas import CANVASES
from metalearn_gui.ui.canvas.answered import Answered, answered
from metalearn_gui.ui.canvas.axes import FRAME_RADIUS
from metalearn_gui.ui.theme import theme

SIZE = QSize(150, 92)


def paint_task(painter: QPainter, frame: QRectF, drawn: Answered) -> None:
    """The task on a ground of its own with a line around it."""
    palette = theme().palette
    inside = QPainterPath()
    inside.addRoundedRect(frame, FRAME_RADIUS, FRAME_RADIUS)
    painter.save()
    painter.setClipPath(inside)
    painter.fillRect(frame, palette.background)
    CANVASES[drawn.family.view].paint_small(painter, frame, drawn)
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
        for signal in (
            session.unseen.taskChanged,
            session.unseen.adaptedChanged,
            session.unseen.stepChanged,
            theme().changed,
        ):
            signal.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        session, painter = self._session, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        adaptation, family = session.unseen.adaptations.get("learner"), session.shown.settings.tasks
        paint_task(painter, frame, answered(family, session.unseen.touched, adaptation, session.unseen.step))
