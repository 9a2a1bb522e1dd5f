"""A card: title, hint and actions over a body; it collapses, and it tears off to a window of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QFont, QIcon, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.elided_label import Hint
from metalearn_gui.ui.explanation import Explanation, WhyButton
from metalearn_gui.ui.focus_ring import FocusRing
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.lookout import once
from metalearn_gui.ui.named import named
from metalearn_gui.ui.reading_order import as_read, takes_click
from metalearn_gui.ui.theme import small_capitals_font, theme, ui_font
from metalearn_gui.ui.translated import Dressed
from metalearn_gui.ui.whys import WHYS
from metalearn_gui.ui.zoom import fonts_of

MARGIN = 14
ICON_SIZE, ICON_BUTTON = QSize(16, 16), QSize(22, 20)


class Panel(Dressed, QFrame):
    """The base of every card. Subclasses fill `self.body` and override `retranslate`, and `restyle` if they draw."""

    key: ClassVar[str] = ""
    room: int = 150  # pixels of the design that the card needs to say something; with less it had better be folded
    wish: int = 0  # pixels of the design that it makes good use of, where others leave them

    collapsedChanged = Signal(bool)
    detachedChanged = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName(f"{self.key}_panel")
        self._window: PanelWindow | None = None
        self._explanation: Explanation | None = None
        self._actions: list[tuple[QToolButton, str]] = []
        self._expanded_policy = self.sizePolicy()
        self._build_header()
        self._content = QWidget(self)
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 8, MARGIN, MARGIN - 4)
        outer.setSpacing(7)
        outer.addLayout(self._header)
        outer.addWidget(self._content, 1)
        theme().changed.connect(self._restyle)
        once(self, QEvent.Type.Polish, self.dress)

    def _build_header(self) -> None:
        self._title = named(QPushButton(self), f"{self.key}_title")
        self._title.setProperty("kind", "title")
        self._title.setFont(small_capitals_font())
        self._title.setIconSize(QSize(12, 12))
        self._title.clicked.connect(self.toggle_collapsed)
        self._hint = Hint("", self)
        self._hint.setProperty("tone", "muted")
        self._hint.setFont(ui_font(12))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._header = QHBoxLayout()
        self._header.setSpacing(4)
        self._header.addWidget(self._title)
        self._header.addWidget(self._hint, 1)
        self._detach = self.add_icon_action("detach", self.toggle_detached)
        self._detach.setObjectName(f"{self.key}_detach")
        self._why = WhyButton(*WHYS[self.key], self) if self.key in WHYS else None
        if self._why is not None:
            self._header.insertWidget(self._header.count() - 1, self._why)

    # --- for subclasses -----------------------------------------------------------------------

    def set_title(self, text: str) -> None:
        """The card's title, shown in capitals."""
        self._title.setText(text)
        self._title.setAccessibleName(text)
        self.setAccessibleName(text)
        if self._why is not None:
            self._why.retranslate(text)

    def set_hint(self, text: str, short: str = "", help: str = "") -> None:
        """The muted half-line that says what the card is for; the short one where there is little room.

        help: what its words mean, for the tooltip.
        """
        self._hint.setText(text)
        self._hint.set_short(short)
        self._hint.set_help(help)

    def take_keyboard(self) -> None:
        """Give the keyboard to what its keys act on, or to the title where the card has nothing of the kind."""
        goal = self.keyboard_goal()
        goal.clearFocus()  # it may have it from a press: then nothing is chosen for the keys
        goal.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyboard_goal(self) -> QWidget:
        """The first of the body that a click gives the keyboard as well: a picture, a table; else the title."""
        return next(filter(takes_click, as_read(self._content)), self._title)

    @property
    def hint(self) -> str:
        return self._hint.text()

    def explain(self, sentence: str, rest: str) -> None:
        """One sentence below the body that says what the card shows, and behind "why?" a few more."""
        if self._explanation is None:
            self._explanation = Explanation(self)
            self.body.addWidget(self._explanation)
        self._explanation.set_texts(sentence, rest)

    def add_header_action(self, icon_name: str, text: str, slot: Callable[[], object]) -> QToolButton:
        """A small button at the right of the header: an icon, with its text beside it where there is one."""
        button = QToolButton(self)
        button.setProperty("kind", "flat")
        button.setFont(ui_font(12))
        button.setIconSize(ICON_SIZE)
        self._actions.append((button, icon_name))
        button.setIcon(icon(icon_name, theme().palette.muted))
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if text else Qt.ToolButtonStyle.ToolButtonIconOnly
        button.setToolButtonStyle(style)
        button.setText(text)
        button.setAccessibleName(text)
        button.clicked.connect(lambda _checked=False: slot())
        place = self._header.count() - 1 if len(self._actions) > 1 else self._header.count()
        self._header.insertWidget(place, button)
        return button

    def add_icon_action(self, icon_name: str, slot: Callable[[], object]) -> QToolButton:
        """A header action that stays an icon; its tooltip and accessible name are set in `retranslate`."""
        button = self.add_header_action(icon_name, "", slot)
        button.setFixedSize(ICON_BUTTON)
        return button

    # --- collapse and detach --------------------------------------------------------------------

    @property
    def is_collapsed(self) -> bool:
        return self._content.isHidden()

    @property
    def is_detached(self) -> bool:
        return self._window is not None

    def toggle_collapsed(self) -> None:
        """Fold the card to its header, or unfold it."""
        collapsed = not self.is_collapsed
        if collapsed:
            self._expanded_policy = self.sizePolicy()
        self._content.setVisible(not collapsed)
        folded = QSizePolicy(self._expanded_policy.horizontalPolicy(), QSizePolicy.Policy.Maximum)
        self.setSizePolicy(folded if collapsed else self._expanded_policy)
        self._restyle()
        self._name_controls()
        self.collapsedChanged.emit(collapsed)

    def toggle_detached(self) -> None:
        """Tear the card off to a window of its own, or put it back in its place."""
        if self._window is not None:
            self._window.close()
            return
        self._window = PanelWindow(self)
        self._window.show()
        self._window.closed.connect(self._come_back)
        self.keyboard_goal().setFocus()  # Qt would take the title: a space would fold the card
        self._after_detaching()

    @property
    def floats_at(self) -> QByteArray:
        """Where its own window stands, for `float_at`; empty where it has none."""
        return QByteArray() if self._window is None else self._window.saveGeometry()

    def float_at(self, geometry: QByteArray) -> None:
        """Tear the card off to where it has been, or near to it where there is no such screen."""
        if self._window is None:
            self.toggle_detached()
        if self._window is not None:
            self._window.restoreGeometry(geometry)

    def _come_back(self) -> None:
        window, self._window = self._window, None
        if window is not None:
            window.deleteLater()
        self._after_detaching()

    def _after_detaching(self) -> None:
        self._restyle()
        self._name_controls()
        self.detachedChanged.emit(self.is_detached)

    # --- texts and colours ------------------------------------------------------------------------

    def _retranslate(self) -> None:
        self._name_controls()
        super()._retranslate()

    def _name_controls(self) -> None:
        detach = self.tr("Put back") if self.is_detached else self.tr("Open in its own window")
        self._detach.setToolTip(detach)
        self._detach.setAccessibleName(detach)
        self._title.setToolTip(self.tr("Expand") if self.is_collapsed else self.tr("Collapse"))

    def _restyle(self) -> None:
        muted = theme().palette.muted
        for button, name in self._actions:
            button.setIcon(icon(name, muted))
        self._detach.setIcon(icon("attach" if self.is_detached else "detach", muted))
        self._title.setIcon(icon("chevron_right", muted) if self.is_collapsed else QIcon())
        super()._restyle()


class PanelWindow(QWidget):
    """The window of a card that was torn off; closing it puts the card back where a placeholder waits."""

    closed = Signal()

    def __init__(self, panel: Panel) -> None:
        home = panel.parentWidget()
        super().__init__(home.window() if home else None, Qt.WindowType.Window)
        self._panel = panel
        self._ring = FocusRing(self)
        self._layout_at_home = home.layout() if home else None
        self._placeholder = QPushButton(self.tr("In its own window. Put back"), home)
        self._placeholder.setProperty("kind", "more")
        self._placeholder.clicked.connect(self.close)
        self.setWindowTitle(panel.accessibleName())
        if (window := self.parentWidget()) is not None:
            self.addActions(window.actions())  # shortcuts mean here what they mean there
        self.setAcceptDrops(True)
        size = panel.size()
        self._fonts: list[tuple[QWidget, QFont]] = fonts_of(panel)
        if self._layout_at_home is not None:
            self._layout_at_home.replaceWidget(panel, self._placeholder)
            self._placeholder.show()
        own = QVBoxLayout(self)
        own.setContentsMargins(8, 8, 8, 8)
        own.addWidget(panel)
        panel.show()
        self.resize(size.expandedTo(QSize(420, 320)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._give_fonts()

    def _give_fonts(self) -> None:
        """Another window dresses a card anew, and Qt gives it the type that it was built with, whatever the zoom."""
        for widget, font in self._fonts:
            widget.setFont(font)
        self._fonts = []

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if (window := self.parentWidget()) is not None:
            window.dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if (window := self.parentWidget()) is not None:  # a drop means the window that the card is from
            window.dropEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (window := self.parentWidget()) is not None:
            window.keyPressEvent(event)  # so do keys

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self._ring.lead(self, forward)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._layout_at_home is not None and self._panel.parentWidget() is self:
            self._fonts = fonts_of(self._panel)
            self._layout_at_home.replaceWidget(self._placeholder, self._panel)
            self._panel.setParent(self._panel.parentWidget())  # to PySide, or its menus' actions go with this window
            self._panel.show()
            self._give_fonts()
            self._placeholder.deleteLater()
        super().closeEvent(event)
        self.closed.emit()
