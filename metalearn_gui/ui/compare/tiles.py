"""The same unseen task for every contender: drag a point in any of them, and all answer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QGraphicsOpacityEffect,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.canvas import CANVASES
from metalearn_gui.ui.canvas.curve import CurveCanvas
from metalearn_gui.ui.canvas.surface import Surface
from metalearn_gui.ui.compare.marks import draw_mark
from metalearn_gui.ui.compare.standing import Standing, Standings
from metalearn_gui.ui.compare.tile_session import TileSession
from metalearn_gui.ui.compare.waiting import Waiting
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.run_marks import Mark
from metalearn_gui.ui.task_picture import TouchedPicture
from metalearn_gui.ui.text import counted
from metalearn_gui.ui.theme import scaled, ui_font
from metalearn_gui.ui.wording import result_text
from metalearn_gui.ui.zoom import fit_new

MOST_IN_A_ROW = 6
LATE = 0.35  # opacity of what is of the task as it was
ROOM_FOR_STEPS = 190  # of a tile's width: below it the name needs all of it
ROOM_FOR_LOSS = 130  # below it the loss has a line of its own


class SmallCurve(CurveCanvas):
    """The curve without room for its axes' numbers, under smaller points."""

    object_name = "small_curve"
    marker_size = 4.5
    shows_start = False

    def frame(self) -> QRectF:
        return QRectF(self.rect()).adjusted(1, 1, -1, -1)

    def learner_color(self) -> QColor:
        return self.session.mark.color  # type: ignore[attr-defined]

    def legend_labels(self) -> dict[str, str]:
        return {}  # the card says it once for all

    def curves_to_fit(self) -> list[Array]:
        truth = self.touched.truth
        return [] if truth is None else [truth]  # one axis for all learners: a curve that runs away leaves it

    def refit(self) -> None:
        self.task_changed()  # whatever was drawn before: tiles come at different times


TOUCHED_SMALL: dict[str, type[Surface]] = {"curve": SmallCurve}  # views that can be touched at the size of a tile


class TilesPanel(Panel):
    """A tile for each contender that has weights; before that, a line that says how to get there."""

    key = "compare_tiles"

    def __init__(self, session: Session, standings: Standings, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._standings = standings
        self._tiles: dict[str, Tile] = {}
        self._hand: Surface | None = None  # where tiles are too small to be touched
        self._line = QHBoxLayout()
        self._line.setSpacing(10)
        self._grid = QGridLayout()
        self._grid.setSpacing(10)
        self._line.addLayout(self._grid, 3)
        self._empty = QLabel(self, alignment=Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("tone", "muted")
        self._empty.setWordWrap(True)
        self._empty.setFont(ui_font(13))
        self.body.addLayout(self._line, 1)
        self.body.addWidget(self._empty, 1)
        self._new_task = self.add_header_action("new_task", " ", session.unseen.new_task)
        session.unseen.taskChanged.connect(self._drop_strangers)  # before any tile hears of it
        standings.changed.connect(self.refresh)
        standings.advanced.connect(self._follow)
        self._waiting = Waiting(session, "compare", self)
        self._waiting.changed.connect(self._say_what_comes)

    def _drop_strangers(self) -> None:
        """A tile cannot draw a task of another kind."""
        if any(not self._is_here(tile.run) for tile in self._tiles.values()):
            self.refresh()

    def refresh(self) -> None:
        """As many tiles as there are contenders on the tasks that are shown."""
        standings = {one.key: one for one in self._standings.all if one.run is not None and self._is_here(one.run)}
        runs = {key: one.run for key, one in standings.items()}
        for key in [key for key, tile in self._tiles.items() if runs.get(key) is not tile.run]:
            self._tiles.pop(key).leave()
        for key, standing in standings.items():
            if key not in self._tiles:
                self._tiles[key] = fit_new(Tile(self.session, standing, self))
                self._tiles[key].resized.connect(self._fit_lines)
        columns = min(max(len(standings), 1), MOST_IN_A_ROW)
        for column in range(MOST_IN_A_ROW):  # else a long name makes its tile wider than the others
            self._grid.setColumnStretch(column, int(column < columns))
        for place, (key, standing) in enumerate(standings.items()):
            self._grid.addWidget(self._tiles[key], place // columns, place % columns)
            self._tiles[key].show_standing(standing)
        self._put_hand(bool(standings))
        self._say_hint()
        self._empty.setVisible(not standings)
        self._follow()

    def _fit_lines(self) -> None:
        """The same line below every tile: of a row's tiles some are one pixel wider, and none should be higher."""
        width = min(tile.width() for tile in self._tiles.values())
        for tile in self._tiles.values():
            tile.fit_line(width)

    def _follow(self) -> None:
        """Let the touched task be adapted to with what everybody has learned by now."""
        if not self.isVisible():
            return
        learned = {}
        for standing in self._standings.all:
            run = standing.run
            if standing.key in self._tiles and run is not None and run.latest is not None:
                learned[standing.key] = (run.settings, run.latest.learner)
                self._tiles[standing.key].show_standing(standing)
        self.session.beside.show(learned)

    def _is_here(self, run: RunRecord) -> bool:
        """Whether it learned from the family that the touched task is of."""
        return run.settings.tasks == self.session.shown.settings.tasks

    def _put_hand(self, is_wanted: bool) -> None:
        canvas = CANVASES[self.session.shown.settings.tasks.view]
        if self._hand is not None and not (is_wanted and type(self._hand) is canvas):
            self._hand.leave()
            self._hand.hide()  # where the layout would still move it, over a task that it cannot draw
            self._hand.deleteLater()
            self._hand = None
        if is_wanted and self._hand is None and self.session.shown.settings.tasks.view not in TOUCHED_SMALL:
            self._hand = canvas(self.session, self)
            self._line.insertWidget(0, self._hand, 2)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.session.beside.show({})

    def retranslate(self) -> None:
        self.set_title(self.tr("The same unseen task for every learner"))
        self._new_task.setText(self.tr("new task"))
        self._new_task.setAccessibleName(self.tr("new task"))
        self._new_task.setToolTip(self.tr("Draw another task that training never saw (N)"))
        self._say_what_comes()
        self.refresh()

    def _say_what_comes(self) -> None:
        """What is to be done, or waited for, before there are tiles."""
        text = self.tr("Press Run: each of these learners trains on the same tasks, and meets the same unseen ones")
        self._empty.setText(self._waiting.text or text)

    def _say_hint(self) -> None:
        if self.session.shown.settings.tasks.view not in TOUCHED_SMALL:
            self.set_hint(self.tr("touch the task at the left: all answer") if self._tiles else "")
            return
        drag, dotted = self.tr("drag a point in any of them: all answer"), self.tr("dotted: truth")
        self.set_hint(drag if self.session.unseen.touched.truth is None else f"{drag} · {dotted}")

    def restyle(self) -> None:
        self.refresh()  # marks have the theme's colours


class Tile(QWidget):
    """One contender on the touched task: the canvas where it can be touched, else its small drawing; a line below."""

    resized = Signal()

    def __init__(self, session: Session, standing: Standing, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"compare_tile_{standing.key}")
        assert standing.run is not None
        self.run, self._is_narrow = standing.run, False
        self._session = TileSession(session, standing, self)
        view = standing.run.settings.tasks.view
        self._picture: QWidget = TOUCHED_SMALL.get(view, TouchedPicture)(self._session, self)  # type: ignore[arg-type]
        self._picture.setMinimumSize(96, 80)
        self._picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._mark, self._name, self._steps, self._loss = (
            MarkDot(self),
            ElidedLabel("", self),
            QLabel(self),
            QLabel(self),
        )
        self._name.setFont(ui_font(12.5, 600))
        self._steps.setFont(ui_font(11))
        self._steps.setProperty("tone", "muted")
        self._loss.setFont(ui_font(13, 600))
        self._below = QGridLayout()
        self._below.setHorizontalSpacing(6)
        self._below.setVerticalSpacing(0)
        self._below.setColumnStretch(1, 1)
        for column, widget in enumerate((self._mark, self._name, self._steps, self._loss)):
            self._below.addWidget(widget, 0, column)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(5)
        rows.addWidget(self._picture, 1)
        rows.addLayout(self._below)
        self._session.unseen.adaptedChanged.connect(self._show_loss)
        self._session.unseen.stepChanged.connect(self._show_loss)
        self._session.unseen.lateChanged.connect(self._dim)

    def show_standing(self, standing: Standing) -> None:
        """Its name, its mark, and the step that it is best at."""
        self._name.setText(standing.short)
        self._picture.setAccessibleName(standing.label)
        self._mark.show_mark(standing.mark)
        if standing.mark != self._session.mark:  # the theme has changed
            self._session.mark = standing.mark
            self._picture.update()
        self._session.unseen.set_step(standing.step)
        steps = counted(standing.step, self.tr("1 step"), self.tr("{count} steps"))
        self._steps.setText(self.tr("one pass") if self.run.settings.learner.adapts_once else steps)
        self._name.setToolTip(f"{standing.label} · {self._steps.text()}")
        self._show_loss()

    def leave(self) -> None:
        """Go, and hear nothing more: tasks of another kind may be about to come."""
        if isinstance(self._picture, Surface):
            self._picture.leave()
        self.hide()
        self.deleteLater()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def fit_line(self, width: int) -> None:
        """Put into the line below what such a width has room for."""
        self._steps.setVisible(width >= scaled(ROOM_FOR_STEPS))
        is_narrow = width < scaled(ROOM_FOR_LOSS)
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._below.addWidget(self._loss, *((1, 1) if is_narrow else (0, 3)))

    def _dim(self) -> None:
        """Nobody should take an answer to the task as it was for one to the task as it is."""
        is_late = self._session.unseen.is_late
        effect = QGraphicsOpacityEffect(self._picture, opacity=LATE) if is_late else None
        self._picture.setGraphicsEffect(effect)  # type: ignore[arg-type]  # Qt takes None for no effect
        self._loss.setEnabled(not is_late)

    def _show_loss(self) -> None:
        adaptation = self._session.unseen.adaptations.get("learner")
        lost = self.tr("diverged") if self.run.reason == "diverged" else ""
        waits = lost if self.run.latest is None else "…"
        self._loss.setText(result_text(adaptation, self._session.unseen.step) if adaptation else waits)


class MarkDot(QWidget):
    """A contender's mark, as large as a word."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._mark: Mark | None = None
        self.setFixedSize(QSize(12, 14))

    def show_mark(self, mark: Mark) -> None:
        """Draw this one."""
        if mark != self._mark:
            self._mark = mark
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._mark is not None:
            draw_mark(painter, self._mark, QRectF(self.rect()).center(), scaled(9))
