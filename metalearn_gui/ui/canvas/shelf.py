"""The canvas of ratings: what a new user rated, what to ask them next, what is foretold for them, and why.

A handle is a card: first the rated items, in the support set's order, then those to ask. A click on its stars rates.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tasks.ratings import Ratings
from metalearn_gui.ui.canvas.answered import Answered
from metalearn_gui.ui.canvas.handles import HandleSurface
from metalearn_gui.ui.canvas.keys import ARROWS
from metalearn_gui.ui.canvas.moving_rows import MovingRows
from metalearn_gui.ui.canvas.shelf_data import Shelf, ranked
from metalearn_gui.ui.canvas.shelf_layout import ShelfLayout
from metalearn_gui.ui.canvas.shelf_list import Span
from metalearn_gui.ui.canvas.shelf_painting import ShelfPainting
from metalearn_gui.ui.canvas.shelf_tile import draw_tile
from metalearn_gui.ui.canvas.shelf_words import card_lines, described_card, row_lines
from metalearn_gui.ui.canvas.stars import NUM_STARS, StarScale, star_at
from metalearn_gui.ui.theme import theme
from metalearn_gui.ui.translated import QT_TRANSLATE_NOOP

RATING_KEYS = {getattr(Qt.Key, f"Key_{stars}"): stars for stars in range(1, NUM_STARS + 1)}
RING = 5.0  # room for the ring of who came by keyboard
UP_DOWN = (Qt.Key.Key_Up, Qt.Key.Key_Down)


class ShelfCanvas(HandleSurface):
    """Holds the chosen row of the list and the first card in sight; all else is the session's."""

    object_name = "ratings_canvas"
    invitation = QT_TRANSLATE_NOOP("Canvas", "rate things")
    claimed_keys: ClassVar[frozenset[int]] = HandleSurface.claimed_keys | frozenset(RATING_KEYS)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.rows = MovingRows(self)
        self.rows.moved.connect(self.update)
        self.row: int | None = None  # the foretold item whose reasons are shown
        self.first = 0  # the first rated item in sight
        self._layout: ShelfLayout | None = None
        self.shelf = self._read()
        self._connections.append(session.unseen.viewsChanged.connect(self.follow))
        self.retranslate()
        self.settle()

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("A new user's ratings: rate items with the keys 1 to 5"))

    def hint(self) -> str:
        said = self.tr("click a star or press 1-5, right-click clears")
        return self.tr("generated · {said}").format(said=said) if self.shelf.table.is_generated else said

    # --- data and geometry --------------------------------------------------------------------------
    def _read(self) -> Shelf:
        family = self.family
        assert isinstance(family, Ratings)
        return Shelf(family, self.touched, self.session.unseen.views)

    @property
    def scale(self) -> StarScale:
        return StarScale(*self.shelf.table.scale)

    def layout_now(self) -> ShelfLayout:
        """Where everything lies; what it has worked out is kept while nothing changes."""
        shelf, rect = self.shelf, QRectF(self.rect()).adjusted(RING, 2, -RING, -RING)
        new = ShelfLayout(rect, len(shelf.rated), len(shelf.candidates), len(shelf.foretold), theme().zoom)
        if new != self._layout:
            self._layout = new
        return self._layout

    def note_frame(self) -> QRectF:
        """In the list, which is empty as long as anything is waited for."""
        return self.layout_now().rows

    def span(self) -> Span:
        """The scale of ratings under the bars."""
        return Span(*self.layout_now().bars, *self.scale)

    def predictions(self, step: int) -> dict[int, float]:
        """Of the foretold items; none before they are there."""
        return self.shelf.on_shelf(self.adaptation.after(step)) if self.adaptation else {}

    def beside(self) -> list[tuple[QColor, dict[int, float]]]:
        """What others foretell of these items, those that have answered, in their colours."""
        answers = [(one.color, one.after(self.shown_step)) for one in self.others()]
        return [(color, self.shelf.on_shelf(values)) for color, values in answers if values is not None]

    def task_changed(self) -> None:
        super().task_changed()
        self.row, self.first = None, 0

    def settle(self) -> None:
        self.shelf = self._read()
        last = max(len(self.shelf.rated) - self.layout_now().rated_slots, 0)
        self.first = min(self.first, last)
        self.row = self.row if self.row in self.shelf.foretold else None
        self.rows.take(ranked(self.predictions(self.shown_step)), at_once=not self.isVisible())
        super().settle()

    def slot(self, card: int) -> int | None:
        """Where a card is in sight; None where it is not."""
        layout, num_rated = self.layout_now(), len(self.shelf.rated)
        slot = card - self.first if card < num_rated else card - num_rated + layout.rated_slots
        first, end = (0, layout.rated_slots) if card < num_rated else (layout.rated_slots, self._num_slots)
        return slot if first <= slot < end else None

    @property
    def _num_slots(self) -> int:
        layout = self.layout_now()
        return layout.rated_slots + layout.asked_slots

    def cards(self) -> list[int]:
        """Every card by its item: rated ones, then those to ask that are in sight."""
        return [*self.shelf.rated, *self.shelf.candidates[: self.layout_now().asked_slots]]

    # --- handles --------------------------------------------------------------------------------------
    def handle_pixels(self) -> Array:
        """The middle of each card's stars; outside where it is not in sight."""
        layout, outside = self.layout_now(), QPointF(-1e6, -1e6)
        slots = [self.slot(card) for card in range(len(self.cards()))]
        points = [outside if slot is None else layout.stars(slot).center() for slot in slots]
        return np.array([[point.x(), point.y()] for point in points]).reshape(-1, 2)

    def handle_at(self, position: QPointF) -> int | None:
        """The card under a position, poster and stars."""
        layout = self.layout_now()
        slots = ((card, self.slot(card)) for card in range(len(self.cards())))
        return next((card for card, slot in slots if slot is not None and layout.card(slot).contains(position)), None)

    def move_handle(self, index: int, position: QPointF) -> None:
        """Rate by where across its stars the hand is."""
        slot = self.slot(index)
        if slot is not None:
            self.rate(index, star_at(self.layout_now().stars(slot), position.x()))

    def rate(self, card: int, stars: float) -> None:
        """Give a card so many stars; one that was to ask is rated from now on."""
        value, num_rated = np.array([self.scale.value(stars)], np.float32), len(self.shelf.rated)
        if card < num_rated:
            if self.shelf.values[card] != value[0]:
                self.session.unseen.move_point(card, self.touched.support.x[card], value)
            return
        x = self.touched.grid[self.shelf.places[self.cards()[card]]]
        self.session.unseen.add_point(x, value)
        added = len(self.touched.support.x) - 1
        if added == num_rated:
            self.grabbed = added if self.grabbed is not None else None
            self.choose(added)

    def remove_handle(self, index: int) -> None:
        """Clears the stars."""
        if index < len(self.shelf.rated):
            self.session.unseen.remove_point(index)

    def add_at(self, position: QPointF) -> int | None:
        """Choose the foretold item whose row was pressed, or let go of it."""
        item = self.row_at(position)
        self.choose_row(None if item == self.row else item)
        return None

    def insert(self) -> int | None:
        return self.chosen  # cards are given: there is nothing to put in

    def choose(self, index: int | None) -> None:
        if index is not None and index < len(self.shelf.rated):
            slots = self.layout_now().rated_slots
            self.first = min(max(self.first, index - slots + 1), index)
        super().choose(index)

    def describe_handle(self, index: int) -> str:
        return described_card(self, index)

    # --- the list -------------------------------------------------------------------------------------
    def row_at(self, position: QPointF) -> int | None:
        """The foretold item whose row is there."""
        layout = self.layout_now()
        if not layout.rows.contains(position):
            return None
        place = int((position.y() - layout.rows.top()) / layout.row_height)
        order = self.rows.order[: layout.num_rows]
        return order[place] if place < len(order) else None

    def choose_row(self, item: int | None) -> None:
        """Show what has moved this item; None: what has moved the features."""
        self.row = item
        if item is not None:
            rank = self.rows.order.index(item) + 1
            self.setAccessibleDescription(f"{rank}: {', '.join(row_lines(self, item))}")
        self.update()

    def hover_lines(self, position: QPointF) -> list[str]:
        card, item = self.handle_at(position), self.row_at(position)
        if card is not None:
            return card_lines(self, card)
        return row_lines(self, item) if item is not None else []

    def hover_about(self, position: QPointF) -> QRectF | None:
        card, layout = self.handle_at(position), self.layout_now()
        slot = None if card is None else self.slot(card)
        if slot is not None:
            return layout.card(slot)
        item = self.row_at(position)
        return None if item is None else layout.row(self.rows.order.index(item))

    # --- mouse and keyboard ---------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if self.grabbed is None:
            return
        slot = self.slot(self.grabbed)
        if slot is not None and self.layout_now().stars(slot).adjusted(-4, -2, 4, 2).contains(event.position()):
            self.move_handle(self.grabbed, event.position())
        else:
            self.grabbed = None  # a poster is chosen, not rated

    def wheelEvent(self, event: QWheelEvent) -> None:
        layout, delta = self.layout_now(), event.angleDelta()
        if event.position().y() > layout.list_head.top():
            event.ignore()
            return
        turned = delta.y() or delta.x()
        self.first = max(self.first + (1 if turned < 0 else -1), 0)
        self.follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        card = self._card_of_keys()
        if key in RATING_KEYS and card is not None and not event.modifiers():
            self.session.unseen.begin_touch()
            self.choose(card)
            self.rate(card, RATING_KEYS[key])
        elif key in UP_DOWN and not event.modifiers():
            self._choose_next_row(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def _card_of_keys(self) -> int | None:
        """The chosen card; else the one under the pointer, the first to ask, or the first."""
        under = None if self.hovered is None else self.handle_at(self.hovered)
        count, num_rated = len(self.cards()), len(self.shelf.rated)
        first = num_rated if num_rated < count else 0 if count else None
        return next((card for card in (self.chosen, under, first) if card is not None), None)

    def _order(self) -> list[int]:
        return list(range(len(self.cards())))

    def _choose_next_row(self, direction: int) -> None:
        order = self.rows.order[: self.layout_now().num_rows]
        if order:
            place = order.index(self.row) + direction if self.row in order else 0
            self.choose_row(order[place % len(order)])

    def _nudge(self, direction: QPointF) -> None:
        """Shift and an arrow: a star more or less."""
        if self.chosen is not None and direction in (ARROWS[Qt.Key.Key_Left], ARROWS[Qt.Key.Key_Right]):
            is_rated = self.chosen < len(self.shelf.rated)
            stars = self.scale.stars(float(self.shelf.values[self.chosen])) if is_rated else 0.0
            self.rate(self.chosen, min(max(round(stars + direction.x()), 1), NUM_STARS))

    # --- painting -------------------------------------------------------------------------------------
    def static_key(self) -> Hashable:
        return len(self.shelf.rated), len(self.shelf.candidates), len(self.shelf.foretold), self.scale

    def paint_static(self, painter: QPainter) -> None:
        ShelfPainting(self).static(painter)

    def paint_live(self, painter: QPainter) -> None:
        ShelfPainting(self).live(painter)

    @classmethod
    def paint_small(cls, painter: QPainter, frame: QRectF, drawn: Answered) -> None:
        """What is foretold as bars, best first."""
        draw_tile(painter, frame, drawn)
