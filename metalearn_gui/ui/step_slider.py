"""A slider over a few steps, drawn as a line of dots with their numbers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from metalearn_gui.ui.theme import scaled, theme, ui_font

MARGIN = 12.0  # pixels of the design
LINE = 12.0  # from the top to the line of dots, likewise


class StepSlider(QSlider):
    """A press or a drag goes straight to the nearest step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._names: tuple[str, ...] = ()
        self.setPageStep(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_names(self, names: tuple[str, ...]) -> None:
        """What steps are called, where there are as many of them; else they have their numbers."""
        self._names = names
        self.update()

    def name_of(self, value: int) -> str:
        """What is written below a step."""
        count = self.maximum() - self.minimum() + 1
        return self._names[value - self.minimum()] if len(self._names) == count else str(value)

    def sizeHint(self) -> QSize:
        return QSize(300, scaled(40))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, scaled(40))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self._value_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self._value_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def _value_at(self, x: float) -> int:
        share = (x - scaled(MARGIN)) / max(self.width() - 2 * scaled(MARGIN), 1.0)
        return round(self.minimum() + share * (self.maximum() - self.minimum()))

    def _x_of(self, value: int) -> float:
        span = max(self.maximum() - self.minimum(), 1)
        return scaled(MARGIN) + (value - self.minimum()) * (self.width() - 2 * scaled(MARGIN)) / span

    def _every(self, room: float) -> int:
        """Label or dot every so many steps, so that each has `room` pixels."""
        slot = (self.width() - 2 * scaled(MARGIN)) / max(self.maximum() - self.minimum(), 1)
        return next((step for step in (1, 2, 5, 10, 20, 50) if step * slot >= room), 100)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), theme().palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here, dot = QPointF(self._x_of(self.value()), scaled(LINE)), 3.6 * theme().zoom
        for end, color in ((self._x_of(self.maximum()), palette.line), (here.x(), palette.learner)):
            painter.setPen(QPen(color, 2.6 * theme().zoom))
            painter.drawLine(QPointF(scaled(MARGIN), scaled(LINE)), QPointF(end, scaled(LINE)))
        painter.setPen(Qt.PenStyle.NoPen)
        for value in range(self.minimum(), self.maximum() + 1, self._every(scaled(9))):
            painter.setBrush(palette.learner if value <= self.value() else palette.truth)
            painter.drawEllipse(QPointF(self._x_of(value), scaled(LINE)), dot, dot)
        painter.setBrush(palette.text)
        painter.drawEllipse(here, scaled(7), scaled(7))
        if self.hasFocus():
            painter.setPen(QPen(palette.learner, scaled(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(here, scaled(9.5), scaled(9.5))
        self._draw_numbers(painter)

    def _draw_numbers(self, painter: QPainter) -> None:
        every = self._every(scaled(22))
        for value in {*range(self.minimum(), self.maximum() + 1, every), self.value()}:
            current = value == self.value()
            if not current and abs(self._x_of(value) - self._x_of(self.value())) < scaled(18):
                continue
            painter.setFont(ui_font(12, 600 if current else 400))
            painter.setPen(theme().palette.text if current else theme().palette.muted)
            name = self.name_of(value)
            half = painter.fontMetrics().horizontalAdvance(name) / 2 + 1
            middle = min(max(self._x_of(value), half), self.width() - half)
            box = QRectF(middle - half, scaled(LINE + 10), 2 * half, scaled(16))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
