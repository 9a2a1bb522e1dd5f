"""The card of one network that adjusts another: its stages light up in turn, its bars follow the step."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.bridge.session import RunState
from metalearn_gui.engine.learners.base import View
from metalearn_gui.ui.panels.proposal import ProposalPanel

ARRAYS = {
    "stages": np.array([10.0, 4.5, 2.0, 0.25, 0.125]),
    "change/w0": np.array([0.0, 0.0]),
    "change/w1": np.array([3.0, 0.6]),
    "change/b1": np.array([4.0, 0.8]),
}


@pytest.fixture
def panel(session, qtbot):
    widget = ProposalPanel(session)
    qtbot.addWidget(widget)
    widget.resize(416, 190)
    session.unseen.show_views([View("proposal", ARRAYS)])
    widget.show()
    return widget


def test_five_stages_carry_the_views_numbers_in_order(panel):
    assert [stage.value for stage in panel.stages.stages] == ARRAYS["stages"].tolist()
    assert "3 Proposal: size 2" in panel.stages.accessibleDescription()


def test_bars_are_the_layers_of_the_application_that_the_step_is(panel, session):
    session.unseen.set_step(1)
    assert list(panel.bars.bars) == [("layer 1", 0.0), ("layer 2", 5.0)]
    session.unseen.set_step(7)
    assert panel.bars.bars[1].value == pytest.approx(1.0)


def test_stages_light_up_in_turn_while_training_runs_and_all_at_rest(panel, session, qtbot):
    assert panel.stages.lit is None
    session.set_state(RunState.RUNNING)
    assert panel.stages.lit == 0
    lit = panel.grab().toImage()
    qtbot.waitUntil(lambda: panel.stages.lit == 1, timeout=3000)
    assert panel.grab().toImage() != lit
    session.unseen.show_views([View("proposal", ARRAYS)])
    assert panel.stages.lit == 1
    session.set_state(RunState.PAUSED)
    assert panel.stages.lit is None


def test_hidden_stages_stand_still(panel, session):
    session.set_state(RunState.RUNNING)
    panel.hide()
    assert panel.stages.lit is None
