from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from metalearn_gui.ui.panels.gradients import GradientsPanel


@pytest.fixture
def panel(session, qtbot):
    """In a window with room for it."""
    window = QWidget()
    qtbot.addWidget(window)
    panel = GradientsPanel(session, window)
    QVBoxLayout(window).addWidget(panel)
    window.resize(416, 900)
    with qtbot.waitExposed(window):
        window.show()
    yield panel
    window.close()


def test_gradients_are_there_only_for_runs_that_report_them(panel, session):
    assert not panel.isVisible()
    session.change(learner="article")
    assert panel.isVisible()
    session.show_run(session.runs[0].run_id)
    assert not panel.isVisible()


def test_both_sizes_and_the_cosine_follow_training(panel, session):
    session.change(learner="article")
    session.train(200)
    for line in (panel._base, panel._meta, panel._cosine):
        assert 140 < line.x[-1] <= 200  # the last pixel's extremes
        assert np.isfinite(line.y).all()
    assert panel.legends["cosine"].accessibleName().startswith("cosine ")
