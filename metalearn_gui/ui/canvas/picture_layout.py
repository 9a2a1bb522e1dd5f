"""Where the pictures of a task lie: the support set by class, the queries beside or below it, one large."""

from __future__ import annotations

import dataclasses

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.pixels import crisp, tiled
from metalearn_gui.ui.theme import scaled, theme

GAP, HEADER, BAR = 10.0, 20.0, 5.0  # pixels of the design, as all below
LARGE_SHARE, LINES_HEIGHT = 0.26, 90.0  # of the width; room for the probabilities below
TOOLS = QSizeF(176, 26)
LEAST_WITH_TOOLS = QSizeF(420, 220)  # a smaller frame has none
APART = 6.0  # pictures of a column, where there is room
SHARES = ((0.45, 1.0), (1.0, 0.5))  # of width and height, that the support set may take: queries beside, below


@dataclasses.dataclass(frozen=True)
class PictureLayout:
    """A box for every picture of the support set and of the query set, in their order; and the large one."""

    support: list[QRectF]
    query: list[QRectF]
    large: QRectF
    tools: QRectF
    lines: QRectF

    @property
    def boxes(self) -> list[QRectF]:
        return self.support + self.query

    @property
    def count_line(self) -> QRectF:
        """A line of words above the queries."""
        first = (*self.query, *self.support, self.large)[0]
        return headline(QRectF(first.topLeft(), self.large.topLeft()), first.top() - scaled(HEADER))

    def legibility(self) -> float:
        """Side of the smallest pictures."""
        return min(box.width() for box in self.boxes)


def laid_out(frame: QRectF, labels: Array, ways: int, num_queries: int, pixels: int, ratio: float) -> PictureLayout:
    """Queries beside the support set or below it, whichever leaves the pictures larger.

    Args:
        labels: of the support pictures.
        pixels: of a picture's side.
        ratio: device pixels of one of the frame's.
    """
    column = _large_column(frame)
    size, gap, under = TOOLS * theme().zoom, scaled(GAP), scaled(BAR)
    tools_height = size.height() + gap if column.width() >= size.width() else 0.0
    side = min(column.width(), column.height() - scaled(LINES_HEIGHT) - tools_height)
    large = crisp(QRectF(column.center().x() - side / 2, column.top(), side, side), pixels, ratio)
    tools = QRectF(QPointF(column.center().x() - size.width() / 2, large.bottom() + gap / 2), size)
    tools = tools if tools_height else QRectF()
    lines = column.adjusted(0, large.height() + tools_height + gap / 2, 0, 0)
    area = QRectF(frame.left(), column.top(), column.left() - 2 * gap - frame.left(), column.height())
    layouts = []
    for across, down in SHARES:
        support = _columns(area, labels, ways, across, down, pixels, ratio)
        rest = _beside(area, support) if across < 1.0 else _below(area, support)
        tiles = tiled(rest, num_queries, scaled(APART), under + scaled(APART)) if num_queries else []
        query = [crisp(box.translated(0, -under - scaled(3)), pixels, ratio) for box in tiles]
        layouts.append(PictureLayout(support, query, large, tools, lines))
    return max(layouts, key=PictureLayout.legibility) if layouts[0].boxes else layouts[0]


def _large_column(frame: QRectF) -> QRectF:
    """The right part of the frame, where one picture is large; as wide as its tools where there is room for them."""
    width = min(LARGE_SHARE * frame.width(), frame.height() - scaled(HEADER + LINES_HEIGHT))
    least, header = LEAST_WITH_TOOLS * theme().zoom, scaled(HEADER)
    if frame.width() >= least.width() and frame.height() >= least.height():
        width = max(width, TOOLS.width() * theme().zoom)
    return QRectF(frame.right() - width, frame.top() + header, width, frame.height() - header)


def _columns(
    area: QRectF, labels: Array, ways: int, across: float, down: float, pixels: int, ratio: float
) -> list[QRectF]:
    """A column for each class, as many shares of the area as asked for at most."""
    most = int(np.bincount(labels, minlength=1).max()) if len(labels) else 1
    line, apart = down * area.height() / most, scaled(APART)
    room = min(across * area.width() / ways - apart, line - 1.0)
    side = crisp(QRectF(0, 0, room, room), pixels, ratio).width()
    pitch = side + min(apart, line - side)
    seen, boxes = np.zeros(ways, int), []
    for label in labels.tolist():
        left, top = area.left() + label * (side + apart), area.top() + seen[label] * pitch
        boxes.append(crisp(QRectF(left, top, side, side), pixels, ratio))
        seen[label] += 1
    return boxes


def _beside(area: QRectF, support: list[QRectF]) -> QRectF:
    right = max((box.right() for box in support), default=area.left() - 2 * scaled(GAP))
    return area.adjusted(right + 2 * scaled(GAP) - area.left(), 0, 0, 0)


def _below(area: QRectF, support: list[QRectF]) -> QRectF:
    bottom = max((box.bottom() for box in support), default=area.top())
    return area.adjusted(0, bottom + scaled(HEADER) - area.top(), 0, 0)


def headline(below: QRectF, top: float) -> QRectF:
    """A line of words as wide as what stands below it."""
    return QRectF(below.left(), top, below.width(), scaled(HEADER - 4))
