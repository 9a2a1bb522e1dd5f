"""What comparisons came to, in a session file: whatever a view or a report shows of them comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metalearn_gui.engine import Options, preset
from metalearn_gui.engine.compare import (
    Axis,
    Budget,
    Choice,
    Grid,
    LearnersPlan,
    LittleDataPlan,
    Outcome,
    Plan,
    SearchPlan,
    SweepPlan,
)
from metalearn_gui.engine.compare.figures import to_json
from metalearn_gui.engine.report.story import page_of
from metalearn_gui.store.outcomes import outcome_document, outcome_from
from metalearn_gui.store.session_file import SavedSession, StoreError, load, save
from tests.store.sessions import SMALL, plain

SETTINGS = preset("first-steps").replaced(**SMALL)
SHORT = Budget(meta_iterations=2)
PLANS: list[Plan] = [
    LearnersPlan(
        SETTINGS, SHORT, 2, (Choice("maml", "maml"), Choice("maml-2", "maml", {"inner_steps": "2"})), "interleaved"
    ),
    SweepPlan(SETTINGS, SHORT, grid=Grid((Axis("activation", ("relu", "tanh")), Axis("shots", (2, 3))))),
    SearchPlan(SETTINGS, SHORT, axes=(Axis("hidden_dim", (2, 3)),), num_candidates=2),
    LittleDataPlan(SETTINGS, SHORT, num_tasks=(1, 0), shots=(2, 4)),
]


def came_to(plan: Plan) -> Outcome:
    outcome = Outcome(plan)
    for event in plan.begin(options=Options(compile=False, num_tasks=5)):
        outcome = outcome.after(event)
    return outcome


def again(outcome: Outcome, place: Path) -> Outcome:
    save(place, SavedSession([], "", SETTINGS, outcomes=[outcome]))
    (found,) = load(place).outcomes
    return found


def shown(outcome: Outcome) -> Any:
    """Everything but single losses, which are kept to seven digits."""
    found, _ = outcome_document(outcome)
    return plain(found) | {"little_data": plain(outcome.little_data)}


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.kind)
def test_an_outcome_comes_back_from_a_file_with_its_figures_and_its_report(plan: Plan, tmp_path: Path) -> None:
    outcome = came_to(plan)
    found = again(outcome, tmp_path / "kept.metalearn")
    assert found.plan == plan
    assert found.num_done == found.num_runs == outcome.num_runs
    assert shown(found) == shown(outcome)
    for one, other in zip(found.comparison.runs, outcome.comparison.runs, strict=True):
        np.testing.assert_allclose(one.losses, other.losses, rtol=1e-6)
    assert to_json(found.comparison)["best"] == to_json(outcome.comparison)["best"]
    headings = [section.heading for section in page_of(outcome, compile=False).sections]
    same = [section.heading for section in page_of(found, compile=False).sections]
    assert same == [heading for heading in headings if not heading.startswith("The same unseen task")]


def test_a_comparison_from_before_the_tasks_seed_was_kept_goes_on_with_the_tasks_it_was_tried_on() -> None:
    document, arrays = outcome_document(Outcome(PLANS[0]))
    del document["plan"]["tasks_seed"]
    assert outcome_from(document, arrays).plan.tasks_seed == 999


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("plan", {"kind": "nothing"}),
        ("plan", {"kind": "compare", "settings": {}}),
        ("runs", [{"run_id": "nobody"}]),
        ("rungs", [{"share": 1.0, "run_ids": ["nobody"], "losses": {}, "survivors": []}]),
        ("little_data", {"shots": 1, "by_tasks": [["maml", "MAML"]], "by_shots": []}),
        ("lanes", [{}]),
    ],
)
def test_a_document_that_no_outcome_made_is_refused(part: str, value: Any) -> None:
    document, arrays = outcome_document(Outcome(PLANS[0]))
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        outcome_from(document | {part: value}, arrays)


def test_a_file_of_before_comparisons_were_kept_has_none(tmp_path: Path) -> None:
    save(tmp_path / "old.metalearn", SavedSession([], "", SETTINGS))
    assert load(tmp_path / "old.metalearn").outcomes == []


def test_a_choice_of_a_learner_that_is_gone_makes_a_file_refused_in_one_line(tmp_path: Path) -> None:
    plan = LearnersPlan(SETTINGS, choices=(Choice("gone", "gone"),))
    save(tmp_path / "new.metalearn", SavedSession([], "", SETTINGS, outcomes=[Outcome(plan)]))
    with pytest.raises(StoreError, match="no learner 'gone'"):
        load(tmp_path / "new.metalearn")


def test_contenders_of_an_older_file_are_called_as_they_are_now() -> None:
    outcome = came_to(PLANS[0])
    document, arrays = outcome_document(outcome)
    for lane in document["lanes"]:
        lane["label"] = lane["label"].replace("inner steps", "inner_steps")
    found = outcome_from(document, arrays)
    assert [entry.label for entry in found.comparison.entries] == ["MAML", "MAML · inner steps 2"]
