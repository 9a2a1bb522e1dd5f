"""The map of a task's features: prototypes, and the points that are as near to them as they should be or not."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import Axes, draw_frame
from metalearn_gui.ui.canvas.markers import class_color, draw_halo, draw_marker, faded, stamp_markers
from metalearn_gui.ui.embedding import Embedding
from metalearn_gui.ui.theme import theme, ui_font

MARGIN = 0.12  # of the points' reach, around them


class EmbeddingMap(QWidget):
    """Prototypes large with their number, support points filled, query points hollow, the wrong ones crossed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("embedding_map")
        self._shown: Embedding | None = None
        self._chosen: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_embedding(self, shown: Embedding, chosen: int | None = None) -> None:
        """Draw these places, and the way from a chosen query point to every prototype."""
        self._shown = shown
        self._chosen = chosen if chosen is not None and 0 <= chosen < len(shown.query) else None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        draw_frame(painter, frame)
        if self._shown is not None and np.isfinite(self._shown.prototypes).any():
            self._draw_points(painter, axes_around(frame, self._shown), self._shown)

    def _draw_points(self, painter: QPainter, axes: Axes, shown: Embedding) -> None:
        palette = theme().palette
        query, support = _pixels(axes, shown.query), _pixels(axes, shown.support)
        is_wrong = shown.taken_for != shown.query_labels
        for place in np.flatnonzero(is_wrong).tolist():  # towards what it is taken for
            painter.setPen(QPen(faded(palette.error, 110), 1, Qt.PenStyle.DashLine))
            nearest = _pixels(axes, shown.prototypes[shown.taken_for[place]][None])[0]
            painter.drawLine(QPointF(*query[place].tolist()), QPointF(*nearest.tolist()))
        for label in np.unique(shown.query_labels).tolist():
            color = class_color(label)
            stamp_markers(painter, query[shown.query_labels == label], 3.4, label, None, color, 1.3)
            stamp_markers(painter, support[shown.support_labels == label], 3.4, label, color, color, 1.0)
        stamp_markers(painter, query[is_wrong], 6.0, 0, None, palette.error, 1.3)
        if self._chosen is not None:
            self._draw_chosen(painter, axes, shown, self._chosen)
        painter.setFont(ui_font(11, 600))
        for label, (x, y) in enumerate(_pixels(axes, shown.prototypes).tolist()):
            if np.isfinite(x):
                draw_marker(painter, QPointF(x, y), 8.5, label, class_color(label), palette.text, 1.6)
                painter.setPen(palette.on_accent)
                painter.drawText(QRectF(x - 9, y - 9, 18, 18), Qt.AlignmentFlag.AlignCenter, str(label + 1))

    def _draw_chosen(self, painter: QPainter, axes: Axes, shown: Embedding, chosen: int) -> None:
        """The query under the hand: large, with a solid line to what it is taken for."""
        palette, place = theme().palette, QPointF(*_pixels(axes, shown.query[chosen][None])[0].tolist())
        for label, (x, y) in enumerate(_pixels(axes, shown.prototypes).tolist()):
            is_nearest = label == shown.taken_for[chosen]
            if np.isfinite(x):
                style = Qt.PenStyle.SolidLine if is_nearest else Qt.PenStyle.DashLine
                painter.setPen(QPen(faded(palette.learner, 255 if is_nearest else 110), 2 if is_nearest else 1, style))
                painter.drawLine(place, QPointF(x, y))
        draw_halo(painter, place, palette.learner, 13)
        draw_marker(painter, place, 6.0, 0, palette.text, palette.learner, 2.2)


def axes_around(frame: QRectF, shown: Embedding) -> Axes:
    """One scale for both axes, so that distances are what they look like."""
    places = np.concatenate([shown.prototypes[np.isfinite(shown.prototypes[:, 0])], shown.support, shown.query])
    low, high = places.min(axis=0), places.max(axis=0)
    inside = max(frame.width(), 1.0), max(frame.height(), 1.0)
    scale = max(*((high - low) * (1 + 2 * MARGIN) / inside).tolist(), 1e-9)
    middle, half = (low + high) / 2, np.array(inside) * scale / 2
    (left, bottom), (right, top) = (middle - half).tolist(), (middle + half).tolist()
    return Axes(frame, (left, right), (bottom, top))


def _pixels(axes: Axes, places: Array) -> Array:
    return axes.pixels(places[:, 0], places[:, 1])
