from __future__ import annotations

from metalearn_gui.engine import Options, meta_train, preset
from metalearn_gui.engine.control import Gate, LiveValues
from metalearn_gui.engine.events import Progress, Snapshot
from metalearn_gui.store.documents import run_document, run_from
from metalearn_gui.store.records import RunRecord
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
