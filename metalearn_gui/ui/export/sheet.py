"""The export sheet: over the dimmed window, never modal; training goes on behind it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import Message, Session
from metalearn_gui.store.subject import export_subject
from metalearn_gui.ui.export.cards import CardGrid
from metalearn_gui.ui.export.details import Details
from metalearn_gui.ui.export.foot import Foot
from metalearn_gui.ui.export.formats import FORMATS
from metalearn_gui.ui.export.place import Place, written_at
from metalearn_gui.ui.export.writer import Writer
from metalearn_gui.ui.export.writing import BUSY, DONE, Stage
from metalearn_gui.ui.sheet import Sheet
from metalearn_gui.ui.text import count_text, counted


class ExportSheet(Sheet):
    """`open` shows what the session shows now; what was chosen stays chosen."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("export", parent)
        self._session = session
        self.picked = "learner"
        self._place, self._written_to = Place(), Path()
        self.writer = Writer(session, self)
        self._subject = export_subject(session.shown)
        self._grid, self._details, self._foot = CardGrid(), Details(), Foot(self.paper)
        self.cards = self._grid.cards
        self._lay_out()
        self._connect()
        self.retranslate()
        self.restyle()

    # --- building -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        content = QWidget()
        columns = QHBoxLayout(content)
        columns.setContentsMargins(24, 14, 16, 14)
        columns.setSpacing(24)
        columns.addWidget(self._grid, 1)
        columns.addWidget(self._details)
        area = QScrollArea(self.paper)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        rows = QVBoxLayout(self.paper)
        rows.setContentsMargins(1, 1, 1, 1)
        rows.setSpacing(0)
        rows.addLayout(self.head())
        rows.addWidget(self.rule())
        rows.addWidget(area, 1)
        rows.addWidget(self.rule())
        rows.addWidget(self._foot)

    def _connect(self) -> None:
        self._grid.picked.connect(self.pick)
        self._grid.chosenChanged.connect(self._show_count)
        self.main_button = self._foot.start
        self._foot.startRequested.connect(self.start)
        self._foot.stopRequested.connect(self.writer.stop)
        self._foot.folderChosen.connect(self.set_folder)
        self.writer.changed.connect(self._show_steps)
        self.writer.ended.connect(self._report)

    # --- what it is asked for -----------------------------------------------------------------------

    def open(self) -> None:
        """Show the sheet over the window, with the run that is shown."""
        if not self.writer.is_busy:
            self._subject = export_subject(self._session.shown)
        self.appear()

    def pick(self, key: str) -> None:
        """Show a format's details."""
        self.picked = key
        self._grid.show_picked(key)
        self._details.show_format(FORMATS[key], self._subject)

    def set_folder(self, folder: Path | str) -> None:
        """Write there from now on."""
        self._place.chosen = Path(folder)
        self._look_there()

    @property
    def folder(self) -> Path:
        """Where the files go."""
        return self._place.folder(self._session.shown.run_id, self._run_name())

    def start(self) -> None:
        """Write what is chosen."""
        if not self._grid.chosen or self.writer.is_busy:
            return
        self._subject = export_subject(self._session.shown)
        self._show_run()
        folder = self._written_to = self._place.take(self._session.shown.run_id, self._run_name())
        self._foot.show_folder(folder)
        with contextlib.suppress(OSError):  # every file then says in one line what is wrong with the folder
            folder.mkdir(parents=True, exist_ok=True)
        for card in self.cards.values():
            card.show_progress(None)
        self.setFocus()  # the button is out of use meanwhile, and the keyboard would go on to the one that closes
        self.writer.start({key: folder / FORMATS[key].file_name for key in self._grid.chosen})

    # --- what it shows ------------------------------------------------------------------------------

    def _run_name(self) -> str:
        run = self._session.shown
        number = 1 + next((place for place, other in enumerate(self._session.runs) if other is run), 0)
        return f"{run.settings.tasks.key}-{run.settings.learner.key}-run{number}"

    def _look_there(self) -> None:
        """Where the files go, and which of them are there already."""
        folder = self.folder
        self._foot.show_folder(folder)
        for key, card in self.cards.items():
            card.show_replaced(written_at(folder / FORMATS[key].file_name))

    def _show_steps(self) -> None:
        steps = list(self.writer.steps.values())
        for step in steps:
            self.cards[step.key].show_progress(step)
        ended = sum(step.stage not in (*BUSY, Stage.WAITING) for step in steps)
        self._foot.show_busy(self.writer.is_busy, ended, len(steps))
        self._details.writing.show_steps(steps)

    def _report(self) -> None:
        """Closed meanwhile: the result goes where messages go."""
        self._look_there()
        steps = self.writer.steps.values()
        done = sum(step.stage in DONE for step in steps)
        if not self.isVisible():
            files = counted(len(steps), self.tr("1 file"), self.tr("{count} files"))
            text = self.tr("{done} of {files} written to {folder}")
            text = text.format(done=done, files=files, folder=self._written_to)
            self._session.messageRaised.emit(Message(text, "info" if done == len(steps) else "warning"))

    def _show_count(self) -> None:
        self._foot.show_count(len(self._grid.chosen))

    def _show_run(self) -> None:
        settings, state = self._subject.settings, self._subject.state
        text = self.tr("{learner} · {tasks} · meta-iteration {iteration} · {weights} weights")
        named = {"learner": settings.learner.label, "tasks": settings.tasks.label}
        counts = {"iteration": state.iteration if state else 0, "weights": settings.network.num_parameters()}
        self.subtitle.setText(text.format(**named, **{name: count_text(count) for name, count in counts.items()}))

    # --- texts, colours ---------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write every visible text."""
        super().retranslate()
        self.setAccessibleName(self.tr("Export"))
        self.title.setText(self.tr("Export"))
        for part in (self._grid, self._details, self._foot):
            part.retranslate()
        self._look_there()
        self._show_run()
        self._show_count()
        self.pick(self.picked)

    def restyle(self) -> None:
        """Take the theme's colours."""
        super().restyle()
        for part in (self._details, self._foot):
            part.restyle()

    def window_closed(self) -> None:
        """Begin no further file."""
        self.writer.close()
