"""What goes to stdout or to a file: one JSON object, or tables for people."""

from __future__ import annotations

import errno
import json
import math
import tempfile
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from metalearn_gui.cli.parser import BadInput

PADDING = 3  # of a column: a space on each side and one between
EDGE = 1  # at both ends of a table there is one, too


def check_place(path: str, example: str, option: str = "--output") -> None:
    """Refuse an option's place that cannot be written to, before any work is done for it."""
    place = Path(path)
    try:
        if place.is_dir():
            raise BadInput(f"{option} {path} is a folder; name a file in it, for example {place / example}")
        if not place.parent.is_dir():
            raise BadInput(f"There is no folder {place.parent} for {option} {path}; make it, or choose another one")
        # To ask for the rights is not enough: root has them in /proc, too.
        tempfile.NamedTemporaryFile(prefix=f".{place.name}.", dir=place.parent).close()
    except BadInput:
        raise
    except ValueError:  # a null byte, or half of a character
        raise BadInput(f"{option} {path!r} is no name that a file can have; choose another one") from None
    except OSError as error:
        reason = "nothing can be made in that folder" if error.errno == errno.ENOENT else error.strerror
        raise BadInput(f"{option} {path} cannot be written ({reason}); choose another place") from None


def print_json(value: Any) -> None:
    """One JSON object; numbers that are not finite become null."""
    print(json.dumps(finite(value), allow_nan=False), flush=True)


def finite(value: Any) -> Any:
    """The value with null for every number that JSON does not have."""
    if isinstance(value, dict):
        return {name: finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table as wide as it needs to be; numbers to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(number(value) for value in row))
    Console().print(table)


def print_tables(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table whose words stay whole.

    Where it is too wide, the first column, which names the rows, takes several lines; columns that still have no place
    go into further tables below, the first column in each.
    """
    from rich.console import Console

    cells = [[number(value) for value in row] for row in rows]
    widths = [
        max([*map(len, heading.split()), *(len(row[place]) for row in cells)]) + PADDING
        for place, heading in enumerate(columns)
    ]
    room = Console().width
    words = (
        max(len(word) for name in (columns[0], *(row[0] for row in cells)) for word in name.split() or [""]) + PADDING
    )
    left = room - EDGE - sum(widths[1:])
    widths[0] = min(widths[0], left if left >= words else max(words, room // 3))
    for row in cells:
        row[0] = textwrap.fill(row[0], widths[0] - PADDING, break_on_hyphens=False)
    groups: list[list[int]] = [[0]]
    for place in range(1, len(columns)):
        if len(groups[-1]) > 1 and sum(widths[i] for i in groups[-1]) + widths[place] + EDGE > room:
            groups.append([0])
        groups[-1].append(place)
    for group in groups:
        part = [[row[place] for place in group] for row in cells]
        headings = [textwrap.fill(columns[place], widths[place] - PADDING) for place in group]
        print_table(title if group is groups[0] else "", headings, part)


def number(value: Any) -> str:
    """A number with four significant figures, anything else as it is."""
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
