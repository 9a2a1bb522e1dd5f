"""Ctrl+K: a line to type in over the list of what answers it. The keyboard never leaves the line."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QListView, QVBoxLayout, QWidget
from shiboken6 import isValid

from metalearn_gui.ui.icons import pixmap
from metalearn_gui.ui.line_edit import LineEdit
from metalearn_gui.ui.named import named
from metalearn_gui.ui.palette.entries import Entries, Entry
from metalearn_gui.ui.palette.finding import Found, find
from metalearn_gui.ui.palette.rows import Row, RowsDelegate, RowsModel
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.veil import Veil

WIDTH, HIGHEST, TOP = 640, 424, 132
LINE_HEIGHT, FOOT_HEIGHT, PAGE = 52, 32, 8
ROWS_MARGIN = 12  # below the last row, and the lines between the parts


class Palette(Veil):
    """Everything there is to ask for; Enter does it, Escape leaves."""

    def __init__(self, window: QWidget) -> None:
        super().__init__("command_palette", window)
        self._entries = Entries(window)
        self._offered: list[Entry] = []
        self._before: QWidget | None = None  # what had the keyboard
        self._model = RowsModel(self)
        self._icon, self._count = QLabel(self.paper), QLabel(self.paper)
        self._input = _Line(frozenset(self._keys), self.paper)
        self._list = named(QListView(self.paper), "palette_list")
        self._foot = QLabel(self.paper)
        self._dress()
        self._arrange()
        self._input.textChanged.connect(self._find)
        self._input.pressed.connect(self._press)
        self._list.clicked.connect(self._run)
        self.setFocusProxy(self._input)
        self.retranslate()
        self.restyle()

    def _dress(self) -> None:
        self._input.setFont(ui_font(16, 500))
        self._input.setFrame(False)
        self._input.setProperty("kind", "bare")
        self._count.setFont(ui_font(12.5))
        self._count.setProperty("tone", "muted")
        self._foot.setFont(ui_font(12))
        self._foot.setProperty("tone", "muted")
        self._foot.setFixedHeight(FOOT_HEIGHT)
        self._list.setModel(self._model)
        self._list.setItemDelegate(RowsDelegate(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(18, 0, 18, 0)
        line.setSpacing(12)
        line.addWidget(self._icon)
        line.addWidget(self._input, 1)
        line.addWidget(self._count)
        self._input.setFixedHeight(LINE_HEIGHT)
        rows = QVBoxLayout(self.paper)
        rows.setContentsMargins(1, 1, 1, 1)
        rows.setSpacing(0)
        rows.addLayout(line)
        rows.addWidget(self.rule())
        rows.addWidget(self._list, 1)
        self._rule = self.rule()
        rows.addWidget(self._rule)
        rows.addWidget(self._foot)
        self._foot.setContentsMargins(18, 0, 18, 0)

    def paper_place(self) -> QRect:
        """In the middle, below the header; as high as its rows, within bounds."""
        highest = min(scaled(HIGHEST), self.height() - 96)
        rows = scaled(LINE_HEIGHT + FOOT_HEIGHT) + self._model.height() + ROWS_MARGIN
        rows = max(rows, self.paper.minimumSizeHint().height())
        top, width = min(scaled(TOP), (self.height() - highest) // 2), min(scaled(WIDTH), self.width() - 48)
        return QRect((self.width() - width) // 2, top, width, min(rows, highest))

    def appear(self) -> None:
        """Offer everything as it is now; asked for again, leave."""
        if self.isVisible():
            self.leave()
            return
        self._before = QApplication.focusWidget() or self.window().focusWidget()
        self._offered = self._entries.all()
        self._input.clear()
        self._find("")
        super().appear()

    def seek(self, query: str) -> None:
        """Appear with something typed already."""
        self.appear()
        self._input.setText(query)

    def leave(self) -> None:
        """Back to what had the keyboard."""
        super().leave()
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.window().activateWindow()
            self._before.setFocus()
        self._before, self._offered = None, []
        self._model.show_rows([])

    # --- finding ----------------------------------------------------------------------------------

    def _find(self, query: str) -> None:
        found = find(query, self._offered, self._entries)
        self._model.show_rows(self._rows(found, has_best=bool(query.strip("> "))))
        self._rule.setVisible(bool(found))
        self._list.setVisible(bool(found))  # an empty one would take its least height from the line above
        count = self.tr("{count} of {all}").format(count=len(found), all=len(self._offered))
        self._count.setText(count if found else self.tr("nothing found"))
        self._select(next(iter(self._model.places()), -1))
        self.paper.setGeometry(self.paper_place())

    def _rows(self, found: list[Found], has_best: bool) -> list[Row]:
        """The best one, then each kind under its heading, kinds in the order of their best ones."""
        rows = [Row(self.tr("Best match")), Row(found=found[0])] if has_best and found else []
        rest = found[1:] if rows else found
        for kind in dict.fromkeys(one.entry.kind for one in rest):
            rows.append(Row(self._entries.heading(kind)))
            rows += [Row(found=one) for one in rest if one.entry.kind == kind]
        return rows

    def _select(self, place: int) -> None:
        index = self._model.index(place) if place >= 0 else QModelIndex()
        self._list.setCurrentIndex(index)
        if place in self._model.places()[:1]:
            self._list.scrollToTop()  # its heading too
        self._input.setAccessibleDescription(index.data() or "")

    def _move(self, steps: int) -> None:
        places = self._model.places()
        if places:
            now = places.index(self._list.currentIndex().row())
            wraps = abs(steps) == 1
            to = (now + steps) % len(places) if wraps else min(max(now + steps, 0), len(places) - 1)
            self._select(places[to])

    # --- doing ------------------------------------------------------------------------------------

    def _run(self, index: QModelIndex) -> None:
        found = self._model.row_at(index.row()).found if index.isValid() else None
        if found is not None:
            self.leave()
            found.entry.run()

    def _fill_in(self) -> None:
        """The name of the current setting, ready for a value."""
        index = self._list.currentIndex()
        found = self._model.row_at(index.row()).found if index.isValid() else None
        if found is not None:
            self._input.setText(f"{found.entry.setting} " if found.entry.setting else found.entry.text)

    def _press(self, key: int) -> None:
        self._keys[Qt.Key(key)](self)

    _keys: dict[Qt.Key, Any] = {
        Qt.Key.Key_Down: lambda self: self._move(1),
        Qt.Key.Key_Up: lambda self: self._move(-1),
        Qt.Key.Key_PageDown: lambda self: self._move(PAGE),
        Qt.Key.Key_PageUp: lambda self: self._move(-PAGE),
        Qt.Key.Key_Return: lambda self: self._run(self._list.currentIndex()),
        Qt.Key.Key_Enter: lambda self: self._run(self._list.currentIndex()),
        Qt.Key.Key_Tab: _fill_in,
        Qt.Key.Key_Backtab: lambda self: self._move(-1),
        Qt.Key.Key_Escape: leave,
    }

    # --- texts and colours ------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write every visible text."""
        self.setAccessibleName(self.tr("Command palette"))
        self._input.setAccessibleName(self.tr("What do you want to do?"))
        self._input.setPlaceholderText(self.tr("A command, a card, a setting, a learner ..."))
        self._list.setAccessibleName(self.tr("What answers"))
        keys = (
            (self.tr("Enter"), self.tr("run")),
            (self.tr("Tab"), self.tr("fill in a name")),
            (">", self.tr("commands only")),
            (self.tr("shots 5"), self.tr("sets a value")),
            (self.tr("Esc"), self.tr("leave")),
        )
        text = theme().palette.text.name()
        parts = (
            f"<span style='color:{text};font-weight:600'>{key.replace('>', '&gt;')}</span> {does}" for key, does in keys
        )
        self._foot.setText("&nbsp;&nbsp;&nbsp;&nbsp;".join(parts))

    def restyle(self) -> None:
        """Take the theme's colours."""
        self._icon.setPixmap(pixmap("search", scaled(18), scaled(18), self.devicePixelRatioF(), theme().palette.muted))
        self.retranslate()
        super().restyle()


class _Line(LineEdit):
    """A line to type in that says `pressed` for keys that mean something else."""

    pressed = Signal(int)

    def __init__(self, keys: frozenset[Qt.Key], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette_input")
        self._keys = keys

    def event(self, event: QEvent) -> bool:
        # Not in keyPressEvent: Tab does not come there.
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in self._keys:
            self.pressed.emit(event.key())
            return True
        return super().event(event)
