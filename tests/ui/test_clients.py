"""The card of the clients, painted and pointed at."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolTip

from metalearn_gui.engine.learners.base import View
from metalearn_gui.ui.client_field import ClientField, clients_of
from metalearn_gui.ui.panels.clients import ClientsPanel
from metalearn_gui.ui.theme import theme
from tests.ui.hand import mouse

COUNT = 100
DRAWN = (3, 40, 99)
LOST = 40


def arrays(**changes):
    at = np.arange(COUNT)
    values = {
        "points": np.full(COUNT, 20.0),
        "drawn": np.isin(at, DRAWN),
        "weight": np.where(np.isin(at, DRAWN) & (at != LOST), 0.5, 0.0),
        "before": 1.0 + at,
        "after": 0.1 + 0.01 * at,
        "rounds": np.array(1200.0),
        "bytes_down": np.array(84.5e6),
        "bytes_up": np.array(59.4e6),
    }
    return values | changes


@pytest.fixture
def panel(session, qtbot):
    panel = ClientsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(416, 260)
    panel.show()
    session.unseen.show_views([View("clients", arrays())])
    return panel


def pixel(panel, place: QPoint) -> QColor:
    return QColor(panel.field.grab().toImage().pixel(place * panel.devicePixelRatio()))


def test_rounds_and_bytes_are_said_in_words(panel):
    assert panel.totals.text() == "1\u2009200 rounds · 84 MB down · 59 MB up"
    assert panel.field.accessibleDescription() == "3 of 100 clients drawn, 1 answer lost"
    assert "50.5 before personalising" in panel.personal.text()
    assert "0.595 after" in panel.personal.text()


def test_a_dot_is_lit_while_its_client_is_drawn_and_hollow_once_its_answer_is_lost(panel):
    palette = theme().palette
    beside_the_cross = QPoint(3, 0)
    colors = {client: pixel(panel, panel.field.dot_place(client).toPoint()) for client in (3, 99, 5)}
    assert colors[3] == colors[99] == palette.learner
    assert colors[5] == palette.line
    assert pixel(panel, panel.field.dot_place(LOST).toPoint() + beside_the_cross) == palette.card


def test_pointing_at_a_dot_or_at_its_pair_finds_the_same_client(panel):
    field = panel.field
    for client in (0, 3, 40, 99):
        dot = field.dot_place(client)
        assert field.client_at(dot) == client
        dot.setX(field.pair_place(client))
        dot.setY(field.height() - 10.0)
        assert field.client_at(dot) == client


def test_a_client_under_the_mouse_says_what_it_did(panel):
    mouse(panel.field, QEvent.Type.MouseMove, panel.field.dot_place(LOST))
    assert QToolTip.text() == "client 41, 20 points: loss 41 → 0.5\ndrawn, answer lost"
    mouse(panel.field, QEvent.Type.MouseMove, panel.field.dot_place(0))
    assert QToolTip.text() == "client 1, 20 points: loss 1 → 0.1"


def test_pairs_stand_in_the_order_of_the_loss_before(panel):
    places = [panel.field.pair_place(client) for client in range(COUNT)]
    assert places == sorted(places, reverse=True)


@pytest.mark.parametrize("loss", [np.inf, np.nan, 0.0])
@pytest.mark.parametrize("count", [1, 200])
def test_any_number_of_clients_with_any_loss_is_painted(panel, session, loss, count):
    each = {name: np.full(count, value) for name, value in (("points", 7.0), ("before", loss), ("after", loss))}
    nobody = {name: np.zeros(count) for name in ("drawn", "weight")}
    session.unseen.show_views([View("clients", arrays(**each, **nobody))])
    assert not panel.field.grab().isNull()
    assert [client.points for client in panel.field.clients] == [7.0] * count


def test_the_names_of_small_losses_are_not_cut_off(qtbot):
    field = ClientField()
    qtbot.addWidget(field)
    field.resize(380, 150)
    losses = np.geomspace(20.0, 5e-4, 12)
    ones = np.ones(12)
    field.set_clients(clients_of(ones, 0 * ones, ones, losses, losses / 2), ("",) * 12)
    field.show()
    picture = field.grab().toImage()
    below = range(int(field._pairs_area().top()), picture.height())
    assert len({picture.pixel(0, y) for y in below}) == 1  # no letter reaches the left edge
