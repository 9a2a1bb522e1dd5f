"""Links: what they hold comes back, and what a stranger writes in their place is refused in one line."""

from __future__ import annotations

import base64
import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalearn_gui.engine.episodes import PointSet, Tasks
from metalearn_gui.engine.presets import PRESETS, preset
from metalearn_gui.store.link import LARGEST_CONTENT, LONGEST_LINK, SCHEME, VERSION, from_link, to_link
from metalearn_gui.store.session_file import SavedTask, StoreError

SETTINGS = preset("reptile").replaced(shots=3)
X = np.linspace(-1, 1, 3, dtype=np.float32)[:, None]
TASK = SavedTask(9, Tasks({"amplitude": np.array([2.5])}), PointSet(X, 2 * X), PointSet(X, 3 * X))


def packed(document: object) -> str:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return f"{SCHEME}{VERSION}:{base64.urlsafe_b64encode(zlib.compress(content)).decode()}"


def document(**changes: object) -> dict[str, object]:
    text = to_link(SETTINGS, TASK).split(":")[2]
    return json.loads(zlib.decompress(base64.urlsafe_b64decode(text + "=="))) | changes


@pytest.mark.parametrize("key", PRESETS)
def test_the_settings_of_every_preset_come_back(key: str) -> None:
    assert from_link(to_link(preset(key))) == (preset(key), None)


def test_the_touched_task_comes_back_as_it_lies() -> None:
    settings, task = from_link(f"  {to_link(SETTINGS, TASK)}\n")
    assert settings == SETTINGS
    assert task is not None
    assert task.index == 9
    assert task.tasks.parameters["amplitude"].tolist() == [2.5]
    for one, other in ((task.support, TASK.support), (task.query, TASK.query)):
        assert np.array_equal(one.x, other.x)
        assert one.x.dtype == np.float32
        assert np.array_equal(one.y, other.y)


def test_a_link_has_no_sign_that_a_mail_would_break() -> None:
    assert set(to_link(SETTINGS, TASK)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:")


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\n    "])
def test_a_link_that_a_mail_has_broken_into_lines_is_taken(sign: str) -> None:
    text = to_link(SETTINGS, TASK)
    settings, task = from_link(sign.join(text[at : at + 72] for at in range(0, len(text), 72)))
    assert settings == SETTINGS
    assert task is not None


BOMB = zlib.compress(b" " * (LARGEST_CONTENT + 1), 9)
HUGE = {"arrays": {"support/x": ["<f4", [1 << 20, 1 << 20], ""]}}
REFUSED = {
    "another scheme": "https://example.org",
    "no version": f"{SCHEME}abc",
    "a newer version": f"{SCHEME}{VERSION + 1}:abc",
    "a version of a million digits": f"{SCHEME}{'9' * 1_000_000}:abc",
    "no base64": f"{SCHEME}{VERSION}:!!!!",
    "no compressed data": f"{SCHEME}{VERSION}:abcd",
    "cut off": to_link(SETTINGS, TASK)[:-40],
    "too long": f"{SCHEME}{VERSION}:{'A' * (LONGEST_LINK + 4)}",
    "a bomb": f"{SCHEME}{VERSION}:{base64.urlsafe_b64encode(BOMB).decode()}",
    "no JSON": packed(b"\x80\x04."),
    "deep JSON": packed(b"[" * 100_000),
    "no settings": packed({}),
    "settings out of range": packed({"settings": document()["settings"] | {"episodes": {"shots": 10**9}}}),
    "an array that is larger than it is": packed(document(task=document()["task"] | HUGE)),
    "an array of objects": packed(document(task=document()["task"] | {"arrays": {"support/x": ["|O", [1], ""]}})),
    "a negative size": packed(document(task=document()["task"] | {"arrays": {"support/x": ["<f4", [-1], ""]}})),
    "a task that is a number": packed(document(task=7)),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_sound_link_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(StoreError) as refusal:
        from_link(text)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize("cut", [1, 2, 3, 40, 200])
def test_a_link_cut_short_is_refused_in_plain_words(cut: int) -> None:
    text = to_link(SETTINGS, TASK)[:-cut]
    with pytest.raises(StoreError) as refusal:
        from_link(text)
    assert "base64" not in str(refusal.value)
    assert "decompress" not in str(refusal.value)
    assert "copy it again, all of it" in str(refusal.value)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_damage_anywhere_is_refused_or_changes_nothing(noise: bytes, place: int) -> None:
    text = to_link(SETTINGS, TASK)
    damaged = text[:place] + base64.urlsafe_b64encode(noise).decode() + text[place + len(noise) :]
    try:
        settings, _ = from_link(damaged)
    except StoreError:
        return
    assert settings == SETTINGS
