"""The first picture of a comparison: one unseen task, and what every learner makes of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.compare import Comparison, Entry
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.report import panels
from metalearn_gui.engine.report.element import Element
from metalearn_gui.engine.report.page import Picture, Section
from metalearn_gui.engine.report.plots import Series
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.unseen import unseen_episodes

CURVE_POINTS, PLANE_SIDE = 120, 48
MAX_PANELS = 12


def same_task(comparison: Comparison, seed: int, compile: bool) -> list[Section]:
    """The first task of a seed; nothing where a task is neither a curve nor points of a plane."""
    entries = [entry for entry in comparison.entries if entry.runs[0].state is not None][:MAX_PANELS]
    first = comparison.lanes[0].settings
    same_tasks = all(entry.runs[0].lane.settings.tasks == first.tasks for entry in entries)
    drawn = {("curve", 1): _curves_over_task, ("plane", 2): _planes_over_task}.get(
        (first.tasks.view, first.tasks.input_dim)
    )
    if not entries or not same_tasks or drawn is None:
        return []
    drawing = drawn(first, entries, seed, compile)
    caption = "Dots: the support set. Each learner after its best number of adaptation steps"
    caption += "; dotted: the truth." if first.tasks.view == "curve" else "; colours: how sure it is of which class."
    return [Section("The same unseen task for every learner", (Picture(drawing, caption),))]


def _curves_over_task(settings: ExperimentSettings, entries: Sequence[Entry], seed: int, compile: bool) -> Element:
    tasks, episodes = unseen_episodes(settings, 1, seed)
    x = np.linspace(*settings.tasks.input_range(), CURVE_POINTS, dtype=np.float32)
    found = _predicted(entries, episodes.support, x[:, None], compile)
    predicted = [Series(label, x, values[:, 0]) for label, values in found.items()]
    truth = settings.tasks.truth(tasks, x[None, :, None].astype(np.float64))
    dotted = None if truth is None else Series("", x, truth[0, :, 0])
    points = Series("", episodes.support.x[0, :, 0], episodes.support.y[0, :, 0])
    return panels.task_panels(predicted, dotted, points)


def _planes_over_task(settings: ExperimentSettings, entries: Sequence[Entry], seed: int, compile: bool) -> Element:
    _, episodes = unseen_episodes(settings, 1, seed)
    low, high = settings.tasks.input_range()
    side = np.linspace(low, high, PLANE_SIDE, dtype=np.float32)
    places = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    found = _predicted(entries, episodes.support, places, compile)
    shares = {label: values.reshape(PLANE_SIDE, PLANE_SIDE, -1) for label, values in found.items()}
    return panels.plane_panels(shares, episodes.support.x[0], episodes.support.y[0], (low, high))


def _predicted(entries: Sequence[Entry], support: PointSet, x: Array, compile: bool) -> dict[str, Array]:
    """What every learner predicts at x (points, inputs) after its best step, (points, outputs)."""
    found = {}
    for entry in entries:
        run = entry.runs[0]
        assert run.state is not None  # others are left out
        path = adapt(run.lane.settings, run.state.learner, support, x[None], compile=compile)
        step = min(entry.best_step, len(path.predictions) - 1)
        found[f"{entry.label}, step {step}"] = path.predictions[step, 0]
    return found
