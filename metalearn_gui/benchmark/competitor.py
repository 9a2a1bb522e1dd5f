"""The competitor's end of a lane: enter, then race whenever a number of meta-iterations comes in."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time

from metalearn_gui.benchmark.work import WORKS


def main(arguments: list[str]) -> None:
    """Module, key of the work, and 1 to be kept to one core."""
    for name in ("SIGINT", "SIGPIPE"):  # who started it is told as well, and says what there is to say
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    module, work, pinned = arguments
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # libraries that print do it elsewhere
    if int(pinned):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    try:
        race = importlib.import_module(module).enter(WORKS[work])
    except ImportError as error:
        print(json.dumps({"absent": str(error)}), file=answers)
        return
    print(json.dumps({"name": module}), file=answers)
    for line in sys.stdin:
        started, worked = time.perf_counter(), time.process_time()
        loss = race(int(line))
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - worked
        print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "loss": loss}), file=answers)


if __name__ == "__main__":
    main(sys.argv[1:])
