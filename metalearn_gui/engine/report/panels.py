"""One unseen task as every learner sees it, each in a panel of its own."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.report.element import Element, element
from metalearn_gui.engine.report.plots import (
    COLOURS,
    FAINT,
    FONT,
    WIDTH,
    Series,
    all_of,
    path,
    picture_of,
    points_of,
    words,
)
from metalearn_gui.engine.report.scale import Scale

COLUMNS, GAP = 6, 12
PANEL = WIDTH // COLUMNS - GAP


def task_panels(predicted: Sequence[Series], truth: Series | None, points: Series) -> Element:
    """What every learner makes of the same support points, each in a panel of its own; dotted: the truth."""
    columns, rows = _shape(len(predicted))
    tall = PANEL + 2 * FONT + GAP
    picture = picture_of(columns * (PANEL + GAP), rows * tall, "The same unseen task for every learner")
    heights = all_of([points.y, *([truth.y] if truth is not None else [])])
    for place, one in enumerate(predicted):
        left, top = place % columns * (PANEL + GAP), place // columns * tall
        x_scale = Scale(float(one.x.min()), float(one.x.max()), left, left + PANEL)
        y_scale = Scale.around(heights, top + PANEL, top)
        picture.append(element("rect", x=left, y=top, width=PANEL, height=PANEL, rx=4, fill="none", **FAINT))
        if truth is not None:
            picture.append(path(points_of(truth, x_scale, y_scale, y_scale), "currentColor", "1 4", 0.7))
        picture.append(path(points_of(one, x_scale, y_scale, y_scale), COLOURS[place % len(COLOURS)], "none"))
        for x, y in points_of(points, x_scale, y_scale):
            picture.append(element("circle", cx=x, cy=y, r=3, fill="currentColor"))
        picture.append(words(one.label, left, top + PANEL + FONT + 4.0, "start", room=PANEL + GAP))
    return picture


def plane_panels(shares: Mapping[str, Array], points: Array, classes: Array, ends: tuple[float, float]) -> Element:
    """The same for points of a plane: every class in its colour, as deep as the learner is sure.

    Args:
        shares: the probability of every class by the panel's name, (side, side, ways), rows upwards.
        points: (points, 2), of these classes (points,). ends: of both coordinates.
    """
    (columns, rows), tall = _shape(len(shares)), PANEL + 2 * FONT + GAP
    picture = picture_of(columns * (PANEL + GAP), rows * tall, "The same unseen task for every learner")
    for place, (name, values) in enumerate(shares.items()):
        left, top = place % columns * (PANEL + GAP), place // columns * tall
        size = {"x": left, "y": top, "width": PANEL, "height": PANEL}
        picture.append(element("image", href=_as_image(values), **size, preserveAspectRatio="none"))
        picture.append(element("rect", **size, fill="none", **FAINT))
        x_scale, y_scale = Scale(*ends, left, left + PANEL), Scale(*ends, top + PANEL, top)
        for (x, y), kind in zip(points.tolist(), classes.tolist(), strict=True):
            if ends[0] <= min(x, y) and max(x, y) <= ends[1]:
                look = {"fill": COLOURS[kind % len(COLOURS)], "stroke": "#ffffff", "stroke_width": 1}
                picture.append(element("circle", cx=x_scale.at(x), cy=y_scale.at(y), r=4, **look))
        picture.append(words(name, left, top + PANEL + FONT + 4.0, "start", room=PANEL + GAP))
    return picture


def _shape(count: int) -> tuple[int, int]:
    """Columns and rows, as even as goes: seven are four and three."""
    rows = -(-count // COLUMNS)
    return -(-count // rows), rows


def _as_image(shares: Array) -> str:
    """Probabilities as a picture within the page: classes mixed by their shares, faint where none leads."""
    ways = shares.shape[-1]
    colours = np.array([[int(COLOURS[k % len(COLOURS)][i : i + 2], 16) for i in (1, 3, 5)] for k in range(ways)])
    depth = (shares.max(axis=-1, keepdims=True) - 1.0 / ways) / (1.0 - 1.0 / ways)
    pixels = np.concatenate([shares @ colours, 160.0 * depth], axis=-1)[::-1]
    held = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(held, "PNG")
    return "data:image/png;base64," + base64.b64encode(held.getvalue()).decode("ascii")
