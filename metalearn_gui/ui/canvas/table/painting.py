"""Everything that lies on the slices, pane by pane, and the legend above them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPainter

from metalearn_gui.bridge.session import TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.tables.fields import Fields
from metalearn_gui.ui.canvas.answered import Other
from metalearn_gui.ui.canvas.axes import Range
from metalearn_gui.ui.canvas.table.drawing import (
    class_image,
    draw_band,
    draw_borders,
    draw_class_lines,
    draw_line,
    draw_plane,
    value_image,
    with_level,
)
from metalearn_gui.ui.canvas.table.held import shares_categories
from metalearn_gui.ui.canvas.table.legend import LegendLine
from metalearn_gui.ui.canvas.table.one_row import is_support, point_of
from metalearn_gui.ui.canvas.table.panes import Pane
from metalearn_gui.ui.canvas.table.points import (
    QUERY_RAIL,
    SUPPORT_RAIL,
    draw_held,
    draw_query,
    draw_support,
    target_numbers,
)
from metalearn_gui.ui.canvas.table.predictions import Predictions
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import theme

CONTEXT = "TableCanvas"
BEFORE_DASHES = [4.0, 3.0]
FAINT = 0.3  # of rows that a slice does not pass through


@dataclasses.dataclass(frozen=True)
class Scene:
    """What is to be seen. row: the chosen one, of all; span: of the target's colours; beside: other learners."""

    fields: Fields
    touched: TouchedTask
    panes: list[Pane]
    target: int
    row: int
    span: Range
    step: int
    before: Predictions | None
    now: Predictions | None
    beside: Sequence[tuple[Other, Predictions]]

    def predicted(self) -> Array | None:
        """For the query rows (m,): the target, or the class."""
        if self.now is None:
            return None
        values = self.now.rows[len(self.touched.support.x) :]
        return values.argmax(axis=1) if self.fields.are_classes else values[:, self.target]

    def chosen(self) -> tuple[Array, Array] | None:
        """The chosen row (1, dim) and what it has upward on a line (1,)."""
        point = point_of(self.touched, self.row)
        rail = SUPPORT_RAIL if is_support(self.touched, self.row) else QUERY_RAIL
        return (point.x, target_numbers(point, self.target, rail)) if len(point.x) else None


def paint_scene(painter: QPainter, scene: Scene) -> None:
    """Predictions under the rows, inside each pane's frame."""
    predicted, chosen = scene.predicted(), scene.chosen()
    for place, pane in enumerate(scene.panes):
        painter.setClipRect(pane.frame.adjusted(1, 1, -1, -1))
        if pane.cut.up is not None:
            _paint_plane(painter, scene, place)
        elif scene.fields.are_classes:
            _paint_class_lines(painter, scene, place)
        else:
            _paint_curves(painter, scene, place)
        painter.setClipRect(pane.frame.adjusted(-6, -6, 6, 6))
        _paint_rows(painter, scene, pane, predicted)
        if chosen is not None:
            draw_held(painter, pane, *chosen)
    painter.setClipping(False)


def _paint_rows(painter: QPainter, scene: Scene, pane: Pane, predicted: Array | None) -> None:
    """The rows; those of other categories than the slice's are faint."""
    chosen = scene.chosen()
    for is_inside in (False, True):
        parts = []
        for points in (scene.touched.query, scene.touched.support):
            inside = np.ones(len(points.x), bool)
            if chosen is not None:
                inside = shares_categories(scene.fields, pane.cut, points.x, chosen[0])
            parts.append(inside == is_inside)
        painter.setOpacity(1.0 if is_inside else FAINT)
        query, support = (
            PointSet(points.x[part], points.y[part])
            for points, part in zip((scene.touched.query, scene.touched.support), parts, strict=True)
        )
        draw_query(painter, pane, query, scene.target, None if predicted is None else predicted[parts[0]])
        draw_support(painter, pane, support, scene.target, scene.span)


def _paint_plane(painter: QPainter, scene: Scene, place: int) -> None:
    if scene.now is None:
        return
    values = scene.now.slices[place]
    is_value = not scene.fields.are_classes
    image = value_image(values[..., scene.target], scene.span) if is_value else class_image(values)
    pane = scene.panes[place]
    draw_plane(painter, pane, image)
    maps = [(found.slices[place], other.color) for other, found in scene.beside]
    if is_value and maps:  # the learner's own line, to hold theirs beside
        maps.append((values, theme().palette.text))
    for found, color in maps:
        table = with_level(found[..., scene.target], sum(scene.span) / 2) if is_value else found
        draw_borders(painter, pane, table, color)


def _paint_class_lines(painter: QPainter, scene: Scene, place: int) -> None:
    for other, others in scene.beside:
        for probabilities in others.slices[place][0].T:
            draw_line(painter, scene.panes[place], probabilities, other.key, 1.2, other.color)
    for found, dashes in ((scene.before, BEFORE_DASHES), (scene.now, None)):
        if found is not None:
            draw_class_lines(painter, scene.panes[place], found.slices[place][0], dashes)


def _paint_curves(painter: QPainter, scene: Scene, place: int) -> None:
    pane, target = scene.panes[place], scene.target
    if scene.now is not None and scene.now.half is not None:
        draw_band(painter, pane, scene.now.slices[place][0, :, target], scene.now.half[place][0, :, target])
    for other, found in scene.beside:
        draw_line(painter, pane, found.slices[place][0, :, target], other.key, 1.8, other.color)
    for key, own in (("before", scene.before), ("learner", scene.now)):
        if own is not None:
            draw_line(painter, pane, own.slices[place][0, :, target], key, 2.6 if key == "learner" else 1.8)


def paint_legend(painter: QPainter, place: QRectF, scene: Scene) -> None:
    """As much of it as there is room for."""
    line = LegendLine(painter, place)
    after = _tr("after, step {step}").format(step=scene.step)
    if scene.fields.are_classes:
        for index, label in enumerate(scene.fields.targets[0].labels):
            line.label(index, label)
    elif scene.panes and scene.panes[0].cut.up is not None:
        line.scale(scene.span, after)
        if scene.beside:
            line.level(_tr("where it is {value}").format(value=number_text(sum(scene.span) / 2)))
    else:
        line.line("learner", after)
        line.line("before", _tr("before"))
    if not scene.fields.are_classes:
        line.query(_tr("query row and its miss"))


def _tr(text: str) -> str:
    return QCoreApplication.translate(CONTEXT, text)
