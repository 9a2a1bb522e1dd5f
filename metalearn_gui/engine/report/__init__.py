"""A comparison as a page for others: self-contained HTML, or Markdown with its pictures beside it."""

from __future__ import annotations

from metalearn_gui.engine.report.page import Page, write_page
from metalearn_gui.engine.report.repeat import command_of
from metalearn_gui.engine.report.story import comparison_page, little_data_page, search_page, sweep_page

__all__ = [
    "Page",
    "command_of",
    "comparison_page",
    "little_data_page",
    "search_page",
    "sweep_page",
    "write_page",
]
