"""A session as plain JSON documents beside named arrays, and back. Nothing here knows how they lie on disk.

An array's name says where it belongs: "curves/objective", "latest/learner/params/w0", "scores".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from metalearn_gui.engine import events
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet, Tasks
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.moments import Moments
from metalearn_gui.store.records import Curve, RunRecord, Scored, Start

Document = dict[str, Any]
Arrays = dict[str, Array]

# Fields of a run that are one JSON value each, with the types they may have.
SCALARS: dict[str, tuple[type, ...]] = {
    "run_id": (str,),
    "name": (str,),
    "created": (float, int),
    "parent_id": (str, type(None)),
    "iteration": (int,),
    "tasks_seen": (int,),
    "gradient_evaluations": (float, int),
    "compute_seconds": (float, int),
    "compile_seconds": (float, int),
    "baseline_share": (float, int),
    "reported_loss": (float, int),
    "reason": (str,),
}
# Fields that files of before there were any lack.
REMARKS: dict[str, tuple[type, ...]] = {
    "tags": (str,),
    "note": (str,),
    "is_pinned": (bool,),
    "turn": (int, type(None)),
    "went_on_from": (int, type(None)),
}
STEP_SCORES = tuple(field.name for field in dataclasses.fields(events.StepScores))


@dataclasses.dataclass(frozen=True)
class SavedTask:
    """An unseen task that a hand has touched, with its points as they lie now.

    index: its place in the stream of touched tasks; drawing that place again gives the points back as they were.
    unnamed: queries of the hand, drawn or brought, that have no class.
    """

    index: int
    tasks: Tasks
    support: PointSet
    query: PointSet
    unnamed: tuple[int, ...] = ()


def run_document(run: RunRecord) -> tuple[Document, Arrays]:
    """A run without its arrays, and those by name."""
    arrays: Arrays = {f"curves/{name}": curve.values for name, curve in run.curves.items()}
    scores, arrays["scores"] = _scores_document(run.scores)
    document = {name: getattr(run, name) for name in (*SCALARS, *REMARKS)} | {
        "settings": run.settings.to_dict(),
        "initial_settings": (run.initial_settings or run.settings).to_dict(),
        "start": dataclasses.asdict(run.start) if run.start else None,
        "curves": list(run.curves),
        "changes": [dataclasses.asdict(change) for change in run.changes],
        "scores": scores,
        "initial": _training_document("initial", run.initial, arrays),
        "latest": _training_document("latest", run.latest, arrays),
        "moments": [_training_document(_moment(place), state, arrays) for place, state in enumerate(run.moments)],
    }
    return document, arrays


def run_from(document: Document, arrays: Arrays) -> RunRecord:
    """The inverse of `run_document`.

    Raises:
        ValueError, KeyError, TypeError: a document that `run_document` did not make.
    """
    settings = ExperimentSettings.from_dict(document["settings"])
    return RunRecord(
        **{name: _typed(document[name], name, types) for name, types in SCALARS.items()},
        **{name: _remark(document[name], name) for name in REMARKS if name in document},
        settings=settings,
        initial_settings=ExperimentSettings.from_dict(document["initial_settings"]),
        start=_start_from(document.get("start")),  # files of before there was a choice have none
        curves={name: Curve(_flat(arrays[f"curves/{name}"], np.float32)) for name in document["curves"]},
        changes=[events.Change(**change) for change in document["changes"]],
        scores=_scores_from(document["scores"], _flat(arrays["scores"], np.float64)),
        initial=_with_whole_carry(_training_from("initial", document["initial"], arrays), settings),
        latest=_with_whole_carry(_training_from("latest", document["latest"], arrays), settings),
        moments=_moments_from(document.get("moments", []), arrays, settings),  # older files have none
    )


def _remark(value: Any, name: str) -> Any:
    if type(value) not in REMARKS[name]:
        raise ValueError(f"{name} is a {type(value).__name__}")
    return value


def _moment(place: int) -> str:
    return f"moments/{place}"


def _moments_from(documents: Sequence[Document], arrays: Arrays, settings: ExperimentSettings) -> Moments:
    read = (_training_from(_moment(place), document, arrays) for place, document in enumerate(documents))
    return tuple(state for one in read if (state := _with_whole_carry(one, settings)) is not None)


def _start_from(document: Document | None) -> Start | None:
    if document is None:
        return None
    types = {"run_id": str, "name": str, "taken": int, "total": int}
    return Start(**{name: _typed(document[name], name, (kind,)) for name, kind in types.items()})


def task_document(task: SavedTask) -> tuple[Document, Arrays]:
    """A touched task without its arrays, and those by name."""
    arrays: Arrays = {f"parameters/{name}": np.asarray(values) for name, values in task.tasks.parameters.items()}
    for name, points in (("support", task.support), ("query", task.query)):
        present = {part: values for part, values in points._asdict().items() if values is not None}
        arrays |= {f"{name}/{part}": np.asarray(values) for part, values in present.items()}
    head = {"index": task.index, "parameters": list(task.tasks.parameters), "unnamed": list(task.unnamed)}
    return head, arrays


def task_from(document: Document, arrays: Arrays) -> SavedTask:
    """The inverse of `task_document`; raises as `run_from` does."""
    points = {
        name: PointSet(arrays[f"{name}/x"], arrays[f"{name}/y"], arrays.get(f"{name}/mask"))
        for name in ("support", "query")
    }
    tasks = Tasks({name: arrays[f"parameters/{name}"] for name in document["parameters"]})
    unnamed = [_typed(place, "unnamed", (int,)) for place in document.get("unnamed", [])]  # older files have none
    return SavedTask(_typed(document["index"], "index", (int,)), tasks, **points, unnamed=tuple(unnamed))


def _training_document(place: str, state: events.TrainingState | None, arrays: Arrays) -> Document | None:
    if state is None:
        return None
    return {
        "learner": _learner_document(f"{place}/learner", state.learner, arrays),
        "baselines": _learner_documents(f"{place}/baselines", state.baselines, arrays),
        "best": _learner_document(f"{place}/best", state.best, arrays) if state.best else None,
        "best_loss": state.best_loss,
        "tuned": dict(state.tuned),
        "best_baselines": _learner_documents(f"{place}/best_baselines", state.best_baselines, arrays),
    }


def _training_from(place: str, document: Document | None, arrays: Arrays) -> events.TrainingState | None:
    if document is None:
        return None
    best = document["best"]
    return events.TrainingState(
        learner=_learner_from(f"{place}/learner", document["learner"], arrays),
        baselines=_learners_from(f"{place}/baselines", document["baselines"], arrays),
        best=_learner_from(f"{place}/best", best, arrays) if best else None,
        best_loss=_typed(document["best_loss"], "best_loss", (float, int)),
        tuned={key: _typed(rate, "tuned", (float, int)) for key, rate in document["tuned"].items()},
        # older files have none
        best_baselines=_learners_from(f"{place}/best_baselines", document.get("best_baselines", {}), arrays),
    )


def _with_whole_carry(state: events.TrainingState | None, settings: ExperimentSettings) -> events.TrainingState | None:
    """With the start of whatever the learner did not carry yet when the file was saved."""
    if state is None:
        return None
    fresh = settings.learner.init(settings.network, np.random.default_rng(settings.seed)).carry
    best = _completed(state.best, fresh) if state.best else None
    return dataclasses.replace(state, learner=_completed(state.learner, fresh), best=best)


def _completed(state: events.LearnerState, fresh: Mapping[str, Array]) -> events.LearnerState:
    missing = {name: np.asarray(values) for name, values in fresh.items() if name not in state.carry}
    return dataclasses.replace(state, carry=state.carry | missing)


def _learner_document(place: str, state: events.LearnerState, arrays: Arrays) -> Document:
    groups: dict[str, Mapping[str, Array]] = {"params": state.params, "carry": state.carry, "moments": state.moments}
    for group, values in groups.items():
        arrays |= {f"{place}/{group}/{name}": np.asarray(value) for name, value in values.items()}
    return {"iteration": state.iteration} | {group: list(values) for group, values in groups.items()}


def _learner_documents(place: str, states: Mapping[str, events.LearnerState], arrays: Arrays) -> Document:
    return {key: _learner_document(f"{place}/{key}", state, arrays) for key, state in states.items()}


def _learners_from(place: str, documents: Document, arrays: Arrays) -> dict[str, events.LearnerState]:
    return {key: _learner_from(f"{place}/{key}", document, arrays) for key, document in documents.items()}


def _learner_from(place: str, document: Document, arrays: Arrays) -> events.LearnerState:
    groups = {
        group: {name: arrays[f"{place}/{group}/{name}"] for name in document[group]}
        for group in ("params", "carry", "moments")
    }
    return events.LearnerState(iteration=_typed(document["iteration"], "iteration", (int,)), **groups)


def _scores_document(scores: Sequence[Scored]) -> tuple[list[Document], Array]:
    """All evaluations of a run in one float64 array: there may be thousands, of a dozen short arrays each."""
    documents, parts = [], [np.empty(0)]
    for scored in scores:
        evaluation = scored.evaluation
        learners = {"learner": evaluation.learner, **{f"baselines/{key}": s for key, s in evaluation.baselines.items()}}
        rows = {key: [name for name in STEP_SCORES if getattr(s, name) is not None] for key, s in learners.items()}
        parts += [np.asarray(getattr(learners[key], name), np.float64) for key, names in rows.items() for name in names]
        documents.append(
            {
                "iteration": scored.iteration,
                "compute_seconds": scored.compute_seconds,
                "num_tasks": evaluation.num_tasks,
                "num_distinct_tasks": evaluation.num_distinct_tasks,
                "mean": evaluation.mean,
                "oracle": evaluation.oracle,
                "baseline_iterations": dict(evaluation.baseline_iterations),
                "verdict": evaluation.verdict and list(evaluation.verdict),
                "length": len(evaluation.learner.loss),
                "rows": rows,
            }
        )
    return documents, np.concatenate(parts)


def _verdict_from(values: Sequence[Any] | None) -> events.Verdict | None:
    """None as well where the file is older than verdicts."""
    if values is None:
        return None
    number = (int, float)
    kinds: tuple[Any, ...] = (str, int, int, number, number, number, str)
    kinds = kinds[: max(len(values), len(kinds) - 1)]  # older files do not say of what: it is the loss
    return events.Verdict(*(_typed(value, "verdict", kind) for value, kind in zip(values, kinds, strict=True)))


def _scores_from(documents: Sequence[Document], packed: Array) -> list[Scored]:
    scores, start = [], 0
    for document in documents:
        learners = {}
        for key, names in document["rows"].items():
            values = packed[start : start + len(names) * document["length"]].reshape(len(names), document["length"])
            learners[key] = events.StepScores(**{name: row.copy() for name, row in zip(names, values, strict=True)})
            start += values.size
        evaluation = events.Evaluation(
            num_tasks=document["num_tasks"],
            learner=learners.pop("learner"),
            baselines={key.removeprefix("baselines/"): values for key, values in learners.items()},
            mean=document["mean"],
            oracle=document["oracle"],
            baseline_iterations=document["baseline_iterations"],
            verdict=_verdict_from(document.get("verdict")),
            num_distinct_tasks=document.get("num_distinct_tasks"),
        )
        scores.append(Scored(document["iteration"], document["compute_seconds"], evaluation))
    return scores


def _typed(value: Any, name: str, types: type | tuple[type, ...]) -> Any:
    if not isinstance(value, types) or isinstance(value, bool):
        raise ValueError(f"{name} is a {type(value).__name__}")
    return value


def _flat(values: Array, dtype: type) -> Array:
    if values.dtype != dtype or values.ndim != 1:
        raise ValueError(f"an array is {values.dtype} {values.shape}")
    return values
