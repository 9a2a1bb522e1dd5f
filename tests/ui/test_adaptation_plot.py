from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from metalearn_gui.engine import events
from metalearn_gui.engine.presets import preset
from metalearn_gui.ui.panels.adaptation import LOWEST, AdaptationPanel
from metalearn_gui.ui.step_line import DRAWN


@pytest.fixture
def panel(session, qtbot):
    panel = AdaptationPanel(session)
    qtbot.addWidget(panel)
    panel.resize(416, 261)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def _score(session, **changes):
    session.score()
    scored = session.live.scores[-1]
    evaluation = scored.evaluation
    learner = dataclasses.replace(evaluation.learner, **changes)
    session.live.scores[-1] = dataclasses.replace(scored, evaluation=dataclasses.replace(evaluation, learner=learner))
    session.scored.emit()


def test_no_two_lines_of_the_plot_are_drawn_alike():
    looks = [(drawn.color, drawn.style, drawn.symbol) for key, drawn in DRAWN.items() if key != "nearest"]
    assert len(set(looks)) == len(looks)
    of_tables = [DRAWN[key] for key in ("task_mean", "boosting", "linear_ridge")]
    assert len({drawn.symbol for drawn in of_tables}) == 3


def test_the_intervals_of_a_tables_baselines_are_told_where_they_are_named(panel, session):
    session.score()
    scored = session.live.scores[-1]
    baselines = {**scored.evaluation.baselines, "boosting": scored.evaluation.learner}
    evaluation = dataclasses.replace(scored.evaluation, baselines=baselines)
    session.live.scores[-1] = dataclasses.replace(scored, evaluation=evaluation)
    session.scored.emit()
    assert not len(panel._lines["boosting"].band.edges[0].getData()[0])
    assert len(panel._lines["learner"].band.edges[0].getData()[0])
    (entry,) = (entry for entry in panel.legend.entries if entry.text == "boosting")
    assert "±" in entry.tip


def test_the_plot_waits_for_the_first_evaluation(panel, session):
    assert panel.plot.objectName() == "adaptation_plot"
    assert panel._empty.isVisible()
    session.score()
    assert not panel._empty.isVisible()


def test_learner_and_baselines_are_drawn_for_every_step(panel, session):
    session.score()
    evaluation = session.shown.latest_scores.evaluation
    for key, scores in {"learner": evaluation.learner, **evaluation.baselines}.items():
        line = panel._lines[key]
        assert line.x.tolist() == list(range(11))
        assert np.allclose(10.0**line.y, scores.loss, rtol=1e-5)
    assert np.allclose(10.0**panel._median.y, evaluation.learner.loss_median, rtol=1e-5)
    assert panel.legend.accessibleName().startswith("MAML, median, transfer, scratch, scratch with Adam")


def test_the_band_is_the_interval_of_the_mean(panel, session):
    session.score()
    scores = session.shown.latest_scores.evaluation.learner
    upper, lower = panel._lines["learner"].band.edges
    assert np.allclose(10.0 ** upper.getData()[1], scores.loss + scores.loss_ci95, rtol=1e-5)
    assert np.allclose(10.0 ** lower.getData()[1], scores.loss - scores.loss_ci95, rtol=1e-5)


def test_the_box_says_the_selected_step_in_figures(panel, session):
    panel.resize(416, 400)
    _score(session, loss=np.full(11, 0.21), loss_ci95=np.full(11, 0.03), loss_median=np.full(11, 0.1))
    for part in ("step 5 · 600 unseen tasks", "mean 0.21 ± 0.03", "median 0.1"):
        assert part in panel._readout.text()
    assert "mean 0.21 ± 0.03" in panel.plot.accessibleDescription()


def test_a_plot_too_low_for_the_box_says_the_figure_in_its_hint(panel, session):
    panel.resize(416, 400)
    _score(session, loss=np.full(11, 0.21), loss_ci95=np.full(11, 0.03))
    assert panel._readout.isVisible()
    assert "0.21" not in panel._hint.text()
    panel.resize(416, 170)
    QApplication.processEvents()
    assert panel.plot.plot_area().height() < LOWEST
    assert not panel._readout.isVisible()
    assert panel._hint.text() == "step 5: 0.21 ± 0.03"


def test_where_a_box_would_hide_the_lines_the_title_line_says_what_it_would(panel, session, monkeypatch):
    session.score()
    assert panel._readout.isVisible()
    monkeypatch.setattr(type(panel._readout), "show_at", lambda *_, **__: False)
    _score(session, loss=np.full(11, 0.21), loss_ci95=np.full(11, 0.03))
    assert not panel._readout.isVisible()
    assert panel._hint.text() == "step 5: 0.21 ± 0.03"


@pytest.mark.parametrize("height", [300, 260, 230])
def test_a_box_that_says_no_more_than_the_figure_says_of_which_step(panel, session, height):
    session.unseen.set_step(1)
    _score(session, loss=np.geomspace(4.0, 2.0, 11), loss_ci95=np.full(11, 0.03), loss_median=np.geomspace(2, 0.5, 11))
    panel.resize(350, height)
    QApplication.processEvents()
    said = panel._readout.text() if panel._readout.isVisible() else panel._hint.text()
    assert "step 1" in said


def test_hovering_a_step_shows_it_everywhere_and_leaving_brings_the_old_one_back(panel, session):
    session.score()
    panel.plot.hovered.emit(2.2)
    assert session.unseen.step == 2
    panel.plot.hovered.emit(7.9)
    assert session.unseen.step == 8
    assert panel._cursor.value() == 8
    panel.plot.left.emit()
    assert session.unseen.step == 5


def test_a_clicked_step_stays_after_the_mouse_has_left(panel, session):
    session.score()
    panel.plot.hovered.emit(3.0)
    panel.plot.clicked.emit(3.0)
    panel.plot.left.emit()
    assert session.unseen.step == 3


def test_arrow_keys_walk_the_steps_and_stop_at_the_ends(panel, session):
    session.score()
    for _ in range(20):
        panel.plot.stepped.emit(1)
    assert session.unseen.step == 10
    for _ in range(20):
        panel.plot.stepped.emit(-1)
    assert session.unseen.step == 0


def test_the_cursor_follows_a_step_chosen_elsewhere(panel, session):
    session.unseen.set_step(9)
    assert panel._cursor.value() == 9


def test_accuracy_in_percent_is_first_for_classification_and_not_there_for_regression(panel, session):
    session.score()
    assert not panel.accuracy_button.isVisible()
    session.change(task_family="blobs")
    assert panel.accuracy_button.isVisible()
    assert not panel.plot.is_log  # before there is anything to draw, too
    assert panel.plot.getViewBox().viewRange()[1][1] >= 100
    session.score()
    assert panel.accuracy_button.isVisible()
    scores = session.shown.latest_scores.evaluation.learner
    assert not panel.plot.is_log
    assert np.allclose(panel._lines["learner"].y, 100 * scores.accuracy)
    assert np.allclose(
        panel._lines["learner"].band.edges[0].getData()[1], 100 * (scores.accuracy + scores.accuracy_ci95)
    )
    assert "median" not in panel.legend.accessibleName()
    panel.accuracy_button.click()
    assert panel.plot.is_log


@pytest.mark.parametrize("height", [261, 900])
def test_no_tick_says_more_than_a_hundred_per_cent_or_less_than_none(panel, session, height):
    session.change(task_family="blobs")
    panel.resize(416, height)
    axis = panel.plot.value_axis
    assert (axis.ticks(height)[0], axis.ticks(height)[-1]) == (0, 100)
    _score(session, accuracy=np.linspace(0.9, 1.0, 11))
    assert panel.plot.getViewBox().viewRange()[1][1] > 100
    assert axis.ticks(height)[-1] == 100
    panel.accuracy_button.click()
    assert axis.ticks(height)  # of a loss, which may be anything


@pytest.mark.parametrize("loss", [[np.nan] * 11, [0.0] * 11, [1.0, np.inf, -1.0] + [2.0] * 8, [1e38] * 11])
def test_losses_that_cannot_be_drawn_are_gaps(panel, session, loss):
    _score(session, loss=np.asarray(loss, np.float32))
    panel.grab()
    assert not np.isinf(panel._lines["learner"].y).any()


def test_a_learner_of_two_entries_has_two_places(panel, session):
    short = events.StepScores(np.array([2.0, 1.0]), np.array([2.0, 1.0]), np.array([0.1, 0.1]))
    session.score()
    scored = session.live.scores[-1]
    session.live.scores[-1] = dataclasses.replace(
        scored, evaluation=events.Evaluation(600, short, {}, mean=3.0, oracle=None)
    )
    session.scored.emit()
    assert panel._lines["learner"].x.tolist() == [0, 1]
    assert len(panel._lines["transfer"].x) == 0
    assert not panel._readout.isVisible()
    panel.plot.hovered.emit(8.0)
    assert session.unseen.step == 1
    assert panel._readout.isVisible()


def test_a_hidden_panel_catches_up_when_shown(panel, session):
    panel.hide()
    session.score()
    assert len(panel._lines["learner"].x) == 0
    panel.show()
    assert len(panel._lines["learner"].x) == 11


def test_what_explodes_beyond_the_trained_steps_leaves_the_scale_to_the_rest_and_says_why(panel, session):
    panel.resize(416, 300)
    exploded = np.geomspace(1e-2, 1e8, 11)
    session.change(learner="metann")
    _score(session, loss=exploded, loss_median=exploded / 10.0)
    top = panel.plot.getViewBox().viewRange()[1][1]
    assert top < 3.0
    assert panel._off_scale.isVisible()
    assert panel._off_scale.text() == "off the scale from step 4: trained for 1 step"
    assert not panel._readout.isVisible() or not panel._readout.geometry().intersects(panel._off_scale.geometry())
    assert panel._lines["learner"].y[-1] == pytest.approx(8.0)  # it is drawn, and leaves at the top
    _score(session, loss=np.linspace(1.0, 0.1, 11))
    assert not panel._off_scale.isVisible()


def test_a_baseline_that_explodes_leaves_the_scale_to_the_rest_and_is_named(panel, session):
    session.score()
    scored = session.live.scores[-1]
    usual = scored.evaluation.baselines["transfer"]
    explodes = dataclasses.replace(usual, loss=np.array([1.0, 1.1, 1.5, 1e4, 1e24, *[np.inf] * 6]))
    evaluation = dataclasses.replace(scored.evaluation, baselines={"transfer": usual, "scratch": explodes})
    session.live.scores[-1] = dataclasses.replace(scored, evaluation=evaluation)
    session.scored.emit()
    assert panel.plot.getViewBox().viewRange()[1][1] < 3.0
    assert panel._off_scale.text() == "off the scale from step 3: scratch"
    assert panel._lines["scratch"].y[4] == pytest.approx(24.0)  # it is drawn, and leaves at the top
    session.score()
    assert not panel._off_scale.isVisible()


def test_a_loss_that_is_not_finite_reads_diverges(panel, session):
    loss = np.linspace(3.0, 1.0, 11)
    loss[5] = np.inf
    _score(session, loss=loss, loss_ci95=np.where(np.isfinite(loss), 0.1, np.nan))
    assert panel._readout_lines(panel.evaluation, 5)[1] == "diverges"
    assert panel._readout_lines(panel.evaluation, 4)[1].startswith("mean ")


def test_what_a_constant_prediction_loses_is_a_line_beside_losses_only(panel, session):
    session.change(task_family="blobs")
    session.score()
    panel.accuracy_button.click()
    assert panel.levels.lines["constant"].isVisible()
    assert panel.legend.accessibleName().endswith("constant prediction 4.3")
    panel.accuracy_button.click()
    assert not panel.levels.lines["constant"].isVisible()
    assert "constant prediction" not in panel.legend.accessibleName()


def test_the_legend_of_a_narrow_card_is_one_line_and_tells_the_rest_by_its_tip(panel, session):
    panel.resize(350, 220)
    session.score()
    assert panel.legend.accessibleName() == "MAML, transfer, scratch, Adam"
    assert panel.legend.heightForWidth(320) == panel.legend.ROW
    assert "median" in panel.legend.entries[0].tip


def test_a_card_that_becomes_wider_says_the_whole_legend_at_once(panel, session):
    panel.resize(350, 220)
    session.score()
    panel.resize(600, 400)
    assert "scratch with Adam" in panel.legend.accessibleName()


def test_a_legend_that_grows_with_the_window_has_room_for_all_its_lines(window, session, qtbot):
    window.resize(1024, 700)
    session.set_settings(preset("glyphs"))
    session.train(100)
    session.score()
    qtbot.wait(50)
    legend = window.panels["adaptation"].legend
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: legend.height() == legend.heightForWidth(legend.width()) > legend.ROW)
