"""The two gradients of the touched task, how they agreed during the run, and how those of several tasks agree."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QObject, QTimer

from metalearn_gui.bridge.latest import Latest
from metalearn_gui.bridge.runs import Runs
from metalearn_gui.bridge.shown import Shown
from metalearn_gui.bridge.touches import TouchedTask
from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.bridge.watched import Watched
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.two_gradients import agreement, cosine, flat, two_gradients

REST_MS = 600  # not while the hand moves or the start does: several tasks take a while
MOST_MOMENTS, MOST_SLOW_MOMENTS = 16, 6  # slow: where a gradient takes convolutions


@dataclasses.dataclass(frozen=True)
class Gradients:
    """base, meta: of the touched task, by the name of what is meta-learned.

    history: meta-iterations and the cosine of the touched task's two gradients there.
    agreement: cosines between the tasks' gradients of the loss after adapting, the touched task's first.
    """

    base: Mapping[str, Array]
    meta: Mapping[str, Array]
    history: tuple[tuple[int, float], ...]
    agreement: Array


class GradientsOfTasks(Watched):
    """`result` is a Gradients."""

    purpose = "gradients"
    result: Gradients | None

    def __init__(self, runs: Runs, compile: bool, unseen: UnseenTasks, latest: Latest, parent: QObject) -> None:
        super().__init__(unseen, latest, parent)
        self._runs, self._compile = runs, compile
        self._cosines: dict[int, float] = {}  # of the run's moments, by meta-iteration
        self._cosines_of: tuple[str, ExperimentSettings, TouchedTask] | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._ask_at_rest)
        unseen.taskChanged.connect(self.ask_if_watched)

    @property
    def lack(self) -> str:
        if not self.unseen.shown.state.learner.params:
            return self.tr("No gradient: this learner has no parameters to meta-learn")
        return "" if len(self.unseen.touched.support.x) else self.tr("No gradient: the support set is empty")

    def ask(self) -> None:
        if not self._rest.isActive():
            self._rest.start()

    def stop(self) -> None:
        super().stop()
        self._rest.stop()

    def _ask_at_rest(self) -> None:
        shown, run = self.unseen.shown, self._runs.shown
        kept = [state.learner for state in (run.initial, *run.moments) if state is not None]
        most = MOST_MOMENTS if shown.settings.network.compiles else MOST_SLOW_MOMENTS
        moments = kept[:: max(1, -(-len(kept) // most))]
        others = self.unseen.gallery if shown.settings.network.compiles else []
        tasks = [self.unseen.touched, *others]
        if not self.lack:
            known = self._known(run.run_id, shown.settings, tasks[0])
            self.request("gradients", functools.partial(gradients_of, shown, tasks, moments, self._compile, known))

    def _known(self, run_id: str, settings: ExperimentSettings, task: TouchedTask) -> dict[int, float]:
        """The cosines that were found before: a moment stays what it was while task and settings do."""
        before = self._cosines_of
        if before is None or before[:2] != (run_id, settings) or before[2] is not task:
            self._cosines_of, self._cosines = (run_id, settings, task), {}
        return self._cosines


def gradients_of(
    shown: Shown,
    tasks: Sequence[TouchedTask],
    moments: Sequence[LearnerState],
    compile: bool,
    known: dict[int, float] | None = None,
) -> Gradients:
    """Of the first of these tasks, with the others for comparison.

    Args:
        moments: states of the same run.
        known: their cosines by meta-iteration, as far as they were found before; those that are found come in.
    """
    cosines = {} if known is None else known
    settings, state = shown.learners["learner"]
    touched = two_gradients(settings, state, _episodes(tasks[:1]), compile)
    rows = [flat(two_gradients(settings, state, _episodes([task]), compile).meta)[0] for task in tasks[1:]]
    for moment in moments:
        if moment.iteration not in cosines:
            cosines[moment.iteration] = _cosine_at(settings, moment, tasks[0], compile)
    return Gradients(
        {name: values[0] for name, values in touched.base.items()},
        {name: values[0] for name, values in touched.meta.items()},
        tuple((moment.iteration, cosines[moment.iteration]) for moment in moments),
        agreement(np.stack([flat(touched.meta)[0], *rows])),
    )


def _cosine_at(settings: ExperimentSettings, state: LearnerState, task: TouchedTask, compile: bool) -> float:
    found = two_gradients(settings, state, _episodes([task]), compile)
    return cosine(flat(found.base)[0], flat(found.meta)[0])


def _episodes(tasks: Sequence[TouchedTask]) -> Episodes:
    parts = ([getattr(task, part) for task in tasks] for part in ("support", "query"))
    return Episodes(*(PointSet(np.stack([p.x for p in part]), np.stack([p.y for p in part])) for part in parts))
