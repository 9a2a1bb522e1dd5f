"""Clients as dots that light when drawn, over what personalising does to the loss of each of them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import theme, ui_font

LARGEST_CELL, SMALLEST_CELL = 18.0, 6.0
GAP, ROOM = 8.0, 2.0  # between dots and pairs, and names of losses and pairs; before these names
USUAL_NAME = "0.001"
LEAST_PAIRS = 44  # pixels of height below which pairs say nothing
FAINT = 0.4  # opacity of the pairs of clients that were not drawn


class Client(NamedTuple):
    """Number of points, whether drawn in the newest round and heard in it, losses around personalising."""

    points: float
    drawn: bool
    heard: bool
    before: float
    after: float


class ClientField(QWidget):
    """Above a dot per client, below a pair of losses per client, ordered by the loss before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clients: tuple[Client, ...] = ()
        self._order: tuple[int, ...] = ()
        self._texts: tuple[str, ...] = ()
        self._pointed = -1
        self.setFont(ui_font(11))
        self.setMouseTracking(True)
        self.setMinimumHeight(116)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def clients(self) -> tuple[Client, ...]:
        return self._clients

    def set_clients(self, clients: tuple[Client, ...], texts: tuple[str, ...]) -> None:
        """Show these; a text for each says the same in words."""
        self._clients, self._texts = clients, texts
        self._order = tuple(int(place) for place in np.argsort([-client.before for client in clients], kind="stable"))
        self._pointed = min(self._pointed, len(clients) - 1)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 150)

    # --- places -----------------------------------------------------------------------------------

    def dot_place(self, client: int) -> QPointF:
        """The middle of a client's dot."""
        cell, columns = self._grid()
        row, column = divmod(client, columns)
        return QPointF((column + 0.5) * cell, (row + 0.5) * cell)

    def pair_place(self, client: int) -> float:
        """Where a client's pair stands, from the left."""
        area = self._pairs_area()
        return area.left() + (self._order.index(client) + 0.5) * area.width() / len(self._clients)

    def _grid(self) -> tuple[float, int]:
        """A dot's room and the dots of a row: as large as leaves the pairs half the height."""
        cell = LARGEST_CELL
        while cell > SMALLEST_CELL and self._dots_height(cell) > self.height() / 2:
            cell -= 1.0
        return cell, self._columns(cell)

    def _columns(self, cell: float) -> int:
        return max(1, int(self.width() // cell))

    def _dots_height(self, cell: float) -> float:
        return cell * math.ceil(len(self._clients) / self._columns(cell))

    def _pairs_area(self) -> QRectF:
        top = self._dots_height(self._grid()[0]) + GAP
        left = ROOM + self._names_width() + GAP
        return QRectF(left, top, max(1.0, self.width() - left), max(0.0, self.height() - top - 2.0))

    def _names_width(self) -> float:
        """Of the longest name of a loss; as much for the usual ones, so that pairs stay in place as losses fall."""
        names = (f"{10.0**power:g}" for power in _powers(*self._range()))
        return max(self.fontMetrics().horizontalAdvance(name) for name in (USUAL_NAME, *names))

    def client_at(self, position: QPointF) -> int:
        """The client whose dot or pair is there, or -1."""
        if not self._clients:
            return -1
        area = self._pairs_area()
        if area.contains(position):
            place = int((position.x() - area.left()) / area.width() * len(self._clients))
            return self._order[min(place, len(self._order) - 1)]
        cell, columns = self._grid()
        row, column = int(position.y() // cell), int(position.x() // cell)
        client = row * columns + column
        return client if column < columns and client < len(self._clients) else -1

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._clients:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        largest = max(client.points for client in self._clients)
        for place, client in enumerate(self._clients):
            self._paint_dot(painter, place, client, largest)
        if self._pairs_area().height() >= LEAST_PAIRS:
            self._paint_pairs(painter, self._pairs_area())

    def _paint_dot(self, painter: QPainter, place: int, client: Client, largest: float) -> None:
        """Lit where drawn; hollow and crossed where its answer was lost."""
        palette, centre = theme().palette, self.dot_place(place)
        radius = 0.4 * self._grid()[0] * math.sqrt(client.points / largest)
        painter.setPen(QPen(palette.learner if client.drawn else palette.truth, 1.2))
        painter.setBrush(self._dot_fill(client))
        painter.drawEllipse(centre, radius, radius)
        if client.drawn and not client.heard:
            reach = 0.7 * radius
            painter.drawLine(centre + QPointF(-reach, -reach), centre + QPointF(reach, reach))
            painter.drawLine(centre + QPointF(-reach, reach), centre + QPointF(reach, -reach))
        if place == self._pointed:
            painter.setPen(QPen(palette.text, 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, radius + 2, radius + 2)

    def _dot_fill(self, client: Client) -> QColor:
        palette = theme().palette
        if not client.drawn:
            return palette.line
        return palette.learner if client.heard else palette.card

    def _paint_pairs(self, painter: QPainter, area: QRectF) -> None:
        low, high = self._range()
        self._paint_scale(painter, area, low, high)
        someone_drawn = any(client.drawn for client in self._clients)
        step = area.width() / len(self._clients)
        radius = min(3.0, max(1.2, 0.42 * step))
        for place, client in enumerate(self._clients):
            stands_out = client.drawn or not someone_drawn or place == self._pointed
            painter.setOpacity(1.0 if stands_out else FAINT)
            self._paint_pair(painter, self.pair_place(place), client, radius, (area, low, high))
        painter.setOpacity(1.0)

    def _paint_pair(
        self, painter: QPainter, x: float, client: Client, radius: float, scale: tuple[QRectF, float, float]
    ) -> None:
        """A ring where it started, a dot where it ended, and the way between."""
        palette = theme().palette
        before, after = (QPointF(x, _height(loss, *scale)) for loss in (client.before, client.after))
        painter.setPen(QPen(palette.truth, 1))
        painter.drawLine(before, after)
        painter.setPen(QPen(palette.before, 1.2))
        painter.setBrush(palette.card)
        painter.drawEllipse(before, radius, radius)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.learner)
        painter.drawEllipse(after, radius + 0.4, radius + 0.4)

    def _paint_scale(self, painter: QPainter, area: QRectF, low: float, high: float) -> None:
        """A line at every power of ten."""
        palette = theme().palette
        for power in _powers(low, high):
            y = _height(10.0**power, area, low, high)
            painter.setPen(QPen(palette.line, 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(palette.muted)
            name = QRectF(0, y - 8, area.left() - GAP, 16)
            painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{10.0**power:g}")

    def _range(self) -> tuple[float, float]:
        """Powers of ten that hold every loss, and one power at the least."""
        losses = [loss for client in self._clients for loss in (client.before, client.after)]
        logs = [math.log10(loss) for loss in losses if 0 < loss < math.inf] or [0.0]
        low, high = min(logs) - 0.05, max(logs) + 0.05
        return min(low, math.floor(high)), max(high, math.floor(high))

    # --- the mouse --------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointed = self.client_at(event.position())
        if pointed != self._pointed:
            self._pointed = pointed
            self.update()
        text = self._texts[pointed] if pointed >= 0 else ""
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def leaveEvent(self, event: QEvent) -> None:
        self._pointed = -1
        self.update()
        QToolTip.hideText()


def clients_of(points: Array, drawn: Array, weight: Array, before: Array, after: Array) -> tuple[Client, ...]:
    """The arrays of a view, one entry per client, as clients."""
    rows = zip(points, drawn, weight, before, after, strict=True)
    return tuple(Client(float(n), bool(d), bool(w > 0), float(b), float(a)) for n, d, w, b, a in rows)


def loss_text(client: Client) -> str:
    """The losses of a client before and after."""
    return f"{number_text(client.before)} → {number_text(client.after)}"


def _powers(low: float, high: float) -> range:
    """Of ten, which have a line and a name."""
    return range(math.ceil(low), math.floor(high) + 1)


def _height(loss: float, area: QRectF, low: float, high: float) -> float:
    """Where a loss lies; what is beyond all numbers lies at the top."""
    log = math.log10(loss) if 0 < loss < math.inf else (low if loss == 0 else high)
    share = (log - low) / (high - low)
    return area.bottom() - share * area.height()
