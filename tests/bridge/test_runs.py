"""The list of runs by itself, from events made by hand: nothing is trained."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.bridge.runs import Runs, branch, can_go_on_with, started_again, take_live_values
from metalearn_gui.engine import preset
from metalearn_gui.engine.events import Change, Finished, Prepared, Progress, TrainingState
from metalearn_gui.store import moments
from metalearn_gui.store.records import RunRecord, Start, fresh_run
from tests.store.records import place, state_at

SETTINGS = preset("first-steps").replaced(hidden_dim=3, num_iterations=10)


def progress(run: RunRecord, iteration: int) -> Progress:
    one = np.ones(1, np.float32)
    return Progress(**place(run, iteration), objective=one, before=one, after=one, metrics={})


def finished(run: RunRecord, state: TrainingState) -> Finished:
    return Finished(**place(run, state.iteration), reason="stopped", state=state, final_objective=0.0)


@pytest.fixture
def runs() -> Runs:
    return Runs(fresh_run(SETTINGS))


@pytest.fixture
def begun(runs: Runs) -> RunRecord:
    """The live run, its first meta-iteration done."""
    runs.apply([progress(runs.live, 1)])
    return runs.live


def test_a_run_that_begins_after_it_was_replaced_comes_back_before_the_live_one(runs: Runs, begun: RunRecord) -> None:
    late, live = fresh_run(SETTINGS), fresh_run(SETTINGS)
    runs.replace_live(late, is_training=False)
    runs.replace_live(live, is_training=True)
    assert runs.list == [begun, live]
    assert not runs.apply([Prepared(**place(late, 0), compile_seconds=0.0, state=state_at(0))])
    assert runs.apply([progress(late, 1)])
    assert runs.list == [begun, late, live]
    assert not runs.apply([progress(late, 2)])
    assert late.iteration == 2
    assert runs.shown is runs.live is live


def test_events_of_a_replaced_run_are_nobodys_once_it_has_ended_without_a_beginning(runs: Runs) -> None:
    late = runs.live
    runs.replace_live(fresh_run(SETTINGS), is_training=True)
    runs.has_ended(late.run_id)
    assert not runs.apply([progress(late, 1)])
    assert runs.list == [runs.live]


def test_events_of_a_replaced_run_that_did_not_train_are_nobodys(runs: Runs) -> None:
    late = runs.live
    runs.replace_live(fresh_run(SETTINGS), is_training=False)
    assert not runs.apply([progress(late, 1)])
    assert late.iteration == 0


def test_a_run_whose_curves_are_ahead_of_its_state_settles_in_its_place_when_it_ends(
    runs: Runs, begun: RunRecord
) -> None:
    runs.apply([finished(begun, state_at(1)), progress(begun, 2)])
    runs.has_ended(begun.run_id)
    assert runs.list == [runs.live]
    assert runs.shown is runs.live is not begun
    assert (runs.live.run_id, runs.live.iteration) == (begun.run_id, 1)


def test_the_live_run_is_shown_when_the_shown_one_is_removed_and_no_other_time(runs: Runs, begun: RunRecord) -> None:
    other = fresh_run(SETTINGS)
    runs.replace_live(other, is_training=False)
    runs.apply([progress(other, 1)])
    runs.replace_live(fresh_run(SETTINGS), is_training=False)
    runs.shown, runs.overlays = begun, {begun.run_id, other.run_id}
    assert runs.remove(other) == 1
    assert runs.shown is begun
    assert runs.overlays == {begun.run_id}
    assert runs.remove(begun) == 0
    assert runs.shown is runs.live
    runs.insert(0, begun)
    assert [run.run_id for run in runs.list] == [begun.run_id, runs.live.run_id]
    assert runs.list[0].iteration == 0  # its newest state


def test_a_schedule_as_long_as_it_was_at_the_start_does_not_keep_a_run_from_going_on() -> None:
    scheduled = SETTINGS.replaced(meta_schedule="cosine")
    run = fresh_run(scheduled)
    assert run.settings.outer.schedule_iterations == 10
    assert can_go_on_with(run, scheduled)
    assert can_go_on_with(run, scheduled.replaced(num_iterations=20, meta_learning_rate=0.1))
    assert not can_go_on_with(run, scheduled.replaced(hidden_dim=4))
    assert not can_go_on_with(run, SETTINGS)


def test_a_run_started_again_keeps_the_weights_that_it_began_with_where_it_began_with_others() -> None:
    own = fresh_run(SETTINGS)
    assert np.array_equal(started_again(own, SETTINGS.replaced(seed=8)).latest.learner.params["w0"],
                          fresh_run(SETTINGS.replaced(seed=8)).latest.learner.params["w0"])  # fmt: skip
    own.start, own.initial = Start("other", "MAML", 3, 4), state_at(0)
    again = started_again(own, SETTINGS)
    assert (again.start, again.initial, again.latest) == (own.start, own.initial, own.initial)
    assert again.run_id != own.run_id


def test_a_branch_is_a_settled_run_of_its_own_without_what_a_person_said_of_the_other(begun: RunRecord) -> None:
    begun.apply(finished(begun, state_at(1)))
    begun.apply(progress(begun, 2))
    begun.name, begun.tags, begun.note, begun.is_pinned = "best", "keep", "why", True
    other = branch(begun)
    assert (other.parent_id, other.iteration) == (begun.run_id, 1)
    assert other.run_id != begun.run_id
    assert (other.name, other.tags, other.note, other.is_pinned, other.reason) == ("", "", "", False, "")
    assert (begun.name, begun.is_pinned, begun.iteration) == ("best", True, 2)


def test_live_values_are_logged_from_the_first_meta_iteration_on(runs: Runs) -> None:
    run = runs.live
    take_live_values(run, SETTINGS.replaced(meta_learning_rate=0.2))
    assert run.changes == []
    assert run.initial_settings.outer.meta_learning_rate == run.settings.outer.meta_learning_rate == 0.2
    runs.apply([progress(run, 3)])
    take_live_values(run, SETTINGS.replaced(meta_learning_rate=0.1))
    assert run.changes == [Change(3, "meta_learning_rate", 0.1)]
    assert (run.initial_settings.outer.meta_learning_rate, run.settings.outer.meta_learning_rate) == (0.2, 0.1)


def test_a_run_that_trained_elsewhere_comes_in_before_the_live_one_and_once(runs: Runs, begun: RunRecord) -> None:
    other = fresh_run(SETTINGS)
    assert runs.add(other)
    assert not runs.add(other)
    assert runs.list == [other, begun]
    assert runs.shown is runs.live is begun
    runs.remove(other)
    assert not runs.add(other)
    assert runs.list == [begun]


def test_moments_of_old_runs_give_way_where_all_together_are_too_large(
    runs: Runs, begun: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moments, "ALL_BYTES", 0)
    old = fresh_run(SETTINGS)
    for run in (old, begun):
        run.moments = tuple(state_at(iteration) for iteration in range(4))
    heavy = fresh_run(SETTINGS)
    heavy.moments = (heavy.initial,)
    runs.add(old)
    runs.add(heavy)
    assert [len(run.moments) for run in (old, begun)] == [2, 4]  # the live run's stay
    runs.replace_live(fresh_run(SETTINGS), is_training=False)
    assert len(begun.moments) == 2


def test_a_run_keeps_its_turn_whatever_comes_and_goes(runs: Runs, begun: RunRecord) -> None:
    second, third = fresh_run(SETTINGS), fresh_run(SETTINGS)
    runs.add(second)
    runs.add(third)
    assert [run.turn for run in (begun, second, third)] == [0, 1, 2]
    runs.remove(second)
    other = branch(begun)
    runs.replace_live(other, is_training=False)
    assert (third.turn, other.turn) == (2, 3)
    assert begun.settled().turn == 0


def test_runs_of_a_file_without_turns_get_them_by_their_age(runs: Runs) -> None:
    new, old = RunRecord(SETTINGS, created=2.0), RunRecord(SETTINGS, created=1.0)
    runs.take([new, old], new, new)
    assert (old.turn, new.turn) == (0, 1)
