"""What comparisons came to as plain JSON documents beside named arrays, and back.

Learned weights are their runs'; here are the plan, every loss on the shared unseen tasks, and the curves.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.compare import (
    PLANS,
    Axis,
    Bracket,
    Budget,
    Choice,
    Comparison,
    Grid,
    Lane,
    LearnersPlan,
    LittleData,
    LossAgainst,
    Moment,
    Outcome,
    Plan,
    Rung,
    TrainedRun,
)
from metalearn_gui.engine.events import StepScores
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.settings import ExperimentSettings

Document = dict[str, Any]
Arrays = dict[str, Array]

UNSAID_SEED = 999  # of the unseen tasks, where a document is older than what says it

COUNTS = ("iteration", "tasks_seen", "gradient_evaluations", "compute_seconds")
BY_STEP = ("loss", "loss_median", "loss_ci95", "accuracy", "accuracy_ci95")
CURVES = ("by_tasks", "by_shots")


def outcome_document(outcome: Outcome) -> tuple[Document, Arrays]:
    """An outcome without its arrays, and those by name."""
    arrays: Arrays = {}
    document = {
        "key": outcome.key,
        "created": outcome.created,
        "is_cancelled": outcome.is_cancelled,
        "plan": _plan_document(outcome.plan),
        "lanes": [_fields(lane) | {"settings": lane.settings.to_dict()} for lane in outcome.comparison.lanes],
        "runs": [_run_document(f"runs/{place}", run, arrays) for place, run in enumerate(outcome.comparison.runs)],
        "rungs": None if outcome.bracket is None else [_rung_document(rung) for rung in outcome.bracket.rungs],
        "little_data": _little_document(outcome.little_data, arrays),
    }
    return document, arrays


def outcome_from(document: Document, arrays: Arrays) -> Outcome:
    """The inverse of `outcome_document`, without what was learned.

    Raises:
        ValueError, KeyError, TypeError: a document that `outcome_document` did not make.
    """
    plan = _plan_from(document["plan"])
    called = {choice.key: choice.label for choice in plan.choices} if isinstance(plan, LearnersPlan) else {}
    lanes = tuple(_lane_from(one, called) for one in document["lanes"])
    by_id = {lane.run_id: lane for lane in lanes}
    runs = tuple(_run_from(f"runs/{place}", one, by_id, arrays) for place, one in enumerate(document["runs"]))
    rungs = None if document["rungs"] is None else tuple(_rung_from(one, by_id) for one in document["rungs"])
    return Outcome(
        plan=plan,
        comparison=Comparison(lanes, runs),
        bracket=None if rungs is None else Bracket(lanes, rungs),
        little_data=_little_from(document["little_data"], arrays),
        is_cancelled=bool(document["is_cancelled"]),
        key=str(document["key"]),
        created=float(document["created"]),
    )


# --- what was asked for ---------------------------------------------------------------------------


def _fields(value: Any) -> Document:
    """A dataclass's own values, one level deep."""
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


# How a plan's fields are written where they are no plain values, and read again.
_WRITE: Mapping[str, Callable[[Any], Any]] = {
    "settings": ExperimentSettings.to_dict,
    "budget": lambda budget: budget.text,
    "choices": lambda choices: [_fields(choice) | {"values": dict(choice.values)} for choice in choices],
    "grid": lambda grid: [_fields(axis) for axis in grid.axes],
    "axes": lambda axes: [_fields(axis) for axis in axes],
}
_READ: Mapping[str, Callable[[Any], Any]] = {
    "settings": ExperimentSettings.from_dict,
    "budget": Budget.parse,
    "choices": lambda choices: tuple(_choice_from(choice) for choice in choices),
    "grid": lambda axes: Grid(_axes_from(axes)),
    "axes": lambda axes: _axes_from(axes),
    "num_tasks": lambda numbers: tuple(map(int, numbers)),
    "shots": lambda numbers: tuple(map(int, numbers)),
}


def _plan_document(plan: Plan) -> Document:
    written = {name: _WRITE[name](value) if name in _WRITE else value for name, value in _fields(plan).items()}
    return {"kind": plan.kind} | written


def _plan_from(document: Document) -> Plan:
    values = {name: _READ[name](value) if name in _READ else value for name, value in document.items()}
    return PLANS[values.pop("kind")](**{"tasks_seed": UNSAID_SEED} | values)


def _choice_from(document: Document) -> Choice:
    if document["learner"] not in LEARNERS:
        raise ValueError(f"there is no learner {document['learner']!r}")
    return Choice(document["key"], document["learner"], dict(document["values"]))


def _axes_from(axes: Any) -> tuple[Axis, ...]:
    return tuple(Axis(str(axis["name"]), tuple(axis["values"])) for axis in axes)


# --- what came of it ------------------------------------------------------------------------------


def _lane_from(document: Document, called: Mapping[str, str]) -> Lane:
    """called: what contenders are called now, by key; an older file may call them otherwise."""
    label = called.get(document["contender"], document["label"])
    return Lane(**document | {"settings": ExperimentSettings.from_dict(document["settings"]), "label": label})


def _run_document(place: str, run: TrainedRun, arrays: Arrays) -> Document:
    """All moments of a run in one array: (moments, names, steps + 1)."""
    names = [name for name in BY_STEP if getattr(run.scores, name) is not None]
    moments = [[getattr(moment.scores, name) for name in names] for moment in run.moments]
    arrays[f"{place}/losses"] = np.asarray(run.losses, np.float32)
    arrays[f"{place}/moments"] = np.asarray(moments, np.float64)
    if run.scores.identity is not None:
        arrays[f"{place}/identity"] = np.asarray(run.scores.identity)
    return {
        "run_id": run.lane.run_id,
        "settings": run.lane.settings.to_dict(),  # of a baseline: with the inner learning rate that was chosen
        "reason": run.reason,
        "line": run.line,
        "names": names,
        "counts": [[getattr(moment, name) for name in COUNTS] for moment in run.moments],
        "constant_loss": run.constant_loss,
        "oracle": run.oracle,
        "seconds": run.seconds,
    }


def _run_from(place: str, document: Document, lanes: Mapping[str, Lane], arrays: Arrays) -> TrainedRun:
    names, by_moment = document["names"], arrays[f"{place}/moments"]
    scores = [StepScores(**dict(zip(names, rows, strict=True))) for rows in by_moment]
    counted = [dict(zip(COUNTS, counts, strict=True)) for counts in document["counts"]]
    moments = tuple(Moment(**counts, scores=one) for counts, one in zip(counted, scores, strict=True))
    losses, identity = arrays[f"{place}/losses"], arrays.get(f"{place}/identity")
    if losses.ndim != 2 or losses.shape[0] != by_moment.shape[2]:
        raise ValueError(f"{place} has losses of shape {losses.shape}")
    settings = ExperimentSettings.from_dict(document["settings"])
    return TrainedRun(
        lane=dataclasses.replace(lanes[document["run_id"]], settings=settings),
        reason=str(document["reason"]),
        line=str(document["line"]),
        state=None,
        scores=dataclasses.replace(scores[-1], losses=losses, identity=identity),
        moments=moments,
        constant_loss=float(document["constant_loss"]),
        oracle=None if document["oracle"] is None else float(document["oracle"]),
        seconds=float(document["seconds"]),
    )


def _rung_document(rung: Rung) -> Document:
    return _fields(rung) | {"losses": dict(rung.losses)}


def _rung_from(document: Document, lanes: Mapping[str, Lane]) -> Rung:
    losses = {lanes[run_id].run_id: float(loss) for run_id, loss in document["losses"].items()}
    run_ids, survivors = (tuple(lanes[one].run_id for one in document[name]) for name in ("run_ids", "survivors"))
    return Rung(float(document["share"]), run_ids, losses, survivors)


def _little_document(found: LittleData | None, arrays: Arrays) -> Document | None:
    if found is None:
        return None
    document: Document = {"shots": found.shots}
    for name in CURVES:
        document[name] = [[curve.learner, curve.label] for curve in getattr(found, name)]
        for place, curve in enumerate(getattr(found, name)):
            arrays[f"{name}/{place}"] = np.stack([curve.x, curve.loss, curve.ci95])
    return document


def _little_from(document: Document | None, arrays: Arrays) -> LittleData | None:
    if document is None:
        return None
    curves = {
        name: tuple(LossAgainst(*said, *arrays[f"{name}/{place}"]) for place, said in enumerate(document[name]))
        for name in CURVES
    }
    return LittleData(**curves, shots=int(document["shots"]))
