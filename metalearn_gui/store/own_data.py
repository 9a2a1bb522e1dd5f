"""Data of one's own as JSON documents beside named arrays, and back. What comes back may be anybody's."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.images import IMAGES, Pictures
from metalearn_gui.engine.images.reading import UNREADABLE
from metalearn_gui.engine.own_data import Contents, DataFile
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.ratings.in_memory import RATINGS
from metalearn_gui.engine.ratings.table import RatingsTable
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tables.in_memory import TABLES
from metalearn_gui.engine.tables.table import KINDS, MISSING, Column, Table
from metalearn_gui.engine.tasks.csv import Csv

Document = dict[str, Any]
Arrays = dict[str, Array]
RATINGS_TEXTS = ("titles", "item_feature_names", "user_feature_names", "columns")
RATINGS_ARRAYS = ("users", "items", "values", "item_years", "item_features", "user_features")


@dataclasses.dataclass(frozen=True)
class StaleFile:
    """A file that holds something else than a session does, or is there no more."""

    path: str
    is_there: bool


def files_of(settings: Iterable[ExperimentSettings]) -> list[DataFile]:
    """What a session with these settings should hold, each file once."""
    files = [file for one in settings for file in one.tasks.files()]
    return list({(file.kind, file.path, file.contents.digest, file.contents.nbytes): file for file in files}.values())


def put(files: Iterable[DataFile]) -> None:
    """Let the engine find these without their files."""
    for file in files:
        _IN_MEMORY[file.kind].put(file.path, file.contents)


def looking_again(files: Iterable[DataFile]) -> Iterator[ReadSoFar | StaleFile]:
    """Which files are not on the disk any more as they are held."""
    for file in files:
        if not os.path.exists(os.path.expanduser(file.path)):
            yield StaleFile(file.path, is_there=False)
            continue
        with contextlib.suppress(SettingError, *UNREADABLE):  # whoever reads it says what is wrong with it
            if (yield from _IN_MEMORY[file.kind].differs(file.path, file.contents.digest)):
                yield StaleFile(file.path, is_there=True)


def held_out(settings: Mapping[str, ExperimentSettings]) -> dict[str, str]:
    """The names of unseen tasks by run, where they are in memory and another file could part them anew."""
    tables = {run_id: one.tasks for run_id, one in settings.items() if isinstance(one.tasks, Csv)}
    return {run_id: names for run_id, tasks in tables.items() if (names := tasks.held_out_names())}


def held_out_from(document: Mapping[str, Any]) -> dict[str, str]:
    """What `held_out` made, as it comes from a file; raises ValueError."""
    return {_text(run_id): _text(names) for run_id, names in document.items()}


def as_it_is(settings: ExperimentSettings, unseen: str) -> ExperimentSettings:
    """These settings on whatever their table holds now. unseen: the names of tasks that stay unseen."""
    if not isinstance(settings.tasks, Csv):
        return settings
    return settings.replaced(file_digest="", unseen_tasks=unseen or settings.tasks.unseen_tasks)


def file_document(file: DataFile) -> tuple[Document, Arrays]:
    """A file without its arrays, and those by name."""
    document, arrays = _PACKERS[file.kind](file.contents)
    return {"kind": file.kind, "path": file.path, "digest": file.contents.digest, "contents": document}, arrays


def file_from(document: Document, arrays: Arrays) -> DataFile:
    """The inverse of `file_document`.

    Raises:
        ValueError, KeyError, TypeError: a document that `file_document` did not make.
    """
    kind, path, digest = (_text(document[name]) for name in ("kind", "path", "digest"))
    return DataFile(kind, path, _UNPACKERS[kind](path, digest, document["contents"], arrays))


def _table_document(table: Table) -> tuple[Document, Arrays]:
    columns = [
        {
            "name": column.name,
            "kind": column.kind,
            "labels": list(column.labels),
            "strange": [[row, text] for row, text in column.strange.items()],
        }
        for column in table.columns
    ]
    arrays = {f"column/{place}": column.values for place, column in enumerate(table.columns)}
    return {"columns": columns, "first_row": table.first_row, "decimal": table.decimal}, arrays


def _table_from(path: str, digest: str, document: Document, arrays: Arrays) -> Table:
    columns = tuple(_column(one, arrays[f"column/{place}"]) for place, one in enumerate(document["columns"]))
    if len({len(column.values) for column in columns}) != 1 or document["decimal"] not in (".", ","):
        raise ValueError("a table's columns do not fit together")
    return Table(path, digest, columns, int(document["first_row"]), document["decimal"])


def _column(document: Document, values: Array) -> Column:
    labels = tuple(_text(label) for label in document["labels"])
    strange = {int(row): _text(text) for row, text in document["strange"]}
    is_category = document["kind"] == "category"
    is_right = (
        document["kind"] in KINDS
        and values.ndim == 1
        and values.dtype == (np.int32 if is_category else np.float64)
        and (not is_category or bool(((values >= MISSING) & (values < len(labels))).all()))
        and (is_category or not np.isinf(values).any())
        and all(0 <= row < len(values) for row in strange)
    )
    if not is_right:
        raise ValueError("a table's column is not as it was saved")
    return Column(_text(document["name"]), document["kind"], values, labels, strange)


def _pictures_document(pictures: Pictures) -> tuple[Document, Arrays]:
    texts = {name: getattr(pictures, name) for name in ("names", "splits", "has_light_paper", "skipped")}
    counts, groups = (np.asarray(values, np.int64) for values in (pictures.counts, pictures.groups))
    return texts, {"pixels": pictures.pixels, "counts": counts, "groups": groups}


def _pictures_from(path: str, digest: str, document: Document, arrays: Arrays) -> Pictures:
    names, splits = (tuple(_text(text) for text in document[name]) for name in ("names", "splits"))
    pictures = Pictures(
        arrays["pixels"], arrays["counts"], names, arrays["groups"], splits,
        bool(document["has_light_paper"]), _text(document["skipped"]), digest,
    )  # fmt: skip
    if not pictures.is_whole:
        raise ValueError("images do not fit together")
    return pictures


def _ratings_document(table: RatingsTable) -> tuple[Document, Arrays]:
    texts = {name: getattr(table, name) for name in (*RATINGS_TEXTS, "scale", "remark")}
    return texts, {name: np.asarray(getattr(table, name)) for name in RATINGS_ARRAYS}


def _ratings_from(path: str, digest: str, document: Document, arrays: Arrays) -> RatingsTable:
    texts = {name: tuple(_text(text) for text in document[name]) for name in RATINGS_TEXTS}
    low, high = map(float, document["scale"])
    parts: dict[str, Any] = {name: arrays[name] for name in RATINGS_ARRAYS} | texts
    table = RatingsTable(**parts, scale=(low, high), digest=digest, remark=_text(document["remark"]))
    if not table.is_whole:
        raise ValueError("ratings do not fit together")
    return table


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"a text is a {type(value).__name__}")
    return value


_PACKERS: Mapping[str, Callable[[Any], tuple[Document, Arrays]]] = {
    "table": _table_document,
    "images": _pictures_document,
    "ratings": _ratings_document,
}
_UNPACKERS: Mapping[str, Callable[[str, str, Document, Arrays], Contents]] = {
    "table": _table_from,
    "images": _pictures_from,
    "ratings": _ratings_from,
}
_IN_MEMORY: Mapping[str, Any] = {"table": TABLES, "images": IMAGES, "ratings": RATINGS}
