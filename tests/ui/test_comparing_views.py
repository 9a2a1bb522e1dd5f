"""Sweeps, the search for a structure and little data in the window."""

from __future__ import annotations

import dataclasses
import functools
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from metalearn_gui.bridge.session import Message, RunState, Session
from metalearn_gui.engine.compare import Axis, Bracket, Budget, Choice, Grid, Lane, LittleDataPlan, LossAgainst, Rung
from metalearn_gui.engine.compare.usual import can_be_swept, usual_values
from metalearn_gui.engine.loss_range import EVERY
from metalearn_gui.engine.params import Param, SettingError
from metalearn_gui.engine.report.plots import _heat, heat_map
from metalearn_gui.engine.training import Options
from metalearn_gui.ui.compare.bracket_picture import BracketPicture, ranking, short_label, worded
from metalearn_gui.ui.compare.busy import busy_word
from metalearn_gui.ui.compare.cell_map import CellMap, Cells
from metalearn_gui.ui.compare.effort import BudgetBox, budget_text
from metalearn_gui.ui.compare.standing import short_name
from metalearn_gui.ui.loss_colors import LossScale
from metalearn_gui.ui.main_window import MainWindow
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.views.little_data import LittleDataView
from metalearn_gui.ui.views.structure import StructureView
from metalearn_gui.ui.views.sweep import SweepView
from metalearn_gui.ui.zoom import set_zoom
from tests.bridge.conftest import small_settings

pytestmark = pytest.mark.usefixtures("few_rates")


@pytest.fixture
def real(qtbot):
    session = Session(small_settings(num_iterations=4), options=Options(compile=False, num_tasks=5))
    session.start(offers_recovery=False)
    qtbot.waitUntil(lambda: session.can_run, timeout=60_000)
    yield session
    session.close()


def shown(view, qtbot):
    qtbot.addWidget(view)
    view.resize(1200, 760)
    view.show()
    return view


def run(view, qtbot) -> None:
    view.toggle()
    qtbot.waitUntil(lambda: not view.session.comparing.is_active, timeout=110_000)


def test_a_contender_is_called_by_as_much_as_tells_it_from_the_others():
    wide, own, other = Choice("cnp", "cnp", {"hidden_dim": 128}), Choice("maml", "maml"), Choice("cavia", "cavia")
    assert [short_name(one, (own, wide, other)) for one in (own, wide, other)] == ["MAML", "CNP", "CAVIA"]
    more = Choice("maml-2", "maml", {"inner_steps": 5, "activation": "tanh"})
    assert [short_name(one, (own, more)) for one in (own, more)] == ["MAML", "MAML · 5 · tanh"]


# --- what is worth a try -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "value", "expected"),
    [
        (Param("rate", "float", "", 0.01, 1e-5, 0.05), 0.01, (0.001, 0.003, 0.01, 0.03, 0.05)),
        (Param("shots", "int", "", 10, 1, 1000), 10, (2, 5, 10, 20, 40)),
        (Param("layers", "int", "", 1, 1, 6), 1, (1, 2, 4)),
        (Param("activation", "choice", "", "a", choices=("a", "b")), "b", ("a", "b")),
        (Param("fixed", "bool", "", False), True, (False, True)),
    ],
)
def test_usual_values_lie_around_the_one_that_is_set_and_within_its_range(spec, value, expected):
    assert can_be_swept(spec)
    assert usual_values(spec, value) == expected


def test_texts_and_paths_are_not_swept():
    assert not can_be_swept(Param("data", "path", "", ""))


# --- sweeps ----------------------------------------------------------------------------------------------


def test_a_sweep_fills_its_map_and_a_cell_opens_its_run(real, qtbot):
    view = shown(SweepView(real), qtbot)
    view.axes.rows[0].values.setText("0.01, 0.02")
    view.axes.rows[1].setting.setCurrentIndex(0)
    view.axes.effort.box.setCurrentIndex(view.axes.effort.box.findData(""))
    busy = set()
    real.comparing.progressed.connect(lambda: busy.add((view.map.map._busy, view.map.map._busy_word)))
    run(view, qtbot)
    assert {((0, 0), "trains"), ((0, 1), "trains")} & busy
    assert {place for place, _ in busy} <= {(0, 0), (0, 1), None}
    assert view.map.map._busy is None
    cells = view.map.map._cells
    assert cells.losses.shape == (1, 2)
    assert np.isfinite(cells.losses).all()
    assert cells.column_names == ("0.01", "0.02")
    centre = view.map.map.cell_rect(0, 1).center().toPoint()
    with qtbot.waitSignal(view.backRequested):
        qtbot.mouseClick(view.map.map, Qt.MouseButton.LeftButton, pos=QPoint(centre))
    assert real.shown.settings.value("inner_learning_rate") == pytest.approx(0.02)


def test_a_cell_that_was_cut_short_says_so_until_it_has_its_whole_budget(real, qtbot):
    view = shown(SweepView(real), qtbot)
    view.axes.rows[0].values.setText("0.01, 0.02")
    view.axes.rows[1].setting.setCurrentIndex(0)
    real.change(num_iterations=20_000)
    view.axes.effort.box.setCurrentIndex(view.axes.effort.box.findData(""))
    view.toggle()
    qtbot.waitUntil(lambda: real.comparing.share > 0, timeout=60_000)
    view.reset()
    qtbot.waitUntil(lambda: not real.comparing.is_active, timeout=60_000)
    assert view.map.map._cells.cut_short == {(0, 0)}
    assert view.map.map.cell_text(0, 0).endswith(", cut short")
    assert not view.map.map.cell_text(0, 1).endswith("cut short")


def test_a_cell_of_a_grid_is_found_by_its_key():
    grid = Grid((Axis("shots", (1, 5, 10)), Axis("hidden_dim", (4, 8))))
    assert [grid.place(grid.key(place)) for place in np.ndindex(3, 2)] == list(np.ndindex(3, 2))


@pytest.mark.parametrize(("seconds", "text"), [(2.0, "2 s of computing"), (0.5, "0.5 s of computing")])
def test_a_budget_is_written_as_it_is(seconds, text):
    assert budget_text(Budget(seconds=seconds)) == text


def labels(scale: LossScale, width: float = 200.0) -> list[str]:
    picture = QPixmap(16, 16)
    with QPainter(picture) as painter:
        return [text for text, _, _ in scale._labels(painter, QRectF(0.0, 0.0, width, 8.0))]


def test_a_map_of_cells_ends_its_scale_at_its_highest_cell_as_the_report_does(qtbot):
    losses = np.array([[0.2, 0.5, 1.1], [1.9, 3.4, 6.9]])
    map_ = CellMap()
    qtbot.addWidget(map_)
    map_.show_cells(Cells(losses, ("a", "b"), ("1", "2", "3")))
    assert map_._scale.high == pytest.approx(6.9)
    assert not any("≥" in text for text in labels(map_._scale))
    drawn = heat_map(losses, (("a", "b"), ("1", "2", "3")), ("rows", "columns"))
    depths = [float(rect.get("fill-opacity")) for rect in drawn.iter("rect")]
    expected = [_heat(float(share))["fill_opacity"] for share in map_._scale.shares(losses).ravel()]
    assert depths == pytest.approx(expected, abs=0.01)


def test_a_scale_that_ends_below_its_highest_loss_says_so():
    scale = LossScale.of(np.array([0.1, 0.2, 0.3, 0.4, 1e6]))
    assert labels(scale)[-1] == f"≥ {number_text(scale.high)}"
    assert labels(scale, width=40.0) == [f"≥ {number_text(scale.high)}"]
    assert labels(LossScale(1.0, 483_604.0, is_exceeded=True))[-1] == f"≥ {number_text(484_000.0)}"
    assert not any("≥" in text for text in labels(LossScale.of(np.array([0.1, 0.2, 0.3, 0.4]), EVERY)))


def test_a_scale_of_losses_that_are_nearly_alike_has_names_at_its_ends():
    scale = LossScale.of(np.array([2.43, 3.45]))
    assert scale.ticks() == [scale.low, scale.high]


def test_a_sweep_without_values_says_what_is_missing(real, qtbot):
    view = shown(SweepView(real), qtbot)
    view.axes.rows[0].values.setText(" , ")
    with pytest.raises(SettingError, match="values"):
        view.axes.grid()
    said = []
    real.messageRaised.connect(said.append)
    view.toggle()
    assert "values" in said[-1].text
    assert not real.comparing.is_active


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        ("abc", "1, 5", "Inner learning rate α is 'abc'; it must be a number in [1e-06, 10]"),
        ("0.01, 70", "1, 5", "Inner learning rate α is '70'; it must lie in [1e-06, 10]"),
        ("", "1, 5", "There are no values; give some, with commas between them"),
        ("0.01, 1e-2", "1, 5", "Inner learning rate α has 0.01 and 1e-2, the same twice; give it once"),
        ("0.1, 0.2", "1, 1.5", "Shots K is '1.5'; it must be a whole number in [1, 1\u2009000]"),
        (", ".join(map(str, range(1, 11))), ", ".join(map(str, range(1, 51))), "A sweep over 500 cells is too many"),
    ],
)
def test_values_that_cannot_be_swept_are_refused_while_they_are_typed(real, qtbot, first, second, line):
    view = shown(SweepView(real), qtbot)
    for row, text in zip(view.axes.rows, (first, second), strict=True):
        row.values.setText(text)
    assert [label.text() for label in view.axes.findChildren(QLabel) if label.isVisible() and line in label.text()]
    assert not view.header.run.isEnabled()
    assert line in view.header.run.toolTip()
    assert line in view.map.map.words
    for row in view.axes.rows:
        row.values.setText("1, 2")
    assert view.header.run.isEnabled()
    assert view.axes.refusal == ""
    assert view.map.map.words.startswith("Press Run")


def test_every_value_that_cannot_be_swept_is_named_at_once(real, qtbot):
    view = shown(SweepView(real), qtbot)
    for row, text in zip(view.axes.rows, ("70, 0.1, abc", "1, 0, 1.5"), strict=True):
        row.values.setText(text)
    said = "\n".join(label.text() for label in view.axes.findChildren(QLabel) if label.isVisible())
    for fault in ("α is '70'", "α is 'abc'", "Shots K is '0'", "Shots K is '1.5'"):
        assert fault in said


@pytest.mark.parametrize("many", [(), tuple(5 + place / 10 for place in range(40))])
def test_two_values_that_do_not_fit_together_are_refused_before_run(real, qtbot, many):
    view = shown(SweepView(real), qtbot)
    lows, highs = ("1, 4", ", ".join(map(str, (2, *many, 9.5))))
    for row, name, text in zip(view.axes.rows, ("amplitude_min", "amplitude_max"), (lows, highs), strict=True):
        row.setting.setCurrentIndex(row.setting.findData(name))
        row.values.setText(text)
    qtbot.waitUntil(lambda: "Amplitude from 4 and amplitude to 2 do not fit together" in view.axes.refusal)
    assert not view.header.run.isEnabled()
    assert "it must not exceed amplitude to, 2" in view.map.map.words


def test_a_setting_is_swept_once(real, qtbot):
    view = shown(SweepView(real), qtbot)
    for row in view.axes.rows:
        row.setting.setCurrentIndex(row.setting.findData("shots"))
    assert "above already" in view.axes.refusal
    assert not view.header.run.isEnabled()


def test_the_map_is_walked_with_arrows_and_opened_with_enter(qtbot):
    map_ = CellMap()
    qtbot.addWidget(map_)
    map_.resize(400, 300)
    map_.show()
    map_.show_cells(Cells(np.array([[3.0, 1.0], [np.nan, np.inf]]), ("a", "b"), ("1", "2"), "row", "column"))
    assert map_.best == (0, 1)
    assert "loss 1" in map_.best_text()
    assert "not known yet" in map_.cell_text(1, 0)
    assert map_.cell_text(1, 1) == "row b, column 2, diverged"
    map_.setFocus()
    qtbot.keyClick(map_, Qt.Key.Key_Right)
    qtbot.keyClick(map_, Qt.Key.Key_Down)
    with qtbot.waitSignal(map_.opened) as opened:
        qtbot.keyClick(map_, Qt.Key.Key_Return)
    assert opened.args == [1, 1]


# --- structures --------------------------------------------------------------------------------------------


def test_a_search_ends_with_a_winner_that_opens_as_a_run(real, qtbot):
    view = shown(StructureView(real), qtbot)
    view.card.effort.box.setCurrentIndex(view.card.effort.box.findData(""))
    run(view, qtbot)
    bracket = real.comparing.outcome.bracket
    winner = bracket.winner
    assert winner is not None
    assert worded(winner) in view.card._result.text()
    assert "hidden dimension" in view.card._result.text()
    step = winner.settings.learner.num_steps
    assert view.card._result.text().endswith("after 1 step" if step == 1 else f"after {step} steps")
    places = [view.card.picture.place_of(number, winner.run_id) for number in range(len(bracket.rungs))]
    assert all(place is not None for place in places)
    with qtbot.waitSignal(view.backRequested):
        qtbot.mouseClick(view.card.winner, Qt.MouseButton.LeftButton)
    assert real.shown.run_id == winner.run_id


RUNGS = (
    Rung(1 / 3, ("a", "b", "c"), {"c": 1.0, "a": 2.0, "b": 3.0}, ("c",)),
    Rung(1.0, ("c",), {"c": 0.5}, ("c",)),
)


@pytest.fixture
def picture(qtbot):
    picture = BracketPicture()
    qtbot.addWidget(picture)
    picture.resize(900, 400)
    picture.show()
    lanes = tuple(
        Lane(f"hidden_dim={size}", "", 0, small_settings(), key) for size, key in ((4, "a"), (8, "b"), (16, "c"))
    )
    picture.show_bracket(Bracket(lanes, RUNGS), "", "", "")
    return picture


def test_candidates_of_a_search_are_as_much_larger_as_type_is(picture):
    sizes = []
    for zoom in (1.0, 2.0):
        set_zoom(zoom)
        picture.resize(round(900 * zoom), round(400 * zoom))
        places = [picture.place_of(0, key) for key in "abc"]
        sizes.append([number for place in places for number in (place.top(), place.width(), place.height())])
    set_zoom(1.0)
    assert sizes[1] == [2 * number for number in sizes[0]]


def test_a_click_on_a_candidate_of_any_round_opens_it_and_one_beside_them_does_not(picture, qtbot):
    opened = []
    picture.opened.connect(opened.append)
    for number, run_id in ((0, "b"), (0, "c"), (1, "c")):
        qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=picture.place_of(number, run_id).center().toPoint())
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=QPoint(890, 390))
    qtbot.mouseClick(picture, Qt.MouseButton.RightButton, pos=picture.place_of(0, "a").center().toPoint())
    assert opened == ["b", "c", "c"]


def test_arrows_walk_through_the_rounds_and_enter_opens(picture, qtbot):
    opened = []
    picture.opened.connect(opened.append)
    picture.setFocus()
    assert "hidden dimension 16: loss 1" in picture.accessibleName()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Right):
        qtbot.keyClick(picture, key)
    assert opened == ["a", "c"]
    assert picture.accessibleName() == "round 2, hidden dimension 16: loss 0.5"


def test_a_candidate_without_a_loss_says_whether_it_is_compiled_trains_or_waits(picture):
    rung = Rung(1 / 3, ("a", "b", "c"), {"a": 2.0}, ())
    words = {}
    for training, busy in (("b", "compiles"), ("b", "trains"), ("a", "trains"), ("", "trains")):
        picture.show_bracket(Bracket(picture._bracket.lanes, (rung,)), training, busy, "")
        words[training, busy] = [picture.word_of(0, run_id) for run_id in rung.run_ids]
    assert list(words.values()) == [["2", "compiles", ""], ["2", "trains", ""], *[["2", "", ""]] * 2]


def test_a_round_is_ranked_by_loss_and_who_has_none_stands_below():
    rung = Rung(0.1, ("a", "b", "c"), {"c": 1.0, "a": 2.0})
    assert list(ranking(rung)) == ["c", "a", "b"]


def test_a_candidate_is_called_by_its_values_and_whole_by_the_settings_in_the_words_of_the_form():
    lane = Lane("hidden_dim=16, activation=tanh", "", 0, small_settings())
    assert short_label(lane) == "16 · tanh"
    assert worded(lane) == "hidden dimension 16, activation tanh"


def test_who_has_the_turn_in_a_pause_does_not_train():
    def word(state: RunState, is_compiling: bool) -> str:
        return busy_word(SimpleNamespace(state=state, is_compiling=is_compiling))

    assert word(RunState.RUNNING, is_compiling=False) == "trains"
    assert word(RunState.PAUSED, is_compiling=False) == "paused"
    assert word(RunState.PAUSED, is_compiling=True) == "compiles"


def test_a_paused_sweep_says_so_in_its_cell(real, qtbot):
    view = shown(SweepView(real), qtbot)
    view.axes.effort.box.setCurrentIndex(view.axes.effort.box.findText("300 s of computing"))
    view.toggle()
    qtbot.waitUntil(lambda: view.map.map._busy_word == "trains", timeout=30_000)
    real.comparing.pause()
    qtbot.waitUntil(lambda: real.comparing.state is RunState.PAUSED, timeout=30_000)
    assert view.map.map._busy_word == "paused"
    real.comparing.cancel()
    qtbot.waitUntil(lambda: not real.comparing.is_active, timeout=30_000)


# --- little data -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("traced")
def test_little_data_draws_a_curve_for_the_learner_and_those_beside_it(real, qtbot, monkeypatch):
    few = functools.partial(LittleDataPlan, num_tasks=(1, 0), shots=(2, 5))
    monkeypatch.setattr("metalearn_gui.ui.views.little_data.LittleDataPlan", few)
    view = shown(LittleDataView(real), qtbot)
    view.effort.box.setCurrentIndex(view.effort.box.findData(""))
    run(view, qtbot)
    found = real.comparing.outcome.little_data
    assert {curve.learner for curve in found.by_shots} == {"maml", "transfer", "scratch"}
    said = [entry.text for entry in view.by_shots.legend.entries]
    assert said == [*(curve.label for curve in found.by_shots), f"trained with {found.shots} shots"]
    assert len(view.by_tasks._items) == 3 * len(found.by_tasks)
    lines = [line.xData for line in view.by_tasks._items[::3]]
    assert all(np.ptp(x) > 0 for x in lines)  # who trains on no task is a level, not a point
    low, high = view.by_shots.plot.getViewBox().viewRange()[1]
    assert all(low <= np.log10(curve.loss).min() <= high for curve in found.by_shots)
    assert all(np.log10(curve.loss + curve.ci95).max() <= high for curve in found.by_shots)
    ticks = [view.by_tasks._tick_text(tick) for tick in view.by_tasks.plot.count_axis.ticks(500.0)]
    assert len(set(ticks)) == len(ticks)  # there is no task and a half
    assert "From scratch: inf: " in view.by_tasks.plot.accessibleDescription()
    assert real.comparing.share == 1.0


def test_one_unseen_task_is_a_point_without_a_bar(real, qtbot):
    panel = shown(LittleDataView(real), qtbot).by_shots
    one, some = np.array([1.0, 2.0]), np.array([0.5, 0.25])
    panel.show_curves([LossAgainst("maml", "MAML", one, some, np.array([np.inf, 0.1]))], 2)
    bars = panel._items[1]
    np.testing.assert_allclose(bars.yData, np.log10([0.5, 0.5, 0.15, 0.35]))


def test_little_data_promises_as_many_shots_as_there_are_pictures_for(real, qtbot, monkeypatch):
    view = shown(LittleDataView(real), qtbot)
    assert view.by_shots._empty.text().endswith("are tried with 1 to 50 shots")
    monkeypatch.setattr(type(real.settings.tasks), "least_per_class", lambda _tasks: 20)
    real.change(queries=8)
    assert view.by_shots._empty.text().endswith("are tried with 1 to 10 shots")
    real.change(queries=19)
    assert view.by_shots._empty.text().endswith("are tried with 1 shot")


@pytest.mark.usefixtures("traced")
def test_little_data_that_was_ended_says_how_to_go_on_and_goes_on(real, qtbot):
    view = shown(LittleDataView(real), qtbot)
    view.effort.box.setCurrentIndex(view.effort.box.findData(""))
    real.comparing.contenderFinished.connect(lambda _run_id: real.comparing.cancel())
    said = []
    real.messageRaised.connect(lambda message: said.append(message.text))
    run(view, qtbot)
    real.comparing.contenderFinished.disconnect()
    view.show_state()
    count = real.comparing.outcome.num_done  # another one may have begun: it is judged as it was
    assert 0 < count < 13
    assert any(text.startswith(f"Ended with {count} of 13 runs") and "Run goes on" in text for text in said)
    assert "Run goes on" in view.by_shots._empty.text()
    first = real.comparing.comparison.runs[0].lane.run_id
    run(view, qtbot)
    assert said[-1] == ""  # the word of the end is taken back
    assert real.comparing.comparison.runs[0].lane.run_id == first
    assert len(real.comparing.comparison.runs) == 13
    assert len(real.comparing.outcome.little_data.by_tasks[0].x) == 6


@pytest.fixture
def window_with_an_end(real, qtbot, monkeypatch):
    """A window that shows little data, of which it has just said that it was ended."""
    few = functools.partial(LittleDataPlan, num_tasks=(1, 0), shots=(2,))
    monkeypatch.setattr("metalearn_gui.ui.views.little_data.LittleDataPlan", few)
    window = MainWindow(real)
    shown(window, qtbot)
    window.show_view("little_data")
    real.comparing.contenderFinished.connect(lambda _run_id: real.comparing.cancel())
    run(window.transport, qtbot)
    bar = window.findChild(QWidget, "message_bar")
    assert bar.accessibleName().startswith("Ended with")
    assert bar.isVisible()
    return window


@pytest.mark.usefixtures("traced")
def test_what_is_said_of_an_end_goes_with_its_view_and_leaves_what_others_say(window_with_an_end):
    window, bar = window_with_an_end, window_with_an_end.findChild(QWidget, "message_bar")
    window.show_view("sweep")
    assert not bar.isVisible()
    window.show_view("little_data")
    window.session.messageRaised.emit(Message("something else"))
    window.show_task()
    assert bar.isVisible()


@pytest.mark.usefixtures("traced")
def test_what_is_said_of_an_end_goes_when_an_earlier_one_is_shown(window_with_an_end):
    session, bar = window_with_an_end.session, window_with_an_end.findChild(QWidget, "message_bar")
    session.comparing.kept = (dataclasses.replace(session.comparing.kept[0], is_cancelled=False, key="whole"),)
    session.comparing.reopen("whole")
    assert not bar.isVisible()


def test_the_box_of_kinds_asks_for_another_view_and_stays_what_it_is(real, qtbot):
    view = shown(SweepView(real), qtbot)
    with qtbot.waitSignal(view.viewRequested) as asked:
        view._kinds.setCurrentIndex(view._kinds.findData("structure"))
    assert asked.args == ["structure"]
    assert view._kinds.currentData() == "sweep"


def test_a_budget_chosen_elsewhere_is_shown_be_it_offered_or_not(qtbot):
    box = BudgetBox(Budget(seconds=10))
    qtbot.addWidget(box)
    box.show_budget(Budget(seconds=20))
    assert box.budget == Budget(seconds=20)
    assert box.currentText() == "20 s of computing"
    box.show_budget(Budget(seconds=10))
    assert box.currentText() == "10 s of computing"
