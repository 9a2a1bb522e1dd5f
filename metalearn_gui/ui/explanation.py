"""What a card shows in one sentence, and behind "why?" a few more."""

from __future__ import annotations

import html

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWhatsThis, QWidget

from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.translated import Translated
from metalearn_gui.ui.whys import CONTEXT

SIDE = QSize(18, 20)


class Explanation(Translated, QWidget):
    """A muted sentence with a link at its right; the rest unfolds below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence, self._rest = _Sentence("", self), QLabel(self)
        self._all = ""
        self._rest.setWordWrap(True)
        self._rest.hide()
        for label in (self._sentence, self._rest):
            label.setProperty("tone", "muted")
            label.setFont(ui_font(12))
        self._why = QPushButton(self)
        self._why.setProperty("kind", "link")
        self._why.setFont(ui_font(12, 500))
        self._why.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click Space still runs and pauses
        self._why.clicked.connect(self.toggle)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._sentence, 1)
        line.addWidget(self._why, 0, Qt.AlignmentFlag.AlignBottom)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(line)
        rows.addWidget(self._rest)
        self.retranslate()

    def set_texts(self, sentence: str, rest: str) -> None:
        """The sentence that is always there, and those behind the link."""
        self._sentence.setText(sentence)
        self._all = rest
        if self.is_open:
            self._show_rest()
        self.setAccessibleName(sentence)
        self.setAccessibleDescription(rest)

    @property
    def is_open(self) -> bool:
        return not self._rest.isHidden()

    def toggle(self) -> None:
        """Unfold the rest, or fold it."""
        self._show_rest()
        self._rest.setVisible(not self.is_open)
        self.retranslate()

    def _show_rest(self) -> None:
        """Behind the whole sentence where that is cut."""
        is_cut = self._sentence.shown_text != self._sentence.text()
        self._rest.setText(f"{self._sentence.text()} {self._all}" if is_cut else self._all)

    def retranslate(self) -> None:
        """Write every visible text."""
        self._why.setText(self.tr("less") if self.is_open else self.tr("why?"))
        self._why.setAccessibleName(self.tr("Less") if self.is_open else self.tr("Why? More about this card"))
        self._why.setToolTip(self._why.accessibleName())


class _Sentence(ElidedLabel):
    """In two lines where one is too narrow, cut beyond that.

    No label that wraps: with the height of one depending on its width, cards of a grid take more than the window has.
    """

    def setText(self, text: str) -> None:
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self.alignment() | Qt.TextFlag.TextWordWrap, self.shown_text)

    def _fit(self) -> None:
        line = self.fontMetrics().lineSpacing()
        self.setFixedHeight(line + 4 if super()._fits(self.text()) else 2 * line + 2)

    def _fits(self, text: str) -> bool:
        room = QRect(0, 0, self.width(), 10_000)
        needed = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, text)
        # Not two lines exactly: of some sizes each is a pixel higher than the step to the next.
        return needed.height() < 2.5 * self.fontMetrics().lineSpacing() and needed.width() <= self.width()


class WhyButton(QToolButton):
    """The same where there is no room for a line: a "?" in a card's header, and both behind it."""

    def __init__(self, sentence: str, rest: str, parent: QWidget) -> None:
        """Both as they stand in whys.py."""
        super().__init__(parent)
        self._texts = (sentence, rest)
        self.setProperty("kind", "flat")
        self.setFont(ui_font(12, 600))
        self.setText("?")
        self.setFixedSize(SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click Space still runs and pauses
        self.clicked.connect(self.tell)

    def retranslate(self, card: str) -> None:
        """Write every visible text; card: what it is called."""
        sentence, rest = (QCoreApplication.translate(CONTEXT, text) for text in self._texts)
        self.setToolTip(sentence)
        self.setAccessibleName(self.tr("Why? More about: {card}").format(card=card))
        self.setAccessibleDescription(sentence)
        self.setWhatsThis(f"<p><b>{html.escape(sentence)}</b></p><p>{html.escape(rest)}</p>")

    def tell(self) -> None:
        """Say it all beside the button, until the next key or click."""
        QWhatsThis.showText(self.mapToGlobal(QPoint(0, self.height())), self.whatsThis(), self)
