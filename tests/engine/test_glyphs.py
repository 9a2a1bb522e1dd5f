"""Invented characters: the same seed the same ones, strokes that hold together, instances that differ a little."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.tasks import strokes
from metalearn_gui.engine.tasks.glyphs import Glyphs
from metalearn_gui.engine.tasks.strokes import EXTENT, HAND, Hand, Strokes, drawn, invented, paths, written

STEADY = Hand(*[0.0] * (len(HAND) - 1), pen=(5.0, 5.0))
NUMBER = 200


@pytest.fixture(scope="module")
def characters() -> Strokes:
    return invented(np.random.default_rng(0), NUMBER)


def test_the_same_seed_writes_the_same_glyphs_and_another_one_others() -> None:
    glyphs = Glyphs(image_size=16, distorts=False)

    def episode(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return glyphs.draw(glyphs.tasks(rng, 2, "test"), rng, 1, 1).query.x

    np.testing.assert_array_equal(episode(0), episode(0))
    assert not np.array_equal(episode(0), episode(1))


def test_a_fixed_alphabet_has_its_number_of_classes_and_they_stay() -> None:
    glyphs = Glyphs(image_size=8, num_glyphs=12)
    tasks = glyphs.tasks(np.random.default_rng(0), 200, "train")
    assert set(tasks.parameters["classes"].ravel().tolist()) == set(range(12))
    headings = tasks.parameters["heading"].reshape(-1, strokes.MAX_STROKES)
    assert len(set(zip(tasks.parameters["classes"].ravel(), headings[:, 0], strict=True))) == 12
    assert Glyphs().with_fixed_classes().num_classes == 1_000


def test_characters_fill_their_share_of_the_frame_and_sit_in_its_middle(characters: Strokes) -> None:
    points, is_real = paths(characters), strokes._is_drawn(characters)[..., None]
    low = np.where(is_real, points, np.inf).min(axis=(1, 2))
    high = np.where(is_real, points, -np.inf).max(axis=(1, 2))
    share = (high - low).max(axis=-1) / 2
    np.testing.assert_allclose(high, -low, atol=1e-9)
    assert EXTENT[0] - 1e-9 <= share.min() < share.max() <= EXTENT[1] + 1e-9


def test_a_later_stroke_hangs_where_it_was_put_whoever_writes(characters: Strokes) -> None:
    shaky = written(characters, np.random.default_rng(1), HAND._replace(place=0.0, offset=0.0, rotation=0.0, shear=0.0))
    joined = (characters.lengths[:, 1, 0] > 0) & (characters.place[:, 1] == 0.0) & (characters.anchor[:, 1] == 0.0)
    joined &= (characters.offset[:, 1] == 0.0).all(axis=-1)
    assert joined.sum() > 10
    np.testing.assert_allclose(shaky[joined, 1, 0], shaky[joined, 0, 0], atol=1e-9)


def test_a_steady_hand_writes_the_character_itself_and_others_near_it(characters: Strokes) -> None:
    rng = np.random.default_rng(2)
    np.testing.assert_allclose(written(characters, rng, STEADY), paths(characters), atol=1e-9)
    first, again = (drawn(characters, written(characters, rng), rng, 14).reshape(NUMBER, -1) for _ in range(2))
    distances = np.linalg.norm(first[:, None] - again[None], axis=-1)
    own, others = np.diagonal(distances).mean(), distances[~np.eye(NUMBER, dtype=bool)].mean()
    assert 0.3 * others < own < 0.95 * others


def test_ink_is_in_every_picture_and_never_most_of_it(characters: Strokes) -> None:
    rng = np.random.default_rng(3)
    ink = drawn(characters, written(characters, rng), rng, 28)
    share = ink.mean(axis=(1, 2))
    assert ink.dtype == np.float32
    assert (ink.min(), ink.max()) == (0.0, 1.0)
    assert 0.01 < share.min() < 0.05 < share.mean() < 0.1 < share.max() < 0.25


def test_a_characters_strokes_all_come_before_those_it_does_not_have(characters: Strokes) -> None:
    has = characters.lengths > 0
    assert has[:, 0, 0].all()
    assert not (has[:, 1:, 0] & ~has[:, :-1, 0]).any()
    assert not (has[..., 1:] & ~has[..., :-1]).any()
    assert (characters.owner < np.maximum(np.arange(strokes.MAX_STROKES), 1)).all()
