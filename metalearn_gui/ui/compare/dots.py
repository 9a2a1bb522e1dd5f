"""Means and medians of a comparison as marks on one logarithmic axis, whose numbers stand in the table's heading."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QWidget

from metalearn_gui.ui.axis import tick_text
from metalearn_gui.ui.compare.marks import draw_mark
from metalearn_gui.ui.compare.scores_model import DOTS, DOTS_ROLE, Dots
from metalearn_gui.ui.plotting import faded
from metalearn_gui.ui.rows_table import MARK_SIZE
from metalearn_gui.ui.run_marks import Mark
from metalearn_gui.ui.theme import scaled, theme, ui_font

MARGIN, ROOM_PER_TICK = 18.0, 40.0  # of an axis: half the widest number has room beyond its ends
FAR = 3.0  # decades above the middle one of the best means, beyond which a learner that failed would press all into one
Reach = tuple[float, float]  # log10 of the ends of the axis


def reach_of(every: Sequence[Dots | None]) -> Reach | None:
    """Whole decades around everything that is drawn but what is far off; None where nothing is."""
    shown = [one for one in every if one]
    values = [value for one in shown for value in (one.first[0], one.first[2], one.best[0], one.best[2])]
    values += [end for one in shown for reference in one.references for end in reference]
    drawn, means = _decades(values), sorted(_decades([one.best[0] for one in shown]))
    if not drawn:
        return None
    most = means[len(means) // 2] + FAR if means else math.inf
    low = math.floor(min(drawn))
    return low, max(math.ceil(max(value for value in drawn if value <= max(most, min(drawn)))), low + 1)


def _decades(values: Sequence[float]) -> list[float]:
    return [math.log10(value) for value in values if math.isfinite(value) and value > 0]


def place_of(value: float, rect: QRectF, reach: Reach) -> float:
    """Where a loss lies in a cell, or in the heading over it."""
    margin = scaled(MARGIN)
    inside = rect.adjusted(margin, 0, -margin, 0)
    share = (math.log10(value) - reach[0]) / (reach[1] - reach[0])
    return inside.left() + min(max(share, 0.0), 1.0) * inside.width()


def ticks_of(reach: Reach) -> list[float]:
    """The decades."""
    return [10.0**power for power in range(int(reach[0]), int(reach[1]) + 1)]


def named_ticks(rect: QRectF, reach: Reach) -> list[tuple[float, QRectF]]:
    """The decades that have room for their number in the heading, and where it stands: over its line."""
    ticks, width = ticks_of(reach), scaled(ROOM_PER_TICK)
    every = max(1, math.ceil(len(ticks) * width / max(rect.width(), 1.0)))
    size = QRectF(0.0, rect.top(), width, rect.height())
    return [(tick, size.translated(place_of(tick, rect, reach) - width / 2, 0.0)) for tick in ticks[::every]]


def paint_dots(painter: QPainter, rect: QRectF, dots: Dots | None, mark: Mark, reach: Reach) -> None:
    """A row: grid lines, what others report, then mean and median after one step and after the best one."""
    for tick in ticks_of(reach):
        painter.setPen(QPen(theme().palette.line, 1))
        at = place_of(tick, rect, reach)
        painter.drawLine(QPointF(at, rect.top()), QPointF(at, rect.bottom()))
    if dots is None:
        return
    middle = rect.center().y()
    for low, high in dots.references:
        ends = (place_of(low, rect, reach) - 1.5, place_of(high, rect, reach) + 1.5)
        painter.fillRect(QRectF(QPointF(ends[0], middle - 9), QPointF(ends[1], middle + 9)), faded(mark.color, 0.35))
    for found in dict.fromkeys((dots.first, dots.best)):
        if math.isfinite(found[0]) and found[0] > 0:
            _paint_mean(painter, rect, found, mark, reach, is_best=found == dots.best)


def _paint_mean(
    painter: QPainter, rect: QRectF, found: tuple[float, float, float], mark: Mark, reach: Reach, is_best: bool
) -> None:
    (mean, half, median), middle = found, rect.center().y()
    painter.setPen(QPen(faded(mark.color, 1.0 if is_best else 0.5), 2))
    if math.isfinite(half):  # one task has no interval
        low, high = (place_of(max(end, 10.0 ** reach[0]), rect, reach) for end in (mean - half, mean + half))
        painter.drawLine(QPointF(low, middle), QPointF(high, middle))
    if math.log10(mean) > reach[1]:
        _paint_beyond(painter, mark, QPointF(place_of(mean, rect, reach), middle))
    else:
        draw_mark(painter, mark, QPointF(place_of(mean, rect, reach), middle), scaled(MARK_SIZE), filled=is_best)
    if median > 0 and math.log10(median) <= reach[1]:
        painter.setPen(QPen(mark.color, 1.2))
        at = place_of(median, rect, reach)
        painter.drawLine(QPointF(at, middle - 5), QPointF(at, middle + 5))


def _paint_beyond(painter: QPainter, mark: Mark, end: QPointF) -> None:
    """An arrow at the axis's end: it lies further to the right, the figures beside say where."""
    size = scaled(MARK_SIZE) / 2
    painter.setPen(QPen(mark.color, 2))
    tip = end + QPointF(2 * size, 0.0)
    painter.drawPolyline([tip + QPointF(-size, -size), tip, tip + QPointF(-size, size)])


class ScoresHeader(QHeaderView):
    """The headings; over the dots the numbers of their axis, in sight however far the rows are scrolled."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.save()
        super().paintSection(painter, rect, section)
        painter.restore()
        if section == DOTS:
            self._paint_ticks(painter, QRectF(rect))

    def _paint_ticks(self, painter: QPainter, rect: QRectF) -> None:
        model = self.model()
        reach = reach_of([model.index(row, DOTS).data(DOTS_ROLE) for row in range(model.rowCount())])
        if reach is None:
            return
        painter.setFont(ui_font(10.5))
        painter.setPen(theme().palette.muted)
        painter.setClipping(False)  # a long number leaves its column rather than its line
        for tick, place in named_ticks(rect, reach):
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, tick_text(tick))
