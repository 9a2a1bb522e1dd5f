from __future__ import annotations

import pytest

from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, PHASES
from tests.engine.small import family_for, small_settings

KINDS = ("regression", "classification")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", LEARNERS)
def test_every_learner_says_its_algorithm(key, kind):
    lines = LEARNERS[key]().pseudo_code(kind)
    phases = [line.phase for line in lines]
    assert set(phases) <= set(PHASES)
    assert {BEGIN, ADAPT} <= set(phases)
    assert all(line.text and line.formula for line in lines)


@pytest.mark.parametrize("key", LEARNERS)
def test_every_number_in_an_algorithm_is_a_setting_of_its_learner(key):
    names = small_settings(family_for(key), key).names()
    lines = (*LEARNERS[key].algorithm, *LEARNERS[key].algorithm_of_classes)
    asked = {name for line in lines for _, name in line.values}
    assert asked <= set(names)


def test_a_neural_process_says_of_classes_which_one_it_is_and_of_numbers_how_sure():
    formulas = {kind: [line.formula for line in LEARNERS["cnp"]().pseudo_code(kind)] for kind in KINDS}
    assert any("σ" in formula for formula in formulas["regression"])
    assert not any("σ" in formula for formula in formulas["classification"])
