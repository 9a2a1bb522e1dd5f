"""The palette's list: headings and entries as a model, and how they are painted."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.palette.finding import Found
from metalearn_gui.ui.plotting import faded
from metalearn_gui.ui.theme import scaled, small_capitals_font, theme, ui_font

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
ENTRY_HEIGHT, HEADING_HEIGHT = 35, 26
EDGE, ICON, TEXT_LEFT = 18, 16, 48


@dataclasses.dataclass(frozen=True)
class Row:
    """A heading, or what was found."""

    heading: str = ""
    found: Found | None = None


class RowsModel(QAbstractListModel):
    """Rows that are exchanged as a whole."""

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []

    def show_rows(self, rows: list[Row]) -> None:
        """These rows instead of all others."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row_at(self, place: int) -> Row:
        """What stands there."""
        return self._rows[place]

    def places(self) -> list[int]:
        """Where entries stand, headings left out."""
        return [place for place, row in enumerate(self._rows) if row.found is not None]

    def height(self) -> int:
        """Of all rows, in pixels."""
        return sum(scaled(HEADING_HEIGHT if row.found is None else ENTRY_HEIGHT) for row in self._rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        is_entry = index.isValid() and self._rows[index.row()].found is not None
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if is_entry else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()] if index.isValid() else Row()
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.found.entry.text if row.found else row.heading
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and row.found:
            return f"{row.found.entry.detail} {row.found.entry.shortcut}".strip()
        return None


class RowsDelegate(QStyledItemDelegate):
    """An entry: icon, name with the letters that were asked for in bold, what it is, and its keys."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, scaled(HEADING_HEIGHT if index.data(ROW_ROLE).heading else ENTRY_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, rect = index.data(ROW_ROLE), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.found is None:
            painter.setFont(small_capitals_font())
            painter.setPen(theme().palette.muted)
            painter.drawText(rect.adjusted(EDGE, 4, 0, 0), Qt.AlignmentFlag.AlignVCenter, row.heading)
        else:
            is_current = bool(option.state & QStyle.StateFlag.State_Selected)
            if is_current:
                painter.setPen(QPen(theme().palette.learner, 1.2))
                painter.setBrush(faded(theme().palette.learner, 0.12))
                painter.drawRoundedRect(rect.adjusted(8.5, 0.5, -8.5, -0.5), 9, 9)
            self._paint_entry(painter, rect, row.found, is_current)
        painter.restore()

    def _paint_entry(self, painter: QPainter, rect: QRectF, found: Found, is_current: bool) -> None:
        entry, colors = found.entry, theme().palette
        tint = colors.accent_text if is_current else colors.muted
        side = scaled(ICON)
        picture = icon(entry.icon, tint).pixmap(QSize(side, side), painter.device().devicePixelRatioF())
        painter.drawPixmap(QPointF(rect.left() + EDGE + 2, rect.center().y() - side / 2), picture)
        right = paint_keys(painter, rect.right() - EDGE, rect.center().y(), entry.shortcut)
        painter.setFont(ui_font(12.5))
        painter.setPen(colors.muted)
        width = min(painter.fontMetrics().horizontalAdvance(entry.detail) + 1, int(0.45 * rect.width()))
        detail = painter.fontMetrics().elidedText(entry.detail, Qt.TextElideMode.ElideRight, width)
        place = QRectF(right - width, rect.top(), width, rect.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, detail)
        left = scaled(TEXT_LEFT)
        room = QRectF(rect.left() + left, rect.top(), place.left() - 12 - rect.left() - left, rect.height())
        _paint_name(painter, room, entry.text, found.places, 600 if is_current else 400)


def _paint_name(painter: QPainter, room: QRectF, text: str, places: tuple[int, ...], weight: int) -> None:
    """The text, the asked-for letters bold and in the accent's colour, cut with an ellipsis where it is too long."""
    colors, plain, bold = theme().palette, ui_font(14, weight), ui_font(14, 700)
    left, asked = room.left(), set(places)
    end = room.right() - QFontMetricsF(plain).horizontalAdvance("…")
    for place, letter in enumerate(text):
        painter.setFont(bold if place in asked else plain)
        painter.setPen(colors.accent_text if place in asked else colors.text)
        width = QFontMetricsF(painter.font()).horizontalAdvance(letter)
        if left + width > end and place < len(text) - 1:
            painter.drawText(QPointF(left, _baseline(painter, room)), "…")
            return
        painter.drawText(QPointF(left, _baseline(painter, room)), letter)
        left += width


def _baseline(painter: QPainter, room: QRectF) -> float:
    metrics = painter.fontMetrics()
    return room.center().y() + (metrics.ascent() - metrics.descent()) / 2


def keys_of(shortcut: str) -> list[str]:
    """What is held and pressed together; where there are two ways, the first."""
    keys = shortcut.split(" or ")[0].replace("++", "+plus").split("+")
    return ["+" if key == "plus" else key for key in keys if key]


def paint_keys(painter: QPainter, right: float, middle: float, shortcut: str) -> float:
    """Each key of a shortcut in a box of its own, ending at the right; returns where what is left of them ends."""
    colors = theme().palette
    painter.setFont(ui_font(11.5, 600))
    for key in reversed(keys_of(shortcut)):
        width, height = painter.fontMetrics().horizontalAdvance(key) + 12, scaled(19)
        box = QRectF(right - width, middle - height / 2, width, height)
        painter.setPen(QPen(colors.line, 1))
        painter.setBrush(colors.background)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(colors.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)
        right = box.left() - 4
    return right - (8 if shortcut else 0)
