"""The pictures of README.md: rendered from the real window, by the command that anybody can give.

METALEARN_SCREENSHOTS=1 pytest tests/test_screenshots.py meta-trains for longer and keeps them in assets/screenshots.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

KEEP = os.environ.get("METALEARN_SCREENSHOTS") == "1"
ITERATIONS = 12_000 if KEEP else 200
PICTURES = {"main": ["--size", "1440x900", "--theme", "dark"]}


def colours(image: QImage) -> int:
    """How many colours a coarse grid over the picture meets."""
    return len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)})


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PICTURES)
def test_the_window_renders_to_a_picture_of_the_size_asked_for(name: str, tmp_path: Path, checkout: Path) -> None:
    picture = tmp_path / f"{name}.png"
    arguments = ["--screenshot", str(picture), "--iterations", str(ITERATIONS), *PICTURES[name]]
    done = subprocess.run(
        [sys.executable, "-m", "metalearn_gui", *arguments], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    image = QImage(str(picture))
    assert f"{image.width()}x{image.height()}" == PICTURES[name][1]
    assert colours(image) > 300
    if KEEP:
        shutil.copy(picture, checkout / "assets" / "screenshots" / picture.name)
