"""The runs as rows of a table, newest first."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.events import StepScores
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.run_marks import run_mark
from metalearn_gui.ui.run_names import has_setting, names_of_runs
from metalearn_gui.ui.run_tip import run_tip
from metalearn_gui.ui.run_traces import run_name
from metalearn_gui.ui.text import count_text, duration_text, number_text
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.wording import percent_text

NAME, TASKS, FIRST_STEP, LAST_STEP, TIME = range(5)
MARK_ROLE = Qt.ItemDataRole.UserRole
IS_SHOWN_ROLE = Qt.ItemDataRole.UserRole + 1
IS_DRAWN_ROLE = Qt.ItemDataRole.UserRole + 2  # shown, or laid over what is shown
START_ROLE = Qt.ItemDataRole.UserRole + 3  # what it went back to, its tags, whose weights it began with, in words
IS_PINNED_ROLE = Qt.ItemDataRole.UserRole + 4
HAS_REMARKS_ROLE = Qt.ItemDataRole.UserRole + 5  # tags or a note
WRITTEN_OUT = 1e5  # a column has room for so many figures
MANY = 40  # rows that come or go at once
NOTHING = "–"
DIVERGED = "diverged"
Index = QModelIndex | QPersistentModelIndex


class RunsModel(QAbstractTableModel):
    """Follows `session.runs`: rows are moved and changed one by one, so an open editor survives."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run_names: dict[str, str] = {}
        self._sought = ""
        self._kept: frozenset[str] | None = None
        self._runs: list[RunRecord] = []
        self._texts: list[tuple[str, ...]] = []
        self._num_steps = 0
        self.follow()

    @property
    def num_steps(self) -> int:
        """Adaptation steps of the last column; with one step the column before says the same. 0: runs differ."""
        return self._num_steps

    @property
    def tells_tasks(self) -> bool:
        """Whether runs differ in their tasks, or there is but one run."""
        return len(self._runs) < 2 or len({run.settings.tasks.key for run in self._runs}) > 1

    # --- rows -------------------------------------------------------------------------------------

    def run_at(self, row: int) -> RunRecord:
        """The run of a row."""
        return self._runs[row]

    def name_of(self, run: RunRecord) -> str:
        """A name that no other run of the session has."""
        return self._run_names.get(run.run_id, run_name(run))

    def seek(self, text: str) -> None:
        """Show the runs alone that have every word of this in name, learner, tasks, tags or note; "" shows all.

        Or all of it, as in "shots 5", among their settings: a name says few of them.
        """
        self._sought = text.lower()
        self.follow()

    @property
    def is_kept(self) -> bool:
        """Whether some runs alone are shown, whatever else is sought."""
        return self._kept is not None

    def keep(self, run_ids: frozenset[str] | None) -> None:
        """Show these runs alone; None: all."""
        if run_ids != self._kept:
            self._kept = run_ids
            self.follow()

    def follow(self) -> None:
        """Take over the session's runs, names, overlays and what is shown; pinned ones first, then the newest."""
        self._run_names = names_of_runs(self._session)
        words = self._sought.split()
        found = [run for run in reversed(self._session.runs) if not words or self._is_about(run, words)]
        if self._kept is not None:
            found = [run for run in found if run.run_id in self._kept]
        self._take(sorted(found, key=lambda run: not run.is_pinned))
        self._texts = [self._row_texts(run) for run in self._runs]
        counts = {run.settings.outer.test_steps for run in self._runs}
        self._num_steps = counts.pop() if len(counts) == 1 else 0
        self._tell_all()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, TIME)

    def follow_shown(self) -> None:
        """Another run of the list is shown: rows look different, and say what they said."""
        self.follow_figures()
        self._tell_all()

    def _tell_all(self) -> None:
        if self._runs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._runs) - 1, TIME))

    def follow_figures(self) -> None:
        """Tell of the rows whose texts have changed; often called, seldom with anything to tell."""
        compared = (run for run in self._session.comparing.records.values() if run.iteration and not run.reason)
        moving = {run.run_id: run for run in (self._session.live, self._session.shown, *compared)}
        for row, run in enumerate(self._runs):
            if run.run_id in moving:
                self._runs[row] = moving[run.run_id]  # a run that was settled is another record
                texts = self._row_texts(self._runs[row])
                if texts != self._texts[row]:
                    self._texts[row] = texts
                    self.dataChanged.emit(self.index(row, 0), self.index(row, TIME))

    def _is_about(self, run: RunRecord, words: list[str]) -> bool:
        settings = run.settings
        own = (self.name_of(run), settings.learner.key, settings.learner.label, settings.tasks.label)
        text = " ".join((*own, run.tags, run.note)).lower()
        return all(word in text for word in words) or has_setting(self._session, run, " ".join(words))

    def _take(self, wanted: list[RunRecord]) -> None:
        kept = {run.run_id for run in wanted}
        if abs(len(wanted) - len(self._runs)) > MANY:  # row by row would take a view of a thousand seconds
            self.beginResetModel()
            self._runs, self._texts = wanted, [self._row_texts(run) for run in wanted]
            self.endResetModel()
            return
        self._remove_all_but(kept)
        for row, run in enumerate(wanted):
            place = next((at for at in range(row, len(self._runs)) if self._runs[at].run_id == run.run_id), None)
            if place is None:
                self._insert(row, run)
            elif place != row:
                self._move(place, row)
            self._runs[row] = run

    def _insert(self, row: int, run: RunRecord) -> None:
        self.beginInsertRows(QModelIndex(), row, row)
        self._runs.insert(row, run)
        self._texts.insert(row, self._row_texts(run))
        self.endInsertRows()

    def _move(self, place: int, row: int) -> None:
        """Upwards, as a move: a row that is taken away and comes again would lose the keyboard to another."""
        self.beginMoveRows(QModelIndex(), place, place, QModelIndex(), row)
        self._runs.insert(row, self._runs.pop(place))
        self._texts.insert(row, self._texts.pop(place))
        self.endMoveRows()

    def _remove_all_but(self, kept: set[str]) -> None:
        for row in reversed(range(len(self._runs))):
            if self._runs[row].run_id not in kept:
                self._remove(row)

    def _remove(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._runs[row], self._texts[row]
        self.endRemoveRows()

    # --- the table --------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else TIME + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == NAME else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = {0: self.tr("last step"), 1: self.tr("1 step")}
        last = names.get(self.num_steps, self.tr("{count} steps").format(count=self.num_steps))
        return (self.tr("learner"), self.tr("tasks"), self.tr("1 step"), last, self.tr("time"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        answer = self._answers.get(role)
        return None if answer is None or not index.isValid() else answer(self, index.row(), index.column())

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        name = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or index.column() != NAME or not name:
            return False
        self._session.rename_run(self._runs[index.row()].run_id, name)
        return True

    def _row_texts(self, run: RunRecord) -> tuple[str, ...]:
        scored = run.latest_scores
        last_step = -1 if scored is None else len(scored.evaluation.learner.loss) - 1
        first = NOTHING if scored is None or last_step < 1 else self._figure(scored.evaluation.learner, 1)
        last = NOTHING if scored is None else self._figure(scored.evaluation.learner, last_step)
        if _is_lost(run):
            last = self.tr("diverges")
        time = duration_text(run.compute_seconds) if run.iteration else NOTHING
        return (self.name_of(run), run.settings.tasks.label, first, last, time)

    def _figure(self, scores: StepScores, step: int) -> str:
        """The accuracy where there is one, else the loss."""
        loss = float(scores.loss[step])
        if not math.isfinite(loss):
            return self.tr("diverges")
        return number_text(loss, WRITTEN_OUT) if scores.accuracy is None else percent_text(float(scores.accuracy[step]))

    def _display(self, row: int, column: int) -> str:
        return self._texts[row][column]

    def _edited(self, row: int, column: int) -> str:
        return run_name(self._runs[row]) if column == NAME else self._display(row, column)

    def _color(self, row: int, column: int) -> Any:
        is_error = column == LAST_STEP and _is_lost(self._runs[row])
        return theme().palette.error if is_error else theme().palette.text

    def _font(self, row: int, column: int) -> Any:
        return ui_font(12.5, 600 if column == NAME and self._is_shown(row, column) else 400)

    def _mark(self, row: int, column: int) -> Any:
        return run_mark(self._session, self._runs[row]) if column == NAME else None

    def _is_shown(self, row: int, column: int) -> bool:
        return self._runs[row].run_id == self._session.shown.run_id

    def _is_drawn(self, row: int, column: int) -> bool:
        return self._is_shown(row, column) or self._runs[row].run_id in self._session.overlays

    def _start(self, row: int, column: int) -> str:
        run, back = self._runs[row], self._runs[row].went_back_to
        start = "" if run.start is None else self.tr("from {name}").format(name=run.start.name)
        went = "" if back is None else self.tr("went back to {count}").format(count=count_text(back))
        return " · ".join(filter(None, (went, run.tags, start))) if column == NAME else ""

    def _is_pinned(self, row: int, column: int) -> bool:
        return column == NAME and self._runs[row].is_pinned

    def _has_remarks(self, row: int, column: int) -> bool:
        return column == NAME and bool(self._runs[row].tags or self._runs[row].note)

    def _spoken(self, row: int, column: int) -> str:
        text = self._texts[row][column]
        if column != NAME:
            return text
        text = " ".join(filter(None, (text, self._start(row, column))))
        if self._is_shown(row, column):
            return self.tr("{name}, shown").format(name=text)
        return self.tr("{name}, overlaid").format(name=text) if self._is_drawn(row, column) else text

    def _tool_tip(self, row: int, column: int) -> str:
        run, parent = self._runs[row], self._runs[row].parent_id
        return run_tip(run, self._texts[row], self._run_names.get(parent or "", ""))

    _answers = {
        Qt.ItemDataRole.DisplayRole: _display,
        Qt.ItemDataRole.EditRole: _edited,
        Qt.ItemDataRole.ForegroundRole: _color,
        Qt.ItemDataRole.FontRole: _font,
        Qt.ItemDataRole.ToolTipRole: _tool_tip,
        Qt.ItemDataRole.AccessibleTextRole: _spoken,
        MARK_ROLE: _mark,
        IS_SHOWN_ROLE: _is_shown,
        IS_DRAWN_ROLE: _is_drawn,
        START_ROLE: _start,
        IS_PINNED_ROLE: _is_pinned,
        HAS_REMARKS_ROLE: _has_remarks,
    }


def _is_lost(run: RunRecord) -> bool:  # it diverged, and has nothing good to go back to
    return run.reason == DIVERGED and run.went_back_to is None
