"""Why a table is not read."""

from __future__ import annotations

import re
from pathlib import Path

from metalearn_gui.engine.params import SettingError

SHOWN_PATH = 60  # characters
FIELDS = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")  # pandas' word for it


def refusal(
    path: str | Path, why: str, what_to_do: str = "choose another file", setting: str = "Table"
) -> SettingError:
    """One line: the file, what is the matter with it, and what to do. setting: the label of the one that names it."""
    shown = str(path)
    shown = shown if len(shown) <= SHOWN_PATH else f"...{shown[-SHOWN_PATH + 3 :]}"
    return SettingError(f"{setting} (data) is {shown!r}: {' '.join(why.split())}; {what_to_do}")


def uneven_row(error: Exception) -> str:
    """What the parser says of a row of another length than those above it; "" where it says something else."""
    fields = FIELDS.search(str(error))
    if not fields:
        return ""
    expected, row, found = fields.groups()
    return f"row {row} has {found} cells, and the rows above it have {expected}"
