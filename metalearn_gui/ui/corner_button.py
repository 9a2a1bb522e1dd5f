"""A choice in a corner of a plot, where it hides neither lines nor words."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from metalearn_gui.ui.free_place import MANY, Lines, num_hidden
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.plotting import ThemedPlot
from metalearn_gui.ui.theme import scaled, theme, ui_font

BELOW_WORDS = 26  # from the top of a plot, to what stands below its unit
LOW = 120  # pixels of a plot; below it curves come down to the words in its corner
WORD, ARROW = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly


class CornerButton(QToolButton):
    """A muted word in a corner of a plot that opens a menu: it names the axis below it.

    In the lower left one, which falling curves leave free, or else where it hides least. Where a low plot has no free
    place for the word it is an arrow alone; its tooltip has the word.
    """

    def __init__(self, plot: ThemedPlot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._lines: Lines = ()
        self._others: tuple[QWidget, ...] = ()
        self._corner = 0
        self._is_low = False
        self._sizes = dict.fromkeys((WORD, ARROW), self.size())
        self.setProperty("kind", "flat")
        self.setFont(ui_font(11.5))
        self.setIconSize(QSize(10, 10))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click Space still runs and pauses
        plot.resized.connect(self._place)
        theme().changed.connect(self._restyle)
        self._restyle()

    def setText(self, text: str) -> None:
        super().setText(text)
        self._place()

    def keep_clear_of(self, *others: QWidget) -> None:
        """Words in the plot that are not to be hidden while they are there."""
        self._others = others

    def keep_off(self, lines: Lines) -> None:
        """Hide none of these, if there is a corner without them; stay where nothing is hidden."""
        self._lines = lines
        self._choose_corner()

    def _restyle(self) -> None:
        palette = theme().palette
        self.setIcon(icon("chevron_down", palette.muted))
        self.setStyleSheet(
            f"QToolButton {{ background: {palette.background.name()}; color: {palette.muted.name()}; }}"
            f" QToolButton:hover, QToolButton:focus {{ color: {palette.text.name()}; }}"
        )

    def _place(self) -> None:
        self._is_low = self._plot.plot_area().height() < scaled(LOW)  # curves come down to the word
        self._sizes = {style: self._size_in(style) for style in (WORD, ARROW)}
        self._choose_corner()

    def _size_in(self, style: Qt.ToolButtonStyle) -> QSize:
        self.setToolButtonStyle(style)
        return self.sizeHint()

    def _choose_corner(self) -> None:
        style, (place, hidden) = WORD, self._freest(self._sizes[WORD])
        if hidden and self._is_low:
            style, (place, _) = ARROW, self._freest(self._sizes[ARROW])
        self.setToolButtonStyle(style)
        self.setGeometry(place)

    def _freest(self, size: QSize) -> tuple[QRect, int]:
        """Where least is hidden, in the corner that it is in if nothing is; and how much that is."""
        corners = self._corners(size)
        hidden = self._num_hidden(corners[self._corner])
        if hidden:
            every = [self._num_hidden(corner) for corner in corners]
            hidden = min(every)
            self._corner = every.index(hidden)
        return QRect(corners[self._corner].topLeft().toPoint(), size), hidden

    def _num_hidden(self, box: QRectF) -> int:
        """How much of the lines; words count for more than all of these."""
        covered = sum(box.intersects(QRectF(one.geometry())) for one in self._others if one.isVisible())
        return num_hidden(self._plot, self._lines, box) + MANY * covered

    def _corners(self, size: QSize) -> list[QRectF]:
        """Lower left, lower right, and upper right below the words there."""
        area = self._plot.plot_area()
        left, right = area.left() + 3, area.right() - 3 - size.width()
        lower, upper = area.bottom() - 2 - size.height(), area.top() + scaled(BELOW_WORDS)
        return [QRectF(QPointF(x, y), QSizeF(size)) for x, y in ((left, lower), (right, lower), (right, upper))]
