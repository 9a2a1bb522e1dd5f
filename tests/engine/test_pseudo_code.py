from __future__ import annotations

import pytest

from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, PHASES
from tests.engine.small import family_for, small_settings


@pytest.mark.parametrize("key", LEARNERS)
def test_every_learner_says_its_algorithm(key):
    lines = LEARNERS[key].algorithm
    phases = [line.phase for line in lines]
    assert set(phases) <= set(PHASES)
    assert {BEGIN, ADAPT} <= set(phases)
    assert all(line.text and line.formula for line in lines)


@pytest.mark.parametrize("key", LEARNERS)
def test_every_number_in_an_algorithm_is_a_setting_of_its_learner(key):
    names = small_settings(family_for(key), key).names()
    asked = {name for line in LEARNERS[key].algorithm for _, name in line.values}
    assert asked <= set(names)
