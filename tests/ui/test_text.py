"""Numbers as people read them."""

from __future__ import annotations

import pytest

from metalearn_gui.ui.text import bytes_text, count_text, counted, duration_text, number_text, rounded_to_fit


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0"), (999, "999"), (12_500, "12\u2009500"), (-1_000_000, "−1\u2009000\u2009000")]
)
def test_counts_have_thin_spaces_between_thousands(count, text):
    assert count_text(count) == text


@pytest.mark.parametrize(
    ("text", "letters", "shown"),
    [
        ("0.00457", 7, "0.00457"),
        ("0.00457", 6, "0.0046"),
        ("0.00457", 4, "5e−3"),
        ("12.3", 3, "12"),
        ("−0.0457", 6, "−0.046"),
        ("9.22e12", 6, "9.2e12"),
        ("40.9 %", 4, "41 %"),
        ("diverges", 3, "diverges"),
        ("0:10", 3, "0:10"),
    ],
)
def test_a_number_that_has_too_little_room_has_fewer_digits_and_no_gap(text, letters, shown):
    assert rounded_to_fit(text, lambda tried: len(tried) <= letters) == shown


@pytest.mark.parametrize(
    ("count", "text"), [(0, "in 0 steps"), (1, "in one"), (2, "in 2 steps"), (1000, "in 1\u2009000 steps")]
)
def test_one_has_a_phrase_of_its_own(count, text):
    assert counted(count, "in one", "in {count} steps") == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (0.15678, "0.157"),
        (0.001, "0.001"),
        (-4.0, "−4"),
        (1e-6, "1e−6"),
        (12_345.6, "12\u2009346"),
        (2.5e9, "2.5e9"),
        (float("inf"), "∞"),
        (float("nan"), "not a number"),
    ],
)
def test_numbers_have_three_figures(number, text):
    assert number_text(number) == text


def test_where_there_is_little_room_an_exponent_comes_sooner():
    assert [number_text(number, 1e5) for number in (99_999.0, 3_084_677.0)] == ["99\u2009999", "3.08e6"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (9.7, "0:10"), (71, "1:11"), (3723, "1:02:03"), (86_399, "23:59:59"), (1_549_520, "17 d 22 h")],
)
def test_durations_are_minutes_and_seconds_and_days_where_they_are_long(seconds, text):
    assert duration_text(seconds) == text


@pytest.mark.parametrize(("size", "text"), [(12, "12 B"), (2500, "2.5 kB"), (612e6, "612 MB"), (1.2e9, "1.2 GB")])
def test_sizes_have_their_unit(size, text):
    assert bytes_text(size) == text
