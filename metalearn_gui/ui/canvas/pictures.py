"""The canvas of few-shot pictures: the support set as columns, the queries with what each is taken for.

A handle is a support picture. The chosen one lies large on a drawing pad, and every answer follows the pen.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import REFUSAL, Message, Session
from metalearn_gui.bridge.touches import UnitAnswers
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.answered import Answered
from metalearn_gui.ui.canvas.drawing_desk import DrawingDesk
from metalearn_gui.ui.canvas.markers import class_color, draw_class_number
from metalearn_gui.ui.canvas.nearest import REACH, mark_nearest, nearest_to
from metalearn_gui.ui.canvas.picture_counts import counts_of, draw_counts
from metalearn_gui.ui.canvas.picture_layout import GAP, PictureLayout, headline, laid_out
from metalearn_gui.ui.canvas.picture_queries import CHOSEN, USUAL, Queries, Query
from metalearn_gui.ui.canvas.picture_source import has_picture, picture_in
from metalearn_gui.ui.canvas.picture_tile import draw_tile
from metalearn_gui.ui.canvas.picture_words import described_picture, hits_text, large_picture, placed_picture
from metalearn_gui.ui.canvas.pixels import draw_crisp, ink_image, side_of
from metalearn_gui.ui.canvas.row_surface import PictureSurface
from metalearn_gui.ui.canvas.shares import draw_lines, line_at
from metalearn_gui.ui.canvas.unit_answers import draw_map
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.translated import QT_TRANSLATE_NOOP

LESSON = 18.0
CLASS_KEYS = {getattr(Qt.Key, f"Key_{number}"): number - 1 for number in range(1, 10)}


class PicturesCanvas(PictureSurface):
    """Support pictures by class on the left, queries in the middle, the chosen picture large on the right."""

    object_name = "image_canvas"
    invitation = QT_TRANSLATE_NOOP("Canvas", "draw one")
    ring_outside = 1.0  # words reach as far as the frame
    claimed_keys = PictureSurface.claimed_keys | frozenset(CLASS_KEYS)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._placed: dict[Hashable, PictureLayout] = {}
        self._inks: dict[bytes, QImage] = {}
        self._queries = Queries()
        self._nearest: int | None = None  # to the chosen query, as it is painted
        self.desk = DrawingDesk(session, self)
        self.desk.drawn.connect(self._take_drawing)
        self.desk.tools.undoAsked.connect(self.undo)
        self.desk.tools.exampleAsked.connect(self._add_example)
        self.desk.refused.connect(lambda text: session.messageRaised.emit(Message(text, "warning", about=REFUSAL)))
        self.setAcceptDrops(True)
        self._connections.append(session.unseen.viewsChanged.connect(self._follow_nearest))
        self.retranslate()
        self.desk.measure(self._rows.x, self.family)
        self._show_large()

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("An unseen task of pictures: choose one and draw on it"))
        self.desk.pad.setAccessibleName(self.tr("Drawing pad"))

    def hint(self) -> str:
        return self.tr("click chooses, 1-9 name its class")

    # --- data and geometry --------------------------------------------------------------------------
    def frame(self) -> QRectF:
        return QRectF(self.rect()).adjusted(REACH, 2, -2, -scaled(LESSON + GAP))

    def note_frame(self) -> QRectF:
        """Where the count of right queries will stand: what is waited for has nothing to be counted yet."""
        return self.placed.count_line.marginsAdded(self.note_margins())

    def note_room(self) -> QRectF:
        """Left of the pad and its tools, which would hide the rest of a note."""
        return QRectF(self.rect()).adjusted(0, 0, self.placed.lines.left() - scaled(GAP) - self.width(), 0)

    @property
    def placed(self) -> PictureLayout:
        """Where everything lies now."""
        labels, ways, count = self.touched.support.y, self.family.output_dim, self._rows.count - self._num_support
        side, ratio = side_of(self._rows.x.shape[1]), self.devicePixelRatioF()
        key = (self.size().toTuple(), labels.tobytes(), ways, count, side, ratio, theme().zoom)
        if key not in self._placed:  # asked for many times between two strokes
            self._placed = {key: laid_out(self.frame(), labels, ways, count, side, ratio)}
        return self._placed[key]

    def _ink(self, row: int) -> QImage:
        """A row as a picture; kept as long as the row is one of the task's."""
        name, palette = self._rows.x[row].tobytes(), theme().palette
        if name not in self._inks:
            kept = {values.tobytes() for values in self._rows.x} if len(self._inks) > 2 * self._rows.count else None
            self._inks = {key: ink for key, ink in self._inks.items() if kept is None or key in kept}
            self._inks[name] = ink_image(self._rows.x[row], palette.background, palette.text)
        return self._inks[name]

    def _probabilities(self, row: int, step: int) -> Array | None:
        place, adaptation = self._rows.places[row], self.adaptation
        return adaptation.on_grid[step, place] if adaptation is not None and place >= 0 else None

    def task_changed(self) -> None:
        super().task_changed()
        self.desk.measure(self._rows.x, self.family)

    def settle(self) -> None:
        super().settle()
        self._show_large()

    def _follow_nearest(self) -> None:
        if nearest_to(self.session.unseen, self._rows, self.row) != self._nearest:
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_large()

    def drop_layers(self) -> None:
        super().drop_layers()
        self._inks = {}
        self._show_large()

    def choose_row(self, row: int) -> None:
        super().choose_row(row)
        self.desk.pad.put_pen_away()
        self._show_large()

    def choose(self, index: int | None) -> None:
        super().choose(index)
        self._show_large()

    def _show_large(self) -> None:
        """Put the chosen picture on the pad."""
        if not self._rows.count:
            self.desk.hide()
            return
        self.desk.place(self.placed.large, self.placed.tools)
        self.desk.show_picture(self._rows.x[self.row], class_color(int(self._rows.y[self.row])))

    # --- the hand -------------------------------------------------------------------------------------
    def handle_pixels(self) -> Array:
        return np.array([(box.center().x(), box.center().y()) for box in self.placed.support]).reshape(-1, 2)

    def add_at(self, position: QPointF) -> int | None:
        """Choose a picture, or say by a line of the chosen query's probabilities what it is."""
        for row, box in enumerate(self.placed.boxes):
            if box.contains(position):
                self.choose_row(row)
                return None
        probabilities = self._probabilities(self.row, self.shown_step) if not self._is_support else None
        if probabilities is not None and (label := line_at(self.placed.lines, probabilities, position)) is not None:
            self._put(self._rows.x[self.row], label)
        return None

    def move_handle(self, index: int, position: QPointF) -> None:
        """Pictures stay in their places."""

    def _take_drawing(self, values: Array) -> None:
        self._put(values, int(self._rows.y[self.row]))

    def _add_example(self) -> None:
        """An empty sheet of the chosen picture's class, to be drawn on."""
        self.session.unseen.begin_touch()
        count = self._num_support
        self.session.unseen.add_point(np.zeros_like(self._rows.x[self.row]), int(self._rows.y[self.row]))
        self.choose_row(min(count, self._num_support - 1))

    def _put(self, values: Array, label: int) -> None:
        """In the place of the chosen picture."""
        if self._is_support:
            self.session.unseen.move_point(self.row, values, label)
        else:
            self.session.unseen.move_query(self.row - self._num_support, values, label)

    def move_hand(self, direction: QPointF, draws: bool) -> None:
        if self._rows.count:
            self.desk.pad.move_pen(direction, draws)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        label = CLASS_KEYS.get(Qt.Key(event.key()))
        if label is not None and label < self.family.output_dim and self._rows.count:
            self.session.unseen.begin_touch()
            self._put(self._rows.x[self.row], label)
        else:
            super().keyPressEvent(event)

    # --- pictures from elsewhere ----------------------------------------------------------------------
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if has_picture(event.mimeData()) and self._rows.count:
            event.acceptProposedAction()
        else:
            event.ignore()  # for the window, which takes files of other kinds

    def dropEvent(self, event: QDropEvent) -> None:
        """On a picture: in its place; elsewhere: in the place of the chosen one."""
        boxes = self.placed.boxes
        self.choose_row(next((row for row, box in enumerate(boxes) if box.contains(event.position())), self.row))
        self.desk.take(picture_in(event.mimeData()))

    def describe_handle(self, index: int) -> str:
        label, probabilities = int(self._rows.y[index]) + 1, self._probabilities(index, self.shown_step)
        return described_picture(label, index < self._num_support, self._is_named(index), probabilities)

    def described(self) -> str:
        return placed_picture(self.row, self._rows.count, super().described())

    def _is_named(self, row: int) -> bool:
        """Whether a picture is of a class that is known: not so of a query that a hand drew."""
        return row - self._num_support not in self.touched.unnamed

    def hover_lines(self, position: QPointF) -> list[str]:
        return [self.describe_handle(row) for row, box in enumerate(self.placed.boxes) if box.contains(position)]

    def hover_about(self, position: QPointF) -> QRectF | None:
        return next((box for box in self.placed.boxes if box.contains(position)), None)

    # --- painting ---------------------------------------------------------------------------------------
    def static_key(self) -> Hashable:
        return self.family.lesson(), self.family.output_dim

    def paint_static(self, painter: QPainter) -> None:
        self.draw_lesson(painter, LESSON)

    def paint_live(self, painter: QPainter) -> None:
        placed, step = self.placed, self.shown_step
        self._draw_support(painter, placed.support)
        self._nearest = mark_nearest(painter, self.session.unseen, self._rows, self.row, placed.support)
        painter.setOpacity(self.ageing.opacity)
        hits = self._draw_queries(painter, placed.query, step)
        if hits:
            self._draw_count(painter, placed, hits)
        if self._rows.count:
            self._draw_large(painter, placed, step, self._nearest)

    def _draw_support(self, painter: QPainter, boxes: list[QRectF]) -> None:
        headed = set()
        for row, box in enumerate(boxes):
            label = int(self._rows.y[row])
            if label not in headed:
                headed.add(label)
                draw_class_number(painter, headline(box, self.frame().top()), label)
            draw_crisp(painter, box, self._ink(row), QPen(class_color(label), CHOSEN if row == self.row else USUAL))

    def _draw_queries(self, painter: QPainter, boxes: list[QRectF], step: int) -> list[bool]:
        """Every query in the colour of what it is taken for; of those whose class is known, which are right."""
        colors, named = [class_color(label) for label in range(self.family.output_dim)], self.touched.named.tolist()
        hits, queries = [], []
        table = None if self.adaptation is None else np.nan_to_num(self.adaptation.on_grid[step])
        shares, taken = ([], []) if table is None else (table.tolist(), table.argmax(axis=1).tolist())
        places, labels, first = self._rows.places.tolist(), self._rows.y.tolist(), self._num_support
        for row, box in enumerate(boxes, first):
            picture, place = (box, self._ink(row)), places[row]
            if table is None or place < 0:
                queries.append(Query(*picture, theme().palette.line, row == self.row))
                continue
            is_right = taken[place] == labels[row]
            if named[row - first]:
                hits.append(is_right)
            is_wrong = named[row - first] and not is_right
            queries.append(Query(*picture, colors[taken[place]], row == self.row, shares[place], is_wrong))
        self._queries.draw(painter, self.size(), queries, colors)
        return hits

    def _draw_count(self, painter: QPainter, placed: PictureLayout, hits: list[bool]) -> None:
        """How many of the queries are right, above them; what a hand drew is no query of the task's."""
        text = hits_text(hits, len(self.touched.unnamed))
        queries = [row for row in range(self._num_support, self._rows.count) if self._is_named(row)]
        counts = counts_of(self.others(), self.shown_step, self._rows, queries)
        draw_counts(painter, placed.count_line, [(text, theme().palette.muted), *counts])

    def _draw_large(self, painter: QPainter, placed: PictureLayout, step: int, nearest: int | None) -> None:
        """What is said of the picture on the pad."""
        line = headline(placed.large, self.frame().top())
        painter.setFont(ui_font(12, 600))
        painter.setPen(theme().palette.text)
        text = large_picture(int(self._rows.y[self.row]) + 1, self._is_support, self._is_named(self.row))
        more = "" if nearest is None else self.tr(", nearest: {label}").format(label=int(self._rows.y[nearest]) + 1)
        text += more if painter.fontMetrics().horizontalAdvance(text + more) <= line.width() else ""
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)
        probabilities = self._probabilities(self.row, step)
        if probabilities is not None and not self._is_support:
            draw_lines(painter, placed.lines, probabilities)

    def paint_unit(self, painter: QPainter, answers: UnitAnswers) -> None:
        if self.placed.query:
            draw_map(painter, self.placed.query[0], answers.values)

    @classmethod
    def paint_small(cls, painter: QPainter, frame: QRectF, drawn: Answered) -> None:
        draw_tile(painter, frame, drawn)
