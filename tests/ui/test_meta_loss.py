from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from metalearn_gui.bridge.session import RunState
from metalearn_gui.engine import events
from metalearn_gui.engine.compare import AXES
from metalearn_gui.engine.presets import preset
from metalearn_gui.engine.scaling import Scaling
from metalearn_gui.store.records import Curve
from metalearn_gui.ui import curves
from metalearn_gui.ui.corner_button import ARROW, WORD
from metalearn_gui.ui.effort import effort_of
from metalearn_gui.ui.free_place import num_hidden
from metalearn_gui.ui.legend import Legend, LegendEntry
from metalearn_gui.ui.panels.meta_loss import MetaLossPanel
from metalearn_gui.ui.text import number_text


@pytest.fixture
def panel(session, qtbot):
    panel = MetaLossPanel(session)
    qtbot.addWidget(panel)
    panel.resize(416, 261)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def _give(run, name, values):
    run.curves[name] = Curve(np.asarray(values, np.float32))
    run.iteration = len(values)


def test_the_widget_has_the_name_and_the_words_others_rely_on(panel):
    assert panel.plot.objectName() == "loss_plot"
    assert panel.plot.accessibleName()
    assert panel.smoothing_button.accessibleName()
    assert "MSE" in panel._unit.text()


def test_training_draws_before_and_after_at_their_meta_iterations(panel, session):
    panel.set_smoothing(0.0)
    session.change(num_iterations=100)
    session.train(100)
    assert panel._after.x[0] == 1
    assert panel._after.x[-1] == 100
    assert np.allclose(10.0**panel._after.y, session.shown.curve("after"), rtol=1e-5)
    assert np.allclose(10.0**panel._before.y, session.shown.curve("before"), rtol=1e-5)


def test_unseen_loss_is_the_one_after_the_trained_steps(panel, session):
    session.train(10)
    session.score()
    expected = session.shown.latest_scores.evaluation.learner.loss[session.shown.settings.learner.num_steps]
    assert 10.0 ** panel._unseen.y[-1] == pytest.approx(expected, rel=1e-5)
    assert panel._unseen.x[-1] == 10
    assert panel._now._value.text() in panel.readout.text(10)


def test_what_stands_beside_the_newest_value_never_lies_under_the_choice_of_the_axis(panel, session):
    session.train(10)
    session.score()
    corner = panel.effort._button.geometry()
    area = panel.plot.plot_area()
    for share in (0.02, 0.3, 0.6):
        panel._now._place(QPointF(area.left() + share * area.width(), area.bottom()), True)
        for label in (panel._now._value, panel._now._word):
            assert not label.geometry().intersects(corner)
            assert area.toRect().contains(label.geometry())


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_no_level_seems_to_strike_through_the_words_beside_the_newest_score(panel, session, share):
    session.train(10)
    session.score()
    area, now = panel.plot.plot_area(), panel._now
    at = QPointF(area.left() + 40, area.top() + share * area.height())
    for shift in (-8, 0, 8):
        y = at.y() + shift
        scene = panel.plot.mapToScene(QPointF(at.x(), y).toPoint())
        level = panel.plot.getViewBox().mapSceneToView(scene).y()
        now.keep_off([(np.array(panel.plot.x_range()), np.full(2, level))])
        now._place(at, True)
        assert not now._value.geometry().top() < y < now._word.geometry().bottom()
        assert area.contains(now._value.geometry().center())


def test_where_words_below_each_other_would_lie_on_a_line_they_stand_in_a_row(panel, session):
    session.train(10)
    session.score()
    area, now = panel.plot.plot_area(), panel._now
    at = QPointF(area.right() - 1, area.bottom() - 8)
    scene = [panel.plot.mapToScene(QPointF(at.x(), y).toPoint()) for y in np.arange(area.bottom() - 4, area.top(), -28)]
    ends = np.array(panel.plot.x_range())
    levels = [panel.plot.getViewBox().mapSceneToView(point).y() for point in scene]
    now.keep_off([(ends, np.full(2, level)) for level in levels])  # 28 pixels between two: one line of words fits
    now._place(at, True)
    value, word = now._value.geometry(), now._word.geometry()
    assert value.bottom() == word.bottom()
    assert value.right() < word.left()
    assert num_hidden(panel.plot, now._lines, QRectF(value.united(word)).adjusted(4, 4, -4, -4)) == 0


@pytest.mark.parametrize("width", [350, 416])
@pytest.mark.parametrize("ends", [-1.0, 0.0, 1.0])
def test_words_in_the_plot_hide_no_curve(panel, session, width, ends):
    """Curves that fall, stay or rise to the end of the axis, one of them through the lower left corner."""
    panel.resize(width, 260)
    session.train(1000)
    session.score()
    at = np.linspace(0.0, 1000.0, 200)
    lines = [(at, 1.0 + np.linspace(0.0, ends, 200)), (at, 0.1 + np.linspace(0.0, 0.6, 200))]
    panel.plot.getViewBox().setXRange(0, 1000, padding=0)
    panel.plot.getViewBox().setYRange(-0.1, 2.1, padding=0)
    panel._corner.keep_off(lines)
    panel._now.keep_off(lines)
    panel._now.show_at(1000.0, 1000.0, 1.0 + ends, "3.07")
    boxes = [QRectF(word.geometry()) for word in (panel._now._value, panel._now._word, panel._corner)]
    assert [num_hidden(panel.plot, lines, box.adjusted(4, 4, -4, -4)) for box in boxes] == [0, 0, 0]
    assert not boxes[0].intersects(boxes[2])
    assert all(panel.plot.plot_area().contains(box) for box in boxes)


def test_the_choice_of_the_axis_stays_in_its_corner_while_that_is_free(panel):
    at = np.linspace(0.0, 1.0, 50)
    panel.plot.getViewBox().setXRange(0, 1, padding=0)
    panel.plot.getViewBox().setYRange(0, 1, padding=0)
    own = panel._corner.pos()
    falling, low, high = 1.0 - 0.9 * at, np.full(50, 0.08), np.full(50, 0.95)
    for line, has_moved in ((falling, False), (low, True), (high, True), (0.8 + 0.0 * at, False)):
        panel._corner.keep_off([(at, line)])
        assert (panel._corner.pos() != own) == has_moved


def test_the_choice_of_the_axis_does_not_stay_where_words_come(panel):
    panel.resize(416, 190)
    ends = np.array(panel.plot.x_range())
    panel.plot.getViewBox().setYRange(0, 1, padding=0)
    panel._empty.set_text("")
    panel._corner.keep_off([(ends, np.full(2, 0.02))])  # through both lower corners
    high = panel._corner.geometry()
    panel._empty.set_text("Press Run: the loss appears here")
    assert high.intersects(panel._empty.geometry())
    panel._corner.keep_off([])
    for words in (panel._empty, panel._unit):
        assert not panel._corner.geometry().intersects(words.geometry())


@pytest.mark.parametrize("width", [350, 416])
@pytest.mark.parametrize("moment", [0.5, 0.75, 0.85, 0.95, 0.99, 1.0])
def test_the_unit_of_the_losses_stands_off_the_vertical_of_now(panel, session, width, moment):
    panel.resize(width, 261)
    session.live.settings = preset("first-steps")
    session.train(round(1000 * moment))
    area, words = panel.plot.plot_area(), QRectF(panel._unit.geometry())
    now = panel.plot.point_of(session.live.iteration, 0.0).x()
    assert panel._now._line.isVisible()
    assert not words.left() - 2 < now < words.right() + 2
    assert area.contains(words)


def test_the_choice_of_the_axis_hides_nothing_of_what_others_report(panel, session):
    session.live.settings = preset("first-steps")
    session.train(200)
    panel.band.region.setRegion([0.0, 0.01])
    ends, level = np.array(panel.plot.x_range()), panel.plot.to_axis([panel.band.reference.low])
    box = QRectF(panel._corner.geometry())
    assert panel.band.region.isVisible()
    assert num_hidden(panel.plot, [(ends, np.full(2, level[0]))], box.adjusted(4, 4, -4, -4)) == 0


def test_a_low_plot_names_its_axis_where_that_hides_no_curve(panel):
    panel.resize(350, 200)  # as in the smallest window
    panel.plot.getViewBox().setXRange(0, 1, padding=0)
    panel.plot.getViewBox().setYRange(0, 1, padding=0)
    at = np.linspace(0.0, 1.0, 50)
    band = [(at, level + 0.0 * at) for level in np.linspace(0.0, 1.0, 12)]
    for lines, style in ((band, ARROW), ([(at, 1.0 - 0.9 * at)], WORD), (band, ARROW), ([], WORD)):
        panel._corner.keep_off(lines)
        assert panel._corner.toolButtonStyle() == style
        assert "meta-iterations" in panel._corner.toolTip()
        assert panel._corner.width() >= panel._corner.sizeHint().width()
        assert panel.plot.plot_area().contains(QRectF(panel._corner.geometry()))


def test_an_old_score_is_not_called_one_of_now(panel, session):
    session.train(10)
    session.score()
    assert panel._now._word.text() == "now"
    session.train(1000)
    assert panel._now._word.text() == "at 10"


def test_the_words_in_an_empty_plot_tell_waiting_from_compiling(panel, session):
    assert "Press Run" in panel._empty.text()
    session.set_state(RunState.PREPARING)
    assert "compiled" in panel._empty.text()


def test_without_a_meta_iteration_the_panel_says_what_to_do(panel, session):
    assert panel._empty.isVisible()
    session.train(1)
    assert not panel._empty.isVisible()
    assert set(panel._after.x) == {1}


def test_the_readout_gives_exact_values_whatever_the_smoothing(panel, session):
    _give(session.shown, "before", [3.0, 2.0, 1.0])
    _give(session.shown, "after", [2.5, 0.125, 0.75])
    panel.set_smoothing(0.99)
    panel.plot.hovered.emit(2.3)
    assert "0.125" in panel.readout.box.text()
    assert "<b>2</b>" in panel.readout.box.text()
    panel.plot.left.emit()
    assert not panel.readout.box.isVisible()


def test_arrow_keys_move_the_readout(panel, session):
    session.train(50)
    panel.plot.hovered.emit(20.0)
    panel.plot.stepped.emit(-1)
    assert panel.readout.iteration < 20


@pytest.mark.parametrize("is_log", [True, False])
@pytest.mark.parametrize(
    "values", [[], [1.0], [np.nan] * 5, [1.0, np.inf, np.nan, 2.0], [0.0, -1.0, 3.0], [1e38, 1e-38, 1.0], [0.0] * 4]
)
def test_values_that_cannot_be_drawn_are_gaps(panel, session, values, is_log):
    session.change(num_iterations=20)
    if panel.plot.is_log != is_log:
        panel.log_button.click()
    _give(session.shown, "after", values)
    _give(session.shown, "before", values)
    session.advanced.emit()
    panel.plot.hovered.emit(1.0)
    panel.grab()
    assert not np.isinf(panel._after.y).any()
    drawable = np.isfinite(values) & (np.asarray(values) > (0 if is_log else -np.inf))
    panel.set_smoothing(0.0)
    assert np.isfinite(panel._after.y).sum() == drawable.sum()


def test_the_scale_button_says_and_switches_the_scale(panel, session):
    session.train(20)
    on_log = panel._after.y.copy()
    assert panel.log_button.text() == "log"
    panel.log_button.click()
    assert panel.log_button.text() == "linear"
    assert np.allclose(10.0**on_log, panel._after.y, rtol=1e-5)


def test_the_menu_and_the_button_agree_on_the_smoothing(panel):
    panel.smoothing_menu.slider.setValue(40)
    assert panel.smoothing == pytest.approx(0.4)
    assert panel.smoothing_menu.number.value() == pytest.approx(0.4)
    assert "0.4" in panel.smoothing_button.text()


def test_an_overlaid_run_is_drawn_and_named_until_it_is_taken_off(panel, session):
    session.train(30)
    first = session.live.run_id
    session.rename_run(first, "the first one")
    session.change(learner="reptile")
    session.set_overlay(first, True)
    assert set(panel._overlay_lines) == {first}
    assert panel._overlay_lines[first].x[-1] == 30
    assert "the first one" in panel.legend.accessibleName()
    session.set_overlay(first, False)
    assert panel._overlay_lines == {}
    assert "the first one" not in panel.legend.accessibleName()


def test_the_shown_run_is_never_its_own_overlay(panel, session):
    session.set_overlay(session.shown.run_id, True)
    assert panel._overlay_lines == {}


def test_a_constant_prediction_is_a_line_to_measure_against(panel, session):
    session.train(5)
    session.score()
    assert panel.levels.lines["constant"].isVisible()
    assert 10.0 ** panel.levels.lines["constant"].value() == pytest.approx(4.3)
    assert "4.3" in panel.legend.accessibleName()


def test_the_articles_data_show_one_twelfth_before_any_evaluation(panel, session):
    session.change(task_family="vectors", learner="article")
    assert 10.0 ** panel.levels.lines["oracle"].value() == pytest.approx(1 / 12, rel=1e-3)
    assert "0.0833" in panel.legend.accessibleName()


def test_classification_is_measured_in_cross_entropy(panel, session):
    session.change(task_family="blobs")
    assert panel._unit.text() == "cross-entropy"


@pytest.mark.parametrize(("targets", "words"), [(1, "MSE"), (2, "MSE · training weighs targets alike")])
def test_curves_that_weigh_several_targets_alike_say_so(panel, session, targets, words):
    rows = np.arange(6.0).reshape(3, 2)
    learner = session.shown.latest.learner
    carry = {**learner.carry, **Scaling.fitted(rows, rows[:, :targets]).carried()}
    state = dataclasses.replace(session.shown.latest, learner=dataclasses.replace(learner, carry=carry))
    session.shown.latest = state
    panel.resize(600, 300)  # wide enough for the corner to say no more
    panel.refresh()
    assert panel._unit.text() == words
    assert panel.plot.plot_area().left() < panel._unit.x()


def test_the_view_reaches_to_the_end_of_the_run(panel, session):
    session.change(num_iterations=500)
    assert panel.plot.x_range() == pytest.approx((0, 500))
    session.train(580)
    assert panel.plot.x_range() == pytest.approx((0, 580))


def test_the_view_of_a_long_run_keeps_a_round_count_ahead_of_the_curve(panel, session):
    ends = []
    for _ in range(6):
        session.train(3_000)
        ends.append(round(panel.plot.x_range()[1]))
    assert ends == [5_000, 10_000, 20_000, 20_000, 20_000, 20_000]


def test_a_zoomed_view_stays_until_a_double_click(panel, session):
    session.train(100)
    panel.plot.getViewBox().setXRange(20, 40, padding=0)
    panel.plot.getViewBox().sigRangeChangedManually.emit([True, False])
    session.train(10)
    assert panel.plot.x_range() == pytest.approx((20, 40))
    panel.plot.doubleClicked.emit()
    assert panel.plot.x_range()[0] == pytest.approx(0)


def test_a_hidden_panel_draws_nothing_and_catches_up_when_shown(panel, session):
    panel.hide()
    session.train(40)
    assert len(panel._after.x) == 0
    panel.show()
    assert panel._after.x[-1] == 40


def test_a_folded_panel_catches_up_when_unfolded(panel, session):
    panel.toggle_collapsed()
    session.train(40)
    assert len(panel._after.x) == 0
    panel.toggle_collapsed()
    assert panel._after.x[-1] == 40


def test_another_shown_run_replaces_every_line(panel, session):
    session.train(40)
    session.score()
    session.reset()
    assert len(panel._after.x) == 0
    assert len(panel._unseen.x) == 0
    assert not panel._now._value.isVisible()


def test_each_curve_is_set_once_per_update(panel, session, monkeypatch):
    session.train(10)
    counts: list[str] = []
    for name in ("_raw", "_before", "_after"):
        line = getattr(panel, name)._line
        monkeypatch.setattr(line, "setData", lambda *_, name=name, **__: counts.append(name))
    session.train(10)
    assert sorted(counts) == ["_after", "_before", "_raw"]


def test_the_noise_of_single_iterations_has_no_smooth_edges_which_would_take_as_long_as_a_touch(panel, session):
    session.train(200)
    lines = {name: getattr(panel, name)._line.opts["antialias"] for name in ("_raw", "_before", "_after")}
    assert lines == {"_raw": False, "_before": True, "_after": True}


def test_the_word_below_the_newest_score_begins_where_its_value_does(panel, session):
    session.train(40)
    session.score()
    value, word = panel._now._value.geometry(), panel._now._word.geometry()
    assert word.top() >= value.bottom()
    assert word.left() == value.left()


def test_an_update_at_200_000_points_looks_at_the_new_ones_alone(panel, session, monkeypatch):
    session.change(num_iterations=210_000)
    session.train(200_000)
    session.score()
    drawn, smoothed = counted_values(monkeypatch, "decimated", 1), counted_values(monkeypatch, "decayed_sum")
    session.train(80)
    assert len(panel._after.x) <= 2 * panel.plot.pixels() + 4
    a_pixel = curves.bucket_width(210_000, panel.plot.pixels())
    assert 0 < max(drawn, default=0) <= a_pixel + 80
    assert max(smoothed, default=0) == 80


def counted_values(monkeypatch, name: str, start: int | None = None) -> list[int]:
    """How many values each call of a function of curves.py looks at, from the one that this argument says."""
    looked, function = [], getattr(curves, name)

    def counting(values, *rest):
        looked.append(len(values) - (0 if start is None else max(0, rest[start - 1])))
        return function(values, *rest)

    monkeypatch.setattr(curves, name, counting)
    return looked


def test_many_evaluations_are_drawn_in_the_pixels_there_are(panel, session):
    session.train(10)
    session.score()
    evaluation = session.shown.latest_scores.evaluation
    for iteration in range(11, 5000):
        place = session._place(iteration)
        session.shown.apply(events.Evaluated(**place, evaluation=evaluation, baseline_share=0.0))
    session.scored.emit()
    assert len(panel._unseen.x) <= 2 * panel.plot.pixels() + 4


def test_a_change_of_language_writes_the_texts_again(panel, monkeypatch):
    monkeypatch.setattr(panel, "tr", lambda text: f"«{text}»")
    QApplication.sendEvent(panel, QEvent(QEvent.Type.LanguageChange))
    assert panel.log_button.text() == "«log»"
    assert "«before" in panel.legend.accessibleName()


@pytest.mark.parametrize("axis", AXES)
def test_the_curve_ends_at_what_the_run_has_cost_along_every_axis(panel, session, axis):
    panel.set_smoothing(0.0)
    session.change(num_iterations=100)
    session.train(100)
    session.score()
    run = session.shown
    panel.effort.choose(axis)
    learner, meta_batch = run.settings.learner, run.settings.outer.meta_batch
    expected = {
        "iteration": 100,
        "tasks_seen": 100 * meta_batch,
        "gradient_evaluations": 100 * meta_batch * learner.gradient_evaluations,
        "compute_seconds": run.compute_seconds,
    }[axis]
    assert panel._after.x[-1] == pytest.approx(expected)
    assert panel._unseen.x[-1] == pytest.approx(expected)
    assert panel.plot.x_range() == pytest.approx((0, expected))
    assert 10.0 ** panel._after.y[-1] == pytest.approx(run.curve("after")[-1], rel=1e-5)


def test_the_readout_finds_the_meta_iteration_along_another_axis(panel, session):
    session.train(400)
    panel.effort.choose("tasks_seen")
    panel.plot.hovered.emit(200.0 * session.shown.settings.outer.meta_batch)
    assert panel.readout.iteration == 200
    assert "200" in panel.readout.box.text()


def test_the_menu_of_the_axis_marks_the_chosen_one(panel, qtbot):
    menu = panel.effort.menu()
    menu.actions()[2].trigger()
    assert panel.effort.axis == "gradient_evaluations"
    again = panel.effort.menu()
    assert [action.isChecked() for action in again.actions()] == [False, False, True, False]
    menu.deleteLater()
    again.deleteLater()


def test_time_lies_where_the_evaluations_have_seen_it(session):
    session.train(100)
    session.score()
    run = session.shown
    early = dataclasses.replace(run.scores[0], iteration=50, compute_seconds=0.9 * run.compute_seconds)
    run.scores.insert(0, early)
    effort = effort_of(run, "compute_seconds")
    assert float(effort.at(50)) == pytest.approx(0.9 * run.compute_seconds)
    assert float(effort.at(100)) == pytest.approx(run.compute_seconds)
    assert float(effort.at(200)) == pytest.approx(2 * run.compute_seconds)
    assert float(effort.iterations_at(effort.at(73.0))) == pytest.approx(73.0)


# --- what others report ---------------------------------------------------------------------------


def test_what_others_report_for_these_settings_is_a_named_band(panel, session):
    session.set_settings(preset("maml"))
    panel.resize(600, 300)
    panel.refresh()
    reference = panel.band.reference
    assert reference.iterations == session.shown.settings.outer.num_iterations
    assert panel.band.region.isVisible()
    low, high = (10.0**end for end in panel.band.region.getRegion())
    assert (low, high) == pytest.approx((reference.low, max(reference.high, 1.015 * reference.low)))
    entry = panel.legend.entries[-1]
    assert number_text(reference.low) in entry.text
    assert reference.protocol in entry.tip


def test_a_narrow_card_says_in_one_line_of_legend_what_is_drawn(panel, session):
    session.set_settings(preset("maml"))
    panel.resize(350, 205)
    session.train(50)
    session.score()
    panel.refresh()
    assert panel.legend.heightForWidth(panel.legend.width()) == Legend.ROW
    assert panel._unit.text().startswith("MSE · published ")
    assert panel.band.reference.protocol in panel.legend.entries[2].tip


def test_a_plot_without_curves_does_not_take_its_axis_from_the_band(panel, session):
    session.set_settings(preset("maml"))
    panel.refresh()
    low, high = panel.plot.getViewBox().viewRange()[1]
    assert high - low >= 1.0  # a decade


@pytest.mark.parametrize("change", [{"shots": 7}, {"num_iterations": 300}, {"inner_steps": 3}, {"amplitude_max": 4.0}])
def test_other_settings_than_those_of_the_report_have_no_band(panel, session, change):
    session.set_settings(preset("maml").replaced(**change))
    panel.refresh()
    assert panel.band.reference is None
    assert not panel.band.region.isVisible()
    assert not any(entry.tip for entry in panel.legend.entries)


def test_the_legend_says_of_the_entry_under_the_mouse_alone(qtbot):
    legend = Legend()
    qtbot.addWidget(legend)
    color = QColor("white")
    legend.set_entries([LegendEntry("one", color), LegendEntry("two", color, tip="from elsewhere")])
    legend.resize(300, 20)
    (_, first), (_, second) = legend._places(300)
    assert legend.tip_at(QPoint(first + 4, 5)) == ""
    assert legend.tip_at(QPoint(second + 4, 5)) == "from elsewhere"
