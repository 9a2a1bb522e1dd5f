"""What the session has to say to a person."""

from __future__ import annotations

import dataclasses

# What is over once another wish is granted, another run begins or this one goes on, the session is saved, or opened;
# or once there is work on this session: then one that was left unsaved is offered by the menu alone; or once the live
# run is shown again; or once what was done is taken back; or once what was compared goes on or is out of sight.
REFUSAL, RUN, SAVING, OPENING, LEFT, SHOWN, DEED = "refusal", "run", "saving", "opening", "left", "shown", "deed"
COMPARED = "compared"


@dataclasses.dataclass(frozen=True)
class Message:
    """A line for the message bar.

    action: what to offer, with its label: a method of the session or of a part of it ("documents.save").
    choices: where there are several things to do it to, a method that names them; the action then takes the place of
        one of them.
    stays: until it is answered or another one comes, though it is information.
    about: one of the constants above. An empty text about the same takes it back, and leaves others alone.
    """

    text: str
    level: str = "info"  # "info", "warning", "error"
    action_label: str = ""
    action: str = ""
    choices: str = ""
    stays: bool = False
    about: str = ""
