"""The pictures of a report, as SVG: curves, means with intervals, heat maps.

They take the page's text colour, so that they read on a light page and on a dark one; a learner's colour comes with a
dash of its own.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.intervals import in_one_notation
from metalearn_gui.engine.loss_range import EVERY, LossRange
from metalearn_gui.engine.report.element import Element, element
from metalearn_gui.engine.report.scale import Scale

# None is red: that is what diverged, in the window too.
COLOURS = ("#d97706", "#2563eb", "#059669", "#db2777", "#7c3aed", "#0891b2", "#a16207", "#4d7c0f", "#64748b")
DASHES = ("none", "7 3", "2 3", "9 3 2 3")
FAINT = {"stroke": "currentColor", "stroke_opacity": 0.25}
FONT, LETTER = 12, 6.6  # pixels: a line's, and an average letter's
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 1080, 400, 64, 190, 12, 40  # as wide as the page's text
ROW, NAMES = 26, 3.6 * LEFT  # of a plot of intervals
HEAT_ROW, HEAT_COLUMN = 34, 84
NARROWEST = 680  # on a small screen: below it a picture is scrolled, for its letters could not be read
DEEPEST, PALEST = 0.45, 0.5  # opacity of the lowest and of the highest loss, on which text reads; the palest between


@dataclasses.dataclass(frozen=True, eq=False)
class Series:
    """A curve with its name; low, high: what is shaded around it, if anything is; ended: x that have a ring."""

    label: str
    x: Array
    y: Array
    low: Array | None = None
    high: Array | None = None
    ended: Array | None = None


@dataclasses.dataclass(frozen=True)
class Band:
    """What is published, from low to high."""

    label: str
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class Mean:
    """A mean, half the width of its interval, and its learner's place among the curves, which gives the colour."""

    label: str
    mean: float
    half: float
    place: int

    @property
    def ends(self) -> tuple[float, float]:
        """Of its interval, lower and upper; one task has none: there both are the mean."""
        half = self.half if math.isfinite(self.half) else 0.0
        return self.mean - half, self.mean + half


def line_plot(
    series: Sequence[Series],
    x_label: str,
    y_label: str,
    bands: Sequence[Band] = (),
    x_names: Mapping[float, str] | None = None,
) -> Element:
    """Curves on logarithmic axes, each with its name at its end; x_names: names of their own for some x."""
    x_scale = Scale.around(all_of(one.x for one in series), LEFT, WIDTH - RIGHT, log=True)
    heights = all_of([*(one.y for one in series), *(np.array([band.low, band.high]) for band in bands)])
    y_scale = Scale.around(heights, HEIGHT - BOTTOM, TOP, log=True)
    picture = picture_of(WIDTH, HEIGHT, f"{y_label} by {x_label}")
    picture.extend([*_axis_x(x_scale, x_label, HEIGHT, x_names), *_axis_y(y_scale, y_label)])
    picture.extend(_bands(bands, y_scale))
    ends = []
    for place, one in enumerate(series):
        if len(one.x) == 1:  # what does not depend on x is a level, even where its own x has no place
            one = Series(one.label, np.array([x_scale.low, x_scale.high]), np.repeat(one.y, 2))
        points = points_of(one, x_scale, y_scale)
        if points:
            picture.extend(_curve(one, points, place, x_scale, y_scale))
            ends.append((points[-1][1], place, one.label))
    picture.extend(_names(ends))
    return picture


def interval_plot(means: Sequence[Mean], x_label: str) -> Element:
    """A mean and its 95 % interval in every row, on a logarithmic axis."""
    height = TOP + ROW * len(means) + BOTTOM
    reached = np.array([[one.mean, *one.ends] for one in means])
    scale = Scale.around(reached.ravel(), NAMES, WIDTH - 24.0, log=True)
    picture = picture_of(WIDTH, height, x_label)
    picture.extend(_axis_x(scale, x_label, height))
    for row, one in enumerate(means):
        y = TOP + ROW * (row + 0.5)
        picture.append(words(one.label, NAMES - 10, y + 4, "end", room=NAMES - 10))
        if math.isfinite(one.mean) and one.mean > 0:
            colour = COLOURS[one.place % len(COLOURS)]
            lower, upper = one.ends
            ends = [scale.at(max(lower, scale.low)), scale.at(upper)]
            picture.append(_line((ends[0], y), (ends[1], y), stroke=colour, stroke_width=3, stroke_opacity=0.45))
            picture.append(element("circle", cx=scale.at(one.mean), cy=y, r=4.5, fill=colour))
    return picture


def heat_map(values: Array, names: Sequence[Sequence[str]], titles: Sequence[str]) -> Element:
    """A mean loss in every cell, as the window has it: low ones orange, high ones blue, a ring round the lowest.

    Args:
        values: (rows, columns); NaN for a cell that is not known, infinite for one that diverged.
        names: of the rows, then of the columns. titles: of both axes, "" where there is but one row.
    """
    (num_rows, num_columns), line = values.shape, FONT + 6.0
    left, top = max(len(name) for name in (*names[0], titles[0])) * LETTER + 14.0, line if titles[0] else 4.0
    foot, middle = top + HEAT_ROW * num_rows, left + HEAT_COLUMN * num_columns / 2
    width = max(left + HEAT_COLUMN * num_columns, middle + len(titles[1]) * LETTER / 2) + 4
    picture = picture_of(width, foot + 2 * line + 4, " by ".join(title for title in titles if title))
    shares, best = LossRange.of(values, EVERY).shares(values), _lowest(values)
    for row, column in np.ndindex(*values.shape):
        x, y = left + HEAT_COLUMN * column, top + HEAT_ROW * row
        look = _heat(float(shares[row, column])) | ({"stroke": "currentColor"} if (row, column) == best else {})
        place = {"x": x + 1, "y": y + 1, "width": HEAT_COLUMN - 3, "height": HEAT_ROW - 3, "rx": 3}
        picture.append(element("rect", **place, **look, stroke_width=2))
        text = _loss_text(float(values[row, column]))
        picture.append(words(text, x + HEAT_COLUMN / 2, y + HEAT_ROW / 2 + 4, "middle"))
    picture.append(words(titles[0], left - 8, FONT, "end"))
    picture.append(words(titles[1], middle, foot + 2 * line - 2, "middle"))
    for row, name in enumerate(names[0]):
        picture.append(words(name, left - 8, top + HEAT_ROW * (row + 0.5) + 4, "end"))
    for column, name in enumerate(names[1]):
        at = left + HEAT_COLUMN * (column + 0.5)
        picture.append(words(name, at, foot + FONT + 2.0, "middle", room=HEAT_COLUMN))
    return picture


def _lowest(values: Array) -> tuple[int, ...] | None:
    """The place of the lowest finite value."""
    known = np.where(np.isfinite(values), values, np.inf)
    return tuple(map(int, np.unravel_index(known.argmin(), values.shape))) if np.isfinite(known).any() else None


def _heat(share: float) -> dict[str, object]:
    """The look of a cell by its place between the lowest loss, 0, and the highest, 1; of none where it has no loss."""
    if math.isnan(share):
        return {"fill": "none"} | FAINT
    colour, depth = (COLOURS[0], 1.0 - share / PALEST) if share < PALEST else (COLOURS[1], share / PALEST - 1.0)
    return {"fill": colour, "fill_opacity": DEEPEST * depth}


def _loss_text(loss: float) -> str:
    return number(loss) if math.isfinite(loss) else "–" if math.isnan(loss) else "diverged"


def picture_of(width: float, height: float, title: str) -> Element:
    """An empty picture of so many pixels, with what it is for those who cannot see it."""
    named = element("title", title)
    size = {"viewBox": f"0 0 {width:g} {height:g}", "width": f"{width:g}", "height": f"{height:g}"}
    look = {"font_family": "system-ui, sans-serif", "font_size": FONT, "color": "#64748b"}
    look["style"] = f"min-width: {min(width, NARROWEST):g}px"
    return element("svg", named, role="img", **look, **size)


def all_of(values: Iterable[Array]) -> Array:
    """Every value of some arrays, in one row."""
    return np.concatenate([np.zeros(0), *(np.ravel(one) for one in values)])


def points_of(one: Series, x_scale: Scale, y_scale: Scale, within: Scale | None = None) -> list[tuple[float, float]]:
    """Where the values lie; those that have no place are left out. within: no further than this scale's ends."""
    found = []
    for x, y in zip(one.x.tolist(), one.y.tolist(), strict=True):
        kept = min(max(y, within.low), within.high) if within else y
        place = (x_scale.at(x), y_scale.at(kept))
        if all(map(math.isfinite, place)):
            found.append(place)
    return found


def _curve(
    one: Series, points: Sequence[tuple[float, float]], place: int, x_scale: Scale, y_scale: Scale
) -> list[Element]:
    colour = COLOURS[place % len(COLOURS)]
    drawn = [path(points, colour, DASHES[place % len(DASHES)])]
    drawn.append(element("circle", cx=points[-1][0], cy=points[-1][1], r=3.5, fill=colour))
    ends = np.empty(0) if one.ended is None else one.ended
    for x, y in points_of(Series("", ends, np.interp(ends, one.x, one.y)), x_scale, y_scale):
        ring = {"fill": "none", "stroke": colour, "stroke_width": 1.5}
        drawn.append(element("circle", cx=x, cy=y, r=4, **ring))
    if one.low is not None and one.high is not None and (one.low < one.high).any():
        upper, lower = (points_of(Series("", one.x, end), x_scale, y_scale, y_scale) for end in (one.high, one.low))
        outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *reversed(lower)])
        drawn.insert(0, element("polygon", points=outline, fill=colour, fill_opacity=0.14))
    return drawn


def path(points: Sequence[tuple[float, float]], colour: str, dash: str, opacity: float = 1.0) -> Element:
    """A line through places; dash: as SVG has it, or "none"."""
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    look = {"stroke": colour, "stroke_width": 2, "stroke_dasharray": dash, "stroke_opacity": opacity}
    return element("polyline", points=places, fill="none", **look)


def _bands(bands: Sequence[Band], scale: Scale) -> list[Element]:
    """From top to bottom; one whose name would lie over another's has it under the pointer."""
    drawn, named_at = [], -math.inf
    for band in sorted(bands, key=lambda band: -band.high):
        low, high = scale.at(band.low), scale.at(band.high)
        size = {"width": WIDTH - RIGHT - LEFT, "height": max(low - high, 2.0)}
        title = element("title", band.label)
        drawn.append(element("rect", title, x=LEFT, y=high, **size, fill="currentColor", fill_opacity=0.22))
        if high - named_at >= FONT + 2.0:
            drawn.append(words(band.label, LEFT + 6, high - 4, "start"))
            named_at = high
    return drawn


def _names(ends: Sequence[tuple[float, int, str]]) -> list[Element]:
    """Names at the curves' ends, none over another; as high as they must for all to have room."""
    placed, lowest = [], TOP + 0.0
    room = (len(ends) - 1) * (FONT + 2.0)
    for y, place, name in sorted(ends):
        lowest = max(min(y + 4, HEIGHT - BOTTOM - room), lowest)
        room -= FONT + 2.0
        colour = COLOURS[place % len(COLOURS)]
        placed.append(words(name, WIDTH - RIGHT + 10, lowest, "start", colour, RIGHT - 10))
        lowest += FONT + 2.0
    return placed


def _axis_x(scale: Scale, label: str, height: float, names: Mapping[float, str] | None = None) -> list[Element]:
    foot = height - BOTTOM
    drawn = [words(label, (scale.start + scale.end) / 2, height - 6, "middle")]
    for value, name in ({one: _named(one) for one in scale.ticks()} | dict(names or {})).items():
        x = scale.at(value)
        drawn.append(_line((x, TOP), (x, foot), **FAINT))
        drawn.append(words(name, x, foot + FONT + 4, "middle"))
    return drawn


def _axis_y(scale: Scale, label: str) -> list[Element]:
    middle = (TOP + HEIGHT - BOTTOM) / 2
    drawn = [words(label, 0, 0, "middle")]
    drawn[0].set("transform", f"translate({FONT} {middle:g}) rotate(-90)")
    for value in scale.ticks():
        y = scale.at(value)
        drawn.append(_line((LEFT, y), (WIDTH - RIGHT, y), **FAINT))
        drawn.append(words(_named(value), LEFT - 8, y + 4, "end"))
    return drawn


def _line(start: tuple[float, float], end: tuple[float, float], **look: object) -> Element:
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **look)


def words(text: str, x: float, y: float, anchor: str, colour: str = "currentColor", room: float = math.inf) -> Element:
    """Text at a place, which is its "start", "middle" or "end"; what is cut to the room says all of it on a touch."""
    most = math.floor(min(room, 1e6) / LETTER)
    shown = text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
    drawn = element("text", shown, x=float(x), y=float(y), text_anchor=anchor, fill=colour)
    if shown != text:
        drawn.append(element("title", text))
    return drawn


def _named(value: float) -> str:
    """An axis value in as few characters as tell it."""
    for power, unit in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= power:
            return f"{value / power:g} {unit}"
    return f"{value:g}"


def number(value: float, digits: int = 3) -> str:
    """As people read it: to so many digits, and without powers of ten where it is neither tiny nor huge."""
    if not math.isfinite(value):
        return "not finite"
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:g}" if 1e-4 <= abs(rounded) < 1e6 or not rounded else f"{rounded:.{digits}g}"


def with_interval(mean: float, half: float, digits: int = 3) -> str:
    """A mean to so many digits and half the width of its interval, which one task or what is not finite has none of."""
    if not (math.isfinite(mean) and math.isfinite(half)):
        return number(mean, digits)
    return " ± ".join(in_one_notation(mean, half, functools.partial(number, digits=digits), digits))
