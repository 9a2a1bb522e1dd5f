"""Why ratings are not read."""

from __future__ import annotations

from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tables import refusal as tables


def refusal(path: str, why: str, what_to_do: str = "choose another file") -> SettingError:
    """One line: the file, what is the matter with it, and what to do."""
    return tables.refusal(path, why, what_to_do, "Ratings file")
