"""What moved, at the foot of the shelf: features by their items' mean rating, or what each rating did to one item."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from metalearn_gui.ui.canvas.axes import FRAME_RADIUS
from metalearn_gui.ui.canvas.shelf_data import Moved
from metalearn_gui.ui.canvas.stars import StarScale
from metalearn_gui.ui.text import MINUS
from metalearn_gui.ui.theme import scaled, theme, ui_font

INSET, LINE, DOT, FOOT = 9.0, 18.0, 4.0, 9.0


def draw_moved(painter: QPainter, box: QRectF, moved: Moved, scale: StarScale) -> None:
    """A feature: where its items stood before adapting, and where they stand now."""
    palette = theme().palette
    _draw_box(painter, box, moved.name, moved.change)
    y, (left, right) = (
        box.bottom() - scaled(FOOT),
        (box.left() + scaled(INSET) + scaled(DOT), box.right() - scaled(INSET) - scaled(DOT)),
    )
    before, now = (QPointF(left + _share(value, scale) * (right - left), y) for value in (moved.before, moved.now))
    painter.setPen(QPen(palette.line, 2))
    painter.drawLine(QPointF(left, y), QPointF(right, y))
    painter.setPen(QPen(palette.learner, 2))
    painter.drawLine(before, now)
    painter.setPen(QPen(palette.before, 1.8))
    painter.setBrush(palette.background)
    painter.drawEllipse(before, scaled(DOT), scaled(DOT))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.learner)
    painter.drawEllipse(now, scaled(DOT) - 0.5, scaled(DOT) - 0.5)


def draw_push(painter: QPainter, box: QRectF, title: str, push: float, largest: float) -> None:
    """A rating: how far it has moved one item, to the left or to the right of nothing."""
    palette = theme().palette
    _draw_box(painter, box, title, push)
    middle, y = box.center().x(), box.bottom() - scaled(FOOT)
    reach = (box.width() / 2 - scaled(INSET)) * push / max(largest, 1e-9)
    painter.setPen(QPen(palette.line, 2))
    painter.drawLine(QPointF(box.left() + scaled(INSET), y), QPointF(box.right() - scaled(INSET), y))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.learner)
    painter.drawRoundedRect(QRectF(middle, y - 3, reach, 6).normalized(), 2, 2)
    painter.fillRect(QRectF(middle - 0.75, y - 5, 1.5, 10), palette.text)


def change_text(change: float) -> str:
    """A signed number of stars."""
    return f"{change:+.2f}".replace("-", MINUS)


def _draw_box(painter: QPainter, box: QRectF, name: str, change: float) -> None:
    palette = theme().palette
    painter.setPen(QPen(palette.line, 1))
    painter.setBrush(palette.background)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), FRAME_RADIUS, FRAME_RADIUS)
    line = QRectF(box.left() + scaled(INSET), box.top() + 2, box.width() - 2 * scaled(INSET), scaled(LINE))
    painter.setFont(ui_font(12, 600))
    painter.setPen(palette.text)
    number = change_text(change)
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)
    line.setRight(line.right() - painter.fontMetrics().horizontalAdvance(number) - 6)
    painter.setFont(ui_font(12))
    shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(line.width()))
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)


def _share(value: float, scale: StarScale) -> float:
    return min(max((value - scale.lowest) / max(scale.highest - scale.lowest, 1e-12), 0.0), 1.0)
