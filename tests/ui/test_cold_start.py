"""The card of cold start: what was found of the shown run, and what was not."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from metalearn_gui.bridge.cold_start import Tried
from metalearn_gui.engine.ratings.baselines import BASELINES
from metalearn_gui.engine.ratings.metrics import METRICS
from metalearn_gui.engine.ratings.protocol import LEARNER, Quadrant
from metalearn_gui.engine.ratings.quadrants import QUADRANTS
from metalearn_gui.ui.panels.cold_start import ColdStartPanel
from tests.ui.hand import session_for

NUM_USERS = 40


def quadrant(name: str, better: float) -> Quadrant:
    """The learner's figures are so much below everybody's; popularity says no ratings."""
    rng = np.random.default_rng(0)
    own = rng.uniform(0.5, 1.0, (len(METRICS), NUM_USERS))
    scores = {LEARNER: own} | dict.fromkeys(BASELINES, own + better)
    scores["popularity"] = np.full_like(own, np.nan)
    return Quadrant(name, scores)


@pytest.fixture
def ratings_session():
    return session_for("ratings")


@pytest.fixture
def panel(qtbot, ratings_session):
    widget = ColdStartPanel(ratings_session)
    qtbot.addWidget(widget)
    widget.resize(416, 320)
    widget.show()
    return widget


def find(session, *found: Quadrant) -> None:
    session.cold_start.tried = Tried(session.shown.run_id, 2000)
    session.cold_start.found = list(found)
    session.cold_start.changed.emit()


def texts(panel) -> dict[str, str]:
    names = (label.accessibleName() for label in panel.table.findChildren(type(panel.verdict).__base__))
    return dict(name.split(": ") for name in names if ": " in name)


def test_a_figure_stands_in_its_quadrant_with_its_interval(panel, ratings_session):
    one = quadrant(QUADRANTS[1], 0.1)
    find(ratings_session, one)
    means, halves = one.means("factors")
    shown = texts(panel)
    assert shown[f"matrix factors, {QUADRANTS[1]}"] == f"{means[0]:.3f} ± {halves[0]:.3f}"
    assert shown[f"popularity, {QUADRANTS[1]}"] == "–"
    assert shown[f"matrix factors, {QUADRANTS[0]}"] == "–"  # not found yet


def test_another_measure_shows_other_figures(panel, ratings_session):
    one = quadrant(QUADRANTS[0], 0.1)
    find(ratings_session, one)
    panel.metrics.setCurrentIndex(METRICS.index("ndcg3"))
    panel.metrics.activated.emit(METRICS.index("ndcg3"))
    assert texts(panel)[f"mean of all, {QUADRANTS[0]}"].startswith(f"{one.means('global_mean')[0][3]:.3f}")


@pytest.mark.parametrize(("better", "said"), [(0.2, "less than"), (-0.2, "more than"), (0.0, "MAE like")])
def test_the_verdict_is_on_new_users_and_the_best_baseline(panel, ratings_session, better, said):
    one = quadrant(QUADRANTS[0], better)
    find(ratings_session, Quadrant(one.name, one.scores | {"global_mean": one.scores["means"] + 0.3}))
    assert said in panel.verdict.text()
    assert "user + item mean" in panel.verdict.text()
    find(ratings_session, Quadrant(one.name, one.scores | {"factors": one.scores["means"] - 0.01}))
    assert "matrix factors" in panel.verdict.text()
    assert panel.where.text() == "new users, known items, beside the best baseline:"


def test_what_another_run_came_to_is_not_shown(panel, ratings_session):
    find(ratings_session, quadrant(QUADRANTS[0], 0.2))
    ratings_session.reset()
    assert set(texts(panel).values()) == {"–"}
    assert panel.verdict.text() == "Not tried yet"


def test_the_card_is_away_where_no_ratings_are_learned(panel, ratings_session):
    assert panel.isVisible()
    ratings_session.change(task_family="sinusoid")
    assert not panel.isVisible()


def test_the_button_asks_and_then_cancels(panel, ratings_session, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(ratings_session.cold_start, "ask", lambda: asked.append("ask"))
    monkeypatch.setattr(ratings_session.cold_start, "cancel", lambda: asked.append("cancel"))
    qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    ratings_session.cold_start.is_busy = True
    find(ratings_session, quadrant(QUADRANTS[0], 0.2))
    assert panel.button.text() == "cancel"
    qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert asked == ["ask", "cancel"]


def test_asking_unfolds_the_card(panel, ratings_session, monkeypatch):
    monkeypatch.setattr(ratings_session.cold_start, "ask", lambda: None)
    panel.toggle_collapsed()
    panel.button.click()
    assert not panel.is_collapsed
