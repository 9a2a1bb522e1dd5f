"""The first rows of a table, every column under its name, its type and a chip that says what it is for."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from metalearn_gui.engine.tables.choices import ColumnChoice
from metalearn_gui.engine.tables.table import KINDS, Column, Table, date_text
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.import_sheet.roles import IGNORED, ROLES, TARGET, TASK, other_role, role_of
from metalearn_gui.ui.named import named
from metalearn_gui.ui.plotting import faded
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font

SHOWN_ROWS = 50
KIND_ROLE, ROLE_ROLE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
NARROWEST_COLUMN, WIDEST_COLUMN = 104, 190  # pixels of the design, as all below
LEAST_COLUMN = 80  # that a hand can make of one
ARROW = 15  # beside a type
HEADER_HEIGHT, COLUMN_WIDTH, ROW_HEIGHT, CHIP_HEIGHT, EDGE = 76, 128, 24, 22, 8
Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


class PreviewModel(QAbstractTableModel):
    """The first rows, as texts; nothing of the others is touched."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._table = Table("", "", ())
        self._choice = ColumnChoice("", (), ())
        self._types: Mapping[str, str] = {}

    def show_table(self, table: Table) -> None:
        """Another table, or the same one with other types."""
        if table is self._table:
            return
        self.beginResetModel()
        self._table = table
        self.endResetModel()

    def show_choice(self, choice: ColumnChoice, types: Mapping[str, str]) -> None:
        """Other roles, and other types than the table's own."""
        self._choice, self._types = choice, types
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, self.columnCount() - 1))

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else min(SHOWN_ROWS, self._table.num_rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._table.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        column = self._table.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(column, index.row())
        if role == Qt.ItemDataRole.ForegroundRole:
            unused = role_of(self._choice, column.name) == IGNORED
            return theme().palette.muted if unused else theme().palette.text
        if role == Qt.ItemDataRole.TextAlignmentRole and column.kind == "number":
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Vertical or section >= self.columnCount():
            return None
        column = self._table.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:  # a head stands over its cells
            return self.data(self.index(0, section), role)
        names: dict[int, str] = dict.fromkeys((Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole), column.name)
        texts = {**names, KIND_ROLE: self._types.get(column.name, column.kind)}
        return role_of(self._choice, column.name) if role == ROLE_ROLE else texts.get(role)


class RoleHeader(QHeaderView):
    """A press on a column's chip, or on the rest of its head."""

    chipPressed = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setFixedHeight(HEADER_HEIGHT)  # the zoom takes it along

    def role_text(self, role: str) -> str:
        """A role in words."""
        texts = (self.tr("task"), self.tr("input"), self.tr("target"), self.tr("split"), self.tr("ignored"))
        return dict(zip(ROLES, texts, strict=True))[role]

    def kind_text(self, kind: str) -> str:
        """A type in words."""
        return {"number": self.tr("number"), "date": self.tr("date"), "category": self.tr("category")}[kind]

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), scaled(HEADER_HEIGHT))

    def chip(self, section: int) -> QRect:
        """Where a column's chip is, in the header's pixels."""
        left, width = self.sectionViewportPosition(section), self.sectionSize(section)
        edge, top = scaled(EDGE), scaled(HEADER_HEIGHT - CHIP_HEIGHT - 8)
        return QRect(left + edge, top, width - 2 * edge, scaled(CHIP_HEIGHT))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        section = self.logicalIndexAt(place)
        if section >= 0 and event.button() == Qt.MouseButton.LeftButton and self.chip(section).contains(place):
            self.chipPressed.emit(section)
        else:
            super().mousePressEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        ask = self.model().headerData
        name, kind, role = (ask(section, self.orientation(), which) for which in (0, KIND_ROLE, ROLE_ROLE))
        if name is None:
            return
        colors = theme().palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = rect.adjusted(scaled(EDGE), scaled(6), -scaled(EDGE), 0)
        align = ask(section, self.orientation(), Qt.ItemDataRole.TextAlignmentRole) or Qt.AlignmentFlag.AlignLeft
        _write(painter, QRect(room.left(), room.top(), room.width(), scaled(18)), name, 12.5, 600, colors.text, align)
        kind_place = QRect(room.left(), room.top() + scaled(18), room.width() - scaled(ARROW), scaled(16))
        _write(painter, kind_place, self.kind_text(kind), 11, 400, colors.muted, align)
        is_right = bool(align & Qt.AlignmentFlag.AlignRight)
        words = painter.fontMetrics().horizontalAdvance(self.kind_text(kind))
        arrow = (kind_place.right() if is_right else kind_place.left() + words) + scaled(4)
        place = QRect(arrow, kind_place.top() + scaled(3), scaled(11), scaled(11))
        icon("chevron_down", colors.muted).paint(painter, place)
        self._paint_chip(painter, self.chip(section), role)
        painter.setPen(colors.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()

    def _paint_chip(self, painter: QPainter, place: QRect, role: str) -> None:
        colors = theme().palette
        is_strong = role in (TASK, TARGET)
        edge = colors.line if role == IGNORED else colors.learner
        painter.setPen(edge)
        painter.setBrush(colors.learner if is_strong else faded(edge, 0.0 if role == IGNORED else 0.14))
        painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)
        text = colors.on_accent if is_strong else colors.muted if role == IGNORED else colors.accent_text
        inner = place.adjusted(8, 0, -8, 0)
        _write(painter, inner, self.role_text(role), 11.5, 600, text, Qt.AlignmentFlag.AlignCenter)


class Cells(QStyledItemDelegate):
    """Cells as far from their column's edges as what stands over them."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        style = option.widget.style() if option.widget else QApplication.style()
        own = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, option, option.widget) + 1
        inside = QStyleOptionViewItem(option)
        inside.rect = option.rect.adjusted(scaled(EDGE) - own, 0, own - scaled(EDGE), 0)
        super().paint(painter, inside, index)


class Preview(QTableView):
    """Says which role or type a person gave to which column; by a press on its head, or Space or Enter in it."""

    roleChosen = Signal(str, str)  # column, role
    typeChosen = Signal(str, str)  # column, one of KINDS

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("import_preview")
        self._model = PreviewModel(self)
        self.setModel(self._model)
        self.setItemDelegate(Cells(self))
        self.head = RoleHeader(self)
        self.setHorizontalHeader(self.head)
        self.verticalHeader().hide()
        self.setFont(ui_font(12))
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.head.sectionClicked.connect(self.ask)
        self.head.chipPressed.connect(self.turn)
        self.activated.connect(lambda index: self.ask(index.column()))
        self.show_table, self.show_choice = self._model.show_table, self._model.show_choice
        self._model.modelReset.connect(self._share_room)
        theme().changed.connect(self._share_room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Narrower columns where all of them fit then: what comes out is often the last; wider ones where few do."""
        count = max(1, self._model.columnCount())
        width = min(scaled(WIDEST_COLUMN), self.viewport().width() // count)
        self.head.setMinimumSectionSize(scaled(LEAST_COLUMN))
        self.head.setDefaultSectionSize(width if width >= scaled(NARROWEST_COLUMN) else scaled(COLUMN_WIDTH))
        self.verticalHeader().setDefaultSectionSize(scaled(ROW_HEIGHT))

    def turn(self, section: int) -> None:
        """An input becomes a target, and the other way round; of other columns ask."""
        name, role = (self._model.headerData(section, Qt.Orientation.Horizontal, which) for which in (0, ROLE_ROLE))
        other = other_role(str(role))
        if other:
            self.roleChosen.emit(str(name), other)
        else:
            self.ask(section)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self.turn(self.currentIndex().column())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.ask(self.currentIndex().column())  # Qt would pass the key on, and the sheet import by it
        else:
            super().keyPressEvent(event)

    def ask(self, section: int) -> None:
        """Open the menu of roles and types under a column's chip."""
        menu = named(QMenu(self), "import_roles")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask = self._model.headerData
        name, kind, role = (ask(section, Qt.Orientation.Horizontal, which) for which in (0, KIND_ROLE, ROLE_ROLE))
        for one in ROLES:
            self._offer(menu, self.head.role_text(one), one == role, self.roleChosen, str(name), one)
        menu.addSection(self.tr("Type"))
        for one in KINDS:
            self._offer(menu, self.head.kind_text(one), one == kind, self.typeChosen, str(name), one)
        menu.popup(self.head.viewport().mapToGlobal(self.head.chip(section).bottomLeft() + QPoint(0, 2)))

    def _offer(self, menu: QMenu, text: str, is_present: bool, chosen: SignalInstance, name: str, value: str) -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(is_present)
        action.triggered.connect(lambda: chosen.emit(name, value))


def cell_text(column: Column, row: int) -> str:
    """A cell as a person reads it; a dash where nothing is."""
    value = column.values[row]
    if column.kind == "category":
        return column.labels[value] if value >= 0 else "–"
    if math.isnan(value):
        return column.strange.get(row, "–")
    return date_text(float(value)) if column.kind == "date" else number_text(float(value))


def _write(
    painter: QPainter,
    place: QRect,
    text: str,
    px: float,
    weight: int,
    color: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    painter.setFont(ui_font(px, weight))
    painter.setPen(color)
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, align | Qt.AlignmentFlag.AlignVCenter, elided)
