"""Numbers of a run as TensorBoard's event file: scalars by meta-iteration, and the settings as a text."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array, tf
from metalearn_gui.engine.export.base import Exporter, ExportSubject, largest_difference
from metalearn_gui.engine.export.columns import columns_of, num_iterations

EVENTS = "events.out.tfevents.metalearn"  # TensorBoard looks for "tfevents" in a name
VERSION = "brain.Event:2"  # what TensorBoard expects to read first
UNSEEN = "unseen_"


class TensorBoard(Exporter):
    """Tags: training/objective, training/before, ...; unseen/loss_0, unseen/transfer_loss_3, ... where evaluated.

    The event file is TensorFlow's own (records of Event messages), so that the tensorboard package is needed only to
    look at it. A step is a meta-iteration; a number that is none is left out.
    """

    key = "tensorboard"
    label = "TensorBoard"
    file_name = "run"
    suffix = ""
    opens_in = "TensorBoard"
    summary = (
        "The run's curves and its losses on unseen tasks as scalars by meta-iteration, and its settings as a text."
    )
    group = "numbers"
    has_points = False
    tolerance = 0.0
    folder_mark = EVENTS

    def _write_to(self, subject: ExportSubject, path: Path) -> None:
        scalars = _scalars(subject)
        path.mkdir()
        with tf.io.TFRecordWriter(str(path / EVENTS)) as writer:
            for event in _events(subject, scalars):
                writer.write(event.SerializeToString())

    def _difference(self, subject: ExportSubject, path: Path) -> float:
        expected, found = _scalars(subject), _read(path / EVENTS, num_iterations(subject))
        if found.keys() - expected.keys():
            return float("inf")  # one that lacks has no number in all of the run
        return max(largest_difference(found[tag], expected[tag]) for tag in expected)

    def runtime(self) -> str:
        return "TensorFlow's event reader"

    def snippet(self, subject: ExportSubject, path: Path | str) -> str:
        name = Path(path).name
        return (
            f"# pip install tensorboard, and then: tensorboard --logdir {name}\n"
            "import tensorflow as tf\n\n"
            f'for event in tf.compat.v1.train.summary_iterator("{name}/{EVENTS}"):\n'
            "    for value in event.summary.value:\n"
            '        if value.tag == "unseen/loss_1":  # after one adaptation step\n'
            "            print(event.step, value.simple_value)\n"
        )

    def facts(self, subject: ExportSubject) -> dict[str, str]:
        return {
            "steps": f"{num_iterations(subject):,}",
            "evaluations": f"{len(subject.scores):,}",
            "numbers": "float32",
        }


def _scalars(subject: ExportSubject) -> dict[str, Array]:
    """Values by tag, (meta-iterations,) float32; not-a-number where there is none."""
    columns = columns_of(subject)
    del columns["iteration"]
    with np.errstate(over="ignore"):
        return {_tag(name): values.astype(np.float32) for name, values in columns.items()}


def _tag(name: str) -> str:
    return f"unseen/{name.removeprefix(UNSEEN)}" if name.startswith(UNSEEN) else f"training/{name}"


def _events(subject: ExportSubject, scalars: Mapping[str, Array]) -> Iterator[Any]:
    now, event_of, summary_of = time.time(), tf.compat.v1.Event, tf.compat.v1.Summary
    yield event_of(wall_time=now, file_version=VERSION)
    yield event_of(wall_time=now, step=0, summary=summary_of(value=[_settings_text(subject)]))
    lists = {tag: values.tolist() for tag, values in scalars.items()}
    for row in range(num_iterations(subject)):
        numbers = [
            summary_of.Value(tag=tag, simple_value=values[row])
            for tag, values in lists.items()
            if values[row] == values[row]
        ]
        if numbers:
            yield event_of(wall_time=now, step=row + 1, summary=summary_of(value=numbers))


def _settings_text(subject: ExportSubject) -> Any:
    """As TensorBoard's text page takes it: Markdown in a tensor of strings, marked as that page's."""
    text = f"```json\n{json.dumps(subject.settings.to_dict(), indent=2)}\n```"
    metadata = tf.compat.v1.SummaryMetadata(plugin_data={"plugin_name": "text"})
    return tf.compat.v1.Summary.Value(tag="settings", metadata=metadata, tensor=tf.make_tensor_proto([text]))


def _read(path: Path, length: int) -> dict[str, Array]:
    found: dict[str, Array] = defaultdict(lambda: np.full(length, np.nan, np.float32))
    for event in tf.compat.v1.train.summary_iterator(str(path)):
        for value in event.summary.value:
            if value.HasField("simple_value"):
                found[value.tag][event.step - 1] = value.simple_value
    return found
