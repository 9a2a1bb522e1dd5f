from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

OPENS_THE_WINDOW = """
import metalearn_gui
from metalearn_gui.app import open_window
from metalearn_gui.assets import asset
window = open_window([])
print(metalearn_gui.__file__)
print(window.windowTitle())
print(asset("icons", "play.svg"))
window.close()
"""


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from this checkout with the hatchling that is installed; the network is never asked."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(checkout)], check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel's content and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    options = ["--no-deps", "--no-index", "--quiet", "--target", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(wheel)], check=True)
    return folder


def test_every_asset_of_the_checkout_travels_inside_the_wheel(wheel: Path, checkout: Path) -> None:
    assets = {file.relative_to(checkout).as_posix() for file in (checkout / "assets").rglob("*") if file.is_file()}
    assert assets
    shipped = set(zipfile.ZipFile(wheel).namelist())
    assert {f"metalearn_gui/{name}" for name in assets} <= shipped


def test_the_wheel_holds_the_package_and_nothing_beside_it(wheel: Path) -> None:
    folders = {Path(name).parts[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {folder.split("-")[0] for folder in folders} == {"metalearn_gui"}


def test_the_window_opens_from_the_wheel_with_its_own_assets(installed: Path, tmp_path: Path) -> None:
    # The installed copy comes first on the path; an editable install of the checkout would come after it.
    environment = {**os.environ, "PYTHONPATH": str(installed), "METALEARN_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", OPENS_THE_WINDOW],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    module, title, icon = done.stdout.splitlines()[:3]
    assert Path(module).is_relative_to(installed)
    assert "MetaLearn Playground" in title
    assert Path(icon).is_relative_to(installed)
    assert Path(icon).is_file()
