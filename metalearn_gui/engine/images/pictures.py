"""What is kept of a file of images."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array


@dataclasses.dataclass(frozen=True, eq=False)
class Pictures:
    """All images of a file, class by class.

    pixels: uint8 (images, height, width, channels) as they were read; counts: (classes,) images of each class;
    names: of the classes; groups: (classes,) the number of the group (alphabet) each belongs to;
    splits: the split that each class's folder names, or empty where folders name none;
    has_light_paper: whether borders are lighter than the whole; skipped: what was left out, in one line, or "";
    digest: of the file's contents.
    """

    pixels: Array
    counts: Array
    names: tuple[str, ...]
    groups: Array
    splits: tuple[str, ...]
    has_light_paper: bool
    skipped: str
    digest: str

    @property
    def nbytes(self) -> int:
        """Of all pixels."""
        return self.pixels.nbytes

    @property
    def is_whole(self) -> bool:
        """Whether its parts fit together: what comes from a disk may not."""
        return (
            self.pixels.dtype == np.uint8
            and self.pixels.ndim == 4
            and len(self.pixels) == int(self.counts.sum())
            and bool((self.counts >= 0).all())
            and len(self.names) == len(self.counts) == len(self.groups)
            and len(self.splits) in (0, len(self.names))
        )

    @property
    def starts(self) -> Array:
        """Where each class lies in `pixels`: (classes,)."""
        return np.asarray(np.cumsum(self.counts) - self.counts)

    @property
    def num_groups(self) -> int:
        return len(set(self.groups.tolist()))

    @property
    def folder_names(self) -> tuple[str, ...]:
        """The groups by the names of their folders, in the order of their classes; of one group alone its classes."""
        groups = dict.fromkeys(name.rpartition("/")[0] for name in self.names)
        return tuple(name.rpartition("/")[2] for name in (groups if self.num_groups > 1 else self.names))


def is_light_paper(pixels: Array) -> bool:
    """Whether the borders of images (n, height, width, channels) are lighter than the whole of them."""
    return float(np.mean([edge.mean() for edge in edges_of(pixels)])) > float(pixels.mean())


def edges_of(pixels: Array) -> tuple[Array, ...]:
    """The four borders of images (n, height, width, channels): (n, height or width, channels)."""
    return pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]
