"""What the course of runs has to say, and what it offers with each line."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from metalearn_gui.bridge.messages import DEED, RUN, SHOWN, Message
from metalearn_gui.engine import events
from metalearn_gui.store.records import Start


def worker_is_lent(what: str) -> Message:
    """Something else trains on it. what: that, in words."""
    text = _tr("{what}. End it to train this run; what is over stays.").format(what=what)
    return Message(text, "info", _tr("End it and run"), "run_instead", about=RUN)


def run_is_at_its_end() -> Message:
    text = _tr("The run is at its end. Raise the number of meta-iterations to go on.")
    return Message(text, "info", _tr("Start again"), "reset", about=RUN)


def other_settings_are_set() -> Message:
    """What is shown has come of others."""
    text = _tr("This run has other settings than those that are set; Run goes on with the live one.")
    return Message(text, "info", _tr("Restore this run"), "restore_shown", about=SHOWN)


def started_from(start: Start) -> Message:
    text = _tr("{taken} of {total} parameters start from {name}; the others are fresh.")
    if start.taken == start.total:
        text = _tr("All {total} parameters start from {name}.")
    text = text.format(taken=start.taken, total=start.total, name=start.name)
    return Message(text, "info", _tr("Undo"), "undo", about=DEED)


def run_was_deleted() -> Message:
    return Message(_tr("A run was deleted."), "info", _tr("Undo"), "undo", about=DEED)


def diverged(event: events.Diverged) -> Message:
    """With the rates to go on with."""
    label = _tr("Go on with lower rates") if len(event.calmer) > 1 else _tr("Go on with the lower rate")
    return Message(event.advice, "error", label, "resume_calmer", about=RUN)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Course", text)
