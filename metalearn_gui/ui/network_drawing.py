"""What the network's picture is made of: which units are drawn, what each answers, how strong each weight is.

Plain numpy on a copy of the meta-parameters; no Qt.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from metalearn_gui.engine.backend import Array

UNITS_DRAWN = 6
POINTS = 33
STAYS_WITHIN = 2  # a drawn unit is kept while it is among the first STAYS_WITHIN * UNITS_DRAWN

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "relu": lambda z: np.maximum(z, 0.0),
    "tanh": np.tanh,
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0.0))),
    "sine": np.sin,
}


@dataclasses.dataclass(frozen=True)
class Layer:
    """A column of the picture.

    units: indices drawn; responses: (len(units), POINTS); weights: to it from the column before.
    """

    size: int
    units: tuple[int, ...]
    responses: Array
    weights: Array | None


def drawn_layers(
    params: Mapping[str, Array],
    activation: str,
    input_range: tuple[float, float],
    before: tuple[Layer, ...] = (),
) -> tuple[Layer, ...]:
    """The columns of a dense network with parameters w0, b0, w1, ...

    Args:
        before: the columns drawn last time: units stay where they are while they remain active.
    Returns: input, hidden layers and output; empty where the parameters are not those of such a network.
    """
    weights = _weights_of(params)
    if not weights:
        return ()
    answers = answers_of(params, activation, _probe(weights[0].shape[0], input_range))
    layers: list[Layer] = []
    for index, values in enumerate(answers):
        into = weights[index - 1] if index else None
        layers.append(_layer(values, into, layers[-1].units if index else None, _units_of(before, index)))
    return tuple(layers)


def answers_of(params: Mapping[str, Array], activation: str, x: Array) -> list[Array]:
    """What every unit answers at inputs (points, input_dim), layer by layer from the inputs on: (points, units) each.

    A network that sees more than that (a context beside the input) sees 0 there. Empty where it is no dense network.
    """
    weights = _weights_of(params)
    if not weights or x.shape[1] > weights[0].shape[0]:
        return []
    answers = [np.pad(np.asarray(x, np.float64), [(0, 0), (0, weights[0].shape[0] - x.shape[1])])]
    for index, into in enumerate(weights):
        values = answers[-1] @ into + params.get(f"b{index}", np.zeros(into.shape[1]))
        answers.append(ACTIVATIONS[activation](values) if index < len(weights) - 1 else values)
    return answers


def _weights_of(params: Mapping[str, Array]) -> list[Array]:
    """Of each layer, (units before, units); empty where one of them is no matrix."""
    num_layers = sum(1 for name in params if name[:1] == "w" and name[1:].isdigit())
    weights = [np.asarray(params.get(f"w{index}", 0.0), np.float64) for index in range(num_layers)]
    return weights if all(one.ndim == 2 for one in weights) else []


def _probe(input_dim: int, input_range: tuple[float, float]) -> Array:
    """Inputs along the first coordinate, the others in the middle of their range."""
    low, high = input_range
    probe = np.full((POINTS, input_dim), (low + high) / 2)
    probe[:, 0] = np.linspace(low, high, POINTS)
    return probe


def _layer(values: Array, weights: Array | None, units_before: tuple[int, ...] | None, kept: tuple[int, ...]) -> Layer:
    units = most_active(values, kept)
    chosen = None if weights is None else weights[np.ix_(list(units_before or ()), list(units))]
    return Layer(values.shape[1], units, values[:, list(units)].T, chosen)


def _units_of(layers: tuple[Layer, ...], index: int) -> tuple[int, ...]:
    return layers[index].units if index < len(layers) else ()


def most_active(values: Array, kept: tuple[int, ...] = ()) -> tuple[int, ...]:
    """Indices, rising, of the units whose answers (points, units) vary most; those kept give way late."""
    activity = np.nan_to_num(values.std(axis=0))
    order = [int(unit) for unit in np.argsort(-activity, kind="stable")]
    staying = [unit for unit in kept if unit in order[: STAYS_WITHIN * UNITS_DRAWN]]
    newcomers = [unit for unit in order if unit not in staying]
    return tuple(sorted((staying + newcomers)[:UNITS_DRAWN]))
