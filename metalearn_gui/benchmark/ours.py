"""The engine itself, as the window runs it: blocks of episodes are drawn in numpy, and that is counted."""

from __future__ import annotations

import numpy as np

from metalearn_gui.benchmark.work import (
    HIDDEN_DIM,
    INNER_RATE,
    META_BATCH,
    META_RATE,
    QUERIES,
    SHOTS,
    Race,
    Work,
    num_averaged,
)
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.presets import preset
from metalearn_gui.engine.trainer import Trainer


def enter(work: Work) -> Race:
    """A fresh trainer; its first call compiles."""
    settings = preset("first-steps").replaced(
        inner_steps=work.inner_steps, inner_learning_rate=INNER_RATE, meta_learning_rate=META_RATE,
        shots=SHOTS, queries=QUERIES, meta_batch=META_BATCH, hidden_dim=HIDDEN_DIM, initialization="uniform",
    )  # fmt: skip
    trainer = Trainer(settings, initial_state(settings), compile=True)

    def race(num_iterations: int) -> float:
        objectives, end = [], trainer.state.iteration + num_iterations
        while trainer.state.iteration < end:
            chunk = trainer.run(end - trainer.state.iteration)
            if not chunk.completed:
                raise ArithmeticError(f"Meta-iteration {trainer.state.iteration + 1} is not finite")
            objectives.append(chunk.curves[0])
        return float(np.mean(np.concatenate(objectives)[-num_averaged(num_iterations) :]))

    return race
