"""What README.md tells people to do, done."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def readme(checkout: Path) -> str:
    return (checkout / "README.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_the_first_two_sh_blocks_are_one_command_each(readme: str) -> None:
    opens, tests = blocks(readme, "sh")[:2]
    assert opens.count("\n") == tests.count("\n") == 1
    assert opens.rstrip().endswith("metalearn-gui")
    assert "pytest" in tests


def test_windows_lines_do_what_the_sh_blocks_do(readme: str) -> None:
    for windows, sh in zip(blocks(readme, "powershell")[0].splitlines(), blocks(readme, "sh"), strict=False):
        steps = windows.replace("\\Scripts\\", "/bin/").replace('"', "'").replace("py -3.11", "python3").split("; ")
        assert " && ".join(steps) == sh.strip()


def test_the_notebook_lines_meta_train_and_adapt(readme: str, checkout: Path) -> None:
    (program,) = blocks(readme, "python")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=checkout, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    losses = [float(number) for number in done.stdout.strip(" []\n").split()]
    assert len(losses) == 11
    assert losses[10] < 0.1 * losses[0]
    assert done.stderr == ""


def test_every_file_that_is_linked_exists(readme: str, checkout: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", readme)
    assert not [link for link in links if not (checkout / link).exists()]
