"""What a sweep goes over: one or two settings and their values."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import Axis, Budget, Grid
from metalearn_gui.engine.compare.grid import MAX_CELLS
from metalearn_gui.engine.compare.usual import can_be_swept, usual_values
from metalearn_gui.engine.params import SettingError
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.compare.effort import EffortLine
from metalearn_gui.ui.line_edit import LineEdit
from metalearn_gui.ui.named import named
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.wording import without_keys

FIRST = ("inner_learning_rate", "shots")  # what is swept until something else is chosen
FEW_CELLS = 64  # that can be tried at every letter
QUIET_MS = 250
MOST_LINES = 4
AS_IS = ""  # no second setting


class AxisRow(QWidget):
    """A setting, and its values as a person writes them."""

    changed = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setting = named(Combo(self), f"{name}_setting")
        self.values = named(LineEdit(self), f"{name}_values")
        self.caption, self._refusal = QLabel(self), QLabel(self)
        for widget in (self.setting, self.values, self.caption, self._refusal):
            widget.setFont(ui_font(12))
        self._refusal.setProperty("tone", "error")
        self._refusal.setWordWrap(True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setVerticalSpacing(5)
        grid.addWidget(self.caption, 0, 0)
        grid.addWidget(self.setting, 1, 0)
        grid.addWidget(self.values, 2, 0)
        grid.addWidget(self._refusal, 3, 0)
        self.setting.currentIndexChanged.connect(self.changed)

    def axis(self) -> Axis | None:
        """What is swept here; None for nothing.

        Raises:
            SettingError: no values.
        """
        name = self.setting.currentData()
        return Axis.parse(f"{name}={self.values.text()}") if name else None

    def refuse(self, line: str) -> None:
        """Say under the values what is wrong with them; "" for nothing."""
        self._refusal.setText(line)
        self._refusal.setVisible(bool(line))
        self.values.setAccessibleDescription(line)


class SweepAxesPanel(Panel):
    """Two rows and the budget; the second setting may stay as it is."""

    key = "sweep_axes"
    checked = Signal()  # refusal

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.rows = (AxisRow("sweep_first", self), AxisRow("sweep_second", self))
        self.effort = EffortLine(Budget(seconds=5), "sweep_budget", self)
        self.refusal = ""  # why nothing can be swept so, in a line
        self._later = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._later.timeout.connect(self._check_all)
        self._count = QLabel(self)
        self._count.setProperty("tone", "muted")
        self._count.setFont(ui_font(12))
        self._count.setWordWrap(True)
        for row in self.rows:
            self.body.addWidget(row)
            row.changed.connect(lambda row=row: self._suggest(row))
            row.changed.connect(self._check)
            row.values.textChanged.connect(self._check)
        self.body.addWidget(self.effort)
        self.body.addWidget(self._count)
        self.body.addStretch(1)
        session.settingsChanged.connect(self._take_settings)

    def grid(self) -> Grid:
        """What is asked for.

        Raises:
            SettingError: nothing, the same setting twice, no values, or too many cells.
        """
        axes = (row.axis() for row in self.rows)
        return Grid(tuple(axis for axis in axes if axis is not None))

    def take(self, grid: Grid, budget: Budget) -> None:
        """Choose what was swept before, as far as it can be swept now."""
        if not self.rows[0].setting.count():
            self._take_settings()
        for place, row in enumerate(self.rows):
            axis = grid.axes[place] if place < len(grid.axes) else Axis(AS_IS, ())
            found = row.setting.findData(axis.name)
            if found >= 0:
                row.setting.setCurrentIndex(found)
                row.values.setText(", ".join(map(str, axis.values)))
        self.effort.box.show_budget(budget)

    def label_of(self, name: str) -> str:
        """A setting in words."""
        settings = self.session.settings
        return settings.param(name).label if name in settings.names() else name

    # --- inside -----------------------------------------------------------------------------------

    def _take_settings(self) -> None:
        """Offer what can be swept now; what was chosen stays where it still can be."""
        settings = self.session.settings
        names = [name for name in settings.names() if can_be_swept(settings.param(name)) and name != "seed"]
        names.sort(key=lambda name: (settings.param(name).advanced, self.label_of(name).casefold()))
        for row, first in zip(self.rows, FIRST, strict=True):
            wanted = row.setting.currentData() if row.setting.count() else first
            with QSignalBlocker(row.setting):
                row.setting.clear()
                if row is self.rows[1]:
                    row.setting.addItem(self.tr("one setting is enough"), AS_IS)
                for name in names:
                    row.setting.addItem(self.label_of(name), name)
                row.setting.setCurrentIndex(max(0, row.setting.findData(wanted)))
            if not row.values.text() or row.setting.currentData() != wanted:
                self._suggest(row)
        self._check()

    def _suggest(self, row: AxisRow) -> None:
        name, settings = row.setting.currentData(), self.session.settings
        values = usual_values(settings.param(name), settings.value(name)) if name else ()
        row.values.setText(", ".join(str(value) for value in values))
        row.values.setEnabled(bool(name))

    def _check(self) -> None:
        """Say of each row, while it is typed, what is wrong with it, and how many runs come of both.

        Nothing while the card cannot be seen: to try values takes milliseconds each, and every setting asks for it.
        """
        if self.isVisible():
            self._take_faults(tries_all=False)

    def _check_all(self) -> None:
        if self.isVisible():
            self._take_faults(tries_all=True)

    def _take_faults(self, tries_all: bool) -> None:
        self._later.stop()
        refusals = [self._refusals_of(row) for row in self.rows]
        count = 0
        try:
            if not any(refusals):
                count = math.prod(self.grid().shape)
                self._check_pairs(count, tries_all)
        except SettingError as error:
            count, refusals[-1] = 0, [without_keys(str(error))]
        for row, lines in zip(self.rows, refusals, strict=True):
            row.refuse(self._several(lines))
        self.refusal = next((lines[0] for lines in refusals if lines), "")
        text = self.tr("{count} runs. All meet the same unseen tasks; each becomes a run of the list.")
        self._count.setText(text.format(count=count))
        self._count.setVisible(bool(count))
        self.checked.emit()

    def _check_pairs(self, count: int, tries_all: bool) -> None:
        """Raise SettingError of two values that do not fit together; many pairs wait until nobody types."""
        if tries_all or count <= FEW_CELLS:
            self.grid().contenders(self.session.settings)
        else:
            self._later.start()

    def _several(self, lines: list[str]) -> str:
        """All of them, or the first ones and how many more there are."""
        more = len(lines) - MOST_LINES
        rest = [self.tr("and {count} more").format(count=more)] if more > 0 else []
        return "\n".join([*lines[:MOST_LINES], *rest])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._check()

    def _refusals_of(self, row: AxisRow) -> list[str]:
        name = row.setting.currentData()
        if not name:
            return []
        if row is not self.rows[0] and name == self.rows[0].setting.currentData():
            return [self.tr("This is swept above already; choose another setting")]
        if not row.values.text().strip(" ,"):
            return [self.tr("There are no values; give some, with commas between them")]
        axis = row.axis()
        if axis is None or len(axis.values) > MAX_CELLS:  # so many are refused together
            return []
        return [without_keys(line) for line in axis.faults(self.session.settings)]

    def retranslate(self) -> None:
        self.set_title(self.tr("What to sweep"))
        self.set_hint(self.tr("comma-separated"))
        for row, text in zip(self.rows, (self.tr("Across"), self.tr("And downward")), strict=True):
            row.caption.setText(text)
            row.setting.setAccessibleName(text)
            row.values.setAccessibleName(self.tr("Values"))
        self.effort.set_caption(self.tr("Each may train"))
        self._take_settings()
