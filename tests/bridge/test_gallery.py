"""The gallery by itself: which tasks it holds, and when its adaptations are there."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.bridge.adapter import Adaptation
from metalearn_gui.bridge.gallery import NUM_GALLERY, Gallery
from metalearn_gui.bridge.touches import TouchedTask, draw_task
from tests.bridge.conftest import small_settings


def first_tasks() -> list[TouchedTask]:
    return [draw_task(small_settings(), block) for block in range(1, 1 + NUM_GALLERY)]


@pytest.fixture
def gallery() -> Gallery:
    return Gallery(first_tasks())


@pytest.fixture
def answers(gallery: Gallery) -> list[Adaptation]:
    """One for every task, all of them taken."""
    made = [Adaptation(np.zeros((1, 1, 1)), np.array([float(index)]), None) for index in range(NUM_GALLERY)]
    for index, answer in enumerate(made):
        gallery.expect(index)
        gallery.take(index, answer)
    return made


def test_the_last_of_those_that_are_awaited_says_so(gallery: Gallery, answers: list[Adaptation]) -> None:
    for index in (0, 1, 2):
        gallery.expect(index)
    assert [gallery.take(index, answers[index]) for index in (2, 0, 1)] == [False, False, True]


def test_adaptations_are_shown_once_there_is_one_of_every_task(gallery: Gallery) -> None:
    answer = Adaptation(np.zeros((1, 1, 1)), np.zeros(1), None)
    for index in range(NUM_GALLERY):
        assert gallery.adaptations == []
        gallery.take(index, answer)
    assert gallery.adaptations == [answer] * NUM_GALLERY
    gallery.forget()
    assert gallery.adaptations == []


def test_a_task_comes_to_the_front_and_the_last_one_goes(gallery: Gallery, answers: list[Adaptation]) -> None:
    before, task = list(gallery.tasks), draw_task(small_settings(), 30)
    own = Adaptation(np.zeros((1, 1, 1)), np.ones(1), None)
    gallery.take_in(task, own)
    assert gallery.tasks == [task, *before[:-1]]
    assert gallery.adaptations == [own, *answers[:-1]]
    gallery.take_in(draw_task(small_settings(), 31), None)
    assert len(gallery.tasks) == NUM_GALLERY
    assert gallery.adaptations == []  # until that of the new one comes
    gallery.take(0, own)
    assert gallery.adaptations == [own, own, *answers[:-2]]
