"""Everything meta-learned as plain arrays, running averages too: no code can hide in the file."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.export.base import Exporter, ExportSubject, largest_difference
from metalearn_gui.engine.scaling import only_scaling


class Safetensors(Exporter):
    """One float32 tensor for each parameter, and the settings as JSON in the header."""

    key = "safetensors"
    label = "safetensors"
    file_name = "start.safetensors"
    suffix = ".safetensors"
    opens_in = "torch, JAX, numpy"
    summary = "All meta-learned parameters and running averages by name, with the run's settings in the header."
    group = "weights"
    tolerance = 0.0

    def _write_to(self, subject: ExportSubject, path: Path) -> None:
        metadata = {"settings": json.dumps(subject.settings.to_dict())}
        # Its own `save_file` makes a file that nobody but its owner may read.
        path.write_bytes(_module().save(_tensors(subject), metadata))

    def _difference(self, subject: ExportSubject, path: Path) -> float:
        expected, found = _tensors(subject), _module().load_file(str(path))
        if found.keys() != expected.keys():
            return float("inf")
        return max((largest_difference(found[name], expected[name]) for name in expected), default=0.0)

    def snippet(self, subject: ExportSubject, path: Path | str) -> str:
        return (
            "from safetensors.numpy import load_file\n\n"
            f'params = load_file("{Path(path).name}")\n'
            "for name, values in params.items():\n"
            "    print(name, values.shape)\n"
        )

    def facts(self, subject: ExportSubject) -> dict[str, str]:
        return {"numbers": "float32, bit for bit", "header": "the run's settings as JSON"}


def _tensors(subject: ExportSubject) -> dict[str, Array]:
    """Everything meta-learned, the network's running averages, and what own data is scaled by."""
    state = subject.learner_state
    statistics = subject.settings.network.init(np.random.default_rng(0))[1]
    averages = {name: state.carry[name] for name in statistics if name in state.carry}
    return dict(state.params) | averages | only_scaling(state.carry)


def _module() -> Any:
    return importlib.import_module("safetensors.numpy")
