"""What to type to have runs again."""

from __future__ import annotations

import re
import shlex
from typing import Any

from metalearn_gui.engine.compare import Lane, Plan, TrainedRun
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.presets import PRESETS
from metalearn_gui.engine.settings import CHOICES, ExperimentSettings


def command_of(settings: ExperimentSettings, output: str = "run.metalearn", asked: str = "") -> str:
    """A command line that trains these settings. asked: the preset that a person began with."""
    kept = asked if asked in PRESETS and PRESETS[asked].settings.learner.key == settings.learner.key else ""
    return shlex.join(["metalearn-gui", "train", *_settings_words(settings, kept), "--output", output])


def command_of_plan(plan: Plan) -> str:
    """A command line that does the same."""
    budget = ["--budget", plan.budget.text] if plan.budget.text else []
    seeds = ["--seeds", str(plan.num_seeds)] if plan.num_seeds > 1 else []
    settings = _settings_words(plan.settings, plan.preset)
    return shlex.join(["metalearn-gui", plan.command, *settings, *plan.words(), *budget, *seeds])


def file_of(lane: Lane) -> str:
    """What to call the file of a run, so that no other run of its comparison has the same one."""
    return f"{re.sub(r'[^A-Za-z0-9_.=-]+', '-', lane.contender)}-seed-{lane.seed}.metalearn"


def command_of_trying(plan: Plan, file: str) -> str:
    """A command line that tries what `command_of` has trained on the unseen tasks of the plan."""
    return shlex.join(["metalearn-gui", "evaluate", file, "--seed", str(plan.tasks_seed)])


def reached(run: TrainedRun) -> ExperimentSettings:
    """Settings with which a run of no budget comes to the same end: its schedule is as long, training need not be."""
    num_iterations = run.moments[-1].iteration
    return run.lane.settings.replaced(num_iterations=max(num_iterations, 1))


def _settings_words(settings: ExperimentSettings, asked: str) -> list[str]:
    """The preset that was asked for, else the nearest one, and what differs from it."""
    if settings.outer.schedule_iterations == settings.outer.num_iterations:  # as a run sets it at its start
        settings = settings.replaced(schedule_iterations=0)
    starts = {key: _changes(preset.settings, settings) for key, preset in PRESETS.items()}
    ways = {key: changes for key, changes in starts.items() if changes is not None}
    key, changes = min(ways.items(), key=lambda pair: (pair[0] != asked, len(pair[1])))
    sets = [word for name, value in changes.items() for word in ("--set", f"{name}={_typed(value)}")]
    return ["--preset", key, *sets]


def _changes(start: ExperimentSettings, settings: ExperimentSettings) -> dict[str, Any] | None:
    """What has to be set, by flat name: choices first, for the others depend on them; None where that is no way."""
    choices = {name: settings.value(name) for name in CHOICES if start.value(name) != settings.value(name)}
    try:
        start = start.replaced(**choices)
        others = {name: settings.value(name) for name in settings.names()}
        changes = choices | {name: value for name, value in others.items() if start.value(name) != value}
        return changes if start.replaced(**changes) == settings else None
    except SettingError:
        return None


def _typed(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
