"""Successive halving as a picture: a column for every round, a line for everyone who goes on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from metalearn_gui.engine.compare import Bracket, Lane, Rung
from metalearn_gui.ui.canvas.axes import draw_words
from metalearn_gui.ui.plotting import faded
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.walked import Walked
from metalearn_gui.ui.wording import loss_text

ROW, TALLEST, HEAD, WIDEST, BETWEEN = 42, 60, 34, 300, 40  # pixels of the design


class BracketPicture(Walked):
    """Candidates of a round from the best down, those still to come at its end.

    A click opens a candidate's run; with the keyboard, arrows and Enter do.
    """

    opened = Signal(str)  # run_id

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "bracket")
        self._bracket: Bracket | None = None
        self._training = self._busy = ""
        self._at = (0, 0)  # the round and the place in it that the keyboard is at
        self.words = ""
        theme().changed.connect(self.update)

    def show_bracket(self, bracket: Bracket | None, training: str, busy: str, words: str) -> None:
        """Draw this one.

        training: the run_id of whose turn it is; "" for nobody. busy: what is done to it.
        words: in its place without one.
        """
        self._bracket, self._training, self._busy, self.words = bracket, training, busy, words
        self.walk(0, 0)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        rungs = self._bracket.rungs if self._bracket else ()
        tallest = max((len(rung.run_ids) for rung in rungs), default=6)
        return QSize(scaled(700), scaled(HEAD + ROW * tallest + 20))

    # --- places -----------------------------------------------------------------------------------

    def place_of(self, rung: int, run_id: str) -> QRectF | None:
        """Where a candidate stands in a round; None where it does not."""
        assert self._bracket is not None
        order = ranking(self._bracket.rungs[rung])
        if run_id not in order:
            return None
        step, head = self.width() / max(3, len(self._bracket.rungs)), scaled(HEAD)
        width = min(scaled(WIDEST), step - scaled(BETWEEN))
        height = min(scaled(TALLEST), (self.height() - head) / max(len(self._bracket.rungs[0].run_ids), 1))
        return QRectF(4 + rung * step, head + order.index(run_id) * height, width, height - scaled(5))

    def run_at(self, position: QPointF) -> str:
        """The candidate under a position; "" for none."""
        if self._bracket is None:
            return ""
        places = (
            (run_id, self.place_of(number, run_id))
            for number, rung in enumerate(self._bracket.rungs)
            for run_id in rung.run_ids
        )
        return next((run_id for run_id, place in places if place is not None and place.contains(position)), "")

    def label_of(self, run_id: str) -> str:
        """A candidate's settings."""
        return worded(self._lane(run_id))

    def _lane(self, run_id: str) -> Lane:
        assert self._bracket is not None
        return next(lane for lane in self._bracket.lanes if lane.run_id == run_id)

    def word_of(self, number: int, run_id: str) -> str:
        """What a candidate came to in a round, or what is done to it now; "" where it waits."""
        assert self._bracket is not None
        loss = self._bracket.rungs[number].losses.get(run_id)
        if loss is not None:
            return loss_text(loss)
        is_busy = run_id == self._training and number == len(self._bracket.rungs) - 1
        return self._busy if is_busy else ""

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(12))
        if self._bracket is None:
            draw_words(painter, QRectF(self.rect()), self.words)
            return
        for number, rung in enumerate(self._bracket.rungs):
            self._paint_head(painter, number, rung)
            for run_id in rung.run_ids:
                self._paint_line(painter, number, run_id)
                self._paint_candidate(painter, number, rung, run_id)
        place = self.place_of(self._at[0], self._chosen) if self.hasFocus() else None
        if place is not None:
            painter.setPen(QPen(theme().palette.text, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(-2, -2, 2, 2), scaled(7), scaled(7))

    def _paint_head(self, painter: QPainter, number: int, rung: Rung) -> None:
        assert self._bracket is not None
        first = self.place_of(number, rung.run_ids[0])
        assert first is not None
        painter.setFont(ui_font(12))
        painter.setPen(theme().palette.muted)
        text = self.tr("{count} with {share} % of the budget")
        text = text.format(count=len(rung.run_ids), share=max(1, round(100 * rung.share)))
        place = QRectF(first.left(), 4, first.width() + scaled(BETWEEN), scaled(22))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_line(self, painter: QPainter, number: int, run_id: str) -> None:
        before, here = self.place_of(number - 1, run_id) if number else None, self.place_of(number, run_id)
        if before is None or here is None:
            return
        start, end = QPointF(before.right(), before.center().y()), QPointF(here.left(), here.center().y())
        bend = (end.x() - start.x()) / 2
        path = QPainterPath(start)
        path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
        painter.setPen(QPen(faded(theme().palette.learner, 0.8), 1.6 * theme().zoom))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _paint_candidate(self, painter: QPainter, number: int, rung: Rung, run_id: str) -> None:
        assert self._bracket is not None
        palette, place = theme().palette, self.place_of(number, run_id)
        assert place is not None
        winner, loss = self._bracket.winner, rung.losses.get(run_id)
        goes_on = run_id in rung.survivors
        is_winner = winner is not None and winner.run_id == run_id and number == len(self._bracket.rungs) - 1
        said = self.word_of(number, run_id)
        edge = palette.learner if goes_on or (said and loss is None) else palette.line
        painter.setPen(QPen(edge, 2 if is_winner else 1))
        painter.setBrush(faded(palette.learner, 0.16) if is_winner else palette.panel)
        painter.drawRoundedRect(place, scaled(6), scaled(6))
        painter.setFont(ui_font(12, 600))
        painter.setPen(palette.text)
        gap = scaled(8)
        inside = place.adjusted(gap, 0, -gap, 0)
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, said)
        room = inside.width() - painter.fontMetrics().horizontalAdvance(said) - gap
        painter.setFont(ui_font(11.5))
        painter.setPen(palette.text if goes_on or loss is None else palette.muted)
        label = short_label(self._lane(run_id))
        text = painter.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    # --- the hand ---------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        run_id = self.run_at(event.position())
        self.setToolTip(self.label_of(run_id) if run_id else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor if run_id else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        run_id = self.run_at(event.position())
        if run_id and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(run_id)

    @property
    def _chosen(self) -> str:
        """Who the keyboard is at."""
        assert self._bracket is not None
        return ranking(self._bracket.rungs[self._at[0]])[self._at[1]]

    def walk(self, rows: int, columns: int) -> None:
        if self._bracket is None:
            self.setAccessibleName(self.words)
            return
        rung = min(max(self._at[0] + columns, 0), len(self._bracket.rungs) - 1)
        place = min(max(self._at[1] + rows, 0), len(self._bracket.rungs[rung].run_ids) - 1)
        self._at = (rung, place)
        loss = self._bracket.rungs[rung].losses.get(self._chosen)
        said = self.tr("no loss yet") if loss is None else self.tr("loss {loss}").format(loss=loss_text(loss))
        round_text = self.tr("round {number}").format(number=rung + 1)
        self.setAccessibleName(f"{round_text}, {self.label_of(self._chosen)}: {said}")
        self.update()

    @property
    def has_places(self) -> bool:
        return self._bracket is not None

    def open_place(self) -> None:
        self.opened.emit(self._chosen)


def ranking(rung: Rung) -> Sequence[str]:
    """A round's candidates from the lowest loss up; those without one in their order, below."""
    known = sorted(rung.losses, key=lambda run_id: rung.losses[run_id])
    return [*known, *(run_id for run_id in rung.run_ids if run_id not in rung.losses)]


def setting_names(lane: Lane) -> str:
    """What the values of a short label are, in the same order."""
    return " · ".join(name for name, _ in _values(lane))


def worded(lane: Lane) -> str:
    """A candidate's settings in the words of the form."""
    return ", ".join(f"{name} {value}" for name, value in _values(lane))


def short_label(lane: Lane) -> str:
    """A candidate's values alone, as its settings all have the same names."""
    return " · ".join(value for _, value in _values(lane))


def _values(lane: Lane) -> list[tuple[str, str]]:
    """From the candidate's key, which names them all."""
    pairs = (part.partition("=") for part in lane.contender.split(", "))
    return [(lane.settings.param(name).label.lower(), value) for name, _, value in pairs]
