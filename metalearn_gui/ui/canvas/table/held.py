"""What slices hold fast: the inputs that do not vary stay as the chosen row has them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from metalearn_gui.bridge.session import TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tables.fields import Fields
from metalearn_gui.engine.tables.slices import Slice, Slices
from metalearn_gui.ui.canvas.table.one_row import is_support, point_of, row_value


def held_text(looks: Slices, touched: TouchedTask) -> str:
    """The row that the slices pass through, and its values there; empty where nothing is held."""
    fields, cuts = looks.fields, looks.cuts
    varying = {cuts[0].across, cuts[0].up} if len(cuts) == 1 else set()
    held = [field for field in fields.inputs if field not in varying]
    if not held or not len(point_of(touched, looks.row).x):
        return ""
    held.sort(key=lambda field: not field.is_category)  # they make the most difference
    values = ", ".join(f"{field.name} {field.text(row_value(fields, touched, looks.row, field))}" for field in held)
    is_given = is_support(touched, looks.row)
    number = str(looks.row + 1) if is_given else f"?{looks.row - len(touched.support.x) + 1}"
    text = QCoreApplication.translate("TableCanvas", "through row {number}: {values}")
    return text.format(number=number, values=values)


def shares_categories(fields: Fields, cut: Slice, points: Array, row: Array) -> Array:
    """Which points (n, dim) lie in a slice through a row (1, dim), as far as categories go: (n,)."""
    inside = np.ones(len(points), bool)
    for field in fields.inputs:
        if field.is_category and field not in (cut.across, cut.up):
            inside &= field.values(points) == field.values(row)
    return inside
