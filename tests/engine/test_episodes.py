"""Where episodes come from: one block, one function of (seed, split, number), whatever the chunks."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.episodes import (
    BLOCK_STEPS,
    SPLITS,
    Episodes,
    PointSet,
    capacity,
    generator,
    map_episodes,
    padded,
)
from metalearn_gui.engine.trainer import EpisodeSource
from metalearn_gui.engine.unseen import unseen_episodes
from tests.engine.small import FAMILIES, small_settings


def arrays(episodes: Episodes) -> list[np.ndarray]:
    return [np.asarray(values) for points in episodes.parts for values in points if values is not None]


def equal(one: Episodes, other: Episodes) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(arrays(one), arrays(other), strict=True))


def test_a_generator_is_a_function_of_seed_split_and_block() -> None:
    draws = {
        (seed, split, block): tuple(generator(seed, split, block).integers(0, 2**62, 4))
        for seed in (0, 1, 2**31 - 1)
        for split in SPLITS
        for block in (0, 1, 2**31 - 1)
    }
    assert len(set(draws.values())) == len(draws)
    assert tuple(generator(1, "test", 0).integers(0, 2**62, 4)) == draws[1, "test", 0]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_block_is_the_same_whatever_was_drawn_before_it(family: str) -> None:
    settings = small_settings(family)
    forward, backward = EpisodeSource(settings), EpisodeSource(settings)
    first = [forward.draw(number) for number in (0, 1, 2)]
    last = [backward.draw(number) for number in (2, 1, 0)][::-1]
    for one, other in zip(first, last, strict=True):
        assert equal(one, other)
    assert not equal(first[0], first[1])


def test_a_block_depends_on_the_seed() -> None:
    one, other = (EpisodeSource(small_settings(seed=seed)).draw(0) for seed in (1, 2))
    assert not equal(one, other)


def test_a_block_does_not_depend_on_what_else_is_set() -> None:
    one = EpisodeSource(small_settings("sinusoid", "maml")).draw(3)
    other = EpisodeSource(small_settings("sinusoid", "reptile", num_iterations=900, meta_learning_rate=0.1)).draw(3)
    assert equal(one, other)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_block_holds_a_meta_batch_for_each_of_its_steps(family: str) -> None:
    settings = small_settings(family)
    for values in arrays(EpisodeSource(settings).draw(0)):
        assert values.shape[:3] == (settings.tasks.block_steps, 3, 5 * settings.tasks.points_per_shot)


@pytest.mark.parametrize("family", FAMILIES)
def test_tasks_of_different_splits_never_meet(family: str) -> None:
    settings = small_settings(family, seed=0, shots=1, queries=1)
    rows: dict[str, set[bytes]] = {}
    for split in SPLITS:
        tasks, _ = unseen_episodes(settings, 500, 0, split)
        rows[split] = {b"".join(one[place].tobytes() for one in tasks.parameters.values()) for place in range(500)}
        comes_again = settings.tasks.identity(tasks) is not None  # where there are fewer than are asked for
        assert comes_again or len(rows[split]) == 500
    assert sum(map(len, rows.values())) == len(set.union(*rows.values())) > len(SPLITS)


@pytest.mark.parametrize("family", FAMILIES)
def test_unseen_tasks_are_none_of_those_that_trained(family: str) -> None:
    settings = small_settings(family, seed=0)
    seen = EpisodeSource(settings).draw(0).support.x.reshape(BLOCK_STEPS * 3, -1)
    unseen = unseen_episodes(settings, 300, 0, "test")[1].support.x.reshape(300, -1)
    assert not {row.tobytes() for row in seen} & {row.tobytes() for row in unseen}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_limited_pool_repeats_its_tasks_in_every_block(family: str) -> None:
    source = EpisodeSource(small_settings(family, num_training_tasks=2, shots=1, queries=1))
    pool = source._pool
    assert pool is not None
    assert pool.num_tasks == 2
    again = EpisodeSource(small_settings(family, num_training_tasks=2, shots=1, queries=1))._pool
    for name, values in pool.parameters.items():
        np.testing.assert_array_equal(values, again.parameters[name])


def test_one_training_task_of_vectors_is_one_set_of_rows_for_ever() -> None:
    source = EpisodeSource(small_settings("vectors", "article", num_training_tasks=1))
    blocks = [source.draw(number).support.x.reshape(-1, 5, 10) for number in (0, 1, 7)]
    assert {rows.tobytes() for block in blocks for rows in block} == {blocks[0][0].tobytes()}


def test_a_pool_of_sinusoids_holds_as_many_sinusoids_as_asked() -> None:
    source = EpisodeSource(small_settings("sinusoid", num_training_tasks=4, amplitude_min=1.0))
    block = source.draw(0)
    amplitude, phase = source._pool.parameters["amplitude"], source._pool.parameters["phase"]
    x, y = block.query.x.reshape(-1, 5), block.query.y.reshape(-1, 5)
    errors = [np.abs(a * np.sin(x - p) - y).max(axis=1) for a, p in zip(amplitude, phase, strict=True)]
    nearest = np.argmin(errors, axis=0)
    assert np.min(errors, axis=0).max() < 1e-5
    assert set(nearest) == {0, 1, 2, 3}


@pytest.mark.parametrize(("points", "size"), [(0, 32), (1, 32), (32, 32), (33, 64), (65, 128)])
def test_padding_sizes_are_32_and_then_doubled(points: int, size: int) -> None:
    assert capacity(points) == size


@pytest.mark.parametrize("family", FAMILIES)
def test_padding_adds_masked_places_and_keeps_the_points(family: str) -> None:
    settings = small_settings(family)
    _, episodes = unseen_episodes(settings, 4, 0)
    count = episodes.support.x.shape[1]
    result = padded(episodes.support, 64)
    np.testing.assert_array_equal(result.x[:, :count], episodes.support.x)
    np.testing.assert_array_equal(result.y[:, :count], episodes.support.y)
    assert result.x.shape[1] == result.y.shape[1] == 64
    assert result.x.dtype == episodes.support.x.dtype
    assert result.y.dtype == episodes.support.y.dtype
    np.testing.assert_array_equal(result.mask.sum(axis=1), count)
    assert not result.mask[:, count:].any()


def test_padding_keeps_a_mask_that_is_there() -> None:
    points = PointSet(np.ones((1, 3, 1), np.float32), np.ones((1, 3, 1), np.float32), np.array([[1, 0, 1]], np.float32))
    assert padded(points, 5).mask.tolist() == [[1, 0, 1, 0, 0]]


def test_mapping_leaves_an_absent_mask_absent() -> None:
    points = PointSet(np.ones(2), np.ones(2))
    mapped = map_episodes(lambda values: values + 1, Episodes(points, points))
    assert mapped.support.mask is None
    assert mapped.query.y.tolist() == [2, 2]
