"""The colour, shape and line style of a run, the same wherever runs stand side by side: in lists, plots and tables."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtGui import QColor

from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.theme import theme

OWN_COLORS = {"transfer": "transfer", "scratch": "scratch"}  # what means the same everywhere
# pyqtgraph's names. Eleven, as six colours times eleven shapes come again together after 66 turns only.
SHAPES = ("o", "s", "t", "d", "star", "t1", "+", "t2", "x", "t3", "p")
STYLES = ("solid", "dashed", "dotted", "dashdot")
OVERLAY_STYLES = ("solid", "longdash", "dashdotdot", "dotted")  # dashes and dash-dots are the shown run's own lines


class HasShown(Protocol):
    """What is read of the session here."""

    @property
    def shown(self) -> RunRecord: ...


@dataclasses.dataclass(frozen=True)
class Mark:
    """How a run looks."""

    color: QColor
    shape: str
    style: str


def run_mark(session: HasShown, run: RunRecord) -> Mark:
    """The shown run is the learner; any other has the mark of its turn."""
    return mark_of(run.turn or 0, run.settings.learner.key, run.run_id == session.shown.run_id)


def overlay_marks(session: HasShown, overlaid: Sequence[RunRecord]) -> dict[str, Mark]:
    """How each run that is laid over is drawn, by id: of those that share a colour each has a line style of its own.

    overlaid: all of them, see bridge.runs.overlaid_runs.
    """
    marks, num_alike = {}, Counter[int]()
    for run in overlaid:
        mark = run_mark(session, run)
        style = OVERLAY_STYLES[num_alike[mark.color.rgba()] % len(OVERLAY_STYLES)]
        marks[run.run_id] = dataclasses.replace(mark, style=style)
        num_alike[mark.color.rgba()] += 1
    return marks


def mark_of(turn: int, learner: str, is_shown: bool = False) -> Mark:
    """Of a run of this turn. Colours come again with other shapes; the shown one has the accent.

    Any eleven that follow each other have eleven shapes, so that learners of one plot are told apart without colour.

    Of six that are compared each has a colour of its own: the series, and the text's, which means nothing else here.
    """
    palette = theme().palette
    colors = (*palette.series, palette.text)
    color, shift = colors[turn % len(colors)], turn + turn // len(colors)
    if is_shown:
        color = palette.learner
    elif learner in OWN_COLORS:
        color = theme().color_of(OWN_COLORS[learner])
    return Mark(color, SHAPES[turn % len(SHAPES)], STYLES[shift % len(STYLES)])
