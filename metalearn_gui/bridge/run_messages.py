"""What the course of runs has to say, and what it offers with each line."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from metalearn_gui.bridge.history import changed_names
from metalearn_gui.bridge.messages import DEED, RUN, SHOWN, Message
from metalearn_gui.engine import events
from metalearn_gui.engine.params import in_full
from metalearn_gui.engine.settings import CHOICES, ExperimentSettings, setting_words
from metalearn_gui.store.records import Start

MOST_NAMED = 4  # settings in a line


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


def runs_were_deleted(count: int, live_stays: bool = False) -> Message:
    """live_stays: it was meant as well."""
    text = _tr("A run was deleted.") if count == 1 else _tr("{count} runs were deleted.").format(count=in_full(count))
    if live_stays:
        text += " " + _tr("Run goes on with the live one: start again, and it can be deleted too.")
    return Message(text, "info", _tr("Undo"), "undo", about=DEED)


def undone(before: ExperimentSettings, now: ExperimentSettings) -> Message:
    """Settings that end a run were taken back: from and to which choices, or which settings."""
    names = changed_names(before, now)
    chosen = [CHOICES[name][0] for name in CHOICES if name in names]
    was, again = (", ".join(settings.group(group).label for group in chosen) for settings in (before, now))
    words = sorted(setting_words()[name] for name in names)
    said = ", ".join(words[:MOST_NAMED]) + (", …" if len(words) > MOST_NAMED else "")
    text = _tr("Undone: {was} back to {again}.").format(was=was, again=again) if chosen else ""
    return Message(text or _tr("Undone: {names}.").format(names=said), "info", _tr("Redo"), "redo", about=DEED)


def diverged(event: events.Diverged) -> Message:
    """With the rates to go on with."""
    label = _tr("Go on with lower rates") if len(event.calmer) > 1 else _tr("Go on with the lower rate")
    return Message(event.advice, "error", label, "resume_calmer", about=RUN)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Course", text)
