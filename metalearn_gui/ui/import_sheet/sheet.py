"""The import sheet: a table is looked at, its columns get roles, and only then are settings changed, all at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from metalearn_gui.bridge.importing import NOTHING, Opened, Parted, TableReader
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.switching import for_family, switched
from metalearn_gui.engine.tables.choices import ColumnChoice, names_of, text_of
from metalearn_gui.engine.tables.table import Table
from metalearn_gui.engine.tasks.csv import CLASSES, Csv
from metalearn_gui.ui.import_sheet.preview import SHOWN_ROWS, Preview
from metalearn_gui.ui.import_sheet.roles import TARGET, with_role
from metalearn_gui.ui.import_sheet.steps import Steps
from metalearn_gui.ui.sheet import Sheet
from metalearn_gui.ui.text import count_text, duration_text
from metalearn_gui.ui.theme import ui_font

CHOSEN = (
    "data", "task_column", "inputs", "targets", "predicts", "column_types", "min_rows", "missing", "split_column",
    "held_out",
)  # fmt: skip
CLOSING_SECONDS = 0.05


class ImportSheet(Sheet):
    """`open` reads a table and proposes; nothing is set before Import."""

    family_key = Csv.key  # what its files become

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("import", parent)
        self._session = session
        self._reader = TableReader(self)
        self._table: Table | None = None
        self._family, self._choice = Csv(), NOTHING
        self._parted: Parted | None = None
        self._steps, self._preview = Steps(self.paper), Preview(self.paper)
        self._bar, self._note = QProgressBar(self.paper, objectName="import_progress"), QLabel(self.paper)
        self._error = QLabel(self.paper, objectName="import_error")
        self._cancel = QPushButton(self.paper, objectName="import_cancel")
        self._import = QPushButton(self.paper, objectName="import_start")
        self._lay_out()
        self._connect()
        self.retranslate()
        self.restyle()

    def _lay_out(self) -> None:
        for label, tone in ((self._note, "muted"), (self._error, "error")):
            label.setFont(ui_font(12))
            label.setProperty("tone", tone)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._import.setProperty("kind", "accent")
        for button in (self._cancel, self._import):
            button.setFont(ui_font(12.5, 600 if button is self._import else 500))
            button.setFixedHeight(34)
        self._bar.setTextVisible(False)
        middle = QVBoxLayout()
        middle.setContentsMargins(24, 14, 24, 14)
        middle.setSpacing(10)
        middle.addWidget(self._steps)
        middle.addWidget(self._bar)
        middle.addWidget(self._preview, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 12)
        foot.setSpacing(10)
        says = QVBoxLayout()
        says.addWidget(self._note)
        says.addWidget(self._error)
        foot.addLayout(says, 1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._import)
        rows = QVBoxLayout(self.paper)
        rows.setContentsMargins(1, 1, 1, 1)
        rows.setSpacing(0)
        rows.addLayout(self.head())
        rows.addWidget(self.rule())
        rows.addLayout(middle, 1)
        rows.addWidget(self.rule())
        rows.addLayout(foot)

    def _connect(self) -> None:
        self._reader.progressed.connect(self._show_progress)
        self._reader.opened.connect(self._take_opened)
        self._reader.parted.connect(self._take_parted)
        self._reader.refused.connect(self._refuse)
        self._preview.roleChosen.connect(self.set_role)
        self._steps.changed.connect(self._set_setting)
        self._cancel.clicked.connect(self.leave)
        self._import.clicked.connect(self.take)

    # --- what it is asked for -----------------------------------------------------------------------

    def open(self, path: str) -> None:
        """Read a table, and show what could be made of it."""
        self._table, self._parted, self._choice, self._family = None, None, NOTHING, Csv(data=path)
        self._preview.show_table(Table("", "", ()))
        self._show_progress(0, 0.0)
        self._show_choice()
        self.appear()
        self._reader.open(path)

    def leave(self) -> None:
        """Back to the window, with nothing changed."""
        self._reader.cancel()
        super().leave()

    def set_role(self, name: str, role: str) -> None:
        """Give a column a role. A category can only come out as a class."""
        if self._table is None:
            return
        column = self._table.column(name)
        if role == TARGET and column is not None and column.kind == "category":
            self._family = self._family.replaced(predicts=CLASSES)
        one_target = self._family.predicts == CLASSES
        self._choice = with_role(self._choice, name, role, self._table.names, one_target)
        self._part()

    def take(self) -> None:
        """One change of settings that can be undone; what does not fit is said, and the sheet stays."""
        if self._parted is None:
            return
        family, settings = self._parted.family, self._session.settings
        values = {name: getattr(family, name) for name in CHOSEN}
        try:
            wanted = for_family(settings, family.key, kind=family.kind) | values
            made = switched(settings, **wanted).resolved()
            made.check_data()
        except SettingError as error:
            self._refuse(str(error))
            return
        self._session.set_settings(made, self.tr("Import data"))
        self.leave()

    def window_closed(self) -> None:
        """End the reader's thread."""
        self._reader.close(CLOSING_SECONDS)

    # --- what the reader says -----------------------------------------------------------------------

    def _take_opened(self, opened: Opened) -> None:
        self._table, self._choice = opened.table, opened.choice
        self._family = opened.family
        present = self._session.settings.tasks
        if present.key == Csv.key and getattr(present, "data", "") == self._family.data:
            self._propose(present)
        self._bar.hide()
        self._preview.show_table(opened.table)
        self._show_size()
        self._part()

    def _propose(self, present: Any) -> None:
        """What is set for this very file."""
        self._family = Csv(**{name: getattr(present, name) for name in CHOSEN})
        inputs, targets = names_of(present.inputs), names_of(present.targets)
        self._choice = ColumnChoice(present.task_column, inputs, targets, present.split_column)

    def _set_setting(self, name: str, value: object) -> None:
        try:
            self._family = self._family.replaced(**{name: value})
        except SettingError as error:
            self._refuse(str(error))
            return
        if self._family.predicts == CLASSES:
            self._choice = dataclasses.replace(self._choice, targets=self._choice.targets[:1])
        self._part()

    def _part(self) -> None:
        """Ask what comes of the roles as they are now."""
        self._parted = None
        self._show_choice()
        self._error.clear()
        missing = self._missing()
        if missing:
            self._reader.cancel()
            self._refuse(missing)
            return
        choice = self._choice
        self._family = self._family.replaced(
            task_column=choice.task, inputs=text_of(choice.inputs), targets=text_of(choice.targets),
            split_column=choice.split,
        )  # fmt: skip
        self._reader.part(self._family)

    def _missing(self) -> str:
        if not self._choice.task:
            return self.tr("Choose the column that says which rows belong to one task: press its head.")
        if not self._choice.inputs:
            return self.tr("Choose at least one column that goes in: press its head.")
        return "" if self._choice.targets else self.tr("Choose the column that comes out: press its head.")

    def _take_parted(self, parted: Parted) -> None:
        self._parted = parted
        self._show_choice()

    def _refuse(self, error: str) -> None:
        self._bar.hide()
        self._error.setText(error)
        self._error.show()
        self._show_choice()

    # --- what it shows ------------------------------------------------------------------------------

    def _show_progress(self, percent: int, seconds: float) -> None:
        self._bar.setVisible(True)
        self._bar.setValue(percent)
        self._error.clear()
        text = self.tr("Reading: {percent} %, {time} left") if seconds >= 1 else self.tr("Reading: {percent} %")
        self._note.setText(text.format(percent=percent, time=duration_text(seconds)))

    def _show_size(self) -> None:
        name = Path(self._family.data).name
        if self._table is None:
            self.subtitle.setText(name)
            return
        text = self.tr("{name} · {rows} rows · {columns} columns; the first {shown} rows are shown")
        rows, columns = self._table.num_rows, len(self._table.columns)
        shown = min(SHOWN_ROWS, rows)
        self.subtitle.setText(text.format(name=name, rows=count_text(rows), columns=count_text(columns), shown=shown))

    def _show_choice(self) -> None:
        self._steps.setEnabled(self._table is not None)
        self._steps.show_choice(self._family, self._choice)
        self._steps.show_parted(self._parted)
        self._preview.show_choice(self._choice)
        self._import.setEnabled(self._parted is not None)
        if self._table is not None:
            self._note.setText(self._rows_text())
        self._note.setVisible(bool(self._note.text()))
        self._error.setVisible(bool(self._error.text()))

    def _rows_text(self) -> str:
        if self._parted is None:
            return ""
        text = self.tr("Rows: {train} train, {validation} validation, {test} unseen")
        counts = text.format(**{name: count_text(count) for name, count in self._parted.rows.items()})
        return f"{counts}; {self._parted.remark}" if self._parted.remark else counts

    def retranslate(self) -> None:
        """Write every visible text."""
        super().retranslate()
        self.setAccessibleName(self.tr("Import data"))
        self.title.setText(self.tr("Import data"))
        self._preview.setAccessibleName(self.tr("First rows; press a column's head, or Enter, to say what it is for"))
        self._preview.setToolTip(self.tr("Press a column's head to say what it is for"))
        self._bar.setAccessibleName(self.tr("Reading"))
        self._cancel.setText(self.tr("Cancel"))
        self._import.setText(self.tr("Import"))
        self._steps.retranslate()
        self._show_size()
        self._show_choice()
