"""Other runs on the canvas: what those that are laid over the shown one make of the touched task."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QColor, QPainter

from metalearn_gui.bridge.runs import overlaid_runs
from metalearn_gui.bridge.session import Adaptation, Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.canvas.answered import fits
from metalearn_gui.ui.canvas.axes import Axes
from metalearn_gui.ui.plotting import dashed_pen
from metalearn_gui.ui.run_marks import Mark, overlay_marks
from metalearn_gui.ui.run_names import names_of_runs
from metalearn_gui.ui.theme import theme

WIDTH = 2.0


class LaidOver(NamedTuple):
    """A run as it is called and drawn. adaptation: to the touched task, or to it as it was a moment ago."""

    run: RunRecord
    name: str
    mark: Mark
    adaptation: Adaptation | None

    @property
    def color(self) -> QColor:
        return self.mark.color

    def answer(self, step: int) -> Array:
        """On the task's grid, (m, output_dim), after a step or as many as there are; there must be an adaptation."""
        assert self.adaptation is not None
        return self.adaptation.after(self.adaptation.nearest(step))


class RunsOnCanvas:
    """The runs laid over, as a canvas draws them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> list[LaidOver]:
        """Every run that is laid over and has to do with the touched task's family, in the list's order."""
        session = self._session
        family, touched = session.shown.settings.tasks, session.unseen.touched
        overlaid = overlaid_runs(session.runs, session.overlays, session.shown)
        runs = [run for run in overlaid if run.settings.tasks == family]
        names, marks = names_of_runs(session) if runs else {}, overlay_marks(session, overlaid)
        answers = [session.laid_over.adaptation(run.run_id) for run in runs]
        return [
            LaidOver(run, names[run.run_id], marks[run.run_id],
                     answer if answer is not None and fits(answer, touched, family) else None)
            for run, answer in zip(runs, answers, strict=True)
        ]  # fmt: skip

    def curves(self, step: int) -> list[tuple[str, Mark, Array]]:
        """Name, mark and curve (m,) of those that have answered, at an adaptation step."""
        return [(one.name, one.mark, one.answer(step)[:, 0]) for one in self.all() if one.adaptation is not None]

    def draw_curves(self, painter: QPainter, axes: Axes, step: int) -> None:
        """In each run's colour and line style."""
        grid = self._session.unseen.touched.grid[:, 0]
        for _, mark, values in self.curves(step):
            painter.setPen(dashed_pen(mark.color, mark.style, WIDTH * theme().zoom))
            for line in axes.polylines(grid, values):
                painter.drawPolyline(line)
