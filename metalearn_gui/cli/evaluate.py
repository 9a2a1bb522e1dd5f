"""`metalearn-gui evaluate`: how a trained learner adapts to unseen tasks, beside its baselines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from metalearn_gui.cli.command import DONE
from metalearn_gui.cli.inputs import data_settings, load_run, with_other_tasks
from metalearn_gui.cli.lake import run_lake
from metalearn_gui.cli.output import print_json, print_tables
from metalearn_gui.cli.parser import BadInput, Options, Parser, assigned, whole_number
from metalearn_gui.cli.progress import trying_progress
from metalearn_gui.cli.quadrants import print_quadrants, quadrants_report
from metalearn_gui.engine import evaluation, scoring, training, unseen, verdict
from metalearn_gui.engine.events import Evaluation, Verdict
from metalearn_gui.engine.report.plots import number, with_interval
from metalearn_gui.engine.scoring import finite
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks.csv import Csv
from metalearn_gui.engine.tasks.ratings import Ratings


def parser() -> Parser:
    """The arguments of `evaluate`."""
    parser = Parser("evaluate", "Mean and 95 % interval of the loss on unseen tasks, by adaptation step.")
    parser.add_argument("file", metavar="FILE.metalearn")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--tasks", metavar="KEY", help="unseen tasks of another family")
    other.add_argument("--data", metavar="PATH", help="unseen tasks from a file")
    other.add_argument("--lake", metavar="RUNS_FOLDER", help="Lake's one-shot runs: run01, run02, ... as published")
    parser.add_set("a setting of the unseen tasks: shots, queries, noise, ...")
    parser.add_argument(
        "--num-tasks",
        type=whole_number(1, 100_000),
        default=unseen.NUM_TASKS,
        metavar="N",
        help=f"unseen tasks, {unseen.NUM_TASKS} by default",
    )
    parser.add_argument(
        "--steps", type=whole_number(1, 100), default=10, metavar="N", help="adaptation steps, 10 by default"
    )
    parser.add_argument(
        "--seed",
        type=whole_number(0, 2**31 - 1),
        default=unseen.TASKS_SEED,
        metavar="N",
        help=f"of the unseen tasks; by default {unseen.TASKS_SEED}, as in the window and in compare",
    )
    parser.add_json()
    return parser


def run(options: Options) -> int:
    """Evaluate the run that the file shows, and say what came out."""
    _, run = load_run(options.file)
    if run.latest is None:
        raise BadInput(f"The run in {options.file} has no weights yet; go on with `metalearn-gui train --resume`")
    if options.lake:
        return run_lake(options, run)
    values = data_settings(run.settings, options.data) if options.data else {}
    settings = with_other_tasks(run.settings, options.tasks, values | assigned(options.set))
    settings = settings.replaced(test_steps=options.steps)
    compile = training.DEFAULT_OPTIONS.compile
    with trying_progress(settings.learner.label) as watch:
        found = evaluation.evaluate(settings, run.latest, options.num_tasks, options.seed, "test", compile, watch)
    report = _report(settings, run.iteration, options.seed, found)
    if isinstance(settings.tasks, Ratings):
        report["quadrants"] = quadrants_report(settings, run.latest.learner, options.num_tasks, options.seed)
    if options.json:
        print_json(report)
    else:
        _print_report(report, found.verdict)
        _print_unit(settings)
    return DONE


def _report(settings: ExperimentSettings, iterations: int, seed: int, found: Evaluation) -> dict[str, Any]:
    family = settings.tasks
    baselines: dict[str, Any] = {key: scoring.to_json(scores) for key, scores in found.baselines.items()}
    baselines["mean"] = found.mean
    if found.oracle is not None:
        baselines["oracle"] = found.oracle
    ways: dict[str, Any] = {}
    if family.kind == "classification":
        protocol = "transductive" if settings.network.is_transductive else "inductive"
        ways = {"ways": family.output_dim, "protocol": protocol}
    return {
        "learner": settings.learner.key,
        "tasks": family.key,
        "iterations": iterations,
        "num_tasks": found.num_tasks,
        "num_distinct_tasks": found.num_distinct_tasks,
        "seed": seed,
        "shots": settings.episodes.shots,
        **ways,
        "steps": scoring.to_json(found.learner),
        "baselines": baselines,
        **_verdict(found),
    }


def _verdict(found: Evaluation) -> dict[str, Any]:
    judged = found.verdict
    if judged is None:
        return {}
    numbers = {name: finite(getattr(judged, name)) for name in ("difference", "ci95", "relative")}
    steps = {"baseline": judged.baseline, "baseline_step": judged.baseline_step, "step": judged.step}
    return {"verdict": steps | numbers | {"measure": judged.measure, "pays": judged.pays}}


def _verdict_text(judged: Verdict) -> str:
    """Does it pay? The window's sentence, and what was compared."""
    text, words = verdict.sentence(judged, "{:.3g}".format)
    steps = f"after step {judged.step}, beside its best, step {judged.baseline_step}"
    measure = "share of wrong answers" if judged.measure == "errors" else "loss"
    margin = ", paired over the same tasks" if math.isfinite(judged.ci95) else ""
    difference = with_interval(judged.difference, judged.ci95, 4)
    numbers = f"mean difference in {measure} {'+' * (judged.difference > 0)}{difference}{margin}"
    return f"{text.format(name=_name(judged.baseline), **words)} ({steps}: {numbers})."


def _print_report(report: dict[str, Any], judged: Verdict | None) -> None:
    protocol = f", {report['protocol']}" if "protocol" in report else ""
    title = (
        f"{report['learner']} on {report['tasks']}: {_episodes_text(report)}; "
        f"shots: {report['shots']}, meta-iterations: {report['iterations']}{protocol}"
    )
    rows = report["steps"]
    others = {key: value for key, value in report["baselines"].items() if isinstance(value, list)}
    measures = [name for name in ("loss", "loss_median", "accuracy") if name in rows[0]]
    measure = "accuracy" if "accuracy" in measures else "loss"
    columns = ["step", *(_name(name) for name in measures), *(f"{_name(key)}: {measure}" for key in others)]
    table = []
    for row in rows:
        cells = [_with_interval(row, name) for name in measures]
        beside = [_with_interval(other[row["step"]], measure) for other in others.values()]
        table.append([row["step"], *cells, *beside])
    print_tables(title, columns, table)
    floor = {key: report["baselines"][key] for key in ("mean", "oracle") if key in report["baselines"]}
    if judged is not None:
        print(_verdict_text(judged))
    print("loss of " + ", ".join(f"{_name(key)}: {value:.4g}" for key, value in floor.items()))
    if "quadrants" in report:
        print_quadrants(report["learner"], report["quadrants"])


def _print_unit(settings: ExperimentSettings) -> None:
    """What the loss of several targets is the mean of."""
    tasks = settings.tasks
    if isinstance(tasks, Csv) and tasks.kind == "regression" and tasks.output_dim > 1:
        each = "each in its own unit: that with the largest numbers counts most"
        print(f"loss: the squared error, on average over {tasks.output_dim} targets, {each}")


_NAMES = {
    "mean": "a constant prediction",
    "constant": "a constant prediction",
    "oracle": "the best there can be",
    "loss_median": "median loss",
    "scratch_adam": "scratch with Adam",
    "task_mean": "task mean",
    "linear_ridge": "ridge",
}


def _name(key: str) -> str:
    """In words; most keys are words."""
    return _NAMES.get(key, key)


def _episodes_text(report: Mapping[str, Any]) -> str:
    episodes, tasks = report["num_tasks"], report["num_distinct_tasks"]
    told = "1 unseen task" if tasks == 1 else f"{tasks} unseen tasks"
    said = told if tasks == episodes else f"{episodes} episodes of {told}"
    return f"{said}, seed {report['seed']}"


def _with_interval(row: Any, measure: str) -> str:
    value, half = row[measure], row.get(f"{measure}_ci95")
    if value is None:
        return "not finite"
    return number(value, 4) if half is None else with_interval(value, half, 4)
