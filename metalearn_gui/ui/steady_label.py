"""A label for texts that come with every answer."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel

SPARE = 1.05  # times the text's width: at another zoom type grows by whole pixels, and this size in proportion


class SteadyLabel(QLabel):
    """Keeps the width of the widest text so far: another one moves nothing, and no layout is asked for a new one.

    Qt asks the whole window for that with every text of a label whose size is not fixed.
    """

    def setText(self, text: str) -> None:
        """As QLabel's."""
        super().setText(text)
        needed, kept = self.sizeHint(), self.minimumSize()
        if needed.width() > kept.width() or needed.height() > kept.height():
            self.setFixedSize(QSize(round(SPARE * needed.width()), needed.height()).expandedTo(kept))
