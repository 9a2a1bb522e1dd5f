"""Presenter: the task and two plots in type for the last row, over a caption that says what one sees."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.caption_bar import CaptionBar
from metalearn_gui.ui.left_side import LeftSide
from metalearn_gui.ui.panels import PANELS, card
from metalearn_gui.ui.panels.task import TaskPanel
from metalearn_gui.ui.settings_panel import SettingsPanel
from metalearn_gui.ui.text import count_text
from metalearn_gui.ui.view import GAP, View
from metalearn_gui.ui.wording import final_text

CARDS = ("tasks", "learner", "network")
CANVAS_SHARE, PLOT_SHARE = 2, 1
TURNS = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}


class PresenterView(View):
    """A stage: cards fold to a rail, curves carry their names, presets follow one another by key or by themselves."""

    key = "presenter"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._panels = {key: PANELS[key](session, self.content) for key in (*CARDS, "task", "meta_loss", "adaptation")}
        self.task.names_curves = True
        if self.task.surface is not None:
            self.task.surface.names_curves = True
        self._rail = LeftSide({key: card(self._panels, key, SettingsPanel) for key in CARDS}, self.content)
        self._rail.set_narrow(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # its keys come before the window's
        self.caption = CaptionBar(session, self)
        self.rows.addWidget(self.caption)
        self._iteration = self.header.add_moment("presenter_iteration")
        self._figures = {name: self.header.add_figure(f"presenter_{name}") for name in ("tasks", "unseen")}
        self._arrange()
        for signal in (session.advanced, session.scored, session.shownChanged, session.settingsChanged):
            signal.connect(self._show_numbers)

    def _arrange(self) -> None:
        plots = QVBoxLayout()
        plots.setSpacing(GAP)
        plots.addWidget(self._panels["meta_loss"], 1)
        plots.addWidget(self._panels["adaptation"], 1)
        columns = QHBoxLayout()
        columns.setSpacing(GAP)
        columns.addWidget(self._rail)
        columns.addWidget(self._panels["task"], CANVAS_SHARE)
        columns.addLayout(plots, PLOT_SHARE)
        self.body.addLayout(columns)

    @property
    def task(self) -> TaskPanel:
        """The card of the task."""
        return card(self._panels, "task", TaskPanel)

    def _show_numbers(self) -> None:
        if not self.isVisible():
            return
        run = self.session.shown
        self.header.set_progress(run.iteration / max(1, run.settings.outer.num_iterations))
        self._iteration.show_moment()
        tasks_seen = self.session.shown_iteration * run.settings.outer.meta_batch
        self._figures["tasks"].show_value(count_text(tasks_seen))
        scores = self.session.shown_scores
        self._figures["unseen"].show_value(*final_text(scores.evaluation.learner if scores else None))
        named = f"{run.settings.tasks.label} · {run.settings.learner.label}"  # the figures are of that
        self.header.set_texts("MetaLearn Playground", named)

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Presenter"))
        self._figures["tasks"].set_caption(self.tr("tasks seen"))
        self._figures["unseen"].set_caption(self.tr("unseen tasks"))
        self.header.back.setText(self.tr("Leave"))
        self.header.back.setToolTip(self.tr("Back to the task (F11 or Esc)"))
        self._show_numbers()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rail.set_narrow(True)  # as wide as the type is large by now
        self._show_numbers()

    def hideEvent(self, event: QHideEvent) -> None:
        self.caption.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        turn = TURNS.get(Qt.Key(event.key()))
        if turn is None:
            super().keyPressEvent(event)
        else:
            self.caption.turn(turn)
