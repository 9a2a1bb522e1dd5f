"""Canvases by TaskFamily.view; a new one is a file here and a line below."""

from __future__ import annotations

from metalearn_gui.ui.canvas.curve import CurveCanvas
from metalearn_gui.ui.canvas.image import ImageCanvas
from metalearn_gui.ui.canvas.pictures import PicturesCanvas
from metalearn_gui.ui.canvas.plane import PlaneCanvas
from metalearn_gui.ui.canvas.shelf import ShelfCanvas
from metalearn_gui.ui.canvas.surface import Surface
from metalearn_gui.ui.canvas.table.canvas import TableCanvas
from metalearn_gui.ui.canvas.vector import VectorCanvas

CANVASES: dict[str, type[Surface]] = {
    "curve": CurveCanvas,
    "plane": PlaneCanvas,
    "vector": VectorCanvas,
    "image": ImageCanvas,
    "pictures": PicturesCanvas,
    "ratings": ShelfCanvas,
    "table": TableCanvas,
}
