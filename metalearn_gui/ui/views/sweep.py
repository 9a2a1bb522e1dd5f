"""Sweep: the same learner with other values of one setting or two, as a map of losses that fills while it trains."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import Grid, Plan, SweepPlan
from metalearn_gui.ui.compare.busy import busy_word
from metalearn_gui.ui.compare.cell_map import CellMap, Cells
from metalearn_gui.ui.compare.comparing_view import ComparingView
from metalearn_gui.ui.compare.sweep_axes import SweepAxesPanel
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.view import GAP


class SweepView(ComparingView):
    """Choose what to sweep at the left; a cell of the map opens its run."""

    key = "sweep"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.axes = SweepAxesPanel(session, self.content)
        self.axes.setFixedWidth(300)
        self.map = SweepMapPanel(session, self.axes, self.content)
        self.map.map.opened.connect(self._open_cell)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self.axes)
        line.addWidget(self.map, 1)
        self.body.addLayout(line, 1)
        self.axes.checked.connect(self.show_state)
        self.take_outcome()

    def refusal(self) -> str:
        return self.axes.refusal

    def begin(self) -> None:
        plan = SweepPlan(self.session.settings, self.axes.effort.box.budget, grid=self.axes.grid())
        self.session.comparing.start(plan)

    def take_plan(self, plan: Plan) -> None:
        assert isinstance(plan, SweepPlan)
        self.axes.take(plan.grid, plan.budget)

    def title(self) -> str:
        return self.tr("Sweep settings")

    def _open_cell(self, row: int, column: int) -> None:
        run_id = self.map.run_at(row, column)
        record = self.session.comparing.records.get(run_id)
        if record is not None and record.iteration:
            self.open_run(run_id)


def grid_of(session: Session) -> Grid | None:
    """What is swept; None where nothing is."""
    outcome = session.comparing.outcome
    return outcome.plan.grid if outcome is not None and isinstance(outcome.plan, SweepPlan) else None


class SweepMapPanel(Panel):
    """The heat map, live."""

    key = "sweep_map"

    def __init__(self, session: Session, axes: SweepAxesPanel, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._axes = axes
        self._busy = ("", "")
        self.map = CellMap(self)
        self.map.setObjectName("sweep_map")
        self.body.addWidget(self.map, 1)
        axes.checked.connect(self._take_check)
        comparing = session.comparing
        comparing.planned.connect(self.refresh)
        comparing.contenderFinished.connect(lambda _run_id: self.refresh())
        comparing.finished.connect(self.refresh)
        comparing.progressed.connect(self._follow)
        comparing.stateChanged.connect(self._follow)

    def run_at(self, row: int, column: int) -> str:
        """The run of a cell; "" where none is planned."""
        grid = grid_of(self.session)
        if grid is None:
            return ""
        key = grid.key(_place(grid, row, column))
        return next((lane.run_id for lane in self.session.comparing.lanes if lane.contender == key), "")

    def refresh(self) -> None:
        """Draw what is known by now."""
        grid = grid_of(self.session)
        press = self.tr("Press Run: one run for every pair of values, all tried on the same unseen tasks")
        refused = self.tr("It cannot run so. {why}").format(why=self._axes.refusal)
        self.map.show_cells(None if grid is None else self._cells(grid), refused if self._axes.refusal else press)
        self.set_hint(self.map.best_text() or self.tr("the loss on unseen tasks, live · a click opens the run"))
        self._follow()

    def _take_check(self) -> None:
        """While the map is empty: ask for Run only where it can be pressed."""
        if grid_of(self.session) is None:
            self.refresh()

    def _follow(self) -> None:
        """Mark the cell that trains; progress is told thirty times a second."""
        comparing = self.session.comparing
        busy = comparing.training_id, busy_word(comparing)
        if busy != self._busy:
            self._busy = busy
            training_id, word = busy
            self.map.show_busy(self._cell_of(training_id), word)

    def _cell_of(self, run_id: str) -> tuple[int, int] | None:
        grid = grid_of(self.session)
        lane = next((lane for lane in self.session.comparing.lanes if lane.run_id == run_id), None)
        return None if grid is None or lane is None else _cell(grid.place(lane.contender))

    def _cells(self, grid: Grid) -> Cells:
        comparison = self.session.comparing.comparison
        losses = grid.losses(comparison)
        cut = frozenset(_cell(grid.place(entry.key)) for entry in comparison.entries if entry.is_cut_short)
        is_single = len(grid.axes) == 1
        matrix = losses[None] if is_single else losses.T
        across, down = grid.axes[0], None if is_single else grid.axes[1]
        return Cells(
            np.asarray(matrix),
            ("",) if down is None else tuple(map(str, down.values)),
            tuple(map(str, across.values)),
            "" if down is None else self._axes.label_of(down.name),
            self._axes.label_of(across.name),
            cut,
        )

    def retranslate(self) -> None:
        self.set_title(self.tr("Loss on unseen tasks"))
        self.refresh()

    def restyle(self) -> None:
        self.map.update()


def _place(grid: Grid, row: int, column: int) -> tuple[int, ...]:
    """The first axis lies across, the second goes downward."""
    return (column,) if len(grid.axes) == 1 else (column, row)


def _cell(place: tuple[int, ...]) -> tuple[int, int]:
    """The inverse: the cell (row, column) of a place on the axes."""
    return (0, place[0]) if len(place) == 1 else (place[1], place[0])
