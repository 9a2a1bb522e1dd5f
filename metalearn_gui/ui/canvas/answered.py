"""A task and the answer that a learner gives to it: what the small drawings of tasks are made from."""

from __future__ import annotations

import dataclasses

from PySide6.QtGui import QColor

from metalearn_gui.bridge.session import Adaptation, TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tasks.base import TaskFamily


@dataclasses.dataclass(frozen=True)
class Answered:
    """adaptation: None while there is none. step: of it; past its last one the last is meant."""

    family: TaskFamily
    touched: TouchedTask
    adaptation: Adaptation | None = None
    step: int = 0

    @property
    def predictions(self) -> Array | None:
        """On the task's grid, (m, output_dim)."""
        return self.adaptation.after(self.step) if self.adaptation else None


@dataclasses.dataclass(frozen=True)
class Other:
    """Who answers beside the shown learner, as it is called and drawn. key: of its line's style."""

    name: str
    key: str
    color: QColor
    adaptation: Adaptation | None = None

    def after(self, step: int) -> Array | None:
        """The predictions (m, output_dim) after so many steps, or as many as there are; None before it has answered."""
        return self.adaptation.after(step) if self.adaptation else None


def answered(family: TaskFamily, touched: TouchedTask, adaptation: Adaptation | None, step: int) -> Answered:
    """Without an adaptation that is of an earlier task of another shape."""
    suits = adaptation is not None and fits(adaptation, touched, family)
    return Answered(family, touched, adaptation if suits else None, step)


def fits(adaptation: Adaptation, touched: TouchedTask, family: TaskFamily) -> bool:
    """Whether an adaptation has predictions for this task's grid; one that is still on its way may not."""
    return adaptation.on_grid.shape[1:] == (len(touched.grid), family.output_dim)
