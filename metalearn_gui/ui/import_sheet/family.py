"""Import sheets of data that say by themselves what their tasks are; a few settings are left to choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.importing import FamilyReader
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.ui.import_sheet.base import ImportSheet

Found = TypeVar("Found", bound=TaskFamily)


class FamilySheet(ImportSheet, Generic[Found]):
    """Reads anew, from memory where it can, with every setting that changes."""

    def __init__(self, session: Session, places: dict[str, int], parent: QWidget, columns: Sequence[str] = ()) -> None:
        reader = FamilyReader()
        super().__init__(session, reader, places, parent, columns)
        self._reader = reader
        self.wanted: Any = self.family()
        self.found: Found | None = None
        self._reader.read.connect(self._take)
        self.steps.changed.connect(self._set_setting)

    # --- what a subclass says -----------------------------------------------------------------------

    def forget(self) -> None:
        """Show nothing of what was read before."""
        raise NotImplementedError

    def show_found(self, found: Found) -> None:
        """Show a sample of what was read."""
        raise NotImplementedError

    def texts(self, found: Found) -> tuple[list[str], list[str], str]:
        """What each step comes to, what follows from each, and what was found in all."""
        raise NotImplementedError

    # --- what it does -------------------------------------------------------------------------------

    def open(self, path: str) -> None:
        """Read this, with what is set for it if it is in use."""
        self.found, self.wanted = None, self.present(path) or self.family().replaced(data=path)
        self.forget()
        self.begin(path)
        self._reader.read_for(self.wanted, fits=True)

    def ready(self) -> Found | None:
        return self.found

    def _set_setting(self, name: str, value: object) -> None:
        try:
            self.wanted = self.wanted.replaced(**{name: value})
        except SettingError as error:
            self.refuse(str(error))
            return
        self.found = None
        self.refuse("")
        self._reader.read_for(self.wanted)

    def _take(self, found: Found) -> None:
        self.found = found
        self.show_found(found)
        self.refuse("")

    def show_choice(self) -> None:
        """The settings, and what was found."""
        self.steps.show_settings(self.wanted)
        names, results, said = self.texts(self.found) if self.found is not None else ([""] * 3, [""] * 3, "")
        self.steps.show_texts(names, results)
        if self.found is not None:
            self.note.setText("; ".join(filter(None, (said, self.found.remark()))))
