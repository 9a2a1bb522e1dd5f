"""The list of runs by itself, from events made by hand: nothing is trained."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.bridge.runs import Runs, can_go_on_with
from metalearn_gui.engine import preset
from metalearn_gui.engine.events import Finished, Prepared, Progress, TrainingState
from metalearn_gui.store.records import RunRecord, fresh_run
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
