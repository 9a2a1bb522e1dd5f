"""What the README promises to who adds a learner: one class and one line, and everything else takes it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.evaluation import evaluate
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.base import Adapted, Context, Learner, State
from metalearn_gui.engine.learners.set_encoder import mean_over_points
from metalearn_gui.engine.networks.base import Network, Stats
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import meta_train
from tests.engine.small import QUIET, finished, objectives, small_settings


@dataclasses.dataclass(frozen=True)
class Offset(Learner):
    """One network for all tasks; a task moves its outputs by the mean of what was missed on the support set."""

    key = "offset"
    label = "Offset"
    summary = "Moves the whole curve up or down."
    kinds = ("regression",)
    adapts_once = True

    def init(self, network: Network, rng: np.random.Generator) -> State:
        return State(*network.init(rng))

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        return {"offset": tf.zeros([support.x.shape[0], 1, ctx.network.output_dim])}

    def adapt_step(self, state: State, adapted: Adapted, support: PointSet, ctx: Context) -> Adapted:
        outputs, _ = ctx.network.apply(state.params, state.carry, support.x, support.mask, ctx)
        return {"offset": mean_over_points(support.y - outputs, support.mask)[0][:, None]}

    def predict(self, state: State, adapted: Adapted, x: Tensor, ctx: Context) -> tuple[Tensor, Stats]:
        outputs, stats = ctx.network.apply(state.params, state.carry, x, None, ctx)
        return outputs + adapted["offset"], stats


@pytest.fixture(autouse=True)
def offset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its line in the registry."""
    monkeypatch.setitem(LEARNERS, Offset.key, Offset)


def test_it_trains_and_is_judged_on_unseen_tasks_after_every_step() -> None:
    settings = small_settings(learner="offset", num_iterations=5)
    events = list(meta_train(settings, options=QUIET))
    assert finished(events).reason == "done"
    assert np.isfinite(objectives(events)).all()
    loss = evaluate(settings, finished(events).state, 50, compile=False).learner.loss
    assert loss.shape == (4,)
    assert loss[0] != loss[1] == loss[3]


def test_files_and_the_command_line_name_it() -> None:
    settings = small_settings(learner="offset")
    assert ExperimentSettings.from_dict(settings.to_dict()) == settings
    assert small_settings().replaced(learner="offset").learner == Offset()


def test_tasks_that_it_does_not_take_are_refused_with_a_way_out() -> None:
    with pytest.raises(SettingError, match=r"Offset cannot take classification tasks.*try"):
        small_settings("blobs", "offset")
