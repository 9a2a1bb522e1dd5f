"""After a divergence: which learning rate is at fault, and what to go on with."""

from __future__ import annotations

from collections.abc import Mapping

from metalearn_gui.engine.evaluation import Evaluator
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.switching import tuned_for

INNER, META = "inner_learning_rate", "meta_learning_rate"
FAR = 100.0  # times the tuned meta learning rate: beyond, halving would be asked for again and again


def calmer_rates(settings: ExperimentSettings, state: LearnerState, evaluator: Evaluator) -> dict[str, float]:
    """The learning rates to go on with, by flat name.

    An inner rate above the one that the learner is tuned with goes back to that, where adapting by it raises the
    loss: a good rate may do so at a fresh start, too. The meta learning rate is halved unless that is explained; far
    above the tuned one it goes back to that at once.

    Args:
        state: the last good one, from before the loss began to explode.
        evaluator: of the same settings.
    """
    tuned, rates = tuned_for(settings), {}
    if INNER in settings.learner.live_values():
        usual = tuned.value(INNER)
        if settings.value(INNER) > usual and _adapting_raises_loss(settings, state, evaluator):
            rates[INNER] = usual
    if not rates or settings.value(META) > tuned.value(META):
        rates[META] = _lower(settings.value(META), tuned.value(META), settings.param(META).minimum or 0.0)
    return rates


def _lower(rate: float, tuned: float, minimum: float) -> float:
    return tuned if rate > FAR * tuned else max(rate / 2, minimum)


def advice(settings: ExperimentSettings, state: LearnerState, iteration: int, rates: Mapping[str, float]) -> str:
    """One line: what came, what is kept, what to do. iteration: the one that is not finite."""
    texts = {
        INNER: "inner learning rate {value:g} (adapting by {now:g} raises the loss)",
        META: "half the meta learning rate, {value:g}",
    }
    if rates.get(META) != settings.value(META) / 2:
        texts[META] = "meta learning rate {value:g} instead of {now:g}"
    calmer = " and ".join(texts[name].format(value=rate, now=settings.value(name)) for name, rate in rates.items())
    kept = f"everything up to {state.iteration} is kept"
    return f"Meta-iteration {iteration} is not finite; {kept}. Go on from there with {calmer}"


def _adapting_raises_loss(settings: ExperimentSettings, state: LearnerState, evaluator: Evaluator) -> bool:
    steps = min(settings.learner.num_steps, settings.outer.test_steps)
    loss = evaluator.learner_scores(state).loss
    return not loss[steps] <= loss[0]  # not a number, too
