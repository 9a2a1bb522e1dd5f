"""`metalearn-gui list`: what there is, with settings, ranges and defaults."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from metalearn_gui.cli.command import DONE
from metalearn_gui.cli.output import print_json, print_table
from metalearn_gui.cli.parser import Options, Parser, listed
from metalearn_gui.engine.export import EXPORTERS
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.params import Component, params_of
from metalearn_gui.engine.presets import PRESETS, Preset
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.ui.export.picture_formats import PICTURE_FORMATS

Entry = dict[str, Any]


def _component_entry(component: type[Component]) -> Entry:
    settings = [spec.to_json() for spec in params_of(component)]
    return {"key": component.key, "label": component.label, "help": component.summary, "settings": settings}


def _preset_entry(preset: Preset) -> Entry:
    """Every setting of a run by its name, with the preset's value as its default."""
    values = preset.settings
    specs = [dataclasses.replace(values.param(name), default=values.value(name)) for name in values.names()]
    chosen = {name: values.value(name) for name in ("task_family", "learner", "network")}
    settings = [spec.to_json() for spec in specs]
    return {"key": preset.key, "label": preset.label, "help": preset.summary, **chosen, "settings": settings}


def _exporter_entry(exporter: Any) -> Entry:
    return {
        "key": exporter.key,
        "label": exporter.label,
        "help": exporter.summary,
        "suffix": exporter.suffix,
        "settings": [],
    }


KINDS: dict[str, Callable[[], list[Entry]]] = {
    "tasks": lambda: [_component_entry(family) for family in TASKS.values()],
    "learners": lambda: [_component_entry(learner) for learner in LEARNERS.values()],
    "presets": lambda: [_preset_entry(preset) for preset in PRESETS.values()],
    "exporters": lambda: [_exporter_entry(exporter) for exporter in (*EXPORTERS.values(), *PICTURE_FORMATS)],
}


def parser() -> Parser:
    """The arguments of `list`."""
    parser = Parser("list", "What there is, with settings, ranges and defaults.")
    names = ",".join(KINDS)
    parser.add_argument("kinds", nargs="*", type=listed(*KINDS), metavar=names, help="some of these; by default all")
    parser.add_json()
    return parser


def run(options: Options) -> int:
    """Print what there is."""
    asked = [kind for words in options.kinds for kind in words] or list(KINDS)
    found = {kind: KINDS[kind]() for kind in KINDS if kind in asked}
    if options.json:
        print_json(found)
        return DONE
    for kind, entries in found.items():
        rows = [(entry["key"], entry["label"], entry["help"]) for entry in entries]
        print_table(kind.capitalize(), ("key", "label", ""), rows)
    return DONE
