"""A combo box with the window's chevron; the wheel scrolls the card, and the window's keys stay the window's."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.theme import scaled, theme

CHEVRON, MARGIN = 12, 7
SCROLLERS = 40  # more than the height of the two
AROUND = 3  # above and below a list's rows: its border, and what Qt leaves free


class Combo(QComboBox):
    """QComboBox, dressed; a choice too long for the box ends in an ellipsis.

    A click does not leave the focus here: Space would open the list instead of running, and letters choose.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        texts = [self.itemText(place) for place in range(self.count())]
        widest = max((self.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
        return QSize(widest + scaled(CHEVRON + 2 * MARGIN + 8), max(scaled(24), super().sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def showPopup(self) -> None:
        """The list with all its rows: Qt forgets the border of a styled one, and scrolls for want of two pixels."""
        super().showPopup()
        view, popup = self.view(), self.view().window()
        height = sum(view.sizeHintForRow(row) for row in range(self.count())) + 2 * AROUND
        screen = self.screen().availableGeometry()
        if popup.height() < height <= screen.height():
            popup.move(popup.x(), min(popup.y(), screen.bottom() + 1 - height))
            for room in (SCROLLERS, 0):  # with room to spare they go, and do not come back
                popup.resize(popup.width(), height + room)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = self.rect().adjusted(scaled(MARGIN), 0, -scaled(CHEVRON + MARGIN + 4), 0)
        text = self.currentText() or self.placeholderText()
        colors = theme().palette
        painter.setPen(colors.text if self.isEnabled() and self.currentText() else colors.muted)
        elided = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
        side = scaled(CHEVRON)
        chevron = icon("chevron_down", colors.muted).pixmap(QSize(side, side), self.devicePixelRatioF())
        painter.drawPixmap(self.width() - side - scaled(6), (self.height() - side) // 2, chevron)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
