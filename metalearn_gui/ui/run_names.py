"""What runs are called where several stand side by side: those of one name by the settings in which they differ."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.settings import CHOICES, ExperimentSettings
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.run_traces import run_name
from metalearn_gui.ui.text import count_text, number_text

MOST_SAID = 4  # settings beside a name
SEPARATOR = " · "
LEAST_LABEL = 1  # letters of a learner's name before its dots
FAMILY = "task_family"
WENT_ON_FROM = "went_on_from"  # stands beside the settings: a branch may differ in nothing else
BRIEF = {  # what stands for a setting there, where a column has few letters; "": the value tells by itself
    FAMILY: "",
    "network": "",
    "activation": "",
    "meta_optimizer": "",
    "inner_learning_rate": "α",
    "meta_learning_rate": "η",
    "initialization": "start",
    "hidden_dim": "units",
    "num_hidden_layers": "layers",
    "num_iterations": "iterations",
    "num_training_tasks": "tasks",
    WENT_ON_FROM: "from",
}
Values = dict[str, str]  # of settings, in words
Group = tuple[tuple[str, int], ...]  # the runs of one name, and their settings
_of_sessions: weakref.WeakKeyDictionary[Session, RunNames] = weakref.WeakKeyDictionary()


class RunNames:
    """Keeps what it has read of each run's settings: a list of a thousand runs is asked about again and again."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[ExperimentSettings, Values]] = {}
        self._entries: dict[str, tuple[ExperimentSettings, list[tuple[str, str]]]] = {}
        self._named_for: list[tuple[str, str, int]] = []
        self._names: dict[str, str] = {}
        self._groups: dict[str, tuple[Group, dict[str, str]]] = {}  # what runs of one name were called

    def of(self, runs: Sequence[RunRecord]) -> dict[str, str]:
        """A name for each run_id; all are different."""
        named_for = [(run.run_id, run.name, id(run.settings)) for run in runs]
        if named_for != self._named_for:
            self._named_for, self._names = named_for, self._made(runs)
        return self._names

    def has_setting(self, run: RunRecord, words: str) -> bool:
        """Whether these begin a setting with its value: "shots 5", "units 6", "tanh", not a setting's name alone."""
        known = self._entries.get(run.run_id)
        if known is None or known[0] is not run.settings:
            known = self._entries[run.run_id] = (run.settings, _entries(self._values(run)))
        return any(text.startswith(words) and len(words) > len(label) for label, text in known[1])

    def _made(self, runs: Sequence[RunRecord]) -> dict[str, str]:
        groups: dict[str, list[RunRecord]] = {}
        for run in runs:
            groups.setdefault(run_name(run), []).append(run)
        here = {run.run_id for run in runs}
        self._read = {run_id: known for run_id, known in self._read.items() if run_id in here}
        self._entries = {run_id: known for run_id, known in self._entries.items() if run_id in here}
        self._groups = {label: self._named(label, group) for label, group in groups.items()}
        return {run_id: name for _, names in self._groups.values() for run_id, name in names.items()}

    def _named(self, label: str, group: list[RunRecord]) -> tuple[Group, dict[str, str]]:
        key = tuple((run.run_id, id(run.settings)) for run in group)
        known = self._groups.get(label)
        return known if known is not None and known[0] == key else (key, self._apart(label, group))

    def _apart(self, label: str, group: list[RunRecord]) -> dict[str, str]:
        if len(group) == 1:
            return {group[0].run_id: label}
        came = sorted(group, key=_came)  # one that is compared with those that were there leaves them their names
        rows = [self._values(run) for run in came]
        names: dict[str, str] = {}
        taken: dict[str, int] = {}
        said = names_said(rows, lambda place: self._began(came[place]))
        for run, row, telling in zip(came, rows, said, strict=True):
            name = SEPARATOR.join(filter(None, (label, _said(row, telling))))
            taken[name] = taken.get(name, 0) + 1
            names[run.run_id] = name if taken[name] == 1 else f"{name} ({taken[name]})"
        return names

    def _began(self, run: RunRecord) -> Values:
        """Its values without what was changed since: or the names of all others would change with those."""
        values = self._values(run)
        began = (run.initial_settings or run.settings).live_values()
        return values | {name: value_text(value) for name, value in began.items() if name in values}

    def _values(self, run: RunRecord) -> Values:
        known = self._read.get(run.run_id)
        if known is None or known[0] is not run.settings:
            told = {name: value_text(value) for name, value in flat_values(run.settings).items()}
            told[FAMILY] = run.settings.tasks.label
            if run.went_on_from is not None:
                told[WENT_ON_FROM] = count_text(run.went_on_from)
            known = self._read[run.run_id] = (run.settings, told)
        return known[1]


def _came(run: RunRecord) -> tuple[bool, int, float]:
    return run.turn is None, run.turn or 0, run.created


def fitted(name: str, fits: Callable[[str], bool]) -> str:
    """A name where there is little room: in what it differs stays whole as long as there is any room for the rest.

    Where there is none, settings give letters of what they are called, then the former ones go: the last one tells it
    from the run that is most alike.
    """
    label, _, said = name.partition(SEPARATOR)
    if not said:
        return name
    cuts = (f"{label[:length]}…{SEPARATOR}{said}" for length in range(len(label) - 1, LEAST_LABEL - 1, -1))
    last = said.rpartition(", ")[2]
    return next((text for text in itertools.chain((name,), cuts, (said,), _shorter(said)) if fits(text)), last)


def _shorter(said: str) -> Iterator[str]:
    """What is said of a name, shorter and shorter; the values of those settings that are left stay whole."""
    *others, last = said.split(", ")
    longest = max(map(len, (*others, last)))
    for length in range(longest, 0, -1):
        yield ", ".join((*(_clipped(one, length) for one in others), last))
    for length in range(longest, 0, -1):
        yield ", ".join((*(_clipped(one, LEAST_LABEL) for one in others), _clipped(last, length)))
    for place in range(1, len(others) + 1):
        yield ", ".join(("…", *(_clipped(one, LEAST_LABEL) for one in others[place:]), last))


def _clipped(said: str, length: int) -> str:
    """A setting with its value, and of what it is called as many letters at most."""
    label, _, value = said.rpartition(" ")
    return said if len(label) <= length else f"{label[:length]}… {value}"


def without(name: str, part: str) -> str:
    """A name where something beside it says this part already."""
    label, _, said = name.partition(SEPARATOR)
    return SEPARATOR.join(filter(None, (label, ", ".join(one for one in said.split(", ") if one != part))))


def names_of_runs(session: Session) -> dict[str, str]:
    """A name for each run_id of a session's runs: every panel asks after each change, and they are made once."""
    return _of_sessions.setdefault(session, RunNames()).of(session.runs)


def has_setting(session: Session, run: RunRecord, words: str) -> bool:
    """Whether these words, in small letters, begin a setting of a session's run with its value."""
    return _of_sessions.setdefault(session, RunNames()).has_setting(run, words)


def _entries(values: Values) -> list[tuple[str, str]]:
    """Labels, as names say them and as settings are called, and each with its value; in small letters."""
    labels = ((label.lower(), value.lower()) for name, value in values.items()
              for label in (_brief(name), setting_label(name)))  # fmt: skip
    return [(label, f"{label} {value}".strip()) for label, value in labels]


def flat_values(settings: ExperimentSettings) -> dict[str, Any]:
    """Every setting's value by flat name, the choices among them."""
    choices = {name: settings.value(name) for name in CHOICES}
    return choices | {name: getattr(settings.group(group), name) for name, group in settings.names().items()}


def names_said(rows: Sequence[Values], began: Callable[[int], Values]) -> list[list[str]]:
    """For each run the settings in which it differs from the first one of its tasks, of those that tell runs apart.

    So a name that somebody has noted grows at its end at most when other runs come, and is never made of other words.
    Tasks come with many settings of their own: others than those of the very first run are said instead.

    Args:
        began: what the run of a row began with.
    """
    families: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        families.setdefault(row[FAMILY], []).append(place)
    said: dict[int, list[str]] = {}
    for family in families.values():
        first = began(family[0])
        telling = telling_names([first, *(rows[place] for place in family)])
        is_other = family[0] > 0
        plain = telling[:1] or ([FAMILY] if len(families) > 1 else [])
        for place in family:
            row = rows[place]
            differ = [name for name in telling if name in row and row[name] != first.get(name)][:MOST_SAID]
            said[place] = [FAMILY, *differ] if is_other else differ or plain
    return [said[place] for place in range(len(rows))]


def telling_names(rows: Sequence[Values]) -> list[str]:
    """Settings that tell runs apart, in the order in which they came to be needed."""
    told: list[str] = []
    first: dict[tuple[str | None, ...], Values] = {}  # of each part that is told apart: all in it differ in nothing
    for row in rows:
        other = first.setdefault(_key(row, told), row)
        differs = next((name for name in other | row if other.get(name) != row.get(name)), None)
        if differs is not None:
            told.append(differs)
            first = {_key(one, told): one for one in (*first.values(), row)}
    return told


def _key(row: Values, told: list[str]) -> tuple[str | None, ...]:
    return tuple(row.get(name) for name in told)


def _said(values: Values, names: list[str]) -> str:
    told = (f"{_brief(name)} {values[name]}" for name in names if name in values)
    return ", ".join(text.strip() for text in told)


def _brief(name: str) -> str:
    return QCoreApplication.translate("Settings", BRIEF[name]) if name in BRIEF else setting_label(name)


def setting_label(name: str) -> str:
    """A flat name in words."""
    return QCoreApplication.translate("Settings", name.replace("_", " "))


def value_text(value: Any) -> str:
    """A setting's value in a table."""
    if isinstance(value, bool):
        return QCoreApplication.translate("Settings", "on" if value else "off")
    return number_text(value) if isinstance(value, int | float) else str(value)
