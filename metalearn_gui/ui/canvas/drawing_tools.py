"""The tools beside a drawing pad: pen, eraser, fit to frame, undo, an empty sheet, a file, one more example."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from metalearn_gui.ui.canvas.drawing_pad import Tool
from metalearn_gui.ui.canvas.for_hand import mark_for_hand
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import theme
from metalearn_gui.ui.translated import Translated

SIDE, SPACING = 24, 1


class DrawingTools(Translated, QWidget):
    """A row of buttons; says which was pressed."""

    toolChosen = Signal(object)  # a Tool
    fitToggled = Signal()  # fits
    undoAsked = Signal()
    clearAsked = Signal()
    fileAsked = Signal()
    exampleAsked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        mark_for_hand(self)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(SPACING)
        group = QButtonGroup(self)
        self._pen, self._eraser = self._button("drawing_pen"), self._button("drawing_eraser")
        for button, tool in ((self._pen, Tool.PEN), (self._eraser, Tool.ERASER)):
            button.setCheckable(True)
            button.clicked.connect(lambda _, tool=tool: self.toolChosen.emit(tool))
            group.addButton(button)
        self._pen.setChecked(True)
        self._fit = self._button("drawing_fit")
        self._fit.setCheckable(True)
        self._fit.setChecked(True)
        self._fit.toggled.connect(lambda _: self.fitToggled.emit())
        self._undo, self._clear = self._button("drawing_undo"), self._button("drawing_clear")
        self._file, self._example = self._button("drawing_file"), self._button("drawing_example")
        self._undo.clicked.connect(self.undoAsked)
        self._clear.clicked.connect(self.clearAsked)
        self._file.clicked.connect(self.fileAsked)
        self._example.clicked.connect(self.exampleAsked)
        theme().changed.connect(self._restyle)
        self.retranslate()
        self._restyle()

    @property
    def fits(self) -> bool:
        """Whether drawings are centred and scaled like the pictures of their task."""
        return self._fit.isChecked()

    def _button(self, name: str) -> QToolButton:
        button = named(QToolButton(self), name)
        button.setProperty("kind", "flat")
        button.setIconSize(QSize(16, 16))
        button.setFixedSize(SIDE, SIDE)
        self._line.addWidget(button)
        return button

    def retranslate(self) -> None:
        """Set every string again."""
        texts = {
            self._pen: self.tr("Pen, as wide as the strokes of this task"),
            self._eraser: self.tr("Eraser"),
            self._fit: self.tr("Fit to frame: centre and scale drawings like the pictures of this task"),
            self._undo: self.tr("Take the last stroke back (Ctrl+Z)"),
            self._clear: self.tr("An empty sheet in the place of this picture"),
            self._file: self.tr("A picture from a file in the place of this one; Ctrl+V takes one from the clipboard"),
            self._example: self.tr("One more example of this class, to be drawn"),
        }
        for button, text in texts.items():
            button.setToolTip(text)
            button.setAccessibleName(text)

    def _restyle(self) -> None:
        names = {
            self._pen: "pen",
            self._eraser: "eraser",
            self._fit: "fit",
            self._undo: "undo",
            self._clear: "remove",
            self._file: "folder",
            self._example: "plus",
        }
        for button, name in names.items():
            button.setIcon(icon(name))
