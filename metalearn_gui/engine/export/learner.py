"""The learner itself, as a SavedModel that adapts: a support set and queries in, predictions out."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from metalearn_gui.engine import losses
from metalearn_gui.engine.adaptation import adapt, fold
from metalearn_gui.engine.backend import Array, Tensor, tf
from metalearn_gui.engine.compiled import tracing
from metalearn_gui.engine.episodes import PointSet, generator
from metalearn_gui.engine.export.base import EXTRA, FRESH_BLOCK, Exporter, ExportSubject, largest_difference
from metalearn_gui.engine.export.cells import text_cell
from metalearn_gui.engine.learners.base import Context, State
from metalearn_gui.engine.scaling import Scaling, without_scaling

SIGNATURE = "adapt_and_predict"
LOOKUP = "inputs_of_items"  # where tasks are about items that have names
NAMES_FILE = f"{EXTRA}/items.csv"
SUPPORT_SIZES = (1, 5, 10, 37)  # points that the file is tried with
NUM_QUERIES = 50


class AdaptingLearner(Exporter):
    """A plain graph with everything frozen inside: it needs TensorFlow, and nothing of this program."""

    key = "learner"
    label = "Learner that adapts"
    file_name = "learner"
    suffix = ""
    opens_in = "TensorFlow, TF Serving"
    summary = (
        "A SavedModel that learns on the spot: give it a support set of any size, it adapts and answers your queries."
    )
    group = "weights"
    folder_mark = "saved_model.pb"

    def _write_to(self, subject: ExportSubject, path: Path) -> None:
        specs = _specs(subject)
        with tracing():
            graph = tf.function(_adapt_and_predict(subject), autograph=False).get_concrete_function(*specs)
        graph_def = _without_custom_gradients(graph.graph.as_graph_def())
        names = [tensor.name for tensor in graph.inputs]
        output = graph.outputs[0].name

        def adapt_and_predict(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> dict[str, Tensor]:
            places = dict(zip(names, (support_x, support_y, query_x), strict=True))
            (predictions,) = tf.graph_util.import_graph_def(graph_def, places, [output], name="")
            return {"predictions": predictions}

        module = tf.Module(name="learner")
        module.adapt_and_predict = tf.function(adapt_and_predict, input_signature=specs, autograph=False)
        signatures = {SIGNATURE: module.adapt_and_predict}
        things = subject.settings.tasks.named_inputs()
        if things is not None:
            module.inputs_of = _lookup(things[1])
            signatures[LOOKUP] = module.inputs_of
        tf.saved_model.save(module, str(path), signatures=signatures)
        if things is not None:
            _write_names(path / NAMES_FILE, things[0])

    def _difference(self, subject: ExportSubject, path: Path) -> float:
        loaded = tf.saved_model.load(str(path))  # our own file, written a moment ago
        signature = loaded.signatures[SIGNATURE]
        differences = []
        for support, query_x in _fresh_tasks(subject):
            found = signature(
                support_x=tf.constant(support.x[0]),
                support_y=tf.constant(support.y[0]),
                query_x=tf.constant(query_x[0]),
            )
            expected = adapt(subject.settings, subject.learner_state, support, query_x, compile=False).predictions[
                -1, 0
            ]
            differences.append(largest_difference(found["predictions"].numpy(), expected))
        things = subject.settings.tasks.named_inputs()
        if things is not None:
            rows = loaded.signatures[LOOKUP](items=tf.range(len(things[0])))["inputs"]
            differences.append(largest_difference(rows.numpy(), things[1]))
        return max(differences)

    def snippet(self, subject: ExportSubject, path: Path | str) -> str:
        family = subject.settings.tasks
        if family.num_items:
            return _snippet_of_items(Path(path).name)
        is_classification = family.kind == "classification"
        targets = "5" if is_classification else f"(5, {family.output_dim})"
        kind = "tf.int32" if is_classification else "tf.float32"
        return (
            "import tensorflow as tf\n\n"
            f'learner = tf.saved_model.load("{Path(path).name}")\n'
            f'adapt = learner.signatures[\n    "{SIGNATURE}"]\n'
            "# any number of points of an unseen task\n"
            f"points = tf.zeros((5, {family.input_dim}))\n"
            f"targets = tf.zeros({targets}, {kind})\n"
            f"queries = tf.zeros((100, {family.input_dim}))\n"
            'y = adapt(support_x=points,\n          support_y=targets,\n          query_x=queries)["predictions"]\n'
        )

    def facts(self, subject: ExportSubject) -> dict[str, str]:
        settings = subject.settings
        steps, trained = settings.outer.test_steps, settings.learner.num_steps
        live = {
            settings.param(name).label: f"{settings.value(name):g}, inside the file"
            for name in settings.learner.adaptation_live_names()
        }
        inputs = {
            "adaptation steps": f"{steps} (trained with {trained})",
            "support_x, query_x": f"float32 [n, {settings.tasks.input_dim}], any n",
        }
        return inputs | live


def _lookup(rows: Array) -> Any:
    """From the numbers of items to inputs about them."""
    return tf.function(
        lambda items: {"inputs": tf.gather(tf.constant(rows), items)},
        input_signature=[tf.TensorSpec([None], tf.int32, name="items")],
        autograph=False,
    )


def _write_names(path: Path, names: Sequence[str]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["number", "item"])
        writer.writerows((number, text_cell(name)) for number, name in enumerate(names))


def _snippet_of_items(name: str) -> str:
    return (
        "import tensorflow as tf\n\n"
        f'learner = tf.saved_model.load("{name}")\n'
        f'adapt = learner.signatures[\n    "{SIGNATURE}"]\n'
        f'inputs_of = learner.signatures[\n    "{LOOKUP}"]\n'
        f"# numbers as in {name}/{NAMES_FILE}\n"
        'rated = inputs_of(items=tf.constant([0, 1, 2]))["inputs"]\n'
        "stars = tf.constant([[5.0], [3.5], [1.0]])\n"
        'asked = inputs_of(items=tf.range(10))["inputs"]\n'
        'y = adapt(support_x=rated,\n          support_y=stars,\n          query_x=asked)["predictions"]\n'
    )


def _adapt_and_predict(subject: ExportSubject) -> Any:
    """The fold over one task, with the state and the live values as constants."""
    settings, learned = subject.settings, subject.learner_state
    learner, is_classification = settings.learner, settings.tasks.kind == "classification"
    scaling = Scaling.of(learned.carry)

    def adapt_and_predict(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
        live = {name: tf.constant(value, tf.float32) for name, value in learner.live_values().items()}
        ctx = Context(settings.network, losses.LOSSES[settings.tasks.kind], live)
        state = State(*(_constants(values) for values in (learned.params, without_scaling(learned.carry))))
        # With a mask, a support set without points changes nothing; without one its mean is not a number.
        support = PointSet(support_x[None], support_y[None], tf.ones([1, tf.shape(support_x)[0]]))
        seen, queries = (support, query_x) if scaling is None else (scaling.points(support), scaling.inputs(query_x))
        adapted = fold(learner, state, seen, ctx, settings.outer.test_steps)
        outputs = learner.predict(state, adapted, queries[None], ctx)[0][0]
        if is_classification:
            return tf.nn.softmax(outputs)
        return outputs if scaling is None else scaling.predictions(outputs)

    return adapt_and_predict


def _constants(values: dict[str, Array]) -> dict[str, Tensor]:
    return {name: tf.constant(array) for name, array in values.items()}


def _specs(subject: ExportSubject) -> list[Any]:
    family = subject.settings.tasks
    rng = generator(subject.settings.seed, "test", FRESH_BLOCK)
    support = family.draw(family.tasks(rng, 1, "test"), rng, 1, 1).support
    named = {"support_x": support.x, "support_y": support.y, "query_x": support.x}
    return [
        tf.TensorSpec([None, *array.shape[2:]], tf.as_dtype(array.dtype), name=name) for name, array in named.items()
    ]


def _without_custom_gradients(graph_def: Any) -> Any:
    """The marks name Python functions of this process; in another one they would only raise warnings."""
    nodes = [*graph_def.node, *(node for function in graph_def.library.function for node in function.node_def)]
    for node in nodes:
        if "_gradient_op_type" in node.attr:
            del node.attr["_gradient_op_type"]
    return graph_def


def _fresh_tasks(subject: ExportSubject) -> list[tuple[PointSet, Array]]:
    """An unseen task for each support size, and inputs to predict at."""
    family = subject.settings.tasks
    rng = generator(subject.settings.seed, "test", FRESH_BLOCK)
    tasks = []
    for size in SUPPORT_SIZES:
        shots, queries = (-(-count // family.points_per_shot) for count in (size, NUM_QUERIES))
        episode = family.draw(family.tasks(rng, 1, "test"), rng, *family.fitting_sizes(shots, queries))
        places = np.arange(size) % episode.support.x.shape[1]  # of few images some come again
        support = PointSet(episode.support.x[:, places], episode.support.y[:, places])
        tasks.append((support, np.asarray(episode.query.x)))
    return tasks
