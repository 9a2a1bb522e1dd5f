"""Whose adaptations are shown, and what is asked of them on the worker."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping

import numpy as np

from metalearn_gui.bridge.adapter import Adaptation, Adapter, Known
from metalearn_gui.bridge.touches import TouchedTask, task_key
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.baselines import baseline_settings, steps_beside, steps_due
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.events import LearnerState, TrainingState
from metalearn_gui.engine.inspection import features, inspect
from metalearn_gui.engine.learners.base import View
from metalearn_gui.engine.ratings.asking import shelf_view
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import BASELINE_SHARE


@dataclasses.dataclass(frozen=True)
class Shown:
    """A run's settings and a moment of it."""

    settings: ExperimentSettings
    state: TrainingState

    @functools.cached_property
    def structure(self) -> tuple[object, ...]:
        """What the compiled adaptation depends on."""
        settings = self.settings
        return (
            settings.learner.adaptation_structure(), settings.network.structure(), task_key(settings)[:-1],
            settings.outer.test_steps,
        )  # fmt: skip

    @functools.cached_property
    def learners(self) -> dict[str, tuple[ExperimentSettings, LearnerState]]:
        """Settings and state of the learner and its baselines, by key; without those that nobody has trained beside."""
        others = baseline_settings(self.settings, self.state.tuned)
        states = {key: state for key, state in self.state.baselines.items() if not self._was_left_out(key, state)}
        beside = {key: (others[key], states[key]) for key in others if key in states}
        return {"learner": (self.settings, self.state.learner)} | beside

    def _was_left_out(self, key: str, state: LearnerState) -> bool:
        """Whether a baseline is where it began though it would have been trained by now, as in a comparison."""
        iteration = self.state.learner.iteration
        if state.iteration or not iteration:
            return False
        return steps_due(iteration, steps_beside(self.settings, BASELINE_SHARE).get(key, 0.0)) > 0

    def adaptations(
        self,
        adapter: Adapter,
        keys: tuple[str, ...],
        task: TouchedTask,
        held: Mapping[str, Array],
        known: Mapping[str, Known],
        first_steps: int,
    ) -> dict[str, Adaptation]:
        """How these learners adapt.

        Args:
            held: what a hand has put in the place of that; empty if nothing.
            known: what they came to a moment ago; empty where all is to be predicted anew.
            first_steps: see Adapter.adaptation.
        """
        asked = {key: self.learners[key] for key in keys if key in self.learners}
        found = {key: adapter.adaptation(*learner, task, known.get(key), first_steps) for key, learner in asked.items()}
        if held and "learner" in found:
            found |= self.steered(adapter, task, held, found["learner"])
        return found

    def steered(
        self, adapter: Adapter, task: TouchedTask, held: Mapping[str, Array], own: Adaptation
    ) -> dict[str, Adaptation]:
        """The learner alone, its own adaptation given way to what a hand holds."""
        return {"learner": adapter.steered(*self.learners["learner"], task, held, own)}

    def views(self, task: TouchedTask, compile: bool) -> list[View]:
        """What the learner shows about itself on this task, nothing without points; and what the task shows of it.

        compile: of the latter, which takes many adaptations at once; the former is run as it is.
        """
        batch = Episodes(*(PointSet(points.x[None], points.y[None]) for points in (task.support, task.query)))
        views = inspect(*self.learners["learner"], batch) if len(task.support.x) else []
        of_task = TASK_VIEWS.get(self.settings.tasks.view)
        return views if of_task is None else [*views, of_task(*self.learners["learner"], task, compile)]

    @property
    def embeds_by_row(self) -> bool:
        """Whether where a row lies among the learner's features has to do with that row alone."""
        return not self.settings.network.is_transductive

    def features(self, x: Array) -> Array:
        """Where the network puts rows (n, input_dim): (n, features)."""
        return features(*self.learners["learner"], x)

    def warm_up(self, adapter: Adapter, tasks: tuple[TouchedTask, ...]) -> None:
        """Compile what these tasks ask for."""
        for settings, state in self.learners.values():
            for task in tasks:
                adapter.warm_up(settings, state, task)


def moved_query(view: View, index: int, features: Array) -> View:
    """A view "prototypes" with other features (1, features) of one query row."""
    query = np.array(view.arrays["query"])
    if index < query.shape[1]:
        query[0, index] = features[0]
    return View(view.kind, {**view.arrays, "query": query})


def _shelf(settings: ExperimentSettings, state: LearnerState, task: TouchedTask, compile: bool) -> View:
    """What to ask a user, and what their answers have done."""
    return shelf_view(settings, state, int(task.tasks.parameters["user"][0]), task.support, task.query, compile)


TASK_VIEWS = {"ratings": _shelf}  # by TaskFamily.view
