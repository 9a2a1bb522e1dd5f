"""A few hundred events at random over the real window; pytest-qt fails on any exception and any warning of Qt's."""

from __future__ import annotations

import random

import pytest
from PySide6.QtWidgets import QApplication

from metalearn_gui.ui.main_window import MainWindow
from metalearn_gui.ui.zoom import set_zoom
from tests.ui.monkey import Monkey, answers, small_session

EVENTS = 120


@pytest.fixture(autouse=True)
def _usual_size():
    yield
    set_zoom(1.0)


@pytest.mark.timeout(600)  # on a busy machine
@pytest.mark.parametrize("seed", [1, 2])
def test_a_monkey_breaks_nothing(qtbot, tmp_path, seed):
    session = small_session()
    window = MainWindow(session)
    session.setParent(window)
    qtbot.addWidget(window)
    window.show()
    session.start(offers_recovery=False)
    qtbot.waitUntil(lambda: session.can_run, timeout=300_000)
    monkey = Monkey(window, seed, tmp_path)
    with answers(tmp_path, random.Random(seed)):
        for _ in range(EVENTS):
            monkey.act()
    for other in QApplication.topLevelWidgets():
        other.close()
    assert session.shown in session.runs


def test_a_monkey_that_comes_upon_quit_goes_on(qtbot, tmp_path, session):
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    with answers(tmp_path, random.Random(1)):
        window.commands.by_key["quit"].trigger()
        assert window.isVisible()
    window.commands.by_key["quit"].trigger()
    assert not window.isVisible()
