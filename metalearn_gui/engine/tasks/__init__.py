"""Task families by key; a new one is a file here and a line below."""

from __future__ import annotations

from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.engine.tasks.blobs import Blobs
from metalearn_gui.engine.tasks.denoise import Denoise
from metalearn_gui.engine.tasks.gp import GaussianProcess
from metalearn_gui.engine.tasks.harmonics import Harmonics
from metalearn_gui.engine.tasks.images import Images
from metalearn_gui.engine.tasks.linear import Linear
from metalearn_gui.engine.tasks.polynomials import Polynomials
from metalearn_gui.engine.tasks.sinusoid import Sinusoid
from metalearn_gui.engine.tasks.vectors import Vectors
from metalearn_gui.engine.tasks.waves import Waves

TASKS: dict[str, type[TaskFamily]] = {
    family.key: family
    for family in (
        Sinusoid,
        Linear,
        Harmonics,
        Waves,
        Polynomials,
        GaussianProcess,
        Blobs,
        Images,
        Denoise,
        Vectors,
    )
}
