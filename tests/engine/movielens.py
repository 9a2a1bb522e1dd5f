"""The published layouts of MovieLens, written small: numbers are made up, columns and separators are the real ones."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

NUM_USERS, NUM_ITEMS, RATED = 12, 30, 20
FOLDERS = {"ml-100k": "ml-100k", "ml-1m": "ml-1m", "ml-latest": "ml-latest-small"}


def stars(seed: int = 0) -> list[tuple[int, int, int]]:
    """(user, item, stars), ids from 1 on with gaps, in no order."""
    rng = np.random.default_rng(seed)
    pairs = [
        (3 * user + 1, 2 * int(item) + 1) for user in range(NUM_USERS) for item in rng.permutation(NUM_ITEMS)[:RATED]
    ]
    return [(*pairs[place], int(rng.integers(1, 6))) for place in rng.permutation(len(pairs))]


def published(key: str) -> dict[str, bytes]:
    """The files of a set by name."""
    return {"ml-100k": _ml_100k, "ml-1m": _ml_1m, "ml-latest": _ml_latest}[key]()


def as_folder(place: Path, key: str, files: Mapping[str, bytes]) -> Path:
    """The set as a folder, as its zip unpacks."""
    folder = place / FOLDERS[key]
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def as_zip(place: Path, key: str, files: Mapping[str, bytes]) -> Path:
    """The set as a zip with its folder inside."""
    path = place / f"{FOLDERS[key]}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{FOLDERS[key]}/{name}", data)
    return path


def _title(item: int) -> str:
    return f"Café {item}: the film ({1960 + item})"


def _ml_100k() -> dict[str, bytes]:
    flags = ["|".join("1" if place in (item % 18 + 1, 8) else "0" for place in range(19)) for item in range(NUM_ITEMS)]
    items = "".join(
        f"{2 * item + 1}|{_title(item)}|01-Jan-{1960 + item}||http://us.imdb.com/{item}|{flags[item]}\n"
        for item in range(NUM_ITEMS)
    )
    users = "".join(f"{3 * user + 1}|{17 + 5 * user}|{'MF'[user % 2]}|writer|85711\n" for user in range(NUM_USERS))
    ratings = "".join(f"{user}\t{item}\t{value}\t881250949\n" for user, item, value in stars())
    files = {"u.data": ratings, "u.item": items, "u.user": users}
    return {name: text.encode("latin-1") for name, text in files.items()} | {"README": b"not read"}


def _ml_1m() -> dict[str, bytes]:
    items = "".join(
        f"{2 * item + 1}::{_title(item)}::Drama|{'War' if item % 2 else 'Comedy'}\n" for item in range(NUM_ITEMS)
    )
    users = "".join(
        f"{3 * user + 1}::{'MF'[user % 2]}::{(1, 18, 56)[user % 3]}::20::48067\n" for user in range(NUM_USERS)
    )
    ratings = "".join(f"{user}::{item}::{value}::978300760\n" for user, item, value in stars())
    files = {"ratings.dat": ratings, "movies.dat": items, "users.dat": users}
    return {name: text.encode("latin-1") for name, text in files.items()}


def _ml_latest() -> dict[str, bytes]:
    items = "movieId,title,genres\r\n" + "".join(
        f'{2 * item + 1},"{_title(item)}",{"Drama|Sci-Fi" if item else "(no genres listed)"}\r\n'
        for item in range(NUM_ITEMS)
    )
    ratings = "userId,movieId,rating,timestamp\r\n" + "".join(
        f"{user},{item},{value - 0.5},964982703\r\n" for user, item, value in stars()
    )
    files = {"ratings.csv": ratings, "movies.csv": items, "tags.csv": "userId,movieId,tag,timestamp\r\n"}
    return {name: text.encode() for name, text in files.items()}
