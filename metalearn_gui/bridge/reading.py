"""Files that tasks are made of, read on a thread of their own before settings that need them are taken."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.messages import REFUSAL, Message
from metalearn_gui.bridge.newest_work import QUIET_SECONDS, Hear, NewestWork
from metalearn_gui.engine.own_data import DataFile
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.store.choices import reading
from metalearn_gui.store.home import images_folder
from metalearn_gui.store.own_data import StaleFile, looking_again


@dataclasses.dataclass(frozen=True)
class _Remark:
    """What was left out of a file that was read."""

    text: str


class Reading(QObject):
    """The newest wish wins: what waits for a file is forgotten once something else is asked for."""

    said = Signal(object)  # Message; an empty text clears the bar
    refused = Signal()  # nothing came of the wish

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        hear: Hear = {
            ReadSoFar: self._show,
            _Remark: self._remark,
            StaleFile: self._show_stale,
            SettingError: self._refuse,
        }
        self._shows_progress = False  # of looking at files again
        self._again: Callable[[], object] | None = None
        self._choose_again: Callable[[str], object] | None = None
        self._work = NewestWork("read_data", hear, self)

    def when_read(
        self,
        needed: Sequence[ExperimentSettings],
        go_on: Callable[[], object],
        looks_again: bool = False,
        again: Callable[[], object] | None = None,
    ) -> bool:
        """Go on now where everything is in memory, else once it is read; what goes wrong is said instead.

        Args:
            looks_again: whether to look at the files even where something is in memory.
            again: what "Read it again" does where a file is not what it was; without, nothing is offered.

        Returns:
            What `go_on` returned, or False where it has to wait.
        """
        families = [one.tasks for one in needed if looks_again or not one.tasks.is_read]
        if not families:
            return bool(go_on())
        self.cancel()
        self._again = again
        self._work.ask(self.tr("Reading"), functools.partial(_read, families), functools.partial(self._end, go_on))
        return False

    def look_again(self, files: Sequence[DataFile], choose: Callable[[str], object]) -> None:
        """Say which files are not what is held of them. choose: what "Read it again" does with a path."""
        if files:
            self._choose_again, self._shows_progress = choose, False
            work = functools.partial(looking_again, files)
            self._work.ask(self.tr("Looking at the file"), work, lambda _: self._clear_progress())

    def read_again(self) -> None:
        """Take a file as it is now: what the newest message offers."""
        if self._again is not None:
            self._again()

    def cancel(self) -> None:
        """Forget the wish that waits."""
        if self._work.forget():
            self.said.emit(Message(""))

    def close(self, seconds: float) -> bool:
        """End the thread; wait so long at most. Whether it has ended."""
        return self._work.close(seconds)

    def _show(self, so_far: ReadSoFar) -> None:
        if self._work.seconds < QUIET_SECONDS:
            return
        text = self.tr("Looking at the file ...")
        if so_far.done:
            text = self.tr("Reading: {percent} %").format(percent=100 * so_far.done // so_far.total)
        self._shows_progress = True
        self.said.emit(Message(text, "info", self.tr("Cancel"), "cancel_reading"))

    def _clear_progress(self) -> None:
        """There was nothing else to say."""
        if self._shows_progress:
            self._shows_progress = False
            self.said.emit(Message(""))

    def _remark(self, remark: _Remark) -> None:
        self.said.emit(Message(remark.text))

    def _show_stale(self, stale: StaleFile) -> None:
        self._shows_progress = False
        name = Path(stale.path).name
        if not stale.is_there:
            text = self.tr("{file} is not where it was when this session was saved; the session holds its data.")
            self.said.emit(Message(text.format(file=name)))
        elif self._choose_again is not None:
            self._again = functools.partial(self._choose_again, stale.path)
            text = self.tr("{file} has changed since this session was saved; the session goes on with what it holds.")
            self.said.emit(Message(text.format(file=name), "warning", self.tr("Read it again"), "read_again"))

    def _refuse(self, error: SettingError) -> None:
        self._work.forget()
        if error.offer and self._again is not None:
            self.said.emit(Message(str(error), "warning", self.tr("Read it again"), "read_again", about=REFUSAL))
        else:
            self.said.emit(Message(str(error), "warning", about=REFUSAL))
        self.refused.emit()

    def _end(self, go_on: Callable[[], object], error: str) -> None:
        if error:
            self.said.emit(Message(error, "error", about=REFUSAL))
            self.refused.emit()
        else:
            go_on()


def _read(families: Sequence[TaskFamily]) -> Iterator[ReadSoFar | _Remark]:
    """How far it is, and at last what was left out."""
    remarks = []
    for family in families:
        found = yield from reading(family, images_folder())
        remarks.append(found.remark())
    yield _Remark("; ".join(dict.fromkeys(filter(None, remarks))))
