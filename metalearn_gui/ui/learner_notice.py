"""What is said where a family of tasks brings another learner, as the one in use cannot take its tasks."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from metalearn_gui.bridge.session import Message, Session
from metalearn_gui.engine.learners.base import Learner


def tell_of_other_learner(session: Session, before: Learner) -> None:
    """Say which learner was chosen in the place of this one; nothing where it has stayed."""
    chosen = session.settings.learner
    if chosen.key == before.key:
        return
    texts = {
        "classification": QCoreApplication.translate(
            "LearnerNotice", "{before} takes classes only; {chosen} was chosen."
        ),
        "regression": QCoreApplication.translate("LearnerNotice", "{before} takes values only; {chosen} was chosen."),
    }
    text = texts[before.kinds[0]].format(before=before.label, chosen=chosen.label)
    undo = QCoreApplication.translate("LearnerNotice", "Undo")
    session.messageRaised.emit(Message(text, "info", undo, "undo"))
