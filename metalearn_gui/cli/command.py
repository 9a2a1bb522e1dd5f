"""Picks the command, runs it, and turns whatever happens into an exit status and at most one line.

Imports nothing heavy: the window must be up within a second, and what Qt needs is looked for before Qt is.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Protocol

from metalearn_gui.cli.parser import BadInput, Options, Parser, with_guess

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
WINDOW = "metalearn_gui.cli.window"
COMMANDS = {
    "train": "metalearn_gui.cli.train",
    "evaluate": "metalearn_gui.cli.evaluate",
    "export": "metalearn_gui.cli.export",
    "list": "metalearn_gui.cli.listing",
    "compare": "metalearn_gui.cli.compare",
    "sweep": "metalearn_gui.cli.sweep",
    "search": "metalearn_gui.cli.search",
    "little-data": "metalearn_gui.cli.little_data",
    "benchmark": "metalearn_gui.cli.benchmark",
    "reproduce": "metalearn_gui.cli.reproduce",
}
LINK = "metalearn:"


class Command(Protocol):
    """What each module of this package is."""

    def parser(self) -> Parser: ...

    def run(self, options: Options) -> int: ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line in this process and return its exit status; bad input never raises.

    Args:
        arguments: without the program's name; None = those of the process.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    named = arguments[:1] and arguments[0] in COMMANDS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # stderr is for progress and for our own lines
            if not named:
                _refuse_mistyped(arguments)
            command: Command = importlib.import_module(COMMANDS[arguments[0]] if named else WINDOW)
            options = command.parser().parse_args(arguments[1:] if named else arguments)
            options.words = arguments  # a report says what to type to have it again
            return command.run(options)
    except SystemExit as leaving:  # --help, --version
        return leaving.code if isinstance(leaving.code, int) else DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has gone
        _leave_output()
        return FAILED
    except BadInput as error:
        say(str(error))
        return BAD_INPUT
    except Exception as error:
        return _report(error)


def is_link(text: str) -> bool:
    """Whether FILE is a link; store/link.py, which reads it, loads more than a window needs to open."""
    return text.startswith(LINK)


def missing(word: str) -> str:
    """The line for a word that is neither a command nor something to open; "" for what can be opened."""
    if not word or is_link(word) or os.path.exists(word):
        return ""
    to_open = "a session that `train` or the window saved, or a metalearn: link"
    commands = with_guess(word, COMMANDS, "the commands are")
    return f"There is no file and no command {word!r}; {commands} {', '.join(COMMANDS)}, and FILE is {to_open}"


def _refuse_mistyped(arguments: Sequence[str]) -> None:
    """Of a mistyped command, the words after it would be complained of."""
    line = missing(arguments[0]) if arguments and not arguments[0].startswith("-") else ""
    if line:
        raise BadInput(line)


def _leave_output() -> None:
    """Python would complain once more at exit about what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        _leave_output()
        say(
            f"{error.filename or 'The output'} cannot be written ({error.strerror}); make room, or choose another place"
        )
        return BAD_INPUT
    if isinstance(error, _bad_input_types()):
        say(str(error))
        return BAD_INPUT
    say(f"{type(error).__name__}: {error}. This is a fault of the program{_logged(error)}")
    return FAILED


def _bad_input_types() -> tuple[type[Exception], ...]:
    from metalearn_gui.engine.export import ExportError
    from metalearn_gui.engine.params import SettingError
    from metalearn_gui.store.session_file import StoreError

    return (SettingError, StoreError, ExportError)


def _logged(error: Exception) -> str:
    from metalearn_gui.store.home import log_file

    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write("".join(traceback.format_exception(error)))
    except OSError:
        return ""
    return f"; please report what {path} says"


def say(line: str) -> None:
    """One line on stderr."""
    print("metalearn-gui:", " ".join(line.split()), file=sys.stderr, flush=True)
