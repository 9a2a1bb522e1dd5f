"""Whether there is a display to open a window on, asked before Qt is.

Qt ends the process when its display does not answer, and then nothing of ours can say why. Standard library only.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

PATIENCE = 3.0  # seconds; a display on this machine answers in two milliseconds


def is_absent() -> bool:
    """Whether this is a Linux machine on which nothing speaks of a display at all."""
    return sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    )


def platforms() -> list[str]:
    """The names of Qt's platform plugins that Qt will try here, first one first; none where it has its own way."""
    if not sys.platform.startswith("linux"):
        return []
    chosen = os.environ.get("QT_QPA_PLATFORM")
    if chosen:
        return [name.partition(":")[0] for name in chosen.split(";")]
    wayland = ["wayland"] if os.environ.get("WAYLAND_DISPLAY") else []
    return wayland + (["xcb"] if os.environ.get("DISPLAY") else [])


def problem() -> str | None:
    """One line saying why no window can be shown here, or None; an absent display is no problem of this kind."""
    names = platforms()
    reasons = [reason for name in names if (reason := _reason_against(name))]
    return reasons[0] if names and len(reasons) == len(names) else None


def _reason_against(platform: str) -> str | None:
    if platform == "xcb":
        return _no_x_server()
    if platform.startswith("wayland"):
        return _no_wayland_compositor()
    return _no_such_platform(platform)


def _no_x_server() -> str | None:
    display = os.environ.get("DISPLAY", "")
    if not display:
        return "QT_QPA_PLATFORM asks for an X server, but DISPLAY is not set: set it, for example to :0"
    if _within(PATIENCE, _x_server_accepts):
        return None
    return (
        f"The display {display} can't be reached: no X server there lets this program in. "
        "Set DISPLAY to one that runs, or unset it to have a picture rendered instead"
    )


def _x_server_accepts() -> bool:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # system_libraries.py is the one to say so
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    with _stderr_closed():  # it prints the server's refusal, and one line is promised
        connection = xcb.xcb_connect(None, None)
    accepted = bool(xcb.xcb_connection_has_error(connection) == 0)
    xcb.xcb_disconnect(connection)
    return accepted


def _no_wayland_compositor() -> str | None:
    name = os.environ.get("WAYLAND_DISPLAY") or "wayland-0"
    if _within(PATIENCE, lambda: _wayland_compositor_answers(name)):
        return None
    return (
        f"The Wayland display {name} can't be reached: no compositor answers there. "
        "Set WAYLAND_DISPLAY to one that runs, or unset it"
    )


def _wayland_compositor_answers(name: str) -> bool:
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name  # an absolute name replaces the folder
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def _no_such_platform(platform: str) -> str | None:
    qt = importlib.util.find_spec("PySide6")
    if qt is None or not qt.submodule_search_locations:
        return None
    plugins = Path(qt.submodule_search_locations[0]) / "Qt" / "plugins" / "platforms"
    known = sorted(plugin.stem.removeprefix("libq") for plugin in plugins.glob("libq*.so"))
    if not known or platform in known:
        return None
    return f"QT_QPA_PLATFORM is {platform}; Qt has {', '.join(known)}: set one of them, or unset it"


def _within(seconds: float, question: Callable[[], bool]) -> bool:
    """The answer to a question, or False when it takes too long; a host that drops packets would take minutes."""
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(question()), daemon=True)
    thread.start()
    thread.join(seconds)
    return bool(answers and answers[0])


@contextlib.contextmanager
def _stderr_closed() -> Iterator[None]:
    try:
        kept = os.dup(2)
    except OSError:  # there is none: started from the desktop
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
