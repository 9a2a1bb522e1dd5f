"""What is built at a zoom is as large as what was built before and taken there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QPushButton, QSlider, QStyle, QStyleOptionSlider, QWidget

from metalearn_gui.engine.presets import preset
from metalearn_gui.ui.canvas.markers import draw_halo, draw_marker, draw_ring, stamp_markers
from metalearn_gui.ui.clock_map import ClockMap
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.compare.cell_map import CellMap, Cells
from metalearn_gui.ui.compare_chip import CompareChip
from metalearn_gui.ui.editors import Switch
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.gradient_picture import GradientPicture
from metalearn_gui.ui.heat_map import Group, HeatMap, Tile
from metalearn_gui.ui.loss_colors import LossScale
from metalearn_gui.ui.now_marker import NowMarker
from metalearn_gui.ui.plotting import ThemedPlot
from metalearn_gui.ui.stages import Stage, Stages
from metalearn_gui.ui.step_line import StepLine
from metalearn_gui.ui.theme import theme, ui_font
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


def test_the_gaps_of_a_header_built_at_a_zoom_are_as_wide_as_those_of_the_bar(session, qtbot) -> None:
    set_zoom(ZOOM)
    view = InsideView(session)
    qtbot.addWidget(view)
    view.header.fit()
    fit_new(view)
    view.resize(2000, 1200)
    view.header.fit()
    gaps = {layout.spacing() for layout in (view.header.line, view.header.figures, view.header.buttons)}
    assert len(gaps) == 1


def test_a_switch_built_at_a_zoom_is_as_large_as_it_is_drawn(qtbot) -> None:
    set_zoom(ZOOM)
    row = QWidget()
    qtbot.addWidget(row)
    switch = fit_new(Switch(preset("first-steps").param("fixed_points"), row))
    assert switch.maximumSize().toTuple() == (ZOOM * Switch.WIDTH, ZOOM * (Switch.HEIGHT + 4))


def room_around(button: QPushButton) -> QSize:
    """What a button is larger than its text by."""
    return button.sizeHint() - button.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, button.text())


def handle_of(slider: QSlider) -> QRect:
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
    return slider.style().subControlRect(control, option, part, slider)


def test_what_the_style_sheet_leaves_around_words_and_the_handles_of_sliders_grow_as_type_does(qtbot) -> None:
    row = QWidget()
    qtbot.addWidget(row)
    button, slider = QPushButton("Export", row), QSlider(Qt.Orientation.Horizontal, row)
    button.setFont(ui_font(13))
    row.show()
    found = []
    for zoom in (1.0, 2.0, 1.0):
        before = theme().zoom
        set_zoom(zoom)
        rescale(row, zoom / before)
        found.append((room_around(button).width(), handle_of(slider).width()))
    assert found[1] == tuple(2 * pixels for pixels in found[0])
    assert found[2] == found[0]


MARKERS = {
    "marker": lambda painter, at, color: draw_marker(painter, at, 6.0, 1, color, color, 1.0),
    "stamp": lambda painter, at, color: stamp_markers(painter, np.array([at.toTuple()]), 6.0, 1, color, color, 1.0),
    "halo": lambda painter, at, color: draw_halo(painter, at, color, 12.0),
    "ring": lambda painter, at, color: draw_ring(painter, at, color, 12.0),
}


@pytest.mark.parametrize("key", MARKERS)
def test_a_point_is_as_much_larger_as_type_is(qapp, key: str) -> None:
    def width() -> int:
        image = QImage(100, 100, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        with QPainter(image) as painter:
            MARKERS[key](painter, QPointF(50, 50), QColor("red"))
        return sum(image.pixelColor(x, 50).alpha() > 20 or image.pixelColor(x, 54).alpha() > 20 for x in range(100))

    before = width()
    set_zoom(2.0)
    assert width() == pytest.approx(2 * before, abs=4)


def test_dots_of_plots_are_as_much_larger_as_type_is(qtbot) -> None:
    plot = ThemedPlot()
    qtbot.addWidget(plot)
    line, now = StepLine(plot, 1.0), NowMarker(plot)
    sizes = []
    for zoom in (1.0, 2.0):
        set_zoom(zoom)
        line.set_style(theme().palette.learner, "solid")
        now.restyle()
        sizes.append([dots.opts["size"] for dots in (line._dots, now._dot)])
    assert sizes[1] == [2 * size for size in sizes[0]]


def test_the_arrow_of_a_combo_is_as_much_larger_as_type_is(qtbot, monkeypatch) -> None:
    combo, drawn = Combo(), []
    qtbot.addWidget(combo)
    combo.addItem("First steps")
    combo.resize(200, 60)
    monkeypatch.setattr(
        QPainter, "drawPixmap", lambda painter, x, y, picture: drawn.append(QRect(x, y, *picture.size().toTuple()))
    )
    for zoom in (1.0, 2.0):
        set_zoom(zoom)
        combo.grab()
    assert drawn[1].width() == 2 * drawn[0].width()
    assert combo.width() - drawn[1].right() == pytest.approx(2 * (combo.width() - drawn[0].right()), abs=1)


def _losses(painter: QPainter) -> None:
    LossScale.of(np.array([0.1, 1.0])).draw_bar(painter, QRectF(0, 0, 200, 8))


def _cells(_: QPainter) -> None:
    cells = CellMap()
    cells.show_cells(Cells(np.array([[0.1, 1.0], [0.2, np.nan]]), ("1", "5"), ("0.1", "0.2"), "shots", "rate"))
    cells.resize(600, 400)
    cells.grab()


def _matrices(_: QPainter) -> None:
    matrices = HeatMap()
    matrices.set_groups([Group("layer 1", (Tile("w", np.eye(3)),)), Group("layer 2", (Tile("w", np.eye(3)),))])
    matrices.resize(600, 300)
    matrices.grab()


@pytest.mark.parametrize("drawing", [_losses, _cells, _matrices])
def test_no_line_of_words_is_higher_than_its_place(qtbot, monkeypatch, drawing) -> None:
    low, draw = [], QPainter.drawText

    def watched(painter: QPainter, place: QRectF, *more: object) -> None:
        if place.height() < painter.fontMetrics().height() - 2:
            low.append(more)
        draw(painter, place, *more)

    set_zoom(2.0)
    image = QImage(600, 400, QImage.Format.Format_RGB32)
    monkeypatch.setattr(QPainter, "drawText", watched)
    with QPainter(image) as painter:
        drawing(painter)
    assert low == []


@pytest.mark.parametrize("zoom", [1.0, 1.1, 1.25, 1.5, 1.75, 2.0])
def test_a_chip_that_has_the_room_it_asks_for_has_its_whole_name(qtbot, monkeypatch, zoom: float) -> None:
    written: list[str] = []
    monkeypatch.setattr(QPainter, "drawText", lambda painter, place, align, text: written.append(text))
    set_zoom(zoom)
    names = ["MAML", "transfer learning", "from scratch", "Gradients", "Algorithm", "Reptile", "Meta-SGD"]
    for name in names:
        chip = CompareChip("learner")
        qtbot.addWidget(chip)
        chip.setText(name)
        chip.setChecked(True)
        chip.adjustSize()
        chip.grab()
    assert written == names


def _clocks() -> QWidget:
    clocks = ClockMap()
    clocks.show_rows((0, 1_000, 24_500), np.ones((3, 4)), (2, 1), "")
    return clocks


def _sweep() -> QWidget:
    cells = CellMap()
    cells.show_cells(Cells(np.ones((2, 2)), ("relu, 5 steps", "tanh"), ("0.1", "0.2"), "activation", "rate"))
    return cells


def _gradients() -> QWidget:
    picture = GradientPicture()
    picture.show_gradients(19.5, 3.81, 0.6)
    return picture


def _stages() -> QWidget:
    stages = Stages()
    stages.set_stages([Stage("Proposal", 2.46, "gradient")])
    return stages


@pytest.mark.parametrize("build", [_clocks, _sweep, _gradients, _stages])
def test_no_name_is_cut_in_what_was_built_before_the_zoom(qtbot, monkeypatch, build) -> None:
    cut, draw = [], QPainter.drawText

    def watched(painter: QPainter, place: QRectF, *more: object) -> None:
        metrics, text = painter.fontMetrics(), str(more[-1])
        if place.height() < metrics.height() - 2 or place.width() < metrics.horizontalAdvance(text) - 1:
            cut.append(text)
        draw(painter, place, *more)

    picture = build()
    qtbot.addWidget(picture)
    set_zoom(2.0)
    picture.resize(700, 500)
    monkeypatch.setattr(QPainter, "drawText", watched)
    picture.grab()
    assert cut == []
