"""What holds for every task family; a new one is tested by its line in TASKS."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from metalearn_gui.engine.episodes import SPLITS, PointSet, Tasks
from metalearn_gui.engine.params import params_of
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.engine.tasks.base import TaskFamily
from tests.engine.small import FAMILIES

SHOTS, QUERIES = 4, 6


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> TaskFamily:
    return TASKS[request.param]()


def point_sets(family: TaskFamily, tasks: Tasks, seed: int = 1) -> tuple[PointSet, PointSet]:
    episodes = family.draw(tasks, rng(seed), SHOTS, QUERIES)
    return episodes.support, episodes.query


def noiseless(family: TaskFamily) -> TaskFamily:
    spec = next((spec for spec in params_of(family) if spec.name == "noise"), None)
    return family if spec is None else family.replaced(noise=spec.minimum)


def test_a_family_says_who_it_is(family: TaskFamily) -> None:
    assert TASKS[family.key] is type(family)
    assert family.label
    assert family.lesson()
    assert family.kind in ("regression", "classification")
    assert family.view in ("curve", "plane", "vector", "image", "pictures", "ratings")


def test_episodes_have_the_promised_shapes_and_types(family: TaskFamily) -> None:
    tasks = family.tasks(rng(), 7, "train")
    for points, per_task in zip(point_sets(family, tasks), (SHOTS, QUERIES), strict=True):
        count = per_task * family.points_per_shot
        assert points.x.shape[:2] == (7, count)
        assert points.x.shape[-1] == family.input_dim
        assert points.x.dtype == np.float32
        if family.kind == "classification":
            assert points.y.shape == (7, count)
            assert points.y.dtype == np.int32
        else:
            assert points.y.shape == (7, count, family.output_dim)
            assert points.y.dtype == np.float32


def test_drawn_numbers_are_finite_and_where_the_canvas_looks_for_them(family: TaskFamily) -> None:
    tasks = family.tasks(rng(), 200, "train")
    low, high = family.input_range()
    for points in point_sets(noiseless(family), tasks):
        assert np.isfinite(points.x).all()
        assert low <= points.x.min() < points.x.max() <= high
        if family.kind == "regression":
            bottom, top = family.output_range()
            assert bottom <= points.y.min() < points.y.max() <= top


def test_the_truth_agrees_with_draws_without_noise(family: TaskFamily) -> None:
    quiet = noiseless(family)
    tasks = quiet.tasks(rng(), 20, "test")
    for points in point_sets(quiet, tasks):
        truth = quiet.truth(tasks, points.x)
        if truth is not None:
            np.testing.assert_allclose(truth, points.y, atol=1e-5)


def test_every_class_has_as_many_points_in_any_whole_number_of_shots(family: TaskFamily) -> None:
    if family.kind != "classification":
        assert family.points_per_shot == 1
        return
    ways = family.output_dim
    for points in point_sets(family, family.tasks(rng(), 9, "train")):
        for shots in range(1, points.y.shape[1] // ways + 1):
            counts = np.stack([np.bincount(row[: shots * ways], minlength=ways) for row in points.y])
            assert (counts == shots).all()


def test_one_call_draws_2500_different_tasks(family: TaskFamily) -> None:
    tasks = family.tasks(rng(), 2500, "train")
    assert tasks.num_tasks == 2500
    shots = 1 if family.view == "pictures" else SHOTS  # one of each class tells tasks apart, and takes time
    support = family.draw(tasks, rng(1), shots, 1).support
    assert len({row.tobytes() for row in support.x}) == 2500


@pytest.mark.parametrize("split", SPLITS)
def test_the_same_generator_gives_the_same_tasks_and_episodes(family: TaskFamily, split: str) -> None:
    one, other = (family.tasks(rng(5), 10, split) for _ in range(2))
    for name, values in one.parameters.items():
        np.testing.assert_array_equal(values, other.parameters[name])
    for first, second in zip(point_sets(family, one), point_sets(family, other), strict=True):
        np.testing.assert_array_equal(first.x, second.x)
        np.testing.assert_array_equal(first.y, second.y)


def test_descriptions_are_one_finite_number_per_task(family: TaskFamily) -> None:
    tasks = family.tasks(rng(), 11, "validation")
    for name, values in family.describe(tasks).items():
        assert name
        assert values.shape == (11,)
        assert np.isfinite(values).all()


def test_taking_tasks_repeats_and_reorders_them(family: TaskFamily) -> None:
    tasks = family.tasks(rng(), 5, "train")
    taken = tasks.take(np.array([3, 3, 0]))
    assert taken.num_tasks == 3
    for name, values in taken.parameters.items():
        np.testing.assert_array_equal(values, tasks.parameters[name][[3, 3, 0]])


def test_a_family_is_a_value(family: TaskFamily) -> None:
    assert type(family).from_dict(family.to_dict()) == family
    with pytest.raises(dataclasses.FrozenInstanceError):
        family.key = "other"  # type: ignore[misc]


@pytest.mark.parametrize("split", SPLITS)
def test_vectors_drawn_again_are_the_same_rows(split: str) -> None:
    family = TASKS["vectors"](input_dim=3, output_dim=2)
    tasks = family.tasks(rng(), 4, split)
    first, again = point_sets(family, tasks, seed=1), point_sets(family, tasks, seed=2)
    np.testing.assert_array_equal(first[0].x, again[0].x)
    np.testing.assert_array_equal(first[1].y, again[1].y)


def test_vectors_look_uniform_and_unrelated() -> None:
    family = TASKS["vectors"](input_dim=3, output_dim=2)
    support, _ = point_sets(family, family.tasks(rng(), 5000, "train"))
    rows = np.concatenate([support.x, support.y], axis=-1).reshape(-1, 5)
    np.testing.assert_allclose(rows.mean(axis=0), 0.5, atol=0.01)
    np.testing.assert_allclose(rows.var(axis=0), 1 / 12, atol=0.002)
    np.testing.assert_allclose(np.corrcoef(rows.T), np.eye(5), atol=0.03)


def test_sinusoids_cover_the_amplitudes_and_phases_of_the_paper() -> None:
    tasks = TASKS["sinusoid"]().tasks(rng(), 5000, "train")
    amplitude, phase = tasks.parameters["amplitude"], tasks.parameters["phase"]
    assert 0.1 <= amplitude.min() < 0.12
    assert 4.98 < amplitude.max() <= 5.0
    assert 0.0 <= phase.min() < 0.01
    assert np.pi - 0.01 < phase.max() <= np.pi


def test_noise_is_on_the_support_set_and_of_the_size_that_was_asked() -> None:
    family = TASKS["sinusoid"](noise=0.5)
    tasks = family.tasks(rng(), 3000, "train")
    support, query = point_sets(family, tasks)
    errors = support.y - family.truth(tasks, support.x)
    assert abs(errors.std() - 0.5) < 0.01
    assert np.abs(query.y - family.truth(tasks, query.x)).max() < 1e-5


def test_which_class_of_blobs_lies_where_is_new_in_every_task() -> None:
    centres = TASKS["blobs"]().tasks(rng(), 4000, "train").parameters["centres"]
    np.testing.assert_allclose(centres.mean(axis=(0,)), 0.0, atol=0.06)
