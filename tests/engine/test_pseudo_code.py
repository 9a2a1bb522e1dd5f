from __future__ import annotations

import pytest

from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, PHASES
from metalearn_gui.engine.params import params_of
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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", LEARNERS)
def test_a_rate_has_the_symbol_that_its_setting_has_in_the_window(key, kind):
    labels = {spec.name: spec.label for part in parts_of(key) for spec in params_of(part)}
    for line in LEARNERS[key]().pseudo_code(kind):
        for symbol, name in line.values:
            if name.endswith("learning_rate"):
                assert labels[name].split()[-1] == symbol.split()[0]
                assert symbol.split()[0] in line.formula


def parts_of(key):
    settings = small_settings(family_for(key), key)
    return settings.learner, settings.outer


def test_a_neural_process_says_of_classes_which_one_it_is_and_of_numbers_how_sure():
    formulas = {kind: [line.formula for line in LEARNERS["cnp"]().pseudo_code(kind)] for kind in KINDS}
    assert any("σ" in formula for formula in formulas["regression"])
    assert not any("σ" in formula for formula in formulas["classification"])
