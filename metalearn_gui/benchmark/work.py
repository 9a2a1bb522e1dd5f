"""The work that everybody is measured on: learners on sinusoids and pictures, each in the settings of a preset.

Everybody has the same start and draws the same episodes, by the same numpy code, and that is counted: so the
losses that are reported beside the speeds tell whether everybody does the same work.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from metalearn_gui.engine.presets import preset
from metalearn_gui.engine.settings import ExperimentSettings

# One competitor: meta-iterations -> the training objective's mean over the last of them (half, at most 50).
Race = Callable[[int], float]


@dataclasses.dataclass(frozen=True)
class Work:
    """A preset and what differs from it, at a constant meta learning rate.

    peers: who has a program for it; all of them need not be installed.
    """

    key: str
    name: str
    preset: str
    values: Mapping[str, Any]
    peers: tuple[str, ...] = ("jax",)

    @property
    def settings(self) -> ExperimentSettings:
        return preset(self.preset).replaced(meta_schedule="constant", **self.values)

    @property
    def block_steps(self) -> int:
        """Meta-iterations whose episodes are drawn together; a competitor may do that many in one call."""
        return self.settings.tasks.block_steps


# From a He start five inner steps at this rate blow up; 1/sqrt(fan-in) stays finite.
_MAML = {"initialization": "uniform"}
# A few episodes whose points are split anew every time: what is measured is the network, not the drawing of glyphs.
_FEW_PICTURES = {"num_training_tasks": 20, "fixed_points": True}
_FOMAML = _FEW_PICTURES | {
    "learner": "fomaml", "training_episodes": "", "meta_batch": 4, "inner_learning_rate": 0.1,
    "meta_learning_rate": 0.001,
}  # fmt: skip
_EVERYBODY = ("learn2learn", "torch", "jax")

_ALL = (
    Work("maml-1", "MAML, exact second order, 1 inner step", "first-steps", _MAML | {"inner_steps": 1}, _EVERYBODY),
    Work("maml-5", "MAML, exact second order, 5 inner steps", "first-steps", _MAML | {"inner_steps": 5}, _EVERYBODY),
    Work("meta_sgd", "Meta-SGD, meta-batch 4", "meta_sgd", {}),
    Work("cavia", "CAVIA, 5 context numbers", "cavia", {}),
    Work("reptile", "Reptile, 64-64 tanh, one task at a time", "reptile", {}),
    Work("metann", "meta-neural network, one application", "metann", {}),
    Work("protonet", "ProtoNet, Conv4, 360 pictures an episode", "glyphs", _FEW_PICTURES, ("torch", "jax")),
    Work("fomaml", "first-order MAML, Conv4, 4 tasks of 80 pictures", "glyphs", _FOMAML, ("torch", "jax")),
)
WORKS: dict[str, Work] = {work.key: work for work in _ALL}


def num_averaged(num_iterations: int) -> int:
    """How many of the last meta-iterations the reported objective is a mean of."""
    return max(1, min(50, num_iterations // 2))
