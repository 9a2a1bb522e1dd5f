"""Task families by key; a new one is a file here and a line below."""

from __future__ import annotations

from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.engine.tasks.blobs import Blobs
from metalearn_gui.engine.tasks.sinusoid import Sinusoid
from metalearn_gui.engine.tasks.vectors import Vectors

TASKS: dict[str, type[TaskFamily]] = {family.key: family for family in (Sinusoid, Blobs, Vectors)}
