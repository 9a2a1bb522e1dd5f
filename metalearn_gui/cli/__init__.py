"""The command line: `metalearn-gui`, the same as `python -m metalearn_gui`."""

from __future__ import annotations

from metalearn_gui.cli.command import main

__all__ = ["main"]
