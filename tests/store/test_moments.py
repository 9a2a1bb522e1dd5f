"""Moments of a run: which stay, and that the run goes on from each bit for bit."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from metalearn_gui.engine import meta_train
from metalearn_gui.engine.events import Change, LearnerState, TrainingState
from metalearn_gui.engine.training import Options
from metalearn_gui.store import moments
from metalearn_gui.store.documents import run_document, run_from
from metalearn_gui.store.moments import bound_together, bytes_of, nearest, thinned, with_moment
from metalearn_gui.store.records import RunRecord
from tests.cheaper import choose_among_few_rates
from tests.store.records import state_at
from tests.store.sessions import SMALL, plain, trained_run


def kept(iterations, most):
    return [one.iteration for one in thinned(tuple(map(state_at, iterations)), most)]


def test_the_first_and_the_last_moment_stay_and_the_rest_is_even_in_the_logarithm():
    left = kept(range(0, 10_001, 10), 12)
    assert len(left) == 12
    assert left[0] == 0
    assert left[-1] == 10_000
    ratios = np.diff(np.log1p(left[1:]))
    assert ratios.max() < 6 * ratios.min()


def test_moments_that_come_one_by_one_stay_spread_out_and_bounded():
    found: tuple[TrainingState, ...] = ()
    for iteration in range(0, 20_000, 25):
        found = with_moment(found, state_at(iteration))
    at = [one.iteration for one in found]
    assert len(at) == moments.MOST
    assert at[0] == 0
    assert at[-1] == 19_975
    assert sum(one < 1_000 for one in at) >= 5
    assert sum(one > 10_000 for one in at) >= 2


def test_a_newer_state_of_the_same_meta_iteration_takes_the_older_ones_place():
    newer = state_at(4)
    assert with_moment((state_at(0), state_at(4)), newer)[-1] is newer
    assert len(with_moment((state_at(0), state_at(4)), newer)) == 2


def test_large_states_leave_the_fewest():
    def large(iteration):
        return TrainingState(LearnerState({"w": np.zeros(2_000_000, np.float32)}, {}, {}, iteration), {})

    found: tuple[TrainingState, ...] = ()
    for iteration in range(10):
        found = with_moment(found, large(iteration))
    assert len(found) == moments.FEWEST
    assert bytes_of(found[0]) == 8_000_000


def test_the_oldest_runs_give_their_moments_up_first(monkeypatch):
    runs = [trained_run() for _ in range(3)]
    for run in runs:
        run.moments = tuple(dataclasses.replace(run.latest) for _ in range(6))
    monkeypatch.setattr(moments, "ALL_BYTES", 15 * bytes_of(runs[0].latest))
    bound_together(runs, {runs[0].run_id})
    assert [len(run.moments) for run in runs] == [6, 2, 6]


def test_the_nearest_of_two_is_the_earlier_one():
    states = [state_at(0), state_at(10), state_at(20)]
    assert nearest(states, 15).iteration == 10
    assert nearest(states, 16).iteration == 20


@pytest.fixture(scope="module")
def run() -> RunRecord:
    """Sixteen meta-iterations, scored now and then, with a change of a live value under way."""
    settings = trained_run().settings.replaced(**SMALL | {"num_iterations": 16})
    options = Options(compile=False, num_tasks=4, chunk_steps=1, growth=1.1)
    record = RunRecord(settings)
    changes = [Change(13, "meta_learning_rate", 0.05)]
    with pytest.MonkeyPatch.context() as patch:
        choose_among_few_rates(patch)
        for event in meta_train(record.settings, options=options, run_id=record.run_id, changes=changes):
            record.apply(event)
    return record


def test_every_score_has_the_moment_that_was_tried(run):
    assert [one.iteration for one in run.moments] == [scored.iteration for scored in run.scores]
    assert len(run.moments) >= 3


def test_a_run_goes_on_from_a_past_moment_bit_for_bit(run):
    moment = next(one for one in run.moments if 1 <= one.iteration < 13)
    past = run.at(moment)
    assert past.iteration == moment.iteration
    assert past.settings.value("meta_learning_rate") != 0.05
    assert len(past.curve("objective")) == moment.iteration
    assert all(scored.iteration <= moment.iteration for scored in past.scores)
    options = Options(compile=False, num_tasks=4, evaluate=False)
    again = meta_train(past.settings, resume=past.latest, options=options, run_id=past.run_id, changes=run.changes)
    for event in again:
        past.apply(event)
    assert plain(past.latest.learner) == plain(run.latest.learner)
    assert plain(past.curves) == plain(run.curves)


def test_after_a_change_the_past_has_the_values_that_it_was_trained_with(run):
    assert run.settings_at(12).value("meta_learning_rate") != 0.05
    assert run.settings_at(13).value("meta_learning_rate") == 0.05


def test_moments_are_in_the_file_and_files_without_are_read(run):
    document, arrays = run_document(run)
    assert plain(run_from(document, arrays).moments) == plain(run.moments)
    del document["moments"]
    assert run_from(document, arrays).moments == ()
