"""What the view "Inside" shows, computed by the real engine, uncompiled."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QTimer

from metalearn_gui.bridge import task_space
from metalearn_gui.bridge.adapter import Adapter
from metalearn_gui.bridge.gradients import gradients_of
from metalearn_gui.bridge.landscape import COARSE, FINE, Grid, Landscape, judged_alone, landscape_of
from metalearn_gui.bridge.shown import Shown
from metalearn_gui.bridge.touches import draw_task
from metalearn_gui.engine.adaptation import way_of
from metalearn_gui.engine.baselines import initial_states
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.landscape import PLANES
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.networks.mlp import Mlp
from metalearn_gui.engine.tasks import TASKS
from tests.bridge.conftest import small_settings
from tests.engine.small import FAMILIES, family_for
from tests.engine.small import small_settings as tiny_settings

FAMILIES_OF_EACH_KIND = [
    (family, next(key for key, learner in LEARNERS.items() if TASKS[family].kind in learner.kinds))
    for family in {TASKS[key].view: key for key in reversed(FAMILIES)}.values()
]


def shown(qtbot, part):
    qtbot.waitUntil(lambda: part.result is not None, timeout=30_000)
    return part.result


def test_nothing_is_computed_while_nobody_looks(session, qtbot):
    session.unseen.new_task()
    qtbot.wait(300)
    assert session.inside.landscape.result is None


def test_the_path_through_the_landscape_has_the_losses_of_the_canvas(session, qtbot):
    qtbot.waitUntil(lambda: "learner" in session.unseen.adaptations, timeout=30_000)
    session.inside.landscape.watch(True)
    found = shown(qtbot, session.inside.landscape)
    np.testing.assert_allclose(found.path_losses, session.unseen.adaptations["learner"].loss, rtol=1e-4)
    assert found.losses.shape[0] < found.losses.shape[1]
    assert np.isfinite(found.losses).all()


def test_the_way_of_the_weights_follows_the_touched_task_and_the_moment(session, qtbot):
    way = session.inside.way
    way.watch(True)
    found = shown(qtbot, way)
    assert found.task is session.unseen.touched
    params = session.shown_state.learner.params
    np.testing.assert_allclose(found.at(0)["w0"], params["w0"], rtol=1e-6)
    assert not np.allclose(found.at(1)["w0"], params["w0"])
    np.testing.assert_array_equal(found.at(10_000)["w0"], found.parts["w0"][-1])
    session.unseen.new_task()
    qtbot.waitUntil(lambda: way.result is not found, timeout=30_000)
    assert way.result.task is session.unseen.touched
    session.advance(2)
    qtbot.waitUntil(lambda: session.unseen.shown.state.iteration == 2, timeout=30_000)
    qtbot.waitUntil(lambda: way.result.shown.state is session.unseen.shown.state, timeout=30_000)
    way.watch(False)


def test_a_place_of_the_landscape_is_shown_on_the_canvas(session, qtbot):
    session.inside.landscape.watch(True)
    found = shown(qtbot, session.inside.landscape)
    qtbot.waitUntil(lambda: "learner" in session.unseen.adaptations, timeout=30_000)
    step = found.plane.adapted(found.plane.path[1:2])
    with qtbot.waitSignal(session.unseen.adaptedChanged):
        session.unseen.set_held({name: values[0] for name, values in step.items()})
    assert session.unseen.adaptations["learner"].loss[-1] == pytest.approx(found.path_losses[1], rel=0.05)
    assert session.unseen.held_loss == session.unseen.adaptations["learner"].loss[-1]
    session.unseen.set_held({name: values[0] for name, values in found.plane.adapted(np.zeros((1, 2))).items()})
    assert session.unseen.held_loss is None  # until the answer to that place is there
    session.unseen.new_task()
    assert session.unseen.held == {}


def test_a_loss_of_a_place_lies_between_those_of_the_cells_around_it():
    losses = np.arange(12.0).reshape(3, 4)
    losses[2, 3] = np.inf
    found = Landscape(None, None, ((0.0, 8.0), (0.0, 6.0)), losses, np.zeros(1), {})
    assert found.loss_at((3.0, 5.0)) == losses[0, 1]
    assert found.loss_at((4.0, 4.0)) == pytest.approx(losses[:2, 1:3].mean())
    assert found.loss_at((0.0, 6.0)) == losses[0, 0]
    assert found.loss_at((7.9, 0.1)) == np.inf
    assert found.loss_at((5.0, 1.0)) == losses[2, 2]
    assert np.isnan(found.loss_at((8.1, 1.0)))


def test_back_to_now_gives_back_what_a_hand_took_from_the_landscape(session, qtbot):
    qtbot.waitUntil(lambda: "learner" in session.unseen.adaptations, timeout=30_000)
    own = session.unseen.adaptations["learner"].loss
    with qtbot.waitSignal(session.unseen.adaptedChanged):
        session.unseen.set_held({name: values + 1.0 for name, values in session.shown_state.learner.params.items()})
    assert session.unseen.adaptations["learner"].loss[-1] != pytest.approx(own[-1])
    session.show_now()
    assert (session.moment, session.unseen.held) == (None, {})
    qtbot.waitUntil(lambda: session.unseen.adaptations["learner"].loss[-1] == pytest.approx(own[-1]), timeout=30_000)


def test_the_landscape_follows_the_hand(session, qtbot):
    part = session.inside.landscape
    part.watch(True)
    shown(qtbot, part)
    session.unseen.move_point(0, np.array([1.0]), np.array([4.0]))
    qtbot.waitUntil(lambda: part.result.task is session.unseen.touched, timeout=30_000)


def test_another_structure_takes_the_old_landscape_away_at_once(session, qtbot):
    part = session.inside.landscape
    part.watch(True)
    old = shown(qtbot, part)
    session.set_settings(small_settings(hidden_dim=5))
    assert part.result is None
    new = shown(qtbot, part)
    assert new.plane.start.shape != old.plane.start.shape


def test_tasks_of_the_space_are_unseen_and_can_be_opened(session, qtbot):
    part = session.inside.space
    part.choose(True)
    part.watch(True)
    found = shown(qtbot, part)
    assert found.losses.shape == (session.unseen.num_steps + 1, len(found.tasks))
    assert found.embedded.shape == (len(found.tasks), 2)
    assert found.shares.sum() <= 1 + 1e-6
    session.unseen.open_block(found.tasks[7].block)
    assert session.unseen.touched.description == found.tasks[7].description
    assert np.array_equal(session.unseen.touched.support.x, found.tasks[7].support.x)


def test_gradients_are_there_for_the_touched_task_and_the_gallery(session, qtbot):
    part = session.inside.gradients
    part.watch(True)
    found = shown(qtbot, part)
    assert found.base.keys() == found.meta.keys() == session.shown_state.learner.params.keys()
    assert found.agreement.shape == (9, 9)
    np.testing.assert_allclose(np.diag(found.agreement), 1.0, atol=1e-6)
    assert [iteration for iteration, _ in found.history] == [0]


@pytest.mark.parametrize(("family", "learner"), [*((family_for(key), key) for key in LEARNERS), *FAMILIES_OF_EACH_KIND])
def test_every_learner_and_kind_of_task_can_be_looked_into(family, learner, monkeypatch):
    monkeypatch.setattr(task_space, "NUM_TASKS", 4)
    settings = tiny_settings(family, learner)
    shown, task = Shown(settings, TrainingState(*initial_states(settings))), draw_task(settings, 1)
    for kind in PLANES:
        found = landscape_of(Adapter(compile=False), shown, task, kind, 0, Grid(5, 1))
        assert found.losses.shape == (5, 8)
        assert len(found.path_losses) == len(found.plane.path) <= settings.outer.test_steps + 1
    space = task_space.space_of(shown, True, compile=False)
    assert space.losses.shape == (settings.outer.test_steps + 1, 4)
    assert space.embedded.shape == (4, 2)
    if not shown.state.learner.params:
        return
    gradients = gradients_of(shown, [task, draw_task(settings, 2)], [shown.state.learner], compile=False)
    assert gradients.agreement.shape == (2, 2)


def test_of_a_large_network_fewer_tasks_are_placed(monkeypatch):
    settings = tiny_settings("sinusoid", "maml")
    shown = Shown(settings, TrainingState(*initial_states(settings)))
    for name, value in (("NUM_TASKS", 6), ("NUM_SLOW", 2)):
        monkeypatch.setattr(task_space, name, value)
    num_params = sum(values.size for values in shown.state.learner.params.values())
    for room, count in ((100, 6), (3, 3), (1, 2)):
        monkeypatch.setattr(task_space, "SPACE_NUMBERS", room * num_params)
        assert len(task_space.space_of(shown, True, compile=False).tasks) == count


def test_a_task_of_a_table_that_comes_again_counts_once_in_the_space_of_tasks(tmp_path, monkeypatch):
    monkeypatch.setattr(task_space, "NUM_TASKS", 40)
    path = tmp_path / "shops.csv"
    rows = [f"shop {shop},{row},{shop * row}" for shop in range(20) for row in range(24)]
    path.write_text("\n".join(["shop,price,sold", *rows]))
    table = small_settings(task_family="csv", data=str(path)).resolved()
    for settings, is_table in ((table, True), (small_settings(), False)):
        found = task_space.space_of(Shown(settings, TrainingState(*initial_states(settings))), False, compile=False)
        assert (len(found.tasks), found.num_distinct < 20) == (40, is_table)


def test_a_landscape_is_given_up_between_bands_for_what_is_wanted_more():
    settings = tiny_settings("sinusoid", "maml")
    shown, task = Shown(settings, TrainingState(*initial_states(settings))), draw_task(settings, 1)
    answers = [True, True, False]
    assert landscape_of(Adapter(compile=False), shown, task, "path", 0, Grid(4, 4), lambda: answers.pop(0)) is None
    assert answers == []
    assert landscape_of(Adapter(compile=False), shown, task, "path", 0, Grid(4, 1), lambda: False) is not None
    whole, banded = (landscape_of(Adapter(compile=False), shown, task, "path", 0, Grid(4, bands)) for bands in (1, 4))
    np.testing.assert_allclose(banded.losses, whole.losses, rtol=1e-5)


def test_what_is_given_up_leaves_the_landscape_that_is_there(session, qtbot):
    part = session.inside.landscape
    part.watch(True)
    qtbot.waitUntil(lambda: part.result is not None and len(part.result.losses) == FINE.rows, timeout=30_000)
    before = part.result  # nothing follows it by itself
    part.request("grid", lambda: None)
    done = []
    part.request("other", lambda: before)
    part.changed.connect(lambda: done.append(part.result))
    qtbot.waitUntil(lambda: bool(done), timeout=30_000)
    assert done[0] is before


def test_a_slow_landscape_comes_while_training_goes_on(session, qtbot, monkeypatch):
    monkeypatch.setattr(Mlp, "compiles", False)
    losses = Adapter.losses
    monkeypatch.setattr(Adapter, "losses", lambda *args: time.sleep(0.1) or losses(*args))
    part = session.inside.landscape
    goes_on = QTimer(interval=400, timeout=part.ask_if_watched)  # as a run that goes on asks
    goes_on.start()
    part.watch(True)
    qtbot.waitUntil(lambda: part.result is not None, timeout=5_000)
    goes_on.stop()
    session.unseen.new_task()
    qtbot.waitUntil(lambda: part.result.task is session.unseen.touched, timeout=30_000)


@pytest.mark.parametrize("grid", [COARSE, FINE])
@pytest.mark.parametrize("family", [key for key, _ in FAMILIES_OF_EACH_KIND])
def test_fewer_points_come_to_nearly_the_same_loss(family, grid):
    learner = next(key for key, one in LEARNERS.items() if TASKS[family].kind in one.kinds)
    settings = tiny_settings(family, learner)
    task, state, adapter = draw_task(settings, 1), initial_states(settings)[0], Adapter(compile=False)
    batch = PointSet(task.support.x[None], task.support.y[None])
    way = {name: values[:, 0] for name, values in way_of(settings, state, batch, 1, compile=False).items()}
    thin = judged_alone(task, settings.tasks.kind, grid.thin)
    assert len(thin.grid) <= len(task.grid)
    found, expected = (adapter.losses(settings, state, one, way) for one in (thin, task))
    np.testing.assert_allclose(found, expected, rtol=0.05)


def test_what_is_known_of_a_moment_is_not_computed_again():
    settings = tiny_settings("sinusoid", "maml")
    shown, task = Shown(settings, TrainingState(*initial_states(settings))), draw_task(settings, 1)
    moments, known = [shown.state.learner], {0: 0.25}
    assert gradients_of(shown, [task], moments, False, known).history == ((0, 0.25),)
    fresh: dict[int, float] = {}
    assert gradients_of(shown, [task], moments, False, fresh).history == ((0, fresh[0]),)
