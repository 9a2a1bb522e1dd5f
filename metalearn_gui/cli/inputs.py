"""Settings and sessions from what a command line names."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from metalearn_gui.cli.command import say
from metalearn_gui.cli.parser import BadInput, Options, assigned
from metalearn_gui.engine import tasks
from metalearn_gui.engine.networks.ratings_net import RatingsNet
from metalearn_gui.engine.params import params_of
from metalearn_gui.engine.presets import FIRST, default_settings, preset
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.settings import CHOICES, ExperimentSettings
from metalearn_gui.engine.tables.in_memory import TABLES
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.engine.tasks.csv import COLUMN_SETTINGS, Csv
from metalearn_gui.engine.tasks.ratings import Ratings
from metalearn_gui.store import own_data
from metalearn_gui.store.home import images_folder
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


def asked_settings(options: Options, *other_sources: str) -> ExperimentSettings:
    """What --preset or --settings, --data and --set come to, with the data read.

    Args:
        other_sources: what else a command could have been given, for the line that says that there is nothing.

    Raises:
        BadInput: nothing names any settings.
    """
    said = assigned(options.set)
    own = _own_data(options.data, said) if options.data else {}
    source = _source(options, own.get("task_family", ""), other_sources)
    return with_assigned(source, own | said)


def _own_data(path: str, said: Mapping[str, Any]) -> dict[str, str]:
    """The file with its family, and what follows from it: the network that looks items up, the kind of a target."""
    found = family_of_data(path)
    reader = str(said.get("task_family", found))
    own = {"task_family": reader, "data": path}
    if reader == Ratings.key:
        own["network"] = RatingsNet.key
    return own | _guessed_kind(path, said) if reader == Csv.key else own


def _guessed_kind(path: str, said: Mapping[str, Any]) -> dict[str, str]:
    """Whether a table's target is a class or a number, and what it was when that was seen."""
    _show_reading(TABLES.reading(path))
    columns = {name: value for name, value in said.items() if name in COLUMN_SETTINGS}
    asked = Csv(data=path).replaced(**columns, file_digest=TABLES.table(path).digest)
    return {"predicts": asked.likely_predicts(), "file_digest": asked.file_digest}


def _source(options: Options, family: str, others: Sequence[str]) -> ExperimentSettings:
    if options.settings:
        return read_settings(options.settings)
    if options.preset:
        return preset(options.preset)
    if options.data:
        return preset(Ratings.key) if family == Ratings.key else default_settings()
    *names, last = "a --preset", "--settings FILE", "--data PATH", *others
    raise BadInput(f"There is nothing to train; name {', '.join(names)}, or {last}")


def window_settings(options: Options) -> ExperimentSettings:
    """What a window without a file begins with, its data not yet read."""
    return _assigned(preset(options.preset or FIRST), assigned(options.set))


def with_assigned(settings: ExperimentSettings, values: Mapping[str, Any]) -> ExperimentSettings:
    """The settings with what --set says."""
    return read_data(_assigned(settings, values))


def _assigned(settings: ExperimentSettings, values: Mapping[str, Any]) -> ExperimentSettings:
    refuse_data(settings, values)
    return settings.replaced(**values)


def read_data(settings: ExperimentSettings) -> ExperimentSettings:
    """Read what the tasks are made of, with a bar on stderr; says what was made of it and left out.

    Returns: the settings with what the file says filled in.

    Raises:
        SettingError: data that are missing, or too few for an episode.
    """
    if not settings.tasks.is_read:
        _show_reading(settings.tasks.reading(images_folder()))
    settings = settings.resolved()
    settings.check_data()
    for line in filter(None, (settings.tasks.taken(), settings.tasks.remark())):
        say(line)
    _say_scarce(settings)
    return settings


def _say_scarce(settings: ExperimentSettings) -> None:
    found = settings.scarce()
    if found is not None:
        say(
            f"{found.num_few} of {found.num_tasks} unseen tasks have no {found.shots} rows for a support set (the "
            f"smallest has {found.fewest}): some come twice there; fewer shots would be as many as they say"
        )


def _show_reading(reading: Iterator[ReadSoFar]) -> None:
    from metalearn_gui.cli.progress import show_reading  # rich, which a window has no use for

    show_reading(reading)


def refuse_data(settings: ExperimentSettings, values: Mapping[str, Any]) -> None:
    """`data` is a setting of families that read files."""
    family = TASKS.get(str(values.get("task_family", settings.tasks.key)), settings.tasks)
    if "data" in values and not _reads_data(family):
        raise no_data_family(str(values["data"]))


def _reads_data(family: TaskFamily | type[TaskFamily]) -> bool:
    return "data" in {spec.name for spec in params_of(family)}


def no_data_family(path: str) -> BadInput:
    """The line for a data file that is not there, or that the family, or any family, does not read."""
    if not os.path.exists(path):
        return BadInput(f"The data are {path}, and there is no such file or folder; name another one")
    if not tasks.family_of_data(path):
        return BadInput(
            f"No tasks can be made of {path}; expected a table (CSV, TSV, Parquet), ratings, "
            "or a zip or a folder of images: save a sheet as CSV"
        )
    readers = ", ".join(key for key, family in TASKS.items() if _reads_data(family))
    return BadInput(f"This task family reads no data such as {path}; files and folders are read by {readers}")


def family_of_data(path: str) -> str:
    """The key of the family that reads this file or folder.

    Raises:
        BadInput: there is none, or no such file.
    """
    reader = tasks.family_of_data(path)
    if not reader:
        raise no_data_family(path)
    return reader


def data_settings(settings: ExperimentSettings, path: str) -> dict[str, Any]:
    """What makes the tasks of a file the unseen ones, by flat name: all of them, or those that it holds out itself."""
    reader = family_of_data(path)
    own = {} if settings.tasks.key == reader else {"task_family": reader, "data": path}
    parts_by_itself = "test_data" not in {spec.name for spec in params_of(TASKS[reader])}
    return own | ({"data": path} if parts_by_itself else {"test_data": path})


def load_run(path: str) -> tuple[SavedSession, RunRecord]:
    """A session and the run of it that was shown last."""
    saved = load(path)
    own_data.put(saved.data)
    if saved.shown is None:
        raise BadInput(f"{path} holds no run yet; train one: metalearn-gui train --preset first-steps --output {path}")
    return saved, saved.shown


def with_other_tasks(settings: ExperimentSettings, family: str | None, values: Mapping[str, Any]) -> ExperimentSettings:
    """The settings with other unseen tasks; the learner and its network stay as they were trained.

    Raises:
        BadInput: a setting that is not the tasks', or tasks that the network does not fit.
        SettingError: a value that the tasks cannot take.
    """
    changed = settings.replaced(task_family=family) if family else settings
    if "task_family" in values:
        changed = changed.replaced(task_family=values["task_family"])
    refuse_data(changed, values)
    for name in values:
        group = "tasks" if name == "task_family" else changed.names().get(name, "")
        if (name in CHOICES and name != "task_family") or group in ("learner", "outer", "network", "run"):
            raise BadInput(
                f"--set {name} is not a setting of the unseen tasks; the run was trained with its "
                f"{name} of {settings.value(name)!r}: train another one to change it"
            )
    changed = changed.replaced(**values)
    read_data(changed)
    old, new = settings.tasks, changed.tasks
    fits = new.output_dim == old.output_dim or settings.learner.any_ways
    if (new.kind, new.input_dim, new.num_items) != (old.kind, old.input_dim, old.num_items) or not fits:
        raise BadInput(
            f"{new.key} is {_shape(new)}, and the run was trained for {_shape(old)}: choose tasks of the same shape"
        )
    return changed


def _shape(family: Any) -> str:
    items = f" about {family.num_items} items" if family.num_items else ""
    return f"{family.kind} from {family.input_dim} to {family.output_dim} numbers{items}"
