"""Runs as lines: their smoothed curves and unseen losses, kept up to date."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.records import Curve, RunRecord, Scored
from metalearn_gui.ui.curves import Smoother
from metalearn_gui.ui.wording import score_text

LEAST_REACH, ROOM_AHEAD = 1000, 1.25
FRESH = 0.8  # a score that was made before this share of the run is not called one of now


class HasRuns(Protocol):
    """What is read of the session here."""

    @property
    def settings(self) -> ExperimentSettings: ...
    @property
    def runs(self) -> list[RunRecord]: ...
    @property
    def live(self) -> RunRecord: ...
    @property
    def shown(self) -> RunRecord: ...


def run_name(run: RunRecord) -> str:
    """What a run is called: the name it was given, else its learner's."""
    return run.name or run.settings.learner.label


def trained_step(run: RunRecord, scored: Scored) -> int:
    """As many adaptation steps as the run trains with, or the last that was tried."""
    return min(run.settings.learner.num_steps, len(scored.evaluation.learner.loss) - 1)


def trained_step_loss(run: RunRecord, scored: Scored) -> float:
    """Loss on unseen tasks after those steps."""
    return float(scored.evaluation.learner.loss[trained_step(run, scored)])


def is_fresh(scored_at: int, iteration: int) -> bool:
    """Whether scores are as good as of now: a fast learner is far ahead of its first ones."""
    return scored_at >= FRESH * iteration


def accuracy_text(run: RunRecord, scored: Scored) -> str:
    """Accuracy on unseen tasks after those steps, with its interval; empty where there are no classes."""
    scores = scored.evaluation.learner
    return "" if scores.accuracy is None else score_text(scores, trained_step(run, scored), in_percent=True)


def axis_reach(session: HasRuns, run: RunRecord) -> int:
    """How far a run's axis goes: a round count with room ahead of the curve, at most the run's length.

    The first minute of a long run would else be a sliver at the left. The live run's length may change before
    the run hears of it.
    """
    is_live = run.run_id == session.live.run_id
    planned = (session.settings if is_live else run.settings).outer.num_iterations
    drawn = len(run.curve("after"))
    wanted = max(LEAST_REACH, ROOM_AHEAD * drawn)
    power = 10 ** math.floor(math.log10(wanted))
    reach = next(mark * power for mark in (1, 2, 5, 10) if mark * power >= wanted)
    return max(drawn, min(planned, reach))


class RunTrace:
    """One run's lines; each call works only on what is new since the last."""

    def __init__(self, run: RunRecord, smoothing: float) -> None:
        self.run = run
        self._smoothing = smoothing
        self._smoothers: dict[str, Smoother] = {}
        self._unseen = Curve()
        self._unseen_at = Curve()

    @property
    def smoothing(self) -> float:
        return self._smoothing

    def smoothed(self, name: str) -> Array:
        """A curve of the run, smoothed; index i is meta-iteration i + 1."""
        smoother = self._smoothers.setdefault(name, Smoother(self._smoothing))
        return smoother.update(self.run.curve(name))

    def unseen(self) -> tuple[Array, Array]:
        """Meta-iterations of the evaluations, and the loss on unseen tasks at each."""
        known, scores = len(self._unseen), self.run.scores
        if len(scores) < known:
            self._unseen, self._unseen_at, known = Curve(), Curve(), 0
        new = scores[known:]
        self._unseen.extend(np.array([trained_step_loss(self.run, scored) for scored in new], np.float32))
        self._unseen_at.extend(np.array([scored.iteration for scored in new], np.float32))
        return self._unseen_at.values, self._unseen.values
