"""A window beside the main one: the settings in which two runs differ, and what each has come to."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.run_names import flat_values, setting_label, value_text
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.wording import final_text

NOTHING = "–"


def differing(one: RunRecord, other: RunRecord) -> list[tuple[str, str, str]]:
    """(flat name, value, value) of every setting that differs or that one of them lacks."""
    left, right = flat_values(one.settings), flat_values(other.settings)
    names = dict.fromkeys((*left, *right))
    rows = [(name, left.get(name, NOTHING), right.get(name, NOTHING)) for name in names]
    return [(name, value_text(first), value_text(second)) for name, first, second in rows if first != second]


class SettingsDiff(QWidget):
    """Deletes itself when it is closed."""

    def __init__(self, runs: tuple[RunRecord, RunRecord], names: tuple[str, str], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setObjectName("settings_diff")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Where two runs differ"))
        rows = differing(*runs)
        scores = [run.latest_scores.evaluation.learner if run.latest_scores else None for run in runs]
        results = [" ".join(final_text(one)) for one in scores]
        holder = QWidget(self)
        grid = QGridLayout(holder)
        grid.setHorizontalSpacing(22)
        self._add_row(grid, ("", *names), 600)
        self._add_row(grid, (self.tr("unseen tasks"), results[0], results[1]), 600)
        for name, first, second in rows:
            self._add_row(grid, (setting_label(name), first, second), 400)
        if not rows:
            self._add_row(grid, (self.tr("No setting differs."), "", ""), 400)
        grid.setRowStretch(grid.rowCount(), 1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(holder)
        QVBoxLayout(self).addWidget(area)
        self.resize(520, min(560, 110 + 26 * len(rows)))

    def _add_row(self, grid: QGridLayout, texts: tuple[str, str, str], weight: int) -> None:
        row = grid.rowCount()
        for column, text in enumerate(texts):
            label = QLabel(text, self)
            label.setFont(ui_font(12.5, weight))
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if column == 0:
                label.setProperty("tone", "muted")
            grid.addWidget(label, row, column)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
