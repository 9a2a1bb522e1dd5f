"""What the meta-iterations of a run have cost: where its curves lie along one of engine.compare.AXES."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Hashable

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QCoreApplication, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.compare import AXES
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.axis import count_tick_text, tick_text
from metalearn_gui.ui.translated import QT_TRANSLATE_NOOP

SECONDS_GUESS = 0.002  # of a meta-iteration, before the first
TEXTS = dict(
    zip(
        AXES,
        (
            QT_TRANSLATE_NOOP("Effort", "meta-iterations"),
            QT_TRANSLATE_NOOP("Effort", "tasks seen"),
            QT_TRANSLATE_NOOP("Effort", "gradient evaluations"),
            QT_TRANSLATE_NOOP("Effort", "compute seconds"),
        ),
        strict=True,
    )
)


@dataclasses.dataclass(frozen=True)
class Effort:
    """Straight between knots, each a meta-iteration and what it has come to, both rising; beyond the last as before."""

    iterations: tuple[float, ...] = (0.0, 1.0)
    spent: tuple[float, ...] = (0.0, 1.0)

    @property
    def key(self) -> Hashable:
        """Another one where anything lies elsewhere."""
        return len(self.spent), self.iterations[-1], self.spent[-1]

    def at(self, iterations: Array | float) -> Array:
        """What so many meta-iterations have cost."""
        return _along(iterations, self.iterations, self.spent)

    def iterations_at(self, spent: ArrayLike) -> Array:
        """The inverse of `at`."""
        return _along(spent, self.spent, self.iterations)


def _along(values: ArrayLike, knots: tuple[float, ...], results: tuple[float, ...]) -> Array:
    beyond = np.maximum(np.asarray(values, float) - knots[-1], 0.0) * (results[-1] / knots[-1])
    return np.asarray(np.interp(np.asarray(values, float), knots, results) + beyond)


def effort_of(run: RunRecord, axis: str) -> Effort:
    """Of a run, as far as it has come. Work is the same at every meta-iteration; time is not."""
    return _seconds_of(run) if axis == "compute_seconds" else Effort(spent=(0.0, _rate_of(run, axis)))


def _rate_of(run: RunRecord, axis: str) -> float:
    """Work of a meta-iteration: what it has been so far, or will be."""
    learner, meta_batch = run.settings.learner, run.settings.outer.meta_batch
    counted = {"tasks_seen": run.tasks_seen, "gradient_evaluations": run.gradient_evaluations}
    planned = {"tasks_seen": meta_batch, "gradient_evaluations": learner.gradient_evaluations * meta_batch}
    if axis not in counted:
        return 1.0
    return counted[axis] / run.iteration if run.iteration and counted[axis] else float(planned[axis] or 1.0)


def _seconds_of(run: RunRecord) -> Effort:
    rising = [(0.0, 0.0)]
    for iteration, seconds in [*((one.iteration, one.compute_seconds) for one in run.scores),
                               (run.iteration, run.compute_seconds)]:  # fmt: skip
        if iteration > rising[-1][0] and seconds > rising[-1][1]:
            rising.append((float(iteration), seconds))
    return Effort(*zip(*rising, strict=True)) if len(rising) > 1 else Effort(spent=(0.0, SECONDS_GUESS))


PER_ITERATION = Effort()


class EffortChoice(QObject):
    """What a button does that chooses a plot's axis, and says which one it is."""

    chosen = Signal()

    def __init__(self, button: QToolButton, axis: str) -> None:
        super().__init__(button)
        self.axis, self._button = axis, button
        button.clicked.connect(self._open)

    def choose(self, axis: str) -> None:
        """Measure by one of engine.compare.AXES from now on."""
        self.axis = axis
        self.retranslate()
        self.chosen.emit()

    def menu(self) -> QMenu:
        """The axes to choose from; deleted when it closes."""
        menu = QMenu(self._button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for axis in AXES:
            action = menu.addAction(axis_text(axis), functools.partial(self.choose, axis))
            action.setCheckable(True)
            action.setChecked(axis == self.axis)
        return menu

    def retranslate(self) -> None:
        """Write every visible text."""
        text = axis_text(self.axis)
        self._button.setText(text)
        self._button.setAccessibleName(self.tr("Axis: {axis}").format(axis=text))
        help = self.tr("Measure effort another way than by {axis}")
        self._button.setToolTip(help.format(axis=self._button.text()))

    def tick_text(self, value: float) -> str:
        """A label of the axis."""
        return f"{tick_text(value)} s" if self.axis == "compute_seconds" else count_tick_text(value)

    def _open(self) -> None:
        self.menu().popup(self._button.mapToGlobal(QPoint(0, self._button.height())))


def axis_text(axis: str) -> str:
    """One of engine.compare.AXES in words."""
    return QCoreApplication.translate("Effort", TEXTS[axis])
