"""How runs did before their first meta-iteration: the one score that training does not take."""

from __future__ import annotations

import functools
from typing import NamedTuple

from PySide6.QtCore import QObject

from metalearn_gui.bridge.latest import Latest
from metalearn_gui.bridge.runs import Runs
from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.bridge.watched import Watched
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.evaluation import Evaluator
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.scoring import watched_tasks
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import Options


class StartScore(NamedTuple):
    """losses: the mean over unseen tasks by adaptation step, (steps + 1,)."""

    run_id: str
    losses: Array


class ScoreOfStart(Watched):
    """`result` is the StartScore of the shown run, or still that of the one before."""

    purpose = "start"
    result: StartScore | None

    def __init__(self, runs: Runs, options: Options, unseen: UnseenTasks, latest: Latest, parent: QObject) -> None:
        super().__init__(unseen, latest, parent)
        self._runs, self._options = runs, options
        self._known: dict[str, StartScore] = {}  # the worker's

    def ask(self) -> None:
        run = self._runs.shown
        is_known = self.result is not None and self.result.run_id == run.run_id
        if run.initial is not None and run.iteration and not is_known:
            settings = run.initial_settings or run.settings
            self.request("start", functools.partial(self._score, run.run_id, settings, run.initial.learner))

    def _score(self, run_id: str, settings: ExperimentSettings, start: LearnerState) -> StartScore:
        """On the worker. The next request may come while this one is answered: nothing is tried twice."""
        if run_id not in self._known:
            num_tasks = watched_tasks(settings, self._options.num_tasks)
            unseen = Evaluator(settings, num_tasks, self._options.tasks_seed, "test", self._options.compile)
            self._known[run_id] = StartScore(run_id, unseen.learner_scores(start).loss)
        return self._known[run_id]
