"""A table whose rows are things, not cells: no grid, whole rows chosen, one line below each."""

from __future__ import annotations

from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyleOptionViewItem, QTableView, QWidget

from metalearn_gui.ui.plotting import faded
from metalearn_gui.ui.theme import theme, ui_font

ROW_HEIGHT, MARK_SIZE, TEXT_LEFT = 28, 9, 24


class RowsTable(QTableView):
    """The base of such tables; a delegate of their own paints the rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(2 * ROW_HEIGHT)
        self.verticalHeader().hide()
        self.use_header(self.horizontalHeader())

    def use_header(self, header: QHeaderView) -> None:
        """Let this one say what the columns are."""
        self.setHorizontalHeader(header)
        header.setFont(ui_font(11.5))
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setFocusPolicy(Qt.FocusPolicy.NoFocus)


def draw_ground(painter: QPainter, rect: QRectF, option: QStyleOptionViewItem, wash: QColor | None = None) -> None:
    """What lies behind a row's texts: a line below it, and `wash`, or the colour of a row that is chosen."""
    palette, inside = theme().palette, rect.adjusted(0, 0, 0, -1)
    painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), palette.line)
    if wash is not None:
        painter.fillRect(inside, wash)
    elif option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(inside, faded(palette.text, 0.06))


def draw_symbol(painter: QPainter, shape: str, color: QColor, centre: QPointF, size: float, filled: bool) -> None:
    """One of pyqtgraph's symbols around a point, `size` pixels wide."""
    painter.save()
    painter.translate(centre)
    painter.scale(size, size)
    painter.setPen(QPen(color, 0.17))
    painter.setBrush(color if filled else QBrush(Qt.BrushStyle.NoBrush))
    painter.drawPath(Symbols[shape])
    painter.restore()
