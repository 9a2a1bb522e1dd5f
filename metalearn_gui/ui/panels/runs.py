"""Every run of this session: laid over the shown one, brought back, renamed, deleted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QPushButton, QWidget

from metalearn_gui.bridge.messages import RUN
from metalearn_gui.bridge.session import Message, Session
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.line_edit import LineEdit
from metalearn_gui.ui.named import named
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.rows_table import ROW_HEIGHT
from metalearn_gui.ui.run_remarks import add_remarks
from metalearn_gui.ui.runs_export import runs_csv
from metalearn_gui.ui.runs_lines import RunsLines
from metalearn_gui.ui.runs_model import FIRST_STEP, NAME, RunsModel
from metalearn_gui.ui.runs_view import RunsView
from metalearn_gui.ui.settings_diff import SettingsDiff
from metalearn_gui.ui.text import count_text, counted
from metalearn_gui.ui.theme import scaled, theme, ui_font

# Pixels of the design: what is above and below the rows, the line at the foot, and that of the search.
AROUND, FOOT, SEARCH = 73, 34, 30
# Keys that leave the line of the search.
LEAVING = (Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
ROWS = 4  # as many are worth more than what is at the foot


class RunsPanel(Panel):
    """The table, and a line in its place while there is no run."""

    key = "runs"
    room = 96

    compareAsked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = RunsModel(session, self)
        self.table = RunsView(self)
        self.table.setObjectName("runs_table")
        self.table.setModel(self.model)
        self.table.lay_out_columns()
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._empty = QLabel(self)
        self._empty.setProperty("tone", "muted")
        self._empty.setFont(ui_font(12))
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._search = named(LineEdit(self), "runs_search")
        self._search.setFont(ui_font(12.5))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._seek)
        self._search.hide()
        self._search_button = self.add_icon_action("search", self._toggle_search)
        self._search_button.setObjectName("runs_search_button")
        self._lines_button = self.add_icon_action("parallel", self.show_lines)
        self._lines_button.setObjectName("runs_lines_button")
        self._compare_icon = self.add_icon_action("plus", self.compareAsked.emit)
        self._compare_icon.setObjectName("compare_icon")
        self.body.addWidget(self._search)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._empty, 1)
        self._compare = named(QPushButton(self), "compare_button")
        self._compare.setProperty("kind", "link")
        self._compare.setFont(ui_font(12.5, 500))
        self._compare.clicked.connect(self.compareAsked)
        self.lines: RunsLines | None = None
        self.body.addWidget(self._compare)
        self.table.overlayAsked.connect(self._toggle_overlay)
        self.table.restoreAsked.connect(self._restore)
        self.table.deleteAsked.connect(self._delete)
        self.table.customContextMenuRequested.connect(self._open_menu)
        session.runsChanged.connect(self.refresh)
        session.shownChanged.connect(self._follow_shown)
        for signal in (session.advanced, session.scored, session.comparing.progressed):
            signal.connect(self._refresh_figures)
        self.collapsedChanged.connect(self._refresh_figures)  # nothing was told while the card was folded
        self.refresh()

    def retranslate(self) -> None:
        self.set_title(self.tr("Runs"))
        self.table.setAccessibleName(self.tr("Runs"))
        self._compare.setText(self.tr("Compare learners on these tasks..."))
        compare = self.tr("Several learners side by side on the same unseen tasks (Ctrl+Shift+C)")
        self._compare.setToolTip(compare)
        self._compare_icon.setToolTip(compare)
        self._compare_icon.setAccessibleName(self.tr("Compare learners on these tasks"))
        self._search.setPlaceholderText(self.tr("Find runs: name, tasks, tags, note, shots 5"))
        self._search.setAccessibleName(self.tr("Find runs"))
        self._search_button.setToolTip(self.tr("Find runs"))
        self._search_button.setAccessibleName(self.tr("Find runs"))
        self._lines_button.setToolTip(self.tr("Every run as a line over the settings that differ and its loss"))
        self._lines_button.setAccessibleName(self.tr("Runs as lines"))
        self.refresh()

    def restyle(self) -> None:
        self.table.lay_out_columns()
        self._compare.setIcon(icon("plus", theme().palette.accent_text))
        self.table.viewport().update()

    def refresh(self) -> None:
        """Take over the session's runs."""
        self.model.follow()
        self._say_hint()
        self.table.setColumnHidden(FIRST_STEP, self.model.num_steps == 1)
        self.table.set_tells_tasks(self.model.tells_tasks)
        has_runs = self.model.rowCount() > 0 or self.model.is_kept
        first = self.tr("Every run appears here, to be compared and brought back")
        self._empty.setText(self.tr("No run has these words") if self._search.text() else first)
        self.table.setVisible(has_runs)
        self._empty.setVisible(not has_runs)
        self._ask_for_rows()

    def _say_hint(self) -> None:
        """What a click does; where some runs are not listed, how many are, also while the card is folded."""
        count, total = self.model.rowCount(), len(self.session.runs)
        if count == total:
            self.set_hint(self.tr("click overlays · double-click restores"), self.tr("click overlays"))
            return
        said = self.tr("{count} of {total} runs").format(count=count_text(count), total=count_text(total))
        listed = {self.model.run_at(row).run_id for row in range(count)}
        shown = "" if self.session.shown.run_id in listed else self.tr("not the shown one")
        help = self.tr("Those with the words that are sought, or chosen in Runs as lines")
        self.set_hint(" · ".join(filter(None, (said, shown))), help=help)

    def _ask_for_rows(self) -> None:
        """Wish for as many rows as there are runs, up to ROWS; the foot gives way to them."""
        around = AROUND if self._search.isHidden() else AROUND + SEARCH
        wish = around + min(ROWS, max(1, self.model.rowCount())) * ROW_HEIGHT
        if wish != self.wish:
            self.wish = wish
            self.updateGeometry()
        self._show_foot()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.follow_figures()  # nothing was told while another view was open

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_foot()

    def _show_foot(self) -> None:
        has_room = self.height() >= scaled(self.wish + FOOT)
        self._compare.setVisible(has_room)
        self._compare_icon.setVisible(not has_room)

    def _follow_shown(self) -> None:
        self.model.follow_shown()
        self._say_hint()

    def _refresh_figures(self) -> None:
        if self.table.isVisible():
            self.model.follow_figures()

    def show_lines(self) -> None:
        """Every run as a line, in a window of its own; what is chosen there is what the table shows."""
        if self.lines is None:
            self.lines = RunsLines(self.session, self)
            self.lines.chosen.connect(self._keep)
        self.lines.show()
        self.lines.raise_()

    def _keep(self, run_ids: frozenset[str] | None) -> None:
        self.model.keep(run_ids)
        self.refresh()

    def _toggle_search(self) -> None:
        if self.is_collapsed:
            self.toggle_collapsed()
            self._search.show()  # with the words that are sought already
        else:
            self._search.setVisible(self._search.isHidden())
            self._search.clear()
        self._ask_for_rows()
        if self._search.isVisible():
            self._search.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the line of the search leaves: Escape ends it, Down and Return go to what was found."""
        if not self._search.hasFocus() or event.key() not in LEAVING:
            super().keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Escape:
            self._toggle_search()
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, NAME))

    def _seek(self, text: str) -> None:
        self.model.seek(text)
        self.refresh()

    # --- under the hand ---------------------------------------------------------------------------

    def _toggle_overlay(self, row: int) -> None:
        run_id = self.model.run_at(row).run_id
        if run_id != self.session.shown.run_id:
            self.session.set_overlay(run_id, run_id not in self.session.overlays)

    def _restore(self, row: int) -> None:
        self.session.restore_run(self.model.run_at(row).run_id)

    def _delete(self, row: int) -> None:
        if ended := self._deletable(row):
            live = self.session.live
            self.session.delete_runs(ended, live_stays=live in self._chosen(row) and live.iteration > 0)
        elif self.model.run_at(row).iteration:  # else there is nothing to delete
            text = self.tr("Run goes on with this run. Start again, and it can be deleted.")
            self.session.messageRaised.emit(Message(text, "info", self.tr("Start again"), "reset", about=RUN))

    def _open_menu(self, at: QPoint) -> None:
        index = self.table.indexAt(at)
        if index.isValid():
            self.row_menu(index.row()).popup(self.table.viewport().mapToGlobal(at))

    def _chosen(self, row: int) -> list[RunRecord]:
        """The selected runs where the row is one of them, else its own."""
        rows = self.table.selected_rows
        return [self.model.run_at(one) for one in (rows if row in rows else [row])]

    def _deletable(self, row: int) -> list[str]:
        """Ids of the chosen runs but the live one, which Run goes on with."""
        return [run.run_id for run in self._chosen(row) if run.run_id != self.session.live.run_id]

    def _differ(self, run: RunRecord) -> None:
        runs = (self.session.shown, run)
        SettingsDiff(runs, (self.model.name_of(runs[0]), self.model.name_of(run)), self).show()

    def _export(self, row: int) -> None:
        runs = self._chosen(row)
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Export runs"), "runs.csv", self.tr("Tables (*.csv)"))
        if path:
            self.export_runs(runs, path)

    def export_runs(self, runs: list[RunRecord], path: str) -> None:
        """Write these runs as a table; what goes wrong is said."""
        try:
            names = {run.run_id: self.model.name_of(run) for run in runs}
            Path(path).write_text(runs_csv(runs, names), encoding="utf-8")
        except OSError as error:
            text = self.tr("{path} cannot be written ({reason}); choose another place")
            self.session.messageRaised.emit(Message(text.format(path=path, reason=error.strerror), "warning"))

    def row_menu(self, row: int) -> QMenu:
        """What can be done with a run, in words; deleted when it closes."""
        run = self.model.run_at(row)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(self.model.name_of(run))
        is_shown = run.run_id == self.session.shown.run_id
        overlay = menu.addAction(self.tr("Lay over the shown run"), lambda: self._toggle_overlay(row))
        overlay.setCheckable(True)
        overlay.setChecked(run.run_id in self.session.overlays)
        overlay.setEnabled(not is_shown)
        menu.addAction(self.tr("Show"), lambda: self.session.show_run(run.run_id)).setEnabled(not is_shown)
        menu.addAction(self.tr("Restore"), lambda: self.session.restore_run(run.run_id))
        start = menu.addAction(self.tr("Start from these weights"), lambda: self.session.start_from(run.run_id))
        start.setObjectName("start_from")
        start.setToolTip(self.tr("A new run of what is set, whose weights begin as this run's are now"))
        menu.setToolTipsVisible(True)
        menu.addSeparator()
        pin = menu.addAction(self.tr("Pin"), lambda: self.session.pin_run(run.run_id, not run.is_pinned))
        pin.setCheckable(True)
        pin.setChecked(run.is_pinned)
        add_remarks(menu, self.session, run)
        menu.addSeparator()
        differ = menu.addAction(self.tr("Where it differs from the shown run..."), lambda: self._differ(run))
        differ.setEnabled(not is_shown)
        count = len(self._chosen(row))
        export = counted(count, self.tr("Export this run as CSV..."), self.tr("Export {count} runs as CSV..."))
        menu.addAction(export, lambda: self._export(row))
        menu.addSeparator()
        menu.addAction(self.tr("Rename"), lambda: self.table.rename(row))
        count = len(self._deletable(row))
        delete = self.tr("Delete {count} runs").format(count=count_text(count)) if count > 1 else self.tr("Delete")
        menu.addAction(delete, lambda: self._delete(row)).setEnabled(count > 0)
        return menu
