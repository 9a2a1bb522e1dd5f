"""The base network as a TensorFlow SavedModel."""

from __future__ import annotations

from pathlib import Path

from metalearn_gui.engine.backend import Array, tf
from metalearn_gui.engine.export.base import ExportSubject
from metalearn_gui.engine.export.start import StartExporter, example_inputs, keras_model, output_comment


class SavedModel(StartExporter):
    """A folder whose `serve` maps inputs to outputs."""

    key = "savedmodel"
    label = "SavedModel"
    file_name = "start"
    suffix = ""
    opens_in = "TensorFlow, TF Serving"
    summary = "The base network at its meta-learned start, as a graph that TensorFlow and TF Serving run."
    folder_mark = "saved_model.pb"

    def _write_to(self, subject: ExportSubject, path: Path) -> None:
        keras_model(subject).export(str(path), format="tf_saved_model", verbose=False)

    def predict(self, path: Path, batches: list[Array]) -> list[Array]:
        loaded = tf.saved_model.load(str(path))  # our own file, written a moment ago
        return [loaded.serve(batch).numpy() for batch in batches]

    def snippet(self, subject: ExportSubject, path: Path | str) -> str:
        return (
            "import numpy as np\nimport tensorflow as tf\n\n"
            f'model = tf.saved_model.load("{Path(path).name}")\n'
            f"x = {example_inputs(subject)}\n"
            f"y = model.serve(x)  # {output_comment(subject)}\n"
        )
