"""The settings that belong to no task family, learner or network: episodes, outer loop, run."""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.params import Component, SettingError, in_full, param

MAX_EPISODE = 1000
UNLIMITED = 0
AS_UNSEEN = 0
AS_TRIED = {
    "training_episodes": "",
    "train_ways": AS_UNSEEN,
}  # settings with which training episodes are as unseen ones


@dataclasses.dataclass(frozen=True)
class EpisodeSettings(Component):
    """The size of an episode, and how many tasks there are to learn from."""

    label = "Episodes"

    shots: int = param(
        10,
        "Shots K",
        minimum=1,
        maximum=1000,
        unit="points",
        help="Support points per task (per class in classification).",
    )
    queries: int = param(
        10,
        "Queries",
        minimum=1,
        maximum=1000,
        unit="points",
        advanced=True,
        help="Query points per task (per class): the adapted learner is judged on them.",
    )
    num_training_tasks: int = param(
        UNLIMITED,
        "Training tasks",
        minimum=1,
        maximum=1_000_000,
        off=UNLIMITED,
        unit="tasks",
        advanced=True,
        log=True,
        help="How many different tasks there are to learn from; 0 = unlimited, a new one every time.",
    )
    fixed_points: bool = param(
        False,
        "Fixed points",
        advanced=True,
        help="Each of a limited number of training tasks keeps its points, split anew into support and query set.",
    )
    non_iid: float = param(
        1.0,
        "Non-IID share",
        minimum=0.0,
        maximum=1.0,
        advanced=True,
        help="Share of a task's fixed points that are its own; the others are dealt out among all tasks.",
    )

    train_ways: int = param(
        AS_UNSEEN,
        "Training ways",
        minimum=2,
        maximum=MAX_EPISODE,
        off=AS_UNSEEN,
        unit="classes",
        advanced=True,
        help="Classes in a training episode where a learner may train on other ways than it is tried on; "
        "0 = as many as in unseen ones.",
    )
    training_episodes: str = param(
        "",
        "Training episodes",
        advanced=True,
        help="Ways x shots x queries of training episodes where they differ from unseen ones, in turn: "
        "for example 60x1x5, 30x5x5; or shots x queries alone. Empty = the same.",
    )

    def check(self) -> None:
        self.training_sizes()

    def training_sizes(self) -> tuple[tuple[int, int, int], ...]:
        """(ways, shots, queries) of every stage of training; none where training is as testing.

        Ways of 0 are those of unseen episodes.
        """
        texts = [text.strip() for text in self.training_episodes.split(",") if text.strip()]
        sizes = [_episode_size(text) for text in texts]
        if self.train_ways != AS_UNSEEN and not sizes:
            sizes = [(self.train_ways, self.shots, self.queries)]
        return tuple((ways or self.train_ways, shots, queries) for ways, shots, queries in sizes)


def _episode_size(text: str) -> tuple[int, int, int]:
    parts = text.lower().split("x")
    numbers = [int(part) if part.strip().isascii() and part.strip().isdigit() else 0 for part in parts]
    if len(numbers) not in (2, 3) or not all(1 <= number <= MAX_EPISODE for number in numbers):
        raise SettingError(
            f"Training episodes (training_episodes) has {text[:40]!r}; expected ways x shots x queries, "
            f"whole numbers in [1, {in_full(MAX_EPISODE)}], for example 60x1x5"
        )
    ways, shots, queries = numbers if len(numbers) == 3 else (0, *numbers)
    return ways, shots, queries


@dataclasses.dataclass(frozen=True)
class OuterLoopSettings(Component):
    """The outer loop: meta-optimiser, meta-batch, length."""

    label = "Outer loop"

    meta_learning_rate: float = param(
        0.001,
        "Meta learning rate η",
        minimum=1e-6,
        maximum=10.0,
        log=True,
        live=True,
        help="Size of an outer step, which moves what all tasks share; the article's learning rate.",
    )
    meta_batch: int = param(
        25,
        "Meta-batch",
        minimum=1,
        maximum=1000,
        unit="tasks",
        log=True,
        help="Tasks per meta-iteration.",
        advanced=True,
    )
    num_iterations: int = param(
        20_000,
        "Meta-iterations",
        minimum=1,
        maximum=10_000_000,
        log=True,
        live=True,
        advanced=True,
        help="Outer steps of a run, in all.",
    )
    meta_optimizer: str = param(
        "adam", "Meta-optimiser", choices=("adam", "sgd"), advanced=True, help="Takes the meta-gradient to a step."
    )
    meta_schedule: str = param(
        "constant",
        "Schedule of η",
        choices=("constant", "cosine", "linear"),
        advanced=True,
        help="Constant, or falling to 0 over the schedule's length.",
    )
    schedule_iterations: int = param(
        0,
        "Schedule's length",
        minimum=1,
        maximum=10_000_000,
        off=0,
        advanced=True,
        log=True,
        help="Meta-iterations over which the rate falls; 0 = the run's length at its start.",
    )
    gradient_clip: float = param(
        0.0,
        "Gradient clip",
        minimum=0.0,
        maximum=1e6,
        live=True,
        advanced=True,
        help="Largest norm of the meta-gradient; 0 = off.",
    )
    stop_patience: int = param(
        0,
        "Stop patience",
        minimum=1,
        maximum=10_000_000,
        off=0,
        live=True,
        advanced=True,
        log=True,
        help="Stop once the validation loss has not improved for so many meta-iterations; keep the best; 0 = never.",
    )
    test_steps: int = param(
        10,
        "Adaptation steps shown",
        minimum=1,
        maximum=100,
        advanced=True,
        help="Adaptation steps taken on unseen tasks.",
    )


@dataclasses.dataclass(frozen=True)
class RunSettings(Component):
    """What makes one run of the same experiment differ from another."""

    label = "Run"

    seed: int = param(
        7, "Seed", minimum=0, maximum=2**31 - 1, advanced=True, help="The same seed gives the same run, bit for bit."
    )
