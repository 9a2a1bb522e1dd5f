"""The foot of the sheet: where the files go, how many, and the buttons that write and stop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.icons import icon, pixmap
from metalearn_gui.ui.named import named
from metalearn_gui.ui.text import counted
from metalearn_gui.ui.theme import scaled, theme, ui_font

HEIGHT = 60


class Foot(QFrame):
    """Says what a person asks for; the sheet does it."""

    startRequested = Signal()
    stopRequested = Signal()
    folderChosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("export_foot")
        self.setFixedHeight(HEIGHT)
        self._folder, self._count, self._is_busy = Path(), 0, False
        self._icon, self._path, self._chosen = QLabel(self), ElidedLabel("", self), QLabel(self)
        self._change = named(QPushButton(self), "export_folder")
        self.stop = named(QPushButton(self), "export_stop")
        self.start = named(ProgressButton(self), "export_start")
        self._path.setFont(ui_font(12.5))
        self._chosen.setFont(ui_font(12))
        self._chosen.setProperty("tone", "muted")
        for button in (self._change, self.stop, self.start):
            button.setFont(ui_font(12.5, 600 if button is self.start else 500))
            button.setFixedHeight(34)
        self.start.setMinimumWidth(150)
        self.start.clicked.connect(self.startRequested)
        self.stop.clicked.connect(self.stopRequested)
        self._change.clicked.connect(self._ask_folder)
        self.stop.hide()
        line = QHBoxLayout(self)
        line.setContentsMargins(24, 0, 24, 0)
        line.setSpacing(10)
        line.addWidget(self._icon)
        line.addWidget(self._path, 1)
        line.addWidget(self._change)
        line.addSpacing(16)
        for widget in (self._chosen, self.stop, self.start):
            line.addWidget(widget)

    def show_folder(self, folder: Path) -> None:
        """Where the files go."""
        self._folder = folder
        home = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation))
        inside = folder.is_relative_to(home) and folder != home
        self._path.setText(f"~/{folder.relative_to(home).as_posix()}" if inside else str(folder))
        self._path.setAccessibleName(str(folder))

    def show_count(self, count: int) -> None:
        """How many formats are chosen."""
        self._count = count
        self.retranslate()

    def show_busy(self, is_busy: bool, ended: int, total: int) -> None:
        """While files are written the main button is their progress, and Stop stands beside it."""
        self._is_busy = is_busy
        self.start.set_share(ended / max(1, total) if is_busy else None)
        self.start.setText(self.tr("Writing {done} of {total}...").format(done=min(ended + 1, total), total=total))
        self.stop.setVisible(is_busy)
        self._change.setEnabled(not is_busy)
        self.retranslate()

    def retranslate(self) -> None:
        """Write every visible text."""
        self._chosen.setText(self.tr("%n chosen", "", self._count))
        self._change.setText(self.tr("Change..."))
        self._change.setAccessibleName(self.tr("Change the folder"))
        self.stop.setText(self.tr("Stop"))
        self.stop.setAccessibleName(self.tr("Stop writing"))
        self.stop.setToolTip(self.tr("The file under way is still finished"))
        if not self._is_busy:
            self.start.setText(counted(self._count, self.tr("Export 1 file"), self.tr("Export {count} files")))
        self.start.setAccessibleName(self.start.text())
        self.start.setEnabled(bool(self._count) and not self._is_busy)

    def restyle(self) -> None:
        """Take the theme's colours."""
        self._icon.setPixmap(pixmap("folder", scaled(16), scaled(16), self.devicePixelRatioF(), theme().palette.muted))
        self.stop.setIcon(icon("close"))
        self.stop.setIconSize(QSize(14, 14))

    def _ask_folder(self) -> None:
        start = next((str(path) for path in (self._folder, *self._folder.parents) if path.is_dir()), "")
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder for the exported files"), start)
        if folder:
            self.folderChosen.emit(folder)


class ProgressButton(QPushButton):
    """An accent button that turns into a bar while work is under way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share: float | None = None
        self.setProperty("kind", "accent")

    def set_share(self, share: float | None) -> None:
        """How much is done, 0..1; None = no work."""
        self._share = share
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._share is None:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(self.rect().adjusted(0, 0, -1, -1), 8, 8)
        painter.setClipPath(shape)
        wash = QColor(theme().palette.learner)
        wash.setAlphaF(0.45)
        painter.fillRect(self.rect(), theme().palette.card)
        painter.fillRect(0, 0, round(self.width() * self._share), self.height(), wash)
        painter.setClipping(False)
        painter.setPen(theme().palette.learner)
        painter.drawPath(shape)
        painter.setPen(theme().palette.text)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
