"""Every format: written whole, loaded in its own runtime, the same predictions."""

from __future__ import annotations

import ast
import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from metalearn_gui.engine.baselines import initial_states
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.export import EXPORTERS, Exporter, ExportError, ExportSubject, file_size
from metalearn_gui.engine.export.start import StartExporter
from metalearn_gui.engine.export.whole import write_whole
from metalearn_gui.engine.learners import LEARNERS
from tests.engine.small import family_for, small_settings

WORK = [("sinusoid", "relu"), ("sinusoid", "tanh"), ("sinusoid", "sine"), ("blobs", "relu")]
OF_EACH_KIND = ("python", "keras", "safetensors", "learner")  # the others convert what keras builds
EVERY_LEARNERS = [key for key in OF_EACH_KIND if key != "learner"]  # that one takes them all in test_learner_file
every_exporter = pytest.mark.parametrize("exporter", EXPORTERS.values(), ids=EXPORTERS.keys())


def subject_of(family: str = "sinusoid", activation: str = "relu", **values: object) -> ExportSubject:
    """An untrained run with curves of twelve meta-iterations."""
    settings = small_settings(family, activation=activation, **values)
    curves = {name: np.linspace(1.0, 0.1, 12, dtype=np.float32) for name in ("objective", "before", "after")}
    return ExportSubject(settings, TrainingState(*initial_states(settings)), curves)


@pytest.fixture
def subject() -> ExportSubject:
    return subject_of()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Exporter], Path]:
    """The plain subject's file in a format, written once; who changes it takes a copy."""
    folder = tmp_path_factory.mktemp("written")

    @functools.cache
    def write(exporter: Exporter) -> Path:
        path = folder / exporter.file_name
        exporter.write(subject_of(), path)
        return path

    return write


def copied(path: Path, folder: Path) -> Path:
    shutil.copytree(path, folder / path.name) if path.is_dir() else shutil.copy(path, folder)
    return folder / path.name


@pytest.mark.parametrize(("family", "activation"), WORK)
@every_exporter
def test_a_file_says_in_its_own_runtime_what_the_engine_says(
    exporter: Exporter, family: str, activation: str, tmp_path: Path
) -> None:
    subject, path = subject_of(family, activation), tmp_path / exporter.file_name
    exporter.write(subject, path)
    assert path.is_dir() == exporter.is_folder
    assert file_size(path) > 100
    assert exporter.verify(subject, path) <= exporter.tolerance


@every_exporter
@pytest.mark.parametrize("learner", LEARNERS)
def test_a_format_says_what_it_holds_of_every_learner(exporter: Exporter, learner: str) -> None:
    settings = small_settings(family_for(learner), learner)
    subject = ExportSubject(settings, TrainingState(*initial_states(settings)))
    facts = exporter.facts(subject)
    assert all(facts.values())
    assert exporter.snippet(subject, exporter.file_name)
    if isinstance(exporter, StartExporter):
        learns_no_start = learner in ("cnp", "learned_optimizer", "nearest")
        assert (facts["weights"] == "none that answer on their own") == learns_no_start


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("key", EVERY_LEARNERS)
def test_a_format_takes_every_learner(key: str, learner: str, tmp_path: Path) -> None:
    exporter, subject = EXPORTERS[key], subject_of(family_for(learner), learner=learner)
    path = tmp_path / exporter.file_name
    if (
        isinstance(exporter, StartExporter)
        and not set(subject.settings.network.parts["body"]) <= subject.learner_state.params.keys()
    ):
        with pytest.raises(ExportError, match="learns no network that answers on its own"):
            exporter.write(subject, path)
        return
    exporter.write(subject, path)
    assert exporter.verify(subject, path) <= exporter.tolerance


@pytest.mark.parametrize("key", OF_EACH_KIND)
def test_a_format_takes_an_inner_loop_with_options(key: str, tmp_path: Path) -> None:
    options = {"inner_optimizer": "adam", "inner_weight_decay": 0.1, "learned_rates": True, "inner_gradient_clip": 1.0}
    exporter, subject = EXPORTERS[key], subject_of(test_steps=7, inner_steps=2, **options)
    path = tmp_path / exporter.file_name
    exporter.write(subject, path)
    assert exporter.verify(subject, path) <= exporter.tolerance


@every_exporter
def test_a_file_of_other_weights_does_not_verify(exporter: Exporter, written: Callable[[Exporter], Path]) -> None:
    path, other = written(exporter), subject_of(seed=8)
    curves = {name: values + np.float32(1.0) for name, values in other.curves.items()}
    assert exporter.verify(ExportSubject(other.settings, other.state, curves), path) > 1e-2


@every_exporter
def test_a_second_export_takes_the_place_of_the_first(
    exporter: Exporter, written: Callable[[Exporter], Path], tmp_path: Path
) -> None:
    path, subject = copied(written(exporter), tmp_path), subject_of(seed=2)
    exporter.write(subject, path)
    assert exporter.verify(subject, path) <= exporter.tolerance
    assert os.listdir(tmp_path) == [path.name]


@every_exporter
def test_an_export_that_fails_leaves_what_was_there(
    exporter: Exporter,
    subject: ExportSubject,
    written: Callable[[Exporter], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = copied(written(exporter), tmp_path)

    def fill_the_disk(self: Exporter, subject: ExportSubject, beside: Path) -> None:
        half = beside / "half" if exporter.is_folder else beside
        half.parent.mkdir(exist_ok=True)
        half.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(exporter), "_write_to", fill_the_disk)
    with pytest.raises(ExportError, match="No space left on device"):
        exporter.write(subject, path)
    assert exporter.verify(subject, path) <= exporter.tolerance
    assert os.listdir(tmp_path) == [path.name]


def test_tensorflow_s_temporary_file_is_no_part_of_the_line(tmp_path: Path) -> None:
    def fail(beside: Path) -> None:
        raise RuntimeError(f"{beside / 'saved_model.pb.tmp55b7'}; No space left on device\nmore")

    with pytest.raises(ExportError) as refused:
        write_whole(tmp_path / "learner", fail)
    assert str(refused.value) == f"{tmp_path / 'learner'} cannot be written: No space left on device"


@pytest.mark.parametrize("place", ["missing/model", "a_file/model"])
@every_exporter
def test_a_folder_that_is_not_there_is_refused_in_one_line(
    exporter: Exporter, subject: ExportSubject, tmp_path: Path, place: str
) -> None:
    (tmp_path / "a_file").write_text("not a folder")
    with pytest.raises(ExportError) as caught:
        exporter.write(subject, tmp_path / f"{place}{exporter.suffix}")
    assert "\n" not in str(caught.value)


@every_exporter
def test_a_folder_of_somebody_else_is_never_replaced(
    exporter: Exporter, subject: ExportSubject, tmp_path: Path
) -> None:
    path = tmp_path / exporter.file_name
    path.mkdir()
    (path / "letter.txt").write_text("dear")
    with pytest.raises(ExportError):
        exporter.write(subject, path)
    assert (path / "letter.txt").read_text() == "dear"


@every_exporter
def test_a_run_without_anything_is_refused_in_one_line(exporter: Exporter, tmp_path: Path) -> None:
    path = tmp_path / exporter.file_name
    with pytest.raises(ExportError, match="run"):
        exporter.write(ExportSubject(small_settings(), None), path)
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize(("key", "suffix"), [("keras", "keras"), ("litert", "tflite"), ("python", "py")])
def test_a_file_whose_name_its_runtime_would_refuse_is_not_written(
    key: str, suffix: str, subject: ExportSubject, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match=rf"^model\.h5 must end in \.{suffix}: "):
        EXPORTERS[key].write(subject, tmp_path / "model.h5")
    assert not os.listdir(tmp_path)


@every_exporter
def test_others_may_read_a_file_as_they_may_any_new_one(
    exporter: Exporter, written: Callable[[Exporter], Path], tmp_path: Path
) -> None:
    path, usual = written(exporter), tmp_path / "usual"
    usual.mkdir() if exporter.is_folder else usual.touch()
    assert path.stat().st_mode == usual.stat().st_mode


@pytest.mark.parametrize("name", ["my-network.py", "2nd.py", "class.py"])
def test_the_python_snippet_takes_names_that_no_import_can_say(
    name: str, subject: ExportSubject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    EXPORTERS["python"].write(subject, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(EXPORTERS["python"].snippet(subject, name), names)
    assert np.shape(names["y"]) == (5, 1)


@every_exporter
def test_a_damaged_file_is_reported_in_one_line(
    exporter: Exporter, subject: ExportSubject, written: Callable[[Exporter], Path], tmp_path: Path
) -> None:
    path = copied(written(exporter), tmp_path)
    damaged = path / exporter.folder_mark if exporter.is_folder else path
    damaged.write_bytes(b"iteration\n\xff\x00")
    with pytest.raises(ExportError) as caught:
        exporter.verify(subject, path)
    assert "\n" not in str(caught.value)


@every_exporter
def test_the_snippet_loads_and_uses_the_file(
    exporter: Exporter,
    subject: ExportSubject,
    written: Callable[[Exporter], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = copied(written(exporter), tmp_path)
    code = exporter.snippet(subject, path)
    assert path.stem in code
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    imported = {name.split(".")[0] for node in ast.walk(ast.parse(code)) for name in _imported(node)}
    missing = [name for name in imported if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    names: dict[str, object] = {}
    exec(compile(code, "snippet", "exec"), names)
    if "y" in names:
        assert np.shape(names["y"])[1:] == (subject.settings.tasks.output_dim,)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_every_format_is_written_and_tried_without_a_word(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from metalearn_gui.engine.export import EXPORTERS
from tests.engine.export.test_every_exporter import subject_of
for exporter in sorted(EXPORTERS.values(), key=lambda each: each.key != "onnx"):  # tf2onnx imports TensorFlow itself
    path = Path(sys.argv[1]) / f"{exporter.key}{exporter.suffix}"
    exporter.write(subject_of(), path)
    exporter.verify(subject_of(), path)
"""
    root = Path(__file__).parents[3]
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(os.listdir(tmp_path)) == len(EXPORTERS)


def test_formats_are_listed_without_tensorflow() -> None:
    program = """
import json, sys
from metalearn_gui.engine.export import EXPORTERS
print(json.dumps([list(EXPORTERS), sorted(sys.modules)]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True
    )
    keys, modules = json.loads(done.stdout)
    assert {"keras", "onnx", "learner", "csv"} <= set(keys)
    assert not {"tensorflow", "keras", "onnx", "tf2onnx", "safetensors"} & set(modules)
