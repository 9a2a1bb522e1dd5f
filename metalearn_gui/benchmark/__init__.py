"""The engine's speed beside other programs' on the same work, in one run; `metalearn-gui benchmark`.

A machine is never the same twice: everybody takes turns of about a second, round after round, and what
counts is the median of the ratios within a round. Tensors are small here, and a library that spreads them
over cores may lose by it, so peers are measured as they come and a second time kept to one core. Where
others keep the machine busy, processor time says more than the clock: it is reported beside it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from metalearn_gui.benchmark.lane import Absent, Lane, Turn
from metalearn_gui.benchmark.work import WORKS, Work

ROUNDS = 9
TURN_SECONDS = 1.0
FEWEST_ITERATIONS = 10  # in the turn that finds out how fast somebody is


@dataclasses.dataclass(frozen=True)
class Entrant:
    """A module with a function `enter(work) -> Race`, and whether it does a block of meta-iterations in one call."""

    module: str
    in_blocks: bool = False


OURS = Entrant("metalearn_gui.benchmark.ours", in_blocks=True)
PEERS = {
    "learn2learn": Entrant("metalearn_gui.benchmark.learn2learn_peer"),
    "torch": Entrant("metalearn_gui.benchmark.torch_peer"),
    "jax": Entrant("metalearn_gui.benchmark.jax_peer", in_blocks=True),
}


def benchmark(against: Sequence[str], works: Sequence[str] = tuple(WORKS)) -> dict[str, Any]:
    """Meta-iterations per second, ours and of every peer that is installed and has a program for the work.

    Args:
        against: keys of PEERS; each is measured twice, as "jax" and as "jax_one_core".
        works: keys of WORKS.
    Returns: {"machine", "work": [{"name", "ours", "peers", "ratio", "cpu_ratio", "loss"}], "absent": {peer: why}}.
        ratio: ours to the peer's; cpu_ratio: the same per second of processor time, of all cores together;
        loss: the objective late in the first block, on the same episodes for everybody.
    """
    absent: dict[str, str] = {}
    measured = [_measured(WORKS[key], [peer for peer in against if peer in WORKS[key].peers], absent) for key in works]
    return {"machine": _machine(), "work": measured, "absent": absent}


def _measured(work: Work, against: Sequence[str], absent: dict[str, str]) -> dict[str, Any]:
    with contextlib.ExitStack() as stack:
        lanes = {"ours": stack.enter_context(Lane(OURS.module, work))}
        entrants = {"ours": OURS}
        for name, entrant, is_pinned in _entries(against):
            try:
                lanes[name] = stack.enter_context(Lane(entrant.module, work, is_pinned))
            except Absent as why:
                absent[name] = str(why)
            entrants[name] = entrant
        first = {name: lane.run(work.block_steps) for name, lane in lanes.items()}  # compiles
        grains = {name: work.block_steps if entrants[name].in_blocks else 1 for name in lanes}
        sizes = {name: _turn_size(lane, grains[name]) for name, lane in lanes.items()}
        turns = _turns(lanes, sizes)
    rates = {name: [sizes[name] / turn.seconds for turn in turns[name]] for name in lanes}
    cpu_rates = {name: [sizes[name] / turn.cpu_seconds for turn in turns[name]] for name in lanes}
    others = [name for name in lanes if name != "ours"]
    return {
        "name": work.name,
        "ours": round(statistics.median(rates["ours"]), 1),
        "peers": {name: round(statistics.median(rates[name]), 1) for name in others},
        "ratio": {name: _median_ratio(rates["ours"], rates[name]) for name in others},
        "cpu_ratio": {name: _median_ratio(cpu_rates["ours"], cpu_rates[name]) for name in others},
        "loss": {name: round(turn.loss, 3) for name, turn in first.items()},
    }


def _median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return round(statistics.median(own / other for own, other in zip(ours, theirs, strict=True)), 2)


def _entries(against: Sequence[str]) -> list[tuple[str, Entrant, bool]]:
    """Name, entrant and whether it is pinned, of every peer: as it comes, and kept to one core where that can be."""
    entries = [(name, PEERS[name], False) for name in against]
    if hasattr(os, "sched_setaffinity"):
        entries += [(f"{name}_one_core", PEERS[name], True) for name in against]
    return entries


def _turns(lanes: Mapping[str, Lane], sizes: Mapping[str, int]) -> dict[str, list[Turn]]:
    """Everybody's turns by round; every other round runs backwards, so that no place is the better one."""
    turns: dict[str, list[Turn]] = {name: [] for name in lanes}
    names = list(lanes)
    for number in range(ROUNDS):
        for name in names if number % 2 == 0 else names[::-1]:
            turns[name].append(lanes[name].run(sizes[name]))
    return turns


def _turn_size(lane: Lane, grain: int) -> int:
    """Whole grains of meta-iterations that take about TURN_SECONDS."""
    probe = max(grain, FEWEST_ITERATIONS)
    return max(1, int(probe * TURN_SECONDS / lane.run(probe).seconds) // grain) * grain


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
