"""Settings as a script: what the window does with them, in a few lines of Python."""

from __future__ import annotations

import textwrap
from typing import Any

from metalearn_gui.engine.presets import default_settings
from metalearn_gui.engine.settings import CHOICES, ExperimentSettings

SCRIPT = '''"""{title}: meta-trains, then tries unseen tasks. Needs the package metalearn-gui."""

from math import isfinite

from metalearn_gui.engine import default_settings, evaluate, trained

settings = default_settings().replaced(
{values}
)
state = trained(settings)

scores = evaluate(settings, state, num_tasks=600).learner
for step, (loss, interval) in enumerate(zip(scores.loss, scores.loss_ci95)):
    margin = f" +- {{interval:.2g}}" if isfinite(interval) else ""
    print(f"step {{step}}: unseen loss {{loss:.4g}}{{margin}}" if isfinite(loss) else f"step {{step}}: diverged")
'''


def script(settings: ExperimentSettings) -> str:
    """A script that meta-trains these settings and prints what they reach on unseen tasks."""
    values = "\n".join(f"{name}={value!r}," for name, value in changed_values(settings).items())
    title = f"{settings.learner.label} on {settings.tasks.label}"
    return SCRIPT.format(title=title, values=textwrap.indent(values, "    "))


def changed_values(settings: ExperimentSettings) -> dict[str, Any]:
    """By flat name what turns the default settings into these: the choices first, then what differs from theirs.

    `default_settings().replaced(**changed_values(settings)) == settings`.
    """
    choices = {name: settings.value(name) for name in CHOICES}
    start = default_settings().replaced(**choices)
    return choices | {
        name: settings.value(name) for name in settings.names() if settings.value(name) != start.value(name)
    }
