"""Sessions small enough to train uncompiled, closed after each test."""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Iterator

import pytest

from metalearn_gui.bridge.messages import Message
from metalearn_gui.bridge.session import Session
from metalearn_gui.bridge.threads import busy_threads
from metalearn_gui.engine import ExperimentSettings, Options, preset

Opener = Callable[..., Session]

# Uncompiled and unwatched: a meta-iteration takes milliseconds, and nothing but it is waited for.
OPTIONS = Options(compile=False, baselines=False, evaluate=False, num_tasks=20)


def small_settings(**values: object) -> ExperimentSettings:
    """The smallest experiment that still is one."""
    sizes = {"hidden_dim": 4, "num_hidden_layers": 1, "meta_batch": 2, "shots": 3, "queries": 3, "test_steps": 2}
    return preset("first-steps").replaced(**(sizes | values))


class Heard:
    """What a session said in its message bar; what it offered is there to be called."""

    def __init__(self, session: Session) -> None:
        self.messages: list[Message] = []
        self._session = session
        session.messageRaised.connect(self._hear)

    def _hear(self, message: Message) -> None:
        self.messages.append(message)
        for name in filter(None, (message.action, message.choices)):
            assert callable(operator.attrgetter(name)(self._session))

    @property
    def errors(self) -> list[Message]:
        return [message for message in self.messages if message.level == "error"]


@pytest.fixture
def open_session(qapp: object) -> Iterator[Opener]:
    """Makes started sessions; at the end all are closed, and no thread of theirs is left."""
    sessions: list[Session] = []

    def opened(settings: ExperimentSettings | None = None, options: Options = OPTIONS) -> Session:
        session = Session(settings or small_settings(), options=options)
        sessions.append(session)
        session.start()
        return session

    yield opened
    for session in sessions:
        session.close()
    assert _all_end(60.0), f"threads still running: {busy_threads()}"


def _all_end(seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while busy_threads() and time.monotonic() < deadline:
        time.sleep(0.01)
    return not busy_threads()


@pytest.fixture
def session(open_session: Opener, qtbot: object) -> Session:
    """One session that is ready to run."""
    opened = open_session()
    qtbot.waitUntil(lambda: opened.can_run and not opened.readiness, timeout=60_000)  # type: ignore[attr-defined]
    return opened
