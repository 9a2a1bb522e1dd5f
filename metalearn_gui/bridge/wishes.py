"""Settings that somebody wishes for: made, their files read, and then taken, or refused in a line with an offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.course import Course
from metalearn_gui.bridge.messages import REFUSAL, Message
from metalearn_gui.bridge.reading import Reading
from metalearn_gui.engine.footprint import check_memory
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings, offer_label
from metalearn_gui.store.choices import remember, with_remembered


class Wishes(QObject):
    """One wish after the other; nothing is lost by one that cannot be granted."""

    said = Signal(object)  # Message
    refused = Signal()  # a widget that shows the refused value takes it back

    def __init__(self, course: Course, reading: Reading, parent: QObject) -> None:
        super().__init__(parent)
        self._course, self._reading = course, reading
        self.offered: dict[str, object] = {}  # what was refused last, together with what would make it fit

    def take(self, settings: ExperimentSettings, text: str) -> None:
        """Settings that are made already."""
        self._reading.when_read([settings], lambda: self._take(settings.resolved(), text))

    def make(
        self, make: Callable[[], ExperimentSettings], text: str = "", wanted: Mapping[str, object] | None = None
    ) -> None:
        """Settings that may not be possible. wanted: by flat name, what was asked for."""
        wanted = wanted or {}
        try:
            settings = make()
        except SettingError as error:
            self._refuse(error, wanted)
            return
        if settings.tasks.key != self._course.settings.tasks.key:
            self._reading.cancel()
        is_chosen = any(settings.names().get(name) and settings.param(name).kind == "path" for name in wanted)
        self._reading.when_read([settings], lambda: self._take_made(make, text, wanted), is_chosen)

    def _take_made(self, make: Callable[[], ExperimentSettings], text: str, wanted: Mapping[str, object]) -> None:
        """Settings as they are made now: others may have been taken while a file was read."""
        try:
            settings = with_remembered(make()).resolved()
            settings.check_data()  # before the stack hears of it: a refused push would drop what can be redone
            check_memory(settings)
        except SettingError as error:
            self._refuse(error, wanted)
        else:
            self._take(settings, text)

    def _take(self, settings: ExperimentSettings, text: str) -> None:
        self._course.set_settings(settings, text)
        remember(settings.tasks)

    def _refuse(self, error: SettingError, wanted: Mapping[str, object]) -> None:
        self.offered = {**wanted, **error.offer}
        label = self.tr("Try {name}").format(name=offer_label(error)) if error.offer else ""
        offer = "take_offer" if error.offer else ""
        self.said.emit(Message(str(error), "warning", label, offer, about=REFUSAL))
        self.refused.emit()
