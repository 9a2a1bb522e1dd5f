"""Steps of something that goes round while training runs: numbered, joined, each with its number and its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font

LIT_MS = 450  # how long each stage is lit
DISC, NAME_TOP, VALUE_TOP, WORDS_TOP, HEIGHT = 20, 26, 41, 60, 76  # pixels of the design
ARROW, GAP = 4.0, 5.0
CENTRED = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


class Stage(NamedTuple):
    """What happens, its number, and what the number is."""

    name: str
    value: float
    words: str


class Stages(QWidget):
    """A row of stages; they light up one after the other while it is set going."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stages: tuple[Stage, ...] = ()
        self.lit: int | None = None  # the stage that is lit; None = all of them, at rest
        self._clock = QTimer(self, interval=LIT_MS)
        self._clock.timeout.connect(self._light_next)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def stages(self) -> tuple[Stage, ...]:
        return self._stages

    def set_stages(self, stages: Sequence[Stage]) -> None:
        """Show these; which one is lit stays."""
        self._stages = tuple(stages)
        text = [f"{place + 1} {one.name}: {one.words} {number_text(one.value)}" for place, one in enumerate(stages)]
        self.setToolTip("\n".join(text))
        self.setAccessibleDescription(", ".join(text))
        self.update()

    def set_going(self, is_going: bool) -> None:
        """Light the stages in turn, or let them rest."""
        if is_going and not self._clock.isActive():
            self.lit = 0
            self._clock.start()
        elif not is_going:
            self.lit = None
            self._clock.stop()
        self.update()

    def _light_next(self) -> None:
        if self.lit is not None and self._stages:
            self.lit = (self.lit + 1) % len(self._stages)
            self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self.set_going(False)

    def sizeHint(self) -> QSize:
        return QSize(scaled(360), scaled(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, scaled(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._stages:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / len(self._stages)
        for place, stage in enumerate(self._stages):
            column = QRectF(place * width, 0, width, self.height())
            if place:
                self._paint_arrow(painter, column.left() - width / 2, column.center().x())
            self._paint_stage(painter, column, place, stage)

    def _paint_arrow(self, painter: QPainter, start: float, end: float) -> None:
        radius = scaled(DISC) / 2
        middle, tip = radius + 1, end - radius - GAP
        painter.setPen(QPen(theme().palette.muted, 1.2))
        painter.drawLine(QPointF(start + radius + GAP, middle), QPointF(tip, middle))
        for side in (-ARROW, ARROW):
            painter.drawLine(QPointF(tip - ARROW, middle + side), QPointF(tip, middle))

    def _paint_stage(self, painter: QPainter, column: QRectF, place: int, stage: Stage) -> None:
        palette = theme().palette
        is_lit = self.lit is None or self.lit == place
        disc = QRectF(column.center().x() - scaled(DISC) / 2, 1, scaled(DISC), scaled(DISC))
        painter.setPen(QPen(palette.learner if is_lit else palette.muted, 1.5))
        painter.setBrush(palette.learner if is_lit else palette.card)
        painter.drawEllipse(disc)
        self._write(painter, disc, str(place + 1), 12, 600, palette.on_accent if is_lit else palette.muted)
        lines = (
            (NAME_TOP, 15, stage.name, 11, 600, palette.text),
            (VALUE_TOP, 19, number_text(stage.value), 15, 600, palette.accent_text if is_lit else palette.text),
            (WORDS_TOP, 15, stage.words, 11, 400, palette.muted),
        )
        for top, height, text, size, weight, color in lines:
            line = QRectF(column.left(), scaled(top), column.width(), scaled(height))
            self._write(painter, line, text, size, weight, color)

    def _write(self, painter: QPainter, box: QRectF, text: str, size: int, weight: int, color: QColor) -> None:
        painter.setFont(ui_font(size, weight))
        painter.setPen(color)
        fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()) - 2)
        painter.drawText(box, CENTRED, fitting)
