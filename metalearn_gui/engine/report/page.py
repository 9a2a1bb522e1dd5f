"""A page of text, pictures and tables, and its two forms."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from metalearn_gui.engine.export.whole import ExportError, write_whole
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.report.element import Element, as_html, as_svg, element

STYLE = """
:root { color-scheme: light dark; --line: #8884; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
figure { margin: 1rem 0; overflow-x: auto; } figcaption { opacity: .7; }
svg { max-width: 100%; height: auto; color: #334155; }
svg text[fill^="#"] { filter: brightness(.72); }
.scrolled { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th[scope="row"] { font-weight: normal; min-width: 11rem; }
td.figure { white-space: nowrap; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .8rem; }
pre { border: 1px solid var(--line); border-radius: 6px; }
@media (prefers-color-scheme: dark) {
  svg { color: #a8b3c4; }
  svg text[fill^="#"], svg polyline, svg circle { filter: brightness(1.6); }
}
@media print {
  body { max-width: none; margin: 0; font-size: 11px; }
  figure, tr, pre { break-inside: avoid; }
  h2, p:has(+ pre) { break-after: avoid; }
  .scrolled { overflow: visible; }
  table { font-size: 9px; }
  th[scope="row"] { min-width: 6rem; }
  svg { min-width: 0 !important; }
}
"""


@dataclasses.dataclass(frozen=True, eq=False)
class Picture:
    """drawing: an svg element. caption: what it shows, in a sentence."""

    drawing: Element
    caption: str


@dataclasses.dataclass(frozen=True)
class Table:
    """Cells as text; bold: the (row, column) of those that stand out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bold: frozenset[tuple[int, int]] = frozenset()


@dataclasses.dataclass(frozen=True)
class Code:
    """Lines to be typed."""

    text: str


Block = str | Picture | Table | Code


@dataclasses.dataclass(frozen=True, eq=False)
class Section:
    """A heading and what stands under it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclasses.dataclass(frozen=True, eq=False)
class Page:
    """A report."""

    title: str
    lead: str
    sections: tuple[Section, ...]


def write_page(path: str, page: Page) -> None:
    """Write it as its suffix says: .html alone, or .md with its pictures as SVG files beside it.

    Each file is there whole or stays as it was.

    Raises:
        SettingError: another suffix, or a place that cannot be written to.
    """
    place, forms = Path(path), {".html": _write_html, ".md": _write_markdown}
    if place.suffix.lower() not in forms:
        raise SettingError(f"A report is written as .html or .md; {place.name} is neither: choose one of the two")
    try:
        forms[place.suffix.lower()](place, page)
    except ExportError as error:
        if isinstance(error.__cause__, OSError):
            reason = error.__cause__.strerror
            raise SettingError(f"The report {path} cannot be written ({reason}); choose another place") from None
        raise SettingError(f"The report cannot be written: {error}") from None  # it says what to do


def _write_text(place: Path, text: str) -> None:
    def write(beside: Path) -> None:
        beside.write_text(text, encoding="utf-8")

    write_whole(place, write)


# --- HTML -----------------------------------------------------------------------------------------


def _write_html(place: Path, page: Page) -> None:
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", page.title),
        element("style", STYLE),
    )
    body = element("body", element("h1", page.title), element("p", page.lead))
    for section in page.sections:
        body.append(element("h2", section.heading))
        body.extend(_html(block) for block in section.blocks)
    text = as_html(element("html", head, body, lang="en"))
    _write_text(place, f"<!DOCTYPE html>\n{text}\n")


def _html(block: Block) -> Element:
    if isinstance(block, Picture):
        return element("figure", block.drawing, element("figcaption", block.caption))
    if isinstance(block, Table):
        return _html_table(block)
    if isinstance(block, Code):
        return element("pre", block.text)
    return element("p", block)


def _html_table(table: Table) -> Element:
    head = element("tr", *(element("th", name, scope="col") for name in table.columns))
    rows = (
        element("tr", *(_cell(text, (row, column) in table.bold, column == 0) for column, text in enumerate(cells)))
        for row, cells in enumerate(table.rows)
    )
    whole = element("table", element("thead", head), element("tbody", *rows))
    return element("div", whole, class_="scrolled", tabindex="0", role="region", aria_label=table.columns[0])


def _cell(text: str, is_bold: bool, is_name: bool) -> Element:
    """The first of a row names it; a figure stays on its line."""
    shown = element("strong", text) if is_bold else text
    if is_name:
        return element("th", shown, scope="row")
    return element("td", shown, class_="figure") if text[:1].isdigit() else element("td", shown)


# --- Markdown -------------------------------------------------------------------------------------


def _write_markdown(place: Path, page: Page) -> None:
    lines, pictures = [f"# {page.title}", page.lead], 0
    for section in page.sections:
        lines.append(f"## {section.heading}")
        for block in section.blocks:
            if isinstance(block, Picture):
                pictures += 1
                beside = place.with_name(f"{place.stem}-{pictures}.svg")
                _write_text(beside, as_svg(block.drawing))
                lines.append(f"![{block.caption}]({beside.name})")
            else:
                lines.append(_markdown(block))
    _write_text(place, "\n\n".join(lines) + "\n")


def _markdown(block: str | Table | Code) -> str:
    if isinstance(block, Table):
        rows = [
            [f"**{text}**" if (row, column) in block.bold else text for column, text in enumerate(cells)]
            for row, cells in enumerate(block.rows)
        ]
        return markdown_table(block.columns, rows)
    return f"```sh\n{block.text}\n```" if isinstance(block, Code) else block


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table that people read and programs render."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |" for cells in lines)
