"""What is said where a family of tasks brings another learner, as the one in use cannot take its tasks."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from metalearn_gui.bridge.session import Message, Session
from metalearn_gui.engine.learners.base import Learner


def tell_of_other_learner(session: Session, before: Learner, more: str = "") -> None:
    """Say which learner was chosen in the place of this one, if it has not stayed, and what else there is to say."""
    chosen = session.settings.learner
    if chosen.key == before.key:
        if more:
            session.messageRaised.emit(Message(more))
        return
    texts = {
        "classification": QCoreApplication.translate(
            "LearnerNotice", "{before} takes classes only; {chosen} was chosen."
        ),
        "regression": QCoreApplication.translate("LearnerNotice", "{before} takes values only; {chosen} was chosen."),
    }
    text = texts[before.kinds[0]].format(before=before.label, chosen=chosen.label)
    undo = QCoreApplication.translate("LearnerNotice", "Undo")
    session.messageRaised.emit(Message(f"{text} {more}".rstrip(), "info", undo, "undo"))
