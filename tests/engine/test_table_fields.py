"""A table's columns in points and out of them, and slices through its inputs."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tables.fields import OTHER, Field, fields_of
from metalearn_gui.engine.tables.slices import LINE_STEPS, MOST_SLICES, PLANE_STEPS, Slices, central_row

X = np.array([[1.5, 0, 1, 0, 19_723.0], [-2.0, 0, 0, 0, 19_724.5], [3.0, 1, 0, 0, 19_723.0]], np.float32)
Y = np.array([[10.0], [20.0], [30.0]], np.float32)
CELLS = np.array([[1.5, 1, 19_723.0], [-2.0, -1, 19_724.5], [3.0, 0, 19_723.0]], np.float32)
LABELS = {"city": ["Berlin", "Oslo", "Rome"]}


@pytest.fixture
def fields():
    return fields_of(["size", "city", "day"], ["price"], {"day": "date"}, LABELS, CELLS, Y)


def test_columns_lie_one_after_the_other_with_a_place_for_each_label(fields):
    assert [field.places for field in fields.inputs] == [slice(0, 1), slice(1, 4), slice(4, 5)]
    assert [(field.low, field.high) for field in (fields.inputs[0], fields.targets[0])] == [(-2.0, 3.0), (10.0, 30.0)]


def test_values_come_out_as_they_went_in(fields):
    size, city, day = fields.inputs
    assert city.values(X).tolist() == [1, OTHER, 0]
    for field, values in ((size, [4.0, 5.0, 6.0]), (city, [2, 0, OTHER]), (day, [1.0, 2.0, 3.0])):
        changed = field.put(X, np.array(values))
        assert field.values(changed).tolist() == values
        others = np.setdiff1d(np.arange(X.shape[1]), np.arange(X.shape[1])[field.places])
        assert np.array_equal(changed[:, others], X[:, others])


def test_texts_are_read_back(fields):
    size, city, day = fields.inputs
    for field, value in ((size, -0.1), (size, 1e12), (city, 2), (day, 19_723.0), (day, 19_724.5)):
        assert np.float32(field.parsed(field.text(value))) == np.float32(value)
    assert (city.text(OTHER), day.text(19_723.0), size.text(-2.0)) == ("other", "2024-01-01", "\u22122")
    assert size.parsed("1,5") == 1.5


@pytest.mark.parametrize(
    ("place", "text", "expected"),
    [(0, "abc", "a number"), (0, "1e999", "a number"), (0, "nan", "a number"), (0, "", "a number"),
     (1, "Paris", "Berlin, Oslo, Rome"), (2, "soon", "2024-03-31"), (2, "NaT", "2024-03-31")],
)  # fmt: skip
def test_a_cell_that_is_no_value_of_its_column_is_refused_by_name(fields, place, text, expected):
    with pytest.raises(SettingError, match=expected) as refused:
        fields.inputs[place].parsed(text)
    assert fields.inputs[place].name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_column_of_one_value_still_spans_something():
    assert Field("x", "number", 0, low=2.0, high=2.0).span == (1.5, 2.5)


def test_without_a_choice_every_input_has_a_line_through_the_chosen_row(fields):
    slices = Slices(fields, row=1)
    points = slices.points(X)
    assert [cut.shape for cut in slices.cuts] == [(1, 33), (1, 3), (1, 33)]
    size, city, day = np.split(points, [33, 36])
    assert np.array_equal(size[:, 1:], np.repeat(X[1:2, 1:], 33, axis=0))
    assert (size[0, 0], size[-1, 0]) == (-2.0, 3.0)
    assert np.array_equal(city[:, 1:4], np.eye(3))
    assert np.array_equal(day[:, :4], np.repeat(X[1:2, :4], 33, axis=0))


def test_two_inputs_make_a_plane_and_its_values_come_back_row_by_row(fields):
    slices = Slices(fields, first=0, second=1)
    points = slices.points(X)
    (plane,) = slices.parted(points)
    assert plane.shape == (3, PLANE_STEPS, X.shape[1])
    assert np.array_equal(plane[2, :, 1:4], np.repeat([[0, 0, 1]], PLANE_STEPS, axis=0))
    assert np.array_equal(plane[0, :, 0], plane[1, :, 0])


def test_one_input_makes_a_curve_and_two_alone_a_plane(fields):
    one = fields_of(["size"], ["price"], {}, {}, CELLS[:, :1], Y)
    two = fields_of(["size", "city"], ["price"], {}, LABELS, CELLS[:, :2], Y)
    assert [cut.shape for cut in Slices(one).cuts] == [(1, LINE_STEPS)]
    assert [cut.shape for cut in Slices(two).cuts] == [(3, PLANE_STEPS)]


def test_of_many_inputs_the_first_few_are_side_by_side():
    x = np.random.default_rng(0).normal(size=(5, 40)).astype(np.float32)
    many = Slices(fields_of([f"x{n}" for n in range(40)], ["y"], {}, {}, x, Y[[0] * 5]))
    assert len(many.cuts) == MOST_SLICES
    assert many.points(x[:0]).shape == (MOST_SLICES * 33, 40)


def test_the_central_row_is_the_one_most_like_the_others(fields):
    rows = np.array([[3, 1, 0, 0, 19_724], [0.4, 1, 0, 0, 19_723.6], [-2, 1, 0, 0, 19_723]], np.float32)
    assert central_row(fields, rows) == 1
    assert central_row(fields, rows[:0]) == 0


def test_a_huge_column_of_one_value_spans_other_numbers_too():
    low, high = Field("x", "number", 0, low=1e17, high=1e17).span
    assert np.float32(low) < np.float32(1e17) < np.float32(high)


def test_a_date_near_a_number_is_a_day_where_the_column_has_no_times(fields):
    days = fields_of(["day"], ["price"], {"day": "date"}, {}, np.floor(CELLS[:, 2:]), Y).inputs[0]
    assert days.text(days.nearest(19_723.8)) == "2024-01-02"
    assert fields.inputs[2].text(fields.inputs[2].nearest(19_723.75)) == "2024-01-01 18:00:00"
