"""The canvas of few-shot pictures: the support set as columns, the queries with what each is taken for.

A handle is a support picture; the chosen one is shown large and can be drawn on, and every answer follows.
"""

from __future__ import annotations

import math
from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Adaptation, Session, TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.ui.canvas.handles import ARROWS, HandleSurface
from metalearn_gui.ui.canvas.markers import class_color
from metalearn_gui.ui.canvas.pixels import cells_between, draw_picture, tiled
from metalearn_gui.ui.canvas.rows import Rows
from metalearn_gui.ui.theme import theme, ui_font

PAPER = (1.0, 0.0)  # ink is drawn dark: 1 is black
GAP, HEADER, BAR, LESSON = 10.0, 20.0, 5.0, 18.0
SUPPORT_SHARE, LARGE_SHARE = 0.34, 0.26  # of the width
CENTRED = Qt.AlignmentFlag.AlignCenter


class PicturesCanvas(HandleSurface):
    """Support pictures by class on the left, queries in the middle, the chosen picture large on the right."""

    object_name = "image_canvas"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._rows = Rows(self.touched)
        self.row = len(self.touched.support.x)  # shown large
        self._last: QPointF | None = None  # of the stroke that is being drawn
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("An unseen task of pictures: choose one, draw on those of the support set"))

    def invitation(self) -> str:
        return self.tr("draw on the examples")

    def hint(self) -> str:
        return self.tr("choose a picture, right-click removes an example")

    # --- data and geometry --------------------------------------------------------------------------
    def task_changed(self) -> None:
        super().task_changed()
        self._rows, self.row = Rows(self.touched), len(self.touched.support.x)

    def settle(self) -> None:
        self._rows = Rows(self.touched)
        self.row = min(self.row, max(self._rows.count - 1, 0))
        super().settle()

    @property
    def _num_support(self) -> int:
        return len(self.touched.support.x)

    def frame(self) -> QRectF:
        return QRectF(self.rect()).adjusted(2, 2, -2, -LESSON - GAP)

    def _large_box(self) -> QRectF:
        frame = self.frame()
        side = min(LARGE_SHARE * frame.width(), frame.height() - HEADER - 90)
        return QRectF(frame.right() - side, frame.top() + HEADER, side, side)

    def support_boxes(self) -> list[QRectF]:
        """One per support picture, its class's column from the left."""
        frame, labels = self.frame(), self.touched.support.y
        ways = self.family.output_dim
        counts = np.bincount(labels, minlength=ways) if len(labels) else np.zeros(ways, int)
        pitch = min(SUPPORT_SHARE * frame.width() / ways, (frame.height() - HEADER) / max(counts.max(), 1), 84.0)
        seen, boxes = np.zeros(ways, int), []
        for label in labels.tolist():
            left, top = frame.left() + label * pitch, frame.top() + HEADER + seen[label] * pitch
            boxes.append(QRectF(left, top, pitch - 6, pitch - 6))
            seen[label] += 1
        return boxes

    def query_boxes(self) -> list[QRectF]:
        """One per query picture, with room for its bar below."""
        frame = self.frame()
        left = frame.left() + SUPPORT_SHARE * frame.width() + 2 * GAP
        area = QRectF(left, frame.top() + HEADER, self._large_box().left() - 2 * GAP - left, frame.height() - HEADER)
        count = self._rows.count - self._num_support
        return [box.translated(0, -BAR - 3) for box in tiled(area, count, 6, BAR + 6)] if count else []

    def _boxes(self) -> list[QRectF]:
        return self.support_boxes() + self.query_boxes()

    def _probabilities(self, row: int, step: int) -> Array | None:
        place, adaptation = self._rows.places[row], self.adaptation
        return adaptation.on_grid[step, place] if adaptation is not None and place >= 0 else None

    # --- handles and the pen --------------------------------------------------------------------------
    def handle_pixels(self) -> Array:
        return np.array([(box.center().x(), box.center().y()) for box in self.support_boxes()]).reshape(-1, 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._last = None
        super().mousePressEvent(event)

    def add_at(self, position: QPointF) -> int | None:
        """Choose a picture, or begin to draw on the chosen one of the support set."""
        for row, box in enumerate(self._boxes()):
            if box.contains(position):
                self.choose_row(row)
                return None
        if self.row < self._num_support and self._large_box().contains(position):
            self._last = position
            self.move_handle(self.row, position)
            return self.row
        return None

    def move_handle(self, index: int, position: QPointF) -> None:
        """The pen goes on to this place: full ink, and half of it beside."""
        if self._last is None:
            return
        x = self._rows.x[index].copy()
        side = math.isqrt(len(x))
        for cell in cells_between(self._large_box(), self._last, position, side):
            row, column = divmod(cell, side)
            near = [(row, column - 1), (row, column + 1), (row - 1, column), (row + 1, column)]
            beside = [r * side + c for r, c in near if 0 <= r < side and 0 <= c < side]
            x[beside] = np.maximum(x[beside], 0.5)
            x[cell] = 1.0
        self._last = position
        self.session.move_point(index, x, self._rows.y[index])

    def insert(self) -> int | None:
        """The chosen picture joins the support set, as an example of its true class."""
        if not self._rows.count:
            return None
        self.session.add_point(self._rows.x[self.row], self._rows.y[self.row])
        return self._num_support - 1

    def choose(self, index: int | None) -> None:
        if index is not None:
            self.row = index
        super().choose(index)

    def choose_row(self, row: int) -> None:
        """Show this picture large."""
        self.row = row % max(self._rows.count, 1)
        self.chosen = self.row if self.row < self._num_support else None
        self.setAccessibleDescription(self.describe_handle(self.row))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ARROWS and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.choose_row(self.row + (1 if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down) else -1))
        else:
            super().keyPressEvent(event)

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
        rows = [row for row, box in enumerate(self._boxes()) if box.contains(position)]
        return [self.describe_handle(rows[0])] if rows else []

    # --- painting ---------------------------------------------------------------------------------------
    def static_key(self) -> Hashable:
        return self.family.lesson(), self.family.output_dim

    def paint_static(self, painter: QPainter) -> None:
        painter.setFont(ui_font(12))
        painter.setPen(theme().palette.muted)
        line = QRectF(0, self.height() - LESSON, self.width(), LESSON)
        text = painter.fontMetrics().elidedText(self.family.lesson(), Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)

    def paint_live(self, painter: QPainter) -> None:
        support, step = self.support_boxes(), self.shown_step
        headed = set()
        for row, box in enumerate(support):
            label = int(self._rows.y[row])
            if label not in headed:
                headed.add(label)
                self._draw_header(painter, QRectF(box.left(), self.frame().top(), box.width(), HEADER - 2), label)
            self._draw(painter, box, row, class_color(label))
        right = 0
        for row, box in enumerate(self.query_boxes(), self._num_support):
            probabilities = self._probabilities(row, step)
            if probabilities is None:
                self._draw(painter, box, row, theme().palette.line)
                continue
            taken = int(np.argmax(probabilities))
            right += taken == int(self._rows.y[row])
            self._draw(painter, box, row, class_color(taken))
            draw_shares(painter, QRectF(box.left(), box.bottom() + 2, box.width(), BAR), probabilities)
            if taken != int(self._rows.y[row]):
                _draw_cross(painter, box)
        self._draw_titles(painter, right)
        self._draw_large(painter, step)

    def _draw(self, painter: QPainter, box: QRectF, row: int, color: QColor) -> None:
        draw_picture(painter, box, self._rows.x[row], PAPER, QPen(color, 3 if row == self.row else 1.5))

    def _draw_header(self, painter: QPainter, box: QRectF, label: int) -> None:
        painter.setFont(ui_font(12, 600))
        painter.setPen(class_color(label))
        painter.drawText(box, CENTRED, str(label + 1))

    def _draw_titles(self, painter: QPainter, right: int) -> None:
        """How many of the queries are right, above them."""
        boxes = self.query_boxes()
        if not boxes or self.adaptation is None:
            return
        painter.setFont(ui_font(12))
        painter.setPen(theme().palette.muted)
        line = QRectF(boxes[0].left(), self.frame().top(), self._large_box().left() - boxes[0].left(), HEADER - 4)
        text = self.tr("{right} of {count} queries right").format(right=right, count=len(boxes))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_large(self, painter: QPainter, step: int) -> None:
        if not self._rows.count:
            return
        box, label = self._large_box(), int(self._rows.y[self.row])
        draw_picture(painter, box, self._rows.x[self.row], PAPER, QPen(class_color(label), 2))
        painter.setFont(ui_font(12, 600))
        painter.setPen(theme().palette.text)
        name = self.tr("example") if self.row < self._num_support else self.tr("query")
        painter.drawText(
            QRectF(box.left(), self.frame().top(), box.width(), HEADER - 4), CENTRED, f"{name} {label + 1}"
        )
        probabilities = self._probabilities(self.row, step)
        if probabilities is None or self.row < self._num_support:
            return
        height = min((self.frame().bottom() - box.bottom() - GAP) / len(probabilities), 18.0)
        for place, share in enumerate(probabilities.tolist()):
            line = QRectF(box.left(), box.bottom() + GAP + place * height, box.width(), height - 2)
            self._draw_share(painter, line, place, share)

    def _draw_share(self, painter: QPainter, line: QRectF, label: int, share: float) -> None:
        number, bar = 18.0, QRectF(line)
        bar.setLeft(line.left() + number)
        bar.setWidth(max((line.width() - number - 40) * share, 1.0))
        painter.fillRect(bar, class_color(label))
        painter.setPen(theme().palette.text)
        painter.setFont(ui_font(11))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, str(label + 1))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{share:.0%}")

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
        """One example of every class, and what the first queries are taken for."""
        rows, ways, num_support = Rows(touched), min(family.output_dim, 5), len(touched.support.x)
        first = [
            int(np.flatnonzero(touched.support.y == label)[0]) for label in range(ways) if label in touched.support.y
        ]
        shown = first + list(range(num_support, min(num_support + ways, rows.count)))
        for row, box in zip(shown, tiled(frame.adjusted(8, 0, -8, -16), 2 * ways, 3, 3), strict=False):
            label, place = int(rows.y[row]), rows.places[row]
            if row >= num_support and adaptation is not None and place >= 0:
                label = int(np.argmax(adaptation.on_grid[min(step, len(adaptation.on_grid) - 1), place]))
            draw_picture(painter, box, rows.x[row], PAPER, QPen(class_color(label), 1.5))


def draw_shares(painter: QPainter, line: QRectF, probabilities: Array) -> None:
    """The classes' probabilities side by side, in their colours."""
    left = line.left()
    for label, share in enumerate(np.nan_to_num(probabilities).tolist()):
        painter.fillRect(QRectF(left, line.top(), share * line.width(), line.height()), class_color(label))
        left += share * line.width()


def _draw_cross(painter: QPainter, box: QRectF) -> None:
    """Wrong, by shape as well as by colour."""
    size = min(8.0, box.width() / 3)
    corner = QRectF(box.right() - size - 2, box.top() + 2, size, size)
    painter.setPen(QPen(theme().palette.error, 2))
    painter.drawLine(corner.topLeft(), corner.bottomRight())
    painter.drawLine(corner.topRight(), corner.bottomLeft())
