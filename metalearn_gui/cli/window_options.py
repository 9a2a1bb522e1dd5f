"""What can be said of the window on a command line, and what cannot be."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from metalearn_gui import display, system_libraries
from metalearn_gui.cli.command import COMMANDS, missing
from metalearn_gui.cli.parser import BadInput, Options, Parser, whole_number

if TYPE_CHECKING:
    from metalearn_gui.engine.settings import ExperimentSettings

THEMES, LANGUAGES = ("dark", "light", "system"), ("en",)
SMALLEST, LARGEST = (1024, 700), (7680, 4320)
DEFAULT_SIZE = (1440, 900)
NAMED = f"Commands: {', '.join(COMMANDS)}; each has its own --help."
FIRST = "To begin with: `list presets`, `train --preset maml --output run.metalearn`, `evaluate run.metalearn`."


def parser() -> Parser:
    """The arguments of the window."""
    parser = Parser("", "A window in which learning to learn can be watched and touched.")
    parser.epilog = f"{NAMED} {FIRST}"
    parser.add_argument("file", nargs="?", default="", metavar="FILE", help="a session to open, or a metalearn: link")
    parser.add_argument("--preset", metavar="KEY", help="start from a preset; `list presets` names them")
    parser.add_argument("--run", action="store_true", help="press Run")
    parser.add_set("a setting by its name")
    parser.add_argument("--theme", type=_one_of(*THEMES), metavar=",".join(THEMES), help="by default as last time")
    parser.add_argument("--language", type=_one_of(*LANGUAGES), metavar=",".join(LANGUAGES))
    picture = parser.add_argument_group("a picture instead of a window")
    picture.add_argument("--screenshot", metavar="OUT.png", default="", help="render the window, then leave")
    picture.add_argument("--size", type=_size, metavar="WxH", help="by default 1440x900")
    picture.add_argument("--iterations", type=whole_number(0, 10_000_000), metavar="N", help="meta-train first")
    return parser


def check(options: Options) -> None:
    """Refuse arguments that do not go together."""
    if line := missing(options.file):
        raise BadInput(line)
    if options.file and options.preset:
        raise BadInput("FILE and --preset are two places to start from; give one of them")
    if not options.screenshot and (options.size or options.iterations is not None):
        raise BadInput("--size and --iterations are for a picture; add --screenshot OUT.png")


def start_settings(options: Options) -> ExperimentSettings | None:
    """What a window without a file begins with where a preset or a setting is named, its data not yet read."""
    if options.file or not (options.preset or options.set):
        return None
    from metalearn_gui.cli.inputs import window_settings  # numpy, which else a window needs only later

    return window_settings(options)


def refuse_a_missing_screen() -> None:
    """Say in one line what Qt would end the process for."""
    # The display is asked twice: while its library lacks there is no telling.
    line = display.problem() or system_libraries.problem() or display.problem()
    if line:
        raise BadInput(line)


def _one_of(*words: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text not in words:
            raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(words)}")
        return text

    return convert


def _size(text: str) -> tuple[int, int]:
    width, sign, height = text.lower().partition("x")
    size = (int(width), int(height)) if sign and width.isdecimal() and height.isdecimal() else (0, 0)
    if not all(low <= value <= high for low, value, high in zip(SMALLEST, size, LARGEST, strict=True)):
        bounds = " to ".join("x".join(map(str, bound)) for bound in (SMALLEST, LARGEST))
        raise argparse.ArgumentTypeError(f"{text!r} is not a size from {bounds}, for example 1440x900")
    return size
