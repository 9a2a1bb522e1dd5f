"""A learner that starts from another one's weights: transfer and meta-learning combined."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.params import SettingError


def fitting(fresh: LearnerState, weights: Mapping[str, Array]) -> tuple[str, ...]:
    """The names of the fresh state's parameters that the weights have, too, in the same shape."""
    return tuple(name for name, own in fresh.params.items() if name in weights and weights[name].shape == own.shape)


def started_from(fresh: LearnerState, weights: Mapping[str, Array]) -> LearnerState:
    """The fresh state with every parameter that fits taken from the weights; all else stays fresh.

    Raises:
        SettingError: none fits; the line says what either side has.
    """
    names = fitting(fresh, weights)
    if not names:
        raise SettingError(
            f"None of these weights fit ({_shapes(weights)}); what is set has {_shapes(fresh.params)}: "
            "choose the same network"
        )
    return dataclasses.replace(fresh, params=fresh.params | {name: weights[name].copy() for name in names})


def _shapes(params: Mapping[str, Array]) -> str:
    return ", ".join(f"{name} {'x'.join(map(str, values.shape)) or '1'}" for name, values in params.items())
