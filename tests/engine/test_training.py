"""The outer loop as events: order, pauses, chunks, resuming, live changes, divergence, convergence, baselines."""

from __future__ import annotations

import dataclasses
import itertools
import math
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest

from metalearn_gui.engine import training
from metalearn_gui.engine.baselines import initial_states, steps_due
from metalearn_gui.engine.control import Gate, LiveValues
from metalearn_gui.engine.divergence import advice, calmer_rates
from metalearn_gui.engine.events import (
    Change,
    Diverged,
    Evaluated,
    Evaluating,
    Event,
    Finished,
    LiveChanged,
    Prepared,
    Progress,
    Snapshot,
    TrainingState,
)
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.engine.trainer import meta_rates
from metalearn_gui.engine.training import BASELINE_SHARE, Options, meta_train, trained
from tests.engine.small import (
    QUIET,
    assert_same_bits,
    finished,
    objectives,
    of_type,
    small_settings,
)

CHATTY = Options(compile=False, num_tasks=4)
FAST = "scratch"  # the cheapest learner: for tests of the loop itself


def chunked(size: int) -> Options:
    return dataclasses.replace(QUIET, chunk_steps=size)


def test_a_run_is_prepared_then_told_then_finished() -> None:
    events = list(meta_train(small_settings(num_iterations=4), options=CHATTY, run_id="mine"))
    assert type(events[0]) is Prepared
    assert type(events[-1]) is Finished
    assert {Progress, Snapshot, Evaluated} <= {type(event) for event in events[1:-1]}
    assert {event.run_id for event in events} == {"mine"}
    for earlier, later in itertools.pairwise(events):
        assert later.iteration >= earlier.iteration
        assert later.compute_seconds >= earlier.compute_seconds
        assert later.gradient_evaluations >= earlier.gradient_evaluations
    assert all(event.tasks_seen == 3 * event.iteration for event in events)
    assert len(objectives(events)) == finished(events).iteration == 4
    assert of_type(events, Snapshot)[-1].iteration == of_type(events, Evaluated)[-1].iteration == 4


def test_gradient_evaluations_count_tasks_and_steps() -> None:
    settings = small_settings(inner_steps=2)
    end = finished(list(meta_train(settings, options=QUIET)))
    assert end.gradient_evaluations == 3 * 3 * settings.learner.gradient_evaluations


def test_nothing_is_evaluated_or_trained_beside_where_that_is_off() -> None:
    events = list(meta_train(small_settings(), options=QUIET))
    assert not of_type(events, Evaluated)
    assert finished(events).state.baselines["transfer"].iteration == 0


def test_a_trial_of_unseen_tasks_is_announced_before_it_begins() -> None:
    events = list(meta_train(small_settings(num_iterations=4), options=CHATTY))
    announced = [(later, event.iteration) for event, later in itertools.pairwise(events) if type(event) is Evaluating]
    assert [later for later, _ in announced] == of_type(events, Evaluated)
    assert all(later.iteration == iteration for later, iteration in announced)


def test_unseen_tasks_are_tried_early_on_whatever_the_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count()
    monkeypatch.setattr(training, "time", SimpleNamespace(perf_counter=lambda: next(ticks)))  # a second for each look
    monkeypatch.setattr(training, "EVALUATION_SECONDS", math.inf)
    monkeypatch.setattr(training, "EARLY_TRIES", (20,))
    options = dataclasses.replace(CHATTY, chunk_steps=2, baselines=False)
    events = list(meta_train(small_settings(learner=FAST, num_iterations=60), options=options))
    first, early, last = (event.iteration for event in of_type(events, Evaluated))
    assert (first, last) == (2, 60)
    assert 20 <= early < 60


def advance(events: Iterator[Event], kind: type[Event]) -> Event:
    return next(event for event in events if type(event) is kind)


def test_a_budget_of_steps_is_used_up_and_no_more() -> None:
    gate = Gate(0)
    gate.step(2)
    events = meta_train(small_settings(num_iterations=50), gate=gate, options=QUIET)
    assert advance(events, Progress).iteration == 1
    assert advance(events, Progress).iteration == 2
    assert gate.is_paused
    gate.step()
    assert advance(events, Progress).iteration == 3
    gate.close()
    last = list(events)[-1]
    assert (last.iteration, last.reason) == (3, "stopped")


def test_a_paused_run_shows_where_it_stands_before_it_waits() -> None:
    gate = Gate(1)
    events = meta_train(small_settings(num_iterations=50), gate=gate, options=CHATTY)
    advance(events, Progress)
    assert advance(events, Snapshot).iteration == 1
    assert advance(events, Evaluated).iteration in (0, 1)
    gate.close()
    assert list(events)[-1].reason == "stopped"


def run_on_a_thread(gate: Gate) -> tuple[threading.Thread, list[Event]]:
    events: list[Event] = []
    settings = small_settings("sinusoid", FAST, num_iterations=1_000_000)
    worker = threading.Thread(target=lambda: events.extend(meta_train(settings, gate=gate, options=chunked(1))))
    worker.start()
    return worker, events


def test_stop_while_paused_ends_the_run() -> None:
    gate = Gate(0)
    worker, events = run_on_a_thread(gate)
    gate.close()
    worker.join(20)
    assert not worker.is_alive()
    assert finished(events).reason == "stopped"
    assert finished(events).iteration == 0
    assert math.isnan(finished(events).final_objective)


def test_close_while_running_ends_the_run_with_all_it_did() -> None:
    gate = Gate()
    worker, events = run_on_a_thread(gate)
    gate.pause()
    gate.run()
    gate.close()
    worker.join(20)
    assert not worker.is_alive()
    assert sum(len(event.objective) for event in of_type(events, Progress)) == finished(events).iteration


def test_a_closed_gate_stays_closed() -> None:
    gate = Gate()
    gate.close()
    gate.run()
    gate.step()
    assert gate.take_now(5) == 0
    assert not gate.is_paused


def test_a_pause_takes_back_what_is_left_of_the_budget() -> None:
    gate = Gate(0)
    gate.step(10)
    assert gate.take_now(4) == 4
    gate.pause()
    assert gate.take_now(4) is None


def test_a_run_that_gives_way_takes_shorter_chunks_rests_after_each_and_comes_to_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings, gate, rests = small_settings(num_iterations=30), Gate(), []
    gate.give_way(True)
    monkeypatch.setattr(gate, "rest", rests.append)
    giving_way = list(meta_train(settings, gate=gate, options=chunked(10)))
    sizes = [len(event.objective) for event in of_type(giving_way, Progress)]
    assert set(sizes) == {10 // training.SHORTER}
    assert rests == [training.REST_SECONDS] * len(sizes)
    plain = list(meta_train(settings, options=chunked(10)))
    assert_same_bits(finished(giving_way).state.learner, finished(plain).state.learner)


def test_a_run_of_slow_iterations_stands_still_while_it_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "SLOW_SECONDS", 0.0)
    gate, rests = Gate(), []
    gate.give_way(True)
    monkeypatch.setattr(gate, "rest", rests.append)
    list(meta_train(small_settings(num_iterations=3), gate=gate, options=chunked(1)))
    assert rests == [training.STILL_SECONDS] * 3


def test_a_run_that_gives_way_tries_unseen_tasks_more_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count()
    monkeypatch.setattr(training, "time", SimpleNamespace(perf_counter=lambda: next(ticks)))  # a second for each look
    monkeypatch.setattr(training, "EVALUATION_SECONDS", 3.0)
    monkeypatch.setattr(training, "RARER", 1000)
    options = dataclasses.replace(CHATTY, chunk_steps=5, baselines=False)
    settings = small_settings(learner=FAST, num_iterations=30)

    def num_tries(gives_way: bool) -> int:
        gate = Gate()
        gate.give_way(gives_way)
        monkeypatch.setattr(gate, "rest", lambda seconds: None)
        return len(of_type(list(meta_train(settings, gate=gate, options=options)), Evaluated))

    assert num_tries(True) == 2  # at the first look, and at the end
    assert num_tries(False) > 2


def test_a_rest_ends_with_what_it_gives_way_to_and_is_none_where_it_gives_way_to_nothing() -> None:
    gate = Gate()
    gate.rest(60.0)
    for end in (lambda: gate.give_way(False), gate.close):
        gate.give_way(True)
        resting = threading.Thread(target=gate.rest, args=(60.0,))
        resting.start()
        end()
        resting.join(20.0)
        assert not resting.is_alive()


@pytest.mark.parametrize("learner", ["maml", "transfer"])
def test_how_blocks_are_cut_changes_no_bit(learner: str) -> None:
    settings = small_settings("sinusoid", learner, num_iterations=7)
    runs = [list(meta_train(settings, options=chunked(size))) for size in (1, 3, 100)]
    for run in runs[1:]:
        assert_same_bits(finished(run).state.learner, finished(runs[0]).state.learner)
        np.testing.assert_array_equal(objectives(run), objectives(runs[0]))


def test_a_run_over_the_end_of_a_block_is_the_same_in_any_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TASKS["sinusoid"], "block_steps", 10)
    settings = small_settings("sinusoid", FAST, num_iterations=13)
    runs = [list(meta_train(settings, options=chunked(size))) for size in (6, 10)]
    np.testing.assert_array_equal(objectives(runs[0]), objectives(runs[1]))
    assert not np.array_equal(objectives(runs[0])[:3], objectives(runs[0])[10:])


@pytest.mark.parametrize("values", [{}, {"meta_schedule": "cosine"}, {"meta_optimizer": "sgd", "gradient_clip": 0.5}])
def test_a_resumed_run_equals_an_uninterrupted_one(values: dict[str, object]) -> None:
    settings = small_settings(num_iterations=6, schedule_iterations=6, **values)
    options = dataclasses.replace(QUIET, baselines=True)
    whole = finished(list(meta_train(settings, options=options)))
    first = finished(list(meta_train(settings.replaced(num_iterations=2), options=options)))
    rest = list(meta_train(settings, resume=first.state, options=options))
    assert objectives(rest).shape == (4,)
    assert_same_bits(finished(rest).state.learner, whole.state.learner)
    for key, state in whole.state.baselines.items():
        assert_same_bits(finished(rest).state.baselines[key], state)


def test_a_longer_run_of_a_falling_rate_goes_on_at_the_rate_of_its_first_length() -> None:
    settings = small_settings(meta_schedule="linear", num_iterations=4).started()
    longer = settings.replaced(num_iterations=8)
    np.testing.assert_allclose(meta_rates(longer, np.arange(6)), 0.001 * np.array([1, 0.75, 0.5, 0.25, 0, 0]))


def test_schedules_start_at_the_rate_and_end_at_nothing() -> None:
    places = np.array([0, 50, 100, 200])
    rates = {
        name: meta_rates(small_settings(meta_schedule=name, num_iterations=100, meta_learning_rate=2.0), places)
        for name in ("constant", "cosine", "linear")
    }
    np.testing.assert_allclose(rates["constant"], 2.0)
    np.testing.assert_allclose(rates["cosine"], [2.0, 1.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(rates["linear"], [2.0, 1.0, 0.0, 0.0], atol=1e-12)


def changed_at(iteration: int, changes: dict[str, float]) -> list[Event]:
    """A run whose live values change once this many meta-iterations are done."""
    gate, live = Gate(0), LiveValues()
    gate.step(iteration)
    generator = meta_train(small_settings(num_iterations=6), gate=gate, live=live, options=QUIET)
    events = []
    for event in generator:
        events.append(event)
        if type(event) is Progress and event.iteration == iteration:
            live.put(changes)
            gate.run()
    return events


def test_live_changes_are_logged_and_their_log_gives_the_same_bits() -> None:
    events = changed_at(2, {"meta_learning_rate": 0.05, "inner_learning_rate": 0.1})
    log = [event.change for event in of_type(events, LiveChanged)]
    assert {(change.iteration, change.name, change.value) for change in log} == {
        (2, "meta_learning_rate", 0.05),
        (2, "inner_learning_rate", 0.1),
    }
    settings = small_settings(num_iterations=6)
    again = list(meta_train(settings, changes=log, options=chunked(100)))
    assert_same_bits(finished(again).state.learner, finished(events).state.learner)
    np.testing.assert_array_equal(objectives(again), objectives(events))
    assert [event.change for event in of_type(again, LiveChanged)] == log
    unchanged = finished(list(meta_train(settings, options=QUIET)))
    assert not np.array_equal(unchanged.state.learner.params["w0"], finished(again).state.learner.params["w0"])


def test_a_resumed_run_repeats_only_the_changes_that_lie_ahead() -> None:
    settings = small_settings(num_iterations=2)
    half = finished(list(meta_train(settings, options=QUIET)))
    log = [Change(1, "meta_learning_rate", 0.5), Change(3, "meta_learning_rate", 0.05)]
    rest = list(meta_train(settings.replaced(num_iterations=4), resume=half.state, changes=log, options=QUIET))
    assert [event.change.iteration for event in of_type(rest, LiveChanged)] == [3]


def test_the_newest_live_value_of_a_name_wins() -> None:
    live = LiveValues()
    live.put({"meta_learning_rate": 0.1})
    live.put({"meta_learning_rate": 0.2, "gradient_clip": 1.0})
    assert live.take() == {"meta_learning_rate": 0.2, "gradient_clip": 1.0}
    assert live.take() == {}


def test_the_length_of_a_run_may_be_raised_while_it_runs() -> None:
    live = LiveValues()
    events = []
    for event in meta_train(small_settings(num_iterations=3), live=live, options=chunked(1)):
        events.append(event)
        if type(event) is Progress and event.iteration == 2:
            live.put({"num_iterations": 5})
    assert finished(events).iteration == 5
    assert finished(events).reason == "done"


def diverging(options: Options = QUIET, **values: object) -> list[Event]:
    settings = small_settings(num_iterations=60, meta_optimizer="sgd", meta_learning_rate=10.0, **values)
    return list(meta_train(settings, options=options))


@pytest.mark.parametrize("chunk", [1, 100])
def test_divergence_says_its_iteration_and_ends_the_run(chunk: int) -> None:
    events = diverging(chunked(chunk))
    end, told = finished(events), of_type(events, Diverged)
    assert end.reason == "diverged"
    assert len(told) == 1
    assert 0 < end.iteration < 60
    assert told[0].iteration == end.iteration == len(objectives(events))
    assert f"Meta-iteration {end.iteration + 1} is not finite" in told[0].advice
    assert "meta learning rate 0.001 instead of 10" in told[0].advice
    assert np.isfinite(objectives(events)).all()


@pytest.mark.parametrize(
    ("wild", "calmer"),
    [
        ({"inner_learning_rate": 10.0}, {"inner_learning_rate": 0.01}),
        ({"meta_learning_rate": 10.0}, {"meta_learning_rate": 0.001}),
        (
            {"inner_learning_rate": 10.0, "meta_learning_rate": 10.0},
            {"inner_learning_rate": 0.01, "meta_learning_rate": 0.001},
        ),
    ],
    ids=["inner", "meta", "both"],
)
def test_divergence_offers_to_lower_the_rate_that_is_at_fault(wild: dict[str, float], calmer: dict[str, float]) -> None:
    settings = small_settings(num_iterations=60, inner_steps=5, meta_optimizer="sgd", **wild)
    told = of_type(list(meta_train(settings, options=QUIET)), Diverged)[0]
    assert told.calmer == calmer
    assert all(f"{rate:g}" in told.advice for rate in calmer.values())
    assert ("(adapting by 10 raises the loss)" in told.advice) == ("inner_learning_rate" in wild)


@pytest.mark.parametrize(("rate", "calmer"), [(0.08, 0.04), (0.2, 0.001)], ids=["near", "far"])
def test_a_rate_far_beyond_the_tuned_one_goes_back_to_it_at_once(rate: float, calmer: float) -> None:
    settings = small_settings(meta_learning_rate=rate)
    state = of_type(list(meta_train(settings.replaced(num_iterations=1), options=QUIET)), Prepared)[0].state.learner
    rates = calmer_rates(settings, state, evaluator=None)  # type: ignore[arg-type]  # the inner rate is not in doubt
    assert rates == {"meta_learning_rate": calmer}
    line = advice(settings, state, 3, rates)
    assert ("half the meta learning rate, 0.04" if rate < 0.1 else "meta learning rate 0.001 instead of 0.2") in line


@pytest.mark.parametrize("chunk", [1, 100])
def test_divergence_keeps_the_last_state_whose_loss_was_good(chunk: int) -> None:
    events = diverging(chunked(chunk))
    end = finished(events)
    good = end.state.iteration
    assert good < end.iteration
    assert f"everything up to {good} is kept" in of_type(events, Diverged)[0].advice
    assert objectives(events)[good] < 200 < objectives(events).max()
    assert of_type(events, Diverged)[0].state is end.state
    for values in (*end.state.learner.params.values(), *end.state.learner.moments.values()):
        assert np.isfinite(values).all()


def test_a_diverged_run_goes_on_from_its_last_good_state_at_a_lower_rate() -> None:
    state = finished(diverging(chunked(1))).state
    settings = small_settings(num_iterations=state.iteration + 5, meta_optimizer="sgd", meta_learning_rate=0.01)
    again = list(meta_train(settings, resume=state, options=QUIET))
    assert finished(again).reason == "done"
    assert objectives(again).max() < 200


def test_a_gradient_clip_bounds_the_first_step() -> None:
    settings = small_settings(num_iterations=1, meta_optimizer="sgd", meta_learning_rate=1.0, gradient_clip=0.25)
    events = list(meta_train(settings, options=QUIET))
    start, end = of_type(events, Prepared)[0].state.learner.params, finished(events).state.learner.params
    moved = np.concatenate([np.ravel(end[name] - start[name]) for name in start])
    assert np.linalg.norm(moved) == pytest.approx(0.25, rel=1e-3)


def test_patience_ends_a_run_that_stands_still_and_hands_over_its_best_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "VALIDATION_STEPS", 10)
    settings = small_settings("sinusoid", FAST, num_iterations=5_000, stop_patience=10)
    end = finished(list(meta_train(settings, options=QUIET)))
    assert end.reason == "converged"
    assert end.iteration == 20
    assert end.state.best is not None
    assert end.state.best.iteration == 10
    assert end.state.learner is end.state.best
    assert math.isfinite(end.state.best_loss)


def test_patience_hands_over_the_baselines_as_they_were_beside_the_best_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "VALIDATION_STEPS", 10)
    monkeypatch.setattr(training, "BASELINE_SHARE", 1.0)  # so that a short run has some
    options = dataclasses.replace(QUIET, baselines=True)
    settings = small_settings("sinusoid", FAST, num_iterations=5_000, stop_patience=60, num_training_tasks=2)
    end = finished(list(meta_train(settings, options=options))).state
    beside = meta_train(settings.replaced(num_iterations=end.iteration, stop_patience=0), options=options)
    assert end.iteration < 50
    assert_same_bits(end.baselines["transfer"], finished(list(beside)).state.baselines["transfer"])


def test_what_patience_hands_over_has_a_score_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "VALIDATION_STEPS", 10)
    settings = small_settings("sinusoid", FAST, num_iterations=5_000, stop_patience=10)
    events = list(meta_train(settings, options=CHATTY))
    assert finished(events).state.iteration in {event.iteration for event in of_type(events, Evaluated)}


def test_a_run_that_is_stopped_stays_where_it_stands_for_all_its_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "VALIDATION_STEPS", 10)
    settings = small_settings("sinusoid", FAST, num_iterations=5_000, stop_patience=1_000)
    gate, end = Gate(), None
    for event in meta_train(settings, gate=gate, options=chunked(5)):
        if event.iteration >= 15:
            gate.close()
        end = event
    assert isinstance(end, Finished)
    assert end.reason == "stopped"
    assert end.state.iteration == end.iteration == 15


def test_baselines_stand_where_the_learners_iteration_puts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "BASELINE_SHARE", 1.0)  # so that a short run has some
    options = dataclasses.replace(QUIET, baselines=True)
    settings = small_settings("sinusoid", FAST, num_iterations=60, num_training_tasks=2)
    ends = [
        finished(list(meta_train(settings, options=dataclasses.replace(options, chunk_steps=size))))
        for size in (40, 60)
    ]
    one, other = (end.state.baselines["transfer"] for end in ends)
    assert one.iteration == other.iteration > 0
    assert_same_bits(one, other)
    assert ends[0].state.baselines["scratch"].iteration == 0


def test_a_baseline_that_is_far_behind_catches_up_a_block_at_a_time() -> None:
    settings = small_settings("sinusoid", FAST, num_iterations=100_001, num_training_tasks=2)
    start = TrainingState(*initial_states(settings))
    state = dataclasses.replace(start, learner=dataclasses.replace(start.learner, iteration=100_000))
    options = dataclasses.replace(QUIET, baselines=True)
    end = finished(list(meta_train(settings, resume=state, options=options)))
    assert end.iteration == 100_001
    assert end.state.baselines["transfer"].iteration == 100


def test_a_baselines_share_of_the_work_stays_small() -> None:
    settings = small_settings()
    per_iteration = BASELINE_SHARE * settings.learner.gradient_evaluations / 2.0
    done = [steps_due(iteration, per_iteration) for iteration in range(0, 20_000, 7)]
    assert done == sorted(done)
    assert all(
        2.0 * count <= 0.05 * 4.0 * iteration for count, iteration in zip(done, range(0, 20_000, 7), strict=True)
    )


def test_trained_returns_what_the_events_end_with() -> None:
    settings = small_settings()
    assert_same_bits(
        trained(settings, QUIET).learner, finished(list(meta_train(settings, options=QUIET))).state.learner
    )


def test_an_evaluation_comes_with_its_baselines_and_their_share() -> None:
    events = list(meta_train(small_settings(num_iterations=2), options=CHATTY))
    last = of_type(events, Evaluated)[-1]
    assert set(last.evaluation.baselines) == {"transfer", "scratch", "scratch_adam"}
    assert last.evaluation.baseline_iterations["scratch"] == 0
    assert last.evaluation.num_tasks == 4
    assert 0.0 <= last.baseline_share < 1.0
