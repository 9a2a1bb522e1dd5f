"""Comparisons on the session's worker: signals, runs that stay, and the live run that waits."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from metalearn_gui.bridge.session import RunState, Session
from metalearn_gui.engine import training
from metalearn_gui.engine.compare import (
    Axis,
    Budget,
    Choice,
    Grid,
    LearnersPlan,
    LittleDataPlan,
    SearchPlan,
    SweepPlan,
)
from tests.bridge.conftest import Heard, Opener, small_settings

pytestmark = pytest.mark.usefixtures("traced", "few_rates")

LEARNERS = ("maml", "fomaml")
SHORT = Budget(meta_iterations=3)
ENDLESS = Budget(meta_iterations=1_000_000)


def plan(budget: Budget, **values: str) -> LearnersPlan:
    choices = tuple(Choice(key, key) for key in LEARNERS)
    return LearnersPlan(small_settings(), budget, choices=choices, **values)  # type: ignore[arg-type]


def compare(session: Session, budget: Budget, qtbot: object, **values: str) -> None:
    session.comparing.start(plan(budget, **values))
    qtbot.waitUntil(lambda: not session.comparing.is_active, timeout=60_000)  # type: ignore[attr-defined]


def test_a_comparison_says_when_it_is_planned_when_each_is_done_and_when_all_are(session: Session, qtbot) -> None:
    said: list[str] = []
    session.comparing.planned.connect(lambda: said.append("planned"))
    label_of = lambda run_id: session.comparing.records[run_id].settings.learner.label  # noqa: E731
    session.comparing.contenderFinished.connect(lambda run_id: said.append(label_of(run_id)))
    session.comparing.finished.connect(lambda: said.append("finished"))
    compare(session, SHORT, qtbot)
    assert said == ["planned", "MAML", "FOMAML", "finished"]
    assert [entry.key for entry in session.comparing.comparison.entries] == list(LEARNERS)
    assert session.comparing.share == 1.0
    assert session.comparing.state is RunState.IDLE


def test_the_list_of_runs_is_told_of_what_each_came_to(session: Session, qtbot) -> None:
    told: list[list[str]] = []
    session.runsChanged.connect(lambda: told.append([run.reason for run in session.runs[:-1] if run.scores]))
    compare(session, SHORT, qtbot)
    assert ["done"] in told
    assert told[-1] == ["done", "done"]


def test_what_was_compared_becomes_runs_that_can_be_shown_restored_and_saved(session: Session, qtbot, tmp_path) -> None:
    compare(session, SHORT, qtbot)
    first = session.comparing.lanes[0].run_id
    assert [run.run_id for run in session.runs[:-1]] == [lane.run_id for lane in session.comparing.lanes]
    assert session.live is session.shown is session.runs[-1]
    assert session.documents.is_dirty
    assert session.documents.save(str(tmp_path / "compared.metalearn"))
    session.show_run(first)
    assert session.shown.iteration == 3
    assert len(session.shown.curve("objective")) == 3
    session.restore_run(first)
    assert session.settings.outer.num_iterations == 3
    assert session.live.parent_id == first


def test_the_live_run_is_stopped_for_a_comparison_and_no_run_begins_before_it_is_over(session: Session, qtbot) -> None:
    heard = Heard(session)
    session.toggle()
    qtbot.waitUntil(lambda: session.live.iteration > 0, timeout=60_000)
    session.comparing.start(plan(ENDLESS))
    qtbot.waitUntil(lambda: session.comparing.share > 0, timeout=60_000)
    at = session.live.iteration
    assert session.run_state is RunState.IDLE
    session.toggle()
    session.step()
    assert session.live.iteration == at
    assert heard.messages[-1].action == "run_instead"
    session.comparing.cancel()
    qtbot.waitUntil(lambda: not session.comparing.is_active, timeout=60_000)
    session.step()
    qtbot.waitUntil(lambda: session.live.iteration == at + 1, timeout=60_000)


def test_a_cancelled_comparison_keeps_the_run_under_way_and_begins_no_other(session: Session, qtbot) -> None:
    session.comparing.start(plan(ENDLESS))
    qtbot.waitUntil(lambda: session.comparing.share > 0, timeout=60_000)
    session.comparing.cancel()
    assert session.comparing.state is RunState.STOPPING
    qtbot.waitUntil(lambda: not session.comparing.is_active, timeout=60_000)
    assert session.comparing.outcome.is_cancelled
    (entry,) = session.comparing.comparison.entries
    assert (entry.key, entry.runs[0].reason) == ("maml", "stopped")
    assert np.isfinite(entry.mean(1))


def test_a_paused_comparison_holds_still_and_goes_on(session: Session, qtbot) -> None:
    session.comparing.start(plan(ENDLESS))
    qtbot.waitUntil(lambda: session.comparing.share > 0, timeout=60_000)
    session.comparing.pause()
    assert session.comparing.state is RunState.PAUSED
    record = next(iter(session.comparing.records.values()))
    qtbot.waitUntil(lambda: bool(record.scores), timeout=60_000)  # at rest it is tried; then it waits
    qtbot.wait(300)
    at = session.comparing.share
    qtbot.wait(300)
    assert session.comparing.share == at
    session.comparing.resume()
    qtbot.waitUntil(lambda: session.comparing.share > at, timeout=60_000)
    session.comparing.cancel()
    qtbot.waitUntil(lambda: not session.comparing.is_active, timeout=60_000)


def test_what_cannot_be_compared_is_said_and_the_worker_is_free_again(session: Session, qtbot) -> None:
    reasons: list[str] = []
    session.comparing.failed.connect(reasons.append)
    session.comparing.start(LearnersPlan(small_settings()))
    qtbot.waitUntil(lambda: not session.comparing.is_active, timeout=60_000)
    assert reasons == ["Of the learners to compare there is none; name one"]
    session.step()
    qtbot.waitUntil(lambda: session.live.iteration == 1, timeout=60_000)


def test_a_report_is_written_of_what_was_compared_and_a_place_that_is_none_is_refused(session, qtbot, tmp_path) -> None:
    compare(session, SHORT, qtbot)
    with qtbot.waitSignal(session.comparing.reported, timeout=60_000):
        session.comparing.write_report(str(tmp_path / "compared.html"))
    assert "FOMAML" in (tmp_path / "compared.html").read_text(encoding="utf-8")
    with qtbot.waitSignal(session.comparing.failed, timeout=60_000) as refused:
        session.comparing.write_report(str(tmp_path / "nowhere" / "compared.html"))
    assert "cannot be written" in refused.args[0]


def test_a_comparison_that_another_takes_the_place_of_leaves_runs_that_can_be_gone_on_with(session, qtbot) -> None:
    session.comparing.start(plan(ENDLESS))
    qtbot.waitUntil(lambda: session.comparing.share > 0, timeout=60_000)
    session.comparing.start(plan(SHORT))
    done(session, qtbot)
    left = session.runs[0]
    assert left.iteration == left.latest.iteration == len(left.curve("objective")) > 0
    assert [entry.key for entry in session.comparing.comparison.entries] == list(LEARNERS)


def test_another_session_takes_nothing_over_from_a_comparison_under_way(session, qtbot, tmp_path) -> None:
    file = str(tmp_path / "before.metalearn")
    assert session.documents.save(file)
    session.comparing.start(plan(ENDLESS))
    qtbot.waitUntil(lambda: session.comparing.state is RunState.RUNNING, timeout=60_000)
    assert session.documents.open(file)
    assert not session.comparing.is_active
    assert session.comparing.lanes == ()

    def steps() -> bool:  # once the worker is free again
        session.step()
        return session.live.iteration > 0

    qtbot.waitUntil(steps, timeout=60_000)
    assert session.runs == [session.live]


def done(session: Session, qtbot) -> None:
    qtbot.waitUntil(lambda: not session.comparing.is_active, timeout=60_000)


def test_a_sweep_a_search_and_little_data_leave_what_their_views_draw(session: Session, qtbot) -> None:
    comparing, settings = session.comparing, small_settings(learner="fomaml")
    grid = Grid((Axis("shots", (1, 2)),))
    comparing.start(SweepPlan(settings, SHORT, grid=grid))
    done(session, qtbot)
    assert comparing.kind == "sweep"
    assert np.isfinite(grid.losses(comparing.comparison)).all()
    comparing.start(SearchPlan(settings, SHORT, axes=(Axis("hidden_dim", (2, 3)),)))
    done(session, qtbot)
    winner = comparing.outcome.bracket.winner
    assert winner is not None
    won = comparing.records[winner.run_id]
    assert won.iteration == 3
    tried = comparing.comparison.runs[0].scores.loss
    assert np.array_equal(won.latest_scores.evaluation.learner.loss, tried)  # the list and the plots show them, too
    comparing.start(LittleDataPlan(settings, Budget(meta_iterations=1), num_tasks=(1, 0), shots=(2,)))
    done(session, qtbot)
    assert comparing.outcome.bracket is None
    assert len(comparing.outcome.little_data.by_shots) == 3
    assert [outcome.plan.kind for outcome in comparing.kept] == ["little_data", "structure", "sweep"]
    assert len(session.runs) == 2 + 3 + 5 + 1


def test_what_comparisons_came_to_is_listed_and_shown_again_from_a_file(session, open_session, qtbot, tmp_path) -> None:
    compare(session, SHORT, qtbot)
    compare(session, Budget(meta_iterations=2), qtbot)
    first, second = session.comparing.kept[1], session.comparing.kept[0]
    gone = second.comparison.lanes[0].run_id
    session.delete_run(gone)
    assert session.documents.save(str(tmp_path / "kept.metalearn"))
    other = open_session()
    assert other.documents.open(str(tmp_path / "kept.metalearn"))
    comparing = other.comparing
    assert [one.key for one in comparing.kept] == [second.key, first.key]
    assert comparing.outcome.key == second.key  # the newest is there at once
    assert comparing.comparison.runs[0].state is None
    assert comparing.records[gone].scores  # its curve, though nothing answers the hand any more
    comparing.reopen(first.key)
    assert comparing.outcome.plan == plan(SHORT)
    for run, before in zip(comparing.comparison.runs, first.comparison.runs, strict=True):
        np.testing.assert_allclose(run.losses, before.losses, rtol=1e-6)
        assert comparing.records[run.lane.run_id] in other.runs
        assert run.state is comparing.records[run.lane.run_id].latest


def test_a_file_that_is_saved_while_one_is_under_way_holds_it_as_far_as_it_is(
    session, open_session, qtbot, tmp_path
) -> None:
    comparing, saved = session.comparing, []
    comparing.contenderFinished.connect(lambda _: saved.append(session.documents.save(str(tmp_path / "a.metalearn"))))
    compare(session, SHORT, qtbot)
    assert saved == [True, True]  # the second time one that is over but for its last word
    comparing.contenderFinished.connect(lambda _: comparing.cancel())
    comparing.start(plan(Budget(meta_iterations=400)))
    qtbot.waitUntil(lambda: len(saved) == 3, timeout=60_000)
    other = open_session()
    assert other.documents.open(str(tmp_path / "a.metalearn"))
    assert [len(one.comparison.runs) for one in other.comparing.kept] == [1, 2]
    assert other.comparing.has_been_cancelled
    done(session, qtbot)


def test_a_cancelled_comparison_goes_on_with_who_is_left(session: Session, qtbot) -> None:
    comparing, asked = session.comparing, plan(Budget(meta_iterations=400))  # the second is under way yet
    judged: list[str] = []
    comparing.contenderFinished.connect(lambda _run_id: comparing.cancel())
    comparing.start(asked)
    done(session, qtbot)
    comparing.contenderFinished.disconnect()
    (first,) = comparing.comparison.runs[:1]
    key = comparing.outcome.key
    assert (first.reason, comparing.outcome.is_cancelled) == ("done", True)
    comparing.contenderFinished.connect(judged.append)
    comparing.start(asked)
    done(session, qtbot)
    assert comparing.lanes[0].run_id == first.lane.run_id
    assert judged == [comparing.lanes[1].run_id]
    assert [run.reason for run in comparing.comparison.runs] == ["done", "done"]
    assert [one.key for one in comparing.kept] == [key]
    assert comparing.records[first.lane.run_id] in session.runs


def test_a_run_that_was_cut_short_goes_on_as_the_same_run_of_the_list(session: Session, qtbot) -> None:
    comparing, asked = session.comparing, plan(Budget(meta_iterations=2_000), order="interleaved")
    comparing.start(asked)
    qtbot.waitUntil(lambda: all(run.iteration for run in comparing.records.values()) and comparing.share > 0)
    comparing.cancel()
    done(session, qtbot)
    cut = {run.lane.run_id: comparing.records[run.lane.run_id].iteration for run in comparing.comparison.runs}
    assert (comparing.outcome.num_done, comparing.outcome.num_cut_short) == (0, 2)
    comparing.start(asked)
    comparing.cancel()  # before anything is taken up again
    done(session, qtbot)
    assert {lane.run_id for lane in comparing.lanes} == set(cut)
    assert {run.lane.run_id for run in comparing.comparison.runs} == set(cut)
    comparing.start(asked)
    done(session, qtbot)
    assert (comparing.outcome.num_done, comparing.outcome.num_cut_short) == (2, 0)
    assert {run.run_id for run in session.runs[:-1]} == set(cut)
    for run in session.runs[:-1]:
        assert 0 < cut[run.run_id] < run.iteration == len(run.curve("objective")) == 2_000


def test_a_comparison_that_is_cancelled_while_it_compiles_is_over_at_once(session, qtbot, monkeypatch) -> None:
    is_compiled, heard = threading.Event(), Heard(session)
    monkeypatch.setattr(training.Experiment, "warm_up", lambda _run: is_compiled.wait(60.0))
    session.comparing.start(plan(SHORT))
    qtbot.waitUntil(lambda: session.comparing.is_compiling, timeout=60_000)
    session.comparing.cancel()
    assert not session.comparing.is_active
    assert session.comparing.outcome.is_cancelled
    monkeypatch.undo()
    session.step()
    qtbot.waitUntil(lambda: session.live.iteration == 1, timeout=60_000)
    session.comparing.start(plan(SHORT))
    is_compiled.set()
    done(session, qtbot)
    assert [run.reason for run in session.comparing.comparison.runs] == ["done", "done"]
    assert not heard.errors


def test_run_says_what_has_the_worker_and_offers_to_end_it_and_run(session: Session, qtbot) -> None:
    heard = Heard(session)
    session.comparing.start(plan(ENDLESS))
    qtbot.waitUntil(lambda: session.comparing.share > 0, timeout=60_000)
    session.toggle()
    assert heard.messages[-1].text.startswith("Comparing is under way.")
    session.comparing.pause()
    session.toggle()
    assert heard.messages[-1].text.startswith("Comparing is paused.")
    assert session.comparing.state is RunState.PAUSED
    getattr(session, heard.messages[-1].action)()
    qtbot.waitUntil(lambda: session.live.iteration > 0, timeout=60_000)
    assert not session.comparing.is_active
    assert [run.reason for run in session.comparing.comparison.runs] == ["stopped"]


@pytest.mark.parametrize("paused", [False, True])
def test_closing_the_session_ends_a_comparison(open_session: Opener, qtbot, paused: bool) -> None:
    session = open_session()
    session.comparing.start(plan(ENDLESS))
    qtbot.waitUntil(lambda: session.comparing.share > 0, timeout=60_000)
    if paused:
        session.comparing.pause()
    session.close()  # the fixture waits for the threads
    assert not session.runs[0].reason or session.runs[0].reason == "stopped"
