"""Formats and pictures side by side: what a card needs to know of either."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication

from metalearn_gui.engine.export import EXPORTERS, ExportSubject
from metalearn_gui.engine.export.described import Described
from metalearn_gui.ui.export.pictures import PICTURES
from metalearn_gui.ui.icons import has_icon
from metalearn_gui.ui.translated import QT_TRANSLATE_NOOP


class Format(Described, Protocol):
    """An exporter or a picture."""

    def snippet(self, subject: ExportSubject, path: Path | str) -> str: ...
    def facts(self, subject: ExportSubject) -> dict[str, str]: ...


FORMATS: Mapping[str, Format] = {**EXPORTERS, **PICTURES}
CHOSEN_AT_FIRST = ("keras", "onnx", "learner", "csv", "png")
GROUPS = {
    "start": QT_TRANSLATE_NOOP("Export", "Inputs in, outputs out · the network at its meta-learned start"),
    "weights": QT_TRANSLATE_NOOP("Export", "More weights · and the learner itself"),
    "numbers": QT_TRANSLATE_NOOP("Export", "Code and numbers"),
    "pictures": QT_TRANSLATE_NOOP("Export", "Pictures of the task on the canvas"),
}


def group_title(group: str) -> str:
    """A group's heading; a group that has none is shown by its key."""
    return QCoreApplication.translate("Export", GROUPS.get(group, group))


def translated(text: str) -> str:
    """A label or a summary of a format."""
    return QCoreApplication.translate("Export", text)


def shown_name(format: Format) -> str:
    """The file's name; a folder's ends in a slash."""
    return format.file_name if format.suffix else f"{format.file_name}/"


def icon_name(format: Format) -> str:
    """The format's own icon, or the common one."""
    own = f"export_{format.key}"
    return own if has_icon(own) else "export_any"


def by_group() -> dict[str, list[Format]]:
    """Formats by group, in the order of GROUPS."""
    groups: dict[str, list[Format]] = {group: [] for group in GROUPS}
    for format in FORMATS.values():
        groups.setdefault(format.group, []).append(format)
    return {group: formats for group, formats in groups.items() if formats}
