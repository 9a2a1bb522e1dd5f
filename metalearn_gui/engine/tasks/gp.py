"""Gaussian processes: every task is a function drawn from a prior whose length scale is its own.

f(x) = sum over j of s_j (a_j cos(w_j x) + b_j sin(w_j x)), a, b ~ N(0, 1): random Fourier features, so that a task
is a function at any x. The w_j are drawn from the kernel's spectrum (s_j = scale / sqrt(J)); the periodic kernel
has a line spectrum, whose lines are the w_j and whose weights are the s_j^2.
Averaged over tasks the covariance is the kernel's exactly, so the exact posterior of the kernel is the oracle.

Rahimi, Recht (2007), Random features for large-scale kernel machines; Rasmussen, Williams (2006), chapters 2 and 4.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet, Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.curve import INPUT_RANGE, CurveFamily

KERNELS = ("rbf", "matern52", "periodic")
NUM_FEATURES = 64
MATERN_FREEDOM = 5  # twice 5/2: the spectrum of Matern-5/2 is Student's t with 5 degrees of freedom
STANDARD_DEVIATIONS = 4.0  # of a function's values that the canvas shows
JITTER = 1e-6  # of the variance, on the diagonal
ORACLE_TASKS, ORACLE_QUERIES, ORACLE_POINTS = 1000, 10, 20_000


@dataclasses.dataclass(frozen=True)
class GaussianProcess(CurveFamily):
    """Functions of variance scale^2; length scales ~ U[length_min, length_max], periods ~ U[their range]."""

    key = "gp"
    label = "GP curves"
    summary = "Every task is a random smooth function; away from the points nobody can know it."

    kernel: str = param("rbf", "Kernel", choices=KERNELS, help="How values at two inputs hang together.")
    scale: float = param(
        1.5, "Scale", minimum=0.1, maximum=10.0, advanced=True, help="Standard deviation of a function's values."
    )
    length_min: float = param(
        1.0,
        "Length scale from",
        minimum=0.2,
        maximum=20.0,
        advanced=True,
        help="Over about this distance the wildest functions change; in the periodic kernel a share of the period.",
    )
    length_max: float = param(
        3.0, "Length scale to", minimum=0.2, maximum=20.0, advanced=True, help="The same of the calmest functions."
    )
    period_min: float = param(
        3.0, "Period from", minimum=0.5, maximum=20.0, advanced=True, help="Shortest period (periodic kernel)."
    )
    period_max: float = param(
        6.0, "Period to", minimum=0.5, maximum=20.0, advanced=True, help="Longest period (periodic kernel)."
    )

    @property
    def num_unknowns(self) -> int | None:
        return None

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        """Beyond: functions as many times wilder."""
        length = self._lengths(rng, self.length_min, self.length_max, split, num_tasks)
        period = self._lengths(rng, self.period_min, self.period_max, split, num_tasks)
        frequencies, weights = SPECTRA[self.kernel](rng, length, period)
        weights = self.scale * np.sqrt(weights)
        cosines, sines = (weights * rng.normal(size=weights.shape) for _ in range(2))
        return Tasks(
            {"length": length, "period": period, "frequencies": frequencies, "cosines": cosines, "sines": sines}
        )

    def _lengths(self, rng: np.random.Generator, one_end: float, other_end: float, split: str, count: int) -> Array:
        low, high = sorted((one_end, other_end))
        return rng.uniform(low / self.reach(split), high, count)

    def truth(self, tasks: Tasks, x: Array) -> Array:
        names = ("frequencies", "cosines", "sines")
        frequencies, cosines, sines = (tasks.parameters[name] for name in names)
        angle = np.asarray(x, np.float64) * frequencies[:, None]
        return np.asarray((np.cos(angle) @ cosines[..., None]) + (np.sin(angle) @ sines[..., None]))

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        names = ("length", "period") if self.kernel == "periodic" else ("length",)
        return {f"{name} scale" if name == "length" else name: tasks.parameters[name] for name in names}

    def oracle(self, shots: int) -> float | None:
        """The mean variance of the exact posterior that knows kernel, length scale, period and noise of the task."""
        return _posterior_variance(self, shots)

    def best_fit(self, tasks: Tasks, support: PointSet, x: Array) -> Array:
        """The mean of the same posterior; 0, the prior's, without points."""
        length, period = (tasks.parameters[name][:, None, None] for name in ("length", "period"))
        seen, asked = (np.asarray(points, np.float64)[..., 0] for points in (support.x, x))
        kernel = COVARIANCES[self.kernel]
        among = kernel(seen[:, :, None] - seen[:, None], length, period)
        among = among + ((self.noise / self.scale) ** 2 + JITTER) * np.eye(seen.shape[1])
        across = kernel(asked[:, :, None] - seen[:, None], length, period)
        return np.asarray(across @ np.linalg.solve(among, np.asarray(support.y, np.float64)))

    def output_range(self) -> tuple[float, float]:
        return (-STANDARD_DEVIATIONS * self.scale, STANDARD_DEVIATIONS * self.scale)


def _rbf_spectrum(rng: np.random.Generator, length: Array, period: Array) -> tuple[Array, Array]:
    frequencies = rng.normal(size=(len(length), NUM_FEATURES)) / length[:, None]
    return frequencies, np.full(frequencies.shape, 1 / NUM_FEATURES)


def _matern_spectrum(rng: np.random.Generator, length: Array, period: Array) -> tuple[Array, Array]:
    frequencies = rng.standard_t(MATERN_FREEDOM, (len(length), NUM_FEATURES)) / length[:, None]
    return frequencies, np.full(frequencies.shape, 1 / NUM_FEATURES)


def _periodic_spectrum(rng: np.random.Generator, length: Array, period: Array) -> tuple[Array, Array]:
    """The lines at multiples of 2 pi / period, weighted by the Fourier series of the kernel."""
    distance = np.arange(2 * NUM_FEATURES) / (2 * NUM_FEATURES)
    kernel = _periodic(distance, length[:, None], np.ones(1))
    weights = 2 * np.fft.rfft(kernel).real[:, :NUM_FEATURES] / len(distance)
    weights[:, 0] /= 2
    return 2 * np.pi * np.arange(NUM_FEATURES) / period[:, None], np.maximum(weights, 0.0)


SPECTRA = {"rbf": _rbf_spectrum, "matern52": _matern_spectrum, "periodic": _periodic_spectrum}


def _rbf(distance: Array, length: Array, period: Array) -> Array:
    return np.asarray(np.exp(-0.5 * (distance / length) ** 2))


def _matern(distance: Array, length: Array, period: Array) -> Array:
    ratio = np.sqrt(MATERN_FREEDOM) * np.abs(distance) / length
    return np.asarray((1 + ratio + ratio**2 / 3) * np.exp(-ratio))


def _periodic(distance: Array, length: Array, period: Array) -> Array:
    return np.asarray(np.exp(-2 * (np.sin(np.pi * distance / period) / length) ** 2))


COVARIANCES = {"rbf": _rbf, "matern52": _matern, "periodic": _periodic}


@functools.lru_cache(maxsize=64)
def _posterior_variance(family: GaussianProcess, shots: int) -> float:
    """k(x, x) - k(x, X) (K + noise^2 I)^-1 k(X, x), the mean over test tasks and inputs."""
    rng = np.random.default_rng(0)
    num_tasks = min(ORACLE_TASKS, max(ORACLE_POINTS // shots, 4))
    parameters = family.tasks(rng, num_tasks, "test").parameters
    length, period = (parameters[name][:, None, None] for name in ("length", "period"))
    x = rng.uniform(*INPUT_RANGE, (num_tasks, shots + ORACLE_QUERIES))
    covariance = family.scale**2 * COVARIANCES[family.kernel](x[:, :, None] - x[:, None], length, period)
    among, across = covariance[:, :shots, :shots], covariance[:, :shots, shots:]
    among = among + (family.noise**2 + JITTER * family.scale**2) * np.eye(shots)
    explained = np.sum(across * np.linalg.solve(among, across), axis=1)
    return float(np.mean(np.maximum(family.scale**2 - explained, 0.0)))
