"""Compiled programs, cached by structure: one outer loop, one adaptation, one evaluation for each.

Whatever may change while the structure stays (rates, weights, seeds, lengths) goes in as an array, so nothing is
compiled twice while the structure is kept: of many, those that were used last are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from metalearn_gui.engine import row_tables
from metalearn_gui.engine.backend import Params
from metalearn_gui.engine.layout import Layout
from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.outer_program import OuterProgram
from metalearn_gui.engine.recent import Recent
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.task_programs import AdaptationProgram, GradientsProgram, PredictionProgram, WayProgram

PROGRAMS = Recent(limit=20)  # three or four structures with their baselines: 5 to 10 MB and ten threads each

_Program = TypeVar("_Program")


def execution_mode(network: Network, compile: bool) -> str:
    """ "xla", "graph" (networks that are faster without) or "eager" (tests: no compile time)."""
    if not compile:
        return "eager"
    return "xla" if network.compiles else "graph"


def outer_program(settings: ExperimentSettings, params: Params, compile: bool = True) -> OuterProgram:
    """The outer loop for these settings' structure and parameters of these shapes."""
    mode = execution_mode(settings.network, compile)
    tables = row_tables.table_names(settings.network, params)
    layout = Layout.of({name: values for name, values in params.items() if name not in tables})
    own = settings.learner.structure()
    return _kept(OuterProgram, settings, own, settings.outer.meta_optimizer, layout, tables, mode)


def adaptation_program(
    settings: ExperimentSettings, num_steps: int, keep: bool, compile: bool = True
) -> AdaptationProgram:
    """The adaptation for these settings' structure, shared by learners that adapt alike."""
    mode = execution_mode(settings.network, compile)
    return _kept(AdaptationProgram, settings, settings.learner.adaptation_structure(), num_steps, keep, mode)


def way_program(settings: ExperimentSettings, compile: bool = True) -> WayProgram:
    """The steps of an adaptation alone, for these settings' structure; traced but never compiled."""
    mode = "graph" if compile else "eager"
    return _kept(WayProgram, settings, settings.learner.adaptation_structure(), mode)


def gradients_program(settings: ExperimentSettings, compile: bool = True) -> GradientsProgram:
    """The two gradients, for these settings' structure; traced but never compiled."""
    return _kept(GradientsProgram, settings, settings.learner.structure(), "graph" if compile else "eager")


def prediction_program(settings: ExperimentSettings, compile: bool = True) -> PredictionProgram:
    """Prediction alone, for these settings' structure; traced but never compiled, so the first answer is soon there."""
    mode = "graph" if compile else "eager"
    return _kept(PredictionProgram, settings, settings.learner.adaptation_structure(), mode)


def _kept(make: Callable[..., _Program], settings: ExperimentSettings, own: Hashable, *rest: Hashable) -> _Program:
    """The program for this structure, `own` being the learner's part of it."""
    tasks, network = settings.tasks, settings.network
    key = (make, own, network.structure(), tasks.kind, *rest)
    return PROGRAMS.get(key, lambda: make(settings.learner.fitted(tasks), network, tasks.kind, *rest))
