"""Where trust ends: inputs that training never saw, shaded beside those that it did."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen

from metalearn_gui.ui.canvas.axes import FRAME_RADIUS, Axes, Range
from metalearn_gui.ui.canvas.markers import faded
from metalearn_gui.ui.theme import scaled, theme, ui_font

SHADE = 120  # of 255


def draw_beyond(painter: QPainter, axes: Axes, trained: Range) -> None:
    """Shade what lies outside the trained inputs; nothing where the axes end with them."""
    palette, frame = theme().palette, axes.frame
    left, right = (axes.point(end, axes.y_range[0]).x() for end in trained)
    rounded = QPainterPath()
    rounded.addRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), FRAME_RADIUS, FRAME_RADIUS)
    painter.save()
    painter.setClipPath(rounded)
    for zone in (
        QRectF(frame.left(), frame.top(), left - frame.left(), frame.height()),
        QRectF(right, frame.top(), frame.right() - right, frame.height()),
    ):
        if zone.width() < 1.0:
            continue
        painter.fillRect(zone.adjusted(1, 1, -1, -1), faded(palette.line, SHADE))
        edge = left if zone.left() == frame.left() else right
        painter.setPen(QPen(palette.muted, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(edge, frame.top() + 1), QPointF(edge, frame.bottom() - 1))
        painter.setPen(palette.muted)
        painter.setFont(ui_font(12))
        text = QCoreApplication.translate("Canvas", "not trained here")
        for place, line in enumerate(in_lines(text, painter.fontMetrics(), zone.width() - 8)):
            box = QRectF(zone.left(), frame.top() + 6 + place * scaled(16), zone.width(), scaled(18))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, line)
    painter.restore()


def in_lines(text: str, font: QFontMetrics, width: float) -> list[str]:
    """The words in as many lines as they take; none at all where one of them does not fit."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.horizontalAdvance(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines if all(font.horizontalAdvance(line) <= width for line in lines) else []
