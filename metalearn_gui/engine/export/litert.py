"""LiteRT (TensorFlow Lite): the base network for phones and small boards."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from metalearn_gui.engine.backend import Array, tf
from metalearn_gui.engine.export.base import ExportSubject
from metalearn_gui.engine.export.start import StartExporter, keras_model


class LiteRT(StartExporter):
    """start.tflite; its interpreter is told how many rows come."""

    key = "litert"
    label = "LiteRT"
    file_name = "start.tflite"
    suffix = ".tflite"
    needs_suffix = True
    opens_in = "Android, iOS, Pi"
    summary = "The base network at its meta-learned start, for phones and small boards."

    def _write_to(self, subject: ExportSubject, path: Path) -> None:
        keras_model(subject).export(str(path), format="litert", verbose=False)

    def runtime(self) -> str:
        return "TensorFlow's LiteRT interpreter"

    def predict(self, path: Path, batches: list[Array]) -> list[Array]:
        interpreter = _interpreter(path)
        return [_run(interpreter, batch) for batch in batches]

    def snippet(self, subject: ExportSubject, path: Path | str) -> str:
        return (
            "import numpy as np\n"
            "from ai_edge_litert.interpreter import Interpreter\n\n"
            f'model = Interpreter("{Path(path).name}")\n'
            "start = model.get_input_details()[0]\n"
            f'model.resize_tensor_input(start["index"], (5, {subject.settings.tasks.input_dim}))\n'
            "model.allocate_tensors()\n"
            f"x = np.zeros((5, {subject.settings.tasks.input_dim}), np.float32)\n"
            'model.set_tensor(start["index"], x)\n'
            "model.invoke()\n"
            'y = model.get_tensor(model.get_output_details()[0]["index"])\n'
        )


def _interpreter(path: Path) -> Any:
    # Without the default delegates: XNNPACK announces itself on stderr.
    resolver = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", UserWarning
        )  # "moved to ai_edge_litert": a package more for the same interpreter
        return tf.lite.Interpreter(str(path), experimental_op_resolver_type=resolver)


def _run(interpreter: Any, batch: Array) -> Array:
    place = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(place, batch.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(place, batch)
    interpreter.invoke()
    result: Array = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    return result
