"""How the shelf canvas is painted, from top to foot: cards, what is foretold, what moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from metalearn_gui.ui.canvas.markers import draw_marker
from metalearn_gui.ui.canvas.rows import dashed
from metalearn_gui.ui.canvas.shelf_cards import Card, draw_card
from metalearn_gui.ui.canvas.shelf_layout import STARS
from metalearn_gui.ui.canvas.shelf_list import MIDDLE, RIGHT, Foretold, draw_row
from metalearn_gui.ui.canvas.shelf_strip import draw_moved, draw_push
from metalearn_gui.ui.canvas.stars import NUM_STARS, STAR, star_at
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, small_capitals_font, theme, ui_font

if TYPE_CHECKING:
    from metalearn_gui.ui.canvas.shelf import ShelfCanvas

SAMPLE = 22.0  # pixels of a line in the legend


class ShelfPainting:
    """One painting of a shelf, as the canvas holds it now."""

    def __init__(self, canvas: ShelfCanvas) -> None:
        self._canvas, self._shelf, self._layout = canvas, canvas.shelf, canvas.layout_now()

    def static(self, painter: QPainter) -> None:
        """The scale of ratings."""
        palette, rows, span, scale = theme().palette, self._layout.rows, self._canvas.span(), self._canvas.scale
        painter.setFont(ui_font(12))
        room = scaled(15)
        for stars in range(1, NUM_STARS + 1):
            value = scale.value(stars)
            x = round(span.x(value)) + 0.5
            painter.setPen(QPen(palette.line, 1))
            painter.drawLine(QPointF(x, rows.top()), QPointF(x, rows.bottom()))
            painter.setPen(palette.muted)
            painter.drawText(QRectF(x - 3 * room, rows.bottom(), 3 * room, room), RIGHT, number_text(value))
            star = QPointF(x + 0.5 * room, rows.bottom() + room / 2)
            draw_marker(painter, star, 4.0, STAR, palette.muted, palette.muted, 0.5)

    def live(self, painter: QPainter) -> None:
        """What follows the hand."""
        self._draw_card_heads(painter)
        for card in range(len(self._canvas.cards())):
            slot = self._canvas.slot(card)
            if slot is not None:
                self._draw_card(painter, card, slot)
        painter.setOpacity(self._canvas.ageing.opacity)
        self._draw_list_head(painter)
        self._draw_rows(painter)
        if self._layout.has_strip:
            self._draw_strip(painter)

    # --- cards --------------------------------------------------------------------------------------
    def _draw_card_heads(self, painter: QPainter) -> None:
        layout, count = self._layout, len(self._shelf.rated)
        line = QRectF(layout.rect.left(), layout.rect.top(), layout.rect.width(), scaled(15))
        if layout.asked_slots:
            asked = line.adjusted(layout.asked_left - line.left(), 0, 0, 0)
            _draw_heading(painter, asked, QCoreApplication.translate("Shelf", "ask next"))
        if not layout.rated_slots:
            return
        line.setRight(layout.card(layout.rated_slots - 1).right())
        if layout.rated_slots < count:
            text = QCoreApplication.translate("Shelf", "{first} to {last} of {count}")
            first, last = self._canvas.first + 1, self._canvas.first + layout.rated_slots
            line.setRight(_draw_note(painter, line, text.format(first=first, last=last, count=count)))
        long = QCoreApplication.translate("Shelf", "ratings: the support set")
        _draw_heading(painter, line, long, QCoreApplication.translate("Shelf", "ratings"))

    def _draw_card(self, painter: QPainter, card: int, slot: int) -> None:
        canvas, shelf, stars = self._canvas, self._shelf, self._layout.stars(slot)
        item, is_rated, hovered = canvas.cards()[card], card < len(shelf.rated), 0
        if canvas.hovered is not None and stars.contains(canvas.hovered):
            hovered = star_at(stars, canvas.hovered.x())
        given = max(canvas.scale.stars(float(shelf.values[card])), 0.1) if is_rated else 0.0
        is_chosen = card == canvas.chosen and canvas.hasFocus()
        drawn = Card(item, shelf.title(item), shelf.kinds(item), tuple(shelf.features(item)), given, hovered, is_chosen)
        draw_card(painter, self._layout.card(slot).adjusted(0, 0, 0, -scaled(STARS)), stars, drawn)

    # --- what is foretold -----------------------------------------------------------------------------
    def _draw_list_head(self, painter: QPainter) -> None:
        line, count = QRectF(self._layout.list_head), len(self._shelf.foretold)
        line.setRight(self._draw_legend(painter, line))
        short = long = QCoreApplication.translate("Shelf", "foretold")
        if self._layout.num_rows < count:
            few = QCoreApplication.translate("Shelf", "foretold, the first {shown} of {count}")
            long = few.format(shown=self._layout.num_rows, count=count)
        _draw_heading(painter, line, long, short)

    def _draw_legend(self, painter: QPainter, head: QRectF) -> float:
        """From right to left; returns where it begins."""
        palette, line, sample = theme().palette, QRectF(head), scaled(SAMPLE)
        after = QCoreApplication.translate("Shelf", "after, step {step}").format(step=self._canvas.shown_step)
        dotted = QPen(palette.text, 1.8)
        dotted.setDashPattern([1, 1.3])
        entries = [
            (QCoreApplication.translate("Shelf", "what they say"), dotted),
            (after, QPen(palette.learner, 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)),
            (QCoreApplication.translate("Shelf", "before"), dashed(palette.before)),
        ]
        entries += [(one.name, QPen(one.color, 2)) for one in self._canvas.others()]
        painter.setFont(ui_font(12))
        for place, (text, pen) in enumerate(entries):
            is_tick = place > 2  # as in the rows: others are marks across the learner's bar
            painter.setPen(palette.text)
            painter.drawText(line, RIGHT, text)
            end = line.right() - painter.fontMetrics().horizontalAdvance(text) - scaled(8)
            begin, middle = end - (2 if is_tick else sample), line.center().y()
            painter.setPen(pen)
            if is_tick:
                painter.drawLine(QPointF(end, middle - scaled(5)), QPointF(end, middle + scaled(5)))
            else:
                painter.drawLine(QPointF(begin, middle), QPointF(end, middle))
            line.setRight(begin - scaled(14))
        return line.right()

    def _draw_rows(self, painter: QPainter) -> None:
        canvas, layout, span = self._canvas, self._layout, self._canvas.span()
        if not canvas.rows.order:
            return
        chosen = self._reasons_of()
        painter.save()
        painter.setClipRect(layout.rows.adjusted(-1, 0, 1, 0))
        for item, row in self._foretold().items():
            box = layout.row(canvas.rows.place(item))
            if box.top() < layout.rows.bottom():
                draw_row(painter, box, row, span, item == chosen)
        painter.restore()

    def _foretold(self) -> dict[int, Foretold]:
        canvas, shelf = self._canvas, self._shelf
        before, now = canvas.predictions(0), canvas.predictions(canvas.shown_step)
        start = {item: rank for rank, item in enumerate(sorted(before, key=lambda item: -before[item]))}
        beside = canvas.beside()
        return {
            item: Foretold(
                shelf.title(item), shelf.kinds(item), rank + 1, start[item] - rank, before[item], now[item],
                shelf.answers[item], [(color, values[item]) for color, values in beside if item in values],
            )
            for rank, item in enumerate(canvas.rows.order)
            if item in now
        }  # fmt: skip

    # --- what moved -----------------------------------------------------------------------------------
    def _reasons_of(self) -> int | None:
        """The item whose reasons are shown: under the pointer, or else the chosen one."""
        canvas = self._canvas
        under = None if canvas.hovered is None else canvas.row_at(canvas.hovered)
        return canvas.row if under is None else under

    def _draw_strip(self, painter: QPainter) -> None:
        item, boxes = self._reasons_of(), self._layout.strip_boxes()
        if item is None and not self._shelf.table.item_feature_names and self._canvas.rows.order:
            item = self._canvas.rows.order[0]  # there is nothing else to tell of
        pushed = [] if item is None else self._shelf.pushed(item)[: len(boxes)]
        if item is not None and pushed:
            said = QCoreApplication.translate("Shelf", "stars that each rating adds to {title}")
            self._draw_strip_head(painter, said.format(title=self._shelf.title(item)))
            largest = max(abs(push) for _, push in pushed)
            for box, (row, push) in zip(boxes, pushed, strict=False):
                draw_push(painter, box, self._shelf.title(self._shelf.rated[row]), push, largest)
        elif self._canvas.adaptation is not None:
            on_grid = self._canvas.adaptation.on_grid
            said = QCoreApplication.translate("Shelf", "mean rating of popular items with a feature, before and now")
            self._draw_strip_head(painter, said)
            moved = self._shelf.features_moved(on_grid[0], on_grid[self._canvas.shown_step])
            for box, one in zip(boxes, moved, strict=False):
                draw_moved(painter, box, one, self._canvas.scale)

    def _draw_strip_head(self, painter: QPainter, said: str) -> None:
        line = self._layout.strip_head.adjusted(0, 0, 0, -3)
        heading = QCoreApplication.translate("Shelf", "what moved")
        _draw_heading(painter, line, heading)
        used = painter.fontMetrics().horizontalAdvance(heading.upper()) + scaled(16)
        _draw_note(painter, line.adjusted(used, 0, 0, 0), said)


def _draw_heading(painter: QPainter, line: QRectF, text: str, short: str = "") -> None:
    """A heading at the left of a line; the short one where there is no room for the other."""
    painter.setFont(small_capitals_font())
    painter.setPen(theme().palette.muted)
    metrics = painter.fontMetrics()
    fitting = short if short and metrics.horizontalAdvance(text.upper()) > line.width() else text
    painter.drawText(line, MIDDLE, metrics.elidedText(fitting, Qt.TextElideMode.ElideRight, int(line.width())))


def _draw_note(painter: QPainter, line: QRectF, text: str) -> float:
    """Muted words at the right of a line; returns where they begin, less a gap."""
    painter.setFont(ui_font(12))
    painter.setPen(theme().palette.muted)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(line.width()))
    painter.drawText(line, RIGHT, shown)
    return line.right() - painter.fontMetrics().horizontalAdvance(shown) - scaled(8)
