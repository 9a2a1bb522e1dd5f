"""The shelf: a new user's ratings under the hand, and what is foretold of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from metalearn_gui.engine.learners.base import View
from metalearn_gui.engine.ratings.asking import KIND
from metalearn_gui.engine.tasks.ratings import items_of
from metalearn_gui.ui.canvas import shelf_cards
from metalearn_gui.ui.canvas.moving_rows import MovingRows
from metalearn_gui.ui.canvas.shelf import ShelfCanvas
from metalearn_gui.ui.canvas.shelf_data import ranked
from metalearn_gui.ui.canvas.stars import StarScale
from metalearn_gui.ui.theme import theme
from tests.ui.fake_unseen import FakeUnseen
from tests.ui.hand import click, double_click, mouse, session_for, set_points, spoil

ASKED = 4  # candidates that the view of the tests holds


@pytest.fixture
def touched_session():
    """Ratings in whole stars, and a view of what to ask that is no order by number."""
    session = session_for("ratings")
    support, query = session.unseen.touched.support, session.unseen.touched.query
    set_points(session, support.x, np.round(support.y))
    taken = {*items_of(support.x).tolist(), *items_of(query.x).tolist()}
    free = [item for item in range(60) if item not in taken][ASKED::-1]
    family = session.shown.settings.tasks
    rows = family.inputs(np.full(len(free), int(session.unseen.touched.tasks.parameters["user"][0])), np.array(free))
    grid = np.concatenate([session.unseen.touched.grid, rows])
    session.unseen.touched = type(session.unseen.touched)(**vars(session.unseen.touched) | {"grid": grid})
    pushes = np.linspace(-0.5, 0.5, len(support.x))[:, None] * np.ones(len(query.x))
    session.unseen.views = [
        View(KIND, {"items": np.array(free), "moves": np.linspace(0.3, 0.1, len(free)), "pushes": pushes})
    ]
    session.unseen.announce()
    return session


@pytest.fixture
def surface(qtbot, touched_session):
    widget = ShelfCanvas(touched_session)
    qtbot.addWidget(widget)
    widget.resize(684, 352)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def values(session) -> list[float]:
    return session.unseen.touched.support.y[:, 0].tolist()


def star(surface, slot: int, stars: int) -> QPointF:
    box = surface.layout_now().stars(slot)
    return QPointF(box.left() + (stars - 0.5) * box.width() / 5, box.center().y())


def first_asked(surface) -> int:
    return surface.layout_now().rated_slots


def test_a_click_on_a_star_rates_the_card(surface, touched_session):
    others = values(touched_session)[1:]
    for stars in (2, 5):
        click(surface, star(surface, 0, stars))
        assert values(touched_session) == [stars, *others]


def test_a_drag_across_the_stars_follows_the_hand(surface, touched_session, qtbot):
    mouse(surface, QEvent.Type.MouseButtonPress, star(surface, 1, 1))
    assert values(touched_session)[1] == 1
    mouse(surface, QEvent.Type.MouseMove, star(surface, 1, 4))
    mouse(surface, QEvent.Type.MouseButtonRelease, star(surface, 1, 4))
    assert values(touched_session)[1] == 4


def test_a_drag_goes_on_after_moves_within_one_star(surface, touched_session, qtbot):
    mouse(surface, QEvent.Type.MouseButtonPress, star(surface, 1, 1))
    surface.repaint()
    mouse(surface, QEvent.Type.MouseMove, star(surface, 1, 1) + QPointF(1, 0))  # nothing changes, nothing is painted
    mouse(surface, QEvent.Type.MouseMove, star(surface, 1, 4))
    assert values(touched_session)[1] == 4


def test_a_click_on_a_poster_rates_nothing(surface, touched_session):
    before = values(touched_session)
    click(surface, surface.layout_now().card(0).center() - QPointF(0, 20))
    assert values(touched_session) == before
    assert surface.chosen == 0


def test_home_and_end_choose_the_first_and_the_last_card(surface, qtbot):
    qtbot.keyClick(surface, Qt.Key.Key_End)
    assert surface.chosen == len(surface.cards()) - 1
    qtbot.keyClick(surface, Qt.Key.Key_Home)
    assert surface.chosen == 0


def test_a_right_click_clears_a_rating(surface, touched_session):
    before = values(touched_session)
    click(surface, surface.layout_now().card(2).center(), Qt.MouseButton.RightButton)
    assert values(touched_session) == before[:2] + before[3:]


def test_what_is_asked_comes_in_the_views_order_and_joins_the_support_set_once_rated(surface, touched_session):
    asked = touched_session.unseen.views[0].arrays["items"].tolist()
    count = len(surface.shelf.rated)
    assert surface.shelf.candidates == asked
    click(surface, star(surface, first_asked(surface) + 1, 4))
    assert items_of(touched_session.unseen.touched.support.x)[-1] == asked[1]
    assert values(touched_session)[-1] == 4
    assert surface.shelf.candidates == [asked[0], *asked[2:]]
    assert surface.chosen == count
    assert surface.slot(count) is not None  # the new card is in sight


def test_nothing_rated_leaves_things_to_ask(surface, touched_session):
    support = touched_session.unseen.touched.support
    set_points(touched_session, support.x[:0], support.y[:0])
    assert surface.layout_now().rated_slots == 0
    click(surface, star(surface, 0, 3))
    assert values(touched_session) == [3]
    surface.grab()


def test_keys_alone_choose_rate_change_and_clear(surface, touched_session, qtbot):
    surface.setFocus()
    qtbot.keyClick(surface, Qt.Key.Key_Right)
    qtbot.keyClick(surface, Qt.Key.Key_Right)
    assert surface.chosen == 1
    qtbot.keyClick(surface, Qt.Key.Key_2)
    assert values(touched_session)[1] == 2
    qtbot.keyClick(surface, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert values(touched_session)[1] == 3
    count = len(values(touched_session))
    qtbot.keyClick(surface, Qt.Key.Key_Delete)
    assert len(values(touched_session)) == count - 1
    qtbot.keyClick(surface, Qt.Key.Key_N)
    assert ("new_task",) in touched_session.calls


def test_a_key_rates_the_card_under_the_pointer_or_the_next_to_ask_where_none_is_chosen(
    surface, touched_session, qtbot
):
    asked, count = surface.shelf.candidates[0], len(values(touched_session))
    qtbot.keyClick(surface, Qt.Key.Key_4)
    assert items_of(touched_session.unseen.touched.support.x)[-1] == asked
    assert values(touched_session)[-1] == 4
    surface.choose(None)
    surface.first = 0
    mouse(surface, QEvent.Type.MouseMove, surface.layout_now().card(1).center(), Qt.MouseButton.NoButton)
    qtbot.keyClick(surface, Qt.Key.Key_5)
    assert values(touched_session)[1] == 5
    assert len(values(touched_session)) == count + 1
    assert surface.chosen == 1


def test_what_is_said_of_a_card_has_its_new_stars(surface, touched_session, qtbot):
    surface.choose(0)
    for stars in (2, 5):
        qtbot.keyClick(surface, getattr(Qt.Key, f"Key_{stars}"))
        assert surface.accessibleDescription().endswith(f"rated {stars}")
    click(surface, star(surface, 0, 3))
    assert surface.accessibleDescription().endswith("rated 3")
    surface.choose_row(surface.rows.order[0])
    said = surface.accessibleDescription()
    touched_session.unseen.adapt_again()
    assert surface.accessibleDescription() == said  # a row's words are not the card's to change


@pytest.mark.parametrize("size", [(684, 352), (543, 265)])
def test_a_note_leaves_free_what_it_is_about(surface, size):
    surface.resize(*size)
    layout = surface.layout_now()
    rows = [layout.row(place) for place in range(layout.num_rows)]
    for box in [layout.card(slot) for slot in range(surface._num_slots)] + rows:
        for share in (0.05, 0.5, 0.95):
            at = QPointF(box.left() + share * box.width(), box.center().y())
            about = surface.hover_about(at)
            assert about == box
            note = surface._note_box(QSizeF(250, 60), at, about)
            assert not note.intersects(box)
            assert QRectF(surface.rect()).contains(note)


def test_answers_from_before_a_change_are_faint_until_the_next_ones(surface, touched_session, qtbot):
    unseen = touched_session.unseen
    unseen.is_behind = True
    unseen.taskChanged.emit()
    assert not surface.ageing.is_old  # the next ones may come at once
    fresh = surface.grab().toImage()
    with qtbot.waitSignal(surface.ageing.changed):
        pass
    assert surface.ageing.is_old
    faint = surface.grab().toImage()
    bar = surface.layout_now().row(0).center().toPoint()
    stars = star(surface, 0, 1).toPoint()
    assert faint.pixelColor(bar + QPoint(-60, 3)) != fresh.pixelColor(bar + QPoint(-60, 3))
    assert faint.pixelColor(stars) == fresh.pixelColor(stars)
    unseen.is_behind = False
    unseen.adaptedChanged.emit()
    assert not surface.ageing.is_old


def test_every_gesture_can_be_taken_back_and_made_again(surface, touched_session, qtbot):
    before = values(touched_session)
    click(surface, star(surface, 0, 1 if before[0] != 1 else 2))
    after = values(touched_session)
    assert after != before
    qtbot.keyClick(surface, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert values(touched_session) == before
    qtbot.keyClick(surface, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert values(touched_session) == after


def test_a_double_click_restores_the_task(surface, touched_session):
    double_click(surface, star(surface, 0, 1))
    assert ("restore_task",) in touched_session.calls


def test_arrows_bring_cards_into_sight(surface, touched_session, qtbot):
    last = len(surface.shelf.rated) - 1
    assert surface.slot(last) is None
    surface.choose(last - 1)
    qtbot.keyClick(surface, Qt.Key.Key_Right)
    assert surface.slot(last) is not None
    assert surface.slot(0) is None


def test_the_wheel_turns_the_shelf_within_its_ends(surface):
    at = surface.layout_now().card(0).center()
    for turn, expected in ((-120, 1), (120, 0), (120, 0)):
        event = QWheelEvent(
            at, surface.mapToGlobal(at), QPoint(0, turn), QPoint(0, turn), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(surface, event)
        assert surface.first == expected


def test_the_list_is_in_the_order_of_the_shown_steps_predictions(surface, touched_session):
    for step in (0, 5):
        touched_session.unseen.set_step(step)
        predicted = surface.predictions(step)
        assert surface.rows.order == sorted(predicted, key=lambda item: -predicted[item])


def test_rows_walk_to_their_new_places(qtbot):
    rows = MovingRows(None)
    rows.take([1, 2, 3], at_once=False)
    assert [rows.place(key) for key in (1, 2, 3)] == [0, 1, 2]  # there is nowhere to come from
    rows.take([3, 1, 2], at_once=False)
    assert rows.is_walking
    assert rows.place(3) > 1.9
    qtbot.waitUntil(lambda: not rows.is_walking)
    assert [rows.place(key) for key in rows.order] == [0, 1, 2]
    rows.take([2, 1, 3], at_once=True)
    assert not rows.is_walking


def test_a_row_says_which_ratings_have_moved_it(surface, touched_session, qtbot):
    surface.setFocus()
    qtbot.keyClick(surface, Qt.Key.Key_Down)
    first = surface.rows.order[0]
    assert surface.row == first
    assert surface.shelf.title(first) in surface.accessibleDescription()
    pushed = surface.shelf.pushed(first)
    assert [abs(push) for _, push in pushed] == sorted((abs(push) for _, push in pushed), reverse=True)
    assert len(pushed) == len(surface.shelf.rated)
    click(surface, surface.layout_now().row(0).center())  # the same row again: nothing is chosen
    assert surface.row is None


def test_reasons_for_other_ratings_than_these_are_not_shown(surface, touched_session):
    touched_session.unseen.remove_point(0)
    assert surface.shelf.pushed(surface.shelf.foretold[0]) == []
    surface.choose_row(surface.shelf.foretold[0])
    surface.grab()


def test_moved_features_are_means_over_the_items_that_have_them(surface, touched_session):
    on_grid = touched_session.unseen.adaptations["learner"].on_grid
    moved = surface.shelf.features_moved(on_grid[0], on_grid[5])
    table, one = surface.shelf.table, moved[0]
    column = table.item_features[:, table.item_feature_names.index(one.name)]
    places = [place for item, place in surface.shelf.places.items() if column[item]]
    assert one.before == pytest.approx(on_grid[0][places, 0].mean(), rel=1e-4)
    assert one.change == pytest.approx((on_grid[5] - on_grid[0])[places, 0].mean(), abs=1e-4)
    assert [abs(feature.change) for feature in moved] == sorted((abs(one.change) for one in moved), reverse=True)


def test_a_click_on_stars_and_its_answer_are_one_picture(surface, touched_session, qtbot, monkeypatch):
    qtbot.wait(50)
    painted = []
    monkeypatch.setattr(surface, "paint_live", lambda painter: painted.append(surface.chosen))
    surface.choose(2)
    qtbot.waitUntil(lambda: bool(painted))
    unheard = FakeUnseen(touched_session)
    monkeypatch.setattr(touched_session.unseen, "adaptedChanged", unheard.adaptedChanged)  # the answer is under way
    click(surface, surface.layout_now().stars(0).center())
    for _ in range(3):
        QApplication.processEvents()
    assert painted == [2]
    surface.follow()
    qtbot.waitUntil(lambda: painted == [2, 0])


def test_hovering_tells_what_a_card_and_a_row_are(surface):
    rated = surface.hover_lines(surface.layout_now().card(0).center())
    asked = surface.hover_lines(surface.layout_now().card(first_asked(surface)).center())
    row = surface.hover_lines(surface.layout_now().row(0).center())
    assert rated[0] == surface.shelf.title(surface.shelf.rated[0])
    assert "0.3" in asked[-1]
    assert row[0].startswith(surface.shelf.title(surface.rows.order[0]))


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("size", [(684, 352), (543, 265), (240, 150), (1200, 700)])
def test_nothing_overlaps_and_everything_is_drawn_at_every_size(surface, mode, size):
    theme().set_mode(mode)
    surface.resize(*size)
    layout = surface.layout_now()
    assert layout.card(0).bottom() <= layout.list_head.top()
    assert layout.list_head.bottom() <= layout.rows.top()
    if layout.has_strip:
        assert layout.rows.bottom() < layout.strip_head.top()
    slots = [layout.card(slot) for slot in range(layout.rated_slots + layout.asked_slots)]
    assert all(one.right() < other.left() for one, other in itertools.pairwise(slots))
    picture = surface.grab().toImage().convertToFormat(surface.grab().toImage().Format.Format_RGB32)
    assert len(np.unique(np.frombuffer(picture.constBits(), np.uint32))) > 100


def test_predictions_that_are_not_numbers_come_last_and_can_be_drawn(surface, touched_session):
    spoil(touched_session)
    surface.grab()
    assert ranked({1: float("nan"), 2: 3.0, 3: 4.0}) == [3, 2, 1]


def test_without_predictions_cards_are_there_already(surface, touched_session):
    touched_session.unseen.adaptations = {}
    touched_session.unseen.adaptedChanged.emit()
    assert surface.rows.order == []
    surface.grab()
    click(surface, star(surface, 0, 5))
    assert values(touched_session)[0] == 5


@pytest.mark.parametrize(
    ("scale", "value", "stars"),
    [((0.5, 5.0), 3.5, 3.5), ((1.0, 5.0), 1.0, 1.0), ((0.0, 100.0), 50.0, 3.0), ((-10.0, 10.0), 10.0, 5.0)],
)
def test_any_scale_is_shown_in_five_stars(scale, value, stars):
    assert StarScale(*scale).stars(value) == stars
    assert StarScale(*scale).value(stars) == value


def test_a_word_on_what_is_waited_for_covers_no_card(surface):
    layout = surface.layout_now()
    assert not any(surface.note_frame().intersects(layout.card(slot)) for slot in range(surface._num_slots))
    assert surface.note_frame().top() >= layout.list_head.bottom()


def test_a_star_more_draws_one_card_anew_and_another_theme_all_of_them(surface, monkeypatch):
    drawn = []
    draw = shelf_cards._draw
    monkeypatch.setattr(shelf_cards, "_draw", lambda painter, poster, stars, card: drawn.append(card.item) or draw(
        painter, poster, stars, card
    ))  # fmt: skip
    shelf_cards._picture.cache_clear()
    surface.grab()
    in_sight = len(drawn)
    item = surface.shelf.rated[0]
    surface.rate(0, 1 if surface.shelf.values[0] > 3 else 5)
    surface.grab()
    assert drawn[in_sight:] == [item]
    theme().set_mode("light" if theme().is_dark else "dark")
    surface.grab()
    assert sorted(drawn[in_sight + 1 :]) == sorted(drawn[:in_sight])
