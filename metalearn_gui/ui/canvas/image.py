"""The canvas of small pictures: what comes in, what the learner makes of it before and after, and the target.

A handle is a picture in the strip below. The brush leaves noise on what comes in and a pattern on the target,
and every prediction answers: on a support picture by another adaptation, on a query picture by another input.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.answered import Answered
from metalearn_gui.ui.canvas.brush_bar import BrushBar
from metalearn_gui.ui.canvas.brushes import painted
from metalearn_gui.ui.canvas.markers import draw_ring
from metalearn_gui.ui.canvas.pixels import cells_between, draw_picture, grey_span, psnr_text, tiled
from metalearn_gui.ui.canvas.row_surface import PictureSurface
from metalearn_gui.ui.canvas.rows import Rows, dashed
from metalearn_gui.ui.text import exact_text
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.translated import QT_TRANSLATE_NOOP

GAP, CAPTION, LESSON, LARGEST_THUMB, SMALLEST_THUMB = 12.0, 20.0, 18.0, 30.0, 9.0  # pixels of the design
RING = 4.0  # pixels around the large pictures and their names, for the line that says that the keyboard is here
LARGE, SMALLEST_COMPARED, NARROWEST_NAME = 4, 40.0, 130
BAR, ROOM_FOR_BAR = 26.0, QSize(500, 240)  # the brushes' height, and the least canvas that has them
LEFT = Qt.AlignmentFlag.AlignVCenter
RIGHT = LEFT | Qt.AlignmentFlag.AlignRight


class Shown(NamedTuple):
    """A picture on the canvas: its name, its numbers where there are any, its outline."""

    key: str
    name: str
    values: Array | None
    outline: QPen


class ImageCanvas(PictureSurface):
    """Support pictures first, then query pictures; the chosen one is shown large."""

    object_name = "image_canvas"
    invitation = QT_TRANSLATE_NOOP("Canvas", "paint on it")
    ring_outside = RING - 1

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._rng = np.random.default_rng(0)
        self._stroke: tuple[str, QPointF, float] | None = None  # picture, last place, the grey that is painted
        self._brush: tuple[str, QPointF] | None = None  # over which picture, and where, the keyboard holds it
        self._span = grey_span(self._rows.x)
        self._bar = BrushBar(self)
        self._bar.hide()
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Unseen pictures: paint noise on what comes in, or a pattern on its target"))

    def hint(self) -> str:
        return self.tr("choose a picture below")

    # --- data and geometry --------------------------------------------------------------------------
    def task_changed(self) -> None:
        super().task_changed()
        self._span = grey_span(self._rows.x)

    def _pictures(self) -> list[Shown]:
        """What is drawn large, from left to right."""
        if not self._rows.count:
            return []
        palette, step = theme().palette, self.shown_step
        others = [
            Shown(f"other {place}", one.name, self._of_row(one.after(step)), dashed(one.color))
            for place, one in enumerate(self.others())
        ]
        return [
            Shown("noisy", self.tr("comes in"), self._rows.x[self.row], QPen(palette.line, 1)),
            Shown("before", self.tr("before"), self._prediction(0), dashed(palette.before)),
            Shown("after", self.tr("step {step}").format(step=step), self._prediction(step), QPen(palette.learner, 2)),
            Shown("target", self.tr("target"), self._rows.y[self.row], QPen(palette.truth, 1)),
            *others,
        ]

    def _prediction(self, step: int) -> Array | None:
        return self._of_row(self.adaptation.after(step) if self.adaptation else None)

    def _of_row(self, predictions: Array | None) -> Array | None:
        place = self._rows.places[self.row]
        return predictions[place] if predictions is not None and place >= 0 else None

    def frame(self) -> QRectF:
        below = scaled(LARGEST_THUMB + LESSON + 2 * GAP + (0 if self._bar.isHidden() else BAR + GAP))
        return QRectF(self.rect()).adjusted(RING, RING, -RING, -below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = ROOM_FOR_BAR * theme().zoom
        self._bar.setVisible(self.width() >= room.width() and self.height() >= room.height())
        self._bar.setGeometry(1, round(self.frame().bottom() + scaled(GAP)), self.width() - 2, scaled(BAR))

    def note_frame(self) -> QRectF:
        """In the places of the two answers, which are empty as long as anything is waited for."""
        boxes = self.boxes()
        return boxes["before"].united(boxes["after"]) if boxes else self.frame()

    def boxes(self) -> dict[str, QRectF]:
        """Where the pictures are, by key: four large ones, and below as many others as there is room for."""
        pictures, frame = self._pictures(), self.frame()
        places = tiled(frame, LARGE, scaled(GAP), scaled(CAPTION))
        top = places[-1].bottom() + scaled(GAP)
        side = min(frame.bottom() - top, places[0].width() / 2)
        if side >= scaled(SMALLEST_COMPARED):
            pitch, count = self._pitch_of_others(len(pictures) - LARGE, side)
            places += [QRectF(frame.left() + pitch * place, top, side, side) for place in range(count)]
        return {picture.key: box for picture, box in zip(pictures, places, strict=False)}

    def _pitch_of_others(self, count: int, side: float) -> tuple[float, int]:
        """From one of the small pictures to the next, each with its name beside it, and how many have room."""
        width, narrowest = self.frame().width(), side + scaled(NARROWEST_NAME)
        pitch = min(width / 2, max(width / max(count, 1), narrowest))
        return pitch, min(count, int(width / pitch))

    def _thumb_boxes(self) -> list[QRectF]:
        """Of all rows that there is room for."""
        largest, smallest = scaled(LARGEST_THUMB), scaled(SMALLEST_THUMB)
        strip = QRectF(1, self.height() - scaled(LESSON + GAP) - largest, self.width() - 2, largest)
        apart = scaled(4)
        pitch = min(largest + apart, max(strip.width() / max(self._rows.count, 1), smallest + scaled(3)))
        side = pitch - apart
        count = min(self._rows.count, int(strip.width() / pitch))
        return [QRectF(strip.left() + place * pitch, strip.top(), side, side) for place in range(count)]

    @property
    def _cell_width(self) -> float:
        """Of a number in the large pictures."""
        return self.boxes()["noisy"].width() / math.isqrt(self._rows.x.shape[1])

    # --- handles and the brush ------------------------------------------------------------------------
    def handle_pixels(self) -> Array:
        return np.array([(box.center().x(), box.center().y()) for box in self._thumb_boxes()]).reshape(-1, 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._stroke = self._brush = None
        super().mousePressEvent(event)

    def choose_row(self, row: int) -> None:
        self._brush = None
        super().choose_row(row)

    def move_hand(self, direction: QPointF, draws: bool) -> None:
        """Over the noisy picture at first, and past its edge over the target."""
        boxes, cell = self.boxes(), self._cell_width
        if not self._rows.count:
            return
        middle = QPointF(cell, cell) / 2
        key, place = self._brush or ("noisy", boxes["noisy"].center() + middle)
        goal, other = place + direction * cell, {"noisy": "target", "target": "noisy"}[key]
        if not boxes[key].contains(goal):
            key, goal = (other, boxes[other].center() + middle) if direction.x() else (key, place)
        self._brush = (key, goal)
        if draws:
            self.session.unseen.begin_touch()
            self._stroke = (key, goal, self._painted_grey(goal))
            self.move_handle(self.row, goal)
            self._stroke = None
        self.update()

    def add_at(self, position: QPointF) -> int | None:
        """Choose a picture, or begin a stroke on the chosen one."""
        for row, box in enumerate(self._thumb_boxes()):
            if box.contains(position):
                self.choose_row(row)
                return None
        boxes = self.boxes() if self._rows.count else {}
        key = next((key for key in ("noisy", "target") if boxes.get(key, QRectF()).contains(position)), "")
        if key:
            self._stroke = (key, position, self._painted_grey(position))
            self.move_handle(self.row, position)
            return self.row
        return None

    def move_handle(self, index: int, position: QPointF) -> None:
        """The brush goes on to this place."""
        if self._stroke is None:
            return
        key, last, grey = self._stroke
        self._stroke = (key, position, grey)
        x, y = self._rows.x[index].copy(), self._rows.y[index].copy()
        cells = cells_between(self.boxes()[key], last, position, math.isqrt(len(x)))
        if key == "noisy":
            strength = self._bar.strength * (self._span[1] - self._span[0])
            after = painted(self._bar.kind, x, cells, y, strength, self._rng)
            x = np.where(after == x, x, np.clip(after, *self.family.input_range()))
        else:
            y[cells] = grey
        if index < self._num_support:
            self.session.unseen.move_point(index, x, y)
        else:
            self.session.unseen.move_query(index - self._num_support, x, y)

    def _painted_grey(self, position: QPointF) -> float:
        """A stroke on the target turns what it begins on: dark to light, light to dark."""
        y = self._rows.y[self.row]
        cells = cells_between(self.boxes()["target"], position, position, math.isqrt(len(y)))
        dark, light = self._span
        is_dark = bool(cells) and y[cells[0]] < (dark + light) / 2
        return float(np.clip(light if is_dark else dark, *self.family.output_range()))

    def remove_handle(self, index: int) -> None:
        """Takes a support picture out; queries stay."""
        if index < self._num_support:
            super().remove_handle(index)

    def describe_handle(self, index: int) -> str:
        num_support = len(self.touched.support.x)
        if index < num_support:
            return self.tr("support picture {index} of {count}").format(index=index + 1, count=num_support)
        count = self._rows.count - num_support
        return self.tr("query picture {index} of {count}").format(index=index - num_support + 1, count=count)

    def hover_lines(self, position: QPointF) -> list[str]:
        for row, box in enumerate(self._thumb_boxes()):
            if box.contains(position):
                return [self.describe_handle(row)]
        boxes = self.boxes()
        for picture in self._pictures():
            box = boxes.get(picture.key, QRectF())
            if box.contains(position) and picture.values is not None:
                cells = cells_between(box, position, position, math.isqrt(len(picture.values)))
                values = [f"{picture.name} {exact_text(picture.values[cell])}" for cell in cells]
                return values + ([] if self._is_support else [self.tr("Insert makes it a support picture")])
        return []

    # --- painting ---------------------------------------------------------------------------------------
    def static_key(self) -> Hashable:
        return self.family.lesson()

    def paint_static(self, painter: QPainter) -> None:
        self.draw_lesson(painter, LESSON)

    def paint_live(self, painter: QPainter) -> None:
        boxes = self.boxes()
        for place, picture in enumerate(self._pictures()[: len(boxes)]):
            box = boxes[picture.key]
            painter.setOpacity(1.0 if picture.key in ("noisy", "target") else self.ageing.opacity)
            if picture.values is not None:
                draw_picture(painter, box, picture.values, self._span, picture.outline)
            line = scaled(CAPTION)
            above = QRectF(box.left(), box.top() - line, box.width(), line - 2)
            pitch, _ = self._pitch_of_others(len(boxes) - LARGE, box.width())
            room = min(pitch - box.width() - 2 * scaled(GAP), scaled(190))
            beside = QRectF(box.right() + 8, box.center().y() - line / 2, room, line)
            self._draw_caption(painter, above if place < LARGE else beside, picture)
        painter.setOpacity(1.0)
        palette, num_support = theme().palette, len(self.touched.support.x)
        for row, box in enumerate(self._thumb_boxes()):
            color = palette.text if row == self.row else palette.learner if row < num_support else palette.unseen
            draw_picture(painter, box, self._rows.x[row], self._span, QPen(color, 3 if row == self.row else 1))
        if self._brush is not None:
            draw_ring(painter, self._brush[1], palette.learner, self._cell_width / theme().zoom)

    def _draw_caption(self, painter: QPainter, line: QRectF, picture: Shown) -> None:
        """The name, and how near the target it is."""
        palette = theme().palette
        painter.setFont(ui_font(12, 600))
        painter.setPen(palette.text)
        if picture.values is not None and picture.key != "target":
            error = psnr_text(picture.values, self._rows.y[self.row])
            painter.setPen(palette.accent_text if picture.key == "after" else palette.text)
            painter.drawText(line, RIGHT, error)
            line.setRight(line.right() - painter.fontMetrics().horizontalAdvance(error) - 6)
        painter.setFont(ui_font(12))
        name = painter.fontMetrics().elidedText(picture.name, Qt.TextElideMode.ElideRight, max(int(line.width()), 0))
        painter.drawText(line, LEFT, name)

    @classmethod
    def paint_small(cls, painter: QPainter, frame: QRectF, drawn: Answered) -> None:
        """The first query picture, as it comes in and as it comes out."""
        rows, row = Rows(drawn.touched), len(drawn.touched.support.x)
        if row >= rows.count:
            return
        inside, span = frame.adjusted(8, 0, -8, -4), grey_span(rows.x)
        boxes = tiled(inside, 2, 8, 8)
        aside = inside.center().x() - boxes[0].united(boxes[1]).center().x()
        boxes = [box.translated(aside, 0) for box in boxes]
        draw_picture(painter, boxes[0], rows.x[row], span, QPen(theme().palette.line, 1))
        if drawn.predictions is not None and rows.places[row] >= 0:
            after = drawn.predictions[rows.places[row]]
            draw_picture(painter, boxes[1], after, span, QPen(theme().palette.learner, 1.5))
