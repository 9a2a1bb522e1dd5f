"""What an item usually gets: by its own ratings, or by its features where it has few."""

from __future__ import annotations

import numpy as np

from metalearn_gui.engine.ratings.baselines import Known
from metalearn_gui.engine.ratings.usual import ROW_SHRINK, SHRINK, Usual

NUM_USERS, NUM_ITEMS = 60, 41
FEATURES = np.eye(2)[np.arange(NUM_ITEMS) % 2]  # items of an even number are of one kind
EVERY = np.ones(NUM_ITEMS, bool)


def fitted(last_item_by: int = 0) -> Usual:
    """Everybody gives 4 to one kind and 2 to the other; so many give 1 to the last one, of the better kind."""
    users, items = (part.ravel() for part in np.indices((NUM_USERS, NUM_ITEMS - 1)))
    values = np.where(items % 2 == 0, 4.0, 2.0)
    users = np.concatenate([users, np.arange(last_item_by)])
    items = np.concatenate([items, np.full(last_item_by, NUM_ITEMS - 1)])
    values = np.concatenate([values, np.full(last_item_by, 1.0)])
    return Usual.fitted(Known(users, items, values, NUM_ITEMS), FEATURES, NUM_USERS)


def test_an_item_without_ratings_gets_what_its_kind_gets() -> None:
    usual = fitted()
    standing = usual.standing(np.arange(NUM_ITEMS), EVERY)
    assert standing.known[-1] == 0.0
    assert abs(standing.usual[-1] * usual.deviation - 1.0) < 0.15  # the mean is 3
    assert abs(standing.usual[-2] * usual.deviation + 1.0) < 0.15


def test_an_item_with_ratings_goes_its_own_way_the_more_it_has() -> None:
    last = np.array([NUM_ITEMS - 1])
    beyond = [fitted(count).standing(last, EVERY[:1]) for count in (0, 5, 50)]
    assert beyond[0].usual[0] > beyond[1].usual[0] > beyond[2].usual[0]
    assert beyond[2].usual[0] < -1.0
    assert [one.known[0] for one in beyond] == [count / (count + ROW_SHRINK) for count in (0, 5, 50)]


def test_a_hidden_item_stands_by_its_features_alone() -> None:
    usual, last = fitted(50), np.array([NUM_ITEMS - 1])
    hidden = usual.standing(last, np.array([False]))
    assert hidden.known[0] == 0.0
    np.testing.assert_allclose(hidden.usual * usual.deviation, usual.prior[last])


def test_kind_users_do_not_make_an_item_good() -> None:
    """One item is rated by people who give everything a star more."""
    users, items = (part.ravel() for part in np.indices((40, 20)))
    is_kind = users < 20
    rated = is_kind | (items > 0)
    values = 3.0 + is_kind
    known = Known(users[rated], items[rated], values[rated], 20)
    usual = Usual.fitted(known, np.zeros((20, 0)), 40)
    first, second = usual.standing(np.array([0, 1]), np.array([True, True])).usual
    plain = values[rated & (items == 0)].mean() - values[rated].mean()  # what its own mean would say
    assert plain * len(users) / (len(users) + SHRINK) > 0.4
    assert abs(first - second) * usual.deviation < 0.15
