"""How far the reading of a file of one's own is."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class ReadSoFar:
    """Of images or bytes; total 0: not known yet."""

    done: int
    total: int
