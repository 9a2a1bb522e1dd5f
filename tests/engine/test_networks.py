"""What holds for every network, and what the MLP's settings mean."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.learners.gradient import per_task
from metalearn_gui.engine.networks import NETWORKS
from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.networks.mlp import ACTIVATIONS, INITIALIZATIONS, Mlp
from metalearn_gui.engine.networks.norms import NORMS
from metalearn_gui.engine.ratings.inputs import ITEM_UNIT
from tests.engine.small import context, small_settings

CTX_SETTINGS = small_settings()
INPUT_DIM = 64  # also a picture of 8 x 8
NUM_ITEMS = 9  # where a network knows any
COLUMNS = (0, 5, 0, 0, 4)  # of a table, where a network knows any


SMALL = {
    "mlp": {"hidden_dim": 6, "initialization": "uniform"},
    "conv4": {"num_channels": 8, "num_blocks": 3},
    "ratings_net": {"hidden_dim": 6, "num_items": NUM_ITEMS, "embedding_dim": 4},
    "table_net": {"hidden_dim": 6, "embedding_dim": 3, "column_widths": COLUMNS},
}
VARIANTS = [("mlp", {"activation": name}) for name in ACTIVATIONS] + [("conv4", {"norm": name}) for name in NORMS]
VARIANTS += [("ratings_net", {}), ("table_net", {}), ("table_net", {"column_widths": ()})]


def small_network(key: str, **values: object) -> Network:
    return NETWORKS[key]().fitted(INPUT_DIM, 2).replaced(**(SMALL[key] | values))


def inputs(tasks: int = 4, points: int = 5, input_dim: int = INPUT_DIM) -> np.ndarray:
    x = np.random.default_rng(0).normal(size=(tasks, points, input_dim)).astype(np.float32)
    x[..., 0] = np.arange(points) % NUM_ITEMS * ITEM_UNIT
    return x


def outputs(network: Network, params: dict[str, object], x: np.ndarray) -> np.ndarray:
    stats = network.init(np.random.default_rng(0))[1]
    result, left = network.apply(params, stats, tf.constant(x), None, context(CTX_SETTINGS))
    assert left.keys() == stats.keys()
    return np.asarray(result)


@pytest.fixture(params=NETWORKS)
def network(request: pytest.FixtureRequest) -> Network:
    return small_network(request.param)


def test_a_network_is_a_value_of_its_key(network: Network) -> None:
    assert NETWORKS[network.key] is type(network)
    assert type(network).from_dict(network.to_dict()).knowing(NUM_ITEMS).of_columns(COLUMNS) == network


def test_parts_cover_every_parameter_once(network: Network) -> None:
    params, _ = network.init(np.random.default_rng(0))
    covered = [name for names in network.parts.values() for name in names]
    assert sorted(covered) == sorted(params)
    assert set(network.parts) <= {"embedding", "body", "head"}
    assert "head" in network.parts


def test_parameters_are_float32_and_a_function_of_the_generator(network: Network) -> None:
    one, again, other = (network.init(np.random.default_rng(seed))[0] for seed in (0, 0, 1))
    assert all(values.dtype == np.float32 for values in one.values())
    assert all(np.array_equal(values, again[name]) for name, values in one.items())
    assert any(not np.array_equal(values, other[name]) for name, values in one.items())
    assert network.num_parameters() == sum(values.size for values in one.values())


def test_shared_parameters_give_what_a_copy_per_task_gives(network: Network) -> None:
    params, _ = network.init(np.random.default_rng(0))
    x = inputs()
    shared = outputs(network, params, x)
    copied = outputs(network, params | {name: per_task(params[name], 4) for name in network.adapting}, x)
    assert shared.shape == (4, 5, 2)
    np.testing.assert_allclose(shared, copied, atol=1e-6)


def test_every_task_has_its_own_parameters(network: Network) -> None:
    many = [network.init(np.random.default_rng(seed))[0] for seed in range(4)]
    x = inputs()
    own = {name: np.stack([params[name] for params in many]) for name in network.adapting}
    together = outputs(network, many[0] | own, x)
    for task, params in enumerate(many):
        alone = many[0] | {name: params[name] for name in network.adapting}
        np.testing.assert_allclose(together[task], outputs(network, alone, x[task : task + 1])[0], atol=1e-6)


@pytest.mark.parametrize(("key", "values"), VARIANTS)
def test_the_keras_model_predicts_what_the_network_predicts(key: str, values: dict[str, str]) -> None:
    network = small_network(key, **values)
    params, stats = network.init(np.random.default_rng(0))
    x = inputs(tasks=1, points=40)
    np.testing.assert_allclose(network.build(params, stats)(x[0]), outputs(network, params, x)[0], atol=1e-5)


def test_an_mlp_without_hidden_layers_is_linear() -> None:
    network = small_network("mlp", num_hidden_layers=0)
    params, _ = network.init(np.random.default_rng(0))
    x = inputs()
    np.testing.assert_allclose(outputs(network, params, x), x @ params["w0"] + params["b0"], atol=1e-5)
    assert network.parts == {"body": (), "head": ("w0", "b0")}


def test_widths_by_layer_decide_the_shapes() -> None:
    params, _ = Mlp(hidden_dims="7,5").fitted(3, 2).init(np.random.default_rng(0))
    shapes = {name: values.shape for name, values in params.items()}
    assert shapes == {"w0": (3, 7), "b0": (7,), "w1": (7, 5), "b1": (5,), "w2": (5, 2), "b2": (2,)}


@pytest.mark.parametrize("name", INITIALIZATIONS)
def test_weights_are_spread_as_their_name_says(name: str) -> None:
    weights = INITIALIZATIONS[name](np.random.default_rng(0), 300, 200)
    bound = {"he": np.inf, "glorot": np.sqrt(6 / 500), "uniform": np.sqrt(1 / 300)}[name]
    deviation = {"he": np.sqrt(2 / 300), "glorot": np.sqrt(2 / 500), "uniform": np.sqrt(1 / 900)}[name]
    assert np.abs(weights).max() <= bound
    assert weights.std() == pytest.approx(deviation, rel=0.01)
    assert abs(weights.mean()) < 0.001


@pytest.mark.parametrize(("name", "are_zero"), [("he", True), ("glorot", True), ("uniform", False)])
def test_only_the_uniform_start_draws_its_biases(name: str, are_zero: bool) -> None:
    params, _ = Mlp(initialization=name).fitted(4, 2).init(np.random.default_rng(0))
    biases = np.concatenate([values for key, values in params.items() if key.startswith("b")])
    assert (not biases.any()) == are_zero
    assert np.abs(biases).max() <= 0.5
