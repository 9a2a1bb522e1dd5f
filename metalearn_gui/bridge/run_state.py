"""What the worker does, as every button sees it."""

from __future__ import annotations

import enum


class RunState(enum.Enum):
    """Set by the runner alone; every button derives from it."""

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
