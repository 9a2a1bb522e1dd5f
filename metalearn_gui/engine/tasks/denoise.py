"""Denoising: rows of numbers or small pictures seen through noise. A task is one kind of pattern and of noise.

Self-supervised: x = clean + noise, y = clean + other noise, the noises independent and of mean 0. The prediction
with the least squared error against y is then E[clean | x], as if y were clean: no labels are needed.

Lehtinen et al. (2018), Noise2Noise, arXiv:1803.04189, section 2.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet, Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.base import TaskFamily

PATTERNS = ("waves", "steps", "bumps")
NOISES = ("even", "impulses", "smooth")
CYCLES = (1.0, 4.0)  # of waves and steps across a row
WIDTHS = (0.06, 0.25)  # of bumps, as a share of the row
IMPULSE_SHARE = 0.15  # of the numbers, where noise is rare and strong
SMOOTHING = 3  # neighbours that smooth noise is averaged over
QUIETEST = 0.5  # of the noise, in the quietest tasks
CLEAN_REACH, SHOWN_DEVIATIONS = 1.2, 2.0  # room on the canvas: for the patterns, and for the noise


@dataclasses.dataclass(frozen=True)
class Denoise(TaskFamily):
    """Clean patterns lie in [-1, 1]; every row is a new one of its task's kind, at a place of its own."""

    key = "denoise"
    label = "Denoising"
    summary = "Every task is a kind of pattern under a kind of noise: two noisy views of a pattern teach what is noise."
    kind = "regression"

    targets: str = param(
        "second view",
        "Targets",
        choices=("second view", "clean"),
        help="Second view = the same pattern under other noise, no labels; clean = the pattern itself.",
    )
    noise: float = param(
        0.4, "Noise", minimum=0.01, maximum=2.0, help="Standard deviation of the noise in the noisiest tasks."
    )
    pattern: str = param("mixed", "Pattern", choices=("mixed", *PATTERNS), help="Mixed = each task has one of three.")
    noise_kind: str = param(
        "mixed",
        "Kind of noise",
        choices=("mixed", *NOISES),
        help="Even = normal; impulses = few numbers, far off; smooth = neighbours off alike; mixed = one of three.",
    )
    form: str = param("signal", "Form", choices=("signal", "picture"), help="Rows of numbers, or square pictures.")
    length: int = param(
        32, "Signal length", minimum=16, maximum=64, unit="numbers", advanced=True, help="Numbers in a signal."
    )
    side: int = param(8, "Picture side", minimum=8, maximum=16, unit="px", advanced=True, help="A picture is a square.")

    @property
    def view(self) -> str:  # type: ignore[override]
        return "vector" if self.form == "signal" else "image"

    @property
    def input_dim(self) -> int:
        return self.length if self.form == "signal" else self.side**2

    @property
    def output_dim(self) -> int:
        return self.input_dim

    @property
    def fixed_dims(self) -> str:
        return "a denoised row has as many numbers as the noisy one; the signal's length or the picture's side says it"

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        """Beyond: noise as many times stronger, patterns as many times finer."""
        reach = self.reach(split)
        return Tasks(
            {
                "pattern": _chosen(rng, PATTERNS, self.pattern, num_tasks),
                "noise_kind": _chosen(rng, NOISES, self.noise_kind, num_tasks),
                "cycles": rng.uniform(CYCLES[0], CYCLES[1] * reach, num_tasks),
                "width": rng.uniform(WIDTHS[0] / reach, WIDTHS[1], num_tasks),
                "direction": rng.uniform(0.0, np.pi, num_tasks),
                "loudness": rng.uniform(QUIETEST, reach, num_tasks),
            }
        )

    def draw(self, tasks: Tasks, rng: np.random.Generator, shots: int, queries: int) -> Episodes:
        clean = self._clean(tasks, rng, shots + queries)
        x = clean + self._noise(tasks, rng, clean.shape)
        y = clean if self.targets == "clean" else clean + self._noise(tasks, rng, clean.shape)
        x, y = x.astype(np.float32), y.astype(np.float32)
        return Episodes(PointSet(x[:, :shots], y[:, :shots]), PointSet(x[:, shots:], y[:, shots:]))

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        named = {name: tasks.parameters[name] for name in ("cycles", "width")}
        return {"noise level": self.noise * tasks.parameters["loudness"]} | named

    def input_range(self) -> tuple[float, float]:
        return _around_clean(self.noise * self.beyond)

    def output_range(self) -> tuple[float, float]:
        return _around_clean(0.0 if self.targets == "clean" else self.noise * self.beyond)

    def _places(self) -> Array:
        """Where each number lies, in [0, 1]: (numbers, 1) along a signal, (numbers, 2) in a picture."""
        if self.form == "signal":
            return np.linspace(0.0, 1.0, self.length)[:, None]
        side = np.linspace(0.0, 1.0, self.side)
        return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)

    def _clean(self, tasks: Tasks, rng: np.random.Generator, num_rows: int) -> Array:
        """(tasks, rows, numbers). Waves and steps run along the task's direction, bumps sit anywhere."""
        places = self._places()
        dims = places.shape[1]
        names = ("pattern", "cycles", "width", "direction")
        pattern, cycles, width, direction = (tasks.parameters[name][:, None, None] for name in names)
        along = np.concatenate([np.cos(direction), np.sin(direction)], axis=-1) if dims == 2 else np.ones_like(cycles)
        centre = rng.uniform(0.0, 1.0, (tasks.num_tasks, num_rows, dims))
        sign = rng.choice((-1.0, 1.0), (tasks.num_tasks, num_rows, 1))
        position = (places @ along.reshape(-1, dims).T).T[:, None]
        wave = np.sin(2 * np.pi * cycles * (position + centre[..., :1]))
        distance = sum((places[:, axis] - centre[..., axis, None]) ** 2 for axis in range(dims))
        bump = sign * np.exp(-0.5 * distance / width**2)
        return np.asarray(np.choose(pattern, (wave, np.where(wave < 0, -1.0, 1.0), bump)))

    def _noise(self, tasks: Tasks, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Of mean 0 and of the task's standard deviation, whatever its kind."""
        even = rng.normal(size=shape)
        impulses = even * (rng.uniform(size=shape) < IMPULSE_SHARE) / np.sqrt(IMPULSE_SHARE)
        smooth = sum(np.roll(even, step, axis=-1) for step in range(SMOOTHING)) / np.sqrt(SMOOTHING)
        kind, loudness = (tasks.parameters[name][:, None, None] for name in ("noise_kind", "loudness"))
        return np.asarray(self.noise * loudness * np.choose(kind, (even, impulses, smooth)))


def _chosen(rng: np.random.Generator, kinds: tuple[str, ...], kind: str, num_tasks: int) -> Array:
    """The place of each task's kind among all kinds."""
    return rng.integers(0, len(kinds), num_tasks) if kind == "mixed" else np.full(num_tasks, kinds.index(kind))


def _around_clean(noise: float) -> tuple[float, float]:
    reach = CLEAN_REACH + SHOWN_DEVIATIONS * noise
    return (-reach, reach)
