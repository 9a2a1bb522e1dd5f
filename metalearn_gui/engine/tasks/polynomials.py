"""Polynomials: y = sum of c_k T_k(x / 5), degrees drawn up to the one asked for; T_k are Chebyshev's."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.curve import INPUT_RANGE, CurveFamily

FLATTEST = 0.3  # of the height: the smallest sum of a task's coefficients, so that no task is a flat line


@dataclasses.dataclass(frozen=True)
class Polynomials(CurveFamily):
    """Since |T_k| <= 1 on [-1, 1] and the sum of |c_k| is at most the height, |y| never exceeds the height."""

    key = "polynomials"
    label = "Polynomials"
    summary = "Every task is a polynomial of its own degree; points must tell how often it turns."

    degree: int = param(4, "Degree up to", minimum=1, maximum=4, help="A task's degree is between 1 and this.")
    height: float = param(
        5.0, "Height", minimum=0.5, maximum=20.0, advanced=True, help="No polynomial goes further from 0 than this."
    )

    @property
    def num_unknowns(self) -> int | None:
        return self.degree + 1

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        degree = rng.integers(1, self.degree + 1, num_tasks)
        share = rng.uniform(-1.0, 1.0, (num_tasks, self.degree + 1))
        share[np.arange(self.degree + 1) > degree[:, None]] = 0.0
        share /= np.abs(share).sum(axis=1, keepdims=True)
        height = self.height * self.reach(split) * rng.uniform(FLATTEST, 1.0, (num_tasks, 1))
        return Tasks({"degree": degree, "coefficients": height * share})

    def truth(self, tasks: Tasks, x: Array) -> Array:
        coefficients = tasks.parameters["coefficients"][:, None]
        return np.asarray(np.sum(coefficients * self.basis(tasks, x), axis=-1, keepdims=True))

    def basis(self, tasks: Tasks, x: Array) -> Array:
        """All degrees: which one a task has, no one is told."""
        u = np.asarray(x, np.float64) / INPUT_RANGE[1]
        basis = [np.ones_like(u), u]
        while len(basis) <= self.degree:
            basis.append(2 * u * basis[-1] - basis[-2])
        return np.concatenate(basis, axis=-1)

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        mean, slope = tasks.parameters["coefficients"][:, :2].T
        return {"degree": tasks.parameters["degree"], "constant": mean, "slope": slope}

    def output_range(self) -> tuple[float, float]:
        return (-self.height * self.beyond, self.height * self.beyond)
