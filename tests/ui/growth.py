"""What a window holds on to, counted by kind: what grows after everything was shown once is a leak and no cache."""

from __future__ import annotations

import collections
import contextlib
import gc

import psutil
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from metalearn_gui.engine.programs import PROGRAMS
from metalearn_gui.ui.main_window import MainWindow

TELLING = 20  # kinds of object that say where growth comes from; the rest follows from them
FEW = 20  # objects more of a kind, which say nothing


def counts(window: MainWindow) -> collections.Counter[str]:
    """Objects of each class, and by name what has no class: "Qt objects", "undo commands", "moments", "files"."""
    found = collections.Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())
    process, session = psutil.Process(), window.session
    tops = QApplication.topLevelWidgets()
    found["Qt objects"] = sum(len(top.findChildren(QObject)) for top in tops) + len(tops)
    found["undo commands"] = session.undo_stack.count()
    found["moments"] = sum(len(run.moments) for run in session.runs)
    found["programs"] = len(PROGRAMS)
    found["threads"] = process.num_threads()
    with contextlib.suppress(AttributeError):  # Windows has no such number
        found["files"] = process.num_fds()
    return found


def told(now: collections.Counter[str], before: collections.Counter[str]) -> dict[str, int]:
    """The kinds that grew most."""
    grown = collections.Counter({kind: number - before[kind] for kind, number in now.items()})
    return {kind: number for kind, number in grown.most_common(TELLING) if number > FEW or "." not in kind}
