"""ONNX: one file, no data beside it, any number of rows."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from pathlib import Path
from typing import Any

from metalearn_gui.engine.backend import Array, tf
from metalearn_gui.engine.export.base import ExportSubject
from metalearn_gui.engine.export.start import StartExporter, example_inputs, keras_model

OPSET = 17  # ONNX Runtime 1.12 and later, and browsers


class Onnx(StartExporter):
    """start.onnx with one input, "inputs", and one output, "outputs"."""

    key = "onnx"
    label = "ONNX"
    file_name = "start.onnx"
    suffix = ".onnx"
    opens_in = "ONNX Runtime, browsers"
    group = "weights"
    summary = "The base network at its meta-learned start, for ONNX Runtime on any machine and in a browser."

    def _write_to(self, subject: ExportSubject, path: Path) -> None:
        model = keras_model(subject)  # first: a TensorFlow that tf2onnx imports writes its log to stderr
        converter = _quiet_converter()
        shape = [None, *model.inputs[0].shape[1:]]
        signature = [tf.TensorSpec(shape, tf.float32, name="inputs")]
        proto, _ = converter.convert.from_keras(model, signature, opset=OPSET)
        # tf2onnx numbers an unknown dimension; a person reads its name in every viewer.
        for value in (*proto.graph.input, *proto.graph.output):
            value.type.tensor_type.shape.dim[0].dim_param = "points"
        path.write_bytes(proto.SerializeToString())

    def runtime(self) -> str:
        return "ONNX Runtime" if _has_onnxruntime() else "ONNX's reference evaluator"

    def predict(self, path: Path, batches: list[Array]) -> list[Array]:
        session = _session(path)
        return [session.run(None, {"inputs": batch})[0] for batch in batches]

    def snippet(self, subject: ExportSubject, path: Path | str) -> str:
        return (
            "import numpy as np\nimport onnxruntime\n\n"
            f'session = onnxruntime.InferenceSession("{Path(path).name}")\n'
            f"x = {example_inputs(subject)}\n"
            'y = session.run(None, {"inputs": x})[0]\n'
        )


def _has_onnxruntime() -> bool:
    return importlib.util.find_spec("onnxruntime") is not None


def _session(path: Path) -> Any:
    if _has_onnxruntime():
        return importlib.import_module("onnxruntime").InferenceSession(path, providers=["CPUExecutionProvider"])
    return importlib.import_module("onnx.reference").ReferenceEvaluator(str(path))


def _quiet_converter() -> Any:
    module = importlib.import_module("tf2onnx")
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    return module
