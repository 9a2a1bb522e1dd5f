"""The window: lays out header, three columns and status bar, and passes what is asked for to the session."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.tasks import TASKS, family_of_data
from metalearn_gui.store.link import is_link
from metalearn_gui.ui.actions import Actions
from metalearn_gui.ui.cards import Cards
from metalearn_gui.ui.clip import Clip
from metalearn_gui.ui.data_files import ask_data_path, dropped_files, several_message, unread_message
from metalearn_gui.ui.export.sheet import ExportSheet
from metalearn_gui.ui.files import SessionFile, dropped_session
from metalearn_gui.ui.focus_ring import FocusRing
from metalearn_gui.ui.header import Header
from metalearn_gui.ui.help import HelpWindow
from metalearn_gui.ui.import_sheet import SHEETS
from metalearn_gui.ui.import_sheet.base import ImportSheet
from metalearn_gui.ui.in_rows import in_rows
from metalearn_gui.ui.left_side import SCROLL_BAR_ROOM, LeftSide
from metalearn_gui.ui.memory import keep_window, restore_window
from metalearn_gui.ui.message_bar import MessageBar
from metalearn_gui.ui.palette.palette import Palette
from metalearn_gui.ui.panels import PANELS, VIEW_PANELS, card
from metalearn_gui.ui.panels.network import NetworkPanel
from metalearn_gui.ui.panels.runs import RunsPanel
from metalearn_gui.ui.panels.tasks import TasksPanel
from metalearn_gui.ui.right_side import RightSide
from metalearn_gui.ui.settings_panel import SettingsPanel
from metalearn_gui.ui.status_bar import StatusBar
from metalearn_gui.ui.theme import scaled, theme
from metalearn_gui.ui.translated import Translated
from metalearn_gui.ui.transport_bar import HEIGHT as HEADER_HEIGHT
from metalearn_gui.ui.view import View
from metalearn_gui.ui.view_stack import TASK, ViewStack
from metalearn_gui.ui.views.presenter import PresenterView
from metalearn_gui.ui.window_zoom import WindowZoom
from metalearn_gui.ui.zoom import fit_new

LEFT, CENTRE, RIGHT = (
    ("tasks", "learner", "network"),
    ("task", "gallery"),
    ("meta_loss", "gradients", "adaptation", "cold_start", *VIEW_PANELS, "runs"),
)
CENTRE_SHARE, RIGHT_SHARE = 712, 416
ROOM_FIRST = ("meta_loss", "gradients", *VIEW_PANELS, "adaptation", "cold_start", "runs")
STRETCH = {
    "task": 480,
    "gallery": 300,
    "meta_loss": 264,
    "gradients": 180,
    "adaptation": 290,
    "runs": 190,
    **dict.fromkeys(VIEW_PANELS, 200),
}
GAP, NARROW, MINIMUM, FIRST_SIZE = 12, 1200, (1024, 700), (1440, 900)


class MainWindow(Translated, QMainWindow):
    """Everything one sees. remember: restore and keep geometry and theme."""

    def __init__(self, session: Session, remember: bool = False) -> None:
        super().__init__()
        self.session = session
        self._remember = remember
        self._import_sheets: dict[str, ImportSheet] = {}
        self.setMinimumSize(*MINIMUM)
        self.resize(*FIRST_SIZE)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus()  # else a list that closes gives the focus to the first button, and that takes the arrows
        self.zoom = WindowZoom(self, QSize(*MINIMUM))
        self.zoom.changed.connect(self._fit)
        self.file = SessionFile(session, self)
        self.clip = Clip(session, self)
        self.commands = Actions(self)
        self._header = Header(session, self)
        self._status = StatusBar(session, self)
        self._content = QWidget(self)
        self.panels = {key: PANELS[key](session, self._content) for key in (*LEFT, *CENTRE, *RIGHT)}
        self._left = LeftSide({key: card(self.panels, key, SettingsPanel) for key in LEFT}, self._content)
        self._lay_out()
        self._messages = MessageBar(session, self)
        self._ring = FocusRing(self)
        self._help = HelpWindow(self)
        card(self.panels, "tasks", TasksPanel).dataChosen.connect(self.take_data)
        self.cards = Cards(self)
        self._palette = Palette(self)
        self._left.soughtElsewhere.connect(self._palette.seek)
        self._header.exportRequested.connect(self.show_export)
        card(self.panels, "runs", RunsPanel).compareAsked.connect(lambda: self.show_view("compare"))
        self._header.themeToggled.connect(self.toggle_theme)
        self._header.presenterRequested.connect(lambda: self.show_view(PresenterView.key))
        self._header.menuRequested.connect(self._show_menu)
        self._header.side_by_side.openAsked.connect(self.show_view)
        card(self.panels, "network", NetworkPanel).insideRequested.connect(lambda: self.show_view("inside"))
        if remember:
            restore_window(self)

    def _lay_out(self) -> None:
        columns = QHBoxLayout(self._content)
        columns.setContentsMargins(GAP, GAP, GAP, GAP)
        columns.setSpacing(0)
        columns.addWidget(self._left)
        columns.addSpacing(GAP - SCROLL_BAR_ROOM)
        columns.addLayout(self._column(CENTRE), CENTRE_SHARE)
        columns.addSpacing(GAP)
        right = {key: self.panels[key] for key in RIGHT}
        columns.addWidget(RightSide(right, STRETCH, ROOM_FIRST, GAP, self._content), RIGHT_SHARE)
        self._views = ViewStack(self.session, in_rows(self._header, self._content), self)
        self._views.viewChanged.connect(self._take_view)
        self.setCentralWidget(in_rows(self._views, self._status))

    def _column(self, keys: Sequence[str]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(GAP)
        for key in keys:
            column.addWidget(self.panels[key], STRETCH.get(key, 0))
        return column

    # --- what the commands call -------------------------------------------------------------------

    def show_view(self, key: str) -> None:
        """A view in place of the task; the view that is shown: the task again."""
        self._views.show_view(TASK if key == self._views.key else key)

    def show_task(self) -> None:
        """Back to the task, from a card's own window too."""
        self._views.show_view(TASK)
        self.activateWindow()

    def attract(self) -> None:
        """The presenter, turning from preset to preset unattended."""
        self._views.show_view(PresenterView.key)
        if (presenter := self.findChild(PresenterView)) is not None:
            presenter.caption.play()

    def _take_view(self, key: str) -> None:
        on_stage = key == PresenterView.key
        self._status.setVisible(not on_stage)
        self.zoom.set_stage(on_stage)
        self.activateWindow()
        (self._views.view(key) if on_stage else self).setFocus()

    @property
    def transport(self) -> Session | View:
        """What run, step and reset mean in the view that is shown."""
        return self._views.transport

    def show_export(self) -> None:
        """The sheet with every format and picture."""
        self._export_sheet.open()

    @functools.cached_property
    def _export_sheet(self) -> ExportSheet:
        return fit_new(ExportSheet(self.session, self))

    def ask_import(self) -> None:
        """Ask for a file of data, and look at it in its sheet."""
        path = ask_data_path(self)
        if path:
            self.take_data(path)

    def take_data(self, path: str, family: str = "") -> None:
        """Look at a file or folder in its sheet, and make tasks of it there.

        family: what it was chosen for; else, and where that cannot read it, what its name and kind say.
        """
        reads = family in TASKS and TASKS[family].reads(path)
        key = family if reads else family_of_data(path) or family
        if not key:
            self.session.messageRaised.emit(unread_message(path))
            return
        if key not in self._import_sheets:
            self._import_sheets[key] = fit_new(SHEETS[key](self.session, self))
        self._import_sheets[key].open(path)

    def show_palette(self) -> None:
        """The list of everything there is to ask for."""
        self._palette.appear()

    def go_to(self, name: str) -> None:
        """Bring the editor of a setting in sight, and give it the keyboard."""
        self.show_task()
        self._left.go_to(name)

    def find_setting(self) -> None:
        """Seek in the cards of choices."""
        self.show_task()
        self._left.search()

    def chooses(self, key: str) -> bool:
        """Whether a card is one of choices; in a narrow window those are folded to a rail."""
        return key in LEFT

    def reveal_card(self, key: str) -> None:
        """Bring a card of choices in sight; the others always are."""
        if self.chooses(key):
            self._left.show_card(key)

    def leave_palette(self) -> None:
        """Something else was asked for by its key."""
        if self._palette.isVisible():
            self._palette.leave()

    @property
    def shows_all_settings(self) -> bool:
        """Whether the cards show more than the ten settings that come first."""
        return self._left.shows_all_settings

    def show_all_settings(self, on: bool) -> None:
        """All settings in the cards, or the ten."""
        self._left.show_all_settings(on)

    def choose_family(self, key: str) -> None:
        """A task family, as by its chip."""
        card(self.panels, "tasks", TasksPanel).choose(key)

    def choose_preset(self, key: str) -> None:
        """A preset, as by the header's list."""
        self._header.choose_preset(key)

    def show_help(self) -> None:
        """The window with the keys; asked for again, it goes."""
        self._help.toggle()

    def toggle_theme(self) -> None:
        """Dark to light and back."""
        theme().set_mode("light" if theme().is_dark else "dark")

    def _show_menu(self) -> None:
        button = self._header.menu
        menu = self.commands.menu()
        corner = button.mapToGlobal(button.rect().bottomRight())
        corner.setX(corner.x() - menu.sizeHint().width())
        menu.popup(corner)

    # --- what Qt tells ------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.zoom.follow()
        self._fit()

    def _fit(self) -> None:
        """Leave out what there is no room for at this size and zoom."""
        narrow = self.width() <= scaled(NARROW)
        self._left.set_narrow(narrow)
        self._header.fit()
        self._views.set_compact(narrow)
        self._status.set_compact(narrow)
        self._messages.place(GAP, scaled(HEADER_HEIGHT) + GAP, self.width() - 2 * GAP)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._messages.isVisible():
            self._messages.hide()
        elif not self.commands.press(event):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self._ring.lead(self, forward)

    def retranslate(self) -> None:
        """Write the commands' texts."""
        self.commands.retranslate()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if dropped_files(data) or is_link(data.text()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped_files(event.mimeData())
        if session := dropped_session(event.mimeData()):
            self.file.open(session)
        elif len(paths) == 1:
            self.take_data(paths[0])
        elif paths:
            self.session.messageRaised.emit(several_message(len(paths)))
        elif is_link(event.mimeData().text()):
            self.session.documents.open_link(event.mimeData().text())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ends the worker and asks nothing."""
        if self._remember:
            keep_window(self)
        self.session.close()
        super().closeEvent(event)
