"""The base network as a Python script that needs numpy and nothing else."""

from __future__ import annotations

import base64
import keyword
import runpy
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.export.base import ExportSubject
from metalearn_gui.engine.export.start import (
    StartExporter,
    example_inputs,
    has_head,
    keras_model,
    output_comment,
    output_width,
)
from metalearn_gui.engine.export.whole import ExportError

HEAD = '''"""{title}: the base network, {iteration} meta-iterations."""

import base64

import numpy as np


def outputs(x):
    """Rows of inputs (n, {input_dim}) to rows of {outputs} (n, {output_dim})."""
{body}
    return x
{helpers}

def array(text, *shape):
    """Float32 numbers from base64."""
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape)


{arrays}
'''
HELPERS = {
    "convolved": '''
def convolved(x, w):
    """3 x 3, with a frame of zeros: images (n, height, width, channels) of the same size."""
    height, width = x.shape[1:3]
    framed = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return sum(framed[:, i : i + height, j : j + width] @ w[i, j] for i in range(3) for j in range(3))
''',
    "pooled": '''
def pooled(x):
    """The largest of every 2 x 2 pixels."""
    n, height, width, channels = x.shape
    cut = x[:, : height // 2 * 2, : width // 2 * 2]
    return cut.reshape(n, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))
''',
    "normalised": '''
def normalised(x, groups, epsilon):
    """Mean 0 and variance 1 in every group of channels of an image."""
    n, height, width, channels = x.shape
    y = x.reshape(n, height * width, groups, channels // groups)
    y = y - y.mean(axis=(1, 3), keepdims=True)
    return (y / np.sqrt((y * y).mean(axis=(1, 3), keepdims=True) + epsilon)).reshape(x.shape)
''',
}
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
    needs_suffix = True
    opens_in = "numpy alone"
    group = "numbers"
    summary = "The base network written out as a function of numpy, its weights in the same file: read it, change it."

    def _write_to(self, subject: ExportSubject, path: Path) -> None:
        lines: list[str] = []
        arrays: list[str] = []
        place = 1
        for step in _steps(keras_model(subject)):
            lines.append(_line(step, place))
            weights = _weights(step)
            arrays += [_array(f"{name}{place}", values) for name, values in zip("WBMV", weights, strict=False)]
            place += bool(weights)
        settings, body = subject.settings, "\n".join(line for line in lines if line)
        script = HEAD.format(
            title=f"{settings.learner.label} on {settings.tasks.label}",
            iteration=subject.learner_state.iteration,
            input_dim=settings.tasks.input_dim,
            outputs="outputs" if has_head(subject) else "features",
            output_dim=output_width(subject),
            body=textwrap.indent(body, "    "),
            helpers="".join(f"\n{text}" for name, text in HELPERS.items() if f"{name}(" in body),
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
            f"{_import_lines(Path(path))}\nx = {example_inputs(subject)}\ny = outputs(x)  # {output_comment(subject)}\n"
        )


def _import_lines(path: Path) -> str:
    """What brings `outputs` in; a name that no import statement can say is run as a file."""
    if path.stem.isidentifier() and not keyword.iskeyword(path.stem):
        return f"import numpy as np\nfrom {path.stem} import outputs\n"
    return f'import runpy\n\nimport numpy as np\n\noutputs = runpy.run_path("{path.name}")["outputs"]\n'


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
    "Reshape": lambda step, place: f"x = x.reshape(-1, {', '.join(map(str, step.target_shape))})",
    "Flatten": lambda step, place: "x = x.reshape(len(x), -1)",
    "Conv2D": lambda step, place: f"x = convolved(x, W{place})" + (f" + B{place}" if step.use_bias else ""),
    "MaxPooling2D": lambda step, place: "x = pooled(x)",
    "BatchNormalization": lambda step, place: (
        f"x = (x - M{place}) / np.sqrt(V{place} + {step.epsilon:g}) * W{place} + B{place}"
    ),
    "GroupNormalization": lambda step, place: (
        f"x = normalised(x, {step.groups}, {step.epsilon:g}) * W{place} + B{place}"
    ),
}


def _array(name: str, values: Array) -> str:
    """An assignment of the numbers, in lines of readable length."""
    text = base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()
    rows = "\n".join(f'    "{row}"' for row in textwrap.wrap(text, 100))
    return f"{name} = array(\n{rows},\n    {', '.join(map(str, values.shape))},\n)"
