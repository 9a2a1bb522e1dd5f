"""The pictures of README.md: rendered from the real window, by the command that anybody can give.

METALEARN_SCREENSHOTS=1 pytest tests/test_screenshots.py meta-trains for longer and keeps them in assets/screenshots.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from metalearn_gui.cli import main
from metalearn_gui.engine import Options, training
from tests.own_data import films, shops

KEEP = os.environ.get("METALEARN_SCREENSHOTS") == "1"
KEPT = {"main": ["--iterations", "12000"], "table": ["--iterations", "3000", "--set", "inner_steps=5"],
        "ratings": ["--iterations", "600"]}  # fmt: skip
BRIEFLY = ["--iterations", "5", "--set", "hidden_dim=4", "--set", "test_steps=2"]
PICTURES = {
    "main": ["--size", "1440x900", "--theme", "dark"],
    "table": ["--size", "1440x900", "--theme", "light", "--set", "task_family=csv", "--set", "data=shops.csv"],
    "ratings": ["--size", "1440x900", "--theme", "light", "--preset", "ratings", "--set", "data=ml-latest-small"],
}  # fmt: skip
OWN_DATA = ["table", "ratings"]  # the window's first picture is test_app's


def colours(image: QImage) -> int:
    """How many colours a coarse grid over the picture meets."""
    return len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)})


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PICTURES if KEEP else OWN_DATA)
def test_the_window_renders_to_a_picture_of_the_size_asked_for(
    name: str, qapp: object, tmp_path: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not KEEP:  # a few uncompiled meta-iterations of a small network have every part of the picture
        monkeypatch.setattr(training, "DEFAULT_OPTIONS", Options(compile=False, baselines=False, num_tasks=4))
    monkeypatch.chdir(tmp_path)
    shops(tmp_path)
    films(tmp_path)
    picture = tmp_path / f"{name}.png"
    assert main(["--screenshot", str(picture), *PICTURES[name], *(KEPT[name] if KEEP else BRIEFLY)]) == 0
    image = QImage(str(picture))
    assert f"{image.width()}x{image.height()}" == PICTURES[name][1]
    assert colours(image) > 300
    if KEEP:
        shutil.copy(picture, checkout / "assets" / "screenshots" / picture.name)
