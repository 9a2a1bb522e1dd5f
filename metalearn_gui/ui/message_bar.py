"""One line under the header, over the content: what happened, what to do, and a button that does it."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRect, QSize, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from metalearn_gui.bridge.session import Message, Session
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.icons import icon, pixmap
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import restyle_by_properties, scaled, theme, ui_font
from metalearn_gui.ui.translated import Translated
from metalearn_gui.ui.wording import without_keys

HEIGHT = 48
INFO_MS, HELD_MS = 8000, 1500
NEAR = 60  # pixels; a pointer so close is on its way to a button of the bar
LEVEL_COLORS = {"info": "before", "warning": "learner", "error": "error"}


class MessageBar(Translated, QFrame):
    """Hidden while there is nothing to say. Its owner calls `place` when it is resized.

    It lies over the content: what a hand is at must not move when a message comes or goes.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("message_bar")
        self._session = session
        self._message = Message("")
        self._room = QRect()
        self.setProperty("kind", "message")
        self._icon = QLabel(self)
        self._text = ElidedLabel("", self)
        self._text.setFont(ui_font(13))
        self._action = named(QPushButton(self), "message_action")
        self._action.setFont(ui_font(13, 600))
        self._choices = named(QMenu(self), "message_choices")
        self._close = named(QToolButton(self), "message_close")
        self._close.setProperty("kind", "flat")
        self._close.setIconSize(QSize(16, 16))
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 12, 0)
        line.setSpacing(10)
        line.addWidget(self._icon)
        line.addWidget(self._text, 1)
        line.addWidget(self._action)
        line.addWidget(self._close)
        self._fade = QTimer(self, singleShot=True, interval=INFO_MS)
        self._fade.timeout.connect(self._fade_away)
        self._action.clicked.connect(self._act)
        self._close.clicked.connect(self.hide)
        session.messageRaised.connect(self.show_message)
        theme().changed.connect(self._restyle)
        self.retranslate()
        self.hide()

    def show_message(self, message: Message) -> None:
        """Say it; an empty text clears the bar. Information leaves by itself unless it is to stay."""
        self._message = message
        text = without_keys(message.text)
        self._text.setText(text)
        self._text.setToolTip(text)
        self.setAccessibleName(text)
        self._action.setText(message.action_label)
        self._action.setVisible(bool(message.action))
        self.setVisible(bool(message.text))
        self.raise_()
        self._restyle()
        self._fit()
        self._fade.stop()
        self._fade.setInterval(INFO_MS)
        if message.level == "info" and not message.stays:
            self._fade.start()

    def _fade_away(self) -> None:
        """Leave, unless a hand is at it: a click aimed at the bar would hit what lies below."""
        if self.rect().adjusted(-NEAR, -NEAR, NEAR, NEAR).contains(self.mapFromGlobal(QCursor.pos())):
            self._fade.start(HELD_MS)
        else:
            self.hide()

    def place(self, left: int, top: int, width: int) -> None:
        """Lie here, as wide as what is said, and no wider than this."""
        self._room = QRect(left, top, width, scaled(HEIGHT))
        self._fit()

    def _fit(self) -> None:
        needed = min(self.sizeHint().width(), self._room.width())
        self.setGeometry(self._room.adjusted((self._room.width() - needed) // 2, 0, 0, 0))
        self.resize(needed, self._room.height())

    def _act(self) -> None:
        if self._message.choices:
            self._show_choices()
        else:
            self.hide()
            self._method(self._message.action)()

    def _show_choices(self) -> None:
        self._fade.stop()
        self._choices.clear()
        for place, name in enumerate(self._method(self._message.choices)()):
            self._choices.addAction(name, functools.partial(self._choose, self._message.action, place))
        self._choices.popup(self._action.mapToGlobal(self._action.rect().bottomLeft()))

    def _method(self, name: str) -> Callable[..., Any]:
        return operator.attrgetter(name)(self._session)

    def _choose(self, action: str, place: int) -> None:
        self.hide()
        self._method(action)(place)

    def retranslate(self) -> None:
        """Write every visible text."""
        self._close.setToolTip(self.tr("Close (Escape)"))
        self._close.setAccessibleName(self.tr("Close"))
        self._restyle()

    def _restyle(self) -> None:
        self.setProperty("level", self._message.level)
        restyle_by_properties(self)
        color = theme().color_of(LEVEL_COLORS[self._message.level])
        self._icon.setPixmap(pixmap(self._message.level, scaled(18), scaled(18), self.devicePixelRatioF(), color))
        self._close.setIcon(icon("close", theme().palette.muted))
