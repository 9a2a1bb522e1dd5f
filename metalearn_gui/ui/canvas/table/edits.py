"""Other cells in a support set: out of texts that a person typed or pasted."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication

from metalearn_gui.bridge.session import TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tables.fields import Field, Fields
from metalearn_gui.ui.canvas.table.one_row import is_support, point_of

MOST_ROWS = 1000


def pasted_cells(text: str, names: Sequence[str], known: Sequence[str]) -> list[dict[str, str]]:
    """Cells by column, row by row, split where a spreadsheet or a CSV file does.

    A comma parts cells only where a line has one for every column: else it is a decimal mark.

    Args:
        names: of the columns from the current one on, which the cells are for.
        known: names that a first line may consist of; then it says which columns the cells are for.

    Raises:
        SettingError: there is nothing, or more columns than names.
    """
    first = text.strip("\n").split("\n", 1)[0]
    commas = {len(some) - 1 for some in (names, known) if len(some) > 1}
    separator = next((mark for mark in "\t;" if mark in first), "," if first.count(",") in commas else "\t")
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if "".join(row).strip()]
    except csv.Error:
        rows = []
    if not rows:
        raise SettingError(_tr("There is no text to paste; copy some cells of a table first"))
    if all(cell.strip() in known for cell in rows[0]):
        names, rows = [cell.strip() for cell in rows[0]], rows[1:]
    widest = max((len(row) for row in rows), default=0)
    if widest > len(names):
        refused = _tr("{count} columns were pasted where there are {room}; paste fewer, or with their names above")
        raise SettingError(refused.format(count=widest, room=len(names)))
    return [dict(zip(names, row, strict=False)) for row in rows[:MOST_ROWS]]


def with_rows(support: PointSet, query: PointSet, count: int) -> tuple[Array, Array]:
    """A copy of the support set with at least so many rows: new ones are like the last, or like a query row."""
    source = support if len(support.x) else query
    missing = max(0, count - len(support.x))
    places = np.concatenate([np.arange(len(support.x)), np.full(missing, max(len(source.x) - 1, 0))]).astype(int)
    return source.x[places].copy(), source.y[places].copy()


def with_row_after(touched: TouchedTask, point: int) -> tuple[Array, Array, int]:
    """A copy of the support set with one more row like a point, and the new row's place.

    It comes after the point where that is a support row, else at the end. Without such a point nothing is added.
    """
    x, y = point_of(touched, point)[:2]
    support = touched.support
    place = point + 1 if is_support(touched, point) else len(support.x)
    return np.insert(support.x, [place] * len(x), x, 0), np.insert(support.y, [place] * len(y), y, 0), place


def put_cells(fields: Fields, x: Array, y: Array, first_row: int, cells: Sequence[Mapping[str, str]]) -> None:
    """Write texts into rows of x and y, from a row on.

    Raises:
        SettingError: the first cell that cannot be taken; then the rows are to be thrown away.
    """
    for row, texts in enumerate(cells, first_row):
        for field in fields.inputs:
            if field.name in texts:
                x[row] = field.put(x[row : row + 1], _parsed(field, texts, row, len(cells)))[0]
        for place, field in enumerate(fields.targets):
            if field.name in texts:
                value = _parsed(field, texts, row, len(cells))
                y[row if fields.are_classes else (row, place)] = value


def _parsed(field: Field, texts: Mapping[str, str], row: int, num_rows: int) -> float:
    try:
        return field.parsed(texts[field.name])
    except SettingError as error:
        where = _tr("Row {row}: ").format(row=row + 1) if num_rows > 1 else ""
        raise SettingError(f"{where}{error}") from error


def _tr(text: str) -> str:
    return QCoreApplication.translate("RowsModel", text)
