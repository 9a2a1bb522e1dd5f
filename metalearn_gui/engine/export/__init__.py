"""Export formats by key, in the order of the sheet; a new one is a file here and a line below."""

from __future__ import annotations

from metalearn_gui.engine.export.base import Exporter, ExportSubject
from metalearn_gui.engine.export.csv import Csv
from metalearn_gui.engine.export.keras import KerasModel
from metalearn_gui.engine.export.learner import AdaptingLearner
from metalearn_gui.engine.export.litert import LiteRT
from metalearn_gui.engine.export.onnx import Onnx
from metalearn_gui.engine.export.python import PythonScript
from metalearn_gui.engine.export.safetensors import Safetensors
from metalearn_gui.engine.export.savedmodel import SavedModel
from metalearn_gui.engine.export.tensorboard import TensorBoard
from metalearn_gui.engine.export.whole import ExportError, file_size

EXPORTERS: dict[str, Exporter] = {
    exporter.key: exporter
    for exporter in (
        KerasModel(),
        SavedModel(),
        LiteRT(),
        Onnx(),
        Safetensors(),
        AdaptingLearner(),
        PythonScript(),
        Csv(),
        TensorBoard(),
    )
}

__all__ = ["EXPORTERS", "ExportError", "ExportSubject", "Exporter", "file_size"]
