"""The touched task's rows as an editable table: support rows, an empty one to add to, then query rows to read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tables.fields import Field, Fields
from metalearn_gui.ui.canvas.table.edits import pasted_cells, put_cells, with_row_after, with_rows
from metalearn_gui.ui.canvas.table.one_row import row_value
from metalearn_gui.ui.theme import theme, ui_font

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
FIELD_ROLE = Qt.ItemDataRole.UserRole


class RowsModel(QAbstractTableModel):
    """Columns: targets, what is predicted, inputs. A cell that cannot be taken is told by `refused`."""

    refused = Signal(str)  # one line; empty once a cell was taken

    def __init__(self, session: Session, fields: Fields, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._fields = session, fields
        self._touched = session.unseen.touched  # what the view has been told of
        self._columns: list[Field | None] = [*fields.targets, None, *fields.inputs]
        self._predicted: list[str] = []

    # --- what is there ------------------------------------------------------------------------------

    @property
    def num_support(self) -> int:
        """Rows that can be edited; the row after them adds one."""
        return len(self._touched.support.x)

    @property
    def num_query(self) -> int:
        return len(self._touched.query.x)

    def point_of(self, row: int) -> int | None:
        """The number among all support and then all query rows; None for the row that adds one."""
        if row == self.num_support:
            return None
        return row if row < self.num_support else row - 1

    def row_of(self, point: int) -> int:
        """The inverse of `point_of`."""
        return point if point < self.num_support else point + 1

    def take_task(self) -> None:
        """The session has other points."""
        before, task = self._touched, self._session.unseen.touched
        if task.support is before.support and task.query is before.query:
            self._touched = task
            return  # a cell that is being edited would be filled with its old text again
        old, new = self.rowCount(), len(task.support.x) + len(task.query.x) + 1
        if new > old:
            self.beginInsertRows(NO_INDEX, old, new - 1)
            self._touched = task
            self.endInsertRows()
        elif new < old:
            self.beginRemoveRows(NO_INDEX, new, old - 1)
            self._touched = task
            self.endRemoveRows()
        self._touched = task
        self._tell(0, self.columnCount() - 1)

    def show_predicted(self, texts: list[str]) -> None:
        """What is predicted, for all support and then all query rows; none where that is not known."""
        if texts != self._predicted:
            self._predicted = texts
            self._tell(len(self._fields.targets), len(self._fields.targets))

    def _tell(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(0, first), self.index(self.rowCount() - 1, last))

    # --- what a view asks ---------------------------------------------------------------------------

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else self.num_support + self.num_query + 1

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        can_edit = index.row() <= self.num_support and self._field(index.column()) is not None
        return flags | Qt.ItemFlag.ItemIsEditable if can_edit else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._text(index)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._color(index)
        if role == FIELD_ROLE:
            return self._field(index.column())
        field = self._field(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and not (field and field.is_category):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.FontRole:
            return ui_font(12, 600 if self._is_target(section, orientation) else 400)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation == Qt.Orientation.Horizontal:
            field = self._field(section)
            return field.name if field else self.tr("predicted")
        point = self.point_of(section)
        if point is None:
            return "+"
        return str(point + 1) if point < self.num_support else f"?{point - self.num_support + 1}"

    def _is_target(self, section: int, orientation: Qt.Orientation) -> bool:
        return orientation == Qt.Orientation.Horizontal and section <= len(self._fields.targets)

    def _field(self, column: int) -> Field | None:
        return self._columns[column]

    def _text(self, index: Index) -> str:
        point, field = self.point_of(index.row()), self._field(index.column())
        if point is None:
            return ""
        if field is None:
            return self._predicted[point] if point < len(self._predicted) else ""
        return field.text(row_value(self._fields, self._touched, point, field))

    def _color(self, index: Index) -> object:
        palette = theme().palette
        if self._field(index.column()) is None:
            return palette.accent_text
        return palette.text if index.row() <= self.num_support else palette.muted

    # --- what a hand changes ------------------------------------------------------------------------

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        field = self._field(index.column())
        if role != Qt.ItemDataRole.EditRole or field is None or str(value) == self._text(index):
            return False
        return self._take(index.row(), lambda: [{field.name: str(value)}])

    def paste(self, index: Index, text: str) -> bool:
        """Cells from this one on, as a spreadsheet copies them; rows that are not there yet are added."""
        names = [field.name for field in self._columns[max(index.column(), 0) :] if field]
        known = [*(field.name for field in self._fields.every), self.tr("predicted")]
        row = self.num_support if index.row() < 0 else min(index.row(), self.num_support)
        return self._take(row, lambda: pasted_cells(text, names, known))

    def copied(self, indices: list[QModelIndex]) -> str:
        """Cells as a spreadsheet takes them, from the first row and column to the last; of several with their names."""
        rows = sorted({index.row() for index in indices})
        columns = sorted({index.column() for index in indices})
        lines = [[self._text(self.index(row, column)) for column in columns] for row in rows]
        if len(indices) > 1:
            lines = [[str(self.headerData(column, Qt.Orientation.Horizontal)) for column in columns], *lines]
        return "\n".join("\t".join(line) for line in lines)

    def add_row(self, after: int = -1) -> int:
        """One more support row, after a row and like it, or at the end and like the last; its place."""
        point = self.point_of(after) if after >= 0 else None
        if point is None:
            self._take(self.num_support, lambda: [{}])
            return self.num_support - 1
        x, y, place = with_row_after(self._touched, point)
        self._set_support(x, y)
        return place

    def remove_rows(self, rows: list[int]) -> None:
        """Take these out of the support set; query rows stay."""
        support = self._touched.support
        kept = np.setdiff1d(np.arange(self.num_support), rows)
        if len(kept) < self.num_support:
            self._set_support(support.x[kept], support.y[kept])

    def _take(self, row: int, cells: Callable[[], list[dict[str, str]]]) -> bool:
        """All cells from a row on, or none and a line that says why."""
        try:
            texts = cells()
            x, y = with_rows(self._touched.support, self._touched.query, row + len(texts))
            put_cells(self._fields, x, y, row, texts)
        except SettingError as error:
            self.refused.emit(str(error))
            return False
        self._set_support(x, y)
        return True

    def _set_support(self, x: Array, y: Array) -> None:
        self._session.unseen.begin_touch()
        self._session.unseen.set_support(x, y)
        self.refused.emit("")
