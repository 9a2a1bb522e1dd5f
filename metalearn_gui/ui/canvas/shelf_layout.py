"""Where everything lies on the shelf canvas: cards at the top, what is foretold below, what moved at the foot."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QRectF

HEAD, STARS, GAP, AXIS = 18.0, 20.0, 8.0, 15.0
NARROWEST_CARD, GROUP_GAP, LEAST_ASKED = 84.0, 18.0, 2
LOWEST_POSTER, HIGHEST_POSTER, POSTER_SHARE = 34.0, 96.0, 0.17
LOWEST_ROW, HIGHEST_ROW = 21.0, 44.0
STRIP_BOX, LOWEST_WITH_STRIP, WIDEST_BOX = 33.0, 320.0, 150.0
RANK, RISE, VALUE, TITLE_SHARE = 24.0, 34.0, 44.0, 0.31


@dataclasses.dataclass(frozen=True)
class ShelfLayout:
    """For a rectangle, so many rated items and candidates, and so many foretold ones."""

    rect: QRectF
    num_rated: int
    num_candidates: int
    num_foretold: int

    # --- cards --------------------------------------------------------------------------------------
    @property
    def _slots(self) -> int:
        return max(LEAST_ASKED + 1, int((self.rect.width() - GROUP_GAP + 2 * GAP) / (NARROWEST_CARD + GAP)))

    @property
    def rated_slots(self) -> int:
        """How many rated items are in sight at once."""
        return min(self.num_rated, self._slots - min(LEAST_ASKED, self.num_candidates))

    @property
    def asked_slots(self) -> int:
        """How many items to ask are in sight."""
        return min(self.num_candidates, self._slots - self.rated_slots)

    @property
    def poster_height(self) -> float:
        return min(max(POSTER_SHARE * self.rect.height(), LOWEST_POSTER), HIGHEST_POSTER)

    def card(self, slot: int) -> QRectF:
        """Poster and stars of a slot, from left to right; those to ask stand apart at the right."""
        width = (self.rect.width() - GROUP_GAP - GAP * (self._slots - 2)) / self._slots
        left = self.rect.left() + slot * (width + GAP)
        if slot >= self.rated_slots > 0:
            from_right = self.rated_slots + self.asked_slots - slot
            left = self.rect.right() - from_right * (width + GAP) + GAP
        return QRectF(left, self.rect.top() + HEAD, width, self.poster_height + STARS)

    def stars(self, slot: int) -> QRectF:
        """The five stars of a card."""
        card = self.card(slot)
        width = min(card.width() - 4, 5 * 17.0)
        return QRectF(card.center().x() - width / 2, card.bottom() - STARS + 1, width, STARS - 2)

    @property
    def asked_left(self) -> float:
        """Where the cards to ask begin."""
        return self.card(self.rated_slots).left() if self.asked_slots else self.rect.right()

    # --- what is foretold -----------------------------------------------------------------------------
    @property
    def has_strip(self) -> bool:
        return self.rect.height() >= LOWEST_WITH_STRIP

    @property
    def list_head(self) -> QRectF:
        top = self.rect.top() + HEAD + self.poster_height + STARS + GAP
        return QRectF(self.rect.left(), top, self.rect.width(), HEAD)

    @property
    def rows(self) -> QRectF:
        """All rows that are in sight."""
        top = self.list_head.bottom()
        bottom = self.strip_head.top() - GAP if self.has_strip else self.rect.bottom()
        return QRectF(self.rect.left(), top, self.rect.width(), max(bottom - AXIS - top, LOWEST_ROW))

    @property
    def num_rows(self) -> int:
        return max(1, min(self.num_foretold, int(self.rows.height() / LOWEST_ROW)))

    @property
    def row_height(self) -> float:
        return min(self.rows.height() / self.num_rows, HIGHEST_ROW)

    def row(self, place: float) -> QRectF:
        """A row by its place, which may lie between two while rows change places."""
        top = self.rows.top() + place * self.row_height
        return QRectF(self.rect.left(), top, self.rect.width(), self.row_height)

    @property
    def bars(self) -> tuple[float, float]:
        """Left and right end of the scale that bars are drawn on."""
        left = self.rect.left() + RANK + RISE + TITLE_SHARE * self.rect.width()
        return left, self.rect.right() - VALUE - 6.0

    # --- what moved -----------------------------------------------------------------------------------
    @property
    def strip_head(self) -> QRectF:
        return QRectF(self.rect.left(), self.rect.bottom() - STRIP_BOX - HEAD, self.rect.width(), HEAD)

    def strip_boxes(self) -> list[QRectF]:
        """Boxes side by side at the foot."""
        number = max(2, int((self.rect.width() + GAP) / (WIDEST_BOX + GAP)))
        width = (self.rect.width() - GAP * (number - 1)) / number
        top = self.rect.bottom() - STRIP_BOX
        return [QRectF(self.rect.left() + place * (width + GAP), top, width, STRIP_BOX) for place in range(number)]
