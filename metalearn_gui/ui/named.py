"""Names by which the style sheet and the tests find the parts of the window."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject

Part = TypeVar("Part", bound=QObject)


def named(part: Part, name: str) -> Part:
    """The part under its name: PySide takes `objectName=` where it builds a widget, but its types do not know it."""
    part.setObjectName(name)
    return part
