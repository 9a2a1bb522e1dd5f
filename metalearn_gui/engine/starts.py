"""A learner that starts from another one's weights, transfer and meta-learning combined; weights that do not fit."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from metalearn_gui.engine.backend import Array, Params
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.learners.base import Learner
from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.params import SettingError


def fitting(fresh: Params, weights: Mapping[str, Array]) -> tuple[str, ...]:
    """The names of the fresh parameters that the weights have, too, in the same shape."""
    return tuple(name for name, own in fresh.items() if name in weights and weights[name].shape == own.shape)


def started_from(fresh: LearnerState, weights: Mapping[str, Array]) -> LearnerState:
    """The fresh state with every parameter that fits taken from the weights; all else stays fresh.

    Raises:
        SettingError: none fits; the line says what either side has.
    """
    names = fitting(fresh.params, weights)
    if not names:
        raise SettingError(
            f"None of these weights fit ({_shapes(weights)}); what is set has {_shapes(fresh.params)}: "
            "choose the same network"
        )
    return dataclasses.replace(fresh, params=fresh.params | {name: weights[name].copy() for name in names})


def check_fits(fresh: Params, params: Params) -> None:
    """Compare parameters that may come from a file with those that their settings start from.

    Raises:
        SettingError: a parameter is missing, or has another shape.
    """
    fits = fitting(fresh, params)
    misfits = [name for name in fresh if name not in fits]
    if misfits:
        raise SettingError(
            f"This learner has {_shapes(_only(params, misfits)) or 'nothing'} where its settings have "
            f"{_shapes(_only(fresh, misfits))}: another version made it; train anew, or open its file with "
            "that version"
        )


@contextlib.contextmanager
def explaining(learner: Learner, network: Network, params: Params) -> Iterator[None]:
    """`check_fits`, but only once the work within has failed: a hand waits for work that does not.

    Args:
        learner: fitted to its tasks.

    Raises:
        SettingError: as there, in the place of the fault.
    """
    try:
        yield
    except SettingError:
        raise
    except Exception:
        check_fits(learner.init(network, np.random.default_rng(0)).params, params)
        raise


def _only(params: Mapping[str, Array], names: Sequence[str]) -> dict[str, Array]:
    return {name: params[name] for name in names if name in params}


def _shapes(params: Mapping[str, Array]) -> str:
    return ", ".join(f"{name} {'x'.join(map(str, values.shape)) or '1'}" for name, values in params.items())
