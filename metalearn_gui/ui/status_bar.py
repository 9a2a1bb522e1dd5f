"""The line at the bottom: what the worker does at the left, the keys at the right."""

from __future__ import annotations

import math

from PySide6.QtCore import QElapsedTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from metalearn_gui.bridge.session import RunState, Session
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.text import bytes_text, count_text, duration_text, number_text
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.translated import Translated
from metalearn_gui.ui.wording import episode_text, protocol_help, protocol_text

HEIGHT = 24
REFRESH_MS = 500
NUM_KEYS_COMPACT = 4


class StatusBar(Translated, QFrame):
    """A dot in the state's colour, the state in words, and shortcuts."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status_bar")
        self._session = session
        self.setProperty("kind", "foot")
        self.setFixedHeight(HEIGHT)
        self._dot = _Dot(self)
        self._status = ElidedLabel("", self)
        self._status.setObjectName("status_label")
        self._status.setFont(ui_font(12))
        self._status.setProperty("tone", "muted")
        self._keys = [_KeyHint(self) for _ in range(7)]
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 0, 12, 0)
        line.setSpacing(8)
        line.addWidget(self._dot)
        line.addWidget(self._status, 1)
        for hint in self._keys:
            line.addSpacing(8)
            line.addWidget(hint)
        self._since_refresh = QElapsedTimer()
        for signal in (session.stateChanged, session.readinessChanged, session.scored, session.shownChanged):
            signal.connect(self.refresh)
        for signal in (session.comparing.stateChanged, session.comparing.contenderFinished):
            signal.connect(lambda *_: self.refresh())
        for signal in (session.advanced, session.comparing.progressed):
            signal.connect(self._refresh_sometimes)
        theme().changed.connect(self.refresh)
        self.retranslate()

    def set_compact(self, compact: bool) -> None:
        """Fewer keys where there is less room."""
        for place, hint in enumerate(self._keys):
            hint.setVisible(not compact or place < NUM_KEYS_COMPACT)

    def _refresh_sometimes(self) -> None:
        is_clock = self._session.comparing.compiling_text != ""  # told once a second, at the same time everywhere
        if is_clock or not self._since_refresh.isValid() or self._since_refresh.elapsed() > REFRESH_MS:
            self.refresh()

    def refresh(self) -> None:
        """Say what the session does."""
        self._since_refresh.start()
        parts = [self._state_text(), *self._details()]
        text = " · ".join(part for part in parts if part)
        self._status.setText(text[:1].upper() + text[1:])
        self._status.setAccessibleName(self._status.text())
        self._status.set_help(protocol_help(self._session.shown.settings))
        self._dot.show_color(self._state_color())

    def _state_text(self) -> str:
        session = self._session
        if session.run_state is RunState.IDLE:
            return self._side_by_side_text() or session.readiness or self._ended_text()
        texts = {
            RunState.PREPARING: session.readiness or self.tr("Compiling"),
            RunState.RUNNING: self.tr("Meta-training on CPU"),
            RunState.PAUSED: self.tr("Paused"),
            RunState.STOPPING: self.tr("Stopping"),
        }
        if session.is_scoring:
            texts[RunState.RUNNING] = self.tr("Scoring unseen tasks on CPU")
            texts[RunState.PAUSED] = self.tr("Paused, scoring unseen tasks")
        return texts[session.run_state]

    def _side_by_side_text(self) -> str:
        """What trains in place of the live run; empty while nothing does."""
        comparing = self._session.comparing
        if not comparing.is_active:
            return ""
        if comparing.state is RunState.STOPPING:
            return self.tr("Side by side: ends once what is under way can be left")
        outcome = comparing.outcome
        if outcome is None or not outcome.num_runs:
            return " · ".join(filter(None, (self.tr("Side by side: waits for its turn"), self._session.readiness)))
        text = self.tr("Side by side: {done} of {count} runs done")
        if comparing.state is RunState.PAUSED:
            text = self.tr("Side by side: paused, {done} of {count} runs done")
        text = text.format(done=outcome.num_done, count=outcome.num_runs)
        left = comparing.eta_seconds
        text = text if left is None else self.tr("{text}, {time} left").format(text=text, time=duration_text(left))
        return " · ".join(filter(None, (text, comparing.compiling_text)))

    def _ended_text(self) -> str:
        texts = {
            "done": self.tr("Done"),
            "converged": self.tr("Converged"),
            "diverged": self.tr("Diverged"),
            "stopped": self.tr("Stopped"),
        }
        live = self._session.live
        text = texts.get(live.reason, self.tr("Ready"))
        if live.went_back_to is not None:
            text = self.tr("Went back to {count}, before it diverged").format(count=count_text(live.went_back_to))
        if live.kept_iteration is not None:
            kept = self.tr("the best state on validation tasks, of meta-iteration {count}, is in use")
            text += " · " + kept.format(count=count_text(live.kept_iteration))
        if live.reason and math.isfinite(live.reported_loss) and self._session.shown is live:
            name = live.settings.learner.objective or self.tr("training loss")
            text += f" · {name} {number_text(live.reported_loss)}"
        return text

    def _details(self) -> list[str]:
        session = self._session
        details = ["XLA"] if session.run_state is RunState.RUNNING and session.live.settings.network.compiles else []
        share = round(100 * session.live.baseline_share)
        if share > 0:
            details.append(self.tr("baselines {share} %").format(share=share))
        details += [episode_text(session.shown.settings), protocol_text(session.shown.settings)]
        if session.memory_mb:
            details.append(bytes_text(session.memory_mb * 1e6))
        if session.run_state is RunState.RUNNING and session.eta_seconds is not None:
            details.append(self.tr("{time} left").format(time=duration_text(session.eta_seconds)))
        return details

    def _state_color(self) -> QColor:
        colors = theme().palette
        if self._session.live.reason == "diverged" and self._session.live.went_back_to is None:
            return colors.error
        by_state = {RunState.RUNNING: colors.scratch, RunState.PREPARING: colors.learner}
        comparing = self._session.comparing
        return by_state.get(comparing.state if comparing.is_active else self._session.run_state, colors.muted)

    def retranslate(self) -> None:
        """Write every visible text."""
        keys = (
            (self.tr("Space"), self.tr("run / pause")),
            ("S", self.tr("step")),
            ("Ctrl K", self.tr("find anything")),
            ("F1", self.tr("help")),
            ("N", self.tr("new task")),
            ("Ctrl E", self.tr("export")),
            ("Ctrl Z", self.tr("undo")),
        )
        for hint, (key, text) in zip(self._keys, keys, strict=True):
            hint.set_texts(key, text)
        self.refresh()


class _KeyHint(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._key, self._text = QLabel(self), QLabel(self)
        self._key.setFont(ui_font(12, 600))
        self._text.setFont(ui_font(12))
        self._text.setProperty("tone", "muted")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(5)
        line.addWidget(self._key)
        line.addWidget(self._text)

    def set_texts(self, key: str, text: str) -> None:
        self._key.setText(key)
        self._text.setText(text)


class _Dot(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._color = theme().palette.muted
        self.setFixedSize(8, 8)

    def show_color(self, color: QColor) -> None:
        self._color = color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._color)
        painter.setBrush(self._color)
        painter.drawEllipse(self.rect().adjusted(0, 0, -1, -1))
