"""What the numbers of a point are: a table's columns and labels, in the order in which an exported file takes them."""

from __future__ import annotations

import csv
from pathlib import Path

from metalearn_gui.engine.export.cells import text_cell
from metalearn_gui.engine.tasks.base import NamedNumber, TaskFamily

FILE_NAME = "columns.csv"
HEADER = ("side", "place", *NamedNumber._fields)


def write_points(family: TaskFamily, path: Path) -> None:
    """A row for each number that goes in or comes out; of classes the place is the class id.

    Args:
        family: one whose `named_numbers` are known.
    """
    named = family.named_numbers()
    assert named is not None
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for side, numbers in zip(("input", "output"), named, strict=True):
            writer.writerows((side, place, *map(text_cell, one)) for place, one in enumerate(numbers))
