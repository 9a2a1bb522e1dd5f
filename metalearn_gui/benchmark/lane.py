"""A competitor in a process of its own, waiting for its turn: this end starts it, competitor.py is the other.

The two ends talk in lines of JSON: the competitor's first line is {"name": ...} or {"absent": why}; then each
line with a number of meta-iterations is answered by {"seconds", "cpu_seconds", "loss"}.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from typing import Any, NamedTuple, Self

from metalearn_gui.benchmark.work import Work

COMPETITOR = "metalearn_gui.benchmark.competitor"
END_SECONDS = 60.0


class Turn(NamedTuple):
    """What some meta-iterations took by the clock and of all cores together, and the loss that they came to."""

    seconds: float
    cpu_seconds: float
    loss: float


class Absent(Exception):
    """The competitor cannot take part on this machine; its text says why."""


class Lane:
    """One competitor on one piece of work.

    Args:
        module: with a function `enter(work) -> Race`.
        pinned: kept to one core, from before its library is imported.

    Raises:
        Absent: what it needs is not installed here.
    """

    def __init__(self, module: str, work: Work, pinned: bool = False) -> None:
        self._module = module
        command = [sys.executable, "-m", COMPETITOR, module, work.key, str(int(pinned))]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        first = self._answer()
        if "absent" in first:
            self.close()
            raise Absent(first["absent"])

    def run(self, num_iterations: int) -> Turn:
        """Meta-iterations now."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{num_iterations}\n")
        self._process.stdin.flush()
        answer = self._answer()
        if "absent" in answer:
            raise RuntimeError(f"{self._module} was lost in a race: {answer['absent']}")
        return Turn(**answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(END_SECONDS)

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            return {"absent": f"its process ended with status {self._process.wait()}"}
        answer: dict[str, Any] = json.loads(line)
        return answer
