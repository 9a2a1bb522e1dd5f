"""Images of classes from a zip or a folder, as one array of small pictures. Nothing that a file says is trusted."""

from __future__ import annotations

from metalearn_gui.engine.images.library import LIBRARY, Library, Wanted
from metalearn_gui.engine.images.pictures import Pictures

__all__ = ["LIBRARY", "Library", "Pictures", "Wanted"]
