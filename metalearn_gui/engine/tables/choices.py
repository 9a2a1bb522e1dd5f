"""Which column does what: what a person chose, and a good guess where nobody has chosen."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tables.table import KINDS, Column, Table

TASK_WORDS = ("task", "subject", "patient", "user", "student", "group", "sensor", "series", "store", "device", "id")
TARGET_WORDS = ("target", "y", "label", "class", "outcome", "output", "response", "result")
CLASS_WORDS = ("label", "class")
MOST_CLASSES = 20  # of a column that is taken for classes
FEWEST_TASKS, FEWEST_ROWS = 3, 4  # that a column has to make to be taken for the tasks'
MAX_LABELS = 50  # of a category that is an input: the commonest, the others are all 0
SHOWN_NAMES = 12
NO_LETTER = re.compile(r"[\W\d_]+")


@dataclasses.dataclass(frozen=True)
class ColumnChoice:
    """Columns by name. split: "" where the split is drawn."""

    task: str
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    split: str = ""


def names_of(text: str) -> tuple[str, ...]:
    """The names in a setting, with commas between; a name that has a comma stands in double quotes."""
    cells = next(csv.reader(io.StringIO(text), skipinitialspace=True), [])
    return tuple(cell.strip() for cell in cells if cell.strip())


def text_of(names: Sequence[str]) -> str:
    """The inverse of `names_of`."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(names)
    return line.getvalue()


def types_of(text: str) -> dict[str, str]:
    """Types by column name from a setting such as `zip=category, day=date`.

    Raises:
        SettingError: an entry that is something else.
    """
    types = {}
    for entry in names_of(text):
        name, _, kind = entry.rpartition("=")
        if not name.strip() or kind.strip() not in KINDS:
            raise SettingError(
                f"Column types (column_types) has {entry[:40]!r}; expected column=type with a type of "
                f"{', '.join(KINDS)}, for example zip=category"
            )
        types[name.strip()] = kind.strip()
    return types


def types_text(types: Mapping[str, str]) -> str:
    """The inverse of `types_of`."""
    return text_of([f"{name}={kind}" for name, kind in types.items()])


def completed(table: Table, choice: ColumnChoice, are_classes: bool) -> ColumnChoice:
    """The choice with a guess wherever it is silent.

    Args:
        are_classes: whether targets are classes.

    Raises:
        SettingError: a column that is not there, one that does two things, or nothing to guess.
    """
    require_columns(table, (choice.task, choice.split, *choice.inputs, *choice.targets))
    task = choice.task or _guessed_task(table, {*choice.inputs, *choice.targets, choice.split})
    free = [column for column in table.columns if column.name not in (task, choice.split)]
    targets = choice.targets or _guessed_targets(free, choice.inputs, are_classes)
    inputs = choice.inputs or tuple(column.name for column in free if column.name not in targets and _is_input(column))
    used = (task, *inputs, *targets)
    twice = next((name for name in used if used.count(name) > 1), None)
    if twice is not None:
        raise SettingError(f"Column {twice!r} is used twice; a column is the task, an input or a target")
    if not inputs:
        raise SettingError(f"No column is left for the inputs (inputs); the table has {_listed(table.names)}")
    return ColumnChoice(task, inputs, targets, choice.split)


def require_columns(table: Table, names: Iterable[str]) -> None:
    """Raise SettingError for a name, not empty, that no column has."""
    for name in names:
        if name and table.column(name) is None:
            known = _listed(table.names)
            raise SettingError(f"The table has no column {name[:60]!r}; it has {known}: choose one of them")


def _guessed_task(table: Table, taken: set[str]) -> str:
    """A column that makes a few tasks of a few rows each, by its name first."""
    fitting = [column for column in table.columns if column.name not in taken and _makes_tasks(column)]
    if not fitting:
        raise SettingError(
            f"No column says which rows belong to one task; name it (task_column): there are {_listed(table.names)}"
        )
    return min(fitting, key=lambda column: (_place(column.name, TASK_WORDS), column.kind != "category")).name


def _makes_tasks(column: Column) -> bool:
    known = column.values[~column.is_missing]
    if column.kind != "category" and (not len(known) or np.any(known != np.round(known))):
        return False
    return FEWEST_TASKS <= column.num_different <= len(known) / FEWEST_ROWS


def _place(name: str, words: Sequence[str]) -> int:
    parts = _words_of(name)
    return next((place for place, word in enumerate(words) if word in parts), len(words))


def _words_of(name: str) -> list[str]:
    """In lower case and without numbers: `Target_2`, `target 3` and `target-b` are targets all the same."""
    return [word for word in NO_LETTER.split(name.lower()) if word]


def are_likely_classes(table: Table, choice: ColumnChoice) -> bool:
    """Whether the target that is named holds labels, or the likeliest a few of them or a number in place of one.

    Raises:
        SettingError: a column is not there, or none says which rows belong to one task.
    """
    require_columns(table, (choice.task, choice.split, *choice.inputs, *choice.targets))
    if choice.targets:
        return any(column.kind == "category" for column in table.columns if column.name in choice.targets)
    task = choice.task or _guessed_task(table, {*choice.inputs, choice.split})
    free = [column for column in table.columns if column.name not in (task, choice.split, *choice.inputs)]
    fitting = [column for column in free if column.kind == "number" or _has_few_labels(column)]
    return not fitting or _are_classes(_likeliest(fitting))


def _are_classes(column: Column) -> bool:
    if column.kind == "category":
        return True
    different = np.unique(column.values[~column.is_missing])
    is_whole = bool((different == np.round(different)).all())
    most = MOST_CLASSES if _place(column.name, CLASS_WORDS) < len(CLASS_WORDS) else 2
    return is_whole and 2 <= len(different) <= most


def _has_few_labels(column: Column) -> bool:
    return column.kind == "category" and 2 <= len(column.labels) <= MOST_CLASSES


def _guessed_targets(free: Sequence[Column], inputs: Sequence[str], are_classes: bool) -> tuple[str, ...]:
    open_columns = [column for column in free if column.name not in inputs]
    fitting = [column for column in open_columns if are_classes or column.kind == "number"]
    if not fitting:
        raise SettingError("No column is left for the target (targets); name one that holds what is to be predicted")
    if are_classes:
        return (_likeliest([column for column in fitting if _are_classes(column)] or fitting).name,)
    likeliest = _likeliest(fitting)
    alike = [column.name for column in fitting if _is_called_alike(column.name, likeliest.name)]
    return tuple(alike) if len(alike) < len(fitting) else (likeliest.name,)  # all alike: x1, x2, x3


def better_target(table: Table, choice: ColumnChoice, are_classes: bool) -> str:
    """The likeliest column to come out as classes, or as numbers, where a chosen one cannot; "" for none."""
    can = _can_be_classes if are_classes else _can_be_numbers
    if all(can(column) for column in table.columns if column.name in choice.targets):
        return ""
    fitting = [column for column in table.columns if column.name not in (choice.task, choice.split) and can(column)]
    surest = [column for column in fitting if _are_classes(column)] if are_classes else []
    return _likeliest(surest or fitting).name if fitting else ""


def _can_be_classes(column: Column) -> bool:
    return column.kind == "category" or 2 <= column.num_different <= MOST_CLASSES


def _can_be_numbers(column: Column) -> bool:
    return column.kind != "category"


def _likeliest(fitting: Sequence[Column]) -> Column:
    """By its name; of several the last."""
    return min(fitting[::-1], key=lambda column: _place(column.name, TARGET_WORDS))


def _is_called_alike(one: str, other: str) -> bool:
    """By the same word for a target, or by the same words but for numbers: sold_1 and sold_2."""
    place = _place(other, TARGET_WORDS)
    if place < len(TARGET_WORDS):
        return _place(one, TARGET_WORDS) == place
    return one == other or (len(_words_of(one)) > 0 and _words_of(one) == _words_of(other))


def _is_input(column: Column) -> bool:
    return column.kind != "category" or column.num_different <= MAX_LABELS


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return ", ".join(name[:40] for name in names[:SHOWN_NAMES]) + more
