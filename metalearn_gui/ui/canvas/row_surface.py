"""A canvas of rows, support rows first and then query rows, one of which is chosen: shown large, or in full."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.canvas.handles import HandleSurface
from metalearn_gui.ui.canvas.keys import ARROWS
from metalearn_gui.ui.canvas.rows import Rows
from metalearn_gui.ui.theme import scaled, theme, ui_font


class RowSurface(HandleSurface):
    """Holds the rows of the touched task and the chosen one, which stays within them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._rows = Rows(self.touched)
        self.row = self.first_row()

    def first_row(self) -> int:
        """The row that a new task is shown with."""
        return 0

    def describe_row(self, row: int) -> str:
        """One line for a screen reader."""
        return self.describe_handle(row)

    def described(self) -> str:
        """The chosen handle; else the row that is shown."""
        if self.chosen is not None or not self._rows.count:
            return super().described()
        return self.describe_row(self.row)

    @property
    def _num_support(self) -> int:
        return len(self.touched.support.x)

    @property
    def _is_support(self) -> bool:
        return self.row < self._num_support

    def task_changed(self) -> None:
        super().task_changed()
        self._rows = Rows(self.touched)
        self.row = self.first_row()

    def settle(self) -> None:
        self._rows = Rows(self.touched)
        self.row = min(self.row, max(self._rows.count - 1, 0))
        super().settle()


class PictureSurface(RowSurface):
    """Every support row is a picture and a handle; the chosen one, of either set, is shown large."""

    def first_row(self) -> int:
        """The one that was chosen when this task was last here; else the first query picture, if there is one."""
        row = self.session.unseen.row
        return min(self._num_support if row is None else row, max(self._rows.count - 1, 0))

    def insert(self) -> int | None:
        """The chosen picture joins the support set, with its own target."""
        if not self._rows.count:
            return None
        self.session.unseen.add_point(self._rows.x[self.row], self._rows.y[self.row])
        return self._num_support - 1

    def choose(self, index: int | None) -> None:
        if index is not None:
            self._take_row(index)
        super().choose(index)

    def choose_row(self, row: int) -> None:
        """Show this picture large."""
        self._take_row(row % max(self._rows.count, 1))
        self.chosen = self.row if self._is_support else None
        self._describe()
        self.update()

    def settle(self) -> None:
        super().settle()
        self._take_row(self.row)

    def _take_row(self, row: int) -> None:
        self.row = row
        self.session.unseen.choose_row(row)

    def move_hand(self, direction: QPointF, draws: bool) -> None:
        """What the keyboard holds over the large picture goes one of its pixels further; on its way it may draw."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = ARROWS.get(Qt.Key(event.key()))
        draws = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if direction is None:
            super().keyPressEvent(event)
        elif draws or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.move_hand(direction, draws)
        else:
            self.choose_row(self.row + (1 if direction.x() + direction.y() > 0 else -1))

    def _choose_end(self, place: int) -> None:
        self.choose_row(place)

    def draw_lesson(self, painter: QPainter, height: float) -> None:
        """The family's lesson in the lowest line, cut where there is no room. height: in pixels of the design."""
        painter.setFont(ui_font(12))
        painter.setPen(theme().palette.muted)
        line = QRectF(0, self.height() - scaled(height), self.width(), scaled(height))
        text = painter.fontMetrics().elidedText(self.family.lesson(), Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
