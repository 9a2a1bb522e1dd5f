"""The engine itself, as the window runs it: blocks of episodes are drawn in numpy, and that is counted."""

from __future__ import annotations

import numpy as np

from metalearn_gui.benchmark.work import Race, Work, num_averaged
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.trainer import Trainer


def enter(work: Work) -> Race:
    """A fresh trainer; its first call compiles."""
    trainer = Trainer(work.settings, initial_state(work.settings), compile=True)

    def race(num_iterations: int) -> float:
        objectives, end = [], trainer.state.iteration + num_iterations
        while trainer.state.iteration < end:
            chunk = trainer.run(end - trainer.state.iteration)
            if not chunk.completed:
                raise ArithmeticError(f"Meta-iteration {trainer.state.iteration + 1} is not finite")
            objectives.append(chunk.curves[0])
        return float(np.mean(np.concatenate(objectives)[-num_averaged(num_iterations) :]))

    return race
