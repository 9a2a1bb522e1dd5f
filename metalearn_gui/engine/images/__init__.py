"""Images of classes from a zip or a folder, as one array of small pictures. Nothing that a file says is trusted."""

from __future__ import annotations

from metalearn_gui.engine.images.in_memory import IMAGES, ImagesInMemory, Wanted
from metalearn_gui.engine.images.pictures import Pictures

__all__ = ["IMAGES", "ImagesInMemory", "Pictures", "Wanted"]
