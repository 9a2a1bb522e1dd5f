"""The ONNX file: one file, any number of rows, checked even without ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import pytest

from metalearn_gui.engine.export import EXPORTERS
from metalearn_gui.engine.export import onnx as onnx_export
from tests.engine.export.test_every_exporter import subject_of

onnx = pytest.importorskip("onnx")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    EXPORTERS["onnx"].write(subject_of(), tmp_path / "start.onnx")
    return tmp_path / "start.onnx"


def test_inputs_map_to_outputs_for_any_number_of_points(file: Path) -> None:
    graph = onnx.load(file).graph
    assert [value.name for value in (*graph.input, *graph.output)] == ["inputs", "outputs"]
    assert graph.input[0].type.tensor_type.shape.dim[0].dim_param == "points"
    onnx.checker.check_model(str(file), full_check=True)


def test_all_weights_are_inside_the_file(file: Path) -> None:
    assert [path.name for path in file.parent.iterdir()] == ["start.onnx"]
    assert all(not tensor.external_data for tensor in onnx.load(file, load_external_data=False).graph.initializer)


def test_without_onnx_runtime_the_reference_evaluator_checks_and_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_export, "_has_onnxruntime", lambda: False)
    exporter = EXPORTERS["onnx"]
    assert exporter.runtime() == "ONNX's reference evaluator"
    assert exporter.verify(subject_of(), file) <= exporter.tolerance
