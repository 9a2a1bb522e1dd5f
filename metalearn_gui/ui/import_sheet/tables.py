"""The import sheet of tables: columns get types and roles."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.importing import NOTHING, Opened, Parted, TableReader
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tables.choices import (
    MOST_CLASSES,
    ColumnChoice,
    better_target,
    names_of,
    text_of,
    types_of,
    types_text,
)
from metalearn_gui.engine.tables.column_types import typed
from metalearn_gui.engine.tables.table import Table
from metalearn_gui.engine.tasks.csv import CHOICES, CLASSES, NUMBERS, Csv
from metalearn_gui.ui.import_sheet.base import ImportSheet
from metalearn_gui.ui.import_sheet.preview import SHOWN_ROWS, Preview
from metalearn_gui.ui.import_sheet.roles import TARGET, with_role
from metalearn_gui.ui.text import count_text, counted

PLACES = {"min_rows": 0, "held_out": 0, "missing": 1, "predicts": 2}  # settings, and the step each belongs to


class TableSheet(ImportSheet):
    """`open` reads a table and proposes; nothing is set before Import."""

    family = Csv
    chosen = ("data", *CHOICES)

    def __init__(self, session: Session, parent: QWidget) -> None:
        reader = TableReader()
        super().__init__(session, reader, PLACES, parent)
        self._reader = reader
        self._table: Table | None = None
        self._family, self._choice = Csv(), NOTHING
        self._parted: Parted | None = None
        self._preview = Preview(self.paper)
        self._reader.opened.connect(self._take_opened)
        self._reader.parted.connect(self._take_parted)
        self._preview.roleChosen.connect(self.set_role)
        self._preview.typeChosen.connect(self.set_type)
        self.steps.changed.connect(self._set_setting)
        self.lay_out(self._preview)

    # --- what it is asked for -----------------------------------------------------------------------

    def open(self, path: str) -> None:
        """Read a table, and show what could be made of it."""
        self._table, self._parted, self._choice, self._family = None, None, NOTHING, Csv(data=path)
        self._preview.show_table(Table("", "", ()))
        self.begin(path)
        self._reader.open(path)

    def ready(self) -> Csv | None:
        """The table's tasks, once they are parted."""
        return None if self._parted is None else self._parted.family

    def set_role(self, name: str, role: str) -> None:
        """Give a column a role. A category can only come out as a class, and many numbers only as numbers."""
        if self._table is None:
            return
        before = self._family.predicts
        if role == TARGET:
            self._family = self._family.replaced(predicts=self._predicts_of(name))
        one_target = CLASSES in (before, self._family.predicts)
        self._choice = with_role(self._choice, name, role, self._table.names, one_target)
        self._part()

    def set_type(self, name: str, kind: str) -> None:
        """Say of which type a column is. A target that becomes a category is a class."""
        types = types_of(self._family.column_types) | {name: kind}
        self._family = self._family.replaced(column_types=types_text(types))
        if kind == "category" and name in self._choice.targets:
            self.set_role(name, TARGET)
        else:
            self._part()

    def _predicts_of(self, name: str) -> str:
        column = self._table.column(name) if self._table is not None else None
        if self._kind_of(name) == "category":
            return CLASSES
        return NUMBERS if column is not None and column.num_different > MOST_CLASSES else self._family.predicts

    def _kind_of(self, name: str) -> str:
        column = self._table.column(name) if self._table is not None else None
        return types_of(self._family.column_types).get(name, column.kind if column else "")

    # --- what the reader says -----------------------------------------------------------------------

    def _take_opened(self, opened: Opened) -> None:
        self._table, self._choice = opened.table, opened.choice
        self._family = opened.family
        present = self.present(self._family.data)
        if present is not None:
            self._propose(present)
        self.reading_ended()
        self._preview.show_table(opened.table)
        self._part()

    def _propose(self, present: Any) -> None:
        """What is set for this very file."""
        self._family = Csv(**{name: getattr(present, name) for name in self.chosen})
        inputs, targets = names_of(present.inputs), names_of(present.targets)
        self._choice = ColumnChoice(present.task_column, inputs, targets, present.split_column)

    def _set_setting(self, name: str, value: object) -> None:
        try:
            self._family = self._family.replaced(**{name: value})
        except SettingError as error:
            self.refuse(str(error))
            return
        if name == "predicts" and self._table is not None:
            self._take_fitting_target(self._table)
        self._part()

    def _take_fitting_target(self, table: Table) -> None:
        """Let what comes out be such as is predicted now: measured numbers would make a class of each."""
        are_classes = self._family.predicts == CLASSES
        if are_classes:
            self._choice = dataclasses.replace(self._choice, targets=self._choice.targets[:1])
        try:
            other = better_target(typed(table, self._family.column_types), self._choice, are_classes)
        except SettingError:  # a type that does not fit, which parting tells
            return
        if other:
            self._choice = with_role(self._choice, other, TARGET, table.names, one_target=True)

    def _part(self) -> None:
        """Ask what comes of the roles as they are now."""
        self._parted = None
        missing = self._missing()
        self.refuse(missing)
        if missing:
            self._reader.cancel()
            return
        choice = self._choice
        self._family = self._family.replaced(
            task_column=choice.task, inputs=text_of(choice.inputs), targets=text_of(choice.targets),
            split_column=choice.split,
        )  # fmt: skip
        self._reader.part(self._family)

    def _missing(self) -> str:
        if not self._choice.task:
            return self.tr("Choose the column that says which rows belong to one task: press its name.")
        if not self._choice.inputs:
            return self.tr("Choose at least one column that goes in: press its name.")
        return "" if self._choice.targets else self.tr("Choose the column that comes out: press its name.")

    def _take_parted(self, parted: Parted) -> None:
        self._parted = parted
        self.reading_ended()
        self._preview.show_table(parted.table)
        self.refresh()

    # --- what it shows ------------------------------------------------------------------------------

    def show_choice(self) -> None:
        """Columns by role, the settings, and what came of them."""
        self.steps.setEnabled(self._table is not None)
        self.steps.show_settings(self._family)
        nothing, choice = self.tr("no column yet"), self._choice
        names = [", ".join(filter(None, some)) for some in ((choice.task,), choice.inputs, choice.targets)]
        self.steps.show_texts([name or nothing for name in names], self._results())
        self._preview.show_choice(choice, types_of(self._family.column_types))
        if self._table is not None:
            self.note.setText(self._rows_text())
            self.subtitle.setText(self._size_text(self._table))

    def _results(self) -> list[str]:
        if self._parted is None:
            return ["", "", ""]
        family = self._parted.family
        counts = self._parted.tasks
        tasks = self.tr("{all} tasks: {train} train · {validation} validation · {test} unseen")
        outputs = self.tr("Classes: {count}") if family.kind == "classification" else self.tr("Outputs: {count}")
        return [
            tasks.format(all=count_text(sum(counts.values())), **_texts(counts)),
            self.tr("Numbers for the network: {count}").format(count=count_text(family.input_dim)),
            outputs.format(count=count_text(family.output_dim)),
        ]

    def _size_text(self, table: Table) -> str:
        rows = counted(table.num_rows, self.tr("1 row"), self.tr("{count} rows"))
        columns = counted(len(table.columns), self.tr("1 column"), self.tr("{count} columns"))
        text = self.tr("{name} · {rows} · {columns}").format(
            name=Path(self._family.data).name, rows=rows, columns=columns
        )
        shown = self.tr("; the first {shown} rows are shown").format(shown=SHOWN_ROWS)
        return text + shown if table.num_rows > SHOWN_ROWS else text

    def _rows_text(self) -> str:
        if self._parted is None:
            return ""
        rows, all_rows = self._parted.rows, self._parted.table.num_rows
        text = self.tr("{all} rows = {train} train + {validation} validation + {test} unseen")
        left = all_rows - sum(rows.values())
        text += self.tr(" + {left} left out") if left else ""
        said = [text.format(all=count_text(all_rows), left=count_text(left), **_texts(rows))]
        if not rows["validation"]:
            said.append(self.tr("training tasks are validated on"))
        return "; ".join(filter(None, (*said, self._parted.remark)))

    def retranslate(self) -> None:
        """Write every visible text."""
        self._preview.setAccessibleName(
            self.tr(
                "First rows; Space makes a column an input or a target, Enter asks what it is for and of which type"
            )
        )
        self._preview.setToolTip(
            self.tr("Press input or target to change one into the other; press a name for all else, types too")
        )
        super().retranslate()


def _texts(counts: Mapping[str, int]) -> dict[str, str]:
    return {name: count_text(count) for name, count in counts.items()}
