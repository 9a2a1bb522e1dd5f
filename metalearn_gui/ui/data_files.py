"""Asking for the data that tasks are made of: a table, a zip or a folder, which no system's dialog offers together."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from metalearn_gui.bridge.messages import REFUSAL, Message
from metalearn_gui.ui.icons import icon


class DataMenu(QMenu):
    """Three ways to choose; each opens its dialog. Says `chosen` for a path."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._start = ""
        self._table = self.addAction("", self._ask_table)
        self._zip = self.addAction("", self._ask_zip)
        self._folder = self.addAction("", self._ask_folder)

    def popup_at(self, widget: QWidget, path: str = "") -> None:
        """Open under a widget. path: what was chosen last; dialogs begin beside it."""
        self._start = str(Path(path).parent) if path else ""
        self._table.setText(self.tr("Table..."))
        self._table.setIcon(icon("export_csv"))
        self._zip.setText(self.tr("Zip file..."))
        self._zip.setIcon(icon("save"))
        self._folder.setText(self.tr("Folder..."))
        self._folder.setIcon(icon("folder"))
        self.popup(widget.mapToGlobal(QPoint(0, widget.height() + 2)))

    def _ask_table(self) -> None:
        self._say(ask_table_path(self.parentWidget(), self._start))

    def _ask_zip(self) -> None:
        title, pattern = self.tr("Choose a zip file"), self.tr("Zip files (*.zip)")
        path, _ = QFileDialog.getOpenFileName(self.parentWidget(), title, self._start, pattern)
        self._say(path)

    def _ask_folder(self) -> None:
        self._say(QFileDialog.getExistingDirectory(self.parentWidget(), self.tr("Choose a folder"), self._start))

    def _say(self, path: str) -> None:
        if path:
            self.chosen.emit(path)


def ask_table_path(parent: QWidget | None, start: str = "") -> str:
    """The table to import, or "" where the person thought better of it."""
    title = QCoreApplication.translate("DataMenu", "Choose a table")
    pattern = QCoreApplication.translate("DataMenu", "Tables (*.csv *.tsv *.txt *.parquet)")
    return QFileDialog.getOpenFileName(parent, title, start, pattern)[0]


def ask_data_path(parent: QWidget | None, start: str = "") -> str:
    """A table or a zip to import, or "" likewise."""
    title = QCoreApplication.translate("DataMenu", "Choose data")
    pattern = QCoreApplication.translate("DataMenu", "Tables and zips (*.csv *.tsv *.txt *.parquet *.zip)")
    return QFileDialog.getOpenFileName(parent, title, start, pattern)[0]


def unread_message(path: str) -> Message:
    """No task family reads this, or it is not there."""
    if not Path(path).exists():
        gone = QCoreApplication.translate("DataMenu", "There is no file or folder {path}; choose another one")
        return Message(gone.format(path=path), "warning", about=REFUSAL)
    said = QCoreApplication.translate(
        "DataMenu",
        "No tasks can be made of {name}; choose a table (CSV, TSV, Parquet), a zip or a folder of images, or a session",
    )
    return Message(said.format(name=Path(path).name), "warning", about=REFUSAL)


def several_message(count: int) -> Message:
    """Tasks are made of one file or folder."""
    said = QCoreApplication.translate("DataMenu", "{count} files were dropped; drop one file or one folder at a time")
    return Message(said.format(count=count), "warning", about=REFUSAL)


def dropped_files(data: QMimeData) -> list[str]:
    """The paths of the files and folders in a drop, whatever they hold."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
