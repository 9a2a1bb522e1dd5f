"""The support set as a table to edit with the keyboard, the clipboard and two buttons; the query set to read below."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.tables.fields import Field, Fields
from metalearn_gui.store.link import is_link
from metalearn_gui.ui.canvas.for_hand import mark_for_hand
from metalearn_gui.ui.canvas.table.model import FIELD_ROLE, RowsModel
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.lookout import claim_keys
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import restyle_by_properties, scaled, theme, ui_font

ROW_HEIGHT, NARROWEST_COLUMN, WIDEST_COLUMN = 22, 44, 116
Index = QModelIndex | QPersistentModelIndex

REFUSAL_MS = 10_000  # long enough to be read; what comes later has nothing to do with it


class LabelDelegate(QStyledItemDelegate):
    """Cells of categories are chosen from their labels, others typed."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = index.data(FIELD_ROLE)
        if not isinstance(field, Field) or not field.is_category:
            return super().createEditor(parent, option, index)
        box = Combo(parent)
        box.setFont(ui_font(12))
        box.addItems(field.labels)
        box.activated.connect(lambda: self._take(box))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.showPopup()
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
        else:
            super().setModelData(editor, model, index)

    def _take(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)


class RowsTable(QTableView):
    """Delete takes rows out, Insert adds one after the current one, Ctrl+V puts cells in."""

    rowChosen = Signal(int)  # number of a support row, or of a query row after those

    def __init__(self, model: RowsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("support_table")
        self._rows = model
        self.setModel(model)
        self.setItemDelegate(LabelDelegate(self))
        self.setFont(ui_font(12))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        claim_keys(self, _pastes_cells)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self._zoom = 0.0  # that rows and columns have now
        self.fit()
        self.selectionModel().currentChanged.connect(self._tell_row)

    def fit(self) -> None:
        """Give rows and columns the room that their type needs at the zoom that is now."""
        if self._zoom == theme().zoom:
            return
        self._zoom = theme().zoom
        across, down = self.horizontalHeader(), self.verticalHeader()
        down.setMinimumSectionSize(scaled(ROW_HEIGHT))
        down.setDefaultSectionSize(scaled(ROW_HEIGHT))
        across.setMinimumSectionSize(scaled(NARROWEST_COLUMN))
        across.setMaximumSectionSize(scaled(WIDEST_COLUMN))
        self.resizeColumnsToContents()

    def show_row(self, point: int) -> None:
        """Make a row the current one; nothing is emitted where it is already."""
        row = self._rows.row_of(point)
        if row != self.currentIndex().row():
            index = self._rows.index(row, max(self.currentIndex().column(), 0))
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def follow_row(self, point: int) -> None:
        """As `show_row`, but a hand at the row which adds one stays there."""
        current = self.currentIndex()
        if not current.isValid() or self._rows.point_of(current.row()) is not None:
            self.show_row(point)

    def make_room(self, column: int) -> None:
        """A column as wide as its texts, where it is narrower."""
        header = self.horizontalHeader()
        wanted = min(self.sizeHintForColumn(column) + 1, scaled(WIDEST_COLUMN))
        if wanted > header.sectionSize(column):
            header.resizeSection(column, wanted)

    def remove_chosen(self) -> None:
        """Take the selected support rows away."""
        self._rows.remove_rows(sorted({index.row() for index in self.selectedIndexes()}))

    def add_row(self) -> None:
        """One more row after the current one, which becomes the current one."""
        place = self._rows.add_row(self.currentIndex().row())
        if place < self._rows.num_support:  # it was not one too many
            self.show_row(place)

    def _tell_row(self, current: QModelIndex) -> None:
        point = self._rows.point_of(current.row()) if current.isValid() else None
        if point is not None:
            self.rowChosen.emit(point)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self._rows.paste(self.currentIndex(), QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._rows.copied(self.selectedIndexes()))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_chosen()
        elif event.key() == Qt.Key.Key_Insert:
            self.add_row()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._edit_current()
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()  # no number begins with one: the window's run or pause
        else:
            super().keyPressEvent(event)

    def _edit_current(self) -> None:
        # The Enter that ends an edit comes here as well: the cell is still open then.
        is_open = self.state() == QAbstractItemView.State.EditingState
        if not is_open and self.currentIndex().flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(self.currentIndex())


def _pastes_cells(event: QKeyEvent) -> bool:
    """Pasting is the table's, and no shortcut of the window, unless what is in the clipboard is for the window."""
    return event.matches(QKeySequence.StandardKey.Paste) and not is_link(QGuiApplication.clipboard().text())


class RowsEditor(QWidget):
    """The table over its buttons and the line that says what is wrong."""

    def __init__(self, session: Session, fields: Fields, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = RowsModel(session, fields, self)
        self.table = RowsTable(self.model, self)
        self._add, self._remove = self._button("support_add"), self._button("support_remove")
        self.says = QLabel(self)
        self.says.setWordWrap(True)  # what is wrong is to be read whole, in a narrow window too
        self.says.setTextFormat(Qt.TextFormat.PlainText)
        self.says.setObjectName("support_says")
        self.says.setFont(ui_font(12))
        mark_for_hand(self._add, self._remove, self.says)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self._add)
        foot.addWidget(self._remove)
        foot.addWidget(self.says, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self.table, 1)
        rows.addLayout(foot)
        self._add.clicked.connect(self.table.add_row)
        self._remove.clicked.connect(self.table.remove_chosen)
        self.model.refused.connect(self._show_refusal)
        self._forget_refusal = QTimer(self, singleShot=True, interval=REFUSAL_MS)
        self._forget_refusal.timeout.connect(lambda: self._show_refusal(""))
        self.retranslate()
        self.restyle()

    def _button(self, name: str) -> QToolButton:
        button = named(QToolButton(self), name)
        button.setProperty("kind", "flat")
        button.setIconSize(QSize(16, 16))
        button.setFixedSize(26, 24)
        return button

    def retranslate(self) -> None:
        """Set every string again."""
        self._hint = self.tr("edit, paste or delete rows")
        self.table.setAccessibleName(self.tr("Support rows to edit, then query rows to read"))
        self.table.setToolTip(
            self.tr(
                "Type to change a cell; Insert adds a row, Delete takes it away, Ctrl+V pastes cells; ? = query row"
            )
        )
        for button, text in ((self._add, self.tr("Add a support row")), (self._remove, self.tr("Take the row away"))):
            button.setToolTip(text)
            button.setAccessibleName(text)
        self._show_refusal("")

    def restyle(self) -> None:
        """Take the theme's colours and its zoom."""
        self.table.fit()
        self._add.setIcon(icon("plus", theme().palette.muted))
        self._remove.setIcon(icon("minus", theme().palette.muted))

    def _show_refusal(self, text: str) -> None:
        if text:
            self._forget_refusal.start()
        self.says.setText(text or self._hint)
        self.says.setProperty("tone", "error" if text else "muted")
        restyle_by_properties(self.says)
