"""Meta-learning without a window: settings in, events out. No Qt; usable from a script or a notebook."""

from __future__ import annotations

from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.evaluation import evaluate
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.presets import PRESETS, default_settings, preset
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import Options, meta_train, prepare, trained

__all__ = [
    "PRESETS",
    "ExperimentSettings",
    "Options",
    "PointSet",
    "SettingError",
    "adapt",
    "default_settings",
    "evaluate",
    "meta_train",
    "prepare",
    "preset",
    "trained",
]
