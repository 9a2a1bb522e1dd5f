"""What a setting takes, and the one line that says why a value is refused."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalearn_gui.engine.params import Component, SettingError, coerce, param, params_of


@dataclasses.dataclass(frozen=True)
class Sample(Component):
    """One setting of every kind."""

    key = "sample"
    label = "Sample"

    count: int = param(3, "Count", minimum=1, maximum=10, off=0)
    rate: float = param(0.5, "Rate", minimum=0.0, maximum=1.0, live=True)
    shape: str = param("round", "Shape", choices=("round", "square"))
    is_bold: bool = param(False, "Bold")
    note: str = param("", "Note", once="remark")


@dataclasses.dataclass(frozen=True)
class Large(Component):
    """Settings whose bounds have many digits."""

    length: int = param(10, "Length", minimum=1, maximum=10_000_000)
    seed: int = param(7, "Seed", minimum=0, maximum=2**31 - 1)
    clip: float = param(1.0, "Clip", minimum=0.0, maximum=1e6)
    rate: float = param(0.1, "Rate", minimum=1e-6, maximum=10.0)
    phase: float = param(1.0, "Phase", minimum=0.0, maximum=2 * math.pi)


SPECS = {spec.name: spec for spec in params_of(Sample)}
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2), st.binary(max_size=4), st.complex_numbers(),
)  # fmt: skip


def test_the_kind_follows_from_the_default_and_the_choices() -> None:
    kinds = {name: spec.kind for name, spec in SPECS.items()}
    assert kinds == {"count": "int", "rate": "float", "shape": "choice", "is_bold": "bool", "note": "text"}


@pytest.mark.parametrize("name", SPECS)
@given(value=ANYTHING)
def test_any_value_is_taken_in_range_or_refused_in_one_line(name: str, value: Any) -> None:
    spec = SPECS[name]
    try:
        taken = coerce(spec, value)
    except SettingError as error:
        line = str(error)
        assert line.startswith(f"{spec.label} ({name}) is ")
        assert "; " in line
        assert line.isprintable()
        assert len(line) < 200
        return
    assert type(taken) is type(spec.default)
    if spec.minimum is not None and spec.maximum is not None:
        assert spec.minimum <= taken <= spec.maximum or taken == spec.off
    if spec.choices:
        assert taken in spec.choices


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("count", 11, "Count (count) is 11; it must lie in [1, 10] or be 0"),
        ("count", -1, "Count (count) is -1; it must lie in [1, 10] or be 0"),
        ("count", 2.5, "Count (count) is 2.5; it must be a whole number in [1, 10] or be 0"),
        ("count", True, "Count (count) is True; it must be a whole number in [1, 10] or be 0"),
        ("count", math.nan, "Count (count) is nan; it must be a whole number in [1, 10] or be 0"),
        ("count", math.inf, "Count (count) is inf; it must be a whole number in [1, 10] or be 0"),
        ("count", 10**400, None),
        ("count", "many", "Count (count) is 'many'; it must be a whole number in [1, 10] or be 0"),
        ("rate", -0.1, "Rate (rate) is -0.1; it must lie in [0, 1]"),
        ("rate", "nan", "Rate (rate) is 'nan'; it must be a number in [0, 1]"),
        ("rate", None, "Rate (rate) is None; it must be a number in [0, 1]"),
        ("shape", "oval", "Shape (shape) is 'oval'; choose one of round, square"),
        ("shape", ["round"], "Shape (shape) is ['round']; choose one of round, square"),
        ("is_bold", "maybe", "Bold (is_bold) is 'maybe'; it must be true or false"),
        ("note", 3, "Note (note) is 3; it must be text"),
    ],
)
def test_a_refusal_says_what_came_and_what_was_expected(name: str, value: Any, expected: str | None) -> None:
    with pytest.raises(SettingError) as caught:
        Sample(**{name: value})
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 160
    if expected is not None:
        assert line == expected


@pytest.mark.parametrize(
    ("name", "interval"),
    [
        ("length", "[1, 10 000 000]"),
        ("seed", "[0, 2 147 483 647]"),
        ("clip", "[0, 1 000 000]"),
        ("rate", "[1e-06, 10]"),
        ("phase", "[0, 6.283]"),
    ],
)
def test_bounds_are_whole_numbers_in_full_and_others_in_few_digits(name: str, interval: str) -> None:
    with pytest.raises(SettingError) as caught:
        Large(**{name: -1})
    assert str(caught.value).replace("\u2009", " ").endswith(f"it must lie in {interval}")


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("count", "7", 7),
        ("count", 7.0, 7),
        ("count", 0, 0),
        ("rate", "1e-2", 0.01),
        ("rate", 1, 1.0),
        ("is_bold", "yes", True),
    ],
)
def test_numbers_and_words_as_a_command_line_gives_them_are_taken(name: str, value: Any, taken: Any) -> None:
    result = getattr(Sample(**{name: value}), name)
    assert result == taken
    assert type(result) is type(taken)


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError, match="Sample has no setting 'speed'; it has count, rate, shape, is_bold, note"):
        Sample.from_dict({"key": "sample", "speed": 1})


def test_absent_settings_take_their_defaults() -> None:
    assert Sample.from_dict({"key": "sample", "count": 5}) == Sample(count=5)


def test_structure_leaves_live_settings_out() -> None:
    assert Sample(rate=0.1).structure() == Sample(rate=0.9).structure()
    assert Sample(count=1).structure() != Sample(count=2).structure()


def test_the_listing_of_a_setting_is_json() -> None:
    listed = json.loads(json.dumps([spec.to_json() for spec in params_of(Sample)], allow_nan=False))
    assert [entry["name"] for entry in listed] == list(SPECS)
    assert listed[2]["choices"] == ["round", "square"]
    assert "choices" not in listed[0]


def test_a_name_of_older_files_is_read_and_never_written() -> None:
    read = Sample.from_dict({"key": "sample", "remark": "hello"})
    assert read == Sample(note="hello")
    assert "remark" not in read.to_dict()
