"""The column of results: as many cards stand open as have room, and what a hand opens makes others fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.theme import scaled

FOLDED = 40  # pixels of a card that shows its header alone


class RightSide(QWidget):
    """Holds cards that come and go with what there is to show.

    Args:
        panels: from top to bottom.
        stretch: how much of the height an open card takes.
        first: the order in which cards are given room.
    """

    def __init__(
        self, panels: Mapping[str, Panel], stretch: Mapping[str, int], first: Sequence[str], gap: int, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("right_side")
        self._panels = dict(panels)
        self._order = sorted(panels, key=first.index)
        self._folded_by_hand: set[str] = set()
        self._is_arranging = False
        column = self._cards = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap)
        for key, panel in panels.items():
            column.addWidget(panel, stretch.get(key, 0))
            panel.collapsedChanged.connect(lambda collapsed, key=key: self._take_hand(key, collapsed))
        column.addStretch(1)  # only where every card is folded

    def event(self, event: QEvent) -> bool:
        answered = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # a card came or went
            self._arrange()
        return answered

    def minimumSizeHint(self) -> QSize:
        """Of folded cards: what the open ones were granted must not keep a window from becoming smaller."""
        here = self._here()
        height = len(here) * scaled(FOLDED) + max(0, len(here) - 1) * self._cards.spacing()
        return QSize(super().minimumSizeHint().width(), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _take_hand(self, key: str, collapsed: bool) -> None:
        """A card that a hand has folded stays so; one that it has opened comes before all others."""
        if self._is_arranging:
            return
        if collapsed:
            self._folded_by_hand.add(key)
        else:
            self._folded_by_hand.discard(key)
            self._order.insert(0, self._order.pop(self._order.index(key)))
        self._arrange()

    def _here(self) -> list[str]:
        """The cards that there are now, in the order in which they are given room."""
        return [key for key in self._order if not (self._panels[key].isHidden() or self._panels[key].is_detached)]

    def _arrange(self) -> None:
        if self._is_arranging or not self.isVisible():
            return
        self._is_arranging = True
        try:
            here = self._here()
            still_open = self._with_room(here)
            for key in here:
                if self._panels[key].is_collapsed == (key in still_open):
                    self._panels[key].toggle_collapsed()
            self._grant_wishes(here, still_open)
        finally:
            self._is_arranging = False

    def _grant_wishes(self, here: Sequence[str], still_open: set[str]) -> None:
        """Give cards what they need, and what they wish for out of what that leaves; the rest goes by their shares."""
        needs = {key: scaled(self._panels[key].room if key in still_open else FOLDED) for key in here}
        spare = self.height() - (len(here) - 1) * self._cards.spacing() - sum(needs.values())
        has_room = spare >= 0  # not where even one card alone is too high
        for key in here:
            panel = self._panels[key]
            wished = min(max(0, scaled(panel.wish) - needs[key]), max(0, spare)) if key in still_open else 0
            panel.setMinimumHeight(needs[key] + wished if key in still_open and has_room else 0)
            spare -= wished

    def _with_room(self, here: Sequence[str]) -> set[str]:
        """The cards that may stand open: in their order, each for which there is room; one always may."""
        room = self.height() - (len(here) - 1) * self._cards.spacing() - len(here) * scaled(FOLDED)
        still_open: set[str] = set()
        for key in here:
            needed = scaled(self._panels[key].room - FOLDED)
            if key in self._folded_by_hand:
                continue
            if needed > room and still_open:
                continue
            still_open.add(key)
            room -= needed
        return still_open
