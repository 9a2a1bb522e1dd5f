"""`metalearn-gui export`: the window's formats, each tried in its own runtime after writing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from metalearn_gui.cli.command import DONE
from metalearn_gui.cli.inputs import load_run
from metalearn_gui.cli.output import number, print_json
from metalearn_gui.cli.parser import BadInput, Options, Parser
from metalearn_gui.cli.window_options import refuse_a_missing_screen
from metalearn_gui.engine.export import EXPORTERS, Exporter, file_size
from metalearn_gui.store.subject import export_subject
from metalearn_gui.ui.export.picture_formats import PICTURE_FORMATS

_KEYS = (*EXPORTERS, *(format.key for format in PICTURE_FORMATS))


def parser() -> Parser:
    """The arguments of `export`."""
    parser = Parser("export", "Write a trained run in a format that other programs read.")
    parser.add_argument("file", metavar="FILE.metalearn")
    parser.add_argument(
        "--format", required=True, metavar="KEY", help=f"{', '.join(_KEYS)}; `list exporters` says what each is"
    )
    parser.add_argument("--output", required=True, metavar="PATH", help="a file or, where the format is one, a folder")
    parser.add_json()
    return parser


def run(options: Options) -> int:
    """Write, load again, and say the largest difference."""
    if options.format not in _KEYS:
        raise BadInput(f"There is no format {options.format!r}; choose one of {', '.join(_KEYS)}")
    exporter = EXPORTERS.get(options.format)
    written = _write_format(exporter, options) if exporter else _write_picture(options)
    report: dict[str, Any] = {
        "format": options.format,
        "file": options.output,
        "bytes": file_size(options.output),
        "max_difference": written.max_difference,
    }
    if written.columns is not None:
        report["columns"] = str(written.columns)
    if options.json:
        print_json(report)
    else:
        print(" · ".join(f"{name.replace('_', ' ')} {number(value)}" for name, value in report.items()))
        print(written.snippet)
    return DONE


class _Written(NamedTuple):
    """How a file is used, the largest difference found in it, and where the columns of its points are named."""

    snippet: str = ""
    max_difference: float | None = None
    columns: Path | None = None


def _write_format(exporter: Exporter, options: Options) -> _Written:
    subject, place = export_subject(load_run(options.file)[1]), options.output
    exporter.write(subject, place)
    return _Written(
        exporter.snippet(subject, place), exporter.verify(subject, place), exporter.columns_place(subject, place)
    )


def _write_picture(options: Options) -> _Written:
    """Pictures are the window's: without a screen, but with all that Qt needs."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    refuse_a_missing_screen()
    from metalearn_gui import screenshot

    load_run(options.file)
    screenshot.draw_task(options.file, options.format, options.output)
    return _Written()
