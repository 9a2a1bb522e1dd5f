"""One editor per kind of setting. Each shows a value silently and says what a person asked for with `edited`.

The number boxes take any text: whether it can be used, and the line that says why not, is the engine's word.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QSlider,
    QSpinBox,
    QWidget,
)

from metalearn_gui.engine.params import THIN_SPACE, Param
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.line_edit import leaves_undo
from metalearn_gui.ui.scale import Scale
from metalearn_gui.ui.text import count_text
from metalearn_gui.ui.text_boxes import PathBox, TextBox
from metalearn_gui.ui.theme import scaled, theme, ui_font

INT_LIMIT = 2**31 - 1
CHOICE_LABELS = {"relu": "ReLU", "elu": "ELU", "sgd": "SGD", "adam": "Adam", "he": "He", "glorot": "Glorot"}


def choice_label(choice: str) -> str:
    """A word of a setting as people write it."""
    return CHOICE_LABELS.get(choice, choice)


class _NumberBox:
    """What the boxes for whole and for real numbers share; it stands before the Qt class."""

    edited: Any

    def _prepare(self: Any, spec: Param) -> None:
        self._spec = spec
        self._refused = ""
        # The arrows are folded by the style sheet: with NoButtons it gives the text no room at all.
        self.setObjectName(spec.name)
        self.setFont(ui_font(13, 600))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFrame(False)
        self.setKeyboardTracking(False)
        self.lineEdit().setAcceptDrops(False)  # what is dropped means the window
        self.setProperty("kind", "value")
        self.valueChanged.connect(self.edited.emit)
        self.editingFinished.connect(self._report_refused)

    def show_value(self: Any, value: float) -> None:
        """Show the session's value; nothing is emitted."""
        blocker = QSignalBlocker(self)
        self._refused = ""
        self.setValue(value)
        self.lineEdit().setText(self.textFromValue(value))
        blocker.unblock()

    def validate(self: Any, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return QValidator.State.Acceptable, text, position

    def stepBy(self: Any, steps: int) -> None:
        scale = Scale(self._spec) if Scale.suits(self._spec) else None
        if scale is None or scale.num_positions < 200:
            self.setValue(self.value() + steps)
            return
        place = scale.position(self.value())
        moved = scale.value(min(max(place + steps, 0), scale.num_positions))
        while moved == self.value() and 0 < place + steps < scale.num_positions:
            place += 1 if steps > 0 else -1
            moved = scale.value(min(max(place + steps, 0), scale.num_positions))
        self.setValue(moved)

    def event(self: Any, event: QEvent) -> bool:
        if leaves_undo(self.lineEdit(), event):
            event.ignore()
            return False
        return bool(super().event(event))  # type: ignore[misc]  # of the spin box that this is mixed into

    def wheelEvent(self: Any, event: QWheelEvent) -> None:
        event.ignore()

    def minimumSizeHint(self: Any) -> QSize:
        return QSize(scaled(30), scaled(20))

    def sizeHint(self: Any) -> QSize:
        text = max(self.textFromValue(self.value()), self.lineEdit().text(), key=len)
        return QSize(self._width_of(text), scaled(20))

    def widest(self: Any) -> int:
        """How wide it may become while a slider moves it."""
        scale = Scale(self._spec)
        values = {scale.value(position) for position in range(scale.num_positions + 1)}
        return max(self._width_of(self.textFromValue(value)) for value in values)

    def _width_of(self: Any, text: str) -> int:
        return max(28, self.fontMetrics().horizontalAdvance(text) + 10)

    def _refuse(self: Any, text: str) -> float:
        self._refused = text
        return self.value()

    def _report_refused(self: Any) -> None:
        if self._refused:
            text, self._refused = self._refused, ""
            self.edited.emit(text)


class IntBox(_NumberBox, QSpinBox):
    """Whole numbers, with thin spaces between thousands."""

    edited = Signal(object)

    def __init__(self, spec: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(-INT_LIMIT, INT_LIMIT)
        self._prepare(spec)

    def textFromValue(self, value: int) -> str:
        return count_text(value)

    def valueFromText(self, text: str) -> int:
        self._refused = ""
        try:
            number = int(_plain(text))
        except ValueError:
            return int(self._refuse(_plain(text)))
        return number if abs(number) <= INT_LIMIT else int(self._refuse(_plain(text)))


class FloatBox(_NumberBox, QDoubleSpinBox):
    """Real numbers, six figures shown and fifteen decimals kept."""

    edited = Signal(object)

    def __init__(self, spec: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(15)
        self.setRange(-1e15, 1e15)
        self._prepare(spec)

    def textFromValue(self, value: float) -> str:
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        self._refused = ""
        if _plain(text) == self.textFromValue(self.value()):
            return self.value()
        try:
            number = float(_plain(text))
        except ValueError:
            return self._refuse(_plain(text))
        return number if abs(number) <= 1e15 else self._refuse(_plain(text))


class ChoiceBox(Combo):
    """One of a few words; the words themselves are the items' data."""

    edited = Signal(object)

    def __init__(self, spec: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(spec.name)
        self.setFont(ui_font(13))
        self.setProperty("kind", "flat")
        for choice in spec.choices:
            self.addItem(choice_label(choice), choice)
        self.currentIndexChanged.connect(lambda index: self.edited.emit(self.itemData(index)))

    def setCurrentText(self, text: str) -> None:
        """Take a choice by its word or by its label."""
        place = self.findData(text)
        self.setCurrentIndex(place if place >= 0 else self.findText(text))

    def show_value(self, value: str) -> None:
        """Show the session's value; nothing is emitted."""
        blocker = QSignalBlocker(self)
        self.setCurrentIndex(self.findData(value))
        blocker.unblock()


class Switch(QCheckBox):
    """On or off, drawn as a switch."""

    edited = Signal(object)
    WIDTH, HEIGHT = 30, 16

    def __init__(self, spec: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(spec.name)
        self.setFixedSize(self.WIDTH, self.HEIGHT + 4)  # in pixels of the design, as `fit_new` has it
        self.toggled.connect(self.edited.emit)

    def show_value(self, value: bool) -> None:
        """Show the session's value; nothing is emitted."""
        blocker = QSignalBlocker(self)
        self.setChecked(value)
        blocker.unblock()
        self.update()

    def widest(self) -> int:
        """As wide as ever."""
        return self.width()

    def hitButton(self, position: Any) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = theme().palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.learner if self.isChecked() and self.isEnabled() else colors.line)
        painter.scale(theme().zoom, theme().zoom)
        painter.drawRoundedRect(0, 2, self.WIDTH, self.HEIGHT, 8, 8)
        painter.setBrush(colors.on_accent if self.isChecked() else colors.muted)
        painter.drawEllipse(self.WIDTH - 14 if self.isChecked() else 2, 4, 12, 12)


EDITORS: dict[str, type[Any]] = {
    "int": IntBox,
    "float": FloatBox,
    "choice": ChoiceBox,
    "bool": Switch,
    "text": TextBox,
    "path": PathBox,
}


class ValueSlider(QSlider):
    """A slider over a setting's scale; the wheel scrolls the card, not the value."""

    edited = Signal(object)

    def __init__(self, spec: Param, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName(f"{spec.name}_slider")
        self._scale = Scale(spec)
        self.setRange(0, self._scale.num_positions)
        self.setPageStep(max(1, self._scale.num_positions // 10))
        self.setFixedHeight(12)
        self.valueChanged.connect(lambda position: self.edited.emit(self._scale.value(position)))

    def show_value(self, value: float) -> None:
        """Show the session's value; nothing is emitted."""
        position = self._scale.position(value)
        if self._scale.value(self.value()) == value:
            return
        blocker = QSignalBlocker(self)
        self.setValue(position)
        blocker.unblock()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _plain(text: str) -> str:
    return text.replace(THIN_SPACE, "").replace("\u2212", "-").replace(" ", "").replace(",", ".")
