"""The formats that hold the base network at its meta-learned start: inputs in, outputs out.

Of a learner whose examples take the head's place: inputs in, features out.
"""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any

import numpy as np

from metalearn_gui.engine import losses
from metalearn_gui.engine.backend import Array, tf
from metalearn_gui.engine.episodes import generator
from metalearn_gui.engine.export.base import FRESH_BLOCK, Exporter, ExportSubject, largest_difference
from metalearn_gui.engine.export.whole import ExportError
from metalearn_gui.engine.learners.base import Context
from metalearn_gui.engine.scaling import Scaling, without_scaling

BATCHES = (1, 7, 64)  # rows that a file is tried with: any number of them must do


class StartExporter(Exporter):
    """A format of `network.build(params)`."""

    group = "start"

    @abstractmethod
    def predict(self, path: Path, batches: list[Array]) -> list[Array]:
        """Load the file in its own runtime and apply it to each batch."""

    def _difference(self, subject: ExportSubject, path: Path) -> float:
        batches = fresh_inputs(subject)
        found = self.predict(path, batches)
        expected = [outputs_at_start(subject, batch) for batch in batches]
        return max(largest_difference(*pair) for pair in zip(found, expected, strict=True))

    def facts(self, subject: ExportSubject) -> dict[str, str]:
        count = sum(subject.learner_state.params[name].size for name in _names(subject))
        return {
            "inputs": f"float32 [n, {subject.settings.tasks.input_dim}], any n",
            "outputs": f"float32 [n, {output_width(subject)}]" + ("" if has_head(subject) else ", features"),
            "weights": f"{count:,}" if count else "none that answer on their own",
        }


def keras_model(subject: ExportSubject) -> Any:
    """The keras.Model at the meta-learned start.

    Raises:
        ExportError: the learner has no such start.
    """
    params, names = subject.learner_state.params, _names(subject)
    if not names:
        raise ExportError(
            f"{subject.settings.learner.label} learns no network that answers on its own; "
            "choose a format that holds what is learned, such as learner or safetensors"
        )
    carry = subject.learner_state.carry
    model, scaling = subject.settings.network.build(params, without_scaling(carry)), Scaling.of(carry)
    return model if scaling is None else _in_own_units(model, scaling, has_head(subject))


def _in_own_units(model: Any, scaling: Scaling, has_head: bool) -> Any:
    """The model between two layers that scale: the data's own units in and out; features have none."""
    layers = tf.keras.layers
    inputs = tf.keras.Input(model.input_shape[1:], name="inputs")
    scaled = layers.Rescaling(
        (1.0 / scaling.x_deviation).tolist(), (-scaling.x_mean / scaling.x_deviation).tolist(), name="scaled_inputs"
    )(inputs)
    outputs = model(scaled)
    if len(scaling.y_mean) and has_head:
        own = layers.Rescaling(scaling.y_deviation.tolist(), scaling.y_mean.tolist(), name="own_units")
        outputs = own(outputs)
    return tf.keras.Model(inputs, outputs, name="base_network")


def has_head(subject: ExportSubject) -> bool:
    """Whether the network ends in outputs; else in features, with which a task's examples are compared."""
    return subject.settings.network.has_head(subject.learner_state.params)


def output_width(subject: ExportSubject) -> int:
    """Numbers that come out for a point."""
    return subject.settings.tasks.output_dim if has_head(subject) else subject.settings.network.feature_dim


def _names(subject: ExportSubject) -> tuple[str, ...]:
    """The parameters in the file; none of a learner that learns no network which answers on its own."""
    parts = subject.settings.network.parts.items()
    names = tuple(name for part, names in parts for name in names if part != "head" or has_head(subject))
    return names if all(name in subject.learner_state.params for name in names) else ()


def fresh_inputs(subject: ExportSubject) -> list[Array]:
    """Inputs of unseen tasks, a batch of each size."""
    family = subject.settings.tasks
    rng = generator(subject.settings.seed, "test", FRESH_BLOCK)
    shots = -(-max(BATCHES) // family.points_per_shot)
    points = family.draw(family.tasks(rng, 1, "test"), rng, *family.fitting_sizes(shots, shots)).query.x[0]
    # Of few images some come again: any rows will do.
    return [np.ascontiguousarray(np.resize(points, (size, *points.shape[1:])), np.float32) for size in BATCHES]


def outputs_at_start(subject: ExportSubject, x: Array) -> Array:
    """What the engine itself says, before any adaptation: (points, numbers)."""
    settings, state = subject.settings, subject.learner_state
    ctx = Context(settings.network, losses.LOSSES[settings.tasks.kind], settings.learner.live_values())
    scaling, network = Scaling.of(state.carry), settings.network
    seen = x if scaling is None else scaling.inputs(x)
    says = network.apply if has_head(subject) else network.features
    outputs, _ = says(state.params, without_scaling(state.carry), seen[None], None, ctx)
    return np.array(scaling.predictions(outputs[0]) if scaling is not None and has_head(subject) else outputs[0])


def output_comment(subject: ExportSubject) -> str:
    """What a snippet says of what comes out."""
    return "before any adaptation" if has_head(subject) else "features of every point"


def example_inputs(subject: ExportSubject) -> str:
    """Python text of a small input array, for snippets."""
    return f"np.zeros((5, {subject.settings.tasks.input_dim}), np.float32)"
