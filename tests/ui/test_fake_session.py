"""The stand-in must offer what panels are written against."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Signal

from metalearn_gui.bridge.session import Session
from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.tasks import TASKS
from tests.engine.small import FAMILIES
from tests.ui.fake_session import FakeSession
from tests.ui.fake_unseen import FakeUnseen

STAND_INS = {FakeSession: Session, FakeUnseen: UnseenTasks}
# What stands in for the worker.
OWN = {"alive", "train", "score", "set_state", "take_settings", "show_views", "draw", "adapt_again", "answer_held"}
WITHIN_THE_BRIDGE = {"followed", "worked", "failed"}


@pytest.mark.parametrize(("fake", "real"), STAND_INS.items())
def test_whatever_a_fake_offers_the_real_one_has(fake, real):
    public = {name for name in vars(fake) if not name.startswith("_")} - OWN - {"staticMetaObject"}
    assert len(public) > 9
    assert [name for name in sorted(public) if not hasattr(real, name)] == []


@pytest.mark.parametrize(("fake", "real"), STAND_INS.items())
def test_a_fake_has_every_signal_that_panels_hear(fake, real):
    signals = {name for name in vars(real) if isinstance(vars(real)[name], Signal)} - WITHIN_THE_BRIDGE
    assert [name for name in sorted(signals) if not isinstance(getattr(fake, name, None), Signal)] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_fake_adaptations_have_the_shapes_of_the_contract(family):
    session = FakeSession()
    learner = next(key for key in LEARNERS if TASKS[family].kind in LEARNERS[key].kinds)
    session.change(task_family=family, learner=learner)
    assert session.settings.tasks.key == family
    steps = session.unseen.num_steps + 1
    adaptation = session.unseen.adaptations["learner"]
    assert adaptation.on_grid.shape == (steps, len(session.unseen.touched.grid), session.settings.tasks.output_dim)
    assert adaptation.loss.shape == (steps,)
    assert np.isfinite(adaptation.on_grid).all()


def test_undo_brings_the_settings_back(session):
    before = session.settings
    session.change(shots=3)
    assert session.settings.episodes.shots == 3
    session.undo_stack.undo()
    assert session.settings == before


def test_training_and_scoring_fill_the_run(session, qtbot):
    with qtbot.waitSignals([session.advanced, session.scored]):
        session.train(50)
        session.score()
    assert session.live.iteration == 50
    assert session.live.latest_scores.evaluation.baselines["transfer"].loss.shape == (11,)
