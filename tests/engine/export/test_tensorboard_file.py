"""A run's numbers as TensorBoard's event file."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.events import Evaluation, StepScores
from metalearn_gui.engine.export import EXPORTERS, ExportError, ExportSubject
from metalearn_gui.engine.export.tensorboard import EVENTS, VERSION
from tests.engine.small import small_settings

BOARD = EXPORTERS["tensorboard"]


def scores(*losses: float) -> StepScores:
    values = np.array(losses)
    return StepScores(values, values, values / 10.0)


def subject(*values: float) -> ExportSubject:
    evaluation = Evaluation(600, scores(0.7, 0.1), {"transfer": scores(0.9, 0.8)}, 4.3, 0.0)
    curve = np.array(values, np.float32)
    return ExportSubject(small_settings(), None, {"objective": curve, "cosine": curve}, ((2, evaluation),))


def read(folder: Path) -> list:
    return list(tf.compat.v1.train.summary_iterator(str(folder / EVENTS)))


def scalars(folder: Path) -> dict[tuple[str, int], float]:
    """Numbers by tag and step."""
    found = {}
    for event in read(folder):
        values = {value.tag: value.simple_value for value in event.summary.value if value.HasField("simple_value")}
        found |= {(tag, event.step): value for tag, value in values.items()}
    return found


def test_curves_are_scalars_by_meta_iteration(tmp_path: Path) -> None:
    BOARD.write(subject(3.0, 0.1), tmp_path / "run")
    found = scalars(tmp_path / "run")
    assert found["training/objective", 1] == 3.0
    assert found["training/cosine", 2] == np.float32(0.1)
    assert BOARD.verify(subject(3.0, 0.1), tmp_path / "run") == 0.0


def test_losses_on_unseen_tasks_stand_at_the_meta_iteration_where_they_were_tried(tmp_path: Path) -> None:
    BOARD.write(subject(1.0, 1.0, 1.0), tmp_path / "run")
    found = scalars(tmp_path / "run")
    assert found["unseen/loss_1", 2] == np.float32(0.1)
    assert found["unseen/transfer_loss_0", 2] == np.float32(0.9)
    assert [step for tag, step in found if tag == "unseen/loss_1"] == [2]


def test_a_curve_without_any_number_is_no_difference_and_one_that_lacks_numbers_is(tmp_path: Path) -> None:
    diverging = Evaluation(600, scores(0.7, np.nan), {}, 4.3, 0.0)
    run = dataclasses.replace(subject(1.0, 2.0), scores=((2, diverging),))
    BOARD.write(run, tmp_path / "run")
    assert ("unseen/loss_1", 2) not in scalars(tmp_path / "run")
    assert BOARD.verify(run, tmp_path / "run") == 0.0
    known = dataclasses.replace(run, scores=((2, dataclasses.replace(diverging, learner=scores(0.7, 0.1))),))
    assert BOARD.verify(known, tmp_path / "run") == np.inf


def test_infinite_numbers_stay_so_and_what_is_no_number_is_left_out(tmp_path: Path) -> None:
    BOARD.write(subject(np.inf, np.nan, 1.0), tmp_path / "run")
    found = scalars(tmp_path / "run")
    assert found["training/objective", 1] == np.inf
    assert ("training/objective", 2) not in found
    assert BOARD.verify(subject(np.inf, np.nan, 1.0), tmp_path / "run") == 0.0


def test_other_numbers_are_told_from_the_file_s(tmp_path: Path) -> None:
    BOARD.write(subject(1.0, 2.0), tmp_path / "run")
    assert BOARD.verify(subject(1.0, 2.5), tmp_path / "run") == 0.5


def test_the_file_begins_with_its_version_and_holds_the_settings_as_a_text(tmp_path: Path) -> None:
    BOARD.write(subject(1.0), tmp_path / "run")
    first, second = read(tmp_path / "run")[:2]
    assert first.file_version == VERSION
    (text,) = second.summary.value
    assert text.metadata.plugin_data.plugin_name == "text"
    lines = tf.make_ndarray(text.tensor)[0].decode().splitlines()
    assert json.loads("\n".join(lines[1:-1])) == small_settings().to_dict()


def test_only_a_folder_of_its_own_kind_is_replaced(tmp_path: Path) -> None:
    BOARD.write(subject(1.0), tmp_path / "run")
    BOARD.write(subject(2.0), tmp_path / "run")
    assert scalars(tmp_path / "run") == {("training/objective", 1): 2.0, ("training/cosine", 1): 2.0}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(ExportError, match="move it away, or choose another place"):
        BOARD.write(subject(1.0), tmp_path / "mine")


def test_a_run_that_has_not_begun_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="run at least one"):
        BOARD.write(ExportSubject(small_settings(), None), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []
