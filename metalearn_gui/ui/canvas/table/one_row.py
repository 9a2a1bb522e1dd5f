"""The columns of a table's task, and one of its rows, by its number among all support and then all query rows."""

from __future__ import annotations

from metalearn_gui.bridge.session import TouchedTask
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.tables.fields import Field, Fields
from metalearn_gui.engine.tasks.base import TaskFamily


def fields_of(family: TaskFamily) -> Fields:
    """The columns of a family whose view is "table"."""
    fields: Fields = family.fields  # type: ignore[attr-defined]
    return fields


def is_support(touched: TouchedTask, row: int) -> bool:
    """Whether a row is a support row."""
    return row < len(touched.support.x)


def point_of(touched: TouchedTask, row: int) -> PointSet:
    """The row alone, x (1, dim) and y (1, ...); nothing where there is no such row."""
    num_support = len(touched.support.x)
    points, place = (touched.support, row) if row < num_support else (touched.query, row - num_support)
    return PointSet(points.x[place : place + 1], points.y[place : place + 1])


def row_value(fields: Fields, touched: TouchedTask, row: int, field: Field) -> float:
    """Of one column."""
    point = point_of(touched, row)
    if field in fields.inputs:
        return float(field.values(point.x)[0])
    return float(fields.target_values(point.y)[0, fields.targets.index(field)])


def row_text(fields: Fields, touched: TouchedTask, row: int) -> list[str]:
    """Names and values of every column."""
    return [f"{field.name} {field.text(row_value(fields, touched, row, field))}" for field in fields.every]
