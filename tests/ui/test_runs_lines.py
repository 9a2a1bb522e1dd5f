"""Many runs as lines over parallel axes: what is chosen there, and what the table shows of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QToolButton

from metalearn_gui.engine.switching import switched
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.panels.runs import RunsPanel
from metalearn_gui.ui.run_axes import MOST_SETTINGS, SettingsRead, axes_of, axis_of, final_losses
from tests.ui.fake_session import default_settings
from tests.ui.hand import click, drag, mouse

RATES = (0.001, 0.01, 0.1, 1.0)


@pytest.fixture
def panel(session, qtbot) -> RunsPanel:
    """Four runs that differ in one rate; the larger one has the larger loss. The second has not been tried yet."""
    session.train(10)
    session.score()
    first = session.runs[0]
    for place, rate in enumerate(RATES[1:], start=1):
        scored = first.scores[-1]
        learner = dataclasses.replace(scored.evaluation.learner, loss=scored.evaluation.learner.loss * 2.0**place)
        scores = [dataclasses.replace(scored, evaluation=dataclasses.replace(scored.evaluation, learner=learner))]
        settings = first.settings.replaced(inner_learning_rate=rate)
        own = {"settings": settings, "initial_settings": None, "scores": scores if place > 1 else []}
        session.runs.append(dataclasses.replace(first, run_id=f"run {place}", created=first.created + place, **own))
    first.settings = first.settings.replaced(inner_learning_rate=RATES[0])
    panel = RunsPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    panel.findChild(QToolButton, "runs_lines_button").click()
    return panel


def chosen(panel: RunsPanel) -> list[str]:
    return sorted(panel.model.run_at(row).run_id for row in range(panel.model.rowCount()))


def brush(panel: RunsPanel, axis: int, low: float, high: float) -> None:
    view = panel.lines.view
    drag(view, view.point(axis, low), view.point(axis, high))


# --- axes -----------------------------------------------------------------------------------------


def test_axes_are_the_settings_that_differ_and_the_loss(panel, session):
    axes = axes_of(session.runs, SettingsRead().of(session.runs))
    assert len(axes) == 2
    np.testing.assert_allclose(axes[0].places, [0, 1 / 3, 2 / 3, 1], atol=1e-6)  # equal steps of the logarithm
    assert np.isnan(axes[1].places).tolist() == [False, True, False, False]
    assert axes[1].places[0] == 0.0 and axes[1].places[3] == 1.0  # noqa: PT018


def test_what_was_varied_has_an_axis_before_what_comes_with_a_learner():
    changes = [{"learner": key, "shots": shots} for key in ("maml", "reptile", "cavia", "cnp") for shots in (5, 10)]
    runs = [RunRecord(switched(default_settings(), **values)) for values in changes]
    names = [axis.name for axis in axes_of(runs, SettingsRead().of(runs))]
    assert len(names) == MOST_SETTINGS + 1
    assert {"learner", "shots"} <= set(names)


def test_words_are_evenly_apart_and_a_run_without_a_value_has_no_place():
    axis = axis_of("activation", ["relu", "tanh", None, "relu"])
    np.testing.assert_allclose(axis.places, [0.25, 0.75, np.nan, 0.25])
    assert [text for _, text in axis.ticks] == ["relu", "tanh"]


def test_few_numbers_are_marked_each_and_one_alone_lies_in_the_middle():
    assert [text for _, text in axis_of("shots", [1, 5, 10, 5]).ticks] == ["1", "5", "10"]
    assert axis_of("shots", [5, None, 5]).places[0] == 0.5
    assert axis_of("loss", [None, None]).ticks == ()


def test_settings_are_read_once_and_again_where_they_have_changed(session):
    read = SettingsRead()
    first = read.of(session.runs)[0]
    assert read.of(session.runs)[0] is first
    session.runs[0].settings = session.runs[0].settings.replaced(seed=99)
    assert read.of(session.runs)[0]["seed"] == 99


def test_a_loss_that_is_not_finite_has_no_place(session):
    session.train(5)
    session.score()
    session.runs[0].scores[-1].evaluation.learner.loss[:] = np.inf
    assert np.isnan(final_losses(session.runs)).all()


# --- under the hand -------------------------------------------------------------------------------


def test_a_drag_along_an_axis_leaves_the_table_what_lies_in_it(panel, session):
    brush(panel, 0, 0.5, 1.0)
    assert chosen(panel) == ["run 2", "run 3"]
    brush(panel, 1, 0.0, 0.8)
    assert chosen(panel) == ["run 2"]


def test_a_click_on_an_axis_lets_go_of_what_is_chosen_there(panel, session):
    brush(panel, 0, 0.9, 1.0)
    assert chosen(panel) == ["run 3"]
    click(panel.lines.view, panel.lines.view.point(0, 0.5))
    assert len(chosen(panel)) == 4


def test_a_press_on_a_line_shows_its_run(panel, session):
    view = panel.lines.view
    halfway = (view.point(0, 1.0) + view.point(1, 1.0)) / 2
    mouse(view, QEvent.Type.MouseMove, halfway, Qt.MouseButton.NoButton)
    click(view, halfway)
    assert session.shown.run_id == "run 3"


def test_a_press_where_no_line_is_opens_nothing(panel, session):
    before = session.shown
    click(panel.lines.view, QPointF(panel.lines.view.rect().center()) + QPointF(0, 150))
    assert session.shown is before


def test_keys_walk_from_the_best_run_and_escape_chooses_all_again(panel, session, qtbot):
    view = panel.lines.view
    brush(panel, 0, 0.5, 1.0)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert session.shown.run_id == "run 2"
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert len(chosen(panel)) == 4
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not panel.lines.isVisible()


def test_a_window_that_is_closed_gives_all_runs_back(panel, session):
    brush(panel, 0, 0.9, 1.0)
    panel.lines.close()
    assert len(chosen(panel)) == 4


def test_what_is_chosen_stays_while_runs_come(panel, session, qtbot):
    brush(panel, 0, 0.9, 1.0)
    session.runs.append(dataclasses.replace(session.runs[3], run_id="run 4", created=session.runs[3].created + 1))
    session.runsChanged.emit()
    qtbot.waitUntil(lambda: chosen(panel) == ["run 3", "run 4"], timeout=3000)


def test_nothing_chosen_leaves_a_table_that_says_so_and_not_that_there_is_no_run(panel):
    brush(panel, 0, 0.4, 0.6)
    assert chosen(panel) == []
    assert panel.table.isVisible()
    assert "0 of 4" in panel.lines._state.text()
