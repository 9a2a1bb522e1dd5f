"""`metalearn-gui evaluate --lake`: a trained learner on Lake's one-shot runs, beside people and programs."""

from __future__ import annotations

from typing import Any

from metalearn_gui.cli.command import DONE
from metalearn_gui.cli.output import print_json, print_table
from metalearn_gui.cli.parser import BadInput, Options
from metalearn_gui.engine import scoring, training
from metalearn_gui.engine.one_shot import PUBLISHED_ERRORS, OneShotRuns, read_runs
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks.pictures import PictureFamily
from metalearn_gui.store.records import RunRecord

NAMES = {
    "people": "people",
    "bpl": "Bayesian program learning",
    "hausdorff": "modified Hausdorff distance of pixels",
}


def run_lake(options: Options, run: RunRecord) -> int:
    """Name the images of every run, and say how often that went wrong."""
    if options.set:
        raise BadInput("--lake has tasks of its own; leave --set out")
    family = run.settings.tasks
    if not isinstance(family, PictureFamily):
        raise BadInput(f"--lake needs a learner of images; the run of {options.file} learned from {family.key}")
    runs = read_runs(options.lake, family)
    report = _report(run, runs, _settings(run.settings, runs, options.steps))
    if options.json:
        print_json(report)
    else:
        rows = [
            [
                f"{report['learner']}, {report['runs']} runs",
                f"{_percent(report['error'])} ± {_percent(report['error_ci95'])}",
            ]
        ]
        rows += [[NAMES[key], _percent(report[key])] for key in PUBLISHED_ERRORS]
        print_table(f"Error, {report['ways']}-way 1-shot, {report['protocol']}", ["", "error, %"], rows)
    return DONE


def _settings(settings: ExperimentSettings, runs: OneShotRuns, steps: int) -> ExperimentSettings:
    ways = settings.tasks.output_dim
    if ways != runs.ways and not settings.learner.any_ways:
        raise BadInput(
            f"The runs have {runs.ways} classes and {settings.learner.label} has an output for each of {ways}: "
            f"train one with --set ways={runs.ways}, or a learner of any number of ways"
        )
    return settings.replaced(ways=runs.ways, shots=1, queries=1, test_steps=steps)


def _report(run: RunRecord, runs: OneShotRuns, settings: ExperimentSettings) -> dict[str, Any]:
    assert run.latest is not None  # `evaluate` has looked
    scores = scoring.score(settings, run.latest.learner, runs.episodes, training.DEFAULT_OPTIONS.compile)
    assert scores.accuracy is not None  # they are classes
    assert scores.accuracy_ci95 is not None
    return {
        "learner": settings.learner.key,
        "tasks": settings.tasks.key,
        "iterations": run.iteration,
        "runs": len(runs.names),
        "ways": runs.ways,
        "protocol": "transductive" if settings.network.is_transductive else "inductive",
        "error": float(1.0 - scores.accuracy[-1]),
        "error_ci95": float(scores.accuracy_ci95[-1]),
        **PUBLISHED_ERRORS,
    }


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
