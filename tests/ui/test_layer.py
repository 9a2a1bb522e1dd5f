"""Pictures that are kept while they stay the same."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from metalearn_gui.ui.layer import Layer
from metalearn_gui.ui.theme import theme


@pytest.fixture
def widget(qtbot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(40, 30)
    return widget


def times_painted(widget: QWidget, layer: Layer) -> int:
    painted = []
    target = QPixmap(widget.size())
    painter = QPainter(target)
    layer.draw(painter, painted.append)
    painter.end()
    return len(painted)


def test_a_layer_is_painted_once_until_it_is_forgotten(widget):
    layer = Layer(widget)
    assert [times_painted(widget, layer) for _ in range(2)] == [1, 0]
    layer.forget()
    assert [times_painted(widget, layer) for _ in range(2)] == [1, 0]


def test_another_size_or_theme_paints_it_anew(widget):
    layer = Layer(widget)
    times_painted(widget, layer)
    widget.resize(50, 30)
    assert times_painted(widget, layer) == 1
    theme().set_mode("light" if theme().is_dark else "dark")
    assert times_painted(widget, layer) == 1
