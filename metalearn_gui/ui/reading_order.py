"""Tab goes through a window as one reads it, whenever its parts were made: rows from above, columns from the left."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly
SLACK = 2  # pixels by which neighbours may overlap


def move_focus(root: QWidget, forward: bool) -> bool:
    """Give the keyboard to what comes next within `root`, round and round; whether there was anything."""
    focused = QApplication.focusWidget()
    order = [widget for widget in as_read(root) if widget is focused or _takes_tab(widget)]
    if not order:
        return False
    step, start = (1, -1) if forward else (-1, 0)
    place = order.index(focused) if focused in order else start
    _give_keyboard(order[(place + step) % len(order)], forward)
    return True


def as_read(root: QWidget) -> Iterator[QWidget]:
    """Every visible widget within `root`, each before what it holds."""
    held = [child for child in root.findChildren(QWidget, options=DIRECT) if child.isVisible() and not child.isWindow()]
    for child in _sorted(held):
        yield child
        yield from as_read(child)


def takes_click(widget: QWidget) -> bool:
    """Whether Tab and a click both give it the keyboard: one means to use keys there."""
    return _takes_tab(widget) and bool(widget.focusPolicy().value & Qt.FocusPolicy.ClickFocus.value)


def holds_keyboard(widget: QWidget) -> bool:
    """Whether it or what it holds has the keyboard."""
    focused = QApplication.focusWidget()
    return focused is not None and (focused is widget or widget.isAncestorOf(focused))


def _takes_tab(widget: QWidget) -> bool:
    by_tab = widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
    return bool(by_tab) and widget.isEnabled() and widget.focusProxy() is None


def _give_keyboard(widget: QWidget, forward: bool) -> None:
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    widget.setFocus(reason)
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()


def _sorted(widgets: list[QWidget]) -> list[QWidget]:
    """Cut into rows where a gap goes all the way across, else into columns, and so on within each."""
    for start, end in ((QWidget.y, QWidget.height), (QWidget.x, QWidget.width)):
        parts = _cut(widgets, start, end)
        if len(parts) > 1:
            return [widget for part in parts for widget in _sorted(part)]
    return sorted(widgets, key=lambda widget: (widget.y(), widget.x()))


def _cut(
    widgets: list[QWidget], start: Callable[[QWidget], int], length: Callable[[QWidget], int]
) -> list[list[QWidget]]:
    parts: list[list[QWidget]] = []
    reach = 0
    for widget in sorted(widgets, key=start):
        if not parts or start(widget) >= reach - SLACK:
            parts.append([])
            reach = start(widget)
        parts[-1].append(widget)
        reach = max(reach, start(widget) + length(widget))
    return parts
