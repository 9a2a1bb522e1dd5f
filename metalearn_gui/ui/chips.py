"""Choices as checkable buttons: eight in sight, the others behind "More...", which names a chosen one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from metalearn_gui.ui.icons import icon, svg
from metalearn_gui.ui.theme import restyle_by_properties, scaled, theme, ui_font

IN_SIGHT = 8
COLUMNS = 4
SPACING = 6
AROUND_MORE = 32  # pixels of the design that its arrow and its margins take


class TextChip(QPushButton):
    """A pill with a word in it."""

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self.setObjectName(name)
        self.setCheckable(True)
        self.setProperty("kind", "chip")
        self.setFont(ui_font(11, 500))
        self.setFixedHeight(25)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(label)

    def set_fits(self, fits: bool) -> None:
        """Look like a choice that goes with the others, or like one that does not."""
        if fits != (self.property("fits") is not False):
            self.setProperty("fits", fits)
            restyle_by_properties(self)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 8, 25)

    minimumSizeHint = sizeHint


class PictureChip(QPushButton):
    """A small picture over a word."""

    PICTURE_HEIGHT, SIZE = 39, QSize(54, 55)

    def __init__(self, name: str, label: str, picture: str, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self.setObjectName(name)
        self._picture = picture
        self.setCheckable(True)
        self.setProperty("kind", "family")
        self.setFont(ui_font(11, 500))
        self.setFixedHeight(scaled(self.SIZE.height()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(label)

    def sizeHint(self) -> QSize:
        return QSize(scaled(self.SIZE.width()), scaled(self.SIZE.height()))

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = theme().palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.5, 0.5, self.width() - 1, scaled(self.PICTURE_HEIGHT) - 1)
        painter.setPen(QPen(self._edge_color(), 1.5 if self.isChecked() else 1))
        painter.setBrush(_washed(colors.learner) if self.isChecked() else colors.background)
        painter.drawRoundedRect(box, 8, 8)
        height = scaled(self.PICTURE_HEIGHT) - 6
        width = height * 48 / 36
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        svg(self._picture).render(painter, QRectF((self.width() - width) / 2, 3, width, height))
        painter.setPen(colors.accent_text if self.isChecked() else colors.muted)
        painter.setFont(self._fitting_font())
        area = QRectF(0, scaled(self.PICTURE_HEIGHT) + 2, self.width(), self.height() - scaled(self.PICTURE_HEIGHT) - 2)
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def _edge_color(self) -> QColor:
        colors = theme().palette
        return colors.learner if self.isChecked() else colors.muted if self.underMouse() else colors.line

    def _fitting_font(self) -> QFont:
        """The label's type, smaller where the word is long: nothing is clipped."""
        weight = 600 if self.isChecked() else 400
        sizes = (11, 10.5, 10, 9)
        room = self.width()
        fonts = [ui_font(size, weight) for size in sizes]
        return next((font for font in fonts if QFontMetrics(font).horizontalAdvance(self.text()) <= room), fonts[-1])


class ChipBox(QWidget):
    """Exclusive chips by key. `chosen` is emitted for a person's choice only."""

    chosen = Signal(str)

    def __init__(
        self,
        chips: Mapping[str, QPushButton],
        first: Sequence[str],
        more_text: Callable[[int, bool], str],
        width: int,
        parent: QWidget | None = None,
    ) -> None:
        """`first` are the keys to keep in sight; others fill up to eight. more_text(hidden, unfolded) is translated."""
        super().__init__(parent)
        self.chips = chips
        self._more_text, self._width = more_text, width
        keys = sorted(chips, key=lambda key: first.index(key) if key in first else len(first))
        self._hidden_keys = keys[IN_SIGHT:]
        self._choice = ""
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self._rows(keys[:IN_SIGHT], width))
        self.more = QPushButton(self)
        self.more.setProperty("kind", "more")
        self.more.setFont(ui_font(11.5, 500))
        self.more.setFixedHeight(22)
        self.more.setIconSize(QSize(12, 12))
        self.more.clicked.connect(self.toggle_more)
        self.more.setVisible(bool(self._hidden_keys))
        column.addWidget(self.more)
        self._fold = self._rows(self._hidden_keys, width)
        self._fold.hide()
        column.addWidget(self._fold)
        for key, chip in chips.items():
            self._group.addButton(chip)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click Space still runs and pauses
            chip.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))

    def _rows(self, keys: Sequence[str], width: int) -> QWidget:
        holder = QWidget(self)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        for row in _packed([(key, self.chips[key].sizeHint().width()) for key in keys], width):
            line = QHBoxLayout()
            line.setSpacing(SPACING)
            for key in row:
                line.addWidget(self.chips[key], self.chips[key].sizeHint().width())
            if isinstance(self.chips[row[0]], PictureChip):
                _fill(line, COLUMNS - len(row), self.chips[row[0]])
            column.addLayout(line)
        return holder

    def show_choice(self, key: str) -> None:
        """Check a chip silently. What was unfolded to choose from folds again: its settings are what comes next."""
        self.chips[key].setChecked(True)
        if key == self._choice:
            return
        self._choice = key
        if self._fold.isAncestorOf(self.focusWidget()):
            self.more.setFocus()
        self._unfold(False)

    def toggle_more(self) -> None:
        """Unfold or fold the other chips."""
        self._unfold(self._fold.isHidden())

    def _unfold(self, on: bool) -> None:
        self._fold.setVisible(on)
        self.retranslate()
        self.restyle()

    @property
    def _choice_out_of_sight(self) -> str:
        """What the chosen chip says, where it is folded away."""
        is_folded = self._choice in self._hidden_keys and self._fold.isHidden()
        return self.chips[self._choice].text() if is_folded else ""

    def retranslate(self) -> None:
        """Write the text of "More..."."""
        count, choice = len(self._hidden_keys), self._choice_out_of_sight
        text = " · ".join(filter(None, (choice, self._more_text(count, not self._fold.isHidden()))))
        room = scaled(self._width - AROUND_MORE)
        if choice and self.more.fontMetrics().horizontalAdvance(text) > room:
            text = self.tr("{choice} · {count} more").format(choice=choice, count=count)
        self.more.setText(text)
        self.more.setToolTip(self.tr("Show or hide the others"))
        self.more.setAccessibleName(self.more.text())

    def restyle(self) -> None:
        """Take the theme's colours."""
        name = "chevron_right" if self._fold.isHidden() else "chevron_down"
        self.more.setIcon(icon(name, theme().palette.muted))
        self.more.setProperty("chosen", bool(self._choice_out_of_sight))
        restyle_by_properties(self.more)


def _fill(line: QHBoxLayout, missing: int, like: QWidget) -> None:
    """Empty places after the last chip, so that it is as wide as the others."""
    for _ in range(missing):
        place = QWidget(like.parentWidget())
        place.setSizePolicy(like.sizePolicy())
        place.setMinimumWidth(like.sizeHint().width())
        line.addWidget(place, like.sizeHint().width())


def _packed(widths: Sequence[tuple[str, int]], available: int) -> list[list[str]]:
    """Keys in rows of at most COLUMNS that fit side by side."""
    rows: list[list[str]] = []
    used = 0
    for key, width in widths:
        if rows and len(rows[-1]) < COLUMNS and used + SPACING + width <= available:
            rows[-1].append(key)
            used += SPACING + width
        else:
            rows.append([key])
            used = width
    return rows


def _washed(color: QColor) -> QColor:
    result = QColor(color)
    result.setAlphaF(0.16)
    return result
