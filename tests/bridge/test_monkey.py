from __future__ import annotations

import random
import time

from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.threads import busy_threads
from tests.bridge.conftest import Heard


def test_hundreds_of_presses_at_random_break_nothing(session, qtbot, qapp) -> None:
    chance = random.Random(11)
    heard = Heard(session)

    def show_any() -> None:
        session.show_run(chance.choice(session.runs).run_id)

    presses = [
        *[session.toggle] * 6, *[session.step] * 5, *[session.reset] * 2, session.reseed, show_any,
        session.unseen.new_task,
        lambda: session.change(shots=chance.randint(1, 5)), lambda: session.change(meta_learning_rate=chance.random()),
        session.undo_stack.undo, lambda: session.delete_run(chance.choice(session.runs).run_id),
        lambda: session.restore_run(chance.choice(session.runs).run_id),
    ]  # fmt: skip
    for _ in range(300):
        chance.choice(presses)()
        if chance.random() < 0.3:
            qapp.processEvents()
        if chance.random() < 0.1:
            time.sleep(0.01)
    if session.run_state in (RunState.RUNNING, RunState.PREPARING):
        session.toggle()
    qtbot.waitUntil(lambda: session.run_state in (RunState.PAUSED, RunState.IDLE), timeout=20_000)
    qtbot.waitUntil(lambda: session.live.latest.iteration == session.live.iteration, timeout=20_000)
    qtbot.wait(100)
    assert not [message for message in heard.errors if message.action != "resume_calmer"]
    assert session.live in session.runs
    assert session.shown in session.runs
    assert len({run.run_id for run in session.runs}) == len(session.runs)
    for run in session.runs:
        assert run is session.live or run.iteration > 0
        assert len(run.curve("objective")) == run.iteration == run.latest.iteration
    assert sum(run.iteration for run in session.runs) > 0
    assert {"meta_train", "touch"} <= set(busy_threads()) <= {"meta_train", "touch", "inspect", "recovery"}
    assert len(set(busy_threads())) == len(busy_threads())
