from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt

from metalearn_gui.engine.learners.base import View
from metalearn_gui.ui.embedding import embedding, nearest_example
from metalearn_gui.ui.main_window import MainWindow
from metalearn_gui.ui.network_maps import tiles
from metalearn_gui.ui.panels import VIEW_PANELS
from metalearn_gui.ui.theme import theme
from metalearn_gui.ui.verdict_line import VerdictLine

STEPS = np.arange(11.0)
CONTEXT = np.stack([STEPS, 0.1 * STEPS, -STEPS], axis=1)[:, None]  # (steps + 1, one task, numbers)
VIEWS = {
    "rates": {"w0": np.array([[0.25, -0.5, 0.0]]), "b0": np.zeros(3), "w1": np.ones((3, 1)), "b1": np.ones(1)},
    "proposal": {"stages": np.ones(5), "change/w0": np.array([0.5, 0.25])},
    "context": {"context": CONTEXT},
    "clients": {name: np.ones(3) for name in ("points", "drawn", "weight", "before", "after")}
    | {name: np.array(1.0) for name in ("rounds", "bytes_down", "bytes_up")},
    "prototypes": {
        "prototypes": np.array([[[0.0, 0.0, 0.0], [4.0, 0.0, 0.0], [0.0, 3.0, 0.0]]]),
        "support": np.array([[[0.0, 0.0, 1.0], [4.0, 0.0, 0.0], [0.0, 3.0, 0.0]]]),
        "support_labels": np.array([[0, 1, 2]]),
        "query": np.array([[[1.0, 0.0, 9.0], [3.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]),
        "query_labels": np.array([[0, 1, 2]]),
    },
    "orders": {"angle": np.array([12.34]), "first": np.array([0.5]), "second": np.array([2.0])},
    "update_rule": {
        "gradient": np.array([-10.0, -1e-4, 0.0, 1e-4, 10.0]),
        "learned": np.stack([np.full(5, 0.01), np.full(5, -0.1), np.full(5, 1e-5)]),
        "adam": np.array([0.1, 0.1, 0.0, -0.1, -0.1]),
        "sgd": np.array([0.1, 1e-6, 0.0, -1e-6, -0.1]),
    },
}
BARS = {
    "context": [("c1", 2.0), ("c2", 0.2), ("c3", -2.0)],
    "orders": [("1st order", 0.5), ("2nd order", 2.0)],
}


@pytest.fixture
def window(session, qtbot):
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    session.unseen.set_step(2)
    return window


@pytest.mark.parametrize("kind", VIEW_PANELS)
def test_a_card_is_there_only_with_a_view_of_its_kind(kind, window, session):
    assert not window.panels[kind].isVisible()
    session.unseen.show_views([View(kind, VIEWS[kind])])
    assert [key for key in VIEW_PANELS if window.panels[key].isVisible()] == [kind]
    session.unseen.show_views([])
    assert not window.panels[kind].isVisible()


@pytest.mark.parametrize("kind", BARS)
def test_bars_name_the_numbers_of_the_shown_step(kind, window, session):
    session.unseen.show_views([View(kind, VIEWS[kind])])
    assert list(window.panels[kind].bars.bars) == BARS[kind]


def test_the_angle_between_both_orders_is_said_in_degrees(window, session):
    session.unseen.show_views([View("orders", VIEWS["orders"])])
    assert "12.3\N{DEGREE SIGN} apart" in window.panels["orders"]._hint.text()


# --- prototypes --------------------------------------------------------------------------------------


def test_the_map_tells_how_many_queries_are_nearest_to_their_own_prototype(window, session):
    session.unseen.show_views([View("prototypes", VIEWS["prototypes"])])
    panel = window.panels["prototypes"]
    assert panel.hint == "2 of 3 right"
    assert panel.map.accessibleDescription().startswith("2 of 3 queries lie nearest to their own class")
    assert not panel.map.grab().isNull()


def test_the_query_under_the_hand_is_marked_on_the_map(window, session):
    session.unseen.show_views([View("prototypes", VIEWS["prototypes"])])
    drawn = window.panels["prototypes"].map
    drawn.resize(300, 200)
    plain = drawn.grab().toImage()
    session.unseen.choose_row(3 + 1)
    marked = drawn.grab().toImage()
    assert marked != plain
    session.unseen.choose_row(0)  # an example is no query
    assert drawn.grab().toImage() == plain


def test_the_nearest_example_is_told_by_all_features():
    assert [nearest_example(VIEWS["prototypes"], query) for query in (0, 1, 2, 3)] == [0, 1, 0, None]


def test_the_map_keeps_the_distances_between_prototypes_and_is_never_mirrored():
    shown = embedding(VIEWS["prototypes"])
    prototypes = VIEWS["prototypes"]["prototypes"][0]
    for one, other in ((0, 1), (1, 2)):
        apart = np.linalg.norm(shown.prototypes[one] - shown.prototypes[other])
        assert apart == pytest.approx(np.linalg.norm(prototypes[one] - prototypes[other]))
    assert shown.spread == pytest.approx(1.0)
    assert shown.taken_for.tolist() == [0, 1, 0]
    mirrored = {
        name: values * [1, -1, 1] if values.ndim == 3 else values for name, values in VIEWS["prototypes"].items()
    }
    np.testing.assert_allclose(np.abs(embedding(mirrored).prototypes), np.abs(shown.prototypes))


@pytest.mark.parametrize("labels", [[0, 0, 0], []])
def test_a_class_without_examples_has_no_place_on_the_map(labels, window, session):
    view = dict(VIEWS["prototypes"])
    view |= {"support_labels": np.array([labels], int), "support": view["support"][:, : len(labels)]}
    shown = embedding(view)
    assert np.isfinite(shown.prototypes).all(axis=1).tolist() == [bool(labels), False, False]
    session.unseen.show_views([View("prototypes", view)])
    assert not window.panels["prototypes"].map.grab().isNull()


# --- maps --------------------------------------------------------------------------------------------


def test_the_network_card_shows_what_blocks_make_of_an_image(window, session):
    maps = {"input": np.ones((8, 8, 1)), "block 1": np.random.default_rng(0).random((4, 4, 16))}
    maps["block 1"][..., 9] = 5.0
    session.unseen.show_views([View("maps", maps)])
    panel = window.panels["network"]
    panel._draw()
    column = panel.view.columns[1]
    assert 9 in column.channels
    assert (len(column.channels), column.size, column.side) == (4, 16, 4)
    assert "4 of 16 channels" in panel._hint.text()
    box = tiles(QRectF(panel.view.rect()).adjusted(1, 1, -1, -1), panel.view.columns)[1][column.channels.index(9)]
    assert panel.view._text_at(box.center()) == "block 1, channel 10 of 16"
    session.unseen.show_views([])
    panel._draw()
    assert panel.view.columns == []


def test_the_filters_of_the_first_block_stand_before_the_channels_that_they_make(window, session, monkeypatch):
    kernels = np.zeros((3, 3, 1, 16))
    kernels[:, :, 0, 9] = -2.0 * np.eye(3)
    state = session.shown_state
    learner = dataclasses.replace(state.learner, params={**state.learner.params, "w0": kernels})
    monkeypatch.setattr(type(session), "shown_state", dataclasses.replace(state, learner=learner))
    block = np.zeros((4, 4, 16))
    block[..., 9] = 1.0
    session.unseen.show_views([View("maps", {"input": np.ones((8, 8, 1)), "block 1": block})])
    panel = window.panels["network"]
    panel._draw()
    _, filters, drawn = panel.view.columns
    assert filters.channels == drawn.channels
    np.testing.assert_array_equal(filters.maps[filters.channels.index(9)], -np.eye(3))
    boxes = tiles(QRectF(panel.view.rect()).adjusted(1, 1, -1, -1), panel.view.columns)
    names = [panel.view._text_at(column[filters.channels.index(9)].center()) for column in boxes[1:]]
    assert names == ["filters, channel 10 of 16", "block 1, channel 10 of 16"]
    at = boxes[1][filters.channels.index(9)].center().toPoint()  # the middle of the diagonal
    assert panel.view.grab().toImage().pixelColor(at) == theme().palette.before


def test_the_plots_stay_readable_beside_a_view(window, session, qtbot):
    window.resize(1440, 900)
    session.train(100)
    session.score()
    session.unseen.show_views([View("orders", VIEWS["orders"]), View("proposal", VIEWS["proposal"])])
    qtbot.wait(50)
    for key in ("meta_loss", "adaptation"):
        assert window.panels[key].plot.plot_area().height() >= 70


# --- rates -------------------------------------------------------------------------------------------


def test_rates_of_every_entry_lie_layer_by_layer(window, session):
    session.unseen.show_views([View("rates", VIEWS["rates"])])
    heat_map = window.panels["rates"].map
    assert [group.name for group in heat_map.groups] == ["layer 1", "layer 2"]
    assert [tile.values.shape for group in heat_map.groups for tile in group.tiles] == [(1, 3), (1, 3), (3, 1), (1, 1)]
    places = {tile.name: place for tile, place in heat_map._places()}
    first = places["w0"]
    assert heat_map.text_at(first.center()) == "w0[2]  \N{MINUS SIGN}0.5"
    assert heat_map.text_at(places["w1"].bottomRight() - QPointF(1, 1)) == "w1[3, 1]  1"
    assert heat_map.text_at(QPointF(heat_map.width() - 1.0, 1.0)) == ""


def test_a_rate_s_colour_says_its_sign(window, session, qtbot):
    session.unseen.show_views([View("rates", VIEWS["rates"])])
    qtbot.wait(20)
    heat_map = window.panels["rates"].map
    place = next(place for tile, place in heat_map._places() if tile.name == "w0")
    image = heat_map.grab().toImage()
    colors = [image.pixelColor((place.topLeft() + QPointF(place.width() * x, 6)).toPoint()) for x in (0.17, 0.5, 0.83)]
    plus, minus, zero = colors
    assert plus.red() > plus.blue()
    assert minus.blue() > minus.red()
    assert len({color.name() for color in (plus, minus, zero)}) == 3


def test_rates_of_every_step_are_a_row_for_each_parameter(window, session):
    session.unseen.show_views([View("rates", {"w0": np.array([0.1, 0.2, 0.3]), "b0": np.array([0.4, 0.5, 0.6])})])
    ((tile,),) = [group.tiles for group in window.panels["rates"].map.groups]
    assert tile.row_names == ("w0", "b0")
    assert tile.values.tolist() == [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]


def test_a_rate_never_runs_out_of_its_cell(window, session):
    session.unseen.show_views(
        [View("rates", {"w0": np.array([0.000812, -0.000817]), "b0": np.array([0.4, -0.0000123])})]
    )
    heat_map = window.panels["rates"].map
    ((tile,),) = [group.tiles for group in heat_map.groups]
    for width in (90.0, 60.0, 44.0, 20.0):
        widths = [
            heat_map.fontMetrics().horizontalAdvance(text) for row in heat_map.cell_texts(tile, width) for text in row
        ]
        assert all(text_width <= width for text_width in widths)
    assert heat_map.cell_texts(tile, 90.0)[0] == ["0.000812", "\N{MINUS SIGN}0.000817"]
    assert heat_map.cell_texts(tile, 60.0)[0] == ["0.00081", "\N{MINUS SIGN}0.00082"]
    assert heat_map.cell_texts(tile, 20.0) == []


# --- context -----------------------------------------------------------------------------------------


@pytest.fixture
def context(window, session):
    session.unseen.show_views([View("context", VIEWS["context"])])
    return window.panels["context"]


def test_the_pad_shows_the_two_numbers_that_moved_most(context):
    assert [axis.currentText() for axis in context.axes] == ["c1", "c3"]
    assert context.pad.point.tolist() == [2.0, -2.0]


def test_a_dragged_point_asks_for_its_context_and_stays_until_it_is_given_back(context, session, qtbot):
    pad = context.pad
    right_of_middle = QPoint(3 * pad.width() // 4, pad.height() // 2)
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=pad.rect().center())
    qtbot.mouseMove(pad, right_of_middle)
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=right_of_middle)
    across, kept, up = session.unseen.context.tolist()
    assert across > 0.2 * CONTEXT.max()
    assert abs(up) < 0.1 * CONTEXT.max()
    assert kept == pytest.approx(0.2)
    assert pad.point.tolist() == [across, up]
    session.unseen.set_step(5)
    assert pad.point.tolist() == [across, up]
    qtbot.mouseClick(context._own_again, Qt.MouseButton.LeftButton)
    assert session.unseen.context is None
    assert pad.point.tolist() == [5.0, -5.0]


def test_arrows_nudge_the_point_and_escape_gives_it_back(context, session, qtbot):
    context.pad.setFocus()
    step = session.unseen.step
    qtbot.keyClick(context.pad, Qt.Key.Key_Right)
    qtbot.keyClick(context.pad, Qt.Key.Key_Up)
    assert session.unseen.context[0] > 2.0
    assert session.unseen.context[2] > -2.0
    assert session.unseen.step == step
    qtbot.keyClick(context.pad, Qt.Key.Key_Escape)
    assert session.unseen.context is None


def test_another_number_can_be_put_on_an_axis(context, session):
    context.axes[1].setCurrentIndex(1)
    assert context.pad.point.tolist() == [2.0, pytest.approx(0.2)]


def test_a_lone_number_is_dragged_across(window, session, qtbot):
    session.unseen.show_views([View("context", {"context": CONTEXT[..., :1]})])
    pad = window.panels["context"].pad
    assert pad.point.tolist() == [2.0, 0.0]
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert session.unseen.context.shape == (1,)
    assert session.unseen.context[0] < 0


# --- update rule -------------------------------------------------------------------------------------


def test_the_learned_update_is_that_of_the_shown_step(window, session):
    session.unseen.show_views([View("update_rule", VIEWS["update_rule"])])
    panel = window.panels["update_rule"]
    x, learned = panel.lines["learned"].getData()
    assert x.tolist() == pytest.approx([-6.0, -1.0, 0.0, 1.0, 6.0])
    assert learned.tolist() == pytest.approx([-4.0] * 5)
    assert panel.lines["first"].getData()[1].tolist() == pytest.approx([3.0] * 5)
    assert "learned, step 2" in panel.legend.accessibleName()
    session.unseen.set_step(9)
    assert panel.lines["learned"].getData()[1].tolist() == pytest.approx([0.1] * 5)
    session.unseen.set_step(0)
    assert panel.legend.entries[0].text == "learned, step 1"
    assert len(panel.legend.entries) == 3


def test_ticks_of_an_update_plot_say_what_lies_there(window):
    axis = window.panels["update_rule"].plot.count_axis
    texts = [axis._text(place) for place in (-6, -1, 0, 1, 4)]
    assert texts == ["\N{MINUS SIGN}10", "\N{MINUS SIGN}0.0001", "0", "0.0001", "0.1"]


# --- room --------------------------------------------------------------------------------------------


def test_in_a_low_window_what_is_opened_makes_the_rest_fold(window, session, qtbot):
    session.unseen.show_views([View("context", VIEWS["context"])])
    window.resize(1024, 700)
    qtbot.wait(60)
    cards = {key: window.panels[key] for key in ("meta_loss", "context", "adaptation", "runs")}
    assert [key for key, card in cards.items() if not card.is_collapsed] == ["meta_loss", "context", "runs"]
    cards["adaptation"].toggle_collapsed()
    qtbot.wait(20)
    assert [key for key, card in cards.items() if not card.is_collapsed] == ["meta_loss", "adaptation", "runs"]
    cards["meta_loss"].toggle_collapsed()
    qtbot.wait(20)
    assert [key for key, card in cards.items() if not card.is_collapsed] == ["context", "adaptation", "runs"]
    window.resize(1440, 1200)
    qtbot.wait(60)
    assert [key for key, card in cards.items() if card.is_collapsed] == ["meta_loss"]
    for card in cards.values():
        assert window.rect().contains(card.rect().translated(card.mapTo(window, QPoint(0, 0))))


def test_every_open_card_is_as_high_as_it_needs_to_be_beside_many_runs(window, session, qtbot, monkeypatch):
    monkeypatch.setattr(VerdictLine, "show_verdict", lambda line, *_, **__: (line.setText("It pays"), line.show()))
    session.unseen.show_views([View("context", VIEWS["context"])])
    window.resize(1440, 900)
    for learner in ("fomaml", "reptile", "anil", "cavia"):
        session.train(100)
        session.score()
        session.change(learner=learner)
    session.train(100)
    session.score()
    cards = {key: window.panels[key] for key in ("meta_loss", "adaptation", "context", "runs")}
    qtbot.waitUntil(lambda: all(card.height() >= card.room for card in cards.values() if not card.is_collapsed))
    assert not cards["adaptation"].is_collapsed
    window.resize(1440, 700)  # nor does that keep it from becoming smaller
    qtbot.waitUntil(lambda: cards["adaptation"].is_collapsed)
    assert window.height() == 700
