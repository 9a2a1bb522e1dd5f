"""A comparison as a page for others: self-contained HTML, or Markdown with its pictures beside it."""

from __future__ import annotations

from metalearn_gui.engine.report.page import Page, write_page
from metalearn_gui.engine.report.repeat import command_of, command_of_plan
from metalearn_gui.engine.report.story import page_of

__all__ = [
    "Page",
    "command_of",
    "command_of_plan",
    "page_of",
    "write_page",
]
