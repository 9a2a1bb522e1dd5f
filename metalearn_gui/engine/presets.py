"""Named settings to start from. A preset is its differences from the defaults, so it stays readable."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.networks import NETWORKS
from metalearn_gui.engine.params import SettingError, nearest
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks import TASKS

FIRST = "first-steps"  # what a window begins with


@dataclasses.dataclass(frozen=True)
class Preset:
    """A key for the command line, a label and a sentence for the window, and values by flat name."""

    key: str
    label: str
    summary: str
    values: dict[str, Any]

    @functools.cached_property
    def settings(self) -> ExperimentSettings:
        """The whole settings."""
        return default_settings().replaced(**self.values)


def default_settings() -> ExperimentSettings:
    """Every component's defaults: MAML on sinusoids with a 1-40-40-1 ReLU network."""
    return ExperimentSettings(TASKS["sinusoid"](), LEARNERS["maml"](), NETWORKS["mlp"]())


def preset(key: str) -> ExperimentSettings:
    """The settings of a preset.

    Raises:
        SettingError: an unknown key; the line names those there are.
    """
    if key not in PRESETS:
        near = nearest(key, PRESETS)
        meant = f"did you mean {near[0]}? Else " if near else ""
        raise SettingError(f"There is no preset {key[:60]!r}; {meant}choose one of {', '.join(PRESETS)}")
    return PRESETS[key].settings


_ARTICLE_ROWS = {
    "task_family": "vectors", "learner": "article",
    "input_dim": 10, "hidden_dim": 10, "output_dim": 10, "num_hidden_layers": 1, "activation": "relu",
    "initialization": "uniform", "meta_learning_rate": 0.01, "meta_optimizer": "adam", "num_iterations": 100,
    "shots": 100, "queries": 100, "num_training_tasks": 1, "meta_batch": 1,
    "base_loss_weight": 1.0, "meta_loss_weight": 0.0,
}  # fmt: skip

_FIVE_STEPS = {
    "inner_steps": 5, "initialization": "uniform", "gradient_clip": 10.0, "num_iterations": 20_000,
}  # fmt: skip

_CLIENTS = {
    "initialization": "uniform", "num_training_tasks": 100, "fixed_points": True, "meta_batch": 10,
    "meta_optimizer": "sgd", "meta_learning_rate": 1.0, "num_iterations": 30_000,
}  # fmt: skip

_RULE = {
    "learner": "learned_optimizer", "update_rule": "mlp", "rule_units": 16, "initialization": "he",
    "shots": 20, "queries": 20, "meta_batch": 4, "meta_learning_rate": 0.005, "gradient_clip": 1.0,
    "meta_schedule": "cosine",  # at a constant rate some meta-iterations ruin the later steps of a run
}  # fmt: skip

_FEATURES = {
    "network": "conv4", "ways": 5, "shots": 1, "queries": 15, "training_episodes": "60x1x5", "meta_batch": 1,
    "meta_learning_rate": 0.002, "meta_schedule": "cosine", "num_iterations": 8_000, "test_steps": 1,
}  # fmt: skip

_ALL = (
    Preset(
        "first-steps", "First steps", "MAML learns a start from which one gradient step finds a sine wave.",
        {"initialization": "he", "num_iterations": 70_000},
    ),
    Preset(
        "article", "The article's run",
        "The article descends L (loss before adapting) + R (after it); its run fits random rows: nothing to transfer.",
        _ARTICLE_ROWS,
    ),
    Preset(
        "article-meta", "The article's two gradients",
        "The article's meta-gradient descent on L (loss before adapting) + R (after it), with both gradients live.",
        {"learner": "article", "num_iterations": 20_000},
    ),
    Preset(
        "maml", "MAML", "Exact second order, judged after one step.",
        {"initialization": "he", "num_iterations": 20_000},
    ),
    Preset(
        "maml-5-steps", "MAML, five steps", "Judged after five gradient steps at one fixed rate.",
        _FIVE_STEPS,
    ),
    Preset(
        "maml-lslr", "MAML with learned rates", "The same five steps, each with a learned rate for every layer.",
        {**_FIVE_STEPS, "learned_rates": True},
    ),
    Preset(
        "fomaml", "FOMAML, first-order MAML", "The same without second derivatives.",
        {"learner": "fomaml", "num_iterations": 30_000},
    ),
    Preset(
        "reptile", "Reptile", "Moves the start towards where each task's own training ends, one task at a time.",
        {
            "learner": "reptile", "hidden_dim": 64, "activation": "tanh", "initialization": "uniform",
            "inner_learning_rate": 0.02, "inner_steps": 5, "queries": 40, "meta_batch": 1,
            "meta_optimizer": "sgd", "meta_learning_rate": 0.1, "meta_schedule": "linear", "num_iterations": 30_000,
        },
    ),
    Preset(
        "meta_sgd", "Meta-SGD", "Learns a rate for every parameter, sign and all, beside the start.",
        {"learner": "meta_sgd", "initialization": "he", "meta_batch": 4, "num_iterations": 60_000, "test_steps": 1},
    ),
    Preset(
        "anil", "ANIL, almost no inner loop", "Only the last layer adapts, five steps; the features are everybody's.",
        {"learner": "anil", "inner_steps": 5, "initialization": "uniform", "num_iterations": 70_000},
    ),
    Preset(
        "cavia", "CAVIA, a context adapts", "Five numbers say which task it is; the weights never move.",
        {"learner": "cavia", "inner_learning_rate": 1.0, "initialization": "he", "num_iterations": 20_000},
    ),
    Preset(
        "metann", "MetaNN, meta-network", "A second network reads ten points once and rewrites the head of the first.",
        {"learner": "metann", "meta_schedule": "cosine", "num_iterations": 20_000, "test_steps": 1},
    ),
    Preset(
        "metann-3", "MetaNN, three times", "Applied three times, each time seeing what is still wrong.",
        {"learner": "metann", "num_applications": 3, "meta_schedule": "cosine", "num_iterations": 20_000,
         "test_steps": 3},
    ),
    Preset(
        "denoise", "Denoising", "Ten pairs of noisy views and no clean one: a second network reads what is noise.",
        {"task_family": "denoise", "learner": "metann", "hidden_dim": 64, "meta_schedule": "cosine",
         "num_iterations": 3_000, "test_steps": 1},
    ),
    Preset(
        "ratings", "Recommender", "Ten ratings of a new user tell the rest: only the decision layers adapt (MeLU).",
        {
            "task_family": "ratings", "network": "ratings_net", "hidden_dim": 32, "num_hidden_layers": 1,
            "activation": "tanh", "initialization": "uniform", "inner_learning_rate": 0.1, "inner_steps": 5,
            "gradient_clip": 10.0, "meta_learning_rate": 0.002, "meta_schedule": "cosine", "meta_batch": 32,
            "num_iterations": 3_000, "stop_patience": 600,  # a few hundred people are soon learned by heart
            "test_steps": 5,
        },
    ),
    Preset(
        "learned_optimizer", "Learned optimiser", "A small network takes Adam's place: 20 steps from a random start.",
        {**_RULE, "num_iterations": 1_000, "test_steps": 20},
    ),
    Preset(
        "learned_optimizer-100", "Learned optimiser, long runs", "Runs of 100 steps, learned from in pieces of 20.",
        {**_RULE, "unrolls_per_run": 5, "num_iterations": 1_500, "test_steps": 100},
    ),
    Preset(
        "fedavg", "FedAvg, federated averaging", "100 clients of 20 points each; ten a round train and are averaged.",
        {"learner": "fedavg", **_CLIENTS},
    ),
    Preset(
        "perfedavg", "Per-FedAvg, personalised", "The same clients, trained for what a step of their own does.",
        {"learner": "perfedavg", **_CLIENTS, "meta_schedule": "cosine", "gradient_clip": 3.0},
    ),
    Preset(
        "transfer", "Transfer learning", "One network for all tasks, then fine-tuning: what there is to beat.",
        {"learner": "transfer", "num_iterations": 10_000},
    ),
    Preset(
        "scratch", "From scratch", "No meta-learning: every task starts from the same random network.",
        {"learner": "scratch", "num_iterations": 1_000},
    ),
    Preset(
        "ridge", "Ridge head", "The last layer is solved for at once; the features below it are learned for that.",
        {"learner": "ridge", "activation": "tanh", "gradient_clip": 10.0, "num_iterations": 20_000, "test_steps": 1},
    ),
    Preset(
        "cnp", "CNP, a neural process", "One pass over the points gives the curve, and how sure it is of it.",
        {
            "learner": "cnp", "hidden_dim": 128, "training_episodes": "1x20x20", "shots_min": 3,
            "meta_schedule": "cosine", "num_iterations": 20_000, "test_steps": 1,
        },
    ),
    Preset(
        "nearest", "Nearest neighbour", "No learning: what features have to beat.",
        {"learner": "nearest", "task_family": "moons", "num_iterations": 100, "test_steps": 1},
    ),
    Preset(
        "glyphs", "Invented characters", "ProtoNet learns to read from characters that nobody writes; no file needed.",
        {**_FEATURES, "task_family": "glyphs", "learner": "protonet", "distorts": False},
    ),
    Preset(
        "protonet", "ProtoNet on images", "A class is the mean of its examples' features; choose a file of images.",
        {**_FEATURES, "task_family": "images", "learner": "protonet"},
    ),
    Preset(
        "ridge-images", "Ridge on images", "The classifier is solved for at once; choose a file of images.",
        {**_FEATURES, "task_family": "images", "learner": "ridge", "training_episodes": "60x1x5, 30x5x5"},
    ),
    Preset(
        "maml-images", "MAML on images", "One step from a start that was learned for it; choose a file of images.",
        {
            "task_family": "images", "hidden_dims": "256,128,64,64", "ways": 5, "shots": 1, "queries": 15,
            "training_episodes": "1x15, 5x15", "inner_learning_rate": 0.1, "meta_batch": 16,
            "learned_rates": True,  # one for every layer: two points of accuracy
            "meta_schedule": "cosine", "num_iterations": 10_000,
            "test_steps": 1,  # without a norm, steps beyond the trained one lose accuracy
        },
    ),
    Preset(
        "blobs", "Blobs in the plane", "Classes that overlap, new in every task, told apart from one point of each.",
        {
            "task_family": "blobs", "ways": 3,
            "noise": 0.8,  # what is apart, a start from scratch tells apart as well
            "shots": 1, "queries": 10, "inner_learning_rate": 0.1,
            "inner_steps": 3, "meta_batch": 10, "initialization": "glorot", "num_iterations": 10_000,
        },
    ),
)  # fmt: skip
PRESETS: dict[str, Preset] = {preset.key: preset for preset in _ALL}
