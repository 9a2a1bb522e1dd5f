"""From what is typed to a list of entries: the best one first, the others in their groups."""

from __future__ import annotations

import dataclasses
import re

from metalearn_gui.store.link import is_link
from metalearn_gui.ui.actions import OR
from metalearn_gui.ui.palette.entries import COMMAND, SETTING, Entries, Entry
from metalearn_gui.ui.palette.fuzzy import Match, match

ONLY_COMMANDS = ">"
BY_OTHER_WORDS = 2.0  # how much less a match counts that the visible text does not show
BY_A_WHOLE_OTHER_WORD = 0.5  # the same, where it is no scatter of letters
BY_ITS_KEY = 100.0  # more than any name counts
BY_ITS_WHOLE_NAME = 0.5  # how much more a match counts that leaves no letter over
WEAKEST = 0.5  # of the best score per letter: what matches worse is noise
# "shots 5", "meta learning rate = 0.01": a name and a value.
ASSIGNMENT = re.compile(r"(?P<name>.*[^\s=])(?:\s*=\s*|\s+)(?P<value>[^\s=]+)\s*")


@dataclasses.dataclass(frozen=True)
class Found:
    """An entry, the letters of its text to print bold, and how well it fits."""

    entry: Entry
    places: tuple[int, ...] = ()
    score: float = 0.0


def find(query: str, offered: list[Entry], entries: Entries) -> list[Found]:
    """What answers a query; all of it, in its own order, where there is none. The best one comes first."""
    if query.startswith(ONLY_COMMANDS):
        query, offered = query[1:], [entry for entry in offered if entry.kind == COMMAND]
    query = query.strip()
    if is_link(query):
        return [Found(entries.link(query))]
    if not query:
        return [Found(entry) for entry in offered]
    found = [one for one in (_found(query, entry) for entry in offered) if one is not None]
    found.sort(key=lambda one: -one.score)
    best = found[0].score if found else 0.0
    least = min(best, WEAKEST * best)  # a match by other words alone may count less than nothing
    return [*_assignments(query, offered, entries), *(one for one in found if one.score >= least)]


def _found(query: str, entry: Entry) -> Found | None:
    found = [one for one in (_by_name(query, entry), _by_what_it_is(query, entry)) if one is not None]
    return max(found, key=lambda one: one.score, default=None)


def _by_what_it_is(query: str, entry: Entry) -> Found | None:
    """ "preset article", "maml learner": whole words of what stands at the right, and the rest by name."""
    if entry.kind == SETTING:  # what stands there is its value, and "shots 5" sets it
        return None
    told = {word for word in re.findall(r"\w+", entry.detail.lower()) if len(word) > len("on")}
    words = query.lower().split()
    rest = [word for word in words if word not in told]
    if len(rest) == len(words):
        return None
    named = _by_name(" ".join(rest), entry) if rest else Found(entry)
    letters = sum(len(word) for word in words) - sum(len(word) for word in rest)
    return named and dataclasses.replace(named, score=named.score + letters - BY_A_WHOLE_OTHER_WORD)


def _by_name(query: str, entry: Entry) -> Found | None:
    if query.lower() in entry.shortcut.lower().split(OR):
        return Found(entry, (), BY_ITS_KEY)
    seen = match(query, entry.text)
    if seen is not None and query.lower() == entry.text.lower():
        return Found(entry, seen.places, seen.score + BY_ITS_WHOLE_NAME)
    hidden = match(query, entry.words) if entry.words else None
    less = BY_A_WHOLE_OTHER_WORD if query.lower() in entry.words.lower().split() else BY_OTHER_WORDS
    if seen is not None and (hidden is None or seen.score >= hidden.score - less):
        return Found(entry, seen.places, seen.score)
    return None if hidden is None else Found(entry, (), hidden.score - less)


def _assignments(query: str, offered: list[Entry], entries: Entries) -> list[Found]:
    """A typed value for the setting that its name fits best; none where the whole is no assignment."""
    parts = ASSIGNMENT.fullmatch(query)
    if parts is None:
        return []
    settings = [entry for entry in offered if entry.kind == SETTING and _may_be(entry, parts["value"], entries)]
    scored = [(_best_match(parts["name"], entry), entry) for entry in settings]
    fitting = [(one.score, entry) for one, entry in scored if one is not None]
    if not fitting:
        return []
    _, best = max(fitting, key=lambda pair: pair[0])
    if not _is_a_value(parts["value"]) and "=" not in query and parts["value"] not in entries.choices(best.setting):
        return []
    return [Found(entries.assignment(best, parts["value"]))]


def _may_be(entry: Entry, value: str, entries: Entries) -> bool:
    """Whether it is no number for what is chosen from words: "lr 0.1" means a rate, not the switch of learned rates."""
    return not _is_a_value(value) or not entries.choices(entry.setting) or value in entries.choices(entry.setting)


def _best_match(name: str, entry: Entry) -> Match | None:
    found = [one for one in (match(name, entry.text), match(name, entry.setting)) if one is not None]
    return max(found, key=lambda one: one.score, default=None)


def _is_a_value(text: str) -> bool:
    """Numbers are values by themselves; a word is one after an equals sign, or where it is one of the choices."""
    return text[0].isdigit() or (text[0] in "-." and text[1:2].isdigit())
