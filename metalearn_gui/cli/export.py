"""`metalearn-gui export`: the window's formats, each tried in its own runtime after writing."""

from __future__ import annotations

import os
from typing import Any

from metalearn_gui.cli.command import DONE
from metalearn_gui.cli.inputs import load_run
from metalearn_gui.cli.output import number, print_json
from metalearn_gui.cli.parser import BadInput, Options, Parser
from metalearn_gui.cli.window import refuse_a_missing_screen
from metalearn_gui.engine.export import EXPORTERS, Exporter, file_size
from metalearn_gui.store.subject import export_subject


def parser() -> Parser:
    """The arguments of `export`."""
    parser = Parser("export", "Write a trained run in a format that other programs read.")
    parser.add_argument("file", metavar="FILE.metalearn")
    parser.add_argument("--format", required=True, metavar="KEY", help="`list exporters` names them")
    parser.add_argument("--output", required=True, metavar="PATH")
    parser.add_json()
    return parser


def run(options: Options) -> int:
    """Write, load again, and say the largest difference."""
    exporter = EXPORTERS.get(options.format)
    snippet, difference = _write_format(exporter, options) if exporter else _write_picture(options)
    report: dict[str, Any] = {
        "format": options.format,
        "file": options.output,
        "bytes": file_size(options.output),
        "max_difference": difference,
    }
    if options.json:
        print_json(report)
    else:
        print(" · ".join(f"{name.replace('_', ' ')} {number(value)}" for name, value in report.items()))
        print(snippet)
    return DONE


def _write_format(exporter: Exporter, options: Options) -> tuple[str, float | None]:
    subject = export_subject(load_run(options.file)[1])
    exporter.write(subject, options.output)
    return exporter.snippet(subject, options.output), exporter.verify(subject, options.output)


def _write_picture(options: Options) -> tuple[str, float | None]:
    """Pictures are the window's: without a screen, but with all that Qt needs."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    refuse_a_missing_screen()
    from metalearn_gui import screenshot
    from metalearn_gui.ui.export.pictures import PICTURES

    if options.format not in PICTURES:
        known = ", ".join([*EXPORTERS, *PICTURES])
        raise BadInput(f"There is no format {options.format!r}; choose one of {known}")
    load_run(options.file)
    screenshot.draw_task(options.file, options.format, options.output)
    return "", None
