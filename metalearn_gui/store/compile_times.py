"""How many seconds compilations took on this machine, by what was compiled."""

from __future__ import annotations

from pathlib import Path

from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.home import home
from metalearn_gui.store.small_json import read_object, write_object

MOST = 100  # kinds


def seconds_of(settings: ExperimentSettings, purpose: str = "") -> float | None:
    """What the newest compilation of this kind took; None where there was none."""
    seconds = read_object(_place()).get(_kind(settings, purpose))
    return float(seconds) if isinstance(seconds, int | float) else None


def remember_seconds(settings: ExperimentSettings, seconds: float, purpose: str = "") -> None:
    """Keep what a compilation took."""
    known = read_object(_place())
    known.pop(_kind(settings, purpose), None)  # to its end: the oldest goes first
    write_object(_place(), known | {_kind(settings, purpose): round(seconds, 1)}, MOST)


def _kind(settings: ExperimentSettings, purpose: str) -> str:
    """What the time depends on most: sizes of layers and batches matter little."""
    steps = f"{settings.learner.num_steps} steps"
    return ", ".join(filter(None, (settings.learner.key, settings.network.key, steps, purpose)))


def _place() -> Path:
    return home() / "compile_seconds.json"
