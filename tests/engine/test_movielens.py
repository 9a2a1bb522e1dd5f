"""Ratings from files: MovieLens as published, tables of one's own, and files that are neither."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.ratings.in_memory import RATINGS, RatingsFile
from metalearn_gui.engine.ratings.table import NO_YEAR, RatingsTable
from metalearn_gui.engine.read_so_far import finished
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tables.in_memory import TABLES
from metalearn_gui.engine.tasks import family_of_data
from metalearn_gui.engine.tasks.ratings import Ratings
from tests.engine.movielens import NUM_ITEMS, NUM_USERS, as_folder, as_zip, published, stars
from tests.engine.small import small_settings

LAYOUTS = ("ml-100k", "ml-1m", "ml-latest")
ENOUGH = {"min_ratings": 3, "new_items": 0.3}


@pytest.fixture(autouse=True)
def _nothing_read() -> Iterator[None]:
    yield
    RATINGS.forget()
    TABLES.forget()


def read(path: Path) -> RatingsTable:
    return RATINGS.table(RatingsFile(str(path)))


@pytest.mark.parametrize("written", [as_folder, as_zip])
@pytest.mark.parametrize("key", LAYOUTS)
def test_a_published_set_is_read_as_folder_and_as_zip(tmp_path: Path, key: str, written: Callable[..., Path]) -> None:
    path = written(tmp_path, key, published(key))
    assert family_of_data(str(path)) == "ratings"
    table = read(path)
    assert (table.num_users, table.num_items, table.num_ratings) == (NUM_USERS, NUM_ITEMS, len(stars()))
    half = 0.5 if key == "ml-latest" else 0.0
    expected = sorted((user // 3, item // 2, value - half) for user, item, value in stars())
    assert list(zip(table.users, table.items, table.values, strict=True)) == expected
    assert table.titles[3] == "Café 3: the film (1963)"
    assert table.item_years[3] == 1963
    assert table.scale == (1.0 - half, 5.0 - half)
    features = dict(zip(table.item_feature_names, table.item_features[3], strict=True))
    assert features["Drama"] == features["1960s"] == 1.0
    assert features["1970s"] == 0.0
    assert not {"unknown", "(no genres listed)"} & set(table.item_feature_names)


@pytest.mark.parametrize("key", ["ml-100k", "ml-1m"])
def test_what_is_known_of_users_becomes_features(tmp_path: Path, key: str) -> None:
    table = read(as_folder(tmp_path, key, published(key)))
    names = np.array(table.user_feature_names)
    first, second = (set(names[row > 0]) for row in table.user_features[:2])
    assert first == {"age under 18", "gender M", "writer"}
    assert second == {"age 18 to 24", "gender F", "writer"}


def test_the_file_of_ratings_inside_a_set_stands_for_the_set(tmp_path: Path) -> None:
    folder = as_folder(tmp_path, "ml-latest", published("ml-latest"))
    assert family_of_data(str(folder / "ratings.csv")) == "ratings"
    assert read(folder / "ratings.csv").titles == read(folder).titles


def test_an_item_without_a_row_is_called_by_its_number(tmp_path: Path) -> None:
    files = published("ml-1m")
    files["movies.dat"] = files["movies.dat"].split(b"\n", 1)[1]
    table = read(as_folder(tmp_path, "ml-1m", files))
    assert table.titles[0] == "item 1"
    assert table.item_years[0] == NO_YEAR
    assert not table.item_features[0].any()


def test_of_a_pair_that_is_rated_twice_the_last_rating_counts(tmp_path: Path) -> None:
    files = published("ml-100k")
    user, item, value = stars()[0]
    files["u.data"] += f"{user}\t{item}\t{value % 5 + 1}\t881250949\n".encode()
    table = read(as_folder(tmp_path, "ml-100k", files))
    place = np.flatnonzero((table.users == user // 3) & (table.items == item // 2))
    assert table.values[place] == [value % 5 + 1]
    assert "1 ratings of a pair" in table.remark


BAD_ROWS = {
    "1\t2\t1e999\t0\n": r"row 241, column 'rating' is 'inf'; expected a finite number",
    "1\tfilm\t3\t0\n": r"row 241, column 'item' is 'film'; expected a whole number",
    "1.5\t2\t3\t0\n": r"row 241, column 'user' is '1.5'; expected a whole number",
    "1\t2\t\t0\n": r"row 241, column 'rating' is 'nan'; expected a finite number",
    "1\t2\t3\t0\t9\t9\n": r"row 241 has 6 cells, and the rows above it have 4",
    "1\t2\0\t3\t0\n": r"it is no text: byte [\d,]+ is 0",
    "1" * 70_000 + "\n": r"a row around byte [\d,]+ is longer than 65,536 bytes",
}


@pytest.mark.parametrize("row", BAD_ROWS, ids=range(len(BAD_ROWS)))
def test_a_bad_rating_is_refused_with_its_place(tmp_path: Path, row: str) -> None:
    files = published("ml-100k")
    files["u.data"] += row.encode()
    with pytest.raises(SettingError, match=BAD_ROWS[row]) as refusal:
        read(as_folder(tmp_path, "ml-100k", files))
    assert "u.data" in str(refusal.value)
    assert "\n" not in str(refusal.value)


OTHER_LAYOUTS = [
    ("u.data", b"1\t2\n", r"row 1 has 2 cells; expected 4 \(user, item, rating, time\)"),
    ("u.data", b"", r"row 1 has 1 cells; expected 4"),
    ("u.data", b"\t" * 60_000 + b"\n", r"row 1 has 60,001 cells; expected 4"),
    ("u.item", b"1|Film|01-Jan-1990\n", r"u.item.*row 1 has 3 cells; expected 24"),
    ("u.user", b"1|24|M|writer|1\n2\n", r"u.user.*row 2 has 1 cells; expected 5"),
]


@pytest.mark.parametrize(("name", "data", "line"), OTHER_LAYOUTS, ids=range(len(OTHER_LAYOUTS)))
def test_a_file_of_another_layout_is_refused(tmp_path: Path, name: str, data: bytes, line: str) -> None:
    with pytest.raises(SettingError, match=line):
        read(as_folder(tmp_path, "ml-100k", published("ml-100k") | {name: data}))


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ml-100k/u.data", b"1\t1\t1\t1\n" * 2_000_000)
    with pytest.raises(SettingError, match="unpacks to more than 100 times its size"):
        read(path)


def test_a_table_of_one_s_own_is_read_by_its_columns_names(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    rows = "".join(f"customer {user},book {item},{value}\n" for user, item, value in stars())
    path.write_text(f"CustomerId,Book-Title,stars\n{rows},book 1,3\n")
    assert family_of_data(str(path)) == "ratings"
    table = read(path)
    assert (table.num_users, table.num_items, table.num_ratings) == (NUM_USERS, NUM_ITEMS, len(stars()))
    assert set(table.titles) == {f"book {2 * item + 1}" for item in range(NUM_ITEMS)}
    assert table.remark == "1 row with something missing is left out"


def test_columns_of_a_table_may_be_named_and_a_wrong_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("a,b,c\n" + "".join(f"u{user},i{item},{value}\n" for user, item, value in stars()))
    family = Ratings(data=str(path), user_column="a", item_column="b", rating_column="c", **ENOUGH).resolved()
    assert family.num_items == NUM_ITEMS
    assert family_of_data(str(path)) == "csv"
    with pytest.raises(SettingError, match="has no column 'd'"):
        _ = Ratings(data=str(path), user_column="d").table
    with pytest.raises(SettingError, match="does not say which column is the user"):
        _ = Ratings(data=str(path)).table
    with pytest.raises(SettingError, match="is used twice"):
        _ = Ratings(data=str(path), user_column="a", item_column="a", rating_column="c").table


def with_file(path: Path) -> ExperimentSettings:
    """As the command line and the window have it: read, and what the file says filled in."""
    settings = small_settings("ratings", network="ratings_net", data=str(path), **ENOUGH)
    finished(settings.tasks.reading())
    return settings.resolved()


def test_what_the_file_says_lets_a_run_open_without_it(tmp_path: Path) -> None:
    folder = as_folder(tmp_path, "ml-100k", published("ml-100k"))
    settings = with_file(folder)
    for file in folder.iterdir():
        file.unlink()
    RATINGS.forget()
    again = ExperimentSettings.from_dict(settings.to_dict())
    assert again == settings
    assert again.tasks.num_items == again.network.num_items == NUM_ITEMS
    assert again.tasks.input_dim == settings.tasks.input_dim > 20


def test_another_catalogue_under_the_same_name_is_refused(tmp_path: Path) -> None:
    path = as_zip(tmp_path, "ml-100k", published("ml-100k"))
    settings = with_file(path)
    RATINGS.forget()
    as_zip(tmp_path, "ml-100k", published("ml-100k") | {"u.user": b""})
    with pytest.raises(SettingError, match="choose the file again"):
        _ = ExperimentSettings.from_dict(settings.to_dict()).tasks.table


def test_another_file_brings_a_catalogue_of_its_own(tmp_path: Path) -> None:
    settings = with_file(as_folder(tmp_path, "ml-100k", published("ml-100k")))
    other = settings.replaced(data=str(as_folder(tmp_path, "ml-1m", published("ml-1m"))))
    assert not other.tasks.catalogue
    assert other.resolved().tasks.feature_names != settings.tasks.feature_names


def test_every_split_of_a_published_set_has_tasks(tmp_path: Path) -> None:
    family = with_file(as_zip(tmp_path, "ml-latest", published("ml-latest"))).tasks
    family.check_data(("train", "validation", "test"), 5)
    users = [set(family.tasks(np.random.default_rng(0), 50, split).parameters["user"]) for split in ("train", "test")]
    assert not users[0] & users[1]


PIECES = (b"\n", b"\t", b"::", b",", b'"', b"nan", b"1e999", b"-", b"\xff")
DAMAGES: tuple[Callable[[np.random.Generator, bytes], bytes], ...] = (
    lambda rng, data: data[: rng.integers(len(data))],
    lambda rng, data: _spliced(rng, data, rng.bytes(int(rng.integers(1, 20)))),
    lambda rng, data: _spliced(
        rng, data, rng.choice([b"\n", b"\t", b"::", b",", b'"', b"nan", b"1e999", b"-", b"\xff"])
    ),
    lambda rng, data: data.replace(*rng.choice([(b"\n", b""), (b"1", b""), (b"3", b"x"), (b"\r", b"\n")])),
    lambda rng, data: b"".join(rng.permutation(data.splitlines(keepends=True)).tolist()),
)


def _spliced(rng: np.random.Generator, data: bytes, piece: bytes) -> bytes:
    place = int(rng.integers(len(data)))
    return data[:place] + bytes(piece) + data[place + int(rng.integers(0, 20)) :]


@pytest.mark.parametrize("key", LAYOUTS)
def test_damaged_files_are_read_whole_or_refused_in_one_line(tmp_path: Path, key: str) -> None:
    rng, files = np.random.default_rng(5), published(key)
    folder = as_folder(tmp_path, key, files)
    outcomes = {True: 0, False: 0}
    for number in range(100):
        name = list(files)[number % 2]  # ratings, and what is known of items
        (folder / name).write_bytes(DAMAGES[number % len(DAMAGES)](rng, files[name]))
        outcomes[_is_read(folder)] += 1
        (folder / name).write_bytes(files[name])
    assert min(outcomes.values()) > 5


@pytest.mark.parametrize("key", LAYOUTS)
def test_a_damaged_zip_is_read_whole_or_refused_in_one_line(tmp_path: Path, key: str) -> None:
    rng = np.random.default_rng(6)
    path = as_zip(tmp_path, key, published(key))
    whole = path.read_bytes()
    for number in range(100):
        path.write_bytes(DAMAGES[number % 3](rng, whole))
        _is_read(path)


def _is_read(path: Path) -> bool:
    RATINGS.forget()
    line = ""
    try:
        assert read(path).is_whole
    except SettingError as refusal:
        line = str(refusal)
    assert "\n" not in line
    return not line
