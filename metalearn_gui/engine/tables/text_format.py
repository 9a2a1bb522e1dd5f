"""How a text file writes its table: encoding, separator, decimal mark, header; seen from its first rows."""

from __future__ import annotations

import codecs
import csv
import re
from pathlib import Path
from typing import NamedTuple

from metalearn_gui.engine.tables.refusal import refusal

SEEN_BYTES = 2**18  # of the file's beginning
SEEN_ROWS = 200
MAX_COLUMNS = 5_000
MAX_LINE = 2**20  # bytes: a longer row is no row of a table
SEPARATORS = ",;\t|"
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
ENCODINGS = ("utf-8", "cp1252")  # tried in turn; latin-1 reads whatever is left
NUMBER = re.compile(r"\s*[-+]?(\d[\d']*)?([.,]\d*)?([eE][-+]?\d+)?\s*")
CODE = re.compile(r"\s*0\d+\s*")  # zeros in front: a postcode or a number of a thing, not an amount
COMMA_NUMBER = re.compile(r"\s*[-+]?\d*,\d+\s*")


class TextFormat(NamedTuple):
    """What pandas has to be told. decimal: "." or ","; width: columns; codes: those with zeros in front of numbers."""

    encoding: str
    separator: str
    decimal: str
    has_header: bool
    width: int
    codes: tuple[int, ...] = ()


def text_format(path: Path) -> TextFormat:
    """Look at the first rows.

    Raises:
        SettingError: no text, no rows, or rows beyond what a table has.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(SEEN_BYTES)
    encoding = _encoding(path, head)
    lines = _lines(path, head.decode(encoding, errors="replace"), is_whole=len(head) < SEEN_BYTES)
    separator = _separator(lines)
    rows = list(csv.reader(lines, delimiter=separator))
    width = max(len(row) for row in rows)
    if width > MAX_COLUMNS:
        raise refusal(path, f"it has {width:,} columns, and at most {MAX_COLUMNS:,} are read")
    has_header = _has_header(rows)
    if has_header and len(rows) > 1 and len(rows[1]) > len(rows[0]):  # pandas would take the first for names of rows
        raise refusal(path, f"row 2 has {len(rows[1])} cells, and its header {len(rows[0])}", "name every column")
    decimal = _decimal(rows[1:], separator)
    codes = tuple(
        place for place in range(width) if any(CODE.fullmatch(row[place]) for row in rows if place < len(row))
    )
    return TextFormat(encoding, separator, decimal, has_header, width, codes)


def _encoding(path: Path, head: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        raise refusal(path, f"it is no text: byte {head.index(0) + 1} is 0", "choose a CSV, TSV or Parquet file")
    for encoding in ENCODINGS:
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)  # the last character may be cut
            return encoding
        except UnicodeDecodeError:
            continue
    return "latin-1"


def _lines(path: Path, text: str, is_whole: bool) -> list[str]:
    lines = text.splitlines()
    if not is_whole and len(lines) > 1:
        lines = lines[:-1]  # cut in the middle
    lines = [line for line in lines if line.strip()][:SEEN_ROWS]
    if not lines:
        raise refusal(path, "there are no rows in it")
    if not is_whole and len(lines) == 1:
        raise refusal(path, f"its first row is longer than {SEEN_BYTES:,} bytes: expected rows of a table")
    return lines


def _separator(lines: list[str]) -> str:
    """The one that cuts most rows into the same number of cells, more than one."""

    def agreement(separator: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        common = max(set(widths), key=widths.count)
        return (widths.count(common) / len(widths) if common > 1 else 0.0), common

    return max(SEPARATORS, key=agreement)


def _decimal(rows: list[list[str]], separator: str) -> str:
    if separator == ",":
        return "."
    cells = [cell for row in rows for cell in row]
    commas = sum(bool(COMMA_NUMBER.fullmatch(cell)) for cell in cells)
    points = sum("." in cell and is_number(cell) for cell in cells)
    return "," if commas > points else "."


def is_number(cell: str) -> bool:
    """Whether a cell is written as a number, with either decimal mark."""
    return any(character.isdigit() for character in cell) and NUMBER.fullmatch(cell) is not None


def _has_header(rows: list[list[str]]) -> bool:
    """A first row without numbers is a header where numbers follow, or where its cells are all different and filled."""
    first, others = rows[0], rows[1:]
    if any(is_number(cell) for cell in first):
        return False
    if any(is_number(cell) for row in others for cell in row):
        return True
    return len(set(first)) == len(first) and all(cell.strip() for cell in first)
