"""One learner's outer loop: where its episodes come from, its rates, its state."""

from __future__ import annotations

import concurrent.futures
import functools
import math

import numpy as np

from metalearn_gui.engine.backend import Array, tf
from metalearn_gui.engine.episodes import BLOCK_STEPS, Episodes, PointSet, generator, map_episodes, map_points
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.learners.base import TrainingTasks
from metalearn_gui.engine.outer_program import Chunk, bias_corrections
from metalearn_gui.engine.plain_settings import UNLIMITED
from metalearn_gui.engine.programs import outer_program
from metalearn_gui.engine.scaling import Scaling
from metalearn_gui.engine.settings import ExperimentSettings

SHOWN_TASKS = 200  # more training tasks than these are not listed one by one
NUM_LOSSES = 3  # curves that are losses: objective, before, after
POOL_BLOCK = 2**31 - 1  # the block number that a limited pool of training tasks is drawn from


class BlockSource:
    """Blocks of training episodes as tensors, the stages of training in turn; drawn outside the compiled program.

    Where drawing takes its time the next block is drawn ahead on a thread of its own: one block, no more.
    """

    def __init__(self, settings: ExperimentSettings, scaling: Scaling | None = None) -> None:
        self._sources = [EpisodeSource(stage) for stage in settings.stages()]
        self._scaling = scaling
        draws_ahead = settings.tasks.block_steps < BLOCK_STEPS
        self._last_ahead = (settings.outer.num_iterations - 1) // settings.tasks.block_steps if draws_ahead else -1
        self._held: tuple[int, Episodes] | None = None
        self._ahead: tuple[int, concurrent.futures.Future[Episodes]] | None = None

    def block(self, number: int) -> Episodes:
        """Tensors (steps, meta-batch, points, ...); the newest block is kept."""
        if self._held is None or self._held[0] != number:
            self._held = (number, map_episodes(tf.constant, self._drawn(number)))
            if number < self._last_ahead:
                self._ahead = (number + 1, _drawing_thread().submit(self.draw, number + 1))
        return self._held[1]

    def draw(self, number: int) -> Episodes:
        """The same block as numpy, as the learner sees it."""
        drawn = self._sources[number % len(self._sources)].draw(number)
        return drawn if self._scaling is None else self._scaling.episodes(drawn)

    def _drawn(self, number: int) -> Episodes:
        ahead, self._ahead = self._ahead, None
        return ahead[1].result() if ahead is not None and ahead[0] == number else self.draw(number)


@functools.cache
def _drawing_thread() -> concurrent.futures.Executor:
    return concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="episodes")


class EpisodeSource:
    """Training episodes of one size, block by block, in numpy."""

    def __init__(self, settings: ExperimentSettings) -> None:
        self._settings = settings
        self._shape = (settings.tasks.block_steps, settings.outer.meta_batch)
        self._pool = None
        self._fixed: Episodes | None = None
        num_tasks = settings.episodes.num_training_tasks
        if num_tasks != UNLIMITED:
            rng = generator(settings.seed, "train", POOL_BLOCK)
            self._pool = settings.tasks.tasks(rng, num_tasks, "train")
            if settings.episodes.fixed_points:
                self._fixed = self._fixed_episodes(rng)

    def draw(self, number: int) -> Episodes:
        """A block: a function of the settings, the seed and the number alone."""
        family, episodes = self._settings.tasks, self._settings.episodes
        rng = generator(self._settings.seed, "train", number)
        if self._fixed is not None:
            places = _distinct_places(rng, len(self._fixed.support.x), self._shape)
            held = map_episodes(lambda values: values[places], self._fixed)
            return _split_anew(held, family.points_per_shot, rng)
        count = self._shape[0] * self._shape[1]
        if self._pool is None:
            tasks = family.tasks(rng, count, "train")
        else:
            tasks = self._pool.take(rng.integers(0, self._pool.num_tasks, count))
        drawn = family.draw(tasks, rng, episodes.shots, episodes.queries)
        return map_episodes(lambda values: values.reshape(self._shape + values.shape[1:]), drawn)

    def training_tasks(self, iteration: int) -> TrainingTasks:
        """All tasks that keep their points, or those alone that were drawn last where there are none or too many.

        Args:
            iteration: meta-iterations behind us; the newest is the one before.
        """
        last = max(iteration - 1, 0)
        block, place = divmod(last, self._settings.tasks.block_steps)
        if self._fixed is not None and len(self._fixed.support.x) <= SHOWN_TASKS:
            rng = generator(self._settings.seed, "train", block)
            drawn = _distinct_places(rng, len(self._fixed.support.x), self._shape)[place]
            return TrainingTasks(self._fixed, drawn if iteration else drawn[:0])
        episodes = map_episodes(lambda values: values[place], self.draw(block))
        return TrainingTasks(episodes, np.arange(self._shape[1] if iteration else 0))

    def _fixed_episodes(self, rng: np.random.Generator) -> Episodes:
        """One episode of every task of the pool; all but the non-IID share of its points are dealt out anew."""
        assert self._pool is not None
        episodes = self._settings.episodes
        drawn = self._settings.tasks.draw(self._pool, rng, episodes.shots, episodes.queries)
        return Episodes(*(_dealt(part, 1.0 - episodes.non_iid, rng) for part in drawn.parts))


def _dealt(points: PointSet, share: float, rng: np.random.Generator) -> PointSet:
    """The first `share` of every task's points, each place dealt out among all tasks."""
    num_tasks, num_points = points.x.shape[:2]
    owners = np.tile(np.arange(num_tasks)[:, None], num_points)
    moved = round(share * num_points)
    owners[:, :moved] = rng.permuted(owners[:, :moved], axis=0)
    return map_points(lambda values: values[owners, np.arange(num_points)], points)


def _split_anew(held: Episodes, per_shot: int, rng: np.random.Generator) -> Episodes:
    """The points of every episode in another support set and query set; classes stay as balanced as they were."""
    points = PointSet(*(_joined(*pair) for pair in zip(held.support, held.query, strict=True)))
    shape = points.x.shape[:3]
    labels = points.y if points.y.ndim == len(shape) else np.zeros(shape)
    by_class = np.argsort(labels + rng.random(shape), axis=-1).reshape(*shape[:2], per_shot, -1)
    order = np.swapaxes(by_class, -2, -1).reshape(shape)  # a shot of every class, again and again
    grid = np.ogrid[: shape[0], : shape[1], :1][:2]
    mixed = map_points(lambda values: values[*grid, order], points)
    num_support = held.support.x.shape[2]
    return Episodes(
        map_points(lambda values: values[:, :, :num_support], mixed),
        map_points(lambda values: values[:, :, num_support:], mixed),
    )


def _joined(support: Array | None, query: Array | None) -> Array | None:
    return None if support is None or query is None else np.concatenate([support, query], axis=2)


def _distinct_places(rng: np.random.Generator, num_tasks: int, shape: tuple[int, int]) -> Array:
    """Who is drawn in each meta-iteration: nobody twice, unless the meta-batch is larger than the pool."""
    if shape[1] > num_tasks:
        return rng.integers(0, num_tasks, shape)
    return rng.permuted(np.tile(np.arange(num_tasks), (shape[0], 1)), axis=1)[:, : shape[1]]


def meta_rates(settings: ExperimentSettings, iterations: Array) -> Array:
    """The meta learning rate at these iterations, by the schedule."""
    outer = settings.outer
    length = outer.schedule_iterations or outer.num_iterations
    progress = np.minimum(np.asarray(iterations, np.float64) / length, 1.0)
    factors = {
        "constant": np.ones_like(progress),
        "cosine": 0.5 + 0.5 * np.cos(np.pi * progress),
        "linear": 1 - progress,
    }
    return np.asarray(outer.meta_learning_rate * factors[outer.meta_schedule])


class Trainer:
    """Moves one learner's state on; how its blocks are cut into chunks changes no bit of it."""

    def __init__(self, settings: ExperimentSettings, state: LearnerState, compile: bool) -> None:
        self.settings, self.state = settings, state
        self.block_steps = settings.tasks.block_steps
        scaling = Scaling.of(state.carry)
        self._source, self._scaling = BlockSource(settings, scaling), scaling
        self._programs = [outer_program(stage, state.params, compile) for stage in settings.stages()]

    def run(self, count: int) -> Chunk:
        """Up to `count` meta-iterations, not beyond the end of the block."""
        block, start = divmod(self.state.iteration, self.block_steps)
        chunk = self._run_span(block, (start, min(start + count, self.block_steps)))
        self.state = chunk.state
        return chunk

    def run_to(self, iteration: int) -> None:
        """Meta-iterations up to this one in all; ends early where the learner diverges."""
        while self.state.iteration < iteration:
            asked = iteration - self.state.iteration
            before = self.state.iteration
            self.run(asked)
            if self.state.iteration == before:
                return

    def final_objective(self) -> float:
        """The objective of the last episodes after the last update; the state does not move."""
        if self.state.iteration == 0:
            return math.nan
        block, place = divmod(self.state.iteration - 1, self.block_steps)
        chunk = self._run_span(block, (place, place + 1))
        return float(chunk.curves[0, 0]) if chunk.completed else math.nan

    def warm_up(self) -> None:
        """Compile: a chunk of no meta-iterations."""
        block = self.state.iteration // self.block_steps
        for stage in reversed(range(len(self._programs))):  # the block that comes first is the one still held
            self._run_span(block + stage, (0, 0))

    def _run_span(self, block: int, span: tuple[int, int]) -> Chunk:
        iterations = block * self.block_steps + np.arange(self.block_steps)
        rates = meta_rates(self.settings, iterations)[:, None]
        schedule = np.concatenate([rates, bias_corrections(iterations)], axis=1).astype(np.float32)
        live, clip = self.settings.learner.live_values(), self.settings.outer.gradient_clip
        program = self._programs[block % len(self._programs)]
        chunk = program.run(self.state, self._source.block(block), span, schedule, clip, live)
        self._put_in_data_units(chunk.curves)
        return chunk

    def _put_in_data_units(self, curves: Array) -> None:
        if self._scaling is None:
            return
        likelihood = curves[0] + self._scaling.log_unit
        curves[:NUM_LOSSES] *= self._scaling.loss_unit
        if self.settings.learner.has_deviation:  # its objective is no square
            curves[0] = likelihood
