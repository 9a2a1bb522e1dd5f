"""The cards of choices: a column that scrolls, or in a narrow window a rail that opens them as pop-overs."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.named import named
from metalearn_gui.ui.pop_over import PopOver
from metalearn_gui.ui.rail_button import RailButton
from metalearn_gui.ui.reading_order import as_read, takes_click
from metalearn_gui.ui.settings_panel import SettingsPanel
from metalearn_gui.ui.settings_search import NothingFound, SettingsSearch
from metalearn_gui.ui.theme import scaled, theme
from metalearn_gui.ui.translated import Translated

COLUMN_WIDTH, RAIL_WIDTH, GAP = 264, 56, 12
SCROLL_BAR_ROOM = 10


class LeftSide(Translated, QWidget):
    """Holds the cards; `set_narrow` exchanges the column for the rail."""

    soughtElsewhere = Signal(str)  # what is the name of no setting

    def __init__(self, panels: Mapping[str, SettingsPanel], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("left_side")
        self._panels = dict(panels)
        self._is_narrow = True  # until the end of this method
        self._column = self._made_column()
        self._host = parent
        self._overlay = PopOver(parent)
        self._overlay.closed.connect(self.close_pop_over)
        self._rail = named(QWidget(self), "rail")
        self._rail_buttons = {key: RailButton(key, number, self._rail) for number, key in enumerate(panels, 1)}
        self._all = named(QPushButton(self._rail), "rail_all")
        self._arrange_rail()
        self._line = line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self._column, 1)
        line.addWidget(self._rail, 0, Qt.AlignmentFlag.AlignLeft)
        theme().changed.connect(self._restyle)
        self.retranslate()
        self._restyle()
        self.set_narrow(False)

    def _made_column(self) -> QScrollArea:
        area = named(QScrollArea(self), "left_column")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget(area)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._search = SettingsSearch(holder)
        self._search.setFixedWidth(COLUMN_WIDTH)
        self._search.sought.connect(self._seek)
        self._search.entered.connect(self._enter_found)
        column.addWidget(self._search)
        self._none_found = NothingFound(holder)
        self._none_found.setFixedWidth(COLUMN_WIDTH)
        self._none_found.soughtElsewhere.connect(self._seek_elsewhere)
        column.addWidget(self._none_found)
        for panel in self._panels.values():
            panel.setFixedWidth(COLUMN_WIDTH)
            column.addWidget(panel)
        column.setStretch(column.count() - 1, 1)
        column.addStretch(0)  # takes what is left while a search hides the last card
        area.setWidget(holder)
        return area

    def _arrange_rail(self) -> None:
        self._rail.setFixedWidth(RAIL_WIDTH)
        column = QVBoxLayout(self._rail)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for key, button in self._rail_buttons.items():
            button.clicked.connect(lambda _checked=False, key=key: self._toggle_pop_over((key,)))
            column.addWidget(button)
        column.addStretch(1)
        self._all.setProperty("kind", "rail")
        self._all.setCheckable(True)
        self._all.setFixedSize(RAIL_WIDTH, 32)
        self._all.clicked.connect(lambda: self._toggle_pop_over(tuple(self._panels)))
        column.addWidget(self._all)

    # --- settings in sight --------------------------------------------------------------------------

    @property
    def shows_all_settings(self) -> bool:
        """Whether every card shows more than the essential settings."""
        return all(panel.form.shows_more for panel in self._panels.values())

    def show_all_settings(self, on: bool) -> None:
        """All settings in every card, or the essential ones."""
        for panel in self._panels.values():
            panel.form.show_more(on)

    def search(self) -> None:
        """Seek a setting in all cards."""
        if self._is_narrow:
            self._open_pop_over(tuple(self._panels))
        self._search.begin()

    def go_to(self, name: str) -> None:
        """Bring the editor of a setting in sight, and give it the keyboard."""
        place = next((key for key, panel in self._panels.items() if panel.findChild(QWidget, name)), None)
        if place is None:
            return
        self._search.end()
        panel = self._panels[place]
        if panel.is_detached:
            panel.window().activateWindow()
        elif self._is_narrow and place not in self._overlay.shown_keys:
            self._open_pop_over((place,))
        panel.reveal(name)
        QTimer.singleShot(0, self, lambda: self._take_to(panel.findChild(QWidget, name)))

    def show_card(self, key: str) -> None:
        """Bring a card in sight."""
        self._search.end()
        if self._is_narrow and not self._panels[key].is_detached and key not in self._overlay.shown_keys:
            self._open_pop_over((key,))

    def _take_to(self, editor: QWidget | None) -> None:
        """Once the cards are laid out anew."""
        if editor is not None:
            editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._column.ensureWidgetVisible(editor, 0, 60)

    def _seek(self, text: str) -> None:
        sought = text.strip().lower()
        for panel in self._panels.values():
            panel.seek(sought)
            if not panel.is_detached:
                panel.setVisible(not sought or panel.has_found)
        if sought and not any(panel.has_found for panel in self._panels.values()):
            self._none_found.show_sought(text.strip())
        else:
            self._none_found.hide()

    def _enter_found(self) -> None:
        """The keyboard to the first setting that was found, which stays in sight; where none was, seek elsewhere."""
        if self._none_found.isVisible():
            self._none_found.elsewhere.click()
            return
        forms = (panel.form for panel in self._panels.values() if panel.form.isVisible())
        self._take_to(next((one for form in forms for one in as_read(form) if takes_click(one)), None))

    def _seek_elsewhere(self, text: str) -> None:
        self._search.leave()
        self.close_pop_over()
        self.soughtElsewhere.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape in what was found ends the search as well."""
        if event.key() == Qt.Key.Key_Escape and self._search.isVisible():
            self._search.leave()
        else:
            super().keyPressEvent(event)

    # --- column or rail ---------------------------------------------------------------------------

    def set_narrow(self, narrow: bool) -> None:
        """The rail, or the column; as wide as it is at the zoom that is now."""
        self.setFixedWidth(scaled(RAIL_WIDTH if narrow else COLUMN_WIDTH) + SCROLL_BAR_ROOM)
        if narrow == self._is_narrow:
            return
        self.close_pop_over()
        self._is_narrow = narrow
        self._rail.setVisible(narrow)
        self._column.setVisible(not narrow)
        if not narrow and self._column.parentWidget() is not self:
            self._line.insertWidget(0, self._column, 1)
            self._show_cards(tuple(self._panels))
            self._column.show()

    def _toggle_pop_over(self, keys: tuple[str, ...]) -> None:
        if self._overlay.isVisible() and self._overlay.keys == keys:
            self.close_pop_over()
        else:
            self._open_pop_over(keys)
            self._overlay.take_keyboard(self._panels[keys[0]])

    def _open_pop_over(self, keys: tuple[str, ...]) -> None:
        self._show_cards(keys)
        self._overlay.open_with(self._column, keys, self._pop_over_place(keys))
        self._check_buttons(keys)

    def _pop_over_place(self, keys: tuple[str, ...]) -> QRect:
        top_left = self.mapTo(self._host, QPoint(scaled(RAIL_WIDTH) + 8, 0))
        wanted = sum(self._panels[key].sizeHint().height() + GAP for key in keys) + 2 * GAP
        return QRect(top_left, QSize(scaled(COLUMN_WIDTH) + 2 * GAP + SCROLL_BAR_ROOM, min(wanted, self.height())))

    def _show_cards(self, keys: tuple[str, ...]) -> None:
        for key, panel in self._panels.items():
            if not panel.is_detached:
                panel.setVisible(key in keys)

    def close_pop_over(self) -> None:
        """Back to the rail alone."""
        if self._overlay.isVisible():
            self._overlay.leave()
            self._search.end()
        self._check_buttons(())

    def _check_buttons(self, keys: tuple[str, ...]) -> None:
        for key, button in self._rail_buttons.items():
            button.setChecked(keys == (key,))
        self._all.setChecked(len(keys) == len(self._panels))

    # --- texts and colours ------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write every visible text."""
        texts = {"tasks": self.tr("Tasks"), "learner": self.tr("Learner"), "network": self.tr("Network")}
        for key, button in self._rail_buttons.items():
            button.set_text(texts[key])
        self._all.setToolTip(self.tr("All three cards"))
        self._all.setAccessibleName(self._all.toolTip())

    def _restyle(self) -> None:
        self._all.setIcon(icon("chevron_right", theme().palette.muted))
