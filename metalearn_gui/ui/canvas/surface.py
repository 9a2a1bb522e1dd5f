"""What all canvases share: cached layers, the session's signals, notes over the drawing.

A subclass paints; it changes nothing itself but asks the session. See handles.py for mouse and keyboard.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from PySide6.QtCore import QMarginsF, QObject, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Adaptation, Session, TouchedTask
from metalearn_gui.bridge.touches import UnitAnswers
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.ui.canvas.ageing import Ageing
from metalearn_gui.ui.canvas.answered import Answered, Other, fits
from metalearn_gui.ui.canvas.laid_over import RunsOnCanvas
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.translated import QT_TRANSLATE_NOOP, Translated
from metalearn_gui.ui.wording import baseline_name

ANSWER_MS = 20  # a touch is answered sooner than that, as a rule; where it is not, the points go ahead of the answer


class Surface(Translated, QWidget):
    """A picture of the touched task, in a static layer that is kept and a live one that is not."""

    object_name: ClassVar[str]
    invitation: ClassVar[str] = QT_TRANSLATE_NOOP("Canvas", "drag the points")  # what the hand does first
    names_curves = False  # whether curves carry their names, in place of a legend
    names_others = False  # whether those beside the learner are named, too: a picture has no chips below that do it
    small_figure_room: ClassVar[int] = 0  # pixels of the design left above a small drawing; 0: below it there is room

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.own_step: int | None = None  # in the place of the session's, for a picture of another step
        self._static: QPixmap | None = None
        self._static_key: Hashable = None
        self._tasks = session.unseen.touched.tasks
        self.setObjectName(self.object_name)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else the card below is painted with every move
        self.setMinimumSize(240, 150)
        self.ageing = Ageing(session.unseen, self)
        self.ageing.changed.connect(self.update)
        self._paint_soon = QTimer(self)
        self._paint_soon.setSingleShot(True)
        self._paint_soon.setInterval(ANSWER_MS)
        self._paint_soon.timeout.connect(self._paint_live_area)
        self._paint_next = QTimer(self, singleShot=True, interval=0)
        self._paint_next.timeout.connect(self._paint_unless_answered)
        self._follow_soon = QTimer(self)  # once a surface that other tasks put away has gone
        self._follow_soon.setSingleShot(True)
        self._follow_soon.timeout.connect(self.follow)
        self._connections = [
            session.unseen.taskChanged.connect(self._take_task),
            session.unseen.adaptedChanged.connect(self.follow),
            session.unseen.stepChanged.connect(self.follow),
            session.unseen.laidOverChanged.connect(self.update),
            session.laid_over.adapted.connect(self._start_following),
            session.runsChanged.connect(self._start_following),
            session.readinessChanged.connect(self.update),
            theme().changed.connect(self.drop_layers),
        ]

    # --- what a subclass says -------------------------------------------------------------------
    @classmethod
    def paint_small(cls, painter: QPainter, frame: QRectF, drawn: Answered) -> None:
        """The gallery's small drawing of a task."""
        raise NotImplementedError

    def suits(self, family: TaskFamily) -> bool:
        """Whether tasks of this family can be shown, of those whose view it is; else another one takes its place."""
        return True

    def task_changed(self) -> None:
        """Another task has come (not just other points of it)."""

    def refit(self) -> None:
        """Let axes follow what is to be shown."""

    def static_key(self) -> Hashable:
        """What the static layer depends on beside size and theme."""
        raise NotImplementedError

    def paint_static(self, painter: QPainter) -> None:
        """Ground, grid, labels, truth: what a drag does not change."""
        raise NotImplementedError

    def paint_live(self, painter: QPainter) -> None:
        """Predictions, points, whatever follows the hand."""
        raise NotImplementedError

    def paint_unit(self, painter: QPainter, answers: UnitAnswers) -> None:
        """What a unit of the network answers, where the drawing shows inputs."""

    def hint(self) -> str:
        """Half a line on what the hand can do, for the card's header."""
        return ""

    def live_area(self) -> QRect:
        """What is painted anew when a touch or an answer changes something."""
        return self.rect()

    def frame(self) -> QRectF:
        """The rectangle that holds the drawing itself."""
        return QRectF(self.rect())

    def note_frame(self) -> QRectF:
        """Where a word on what is waited for stands in the upper right corner."""
        return self.frame()

    @staticmethod
    def note_margins() -> QMarginsF:
        """Around what is said within `note_frame`."""
        return QMarginsF(scaled(12), scaled(9), scaled(12), scaled(9))

    def note_room(self) -> QRectF:
        """Where notes beside the hand may lie: no child lies over them there."""
        return QRectF(self.live_area())

    # --- what a subclass reads --------------------------------------------------------------------
    @property
    def touched(self) -> TouchedTask:
        return self.session.unseen.touched

    @property
    def family(self) -> TaskFamily:
        """The touched task's: of the shown run, which need not be what is set."""
        return self.session.shown.settings.tasks

    @property
    def adaptation(self) -> Adaptation | None:
        """Of the shown learner; None before TensorFlow is there."""
        return self.adaptation_of("learner")

    def adaptation_of(self, key: str) -> Adaptation | None:
        """Of one of the learners side by side; None where it is of an earlier task of another shape."""
        adaptation = self.session.unseen.adaptations.get(key)
        return adaptation if adaptation and fits(adaptation, self.touched, self.family) else None

    def others(self) -> list[Other]:
        """Who is to be seen beside the shown learner: those that it is compared with, then runs laid over it."""
        compared = [
            Other(baseline_name(key), key, theme().color_of(key), self.adaptation_of(key))
            for key in sorted(self.session.unseen.compared, reverse=True)
        ]
        runs = RunsOnCanvas(self.session).all()
        return compared + [Other(run.name, "learner", run.color, run.adaptation) for run in runs]

    @property
    def step(self) -> int:
        """The adaptation step that is asked for."""
        return self.session.unseen.step if self.own_step is None else self.own_step

    @property
    def shown_step(self) -> int:
        """The adaptation step to draw, within what the adaptation has."""
        return self.adaptation.nearest(self.step) if self.adaptation else 0

    # --- the session's signals --------------------------------------------------------------------
    def leave(self) -> None:
        """Hear nothing more: tasks of another kind are about to come, and another surface takes the place."""
        for connection in self._connections:
            QObject.disconnect(connection)
        self._connections = []
        self._follow_soon.stop()

    def _take_task(self) -> None:
        if self.touched.tasks is not self._tasks:
            self._tasks = self.touched.tasks
            self.task_changed()
        self.settle()
        self._paint_soon.start()  # the answer is under way: one picture with it is sooner there than two

    def follow(self) -> None:
        """Show what the session holds now."""
        self._paint_soon.stop()
        self.settle()
        self._paint_live_area()

    def follow_next(self) -> None:
        """Show what the session holds now, with an answer that is under way."""
        self.settle()
        self.paint_next()

    def paint_next(self) -> None:
        """Paint what the hand has chosen; where it has changed the task, too, the answer's picture shows both."""
        self._paint_next.start()

    def _paint_unless_answered(self) -> None:
        if not self._paint_soon.isActive():
            self._paint_live_area()

    def _paint_live_area(self) -> None:
        self.update(self.live_area())

    def _start_following(self) -> None:
        self._follow_soon.start(0)

    def settle(self) -> None:
        """Bring the view's own state in line with the session's."""
        self.refit()

    def drop_layers(self) -> None:
        """Forget cached pictures (theme, language) and paint anew."""
        self._static = None
        self.update()

    # --- painting -----------------------------------------------------------------------------------
    def sizeHint(self) -> QSize:
        return QSize(684, 350)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._static_layer())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_live(painter)
        answers = self.session.unseen.laid_over
        if answers is not None and (answers.values.ndim > 1 or len(answers.values) == len(self.touched.grid)):
            self.paint_unit(painter, answers)
            below = QPointF(self.frame().left(), self.height() + 8)  # over the lesson: above are the classes
            above = self.frame().topLeft() + QPointF(0, 44)
            self.draw_note(painter, [answers.name], below if answers.values.ndim > 1 else above)
        if self.session.readiness and not self.adaptation:
            self._draw_loading(painter)

    def _static_layer(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        key = (self.width(), self.height(), ratio, self.static_key())
        if self._static is None or key != self._static_key:
            self._static_key = key
            self._static = QPixmap(self.size() * ratio)
            self._static.setDevicePixelRatio(ratio)
            self._static.fill(theme().palette.card)
            painter = QPainter(self._static)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.paint_static(painter)
            painter.end()
        return self._static

    def draw_note(self, painter: QPainter, lines: list[str], position: QPointF, about: QRectF | None = None) -> None:
        """A small chip with text beside a position, kept inside the live area. about: a box that it leaves free."""
        if not lines:
            return
        palette, fonts = theme().palette, (ui_font(12, 600), *(ui_font(12) for _ in lines[1:]))
        rows = [QFontMetrics(font) for font in fonts]
        width = max(row.horizontalAdvance(line) for row, line in zip(rows, lines, strict=True)) + 20
        pitch = rows[0].height() + 2
        box = self._note_box(QSizeF(width, len(lines) * pitch + 10), position, about)
        painter.setPen(QPen(palette.line, 1))
        painter.setBrush(palette.panel)
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(palette.text)
        for place, (font, line) in enumerate(zip(fonts, lines, strict=True)):
            painter.setFont(font)
            row = QRectF(box.left() + 10, box.top() + 5 + place * pitch, width - 10, pitch)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, line)

    def _note_box(self, size: QSizeF, position: QPointF, about: QRectF | None) -> QRectF:
        """Beside a position and above it; or below a box, above it where there is no room."""
        right = self.note_room().right()
        is_inside = position.x() + 14 + size.width() < right
        left = position.x() + 14 if is_inside else position.x() - 14 - size.width()
        top, last = position.y() - size.height() - 8, self.height() - size.height() - 2.0
        if about is not None:
            left = about.left() if about.width() < size.width() else left
            left = min(left, right - size.width() - 2)
            top = about.bottom() + 4 if about.bottom() + 4 <= last else about.top() - size.height() - 4
        return QRectF(QPointF(max(left, 2.0), min(max(top, 2.0), last)), size)

    def _retranslate(self) -> None:
        super()._retranslate()
        self.drop_layers()

    def _draw_loading(self, painter: QPainter) -> None:
        """What is waited for, on a ground of its own: points may lie where it stands."""
        painter.setFont(ui_font(12))
        place, text = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, self.session.readiness
        room = self.note_frame().marginsRemoved(self.note_margins())
        ground = painter.boundingRect(room, place, text).adjusted(-scaled(6), -scaled(2), scaled(6), scaled(2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().palette.background)
        painter.drawRoundedRect(ground, 4, 4)
        painter.setPen(theme().palette.muted)
        painter.drawText(room, place, text)
