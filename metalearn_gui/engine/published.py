"""What others report, with their protocol: bands for plots, each with what to know before comparing.

Figures of independent programs with the presets' settings are the rows of `reproduce`; those from papers differ in
their tasks, and say so.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator

from metalearn_gui.engine.presets import preset
from metalearn_gui.engine.reproduction import ROWS, Bar, Row
from metalearn_gui.engine.settings import ExperimentSettings


@dataclasses.dataclass(frozen=True)
class Reference:
    """A figure from low to high: a loss, or an accuracy in 0..1.

    iterations: meta-iterations of its training; 0 where that is not told.
    is_comparable: False where the tasks differ; then it is to be read, not drawn.
    """

    learner: str
    measure: str  # "loss" or "accuracy"
    step: int
    low: float
    high: float
    protocol: str
    iterations: int = 0
    is_comparable: bool = True


def published(settings: ExperimentSettings, step: int | None = None) -> tuple[Reference, ...]:
    """The figures for this learner on such tasks after a step; None: after any.

    Comparable ones come first: the same tasks, shots and adaptation.
    """
    found = [*_independent(settings), *_from_papers(settings)]
    return tuple(one for one in found if step is None or one.step == step)


def _independent(settings: ExperimentSettings) -> Iterator[Reference]:
    for row, own in _rows():
        if not row.tested_on and _adapts_alike(own, settings):
            yield from (_reference(row, bar) for bar in row.bars if bar.reference and _asks_for(bar, settings))


@functools.cache
def _rows() -> tuple[tuple[Row, ExperimentSettings], ...]:
    """With their settings: a plot asks with every run that is shown."""
    return tuple((row, row.settings()) for row in (*ROWS.values(), *_SHORTER))


def _adapts_alike(one: ExperimentSettings, other: ExperimentSettings) -> bool:
    same_kind = type(one.tasks) is type(other.tasks) and one.learner.structure() == other.learner.structure()
    if not same_kind or one.tasks.kind == "classification":  # whose bars name their ways and shots
        return same_kind
    return one.tasks == other.tasks and one.episodes == other.episodes


def _asks_for(bar: Bar, settings: ExperimentSettings) -> bool:
    return not bar.ways or (bar.ways, bar.shots) == (settings.tasks.output_dim, settings.episodes.shots)


def _reference(row: Row, bar: Bar) -> Reference:
    values = [round(float(text) / (100.0 if bar.ways else 1.0), 5) for text in bar.reference.split(" to ")]
    length = preset(row.preset).replaced(**row.values).outer.num_iterations
    measure = "accuracy" if bar.ways else "loss"
    protocol = f"independent run, {length:,} meta-iterations"
    return Reference(row.settings().learner.key, measure, bar.step, values[0], values[-1], protocol, length)


_SHORTER = (
    Row("", "maml", (Bar(1, reference="0.41 to 0.44"), Bar(10, reference="0.12 to 0.14"))),
    Row("", "reptile", (Bar(1, reference="0.74 to 0.78"),)),
)
_OMNIGLOT = "Omniglot with 1,200 training characters; not comparable with fewer"
_FREQUENCY = "the paper's sinusoids vary in frequency, too; not comparable"
_PAPERS = {  # learner -> accuracy of (ways, shots)
    "maml": {(5, 1): 0.987, (5, 5): 0.999, (20, 1): 0.958},
    "reptile": {(5, 1): 0.954, (5, 5): 0.989, (20, 1): 0.881},
    "meta_sgd": {(5, 1): 0.995, (5, 5): 0.999, (20, 1): 0.959},
    "protonet": {(5, 1): 0.988, (5, 5): 0.997, (20, 1): 0.960},
}
_PAPER_SINUSOIDS = {  # Li et al. (2017), arXiv:1707.09835, table 1: shots in training and test -> loss after one step
    "maml": {5: 1.13, 20: 0.48},
    "meta_sgd": {5: 0.90, 20: 0.31},
}


def _from_papers(settings: ExperimentSettings) -> Iterator[Reference]:
    key, shots = settings.learner.key, settings.episodes.shots
    if settings.tasks.key == "sinusoid" and shots in _PAPER_SINUSOIDS.get(key, {}):
        loss = _PAPER_SINUSOIDS[key][shots]
        yield Reference(key, "loss", 1, loss, loss, f"published with Meta-SGD: {_FREQUENCY}", is_comparable=False)
    size = settings.tasks.output_dim, shots
    if settings.tasks.key == "images" and size in _PAPERS.get(key, {}):
        accuracy = _PAPERS[key][size]
        yield Reference(key, "accuracy", 1, accuracy, accuracy, f"published: {_OMNIGLOT}", is_comparable=False)
