"""Reading images: draft."""

from __future__ import annotations

import dataclasses
import functools
import io
import zipfile
from pathlib import PurePosixPath

import numpy as np

from metalearn_gui.engine.backend import Array


@dataclasses.dataclass(frozen=True, eq=False)
class Pictures:
    """All images of a file, class by class.

    pixels: uint8 (images, height, width, channels), 0 = background; starts, counts: (classes,) where a class lies;
    names: of the classes; groups: (classes,) the number of the group (alphabet) each belongs to.
    """

    pixels: Array
    starts: Array
    counts: Array
    names: tuple[str, ...]
    groups: Array


@functools.lru_cache(maxsize=4)
def read(path: str, size: int, inverted: str) -> Pictures:
    from PIL import Image
    with zipfile.ZipFile(path) as z:
        names=sorted(n for n in z.namelist() if n.endswith(".png") and "__MACOSX" not in n)
        by={}
        for n in names:
            p=PurePosixPath(n)
            by.setdefault((p.parts[-3],p.parts[-2]),[]).append(n)
        pix=[];starts=[];counts=[];groups=[];k=0
        gn=sorted({a for a,_ in by})
        for (a,c),ns in sorted(by.items()):
            starts.append(k);counts.append(len(ns));groups.append(gn.index(a));k+=len(ns)
            for n in ns:
                im=Image.open(io.BytesIO(z.read(n))).convert("L").resize((size,size),Image.BILINEAR)
                pix.append(255-np.asarray(im))
    return Pictures(np.stack(pix)[...,None],np.array(starts),np.array(counts),tuple(f"{a}/{c}" for a,c in sorted(by)),np.array(groups))
