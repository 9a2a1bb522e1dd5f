from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine import Options, meta_train, preset
from metalearn_gui.engine.control import Gate, LiveValues
from metalearn_gui.engine.events import Change, Evaluation, Prepared, Progress, Snapshot, StepScores, Verdict
from metalearn_gui.store.documents import _scores_document, _scores_from, run_document, run_from
from metalearn_gui.store.records import Curve, RunRecord, Scored
from metalearn_gui.store.subject import export_subject
from tests.store.records import place, state_at
from tests.store.sessions import SMALL, plain, trained_run

SETTINGS = preset("first-steps").replaced(**SMALL | {"num_iterations": 6})
STEPWISE = Options(compile=False, num_tasks=4, baselines=False, evaluate=False, chunk_steps=1)


def test_a_run_settles_at_its_newest_state_and_goes_on_from_there_bit_for_bit() -> None:
    run = RunRecord(SETTINGS)
    events = meta_train(SETTINGS, options=STEPWISE, run_id=run.run_id)
    for event in events:
        if not isinstance(event, Snapshot) or event.iteration <= 2:
            run.apply(event)
        if run.iteration == 4:
            break
    events.close()  # type: ignore[attr-defined]
    assert run.latest
    assert len(run.curve("objective")) == 4 > run.latest.iteration
    settled = run.settled()
    assert settled.iteration == len(settled.curve("objective")) == run.latest.iteration
    assert settled.tasks_seen == settled.iteration * 2
    for event in meta_train(settled.settings, resume=settled.latest, options=STEPWISE, run_id=run.run_id):
        settled.apply(event)
    whole = RunRecord(SETTINGS)
    for event in meta_train(SETTINGS, options=STEPWISE, run_id=whole.run_id):
        whole.apply(event)
    assert plain(settled.curves) == plain(whole.curves)
    assert len(run.curve("objective")) == 4  # the run itself is as it was


def test_a_run_settles_with_the_scores_it_had_and_every_change_at_its_newest_state_at_the_latest() -> None:
    loss = np.ones(1)
    evaluation = Evaluation(num_tasks=4, learner=StepScores(loss, loss, loss), baselines={}, mean=1.0, oracle=None)
    run = RunRecord(
        SETTINGS,
        iteration=8,
        tasks_seen=16,
        gradient_evaluations=80.0,
        compute_seconds=4.0,
        curves={"objective": Curve(np.arange(8, dtype=np.float32))},
        scores=[Scored(iteration, iteration / 2, evaluation) for iteration in (3, 6, 8)],
        changes=[Change(iteration, "meta_learning_rate", 0.1 / iteration) for iteration in (2, 6, 7)],
        latest=state_at(6),
    )
    settled = run.settled()
    assert (settled.iteration, settled.tasks_seen) == (6, 12)
    assert (settled.gradient_evaluations, settled.compute_seconds) == (60.0, 3.0)
    assert settled.curve("objective").tolist() == [0, 1, 2, 3, 4, 5]
    assert [scored.iteration for scored in settled.scores] == [3, 6]
    assert [(change.iteration, change.value) for change in settled.changes] == [
        (2, 0.1 / 2),
        (6, 0.1 / 6),
        (6, 0.1 / 7),
    ]
    assert [change.iteration for change in run.changes] == [2, 6, 7]
    assert len(run.scores) == 3


@pytest.mark.parametrize(("states", "expected"), [([0, 4], 0), ([0, 0], 0), ([4], None)])
def test_the_start_of_a_run_is_the_first_state_of_no_meta_iteration(states: list[int], expected: int | None) -> None:
    run = RunRecord(SETTINGS)
    prepared = [state_at(iteration) for iteration in states]
    for state in prepared:
        run.apply(Prepared(**place(run, state.iteration), compile_seconds=1.0, state=state))
    assert run.latest is prepared[-1]
    assert run.initial is (None if expected is None else prepared[expected])


def test_initial_settings_and_the_log_make_a_changed_run_again() -> None:
    run, live, gate = RunRecord(SETTINGS), LiveValues(), Gate()
    for event in meta_train(SETTINGS, options=STEPWISE, run_id=run.run_id, live=live, gate=gate):
        run.apply(event)
        if isinstance(event, Progress) and event.iteration == 3:
            live.put({"meta_learning_rate": 0.1})
    assert run.settings.value("meta_learning_rate") == 0.1
    assert run.initial_settings == SETTINGS
    again = RunRecord(run.initial_settings)
    for event in meta_train(run.initial_settings, changes=run.changes, options=STEPWISE, run_id=again.run_id):
        again.apply(event)
    assert plain(again.curves) == plain(run.curves)
    assert again.changes == run.changes


def test_a_finished_run_reports_its_learners_loss() -> None:
    run = trained_run()
    assert run.reason == "done"
    assert run.reported_loss == float(run.curve("objective")[-1])
    assert len(run.scores) >= 1


def test_a_run_of_a_file_from_before_starts_were_chosen_is_read() -> None:
    run = trained_run()
    document, arrays = run_document(run)
    del document["start"]
    assert run_from(document, arrays).start is None


@pytest.mark.parametrize("learner", ["fedavg", "perfedavg"])
def test_a_federation_of_a_file_from_before_answers_were_counted_goes_on_from_none(learner: str) -> None:
    run = trained_run(preset(learner).replaced(**SMALL | {"num_training_tasks": 4}))
    document, arrays = run_document(run)
    for moment in ("initial", "latest"):
        document[moment]["learner"]["carry"].remove("clients/answers")
        del arrays[f"{moment}/learner/carry/clients/answers"]
    again = run_from(document, arrays)
    assert run.latest
    assert again.latest
    assert again.latest.learner.carry == {"clients/answers": 0.0}
    assert plain(again.latest.learner.params) == plain(run.latest.learner.params)
    for event in meta_train(again.settings.replaced(num_iterations=5), resume=again.latest, options=STEPWISE):
        last = event
    assert last.iteration == 5


def test_a_verdict_of_an_older_file_is_one_on_the_loss() -> None:
    loss = np.ones(1)
    verdict = Verdict("transfer", 2, 1, -0.25, 0.125, -0.5, "errors")
    scores = StepScores(loss, loss, loss)
    evaluation = Evaluation(num_tasks=4, learner=scores, baselines={}, mean=1.0, oracle=None, verdict=verdict)
    documents, packed = _scores_document([Scored(3, 1.5, evaluation)])
    assert _scores_from(documents, packed)[0].evaluation.verdict == verdict
    documents[0]["verdict"].pop()
    assert _scores_from(documents, packed)[0].evaluation.verdict == verdict._replace(measure="loss")


def test_an_export_of_a_run_that_trains_is_of_one_moment() -> None:
    curve = Curve(np.arange(8, dtype=np.float32))
    subject = export_subject(RunRecord(SETTINGS, iteration=8, curves={"objective": curve}, latest=state_at(6)))
    assert subject.state is not None
    assert subject.state.iteration == len(subject.curves["objective"]) == 6
