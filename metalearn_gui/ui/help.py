"""F1: what one looks at, and the keys. A window beside the main one, never in its way."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from metalearn_gui.ui.actions import COMMANDS
from metalearn_gui.ui.theme import scaled, ui_font
from metalearn_gui.ui.translated import Translated


class HelpWindow(Translated, QWidget):
    """A few sentences and the table of shortcuts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setObjectName("help_window")
        self.addActions(parent.actions())  # shortcuts mean here what they mean there
        self._story = QLabel(self)
        self._story.setWordWrap(True)
        self._story.setFont(ui_font(14))
        self._texts = {command.key: QLabel(self) for command in COMMANDS if command.shortcut}
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(12)
        for texts in (1, 3):
            grid.setColumnStretch(texts, 1)
        half = -(-len(self._texts) // 2)
        for place, command in enumerate(command for command in COMMANDS if command.shortcut):
            key = QLabel(command.shortcut, self)
            key.setFont(ui_font(13, 600))
            self._texts[command.key].setFont(ui_font(13))  # a window of its own takes no type from the main one
            for label in (key, self._texts[command.key]):  # no window is so low that letters lose what hangs below
                label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            grid.addWidget(key, place % half, 2 * (place // half))
            grid.addWidget(self._texts[command.key], place % half, 2 * (place // half) + 1)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(18)
        column.addWidget(self._story)
        column.addLayout(grid)
        column.addStretch(1)
        self.retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        size = self.size().expandedTo(QSize(scaled(760), scaled(560)))  # the type may have grown since
        self.resize(size.expandedTo(QSize(0, self._column.totalHeightForWidth(size.width()))))

    def toggle(self) -> None:
        """To the front with the keyboard, where not every desktop puts it; away where it is there."""
        if self.isVisible():
            self.close()
            return
        self.show()
        self.raise_()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif (window := self.parentWidget()) is not None:
            window.keyPressEvent(event)  # keys are there to be tried

    def retranslate(self) -> None:
        """Write every visible text."""
        self.setWindowTitle(self.tr("Help"))
        self._story.setText(
            self.tr(
                "A learner practises on many small tasks, so that a few points are enough for the next one. "
                "Choose tasks, learner and network at the left, press Run, and drag the points of a task that it "
                "has never seen: the curve follows. The right says how well, on hundreds of unseen tasks. "
                "By keys: T leads to the task, arrows choose, Shift and an arrow move, Insert adds, Delete removes."
            )
        )
        for command in COMMANDS:
            if command.key in self._texts:
                self._texts[command.key].setText(command.label)
