"""Task families by key; a new one is a file here and a line below."""

from __future__ import annotations

from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.engine.tasks.blobs import Blobs
from metalearn_gui.engine.tasks.circles import Circles
from metalearn_gui.engine.tasks.csv import Csv
from metalearn_gui.engine.tasks.denoise import Denoise
from metalearn_gui.engine.tasks.glyphs import Glyphs
from metalearn_gui.engine.tasks.gp import GaussianProcess
from metalearn_gui.engine.tasks.harmonics import Harmonics
from metalearn_gui.engine.tasks.images import Images
from metalearn_gui.engine.tasks.linear import Linear
from metalearn_gui.engine.tasks.moons import Moons
from metalearn_gui.engine.tasks.polynomials import Polynomials
from metalearn_gui.engine.tasks.ratings import Ratings
from metalearn_gui.engine.tasks.sinusoid import Sinusoid
from metalearn_gui.engine.tasks.spirals import Spirals
from metalearn_gui.engine.tasks.vectors import Vectors
from metalearn_gui.engine.tasks.waves import Waves
from metalearn_gui.engine.tasks.xor import Xor

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
        Moons,
        Circles,
        Spirals,
        Xor,
        Glyphs,
        Ratings,
        Images,
        Csv,
        Denoise,
        Vectors,
    )
}


def family_of_data(path: str) -> str:
    """The key of the first family whose tasks can be made of this file or folder; "" for none."""
    return next((key for key, family in TASKS.items() if family.reads(path)), "")
