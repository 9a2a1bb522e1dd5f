"""The three cards of choices follow the settings, and the settings follow them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.transfer import Transfer
from metalearn_gui.engine.networks import NETWORKS, mlp
from metalearn_gui.engine.params import params_of
from metalearn_gui.engine.presets import preset
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.ui import network_drawing
from metalearn_gui.ui.message_bar import MessageBar
from metalearn_gui.ui.panels.learner import LearnerPanel
from metalearn_gui.ui.panels.network import ABOVE, BELOW, REDRAW_MS, NetworkPanel
from metalearn_gui.ui.panels.tasks import TasksPanel
from tests.engine.small import FAMILIES
from tests.ui.fake_session import FakeSession
from tests.ui.hand import session_for


def shown(panel_type, session, qtbot):
    panel = panel_type(session)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def chip(panel, name: str) -> QPushButton:
    return panel.findChild(QPushButton, name)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_chip_chooses_the_family(session, qtbot, family):
    panel = shown(TasksPanel, session, qtbot)
    chip(panel, f"task_family_{family}").click()
    assert session.settings.tasks.key == family
    assert [key for key in TASKS if chip(panel, f"task_family_{key}").isChecked()] == [family]


def test_undo_moves_the_checked_chip(session, qtbot):
    panel = shown(TasksPanel, session, qtbot)
    chip(panel, "task_family_vectors").click()
    session.undo_stack.undo()
    assert chip(panel, "task_family_sinusoid").isChecked()


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_learner_chip_chooses_the_learner_if_it_takes_the_tasks(session, qtbot, learner):
    panel = shown(LearnerPanel, session, qtbot)
    button = chip(panel, f"learner_{learner}")
    button.click()
    assert (session.settings.learner.key == learner) == ("regression" in LEARNERS[learner].kinds)


class Classifier(Transfer):
    """A learner that takes classes alone."""

    key, label, kinds = "classifier", "Classifier", ("classification",)


def test_a_learner_that_cannot_take_the_tasks_looks_so_says_why_and_offers_a_family(qapp, qtbot, monkeypatch):
    monkeypatch.setitem(LEARNERS, Classifier.key, Classifier)
    session = Session()
    panel, bar = shown(LearnerPanel, session, qtbot), shown(lambda session: MessageBar(session, None), session, qtbot)
    misfit = chip(panel, "learner_classifier")
    assert misfit.property("fits") is False
    assert "cannot take" in misfit.toolTip()
    misfit.click()
    assert session.settings.learner.key == "maml"
    assert chip(panel, "learner_maml").isChecked()
    assert "it takes classification: try Blobs" in bar.accessibleName()
    button = bar.findChild(QPushButton, "message_action")
    assert button.text() == "Try Blobs"
    button.click()
    assert (session.settings.learner.key, session.settings.tasks.key) == ("classifier", "blobs")
    assert misfit.isChecked()
    assert misfit.property("fits") is True
    session.undo()
    assert (session.settings.learner.key, session.settings.tasks.key) == ("maml", "sinusoid")
    session.close()


def test_a_family_that_brings_another_learner_says_so_and_undo_brings_the_first_back(qapp, qtbot):
    session = Session(preset("first-steps").replaced(task_family="blobs", learner="protonet"))
    panel, bar = shown(TasksPanel, session, qtbot), shown(lambda session: MessageBar(session, None), session, qtbot)
    chip(panel, "task_family_moons").click()
    assert session.settings.learner.key == "protonet"
    assert bar.accessibleName() == ""
    chip(panel, "task_family_waves").click()
    assert session.settings.learner.key == "maml"
    assert bar.accessibleName() == "ProtoNet takes classes only; MAML was chosen."
    bar.findChild(QPushButton, "message_action").click()
    assert (session.settings.learner.key, session.settings.tasks.key) == ("protonet", "moons")
    session.close()


def test_every_chip_has_a_name_of_its_own(session, qtbot):
    panels = [shown(TasksPanel, session, qtbot), shown(LearnerPanel, session, qtbot)]
    names = [
        button.accessibleName()
        for panel in panels
        for button in panel.findChildren(QPushButton)
        if button.isCheckable()
    ]
    assert len(set(names)) == len(names) == len(TASKS) + len(LEARNERS)


# --- the network -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["input_dim", "hidden_dim", "output_dim", "num_hidden_layers", "activation"])
def test_the_network_card_shows_the_sizes(session, qtbot, name):
    panel = shown(NetworkPanel, session, qtbot)
    panel.resize(264, 330)
    widget = panel.findChild(QWidget, name)
    assert widget.isVisible()
    shows = widget.currentData() if name == "activation" else widget.value()
    assert shows == session.settings.value(name)
    assert widget.accessibleName()


def test_steppers_change_the_structure(session, qtbot):
    panel = shown(NetworkPanel, session, qtbot)
    panel.findChild(QWidget, "num_hidden_layers_plus").click()
    assert session.settings.network.num_hidden_layers == 3
    panel.findChild(QWidget, "hidden_dim_minus").click()
    assert session.settings.network.hidden_dim < 40
    panel.findChild(QWidget, "activation").setCurrentText("tanh")
    assert session.settings.network.activation == "tanh"


@pytest.mark.parametrize("key", NETWORKS)
def test_another_kind_of_network_brings_its_own_sizes_and_the_first_comes_back(qtbot, key):
    session = session_for("ratings") if key == "ratings_net" else session_for("glyphs", ways=3)
    panel = shown(NetworkPanel, session, qtbot)
    for chosen in (key, "mlp"):
        panel.findChild(QWidget, "network").setCurrentText(chosen)
        qtbot.wait(1)  # what was there before is deleted
        assert session.settings.network.key == chosen
        own = {spec.name for spec in params_of(NETWORKS[chosen])} & {*ABOVE, *BELOW}
        assert {name for name in (*ABOVE, *BELOW) if panel.findChild(QWidget, name)} == own
        assert {name for name in own if not panel.findChild(QWidget, name).isVisible()} == set()


def test_sizes_that_the_family_fixes_are_read_only_and_say_why(session, qtbot):
    panel = shown(NetworkPanel, session, qtbot)
    box = panel.findChild(QWidget, "input_dim")
    assert box.isReadOnly()
    assert session.settings.tasks.fixed_dims in box.toolTip()
    session.change(task_family="vectors")
    assert not panel.findChild(QWidget, "input_dim").isReadOnly()
    panel.findChild(QWidget, "input_dim").setValue(7)
    assert session.settings.tasks.input_dim == session.settings.network.input_dim == 7


def test_the_box_of_a_size_grows_with_its_number(qtbot):
    session = session_for("glyphs", image_size=8)
    panel = shown(NetworkPanel, session, qtbot)
    box = panel.findChild(QWidget, "input_dim")
    assert (box.value(), box.width() >= box.sizeHint().width()) == (64, True)
    session.change(image_size=64)
    assert box.value() == 4096
    qtbot.waitUntil(lambda: box.width() >= box.sizeHint().width())


def test_the_picture_has_the_layers_of_the_shown_run(session, qtbot):
    panel = shown(NetworkPanel, session, qtbot)
    assert [layer.size for layer in panel.view.layers] == [1, 40, 40, 1]
    session.change(hidden_dims="12,8,4")
    assert [layer.size for layer in panel.view.layers] == [1, 12, 8, 4, 1]
    assert "1-12-8-4-1" in panel.view.accessibleDescription()


def test_the_drawn_weights_are_those_of_the_state(session, qtbot):
    panel = shown(NetworkPanel, session, qtbot)
    params = session.shown.latest.learner.params
    first, second = panel.view.layers[1:3]
    assert len(second.units) == network_drawing.UNITS_DRAWN
    np.testing.assert_array_equal(second.weights, params["w1"][np.ix_(first.units, second.units)])


@pytest.mark.parametrize("activation", mlp.ACTIVATIONS)
def test_responses_are_the_networks_own(activation):
    rng = np.random.default_rng(1)
    params, _ = mlp.Mlp(input_dim=1, output_dim=2, hidden_dim=8, num_hidden_layers=1).init(rng)
    layers = network_drawing.drawn_layers(params, activation, (-2.0, 2.0))
    x = np.linspace(-2, 2, network_drawing.POINTS)[:, None]
    hidden = network_drawing.ACTIVATIONS[activation](x @ params["w0"] + params["b0"])
    np.testing.assert_allclose(layers[2].responses, (hidden @ params["w1"] + params["b1"]).T)
    assert set(network_drawing.ACTIVATIONS) == set(mlp.ACTIVATIONS)


def test_drawn_units_stay_while_they_remain_among_the_most_active():
    values = np.random.default_rng(0).normal(size=(30, 20)) * np.arange(1, 21)
    first = network_drawing.most_active(values)
    stronger = max(set(range(20)) - set(first))
    values[:, stronger] *= 3.0
    assert stronger in network_drawing.most_active(values)
    assert network_drawing.most_active(values, first) == first
    values[:, first[0]] = 0.0
    assert first[0] not in network_drawing.most_active(values, first)


def test_another_kind_of_parameters_gives_no_picture():
    assert network_drawing.drawn_layers({"kernel0": np.zeros((3, 3, 1, 8))}, "relu", (0, 1)) == ()
    session = FakeSession()
    assert session.shown.latest is not None


def test_the_picture_waits_longer_while_a_hand_moves_the_task(session, qtbot):
    panel = shown(NetworkPanel, session, qtbot)
    session.unseen.handMoved.emit(True)
    session.advanced.emit()
    drawn = panel.view.layers
    qtbot.wait(2 * REDRAW_MS)
    assert panel.view.layers is drawn
    session.unseen.handMoved.emit(False)
    qtbot.waitUntil(lambda: panel.view.layers is not drawn)
