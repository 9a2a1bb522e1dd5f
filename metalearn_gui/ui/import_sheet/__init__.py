"""Import sheets by task family, where data are looked at before anything is set; a new one is a file and a line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.import_sheet.base import ImportSheet
from metalearn_gui.ui.import_sheet.images import ImageSheet
from metalearn_gui.ui.import_sheet.ratings import RatingsSheet
from metalearn_gui.ui.import_sheet.tables import TableSheet

SHEETS: dict[str, Callable[[Session, QWidget], ImportSheet]] = {
    TableSheet.family.key: TableSheet,
    ImageSheet.family.key: ImageSheet,
    RatingsSheet.family.key: RatingsSheet,
}
