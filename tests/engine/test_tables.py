"""Tables: how files are written, what they become, and what is said of a bad one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.read_so_far import finished
from metalearn_gui.engine.tables import reading
from metalearn_gui.engine.tables.choices import (
    ColumnChoice,
    are_likely_classes,
    completed,
    names_of,
    text_of,
    types_of,
    types_text,
)
from metalearn_gui.engine.tables.column_types import typed
from metalearn_gui.engine.tables.points import Split, TablePoints, labels_of, labels_text, parting
from metalearn_gui.engine.tables.reading import read
from metalearn_gui.engine.tables.table import KINDS, Column, Table, date_text

NUM_DAMAGED = 300
NOTHING = ColumnChoice("", (), ())
PLAIN = "sensor,x,y,city\n" + "".join(
    f"s{task},{task + row},{10 * task + row},{'Rome' if row % 2 else 'Oslo'}\n" for task in range(6) for row in range(8)
)


def table_of(folder: Path, text: str | bytes, name: str = "a.csv") -> Table:
    place = folder / name
    place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(str(place))


def points_of(
    table: Table, choice: ColumnChoice | None = None, are_classes: bool = False, **options: object
) -> TablePoints:
    whole = completed(table, choice or ColumnChoice("", (), ()), are_classes)
    labels = labels_of(labels_text(table, whole, are_classes))
    chosen = {"fills": False, "min_rows": 2, "split": Split(0.3, 0)} | options
    return finished(parting(table, whole, labels, are_classes, **chosen))  # type: ignore[arg-type]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_same_table_is_read_however_it_is_written(tmp_path, separator, encoding):
    text = "größe,wert,ort\n1.5,2,Köln\n-3,4e2,Bonn\n".replace(",", separator)
    table = table_of(tmp_path, text.encode(encoding))
    assert table.names == ("größe", "wert", "ort")
    assert [column.kind for column in table.columns] == ["number", "number", "category"]
    np.testing.assert_array_equal(table.columns[0].values, [1.5, -3])
    np.testing.assert_array_equal(table.columns[1].values, [2, 400])
    assert [table.columns[2].labels[code] for code in table.columns[2].values] == ["Köln", "Bonn"]


def test_decimal_commas_dates_and_missing_cells_are_understood(tmp_path):
    table = table_of(tmp_path, "when;x;note\n2026-01-02;1,5;a\n2026-01-03;;b\n2026-01-04;2,25;\n")
    when, x, note = table.columns
    assert (when.kind, x.kind, note.kind) == ("date", "number", "category")
    np.testing.assert_array_equal(np.diff(when.values), [1, 1])
    np.testing.assert_array_equal(x.values, [1.5, np.nan, 2.25])
    np.testing.assert_array_equal(note.is_missing, [False, False, True])


@pytest.mark.parametrize("name", ["t{}", "May {}", "a-{}", "{}th"])
def test_names_with_a_number_are_no_dates(tmp_path, name):
    table = table_of(tmp_path, "name,x\n" + "".join(f"{name.format(n)},{n}\n" for n in range(1, 29)))
    assert table.columns[0].kind == "category"


def test_dates_of_any_century_are_understood(tmp_path):
    when = table_of(tmp_path, "when,x\n" + "".join(f"{century}00-01-02,1\n" for century in range(10, 30))).columns[0]
    assert when.kind == "date"
    assert date_text(when.values[0]) == "1000-01-02"


def test_a_file_without_a_header_names_its_columns(tmp_path):
    table = table_of(tmp_path, "1,2\n3,4\n")
    assert table.names == ("column 1", "column 2")
    assert table.num_rows == 2
    assert table.first_row == 1


def test_parquet_holds_the_same_table(tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    written = table_of(tmp_path, PLAIN)
    pandas.read_csv(written.path).to_parquet(tmp_path / "a.parquet")
    found = read(str(tmp_path / "a.parquet"))
    assert found.names == written.names
    for own, other in zip(found.columns, written.columns, strict=True):
        assert (own.kind, own.labels) == (other.kind, other.labels)
        np.testing.assert_array_equal(own.values, other.values)


def test_a_parquet_file_of_more_rows_than_are_read_is_refused_by_its_head(tmp_path, monkeypatch):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    pandas.DataFrame({"a": np.zeros(1000), "b": np.zeros(1000)}).to_parquet(tmp_path / "a.parquet")
    monkeypatch.setattr(reading, "MAX_CELLS", 1999)
    with pytest.raises(SettingError, match="2 columns of 1,000 rows: more than is read"):
        read(str(tmp_path / "a.parquet"))
    monkeypatch.setattr(reading, "MAX_CELLS", 2000)
    monkeypatch.setattr(reading, "CHUNK_CELLS", 100)
    assert read(str(tmp_path / "a.parquet")).num_rows == 1000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no rows"),
        (b"a,b\n", "no rows below its header"),
        (b"a,b\n1,\0\n", "byte 7 is 0"),
        (b"x" * (3 * 2**20), "longer than"),
        (b"a,b\n1,2\n" + b"9" * (3 * 2**20), "longer than"),
        (",".join(f"c{n}" for n in range(6000)).encode() + b"\n1\n", "6,000 columns"),
        (b"a,b\n1,2,3\n1,2,3\n", "row 2 has 3 cells, and its header 2"),
        (b'a,b\n1,"' + b"2,3\n" * 2**20, "a cell before byte 1,"),
        (b"a,b\n1,2\n1,2,3\n", "row 3 has 3 cells, and the rows above it have 2"),
    ],
)
def test_a_bad_file_is_one_line_that_names_the_place(tmp_path, content, said, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK_BYTES", 2**20)
    with pytest.raises(SettingError) as refused:
        table_of(tmp_path, content)
    line = str(refused.value)
    assert said in line
    assert "a.csv" in line
    assert "\n" not in line
    assert len(line) < 250


@pytest.mark.parametrize(("cell", "shown"), [("1e999", "inf"), ("oops", "oops")])
def test_a_cell_that_does_not_fit_is_named_once_its_column_is_used(tmp_path, cell, shown):
    rows = "".join(f"s{row % 3},{row},{row}\n" for row in range(60))
    table = table_of(tmp_path, "task,x,y\n" + rows + f"s1,{cell},2\n" * 2)
    assert table.column("x").kind == "number"
    choice = ColumnChoice("task", ("x",), ("y",))
    with pytest.raises(SettingError) as refused:
        points_of(table, choice)
    assert f"a.csv': row 62, column 'x' is '{shown}' (and 1 more); expected a finite number" in str(refused.value)
    as_category = typed(table, "x=category")
    assert points_of(as_category, choice).counts.sum() == 62
    assert as_category.column("x").labels[-1] == shown


def test_numbers_with_zeros_in_front_are_labels_and_long_ones_stay_apart(tmp_path):
    long = 2**60
    table = table_of(tmp_path, "zip,user\n" + "".join(f"{n:05d},{long + n % 2}\n" for n in range(10, 30)))
    zips, users = table.columns
    assert (zips.kind, users.kind) == ("category", "category")
    assert zips.labels[0] == "00010"
    assert users.labels == (str(long), str(long + 1))


MIXED = "task,zip,day,when,note\n" + "".join(
    f"s{n % 3},{1000 + n % 4},2026010{n % 9 + 1},2026-01-0{n % 9 + 1},{'soon' if n == 7 else 'later'}\n"
    for n in range(40)
)


def test_a_person_says_of_which_type_a_column_is(tmp_path):
    table = table_of(tmp_path, MIXED)
    assert [column.kind for column in table.columns] == ["category", "number", "number", "date", "category"]
    changed = typed(table, "zip=category, day=date, when=number")
    assert changed.column("zip").labels == ("1000", "1001", "1002", "1003")
    np.testing.assert_array_equal(changed.column("day").values, table.column("when").values)
    np.testing.assert_array_equal(changed.column("when").values, table.column("when").values)
    assert typed(table, "when=category").column("when").labels[0] == "2026-01-01"
    assert typed(table, "").columns == table.columns


@pytest.mark.parametrize(
    ("types", "said"),
    [
        ("note=number", r"row 2, column 'note' is 'later' \(and 39 more\); expected a finite number"),
        ("zip=number, note=date", r"row 2, column 'note' is 'later' \(and 39 more\); expected a date"),
        ("zip=word", "has 'zip=word'; expected column=type"),
        ("zip", "has 'zip'; expected column=type"),
    ],
)
def test_a_type_that_does_not_fit_is_refused_with_its_first_row(tmp_path, types, said):
    with pytest.raises(SettingError, match=said):
        typed(table_of(tmp_path, MIXED), types)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\r\n\0"), min_size=1).map(str.strip).filter(bool),
        st.sampled_from(KINDS),
    )
)
@settings(max_examples=50)
def test_any_types_fit_into_a_setting(types):
    assert types_of(types_text(types)) == types


def test_a_damaged_file_is_read_or_refused_and_nothing_else(tmp_path):
    rng = np.random.default_rng(0)
    refused = []
    for number in range(NUM_DAMAGED):
        content = bytearray(PLAIN.encode())
        for _ in range(rng.integers(1, 12)):
            place = rng.integers(len(content))
            content[place] = rng.integers(256)
        if number % 3 == 0:
            del content[rng.integers(len(content)) :]
        try:
            table = table_of(tmp_path, bytes(content))
            points_of(table)
        except SettingError as error:
            refused.append(str(error))
    assert 0 < len(refused) < NUM_DAMAGED
    assert not any("\n" in line for line in refused)


@given(names=st.lists(st.text(st.characters(exclude_characters="\r\n\0"), min_size=1).map(str.strip).filter(bool)))
@settings(max_examples=50)
def test_any_names_fit_into_a_setting(names):
    assert names_of(text_of(names)) == tuple(names)


def test_columns_are_guessed_by_what_they_hold(tmp_path):
    choice = completed(table_of(tmp_path, PLAIN), ColumnChoice("", (), ()), are_classes=False)
    assert choice == ColumnChoice("sensor", ("x", "city"), ("y",))


def guess(names: str) -> tuple[bool, ColumnChoice]:
    """Of columns by name: labels where it ends in #, 0 and 1 where in ?, else numbers; the first is the tasks'."""
    rng, columns = np.random.default_rng(0), []
    for place, name in enumerate(names.split()):
        if place == 0:
            columns.append(
                Column(name, "category", np.repeat(np.arange(20, dtype=np.int32), 20), tuple("abcdefghijklmnopqrst"))
            )
        elif name.endswith("#"):
            columns.append(Column(name[:-1], "category", rng.integers(0, 3, 400, np.int32), ("a", "b", "c")))
        else:
            values = rng.integers(0, 2, 400).astype(float) if name.endswith("?") else rng.normal(size=400)
            columns.append(Column(name.rstrip("?"), "number", values))
    table = Table("", "", tuple(columns))
    are_classes = are_likely_classes(table, NOTHING)
    return are_classes, completed(table, NOTHING, are_classes)


@pytest.mark.parametrize(
    ("names", "targets"),
    [
        ("who a b c", "c"),
        ("who x1 x2 y1 y2", "y1 y2"),
        ("who target_rain target_sun x z", "target_rain target_sun"),
        ("who a b sold_1 sold_2", "sold_1 sold_2"),
        ("who x1 x2 x3", "x3"),
        ("who x y z", "y"),
        ("who a y kind#", "y"),
        ("who class? x y", "y"),
    ],
)
def test_numbers_that_come_out_are_guessed_by_name_and_place(names, targets):
    are_classes, choice = guess(names)
    assert not are_classes
    assert choice.targets == tuple(targets.split())


@pytest.mark.parametrize(
    ("names", "target"), [("who a kind#", "kind"), ("who a b sick?", "sick"), ("who label# x z", "label")]
)
def test_a_target_of_few_labels_is_guessed_to_be_a_class(names, target):
    are_classes, choice = guess(names)
    assert are_classes
    assert choice.targets == (target,)


def test_a_target_that_is_named_says_by_itself_whether_it_is_a_class(tmp_path):
    table = table_of(tmp_path, PLAIN)
    assert are_likely_classes(table, ColumnChoice("", (), ("city",)))
    assert not are_likely_classes(table, ColumnChoice("", (), ("y",)))


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (ColumnChoice("nope", (), ()), "no column 'nope'"),
        (ColumnChoice("sensor", ("y",), ("y",)), "'y' is used twice"),
        (ColumnChoice("sensor", (), ("x", "y", "city")), "inputs"),
    ],
)
def test_columns_that_cannot_be_used_are_named(tmp_path, choice, said):
    with pytest.raises(SettingError, match=said):
        completed(table_of(tmp_path, PLAIN), choice, are_classes=False)


def test_every_task_is_in_one_split_and_keeps_its_rows(tmp_path):
    points = points_of(table_of(tmp_path, PLAIN))
    parts = [set(points.splits[name]) for name in ("train", "validation", "test")]
    assert set.union(*parts) == set(range(6))
    assert sum(map(len, parts)) == 6
    for task, (start, count) in enumerate(zip(points.starts, points.counts, strict=True)):
        own = points.y[start : start + count, 0]
        assert points.names[task] == f"s{task}"
        assert set(own) == {10 * task + row for row in range(8)}


def test_a_split_column_decides_and_must_not_part_a_task(tmp_path):
    rows = [f"s{task},{row},{row},{part}\n" for task, part in enumerate(["train", "test", "val"]) for row in range(4)]
    table = table_of(tmp_path, "sensor,x,y,part\n" + "".join(rows))
    choice = ColumnChoice("sensor", ("x",), ("y",), "part")
    assert {name: list(ids) for name, ids in points_of(table, choice).splits.items()} == {
        "train": [0], "validation": [2], "test": [1]
    }  # fmt: skip
    table = table_of(tmp_path, "sensor,x,y,part\n" + "".join(rows).replace("s0,0,0,train", "s0,0,0,test"))
    with pytest.raises(SettingError, match="rows of 1 tasks into different splits"):
        points_of(table, choice)


def test_scaling_is_fitted_on_training_tasks_alone(tmp_path):
    points = points_of(table_of(tmp_path, PLAIN), ColumnChoice("sensor", ("x", "city"), ("y",)))
    rows = np.concatenate([np.arange(s, s + c) for s, c in zip(points.starts, points.counts, strict=True)])
    owners = np.repeat(np.arange(6), points.counts)
    train = rows[np.isin(owners, points.splits["train"])]
    np.testing.assert_allclose(points.scaling.x_mean, [points.inputs.values[train, 0].mean(), 0, 0], rtol=1e-6)
    np.testing.assert_allclose(points.scaling.x_deviation, [points.inputs.values[train, 0].std(), 1, 1], rtol=1e-6)
    np.testing.assert_allclose(points.scaling.y_mean, [points.y[train].mean()], rtol=1e-6)


def with_units(x_unit: float, x_start: float, y_unit: float) -> str:
    """PLAIN in other units."""
    rows = [line.split(",") for line in PLAIN.splitlines()[1:]]
    lines = [f"{s},{x_start + x_unit * float(x):.16e},{y_unit * float(y):.16e},{city}" for s, x, y, city in rows]
    return "sensor,x,y,city\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize("unit", [1e-16, 1e-9, 1e-7, 1.0, 1e15])
def test_a_learner_sees_the_same_numbers_in_whatever_unit_they_are_given(tmp_path, unit):
    choice = ColumnChoice("sensor", ("x",), ("y",))
    plain = points_of(table_of(tmp_path, PLAIN), choice)
    other = points_of(table_of(tmp_path, with_units(unit, 0.0, unit)), choice)
    np.testing.assert_allclose(
        other.scaling.inputs(other.inputs.values), plain.scaling.inputs(plain.inputs.values), atol=1e-5
    )
    np.testing.assert_allclose(other.scaling.targets(other.y), plain.scaling.targets(plain.y), atol=1e-5)


def test_a_column_of_one_number_is_only_moved(tmp_path):
    text = PLAIN.replace(",city", ",constant,city").replace(",Rome", ",0.1,Rome").replace(",Oslo", ",0.1,Oslo")
    points = points_of(table_of(tmp_path, text), ColumnChoice("sensor", ("constant",), ("y",)))
    assert points.scaling.x_deviation.tolist() == [1.0]
    np.testing.assert_allclose(points.scaling.inputs(points.inputs.values), 0.0, atol=1e-7)
    assert not points.remark


def test_inputs_too_near_each_other_for_float32_are_only_moved(tmp_path):
    points = points_of(table_of(tmp_path, with_units(1e-42, 0.0, 1.0)), ColumnChoice("sensor", ("x",), ("y",)))
    assert points.scaling.x_deviation.tolist() == [1.0]
    assert np.isfinite(points.scaling.inputs(points.inputs.values)).all()


@pytest.mark.parametrize("unit", [1e-22, 6e23, 1e300])
def test_a_target_whose_squares_no_loss_holds_is_refused_in_one_line(tmp_path, unit):
    table = table_of(tmp_path, with_units(1.0, 0.0, unit))
    with pytest.raises(SettingError, match=r"^Column 'y' goes from 0 to .* give the column in another unit$"):
        points_of(table, ColumnChoice("sensor", ("x",), ("y",)))


def test_an_input_beyond_what_a_learner_s_numbers_hold_is_refused_in_one_line(tmp_path):
    table = table_of(tmp_path, with_units(1e300, 0.0, 1.0))
    with pytest.raises(SettingError, match=r"^Column 'x' has a number of size 1.2e\+301; inputs go up to 3.4e\+38"):
        points_of(table, ColumnChoice("sensor", ("x",), ("y",)))


def test_seconds_since_1970_within_an_hour_are_scaled_and_their_rounding_is_said(tmp_path):
    choice = ColumnChoice("sensor", ("x",), ("y",))
    points = points_of(table_of(tmp_path, with_units(300.0, 1.7e9, 1.0)), choice)
    assert 0.9 < points.scaling.inputs(points.inputs.values).std() < 1.1
    assert points.remark == "x is rounded to steps of 128, as large as its numbers are: take a constant off it"
    assert not points_of(table_of(tmp_path, PLAIN), choice).remark


def test_rows_and_tasks_that_are_left_out_are_counted_and_named(tmp_path):
    text = PLAIN.replace("s1,1,10,", "s1,1,,").replace("s2,2,20,", "s2,,20,") + "tiny,1,1,Rome\n"
    dropped = points_of(table_of(tmp_path, text))
    assert "2 rows with something missing are left out (1 without a target)" in dropped.remark
    assert "1 task with fewer than 2 rows is left out: tiny" in dropped.remark
    filled = points_of(table_of(tmp_path, text), fills=True)
    assert filled.counts.sum() == dropped.counts.sum() + 1
    assert np.isfinite(filled.inputs.values).all()
    assert "1 missing value is filled in: x 1" in filled.remark


def test_three_million_users_with_one_rating_each_have_no_task(tmp_path):
    table = table_of(tmp_path, "user,item,rating\n" + "".join(f"{n},1,3\n" for n in range(30_000)))
    with pytest.raises(SettingError, match="the largest has 1"):
        points_of(table, ColumnChoice("user", ("item",), ("rating",)))


@given(text=st.text(max_size=200))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_table_or_one_line(tmp_path, text):
    try:
        table = table_of(tmp_path, text.encode("utf-8", "replace"))
        lengths = {len(column.values) for column in table.columns}
    except SettingError as error:
        lengths = set(str(error).splitlines())
    assert len(lengths) == 1
