"""The engine's speed beside other programs' on the same work, in one run; `metalearn-gui benchmark`.

A machine is never the same twice: everybody takes turns of about a second, round after round, and what
counts is the median of the ratios within a round. Tensors are small here, and a library that spreads them
over cores may lose by it, so peers are measured as they come and a second time kept to one core.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from metalearn_gui.benchmark.lane import Absent, Lane
from metalearn_gui.benchmark.work import WORKS, Work

ROUNDS = 9
TURN_SECONDS = 1.0
FIRST_ITERATIONS = 100  # compiles, and gives the losses that show everybody does the same work


@dataclasses.dataclass(frozen=True)
class Entrant:
    """A module with a function `enter(work) -> Race`, and how many meta-iterations it does in one call."""

    module: str
    grain: int = 1


OURS = Entrant("metalearn_gui.benchmark.ours", grain=100)
PEERS = {
    "learn2learn": Entrant("metalearn_gui.benchmark.learn2learn_peer"),
    "torch": Entrant("metalearn_gui.benchmark.torch_peer"),
    "jax": Entrant("metalearn_gui.benchmark.jax_peer", grain=100),
}


def benchmark(against: Sequence[str], works: Sequence[str] = tuple(WORKS)) -> dict[str, Any]:
    """Meta-iterations per second, ours and of every peer that is installed and has a program for the work.

    Args:
        against: keys of PEERS; each is measured twice, as "jax" and as "jax_one_core".
        works: keys of WORKS.
    Returns: {"machine", "work": [{"name", "ours", "peers", "ratio", "loss"}], "absent": {peer: why}}.
        ratio: ours to the peer's; loss: the objective around meta-iteration 75, on the same episodes for everybody.
    """
    absent: dict[str, str] = {}
    measured = [_measured(WORKS[key], [peer for peer in against if peer in WORKS[key].peers], absent) for key in works]
    return {"machine": _machine(), "work": measured, "absent": absent}


def _measured(work: Work, against: Sequence[str], absent: dict[str, str]) -> dict[str, Any]:
    with contextlib.ExitStack() as stack:
        lanes = {"ours": stack.enter_context(Lane(OURS.module, work))}
        grains = {"ours": OURS.grain}
        for name, entrant, is_pinned in _entries(against):
            try:
                lanes[name] = stack.enter_context(Lane(entrant.module, work, is_pinned))
            except Absent as why:
                absent[name] = str(why)
            grains[name] = entrant.grain
        losses = {name: lane.run(FIRST_ITERATIONS)[1] for name, lane in lanes.items()}
        rates = _rates(lanes, {name: _turn(lane, grains[name]) for name, lane in lanes.items()})
    ours = rates.pop("ours")
    ratios = {name: [own / other for own, other in zip(ours, others, strict=True)] for name, others in rates.items()}
    return {
        "name": work.name,
        "ours": round(statistics.median(ours), 1),
        "peers": {name: round(statistics.median(values), 1) for name, values in rates.items()},
        "ratio": {name: round(statistics.median(values), 2) for name, values in ratios.items()},
        "loss": {name: round(loss, 3) for name, loss in losses.items()},
    }


def _entries(against: Sequence[str]) -> list[tuple[str, Entrant, bool]]:
    """Name, entrant and whether it is pinned, of every peer: as it comes, and kept to one core where that can be."""
    entries = [(name, PEERS[name], False) for name in against]
    if hasattr(os, "sched_setaffinity"):
        entries += [(f"{name}_one_core", PEERS[name], True) for name in against]
    return entries


def _rates(lanes: Mapping[str, Lane], turns: Mapping[str, int]) -> dict[str, list[float]]:
    """Meta-iterations per second by round; every other round runs backwards, so that no place is the better one."""
    rates: dict[str, list[float]] = {name: [] for name in lanes}
    for number in range(ROUNDS):
        for name in list(lanes) if number % 2 == 0 else list(reversed(lanes)):
            seconds, _ = lanes[name].run(turns[name])
            rates[name].append(turns[name] / seconds)
    return rates


def _turn(lane: Lane, grain: int) -> int:
    """Whole grains of meta-iterations that take about TURN_SECONDS."""
    probe = max(grain, 10)
    seconds, _ = lane.run(probe)
    return max(1, int(probe * TURN_SECONDS / seconds) // grain) * grain


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
