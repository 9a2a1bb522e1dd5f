"""The frame of the canvas: the touched task's surface, the adaptation step, what to compare with."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.canvas import CANVASES
from metalearn_gui.ui.canvas.surface import Surface
from metalearn_gui.ui.compare_chip import CompareChip
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.step_slider import StepSlider
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.wording import unseen_text

COMPARED = ("transfer", "scratch")
PLAY_INTERVAL = 350  # milliseconds an adaptation step is shown while playing
LOWEST_WITH_CHIPS = 430
NARROWEST_WITH_HINT = 640


class TaskPanel(Panel):
    """An unseen task under the hand."""

    key = "task"
    names_curves = False  # of every surface that comes

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("task_canvas")
        self.surface: Surface | None = None
        self._new_task = self.add_header_action("new_task", " ", session.new_task)
        self._new_task.setObjectName("new_task_button")
        self._restore = self.add_header_action("undo", " ", session.restore_task)
        self._play_timer = QTimer(self, interval=PLAY_INTERVAL)
        self._play_timer.timeout.connect(self._play_on)
        # Before any surface hears of it: an old surface cannot draw a task of another kind.
        session.taskChanged.connect(self._take_task)
        session.adaptedChanged.connect(self._take_task)
        self._build_steps()
        self._build_chips()
        session.stepChanged.connect(self._show_step)
        session.adaptedChanged.connect(self._show_step)
        session.adaptedChanged.connect(self._show_compared)
        session.settingsChanged.connect(self._take_learner)
        session.shownChanged.connect(self._take_learner)
        self._take_task()
        self._take_learner()

    # --- building -------------------------------------------------------------------------------

    def _build_steps(self) -> None:
        self._play = QToolButton(self, objectName="adaptation_play")
        self._play.setProperty("kind", "flat")
        self._play.setIconSize(QSize(16, 16))
        self._play.setFixedSize(28, 28)
        self._play.clicked.connect(self.toggle_play)
        self._step_label = QLabel(self)
        self._step_label.setProperty("tone", "muted")
        self._step_label.setFont(ui_font(13))
        self._slider = StepSlider(self)
        self._slider.setObjectName("adaptation_slider")
        self._slider.valueChanged.connect(self.session.set_adaptation_step)
        self._loss = QLabel(self)
        self._loss.setFont(ui_font(15, 600))
        self._loss.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._play, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._step_label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._slider, 1)
        row.addWidget(self._loss, 0, Qt.AlignmentFlag.AlignTop)
        self._step_label.setContentsMargins(0, 4, 0, 0)
        self._loss.setContentsMargins(0, 2, 0, 0)
        self.body.addLayout(row)

    def _build_chips(self) -> None:
        self._chip_row = QWidget(self)
        self._compare_label = QLabel(self._chip_row)
        self._compare_label.setProperty("tone", "muted")
        self._compare_label.setFont(ui_font(13))
        self._chips = {key: CompareChip(key, self._chip_row) for key in ("learner", *COMPARED)}
        row = QHBoxLayout(self._chip_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._compare_label)
        for key, chip in self._chips.items():
            chip.setObjectName(f"compare_{key}")
            row.addWidget(chip)
        row.addStretch(1)
        self._chips["learner"].setChecked(True)
        self._chips["learner"].setEnabled(False)
        for key in COMPARED:
            self._chips[key].toggled.connect(lambda on, key=key: self.session.set_compared(key, on))
        self.body.addWidget(self._chip_row)

    # --- the session's signals ------------------------------------------------------------------

    def _take_task(self) -> None:
        canvas = CANVASES[self.session.shown.settings.tasks.view]
        if type(self.surface) is canvas:
            return
        if self.surface is not None:
            self.surface.leave()
            self.surface.hide()
            self.body.removeWidget(self.surface)
            self.surface.deleteLater()
        self.surface = canvas(self.session, self)
        self.body.insertWidget(0, self.surface, 1)
        self.surface.names_curves = self.names_curves
        self.surface.show()
        self._show_hint()

    def _take_learner(self) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, self.session.num_adaptation_steps)
        self._chips["learner"].setText(self.session.shown.settings.learner.label)
        self._chips["learner"].updateGeometry()
        self._name_steps()
        for key in COMPARED:
            self._chips[key].setVisible(key != self.session.shown.settings.learner.key)
        self._show_step()
        self._show_compared()

    def _show_step(self) -> None:
        step = self.session.adaptation_step
        with QSignalBlocker(self._slider):
            self._slider.setValue(step)
        score = self._score_text(step)
        if score != self._loss.text():  # a label asks for a new layout with every text
            self._loss.setText(score)

    def _score_text(self, step: int) -> str:
        adaptation = self.session.adaptations.get("learner")
        if adaptation is None:
            return ""
        step = min(step, len(adaptation.loss) - 1)
        if adaptation.accuracy is not None:
            return self.tr("accuracy {percent} %").format(percent=round(100 * float(adaptation.accuracy[step])))
        loss = float(adaptation.loss[step])
        return self.tr("loss {loss}").format(loss=number_text(loss)) if math.isfinite(loss) else self.tr("diverges")

    def _show_compared(self) -> None:
        for key in COMPARED:
            with QSignalBlocker(self._chips[key]):
                self._chips[key].setChecked(key in self.session.compared)

    # --- playing --------------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        return self._play_timer.isActive()

    def toggle_play(self) -> None:
        """Walk through the adaptation steps, from the start if the last one is shown."""
        if self.is_playing:
            self._stop_playing()
            return
        if self.session.adaptation_step >= self.session.num_adaptation_steps:
            self.session.set_adaptation_step(0)
        self._play_timer.start()
        self._name_play()

    def _play_on(self) -> None:
        self.session.set_adaptation_step(self.session.adaptation_step + 1)
        if self.session.adaptation_step >= self.session.num_adaptation_steps:
            self._stop_playing()

    def _stop_playing(self) -> None:
        self._play_timer.stop()
        self._name_play()

    # --- texts, colours, size -----------------------------------------------------------------------

    def retranslate(self) -> None:
        self._show_hint()
        for button, text in ((self._new_task, self.tr("new task")), (self._restore, self.tr("restore"))):
            button.setText(text)
            button.setAccessibleName(text)
        self._new_task.setToolTip(self.tr("Draw another task that training never saw (N)"))
        self._restore.setToolTip(self.tr("Back to the task's own points (double-click)"))
        self._name_steps()
        self._slider.setAccessibleName(self.tr("Adaptation step"))
        self._slider.set_names((self.tr("before"), self.tr("after")))
        self._compare_label.setText(self.tr("compare with"))
        self._chips["transfer"].setText(self.tr("transfer learning"))
        self._chips["scratch"].setText(self.tr("from scratch"))
        self._name_play()
        self._show_step()

    def _name_steps(self) -> None:
        learner = self.session.shown.settings.learner
        if learner.adapts_once:
            self._step_label.setText(self.tr("one pass"))
            text = self.tr("{learner} takes no gradient steps: it reads the examples once, and more of them help it")
            self._slider.setToolTip(text.format(learner=learner.label))
        else:
            self._step_label.setText(self.tr("adaptation step"))
            self._slider.setToolTip(self.tr("How often the learner has adapted to the points"))

    def _name_play(self) -> None:
        name = self.tr("Pause") if self.is_playing else self.tr("Play the adaptation steps")
        self._play.setAccessibleName(name)
        self._play.setToolTip(name)
        self._play.setIcon(icon("pause" if self.is_playing else "play", theme().palette.learner))

    def _show_hint(self) -> None:
        what = self.surface.invitation() if self.surface else ""
        title = self.tr("An {unseen} task — {what}")
        self.set_title(title.format(unseen=unseen_text(self.session.shown.settings), what=what))
        roomy = self.surface is not None and self.width() >= NARROWEST_WITH_HINT
        self.set_hint(self.surface.hint() if self.surface and roomy else "")

    def restyle(self) -> None:
        self._name_play()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._chip_row.setVisible(self.height() >= LOWEST_WITH_CHIPS)
        self._show_hint()
