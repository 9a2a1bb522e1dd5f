"""Keras 3's own file."""

from __future__ import annotations

from pathlib import Path

from metalearn_gui.engine.backend import Array, tf
from metalearn_gui.engine.export.base import ExportSubject
from metalearn_gui.engine.export.start import StartExporter, example_inputs, keras_model, output_comment


class KerasModel(StartExporter):
    """model.keras: architecture and weights."""

    key = "keras"
    label = "Keras"
    file_name = "model.keras"
    suffix = ".keras"
    needs_suffix = True
    opens_in = "Keras 3"
    summary = (
        "The base network at its meta-learned start, as a keras.Model: fine-tune it on a new task, or build on it."
    )

    def _write_to(self, subject: ExportSubject, path: Path) -> None:
        keras_model(subject).save(path)

    def predict(self, path: Path, batches: list[Array]) -> list[Array]:
        # Our own file, written a moment ago. No model file that a person brings is ever loaded.
        model = tf.keras.models.load_model(path, compile=False)
        return [model(batch, training=False).numpy() for batch in batches]

    def snippet(self, subject: ExportSubject, path: Path | str) -> str:
        return (
            "import keras\nimport numpy as np\n\n"
            f'model = keras.saving.load_model("{Path(path).name}")\n'
            f"x = {example_inputs(subject)}\n"
            f"y = model(x)  # {output_comment(subject)}\n"
        )
