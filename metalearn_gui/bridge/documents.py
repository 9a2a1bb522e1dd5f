"""Sessions as files and as links: saved, opened, recovered. What goes wrong is said, and nothing is lost by it."""

from __future__ import annotations

import functools
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from metalearn_gui.bridge.comparison import Comparing
from metalearn_gui.bridge.course import Course
from metalearn_gui.bridge.files import Files, move_to_trash
from metalearn_gui.bridge.messages import LEFT, REFUSAL, SAVING, Message
from metalearn_gui.bridge.newest_work import QUIET_SECONDS
from metalearn_gui.bridge.opening import Opening
from metalearn_gui.bridge.reading import Reading
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store import own_data
from metalearn_gui.store.link import from_link, to_link
from metalearn_gui.store.recovery import pending_recoveries
from metalearn_gui.store.session_file import SavedSession, SavedTask, StoreError

QUIET_MS = round(1000 * QUIET_SECONDS)
Read = Callable[[ExperimentSettings], object]


class Documents(QObject):
    """What a file or a link holds is taken up whole, once its images are read, or not at all."""

    changed = Signal()  # path, is_dirty
    said = Signal(object)  # Message

    def __init__(
        self,
        course: Course,
        comparing: Comparing,
        reading: Reading,
        choose_data: Callable[[str], object],
        parent: QObject,
    ) -> None:
        """choose_data: what takes a file as it is now, after a message that it has changed."""
        super().__init__(parent)
        self._course, self._comparing, self._reading, self._choose_data = course, comparing, reading, choose_data
        self._files = Files(self._contents, self)
        self._files.changed.connect(self.changed)
        self._files.saved.connect(lambda: self.said.emit(Message("", about=SAVING)))
        self._opening = Opening(self)
        self._opening.said.connect(self.said)
        self._files.failed.connect(lambda text: self._warn(text, SAVING))
        self._files.refused.connect(self._warn)
        self._files.kept.connect(self._tell_of_kept)

    @property
    def path(self) -> str:
        """Empty while unsaved."""
        return self._files.path

    @property
    def is_dirty(self) -> bool:
        """Whether something is not saved."""
        return self._files.is_dirty

    def mark_dirty(self) -> None:
        """Something is not saved; the recovery file follows within ten seconds."""
        self._files.mark_dirty()

    def save(self, path: str = "") -> bool:
        """Write the session now, to its own file where no path is given; whether that went well."""
        self._course.training.drain()
        return bool(path or self.path) and self._files.save(path or self.path)

    def save_soon(self, path: str = "") -> None:
        """Write the session as it is now while the window goes on, to its own file where no path is given."""
        self._course.training.drain()
        if path or self.path:
            self._files.save_soon(path or self.path)
            QTimer.singleShot(QUIET_MS, self, self._tell_of_saving)

    def _tell_of_saving(self) -> None:
        if self._files.is_saving:
            self.said.emit(Message(self.tr("Saving ..."), stays=True, about=SAVING))

    def open_soon(self, path: str) -> None:
        """Read a session while the window goes on, and then take it up as `open` does."""
        self._opening.begin(path, functools.partial(self._take_opened, path))

    def cancel_opening(self) -> None:
        """Stay with this session."""
        self._opening.cancel()

    def _take_opened(self, path: str, saved: SavedSession) -> None:
        self._take_up(saved, functools.partial(self._files.take_over, path))

    def open(self, path: str, read: Read | None = None) -> bool:
        """Take up a saved session now instead of this one; on failure nothing changes but a message.

        Unsaved work is kept as a recovery file, and a message offers it.

        Args:
            read: reads the data of settings now, where nobody waits at a window; may raise SettingError.

        Returns:
            Whether it was taken up; not yet where its images are still to be read.
        """
        saved = self._files.read(path)
        return saved is not None and self._take_up(saved, functools.partial(self._files.take_over, path), read)

    def recoveries(self) -> list[str]:
        """Sessions that were left unsaved, newest first: what trained there and when, in words."""
        return self._files.left_behind()

    def open_recovery(self, place: int = 0) -> None:
        """Take up one of the `recoveries`, else the newest, once it is read."""
        recovery = self._files.chosen(place)
        if recovery is not None:
            settle = functools.partial(self._files.take_up, recovery)
            self._opening.begin(str(recovery.path), lambda saved: self._take_up(saved, settle))

    def offer_recoveries(self) -> None:
        """Say what was left unsaved, if anything was."""
        held = self.recoveries()
        if len(held) == 1:
            self._offer(self.tr("The last session was closed before it was saved: {what}").format(what=held[0]))
        elif held:
            text = self.tr("{count} sessions were closed before they were saved.").format(count=len(held))
            self._offer(text, self.tr("Open one"), "documents.recoveries")

    def ask_for_recoveries(self) -> None:
        """Offer them again: the first offer gives way to the next message."""
        if pending_recoveries():
            self.offer_recoveries()
        else:
            self._say_that_none_is_left()

    def throw_recoveries_away(self) -> None:
        """Into the system's trash, from where a hand gets them back; else every start would offer them."""
        pending = pending_recoveries()
        for recovery in pending:
            if not move_to_trash(recovery):
                text = self.tr("{path} cannot be moved to the trash; delete it by hand")
                self._warn(text.format(path=recovery.path))
                return
        if pending:
            self.said.emit(Message(self.tr("Unsaved sessions moved to the trash: %n", "", len(pending))))
        else:
            self._say_that_none_is_left()

    def _say_that_none_is_left(self) -> None:
        self.said.emit(Message(self.tr("No other session was left unsaved.")))

    def link(self) -> str:
        """What is set and the touched task as a line of text; "" after saying why there is none."""
        try:
            return to_link(self._course.settings, self._course.unseen.saved()[0])
        except StoreError as error:
            self._warn(str(error))
            return ""

    def open_link(self, text: str, read: Read | None = None) -> bool:
        """Undoable: take up what a link holds; on failure nothing changes but a message. read, returns: as `open`."""
        try:
            settings, task = from_link(text)
            if read is not None:
                read(settings)
        except (StoreError, SettingError) as error:
            self._warn(str(error))
            return False
        return self._reading.when_read([settings], lambda: self._take_link(settings, task))

    def close(self, seconds: float) -> None:
        """Keep unsaved work for the next start. Asks nothing."""
        self._opening.close(seconds)
        self._files.close(seconds)

    def _take_link(self, settings: ExperimentSettings, task: SavedTask | None) -> bool:
        if not self._course.has_data(settings):
            return False
        self._course.set_settings_and_task(settings.resolved(), task, self.tr("Open a link"))
        self.said.emit(Message("", about=REFUSAL))  # of a link before; settings that stay take nothing back
        return True

    def _take_up(self, saved: SavedSession, settle: Callable[[], None], read: Read | None = None) -> bool:
        """settle: tells `_files` what the session is, once it is taken up."""
        self._reading.cancel()
        own_data.put(saved.data)
        runs = filter(None, (saved.shown, saved.live))
        needed = list(dict.fromkeys([saved.settings, *(run.settings for run in runs)]))
        try:
            if read is not None:
                for settings in needed:
                    read(settings)
        except SettingError as error:
            self._warn(str(error))
            return False
        again = functools.partial(self._take_up_anew, saved, settle)
        return self._reading.when_read(needed, lambda: self._take_read(saved, needed, settle), again=again)

    def _take_up_anew(self, saved: SavedSession, settle: Callable[[], None]) -> bool:
        """Whatever its files hold now."""
        return self._take_up(saved.with_files_as_they_are(), settle)

    def _take_read(self, saved: SavedSession, needed: list[ExperimentSettings], settle: Callable[[], None]) -> bool:
        if not all(map(self._course.has_data, needed)):
            return False
        saved.resolve()
        self._comparing.leave()
        self._course.training.drain()
        self._files.set_aside()
        self._course.take_saved(saved)
        self._comparing.take_kept(saved.outcomes)
        settle()
        self._reading.look_again(saved.data, self._choose_data)
        return True

    def _contents(self) -> SavedSession:
        """Copies of everything that a file holds."""
        course = self._course
        saved = SavedSession(course.runs.list, course.runs.shown.run_id, course.settings, course.unseen.saved())
        saved.outcomes, saved.live_run_id = list(self._comparing.kept_so_far), course.runs.live.run_id
        return saved.copy()

    def _tell_of_kept(self) -> None:
        self._offer(self.tr("The session before was kept unsaved."))

    def _offer(self, text: str, label: str = "", choices: str = "") -> None:
        """choices: what names several sessions, where there are."""
        label = label or self.tr("Open it")
        self.said.emit(Message(text, "info", label, "documents.open_recovery", choices, stays=True, about=LEFT))
        self._course.worked.connect(self._take_offer_back, Qt.ConnectionType.SingleShotConnection)

    def _take_offer_back(self) -> None:
        """It lies over what a person works on by now."""
        self.said.emit(Message("", about=LEFT))

    def _warn(self, text: str, about: str = REFUSAL) -> None:
        self.said.emit(Message(text, "warning", about=about))
