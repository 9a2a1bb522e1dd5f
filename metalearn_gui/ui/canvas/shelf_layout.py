"""Where everything lies on the shelf canvas: cards at the top, what is foretold below, what moved at the foot."""

from __future__ import annotations

import dataclasses
import functools

from PySide6.QtCore import QRectF

from metalearn_gui.ui.theme import scaled

HEAD, STARS, GAP, AXIS = 18.0, 20.0, 8.0, 15.0
NARROWEST_CARD, GROUP_GAP, LEAST_ASKED = 84.0, 18.0, 2
LOWEST_POSTER, HIGHEST_POSTER, POSTER_SHARE = 34.0, 96.0, 0.17
LOWEST_ROW, HIGHEST_ROW = 21.0, 44.0
STRIP_BOX, LOWEST_WITH_STRIP, WIDEST_BOX = 33.0, 320.0, 150.0
RANK, RISE, VALUE, TITLE_SHARE = 24.0, 34.0, 44.0, 0.31


@dataclasses.dataclass(frozen=True)
class ShelfLayout:
    """For a rectangle, so many rated items and candidates, and so many foretold ones; zoom: the type's (theme.py)."""

    rect: QRectF
    num_rated: int
    num_candidates: int
    num_foretold: int
    zoom: float = 1.0

    # --- cards --------------------------------------------------------------------------------------
    @functools.cached_property
    def _slots(self) -> int:
        return max(
            LEAST_ASKED + 1,
            int((self.rect.width() - scaled(GROUP_GAP) + 2 * scaled(GAP)) / (scaled(NARROWEST_CARD) + scaled(GAP))),
        )

    @functools.cached_property
    def rated_slots(self) -> int:
        """How many rated items are in sight at once."""
        return min(self.num_rated, self._slots - min(LEAST_ASKED, self.num_candidates))

    @functools.cached_property
    def asked_slots(self) -> int:
        """How many items to ask are in sight."""
        return min(self.num_candidates, self._slots - self.rated_slots)

    @functools.cached_property
    def poster_height(self) -> float:
        return min(max(POSTER_SHARE * self.rect.height(), scaled(LOWEST_POSTER)), scaled(HIGHEST_POSTER))

    def card(self, slot: int) -> QRectF:
        """Poster and stars of a slot, from left to right; those to ask stand apart at the right."""
        width = (self.rect.width() - scaled(GROUP_GAP) - scaled(GAP) * (self._slots - 2)) / self._slots
        left = self.rect.left() + slot * (width + scaled(GAP))
        if slot >= self.rated_slots > 0:
            from_right = self.rated_slots + self.asked_slots - slot
            left = self.rect.right() - from_right * (width + scaled(GAP)) + scaled(GAP)
        return QRectF(left, self.rect.top() + scaled(HEAD), width, self.poster_height + scaled(STARS))

    def stars(self, slot: int) -> QRectF:
        """The five stars of a card."""
        card = self.card(slot)
        width = min(card.width() - 4, 5 * scaled(17))
        return QRectF(card.center().x() - width / 2, card.bottom() - scaled(STARS) + 1, width, scaled(STARS) - 2)

    @functools.cached_property
    def asked_left(self) -> float:
        """Where the cards to ask begin."""
        return self.card(self.rated_slots).left() if self.asked_slots else self.rect.right()

    # --- what is foretold -----------------------------------------------------------------------------
    @property
    def has_strip(self) -> bool:
        return self.rect.height() >= scaled(LOWEST_WITH_STRIP)

    @functools.cached_property
    def list_head(self) -> QRectF:
        top = self.rect.top() + scaled(HEAD) + self.poster_height + scaled(STARS) + scaled(GAP)
        return QRectF(self.rect.left(), top, self.rect.width(), scaled(HEAD))

    @functools.cached_property
    def rows(self) -> QRectF:
        """All rows that are in sight."""
        top = self.list_head.bottom()
        bottom = self.strip_head.top() - scaled(GAP) if self.has_strip else self.rect.bottom()
        return QRectF(self.rect.left(), top, self.rect.width(), max(bottom - scaled(AXIS) - top, scaled(LOWEST_ROW)))

    @functools.cached_property
    def num_rows(self) -> int:
        return max(1, min(self.num_foretold, int(self.rows.height() / scaled(LOWEST_ROW))))

    @functools.cached_property
    def row_height(self) -> float:
        return min(self.rows.height() / self.num_rows, scaled(HIGHEST_ROW))

    def row(self, place: float) -> QRectF:
        """A row by its place, which may lie between two while rows change places."""
        top = self.rows.top() + place * self.row_height
        return QRectF(self.rect.left(), top, self.rect.width(), self.row_height)

    @functools.cached_property
    def bars(self) -> tuple[float, float]:
        """Left and right end of the scale that bars are drawn on."""
        left = self.rect.left() + scaled(RANK) + scaled(RISE) + TITLE_SHARE * self.rect.width()
        return left, self.rect.right() - scaled(VALUE) - 6.0

    # --- what moved -----------------------------------------------------------------------------------
    @functools.cached_property
    def strip_head(self) -> QRectF:
        return QRectF(
            self.rect.left(), self.rect.bottom() - scaled(STRIP_BOX) - scaled(HEAD), self.rect.width(), scaled(HEAD)
        )

    def strip_boxes(self) -> list[QRectF]:
        """Boxes side by side at the foot."""
        number = max(2, int((self.rect.width() + scaled(GAP)) / (scaled(WIDEST_BOX) + scaled(GAP))))
        width = (self.rect.width() - scaled(GAP) * (number - 1)) / number
        top = self.rect.bottom() - scaled(STRIP_BOX)
        return [
            QRectF(self.rect.left() + place * (width + scaled(GAP)), top, width, scaled(STRIP_BOX))
            for place in range(number)
        ]
