from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.learners.base import View
from metalearn_gui.ui.main_window import MainWindow
from metalearn_gui.ui.panels.views import VIEW_PANELS

STEPS = np.arange(11.0)
VIEWS = {
    "moved": {"w0": 3 * STEPS, "b0": 4 * STEPS, "w1": 0 * STEPS, "context": STEPS},
    "rates": {"rates/w0": np.full((3, 4), 0.25), "b0": np.array([-0.5, -0.25])},
    "proposal": {"stages": np.ones(5), "change/w0": np.array([0.5, 0.25])},
    "context": {"path": np.stack([STEPS, -STEPS], axis=1)},
}
EXPECTED = {
    "moved": [("layer 1", 10.0), ("layer 2", 0.0), ("context", 2.0)],
    "rates": [("w0", 0.25), ("b0", -0.375)],
    "proposal": [("w0", 0.25)],
    "context": [("c1", 10.0), ("c2", -10.0)],
}


@pytest.mark.parametrize("kind", VIEW_PANELS)
def test_a_card_is_there_only_with_a_view_of_its_kind(kind, session, qtbot):
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    assert not window.panels[kind].isVisible()
    session.set_adaptation_step(2)
    session.show_views([View(kind, VIEWS[kind])])
    assert [key for key in VIEW_PANELS if window.panels[key].isVisible()] == [kind]
    assert list(window.panels[kind].bars.bars) == EXPECTED[kind]
    session.show_views([])
    assert not window.panels[kind].isVisible()
