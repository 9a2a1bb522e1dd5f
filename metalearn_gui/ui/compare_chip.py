"""A chip that shows or hides one of the learners side by side, in that learner's colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from metalearn_gui.ui.canvas.markers import faded
from metalearn_gui.ui.icons import svg
from metalearn_gui.ui.plotting import dashed_pen
from metalearn_gui.ui.theme import scaled, theme, ui_font

HEIGHT, AROUND = 24, 44  # pixels of the design: of a chip, and those beside its words


class CompareChip(QAbstractButton):
    """Checked: a tick and the learner's colour. The one that is always shown cannot be pressed."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.style_of_line = "solid"  # one of plotting.LINE_STYLES
        self.setCheckable(True)
        self.setFont(ui_font(12))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self.update)

    @property
    def color(self) -> QColor:
        """The learner's, in the theme as it is."""
        return theme().color_of(self.key)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + scaled(AROUND), scaled(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), theme().palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color, box = self.color, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(dashed_pen(color, self.style_of_line, 1.3) if self.isChecked() else QPen(palette.line, 1.3))
        painter.setBrush(faded(color, 36) if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        if self.hasFocus():
            painter.setPen(QPen(palette.text, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        text = box
        if self.isChecked():
            side = scaled(12)
            svg("check", color).render(
                painter, QRectF(box.left() + scaled(10), box.center().y() - side / 2, side, side)
            )
            text = box.adjusted(scaled(16), 0, 0, 0)
        painter.setFont(self.font())
        painter.setPen(palette.text if self.isChecked() or self.underMouse() else palette.muted)
        words, room = self.text(), self.width() - scaled(AROUND)
        if self.width() < self.sizeHint().width():
            words = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(text, Qt.AlignmentFlag.AlignCenter, words)
