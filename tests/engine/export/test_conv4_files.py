"""Formats of convolutional networks, and of learners whose examples take the head's place."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import initial_states
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.export import EXPORTERS, ExportError, ExportSubject
from tests.engine.small import context, small_settings
from tests.engine.test_conv4 import TRANSDUCTIVE, pictures

WEIGHTS = [key for key, exporter in EXPORTERS.items() if exporter.group != "numbers" or key == "python"]
NORMS = ["none", "layer", "group"]  # of each norm there is a line in numpy; the others convert what keras builds
WORK = [(key, "maml", "batch") for key in WEIGHTS] + [("python", "maml", norm) for norm in NORMS]
HEADLESS = [(key, learner, "batch") for key in ("keras", "python", "learner") for learner in ("protonet", "ridge")]


def subject_of(learner: str, norm: str = "batch") -> ExportSubject:
    """A learner whose running averages are not those of a start."""
    settings = pictures(learner, norm=norm)
    state, baselines = initial_states(settings)
    rng, averages = np.random.default_rng(0), settings.network.init(np.random.default_rng(0))[1]
    moved = {name: rng.uniform(0.2, 2.0, values.shape).astype(np.float32) for name, values in averages.items()}
    return ExportSubject(settings, TrainingState(dataclasses.replace(state, carry=state.carry | moved), baselines))


@pytest.mark.parametrize(("key", "learner", "norm"), WORK + HEADLESS)
def test_a_file_says_of_images_what_the_engine_says(key: str, learner: str, norm: str, tmp_path: Path) -> None:
    exporter, subject = EXPORTERS[key], subject_of(learner, norm)
    path = tmp_path / exporter.file_name
    exporter.write(subject, path)
    assert exporter.verify(subject, path) < 1e-5


@pytest.mark.parametrize("family", ["pictures", "blobs"])
def test_without_a_head_features_come_out(family: str) -> None:
    settings = pictures("protonet") if family == "pictures" else small_settings(family, "protonet")
    subject = ExportSubject(settings, TrainingState(*initial_states(settings)))
    state, network = subject.learner_state, settings.network
    x = np.random.default_rng(0).normal(size=(4, network.input_dim)).astype(np.float32)
    expected, _ = network.features(state.params, state.carry, tf.constant(x[None]), None, context(settings))
    np.testing.assert_allclose(network.build(state.params, state.carry)(x), expected[0], atol=1e-5)
    facts = EXPORTERS["keras"].facts(subject)
    assert facts["outputs"] == f"float32 [n, {network.feature_dim}], features"
    assert facts["weights"] == f"{sum(values.size for values in state.params.values()):,}"
    assert "features" in EXPORTERS["keras"].snippet(subject, "model.keras")


def test_safetensors_hold_the_running_averages_without_which_the_weights_say_nothing(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    subject = subject_of("fedavg")
    EXPORTERS["safetensors"].write(subject, tmp_path / "start.safetensors")
    found, state = load_file(tmp_path / "start.safetensors"), subject.learner_state
    assert found.keys() == state.params.keys() | {"mean0", "variance0", "mean1", "variance1"}
    np.testing.assert_array_equal(found["mean1"], state.carry["mean1"])


@pytest.mark.parametrize(("key", "learner", "norm"), [("python", "maml", TRANSDUCTIVE), ("keras", "cnp", "batch")])
def test_what_a_format_cannot_hold_is_refused_in_one_line(key: str, learner: str, norm: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"choose a(nother)? format") as caught:
        EXPORTERS[key].write(subject_of(learner, norm), tmp_path / EXPORTERS[key].file_name)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("key", WEIGHTS)
def test_a_file_is_tried_with_as_few_images_as_a_class_has(key: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for label in range(8):
        place = tmp_path / "images" / f"kind{label}"
        place.mkdir(parents=True)
        for copy in range(3):
            Image.fromarray(rng.integers(0, 255, (8, 8), np.uint8)).save(place / f"{copy}.png")
    settings = pictures("maml").replaced(task_family="images", data=str(tmp_path / "images"), image_size=8, ways=2)
    subject = ExportSubject(settings, TrainingState(*initial_states(settings)))
    path = tmp_path / EXPORTERS[key].file_name
    EXPORTERS[key].write(subject, path)
    assert EXPORTERS[key].verify(subject, path) < 1e-5
