"""What a format says of itself, be it an exporter or a picture that a window draws."""

from __future__ import annotations

from typing import ClassVar, Protocol


class Described(Protocol):
    """All of it stands in the sheet of a window and in `list exporters`."""

    key: ClassVar[str]
    label: ClassVar[str]
    file_name: ClassVar[str]  # in a folder of exports
    suffix: ClassVar[str]  # of that name; empty for a folder
    opens_in: ClassVar[str]
    summary: ClassVar[str]  # one or two sentences for the window
    group: ClassVar[str]  # a key of the sheet's headings
