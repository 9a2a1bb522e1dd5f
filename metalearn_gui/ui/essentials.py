"""The ten settings that a person meets first: what the cards show before all settings are asked for."""

from __future__ import annotations

from metalearn_gui.engine.idle import idle_settings
from metalearn_gui.engine.params import params_of
from metalearn_gui.engine.settings import ExperimentSettings

MOST = 10
ENDS = ("input_dim", "output_dim")
ORDER = ("network", "episodes", "outer", "learner", "tasks", "run")


def essential_settings(settings: ExperimentSettings) -> frozenset[str]:
    """The flat names of at most ten settings; what the learner's story needs comes before the family's own."""
    plain = {group: [spec.name for spec in params_of(settings.group(group)) if not spec.advanced] for group in ORDER}
    sizes = [name for name in plain["network"] if not (settings.tasks.fixed_dims and name in ENDS)]
    others = [name for group in ORDER[1:] for name in plain[group] if name not in ENDS]
    concerns = [name for name in settings.learner.concerns if name in settings.names()]
    first = dict.fromkeys([*sizes, *plain["episodes"], *plain["outer"], *concerns, *others])
    idle = idle_settings(settings).keys() - set(concerns)
    return frozenset([name for name in first if name not in idle][:MOST])
