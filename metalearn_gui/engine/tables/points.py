"""Rows of a table as points of tasks: encoded, sorted by task, every task in one split."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Generator, Mapping, Sequence

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import SPLITS
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.read_so_far import ReadSoFar, stage
from metalearn_gui.engine.scaling import Scaling
from metalearn_gui.engine.tables.choices import MAX_LABELS, ColumnChoice
from metalearn_gui.engine.tables.column_types import require_numbers
from metalearn_gui.engine.tables.precision import check_input, check_target, rounding
from metalearn_gui.engine.tables.table import Column, Table, left_out_text

SPLIT_NAMES = {"train": 0, "training": 0, "validation": 1, "valid": 1, "val": 1, "dev": 1, "test": 2, "testing": 2}
VALIDATION_SHARE = 0.1  # of the tasks that are not held out
SHOWN = 8  # names in one line
NO_LABEL = -1.0
Labels = Mapping[str, Sequence[str]]


@dataclasses.dataclass(frozen=True, eq=False)
class TablePoints:
    """Points in the data's own units.

    inputs: what goes in, column by column; y: float32 (points, output_dim), or int32 (points,) class ids.
    starts, counts: (tasks,) where the points of a task lie; names: of the tasks.
    splits: task numbers by split, none of validation where there were too few tasks.
    scaling: fitted on the points of training tasks.
    remark: what was left out and why, "" for nothing.
    """

    inputs: Cells
    y: Array
    starts: Array
    counts: Array
    names: tuple[str, ...]
    splits: dict[str, Array]
    scaling: Scaling
    remark: str

    def tasks_of(self, split: str) -> Array:
        """The numbers of the tasks that a split is drawn from."""
        stands_in = split == "validation" and not len(self.splits[split])
        return self.splits["train" if stands_in else split]  # nothing is chosen by a split that nobody made


Parting = Generator[ReadSoFar, None, TablePoints]


@dataclasses.dataclass(frozen=True, eq=False)
class Cells:
    """Inputs as they are kept: a category is one number until it is asked for.

    values: float32 (points, columns), a number or the place of a label, NO_LABEL for none that is known.
    widths: by column the labels that there are; 0 for a number.
    """

    values: Array
    widths: tuple[int, ...]

    def at(self, places: Array) -> Array:
        """What the learner gets, float32 (*places' shape, input_dim): a label is 1 among 0s."""
        cells = self.values[places]
        if not any(self.widths):
            return cells
        parts = [_encoded(cells[..., column], width) for column, width in enumerate(self.widths)]
        return np.concatenate(parts, axis=-1)

    @property
    def numbers(self) -> Array:
        """(points, columns of numbers)."""
        return self.values[:, [column for column, width in enumerate(self.widths) if not width]]


def _encoded(cells: Array, width: int) -> Array:
    return (cells[..., None] == np.arange(width)).astype(np.float32) if width else cells[..., None]


@dataclasses.dataclass(frozen=True)
class Split:
    """How tasks are parted where no column says it. unseen: names of the test tasks, () = drawn."""

    held_out: float
    seed: int
    unseen: tuple[str, ...] = ()


def labels_text(table: Table, choice: ColumnChoice, are_classes: bool) -> str:
    """The labels of every category that is used, as JSON: with them a learner knows its inputs without the file."""
    named: dict[str, list[str]] = {}
    for name in (*choice.inputs, *(choice.targets if are_classes else ())):
        column = _column(table, name)
        if name in choice.targets:
            named[name] = list(column.as_labels()[1])
        elif column.kind == "category":
            named[name] = _commonest(column)
    return json.dumps(named, ensure_ascii=False, separators=(",", ":"))


def labels_of(text: str) -> dict[str, list[str]]:
    """The inverse of `labels_text`.

    Raises:
        SettingError: it is something else.
    """
    try:
        named = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        named = None
    is_right = isinstance(named, dict) and all(
        isinstance(labels, list) and labels and all(isinstance(label, str) for label in labels)
        for labels in named.values()
    )
    if not is_right:
        raise SettingError(f'Labels (labels) is {text[:40]!r}; expected JSON such as {{"city": ["Berlin", "Rome"]}}')
    assert isinstance(named, dict)
    return named


def width(names: Sequence[str], labels: Labels) -> int:
    """Numbers that these columns come to: one for a number or a date, one for each label of a category."""
    return sum(len(labels.get(name, ".")) for name in names)


def parting(
    table: Table, choice: ColumnChoice, labels: Labels, are_classes: bool, fills: bool, min_rows: int, split: Split
) -> Parting:
    """Encode and part the rows of a table, a column at a time; whoever stops going on with it stops it.

    Args:
        labels: of every category that is an input, and of the target where targets are classes.
        fills: missing inputs become the training tasks' mean, or no label; otherwise their rows are left out.
        min_rows: a task with fewer rows is left out, and named.

    Raises:
        SettingError: nothing is left of a split, or a target that is no class known.
    """
    y = _targets(table, choice, labels, are_classes)
    task_codes, task_names = _column(table, choice.task).as_labels()
    bad_target = np.asarray(~np.isfinite(y).all(axis=1))
    is_left_out = np.asarray(bad_target | (task_codes < 0))
    if not fills:
        is_left_out |= yield from stage(_lacks_inputs(table, choice, labels), 0, 1 / 3)
    counts = np.bincount(task_codes[~is_left_out], minlength=len(task_names))
    is_small = counts < min_rows
    kept = ~is_left_out & ~is_small[task_codes]
    if not kept.any():
        raise SettingError(
            f"No task of column {choice.task!r} has {min_rows} rows; the largest has {counts.max(initial=0)}: "
            f"choose fewer rows a task needs (min_rows), or another task column"
        )
    order = np.flatnonzero(kept)[np.argsort(task_codes[kept], kind="stable")]
    numbers = np.flatnonzero(~is_small)
    owners = np.searchsorted(numbers, task_codes[order])
    names = tuple(task_names[number] for number in numbers)
    splits = _splits(table, choice, order, owners, names, split)
    is_training = np.isin(owners, splits["train"])
    inputs, filled, rounded = yield from stage(_inputs(table, choice, labels, order, is_training), 1 / 3, 2 / 3)
    y = y[order]
    goes_out = np.zeros((len(y), 0)) if are_classes else y
    rounded += _checked_targets(choice, goes_out)
    scaling = yield from stage(_scaling(inputs, goes_out, is_training), 2 / 3, 1)
    kept_counts = counts[numbers]
    return TablePoints(
        inputs,
        y[:, 0].astype(np.int32) if are_classes else y.astype(np.float32),
        np.cumsum(kept_counts) - kept_counts,
        kept_counts,
        names,
        splits,
        scaling,
        _remark(is_left_out, bad_target, filled, rounded, np.asarray(is_small), task_names, min_rows),
    )


def _lacks_inputs(table: Table, choice: ColumnChoice, labels: Labels) -> Generator[ReadSoFar, None, Array]:
    """Whether a row has no value of some input."""
    lacks = np.zeros(table.num_rows, bool)
    for place, name in enumerate(choice.inputs):
        yield ReadSoFar(place, len(choice.inputs))
        lacks |= np.isnan(_cells(table, name, labels))
    return lacks


def _inputs(
    table: Table, choice: ColumnChoice, labels: Labels, order: Array, is_training: Array
) -> Generator[ReadSoFar, None, tuple[Cells, dict[str, int], list[str]]]:
    """The rows in order, how many cells of each column were filled in, and what is to be said of their rounding.

    A missing cell gets the training tasks' mean, or no label.
    """
    widths = tuple(len(labels.get(name, ())) for name in choice.inputs)
    values, filled, rounded = np.empty((len(order), len(widths)), np.float32), {}, []
    for place, (name, width) in enumerate(zip(choice.inputs, widths, strict=True)):
        yield ReadSoFar(place, len(widths))
        cells = _cells(table, name, labels)[order]
        is_missing = np.isnan(cells)
        if is_missing.any():
            filled[name] = int(is_missing.sum())
            known = cells[is_training & ~is_missing]
            cells[is_missing] = NO_LABEL if width else known.mean() if len(known) else 0.0
        if not width:
            check_input(name, cells)
            rounded.append(rounding(name, cells))
        values[:, place] = cells
    return Cells(values, widths), filled, rounded


def _scaling(inputs: Cells, y: Array, is_training: Array) -> Generator[ReadSoFar, None, Scaling]:
    """By the points of training tasks, column by column; labels stay 0 and 1."""
    parts = []
    for place, width in enumerate(inputs.widths):
        yield ReadSoFar(place, len(inputs.widths))
        if width:
            parts.append(Scaling(np.zeros(width, np.float32), np.ones(width, np.float32), np.zeros(0), np.ones(0)))
        else:
            parts.append(Scaling.fitted(inputs.values[is_training, place : place + 1], np.zeros((1, 0))))
    x_mean, x_deviation = (np.concatenate([part[place] for part in parts]) for place in (0, 1))
    return Scaling.fitted(np.zeros((1, 0)), y[is_training])._replace(x_mean=x_mean, x_deviation=x_deviation)


def _column(table: Table, name: str) -> Column:
    column = table.column(name)
    if column is None:
        raise SettingError(f"The table has no column {name[:60]!r}; choose another file, or other columns")
    return column


def _commonest(column: Column) -> list[str]:
    counts = np.bincount(column.values[column.values >= 0], minlength=len(column.labels))
    places = np.sort(np.argsort(-counts, kind="stable")[:MAX_LABELS])
    return [column.labels[place] for place in places]


def _cells(table: Table, name: str, labels: Labels) -> Array:
    """(rows,) float64: the number, or the place of the label; not-a-number where missing."""
    column, known = _column(table, name), labels.get(name)
    if known is None:
        require_numbers(table, column)
        return np.asarray(column.values, np.float64)
    codes, names = column.as_labels()
    places = {label: place for place, label in enumerate(known)}
    return np.array([*(places.get(name, NO_LABEL) for name in names), np.nan])[codes]


def _targets(table: Table, choice: ColumnChoice, labels: Labels, are_classes: bool) -> Array:
    """(rows, output_dim) numbers or (rows, 1) class ids as numbers; not-a-number where missing."""
    if not are_classes:
        return np.stack([_cells(table, name, {}) for name in choice.targets], axis=1)
    column = _column(table, choice.targets[0])
    codes, names = column.as_labels()
    known = {label: place for place, label in enumerate(labels[column.name])}
    strange = next((name for name in names if name not in known), None)
    if strange is not None:
        raise SettingError(
            f"Column {column.name!r} has a class {strange[:40]!r} that the learner does not know; "
            f"it knows {', '.join(known)[:80]}"
        )
    ids = np.array([known[name] for name in names], float)
    return np.where(codes >= 0, ids[codes] if len(ids) else np.nan, np.nan)[:, None]


def _splits(
    table: Table, choice: ColumnChoice, order: Array, owners: Array, names: Sequence[str], split: Split
) -> dict[str, Array]:
    if choice.split:
        own = _split_column(_column(table, choice.split), order, owners, len(names))
    else:
        own = _drawn_split(names, split)
    parts = {name: np.flatnonzero(own == place) for place, name in enumerate(SPLITS)}
    for name in ("train", "test"):
        if not len(parts[name]):
            raise SettingError(f"No task is left for the {name} split; there are {len(names)} tasks in all")
    return parts


def _split_column(column: Column, order: Array, owners: Array, num_tasks: int) -> Array:
    codes, names = column.as_labels()
    strange = next((name for name in names if name.strip().lower() not in SPLIT_NAMES), None)
    if strange is not None:
        raise SettingError(
            f"Column {column.name!r} (split_column) holds {strange[:40]!r}; expected train, validation or test"
        )
    places = np.array([SPLIT_NAMES[name.strip().lower()] for name in names], int)
    own = np.where(codes[order] >= 0, places[codes[order]], 0)
    lowest, highest = np.full(num_tasks, 2), np.zeros(num_tasks, int)
    np.minimum.at(lowest, owners, own)
    np.maximum.at(highest, owners, own)
    if np.any(lowest != highest):
        count = int(np.sum(lowest != highest))
        raise SettingError(f"Column {column.name!r} (split_column) puts rows of {count} tasks into different splits")
    return lowest


def _drawn_split(names: Sequence[str], split: Split) -> Array:
    """0, 1 or 2 for every task."""
    num_tasks = len(names)
    order = np.random.default_rng(split.seed).permutation(num_tasks)
    num_test = min(max(1, round(split.held_out * num_tasks)), num_tasks - 1) if num_tasks > 1 else 0
    is_test = np.isin(np.arange(num_tasks), order[:num_test])
    if split.unseen:
        is_test = np.isin(np.array(names), np.array(split.unseen))
    others = order[~is_test[order]]
    num_validation = max(1, round(VALIDATION_SHARE * len(others))) if len(others) > 2 else 0
    own = np.where(is_test, 2, 0)
    own[others[:num_validation]] = 1
    return own


def _checked_targets(choice: ColumnChoice, y: Array) -> list[str]:
    """What is to be said of their rounding; classes, which are no numbers, have none."""
    columns = list(zip(choice.targets, y.T, strict=False))
    for name, numbers in columns:
        check_target(name, numbers)
    return [rounding(name, numbers) for name, numbers in columns]


def _remark(
    is_left_out: Array,
    bad_target: Array,
    filled: Mapping[str, int],
    rounded: Sequence[str],
    is_small: Array,
    names: Sequence[str],
    min_rows: int,
) -> str:
    lines = []
    if is_left_out.any():
        lines.append(f"{left_out_text(int(is_left_out.sum()))} ({int(bad_target.sum()):,} without a target)")
    if filled:
        counted = _some([f"{name[:30]} {count:,}" for name, count in filled.items()])
        count = sum(filled.values())
        values_are = "1 missing value is" if count == 1 else f"{count:,} missing values are"
        lines.append(f"{values_are} filled in: {counted}")
    lines += filter(None, rounded)
    small = np.flatnonzero(is_small)
    if len(small):
        shown = _some([names[place][:30] for place in small.tolist()])
        tasks, are = ("1 task", "is") if len(small) == 1 else (f"{len(small):,} tasks", "are")
        lines.append(f"{tasks} with fewer than {min_rows} rows {are} left out: {shown}")
    return "; ".join(lines)


def _some(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - SHOWN:,} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more
