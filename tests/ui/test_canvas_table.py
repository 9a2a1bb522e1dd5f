"""The canvas of tables: slices that follow the rows, and rows that are edited as in a spreadsheet."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QTableView, QToolButton

from metalearn_gui.bridge.touches import draw_task
from metalearn_gui.engine.learners.maml import Maml
from metalearn_gui.engine.networks.mlp import Mlp
from metalearn_gui.engine.presets import default_settings
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tables.fields import Field
from metalearn_gui.engine.tables.in_memory import TABLES
from metalearn_gui.engine.tables.slices import Slice
from metalearn_gui.engine.tasks.csv import Csv
from metalearn_gui.store.link import to_link
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.canvas.markers import class_color
from metalearn_gui.ui.canvas.table import panes
from metalearn_gui.ui.canvas.table.canvas import TableCanvas
from metalearn_gui.ui.canvas.table.held import shares_categories
from metalearn_gui.ui.canvas.table.one_row import fields_of
from metalearn_gui.ui.canvas.table.panes import beginnings
from metalearn_gui.ui.canvas.table.small import draw_small
from metalearn_gui.ui.export.pictures import draw_canvas
from metalearn_gui.ui.header import Header
from metalearn_gui.ui.main_window import MainWindow
from metalearn_gui.ui.panels.network import NetworkPanel
from metalearn_gui.ui.panels.task import TaskPanel
from metalearn_gui.ui.run_marks import run_mark
from metalearn_gui.ui.theme import theme
from metalearn_gui.ui.zoom import set_zoom
from tests.ui.fake_session import FakeSession
from tests.ui.hand import click, double_click, drag, handle, set_points, spoil

CHOICES = {
    "curve": {"inputs": "x", "targets": "y"},
    "plane": {"inputs": "x,y", "targets": "z"},
    "several": {"inputs": "x,y,city", "targets": "z"},
    "regions": {"inputs": "x,y", "targets": "city", "predicts": "classes"},
    "chances": {"inputs": "x", "targets": "city", "predicts": "classes"},
}


@pytest.fixture
def path(tmp_path):
    """Ten tasks of 24 rows: two numbers, a city, and a number to predict."""
    rng = np.random.default_rng(0)
    rows = []
    for task in range(10):
        for x, y in rng.uniform(-2, 2, (24, 2)):
            rows.append(f"t{task},{x:.3f},{y:.3f},{'Rome' if x > y else 'Oslo'},{100 * x + task * y:.2f}")
    (tmp_path / "table.csv").write_text("\n".join(["task,x,y,city,z", *rows]))
    yield str(tmp_path / "table.csv")
    TABLES.forget()


def settings_for(path: str, **values: str) -> ExperimentSettings:
    return ExperimentSettings(Csv(data=path, **({"task_column": "task"} | values)).resolved(), Maml(), Mlp())


def shown(qtbot, session: FakeSession) -> TableCanvas:
    canvas = TableCanvas(session)
    qtbot.addWidget(canvas)
    canvas.resize(684, 352)
    with qtbot.waitExposed(canvas):
        canvas.show()
    return canvas


@pytest.fixture(params=sorted(CHOICES))
def canvas(qtbot, path, request):
    return shown(qtbot, FakeSession(settings_for(path, **CHOICES[request.param])))


@pytest.fixture
def several(qtbot, path):
    return shown(qtbot, FakeSession(settings_for(path, **CHOICES["several"])))


def support(canvas: TableCanvas):
    return canvas.session.unseen.touched.support


def cell(canvas: TableCanvas, row: int, name: str) -> str:
    model = canvas._editor.model
    return str(model.index(row, column(canvas, name)).data())


def column(canvas: TableCanvas, name: str) -> int:
    model = canvas._editor.model
    names = [model.headerData(place, Qt.Orientation.Horizontal) for place in range(model.columnCount())]
    return names.index(name)


def go_to(canvas: TableCanvas, row: int, name: str) -> None:
    table = canvas._editor.table
    table.setFocus()
    index = canvas._editor.model.index(row, column(canvas, name))
    table.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def test_a_row_that_is_added_while_the_axis_moves_is_the_one_that_is_grabbed(qtbot, path):
    canvas = shown(qtbot, FakeSession(settings_for(path, **CHOICES["several"])))
    support = canvas.touched.support
    canvas.grabbed = 0  # the axis waits until the hand lets go
    set_points(canvas.session, support.x, 3 * support.y)
    canvas.grabbed = None
    before = canvas.panes()
    grabbed = canvas.add_at(before[1].frame.center())
    assert canvas.panes() != before
    count = len(canvas.touched.support.x)
    assert grabbed == 2 * count - 1


def test_a_table_at_a_zoom_is_the_same_one_larger(canvas, qtbot):
    def places() -> list[tuple[float, ...]]:
        canvas.grab()
        table = canvas._editor.table
        boxes = [pane.frame for pane in canvas.panes()] + [QRectF(canvas._editor.geometry())]
        return [*(box.getRect() for box in boxes), (table.rowHeight(0), table.horizontalHeader().maximumSectionSize())]

    before = places()
    try:
        set_zoom(1.5)
        canvas.resize(1026, 528)
        after = places()
    finally:
        set_zoom(1.0)
    for one, other in zip(before, after, strict=True):
        assert other == pytest.approx([1.5 * number for number in one], abs=8)  # the widest number has another width


def free_place(canvas: TableCanvas) -> QPointF:
    """In the first pane, away from every row."""
    frame, pixels = canvas.panes()[0].frame, canvas.handle_pixels()
    places = np.stack(np.meshgrid(np.linspace(0.1, 0.9, 15), np.linspace(0.1, 0.9, 15)), axis=-1).reshape(-1, 2)
    places = places * [frame.width(), frame.height()] + [frame.left(), frame.top()]
    distances = np.linalg.norm(places[:, None] - pixels[None], axis=-1).min(axis=1)
    return QPointF(*places[distances.argmax()].tolist())


def typed(qtbot, canvas: TableCanvas, row: int, name: str, text: str) -> None:
    """As a hand does: go there, type over what stands there, Enter."""
    go_to(canvas, row, name)
    table = canvas._editor.table
    qtbot.keyClick(table, Qt.Key.Key_Return)
    editor = table.viewport().findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: table.state() != table.State.EditingState)


def says(canvas: TableCanvas) -> str:
    return canvas.findChild(QLabel, "support_says").text()


# --- what every canvas promises ---------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("size", [(684, 352), (528, 235), (400, 200), (240, 150)])
def test_it_draws_at_every_size_in_both_themes(canvas, mode, size):
    theme().set_mode(mode)
    canvas.resize(*size)
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert len(np.unique(np.frombuffer(image.constBits(), np.uint32))) > 40


def test_a_drag_moves_one_row_and_its_cells(canvas):
    before = support(canvas)
    start = handle(canvas, 2)
    middle = canvas.panes()[0].frame.center()
    drag(canvas, start, start + QPointF(20 if start.x() < middle.x() else -20, 12 if start.y() < middle.y() else -12))
    after = support(canvas)
    moved = (after.x != before.x).any(axis=1) | (
        after.y.reshape(len(after.y), -1) != before.y.reshape(len(before.y), -1)
    ).any(axis=1)
    assert np.flatnonzero(moved).tolist() == [2]
    assert cell(canvas, 2, "x") == canvas._fields.inputs[0].text(after.x[2, 0])


def test_a_click_adds_a_row_like_the_chosen_one_and_a_right_click_takes_it_away(canvas):
    count = len(support(canvas).x)
    click(canvas, free_place(canvas))
    assert len(support(canvas).x) == count + 1
    click(canvas, handle(canvas, count), Qt.MouseButton.RightButton)
    assert len(support(canvas).x) == count


def test_the_keyboard_alone_chooses_moves_adds_and_removes(canvas, qtbot):
    count = len(support(canvas).x)
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    before = handle(canvas, canvas.chosen)
    leftwards = before.x() > canvas.panes()[0].frame.center().x()
    arrow = Qt.Key.Key_Left if leftwards else Qt.Key.Key_Right
    qtbot.keyClick(canvas, arrow, Qt.KeyboardModifier.ShiftModifier)
    assert abs(abs(handle(canvas, canvas.chosen).x() - before.x()) - 6.0) < 0.1
    qtbot.keyClick(canvas, Qt.Key.Key_Insert)
    assert len(support(canvas).x) == count + 1
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert len(support(canvas).x) == count


@pytest.fixture
def daily(qtbot, tmp_path):
    """The same ten days in every task, and a column that is one huge number."""
    rows = [f"t{task},2024-03-{day % 10 + 1:02},1e+17,{task * day}" for task in range(10) for day in range(24)]
    (tmp_path / "days.csv").write_text("\n".join(["task,day,id,z", *rows]))
    settings = settings_for(str(tmp_path / "days.csv"), inputs="day,id", targets="z")
    canvas = shown(qtbot, FakeSession(settings))
    yield canvas
    TABLES.forget()


def test_a_unit_of_the_network_is_laid_over_every_slice(canvas, qtbot):
    network, unseen = NetworkPanel(canvas.session), canvas.session.unseen
    qtbot.addWidget(network)
    qtbot.waitUntil(lambda: unseen.touched.looked_at == canvas._looks)
    before = [canvas.grab(pane.frame.toRect()).toImage() for pane in canvas.panes()]
    unit = network.view.layers[1].units[0]
    network.view.pointed.emit(1, unit)
    assert len(unseen.laid_over.values) == len(unseen.touched.grid)
    after = [canvas.grab(pane.frame.toRect()).toImage() for pane in canvas.panes()]
    assert all(one != other for one, other in zip(before, after, strict=True))
    network.view.pointed.emit(-1, -1)
    assert [canvas.grab(pane.frame.toRect()).toImage() for pane in canvas.panes()] == before


def test_a_date_goes_from_day_to_day_under_mouse_and_keyboard(daily, qtbot):
    start = handle(daily, 2)
    frame = daily.panes()[0].frame
    side = 1 if start.x() < frame.center().x() else -1
    drag(daily, start, start + QPointF(side * frame.width() / 3, 4))
    dragged = cell(daily, 2, "day")
    assert len(dragged) == len("2024-03-01")
    daily.setFocus()
    daily.choose(2)
    for key, day in ((Qt.Key.Key_Left, -1), (Qt.Key.Key_Right, 1)):
        before = daily._fields.inputs[0].parsed(cell(daily, 2, "day"))
        qtbot.keyClick(daily, key, Qt.KeyboardModifier.ShiftModifier)
        assert daily._fields.inputs[0].parsed(cell(daily, 2, "day")) == before + day


def test_a_row_can_be_dragged_where_a_column_is_one_huge_number(daily):
    start = handle(daily, 0)
    drag(daily, start, start - QPointF(0, 20))
    assert cell(daily, 0, "id") != "1e+17"


def test_predictions_that_are_not_numbers_and_none_at_all_can_be_drawn(canvas):
    whole = canvas.grab().toImage()
    spoil(canvas.session)
    spoiled = canvas.grab().toImage()
    assert spoiled != whole
    assert "nan" not in " ".join(canvas.hover_lines(canvas.panes()[0].frame.center()))
    canvas.session.unseen.adaptations = {}
    canvas.session.unseen.adaptedChanged.emit()
    assert canvas.grab().toImage() != whole


def test_an_empty_support_set_can_be_drawn_and_added_to(canvas, qtbot):
    canvas.session.unseen.set_support(support(canvas).x[:0], support(canvas).y[:0])
    canvas.grab()
    canvas._editor.model.add_row()
    assert len(support(canvas).x) == 1
    canvas.grab()


def test_a_thousand_rows_can_be_drawn(canvas):
    x, y = support(canvas)[:2]
    canvas.session.unseen.set_support(np.resize(x, (1000, x.shape[1])), np.resize(y, (1000, *y.shape[1:])))
    few = canvas.grab().toImage()
    assert canvas._editor.model.rowCount() >= 1000
    canvas.session.unseen.set_support(x, y)
    assert canvas.grab().toImage() != few


def test_hovering_tells_columns_by_name_with_their_values(canvas):
    lines = canvas.hover_lines(canvas.panes()[0].frame.center() + QPointF(3, 3))
    assert any(line.startswith("x ") for line in lines)
    assert any(line.startswith(("after: ", "y ", "z ", "city ")) for line in lines)


def test_a_double_click_restores_the_task(canvas):
    double_click(canvas, canvas.panes()[0].frame.center())
    assert ("restore_task",) in canvas.session.calls


# --- slices ---------------------------------------------------------------------------------------------


def test_slices_pass_through_the_row_that_is_chosen_in_the_table(several):
    go_to(several, 3, "x")
    assert several.session.unseen.touched.looked_at.row == 3
    first = several.session.unseen.touched.looked_at.points(
        np.concatenate([support(several).x, several.touched.query.x])
    )[0]
    assert np.array_equal(first[1:], support(several).x[3, 1:])


def test_choosing_two_inputs_shows_a_plane_and_the_choice_outlives_the_canvas(several, qtbot):
    several.findChild(QComboBox, "slice_first").setCurrentIndex(1)
    assert [pane.cut.across.name for pane in several.panes()] == ["x"]
    several.findChild(QComboBox, "slice_second").setCurrentIndex(3)
    assert [(pane.cut.across.name, pane.cut.up.name) for pane in several.panes()] == [("x", "city")]
    assert shown(qtbot, several.session).panes()[0].cut.up.name == "city"


def test_a_narrow_canvas_leaves_out_panes_and_then_the_table(several):
    several.resize(900, 420)
    assert len(several.panes()) == 3
    several.resize(400, 200)
    assert len(several.panes()) < 3
    assert not several._editor.isVisible()


def test_another_table_brings_a_canvas_with_its_own_columns(qtbot, path, tmp_path):
    (tmp_path / "b.csv").write_text("who,a,b\n" + "".join(f"p{n % 5},{n % 7},{2 * n}\n" for n in range(120)))
    session = FakeSession(settings_for(path, **CHOICES["several"]))
    panel = TaskPanel(session)
    qtbot.addWidget(panel)
    panel.resize(712, 480)
    panel.show()
    first = panel.surface
    session.unseen.new_task()
    assert panel.surface is first
    session.take_settings(settings_for(str(tmp_path / "b.csv"), task_column="who", inputs="a", targets="b"))
    assert panel.surface is not first
    assert cell(panel.surface, 0, "a") == panel.surface._fields.inputs[0].text(support(panel.surface).x[0, 0])
    panel.grab()


# --- the table -----------------------------------------------------------------------------------------


def test_a_typed_cell_changes_that_number_and_the_prediction_answers(several, qtbot):
    typed(qtbot, several, 1, "x", "0.125")
    assert support(several).x[1, 0] == 0.125
    assert cell(several, 1, "predicted")
    several.findChild(QToolButton, "support_add").click()
    assert len(support(several).x) == 11


def test_what_is_being_typed_stays_while_training_moves_the_predictions(several, qtbot):
    go_to(several, 1, "x")
    qtbot.keyClick(several._editor.table, Qt.Key.Key_Return)
    editor = several._editor.table.viewport().findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "0.5")
    several.session.train(10)
    several.session.unseen.look_at(several.session.unseen.touched.looked_at)
    assert editor.text() == "0.5"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: support(several).x[1, 0] == 0.5)


def test_a_bad_cell_is_refused_in_a_line_and_changes_nothing(several, qtbot):
    before = support(several)
    typed(qtbot, several, 1, "x", "about 3")
    assert "x is 'about 3'; expected a number" in says(several)
    assert support(several) is before
    typed(qtbot, several, 1, "x", "3")
    assert "expected" not in says(several)


def test_typing_below_the_last_support_row_adds_one(several, qtbot):
    typed(qtbot, several, 10, "z", "77")
    assert len(support(several).x) == 11
    assert support(several).y[10, 0] == 77
    assert np.array_equal(support(several).x[10], support(several).x[9])


def test_a_hand_at_the_row_that_adds_one_stays_there_while_predictions_come(several):
    go_to(several, 10, "z")
    several.session.unseen.look_at(several.session.unseen.touched.looked_at)
    several.settle()
    assert several._editor.table.currentIndex().row() == 10


def test_query_rows_are_shown_and_cannot_be_edited(several):
    model = several._editor.model
    index = model.index(11, column(several, "x"))
    assert index.data() == several._fields.inputs[0].text(several.touched.query.x[0, 0])
    assert not model.flags(index) & Qt.ItemFlag.ItemIsEditable


def test_a_category_is_chosen_from_its_labels(several):
    index = several._editor.model.index(0, column(several, "city"))
    delegate = several._editor.table.itemDelegate()
    editor = delegate.createEditor(several._editor.table.viewport(), None, index)
    assert [editor.itemText(place) for place in range(editor.count())] == ["Oslo", "Rome"]
    editor.setCurrentText("Rome")
    delegate.setModelData(editor, several._editor.model, index)
    assert support(several).x[0, 2:].tolist() == [0.0, 1.0]


def test_pasted_rows_fill_from_the_cell_on_and_add_what_is_missing(several, qtbot):
    QGuiApplication.clipboard().setText("1\t2\n3,5\t4\n")
    go_to(several, 9, "x")
    qtbot.keyClick(several._editor.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert support(several).x[9:, :2].tolist() == [[1, 2], [3.5, 4]]


@pytest.fixture
def window(qtbot, path):
    made = MainWindow(FakeSession(settings_for(path, **CHOICES["several"])))
    qtbot.addWidget(made)
    made.resize(1440, 900)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.close()


def test_in_the_window_cells_are_pasted_into_the_table_that_has_the_focus(window, qtbot):
    table = window.findChild(QTableView, "support_table")
    QGuiApplication.clipboard().setText("7\n8\n")
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [table.model().index(row, 0).data() for row in range(2)] == ["7", "8"]


def test_dates_beside_numbers_are_whole_in_the_first_window(qtbot, tmp_path):
    path = tmp_path / "sales.csv"
    rows = [f"s{task},2024-04-{day:02},{day}.25,{task}.5" for task in range(12) for day in range(1, 25)]
    path.write_text("\n".join(["task,date,price,sold", *rows]), encoding="utf-8")
    window = MainWindow(FakeSession(settings_for(str(path), targets="sold")))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    table = window.findChild(QTableView, "support_table")
    date = next(place for place in range(4) if table.model().headerData(place, Qt.Orientation.Horizontal) == "date")
    qtbot.waitUntil(lambda: table.columnWidth(date) >= table.sizeHintForColumn(date))
    assert table.horizontalScrollBar().maximum() == 0


def test_space_at_a_cell_runs_and_edits_nothing(window, qtbot):
    table = window.findChild(QTableView, "support_table")
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert table.viewport().findChild(QLineEdit) is None
    assert ("toggle",) in window.session.calls


def test_a_link_is_the_windows_also_where_the_table_has_the_focus(window, qtbot):
    table = window.findChild(QTableView, "support_table")
    table.setFocus()
    QGuiApplication.clipboard().setText(to_link(default_settings()))
    qtbot.keyClick(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert window.session.settings == default_settings()


def test_dates_under_an_axis_are_there_in_any_width_and_do_not_meet(qtbot, monkeypatch):
    field = Field("day", "date", 0, low=20089.0, high=20453.0)
    places = []
    monkeypatch.setattr(panes, "_write", lambda painter, place, *rest: places.append(place))
    for width in range(150, 400, 10):
        places.clear()
        (pane,) = panes.panes_for((Slice(field, None, 9),), QRectF(0, 0, width, 200), (0.0, 1.0))
        image = QImage(width, 200, QImage.Format.Format_ARGB32)
        painter = QPainter(image)
        panes._draw_columns(painter, pane)
        painter.end()
        assert places
        assert all(one.right() < other.left() for one, other in itertools.pairwise(places))
    assert len(places) >= 2


def test_pasted_rows_with_names_find_their_columns(several, qtbot):
    QGuiApplication.clipboard().setText("city;z\nRome;5\n")
    go_to(several, 0, "z")
    qtbot.keyClick(several._editor.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert (support(several).y[0, 0], support(several).x[0, 3]) == (5, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [("1\n2\nthree", "Row 3: y is 'three'"), ("", "no text"), ("1\t2\t3\t4\t5\t6", "columns were pasted")],
)
def test_what_cannot_be_pasted_is_refused_whole(several, qtbot, text, said):
    before = support(several)
    QGuiApplication.clipboard().setText(text)
    go_to(several, 0, "y")
    qtbot.keyClick(several._editor.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert said in says(several)
    assert support(several) is before


def test_what_was_copied_can_be_pasted_back(several, qtbot):
    before = support(several)
    table = several._editor.table
    go_to(several, 0, "x")
    table.selectAll()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0].split("\t") == ["z", "predicted", "x", "y", "city"]
    QGuiApplication.clipboard().setText("\n".join(lines[:11]))
    qtbot.keyClick(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(support(several).x, before.x)


def test_an_edit_in_the_table_is_a_gesture_that_can_be_taken_back_and_made_again(several, qtbot):
    before = support(several)
    table = several._editor.table
    go_to(several, 4, "x")
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert len(support(several).x) == 9
    several.session.undo()
    assert np.array_equal(support(several).x, before.x)
    several.session.redo()
    assert len(support(several).x) == 9


def test_a_grabbed_row_is_the_current_one_of_the_table(several):
    start = handle(several, 5)
    drag(several, start, start + QPointF(1, 0))
    assert several._editor.table.currentIndex().row() in (several.chosen % 10, 5)
    assert several._looks.row == several.chosen % 10


def test_delete_takes_the_row_that_is_ringed_whoever_chose_it(several, qtbot):
    several.setFocus()
    qtbot.keyClick(several, Qt.Key.Key_Right)
    go_to(several, 7, "x")
    before = support(several)
    qtbot.keyClick(several, Qt.Key.Key_Delete)
    assert np.array_equal(support(several).x, np.delete(before.x, 7, 0))
    assert several.chosen % len(support(several).x) == several._looks.row
    go_to(several, len(support(several).x) + 2, "x")  # a query row, with the row to add one in between
    before = support(several)
    qtbot.keyClick(several, Qt.Key.Key_Delete)
    assert support(several) is before


def test_a_dragged_number_has_no_more_digits_than_a_hand_can_place(several):
    start = handle(several, 5)
    drag(several, start, start + QPointF(7, -9))
    row = several.chosen % 10
    assert len(cell(several, row, "x").split(".")[1]) <= 3
    assert len(cell(several, row, "z").partition(".")[2]) <= 1


def test_what_has_no_room_is_told_of(several):
    held = several.findChild(QLabel, "slice_held")
    assert "fit" not in held.text()
    several.resize(440, 200)
    assert held.text().startswith(f"{len(several.panes())} of 3 fit · through row ")
    assert "larger window" in held.toolTip()


def test_every_control_has_a_name_and_a_tooltip(several):
    for part in (several._editor.table, *several.findChildren(QToolButton), *several._choice.findChildren(QComboBox)):
        if part.isVisibleTo(several) and part.objectName():
            assert part.accessibleName()
            assert part.toolTip()
    assert several.childAt(QPoint(10, 5)) is not None


def test_the_picture_of_the_task_shows_the_slices_that_the_window_shows(several):
    several.findChild(QComboBox, "slice_first").setCurrentIndex(2)
    several.session.unseen.stepChanged.emit()
    looks = several.session.unseen.touched.looked_at
    image = QImage(1200, 800, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    draw_canvas(several.session, painter)
    painter.end()
    assert several.session.unseen.touched.looked_at is looks
    assert len(np.unique(np.frombuffer(image.constBits(), np.uint32))) > 40


# --- what the slices hold ---------------------------------------------------------------------------


def test_a_new_row_comes_after_the_chosen_one_and_is_like_it(canvas, qtbot):
    before = support(canvas)
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    chosen = canvas.chosen
    qtbot.keyClick(canvas, Qt.Key.Key_Insert)
    np.testing.assert_array_equal(support(canvas).x, np.insert(before.x, chosen + 1, before.x[chosen], 0))
    np.testing.assert_array_equal(support(canvas).y, np.insert(before.y, chosen + 1, before.y[chosen], 0))
    assert canvas.chosen == chosen + 1


def test_in_the_table_a_new_row_comes_after_the_current_one(several, qtbot):
    before = support(several)
    go_to(several, 2, "x")
    qtbot.keyClick(several._editor.table, Qt.Key.Key_Insert)
    np.testing.assert_array_equal(support(several).x, np.insert(before.x, 3, before.x[2], 0))
    assert several._editor.table.currentIndex().row() == 3
    several.session.unseen.undo_touch()
    np.testing.assert_array_equal(support(several).x, before.x)


def test_the_canvas_says_through_which_row_its_slices_pass(several):
    go_to(several, 1, "x")
    text = several.findChild(QLabel, "slice_held").text()
    assert text.startswith("through row 2: city ")
    assert f"x {cell(several, 1, 'x')}" in text
    several._choice.chosen.emit(0, 1, 0)
    assert "x " not in several.findChild(QLabel, "slice_held").text().split(": ")[1]


def test_rows_of_other_categories_are_not_in_the_slice(several):
    city = several._fields.inputs[2]
    rows = support(several).x
    across_x, _, across_city = several._looks.cuts
    inside = shares_categories(several._fields, across_x, rows, rows[:1])
    np.testing.assert_array_equal(inside, city.values(rows) == city.values(rows[:1])[0])
    assert shares_categories(several._fields, across_city, rows, rows[:1]).all()
    assert set(inside.tolist()) == {True, False}


def test_a_run_laid_over_is_drawn_in_its_colour_on_slices_of_every_kind(canvas, qtbot):
    session = canvas.session
    qtbot.waitUntil(lambda: canvas.predictions(0) is not None)
    plain, own = canvas.grab().toImage(), session.unseen.adaptations["learner"]
    run = RunRecord(session.settings.replaced(), created=0.0)
    session.runs = [run, session.live]
    answer = dataclasses.replace(own, on_grid=own.on_grid[:, ::-1])
    session.laid_over.adaptation = {run.run_id: answer}.get
    session.set_overlay(run.run_id, True)
    qtbot.waitUntil(lambda: canvas.grab().toImage() != plain)
    color = run_mark(session, run).color
    assert canvas._scene().beside[-1][0].color == color
    image, frame = canvas.grab().toImage(), canvas.panes()[0].frame.toRect()
    places = [(x, y) for x in range(frame.left(), frame.right()) for y in range(frame.top(), frame.bottom())]
    near = [place for place in places if distance(image.pixelColor(*place), color) < 60]
    assert len(near) > 20


def test_what_is_waited_for_can_be_read_where_rows_lie(qtbot, path):
    canvas = shown(qtbot, FakeSession(settings_for(path, **CHOICES["chances"])))
    canvas.session.unseen.adaptations = {}
    canvas.session.readiness = "compiling, 2 s; the last time it took as long as this line is"
    canvas.follow()
    image = canvas.grab().toImage()
    colors = {class_color(label).rgb() for label in range(2)}
    note = QRectF(
        QPointF(canvas.frame().center().x(), canvas.frame().top()), canvas.frame().topRight() + QPointF(-30, 20)
    )
    under = [handle(canvas, place) for place in range(len(support(canvas).x)) if note.contains(handle(canvas, place))]
    assert under
    for at in under:
        around = [image.pixel(int(at.x()) + x, int(at.y()) + y) for x in range(-2, 3) for y in range(-2, 3)]
        assert not colors & set(around)


def distance(one: QColor, other: QColor) -> int:
    return sum(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True))


TWO_TARGETS = {"inputs": "x,city", "targets": "z,y"}


def test_the_header_says_that_its_loss_is_of_several_targets(qtbot, path):
    for chosen, said in ((TWO_TARGETS, "2 targets"), (CHOICES["several"], "MSE")):
        session = FakeSession(settings_for(path, **chosen))
        header = Header(session)
        qtbot.addWidget(header)
        session.train(100)
        session.score()
        figure = header.findChild(QLabel, "unseen_label").parentWidget()
        assert said in [label.text() for label in figure.findChildren(QLabel)]
        assert ("counts most" in figure.toolTip()) == (chosen is TWO_TARGETS)


def test_a_small_picture_of_several_targets_names_the_one_it_shows(path):
    named, drawn = settings_for(path, **TWO_TARGETS), []
    fields = fields_of(named.tasks)
    renamed = dataclasses.replace(fields.targets[0], name="weight")
    for targets in (fields.targets, (renamed, fields.targets[1]), fields.targets[:1], (renamed,)):
        image = QImage(160, 120, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        shown_fields = dataclasses.replace(fields, targets=tuple(targets))
        draw_small(painter, QRectF(image.rect()), shown_fields, draw_task(named, 0), None)
        painter.end()
        drawn.append(image)
    assert drawn[0] != drawn[1]
    assert drawn[2] == drawn[3]


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@pytest.mark.parametrize(
    ("letters", "said"),
    [
        (9, list(WEEKDAYS)),
        (8, ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]),
        (3, ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]),
        (2, ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]),
        (1, []),
    ],
)
def test_labels_of_an_axis_are_shortened_as_far_as_they_still_differ(letters, said):
    assert beginnings(WEEKDAYS, lambda text: len(text) <= letters) == said
