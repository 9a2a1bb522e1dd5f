"""The canvas of classification in the plane: points with a class, and the regions that follow them."""

from __future__ import annotations

import operator
from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QResizeEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.bridge.touches import UnitAnswers
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.answered import Answered
from metalearn_gui.ui.canvas.axes import Axes, draw_frame
from metalearn_gui.ui.canvas.handles import HandleSurface
from metalearn_gui.ui.canvas.held import draw_ways_out, held
from metalearn_gui.ui.canvas.markers import (
    class_color,
    class_letter,
    draw_classes,
    draw_ghost,
    draw_halo,
    draw_ring,
    stamp_markers,
)
from metalearn_gui.ui.canvas.plane_strip import ClassStrip, StripState
from metalearn_gui.ui.canvas.regions import (
    as_table,
    boundaries,
    draw_boundaries,
    draw_regions,
    probabilities_at,
    region_image,
)
from metalearn_gui.ui.canvas.unit_answers import draw_answers_on_plane
from metalearn_gui.ui.text import exact_text, number_text
from metalearn_gui.ui.theme import scaled, theme

STRIP_GAP = 14
NARROWEST_WITH_STRIP = 430
STROKE_GAP = 22.0  # pixels between the points of a stroke
SMALL = 4.2  # radius of a point in a small picture
WRONG = 9.5  # radius of the ring around a wrong query point
DIGITS = {getattr(Qt.Key, f"Key_{(index + 1) % 10}"): index for index in range(10)}  # 1, ..., 9, 0


class PlaneCanvas(HandleSurface):
    """Support points filled, query points hollow, the wrong ones ringed; classes have a shape and a colour."""

    object_name = "plane_canvas"
    claimed_keys = HandleSurface.claimed_keys | frozenset(DIGITS)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.placing = 0  # the class that a click adds
        self._tables: dict[int, Array] = {}  # by step: 0 and the shown one
        self._images: dict[int, QImage] = {}  # the same
        self._borders: list[tuple[QColor, QPainterPath]] = []  # of learners and runs beside the shown one
        self._own: tuple[object, ...] = ()  # what tables and images were made of
        self._beside: tuple[object, ...] = ()  # what the borders were made of
        self._stroke: QPointF | None = None  # the last point of the stroke that is being painted
        self._strip = ClassStrip(self)
        self._strip.picked.connect(self.pick_class)
        self.retranslate()
        self._take_tables()

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Unseen task: place and drag points of a class"))

    def hint(self) -> str:
        return self.tr("click places, Shift paints, right-click removes")

    def pick_class(self, index: int) -> None:
        """Clicks add points of this class from now on."""
        if index < self.family.output_dim:
            self.placing = index
            self._show_strip()
            self.update()

    # --- geometry and data --------------------------------------------------------------------------
    def live_area(self) -> QRect:
        """All but the strip, which knows itself what changes in it."""
        return self.rect().adjusted(0, 0, -self._strip.wanted_width if self._has_room else 0, 0)

    def frame(self) -> QRectF:
        return QRectF(self.live_area()).adjusted(1, 1, -scaled(STRIP_GAP) if self._has_room else -1, -1)

    @property
    def _has_room(self) -> bool:
        """For the strip."""
        return self.width() >= scaled(NARROWEST_WITH_STRIP)

    def axes(self) -> Axes:
        """How the plane lies on the widget."""
        return Axes(self.frame(), self.family.input_range(), self.family.input_range())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._strip.place(self._has_room)

    def task_changed(self) -> None:
        super().task_changed()
        self._stroke = None
        self.placing = min(self.placing, self.family.output_dim - 1)

    def settle(self) -> None:
        super().settle()
        self._take_tables()

    def drop_layers(self) -> None:
        super().drop_layers()
        self._take_tables()

    def _take_tables(self) -> None:
        """Make pictures of what has changed; points alone change nothing here until they are adapted to."""
        others = [(one.color, one.adaptation) for one in self.others() if one.adaptation is not None]
        shown = (self.shown_step, self.touched.grid, theme().palette)
        own, beside = (self.adaptation, *shown), (*shown, *(path for _, path in others))
        if not same(own, self._own):
            self._own = own
            self._take_own()
        if not same(beside, self._beside):
            self._beside = beside
            after = [path.after(self.shown_step) for _, path in others]
            tables = as_table(self.touched.grid, np.stack(after)) if after else ()
            self._borders = [(color, boundaries(table)) for (color, _), table in zip(others, tables, strict=True)]
        self._show_strip()

    def _take_own(self) -> None:
        own, steps = self.adaptation, [0, self.shown_step]
        self._tables = dict(zip(steps, as_table(self.touched.grid, own.on_grid[steps]), strict=True)) if own else {}
        self._images = {step: region_image(table) for step, table in self._tables.items()}

    def _hits(self) -> Array:
        """Whether each query point is on its class' side at the shown step."""
        table, query = self._tables.get(self.shown_step), self.touched.query
        if table is None:
            return np.ones(0, bool)
        guessed = probabilities_at(table, self.family.input_range(), query.x).argmax(axis=1)
        return np.asarray(guessed == query.y)

    def _show_strip(self) -> None:
        accuracy = self.adaptation.accuracy if self.adaptation else None
        values = {} if accuracy is None else {step: float(accuracy[step]) for step in self._tables}
        counts = np.bincount(self.touched.support.y, minlength=self.family.output_dim).tolist()
        told = [(one.name, one.color) for one in self.others() if one.adaptation and self.names_others]
        state = StripState(
            self.placing, counts, self.shown_step, self._images, values, len(self.touched.query.x), tuple(told)
        )
        self._strip.show_state(state)

    # --- handles --------------------------------------------------------------------------------------
    def handle_pixels(self) -> Array:
        return held(self._pixels(self.touched.support.x), self.frame(), WRONG)

    def _pixels(self, x: Array) -> Array:
        return self.axes().pixels(x[:, 0], x[:, 1])

    def move_handle(self, index: int, position: QPointF) -> None:
        self.session.unseen.move_point(index, self._numbers(position), int(self.touched.support.y[index]))

    def add_at(self, position: QPointF) -> int | None:
        if not self.frame().contains(position):
            return None
        count = len(self.touched.support.x)
        self.session.unseen.add_point(self._numbers(position), self.placing)
        return count if len(self.touched.support.x) > count else None

    def insert(self) -> int | None:
        """Beside the chosen point, or in the middle."""
        place = self.frame().center()
        if self.chosen is not None:
            beside = QPointF(*self.handle_pixels()[self.chosen].tolist()) + QPointF(18, 18)
            place = beside if self.frame().contains(beside) else place
        return self.add_at(place)

    def describe_handle(self, index: int) -> str:
        x, y = self.touched.support.x[index].tolist()
        place = self.tr("Point {index} of {count}, class {name}").format(
            index=index + 1, count=len(self.touched.support.x), name=class_letter(int(self.touched.support.y[index]))
        )
        return f"{place}: x {number_text(x)}, y {number_text(y)}"

    def hover_lines(self, position: QPointF) -> list[str]:
        if not self.frame().contains(position):
            return []
        index = self.handle_at(position)
        x, y = self._numbers(position).tolist() if index is None else self.touched.support.x[index].tolist()
        lines = [f"x {exact_text(x)}   y {exact_text(y)}"]
        table = self._tables.get(self.shown_step)
        if table is not None:
            likely = probabilities_at(table, self.family.input_range(), np.array([[x, y]]))[0]
            best = np.argsort(-likely)[:2].tolist()
            lines.append("   ".join(f"{class_letter(label)} {100 * likely[label]:.0f} %" for label in best))
        return lines

    # --- a stroke of points -----------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if not (shifted and event.button() == Qt.MouseButton.LeftButton and self.frame().contains(event.position())):
            super().mousePressEvent(event)
            return
        self._by_keyboard = False
        self.session.unseen.begin_touch()
        self._stroke = event.position()
        self._add_points([event.position()])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._stroke is None:
            super().mouseMoveEvent(event)
            return
        self.hovered = event.position()
        line = QLineF(self._stroke, event.position())
        steps = int(line.length() / STROKE_GAP)
        points = [line.pointAt((step + 1) * STROKE_GAP / line.length()) for step in range(steps)]
        self._stroke = points[-1] if points else self._stroke
        self._add_points([point for point in points if self.frame().contains(point)])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._stroke = None
        super().mouseReleaseEvent(event)

    def _add_points(self, positions: list[QPointF]) -> None:
        """Points of the chosen class, all at once."""
        if positions:
            support = self.touched.support
            x = np.array([self._numbers(position) for position in positions], support.x.dtype)
            y = np.full(len(positions), self.placing, support.y.dtype)
            self.session.unseen.set_support(np.concatenate([support.x, x]), np.concatenate([support.y, y]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in DIGITS:
            self.pick_class(DIGITS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _numbers(self, position: QPointF) -> Array:
        low, high = self.family.input_range()
        return np.clip(np.array(self.axes().numbers(position), np.float32), low, high)

    # --- painting ---------------------------------------------------------------------------------------
    def static_key(self) -> Hashable:
        return self.frame().width()

    def paint_static(self, painter: QPainter) -> None:
        draw_frame(painter, self.frame())

    def paint_live(self, painter: QPainter) -> None:
        if self.shown_step in self._images:
            draw_regions(painter, self.frame().adjusted(1, 1, -1, -1), self._images[self.shown_step])
        for color, path in self._borders:
            draw_boundaries(painter, self.frame(), round(len(self.touched.grid) ** 0.5), path, color)
        self._draw_queries(painter)
        self._draw_support(painter)
        if self.hovered is not None and self.grabbed is None and self._is_free(self.hovered):
            draw_ghost(painter, self.hovered, self.placing)

    def paint_unit(self, painter: QPainter, answers: UnitAnswers) -> None:
        draw_answers_on_plane(painter, self.frame().adjusted(1, 1, -1, -1), answers.values)
        self._draw_support(painter)

    def _is_free(self, position: QPointF) -> bool:
        return self.handle_at(position) is None and self.frame().contains(position)

    def _draw_queries(self, painter: QPainter) -> None:
        query, hits, frame = self.touched.query, self._hits(), self.frame()
        pixels = held(self._pixels(query.x), frame, WRONG)
        draw_classes(painter, pixels, query.y, 5.0, None, 1.6)
        if len(hits):
            stamp_markers(painter, pixels[~hits], WRONG, 0, None, theme().palette.error, 1.8)
        points = np.concatenate([query.x, self.touched.support.x])
        draw_ways_out(painter, self._pixels(points), frame, WRONG, theme().palette.text)

    def _draw_support(self, painter: QPainter) -> None:
        palette, pixels, labels = theme().palette, self.handle_pixels(), self.touched.support.y
        if self.grabbed is not None:
            color = class_color(int(labels[self.grabbed]))
            draw_halo(painter, QPointF(*pixels[self.grabbed].tolist()), color, 17)
        draw_classes(painter, pixels, labels, 7.5, palette.text, 1.6)
        if self.grabbed is None and self.chosen is not None and self.hasFocus():
            draw_ring(painter, QPointF(*pixels[self.chosen].tolist()), palette.text, 13)

    @classmethod
    def paint_small(cls, painter: QPainter, frame: QRectF, drawn: Answered) -> None:
        touched, span = drawn.touched, drawn.family.input_range()
        if drawn.predictions is not None:
            draw_regions(painter, frame, region_image(as_table(touched.grid, drawn.predictions)))
        pixels = Axes(frame, span, span).pixels(touched.support.x[:, 0], touched.support.x[:, 1])
        draw_ways_out(painter, pixels, frame, SMALL, theme().palette.text)
        draw_classes(painter, held(pixels, frame, SMALL), touched.support.y, SMALL, theme().palette.text, 1.0)


def same(some: tuple[object, ...], others: tuple[object, ...]) -> bool:
    """Whether they hold the same objects."""
    return len(some) == len(others) and all(map(operator.is_, some, others))
