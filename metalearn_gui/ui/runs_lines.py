"""A window beside the main one: every run as a line over the settings that differ and the loss it has come to."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.named import named
from metalearn_gui.ui.parallel_view import ParallelView
from metalearn_gui.ui.run_axes import SettingsRead, axes_of, final_losses
from metalearn_gui.ui.run_names import names_of_runs
from metalearn_gui.ui.text import count_text
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.translated import Translated

FOLLOW_MS = 300  # how soon it follows: a sweep adds run after run


class RunsLines(Translated, QWidget):
    """Says which runs are chosen; all of them again once it is closed."""

    chosen = Signal(object)  # frozenset of run ids; None: all

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setObjectName("runs_lines")
        self._session = session
        self._read = SettingsRead()
        self._runs: list[RunRecord] = []
        self._follow_soon = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._follow_soon.timeout.connect(self.follow)
        self.view = ParallelView(self)
        self.view.chosen.connect(self._take_chosen)
        self.view.opened.connect(lambda run: session.show_run(self._runs[run].run_id))
        self._state = QLabel(self)
        self._state.setFont(ui_font(12))
        self._state.setProperty("tone", "muted")
        self._all = named(QPushButton(self), "runs_lines_all")
        self._all.setProperty("kind", "link")
        self._all.setFont(ui_font(12, 500))
        self._all.clicked.connect(self.view.clear)
        foot = QHBoxLayout()
        foot.addWidget(self._state, 1)
        foot.addWidget(self._all)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self.resize(860, 480)
        for signal in (session.runsChanged, session.scored, session.shownChanged):
            signal.connect(self._follow_later)
        theme().changed.connect(self.view.update)
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Runs as lines"))
        self.view.setAccessibleName(self.tr("Runs as lines; Up and Down walk from the best, Enter shows one"))
        self._all.setText(self.tr("All runs again"))
        self._all.setAccessibleName(self._all.text())
        self._all.setToolTip(self.tr("Choose all runs again (Escape)"))
        self._say_state()

    def follow(self) -> None:
        """Take over the session's runs; nothing while the window is hidden."""
        if self.isVisible():
            self._runs = list(self._session.runs)
            names = names_of_runs(self._session)
            told = [names[run.run_id] for run in self._runs]
            self.view.show_runs(
                axes_of(self._runs, self._read.of(self._runs)) if self._runs else (), told, final_losses(self._runs)
            )

    def _follow_later(self) -> None:
        if self.isVisible() and not self._follow_soon.isActive():
            self._follow_soon.start()

    def _take_chosen(self) -> None:
        mask = self.view.chosen_runs.tolist()
        chosen = frozenset(run.run_id for run, is_in in zip(self._runs, mask, strict=True) if is_in)
        self.chosen.emit(chosen if self.view.is_brushed else None)
        self._say_state()

    def _say_state(self) -> None:
        self._all.setVisible(self.view.is_brushed)
        text = self.tr("{chosen} of {count} runs · drag along an axis to choose · click a line to show its run")
        chosen, count = (count_text(int(number)) for number in (self.view.chosen_runs.sum(), len(self._runs)))
        self._state.setText(text.format(chosen=chosen, count=count))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.follow()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.view.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
