"""Saving, opening, and the recovery file of what is not saved."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

from PySide6.QtCore import QDateTime, QFile, QLocale, QObject, QTimer, Signal

from metalearn_gui.bridge.latest import Latest, Request
from metalearn_gui.engine.params import in_full
from metalearn_gui.store import session_file
from metalearn_gui.store.recovery import Recovery, RecoveryFile, discard, pending_recoveries, surplus
from metalearn_gui.store.session_file import SavedSession, StoreError

AUTOSAVE_MS = 10_000


@dataclasses.dataclass(eq=False)
class _Saving:
    """A file that is being written: is_written is the worker's to say, is_stale the window's."""

    path: str
    is_written: bool = False
    is_stale: bool = False  # there is more to save since


class Files(QObject):
    """Knows where the session is saved and whether something is not."""

    changed = Signal()  # path, is_dirty
    saved = Signal()
    failed = Signal(str)  # what could not be written
    refused = Signal(str)  # what could not be read
    kept = Signal()  # what was set aside is written

    def __init__(self, contents: Callable[[], SavedSession], parent: QObject) -> None:
        super().__init__(parent)
        self.path = ""
        self.is_dirty = False
        self._contents = contents
        self._recovery = RecoveryFile()
        self._left_behind: list[Recovery] = []
        self._said = ""  # why unsaved work is not kept just now; every ten seconds would say it again
        self._saving: _Saving | None = None
        self._writer = Latest("recovery", self, writes=True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self._autosave)

    def mark_dirty(self) -> None:
        """Something is not saved; the recovery file follows within ten seconds."""
        if not self._timer.isActive():
            self._timer.start()
        if self._saving is not None:
            self._saving.is_stale = True
        if not self.is_dirty:
            self.is_dirty = True
            self.changed.emit()

    def save(self, path: str) -> bool:
        """Write the session; whether that went well."""
        try:
            session_file.save(path, self._contents())
        except StoreError as error:
            self.failed.emit(str(error))
            return False
        self._settle(path)
        self.saved.emit()
        return True

    def save_soon(self, path: str) -> None:
        """Write the session as it is now, behind the window's back; `changed` or `failed` says how that went."""
        self._saving = saving = _Saving(path)
        write = functools.partial(_save, saving, self._contents())
        done, refused = functools.partial(self._take_saved, saving), functools.partial(self._take_refusal, saving)
        self._writer.request(saving, Request(write, done, refused))

    @property
    def is_saving(self) -> bool:
        return self._saving is not None

    def _take_saved(self, saving: _Saving, _: None) -> None:
        if saving is not self._saving:  # a later one is under way
            return
        self._settle(saving.path)
        self.saved.emit()
        if saving.is_stale:
            self.mark_dirty()

    def _take_refusal(self, saving: _Saving, line: str) -> None:
        self._saving = None if saving is self._saving else self._saving
        self.failed.emit(line)

    def read(self, path: str) -> SavedSession | None:
        """Read a session; None after saying what is wrong with the file."""
        try:
            return session_file.load(path)
        except StoreError as error:
            self.refused.emit(str(error))
            return None

    def take_over(self, path: str) -> None:
        """What was read is the session now."""
        self._settle(path)

    def left_behind(self) -> list[str]:
        """What nobody saved and nobody has open, newest first: what trained there, how far, and when, in words.

        Of many the oldest go, into the system's trash; they stay where there is none.
        """
        for recovery in surplus():
            move_to_trash(recovery)
        self._left_behind = pending_recoveries()
        return [self._name_of(recovery) for recovery in self._left_behind]

    def chosen(self, place: int) -> Recovery | None:
        """A session that was left behind, by its place among the named ones; None after saying why not."""
        pending = pending_recoveries()
        named = self._left_behind or pending
        recovery = named[place] if place < len(named) else None
        if recovery is None or recovery not in pending:
            self.refused.emit(self.tr("That session is not there any more, or another window has it open."))
            return None
        self._left_behind = []
        return recovery

    def take_up(self, recovery: Recovery) -> None:
        """What was recovered is the session now; it counts as unsaved."""
        self._write(functools.partial(_take_up, self._recovery, recovery, self._contents()))
        self.path, self.is_dirty, self._saving = "", False, None
        self.mark_dirty()

    def set_aside(self) -> None:
        """Before another session comes: keep unsaved work as a closing window does. `kept` follows."""
        contents = self._contents()
        if not (self.is_dirty and _is_worth_keeping(contents)):
            return
        aside, self._recovery, self._left_behind = self._recovery, RecoveryFile(), []
        leave = functools.partial(_leave, aside, contents)
        self._writer.request(aside, Request(leave, lambda _: self.kept.emit(), self.failed.emit))

    def close(self, seconds: float) -> None:
        """Keep unsaved work for the next start; ask nothing. A slow disk is waited for at the end of the process."""
        self._timer.stop()
        contents = self._contents()
        keep = self.is_dirty and _is_worth_keeping(contents)
        self._write(functools.partial(_leave, self._recovery, contents if keep else None, self._saving))
        self._writer.close(seconds, drop=False)

    def _name_of(self, recovery: Recovery) -> str:
        saved_at = QDateTime.fromSecsSinceEpoch(round(recovery.saved_at))
        when = QLocale().toString(saved_at, QLocale.FormatType.ShortFormat)
        try:
            settings, iteration, num_runs = session_file.glance(recovery.path)
        except StoreError:
            return self.tr("damaged file · {when}").format(when=when)
        done, total = in_full(iteration), in_full(settings.outer.num_iterations)
        parts = [
            settings.learner.label,
            settings.tasks.label,
            self.tr("{done} of {total}").format(done=done, total=total),
        ]
        if num_runs > 1:
            parts.append(self.tr("{count} runs").format(count=num_runs))
        return " · ".join([*parts, when])

    def _settle(self, path: str) -> None:
        self.path, self.is_dirty, self._saving = path, False, None
        self._timer.stop()
        self._write(self._recovery.discard)
        self.changed.emit()

    def _autosave(self) -> None:
        contents = self._contents()  # copies: the runs go on while they are written
        if self.is_dirty and _is_worth_keeping(contents):
            self._write(functools.partial(self._recovery.write, contents))

    def _write(self, write: Callable[[], None]) -> None:
        self._writer.request("recovery", Request(write, self._take_kept, self._take_unkept))

    def _take_kept(self, _: None) -> None:
        self._said = ""

    def _take_unkept(self, line: str) -> None:
        is_news, self._said = line != self._said, line
        if is_news:
            self.failed.emit(line)


def move_to_trash(recovery: Recovery) -> bool:
    """From where a hand gets it back; whether there is one."""
    moved = QFile.moveToTrash(str(recovery.path))
    if moved:
        discard(recovery)  # its lock
    return bool(moved)


def _is_worth_keeping(saved: SavedSession) -> bool:
    return any(run.iteration for run in saved.runs)


def _take_up(own: RecoveryFile, other: Recovery, saved: SavedSession) -> None:
    own.write(saved)
    discard(other)


def _save(saving: _Saving, contents: SavedSession) -> None:
    session_file.save(saving.path, contents)
    saving.is_written = True


def _leave(own: RecoveryFile, contents: SavedSession | None, saving: _Saving | None = None) -> None:
    """The last thing done with it: let go of the lock, so that whoever looks for it finds the file."""
    is_saved = saving is not None and saving.is_written and not saving.is_stale
    try:
        if is_saved:
            own.discard()
        elif contents is not None:
            own.write(contents)
    finally:
        own.close()
