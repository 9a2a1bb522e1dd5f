"""The adaptation step under the hand: play, a slider over the steps, and what the touched task's loss is there."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.named import named
from metalearn_gui.ui.steady_label import SteadyLabel
from metalearn_gui.ui.step_slider import StepSlider
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.translated import Translated

PLAY_INTERVAL = 350  # milliseconds an adaptation step is shown while playing


class StepRow(Translated, QWidget):
    """prefix: of the controls' objectNames, PREFIX_slider and PREFIX_play."""

    def __init__(self, session: Session, prefix: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self._play_timer = QTimer(self, interval=PLAY_INTERVAL)
        self._play_timer.timeout.connect(self._play_on)
        self._build(prefix)
        session.unseen.stepChanged.connect(self._show_step)
        session.unseen.adaptedChanged.connect(self._show_step)
        session.settingsChanged.connect(self._take_learner)
        session.shownChanged.connect(self._take_learner)
        theme().changed.connect(self._name_play)
        self.retranslate()

    def _build(self, prefix: str) -> None:
        self._play = named(QToolButton(self), f"{prefix}_play")
        self._play.setProperty("kind", "flat")
        self._play.setIconSize(QSize(16, 16))
        self._play.setFixedSize(28, 28)
        self._play.clicked.connect(self.toggle_play)
        self._step_label = QLabel(self)
        self._step_label.setProperty("tone", "muted")
        self._step_label.setFont(ui_font(13))
        self._slider = StepSlider(self)
        self._slider.setObjectName(f"{prefix}_slider")
        self._slider.valueChanged.connect(self.session.unseen.set_step)
        self._loss = SteadyLabel(self)
        self._loss.setFont(ui_font(15, 600))
        self._loss.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._play, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._step_label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._slider, 1)
        row.addWidget(self._loss, 0, Qt.AlignmentFlag.AlignTop)
        self._step_label.setContentsMargins(0, 4, 0, 0)
        self._loss.setContentsMargins(0, 2, 0, 0)

    @property
    def score(self) -> str:
        """The touched task's loss or accuracy at the shown step, as it is written."""
        return self._loss.text()

    # --- the session's signals ------------------------------------------------------------------

    def _take_learner(self) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, self.session.unseen.num_steps)
        self._name_steps()
        self._show_step()

    def _show_step(self) -> None:
        step = self.session.unseen.step
        with QSignalBlocker(self._slider):
            self._slider.setValue(step)
        self._loss.setText(self._score_text(step))

    def _score_text(self, step: int) -> str:
        adaptation = self.session.unseen.adaptations.get("learner")
        if adaptation is None:
            return ""
        step = adaptation.nearest(step)
        if adaptation.accuracy is not None:
            return self.tr("accuracy {percent} %").format(percent=round(100 * float(adaptation.accuracy[step])))
        loss = float(adaptation.loss[step])
        return self.tr("loss {loss}").format(loss=number_text(loss)) if math.isfinite(loss) else self.tr("diverges")

    # --- playing --------------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        return self._play_timer.isActive()

    def toggle_play(self) -> None:
        """Walk through the adaptation steps, from the start if the last one is shown."""
        if self.is_playing:
            self._stop_playing()
            return
        if self.session.unseen.step >= self.session.unseen.num_steps:
            self.session.unseen.set_step(0)
        self._play_timer.start()
        self._name_play()

    def _play_on(self) -> None:
        self.session.unseen.set_step(self.session.unseen.step + 1)
        if self.session.unseen.step >= self.session.unseen.num_steps:
            self._stop_playing()

    def _stop_playing(self) -> None:
        self._play_timer.stop()
        self._name_play()

    # --- texts ----------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write every visible text."""
        self._slider.setAccessibleName(self.tr("Adaptation step"))
        self._slider.set_names((self.tr("before"), self.tr("after")))
        self._name_play()
        self._take_learner()

    def _name_steps(self) -> None:
        learner = self.session.shown.settings.learner
        if learner.adapts_once:
            self._step_label.setText(self.tr("one pass"))
            text = self.tr("{learner} takes no gradient steps: it reads the examples once, and more of them help it")
            help = text.format(learner=learner.label)
        else:
            self._step_label.setText(self.tr("adaptation step"))
            help = self.tr("How often the learner has adapted to the points")
        for widget in (self._step_label, self._slider):
            widget.setToolTip(help)

    def _name_play(self) -> None:
        name = self.tr("Pause") if self.is_playing else self.tr("Play the adaptation steps")
        self._play.setAccessibleName(name)
        self._play.setToolTip(name)
        self._play.setIcon(icon("pause" if self.is_playing else "play", theme().palette.learner))
