"""The base network as a Python script that needs numpy and nothing else."""

from __future__ import annotations

import base64
import runpy
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.export.base import ExportSubject
from metalearn_gui.engine.export.start import StartExporter, example_inputs, keras_model
from metalearn_gui.engine.export.whole import ExportError

HEAD = '''"""{title}: the base network at its meta-learned start, {iteration} meta-iterations."""

import base64

import numpy as np


def outputs(x):
    """Rows of inputs (n, {input_dim}) to rows of outputs (n, {output_dim})."""
{body}
    return x


def array(text, *shape):
    """Float32 numbers from base64."""
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape)


{arrays}
'''
ACTIVATIONS = {
    "relu": "x = np.maximum(x, 0)",
    "tanh": "x = np.tanh(x)",
    "elu": "x = np.where(x > 0, x, np.expm1(np.minimum(x, 0)))",
}


class PythonScript(StartExporter):
    """network.py: a function `outputs`, and the weights in the same file."""

    key = "python"
    label = "Python script"
    file_name = "network.py"
    suffix = ".py"
    opens_in = "numpy alone"
    group = "numbers"
    summary = "The base network written out as a function of numpy, its weights in the same file: read it, change it."

    def _write_to(self, subject: ExportSubject, path: Path) -> None:
        lines: list[str] = []
        arrays: list[str] = []
        for step in _steps(keras_model(subject)):
            place = 1 + len(arrays) // 2
            lines.append(_line(step, place))
            arrays += [_array(f"{name}{place}", values) for name, values in zip("WB", _weights(step), strict=False)]
        settings = subject.settings
        script = HEAD.format(
            title=f"{settings.learner.label} on {settings.tasks.label}",
            iteration=subject.learner_state.iteration,
            input_dim=settings.tasks.input_dim,
            output_dim=settings.tasks.output_dim,
            body=textwrap.indent("\n".join(line for line in lines if line), "    "),
            arrays="\n".join(arrays),
        )
        path.write_text(script, encoding="utf-8", newline="\n")

    def runtime(self) -> str:
        return "Python and numpy"

    def predict(self, path: Path, batches: list[Array]) -> list[Array]:
        outputs = runpy.run_path(str(path))["outputs"]  # our own file, written a moment ago
        return [outputs(batch) for batch in batches]

    def snippet(self, subject: ExportSubject, path: Path | str) -> str:
        return (
            "import numpy as np\n"
            f"from {Path(path).stem} import outputs\n\n"
            f"x = {example_inputs(subject)}\n"
            "y = outputs(x)  # before any adaptation\n"
        )


def _steps(model: Any) -> Iterator[Any]:
    """A model's operations in order, a model inside it unfolded; not layers: a sine is an operation without weights."""
    for step in model.operations:
        if hasattr(step, "operations"):
            yield from _steps(step)
        else:
            yield step


def _line(step: Any, place: int) -> str:
    """A step of the network as a line of numpy; place: the number of its weights."""
    kind = type(step).__name__
    if kind not in LINES:
        raise ExportError(f"A step {kind} of this network cannot be written in numpy yet; choose another format")
    return LINES[kind](step, place)


def _weights(step: Any) -> list[Array]:
    return step.get_weights() if hasattr(step, "get_weights") else []


def _rescaled(step: Any, place: int) -> str:
    scale, offset = (f"np.array({list(values)}, np.float32)" for values in (step.scale, step.offset))
    return f"x = x * {scale} + {offset}"


LINES: dict[str, Callable[[Any, int], str]] = {
    "InputLayer": lambda step, place: "",
    "Dense": lambda step, place: f"x = x @ W{place} + B{place}",
    "Activation": lambda step, place: ACTIVATIONS[step.activation.__name__],
    "Rescaling": _rescaled,
    "Sin": lambda step, place: "x = np.sin(x)",
}


def _array(name: str, values: Array) -> str:
    """An assignment of the numbers, in lines of readable length."""
    text = base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()
    rows = "\n".join(f'    "{row}"' for row in textwrap.wrap(text, 100))
    return f"{name} = array(\n{rows},\n    {', '.join(map(str, values.shape))},\n)"
