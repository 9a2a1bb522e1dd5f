"""More unseen tasks, small: each drawn by its canvas, a click takes it under the hand."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.canvas import CANVASES
from metalearn_gui.ui.canvas.answered import Answered, answered
from metalearn_gui.ui.canvas.axes import FRAME_RADIUS
from metalearn_gui.ui.canvas.markers import faded
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.task_picture import paint_task
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.wording import result_text

NUM_TILES = 8
COLUMNS = 4
LOWEST_WITH_TWO_ROWS = 232
OFF_SCALE = 1e4  # times the loss before adapting: no curve is in the picture any more


class GalleryTile(QAbstractButton):
    """One of the session's gallery tasks."""

    def __init__(self, session: Session, index: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._index = index
        self.setObjectName(f"gallery_task_{index}")
        self.setMinimumSize(72, 60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda: session.unseen.open_gallery_task(index))

    def sizeHint(self) -> QSize:
        return QSize(scaled(164), scaled(116))

    def score_text(self) -> str:
        """Accuracy where there is one, else the loss, at the shown adaptation step."""
        drawn = self._drawn()
        if drawn.adaptation is None:
            return ""
        loss = drawn.adaptation.loss
        if drawn.adaptation.accuracy is None and loss[drawn.adaptation.nearest(drawn.step)] > OFF_SCALE * loss[0]:
            return self.tr("off the scale")
        return result_text(drawn.adaptation, drawn.step)

    def _drawn(self) -> Answered:
        session, adaptations = self._session, self._session.unseen.gallery_adaptations
        adaptation = adaptations[self._index] if self._index < len(adaptations) else None
        task, family = session.unseen.gallery[self._index], session.shown.settings.tasks
        return answered(family, task, adaptation, session.unseen.step)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), theme().palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        paint_task(painter, frame, self._drawn())
        marked = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(palette.learner if marked else palette.line, 2 if self.hasFocus() else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, FRAME_RADIUS, FRAME_RADIUS)
        self._draw_score(painter, frame)

    def _draw_score(self, painter: QPainter, frame: QRectF) -> None:
        text = self.score_text()
        if not text:
            return
        palette = theme().palette
        painter.setFont(ui_font(12, 600))
        width, height = painter.fontMetrics().horizontalAdvance(text) + 10, scaled(18)
        is_above = CANVASES[self._session.shown.settings.tasks.view].small_figure_room > 0
        top = frame.top() + 5 if is_above else frame.bottom() - height - 5
        box = QRectF(frame.left() + 5, top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(palette.background, 190))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(palette.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class GalleryPanel(Panel):
    """Eight unseen tasks in two rows, or four in one where there is little room."""

    key = "gallery"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("task_gallery")
        grid = QGridLayout()
        grid.setSpacing(9)
        self._tiles = [GalleryTile(session, index, self) for index in range(NUM_TILES)]
        for index, tile in enumerate(self._tiles):
            grid.addWidget(tile, index // COLUMNS, index % COLUMNS)
        self.body.addLayout(grid, 1)
        session.unseen.galleryChanged.connect(self._show)
        session.unseen.stepChanged.connect(self._show)
        self._show()

    def _show(self) -> None:
        """Draw the tiles anew and say what their numbers are."""
        shown = self._num_shown()
        for index, tile in enumerate(self._tiles):
            tile.setVisible(index < min(shown, len(self.session.unseen.gallery)))
            tile.update()
        self._name_tiles()

    def _num_shown(self) -> int:
        return NUM_TILES if self.height() >= LOWEST_WITH_TWO_ROWS else COLUMNS

    def _name_tiles(self) -> None:
        shown, step = self._num_shown(), self.session.unseen.step
        for index, tile in enumerate(self._tiles[: len(self.session.unseen.gallery)]):
            name = self.tr("Open unseen task {number}").format(number=index + 1)
            tile.setAccessibleName(f"{name}, {tile.score_text()}".rstrip(", "))
            tile.setToolTip(name)
        if shown == NUM_TILES:
            self.set_hint(self.tr("step {step}, live · click to open").format(step=step))
        else:
            self.set_hint(self.tr("step {step} · {shown} of {count}").format(step=step, shown=shown, count=NUM_TILES))

    def retranslate(self) -> None:
        self.set_title(self.tr("More unseen tasks"))
        self._name_tiles()

    def restyle(self) -> None:
        for tile in self._tiles:
            tile.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()
