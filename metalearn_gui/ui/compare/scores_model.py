"""What every contender came to on the unseen tasks that all share, as rows of a table."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import Comparison, Entry
from metalearn_gui.engine.published import published
from metalearn_gui.ui.compare.standing import Standing, Standings
from metalearn_gui.ui.text import duration_text, number_text
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.wording import interval_text, mean_text, percent_text, short_text

NAME, PROTOCOL, FIRST, FIRST_MEDIAN, BEST, BEST_MEDIAN, AT_STEP, BEHIND, TIME, DOTS = range(10)
FIGURES = (FIRST, FIRST_MEDIAN, BEST, BEST_MEDIAN, AT_STEP, BEHIND, TIME)
MARK_ROLE = Qt.ItemDataRole.UserRole
DOTS_ROLE = Qt.ItemDataRole.UserRole + 1
NOTHING = "–"
Index = QModelIndex | QPersistentModelIndex


@dataclasses.dataclass(frozen=True)
class Dots:
    """Mean, half its interval and median of the loss, after one step and after the best one.

    references: what others report for these steps on the same tasks, each from low to high.
    """

    first: tuple[float, float, float]
    best: tuple[float, float, float]
    references: tuple[tuple[float, float], ...] = ()


class ScoresModel(QAbstractTableModel):
    """Rows in the order of a chosen column; the lowest mean loss comes first until another one is chosen."""

    def __init__(self, session: Session, standings: Standings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._standings = session, standings
        self._sorted_by, self._order = BEST, Qt.SortOrder.AscendingOrder
        self._rows: list[Standing] = []
        self._texts: list[tuple[str, ...]] = []
        self._dots: list[Dots | None] = []
        self._bold: dict[int, frozenset[str]] = {}
        self.follow()

    @property
    def comparison(self) -> Comparison:
        return self._session.comparing.comparison

    def standing_at(self, row: int) -> Standing:
        """The contender of a row."""
        return self._rows[row]

    @property
    def keys(self) -> list[str]:
        """The contenders by their keys, row by row."""
        return [row.key for row in self._rows]

    def follow(self) -> None:
        """Take over who there is and what they came to."""
        self.beginResetModel()
        self._rows = self._standings.all
        self._rows.sort(key=self._rank, reverse=self._order is Qt.SortOrder.DescendingOrder)
        self._rows.sort(key=lambda row: row.entry is None)  # who has not finished stays below
        self._bold = {FIRST: self.comparison.alone(1), BEST: self.comparison.alone()}
        self._texts = [self._row_texts(row) for row in self._rows]
        self._dots = [_dots(row.entry) if row.entry is not None else None for row in self._rows]
        self.endResetModel()

    def follow_progress(self) -> None:
        """Say anew how far those are who train."""
        standings = {one.key: one for one in self._standings.all}
        for row, standing in enumerate(self._rows):
            now = standings.get(standing.key)
            if now is None or now.entry is not None:
                continue
            texts = self._row_texts(now)
            if texts != self._texts[row]:
                self._rows[row], self._texts[row] = now, texts
                self.dataChanged.emit(self.index(row, 0), self.index(row, DOTS))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column: figures by their size, names by the alphabet."""
        if column != DOTS:
            self._sorted_by, self._order = column, order
            self.follow()

    def as_csv(self) -> str:
        """The table with plain numbers, a line for each contender that has finished."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(
            ["learner", "seeds", "unseen tasks", "step", "mean loss", "ci95", "median", "accuracy", "accuracy ci95",
             "behind the best", "behind ci95", "compute seconds"]
        )  # fmt: skip
        for row in self._rows:
            if row.entry is not None:
                for step in dict.fromkeys((min(1, row.entry.num_steps), row.entry.best_step)):
                    writer.writerow(self._csv_row(row, row.entry, step))
        return text.getvalue()

    def _csv_row(self, row: Standing, entry: Entry, step: int) -> list[object]:
        accuracy = entry.accuracy(step) or ("", "")
        first = self._first_of_all()
        behind = self.comparison.difference(entry.key, first) if first and first != entry.key else None
        return [
            _safe(row.label), len(entry.runs), self.comparison.num_distinct_tasks, step,
            entry.mean(step), entry.ci95(step),
            entry.median(step), *accuracy, behind.mean if behind else "", behind.ci95 if behind else "", _seconds(row),
        ]  # fmt: skip

    # --- the table --------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else DOTS + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in FIGURES else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole:
            return ui_font(11.5, 700 if section == self._sorted_by else 400)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            self.tr("learner"), self.tr("protocol"), self.tr("1 step"), self.tr("median"), self.tr("best"),
            self.tr("median"), self.tr("at step"), self.tr("behind the best"), self.tr("time"), "",
        )[section]  # fmt: skip

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.AccessibleTextRole and column == NAME and _has_diverged(row):
            return self.tr("{name}, diverged").format(name=row.short)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._texts[index.row()][column]
        if role == MARK_ROLE:
            return row.mark if column == NAME else None
        if role == DOTS_ROLE:
            return self._dots[index.row()] if column == DOTS else None
        return self._looks(row, column, role)

    def _looks(self, row: Standing, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.FontRole:
            return ui_font(12.5, 600 if column == NAME or row.key in self._bold.get(column, ()) else 400)
        if role == Qt.ItemDataRole.ForegroundRole:
            palette = theme().palette
            if column == NAME and _has_diverged(row):
                return palette.error
            return palette.muted if column == PROTOCOL or (row.entry is None and column != NAME) else palette.text
        if role == Qt.ItemDataRole.ToolTipRole:
            runs = row.entry.runs if row.entry is not None else ()
            if column == TIME and len(runs) > 1:
                return self.tr("Computing of {count} seeds together").format(count=len(runs))
            return "\n".join(filter(None, (row.label, *(run.line for run in runs))))
        return None

    # --- texts ------------------------------------------------------------------------------------

    def _row_texts(self, row: Standing) -> tuple[str, ...]:
        protocol = protocol_of(row)
        entry = row.entry
        if entry is None:
            return (row.short, protocol, self._state_text(row), *[""] * (DOTS - FIRST_MEDIAN + 1))
        has_steps = not entry.runs[0].lane.settings.learner.adapts_once
        first = min(1, entry.num_steps)
        best = (figure_text(entry, entry.best_step), median_text(entry, entry.best_step), str(entry.best_step))
        return (
            row.short, protocol, figure_text(entry, first), median_text(entry, first),
            *(best if has_steps else (best[0], best[1], self.tr("one pass"))),
            self._behind_text(entry), duration_text(_seconds(row)), "",
        )  # fmt: skip

    def _state_text(self, row: Standing) -> str:
        comparing = self._session.comparing
        if not row.runs or row.run is None:
            return self.tr("not compared yet")
        if row.is_training and comparing.is_compiling:
            return comparing.compiling_text
        if not row.is_training and not row.run.iteration:
            return self.tr("waits") if comparing.is_active else self.tr("not begun")
        return self.tr("trains: {count} meta-iterations").format(count=number_text(row.run.iteration))

    def _behind_text(self, entry: Entry) -> str:
        first = self._first_of_all()
        if not first or first == entry.key:
            return NOTHING
        difference = self.comparison.difference(entry.key, first)
        return mean_text(difference.mean, difference.ci95)

    def _first_of_all(self) -> str:
        """The key of the lowest mean at its best step; "" where there is none."""
        means = {entry.key: entry.mean(entry.best_step) for entry in self.comparison.entries}
        finite = {key: mean for key, mean in means.items() if math.isfinite(mean)}
        return min(finite, key=lambda key: finite[key], default="")

    def _rank(self, row: Standing) -> Any:
        entry = row.entry
        if self._sorted_by in (NAME, PROTOCOL):
            return (row.label if self._sorted_by == NAME else protocol_of(row)).casefold()
        if entry is None:
            return 0.0
        first = min(1, entry.num_steps)
        step = first if self._sorted_by in (FIRST, FIRST_MEDIAN) else entry.best_step
        value = {
            FIRST_MEDIAN: entry.median(step), BEST_MEDIAN: entry.median(step), AT_STEP: float(entry.best_step),
            TIME: _seconds(row),
        }.get(self._sorted_by, entry.mean(step))  # fmt: skip
        return value if math.isfinite(value) else math.inf


def protocol_of(row: Standing) -> str:
    """First or second order, or what else the learner does, in two words."""
    learner = row.run.settings.learner if row.run is not None else None
    if learner is None:
        return ""
    if learner.adapts_once:
        return QCoreApplication.translate("ScoresModel", "one pass")
    return learner.order or QCoreApplication.translate("ScoresModel", "gradient steps")


def figure_text(entry: Entry, step: int) -> str:
    """Mean and half its 95 % interval: of the accuracy where there is one, else of the loss."""
    accuracy = entry.accuracy(step)
    if accuracy is not None:
        return f"{percent_text(accuracy[0])} {interval_text(accuracy[1])}"
    return mean_text(entry.mean(step), entry.ci95(step))


def median_text(entry: Entry, step: int) -> str:
    """The median over tasks of the loss."""
    median = entry.median(step)
    return short_text(median) if math.isfinite(median) else NOTHING


def _dots(entry: Entry) -> Dots:
    steps = (min(1, entry.num_steps), entry.best_step)
    first, best = ((entry.mean(step), entry.ci95(step), entry.median(step)) for step in steps)
    known = published(entry.runs[0].lane.settings)
    drawn = (one for one in known if one.is_comparable and one.measure == "loss" and one.step in steps)
    return Dots(first, best, tuple((one.low, one.high) for one in drawn))


def _has_diverged(row: Standing) -> bool:
    return row.entry is not None and row.entry.has_diverged


def _seconds(row: Standing) -> float:
    return sum(run.compute_seconds for run in row.runs)


def _safe(text: str) -> str:
    """No cell of a table may be taken for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
