"""The strip beside the plane: which class a click places, step 0 against now, query accuracy, legend."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from metalearn_gui.ui.canvas.markers import class_color, class_letter, draw_marker, faded
from metalearn_gui.ui.canvas.regions import draw_regions
from metalearn_gui.ui.text import counted
from metalearn_gui.ui.theme import scaled, small_capitals_font, theme, ui_font
from metalearn_gui.ui.translated import Translated

STRIP_WIDTH = 178
ROW_HEIGHT = 24
MOST_IN_ONE_COLUMN = 5
LINE = 18.0  # of the legend, in pixels of the design
SAMPLE = 16  # of a border
FOLLOW_MS = 60


@dataclasses.dataclass(frozen=True)
class StripState:
    """What the strip shows. images, accuracies: by adaptation step. borders: names and colours that are told."""

    placing: int
    counts: list[int]
    step: int
    images: dict[int, QImage]
    accuracies: dict[int, float]
    num_queries: int
    borders: tuple[tuple[str, QColor], ...] = ()

    def looks_like(self, other: StripState) -> bool:
        """Whether a summary of the one is one of the other: pictures are made anew when they change."""
        mine, others = ((one.step, one.accuracies, one.num_queries, one.borders) for one in (self, other))
        return self.images is other.images and mine == others


class ClassButton(QAbstractButton):
    """One class: its marker, its name, how many points it has, its key."""

    def __init__(self, index: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._index = index
        self._points = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_texts(self, name: str, points: str) -> None:
        """The class' name and its number of points."""
        if (name, points) == (self.text(), self._points):
            return
        self._points = points
        self.setText(name)
        self.setAccessibleName(f"{name}, {points}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(scaled(STRIP_WIDTH), scaled(ROW_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), theme().palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color, box = class_color(self._index), QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        marked = self.isChecked() or self.hasFocus()
        painter.setPen(QPen(color if marked else palette.line, 1.4 if marked else 1))
        painter.setBrush(faded(color, 38) if self.isChecked() else palette.background)
        painter.drawRoundedRect(box, 6, 6)
        draw_marker(painter, QPointF(scaled(17), box.center().y()), 6, self._index, color, palette.text, 1.4)
        painter.setFont(ui_font(12))
        painter.setPen(palette.text)
        middle = Qt.AlignmentFlag.AlignVCenter
        wide = self.width() > scaled(STRIP_WIDTH / 2)
        painter.drawText(box.adjusted(scaled(32), 0, 0, 0), middle, self.text() if wide else class_letter(self._index))
        painter.setPen(palette.muted)
        if wide:
            painter.drawText(box.adjusted(0, 0, -scaled(30), 0), middle | Qt.AlignmentFlag.AlignRight, self._points)
        key = QRectF(box.right() - scaled(23), box.center().y() - scaled(8), scaled(18), scaled(16))
        painter.setPen(QPen(palette.line, 1))
        painter.drawRoundedRect(key, 4, 4)
        painter.setPen(palette.text)
        painter.setFont(ui_font(11, 600))
        painter.drawText(key, Qt.AlignmentFlag.AlignCenter, str((self._index + 1) % 10))


class ClassStrip(Translated, QWidget):
    """Buttons of the classes over a summary; emits the class that was picked."""

    picked = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._plane = parent
        self._state: StripState | None = None
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.picked)
        self._grid = QGridLayout()
        self._grid.setSpacing(4)
        self._summary = StripSummary(self)
        layout = self._rows = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(self._grid)
        layout.addWidget(self._summary, 1)
        theme().changed.connect(self._place_again)

    @property
    def wanted_width(self) -> int:
        """As wide as its texts need it at the zoom that is now."""
        return scaled(STRIP_WIDTH)

    def place(self, is_there: bool) -> None:
        """At the right edge of the plane, or away."""
        plane, width = self._plane, self.wanted_width
        self._rows.setContentsMargins(0, scaled(20), 0, 0)
        self.setVisible(is_there)
        self.setGeometry(plane.width() - width, 0, width, plane.height())

    def _place_again(self) -> None:
        self.place(not self.isHidden())

    def show_state(self, state: StripState) -> None:
        """Show these counts, pictures and figures."""
        self._state = state
        if len(state.counts) != len(self._group.buttons()):
            self._build_buttons(len(state.counts))
        self.retranslate()
        self._group.button(state.placing).setChecked(True)
        self._summary.show_state(state)

    def _build_buttons(self, count: int) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
            button.hide()
            button.deleteLater()
        columns = 1 if count <= MOST_IN_ONE_COLUMN else 2
        for index in range(count):
            button = ClassButton(index, self)
            self._group.addButton(button, index)
            self._grid.addWidget(button, index // columns, index % columns)
            button.show()

    def retranslate(self) -> None:
        """Write every visible text."""
        counts = self._state.counts if self._state else []
        for index, count in enumerate(counts):
            button = self._group.button(index)
            name = self.tr("class {letter}").format(letter=class_letter(index))
            points = counted(count, self.tr("1 pt"), self.tr("{count} pts"))
            button.set_texts(name, points)  # type: ignore[attr-defined]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(small_capitals_font())
        painter.setPen(theme().palette.muted)
        painter.drawText(
            QRectF(0, 0, self.width(), scaled(16)), Qt.AlignmentFlag.AlignVCenter, self.tr("class to place")
        )


class StripSummary(QWidget):
    """Step 0 against now, the query bar and the legend; from the top as far as there is room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._state: StripState | None = None
        self._paint_soon = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._paint_soon.timeout.connect(self.update)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else the plane below is painted twice an answer

    def show_state(self, state: StripState) -> None:
        """While points are dragged it is painted a few times a second: the plane beside it goes ahead."""
        looks_new = self._state is None or not state.looks_like(self._state)
        if looks_new and not self._paint_soon.isActive():
            self._paint_soon.start()
        self._state = state

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().palette.card)
        if self._state is None or not self._state.images:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0.0
        for height, draw in ((100.0, self._draw_steps), (56.0, self._draw_bar), (LINE, self._draw_legend)):
            if top + scaled(height) <= self.height():
                draw(painter, top, self._state)
                top += scaled(height)
        for name, color in self._state.borders:
            if top + scaled(LINE) <= self.height():
                self._draw_border(painter, top, name, color)
                top += scaled(LINE)

    def _draw_steps(self, painter: QPainter, top: float, state: StripState) -> None:
        palette, width = theme().palette, (self.width() - 8) / 2
        painter.setFont(small_capitals_font())
        painter.setPen(palette.muted)
        painter.drawText(
            QRectF(0, top, self.width(), scaled(16)), Qt.AlignmentFlag.AlignVCenter, self.tr("what adapting changes")
        )
        for place, (step, color) in enumerate(((0, palette.before), (state.step, palette.learner))):
            box = QRectF(place * (width + 8), top + scaled(20), width, scaled(54)).adjusted(0.5, 0.5, -0.5, -0.5)
            draw_regions(painter, box, state.images[step])
            painter.setPen(QPen(color, 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 3, 3)
            line = QRectF(box.left(), box.bottom() + 3, width - 1, scaled(16))
            painter.setFont(ui_font(12))
            painter.setPen(palette.muted)
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, self.tr("step {step}").format(step=step))
            if step in state.accuracies:
                painter.setFont(ui_font(12, 600))
                painter.setPen(palette.text)
                painter.drawText(line, Qt.AlignmentFlag.AlignRight, f"{100 * state.accuracies[step]:.0f} %")

    def _draw_bar(self, painter: QPainter, top: float, state: StripState) -> None:
        if state.step not in state.accuracies:
            return
        palette, accuracy = theme().palette, state.accuracies[state.step]
        box = QRectF(0.5, top + 3.5, self.width() - 1, scaled(44))
        painter.setPen(QPen(palette.line, 1))
        painter.setBrush(palette.background)
        painter.drawRoundedRect(box, 6, 6)
        painter.setFont(ui_font(12))
        painter.setPen(palette.muted)
        line = box.adjusted(10, scaled(6), -10, -scaled(22))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self.tr("query accuracy"))
        painter.setFont(ui_font(12, 600))
        painter.setPen(palette.text)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(line, right, f"{100 * accuracy:.0f} %")
        bar = box.adjusted(10, scaled(28), -10, -scaled(8))
        share = bar.width() * accuracy
        painter.fillRect(QRectF(bar.left(), bar.top(), share, bar.height()), palette.learner)
        painter.fillRect(QRectF(bar.left() + share, bar.top(), bar.width() - share, bar.height()), palette.error)
        if state.num_queries <= bar.width() / 4:
            painter.setPen(QPen(palette.background, 1))
            for index in range(1, state.num_queries):
                x = bar.left() + bar.width() * index / state.num_queries
                painter.drawLine(QPointF(x, bar.top()), QPointF(x, bar.bottom()))

    def _draw_legend(self, painter: QPainter, top: float, state: StripState) -> None:
        palette, color, y = theme().palette, class_color(0), top + scaled(9)
        entries = (
            (self.tr("support"), color, palette.text),
            (self.tr("query"), None, color),
            (self.tr("wrong"), None, palette.error),
        )
        painter.setFont(ui_font(12))
        left, beside = float(scaled(6)), scaled(9)
        for text, fill, outline in entries:
            draw_marker(painter, QPointF(left, y), 5, 0, fill, outline, 1.5)
            painter.setPen(palette.text)
            painter.drawText(QRectF(left + beside, top, scaled(80), scaled(18)), Qt.AlignmentFlag.AlignVCenter, text)
            left += beside + painter.fontMetrics().horizontalAdvance(text) + scaled(16)

    def _draw_border(self, painter: QPainter, top: float, name: str, color: QColor) -> None:
        """Whose border between classes a line of this colour is."""
        line, sample = QRectF(0, top, self.width(), scaled(LINE)), scaled(SAMPLE)
        painter.setPen(QPen(color, 1.4 * theme().zoom))
        painter.drawLine(QPointF(1, line.center().y()), QPointF(sample, line.center().y()))
        painter.setPen(theme().palette.text)
        words = line.adjusted(sample + scaled(6), 0, 0, 0)
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
