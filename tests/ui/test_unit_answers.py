"""A unit of the network under the mouse, laid over the canvas."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt

from metalearn_gui.bridge.session import Session
from metalearn_gui.bridge.touches import UnitAnswers
from metalearn_gui.bridge.way import Way
from metalearn_gui.engine import Options, preset
from metalearn_gui.engine.learners.base import View
from metalearn_gui.ui.canvas import CANVASES
from metalearn_gui.ui.network_drawing import answers_of
from metalearn_gui.ui.network_maps import tiles
from metalearn_gui.ui.panels.network import NetworkPanel
from tests.ui.hand import mouse, session_for


def point_at(panel: NetworkPanel, column: int, place: int) -> None:
    centre = panel.view._unit_rects(column)[place].center()
    mouse(panel.view, QEvent.Type.MouseMove, centre, Qt.MouseButton.NoButton)


@pytest.fixture
def panel(session, qtbot) -> NetworkPanel:
    panel = NetworkPanel(session)
    qtbot.addWidget(panel)
    panel.resize(264, 340)
    panel.show()
    return panel


def test_a_unit_under_the_mouse_is_laid_over_the_canvas_and_leaves_with_it(panel, session):
    point_at(panel, 1, 2)
    layer, unit = panel.view.unit_pointed
    laid = session.unseen.laid_over
    params, grid = session.shown_state.learner.params, session.unseen.touched.grid
    expected = np.maximum(grid @ params["w0"] + params["b0"], 0.0)[:, unit]
    np.testing.assert_allclose(laid.values, expected, rtol=1e-5, atol=1e-6)
    assert (layer, unit) == (1, panel.view.layers[1].units[2])
    assert str(unit + 1) in laid.name
    mouse(panel.view, QEvent.Type.MouseMove, QPointF(1, 1), Qt.MouseButton.NoButton)
    assert session.unseen.laid_over is None


def test_arrows_lead_from_unit_to_unit_and_escape_or_another_focus_lets_go(panel, session, qtbot):
    panel.view.setFocus(Qt.FocusReason.TabFocusReason)
    units = [layer.units for layer in panel.view.layers]
    found = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Left):
        qtbot.keyClick(panel.view, key)
        found.append(panel.view.unit_pointed)
        assert session.unseen.laid_over.name == panel.view.unit_name(*found[-1])
        assert str(found[-1][1] + 1) in panel.view.accessibleDescription()
    first, second = units[1][:2]
    assert found == [(1, first), (1, second), (2, units[2][1]), (2, units[2][0]), (2, units[2][0]), (1, first)]
    qtbot.keyClick(panel.view, Qt.Key.Key_Escape)
    assert (session.unseen.laid_over, panel.view.unit_pointed) == (None, (-1, -1))
    qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    assert session.unseen.laid_over is not None
    panel.view.clearFocus()
    assert session.unseen.laid_over is None


def test_what_is_laid_over_follows_the_step_and_is_asked_for_no_longer_than_it_is_seen(panel, session):
    way, unseen, params = session.inside.way, session.unseen, session.shown_state.learner.params
    point_at(panel, 1, 2)
    unit, start = panel.view.unit_pointed[1], unseen.laid_over
    assert way.watchers == 1
    moved = np.stack([params["b0"] + step for step in range(3)])
    way.show(Way(None, unseen.touched, {"b0": moved, "context": np.zeros((3, 5))}))
    for step in (0, 1, 2, 5):
        unseen.set_step(step)
        expected = np.maximum(unseen.touched.grid @ params["w0"] + params["b0"] + min(step, 2), 0.0)[:, unit]
        np.testing.assert_allclose(unseen.laid_over.values, expected, rtol=1e-5, atol=1e-6)
        assert unseen.laid_over.name == f"{start.name}, step {step}"
    unseen.new_task()
    panel._draw()
    assert unseen.laid_over.name == start.name  # until it is known how this one is adapted to
    mouse(panel.view, QEvent.Type.MouseMove, QPointF(1, 1), Qt.MouseButton.NoButton)
    assert (way.watchers, unseen.laid_over) == (0, None)


def test_the_unit_that_is_laid_over_is_marked_in_its_picture(panel):
    before = panel.view.grab().toImage()
    point_at(panel, 1, 2)
    assert panel.view.grab().toImage() != before
    mouse(panel.view, QEvent.Type.MouseMove, QPointF(1, 1), Qt.MouseButton.NoButton)
    assert panel.view.grab().toImage() == before


CARD_SAYS = [
    ("cnp", "a whole support set"),
    ("nearest", "nothing is learned"),
    ("glyphs", "No picture of this network yet"),
]


@pytest.mark.parametrize(("learner", "words"), CARD_SAYS)
def test_where_no_network_is_drawn_the_card_says_why(learner, words, qtbot):
    panel = NetworkPanel(Session(preset(learner), options=Options(compile=False)))
    qtbot.addWidget(panel)
    panel.show()
    panel._draw()
    assert words in panel.view._unit_text


def test_newer_weights_change_what_is_laid_over(panel, session):
    point_at(panel, 2, 0)
    before = session.unseen.laid_over
    panel._draw()
    assert session.unseen.laid_over is not before


def test_a_unit_that_a_narrower_network_lacks_is_laid_over_nothing(panel, session):
    session.change(hidden_dim=40)
    panel._draw()
    point_at(panel, 1, len(panel.view.layers[1].units) - 1)
    assert panel.view.unit_pointed[1] >= 8
    session.change(hidden_dim=8)
    panel._draw()
    assert panel.view.unit_pointed == (-1, -1)
    assert session.unseen.laid_over is None


def test_tasks_that_are_no_inputs_on_the_canvas_get_nothing(qtbot):
    session = session_for("vectors")
    panel = NetworkPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    panel.view.pointed.emit(1, 0)
    assert session.unseen.laid_over is None


def test_a_network_that_sees_more_than_the_input_sees_nothing_there():
    rng = np.random.default_rng(0)
    params = {"w0": rng.normal(size=(3, 4)), "b0": rng.normal(size=4), "w1": rng.normal(size=(4, 1))}
    x = rng.normal(size=(5, 1))
    inputs, hidden, _ = answers_of(params, "tanh", x)
    assert inputs.shape == (5, 3)
    np.testing.assert_allclose(hidden, np.tanh(x @ params["w0"][:1] + params["b0"]))
    assert answers_of({"w0": np.zeros((2, 2, 2))}, "relu", x) == []


@pytest.mark.parametrize("family", ["sinusoid", "moons"])
def test_what_is_laid_over_is_seen_on_the_canvas(family, qtbot):
    session = session_for(family)
    surface = CANVASES[session.shown.settings.tasks.view](session)
    qtbot.addWidget(surface)
    surface.resize(500, 320)
    surface.show()
    before = surface.grab().toImage()
    grid = session.unseen.touched.grid
    session.unseen.lay_over(UnitAnswers("hidden 1", grid[:, 0].astype(float)))
    assert surface.grab().toImage() != before
    session.unseen.lay_over(None)
    assert surface.grab().toImage() == before


# --- channels of a network that looks at images ----------------------------------------------------


MAPS = {"input": np.ones((8, 8, 1)), "block 1": np.random.default_rng(0).random((4, 4, 16))}


@pytest.fixture
def of_pictures(qtbot) -> NetworkPanel:
    session = session_for("glyphs")
    panel = NetworkPanel(session)
    qtbot.addWidget(panel)
    panel.resize(264, 340)
    panel.show()
    session.unseen.show_views([View("maps", MAPS)])
    panel._draw()
    return panel


def channel_box(panel: NetworkPanel, column: int, place: int) -> QPointF:
    return tiles(panel.view._area, panel.view.columns)[column][place].center()


def test_a_channel_that_is_pointed_at_is_laid_over_the_first_query(of_pictures, qtbot):
    session = of_pictures.session
    canvas = CANVASES["pictures"](session)
    qtbot.addWidget(canvas)
    canvas.resize(700, 420)
    canvas.show()
    small, pad = canvas.placed.query[0].toRect(), canvas.desk.pad
    before = (canvas.grab(small).toImage(), pad.grab().toImage())
    mouse(of_pictures.view, QEvent.Type.MouseMove, channel_box(of_pictures, 1, 2), Qt.MouseButton.NoButton)
    channel = of_pictures.view.columns[1].channels[2]
    laid = session.unseen.laid_over
    assert laid.name == f"block 1 · {channel + 1}"
    np.testing.assert_allclose(laid.values, MAPS["block 1"][..., channel] / MAPS["block 1"].max())
    assert canvas.grab(small).toImage() != before[0]
    assert pad.grab().toImage() != before[1]
    canvas.choose_row(0)  # an example, of which the network was not asked
    example = pad.grab().toImage()
    mouse(of_pictures.view, QEvent.Type.MouseMove, QPointF(1, 1), Qt.MouseButton.NoButton)
    assert session.unseen.laid_over is None
    assert pad.grab().toImage() == example
    canvas.choose_row(len(session.unseen.touched.support.x))
    assert (canvas.grab(small).toImage(), pad.grab().toImage()) == before


def test_a_channel_that_is_pointed_at_is_laid_over_again_once_maps_of_another_step_are_there(of_pictures):
    mouse(of_pictures.view, QEvent.Type.MouseMove, channel_box(of_pictures, 1, 2), Qt.MouseButton.NoButton)
    unseen = of_pictures.session.unseen
    name = unseen.laid_over.name
    for views in ([], [View("maps", MAPS)]):
        unseen.show_views(views)
        of_pictures._draw()
    assert unseen.laid_over.name == name


def test_a_filter_shows_the_channel_that_it_makes_and_arrows_lead_there(of_pictures, qtbot):
    view = of_pictures.view
    view.show_maps(MAPS, np.random.default_rng(1).normal(size=(3, 3, 1, 16)))
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    (place, channel), laid = view.unit_pointed, of_pictures.session.unseen.laid_over
    assert view.columns[place].is_filters
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.unit_pointed == (place + 1, channel)
    np.testing.assert_array_equal(of_pictures.session.unseen.laid_over.values, laid.values)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert of_pictures.session.unseen.laid_over.values.shape == (8, 8)
