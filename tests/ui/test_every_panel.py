"""Every registered card: built, fed one recorded run, closed; nothing leaks."""

from __future__ import annotations

import gc
import weakref

import pytest
from PySide6.QtCore import SIGNAL, QCoreApplication, QEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QLineEdit

from metalearn_gui.bridge.session import RunState
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.ui.panels import PANELS
from metalearn_gui.ui.theme import theme
from tests.engine.small import FAMILIES
from tests.ui.fake_session import FakeSession

SIGNALS = (
    "settingsChanged()", "stateChanged()", "advanced()", "scored()", "shownChanged()", "stepChanged()",
    "runsChanged()", "taskChanged()", "adaptedChanged()", "galleryChanged()", "readinessChanged()", "viewsChanged()",
)  # fmt: skip

ONE_OF_EACH_VIEW = list({TASKS[key].view: key for key in reversed(FAMILIES)}.values())


def feed(session: FakeSession) -> None:
    """One recorded run, and another after it."""
    session.set_state(RunState.RUNNING)
    session.train(120)
    session.score()
    session.unseen.set_step(3)
    session.unseen.new_task()
    session.change(hidden_dim=8)
    session.train(30)
    session.score()
    session.show_run(session.runs[0].run_id)
    session.set_state(RunState.PAUSED)


def destroy(widget) -> None:
    widget.close()
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("key", PANELS)
def test_a_panel_is_built_fed_and_closed_without_a_trace(key, session, qtbot):
    before = {name: session.receivers(SIGNAL(name)) for name in SIGNALS}
    themes = theme().receivers(SIGNAL("changed()"))
    panel = PANELS[key](session)
    panel.resize(420, 360)
    panel.show()
    feed(session)
    qtbot.wait(60)
    assert not panel.grab().isNull()
    gone = weakref.ref(panel)
    destroy(panel)
    del panel
    gc.collect()
    assert {name: session.receivers(SIGNAL(name)) for name in SIGNALS} == before
    assert theme().receivers(SIGNAL("changed()")) == themes
    session.train(5)
    assert gone() is None


@pytest.mark.parametrize("family", ONE_OF_EACH_VIEW)
def test_all_panels_take_every_family(family, qtbot):
    session = FakeSession()
    panels = {key: panel(session) for key, panel in PANELS.items()}
    for panel in panels.values():
        qtbot.addWidget(panel)
        panel.show()
    learner = next(name for name, learner in LEARNERS.items() if TASKS[family].kind in learner.kinds)
    session.change(task_family=family, learner=learner)
    feed(session)
    for key, panel in panels.items():
        assert not panel.grab().isNull(), key


@pytest.mark.parametrize("key", PANELS)
def test_every_control_of_a_panel_has_an_accessible_name(key, session, qtbot):
    panel = PANELS[key](session)
    qtbot.addWidget(panel)
    panel.show()
    feed(session)
    kinds = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit)
    controls = [widget for kind in kinds for widget in panel.findChildren(kind) if widget.isVisibleTo(panel)]
    inner = ("qt_spinbox_lineedit", "qt_scrollbar", "qt_toolbar")
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in controls
        if not widget.accessibleName()
        and not widget.objectName().startswith(inner)
        and type(widget).__name__ not in ("QScrollBar", "QTableCornerButton", "QAbstractButton")
        and not (isinstance(widget, QAbstractButton) and widget.text())
    ]
    assert nameless == []
