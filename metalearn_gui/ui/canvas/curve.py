"""The canvas of one-dimensional regression: points to drag and the curve that follows them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session, TouchedTask
from metalearn_gui.bridge.touches import UnitAnswers, reached
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.answered import Answered
from metalearn_gui.ui.canvas.axes import (
    Axes,
    Range,
    draw_columns,
    draw_frame,
    draw_rows,
    grown,
    label_room,
    settled,
    widened,
)
from metalearn_gui.ui.canvas.band import band_text, draw_band
from metalearn_gui.ui.canvas.best_curve import BestCurve
from metalearn_gui.ui.canvas.beyond import draw_beyond
from metalearn_gui.ui.canvas.curve_drawing import curve_color, draw_curve
from metalearn_gui.ui.canvas.direct_labels import draw_direct_labels
from metalearn_gui.ui.canvas.handles import HandleSurface
from metalearn_gui.ui.canvas.laid_over import RunsOnCanvas
from metalearn_gui.ui.canvas.legend_box import draw_legend_box
from metalearn_gui.ui.canvas.markers import draw_halo, draw_marker, draw_ring, faded, stamp_markers
from metalearn_gui.ui.canvas.unit_answers import draw_answers
from metalearn_gui.ui.text import exact_text, number_text
from metalearn_gui.ui.theme import scaled, theme

LEFT, TOP, RIGHT, BOTTOM = 30.0, 1.0, 1.0, 26.0  # room for the axes' numbers
POINT = 6.5  # radius of a support point
FAINT_POINTS = 60  # at 1 px: the steps between must cost next to nothing
FAINT_CURVES = 12
TALLEST = 1.0  # of the targets' range, on either side: a curve that runs away is cut there


class CurveCanvas(HandleSurface):
    """Truth dotted, before adapting dashed, after it solid, the steps between faint."""

    object_name = "curve_canvas"
    marker_size: ClassVar[float] = POINT
    shows_start: ClassVar[bool] = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._best, self._runs = BestCurve(), RunsOnCanvas(session)
        self._y_range = grown(self._base(), self._needed())
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Unseen task: drag the support points"))
        self._legend = {
            "truth": self.tr("truth"),
            "before": self.tr("before adapting ({start})"),
            "learner": self.tr("after adapting, step {step}"),
        }
        self._banded = self.tr(", with its 95 % band")
        self._by_hand = self.tr("with your context")
        self._chosen = self.tr("at the place you chose")
        self._short_legend = {
            "truth": self.tr("truth"),
            "best": self.tr("best possible"),
            "before": self.tr("before"),
            "learner": self.tr("step {step}"),
        }

    def learner_color(self) -> QColor:
        return theme().palette.learner

    def hint(self) -> str:
        return self.tr("click adds, right-click removes")

    def frame(self) -> QRectF:
        return QRectF(self.rect()).adjusted(max(LEFT, label_room(self._y_range)), TOP, -RIGHT, -scaled(BOTTOM))

    def axes(self) -> Axes:
        """How numbers lie on the widget now."""
        return Axes(self.frame(), grid_span(self.touched), self._y_range)

    def task_changed(self) -> None:
        super().task_changed()
        self._y_range = grown(self._base(), self._needed())

    def refit(self) -> None:
        self._y_range = settled(self._y_range, grown(self._base(), self._needed()), self._base())

    def _base(self) -> Range:
        return widened(self.family.output_range(), 0.03)

    def _needed(self) -> Range:
        """The points, and the curves as far as they stay near the targets' range."""
        low, high = self.family.output_range()
        reach = (high - low) * TALLEST
        curves = [*self.curves_to_fit(), np.array([low, high])]
        drawn = np.clip(np.concatenate([np.ravel(curve) for curve in curves]), low - reach, high + reach)
        values = np.concatenate([drawn, np.ravel(self.touched.support.y)])
        values = values[np.isfinite(values)]
        return float(values.min()), float(values.max())

    def curves_to_fit(self) -> list[Array]:
        """What the axis has room for, beside the points."""
        truth = [] if self.touched.truth is None else [self.touched.truth]
        own = self.adaptation
        return truth if own is None else [*truth, own.on_grid[0], own.on_grid[self.shown_step]]

    # --- handles --------------------------------------------------------------------------------
    def handle_pixels(self) -> Array:
        support = self.touched.support
        return self.axes().pixels(support.x[:, 0], support.y[:, 0])

    def move_handle(self, index: int, position: QPointF) -> None:
        self.session.unseen.move_point(index, *self._numbers(position))

    def add_at(self, position: QPointF) -> int | None:
        if not self.frame().contains(position):
            return None
        count = len(self.touched.support.x)
        self.session.unseen.add_point(*self._numbers(position))
        return count if len(self.touched.support.x) > count else None

    def insert(self) -> int | None:
        """In the middle of the widest gap between points, on the curve."""
        left, right = grid_span(self.touched)
        taken = np.sort(np.concatenate([[left, right], self.touched.support.x[:, 0]]))
        widest = int(np.argmax(np.diff(taken)))
        x = float(taken[widest : widest + 2].mean())
        curve = self._curve("learner", self.shown_step)
        y = 0.0 if curve is None else float(np.interp(x, self.touched.grid[:, 0], curve))
        return self.add_at(self.axes().point(x, float(np.clip(np.nan_to_num(y), *self._y_range))))

    def describe_handle(self, index: int) -> str:
        x, y = float(self.touched.support.x[index, 0]), float(self.touched.support.y[index, 0])
        place = self.tr("Point {index} of {count}").format(index=index + 1, count=len(self.touched.support.x))
        return f"{place}: x {number_text(x)}, y {number_text(y)}"

    def hover_lines(self, position: QPointF) -> list[str]:
        index = self.handle_at(position)
        if index is not None:
            x, y = self.touched.support.x[index, 0], self.touched.support.y[index, 0]
            return [f"x {exact_text(x)}   y {exact_text(y)}"]
        if not self.frame().contains(position):
            return []
        x, _ = self.axes().numbers(position)
        named = [
            (self.tr("after"), self._curve("learner", self.shown_step)),
            (self.tr("before"), self._curve("learner", 0)),
        ]
        named.append((self.tr("best possible"), self._best.curve(self.family, self.touched)))
        named += [(name, values) for name, _, values in self._runs.curves(self.step)]
        if self.touched.truth is not None:
            named.append((self.tr("truth"), self.touched.truth[:, 0]))
        values = [
            f"{name} {exact_text(np.interp(x, self.touched.grid[:, 0], curve))}"
            for name, curve in named
            if curve is not None
        ]
        if self.adaptation is not None:
            values[0] += band_text(self.touched.grid, self.adaptation, self.shown_step, x)
        return [f"x {exact_text(x)}", *values]

    def _numbers(self, position: QPointF) -> tuple[Array, Array]:
        x, y = self.axes().numbers(position)
        x = np.clip(x, *reached(self.family))
        return np.array([x], np.float32), np.array([np.clip(y, *self._y_range)], np.float32)

    def _curve(self, key: str, step: int) -> Array | None:
        adaptation = self.adaptation_of(key)
        return None if adaptation is None else adaptation.after(step)[:, 0]

    # --- painting -------------------------------------------------------------------------------
    def static_key(self) -> Hashable:
        truth = self.touched.truth
        return self.axes(), None if truth is None else truth.tobytes()

    def paint_static(self, painter: QPainter) -> None:
        axes = self.axes()
        draw_frame(painter, axes.frame)
        draw_beyond(painter, axes, self.family.input_range())
        draw_columns(painter, axes)
        draw_rows(painter, axes)
        if self.touched.truth is not None:
            painter.setClipRect(axes.frame)
            draw_curve(painter, axes, self.touched.grid, self.touched.truth[:, 0], "truth", 2.0)

    def paint_live(self, painter: QPainter) -> None:
        axes = self.axes()
        painter.setClipRect(axes.frame.adjusted(1, 1, -1, -1))
        draw_band(painter, axes, self.touched.grid, self.adaptation, self.shown_step, self.learner_color())
        self._draw_faint(painter, axes)
        best = self._best.curve(self.family, self.touched)
        if best is not None:
            draw_curve(painter, axes, self.touched.grid, best, "best", 1.4)
        for key in sorted(self.session.unseen.compared):
            curve = self._curve(key, self.step)
            if curve is not None:
                draw_curve(painter, axes, self.touched.grid, curve, key, 2.0)
        self._runs.draw_curves(painter, axes, self.step)
        adapted, start = self._curve("learner", self.shown_step), self._curve("learner", 0)
        if adapted is not None:
            draw_curve(painter, axes, self.touched.grid, adapted, "learner", 3.0, self.learner_color())
        if start is not None and self.shows_start:
            draw_curve(painter, axes, self.touched.grid, start, "before", 2.4)
        self._draw_legend(painter)
        painter.setClipping(False)
        self._draw_points(painter)

    def paint_unit(self, painter: QPainter, answers: UnitAnswers) -> None:
        draw_answers(painter, self.axes(), self.touched.grid, answers.values)

    def _draw_faint(self, painter: QPainter, axes: Axes) -> None:
        if self.adaptation is None:
            return
        paths, grid, last = self.adaptation.on_grid, self.touched.grid, len(self.adaptation.on_grid) - 1
        steps = np.unique(np.linspace(min(1, last), last, min(FAINT_CURVES, last + 1)).astype(int))
        thin = np.unique(np.linspace(0, len(grid) - 1, FAINT_POINTS).astype(int))
        painter.setPen(QPen(faded(self.learner_color(), 105), 1))
        for step in steps[(steps > 0) & (steps != self.shown_step)].tolist():
            for line in axes.polylines(grid[thin, 0], paths[step, thin, 0]):
                painter.drawPolyline(line)

    def _draw_points(self, painter: QPainter) -> None:
        color, text, pixels = self.learner_color(), theme().palette.text, self.handle_pixels()
        radius = self.marker_size
        stamp_markers(painter, pixels, radius, 0, text, color, 2.4)
        if self.grabbed is not None:
            center = QPointF(*pixels[self.grabbed].tolist())
            draw_halo(painter, center, color, 15)
            draw_marker(painter, center, radius, 0, text, color, 2.4)
        elif self.chosen is not None and self.hasFocus():
            draw_ring(painter, QPointF(*pixels[self.chosen].tolist()), text, 11)

    def _draw_legend(self, painter: QPainter) -> None:
        if self.names_curves:
            draw_direct_labels(painter, self.frame(), self._drawn_curves(), self.legend_labels(), self.handle_pixels())
        else:
            draw_legend_box(painter, self.frame(), self.legend_labels(), self.handle_pixels())

    def _drawn_curves(self) -> dict[str, Array]:
        """Pixels of the curves by what they are called."""
        values = {"learner": self._curve("learner", self.shown_step), "before": self._curve("learner", 0)}
        values |= {key: self._curve(key, self.step) for key in self.session.unseen.compared}
        values["best"] = self._best.curve(self.family, self.touched)
        if self.touched.truth is not None:
            values["truth"] = self.touched.truth[:, 0]
        grid, axes = self.touched.grid[:, 0], self.axes()
        return {key: axes.pixels(grid, curve) for key, curve in values.items() if curve is not None}

    def legend_labels(self) -> dict[str, str]:
        """What is drawn, by key, in words."""
        has_best = self._best.curve(self.family, self.touched) is not None
        is_wide = self.frame().width() > scaled(560) and not self.names_curves and not has_best
        has_band = self.adaptation is not None and self.adaptation.deviation is not None
        texts = self._legend if is_wide and not has_band else self._short_legend
        has = {"truth": self.touched.truth is not None, "best": has_best}
        keys = [key for key in texts if has.get(key, self.adaptation is not None)]
        start = QCoreApplication.translate("Settings", self.session.shown.settings.learner.start_name)
        labels = {key: texts[key].format(step=self.shown_step, start=start) for key in keys}
        if "learner" in labels and self.session.unseen.held:
            labels["learner"] = self._chosen if self.session.unseen.context is None else self._by_hand
        if is_wide and has_band:
            labels["learner"] += self._banded
        beside = self.others() if self.names_others else []
        return labels | {one.key: one.name for one in beside if one.key != "learner" and one.adaptation is not None}

    @classmethod
    def paint_small(cls, painter: QPainter, frame: QRectF, drawn: Answered) -> None:
        touched, adaptation = drawn.touched, drawn.adaptation
        axes = Axes(frame, grid_span(touched), widened(drawn.family.output_range(), 0.06))
        grid = touched.grid[::2]
        if touched.truth is not None:
            draw_curve(painter, axes, grid, touched.truth[::2, 0], "truth", 1.6)
        if adaptation is not None:
            draw_band(painter, axes, touched.grid, adaptation, drawn.step)
            start, faint = adaptation.after(0)[::2, 0], faded(curve_color("before"), 150)
            draw_curve(painter, axes, grid, start, "before", 1.2, faint)
            draw_curve(painter, axes, grid, adaptation.after(drawn.step)[::2, 0], "learner", 2.0)
        pixels = axes.pixels(touched.support.x[:, 0], touched.support.y[:, 0])
        palette = theme().palette
        stamp_markers(painter, pixels, 3.2, 0, palette.text, palette.learner, 1.0)


def grid_span(touched: TouchedTask) -> Range:
    """The inputs that curves are drawn over."""
    return float(touched.grid[0, 0]), float(touched.grid[-1, 0])
