"""What the import sheets share: data are read and looked at, and only then are settings changed, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from metalearn_gui.bridge.importing import Reader
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.switching import for_family, switched, with_episodes_that_fit
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.ui.import_sheet.steps import Steps
from metalearn_gui.ui.learner_notice import tell_of_other_learner
from metalearn_gui.ui.named import named
from metalearn_gui.ui.sheet import Sheet
from metalearn_gui.ui.text import duration_text
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.wording import without_keys

CLOSING_SECONDS = 0.05


class ImportSheet(Sheet):
    """Three steps over a preview, progress and what is wrong below. A subclass says what is read and shown."""

    family: ClassVar[type[TaskFamily]]  # what the data become
    chosen: ClassVar[Sequence[str]]  # the settings that Import takes over

    def __init__(
        self, session: Session, reader: Reader, places: dict[str, int], parent: QWidget, columns: Sequence[str] = ()
    ) -> None:
        super().__init__(f"import_{self.family.key}", parent)
        self.session, self.reader = session, reader
        reader.setParent(self)
        self.steps = Steps(self.family, places, self.paper, columns)
        self.note, self._error = QLabel(self.paper), named(QLabel(self.paper), "import_error")
        self._bar = named(QProgressBar(self.paper), "import_progress")
        self._cancel = named(QPushButton(self.paper), "import_cancel")
        self._import = named(QPushButton(self.paper), "import_start")
        reader.progressed.connect(self._show_progress)
        reader.refused.connect(self.refuse)
        self._cancel.clicked.connect(self.leave)
        self._import.clicked.connect(self.take)
        self.main_button = self._import

    # --- what a subclass says -----------------------------------------------------------------------

    def open(self, path: str) -> None:
        """Read this, and show what could be made of it."""
        raise NotImplementedError

    def ready(self) -> TaskFamily | None:
        """What Import would take; None while that is not known."""
        raise NotImplementedError

    def show_choice(self) -> None:
        """Show what is chosen and what comes of it."""
        raise NotImplementedError

    # --- building -----------------------------------------------------------------------------------

    def lay_out(self, preview: QWidget) -> None:
        """Put the parts in their places, once they are all there."""
        for label, tone in ((self.note, "muted"), (self._error, "error")):
            label.setFont(ui_font(12))
            label.setProperty("tone", tone)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._bar.setTextVisible(False)
        middle = QVBoxLayout()
        middle.setContentsMargins(24, 14, 24, 14)
        middle.setSpacing(10)
        middle.addWidget(self.steps)
        middle.addWidget(self._bar)
        middle.addWidget(preview, 1)
        rows = QVBoxLayout(self.paper)
        rows.setContentsMargins(1, 1, 1, 1)
        rows.setSpacing(0)
        rows.addLayout(self.head())
        rows.addWidget(self.rule())
        rows.addLayout(middle, 1)
        rows.addWidget(self.rule())
        rows.addLayout(self._foot())
        self.retranslate()
        self.restyle()

    def _foot(self) -> QHBoxLayout:
        self._import.setProperty("kind", "accent")
        for button in (self._cancel, self._import):
            button.setFont(ui_font(12.5, 600 if button is self._import else 500))
            button.setFixedHeight(34)
        says = QVBoxLayout()
        says.addWidget(self.note)
        says.addWidget(self._error)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 12)
        foot.setSpacing(10)
        foot.addLayout(says, 1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._import)
        return foot

    # --- what it does -------------------------------------------------------------------------------

    def begin(self, path: str) -> None:
        """Appear, with nothing read yet."""
        self.subtitle.setText(Path(path).name)
        self._show_progress(0, 0.0)
        self.refresh()
        self.appear()

    def present(self, path: str) -> Any:
        """The settings of the tasks in use, where they are made of this very data; else None."""
        tasks = self.session.settings.tasks
        return tasks if isinstance(tasks, self.family) and self.session.settings.value("data") == path else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field whose value is refused does not import what was there before it."""
        is_in_field = not isinstance(QApplication.focusWidget(), QAbstractButton)
        if not (self._error.text() and is_in_field and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)):
            super().keyPressEvent(event)

    def take(self) -> None:
        """One change of settings that can be undone; what does not fit is said, and the sheet stays."""
        family, settings = self.ready(), self.session.settings
        if family is None:
            return
        wanted = for_family(settings, family.key, kind=family.kind) | {
            name: getattr(family, name) for name in self.chosen
        }
        try:
            asked = switched(settings, **wanted).resolved()
            made = with_episodes_that_fit(asked)
            made.check_data()
        except SettingError as error:
            self.refuse(str(error))
            return
        self.session.set_settings(made, self.tr("Import data"))
        tell_of_other_learner(self.session, settings.learner, self._smaller_episodes(asked, made))
        self.leave()

    def _smaller_episodes(self, asked: ExperimentSettings, made: ExperimentSettings) -> str:
        """What is said where classes have too few examples for the episodes that were set; "" for nothing."""
        if made.episodes == asked.episodes:
            return ""
        text = self.tr("The smallest class has {count} images: shots are {shots} and queries {queries} now.")
        return text.format(count=made.tasks.least_per_class(), shots=made.episodes.shots, queries=made.episodes.queries)

    def leave(self) -> None:
        """Back to the window, with nothing more changed."""
        self.reader.cancel()
        super().leave()

    def window_closed(self) -> None:
        """End the reader's thread."""
        self.reader.close(CLOSING_SECONDS)

    def refuse(self, error: str) -> None:
        """Say what is wrong; "" for nothing."""
        self._bar.hide()
        self.note.clear()  # how far reading was
        self._error.setText(without_keys(error))
        self.refresh()

    def reading_ended(self) -> None:
        """Nothing is under way any more."""
        self._bar.hide()

    def refresh(self) -> None:
        """Show what is chosen, and whether it can be taken."""
        self.show_choice()
        self._import.setEnabled(self.ready() is not None)
        self.note.setVisible(bool(self.note.text()))
        self._error.setVisible(bool(self._error.text()))

    def _show_progress(self, percent: int, seconds: float) -> None:
        self._bar.setVisible(True)
        self._bar.setValue(percent)
        self._error.clear()
        text = self.tr("Reading: {percent} %, {time} left") if seconds >= 1 else self.tr("Reading: {percent} %")
        self.note.setText(text.format(percent=percent, time=duration_text(seconds)))

    def retranslate(self) -> None:
        """Write every visible text."""
        super().retranslate()
        self.setAccessibleName(self.tr("Import data"))
        self.title.setText(self.tr("Import data"))
        self._bar.setAccessibleName(self.tr("Reading"))
        self._cancel.setText(self.tr("Cancel"))
        self._import.setText(self.tr("Import"))
        self.steps.retranslate()
        self.refresh()
