"""Every card explains itself: in a sentence, and in a few more behind "why?" or "?"."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWhatsThis

from metalearn_gui.ui.explanation import Explanation, WhyButton
from metalearn_gui.ui.panels import INSIDE_PANELS, PANELS
from metalearn_gui.ui.whys import WHYS
from metalearn_gui.ui.zoom import STEPS, set_zoom


def sentences(text: str) -> int:
    return len(re.findall(r"[.?!](?:\s|$)", text))


@pytest.mark.parametrize("key", PANELS)
def test_every_card_has_one_sentence_and_about_three_more(key, session, qtbot):
    if key in INSIDE_PANELS:
        panel = PANELS[key](session)
        qtbot.addWidget(panel)
        panel.show()
        explanation = panel.findChild(Explanation)
        sentence, rest = explanation.accessibleName(), explanation.accessibleDescription()
    else:
        sentence, rest = WHYS[key]
    assert 1 <= sentences(sentence) <= 2
    assert 3 <= sentences(rest) <= 5


def test_no_explanation_is_of_a_card_that_is_gone():
    assert WHYS.keys() <= PANELS.keys() - INSIDE_PANELS.keys()


def test_the_question_mark_tells_the_sentence_and_those_behind_it(session, qtbot):
    panel = PANELS["adaptation"](session)
    qtbot.addWidget(panel)
    panel.show()
    button = panel.findChild(WhyButton)
    assert button.toolTip() == WHYS["adaptation"][0]
    assert panel.accessibleName() in button.accessibleName()
    assert all(text in button.whatsThis() for text in WHYS["adaptation"])
    button.click()
    assert any(type(top).__name__ == "QWidget" and top.isVisible() for top in QApplication.topLevelWidgets())
    QWhatsThis.hideText()


@pytest.fixture(params=STEPS)
def zoom(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[float]:
    set_zoom(request.param)
    yield request.param
    set_zoom(1.0)


def test_a_sentence_that_is_too_long_for_one_line_takes_two(qtbot, zoom):
    explanation = Explanation()
    qtbot.addWidget(explanation)
    explanation.set_texts("Learns a start from which a few steps solve a new task.", "More of it.")
    explanation.show()
    explanation.resize(round(600 * zoom), 60)
    label = explanation._sentence
    one_line = label.height()
    explanation.resize(round(280 * zoom), 60)
    qtbot.waitUntil(lambda: label.height() > one_line)
    assert label.shown_text == label.text()


def test_a_sentence_that_is_cut_stands_whole_behind_its_why(qtbot):
    explanation = Explanation()
    qtbot.addWidget(explanation)
    explanation.set_texts("Learns a start from which a few steps solve a new task.", "More of it.")
    explanation.resize(180, 60)
    explanation.show()
    explanation.toggle()
    assert explanation._rest.text().startswith("Learns a start from which a few steps solve a new task. More")
    explanation.toggle()
    explanation.resize(900, 60)
    explanation.toggle()
    assert explanation._rest.text() == "More of it."
