"""Why ratings are not read."""

from __future__ import annotations

from metalearn_gui.engine.params import SettingError

SHOWN_PATH = 60  # characters


def refusal(path: str, why: str, what_to_do: str = "choose another file") -> SettingError:
    """One line: the file, what is the matter with it, and what to do."""
    shown = path if len(path) <= SHOWN_PATH else f"...{path[-SHOWN_PATH + 3 :]}"
    return SettingError(f"Ratings (data) is {shown!r}: {' '.join(why.split())}; {what_to_do}")
