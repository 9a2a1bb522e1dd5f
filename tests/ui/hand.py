"""A hand for tests: mouse and keyboard on a widget, and a session that a widget is tested against."""

from __future__ import annotations

import dataclasses

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from metalearn_gui.bridge.session import Adaptation
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.learners.maml import Maml
from metalearn_gui.engine.networks.mlp import Mlp
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks import TASKS
from tests.ui.fake_session import FakeSession


def session_for(family: str, **settings: object) -> FakeSession:
    """A fake session whose unseen tasks are of this family."""
    return FakeSession(ExperimentSettings(TASKS[family](**settings), Maml(), Mlp()))


def mouse(
    widget: QWidget,
    kind: QEvent.Type,
    at: QPointF,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """One mouse event, delivered at once: a move with the button held."""
    cause = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
    position = widget.mapToGlobal(at)
    QApplication.sendEvent(widget, QMouseEvent(kind, at, position, cause, held, modifiers))


def click(widget: QWidget, at: QPointF, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    """Press and release."""
    mouse(widget, QEvent.Type.MouseButtonPress, at, button)
    mouse(widget, QEvent.Type.MouseButtonRelease, at, button)


def double_click(widget: QWidget, at: QPointF) -> None:
    """Press, release, and Qt's event for the second press."""
    click(widget, at)
    mouse(widget, QEvent.Type.MouseButtonDblClick, at)
    mouse(widget, QEvent.Type.MouseButtonRelease, at)


def drag(
    widget: QWidget, start: QPointF, end: QPointF, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press, move in one go, release."""
    left = Qt.MouseButton.LeftButton
    mouse(widget, QEvent.Type.MouseButtonPress, start, left, modifiers)
    mouse(widget, QEvent.Type.MouseMove, end, left, modifiers)
    mouse(widget, QEvent.Type.MouseButtonRelease, end, left, modifiers)


def handle(surface: QWidget, index: int) -> QPointF:
    """Where a handle of a canvas is."""
    return QPointF(*surface.handle_pixels()[index].tolist())


def set_points(session: FakeSession, x: np.ndarray, y: np.ndarray) -> None:
    """Give the touched task these support points."""
    session.unseen.touched = dataclasses.replace(session.unseen.touched, support=PointSet(x, y))
    session.unseen.taskChanged.emit()


def spoil(session: FakeSession) -> None:
    """Make every prediction not a number, as after a divergence."""
    for key, adaptation in session.unseen.adaptations.items():
        nothing = np.full_like(adaptation.on_grid, np.nan)
        session.unseen.adaptations[key] = Adaptation(
            nothing, np.full_like(adaptation.loss, np.nan), adaptation.accuracy
        )
    session.unseen.adaptedChanged.emit()
