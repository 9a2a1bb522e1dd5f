"""The canvas of few-shot pictures: the support set as columns, the queries with what each is taken for.

A handle is a support picture; the chosen one is shown large and can be drawn on, and every answer follows.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Adaptation, Session, TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.ui.canvas.markers import class_color
from metalearn_gui.ui.canvas.picture_layout import BAR, GAP, HEADER, PictureLayout, laid_out
from metalearn_gui.ui.canvas.pixels import cells_between, crisp, draw_ink, side_of
from metalearn_gui.ui.canvas.row_surface import PictureSurface
from metalearn_gui.ui.canvas.rows import Rows
from metalearn_gui.ui.canvas.shares import draw_lines, draw_strip
from metalearn_gui.ui.theme import theme, ui_font

LESSON = 18.0
SCORE_FOOT = 24.0  # of a gallery tile, where its score is
CENTRED = Qt.AlignmentFlag.AlignCenter


class PicturesCanvas(PictureSurface):
    """Support pictures by class on the left, queries in the middle, the chosen picture large on the right."""

    object_name = "image_canvas"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._last: QPointF | None = None  # of the stroke that is being drawn
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("An unseen task of pictures: choose one, draw on those of the support set"))

    def invitation(self) -> str:
        return self.tr("draw on the examples")

    def hint(self) -> str:
        return self.tr("click chooses, right-click removes")

    # --- data and geometry --------------------------------------------------------------------------
    def frame(self) -> QRectF:
        return QRectF(self.rect()).adjusted(2, 2, -2, -LESSON - GAP)

    @property
    def placed(self) -> PictureLayout:
        """Where everything lies now."""
        labels, ways, count = self.touched.support.y, self.family.output_dim, self._rows.count - self._num_support
        return laid_out(self.frame(), labels, ways, count, side_of(self._rows.x.shape[1]), self.devicePixelRatioF())

    def _probabilities(self, row: int, step: int) -> Array | None:
        place, adaptation = self._rows.places[row], self.adaptation
        return adaptation.on_grid[step, place] if adaptation is not None and place >= 0 else None

    # --- handles and the pen --------------------------------------------------------------------------
    def handle_pixels(self) -> Array:
        return np.array([(box.center().x(), box.center().y()) for box in self.placed.support]).reshape(-1, 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._last = None
        super().mousePressEvent(event)

    def add_at(self, position: QPointF) -> int | None:
        """Choose a picture, or begin to draw on the chosen one of the support set."""
        for row, box in enumerate(self.placed.boxes):
            if box.contains(position):
                self.choose_row(row)
                return None
        if self._is_support and self.placed.large.contains(position):
            self._last = position
            self.move_handle(self.row, position)
            return self.row
        return None

    def move_handle(self, index: int, position: QPointF) -> None:
        """The pen goes on to this place: full ink, and half of it beside."""
        if self._last is None:
            return
        x = self._rows.x[index].copy()
        side = side_of(len(x))
        pixels = x.reshape(side * side, -1)
        for cell in cells_between(self.placed.large, self._last, position, side):
            row, column = divmod(cell, side)
            near = [(row, column - 1), (row, column + 1), (row - 1, column), (row + 1, column)]
            beside = [r * side + c for r, c in near if 0 <= r < side and 0 <= c < side]
            pixels[beside] = np.maximum(pixels[beside], 0.5)
            pixels[cell] = 1.0
        self._last = position
        self.session.move_point(index, x, self._rows.y[index])

    def describe_handle(self, index: int) -> str:
        label = int(self._rows.y[index]) + 1
        if index < self._num_support:
            return self.tr("example of class {label}").format(label=label)
        probabilities = self._probabilities(index, self.shown_step)
        if probabilities is None:
            return self.tr("query of class {label}").format(label=label)
        taken = int(np.argmax(probabilities))
        return self.tr("query of class {label}, taken for class {taken} with {share}").format(
            label=label, taken=taken + 1, share=f"{probabilities[taken]:.0%}"
        )

    def hover_lines(self, position: QPointF) -> list[str]:
        rows = [row for row, box in enumerate(self.placed.boxes) if box.contains(position)]
        return [self.describe_handle(rows[0])] if rows else []

    # --- painting ---------------------------------------------------------------------------------------
    def static_key(self) -> Hashable:
        return self.family.lesson(), self.family.output_dim

    def paint_static(self, painter: QPainter) -> None:
        self.draw_lesson(painter, LESSON)

    def paint_live(self, painter: QPainter) -> None:
        placed, step = self.placed, self.shown_step
        self._draw_support(painter, placed.support)
        right = sum(
            self._draw_query(painter, box, row, step) for row, box in enumerate(placed.query, self._num_support)
        )
        if placed.query and self.adaptation is not None:
            self._draw_count(painter, placed, right)
        if self._rows.count:
            self._draw_large(painter, placed.large, step)

    def _draw_support(self, painter: QPainter, boxes: list[QRectF]) -> None:
        headed = set()
        for row, box in enumerate(boxes):
            label = int(self._rows.y[row])
            if label not in headed:
                headed.add(label)
                self._draw_header(painter, QRectF(box.left(), self.frame().top(), box.width(), HEADER - 2), label)
            self._draw(painter, box, row, class_color(label))

    def _draw_query(self, painter: QPainter, box: QRectF, row: int, step: int) -> bool:
        """A query in the colour of what it is taken for; whether that is right."""
        probabilities = self._probabilities(row, step)
        if probabilities is None:
            self._draw(painter, box, row, theme().palette.line)
            return False
        taken = int(np.argmax(probabilities))
        self._draw(painter, box, row, class_color(taken))
        draw_strip(painter, QRectF(box.left(), box.bottom() + 2, box.width(), BAR), probabilities)
        is_right = taken == int(self._rows.y[row])
        if not is_right:
            _draw_cross(painter, box)
        return is_right

    def _draw(self, painter: QPainter, box: QRectF, row: int, color: QColor) -> None:
        draw_on_paper(painter, box, self._rows.x[row], QPen(color, 3 if row == self.row else 1.5))

    def _draw_header(self, painter: QPainter, box: QRectF, label: int) -> None:
        painter.setFont(ui_font(12, 600))
        painter.setPen(class_color(label))
        painter.drawText(box, CENTRED, str(label + 1))

    def _draw_count(self, painter: QPainter, placed: PictureLayout, right: int) -> None:
        """How many of the queries are right, above them."""
        painter.setFont(ui_font(12))
        painter.setPen(theme().palette.muted)
        first = placed.query[0]
        line = QRectF(first.left(), first.top() - HEADER, placed.large.left() - first.left(), HEADER - 4)
        text = self.tr("{right} of {count} queries right").format(right=right, count=len(placed.query))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_large(self, painter: QPainter, box: QRectF, step: int) -> None:
        label = int(self._rows.y[self.row])
        draw_on_paper(painter, box, self._rows.x[self.row], QPen(class_color(label), 2))
        painter.setFont(ui_font(12, 600))
        painter.setPen(theme().palette.text)
        name = self.tr("example") if self.row < self._num_support else self.tr("query")
        painter.drawText(
            QRectF(box.left(), self.frame().top(), box.width(), HEADER - 4), CENTRED, f"{name} {label + 1}"
        )
        probabilities = self._probabilities(self.row, step)
        if probabilities is None or self.row < self._num_support:
            return
        top = box.bottom() + GAP
        draw_lines(painter, QRectF(box.left(), top, box.width(), self.frame().bottom() - top), probabilities)

    @classmethod
    def paint_small(
        cls,
        painter: QPainter,
        frame: QRectF,
        family: TaskFamily,
        touched: TouchedTask,
        adaptation: Adaptation | None,
        step: int,
    ) -> None:
        """One example of every class, and below them what the first queries are taken for."""
        rows, ways, num_support = Rows(touched), min(family.output_dim, 5), len(touched.support.x)
        inside = frame.adjusted(8, 6, -8, -SCORE_FOOT)
        pitch = min(inside.width() / ways, inside.height() / 2)
        labels, num_lines = touched.support.y.tolist(), max(int(inside.height() / pitch), 2)
        examples = [labels.index(label) if label in labels else None for label in range(ways)]
        queries = range(num_support, min(num_support + (num_lines - 1) * ways, rows.count))
        side, ratio = side_of(rows.x.shape[1]), painter.device().devicePixelRatioF()
        left = inside.center().x() - ways * pitch / 2
        for index, row in enumerate([*examples, *queries]):
            if row is None:
                continue
            line, column = divmod(index, ways)
            box = QRectF(left + column * pitch + 1, inside.top() + line * pitch + 1, pitch - 2, pitch - 2)
            label, place = int(rows.y[row]), rows.places[row]
            if row >= num_support and adaptation is not None and place >= 0:
                label = int(np.argmax(adaptation.on_grid[min(step, len(adaptation.on_grid) - 1), place]))
            draw_on_paper(painter, crisp(box, side, ratio), rows.x[row], QPen(class_color(label), 1.5))


def draw_on_paper(painter: QPainter, box: QRectF, values: Array, outline: QPen) -> None:
    """A picture in the theme's ink, on the theme's paper."""
    palette = theme().palette
    draw_ink(painter, box, values, palette.background, palette.text, outline)


def _draw_cross(painter: QPainter, box: QRectF) -> None:
    """Wrong, by shape as well as by colour."""
    size = min(8.0, box.width() / 3)
    corner = QRectF(box.right() - size - 2, box.top() + 2, size, size)
    painter.setPen(QPen(theme().palette.error, 2))
    painter.drawLine(corner.topLeft(), corner.bottomRight())
    painter.drawLine(corner.topRight(), corner.bottomLeft())
