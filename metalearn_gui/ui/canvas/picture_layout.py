"""Where the pictures of a task lie: the support set by class, the queries beside or below it, one large."""

from __future__ import annotations

import dataclasses

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.pixels import crisp, tiled

GAP, HEADER, BAR = 10.0, 20.0, 5.0
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
    tools_height = TOOLS.height() + GAP if column.width() >= TOOLS.width() else 0.0
    side = min(column.width(), column.height() - LINES_HEIGHT - tools_height)
    large = crisp(QRectF(column.center().x() - side / 2, column.top(), side, side), pixels, ratio)
    tools = QRectF(QPointF(column.center().x() - TOOLS.width() / 2, large.bottom() + GAP / 2), TOOLS)
    tools = tools if tools_height else QRectF()
    lines = column.adjusted(0, large.height() + tools_height + GAP / 2, 0, 0)
    area = QRectF(frame.left(), column.top(), column.left() - 2 * GAP - frame.left(), column.height())
    layouts = []
    for across, down in SHARES:
        support = _columns(area, labels, ways, across, down, pixels, ratio)
        rest = _beside(area, support) if across < 1.0 else _below(area, support)
        tiles = tiled(rest, num_queries, APART, BAR + APART) if num_queries else []
        query = [crisp(box.translated(0, -BAR - 3), pixels, ratio) for box in tiles]
        layouts.append(PictureLayout(support, query, large, tools, lines))
    return max(layouts, key=PictureLayout.legibility) if layouts[0].boxes else layouts[0]


def _large_column(frame: QRectF) -> QRectF:
    """The right part of the frame, where one picture is large; as wide as its tools where there is room for them."""
    width = min(LARGE_SHARE * frame.width(), frame.height() - HEADER - LINES_HEIGHT)
    if frame.width() >= LEAST_WITH_TOOLS.width() and frame.height() >= LEAST_WITH_TOOLS.height():
        width = max(width, TOOLS.width())
    return QRectF(frame.right() - width, frame.top() + HEADER, width, frame.height() - HEADER)


def _columns(
    area: QRectF, labels: Array, ways: int, across: float, down: float, pixels: int, ratio: float
) -> list[QRectF]:
    """A column for each class, as many shares of the area as asked for at most."""
    most = int(np.bincount(labels, minlength=1).max()) if len(labels) else 1
    line = down * area.height() / most
    room = min(across * area.width() / ways - APART, line - 1.0)
    side = crisp(QRectF(0, 0, room, room), pixels, ratio).width()
    pitch = side + min(APART, line - side)
    seen, boxes = np.zeros(ways, int), []
    for label in labels.tolist():
        left, top = area.left() + label * (side + APART), area.top() + seen[label] * pitch
        boxes.append(crisp(QRectF(left, top, side, side), pixels, ratio))
        seen[label] += 1
    return boxes


def _beside(area: QRectF, support: list[QRectF]) -> QRectF:
    right = max((box.right() for box in support), default=area.left() - 2 * GAP)
    return area.adjusted(right + 2 * GAP - area.left(), 0, 0, 0)


def _below(area: QRectF, support: list[QRectF]) -> QRectF:
    bottom = max((box.bottom() for box in support), default=area.top())
    return area.adjusted(0, bottom + HEADER - area.top(), 0, 0)
