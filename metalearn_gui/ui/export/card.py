"""A format's card: what it is, whether it is chosen, and how its file is doing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from metalearn_gui.ui.export.formats import Format, icon_name, shown_name, translated
from metalearn_gui.ui.export.pictures import PICTURES
from metalearn_gui.ui.export.writing import BUSY, DONE, Progress, Stage
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.text import bytes_text, number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font

SIZE, MARGIN, BOX = QSize(232, 124), 12, 16
SHARES = {Stage.WRITING: 0.35, Stage.CHECKING: 0.75}
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ExportCard(QAbstractButton):
    """Checked = chosen; a press on its box (or Space) changes that, a press elsewhere shows its details."""

    picked = Signal(str)  # details are asked for
    moved = Signal(int, int)  # an arrow key: columns to the right, rows down

    def __init__(self, format: Format, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"export_card_{format.key}")
        self.format = format
        self.progress: Progress | None = None
        self._is_picked = False
        self._replaced = ""  # when the file was written that lies there
        self.setCheckable(True)
        self.setMinimumSize(184, SIZE.height())
        self.setMaximumHeight(SIZE.height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.toggled.connect(self._forget)
        self.retranslate()

    @property
    def stage(self) -> Stage | None:
        """Of the last writing; None before one."""
        return self.progress.stage if self.progress else None

    def show_progress(self, progress: Progress | None) -> None:
        """How the file is doing; None = not written yet."""
        if progress != self.progress:
            self.progress = progress
            self._describe()

    def show_replaced(self, when: str) -> None:
        """When the file was written that this one would replace; "" where there is none."""
        if when != self._replaced:
            self._replaced = when
            self._describe()

    def _forget(self) -> None:
        """Chosen or not, the last writing is over."""
        self.progress = None
        self._describe()

    def _describe(self) -> None:
        self.setAccessibleDescription(f"{self._state_text()}. {self._note_text()}")
        went_wrong = self.stage in (Stage.FAILED, Stage.DIFFERS)
        self.setToolTip(self._note_text() if went_wrong else translated(self.format.summary))
        self.update()

    def set_picked(self, picked: bool) -> None:
        """Whether its details are shown."""
        self._is_picked = picked
        # Tab stops at one card and goes on to its code; arrows go from card to card.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if picked else Qt.FocusPolicy.ClickFocus)
        self.update()

    def retranslate(self) -> None:
        """Write every visible text."""
        self._label = translated(self.format.label)
        text = self.tr("for {purpose}") if self.format.key in PICTURES else self.tr("opens in {purpose}")
        self._opens_in = text.format(purpose=translated(self.format.opens_in))
        self.setAccessibleName(f"{self._label}, {shown_name(self.format)}")
        self._describe()

    # --- what it says -----------------------------------------------------------------------------

    def _state_text(self) -> str:
        texts = {
            Stage.WAITING: self.tr("waiting"),
            Stage.WRITING: self.tr("writing"),
            Stage.CHECKING: self.tr("reading back"),
            Stage.WRITTEN: self.tr("written"),
            Stage.VERIFIED: self.tr("verified"),
            Stage.DIFFERS: self.tr("differs"),
            Stage.FAILED: self.tr("failed"),
            Stage.STOPPED: self.tr("stopped"),
        }
        if self.stage is not None:
            return texts[self.stage]
        return self.tr("chosen") if self.isChecked() else self.tr("not chosen")

    def _note_text(self) -> str:
        if self.progress is not None and self.progress.difference is not None:
            return difference_text(self, self.progress.difference)
        if self.progress is not None and self.progress.text:
            return self.progress.text
        if self.isChecked() and self._replaced and self.progress is None:
            return self.tr("replaces the one of {when}").format(when=self._replaced)
        if self.stage is Stage.STOPPED:
            return self.tr("not written")
        is_picture = self.format.key in PICTURES
        return self.tr("drawn from the view, no screenshot") if is_picture else self.tr("read back and compared")

    def _state_color(self) -> QColor:
        colors = theme().palette
        if self.stage in DONE:
            return colors.green_text
        if self.stage in (Stage.FAILED, Stage.DIFFERS):
            return colors.error
        return colors.accent_text if self.stage in BUSY else colors.muted

    # --- what a person does ---------------------------------------------------------------------------

    def hitButton(self, position: QPoint) -> bool:
        return position.x() >= self.width() - scaled(44) and position.y() <= scaled(44)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.picked.emit(self.format.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in ARROWS:
            self.moved.emit(*ARROWS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    # --- painting ---------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return SIZE * theme().zoom

    @property
    def _width(self) -> float:
        """In pixels of the design, which all places below are in."""
        return self.width() / theme().zoom

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(theme().zoom, theme().zoom)
        self._paint_ground(painter)
        self._paint_head(painter)
        colors = theme().palette
        width = self._width - 2 * MARGIN
        self._text(painter, QRectF(MARGIN, 50, width, 20), self._opens_in, ui_font(12), colors.text)
        painter.setPen(QPen(colors.line, 1))
        painter.drawLine(MARGIN, 77, round(self._width) - MARGIN, 77)
        self._paint_state(painter)
        if self.stage in BUSY:
            self._paint_bar(painter, SHARES[self.stage])
        else:
            place = QRectF(MARGIN, 101, width, 16)
            self._text(painter, place, self._note_text(), ui_font(11), colors.muted)

    def _paint_ground(self, painter: QPainter) -> None:
        colors = theme().palette
        wash = QColor(colors.learner)
        wash.setAlphaF(0.12)
        edge = colors.learner if self._is_picked else colors.muted if self.underMouse() else colors.line
        painter.setPen(QPen(edge, 1.6 if self._is_picked else 1))
        painter.setBrush(colors.card)
        frame = QRectF(1, 1, self._width - 2, self.height() / theme().zoom - 2)
        painter.drawRoundedRect(frame, 9, 9)
        if self._is_picked:
            painter.setBrush(wash)
            painter.drawRoundedRect(frame, 9, 9)

    def _paint_head(self, painter: QPainter) -> None:
        colors = theme().palette
        painter.setPen(QPen(colors.line, 1))
        painter.setBrush(colors.background)
        painter.drawRoundedRect(QRectF(MARGIN, MARGIN, 32, 32), 6, 6)
        tint = colors.accent_text if self._is_picked else colors.text
        icon(icon_name(self.format), tint).paint(painter, QRect(MARGIN + 8, MARGIN + 8, 16, 16))
        left, width = MARGIN + 42, self._width - 2 * MARGIN - 42 - BOX - 8
        self._text(painter, QRectF(left, MARGIN - 1, width, 18), self._label, ui_font(13, 600), colors.text)
        self._text(painter, QRectF(left, MARGIN + 17, width, 16), shown_name(self.format), ui_font(11.5), colors.muted)
        box = QRectF(self._width - MARGIN - BOX, MARGIN, BOX, BOX)
        painter.setPen(QPen(colors.learner if self.isChecked() else colors.muted, 1.2))
        painter.setBrush(colors.learner if self.isChecked() else colors.background)
        painter.drawRoundedRect(box, 4, 4)
        if self.isChecked():
            icon("check", colors.on_accent).paint(painter, box.toRect().adjusted(1, 1, -1, -1))

    def _paint_state(self, painter: QPainter) -> None:
        left, color = float(MARGIN), self._state_color()
        if self.stage in DONE:
            icon("check", color).paint(painter, QRect(round(left), 83, 14, 14))
            left += 18
        weight = 600 if self.stage is not None else 400
        self._text(painter, QRectF(left, 82, 110, 17), self._state_text(), ui_font(11.5, weight), color)
        size = bytes_text(self.progress.size) if self.progress and self.progress.size else ""
        place = QRectF(self._width - MARGIN - 90, 82, 90, 17)
        self._text(painter, place, size, ui_font(11.5, 600), theme().palette.text, RIGHT)

    def _paint_bar(self, painter: QPainter, share: float) -> None:
        colors = theme().palette
        bar = QRectF(MARGIN, 107, self._width - 2 * MARGIN, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.line)
        painter.drawRoundedRect(bar, 2, 2)
        bar.setWidth(bar.width() * share)
        painter.setBrush(colors.learner)
        painter.drawRoundedRect(bar, 2, 2)

    def _text(
        self, painter: QPainter, place: QRectF, text: str, font: QFont, color: QColor, align: Qt.AlignmentFlag = LEFT
    ) -> None:
        font.setPixelSize(round(font.pixelSize() / theme().zoom))
        painter.setFont(font)
        painter.setPen(color)
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, align, elided)


def difference_text(widget: QWidget, difference: float) -> str:
    """How far a file's answers are from the engine's, in words."""
    if difference == 0.0:
        return widget.tr("no difference, bit for bit")
    return widget.tr("largest difference {number}").format(number=number_text(difference))
