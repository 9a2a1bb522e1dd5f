"""The table of a comparison: figures, and beside them every mean and median on one logarithmic axis."""

from __future__ import annotations

import math

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.compare.dots import Reach, ScoresHeader, paint_dots, reach_of
from metalearn_gui.ui.compare.marks import draw_mark
from metalearn_gui.ui.compare.scores_model import (
    AT_STEP,
    BEHIND,
    BEST,
    BEST_MEDIAN,
    DOTS,
    DOTS_ROLE,
    FIGURES,
    FIRST,
    FIRST_MEDIAN,
    MARK_ROLE,
    NAME,
    PROTOCOL,
    TIME,
    ScoresModel,
)
from metalearn_gui.ui.compare.standing import Standings
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.rows_table import MARK_SIZE, ROW_HEIGHT, TEXT_LEFT, RowsTable, draw_ground
from metalearn_gui.ui.run_marks import Mark
from metalearn_gui.ui.theme import scaled, ui_font

Index = QModelIndex | QPersistentModelIndex
WIDTHS = {PROTOCOL: 92, FIRST: 118, FIRST_MEDIAN: 62, BEST: 118, BEST_MEDIAN: 62, AT_STEP: 62, BEHIND: 124, TIME: 50}
GIVING_WAY = (DOTS, PROTOCOL, BEHIND, FIRST_MEDIAN, BEST_MEDIAN)  # columns that go where there is little room
LEAST_NAME, LEAST_DOTS = 110, 130
LOW_ROW = 24
NARROWEST = 80  # per cent of a letter's width


class ScoresPanel(Panel):
    """Click a heading to sort; Enter or a double click opens the contender's run in the main window."""

    key = "compare_scores"
    room = 190

    openAsked = Signal(str)  # run_id
    removeAsked = Signal(str)  # a contender's key
    changeAsked = Signal(str)

    def __init__(self, session: Session, standings: Standings, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = ScoresModel(session, standings, self)
        self.table = ScoresView(self)
        self.table.setObjectName("compare_table")
        self.table.setModel(self.model)
        self.table.lay_out_columns()
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._open_menu)
        self.table.openAsked.connect(self._open)
        self.table.removeAsked.connect(lambda row: self.removeAsked.emit(self.model.standing_at(row).key))
        self._foot = QLabel(self)
        self._foot.setProperty("tone", "muted")
        self._foot.setFont(ui_font(11.5))
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._foot)
        standings.changed.connect(self.refresh)
        standings.advanced.connect(self.model.follow_progress)

    def set_compact(self, compact: bool) -> None:
        """Rows in the place of what the marks mean, which the headings then say under the pointer."""
        self._foot.setVisible(not compact)
        self.table.set_compact(compact)

    def refresh(self) -> None:
        """Take over the contenders and what they came to."""
        self.model.follow()
        self._name()

    def _name(self) -> None:
        count = self.model.comparison.num_distinct_tasks
        title = self.tr("{count} unseen tasks").format(count=count) if count else self.tr("Unseen tasks")
        self.set_title(title)
        is_classes = self.session.settings.tasks.kind == "classification"
        self.set_hint(
            self.tr("accuracy ± 95 % interval; medians and dots: loss")
            if is_classes
            else self.tr("MSE, mean ± 95 % interval, and median: the distribution is long-tailed")
        )

    def _open(self, row: int) -> None:
        run = self.model.standing_at(row).run
        if run is not None and run.iteration:
            self.openAsked.emit(run.run_id)

    def _open_menu(self, at: QPoint) -> None:
        index = self.table.indexAt(at)
        if index.isValid():
            self.row_menu(index.row()).popup(self.table.viewport().mapToGlobal(at))

    def row_menu(self, row: int) -> QMenu:
        """What can be done with a contender, in words; deleted when it closes."""
        standing = self.model.standing_at(row)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        opens = menu.addAction(self.tr("Open in the main window"), lambda: self._open(row))
        opens.setEnabled(standing.run is not None and standing.run.iteration > 0)
        menu.addAction(self.tr("Settings that differ..."), lambda: self.changeAsked.emit(standing.key))
        menu.addAction(self.tr("Take away"), lambda: self.removeAsked.emit(standing.key))
        return menu

    def retranslate(self) -> None:
        self._name()
        self.table.setAccessibleName(self.tr("Contenders and their losses on unseen tasks"))
        self._foot.setText(
            self.tr(
                "bold: better than every other beyond the interval · dots: mean, hollow after 1 step · dash: median · "
                "bar: reference · Enter opens a run"
            )
        )
        self.table.horizontalHeader().setToolTip(self._foot.text())

    def restyle(self) -> None:
        self.model.follow()  # marks have the theme's colours
        self.table.lay_out_columns()
        self.table.viewport().update()


class ScoresView(RowsTable):
    """Enter or a double click: open. Delete: take away."""

    openAsked = Signal(int)  # row
    removeAsked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_compact = False
        self._keys_before: list[str] = []
        self._row_before = -1
        self.setItemDelegate(ScoresDelegate(self))
        header = ScoresHeader(self)
        self.use_header(header)
        header.setSectionsClickable(True)
        header.setSortIndicator(BEST, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.setSortIndicatorShown(False)  # it would lie over the words: the sorted heading is bold instead
        self.doubleClicked.connect(lambda index: self.openAsked.emit(index.row()))

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        if isinstance(model, ScoresModel):
            model.modelAboutToBeReset.connect(self._note_rows)
            model.modelReset.connect(self._find_rows)

    def _note_rows(self) -> None:
        self._row_before, self._keys_before = self.currentIndex().row(), self._keys()

    def _find_rows(self) -> None:
        """The row that was chosen still is, wherever it stands now, and one that was added is in sight."""
        keys, before, row = self._keys(), self._keys_before, self._row_before
        if keys and 0 <= row < len(before):
            self.selectRow(keys.index(before[row]) if before[row] in keys else min(row, len(keys) - 1))
        added = [place for place, key in enumerate(keys) if key not in before]
        if before and len(added) == 1:
            self.executeDelayedItemsLayout()  # else Qt has no room for it yet
            self.scrollTo(self.model().index(added[0], NAME))

    def _keys(self) -> list[str]:
        model = self.model()
        return model.keys if isinstance(model, ScoresModel) else []

    def lay_out_columns(self) -> None:
        """Figures have their width, the name and the dots share the rest; call once a model is set."""
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(DOTS, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            header.resizeSection(column, scaled(width))
        self.verticalHeader().setDefaultSectionSize(self.row_height)
        self.setMinimumHeight(3 * self.row_height)

    @property
    def row_height(self) -> int:
        return scaled(LOW_ROW if self._is_compact else ROW_HEIGHT)

    def set_compact(self, compact: bool) -> None:
        """Lower rows: as many learners as there are at first stand in a small window without a scroll."""
        self._is_compact = compact
        self.verticalHeader().setMinimumSectionSize(self.row_height)
        self.lay_out_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widths = {column: scaled(width) for column, width in {**WIDTHS, DOTS: LEAST_DOTS}.items()}
        needed = sum(widths.values()) + scaled(LEAST_NAME)
        for column in GIVING_WAY:
            is_hidden = needed > self.viewport().width()
            self.setColumnHidden(column, is_hidden)
            needed -= widths[column] if is_hidden else 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        signals = {
            Qt.Key.Key_Return: self.openAsked, Qt.Key.Key_Enter: self.openAsked, Qt.Key.Key_Delete: self.removeAsked,
        }  # fmt: skip
        signal = signals.get(Qt.Key(event.key()))
        if event.text().isalpha() or event.key() == Qt.Key.Key_Space:
            event.ignore()  # for the window, whose keys they are: Qt would seek names by them
        elif signal is None or not self.currentIndex().isValid():
            super().keyPressEvent(event)
        else:
            signal.emit(self.currentIndex().row())

    def reach(self) -> Reach | None:
        """Of the dots' axis."""
        model = self.model()
        return reach_of([model.index(row, DOTS).data(DOTS_ROLE) for row in range(model.rowCount())])


class ScoresDelegate(QStyledItemDelegate):
    """A row: mark, texts, and the dots."""

    def __init__(self, view: ScoresView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)
        draw_ground(painter, rect, option)
        if index.column() == DOTS:
            reach, mark = self._view.reach(), index.sibling(index.row(), NAME).data(MARK_ROLE)
            if reach is not None:
                paint_dots(painter, rect, index.data(DOTS_ROLE), mark, reach)
        else:
            self._paint_text(painter, rect, option, index)
        painter.restore()

    def _paint_text(self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem, index: Index) -> None:
        mark: Mark | None = index.data(MARK_ROLE)
        if mark is not None:
            draw_mark(painter, mark, QPointF(rect.left() + scaled(13), rect.center().y()), scaled(MARK_SIZE))
        painter.setFont(option.font)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        room = rect.adjusted(scaled(TEXT_LEFT) if mark is not None else 4, 0, -6, 0)
        is_wide = index.column() == FIRST and not index.sibling(index.row(), FIRST_MEDIAN).data()
        if is_wide:  # how far it is, in words, over the columns that are empty still
            room.setRight(room.right() + sum(scaled(WIDTHS[column]) for column in (FIRST_MEDIAN, BEST)))
        side = Qt.AlignmentFlag.AlignRight if index.column() in FIGURES and not is_wide else Qt.AlignmentFlag.AlignLeft
        if index.column() in FIGURES:
            painter.setFont(narrowed(option.font, option.text, room.width()))
        text = painter.fontMetrics().elidedText(option.text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.setClipping(False)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | side, text)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), self._view.row_height)


def narrowed(font: QFont, text: str, room: float) -> QFont:
    """The font as narrow as the text needs to fit, within reason: a figure that is cut says something else."""
    width = QFontMetricsF(font).horizontalAdvance(text)
    found = QFont(font)
    if width > room:
        found.setStretch(max(NARROWEST, math.floor(100.0 * room / width)))
    return found
