"""What is built at a zoom is as large as what was built before and taken there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget

from metalearn_gui.engine.presets import preset
from metalearn_gui.ui.editors import Switch
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.views.inside import InsideView
from metalearn_gui.ui.zoom import UNBOUNDED, fit_new, rescale, set_zoom

ZOOM = 1.5


@pytest.fixture(autouse=True)
def usual_size(qapp) -> Iterator[None]:
    yield
    set_zoom(1.0)


def fixed(top: QWidget) -> list[tuple[str, int, int]]:
    """Who has a greatest size, and which, in order; neither Qt's own nor what fits itself to its room."""
    widgets = (top, *top.findChildren(QWidget))
    parts = [one for one in widgets if not (one.objectName().startswith("qt_") or isinstance(one, ElidedLabel))]
    sizes = [(type(one).__name__, one.maximumWidth(), one.maximumHeight()) for one in parts]
    return [size for size in sizes if min(size[1:]) < UNBOUNDED / 100]


def test_a_view_built_at_a_zoom_is_as_large_as_one_taken_there(session, qtbot) -> None:
    before = InsideView(session)
    qtbot.addWidget(before)
    set_zoom(ZOOM)
    rescale(before, ZOOM)
    after = fit_new(InsideView(session))
    qtbot.addWidget(after)
    apart = [pair for pair in zip(fixed(before), fixed(after), strict=True) if differs(*pair)]
    assert apart == []


def differs(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    """By more than rounding does, be it of type or of places."""
    return one[0] != other[0] or any(abs(a - b) > 3 for a, b in zip(one[1:], other[1:], strict=True))


def test_a_switch_built_at_a_zoom_is_as_large_as_it_is_drawn(qtbot) -> None:
    set_zoom(ZOOM)
    row = QWidget()
    qtbot.addWidget(row)
    switch = fit_new(Switch(preset("first-steps").param("fixed_points"), row))
    assert switch.maximumSize().toTuple() == (ZOOM * Switch.WIDTH, ZOOM * (Switch.HEIGHT + 4))
