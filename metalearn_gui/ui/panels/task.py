"""The frame of the canvas: the touched task's surface, the adaptation step, what to compare with."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSignalBlocker, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.canvas import CANVASES
from metalearn_gui.ui.canvas.surface import Surface
from metalearn_gui.ui.compare_chip import CompareChip
from metalearn_gui.ui.overlay_chips import OverlayChips
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.reading_order import holds_keyboard
from metalearn_gui.ui.step_row import StepRow
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.wording import unseen_text
from metalearn_gui.ui.zoom import fit_new

COMPARED = ("transfer", "scratch")
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
        self._new_task = self.add_header_action("new_task", " ", session.unseen.new_task)
        self._new_task.setObjectName("new_task_button")
        self._restore = self.add_header_action("undo", " ", session.unseen.restore_task)
        # Before any surface hears of it: an old surface cannot draw a task of another kind.
        # With the first word of a change: a card that comes or goes with it gives the surface another size.
        for signal in (
            session.settingsChanged,
            session.shownChanged,
            session.unseen.taskChanged,
            session.unseen.adaptedChanged,
        ):
            signal.connect(self._take_task)
        self.steps = StepRow(session, "adaptation", self)
        self.body.addWidget(self.steps)
        self._build_chips()
        session.readinessChanged.connect(self._follow_waiting)
        session.unseen.adaptedChanged.connect(self._show_compared)
        session.settingsChanged.connect(self._take_learner)
        session.shownChanged.connect(self._take_learner)
        self._take_task()
        self._take_learner()

    # --- building -------------------------------------------------------------------------------

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
        row.addWidget(OverlayChips(self.session, self._chip_row), 1)
        self._chips["learner"].setChecked(True)
        self._chips["learner"].setEnabled(False)
        for key in COMPARED:
            self._chips[key].toggled.connect(lambda on, key=key: self.session.unseen.set_compared(key, on))
        self.body.addWidget(self._chip_row)

    # --- the session's signals ------------------------------------------------------------------

    def _take_task(self) -> None:
        family = self.session.shown.settings.tasks
        canvas = CANVASES[family.view]
        if self.surface is not None and type(self.surface) is canvas and self.surface.suits(family):
            return
        if self.surface is not None:
            if holds_keyboard(self.surface):  # Qt would hand it on to any button
                QTimer.singleShot(0, self, self.take_keyboard)
            self.surface.leave()
            self.surface.hide()
            self.body.removeWidget(self.surface)
            self.surface.deleteLater()
        self.surface = fit_new(canvas(self.session, self))
        self.body.insertWidget(0, self.surface, 1)
        self.surface.names_curves = self.names_curves
        self.surface.ageing.changed.connect(self._show_hint)
        self.surface.show()
        self._show_hint()

    def _take_learner(self) -> None:
        self._chips["learner"].setText(self.session.shown.settings.learner.label)
        self._chips["learner"].updateGeometry()
        for key in COMPARED:
            self._chips[key].setVisible(key != self.session.shown.settings.learner.key)
        self._show_compared()

    def _show_compared(self) -> None:
        unseen = self.session.unseen
        comparable = unseen.comparable  # asked for at every answer
        for key in COMPARED:
            is_there, chip = key in comparable, self._chips[key]
            with QSignalBlocker(chip):
                chip.setChecked(is_there and key in unseen.compared)
            if chip.isEnabled() != is_there:
                chip.setEnabled(is_there)
                self._tell(key)

    # --- texts, colours, size -----------------------------------------------------------------------

    def retranslate(self) -> None:
        self._show_hint()
        for button, text in ((self._new_task, self.tr("new task")), (self._restore, self.tr("restore"))):
            button.setText(text)
            button.setAccessibleName(text)
        self._new_task.setToolTip(self.tr("Draw another task that training never saw (N)"))
        self._restore.setToolTip(self.tr("Back to the task's own points (double-click)"))
        self._compare_label.setText(self.tr("compare with"))
        self._chips["transfer"].setText(self.tr("transfer learning"))
        self._chips["scratch"].setText(self.tr("from scratch"))
        self._chips["learner"].setToolTip(self.tr("The learner of the run: always shown"))
        for key in COMPARED:
            self._tell(key)

    def _tell(self, key: str) -> None:
        """What is drawn by this chip, or why nothing is."""
        if not self._chips[key].isEnabled():
            text = self.tr("It was not trained beside this run")
        elif key == "transfer":
            text = self.tr("A network trained on all tasks at once, then fine-tuned on these points")
        else:
            text = self.tr("A fresh network, trained on these points alone")
        self._chips[key].setToolTip(text)

    def _show_hint(self) -> None:
        what = QCoreApplication.translate("Canvas", self.surface.invitation) if self.surface else ""
        title = self.tr("An {unseen} task — {what}")
        self.set_title(title.format(unseen=unseen_text(self.session.shown.settings), what=what))
        if self.surface is not None and self.surface.ageing.is_old:
            why = self.session.readiness
            old, help = self.tr("old answers"), self.tr("Answers to what was before this change")
            self.set_hint(f"{old} · {why}" if why else old, help=help)
            return
        roomy = self.surface is not None and self.width() >= NARROWEST_WITH_HINT
        self.set_hint(self.surface.hint() if self.surface and roomy else "")

    def _follow_waiting(self) -> None:
        if self.surface is not None and self.surface.ageing.is_old:
            self._show_hint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._chip_row.setVisible(self.height() >= LOWEST_WITH_CHIPS)
        self._show_hint()
