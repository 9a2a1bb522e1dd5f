"""The libraries that Qt takes from the system because no wheel brings them: found, named, installed.

Standard library only: it runs before PySide6 can be imported.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

from metalearn_gui import display

# Read off the NEEDED entries of libQt6Gui, libQt6Widgets and the platform plugins; library: Debian's package.
ALWAYS = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
}
FOR_PLATFORM: Mapping[str, Mapping[str, str]] = {
    "xcb": {
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
    },
    "wayland": {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
        "libwayland-egl.so.1": "libwayland-egl1",
    },
}


def problem() -> str | None:
    """Install what is missing where that is possible; one line naming the packages where it is not; else None."""
    packages = missing_packages()
    failure = ""
    if packages and _can_install():
        print(f"Installing the system libraries that Qt needs: {' '.join(packages)}", file=sys.stderr, flush=True)
        failure = _install(packages)
        packages = missing_packages()
    if not packages:
        return None
    advice = f"On Debian or Ubuntu, as root: apt-get install {' '.join(packages)}"
    return f"Qt needs system libraries that are not here{failure}. {advice}"


def missing_packages() -> list[str]:
    """Debian's names of what lacks; of the platforms that Qt would try, the first complete one is enough."""
    if not sys.platform.startswith("linux"):
        return []
    for_platforms = [_missing(FOR_PLATFORM.get(name, {})) for name in display.platforms()]
    platform = [] if [] in for_platforms else next(iter(for_platforms), [])
    return _missing(ALWAYS) + platform


def _missing(libraries: Mapping[str, str]) -> list[str]:
    return [package for library, package in libraries.items() if not _is_loadable(library)]


def _is_loadable(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(packages: list[str]) -> str:
    """Let apt-get install them, quietly; returns what it said last where it failed, ready for a sentence."""
    _apt_get("update")  # one unreachable source is no reason to give up
    done = _apt_get("install", "--yes", "--no-install-recommends", *packages)
    said = done.stderr.strip().splitlines() if done.returncode else []
    return f" and apt-get failed ({said[-1]})" if said else ""


def _apt_get(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["apt-get", "-q", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
