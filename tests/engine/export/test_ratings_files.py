"""A recommender as a file: what it knows of items goes with it, and items are named by their numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.export import EXPORTERS, ExportError, ExportSubject
from metalearn_gui.engine.networks.ratings_net import ITEMS
from metalearn_gui.engine.training import trained
from tests.engine.small import QUIET, small_settings


@pytest.fixture(scope="module")
def subject() -> ExportSubject:
    """A learner whose items have rows of their own."""
    settings = small_settings("ratings", "anil", network="ratings_net", embedding_dim=4, meta_learning_rate=0.1)
    state = trained(settings, QUIET)
    assert state.learner.params[ITEMS].any()
    return ExportSubject(settings, state)


@pytest.mark.parametrize("key", ["keras", "litert", "onnx", "learner"])
def test_a_format_says_of_items_what_the_engine_says(subject: ExportSubject, key: str, tmp_path: Path) -> None:
    exporter = EXPORTERS[key]
    path = tmp_path / exporter.file_name
    exporter.write(subject, path)
    assert exporter.verify(subject, path) <= 1e-5


def test_a_format_that_cannot_look_items_up_refuses_in_one_line(subject: ExportSubject, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="choose another format"):
        EXPORTERS["python"].write(subject, tmp_path / "network.py")


def test_the_learner_s_file_takes_items_by_their_numbers(subject: ExportSubject, tmp_path: Path) -> None:
    EXPORTERS["learner"].write(subject, tmp_path / "learner")
    with (tmp_path / "learner" / "assets.extra" / "items.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == ["number", "item"]
    assert [row[1] for row in rows] == list(subject.settings.tasks.table.titles)
    loaded = tf.saved_model.load(str(tmp_path / "learner"))
    inputs_of, adapts = loaded.signatures["inputs_of_items"], loaded.signatures["adapt_and_predict"]
    rated, asked = (inputs_of(items=tf.constant(items))["inputs"] for items in ([3, 1, 2], [7, 0]))
    stars = np.array([[5.0], [3.5], [1.0]], np.float32)
    found = adapts(support_x=rated, support_y=tf.constant(stars), query_x=asked)["predictions"].numpy()
    support = PointSet(rated.numpy()[None], stars[None])
    path = adapt(subject.settings, subject.learner_state, support, asked.numpy()[None], compile=False)
    np.testing.assert_allclose(found, path.predictions[-1, 0], atol=1e-5)


def test_the_learner_s_lines_name_items_by_number(subject: ExportSubject) -> None:
    lines = EXPORTERS["learner"].snippet(subject, "folder/learner")
    assert "learner/assets.extra/items.csv" in lines
    compile(lines, "snippet", "exec")
