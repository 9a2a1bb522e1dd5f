"""What `metalearn-gui evaluate` says of a learner of ratings beyond its losses: cold start in four quadrants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metalearn_gui.cli.output import finite, print_tables
from metalearn_gui.engine import training
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.ratings.metrics import METRICS
from metalearn_gui.engine.ratings.protocol import LEARNER, RIVAL, Quadrant, judged
from metalearn_gui.engine.settings import ExperimentSettings

NAMES = {
    "global_mean": "mean of all",
    "means": "user + item mean",
    "popularity": "popularity",
    "factors": "matrix factors",
}
HEADINGS = {"mae": "MAE", "rmse": "RMSE", "ndcg1": "nDCG@1", "ndcg3": "nDCG@3", "ndcg5": "nDCG@5"}


def quadrants_report(
    settings: ExperimentSettings, state: LearnerState, num_episodes: int, seed: int
) -> dict[str, dict[str, Any]]:
    """Every quadrant by name, for JSON: users, models with their figures, and verdicts on MAE.

    "verdict" is beside the mean of user and item, "verdict_best" beside the baseline that is best in the quadrant.
    """
    found = judged(settings, state, num_episodes, seed, training.DEFAULT_OPTIONS.compile)
    return {one.name: _report(one) for one in found}


def _report(one: Quadrant) -> dict[str, Any]:
    return {
        "num_users": one.num_users,
        "models": {key: _figures(one, key) for key in one.scores},
        "verdict": _verdict(one, RIVAL),
        "verdict_best": _verdict(one, one.best_baseline),
    }


def _verdict(one: Quadrant, baseline: str) -> dict[str, Any]:
    paired = one.paired(baseline)
    return {"metric": "mae", "baseline": baseline, **paired._asdict(), "pays": paired.pays}


def _figures(one: Quadrant, key: str) -> dict[str, float | None]:
    means, halves = one.means(key)
    named = dict(zip(METRICS, means.tolist(), strict=True))
    named |= {f"{metric}_ci95": half for metric, half in zip(METRICS, halves.tolist(), strict=True)}
    return {name: finite(value) for name, value in named.items()}


def print_quadrants(learner: str, report: Mapping[str, Mapping[str, Any]]) -> None:
    """A table for each quadrant, and a sentence below it."""
    for name, quadrant in report.items():
        rows = [
            [learner if key == LEARNER else NAMES[key], *(_with_interval(figures, metric) for metric in METRICS)]
            for key, figures in quadrant["models"].items()
        ]
        seen = "; trained on" if name == "known users, known items" else ""
        title = f"{name} ({quadrant['num_users']} users{seen})"
        print_tables(title, ["mean ± 95 %", *(HEADINGS[metric] for metric in METRICS)], rows)
        print(f"{name}: {_sentence(learner, quadrant['verdict_best'])}")


def _with_interval(figures: Mapping[str, float | None], metric: str) -> str:
    value, half = figures[metric], figures[f"{metric}_ci95"]
    # No spaces and no leading zero: six columns are to fit into 80 characters.
    return "–" if value is None or half is None else f"{value:.3f}±{half:.3f}".replace("±0.", "±.")


def _sentence(learner: str, verdict: Mapping[str, Any]) -> str:
    size = f"{abs(verdict['difference']):.3f} ± {verdict['ci95']:.3f}"
    rival = f"{NAMES[verdict['baseline']]} (the best baseline)"
    said = {
        True: f"{learner} beats {rival}: its MAE is {size} smaller, paired over the same users.",
        False: f"{learner} does not beat {rival}: its MAE is {size} larger, paired over the same users.",
        None: f"{learner} cannot be told apart from {rival}: the MAEs differ by {size}, paired over the same users.",
    }
    return said[verdict["pays"]]
