"""Sessions for the tests of files: drawn at random, or really meta-trained; and what it means to be the same."""

from __future__ import annotations

import copy
import dataclasses
import functools
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from metalearn_gui.engine import ExperimentSettings, Options, meta_train, preset
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet, Tasks
from metalearn_gui.engine.events import Change, Evaluation, Event, LearnerState, StepScores, TrainingState
from metalearn_gui.store.records import Curve, RunRecord, Scored, Start
from metalearn_gui.store.session_file import SavedSession, SavedTask
from tests.cheaper import choose_among_few_rates

SMALL = {"num_iterations": 4, "hidden_dim": 6, "meta_batch": 2, "shots": 3, "queries": 3, "test_steps": 2}
QUICK = Options(compile=False, num_tasks=4)


def trained_run(settings: ExperimentSettings | None = None) -> RunRecord:
    """A run of four meta-iterations, uncompiled; one of its own each time, though trained once for all tests."""
    run = RunRecord(settings or preset("first-steps").replaced(**SMALL))
    for event in copy.deepcopy(_told(run.settings)):
        run.apply(dataclasses.replace(event, run_id=run.run_id))
    return run


@functools.cache
def _told(settings: ExperimentSettings) -> tuple[Event, ...]:
    with pytest.MonkeyPatch.context() as patch:
        choose_among_few_rates(patch)
        return tuple(meta_train(settings, options=QUICK))


def trained_session() -> SavedSession:
    """One trained run, and a touched task of it."""
    run = trained_run()
    tasks = run.settings.tasks.tasks(np.random.default_rng(0), 1, "test")
    points = run.settings.tasks.draw(tasks, np.random.default_rng(1), 3, 4)
    return SavedSession([run], run.run_id, run.settings, [SavedTask(1, tasks, points.support, points.query)])


def plain(value: Any) -> Any:
    """A value with every array as its type, shape and bytes, so that == means the same bits, NaN included."""
    if dataclasses.is_dataclass(value) and not isinstance(value, ExperimentSettings):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, Curve):
        return plain(value.values)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return repr(value) if isinstance(value, float) else value


names = st.text("abcdefgh0123_", min_size=1, max_size=5)
floats = st.floats(allow_nan=True, allow_infinity=True)
numbers = st.integers(0, 10**9)
bits = arrays.arrays(np.float32, arrays.array_shapes(min_dims=0, max_dims=3, max_side=4))
flat_bits = arrays.arrays(np.float32, st.integers(0, 6))
integers = arrays.arrays(np.int32, arrays.array_shapes(min_dims=1, max_dims=2, max_side=4))
named_arrays = st.dictionaries(names, bits | integers, max_size=3)
learner_states = st.builds(LearnerState, named_arrays, named_arrays, named_arrays, numbers)
training_states = st.builds(
    TrainingState,
    learner=learner_states,
    baselines=st.dictionaries(names, learner_states, max_size=2),
    best=st.none() | learner_states,
    best_loss=floats,
    tuned=st.dictionaries(names, floats, max_size=2),
    best_baselines=st.dictionaries(names, learner_states, max_size=2),
)


def _rows(length: int) -> st.SearchStrategy[Array]:
    return arrays.arrays(np.float64, length, elements=floats)


@st.composite
def step_scores(draw: st.DrawFn, length: int) -> StepScores:
    has_accuracy = draw(st.booleans())
    return StepScores(*(draw(_rows(length)) for _ in range(5 if has_accuracy else 3)))


@st.composite
def scored(draw: st.DrawFn) -> Scored:
    length = draw(st.integers(1, 4))
    evaluation = Evaluation(
        num_tasks=draw(numbers),
        learner=draw(step_scores(length)),
        baselines=draw(st.dictionaries(names, step_scores(length), max_size=2)),
        mean=draw(floats),
        oracle=draw(st.none() | floats),
        baseline_iterations=draw(st.dictionaries(names, numbers, max_size=2)),
    )
    return Scored(draw(numbers), draw(floats), evaluation)


settings = st.builds(
    lambda key, rate, seed: preset(key).replaced(meta_learning_rate=rate, seed=seed),
    st.sampled_from(["first-steps", "article", "reptile", "blobs"]),
    st.floats(1e-6, 10.0),
    st.integers(0, 2**31 - 1),
)
changes = st.builds(Change, numbers, names, floats | numbers | st.text(max_size=5))
runs = st.builds(
    RunRecord,
    settings=settings,
    run_id=names,
    name=st.text(max_size=8),
    created=floats,
    parent_id=st.none() | names,
    went_on_from=st.none() | numbers,
    start=st.none() | st.builds(Start, names, st.text(max_size=8), numbers, numbers),
    iteration=numbers,
    tasks_seen=numbers,
    gradient_evaluations=floats,
    compute_seconds=floats,
    compile_seconds=floats,
    baseline_share=floats,
    reported_loss=floats,
    reason=st.text(max_size=8),
    curves=st.dictionaries(names, st.builds(Curve, flat_bits), max_size=3),
    scores=st.lists(scored(), max_size=3),
    changes=st.lists(changes, max_size=2),
    initial_settings=settings,
    initial=st.none() | training_states,
    latest=st.none() | training_states,
    moments=st.lists(training_states, max_size=2).map(tuple),
)
point_sets = st.builds(PointSet, bits, bits | integers, st.none() | bits)
touched_tasks = st.builds(
    SavedTask,
    numbers,
    st.builds(Tasks, st.dictionaries(names, bits, min_size=1, max_size=2)),
    point_sets,
    point_sets,
    st.lists(st.integers(0, 99), max_size=3).map(tuple),
)
saved_sessions = st.builds(
    SavedSession,
    st.lists(runs, max_size=3, unique_by=lambda run: run.run_id),
    names,
    settings,
    st.lists(touched_tasks, max_size=2),
    live_run_id=names,
)
