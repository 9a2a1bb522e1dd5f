"""The canvas of rows of numbers: one row's targets to drag, its predictions, and the loss of every row."""

from __future__ import annotations

import functools
from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.answered import Answered
from metalearn_gui.ui.canvas.axes import Axes, Range, draw_frame, draw_rows, grown, settled
from metalearn_gui.ui.canvas.keys import ARROWS
from metalearn_gui.ui.canvas.markers import draw_halo, draw_ring, faded, stamp_markers
from metalearn_gui.ui.canvas.row_surface import RowSurface
from metalearn_gui.ui.canvas.rows import (
    Rows,
    constant_loss,
    constant_text,
    dashed,
    draw_cells,
    draw_constant,
    draw_label,
    draw_levels,
    draw_losses,
    draw_targets,
)
from metalearn_gui.ui.text import exact_text, number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.translated import QT_TRANSLATE_NOOP

LEFT, HEADER, CELLS, LOSSES, LESSON_LINE, GAP = 34.0, 22.0, 16.0, 78.0, 16.0, 8.0  # pixels of the design
NARROWEST_SLOT = 9.0
MIDDLE = Qt.AlignmentFlag.AlignVCenter
RIGHT = MIDDLE | Qt.AlignmentFlag.AlignRight


class VectorCanvas(RowSurface):
    """Bars are targets, lines predictions; below, what each row loses beside a constant prediction."""

    object_name = "vector_canvas"
    invitation = QT_TRANSLATE_NOOP("Canvas", "drag the bars")
    small_figure_room = 26

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._loss_range = self._wanted_losses()
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Unseen rows: drag the targets of a support row"))

    def hint(self) -> str:
        return self.tr("click a loss to see its row")

    # --- data and geometry --------------------------------------------------------------------------
    def task_changed(self) -> None:
        super().task_changed()
        self._loss_range = self._wanted_losses()

    def refit(self) -> None:
        self._loss_range = settled(self._loss_range, self._wanted_losses(), self._base())

    def _base(self) -> Range:
        return 0.0, 2.2 * constant_loss(self.family)

    def _wanted_losses(self) -> Range:
        losses = self._losses(self.shown_step)
        highest = float(np.max(losses, initial=0.0, where=np.isfinite(losses)))
        return grown(self._base(), (0.0, min(highest, 4 * self._base()[1])))

    def frame(self) -> QRectF:
        below = scaled(CELLS + LOSSES + 3 * GAP) + self._lesson_height()
        return QRectF(self.rect()).adjusted(scaled(LEFT), scaled(HEADER), -1, -below)

    def _lesson_height(self) -> int:
        return scaled(LESSON_LINE) * (1 if _width(self.family.lesson(), theme().zoom) < self.width() else 2)

    def axes(self) -> Axes:
        """Numbers of a row from left to right, their values upward."""
        return Axes(self.frame(), (-0.5, self._shown_outputs() - 0.5), self.family.output_range())

    def loss_axes(self) -> Axes:
        """Rows from left to right, their losses upward."""
        top, left = self.frame().bottom() + scaled(CELLS + 2 * GAP), scaled(LEFT)
        frame = QRectF(left, top, self.width() - left - 1, scaled(LOSSES))
        return Axes(frame, (-0.5, max(self._rows.count, 1) - 0.5), self._loss_range)

    def _shown_outputs(self) -> int:
        return max(1, min(self.family.output_dim, int(self.frame().width() / NARROWEST_SLOT)))

    def _losses(self, step: int) -> Array:
        return (
            self._rows.losses(self.adaptation.on_grid[step]) if self.adaptation else np.full(self._rows.count, np.nan)
        )

    def _prediction(self, step: int) -> Array | None:
        """Of the chosen row; None where the session has none."""
        return self._of_row(self.adaptation.after(step) if self.adaptation else None)

    def _of_row(self, predictions: Array | None) -> Array | None:
        place = self._rows.places[self.row] if self._rows.count else -1
        return predictions[place] if predictions is not None and place >= 0 else None

    # --- handles --------------------------------------------------------------------------------------
    def handle_pixels(self) -> Array:
        """The targets of the chosen row, if it is a support row."""
        if self.row >= len(self.touched.support.x):
            return np.empty((0, 2))
        shown = self._shown_outputs()
        return self.axes().pixels(np.arange(shown), self.touched.support.y[self.row, :shown])

    def move_handle(self, index: int, position: QPointF) -> None:
        y = self._rows.y[self.row].copy()
        y[index] = np.clip(self.axes().numbers(position)[1], *self.family.output_range())
        self.session.unseen.move_point(self.row, self._rows.x[self.row], y)

    def add_at(self, position: QPointF) -> int | None:
        """Choose a row in the losses, or take the bar of the column that was pressed."""
        row = self._row_at(position)
        if row is not None:
            self.choose_row(row)
            return None
        if not self.frame().contains(position) or not len(self.handle_pixels()):
            return None
        index = self._column_at(position)
        self.move_handle(index, position)
        return index

    def remove_handle(self, index: int) -> None:
        """Takes the whole row out of the support set."""
        self.session.unseen.remove_point(self.row)

    def insert(self) -> int | None:
        """The chosen row joins the support set: then its own loss can fall."""
        if not self._rows.count:
            return None
        self.session.unseen.add_point(self._rows.x[self.row], self._rows.y[self.row])
        self.choose_row(len(self.touched.support.x) - 1)
        return 0

    def choose_row(self, row: int) -> None:
        """Show this row's numbers."""
        self.row = row % max(self._rows.count, 1)
        self.chosen = self.grabbed = None
        self._describe()
        self.update()

    def describe_handle(self, index: int) -> str:
        value = number_text(float(self._rows.y[self.row, index]))
        number = self.tr("number {index}: {value}").format(index=index + 1, value=value)
        return f"{self._row_text(self.row)}, {number}"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not shifted:
            number = self.chosen
            self.choose_row(self.row + int(ARROWS[Qt.Key(event.key())].y()))
            if number is not None and len(self.handle_pixels()):
                self.choose(number)
        else:
            super().keyPressEvent(event)

    def describe_row(self, row: int) -> str:
        return self._row_text(row)

    def hover_lines(self, position: QPointF) -> list[str]:
        row = self._row_at(position)
        if row is not None:
            loss = self._losses(self.shown_step)[row]
            return [self._row_text(row), self.tr("loss {loss}").format(loss=number_text(loss))]
        if not self.frame().contains(position) or not self._rows.count:
            return []
        index = self._column_at(position)
        lines = [self.tr("target {value}").format(value=exact_text(self._rows.y[self.row, index]))]
        before, after = self._prediction(0), self._prediction(self.shown_step)
        if before is not None and after is not None:
            lines.append(self.tr("before {value}").format(value=exact_text(before[index])))
            lines.append(self.tr("after {value}").format(value=exact_text(after[index])))
        return lines

    def _column_at(self, position: QPointF) -> int:
        return min(max(round(self.axes().numbers(position)[0]), 0), self._shown_outputs() - 1)

    def _row_at(self, position: QPointF) -> int | None:
        axes = self.loss_axes()
        if not axes.frame.contains(position) or not self._rows.count:
            return None
        return min(max(round(axes.numbers(position)[0]), 0), self._rows.count - 1)

    def _row_text(self, row: int) -> str:
        num_support = len(self.touched.support.x)
        if row < num_support:
            return self.tr("support row {row} of {count}").format(row=row + 1, count=num_support)
        count = self._rows.count - num_support
        return self.tr("query row {row} of {count}").format(row=row - num_support + 1, count=count)

    # --- painting ---------------------------------------------------------------------------------------
    def static_key(self) -> Hashable:
        return self.axes(), self.loss_axes().frame, self.family.lesson()

    def paint_static(self, painter: QPainter) -> None:
        axes, losses = self.axes(), self.loss_axes()
        draw_frame(painter, axes.frame)
        draw_rows(painter, axes)
        draw_frame(painter, losses.frame)
        painter.setFont(ui_font(12))
        painter.setPen(theme().palette.muted)
        beside = scaled(LEFT) - 7
        painter.drawText(QRectF(0, axes.frame.bottom() + scaled(GAP), beside, scaled(CELLS)), RIGHT, "X")
        painter.drawText(QRectF(0, losses.frame.top(), beside, scaled(18)), RIGHT, self.tr("loss"))
        height = self._lesson_height()
        wrapped = Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(0, self.height() - height, self.width(), height), wrapped, self.family.lesson())

    def paint_live(self, painter: QPainter) -> None:
        self._draw_header(painter)
        if not self._rows.count:
            return
        self._draw_row(painter)
        self._draw_points(painter)
        axes = self.loss_axes()
        draw_losses(painter, axes, self._losses(self.shown_step), len(self.touched.support.x), self.row)
        draw_constant(painter, axes, constant_loss(self.family))
        text = self.tr("dotted: a constant prediction, {loss}").format(loss=constant_text(constant_loss(self.family)))
        draw_label(painter, axes.frame, text)

    def _draw_header(self, painter: QPainter) -> None:
        palette = theme().palette
        line = QRectF(scaled(LEFT), 0, self.width() - scaled(LEFT) - 1, scaled(HEADER - 4))
        painter.setFont(ui_font(12, 600))
        painter.setPen(palette.text)
        painter.drawText(line, MIDDLE, self._row_text(self.row))
        painter.setFont(ui_font(12))
        entries = (
            (self.tr("after, step {step}").format(step=self.shown_step), QPen(palette.learner, 2.6)),
            (self.tr("before"), dashed(palette.before)),
            (self.tr("target y"), QPen(faded(palette.truth, 140), 10)),
        )
        beside = [one for one in self.others() if one.adaptation] if self.names_others else []
        right = line.right()
        for text, pen in (*((one.name, dashed(one.color)) for one in beside), *entries):
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.setPen(palette.text)
            painter.drawText(QRectF(right - width, 0, width + 2, line.height()), MIDDLE, text)
            painter.setPen(pen)
            middle = line.center().y() + 0.5
            painter.drawLine(QPointF(right - width - scaled(28), middle), QPointF(right - width - scaled(8), middle))
            right -= width + scaled(46)

    def _draw_row(self, painter: QPainter) -> None:
        axes, palette, shown = self.axes(), theme().palette, self._shown_outputs()
        draw_targets(painter, axes, self._rows.y[self.row, :shown])
        step = self.shown_step
        levels = [(self._of_row(one.after(step)), dashed(one.color)) for one in self.others()]
        levels += [(self._prediction(0), dashed(palette.before)), (self._prediction(step), QPen(palette.learner, 2.6))]
        for values, pen in levels:
            if values is not None:
                draw_levels(painter, axes, values[:shown], pen)
        cells = QRectF(axes.frame.left(), axes.frame.bottom() + scaled(GAP), axes.frame.width(), scaled(CELLS))
        x = self._rows.x[self.row][: max(1, int(cells.width() / NARROWEST_SLOT))]
        draw_cells(painter, cells, x, self.family.input_range())

    def _draw_points(self, painter: QPainter) -> None:
        palette, pixels = theme().palette, self.handle_pixels()
        if not len(pixels):
            return
        if self.grabbed is not None:
            draw_halo(painter, QPointF(*pixels[self.grabbed].tolist()), palette.learner, 14)
        stamp_markers(painter, pixels, 5.5, 0, palette.text, palette.learner, 2.2)
        if self.grabbed is None and self.chosen is not None and self.hasFocus():
            draw_ring(painter, QPointF(*pixels[self.chosen].tolist()), palette.text, 10)

    @classmethod
    def paint_small(cls, painter: QPainter, frame: QRectF, drawn: Answered) -> None:
        rows, constant = Rows(drawn.touched), constant_loss(drawn.family)
        inside = frame.adjusted(0, scaled(cls.small_figure_room), 0, 0)
        axes = Axes(inside, (-0.5, max(rows.count, 1) - 0.5), (0.0, 3 * constant))
        if drawn.predictions is not None:
            draw_losses(painter, axes, rows.losses(drawn.predictions), len(drawn.touched.support.x), None)
        draw_constant(painter, axes, constant)


@functools.lru_cache(maxsize=16)
def _width(text: str, zoom: float) -> float:
    """Of a line at this zoom; every picture asks some thirteen times where its frame is."""
    return QFontMetricsF(ui_font(12)).horizontalAdvance(text)
