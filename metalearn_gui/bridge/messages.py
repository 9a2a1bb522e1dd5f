"""What the session has to say to a person."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Message:
    """A line for the message bar. action: a method of the session to offer, with its label."""

    text: str
    level: str = "info"  # "info", "warning", "error"
    action_label: str = ""
    action: str = ""  # name of a no-argument method of Session
