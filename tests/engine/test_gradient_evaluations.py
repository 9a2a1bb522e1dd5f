"""What a meta-iteration is said to cost, beside the multiplications of the program that it is."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.compare import Budget
from metalearn_gui.engine.learners.base import State
from metalearn_gui.engine.settings import ExperimentSettings
from tests.engine.small import context, drawn, family_for, small_settings, start_of, tensors

POINTS = UNITS = 32
SIZES = {"hidden_dim": UNITS, "num_hidden_layers": 3, "shots": POINTS, "queries": POINTS, "meta_batch": 2}


def num_multiplications(settings: ExperimentSettings) -> int:
    """Of all matrix products that a meta-gradient needs."""
    episodes, state = tensors(drawn(settings, settings.outer.meta_batch)), start_of(settings)
    ctx, learner = context(settings)._replace(training=True), settings.learner.fitted(settings.tasks)

    def gradients(params: Any, carry: Any) -> Any:
        return learner.meta_gradient(State(params, carry), episodes, ctx).gradients

    program = tf.function(gradients, autograph=False).get_concrete_function(state.params, state.carry)
    wanted = [output.op.name for output in program.outputs]
    needed = tf.compat.v1.graph_util.extract_sub_graph(program.graph.as_graph_def(), wanted)
    names = {node.name for node in needed.node}
    assert not any(node.op in ("While", "StatelessWhile", "Einsum") for node in needed.node)
    return sum(_multiplications(op) for op in program.graph.get_operations() if op.name in names)


def _multiplications(op: Any) -> int:
    flags = {"MatMul": "transpose_a", "BatchMatMulV3": "adj_x"}
    if op.type not in flags:
        return 0
    shape = op.inputs[0].shape.as_list()
    summed: int = shape[-2] if op.get_attr(flags[op.type]) else shape[-1]
    return math.prod(op.outputs[0].shape.as_list()) * summed


def of_one_pass(settings: ExperimentSettings) -> int:
    """Forward and backward over all points of a task; the first layer has no gradient to hand on."""
    dims = [settings.tasks.input_dim, UNITS, UNITS, UNITS, settings.tasks.output_dim]
    layers = [one * other for one, other in itertools.pairwise(dims)]
    return settings.outer.meta_batch * POINTS * (2 * sum(layers) + sum(layers[1:]))


# By hand: a gradient is one pass, a Hessian-vector product two, and the query set is judged once.
@pytest.mark.parametrize(
    ("learner", "values", "by_hand"),
    [
        ("fomaml", {"inner_steps": 1}, 1 + 1),
        ("fomaml", {"inner_steps": 5}, 5 + 1),
        ("maml", {"inner_steps": 1}, (1 + 2) + 1),
        ("maml", {"inner_steps": 5}, 5 * (1 + 2) + 1),
        ("maml", {"inner_steps": 5, "multi_step_iterations": 10}, 5 * (1 + 2) + 5),  # the query set after every step
        ("meta_sgd", {"inner_steps": 1}, (1 + 2) + 1),
        ("cavia", {"inner_steps": 1}, 2 + 1),  # gradients of the context alone: two thirds of all of that
        ("cavia", {"inner_steps": 5}, 5 * 2 + 1),
        ("anil", {"inner_steps": 5}, 5 + 1),
        ("reptile", {"inner_steps": 5}, 5),  # nobody asks for the query set
        ("transfer", {}, 2),  # support and query set, once each
        ("fedavg", {"local_steps": 5}, 5),
        ("perfedavg", {"local_steps": 2, "inner_steps": 1, "local_gradient": "first order"}, 2 * (1 + 1)),
        ("perfedavg", {"local_steps": 2, "inner_steps": 1, "local_gradient": "hessian-vector"}, 2 * (1 + 2 + 1)),
    ],
)
def test_gradient_evaluations_are_the_passes_that_the_program_makes(
    learner: str, values: dict[str, Any], by_hand: int
) -> None:
    settings = small_settings(family_for(learner), learner, **SIZES, **values)
    assert settings.learner.gradient_evaluations == by_hand
    assert num_multiplications(settings) / of_one_pass(settings) == pytest.approx(by_hand, rel=0.09)


@pytest.mark.parametrize(
    ("learner", "values", "by_hand"),
    [
        ("protonet", {}, 2),  # support and query set through the network, once each
        ("ridge", {}, 2),
        ("cnp", {}, 2),  # the support set through the encoder, the query set through the decoder
        ("metann", {"num_applications": 1}, 2 + 1),
        ("metann", {"num_applications": 3}, 3 * 2 + 1),  # both networks read the support set, every time
        ("scratch", {}, 0),
    ],
)
def test_learners_of_other_networks_are_counted_by_their_passes(
    learner: str, values: dict[str, Any], by_hand: int
) -> None:
    assert small_settings(family_for(learner), learner, **values).learner.gradient_evaluations == by_hand


def test_a_budget_of_gradient_evaluations_buys_as_many_passes_for_everybody() -> None:
    budget = Budget(gradient_evaluations=1_200)
    for learner, values in (("maml", {"inner_steps": 5}), ("fomaml", {"inner_steps": 5}), ("reptile", {})):
        settings = budget.applied(small_settings(learner=learner, meta_batch=4, **values))
        cost = settings.learner.gradient_evaluations * 4
        assert 1_200 - cost < settings.outer.num_iterations * cost <= 1_200
