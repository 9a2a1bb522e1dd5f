"""What earlier comparisons came to, as a menu: each with what was compared, how long, and when."""

from __future__ import annotations

import functools

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt
from PySide6.QtWidgets import QMenu, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import LearnersPlan, Outcome, SweepPlan
from metalearn_gui.ui.compare.effort import budget_text

MOST_NAMED = 3


def earlier_menu(session: Session, parent: QWidget) -> QMenu:
    """Each shows its outcome again, the newest first; deleted when it closes."""
    comparing = session.comparing
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for outcome in comparing.kept:
        action = menu.addAction(outcome_text(outcome), functools.partial(comparing.reopen, outcome.key))
        action.setCheckable(True)
        action.setChecked(comparing.outcome is not None and comparing.outcome.key == outcome.key)
        action.setEnabled(not comparing.is_active)
    return menu


def outcome_text(outcome: Outcome) -> str:
    """What it is of, in a line."""
    when = QLocale().toString(QDateTime.fromSecsSinceEpoch(round(outcome.created)), QLocale.FormatType.ShortFormat)
    parts = [_about(outcome), budget_text(outcome.plan.budget), when]
    if outcome.is_cancelled:
        parts.append(_tr("cancelled"))
    return " · ".join(parts)


def _about(outcome: Outcome) -> str:
    plan = outcome.plan
    learner = plan.settings.learner.label
    if isinstance(plan, LearnersPlan):
        names = [choice.label for choice in plan.choices]
        more = f" +{len(names) - MOST_NAMED}" if len(names) > MOST_NAMED else ""
        return _tr("Compare: {names}").format(names=", ".join(names[:MOST_NAMED]) + more)
    if isinstance(plan, SweepPlan):
        axes = " × ".join(axis.name for axis in plan.grid.axes)
        return _tr("Sweep: {learner}, {axes}").format(learner=learner, axes=axes)
    template = _tr("Structure: {learner}") if plan.kind == "structure" else _tr("Little data: {learner}")
    return template.format(learner=learner)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Earlier", text)
