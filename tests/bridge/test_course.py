"""Settings, runs and the worker, as the session shows them; the real engine, uncompiled."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QObject

from metalearn_gui.bridge import training
from metalearn_gui.bridge.messages import DEED
from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.runner import DRAIN_MS, LATEST_MS, Runner
from metalearn_gui.bridge.scoring import LONG_MS, Scoring
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine import Options, footprint
from metalearn_gui.engine.events import Change, Evaluating, LearnerState, LiveChanged
from metalearn_gui.engine.presets import PRESETS
from metalearn_gui.engine.switching import preset_key
from metalearn_gui.engine.training import Experiment
from tests.bridge.conftest import Heard, small_settings

pytestmark = pytest.mark.usefixtures("traced")


def same_params(one: LearnerState, other: LearnerState) -> bool:
    return all(np.array_equal(one.params[name], other.params[name]) for name in one.params)


def run_to(session: Session, qtbot, iteration: int) -> None:
    """Step by step, so that it is this meta-iteration and no other."""
    while session.live.iteration < iteration:
        reached = session.live.iteration
        session.step()
        qtbot.waitUntil(lambda reached=reached: session.live.iteration > reached, timeout=20_000)
        assert session.live.iteration == reached + 1
    qtbot.waitUntil(lambda: session.live.latest.iteration == iteration)


def run_a_while(session: Session, qtbot, iteration: int = 5) -> None:
    session.toggle()
    qtbot.waitUntil(lambda: session.live.iteration >= iteration, timeout=20_000)


def test_nothing_can_be_run_before_tensorflow_is_loaded(qapp) -> None:
    session = Session(small_settings())
    assert not session.can_run
    assert session.readiness == "loading TensorFlow"
    assert session.run_state is RunState.IDLE
    assert session.shown is session.live
    assert session.live.latest is session.live.initial is not None
    assert session.unseen.adaptations == {}
    session.close()


def test_a_press_before_tensorflow_is_loaded_is_kept(open_session, qtbot) -> None:
    session = open_session()
    session.toggle()
    assert session.run_state is RunState.PREPARING
    qtbot.waitUntil(lambda: session.live.iteration > 2, timeout=60_000)
    assert session.run_state is RunState.RUNNING


def test_pause_is_immediate_and_run_goes_on(session, qtbot) -> None:
    run_a_while(session, qtbot)
    session.toggle()
    assert session.run_state is RunState.PAUSED
    qtbot.wait(500)  # the chunk under way ends
    reached = session.live.iteration
    assert reached == session.live.latest.iteration
    qtbot.wait(150)
    assert session.live.iteration == reached
    session.toggle()
    qtbot.waitUntil(lambda: session.live.iteration > reached)
    assert session.speed >= 0.0


def test_training_gives_way_and_is_told_of_less_often_while_a_hand_moves_and_goes_on(session, qtbot) -> None:
    run_a_while(session, qtbot)
    drain_timer = session.findChild(Runner)._drain_timer
    assert drain_timer.interval() == DRAIN_MS
    session.unseen.move_point(0, session.unseen.touched.support.x[0], np.float32([1.5]))
    assert drain_timer.interval() == LATEST_MS
    assert session._course.training._gate.gives_way
    reached = session.live.iteration
    qtbot.waitUntil(lambda: session.live.iteration > reached)
    qtbot.waitUntil(lambda: drain_timer.interval() == DRAIN_MS)
    assert not session._course.training._gate.gives_way


def test_a_step_adds_exactly_one_meta_iteration(session, qtbot) -> None:
    run_to(session, qtbot, 3)
    assert len(session.live.curve("objective")) == 3
    assert session.run_state is RunState.PAUSED
    qtbot.wait(100)
    assert session.live.iteration == 3


def test_reset_gives_the_same_start_bits_and_keeps_the_run(session, qtbot) -> None:
    start = session.live.initial.learner
    run_to(session, qtbot, 2)
    old, first_losses = session.live, session.live.curve("objective").copy()
    session.reset()
    assert session.runs == [old, session.live]
    assert session.shown is session.live is not old
    assert same_params(session.live.latest.learner, start)
    qtbot.waitUntil(lambda: session.run_state is RunState.IDLE)
    run_to(session, qtbot, 2)
    assert np.array_equal(session.live.curve("objective"), first_losses)


def test_reset_before_the_first_meta_iteration_changes_nothing(session) -> None:
    live = session.live
    session.reset()
    assert session.runs == [live]


def test_curves_are_the_same_bits_with_and_without_pauses(open_session, qtbot) -> None:
    settings = small_settings(num_iterations=12)
    one, other = open_session(settings), open_session(settings)
    one.toggle()
    run_to(other, qtbot, 2)
    while other.live.reason != "done":
        if other.run_state is RunState.PAUSED:
            other.toggle()
        qtbot.wait(15)
        if other.run_state is RunState.RUNNING:
            other.toggle()
        qtbot.wait(15)
    qtbot.waitUntil(lambda: one.live.reason == "done", timeout=20_000)
    for name in ("objective", "before", "after"):
        assert np.array_equal(one.live.curve(name), other.live.curve(name))
    assert same_params(one.live.latest.learner, other.live.latest.learner)


def test_a_live_rate_reaches_the_run_without_a_restart(session, qtbot) -> None:
    run_a_while(session, qtbot)
    live = session.live
    session.change(meta_learning_rate=0.02)
    qtbot.waitUntil(lambda: bool(session.live.changes))
    assert session.live is live
    assert session.run_state is RunState.RUNNING
    assert [(change.name, change.value) for change in live.changes] == [("meta_learning_rate", 0.02)]
    assert live.settings.outer.meta_learning_rate == 0.02
    assert live.initial_settings.outer.meta_learning_rate == 0.001


def test_a_live_rate_set_before_the_run_is_its_own_from_the_start(session, qtbot) -> None:
    session.change(meta_learning_rate=0.02)
    run_to(session, qtbot, 1)
    assert session.live.settings.outer.meta_learning_rate == 0.02
    assert session.live.initial_settings.outer.meta_learning_rate == 0.02
    assert session.live.changes == []


@pytest.mark.parametrize("at_end", [False, True])
def test_the_range_of_unseen_tasks_can_be_widened_without_a_restart(open_session, qtbot, at_end) -> None:
    options = Options(compile=False, baselines=False, num_tasks=20)
    session = open_session(small_settings(num_iterations=2 if at_end else 100), options)
    run_to(session, qtbot, 2)
    qtbot.waitUntil(lambda: at_end == (session.run_state is RunState.IDLE) and len(session.live.scores) > 0)
    run, narrow, task = session.live, session.live.latest_scores.evaluation, session.unseen.touched
    session.change(beyond=2.0)
    session.change(beyond=3.0)
    qtbot.waitUntil(lambda: run.settings.tasks.beyond == 3.0, timeout=20_000)  # 2.0 may have been tried before
    qtbot.waitUntil(lambda: run.latest_scores.evaluation.mean > 4 * narrow.mean, timeout=20_000)
    assert session.runs == [run] == [session.live]
    assert run.iteration == 2
    assert run.settings.tasks.beyond == session.settings.tasks.beyond == 3.0
    assert session.unseen.touched.block == task.block
    assert abs(session.unseen.touched.support.y).max() > abs(task.support.y).max()


def test_a_structural_change_restarts_and_keeps_the_old_run(session, qtbot) -> None:
    run_a_while(session, qtbot)
    old = session.live
    for shots in (4, 5, 6):
        session.change(shots=shots)
        assert session.run_state is RunState.PREPARING
    qtbot.waitUntil(lambda: session.live.iteration > 2, timeout=20_000)
    assert session.runs == [old, session.live]
    assert session.live.settings.episodes.shots == 6
    assert session.run_state is RunState.RUNNING
    assert old.reason == "stopped"
    assert old.iteration == old.latest.iteration == len(old.curve("objective"))


def test_a_run_does_not_wait_for_what_still_compiles_for_other_settings(session, qtbot, monkeypatch) -> None:
    begun, is_compiled = threading.Event(), threading.Event()
    monkeypatch.setattr(training, "prepare", lambda *_: begun.set() or is_compiled.wait(30.0))
    session.change(hidden_dim=5)
    qtbot.waitUntil(begun.is_set, timeout=10_000)
    session.toggle()  # it is what the run waits for
    session.change(hidden_dim=6)
    qtbot.waitUntil(lambda: session.live.iteration > 0, timeout=30_000)
    assert not is_compiled.is_set()
    is_compiled.set()


def test_a_structural_change_while_paused_waits_for_run(session, qtbot) -> None:
    run_to(session, qtbot, 1)
    session.change(hidden_dim=5)
    qtbot.waitUntil(lambda: session.run_state is RunState.IDLE)
    qtbot.wait(400)
    assert session.live.iteration == 0
    assert session.live.latest.learner.params["w0"].shape == (1, 5)


def test_every_change_can_be_undone_and_redone(session) -> None:
    first = session.settings
    session.change(shots=5)
    session.change(hidden_dim=6)
    session.load_preset("blobs")
    last = session.settings
    assert session.preset_key == "blobs"
    for _ in range(session.undo_stack.count()):
        session.undo_stack.undo()
    assert session.settings == first
    assert session.live.settings == first.started()
    while session.undo_stack.canRedo():
        session.undo_stack.redo()
    assert session.settings == last


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_s_settings_are_told_by_its_name_also_once_they_have_been_trained_with(key) -> None:
    settings = PRESETS[key].settings.replaced(seed=11)
    assert preset_key(settings) == preset_key(settings.started()) == key


def test_another_learner_brings_what_it_is_tuned_with_in_one_change(session) -> None:
    first = session.settings
    session.change(learner="reptile")
    assert session.settings.value("meta_optimizer") == "sgd"
    assert session.settings.value("inner_steps") == 5
    assert session.settings.value("meta_batch") == first.value("meta_batch") == 2  # set by hand
    session.undo()
    assert session.settings == first


def test_another_seed_is_the_next_one_and_0_after_the_highest(session) -> None:
    highest = session.settings.param("seed").maximum
    session.change(seed=highest - 1)
    session.reseed()
    assert session.settings.seed == highest
    session.reseed()
    assert session.settings.seed == session.live.settings.seed == 0


def test_values_under_a_dragged_slider_are_one_change(session) -> None:
    first = session.settings
    for shots in range(4, 10):
        session.change(shots=shots)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert session.settings == first


def test_a_bad_value_becomes_a_message(session) -> None:
    heard, before = Heard(session), session.settings
    session.change(shots=0)
    session.change(nonsense=1)
    session.load_preset("nonsense")
    assert session.settings == before
    assert [message.level for message in heard.messages] == ["warning"] * 3
    assert "it must lie in [1, 1\u2009000]" in heard.messages[0].text


def test_reseed_gives_another_start_and_can_be_undone(session, qtbot) -> None:
    start = session.live.initial.learner
    run_to(session, qtbot, 1)
    session.reseed()
    assert session.settings.seed == 8
    assert session.preset_key == ""
    assert not same_params(session.live.initial.learner, start)
    session.undo_stack.undo()
    assert same_params(session.live.initial.learner, start)


def test_a_run_at_its_end_goes_on_when_there_is_more_to_do(open_session, qtbot) -> None:
    session = open_session(small_settings(num_iterations=3))
    heard = Heard(session)
    session.toggle()
    qtbot.waitUntil(lambda: session.live.reason == "done" and session.run_state is RunState.IDLE, timeout=60_000)
    session.toggle()
    assert session.run_state is RunState.IDLE
    assert heard.messages[-1].action == "reset"
    live, evaluations = session.live, session.live.gradient_evaluations
    session.change(num_iterations=5)
    session.toggle()
    qtbot.waitUntil(lambda: session.live.iteration == 5)
    qtbot.waitUntil(lambda: session.run_state is RunState.IDLE)
    assert session.live is live
    assert [(change.iteration, change.name) for change in live.changes] == [(3, "num_iterations")]
    assert live.gradient_evaluations == pytest.approx(evaluations * 5 / 3)
    whole = open_session(small_settings(num_iterations=5))
    whole.toggle()
    qtbot.waitUntil(lambda: whole.live.reason == "done", timeout=20_000)
    assert np.array_equal(whole.live.curve("objective"), live.curve("objective"))


def test_a_diverged_run_goes_on_with_the_lower_rate(open_session, qtbot) -> None:
    session = open_session(small_settings(meta_optimizer="sgd", meta_learning_rate=1e-4))
    run_to(session, qtbot, 2)
    session.change(meta_learning_rate=10.0)
    heard = Heard(session)
    session.toggle()
    qtbot.waitUntil(lambda: session.live.reason == "diverged", timeout=60_000)
    qtbot.waitUntil(lambda: bool(heard.errors) and session.run_state is RunState.IDLE)  # its curves end where it does
    message, live, good = heard.errors[0], session.live, session.live.latest
    assert live.iteration == good.iteration >= 2
    assert f"everything up to {live.iteration} is kept" in message.text
    assert message.action == "resume_calmer"
    assert all(np.isfinite(values).all() for values in good.learner.params.values())
    getattr(session, message.action)()
    assert session.settings.outer.meta_learning_rate == 0.001
    assert session.live is live
    assert live.changes[-1].value == 0.001
    assert heard.messages[-1].text == ""  # the bar is cleared
    assert live.reason == ""
    qtbot.waitUntil(lambda: session.run_state is RunState.IDLE or live.iteration > good.iteration, timeout=20_000)


def test_a_run_that_patience_ended_stands_where_it_did_best(open_session, qtbot, monkeypatch) -> None:
    monkeypatch.setattr("metalearn_gui.engine.training.VALIDATION_STEPS", 10)
    session = open_session(small_settings(num_iterations=500, meta_learning_rate=1.0, stop_patience=10))
    session.toggle()
    qtbot.waitUntil(lambda: session.live.reason == "converged" and session.run_state is RunState.IDLE, timeout=60_000)
    live = session.live
    assert live.iteration == live.latest.best.iteration == len(live.curve("objective")) < 500
    assert live.kept_iteration == live.iteration
    assert same_params(live.latest.learner, live.latest.best)


def test_a_shown_run_of_other_settings_than_those_set_says_so_and_can_be_restored(session, qtbot) -> None:
    run_to(session, qtbot, 2)
    old, shots = session.live, session.settings.episodes.shots
    session.change(shots=4)
    heard = Heard(session)
    session.show_run(old.run_id)
    message = heard.messages[-1]
    assert "other settings than those that are set" in message.text
    session.show_run(session.live.run_id)
    assert (heard.messages[-1].text, heard.messages[-1].about) == ("", message.about)  # it is over
    session.show_run(old.run_id)
    getattr(session, message.action)()
    assert session.settings.episodes.shots == shots
    assert session.live.parent_id == old.run_id
    assert session.shown is session.live


def test_another_run_is_shown_while_the_live_one_goes_on(session, qtbot) -> None:
    run_to(session, qtbot, 2)
    old = session.live
    session.change(shots=4)
    run_a_while(session, qtbot, 2)
    session.show_run(old.run_id)
    reached = session.live.iteration
    qtbot.waitUntil(lambda: session.live.iteration > reached)
    assert session.shown is old
    assert session.live is not old
    assert len(session.unseen.touched.support.x) == 3


def test_a_restored_run_goes_on_as_a_branch(session, qtbot) -> None:
    run_to(session, qtbot, 2)
    old = session.live
    session.change(shots=4, hidden_dim=5)
    run_to(session, qtbot, 1)
    session.restore_run(old.run_id)
    branch = session.live
    assert session.settings == old.settings
    assert branch.parent_id == old.run_id
    assert branch.iteration == 2
    assert session.shown is branch
    qtbot.waitUntil(lambda: session.run_state is RunState.IDLE)
    run_to(session, qtbot, 4)
    assert old.iteration == 2
    assert len(branch.curve("objective")) == 4
    session.undo_stack.undo()
    assert session.settings.episodes.shots == 4
    assert branch in session.runs


def test_a_deleted_run_comes_back_on_undo(session, qtbot) -> None:
    run_to(session, qtbot, 1)
    first = session.live
    session.reset()
    run_to(session, qtbot, 1)
    second = session.live
    session.set_overlay(first.run_id, True)
    with qtbot.waitSignal(session.messageRaised) as said:
        session.delete_run(first.run_id)
    assert session.runs == [second]
    assert session.overlays == set()
    with qtbot.waitSignal(session.messageRaised) as after:
        getattr(session, said.args[0].action)()
    assert session.runs == [first, second]
    assert session.overlays == {first.run_id}  # as it was
    assert (after.args[0].text, after.args[0].about) == (
        "",
        said.args[0].about,
    )  # undo would now take back another deed
    session.redo()
    assert session.runs == [second]
    assert session.overlays == set()


def test_what_is_said_of_a_run_that_has_not_begun_stays_with_the_one_in_its_place(session) -> None:
    session.rename_run(session.live.run_id, "Zed")
    session.remark_run(session.live.run_id, tags="a, b", note="why")
    session.pin_run(session.live.run_id, True)
    session.change(shots=5)
    assert (session.live.name, session.live.tags, session.live.note, session.live.is_pinned) == (
        "Zed",
        "a, b",
        "why",
        1,
    )
    session.undo()
    assert session.live.name == "Zed"


def test_undo_is_offered_for_a_deletion_until_a_hand_begins_a_gesture(session, qtbot) -> None:
    run_to(session, qtbot, 1)
    session.reset()
    session.delete_run(session.runs[0].run_id)
    with qtbot.waitSignal(session.messageRaised) as said:
        session.unseen.begin_touch()
    assert (said.args[0].text, said.args[0].about) == ("", DEED)


def test_several_runs_that_were_deleted_come_back_with_one_undo(session, qtbot) -> None:
    for _ in range(3):
        run_to(session, qtbot, 1)
        session.reset()
    runs = list(session.runs)
    with qtbot.waitSignal(session.messageRaised) as said:
        session.delete_runs([runs[0].run_id, runs[2].run_id])
    assert (session.runs, said.args[0].text) == ([runs[1], runs[3]], "2 runs were deleted.")
    session.undo()
    assert session.runs == runs


def test_a_live_run_that_was_meant_as_well_is_said_to_stay(session, qtbot) -> None:
    run_to(session, qtbot, 1)
    session.reset()
    with qtbot.waitSignal(session.messageRaised) as said:
        session.delete_runs([session.runs[0].run_id], live_stays=True)
    assert said.args[0].text == (
        "A run was deleted. Run goes on with the live one: start again, and it can be deleted too."
    )
    assert said.args[0].action == "undo"


def test_deleting_the_live_run_leaves_a_fresh_one(session, qtbot) -> None:
    run_a_while(session, qtbot, 2)
    old = session.live
    session.delete_run(old.run_id)
    assert [run.iteration for run in session.runs] == [0]
    assert session.shown is session.live
    qtbot.waitUntil(lambda: session.run_state is RunState.IDLE)
    assert old not in session.runs
    session.undo_stack.undo()
    back = session.runs[0]
    assert back.run_id == old.run_id
    assert len(back.curve("objective")) == back.iteration == back.latest.iteration


def test_runs_can_be_named_and_drawn_over(session, qtbot) -> None:
    with qtbot.waitSignal(session.runsChanged):
        session.rename_run(session.live.run_id, "mine")
    with qtbot.waitSignal(session.runsChanged):
        session.set_overlay(session.live.run_id, True)
    assert session.live.name == "mine"
    assert session.overlays == {session.live.run_id}


REMARKS = {
    "name": lambda session, run_id: session.rename_run(run_id, "mine"),
    "tags": lambda session, run_id: session.remark_run(run_id, tags="slide 4"),
    "note": lambda session, run_id: session.remark_run(run_id, note="too slow"),
    "is_pinned": lambda session, run_id: session.pin_run(run_id, True),
}


@pytest.mark.parametrize("field", REMARKS)
def test_what_is_said_of_a_run_goes_and_comes_with_undo(field, session, qtbot) -> None:
    before = getattr(session.live, field)
    REMARKS[field](session, session.live.run_id)
    said = getattr(session.live, field)
    assert said != before
    for deed, expected in ((session.undo, before), (session.redo, said)):
        with qtbot.waitSignal(session.runsChanged):
            deed()
        assert getattr(session.live, field) == expected


def test_each_remark_is_taken_back_by_itself_and_one_that_says_nothing_new_is_none(session) -> None:
    run_id = session.live.run_id
    session.remark_run(run_id, tags="good", note="first")
    for _ in range(2):  # Enter in the line, and the line is left
        session.remark_run(run_id, note="second")
    session.rename_run(run_id, "mine")
    left = []
    for _ in range(3):
        session.undo()
        left.append((session.live.name, session.live.tags, session.live.note))
    assert left == [("", "good", "second"), ("", "good", "first"), ("", "", "")]
    assert not session.undo_stack.canUndo()


def test_a_remark_is_taken_back_from_a_run_that_was_deleted_meanwhile(session, qtbot) -> None:
    run_to(session, qtbot, 1)
    first = session.live.run_id
    session.reset()
    session.rename_run(first, "mine")
    session.delete_run(first)
    session.undo()
    assert session.runs[0].name == "mine"
    session.undo()
    assert session.runs[0].name == ""


def test_the_undo_of_a_deletion_is_not_offered_once_a_run_is_renamed(session, qtbot) -> None:
    run_to(session, qtbot, 1)
    first = session.live.run_id
    session.reset()
    run_to(session, qtbot, 1)
    heard = Heard(session)
    session.delete_run(first)
    session.rename_run(session.live.run_id, "mine")
    assert [message.action for message in heard.messages] == ["undo", ""]


def test_a_long_trial_of_unseen_tasks_is_told_while_it_lasts(open_session, qtbot, monkeypatch) -> None:
    may_end, told = threading.Event(), []
    monkeypatch.setattr(Experiment, "tune_baselines", lambda _run, again: may_end.wait(60.0))
    session = open_session(options=Options(compile=False, baselines=False, num_tasks=4))
    session.stateChanged.connect(lambda: told.append(session.is_scoring))
    session.toggle()
    qtbot.waitUntil(lambda: session.is_scoring, timeout=60_000)
    assert told[-1]
    may_end.set()
    qtbot.waitUntil(lambda: not session.is_scoring, timeout=20_000)
    assert session.run_state is RunState.RUNNING
    assert not told[-1]


@pytest.mark.parametrize("is_over", [False, True], ids=["another event", "the end"])
def test_a_short_trial_of_unseen_tasks_is_never_told_of(is_over, qtbot) -> None:
    place = {"run_id": "", "iteration": 1, "tasks_seen": 1, "gradient_evaluations": 1.0, "compute_seconds": 1.0}
    owner, told = QObject(), []
    scoring = Scoring(owner)
    scoring.changed.connect(lambda: told.append(scoring.is_long))
    scoring.follow(Evaluating(**place))
    if is_over:
        scoring.end()
    else:
        scoring.follow(LiveChanged(**place, change=Change(1, "noise", 0.0)))
    qtbot.wait(LONG_MS + 100)
    assert told == []


def test_signals_of_many_meta_iterations_are_few(session, qtbot) -> None:
    heard = []
    session.advanced.connect(lambda: heard.append(session.live.iteration))
    run_a_while(session, qtbot, 30)
    assert heard == sorted(heard)
    assert len(heard) <= session.live.iteration


def test_two_sessions_train_side_by_side(open_session, qtbot) -> None:
    one, other = open_session(), open_session(small_settings(shots=4))
    one.toggle()
    other.toggle()
    qtbot.waitUntil(lambda: min(one.live.iteration, other.live.iteration) > 3, timeout=60_000)
    assert len(one.live.curve("after")) == one.live.iteration


def test_a_run_starts_from_the_weights_of_another_learner(open_session, session, qtbot, tmp_path) -> None:
    session.change(learner="transfer")
    run_to(session, qtbot, 3)
    other, weights = session.live, session.live.latest.learner
    session.change(learner="maml")
    heard = Heard(session)
    session.start_from(other.run_id)
    start = session.live
    assert same_params(start.initial.learner, weights)
    assert (start.start.run_id, start.start.name, start.start.taken, start.start.total) == (
        other.run_id, "Transfer", len(weights.params), len(weights.params),
    )  # fmt: skip
    assert heard.messages[-1].text == "All 4 parameters start from Transfer."
    run_to(session, qtbot, 2)
    path = str(tmp_path / "one.metalearn")
    session.documents.save(path)
    session.reset()
    assert session.live is not start
    assert (session.live.start, same_params(session.live.initial.learner, weights)) == (start.start, True)
    run_to(session, qtbot, 2)
    assert np.array_equal(session.live.curve("objective"), start.curve("objective"))
    reopened = open_session()
    reopened.documents.open(path)
    assert reopened.live.start == start.start
    run_to(reopened, qtbot, 4)
    run_to(session, qtbot, 4)
    assert np.array_equal(reopened.live.curve("objective"), session.live.curve("objective"))


def test_a_start_from_other_weights_can_be_undone_and_redone(session, qtbot) -> None:
    session.change(learner="transfer")
    own = session.live.initial.learner
    run_to(session, qtbot, 2)
    other = session.live
    session.start_from(other.run_id)
    session.undo()
    assert session.live.start is None
    assert same_params(session.live.initial.learner, own)
    session.redo()
    assert session.live.start is not None
    assert same_params(session.live.initial.learner, other.latest.learner)
    session.change(hidden_dim=6)
    assert session.live.start is None


def test_weights_that_do_not_fit_are_refused_in_one_line(session, qtbot) -> None:
    run_to(session, qtbot, 1)
    other = session.live
    session.load_preset("blobs")
    live, heard = session.live, Heard(session)
    session.start_from(other.run_id)
    session.start_from("no such run")
    assert session.live is live
    assert [message.level for message in heard.messages] == ["warning"]
    assert "None of these weights fit" in heard.messages[0].text


def test_sizes_that_do_not_fit_into_memory_are_refused_and_others_offered(session, monkeypatch) -> None:
    monkeypatch.setattr(footprint, "free_bytes", lambda: 4e9)
    heard, before = Heard(session), session.settings
    session.change(shots=1000, queries=1000, meta_batch=1000, inner_steps=20)
    refusal = heard.messages[-1]
    assert "GB of memory (estimated), 4.0 GB are free: lower" in refusal.text
    assert (refusal.level, refusal.action) == ("warning", "take_offer")
    assert session.settings == before
    assert session.run_state is RunState.IDLE
    session.take_offer()
    assert session.settings.episodes.shots == 1000
    assert session.settings.outer.meta_batch < 1000


def test_a_run_that_does_not_fit_into_memory_any_more_is_not_begun(session, qtbot, monkeypatch) -> None:
    qtbot.waitUntil(lambda: session.can_run, timeout=60_000)
    monkeypatch.setattr(footprint, "free_bytes", lambda: 1e3)
    heard = Heard(session)
    session.toggle()
    qtbot.waitUntil(lambda: any("are free" in message.text for message in heard.messages))
    qtbot.waitUntil(lambda: session.run_state is RunState.IDLE)
    assert session.live.iteration == 0
