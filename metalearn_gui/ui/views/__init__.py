"""What the window shows in place of the task: key -> class. A new view is one file here and one line below."""

from __future__ import annotations

from metalearn_gui.ui.view import View

VIEWS: dict[str, type[View]] = {}
