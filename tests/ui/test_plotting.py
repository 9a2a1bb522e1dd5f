from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from metalearn_gui.ui.axis import linear_ticks, log_ticks, tick_text
from metalearn_gui.ui.curve_line import CurveLine
from metalearn_gui.ui.free_place import heights_of
from metalearn_gui.ui.legend import Legend, LegendEntry, Readout
from metalearn_gui.ui.plotting import ThemedPlot
from metalearn_gui.ui.theme import theme


@pytest.fixture
def plot(qtbot):
    plot = ThemedPlot()
    qtbot.addWidget(plot)
    plot.resize(400, 200)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def test_a_logarithmic_axis_says_one_two_five():
    assert log_ticks(0.09, 11, 9) == pytest.approx([0.1, 0.2, 0.5, 1, 2, 5, 10])


def test_a_logarithmic_axis_over_many_decades_says_powers_of_ten_alone():
    assert log_ticks(1e-9, 1e9, 6) == pytest.approx([1e-8, 1e-4, 1, 1e4, 1e8])


def test_a_logarithmic_axis_inside_one_octave_still_has_ticks():
    ticks = log_ticks(0.068, 0.09, 6)
    assert len(ticks) >= 3
    assert all(0.068 <= tick <= 0.09 for tick in ticks)


def test_the_highest_ticks_of_a_part_of_a_decade_do_not_stand_close():
    low, high, most = 2.2, 4.8, 6
    ticks = log_ticks(low, high, most)
    gaps = np.diff(np.log(ticks)) / np.log(high / low)
    assert len(ticks) >= 2
    assert gaps.min() >= 1 / (most + 1)


def test_a_low_logarithmic_axis_has_two_ticks_at_least():
    assert len(log_ticks(0.4, 6.0, 2)) == 2


@given(st.floats(1e-12, 1e12), st.floats(1.001, 1e9), st.integers(2, 12))
def test_logarithmic_ticks_rise_inside_the_range_and_are_not_too_many(low: float, factor: float, most: int) -> None:
    ticks = log_ticks(low, low * factor, most)
    assert ticks == sorted(set(ticks))
    assert all(low * (1 - 1e-6) <= tick <= low * factor * (1 + 1e-6) for tick in ticks)
    assert len(ticks) <= most + 2


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9), st.integers(1, 12))
def test_linear_ticks_are_evenly_spaced_inside_the_range(low: float, span: float, most: int) -> None:
    ticks = linear_ticks(low, low + span, most)
    assert all(low - 1e-6 * span <= tick <= low + span * (1 + 1e-6) for tick in ticks)
    assert len(ticks) <= most + 1
    if len(ticks) > 2:
        assert np.allclose(np.diff(ticks), ticks[1] - ticks[0], rtol=1e-4, atol=1e-9 * abs(low))


@pytest.mark.parametrize("edges", [(0.0, 0.0), (1.0, 0.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_a_range_that_is_none_has_no_ticks(edges):
    assert linear_ticks(*edges, 5) == []


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5"), (10, "10"), (-4, "−4"), (1e-6, "1e−6"), (2e7, "2e7"), (0, "0")]
)
def test_tick_labels_are_plain_or_in_powers_of_ten(value, text):
    assert tick_text(value) == text


def test_a_plot_stays_off_opengl(plot):
    assert type(plot.viewport()) is QWidget


def test_values_without_a_logarithm_are_gaps(plot):
    plot.set_log(True)
    shown = plot.to_axis([1.0, 0.0, -3.0, np.nan, np.inf, 100.0])
    assert np.array_equal(shown, [0, np.nan, np.nan, np.nan, np.nan, 2], equal_nan=True)


@pytest.mark.parametrize("values", [[], [np.nan], [3.0], [0.0, 0.0], [-1e30, 1e30], [1e-30]])
@pytest.mark.parametrize("is_log", [True, False])
def test_any_values_give_a_range_that_can_be_drawn(plot, values, is_log):
    plot.set_log(is_log)
    plot.fit_values(plot.to_axis(values))
    low, high = plot.getViewBox().viewRange()[1]
    assert np.isfinite([low, high]).all()
    assert low < high
    plot.grab()


@pytest.mark.parametrize("highest", [1.0, 9.0, 99.0, 100.0, 1000.0])
def test_a_plot_has_little_room_around_its_values(plot, highest):
    plot.fit_values([0.0, highest])
    low, high = plot.getViewBox().viewRange()[1]
    assert -0.1 * highest < low <= 0 < highest <= high < 1.1 * highest


def test_a_line_of_200_000_points_draws_at_most_two_per_pixel(plot):
    plot.getViewBox().setXRange(0, 200_000, padding=0)
    line = CurveLine(plot)
    values = np.random.default_rng(0).random(200_000).astype(np.float32)
    values[123_456] = 50.0
    line.feed(values, "curve")
    assert len(line.x) <= 2 * plot.pixels() + 4
    assert line.y.max() == 50.0
    assert line.x[line.y.argmax()] == 123_457


def test_a_line_is_not_fed_again_while_nothing_has_changed(plot, monkeypatch):
    line = CurveLine(plot)
    values = np.ones(10, np.float32)
    fed = []
    monkeypatch.setattr(line._line, "setData", lambda *arrays, **_: fed.append(arrays))
    for _ in range(3):
        line.feed(values, "curve")
    assert len(fed) == 1
    line.feed(np.ones(11, np.float32), "curve")
    assert len(fed) == 2


def test_mouse_and_arrow_keys_say_where(plot, qtbot):
    plot.getViewBox().setXRange(0, 10, padding=0)
    at = plot.point_of(4.0, 0.5)
    with qtbot.waitSignal(plot.clicked) as clicked:
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert clicked.args[0] == pytest.approx(4.0, abs=0.1)
    with qtbot.waitSignal(plot.stepped) as stepped:
        qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert stepped.args == [-1]


def test_the_first_and_the_last_count_are_labelled_inside_the_widget(plot):
    plot.getViewBox().setXRange(0, 20_000, padding=0)
    plot.grab()
    assert plot.count_axis.ticks(320)[0] == 0
    assert plot.count_axis.ticks(320)[-1] == 20_000


def _labels(axis):
    ground = QPixmap(10, 10)
    painter = QPainter(ground)
    _, _, labels = axis.generateDrawSpecs(painter)
    painter.end()
    return labels


@pytest.mark.parametrize("last", [20_000, 30_000, 50_000, 30_500])
def test_labels_of_counts_keep_apart(plot, last):
    plot.resize(380, 120)
    plot.getViewBox().setXRange(0, last, padding=0)
    places = [place for place, _, _ in _labels(plot.count_axis)]
    assert len(places) > 2
    assert all(one.right() < other.left() for one, other in itertools.pairwise(places))


def test_a_long_value_is_labelled_inside_the_widget(plot):
    plot.getViewBox().setYRange(0.0825, 0.0841, padding=0)
    labels = _labels(plot.value_axis)
    assert "0.0834" in [text for _, _, text in labels]
    assert all(plot.value_axis.mapRectToScene(place).left() >= 0 for place, _, _ in labels)


def test_a_label_at_the_left_end_is_whole(plot):
    axis = plot.count_axis
    axis.set_text(lambda value: f"{value:.2f} s")
    plot.getViewBox().setXRange(0, 5, padding=0)
    places = [place for place, _, _ in _labels(axis)]
    assert min(place.left() for place in places) >= axis.boundingRect().left()


def test_a_theme_change_repaints_the_plot(plot):
    theme().set_mode("light")
    plot.restyle()
    inside = plot.plot_area().center().toPoint()
    light = plot.grab().toImage().pixelColor(inside)
    theme().set_mode("dark")
    plot.restyle()
    assert light.lightness() > 200 > plot.grab().toImage().pixelColor(inside).lightness()


def test_a_legend_wraps_where_its_width_ends(qtbot):
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_entries([LegendEntry(f"a rather long name {number}", theme().palette.text) for number in range(4)])
    assert legend.heightForWidth(2000) < legend.heightForWidth(200)
    assert "a rather long name 3" in legend.accessibleName()


def test_the_legend_of_a_narrow_card_is_closer_so_that_four_lines_share_a_row(qtbot):
    legend = Legend()
    qtbot.addWidget(legend)
    names = ("before", "after", "unseen", "constant 3.83")
    legend.set_entries([LegendEntry(name, theme().palette.text) for name in names])
    assert legend.heightForWidth(320) == legend.heightForWidth(2000)


def test_a_readout_stays_inside_the_plot_and_away_from_the_line(plot):
    plot.getViewBox().setXRange(0, 10, padding=0)
    plot.getViewBox().setYRange(0, 1, padding=0)
    readout = Readout(plot)
    for x in (0.0, 5.0, 10.0):
        readout.show_at(x, "one<br>two", [(np.array([0.0, 10.0]), np.array([0.9, 0.9]))])
        box = readout.geometry()
        assert plot.plot_area().adjusted(-1, -1, 1, 1).contains(QPointF(box.topLeft()))
        assert plot.plot_area().adjusted(-1, -1, 1, 1).contains(QPointF(box.bottomRight()))
        assert not box.contains(plot.point_of(x, 0.9).toPoint())
        assert box.top() > plot.point_of(x, 0.9).y()


def test_a_readout_says_less_where_the_whole_would_hide_a_line(plot):
    plot.getViewBox().setXRange(0, 10, padding=0)
    plot.getViewBox().setYRange(0, 1, padding=0)
    readout, ends = Readout(plot), np.array([0.0, 10.0])
    lines = [(ends, np.full(2, level)) for level in np.linspace(0.05, 0.95, 4)]
    whole = "<br>".join(["line"] * 6)
    assert readout.show_at(5.0, whole, lines, shorter=["line"])
    assert readout.text() == "line"
    assert not readout.show_at(5.0, whole, lines)  # there is no place where it hides nothing
    readout.show_at(5.0, "line<br>line", [], shorter=["line"])
    assert readout.text() == "line<br>line"


def test_counts_have_whole_ticks_on_a_logarithmic_axis_too(plot):
    plot.count_axis.is_log = True
    plot.getViewBox().setXRange(-0.06, 0.56, padding=0)
    ticks = plot.count_axis.ticks(500.0)
    assert ticks == [round(tick) for tick in ticks]
    assert {1, 2, 3} <= set(ticks)


def test_lines_are_as_thick_on_a_screen_of_finer_pixels(plot):
    line = CurveLine(plot)

    def width() -> float:
        line.set_style(theme().palette.learner, "dashed", 2.0)
        return line._line.opts["pen"].widthF()

    usual = width()
    theme().set_pixel_ratio(2.0)
    try:
        assert width() == 2 * usual  # a cosmetic pen counts the screen's pixels
        theme().set_zoom(1.5)
        assert width() == 3 * usual
    finally:
        theme().set_pixel_ratio(1.0)
        theme().set_zoom(1.0)


@pytest.mark.parametrize("level", [35.0, 50.0, 80.0])
def test_lines_are_looked_for_where_they_are_drawn_on_an_axis_of_many_units_too(plot, level):
    plot.getViewBox().setXRange(0, 10, padding=0)
    plot.getViewBox().setYRange(30, 85, padding=0)
    ends, area = np.array([0.0, 10.0]), plot.plot_area()
    lines = [(ends, np.full(2, one)) for one in (level, 34.0)]
    heights = heights_of(plot, lines, area.left() + 20, area.left() + 80)
    assert heights[0] == pytest.approx(plot.point_of(0.0, level).y(), abs=1)


def test_larger_type_has_fewer_ticks(plot):
    axis = plot.value_axis
    plot.set_log(True)
    plot.getViewBox().setYRange(-2.0, 16.0, padding=0)
    small = axis.ticks(200.0)
    theme().set_zoom(3.0)
    try:
        assert len(axis.ticks(200.0)) < len(small)
        assert len(axis.ticks(600.0)) == len(small)
    finally:
        theme().set_zoom(1.0)
