"""Argument parsing whose errors are one line. Standard library only."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from metalearn_gui import __version__

PROGRAM = "metalearn-gui"
LONGEST = 80  # characters of what came that a line repeats
Options = argparse.Namespace


class BadInput(ValueError):
    """What a person typed cannot be used; one line: what came, what was expected, what to do."""


class Parser(argparse.ArgumentParser):
    """Raises BadInput where argparse would print its usage and leave."""

    def __init__(self, command: str, description: str) -> None:
        program = f"{PROGRAM} {command}".strip()
        super().__init__(prog=program, description=description, allow_abbrev=False)
        self.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message}; `{self.prog} --help` says what there is")

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Options:  # type: ignore[override]
        """As argparse does it, with the nearest option beside one that there is not."""
        options: Options
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            help = with_guess(unknown[0].partition("=")[0], self._option_string_actions, "for all there are")
            raise BadInput(f"unrecognized arguments: {shortened(' '.join(unknown))}; {help}: `{self.prog} --help`")
        return options

    def add_json(self) -> None:
        """--json."""
        self.add_argument("--json", action="store_true", help="one JSON object on stdout, and nothing else")

    def add_source(self) -> argparse._MutuallyExclusiveGroup:
        """--preset and --settings: one of them, or one of what is added to the group."""
        source = self.add_mutually_exclusive_group()
        source.add_argument(
            "--preset", default="", metavar="KEY", help="start from a preset; `list presets` names them"
        )
        source.add_argument("--settings", metavar="FILE", help="start from a JSON file of settings")
        return source

    def add_budget(self, of: str) -> None:
        """--budget of so many seconds, tasks, gradient evaluations or meta-iterations."""
        self.add_argument(
            "--budget", default="", metavar="20s", help=f"{of}: seconds of computing (20s), 1e6tasks, 1e6gradients, "
            "2000iterations; by default its own num_iterations",
        )  # fmt: skip

    def add_set(self, help: str) -> None:
        """--set NAME=VALUE, any number of times."""
        help += "; may come again; `list --json` has the names"
        self.add_argument("--set", action="append", default=[], type=assignment, metavar="NAME=VALUE", help=help)


def with_guess(word: str, known: Iterable[str], rest: str) -> str:
    """What goes on in a line about a word that is none of these, first of all what it may have been meant for."""
    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean {near[0]}? {rest[:1].upper()}{rest[1:]}" if near else rest


def shortened(text: str, longest: int = LONGEST) -> str:
    """As much of it as has a place."""
    return text if len(text) <= longest else f"{text[: max(0, longest - 3)]}..."


def assignment(text: str) -> tuple[str, str]:
    """NAME=VALUE as a pair."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise argparse.ArgumentTypeError(f"{shortened(text)!r} is not NAME=VALUE, for example shots=5")
    return name.strip(), value.strip()


def whole_number(minimum: int, maximum: int) -> Callable[[str], int]:
    """A type for arguments: a whole number within bounds."""

    def convert(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = minimum - 1
        if not minimum <= number <= maximum:
            highest = f"{maximum:,}".replace(",", " ")
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number in [{minimum}, {highest}]")
        return number

    return convert


def listed(*known: str) -> Callable[[str], list[str]]:
    """A type for arguments: some of these words, with commas between."""

    def convert(text: str) -> list[str]:
        words = [word.strip() for word in text.split(",") if word.strip()]
        for word in words:
            if word not in known:
                raise argparse.ArgumentTypeError(f"{word!r} is not one of {', '.join(known)}")
        return words

    return convert


def assigned(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """The values of --set by name; of a name that comes twice the last one counts."""
    return dict(pairs)
