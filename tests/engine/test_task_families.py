"""What each family promises beyond what holds for all of them."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from metalearn_gui.engine.episodes import PointSet, generator
from metalearn_gui.engine.presets import preset
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.engine.tasks.gp import COVARIANCES


def drawn(family: TaskFamily, num_tasks: int = 2000, shots: int = 10, split: str = "test"):
    rng = generator(0, split, 1)
    tasks = family.tasks(rng, num_tasks, split)
    return tasks, family.draw(tasks, rng, shots, 10)


@pytest.mark.parametrize("key", [key for key, one in TASKS.items() if one.kind == "regression" and not one.needs_data])
def test_beyond_widens_the_test_tasks_alone_and_the_canvas_with_them(key: str) -> None:
    family, wider = TASKS[key](), TASKS[key](beyond=2.0)
    for split in ("train", "validation"):
        _, one = drawn(family, 50, split=split)
        _, other = drawn(wider, 50, split=split)
        np.testing.assert_array_equal(one.query.y, other.query.y)
        np.testing.assert_array_equal(one.query.x, other.query.x)
    _, one = drawn(family, 50)
    _, other = drawn(wider, 50)
    assert not np.array_equal(np.concatenate(one.query, axis=None), np.concatenate(other.query, axis=None))
    assert wider.output_range()[1] >= family.output_range()[1]


def test_lines_are_straight() -> None:
    family = TASKS["linear"]()
    tasks, _ = drawn(family, 50)
    y = family.truth(tasks, np.tile(np.linspace(-5, 5, 11)[None, :, None], (50, 1, 1)))
    np.testing.assert_allclose(np.diff(y, n=2, axis=1), 0.0, atol=1e-12)


def test_harmonics_repeat_after_a_period_of_the_slower_sine() -> None:
    family = TASKS["harmonics"](frequencies="random")
    tasks, episodes = drawn(family, 200)
    assert np.ptp(tasks.parameters["frequency"]) > 0.3
    period = 2 * np.pi / tasks.parameters["frequency"][:, None, None]
    x = episodes.query.x.astype(float)
    np.testing.assert_allclose(family.truth(tasks, x), family.truth(tasks, x + period), atol=1e-9)


@pytest.mark.parametrize(("wave", "mean_square"), [("square", 1.0), ("saw", 1 / 3), ("triangle", 1 / 3)])
def test_a_wave_has_the_power_of_its_form(wave: str, mean_square: float) -> None:
    family = TASKS["waves"](wave=wave, amplitude_min=1.0, amplitude_max=1.0)
    tasks, _ = drawn(family, 3)
    x = np.tile(np.linspace(0, 2 * np.pi, 10_000, endpoint=False)[None, :, None], (3, 1, 1))
    y = family.truth(tasks, x)
    np.testing.assert_allclose((y**2).mean(axis=1), mean_square, atol=2e-3)
    np.testing.assert_allclose(y.mean(axis=1), 0.0, atol=2e-3)


def test_mixed_waves_have_all_three_forms() -> None:
    tasks, _ = drawn(TASKS["waves"]())
    assert (np.bincount(tasks.parameters["form"]) > 500).all()


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
def test_polynomials_keep_their_degree_and_their_height(degree: int) -> None:
    family = TASKS["polynomials"](degree=degree, height=3.0)
    tasks, _ = drawn(family)
    x = np.tile(np.linspace(-5, 5, 41)[None, :, None], (tasks.num_tasks, 1, 1))
    y = family.truth(tasks, x)
    assert np.abs(y).max() <= 3.0 + 1e-9
    np.testing.assert_allclose(np.diff(y, n=degree + 1, axis=1), 0.0, atol=1e-9)
    assert set(tasks.parameters["degree"].tolist()) == set(range(1, degree + 1))


@pytest.mark.parametrize("kernel", COVARIANCES)
def test_values_of_gp_tasks_covary_as_the_kernel_says(kernel: str) -> None:
    ends = {"length_min": 1.2, "length_max": 1.2, "period_min": 4.0, "period_max": 4.0}
    family = TASKS["gp"](kernel=kernel, scale=1.0, **ends)
    tasks = family.tasks(np.random.default_rng(0), 20_000, "train")
    x = np.array([0.0, 0.7, 1.5, 3.0])
    y = family.truth(tasks, np.tile(x[None, :, None], (20_000, 1, 1)))[..., 0]
    expected = COVARIANCES[kernel](x[:, None] - x, np.array(1.2), np.array(4.0))
    np.testing.assert_allclose(y.T @ y / len(y), expected, atol=0.03)


@pytest.mark.parametrize("kernel", COVARIANCES)
def test_the_oracle_of_gp_is_what_the_exact_posterior_mean_reaches(kernel: str) -> None:
    family = TASKS["gp"](kernel=kernel, noise=0.3)
    tasks, (support, query, _) = drawn(family, num_tasks=10_000, shots=5)
    length, period = (tasks.parameters[name][:, None, None] for name in ("length", "period"))
    x = np.concatenate([support.x, query.x], axis=1)[..., 0].astype(float)
    covariance = family.scale**2 * COVARIANCES[kernel](x[:, :, None] - x[:, None], length, period)
    weights = np.linalg.solve(covariance[:, :5, :5] + 0.09 * np.eye(5), covariance[:, :5, 5:])
    posterior = np.sum(weights * support.y, axis=1)
    np.testing.assert_allclose(family.best_fit(tasks, support, query.x)[..., 0], posterior, atol=1e-4)
    loss = np.mean((posterior - query.y[..., 0]) ** 2)
    oracle = family.oracle(5)
    assert oracle is not None
    assert loss == pytest.approx(oracle, rel=0.08)
    assert family.oracle(50) < oracle < family.constant_loss()


@pytest.mark.parametrize("form", ["signal", "picture"])
def test_the_noise_of_two_views_is_independent_and_its_mean_is_the_pattern(form: str) -> None:
    clean, noisy = (TASKS["denoise"](form=form, targets=targets) for targets in ("clean", "second view"))
    assert clean.input_dim == {"signal": 32, "picture": 64}[form]
    tasks, (support, _, _) = drawn(clean)
    own = support.x - support.y
    level = clean.describe(tasks)["noise level"]
    np.testing.assert_allclose((own**2).mean() / (level**2).mean(), 1.0, atol=0.03)
    assert abs(own.mean()) < 0.01
    assert abs((own * support.y).mean()) < 0.01
    assert np.abs(support.y).max() <= 1.0
    _, (views, _, _) = drawn(noisy)
    np.testing.assert_array_equal(views.x, support.x)
    other = views.y - support.y
    assert abs((own * other).mean()) < 0.01
    np.testing.assert_allclose(other.var(), own.var(), rtol=0.03)


def test_patterns_and_noises_can_be_chosen_alone() -> None:
    family = TASKS["denoise"](pattern="steps", targets="clean")
    _, (support, _, _) = drawn(family, 100)
    assert set(np.unique(support.y).tolist()) == {-1.0, 1.0}


def test_shared_maps_of_sizes_that_were_left_do_not_stay_in_memory() -> None:
    tracemalloc.start()
    try:
        for size in range(301, 307):
            drawn(TASKS["vectors"](map="linear-nonlinear", input_dim=size, output_dim=size), 1, shots=1)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 3 * (4 * 300 * 300 * 8)  # bytes: three sizes' maps


def test_mapped_vectors_can_be_told_from_their_rows_and_shared_maps() -> None:
    family = TASKS["vectors"](map="linear-nonlinear", input_dim=6, output_dim=4)
    tasks, (support, query, _) = drawn(family, 300)
    np.testing.assert_allclose(family.truth(tasks, query.x), query.y, atol=1e-6)
    assert 0.0 <= support.y.min() < support.y.max() <= 1.0
    assert family.constant_loss() > 0.01
    plain = TASKS["vectors"](input_dim=6, output_dim=4)
    assert plain.truth(tasks, query.x) is None
    assert plain.constant_loss() == pytest.approx(1 / 12)


def test_zero_is_the_floor_only_where_the_points_tell_the_function() -> None:
    assert TASKS["sinusoid"]().oracle(10) == 0.0
    assert TASKS["sinusoid"](noise=0.1).oracle(10) is None
    assert TASKS["polynomials"](degree=4).oracle(4) is None
    assert TASKS["waves"](wave="square").oracle(10) is None


@pytest.mark.parametrize("key", ["linear", "sinusoid", "harmonics", "polynomials"])
def test_one_who_knows_the_family_reads_the_task_off_its_points_and_fits_others_by_least_squares(key: str) -> None:
    family = TASKS[key]()
    tasks, (support, query, _) = drawn(family, num_tasks=50)
    np.testing.assert_allclose(family.best_fit(tasks, support, query.x), query.y, atol=1e-2)
    noise = np.random.default_rng(0).normal(size=support.y.shape)
    noisy = PointSet(support.x, support.y + noise)
    residual = noisy.y - family.best_fit(tasks, noisy, support.x)
    np.testing.assert_allclose(np.swapaxes(family.basis(tasks, support.x), 1, 2) @ residual, 0.0, atol=1e-4)


def test_nobody_knows_more_than_the_points_tell() -> None:
    for key, shots in (("sinusoid", 1), ("polynomials", 3), ("waves", 10)):
        tasks, (support, query, _) = drawn(TASKS[key](), num_tasks=2, shots=shots)
        assert TASKS[key]().best_fit(tasks, support, query.x) is None


def test_a_sinusoid_takes_a_range_of_frequencies_in_either_order() -> None:
    family = TASKS["sinusoid"](frequency_min=2.0, frequency_max=0.5)
    tasks, _ = drawn(family)
    assert 0.5 <= tasks.parameters["frequency"].min() < 0.6
    assert 1.9 < tasks.parameters["frequency"].max() <= 2.0
    assert "frequency" in family.describe(tasks)


@pytest.mark.parametrize("key", ["moons", "circles", "spirals", "xor"])
@pytest.mark.parametrize("noise", [0.0, 0.1, 0.2])
def test_shapes_fill_their_frame_and_hardly_leave_it(key: str, noise: float) -> None:
    family = TASKS[key](noise=noise)
    _, episodes = drawn(family)
    reach = np.abs(episodes.query.x).max(axis=(1, 2)) / family.input_range()[1]
    assert np.mean(reach > 1.0) < 0.01
    assert np.median(reach) > 0.55


@pytest.mark.parametrize("noise", [0.35, 0.8, 2.0])
def test_blobs_stay_in_their_frame_however_far_they_spread(noise: float) -> None:
    family = TASKS["blobs"](noise=noise)
    _, episodes = drawn(family)
    reach = np.abs(episodes.query.x).max(axis=-1) / family.input_range()[1]
    assert np.mean(reach > 1.0) < 0.005
    assert np.quantile(reach, 0.99) > 0.7


def test_the_classes_of_the_preset_for_blobs_are_not_apart_by_themselves() -> None:
    """What the nearest of the points given gets right, meta-learning cannot do better."""
    settings = preset("blobs")
    _, episodes = drawn(settings.tasks, 600, settings.episodes.shots)
    gaps = np.linalg.norm(episodes.query.x[:, :, None] - episodes.support.x[:, None], axis=-1)
    nearest = np.take_along_axis(episodes.support.y, gaps.argmin(axis=-1), axis=1)
    assert 0.6 < float((nearest == episodes.query.y).mean()) < 0.85
