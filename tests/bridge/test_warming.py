"""Warming up: every preset of a list gets ready, and it can be cancelled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from metalearn_gui.bridge import warming
from metalearn_gui.engine.programs import PROGRAMS
from tests.bridge.conftest import Heard, small_settings


@pytest.fixture(autouse=True)
def cleared() -> Iterator[None]:
    """Other tests hold on to nothing of these."""
    PROGRAMS.clear()
    yield
    PROGRAMS.clear()


def named(*learners: str):
    return {learner: small_settings(learner=learner) for learner in learners}


def test_every_preset_is_gone_through_and_the_end_is_said(session, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(PROGRAMS, "limit", 1)
    heard = Heard(session)
    session.warming.start(named("maml", "reptile", "transfer"))
    assert session.warming.is_active
    qtbot.waitUntil(lambda: not session.warming.is_active, timeout=60_000)
    texts = [message.text for message in heard.messages]
    assert any("3 of 3" in text for text in texts)
    assert "all 3" in texts[-1]
    assert len(PROGRAMS) >= 3  # they do start at once, however many there are
    assert any(text.endswith(" GB of about 0.3 GB") for text in texts[:-1])
    assert f"They keep {PROGRAMS.num_held} programs, " in texts[-1]
    assert (heard.messages[-1].action_label, heard.messages[-1].action) == ("Let them go", "warming.let_go")
    session.step()
    qtbot.waitUntil(lambda: session.live.iteration == 1, timeout=60_000)


def test_warmed_up_presets_can_be_let_go_again(session, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(PROGRAMS, "limit", 1)
    session.warming.start(named("maml", "reptile"))
    qtbot.waitUntil(lambda: not session.warming.is_active, timeout=60_000)
    assert PROGRAMS.num_held > 1
    session.warming.let_go()
    qtbot.waitUntil(lambda: len(PROGRAMS) == 1, timeout=10_000)
    assert PROGRAMS.num_held == 0


def test_no_preset_is_warmed_up_where_little_memory_is_free(session, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(warming, "available_bytes", lambda: 0.5e9)
    heard = Heard(session)
    session.warming.start(named("maml", "reptile"))
    qtbot.waitUntil(lambda: not session.warming.is_active, timeout=60_000)
    assert heard.messages[-1].text == "Presets warmed up: 0. For more, too little memory is free."
    assert heard.messages[-1].level == "warning"
    assert PROGRAMS.num_held == 0


def test_a_cancelled_warm_up_begins_no_other(session, qtbot) -> None:
    heard = Heard(session)
    session.warming.start(named("maml", "reptile", "transfer", "fomaml"))
    session.warming.cancel()
    qtbot.waitUntil(lambda: not session.warming.is_active, timeout=60_000)
    assert not any("4 of 4" in message.text for message in heard.messages)
    assert "Presets warmed up" in heard.messages[-1].text


def test_before_the_first_preset_begins_no_name_is_said_and_none_counted(session, qtbot) -> None:
    heard = Heard(session)
    session.warming.start(named("maml"))
    session.warming._say()  # as the clock does while a run still stops
    session.warming.cancel()
    qtbot.waitUntil(lambda: not session.warming.is_active, timeout=60_000)
    texts = [message.text for message in heard.messages]
    assert texts[0] == "Compiling begins once the run has stopped"
    assert not any("Compiling ," in text for text in texts)
