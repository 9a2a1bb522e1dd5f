"""Two gradients as arrows from one point: their lengths, and the angle between them."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.ui.canvas.markers import faded
from metalearn_gui.ui.colors import for_words
from metalearn_gui.ui.text import MINUS, number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font

MARGIN, ROOM_BELOW = 16, 26
SHORTEST = 0.12  # of the longer arrow: both must be seen


class GradientPicture(QWidget):
    """L lies along the ground; R stands on it at their angle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gradient_picture")
        self._sizes, self._cosine = (0.0, 0.0), math.nan
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_gradients(self, base: float, meta: float, cosine: float) -> None:
        """Their lengths, and the cosine between them, NaN where there is none."""
        self._sizes, self._cosine = (base, meta), cosine
        self.setAccessibleDescription(f"∇L {number_text(base)}, ∇R {number_text(meta)}, {cosine_text(cosine)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, 90)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        largest = max((size for size in self._sizes if math.isfinite(size)), default=0.0)
        if largest <= 0:
            return
        angle = _angle(self._cosine) if math.isfinite(self._cosine) else math.pi / 2
        foot, reach = self._foot(angle)
        self._paint_ground(painter, foot, reach, angle)
        lengths = [reach * max(size / largest, SHORTEST) if size else 0.0 for size in self._sizes]
        palette = theme().palette
        self._paint_arrow(painter, foot, lengths[0], 0.0, palette.before, f"∇L  {number_text(self._sizes[0])}")
        self._paint_arrow(painter, foot, lengths[1], angle, palette.learner, f"∇R  {number_text(self._sizes[1])}")
        painter.setFont(ui_font(14, 600))
        painter.setPen(palette.text)
        below = QRectF(0, self.height() - scaled(20), self.width(), scaled(20))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cosine_text(self._cosine))

    def _foot(self, angle: float) -> tuple[QPointF, float]:
        """Where both begin, and how long the longer one may be."""
        height = self.height() - MARGIN - scaled(ROOM_BELOW) - scaled(18)
        is_acute = angle <= math.pi / 2
        width = self.width() - 2 * MARGIN if is_acute else self.width() / 2 - MARGIN
        foot = QPointF(MARGIN if is_acute else self.width() / 2, MARGIN + height)
        return foot, max(min(width, height), 20.0)

    def _paint_ground(self, painter: QPainter, foot: QPointF, reach: float, angle: float) -> None:
        palette = theme().palette
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(palette.line, 1))
        for share in (0.5, 1.0):
            painter.drawArc(_square(foot, share * reach), 0, (90 if angle <= math.pi / 2 else 180) * 16)
        if not math.isfinite(self._cosine):
            return
        painter.setPen(QPen(palette.text, 1.4))
        painter.drawArc(_square(foot, 0.28 * reach), 0, round(math.degrees(angle) * 16))

    def _paint_arrow(
        self, painter: QPainter, foot: QPointF, length: float, angle: float, color: QColor, text: str
    ) -> None:
        along = QPointF(math.cos(angle), -math.sin(angle))
        end = foot + along * length
        painter.setPen(QPen(color, 2.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(foot, end)
        side = QPointF(-along.y(), along.x())
        head = QPolygonF([end + along * 4, end - along * 8 + side * 5, end - along * 8 - side * 5])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(head)
        painter.setFont(ui_font(12.5, 600))
        width = painter.fontMetrics().horizontalAdvance(text) + 8
        left = min(max(end.x() - width / 2, 0.0), self.width() - width)
        top = end.y() + 6 if angle == 0 else max(end.y() - scaled(24), 0.0)
        box = QRectF(left, top, width, scaled(18))
        painter.setBrush(faded(theme().palette.card, 200))
        painter.drawRect(box)
        painter.setPen(for_words(color))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def cosine_text(cosine: float) -> str:
    """With its sign, and the angle whose cosine it is: in the picture its number would lie under a short arrow's."""
    if not math.isfinite(cosine):
        return "cosine –"
    return f"cosine {cosine:+.2f}".replace("-", MINUS) + f" · {math.degrees(_angle(cosine)):.0f}°"


def _angle(cosine: float) -> float:
    return math.acos(min(max(cosine, -1.0), 1.0))


def _square(middle: QPointF, radius: float) -> QRectF:
    return QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
