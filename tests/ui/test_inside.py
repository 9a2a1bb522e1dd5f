"""The view "Inside": its cards, its chips, and what costs nothing while nobody looks."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel

from metalearn_gui.bridge.gradients import Gradients
from metalearn_gui.bridge.landscape import Landscape
from metalearn_gui.bridge.session import RunState
from metalearn_gui.bridge.starts import StartScore
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.ui.clock_map import cell_text
from metalearn_gui.ui.explanation import Explanation
from metalearn_gui.ui.focus_ring import FocusRing
from metalearn_gui.ui.gradient_picture import GradientPicture
from metalearn_gui.ui.gradient_strips import thinned
from metalearn_gui.ui.landscape_view import LandscapeView, contours
from metalearn_gui.ui.loss_colors import LossScale
from metalearn_gui.ui.moves import Move, moves_of, verdict_on
from metalearn_gui.ui.moves_view import share_text
from metalearn_gui.ui.panels import INSIDE_PANELS
from metalearn_gui.ui.panels.algorithm import AlgorithmPanel, source_of
from metalearn_gui.ui.panels.clocks import ClocksPanel
from metalearn_gui.ui.panels.landscape import LandscapePanel
from metalearn_gui.ui.panels.moves import MovesPanel
from metalearn_gui.ui.panels.task_space import TaskSpacePanel
from metalearn_gui.ui.panels.two_gradients import TwoGradientsPanel
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.view_panel import layer_of
from metalearn_gui.ui.views.inside import InsideView
from tests.ui.fake_inside import bowl, space
from tests.ui.fake_session import FakeSession
from tests.ui.hand import click, session_for


@pytest.fixture
def view(window) -> InsideView:
    window.show_view("inside")
    return window.findChild(InsideView)


def test_the_button_of_the_network_card_opens_the_view_and_escape_leaves_it(window, qtbot):
    button = window.findChild(QAbstractButton, "look_inside_button")
    button.click()
    assert window.findChild(InsideView).isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.findChild(InsideView).isVisible()


def test_parts_are_watched_only_while_their_cards_can_be_seen(view, window, session):
    landscape, start = session.inside.landscape, session.inside.start
    assert (landscape.watchers, start.watchers) == (2, 1)
    view.chips["landscape"].click()
    assert landscape.watchers == 1
    view.chips["landscape"].click()
    window.show_task()
    assert (landscape.watchers, start.watchers) == (0, 0)


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700)])
def test_every_card_has_a_place_at_every_size(view, window, size, qtbot):
    window.resize(*size)
    qtbot.wait(30)
    for key, panel in view.panels.items():
        assert panel.isVisible(), key
        assert panel.width() >= 280, key
        assert panel.height() >= 200, key


def test_cards_change_places_without_a_layout_being_deleted(view, qtbot):
    lines = view.findChildren(QHBoxLayout)
    places = {key: panel.geometry() for key, panel in view.panels.items()}
    view.set_compact(True)
    view.chips["landscape"].click()
    view.chips["landscape"].click()
    view.set_compact(False)
    qtbot.waitUntil(lambda: {key: panel.geometry() for key, panel in view.panels.items()} == places)
    assert view.findChildren(QHBoxLayout) == lines


def test_a_card_that_was_torn_off_comes_back_to_its_place(view, qtbot):
    panel = view.panels["landscape"]
    place = panel.geometry()
    panel.toggle_detached()
    assert panel.window() is not view.window()
    view.set_compact(True)
    view.set_compact(False)
    panel.toggle_detached()
    qtbot.wait(30)
    assert panel.window() is view.window()
    assert panel.geometry() == place


@pytest.mark.parametrize("key", INSIDE_PANELS)
def test_a_card_explains_itself_in_a_sentence_and_in_more_when_asked(key, session, qtbot):
    panel = INSIDE_PANELS[key](session)
    qtbot.addWidget(panel)
    panel.show()
    explanation = panel.findChild(Explanation)
    assert explanation.accessibleName().endswith((".", ":"))
    assert explanation.accessibleDescription().count(".") >= 3
    assert not explanation.is_open
    qtbot.mouseClick(explanation.findChild(QAbstractButton), Qt.MouseButton.LeftButton)
    assert explanation.is_open


@pytest.mark.parametrize("key", ["landscape", "task_space", "two_gradients", "moves"])
def test_a_card_says_what_is_done_for_it_and_for_how_long_while_it_has_nothing_to_draw(key, session, qtbot):
    panel = INSIDE_PANELS[key](session)
    qtbot.addWidget(panel)
    panel.show()
    panel.watched.so_far = "3 s; the last time it took 9 s"
    panel.watched.waited.emit()
    assert panel.waiting("looking").endswith(", 3 s; the last time it took 9 s")
    panel.watched.lack = "No gradient: the support set is empty"
    assert panel.waiting("looking") == panel.watched.lack


@pytest.mark.parametrize("key", ["two_gradients", "moves"])
def test_the_words_that_stand_for_a_picture_leave_with_it(key, session, qtbot):
    panel = INSIDE_PANELS[key](session)
    qtbot.addWidget(panel)
    panel.show()
    assert panel._words.isVisible()
    assert panel._words.accessibleName()
    gradient = {"w0": np.array([[3.0, 0.0]])}
    found = Gradients(gradient, gradient, (), np.ones((1, 1)))
    panel.watched.show(found if key == "two_gradients" else bowl(session.unseen.touched))
    assert not panel._words.isVisible()


@pytest.mark.parametrize("key", ["landscape", "task_space", "clocks", "two_gradients", "moves"])
def test_a_card_speaks_of_no_steps_where_the_learner_takes_none(key, session, qtbot):
    one_pass = FakeSession(dataclasses.replace(session.settings, learner=LEARNERS["ridge"]()))
    panel = INSIDE_PANELS[key](one_pass)
    qtbot.addWidget(panel)
    panel.show()
    explanation = panel.findChild(Explanation)
    said = explanation.accessibleName() + explanation.accessibleDescription()
    assert "pass" in said or "steps" not in said
    assert "step" not in panel._hint.text()
    assert "more steps" not in said


# --- the space of tasks ---------------------------------------------------------------------------


@pytest.fixture
def task_space(session, qtbot) -> TaskSpacePanel:
    panel = TaskSpacePanel(session)
    qtbot.addWidget(panel)
    panel.resize(400, 420)
    panel.show()
    session.inside.space.show(space(session))
    return panel


def test_a_press_on_a_dot_opens_its_task(task_space, session):
    found = session.inside.space.result
    place = [float(found.described[axis.currentData()][4]) for axis in task_space.axes]
    click(task_space.view, task_space.view.axes.point(*place))
    opened = session.calls[-1][1] - 100
    nearby = np.hypot(
        *(found.described[axis.currentData()] - at for axis, at in zip(task_space.axes, place, strict=True))
    )
    assert nearby[opened] == pytest.approx(0.0, abs=0.3)


def test_the_worst_ten_are_a_press_away_and_what_diverges_is_the_worst(task_space, session):
    task_space.worst.click()
    assert session.calls[-1] == ("open_block", 111)
    assert task_space.view._dots.worst == (11, 10, 9, 8, 7, 6, 5, 4, 3, 2)


def test_the_learners_directions_go_together(task_space, session):
    across, up = task_space.axes
    across.setCurrentIndex(across.count() - 1)
    across.activated.emit(across.currentIndex())
    assert up.currentData() == across.currentData() == ""
    assert session.inside.space.embeds
    np.testing.assert_array_equal(task_space.view._dots.places, session.inside.space.result.embedded)
    up.setCurrentIndex(0)
    up.activated.emit(0)
    assert "" not in (up.currentData(), across.currentData())
    assert up.currentData() != across.currentData()


def test_keys_walk_from_the_worst_task_to_better_ones_and_open(task_space, session, qtbot):
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(task_space.view, key)
    assert session.calls[-1] == ("open_block", 110)


def test_what_a_dot_says_goes_when_the_keyboard_leaves(task_space, qtbot):
    view = task_space.view
    plain = view.grab().toImage()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.grab().toImage() != plain
    view.clearFocus()
    assert view.grab().toImage() == plain


def test_colours_follow_the_step(task_space, session):
    before = task_space.view._dots.losses
    session.unseen.set_step(0)
    assert (task_space.view._dots.losses[:-1] > before[:-1]).all()


@pytest.mark.parametrize("family", ["blobs", "glyphs", "vectors", "denoise"])
def test_families_of_every_kind_have_a_space(family, qtbot):
    session = session_for(family)
    panel = TaskSpacePanel(session)
    qtbot.addWidget(panel)
    panel.show()
    session.inside.space.show(space(session, 3))
    assert not panel.view.grab().isNull()
    panel.view._point_at(1)
    assert not panel.view.grab().isNull()


def test_episodes_of_tasks_that_come_again_are_no_tasks_of_their_own(task_space, session):
    assert task_space._hint.text() == "12 unseen"
    session.inside.space.show(dataclasses.replace(space(session), num_distinct=5))
    assert task_space._hint.text() == "12 episodes of 5 unseen"
    assert "one episode of an unseen task" in task_space.findChild(Explanation).accessibleName()


# --- the two gradients ----------------------------------------------------------------------------


def test_the_gradients_are_said_with_their_angle_and_layer_by_layer(session, qtbot):
    panel = TwoGradientsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(460, 380)
    panel.show()
    base = {"w0": np.array([[3.0, 0.0]]), "w1": np.array([[4.0]]), "rule": np.zeros(2)}
    meta = {"w0": np.array([[0.0, 3.0]]), "w1": np.array([[4.0]]), "rule": np.ones(2)}
    agreement = np.array([[1.0, 0.5, np.nan], [0.5, 1.0, np.nan], [np.nan] * 3])
    session.inside.gradients.show(Gradients(base, meta, ((0, 0.9), (10, float("nan")), (100, -0.2)), agreement))
    assert panel.picture.accessibleDescription().startswith("∇L 5, ∇R 5.2")
    assert [(bar.name, bar.value) for bar in panel.bars.bars] == [("layer 1", 0.0), ("layer 2", 1.0)]
    assert panel._captions["tasks"].text() == "agreement of 3 tasks: +0.50"
    assert panel.curve._points == ((0, 0.9), (100, -0.2))
    assert not panel.grab().isNull()
    session.inside.gradients.show(None)
    assert not panel.grab().isNull()


def test_the_gradients_are_the_article_s_where_it_is_the_article_that_learns(session, qtbot):
    panel = TwoGradientsPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    assert panel._title.text() == "Gradients before and after adapting"
    session.change(learner="article")
    assert panel._title.text() == "The article's two gradients"


def test_a_long_row_of_numbers_keeps_its_largest_ones():
    values = np.zeros(10_000)
    values[[7, 9_999]] = 5.0, -3.0
    shown = thinned(values)
    assert len(shown) <= 240
    assert shown[0] == 5.0
    assert shown[-1] == -3.0


# --- the algorithm --------------------------------------------------------------------------------


@pytest.fixture
def algorithm(session, qtbot) -> AlgorithmPanel:
    panel = AlgorithmPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def lit(panel: AlgorithmPanel) -> list[str]:
    return [line.formula for line in panel.view.lines if line.is_lit]


def test_the_lit_line_is_that_of_the_shown_step_and_of_a_run_that_goes_on(algorithm, session):
    session.unseen.set_step(0)
    assert lit(algorithm) == ["θ′ᵢ ← θ"]
    session.unseen.set_step(3)
    assert lit(algorithm) == ["θ′ᵢ ← θ′ᵢ − α ∇L(θ′ᵢ; supportᵢ)"]
    session.set_state(RunState.RUNNING)
    assert len(lit(algorithm)) == 3


@pytest.mark.parametrize("key", [key for key, one in LEARNERS.items() if "regression" in one.kinds])
def test_every_formula_is_whole_in_the_card(key, session, qtbot, monkeypatch):
    panel, written, draw = AlgorithmPanel(FakeSession(session.settings.replaced(learner=key))), [], QPainter.drawText
    qtbot.addWidget(panel)
    panel.resize(446, 374)
    panel.show()

    def noted(painter, place, side, text):
        written.append(text)
        draw(painter, place, side, text)

    monkeypatch.setattr(QPainter, "drawText", noted)
    panel.view.grab()
    assert {line.formula for line in panel.view.lines} <= set(written)


def test_the_numbers_beside_a_line_are_the_ones_in_use(algorithm, session):
    session.unseen.set_step(2)
    adapt = next(line for line in algorithm.view.lines if line.depth == 2)
    loss = session.unseen.adaptations["learner"].loss
    assert "α = 0.01" in adapt.values
    assert f"step 2, this task: {number_text(float(loss[1]))} → {number_text(float(loss[2]))}" == adapt.live
    session.change(inner_learning_rate=0.05)
    assert "α = 0.05" in next(line for line in algorithm.view.lines if line.depth == 2).values


def test_the_source_is_the_paper_that_the_learners_file_names():
    assert "arXiv:1703.03400" in source_of(LEARNERS["maml"]())
    assert "arXiv:1803.02999" in source_of(LEARNERS["reptile"]())


# --- what moved -----------------------------------------------------------------------------------


def test_moves_are_those_of_norms_by_hand():
    way = {"w0": np.array([[[3.0, 4.0]], [[3.0, 5.0]], [[3.0, 6.0]]]), "b0": np.zeros((3, 2)), "w1": np.ones((3, 2, 1))}
    first, last = moves_of(way, 2)
    assert (first.number, first.shape, last.shape) == (0, (1, 2), (2, 1))
    assert first.change.tolist() == [[0.0, 2.0]]
    assert first.moved == pytest.approx(2 / 5)
    assert first.by_step == pytest.approx([0.2, 0.2])
    assert last.moved == 0.0
    assert share_text(first) == "40 %"
    assert share_text(last) == "0.0 %"


def test_no_words_lie_over_each_other_where_an_arrow_is_short(qtbot, monkeypatch):
    picture, boxes, draw = GradientPicture(), [], QPainter.drawText

    def noted(painter, place, side, text):
        boxes.append(painter.boundingRect(place, side, text))
        draw(painter, place, side, text)

    qtbot.addWidget(picture)
    picture.resize(180, 190)
    picture.show_gradients(7.66, 0.634, 0.45)
    monkeypatch.setattr(QPainter, "drawText", noted)
    picture.grab()
    assert [(a, b) for a, b in itertools.combinations(boxes, 2) if a.intersects(b)] == []
    assert picture.accessibleDescription().endswith("cosine +0.45 · 63°")


@pytest.mark.parametrize(
    ("shares", "verdict"),
    [([0.06, 0.005, 0.03], "reuse"), ([0.001, 0.002, 0.03], "reuse"), ([0.01, 0.1], "head"), ([0.1, 0.01], "first"),
     ([0.1, 0.09, 0.1], "alike"), ([0.0, 0.0], "nothing"), ([0.2], "one")],
)  # fmt: skip
def test_what_the_moves_say_is_read_from_their_shares(shares, verdict):
    moves = [
        Move(str(place), place, (1,), np.zeros((1, 1)), np.zeros(1), share, share) for place, share in enumerate(shares)
    ]
    assert verdict_on(moves) == verdict


def test_parameters_of_one_layer_go_by_one_name():
    names = ("w0", "b0", "g0", "decoder/w1", "decoder/b1", "ridge/log_scale", "items")
    called = ["layer 1", "layer 1", "layer 1", "decoder 2", "decoder 2", "ridge/log_scale", "items"]
    assert [layer_of(name) for name in names] == called


def test_one_layer_above_others_that_do_not_adapt_is_the_head_alone():
    assert verdict_on(moves_of({"w2": np.ones((3, 2, 1)), "b2": np.ones((3, 1))}, 1)) == "head alone"
    assert verdict_on(moves_of({"w0": np.ones((3, 2, 1))}, 1)) == "one"
    assert verdict_on(moves_of({"context": np.ones((3, 4))}, 1)) == "one"
    still, moving = np.ones((2, 3, 3)), np.stack([np.ones((3, 1)), np.zeros((3, 1))])
    assert verdict_on(moves_of({"w0": still, "w1": still, "w2": moving}, 1)) == "head alone"


def test_no_column_is_of_weights_or_steps_where_a_learner_takes_one_pass(session, qtbot):
    one_pass = FakeSession(dataclasses.replace(session.settings, learner=LEARNERS["ridge"]()))
    for shown, heads in ((session, ("layer", "change of each weight", "by step (relative)", "moved")),
                         (one_pass, ("part", "each number", "in the pass", "length"))):  # fmt: skip
        panel = MovesPanel(shown)
        qtbot.addWidget(panel)
        panel.show()
        assert tuple(panel.view._heads) == heads


def test_the_card_names_the_last_layer_the_head(session, qtbot):
    panel = MovesPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    way = {f"w{layer}": np.cumsum(np.ones((4, 2, 2)), axis=0) for layer in range(3)}
    session.inside.landscape.show(dataclasses.replace(bowl(session.unseen.touched), way=way))
    assert panel.view._names == ("layer 1", "layer 2", "head")
    assert not panel.view.grab().isNull()


# --- two clocks -----------------------------------------------------------------------------------


@pytest.fixture
def clocks(session, qtbot) -> ClocksPanel:
    for iterations in (10, 40, 200):
        session.train(iterations)
        session.score()
    panel = ClocksPanel(session)
    qtbot.addWidget(panel)
    panel.resize(420, 400)
    panel.show()
    return panel


def test_a_screen_reader_hears_the_cell_that_the_arrows_go_to(clocks, session, qtbot):
    clocks.map.setFocus()
    qtbot.keyClick(clocks.map, Qt.Key.Key_Up)
    qtbot.keyClick(clocks.map, Qt.Key.Key_Left)
    loss = number_text(float(clocks._losses_at(50)[4]))
    assert clocks.map.accessibleDescription() == f"meta-iteration 50, adaptation step 4: loss {loss}"


def test_a_cell_shows_its_moment_and_step_and_the_last_row_is_now(clocks, session):
    assert clocks._rows == [0, 10, 50, 250]
    click(clocks.map, clocks.map.cell_rect(1, 3).center())
    assert (session.moment, session.unseen.step) == (10, 3)
    assert clocks.back_to_now.isVisible()
    click(clocks.map, clocks.map.cell_rect(3, 4).center())
    assert (session.moment, session.unseen.step) == (None, 4)
    assert not clocks.back_to_now.isVisible()


def test_arrows_scrub_both_clocks(clocks, session, qtbot):
    session.unseen.set_step(5)
    qtbot.keyClick(clocks.map, Qt.Key.Key_Up)
    qtbot.keyClick(clocks.map, Qt.Key.Key_Left)
    assert (session.moment, session.unseen.step) == (50, 4)
    clocks.back_to_now.click()
    assert session.moment is None


def test_a_replay_shows_every_moment_in_turn_and_ends_at_now(clocks, session, qtbot):
    button = clocks.findChild(QAbstractButton, "clocks_replay")
    button.click()
    assert "Stop" in button.accessibleName()
    session.replay.timer.setInterval(1)
    qtbot.waitUntil(lambda: not session.replay.is_playing)
    assert [call[1] for call in session.calls if call[0] == "show_moment"] == [0, 10, 50, None]
    assert "Stop" not in button.accessibleName()


def test_a_hand_on_another_moment_ends_the_replay_there(clocks, session, qtbot):
    session.replay.toggle()
    session.show_moment(50)
    session.replay.timer.setInterval(1)
    qtbot.waitUntil(lambda: not session.replay.is_playing)
    assert session.moment == 50


def test_a_replay_plays_in_the_playground_by_its_key(window, session, qtbot):
    for _ in range(3):
        session.train(100)
        session.score()
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert (session.replay.is_playing, session.moment) == (True, 0)
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert not session.replay.is_playing


def test_a_run_without_moments_says_why_there_is_no_replay(session, qtbot):
    with qtbot.waitSignal(session.messageRaised) as said:
        session.replay.toggle()
    assert "nothing to replay" in said.args[0].text


def test_the_start_is_drawn_once_it_has_been_tried(clocks, session):
    assert np.isnan(clocks._losses_at(0)).all()
    losses = np.linspace(5.0, 4.0, session.unseen.num_steps + 1)
    session.inside.start.show(StartScore(session.shown.run_id, losses))
    assert np.array_equal(clocks._losses_at(0), losses)


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (0.523, "0.52"),
        (3.04, "3.0"),
        (12.7, "13"),
        (999.4, "999"),
        (1234.0, "1.2k"),
        (0.0061, "0.0061"),
        (1e9, "×"),
        (math.nan, "×"),
    ],
)
def test_a_cell_says_two_figures(loss, text):
    assert cell_text(loss) == text


def test_a_cell_without_room_for_two_figures_says_one():
    assert cell_text(6812.0, is_short=True) == "7k"


def test_the_whole_window_shows_the_moment(window, session, qtbot):
    session.train(100)
    session.score()
    session.train(100)
    session.show_moment(100)
    label = window.findChild(QLabel, "iteration_label")
    assert label.text() == "100"
    session.show_moment(None)
    assert label.text() == "200"


# --- the landscape --------------------------------------------------------------------------------


@pytest.fixture
def landscape(session, qtbot) -> LandscapePanel:
    panel = LandscapePanel(session)
    qtbot.addWidget(panel)
    panel.resize(600, 460)
    panel.show()
    session.inside.landscape.show(bowl(session.unseen.touched))
    return panel


def test_the_window_lays_a_ring_round_the_landscape_until_it_has_one_itself(landscape, qtbot):
    window = landscape.window()
    ring = FocusRing(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    landscape.view.setFocus(Qt.FocusReason.TabFocusReason)
    ring.follow()
    assert not ring.isVisible()
    landscape.view.show_landscape(None)
    ring.follow()
    assert ring.isVisible()


def test_a_press_on_a_place_holds_the_network_that_is_there(landscape, session, qtbot):
    view, plane = landscape.view, session.inside.landscape.result.plane
    end = view.axes.point(*plane.path[-1].tolist())
    click(view, end)
    expected = plane.adapted(plane.path[-1:])
    for name, values in session.unseen.held.items():
        assert values == pytest.approx(expected[name][0], abs=0.05)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert session.unseen.held == {}


def test_the_arrows_move_a_place_of_ones_own_from_the_shown_step(landscape, session, qtbot):
    session.unseen.set_step(2)
    plane = session.inside.landscape.result.plane
    qtbot.keyClick(landscape.view, Qt.Key.Key_Right)
    step = plane.adapted(plane.path[2:3])
    moved = {name: values - step[name][0] for name, values in session.unseen.held.items()}
    along = sum(float((moved[name] * plane.adapted([[1.0, 0.0]])[name][0]).sum()) for name in moved)
    assert along != 0.0
    assert session.unseen.step == 2


def test_a_touch_of_the_task_takes_the_place_away(landscape, session, qtbot):
    click(landscape.view, QPointF(landscape.view.rect().center()))
    assert session.unseen.held
    session.unseen.held = {}
    session.unseen.new_task()
    assert landscape.view._place is None


def later(shown: Landscape) -> Landscape:
    """The same around a start that has gone on."""
    return dataclasses.replace(shown, plane=dataclasses.replace(shown.plane, start=shown.plane.start + 1.0))


def test_a_place_of_another_moment_is_the_network_that_is_there_then(landscape, session):
    click(landscape.view, QPointF(landscape.view.rect().center()))
    place, then = landscape.view._place, later(session.inside.landscape.result)
    session.inside.landscape.show(then)
    expected = then.plane.adapted(np.array([place]))
    assert landscape.view._place == place
    for name, values in session.unseen.held.items():
        assert values == pytest.approx(expected[name][0])


def test_a_place_beyond_another_moments_plane_is_given_back(landscape, session):
    click(landscape.view, QPointF(landscape.view.rect().center()))
    (left, right), up = session.inside.landscape.result.reach
    width = right - left
    session.inside.landscape.show(
        dataclasses.replace(session.inside.landscape.result, reach=((left + width, right + width), up))
    )
    assert session.unseen.held == {}
    assert landscape.view._place is None


def test_a_place_is_given_back_when_the_run_goes_on_and_nobody_sees_the_plane(landscape, session):
    click(landscape.view, QPointF(landscape.view.rect().center()))
    landscape.hide()
    assert session.unseen.held
    session.train(100)
    assert session.unseen.held == {}


def test_a_screen_reader_hears_of_the_place_and_its_loss(landscape, session, qtbot):
    said = landscape.view.accessibleDescription()
    qtbot.keyClick(landscape.view, Qt.Key.Key_Right)
    loss = number_text(landscape.view.loss_at(landscape.view._place))
    assert landscape.view.accessibleDescription() == f"your place, loss {loss}"
    qtbot.keyClick(landscape.view, Qt.Key.Key_Escape)
    assert landscape.view.accessibleDescription() == said


def test_a_place_has_one_loss_wherever_it_is_said(landscape, session, qtbot, monkeypatch):
    written = []
    monkeypatch.setattr(LandscapeView, "_paint_note", lambda _, *note, **avoids: written.append(note[2]))
    qtbot.keyClick(landscape.view, Qt.Key.Key_Right)
    session.unseen.answer_held(7.0)
    at = landscape.view.axes.point(*landscape.view._place)
    qtbot.mouseMove(landscape.view, at.toPoint())
    landscape.view.grab()
    assert landscape.view.accessibleDescription() == "your place, loss 7"
    assert written[-1] == "7"
    qtbot.mouseMove(landscape.view, at.toPoint() + QPoint(40, 0))
    landscape.view.grab()
    beside = landscape.view.axes.numbers(landscape.view._hovered)
    assert written[-1] == number_text(session.inside.landscape.result.loss_at(beside))


def test_the_card_says_how_much_of_the_path_its_plane_holds(landscape, session):
    shown = session.inside.landscape.result
    assert f"{100 * shown.plane.share:.0f} %" in landscape.hint


def test_another_plane_is_asked_for(landscape, session):
    box = landscape.planes
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert session.inside.landscape.kind == "random"


def test_contours_lie_where_the_loss_crosses_their_level(session):
    shown = bowl(session.unseen.touched)
    path = contours(shown.losses, LossScale.of(shown.losses))
    rows, columns = shown.losses.shape
    assert not path.isEmpty()
    assert path.boundingRect().width() <= columns
    assert path.boundingRect().height() <= rows


def test_a_scale_is_blind_to_what_is_not_finite_and_says_so_in_the_colour_of_errors(session):
    scale = LossScale.of([0.1, 1.0, float("nan"), float("inf"), 10.0])
    assert scale.low == pytest.approx(0.1, rel=0.2)
    assert scale.high == pytest.approx(10.0, rel=0.2)
    from metalearn_gui.ui.theme import theme

    assert scale.color(float("nan")) == theme().palette.error
    assert scale.color(scale.low) != scale.color(scale.high)
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks())


def test_the_view_takes_a_click_where_nothing_is_shown_yet(session, qtbot):
    panel = LandscapePanel(session)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    assert session.unseen.held == {}
