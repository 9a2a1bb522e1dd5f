"""Cards: fold, tear off, come back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from metalearn_gui.ui.elided_label import ElidedLabel, Hint
from metalearn_gui.ui.panel import Panel


class Card(Panel):
    key = "card"

    def __init__(self, session, parent=None):
        super().__init__(session, parent)
        self.times_translated = self.times_styled = 0
        self.label = QLabel("inside", self)
        self.body.addWidget(self.label)

    def retranslate(self):
        self.times_translated += 1
        self.set_title("Card")

    def restyle(self):
        self.times_styled += 1


@pytest.fixture
def home(session, qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    column = QVBoxLayout(widget)
    column.addWidget(QLabel("above"))
    widget.card = Card(session, widget)
    column.addWidget(widget.card, 3)
    column.addWidget(QLabel("below"), 1)
    widget.resize(300, 400)
    widget.show()
    return widget


def test_a_torn_off_card_comes_back_to_its_place(home, qtbot):
    card, column = home.card, home.layout()
    with qtbot.waitSignal(card.detachedChanged):
        card.toggle_detached()
    assert card.window() is not home
    assert card.window().windowTitle() == "Card"
    assert card.label.isVisible()
    with qtbot.waitSignal(card.detachedChanged):
        card.window().close()
    assert card.window() is home
    assert column.indexOf(card) == 1
    assert column.stretch(1) == 3
    assert column.count() == 3
    assert card.label.isVisible()


def test_the_placeholder_puts_the_card_back(home):
    home.card.toggle_detached()
    placeholder = home.layout().itemAt(1).widget()
    placeholder.click()
    assert not home.card.is_detached
    assert home.card.window() is home


def test_a_folded_card_takes_only_its_header(home, qtbot):
    card = home.card
    tall = card.height()
    card.toggle_collapsed()
    qtbot.waitUntil(lambda: card.height() < 60)
    assert not card.label.isVisible()
    card.toggle_collapsed()
    qtbot.waitUntil(lambda: card.height() == tall)
    assert card.label.isVisible()


def test_texts_and_colours_are_written_again_on_a_change(home, qapp):
    from metalearn_gui.ui.theme import theme

    card = home.card
    texts, styles = card.times_translated, card.times_styled
    assert texts == 1
    QApplication.sendEvent(card, QEvent(QEvent.Type.LanguageChange))
    assert card.times_translated == texts + 1
    theme().set_mode("light")
    assert card.times_styled == styles + 1


def test_actions_say_their_name_and_call_their_slot(home, qtbot):
    calls = []
    button = home.card.add_header_action("new_task", "new task", lambda: calls.append(1))
    assert button.accessibleName() == "new task"
    button.click()
    assert calls == [1]


def test_a_hint_that_does_not_fit_gives_way_to_its_short_form(session, qtbot):
    label = ElidedLabel("6 of 40 units")
    qtbot.addWidget(label)
    label.set_short("6/40")
    width = label.fontMetrics().horizontalAdvance
    label.resize(width("6 of 40 units") + 2, 20)  # elidedText counts fractions of pixels
    assert label.shown_text == "6 of 40 units"
    label.resize(width("6 of 40 units") - 1, 20)
    assert label.shown_text == "6/40"
    label.resize(width("6/40") - 1, 20)
    assert label.shown_text not in ("6 of 40 units", "6/40")


def hint_with_room_for(qtbot, text: str, room: str) -> Hint:
    hint = Hint(text)
    qtbot.addWidget(hint)
    hint.show()
    hint.resize(hint.fontMetrics().horizontalAdvance(room), 20)
    return hint


def test_a_hint_leaves_its_last_parts_out_before_it_is_cut_within_one(qtbot):
    text = "click places, Shift paints, right-click removes"
    hint = hint_with_room_for(qtbot, text, "click places, Shift paints, ri")
    assert hint.shown_text == "click places, Shift paints"
    assert hint.toolTip() == hint.text()


def test_a_hint_is_left_out_where_hardly_anything_of_it_would_be_there(qtbot):
    hint = hint_with_room_for(qtbot, "5-way 1-shot", "5-wa...")
    assert hint.shown_text == ""
    assert hint.toolTip() == "5-way 1-shot"


def test_tab_goes_through_a_card_as_it_is_read(window, qtbot):
    panel = window.panels["task"]
    panel._title.setFocus()
    order = []
    for _ in range(6):
        order.append(QApplication.focusWidget())
        window.focusNextPrevChild(True)
    places = [one.mapTo(panel, one.rect().center()).x() for one in order[:5]]
    assert places == sorted(places)  # its header from left to right
    assert order[5] is panel.surface  # and then what it is there for


def test_keys_and_shortcuts_in_a_torn_off_card_mean_its_window(window, session, qtbot):
    panel = window.panels["meta_loss"]
    panel.toggle_detached()
    own = panel.window()
    own.activateWindow()
    qtbot.waitUntil(own.isActiveWindow)
    qtbot.keyClick(own, Qt.Key.Key_N)
    assert session.calls[-1] == ("new_task",)
    session.change(shots=3)
    qtbot.keyClick(own, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.settings.episodes.shots == 10
    panel.toggle_detached()
