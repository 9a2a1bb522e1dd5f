"""Room beside an axis for its numbers."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from metalearn_gui.ui.canvas.axes import Axes, apart, draw_columns, label_room, tick_text, ticks
from metalearn_gui.ui.theme import ui_font


def test_the_longest_number_of_an_axis_has_room_beside_it():
    for values in ((-5.0, 5.0), (-560.0, 2600.0), (-12_000.0, 3.0), (0.001, 0.004)):
        widest = max(QFontMetricsF(ui_font(12)).horizontalAdvance(tick_text(tick)) for tick in ticks(*values, 5))
        assert label_room(values) > widest + 7  # and the gap to the frame


def test_the_room_for_numbers_is_worked_out_once_for_a_range(monkeypatch):
    asked = []
    monkeypatch.setattr("metalearn_gui.ui.canvas.axes.tick_text", lambda value: asked.append(value) or tick_text(value))
    rooms = {label_room((-0.123, 4.567)) for _ in range(9)}
    assert len(rooms) == 1
    assert len(asked) == len(set(asked)) > 0


def test_texts_along_a_line_stay_within_it_and_of_two_that_would_meet_the_first_stays():
    texts = [("a", 0.0, 20.0), ("b", 22.0, 20.0), ("c", 60.0, 20.0), ("d", 98.0, 20.0)]
    assert list(apart(texts, 0.0, 100.0)) == [("a", 0.0, 20.0), ("c", 50.0, 20.0), ("d", 80.0, 20.0)]


def test_the_number_at_the_right_end_of_an_axis_is_whole_within_the_frame(monkeypatch):
    axes, ends, draw = Axes(QRectF(70, 1, 284, 186), (-0.00437, 0.0054), (0.0, 1.0)), {}, QPainter.drawText

    def noted(painter, place, side, text):
        ends[text] = place.center().x() + painter.fontMetrics().horizontalAdvance(text) / 2
        draw(painter, place, side, text)

    image = QImage(355, 240, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    monkeypatch.setattr(QPainter, "drawText", noted)
    draw_columns(painter, axes)
    painter.end()
    assert "0.005" in ends
    assert max(ends.values()) <= axes.frame.right()
