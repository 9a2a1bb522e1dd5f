"""What a canvas gives its words and pictures grows with the type."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetrics

from metalearn_gui.engine.presets import preset
from metalearn_gui.ui.canvas import CANVASES
from metalearn_gui.ui.canvas.image import ImageCanvas
from metalearn_gui.ui.canvas.pictures import PicturesCanvas
from metalearn_gui.ui.canvas.surface import Surface
from metalearn_gui.ui.canvas.vector import VectorCanvas
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.zoom import set_zoom
from tests.ui.fake_session import FakeSession
from tests.ui.hand import session_for

ZOOM = 1.5
WIDTH, HEIGHT = 700, 420


@pytest.fixture(autouse=True)
def usual_size(qapp) -> Iterator[None]:
    yield
    set_zoom(1.0)


def places(surface: Surface) -> list[QRectF]:
    """The frame, and what else has a place."""
    if isinstance(surface, VectorCanvas):
        return [surface.frame(), surface.loss_axes().frame]
    if isinstance(surface, ImageCanvas):
        return [surface.frame(), *surface.boxes().values(), *surface._thumb_boxes()]
    if isinstance(surface, PicturesCanvas):  # its pictures have whole pixels for each of their numbers
        return [surface.frame(), QRectF(QPointF(), surface.placed.tools.size())]
    return [surface.frame()]


@pytest.mark.parametrize("family", ["vectors", "denoise", "glyphs", "blobs"])
def test_a_canvas_at_a_zoom_is_the_same_one_larger(qtbot, family: str) -> None:
    session = session_for(family, **({"form": "picture", "side": 8} if family == "denoise" else {}))
    surface = CANVASES[session.settings.tasks.view](session)
    qtbot.addWidget(surface)
    found = []
    for zoom in (1.0, ZOOM):
        set_zoom(zoom)
        surface.resize(round(zoom * WIDTH), round(zoom * HEIGHT))
        with qtbot.waitExposed(surface):
            surface.show()
        found.append(places(surface))
    before, after = found
    assert len(after) == len(before)
    for one, other in zip(before, after, strict=True):
        grown = [ZOOM * number for number in one.getRect()]
        assert other.getRect() == pytest.approx(grown, abs=4)


@pytest.mark.parametrize("zoom", [1.0, ZOOM, 2.0])
def test_numbers_below_zero_keep_their_sign_beside_rows(qtbot, zoom: float) -> None:
    set_zoom(zoom)
    surface = VectorCanvas(FakeSession(preset("article")))
    qtbot.addWidget(surface)
    surface.resize(round(zoom * WIDTH), round(zoom * HEIGHT))
    assert surface.frame().left() - 7 >= QFontMetrics(ui_font(12)).horizontalAdvance("−1.5")
