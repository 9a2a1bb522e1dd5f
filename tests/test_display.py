from __future__ import annotations

import socket
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from metalearn_gui import display

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="displays are named by the environment on Linux"
)

REFUSAL = b"\0\4" + struct.pack("<HHH", 11, 0, 1) + b"no!\0"


def welcome() -> bytes:
    """The shortest set-up reply that names one screen."""
    screen = struct.pack("<5I6HI4B", 1, 1, 0, 0, 0, 800, 600, 200, 150, 1, 1, 1, 0, 0, 24, 0)
    fixed = struct.pack("<4I2H8BI", 1, 0x200000, 0x1FFFFF, 0, 0, 0xFFFF, 1, 0, 0, 0, 32, 32, 8, 255, 0)
    return b"\1\0" + struct.pack("<HHH", 11, 0, len(fixed + screen) // 4) + fixed + screen


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XAUTHORITY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def x_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """A display on which something answers the first request of every client with the given bytes."""
    with socket.socket(socket.AF_UNIX) as listening:
        number = next(n for n in range(700, 800) if _bound(listening, f"\0/tmp/.X11-unix/X{n}"))
        listening.listen()
        thread = threading.Thread(target=_answer_once, args=(listening, request.param))
        thread.start()
        yield f":{number}"
        thread.join(5)


def _bound(listening: socket.socket, address: str) -> bool:
    try:
        listening.bind(address)
    except OSError:
        return False
    return True


def _answer_once(listening: socket.socket, reply: bytes) -> None:
    client, _ = listening.accept()
    with client:
        client.recv(4096)
        client.sendall(reply)
        client.settimeout(5)
        client.recv(4096)  # until the client leaves


def test_a_display_is_absent_when_nothing_names_one() -> None:
    assert display.is_absent()
    assert display.problem() is None


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_any_of_three_variables_makes_a_display_present_and_an_empty_one_does_not(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "")
    assert display.is_absent()
    monkeypatch.setenv(name, "anything")
    assert not display.is_absent()


def test_a_display_without_a_server_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":7777")
    problem = display.problem()
    assert problem is not None
    assert ":7777" in problem
    assert "\n" not in problem


@pytest.mark.parametrize("x_server", [welcome()], indirect=True)
def test_a_server_that_accepts_is_no_problem(x_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", x_server)
    assert display.problem() is None


@pytest.mark.parametrize("x_server", [REFUSAL], indirect=True)
def test_a_server_that_refuses_is_a_problem_and_prints_nothing_of_its_own(
    x_server: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", x_server)
    assert display.problem() is not None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("x_server", [welcome()], indirect=True)
def test_an_x_server_makes_up_for_a_wayland_compositor_that_is_gone(
    x_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "gone")
    monkeypatch.setenv("DISPLAY", x_server)
    assert display.problem() is None


def test_a_compositor_is_found_in_the_runtime_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "w")
    assert "w can't be reached" in (display.problem() or "")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "w"))
        listening.listen()
        assert display.problem() is None


@pytest.mark.parametrize(("platform", "is_known"), [("offscreen", True), ("xcb", False), ("bogus", False)])
def test_a_platform_asked_for_by_name_must_exist_and_have_its_display(
    platform: str, is_known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert (display.problem() is None) == is_known


def test_a_host_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    monkeypatch.setattr(display, "PATIENCE", 0.05)
    monkeypatch.setattr(display, "_x_server_accepts", lambda: answer.wait(5))
    monkeypatch.setenv("DISPLAY", "far.example:0")
    assert "far.example:0" in (display.problem() or "")
    answer.set()
