from __future__ import annotations

import subprocess
import sys

import pytest

from metalearn_gui import system_libraries

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere Qt's wheels bring everything")


class Machine:
    """Stands for a machine: which libraries lie on it, and what its apt-get does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lacking: set[str] = set()
        self.calls: list[list[str]] = []
        self.apt_error = ""
        monkeypatch.setattr(system_libraries.ctypes, "CDLL", self.load)
        monkeypatch.setattr(system_libraries.subprocess, "run", self.run)
        self.patch = monkeypatch
        self.be(user=1000, apt=True)

    def be(self, user: int, apt: bool) -> None:
        self.patch.setattr(system_libraries.os, "geteuid", lambda: user)
        self.patch.setattr(system_libraries.shutil, "which", lambda name: f"/usr/bin/{name}" if apt else None)

    def load(self, library: str) -> None:
        if library in self.lacking:
            raise OSError(f"{library}: cannot open shared object file")

    def run(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        self.calls.append(command)
        if self.apt_error:
            return subprocess.CompletedProcess(command, 100, "", f"W: first\n{self.apt_error}\n")
        if "install" in command:
            self.lacking.clear()
        return subprocess.CompletedProcess(command, 0, "", "")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return Machine(monkeypatch)


def test_a_complete_machine_has_no_problem_and_is_left_alone(machine: Machine) -> None:
    machine.be(user=0, apt=True)
    assert system_libraries.problem() is None
    assert machine.calls == []


def test_without_root_one_line_names_the_packages(machine: Machine) -> None:
    machine.lacking = {"libEGL.so.1", "libdbus-1.so.3"}
    problem = system_libraries.problem()
    assert problem is not None
    assert problem.endswith("apt-get install libegl1 libdbus-1-3")
    assert "\n" not in problem
    assert machine.calls == []


def test_root_without_apt_is_told_the_names_too(machine: Machine) -> None:
    machine.be(user=0, apt=False)
    machine.lacking = {"libxkbcommon.so.0"}
    assert "libxkbcommon0" in (system_libraries.problem() or "")
    assert machine.calls == []


def test_root_gets_them_installed_with_one_line_said(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.be(user=0, apt=True)
    machine.lacking = {"libEGL.so.1"}
    assert system_libraries.problem() is None
    assert machine.calls[-1][-1] == "libegl1"
    assert capsys.readouterr().err == "Installing the system libraries that Qt needs: libegl1\n"


def test_an_apt_that_fails_is_quoted_in_the_one_line(machine: Machine) -> None:
    machine.be(user=0, apt=True)
    machine.lacking = {"libEGL.so.1"}
    machine.apt_error = "E: Unable to locate package libegl1"
    problem = system_libraries.problem()
    assert problem is not None
    assert "(E: Unable to locate package libegl1)" in problem
    assert "\n" not in problem


def test_the_libraries_of_an_x_server_are_asked_for_only_where_there_is_one(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.lacking = {"libxcb-cursor.so.0"}
    assert system_libraries.missing_packages() == []
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setenv("DISPLAY", ":0")
    assert system_libraries.missing_packages() == ["libxcb-cursor0"]


def test_one_complete_platform_of_two_is_enough(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland;xcb")
    machine.lacking = {"libwayland-client.so.0"}
    assert system_libraries.missing_packages() == []
    machine.lacking |= {"libxcb-cursor.so.0"}
    assert system_libraries.missing_packages() == ["libwayland-client0"]
