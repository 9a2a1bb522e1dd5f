"""A past moment is shown everywhere, and what runs on from it is a run of its own."""

from __future__ import annotations

import pytest

from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine import Options
from tests.bridge.conftest import small_settings
from tests.bridge.test_course import run_to, same_params

pytestmark = pytest.mark.usefixtures("traced")

SCORING = Options(compile=False, baselines=False, num_tasks=4, growth=1.01)


@pytest.fixture
def tried(open_session, qtbot) -> Session:
    """Fourteen meta-iterations, each from the tenth on with a moment of its own."""
    session = open_session(small_settings(), SCORING)
    qtbot.waitUntil(lambda: session.can_run and not session.readiness, timeout=60_000)
    session.advance(14)
    qtbot.waitUntil(lambda: session.live.iteration == 14 and session.run_state is RunState.PAUSED, timeout=60_000)
    qtbot.waitUntil(lambda: session.live.moments[-1:] != () and session.live.moments[-1].iteration == 14)
    return session


def test_a_moment_is_shown_until_it_is_left(tried, qtbot):
    session = tried
    with qtbot.waitSignals([session.shownChanged, session.unseen.adaptedChanged]):
        session.show_moment(11)
    moment = session.shown_state
    assert (session.moment, moment.iteration, session.shown_iteration) == (11, 11, 11)
    assert session.shown_scores.iteration == 11
    session.show_moment(0)
    assert session.shown_state is session.live.initial
    session.show_moment(None)
    assert session.shown_state is session.live.latest


def test_running_on_from_a_moment_branches_a_run_that_takes_the_same_way(tried, qtbot):
    session, old = tried, tried.live
    expected = {state.iteration: state.learner for state in old.moments}
    session.show_moment(11)
    session.step()
    branch = session.live
    assert branch is not old
    assert (branch.parent_id, branch.went_on_from) == (old.run_id, 11)
    assert session.moment is None
    qtbot.waitUntil(lambda: branch.iteration == 12 and branch.latest.iteration == 12, timeout=60_000)
    assert same_params(branch.latest.learner, expected[12])
    run_to(session, qtbot, 13)
    assert same_params(session.live.latest.learner, expected[13])
    assert old.iteration == 14


def test_a_moment_of_a_saved_run_is_there_after_opening_it(tried, open_session, qtbot, tmp_path):
    path = str(tmp_path / "moments.metalearn")
    assert tried.documents.save(path)
    again = open_session(small_settings(), SCORING)
    assert again.documents.open(path)
    assert [one.iteration for one in again.shown.moments] == [one.iteration for one in tried.shown.moments]
    again.show_moment(12)
    assert same_params(again.shown_state.learner, tried.shown.moment_at(12).learner)


def test_the_start_is_tried_while_somebody_looks(tried, qtbot):
    tried.inside.start.watch(True)
    qtbot.waitUntil(lambda: tried.inside.start.result is not None, timeout=30_000)
    assert tried.inside.start.result.run_id == tried.shown.run_id
    assert len(tried.inside.start.result.losses) == tried.unseen.num_steps + 1
