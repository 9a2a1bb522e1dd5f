"""Files that are left out, counted by reason."""

from __future__ import annotations

import collections

NAMED = 3  # files named in the line, at most


class Skips:
    """Every file that was not read counts once, under its reason."""

    def __init__(self) -> None:
        self._counts: collections.Counter[str] = collections.Counter()
        self._named: list[str] = []

    def add(self, reason: str, name: object) -> None:
        """reason: what the file is, in words that a number can stand before."""
        self._counts[reason] += 1
        if len(self._named) < NAMED:
            self._named.append(shortened(str(name)))

    def line(self) -> str:
        """How many of what, and the first names; empty where nothing was left out."""
        total = self._counts.total()
        if not total:
            return ""
        reasons = ", ".join(f"{count} {reason}" for reason, count in self._counts.most_common())
        more = ", ..." if total > len(self._named) else ""
        said = "1 file was" if total == 1 else f"{total} files were"
        return f"{said} left out: {reasons} ({', '.join(self._named)}{more})"


def shortened(name: str, length: int = 60) -> str:
    """A name from outside, fit for one line."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= length else f"...{plain[3 - length :]}"
