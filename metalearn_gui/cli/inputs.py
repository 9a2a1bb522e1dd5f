"""Settings and sessions from what a command line names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from metalearn_gui.cli.parser import BadInput
from metalearn_gui.engine.presets import default_settings
from metalearn_gui.engine.settings import CHOICES, ExperimentSettings
from metalearn_gui.store.records import RunRecord
from metalearn_gui.store.session_file import SavedSession, load


def read_settings(path: str) -> ExperimentSettings:
    """Settings from a JSON file: as `ExperimentSettings.to_dict` writes them, or {name: value} over the defaults."""
    try:
        values = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else f"no JSON: {error}"
        raise BadInput(f"The settings file {path} cannot be read ({reason}); give a JSON file") from None
    if not isinstance(values, Mapping):
        raise BadInput(f"The settings file {path} holds a {type(values).__name__}; expected a JSON object")
    if "version" in values:
        return ExperimentSettings.from_dict(values)
    return default_settings().replaced(**values)


def with_assigned(settings: ExperimentSettings, values: Mapping[str, Any]) -> ExperimentSettings:
    """The settings with what --set says."""
    refuse_data(values)
    return settings.replaced(**values)


def refuse_data(values: Mapping[str, Any]) -> None:
    """`data` is a setting of families that read files."""
    if "data" in values:
        raise no_data_family(str(values["data"]))


def no_data_family(path: str) -> BadInput:
    """The line for a data file that no family reads."""
    from metalearn_gui.engine.tasks import TASKS

    return BadInput(f"No task family reads data such as {path}; there are {', '.join(TASKS)}: choose one with --tasks")


def load_run(path: str) -> tuple[SavedSession, RunRecord]:
    """A session and the run of it that was shown last."""
    saved = load(path)
    if saved.shown is None:
        raise BadInput(f"{path} holds no run yet; train one: metalearn-gui train --preset first-steps --output {path}")
    return saved, saved.shown


def with_other_tasks(settings: ExperimentSettings, family: str | None, values: Mapping[str, Any]) -> ExperimentSettings:
    """The settings with other unseen tasks; the learner and its network stay as they were trained.

    Raises:
        BadInput: a setting that is not the tasks', or tasks that the network does not fit.
        SettingError: a value that the tasks cannot take.
    """
    refuse_data(values)
    changed = settings.replaced(task_family=family) if family else settings
    for name in values:
        group = "tasks" if name == "task_family" else changed.names().get(name, "")
        if (name in CHOICES and name != "task_family") or group in ("learner", "outer", "network", "run"):
            raise BadInput(
                f"--set {name} is not a setting of the unseen tasks; the run was trained with its "
                f"{name} of {settings.value(name)}: train another one to change it"
            )
    changed = changed.replaced(**values)
    old, new = settings.tasks, changed.tasks
    if (new.kind, new.input_dim, new.output_dim) != (old.kind, old.input_dim, old.output_dim):
        raise BadInput(
            f"{new.key} is {_shape(new)}, and the run was trained for {_shape(old)}: choose tasks of the same shape"
        )
    return changed


def _shape(family: Any) -> str:
    return f"{family.kind} from {family.input_dim} to {family.output_dim} numbers"
