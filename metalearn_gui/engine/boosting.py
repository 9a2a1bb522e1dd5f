"""Gradient boosting over all tasks: what a person with a table would try first, told what a support set says.

One model of trees for all tasks, fitted on episodes of training tasks. A row is the query's inputs, the mean and
deviation of its support set's targets, and the target of the support point next to it, by scaled inputs: with these
it adapts to a new task, and its trees learn how far to trust them. A class is a target of 1 among 0s.

Histogram trees with scikit-learn's defaults: Ke et al. (2017), "LightGBM", NeurIPS 30. Only where scikit-learn is
installed (metalearn-gui[boosting]).
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet, generator
from metalearn_gui.engine.settings import ExperimentSettings

KEY = "boosting"
FITTED_ROWS = 10_000  # a fifth of a second of fitting
BLOCK = 2**31 - 4  # the block number of the episodes it is fitted on: no training draws it
LEAST_SHARE = 1e-6  # probability of a class that no tree has seen


def is_available(settings: ExperimentSettings) -> bool:
    """Whether tasks are rows of a table, and scikit-learn is there."""
    return settings.tasks.is_table and importlib.util.find_spec("sklearn") is not None


def tried(settings: ExperimentSettings, episodes: Episodes) -> tuple[Array, Array]:
    """The losses of the model fitted on training tasks, (tasks,), and its accuracies; 0 where targets are numbers."""
    training = _training_episodes(settings)
    known, asked = _rows(settings, training), _rows(settings, episodes)
    judge = _classified if settings.tasks.kind == "classification" else _regressed
    with _one_thread():
        return judge(known, training.query.y, asked, episodes.query.y)


def _training_episodes(settings: ExperimentSettings) -> Episodes:
    rng = generator(settings.seed, "train", BLOCK)
    tasks = settings.tasks.tasks(rng, max(1, FITTED_ROWS // settings.episodes.queries), "train")
    return settings.tasks.draw(tasks, rng, settings.episodes.shots, settings.episodes.queries)


def _rows(settings: ExperimentSettings, episodes: Episodes) -> Array:
    """(tasks * queries, inputs + what the support set says)."""
    support, query = episodes.support, episodes.query
    is_classes = settings.tasks.kind == "classification"
    y = np.eye(settings.tasks.output_dim, dtype=np.float32)[support.y] if is_classes else support.y
    nearest = np.take_along_axis(y, _nearest(settings, support, query)[..., None], axis=1)
    level, spread = (np.broadcast_to(values[:, None], nearest.shape) for values in (y.mean(axis=1), y.std(axis=1)))
    rows = np.concatenate([query.x, level, spread, nearest], axis=-1)
    return rows.reshape(-1, rows.shape[-1])


def _nearest(settings: ExperimentSettings, support: PointSet, query: PointSet) -> Array:
    """The place of the support point next to each query, (tasks, queries)."""
    scaling = settings.tasks.scaling()
    one, other = (points.x if scaling is None else scaling.inputs(points.x) for points in (query, support))
    products = np.einsum("tqd,tsd->tqs", one, other)
    return np.asarray((np.square(other).sum(axis=-1)[:, None] - 2 * products).argmin(axis=-1))


def _regressed(known: Array, known_y: Array, asked: Array, asked_y: Array) -> tuple[Array, Array]:
    """Mean squared errors and zeros, each (tasks,)."""
    columns = known_y.reshape(-1, known_y.shape[-1]).T
    predicted = [_model("Regressor").fit(known, column).predict(asked) for column in columns]
    wrong = np.stack(predicted, axis=-1).reshape(asked_y.shape) - asked_y
    return np.square(wrong, dtype=np.float64).mean(axis=(1, 2)), np.zeros(len(wrong))


def _classified(known: Array, known_y: Array, asked: Array, asked_y: Array) -> tuple[Array, Array]:
    """Mean negative log likelihoods and accuracies, each (tasks,)."""
    model = _model("Classifier").fit(known, known_y.ravel())
    shares = np.full((len(asked), 1 + max(int(known_y.max()), int(asked_y.max()))), LEAST_SHARE)
    shares[:, model.classes_] = np.maximum(model.predict_proba(asked), LEAST_SHARE)
    chosen = shares[np.arange(len(asked)), asked_y.ravel()]
    hits = shares.argmax(axis=1) == asked_y.ravel()
    return -np.log(chosen).reshape(asked_y.shape).mean(axis=1), hits.reshape(asked_y.shape).mean(axis=1)


def _one_thread() -> contextlib.AbstractContextManager[Any]:
    """Threads that wait for each other at every node take a hundred times as long where the machine does other work."""
    importlib.import_module("sklearn.ensemble")  # only what is loaded can be limited
    limits = importlib.import_module("threadpoolctl").threadpool_limits  # scikit-learn needs it itself
    return limits(1, "openmp")  # type: ignore[no-any-return]


def _model(kind: str) -> Any:
    ensemble = importlib.import_module("sklearn.ensemble")
    return getattr(ensemble, f"HistGradientBoosting{kind}")(random_state=0, early_stopping=False)
