"""Comparing in the window: who is chosen, what the table says, how tiles answer the hand."""

from __future__ import annotations

import csv
import io
import itertools
import math

import numpy as np
import pytest
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import Axis, Budget, Curve, Grid, SweepPlan
from metalearn_gui.engine.compare.contenders import written_values
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.presets import preset
from metalearn_gui.engine.training import Options
from metalearn_gui.ui.axis import tick_text
from metalearn_gui.ui.compare import curves_panel
from metalearn_gui.ui.compare.chosen import Chosen
from metalearn_gui.ui.compare.curves_panel import highest_of, since_when, spread
from metalearn_gui.ui.compare.dots import named_ticks, place_of, reach_of
from metalearn_gui.ui.compare.earlier import earlier_menu
from metalearn_gui.ui.compare.loss_curve import curve_of
from metalearn_gui.ui.compare.references import ReferenceList, Swatch
from metalearn_gui.ui.compare.scores import WIDTHS, narrowed
from metalearn_gui.ui.compare.scores_model import BEST, BEST_MEDIAN, DOTS, FIRST, MARK_ROLE, NAME, TIME, Dots
from metalearn_gui.ui.compare.tile_session import TileSession
from metalearn_gui.ui.compare.tiles import ROOM_FOR_LOSS, SmallCurve
from metalearn_gui.ui.run_marks import mark_of, run_mark
from metalearn_gui.ui.run_names import names_of_runs
from metalearn_gui.ui.status_bar import StatusBar
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.views.compare import CompareView
from metalearn_gui.ui.views.little_data import LittleDataView
from metalearn_gui.ui.views.structure import StructureView
from metalearn_gui.ui.views.sweep import SweepView
from metalearn_gui.ui.zoom import rescale, set_zoom
from tests.bridge.conftest import small_settings

pytestmark = pytest.mark.usefixtures("traced", "few_rates")

LEARNERS = ("maml", "reptile")
OPTIONS = Options(compile=False, num_tasks=6)


@pytest.fixture
def real(qtbot):
    session = Session(small_settings(), options=OPTIONS)
    session.start(offers_recovery=False)
    yield session
    session.close()


@pytest.fixture
def view(real, qtbot):
    view = CompareView(real)
    qtbot.addWidget(view)
    for choice in view.chosen.choices:
        view.chosen.remove(choice.key)
    for learner in LEARNERS:
        view.chosen.add(learner)
    view.chosen.set_effort(budget=Budget(meta_iterations=3))
    view.resize(1440, 850)
    view.show()
    qtbot.waitUntil(lambda: real.can_run, timeout=60_000)
    return view


def compare(view, qtbot) -> None:
    view.toggle()
    qtbot.waitUntil(lambda: not view.session.comparing.is_active, timeout=120_000)


def texts(view, row: int) -> dict[int, str]:
    model = view.scores.model
    return {column: model.index(row, column).data() for column in range(DOTS)}


# --- who is compared ---------------------------------------------------------------------------------


def test_at_first_the_learner_that_is_set_stands_before_others_that_take_its_tasks(session, qtbot):
    chosen = Chosen(session, session)
    assert chosen.choices[0].learner == session.settings.learner.key
    assert len({choice.learner for choice in chosen.choices}) == len(chosen.choices) > 3
    assert "protonet" not in [choice.learner for choice in chosen.choices]


def test_the_same_learner_comes_twice_with_other_settings_only(session):
    chosen = Chosen(session, session)
    chosen.add("maml", {"inner_steps": 3})
    assert chosen.choices[-1].label == "MAML · inner steps 3"
    assert chosen.settings()[chosen.choices[-1].key].value("inner_steps") == 3
    with pytest.raises(SettingError, match="there already"):
        chosen.add("maml", {"inner_steps": 3})


@pytest.mark.parametrize("text", ["inner_steps", "=5", "inner_steps="])
def test_a_word_that_is_no_setting_is_named(text):
    with pytest.raises(SettingError, match=text):
        written_values(text)


def test_a_value_that_a_contender_cannot_take_is_refused_and_nothing_changes(session):
    chosen = Chosen(session, session)
    before = chosen.choices
    with pytest.raises(SettingError):
        chosen.vary(before[0].key, {"inner_steps": "0"})
    assert chosen.choices == before


def test_what_stands_in_the_empty_card_grows_with_the_zoom(view):
    words = next(label for label in view.findChildren(QLabel) if label.text().startswith("Press Run"))
    before = words.font().pixelSize()
    rescale(view, 2.0)
    assert words.font().pixelSize() == 2 * before


def test_once_run_is_pressed_no_card_asks_for_it_any_more(view, real):
    assert view.tiles._empty.text().startswith("Press Run")
    view.toggle()
    assert view.tiles._empty.text().startswith("Waits for its turn")
    view.reset()


@pytest.mark.parametrize("kind", [StructureView, LittleDataView])
def test_a_search_that_waits_for_its_turn_says_so(kind, real, qtbot):
    view = kind(real)
    qtbot.addWidget(view)
    view.resize(1440, 850)
    view.show()
    qtbot.waitUntil(lambda: real.can_run, timeout=60_000)
    view.toggle()
    words = view.card.picture.words if kind is StructureView else view.by_shots._empty.text()
    assert words.startswith("Waits for its turn")
    view.reset()


# --- what it comes to ----------------------------------------------------------------------------------


def test_a_learner_looks_the_same_before_it_trains_in_every_card_and_in_the_list_of_runs(view, real, qtbot):
    before = [standing.mark for standing in view.standings.all]
    view.chosen.set_effort(num_seeds=2)
    compare(view, qtbot)
    standings = view.standings.all
    assert [standing.mark for standing in standings] == before
    assert [run_mark(real, run) for standing in standings for run in standing.runs] == [before[0]] * 2 + [before[1]] * 2
    assert run_mark(real, real.live).color == theme().palette.learner
    view.chosen.set_effort(num_seeds=1)
    compare(view, qtbot)
    assert [standing.mark for standing in view.standings.all] == before
    real.show_run(view.standings.all[1].run.run_id)
    other, shown = (standing.mark for standing in view.standings.all)
    assert (other, shown.color) == (before[0], theme().palette.learner)


def test_a_comparison_fills_the_table_and_the_tiles_and_the_curves(view, qtbot):
    compare(view, qtbot)
    rows = [texts(view, row) for row in range(2)]
    assert {row[NAME] for row in rows} == {"MAML", "Reptile"}
    assert all("±" in row[FIRST] and "±" in row[BEST] and row[TIME] for row in rows)
    # A tile of before, which has been hidden to be deleted, may still be found just now.
    qtbot.waitUntil(lambda: all(view.findChild(QWidget, f"compare_tile_{key}").isVisible() for key in LEARNERS))
    qtbot.waitUntil(lambda: all(view.session.beside.adaptation(key) for key in LEARNERS), timeout=60_000)
    assert set(view.by_compute._lines) == set(LEARNERS)
    comparison = view.session.comparing.comparison
    means = {entry.label: entry.mean(entry.best_step) for entry in comparison.entries}
    assert rows[0][NAME] == min(means, key=lambda name: means[name])
    tile = view.findChild(QWidget, "compare_tile_maml")
    for width, is_below in ((110, True), (300, False)):
        tile.resize(width, 150)
        tile.layout().activate()
        assert (tile._loss.y() > tile._name.y() + 8) is is_below
        assert tile._name.shown_text == "MAML"


def test_tiles_of_a_row_have_the_same_line_below_where_one_is_a_pixel_wider(view, qtbot):
    compare(view, qtbot)
    qtbot.waitUntil(lambda: all(view.findChild(QWidget, f"compare_tile_{key}").isVisible() for key in LEARNERS))
    tiles = [view.findChild(QWidget, f"compare_tile_{key}") for key in LEARNERS]
    for extra in (0, 1):
        for tile, more in zip(tiles, (extra, 1 - extra), strict=True):
            tile.resize(ROOM_FOR_LOSS - 1 + more, 150)
        for tile in tiles:
            tile.layout().activate()
        assert len({tile._picture.height() for tile in tiles}) == 1
        assert all(tile._loss.y() > tile._name.y() + 8 for tile in tiles)


@pytest.mark.parametrize(("key", "text"), [(Qt.Key.Key_Space, " "), (Qt.Key.Key_T, "t"), (Qt.Key.Key_N, "n")])
def test_keys_of_the_window_go_past_the_table(view, key, text):
    table = view.findChild(QWidget, "compare_table")
    table.setCurrentIndex(table.model().index(0, 0))
    pressed = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
    table.keyPressEvent(pressed)
    assert not pressed.isAccepted()


def test_a_screen_reader_is_told_whose_picture_a_tile_is(view, qtbot):
    compare(view, qtbot)
    qtbot.waitUntil(lambda: all(view.findChild(QWidget, f"compare_tile_{key}").isVisible() for key in LEARNERS))
    pictures = [view.findChild(QWidget, f"compare_tile_{key}").findChild(SmallCurve) for key in LEARNERS]
    assert len({picture.accessibleName() for picture in pictures}) == len(LEARNERS)


def test_a_run_that_was_compared_is_called_by_its_learner_and_why_it_ended_is_said(view, real, qtbot):
    view.chosen.remove("reptile")
    view.chosen.vary("maml", {"num_iterations": 3, "inner_steps": 2})
    view.chosen.set_effort(budget=Budget(seconds=60))
    assert "MAML · meta-iterations 3, inner steps 2" in view.protocol._effort_text()
    compare(view, qtbot)
    (run,) = view.session.comparing.records.values()
    assert names_of_runs(real)[run.run_id].partition(" · ")[0] == "MAML"
    assert "num_iterations" not in names_of_runs(real)[run.run_id]
    assert view.protocol._ended_text() == "MAML (its own length)."


def test_the_marks_of_tiles_built_at_a_zoom_are_drawn_whole(view, qtbot):
    set_zoom(2.0)
    compare(view, qtbot)
    qtbot.waitUntil(lambda: view.findChild(QWidget, "compare_tile_reptile").isVisible())
    mark = view.findChild(QWidget, "compare_tile_reptile")._mark
    set_zoom(1.0)
    assert mark.maximumSize().toTuple() == (24, 28)


def test_a_learner_that_diverged_is_called_so_whatever_each_might_train(view, qtbot):
    view.chosen.vary("reptile", {"inner_learning_rate": "1", "inner_steps": "20"})
    compare(view, qtbot)
    assert view.session.comparing.comparison.entry("reptile").has_diverged
    assert view.protocol._ended_text() == "Reptile (diverged)."
    model = view.scores.model
    cells = {model.index(row, NAME).data(): model.index(row, NAME) for row in range(2)}
    assert cells["Reptile"].data(Qt.ItemDataRole.AccessibleTextRole) == "Reptile, diverged"
    assert cells["Reptile"].data(Qt.ItemDataRole.ForegroundRole) == theme().palette.error
    assert cells["MAML"].data(Qt.ItemDataRole.ForegroundRole) == theme().palette.text
    tile = view.findChild(QWidget, "compare_tile_reptile")
    tile.run.latest = None  # as a session has it that was saved and opened: the start is nothing to keep
    view.session.beside.show({})
    tile._show_loss()
    assert tile._loss.text() == "diverged"


def test_the_numbers_over_the_marks_stand_over_their_lines(view, qtbot):
    table, metrics = view.scores.table, QFontMetricsF(ui_font(10.5))
    for width, reach in itertools.product((1280, 1440, 1920), ((0, 1), (-3, 1), (-5, 4))):
        view.resize(width, 850)
        qtbot.wait(20)
        header = table.horizontalHeader()
        section = QRectF(header.sectionViewportPosition(DOTS), 0, header.sectionSize(DOTS), header.height())
        cell = QRectF(table.visualRect(table.model().index(0, DOTS)))
        assert cell.width() > 100
        for tick, place in named_ticks(section, reach):
            assert place.center().x() == pytest.approx(place_of(tick, cell, reach), abs=0.5)
            half = metrics.horizontalAdvance(tick_text(tick)) / 2
            assert section.left() <= place.center().x() - half
            assert place.center().x() + half <= section.right()


def test_a_learner_that_failed_does_not_press_the_dots_of_the_others_into_one():
    def dots(first: float, best: float) -> Dots:
        return Dots((first, first / 10, first / 2), (best, best / 10, best / 2))

    good = [dots(0.45, 0.3), dots(2.0, 1.9), dots(30.0, 25.0)]
    assert reach_of(good) == (-1, 2)
    assert reach_of([*good, dots(1e32, 6e5)]) == (-1, 2)  # its arrow stands at the end
    assert reach_of([*good[:2], None, dots(1e32, math.nan)]) == (-1, 1)
    assert reach_of([dots(2e-6, 1e-6), *good]) == (-7, 2)  # one that is far better than all stays
    assert reach_of([dots(1e32, 1e9)]) == (8, 9)


def test_six_learners_stand_in_a_small_window_without_a_scroll(view, qtbot):
    for learner in ("fomaml", "meta_sgd", "cavia", "ridge"):
        view.chosen.add(learner)
    view.resize(1024, 676)
    view.set_compact(True)
    qtbot.wait(50)
    assert view.scores.model.rowCount() == 6
    assert view.scores.table.verticalScrollBar().maximum() == 0


def test_a_touch_is_answered_by_every_tile(view, qtbot):
    compare(view, qtbot)
    beside = view.session.beside
    qtbot.waitUntil(lambda: all(beside.adaptation(key) for key in LEARNERS), timeout=60_000)
    before = {key: beside.adaptation(key).on_grid.copy() for key in LEARNERS}
    support = view.session.unseen.touched.support
    view.session.unseen.move_point(0, support.x[0], support.y[0] + 1.0)

    def has_moved() -> bool:
        return all((beside.adaptation(key).on_grid[-1] != before[key][-1]).any() for key in LEARNERS)

    qtbot.waitUntil(has_moved, timeout=60_000)


def test_every_tile_has_the_same_axis_wherever_a_point_is_dragged(view, qtbot):
    compare(view, qtbot)
    pictures = [view.findChild(QWidget, f"compare_tile_{key}").findChild(SmallCurve) for key in LEARNERS]
    support = view.session.unseen.touched.support
    for height in (30.0, 0.0):
        view.session.unseen.move_point(0, support.x[0], support.y[0] * 0.0 + height)
        qtbot.waitUntil(lambda: not any(view.session.beside.is_behind(key) for key in LEARNERS), timeout=60_000)
        ranges = {picture.axes().y_range for picture in pictures}
        assert len(ranges) == 1
        assert ranges.pop()[1] >= height


def test_every_tile_is_drawn_in_its_learners_colour_and_without_the_start(view, qtbot):
    compare(view, qtbot)
    marks = {standing.key: standing.mark.color for standing in view.standings.all}
    qtbot.waitUntil(lambda: all(view.session.beside.adaptation(key) for key in LEARNERS), timeout=60_000)
    for key in LEARNERS:
        picture = view.findChild(QWidget, f"compare_tile_{key}").findChild(SmallCurve)
        image = picture.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        drawn = {QColor.fromRgb(int(one)).name() for one in np.unique(np.frombuffer(image.constBits(), np.uint32))}
        assert [color for color in (*marks.values(), theme().palette.before) if color.name() in drawn] == [marks[key]]


def test_the_tile_under_the_hand_is_asked_at_every_move_and_the_others_follow(view, qtbot):
    compare(view, qtbot)
    session, answered = view.session, []
    qtbot.waitUntil(lambda: all(session.beside.adaptation(key) for key in LEARNERS), timeout=60_000)
    session.beside.adapted.connect(answered.append)
    dragged = view.findChild(QWidget, "compare_tile_reptile").findChild(SmallCurve)
    support = session.unseen.touched.support
    dragged.session.unseen.begin_touch()
    for move in range(8):
        count = answered.count("reptile")
        dragged.session.unseen.move_point(0, support.x[0], support.y[0] + 0.1 * move)
        qtbot.waitUntil(lambda count=count: answered.count("reptile") > count, timeout=60_000)
        assert not session.beside.is_behind("reptile")
    qtbot.waitUntil(lambda: not session.beside.is_behind("maml"), timeout=60_000)


def test_a_tile_that_has_not_answered_the_hand_is_dimmed_until_it_does(view, qtbot):
    compare(view, qtbot)
    session, tile = view.session, view.findChild(QWidget, "compare_tile_maml")
    qtbot.waitUntil(lambda: all(session.beside.adaptation(key) for key in LEARNERS), timeout=60_000)
    own = tile.findChild(TileSession).unseen
    session.beside._unseen.answers.is_ready = False  # the worker answers nobody
    session.unseen.move_point(0, session.unseen.touched.support.x[0], session.unseen.touched.support.y[0] + 1.0)
    qtbot.waitUntil(lambda: own.is_late, timeout=60_000)
    assert tile.findChild(SmallCurve).graphicsEffect() is not None
    session.beside._unseen.set_ready()
    session.unseen.move_point(0, session.unseen.touched.support.x[0], session.unseen.touched.support.y[0] + 1.0)
    qtbot.waitUntil(lambda: not own.is_late, timeout=60_000)
    assert tile.findChild(SmallCurve).graphicsEffect() is None


def test_headings_sort_and_the_csv_has_plain_numbers(view, qtbot):
    compare(view, qtbot)
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        view.scores.table.sortByColumn(BEST_MEDIAN, order)
        medians = [view.scores.model.standing_at(row).entry for row in range(2)]
        values = [entry.median(entry.best_step) for entry in medians]
        assert values == sorted(values, reverse=order is Qt.SortOrder.DescendingOrder)
    lines = list(csv.DictReader(io.StringIO(view.scores.model.as_csv())))
    assert {line["learner"] for line in lines} == {"MAML", "Reptile"}
    assert all(float(line["mean loss"]) > 0 for line in lines)


@pytest.mark.parametrize("width", [1440, 1600, 1920])
def test_the_header_holds_all_its_buttons_side_by_side_whatever_was_said_before(view, qtbot, width):
    view.resize(width, 700)
    qtbot.waitUntil(lambda: view.header.width() == width)
    for compact in (True, False):
        view.set_compact(compact)  # longer words come back where nothing else changes
        QApplication.processEvents()
        shown = [child for child in view.header.findChildren(QWidget) if child.parent() is view.header]
        places = sorted((one.x(), one.x() + one.width()) for one in shown if one.isVisible() and one.width() > 8)
        names = [one for one in places if one[0] < view.header.run.x()]  # title over subtitle
        for left, right in itertools.pairwise(places[len(names) :]):
            assert left[1] <= right[0] + 1


def test_marks_take_the_colours_of_another_theme(view, qtbot):
    compare(view, qtbot)
    before = view.scores.model.index(0, NAME).data(MARK_ROLE).color
    theme().set_mode("light")
    try:
        after = view.scores.model.index(0, NAME).data(MARK_ROLE).color
        dots = [view.findChild(QWidget, f"compare_tile_{key}")._mark._mark.color for key in LEARNERS]
        assert after != before
        assert after in dots
    finally:
        theme().set_mode("dark")


def chosen_key(view) -> str:
    table = view.scores.table
    assert table.selectionModel().isRowSelected(table.currentIndex().row())
    return view.scores.model.keys[table.currentIndex().row()]


def test_the_keyboard_stays_at_its_row_while_learners_finish_and_goes_to_the_next_one_when_it_is_taken_away(
    view, qtbot
):
    view.chosen.add("fomaml")
    table, keys = view.scores.table, view.scores.model.keys
    table.selectRow(1)
    compare(view, qtbot)
    assert chosen_key(view) == keys[1]
    table.sortByColumn(NAME, Qt.SortOrder.DescendingOrder)
    assert chosen_key(view) == keys[1]
    place, order = table.currentIndex().row(), view.scores.model.keys
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert len(view.scores.model.keys) == 2
    assert chosen_key(view) == [key for key in order if key != keys[1]][min(place, 1)]


def test_a_learner_that_is_added_is_in_sight(view):
    table = view.scores.table
    for learner in ("fomaml", "cavia", "anil", "meta_sgd", "ridge", "cnp"):
        view.chosen.add(learner)
    last = table.visualRect(view.scores.model.index(7, NAME))
    assert table.verticalScrollBar().maximum() > 0  # else all are in sight anyway
    assert table.viewport().rect().contains(last)


def test_enter_opens_a_contender_in_the_main_window(view, qtbot):
    compare(view, qtbot)
    view.scores.table.setCurrentIndex(view.scores.model.index(1, 0))
    with qtbot.waitSignal(view.backRequested):
        qtbot.keyClick(view.scores.table, Qt.Key.Key_Return)
    assert view.session.shown.run_id == view.scores.model.standing_at(1).run.run_id


def test_a_comparison_is_held_gone_on_with_and_ended_by_the_transport(view, qtbot):
    view.chosen.set_effort(budget=Budget(meta_iterations=1_000_000))
    said = []
    view.session.messageRaised.connect(lambda message: said.append(message.text))
    view.toggle()
    comparing = view.session.comparing
    qtbot.waitUntil(lambda: comparing.share > 0, timeout=60_000)
    view.toggle()
    qtbot.waitUntil(lambda: comparing.state.name == "PAUSED", timeout=60_000)
    view.toggle()
    qtbot.waitUntil(lambda: comparing.state.name == "RUNNING", timeout=60_000)
    view.reset()
    assert view.findChild(QLabel, "compare_left").text() == "ending"  # at once, whatever is under way
    qtbot.waitUntil(lambda: not comparing.is_active, timeout=120_000)
    assert view.findChild(QLabel, "compare_left").text() == "–"
    assert [entry.key for entry in comparing.comparison.entries] == ["maml"]
    assert texts(view, 1)[FIRST] == "not begun"
    assert said == ["Ended with 0 of 2 runs done and 1 cut short, which stay. Run goes on from there."]
    assert view.findChild(QLabel, "compare_done").text() == "0"
    assert view.protocol._ended_text() == "MAML (cut short)."
    view.session.change(shots=5)
    assert view._end_text(comparing.outcome).endswith("stay. Run begins anew.")


def test_the_protocol_is_of_the_tasks_that_were_compared_and_says_where_others_are_set_by_now(view, qtbot):
    before = view.protocol._same_text()
    compare(view, qtbot)
    assert view.protocol._same_text() == before
    view.session.change(shots=5)
    assert view.protocol._same_text().startswith(before)
    assert view.protocol._same_text().endswith("Run compares anew: Sinusoid · 5 shots · seed 7 is set now.")


def test_reference_figures_are_of_the_tasks_that_were_compared(view, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(view.protocol.references, "show_learners", lambda every, marks: asked.append(every))
    view.session.change(shots=7)
    assert {one.episodes.shots for one in asked[-1].values()} == {7}
    compare(view, qtbot)
    view.session.change(shots=5)
    assert {one.episodes.shots for one in asked[-1].values()} == {7}


def test_a_task_of_another_kind_takes_the_tiles_away(view, qtbot):
    compare(view, qtbot)
    assert view.tiles.hint.endswith("dotted: truth")
    view.session.change(task_family="blobs")
    qtbot.waitUntil(lambda: view.session.shown.settings.tasks.key == "blobs", timeout=60_000)
    assert view.findChild(QWidget, "compare_tile_maml") is None or not view.tiles._tiles
    assert "truth" not in view.tiles.hint
    assert "drag a point" not in view.tiles.hint


def test_the_hand_is_out_of_sight_before_anything_moves_it_over_a_task_of_another_kind(view, qtbot):
    view.session.load_preset("denoise")
    qtbot.waitUntil(lambda: view.session.shown.settings.tasks.key == "denoise", timeout=60_000)
    compare(view, qtbot)
    qtbot.waitUntil(lambda: view.tiles._hand is not None)
    hand = view.tiles._hand
    view.session.undo()
    assert view.tiles._hand is None
    assert not hand.isVisible()


def test_the_status_bar_says_that_others_train_in_place_of_the_live_run(session, qtbot):
    bar = StatusBar(session)
    qtbot.addWidget(bar)
    session.comparing.is_active = True
    session.comparing.stateChanged.emit()
    assert bar._status.text().startswith("Side by side: waits for its turn")
    session.comparing.is_active = False
    session.comparing.stateChanged.emit()
    assert "Side by side" not in bar._status.text()


@pytest.mark.parametrize("text", ["0.00727 ± 0.0013", "9.9e−4 ± 1.6e−4", "12 300 ± 1 200", "3.2"])
def test_a_figure_is_narrowed_rather_than_cut(qapp, text):
    bold, room = ui_font(12.5, 600), WIDTHS[BEST] - 10
    assert QFontMetricsF(narrowed(bold, text, room)).horizontalAdvance(text) <= room + 0.5
    assert narrowed(bold, "3.2", room) == bold


def test_a_table_that_cannot_be_written_is_one_line(view, qtbot, tmp_path):
    said = []
    view.session.messageRaised.connect(said.append)
    view.write_csv(str(tmp_path / "none" / "table.csv"))
    assert "cannot be written" in said[-1].text


def test_the_curve_of_several_seeds_is_their_mean_with_a_band_to_the_lowest_and_highest(view, qtbot):
    view.chosen.set_effort(num_seeds=3)
    compare(view, qtbot)
    standing = next(one for one in view.standings.all if one.key == "maml")
    curve = curve_of(standing, "tasks_seen")
    last = np.array([run.scores[-1].evaluation.learner.loss[standing.step] for run in standing.runs])
    assert len(last) == 3
    assert len(set(last)) == 3
    found = [values[-1] for values in (curve.low, curve.mean, curve.high)]
    assert found == pytest.approx([last.min(), last.mean(), last.max()])
    assert curve.x[-1] == standing.runs[0].tasks_seen
    ends = [run.scores[-1].compute_seconds for run in standing.runs]
    assert curve_of(standing, "compute_seconds").x[-1] == pytest.approx(max(ends))
    high, low = (edge.getData()[1] for edge in view.by_tasks._lines["maml"].band.edges)
    assert (high > low).all()
    assert len(high) == len(curve.x)
    view.chosen.set_effort(num_seeds=1)
    compare(view, qtbot)
    assert [len(edge.getData()[1]) for edge in view.by_tasks._lines["maml"].band.edges] == [0, 0]


def test_what_takes_no_training_is_a_level_across_the_plot(view, qtbot):
    view.chosen.remove("reptile")
    view.chosen.add("scratch")
    compare(view, qtbot)
    x, y = view.by_tasks._lines["scratch"].line.getData()
    (low, high), _ = view.by_tasks.plot.getViewBox().viewRange()
    assert x[0] <= low < high <= x[-1]
    assert y[0] == y[-1] == pytest.approx(view.by_tasks._lines["scratch"].y[-1])


def test_a_learner_that_failed_does_not_set_the_axis_of_the_curves_and_it_is_said_where_it_left(
    view, qtbot, monkeypatch
):
    view.chosen.add("fomaml")
    compare(view, qtbot)
    x, good, bad = np.array([10.0, 100.0, 1000.0]), np.array([70.0, 3.0, 0.4]), np.array([70.0, 1e9, 1e32])
    losses = {"maml": good, "reptile": good / 2, "fomaml": good}

    def given(standing, axis):
        return Curve(x, *[losses[standing.key]] * 3, ended=np.empty(0))

    monkeypatch.setattr(curves_panel, "curve_of", given)
    plot, words = view.by_tasks.plot, view.by_tasks._off_scale
    view.by_tasks.refresh()
    usual = plot.getViewBox().viewRange()[1]
    assert words.isHidden()
    losses["fomaml"] = bad
    view.by_tasks.refresh()
    assert plot.getViewBox().viewRange()[1] == pytest.approx(usual)
    assert words.text() == "FOMAML: off the scale from 100"
    assert plot.plot_area().contains(QRectF(words.geometry()))
    losses["reptile"] = bad
    view.by_tasks.refresh()
    assert words.text() == "2 learners are off the scale"


def test_the_axis_of_curves_ends_above_what_most_begin_with():
    curves = [np.array(one) for one in ([1.9, 0.1], [0.6, -3.5], [0.6, 0.5], [6.0, 30.0])]
    assert highest_of(curves) == pytest.approx(0.6 + 2)
    # Ridge and a start from scratch are four decades apart at the end.
    assert highest_of(curves[1:3]) == pytest.approx(0.6 + 2)
    assert highest_of(curves[3:]) == pytest.approx(6.0 + 2)
    assert highest_of([]) == math.inf
    assert since_when(np.array([0.0, 5.0, 0.0, 5.0, 6.0]), 1.0) == 3
    assert since_when(np.array([5.0, 6.0]), 1.0) == 0


def test_names_beside_curves_lie_apart_and_inside():
    placed = spread([10.0, 12.0, 90.0, 95.0], 15.0, 100.0)
    assert all(after - before >= 15.0 for before, after in itertools.pairwise(placed))
    assert placed[0] >= 0.0
    assert placed[-1] + 15.0 <= 100.0


# --- earlier ones -----------------------------------------------------------------------------------------


def choose_earlier(view, place: int) -> None:
    menu = earlier_menu(view.session, view)
    menu.actions()[place].trigger()
    menu.deleteLater()


def test_an_earlier_comparison_is_chosen_from_the_menu_with_its_learners_and_its_tiles(view, qtbot):
    compare(view, qtbot)
    first = [texts(view, row) for row in range(2)]
    view.chosen.remove("reptile")
    view.chosen.vary("maml", {"inner_steps": "2"})
    compare(view, qtbot)
    assert view.scores.model.rowCount() == 1
    choose_earlier(view, 1)
    assert [choice.key for choice in view.chosen.choices] == list(LEARNERS)
    assert [texts(view, row) for row in range(2)] == first
    assert view.protocol.seeds.currentData() == 1
    qtbot.waitUntil(lambda: all(view.session.beside.adaptation(key) for key in LEARNERS), timeout=60_000)
    assert view.session.comparing.kept[1].key == view.session.comparing.outcome.key


def test_an_earlier_sweep_takes_its_own_view_and_a_view_that_is_built_later_shows_it(view, qtbot):
    grid = Grid((Axis("activation", ("relu", "tanh")),))
    comparing = view.session.comparing
    comparing.start(SweepPlan(view.session.settings, Budget(meta_iterations=2), grid=grid))
    qtbot.waitUntil(lambda: not comparing.is_active, timeout=60_000)
    compare(view, qtbot)
    with qtbot.waitSignal(view.viewRequested) as asked:
        choose_earlier(view, 1)
    assert asked.args == ["sweep"]
    sweep = SweepView(view.session)
    qtbot.addWidget(sweep)
    sweep.show()
    assert sweep.axes.rows[0].setting.currentData() == "activation"
    assert sweep.axes.rows[0].values.text() == "relu, tanh"
    assert sweep.axes.grid() == grid
    assert sweep.map.map.best is not None


def test_a_view_shows_its_own_last_outcome_again_when_one_comes_back_to_it(view, qtbot):
    compare(view, qtbot)
    first = [texts(view, row) for row in range(2)]
    view.hide()
    comparing = view.session.comparing
    grid = Grid((Axis("activation", ("relu",)),))
    comparing.start(SweepPlan(view.session.settings, Budget(meta_iterations=2), grid=grid))
    qtbot.waitUntil(lambda: not comparing.is_active, timeout=60_000)
    view.chosen.add("fomaml")
    view.show()
    assert comparing.kind == "compare"
    assert [texts(view, row) for row in range(2)] == first
    assert view.chosen.choices[-1].key == "fomaml"  # chosen since then


def test_a_run_that_was_deleted_keeps_its_row_and_says_that_it_is_gone(view, qtbot):
    compare(view, qtbot)
    gone = view.session.comparing.lanes[0].run_id
    view.session.delete_run(gone)
    view.session.comparing.reopen(view.session.comparing.kept[0].key)
    assert all("±" in texts(view, row)[BEST] for row in range(2))
    assert set(view.by_compute._lines) == set(LEARNERS)
    with qtbot.waitSignal(view.session.messageRaised) as said:
        view.open_run(gone)
    assert "not in the list any more" in said.args[0].text


@pytest.mark.parametrize("width", [1024, 1440])
def test_every_card_is_in_sight_and_the_protocol_scrolls_to_its_last_line(view, qtbot, width):
    view.resize(width, 640)
    view.set_compact(width <= 1024)
    qtbot.wait(50)
    cards = (view.tiles, view.scores, view.by_compute, view.by_tasks, view.protocol)
    assert all(card.isVisible() and card.width() > 250 for card in cards)
    scroll = view.findChild(QScrollArea, "compare_protocol_scroll")
    assert scroll.widget().width() <= scroll.viewport().width()
    scroll.ensureWidgetVisible(view.protocol.references)
    bottom = view.protocol.references.mapTo(scroll.viewport(), view.protocol.references.rect().bottomLeft())
    assert view.protocol.references.isVisible()
    assert bottom.y() <= scroll.viewport().height()


def test_six_learners_have_six_colours_and_a_dozen_a_dozen_marks():
    marks = [mark_of(turn, "maml") for turn in range(12)]
    assert len({mark.color.name() for mark in marks[:6]}) == 6
    assert len({(mark.color.name(), mark.shape) for mark in marks}) == 12


@pytest.mark.parametrize("first", [0, 1, 5, 17])
def test_learners_of_turns_near_each_other_have_shapes_of_their_own(first):
    shapes = [mark_of(turn, "maml").shape for turn in range(first, first + 11)]
    assert len(set(shapes)) == 11
    assert all(shape in Symbols for shape in shapes)


def test_reference_figures_stand_beside_the_mark_of_their_learner_in_the_theme_as_it_is(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    references, settings = ReferenceList(holder), {"maml": preset("first-steps")}
    for mode in ("dark", "light"):
        theme().set_mode(mode)
        references.show_learners(settings, {"maml": mark_of(1, "maml")})
        (swatch,) = [one for one in references.findChildren(Swatch) if not one.isHidden()]
        assert swatch.mark == mark_of(1, "maml")
    theme().set_mode("dark")
