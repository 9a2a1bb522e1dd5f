"""Users as tasks: who and what is new, what an input holds, and what the generated catalogue promises."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from metalearn_gui.engine.episodes import SPLITS
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.ratings.catalogue import Catalogue
from metalearn_gui.engine.ratings.generated import generated_catalogue, generated_ratings
from metalearn_gui.engine.ratings.inputs import ITEM_UNIT, KNOWN, NUM_LEADING, USUAL, items_of
from metalearn_gui.engine.ratings.quadrants import QUADRANTS
from metalearn_gui.engine.tasks.ratings import Ratings


def drawn(family: Ratings, split: str = "test", num_tasks: int = 300, shots: int = 10, queries: int = 5):
    rng = np.random.default_rng(3)
    tasks = family.tasks(rng, num_tasks, split)
    return tasks, family.draw(tasks, rng, shots, queries)


def test_what_settings_know_of_the_generated_catalogue_is_what_it_comes_to() -> None:
    assert generated_catalogue() == Catalogue.of(generated_ratings())


def test_the_generated_catalogue_is_sorted_by_user_and_rates_nothing_twice() -> None:
    table = generated_ratings()
    assert table.is_generated
    assert "generated" in table.remark
    assert (np.diff(table.users) >= 0).all()
    assert len(np.unique(table.users.astype(np.int64) * table.num_items + table.items)) == table.num_ratings
    assert len(set(table.titles)) == table.num_items
    assert (table.values.min(), table.values.max()) == table.scale
    rows = table.rows_of(7)
    assert (table.users[rows] == 7).all()
    assert (table.users == 7).sum() == rows.stop - rows.start


def test_users_of_different_splits_never_meet() -> None:
    family = Ratings()
    users = [set(drawn(family, split, 2000)[0].parameters["user"]) for split in SPLITS]
    assert all(not one & other for one, other in ((users[0], users[1]), (users[0], users[2]), (users[1], users[2])))
    assert sum(map(len, users)) <= family.table.num_users


def test_nobody_comes_twice_before_everybody_came_once() -> None:
    family = Ratings()
    users = family.quadrants.users("test", QUADRANTS[0])
    tasks = family.tasks(np.random.default_rng(0), len(users) + 5, "test")
    assert set(tasks.parameters["user"][: len(users)]) == set(users)


@pytest.mark.parametrize("quadrant", QUADRANTS)
def test_an_unseen_task_takes_all_its_ratings_from_its_quadrant(quadrant: str) -> None:
    family = Ratings(quadrant=quadrant)
    tasks, episodes = drawn(family)
    trained = set(drawn(Ratings(), "train", 2000)[0].parameters["user"])
    assert all((user in trained) == quadrant.startswith("known users") for user in tasks.parameters["user"])
    for points in episodes.parts:
        assert ((points.x[..., KNOWN] > 0.0) == quadrant.endswith("known items")).all()


def test_items_that_are_new_are_in_no_training_or_validation_task() -> None:
    family = Ratings(item_dropout=0.0)
    for split in ("train", "validation"):
        _, episodes = drawn(family, split, 1000)
        assert all((points.x[..., KNOWN] > 0.0).all() for points in episodes.parts)
    _, unseen = drawn(Ratings(quadrant=QUADRANTS[1]))
    assert not np.isin(items_of(unseen.query.x), items_of(episodes.query.x)).any()


def test_new_items_by_year_are_those_that_came_out_last() -> None:
    family = Ratings(items_by="year")
    years = family.table.item_years
    is_known = family.quadrants.is_known
    assert years[~is_known].min() >= years[is_known].max()


def test_an_input_says_which_item_with_its_features_and_the_user_s() -> None:
    family, table = Ratings(), generated_ratings()
    tasks, episodes = drawn(family, num_tasks=4)
    items = items_of(episodes.query.x)
    num_item_features = len(table.item_feature_names)
    np.testing.assert_array_equal(episodes.query.x[..., 0], items * ITEM_UNIT)
    features = episodes.query.x[..., NUM_LEADING:]
    np.testing.assert_array_equal(features[..., :num_item_features], table.item_features[items])
    users = table.user_features[tasks.parameters["user"]][:, None]
    np.testing.assert_array_equal(features[..., num_item_features:], np.broadcast_to(users, (4, 5, 4)))
    for place, user in enumerate(tasks.parameters["user"]):
        rows = table.rows_of(user)
        given = dict(zip(table.items[rows], table.values[rows], strict=True))
        assert [given[item] for item in items[place]] == list(episodes.query.y[place, :, 0])


def test_support_and_query_sets_share_no_item_even_where_ratings_are_few() -> None:
    _, episodes = drawn(Ratings(quadrant=QUADRANTS[1]), shots=40, queries=20)
    for support, query in zip(*(items_of(points.x) for points in episodes.parts), strict=True):
        assert not set(support) & set(query)


def test_item_dropout_hides_its_share_in_training_alone() -> None:
    family = Ratings(item_dropout=0.4)
    _, training = drawn(family, "train", 1000)
    assert abs((training.query.x[..., KNOWN] > 0.0).mean() - 0.6) < 0.03
    assert drawn(family, "test")[1].query.x[..., KNOWN].all()


def test_a_training_user_s_own_rating_does_not_count_in_what_the_item_usually_gets() -> None:
    family = Ratings(item_dropout=0.0)
    tasks, episodes = drawn(family, "train", 20)
    items, given = items_of(episodes.query.x), episodes.query.y[..., 0]
    users = np.broadcast_to(tasks.parameters["user"][:, None], items.shape)
    told = family.inputs(users, items)[..., USUAL]  # as a stranger would be told
    own = given - family.usual.mean - family.usual.kindness[users] > told * family.usual.deviation
    raised = told > episodes.query.x[..., USUAL]
    np.testing.assert_array_equal(own, raised)


def test_what_items_usually_get_does_not_follow_from_users_who_do_not_train() -> None:
    family = Ratings()
    table, members = family.table, family.quadrants.members
    changed = np.where(members[table.users] == 0, table.values, 5.0).astype(np.float32)
    other = Ratings()
    object.__setattr__(other, "table", dataclasses.replace(table, values=changed))
    np.testing.assert_array_equal(family.usual.sums, other.usual.sums)
    np.testing.assert_array_equal(family.usual.prior, other.usual.prior)


def test_scaling_leaves_inputs_alone_and_takes_its_figures_from_training_tasks() -> None:
    family = Ratings()
    scaling = family.scaling()
    _, training = drawn(family, "train", 5000)
    np.testing.assert_array_equal(scaling.inputs(training.query.x), training.query.x)
    assert abs(scaling.y_mean[0] - np.concatenate([one.y for one in training.parts], axis=1).mean()) < 0.1


def test_beyond_leaves_the_users_who_rate_least_like_everybody() -> None:
    quadrants = Ratings().quadrants
    every, strange = (drawn(Ratings(beyond=beyond))[0].parameters["user"] for beyond in (1.0, 3.0))
    assert quadrants.strangeness[strange].min() > np.median(quadrants.strangeness[every])


def test_a_share_that_leaves_nobody_enough_ratings_is_refused_in_one_line() -> None:
    family = Ratings(min_ratings=500)
    with pytest.raises(SettingError, match="500 ratings of such items"):
        family.check_data(("train",), 10)


def test_a_learner_of_another_version_says_so_where_its_inputs_are_fewer() -> None:
    scaling = Ratings().scaling()
    older = scaling._replace(x_mean=scaling.x_mean[:-1], x_deviation=scaling.x_deviation[:-1])
    inputs = drawn(Ratings())[1].support.x
    with pytest.raises(SettingError, match=rf"takes {len(older.x_mean)} inputs .* {inputs.shape[-1]} now.*anew"):
        older.inputs(inputs)
