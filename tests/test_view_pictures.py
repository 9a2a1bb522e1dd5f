"""The README's pictures of the views that take the task's place: the real window, real runs.

METALEARN_SCREENSHOTS=1 pytest tests/test_view_pictures.py trains for longer and keeps them in assets/screenshots.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from metalearn_gui.app import open_window
from metalearn_gui.engine import Options, training
from metalearn_gui.engine.compare import Budget
from tests.test_screenshots import colours

KEEP = os.environ.get("METALEARN_SCREENSHOTS") == "1"
SIZE, SMALL = (1440, 900), (1024, 700)
MINUTES = 60_000
BRIEFLY = ["--set", "num_iterations=20", "--set", "hidden_dim=4", "--set", "test_steps=2"]


def compare(window: Any, qtbot: Any) -> None:
    """Every learner that the view begins with, or two of them for a moment."""
    chosen = window.transport.chosen
    if not KEEP:
        for choice in chosen.choices[2:]:
            chosen.remove(choice.key)
    chosen.set_effort(budget=Budget(seconds=20) if KEEP else Budget(meta_iterations=20))
    window.transport.toggle()
    wait_for_comparison(window, qtbot)


def sweep(window: Any, qtbot: Any) -> None:
    axes = window.transport.axes
    axes.rows[0].values.setText("0.001, 0.003, 0.01, 0.03" if KEEP else "0.01, 0.02")
    axes.rows[1].values.setText("2, 5, 10, 20" if KEEP else "5")
    choose(axes.effort.box, "2000iterations" if KEEP else "")
    window.transport.toggle()
    wait_for_comparison(window, qtbot)


def structure(window: Any, qtbot: Any) -> None:
    choose(window.transport.card.effort.box, "2000iterations")
    window.transport.toggle()
    wait_for_comparison(window, qtbot)


def little_data(window: Any, qtbot: Any) -> None:
    choose(window.transport.effort.box, "20000iterations")
    window.transport.toggle()
    wait_for_comparison(window, qtbot)


def presenter(window: Any, qtbot: Any) -> None:
    advance(window, qtbot, 12_000 if KEEP else 20)
    qtbot.wait(2_000 if KEEP else 300)


def inside(window: Any, qtbot: Any) -> None:
    advance(window, qtbot, 12_000 if KEEP else 20)
    qtbot.wait(8_000 if KEEP else 500)  # its cards are computed beside


def advance(window: Any, qtbot: Any, iterations: int) -> None:
    window.session.advance(iterations)
    qtbot.waitUntil(lambda: window.session.live.iteration >= iterations, timeout=5 * MINUTES)


def choose(box: Any, budget: str) -> None:
    box.setCurrentIndex(box.findData(budget))


def wait_for_comparison(window: Any, qtbot: Any) -> None:
    comparing = window.session.comparing
    qtbot.waitUntil(lambda: bool(comparing.lanes) and not comparing.is_active, timeout=15 * MINUTES)
    qtbot.wait(4_000 if KEEP else 300)


PICTURES: dict[str, Callable[[Any, Any], None]] = {
    "compare": compare, "sweep": sweep, "inside": inside, "presenter": presenter,
}  # fmt: skip
KEPT_ONLY = {"structure": structure, "little_data": little_data}  # dozens of runs, be each of them short
SIZES = {"sweep": SMALL, "structure": SMALL, "little_data": SMALL}


@pytest.mark.timeout(1_500)
@pytest.mark.parametrize("view", [*PICTURES, *(KEPT_ONLY if KEEP else ())])
@pytest.mark.usefixtures(*(["qapp"] if KEEP else ["traced", "few_rates"]))  # what is kept is as a person has it
def test_a_view_renders_what_its_runs_came_to(
    view: str, qtbot: Any, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not KEEP:
        monkeypatch.setattr(
            training, "DEFAULT_OPTIONS", Options(compile=False, baselines=view == "compare", num_tasks=4)
        )
    window = open_window(["--preset", "first-steps", "--theme", "dark", *(() if KEEP else BRIEFLY)])
    qtbot.addWidget(window)
    window.resize(*SIZES.get(view, SIZE))
    qtbot.waitUntil(lambda: window.session.can_run, timeout=2 * MINUTES)
    window.show_view(view)
    empty = colours(window.grab().toImage())
    (PICTURES | KEPT_ONLY)[view](window, qtbot)
    picture = window.grab()
    assert (picture.width(), picture.height()) == SIZES.get(view, SIZE)
    assert colours(picture.toImage()) > empty
    if KEEP:
        assert picture.save(str(checkout / "assets" / "screenshots" / f"{view}.png"))
