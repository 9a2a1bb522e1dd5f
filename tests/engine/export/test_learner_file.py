"""The learner as a file: it adapts where this program is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import initial_states
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.export import EXPORTERS, ExportSubject
from tests.engine.export.test_every_exporter import subject_of
from tests.engine.small import PAIRS, small_settings

ONE_OF_EACH_KIND = ("vectors", "blobs")  # a file knows a task by its kind and its sizes alone

ELSEWHERE = """
import sys
import numpy as np
import tensorflow as tf
for folder in sys.argv[1:]:
    data = np.load(folder + ".npz")
    adapt = tf.saved_model.load(folder).signatures["adapt_and_predict"]
    y = adapt(support_x=data["x"], support_y=data["y"], query_x=data["queries"])["predictions"].numpy()
    print(abs(y - data["expected"]).max())
assert "metalearn_gui" not in sys.modules
"""


def test_the_file_adapts_in_a_process_of_its_own(tmp_path: Path) -> None:
    folders = [str(tmp_path / family) for family in ("sinusoid", "blobs")]
    export_with_example(subject_of("sinusoid", test_steps=10), folders[0])
    export_with_example(subject_of("blobs"), folders[1])
    command = [sys.executable, "-I", "-c", ELSEWHERE, *folders]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "custom gradient" not in done.stderr.lower()
    assert max(map(float, done.stdout.split())) < 1e-5


def export_with_example(subject: ExportSubject, folder: str) -> None:
    """The learner, and beside it a task of thirteen points with what the engine makes of it."""
    EXPORTERS["learner"].write(subject, folder)
    rng = np.random.default_rng(3)
    width, count = subject.settings.tasks.input_dim, 13
    x, queries = rng.normal(size=(count, width)), rng.normal(size=(21, width))
    is_classification = subject.settings.tasks.kind == "classification"
    y = np.arange(count, dtype=np.int32) % 3 if is_classification else np.sin(x).astype(np.float32)
    x, queries = x.astype(np.float32), queries.astype(np.float32)
    path = adapt(subject.settings, subject.learner_state, PointSet(x[None], y[None]), queries[None], compile=False)
    np.savez(f"{folder}.npz", x=x, y=y, queries=queries, expected=path.predictions[-1, 0])


@pytest.mark.parametrize(("family", "learner"), [pair for pair in PAIRS if pair[0] in ONE_OF_EACH_KIND])
def test_every_learner_adapts_from_its_file_as_it_does_here(family: str, learner: str, tmp_path: Path) -> None:
    settings = small_settings(family, learner, test_steps=2)
    subject = ExportSubject(settings, TrainingState(*initial_states(settings)))
    EXPORTERS["learner"].write(subject, tmp_path / "learner")
    assert EXPORTERS["learner"].verify(subject, tmp_path / "learner") < 1e-5


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory):
    """The signature of an exported classifier."""
    path = tmp_path_factory.mktemp("exported") / "learner"
    EXPORTERS["learner"].write(subject_of("blobs"), path)
    return tf.saved_model.load(str(path)).signatures["adapt_and_predict"]


def test_a_classifier_answers_with_probabilities(classifier) -> None:
    x, y = tf.random.normal((7, 2), seed=1), tf.constant([0, 1, 2, 0, 1, 2, 0])
    predictions = classifier(support_x=x, support_y=y, query_x=x)["predictions"].numpy()
    assert predictions.shape == (7, 3)
    np.testing.assert_allclose(predictions.sum(axis=1), 1.0, rtol=1e-5)


def test_a_support_set_without_points_leaves_the_learner_at_its_start(classifier) -> None:
    queries = tf.random.normal((5, 2), seed=1)
    nothing = {"support_x": tf.zeros((0, 2)), "support_y": tf.zeros((0,), tf.int32)}
    predictions = classifier(**nothing, query_x=queries)["predictions"].numpy()
    subject = subject_of("blobs")
    outputs = subject.settings.network.build(subject.learner_state.params, {})(queries)
    np.testing.assert_allclose(predictions, tf.nn.softmax(outputs).numpy(), atol=1e-6)


def test_no_gradient_of_this_process_is_named_in_the_file(tmp_path: Path) -> None:
    EXPORTERS["learner"].write(subject_of(), tmp_path / "learner")
    assert b"_gradient_op_type" not in (tmp_path / "learner" / "saved_model.pb").read_bytes()
