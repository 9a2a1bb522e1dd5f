"""The runs' table as it looks and as it answers keys and mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QPainter, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from metalearn_gui.ui.icons import svg
from metalearn_gui.ui.lookout import claim_keys
from metalearn_gui.ui.plotting import faded
from metalearn_gui.ui.rows_table import MARK_SIZE, ROW_HEIGHT, TEXT_LEFT, RowsTable, draw_ground, draw_symbol
from metalearn_gui.ui.run_names import fitted, without
from metalearn_gui.ui.runs_model import (
    FIRST_STEP,
    HAS_REMARKS_ROLE,
    IS_DRAWN_ROLE,
    IS_PINNED_ROLE,
    IS_SHOWN_ROLE,
    LAST_STEP,
    MARK_ROLE,
    NAME,
    START_ROLE,
    TASKS,
    TIME,
)
from metalearn_gui.ui.text import rounded_to_fit
from metalearn_gui.ui.theme import scaled, theme, ui_font

Index = QModelIndex | QPersistentModelIndex
SIGN_SIZE = 12
SIGNS = {IS_PINNED_ROLE: "pin", HAS_REMARKS_ROLE: "note"}  # at the right of a name, from the right
LEAST_BADGE = 40
GIVE_WAY = {TASKS: 350, TIME: 264}  # the table's width below which a column does, and names have room
WIDTHS = {FIRST_STEP: 60, LAST_STEP: 66, TIME: 52}


def cut(text: str, shorten: Callable[[str, Callable[[str], bool]], str], metrics: QFontMetrics, width: int) -> str:
    """The text as it is shortened to fit, and with dots in its middle only where that is not enough."""

    def elided(text: str) -> str:
        return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width)

    # Not by its advance: that is in whole pixels, and what fits by it has lost letters to dots.
    return elided(shorten(text, lambda one: elided(one) == one))


class RunsDelegate(QStyledItemDelegate):
    """A row: a mark filled where the run is drawn and hollow where not, texts, a line below."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, palette = QRectF(option.rect), theme().palette
        is_shown = bool(index.data(IS_SHOWN_ROLE))
        draw_ground(painter, rect, option, faded(palette.learner, 0.12) if is_shown else None)
        if is_shown and index.column() == NAME:
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height() - 1), palette.learner)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(palette.learner, 1.0))
            painter.drawRoundedRect(rect.adjusted(1.5, 1.5, -1.5, -2.5), 4, 4)
        if index.column() == NAME:
            self._paint_mark(painter, rect, index)
            rect.setRight(self._paint_signs(painter, rect, index))
        self._paint_text(painter, rect, option, index)
        painter.restore()

    def _paint_mark(self, painter: QPainter, rect: QRectF, index: Index) -> None:
        mark, centre = index.data(MARK_ROLE), QPointF(rect.left() + scaled(14), rect.center().y())
        draw_symbol(painter, mark.shape, mark.color, centre, scaled(MARK_SIZE), bool(index.data(IS_DRAWN_ROLE)))

    def _paint_signs(self, painter: QPainter, rect: QRectF, index: Index) -> float:
        """A pin, and a sheet where there are tags or a note; where the room for the name ends."""
        side, right = scaled(SIGN_SIZE), rect.right()
        for role, name in SIGNS.items():
            if index.data(role):
                place = QRectF(right - side - 4, rect.center().y() - side / 2, side, side)
                svg(name, theme().palette.accent_text).render(painter, place)
                right -= side + 4
        return right

    def _paint_text(self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem, index: Index) -> None:
        painter.setFont(option.font)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        room = rect.adjusted(scaled(TEXT_LEFT) if index.column() == NAME else 4, 0, -4, 0)
        metrics = painter.fontMetrics()
        view, name = option.widget, option.text
        if index.column() == NAME and isinstance(view, RunsView) and not view.isColumnHidden(TASKS):
            name = without(name, index.sibling(index.row(), TASKS).data())
        text = cut(name, fitted if index.column() == NAME else rounded_to_fit, metrics, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        self._paint_badge(painter, room.adjusted(metrics.horizontalAdvance(text) + 6, 0, 0, 0), index.data(START_ROLE))

    def _paint_badge(self, painter: QPainter, room: QRectF, text: str) -> None:
        """A pill with whose weights the run began with, as much of it as there is room for."""
        if not text or room.width() < LEAST_BADGE:
            return
        painter.setFont(ui_font(10.5, 500))
        metrics = painter.fontMetrics()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()) - 12)
        pill = QRectF(room.left(), room.center().y() - 8.5, metrics.horizontalAdvance(text) + 12, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(theme().palette.transfer, 0.18))
        painter.drawRoundedRect(pill, 8.5, 8.5)
        painter.setPen(theme().palette.text)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width() + 6, scaled(ROW_HEIGHT))

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        # A run that trains changes its figures all the time; what is being typed stays.
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(option.rect.adjusted(scaled(TEXT_LEFT - 6), 1, 0, -2))


class RunsView(RowsTable):
    """Click or Space: overlay. Double-click or Enter: restore. F2: rename. Delete: delete."""

    overlayAsked = Signal(int)  # row
    restoreAsked = Signal(int)
    deleteAsked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tells_tasks = True
        self.setItemDelegate(RunsDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.clicked.connect(self._click)
        self.doubleClicked.connect(self._double_click)
        # Keys that mean a row here would else be the window's: Space runs, Delete removes a point.
        claim_keys(self, lambda event: event.key() in self._key_actions)

    def _click(self, index: QModelIndex) -> None:
        if QGuiApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:  # else it selects several
            self.overlayAsked.emit(index.row())

    @property
    def selected_rows(self) -> list[int]:
        """From top to bottom."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def _double_click(self, index: QModelIndex) -> None:
        # Its first click has toggled the overlay, which was not asked for.
        self.overlayAsked.emit(index.row())
        self.restoreAsked.emit(index.row())

    def lay_out_columns(self) -> None:
        """The name takes what the figures leave; call once a model is set, and at another zoom."""
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(TASKS, QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(0)  # of what is in sight: there may be a thousand rows
        self.verticalHeader().setDefaultSectionSize(scaled(ROW_HEIGHT))
        for column, width in WIDTHS.items():
            header.resizeSection(column, scaled(width))

    def rename(self, row: int) -> None:
        """Open the editor in the row's name."""
        index = self.model().index(row, NAME)
        self.setCurrentIndex(index)
        self.edit(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_columns()

    def set_tells_tasks(self, on: bool) -> None:
        """Whether the tasks' column says anything: where all runs have the same ones, names have its room."""
        self._tells_tasks = on
        self._show_columns()

    def _show_columns(self) -> None:
        for column, least in GIVE_WAY.items():
            says_nothing = column == TASKS and not self._tells_tasks
            self.setColumnHidden(column, says_nothing or self.viewport().width() < scaled(least))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._key_actions.get(event.key())
        is_editing = self.state() == QAbstractItemView.State.EditingState  # an editor leaves Return to its table
        if action is None and not is_editing and event.text().isalpha():
            event.ignore()  # for the window, whose keys letters are: Qt would seek names by them
        elif action is None or is_editing or not self.currentIndex().isValid():
            super().keyPressEvent(event)
        else:
            action(self, self.currentIndex().row())

    _key_actions: ClassVar[dict[int, Callable[[RunsView, int], None]]] = {
        Qt.Key.Key_Space: lambda self, row: self.overlayAsked.emit(row),
        Qt.Key.Key_Return: lambda self, row: self.restoreAsked.emit(row),
        Qt.Key.Key_Enter: lambda self, row: self.restoreAsked.emit(row),
        Qt.Key.Key_Delete: lambda self, row: self.deleteAsked.emit(row),
        Qt.Key.Key_F2: rename,
    }
