"""What the palette offers: every command, card, setting, learner, task family, preset and run, each as one entry."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject

from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.params import Param, SettingError
from metalearn_gui.engine.presets import PRESETS
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.ui.actions import COMMANDS, PALETTE
from metalearn_gui.ui.canvas import CANVASES
from metalearn_gui.ui.run_names import names_of_runs
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.wording import without_keys

COMMAND, CARD, SETTING = "command", "card", "setting"
LEARNER, FAMILY, PRESET, RUN = "learner", "family", "preset", "run"
ICONS = {CARD: "compare", SETTING: "settings", LEARNER: "learner", FAMILY: "tasks", PRESET: "pin", RUN: "eye"}


@dataclasses.dataclass(frozen=True)
class Entry:
    """One thing to ask for.

    kind: one of the constants above. detail: what stands at the right. words: more that it is found by.
    setting: the flat name of what a value can be typed for.
    """

    kind: str
    text: str
    run: Callable[[], object]
    detail: str = ""
    icon: str = "chevron_right"
    shortcut: str = ""
    words: str = ""
    setting: str = ""


class Entries(QObject):
    """Makes the entries of a window as it is now; each acts through the window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session

    def all(self) -> list[Entry]:
        """In the order of the list without a query."""
        makers = (
            self._commands, self._cards, self._settings, self._learners, self._families, self._presets, self._runs,
        )  # fmt: skip
        return [entry for make in makers for entry in make()]

    def assignment(self, entry: Entry, value: str) -> Entry:
        """The entry that gives a setting a typed value, or says why it cannot."""
        text, detail = self.tr("{name} = {value}").format(name=entry.text, value=value), entry.detail
        try:
            self._session.settings.replaced(**{entry.setting: value})
        except SettingError as error:
            text, detail = without_keys(str(error)), ""
        change = functools.partial(self._session.change, **{entry.setting: value})
        return dataclasses.replace(entry, text=text, detail=detail, run=change)

    def link(self, text: str) -> Entry:
        """The entry that takes up a link."""
        return Entry(COMMAND, self.tr("Open the link"), functools.partial(self._session.documents.open_link, text))

    def choices(self, setting: str) -> tuple[str, ...]:
        """The words that a setting may be."""
        spec = self._session.settings.param(setting)
        return ("on", "off") if spec.kind == "bool" else spec.choices

    def heading(self, kind: str) -> str:
        """What a group is called."""
        return {
            COMMAND: self.tr("Commands"),
            CARD: self.tr("Cards"),
            SETTING: self.tr("Settings"),
            LEARNER: self.tr("Learners"),
            FAMILY: self.tr("Task families"),
            PRESET: self.tr("Presets"),
            RUN: self.tr("Runs"),
        }[kind]

    # --- one kind after the other -------------------------------------------------------------------

    def _commands(self) -> Iterator[Entry]:
        for command in COMMANDS:
            if command.key != PALETTE:
                run = functools.partial(command.run, self._window)
                words = f"{command.key.replace('_', ' ')} {command.words}"
                yield Entry(COMMAND, command.label, run, shortcut=command.shortcut, words=words)

    def _cards(self) -> Iterator[Entry]:
        cards = self._window.cards
        for key, name in cards.names().items():
            yield Entry(CARD, name, functools.partial(cards.show, key), self.tr("card"), ICONS[CARD], words=key)
            text = self.tr("{card} in its own window").format(card=name)
            yield Entry(CARD, text, functools.partial(cards.tear_off, key), icon="detach", words=f"tear off {name}")

    def _settings(self) -> Iterator[Entry]:
        settings = self._session.settings
        for name in settings.names():
            spec = settings.param(name)
            go = functools.partial(self._window.go_to, name)
            detail = self._now(spec, settings.value(name))
            yield Entry(SETTING, _translated(spec.label), go, detail, ICONS[SETTING], words=name, setting=name)

    def _learners(self) -> Iterator[Entry]:
        for key, learner in LEARNERS.items():
            choose = functools.partial(self._session.change, learner=key)
            yield Entry(LEARNER, _translated(learner.label), choose, self.tr("learner"), ICONS[LEARNER], words=key)

    def _families(self) -> Iterator[Entry]:
        for key, family in TASKS.items():
            choose = functools.partial(self._window.choose_family, key)
            words = f"{key} {_invitation(family())}"
            yield Entry(FAMILY, _translated(family.label), choose, self.tr("task family"), ICONS[FAMILY], words=words)

    def _presets(self) -> Iterator[Entry]:
        for key, preset in PRESETS.items():
            choose = functools.partial(self._window.choose_preset, key)
            family = preset.settings.tasks
            learner, tasks = preset.settings.learner.label, family.label
            detail = self.tr("preset: {learner} on {tasks}").format(learner=learner, tasks=tasks)
            words = f"{key} {learner} {tasks} {_invitation(family)}"
            yield Entry(PRESET, preset.label, choose, detail, ICONS[PRESET], words=words)

    def _runs(self) -> Iterator[Entry]:
        names = names_of_runs(self._session)
        for run in reversed(self._session.runs):
            show = functools.partial(self._session.show_run, run.run_id)
            detail = self.tr("run on {tasks}").format(tasks=run.settings.tasks.label)
            yield Entry(RUN, names[run.run_id], show, detail, ICONS[RUN])

    def _now(self, spec: Param, value: object) -> str:
        """What a setting is, and whether a change needs no restart."""
        words = {"True": self.tr("on"), "False": self.tr("off"), "": self.tr("empty")}
        shown = words.get(str(value), str(value))
        if isinstance(value, int | float) and not isinstance(value, bool):
            shown = number_text(value)
        text = self.tr("live, now {value}") if spec.live else self.tr("now {value}")
        return text.format(value=shown)


def _translated(text: str) -> str:
    return QCoreApplication.translate("Settings", text)


def _invitation(family: TaskFamily) -> str:
    """What the hand does with tasks of a family."""
    return QCoreApplication.translate("Canvas", CANVASES[family.view].invitation)
