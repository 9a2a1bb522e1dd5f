"""What is made of comparisons: sweeps over a grid, successive halving, curves of little data, published figures."""

from __future__ import annotations

import dataclasses
import functools
import math
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from metalearn_gui.engine.compare import (
    Axis,
    Bracket,
    Budget,
    Compared,
    Contender,
    Grid,
    Judged,
    LittleData,
    LittleDataPlan,
    LossAgainst,
    Outcome,
    Progressed,
    SearchPlan,
    candidates,
    compare,
    little_data,
    search,
)
from metalearn_gui.engine.compare.halving import rounds
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.events import Evaluated, Progress
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.presets import preset
from metalearn_gui.engine.published import published
from metalearn_gui.engine.report import page_of, write_page
from metalearn_gui.engine.report.page import Table
from metalearn_gui.engine.training import Options, trained
from tests.engine.small import assert_same_bits, small_settings

pytestmark = pytest.mark.usefixtures("cheaper")
TRACED = Options(compile=False, num_tasks=12)


def test_a_sweep_fills_its_cells_as_they_finish() -> None:
    grid = Grid((Axis.parse("inner_learning_rate=0.001, 0.01"), Axis("shots", (2, 5))))
    tables = [
        grid.losses(said.comparison)
        for said in compare(grid.contenders(small_settings()), Budget(meta_iterations=2), options=TRACED)
        if isinstance(said, Judged)
    ]
    assert grid.shape == (2, 2)
    assert [int(np.isfinite(table).sum()) for table in tables] == [1, 2, 3, 4]
    assert np.isfinite(tables[0][0, 0])


def test_a_cell_has_the_settings_of_its_key() -> None:
    grid = Grid((Axis("activation", ("relu", "tanh")), Axis("hidden_dim", ("4", "6"))))
    cells = {one.key: one.settings.network for one in grid.contenders(small_settings())}
    assert cells[grid.key((1, 0))].activation == "tanh"
    assert cells[grid.key((1, 0))].hidden_dim == 4
    assert list(cells)[1] == "activation=relu, hidden_dim=6"


def test_a_sweep_over_learners_brings_what_each_is_tuned_with() -> None:
    (_, reptile) = Grid((Axis("learner", ("maml", "reptile")),)).contenders(preset("maml"))
    assert reptile.settings.outer.meta_optimizer == "sgd"


@pytest.mark.parametrize(
    ("axes", "says"),
    [
        (["shots=0"], "Shots"),
        (["colour=red"], "no setting 'colour'"),
        (["shots"], "expected a setting and its values"),
        (["shots=1", "shots=2"], "one setting or two different ones"),
        (["shots=1", "queries=1", "meta_batch=1"], "one setting or two different ones"),
        (["shots=" + ",".join(map(str, range(1, 402)))], "401 cells"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused_in_one_line(axes: list[str], says: str) -> None:
    with pytest.raises(SettingError, match=says):
        Grid(tuple(map(Axis.parse, axes))).contenders(small_settings())


def planted() -> list[Contender]:
    """Nine inner rates, of which one makes nothing worse."""
    rates = [1.0] * 5 + [0.01] + [1.0] * 3
    return [
        Contender(str(place), small_settings(inner_learning_rate=rate, learner="fomaml"))
        for place, rate in enumerate(rates)
    ]


def test_halving_finds_the_planted_winner_and_trains_it_as_if_it_were_alone() -> None:
    said = list(search(planted(), Budget(meta_iterations=27), options=TRACED))
    bracket = [event for event in said if isinstance(event, Bracket)][-1]
    assert bracket.winner is not None
    assert bracket.winner.contender == "5"
    assert [(len(rung.run_ids), len(rung.survivors)) for rung in bracket.rungs] == [(9, 3), (3, 1), (1, 1)]
    assert [rung.share for rung in bracket.rungs] == pytest.approx([1 / 9, 1 / 3, 1.0])
    found = said[-1]
    assert isinstance(found, Compared)
    assert not found.is_cancelled
    (entry,) = found.comparison.entries
    alone = trained(planted()[5].settings.replaced(num_iterations=27), TRACED)
    assert_same_bits(entry.runs[0].state.learner, alone.learner)
    spent = {event.run_id: event.iteration for event in said if isinstance(event, Progress)}
    assert sorted(spent.values()) == [3] * 6 + [9] * 2 + [27]
    assert not any(isinstance(event, Evaluated) for event in said)  # test tasks see the winner alone


def test_a_search_compiles_every_structure_once_and_tells_the_time_left_after_two() -> None:
    told = [
        event
        for event in search(planted(), Budget(meta_iterations=27), options=TRACED)
        if isinstance(event, Progressed)
    ]
    compiled = [event.run_id for event in told if event.is_compiling]
    assert len(compiled) == len(set(compiled)) == 9
    third = next(place for place, event in enumerate(told) if event.run_id == compiled[2])
    assert all(event.eta_seconds is None for event in told[:third])
    assert all(event.eta_seconds >= 0.0 for event in told[third:])
    assert told[-1].eta_seconds == pytest.approx(0.0, abs=1e-6)


def test_a_cancelled_search_has_no_winner_and_says_so() -> None:
    gate, said = Gate(), []
    for event in search(planted(), Budget(meta_iterations=27), gate=gate, options=TRACED):
        said.append(event)
        if isinstance(event, Bracket) and event.rungs[0].losses:
            gate.close()
    assert isinstance(said[-1], Compared)
    assert said[-1].is_cancelled
    assert not said[-1].comparison.entries
    outcome = functools.reduce(Outcome.after, said, Outcome(SearchPlan(small_settings(), Budget(meta_iterations=27))))
    assert outcome.is_something
    page = page_of(outcome, compile=False)
    assert [section.heading for section in page.sections] == ["Round 1: after 11 % of the training", "To repeat it"]


def test_a_candidate_that_diverges_loses() -> None:
    wild = small_settings("linear", "maml", inner_learning_rate=10.0, inner_steps=20, meta_learning_rate=10.0)
    pair = [Contender("wild", wild), Contender("tame", small_settings("linear", "fomaml"))]
    *_, bracket, judged, _ = search(pair, Budget(meta_iterations=9), options=TRACED)
    assert isinstance(bracket, Bracket)
    assert math.isinf(bracket.rungs[0].losses[bracket.lanes[0].run_id])
    assert isinstance(judged, Judged)
    assert judged.run.lane.contender == "tame"


def test_rounds_end_with_one_candidate_and_the_whole_budget() -> None:
    assert rounds(9) == [(pytest.approx(1 / 9), 9), (pytest.approx(1 / 3), 3), (1.0, 1)]
    assert rounds(1) == [(1.0, 1)]
    assert [number for _, number in rounds(5)] == [5, 2, 1]


def test_candidates_are_different_begin_with_the_settings_and_come_again_with_the_seed() -> None:
    settings = small_settings()
    drawn = candidates(settings, seed=3)
    assert drawn[0].label.startswith("MAML · hidden dimension 8, hidden layers 1, activation ")
    assert len({one.settings for one in drawn}) == len(drawn) == 9
    assert drawn[0].settings == settings
    assert drawn == candidates(settings, seed=3)
    assert drawn != candidates(settings, seed=4)
    assert {one.settings.network.hidden_dim for one in drawn} <= {8, 16, 32, 40, 64, 128}


def test_a_space_without_a_setting_of_the_learner_is_refused() -> None:
    with pytest.raises(SettingError, match="num_channels"):
        candidates(small_settings(), {"num_channels": (16,)})


def test_little_data_has_a_point_for_every_number_of_tasks_and_of_shots() -> None:
    said = list(
        little_data(
            small_settings("sinusoid", "fomaml"),
            Budget(meta_iterations=2),
            num_tasks=(0, 1),
            shots=(5, 2),
            options=TRACED,
        )
    )
    curves = [event for event in said if isinstance(event, LittleData)][-1]
    by_tasks = {curve.learner: curve.x.tolist() for curve in curves.by_tasks}
    assert by_tasks == {"fomaml": [1, math.inf], "transfer": [1, math.inf], "scratch": [math.inf]}
    assert {curve.learner: curve.x.tolist() for curve in curves.by_shots} == {key: [2, 5] for key in by_tasks}
    as_trained = curves.by_shots[0].loss[1]  # five shots and all tasks: the same tasks again
    assert as_trained == pytest.approx(curves.by_tasks[0].loss[1])
    assert isinstance(said[-1], Compared)
    assert len(said[-1].comparison.runs) == 5


def little_outcome() -> Outcome:
    plan = LittleDataPlan(small_settings("sinusoid", "fomaml"), Budget(meta_iterations=1), num_tasks=(0,), shots=(2,))
    return functools.reduce(Outcome.after, plan.begin(options=TRACED), Outcome(plan))


def test_a_report_of_little_data_has_its_numbers_in_both_forms(tmp_path: Path) -> None:
    by_tasks = (
        LossAgainst("maml", "MAML", np.array([1, math.inf]), np.array([2.5, 0.51]), np.array([0.3, 0.02])),
        LossAgainst("scratch", "From scratch", np.array([math.inf]), np.array([1.75]), np.array([math.inf])),
    )
    by_shots = (LossAgainst("maml", "MAML", np.array([2.0]), np.array([0.9]), np.array([0.1])),)
    outcome = dataclasses.replace(little_outcome(), little_data=LittleData(by_tasks, by_shots, 5))
    for name in ("page.md", "page.html"):
        write_page(str(tmp_path / name), page_of(outcome, compile=False))
    expected = [
        "| training tasks | MAML | From scratch |\n| --- | --- | --- |\n| 1 | 2.5 ± 0.3 |  |\n"
        "| unlimited | 0.51 ± 0.02 | 1.75 |",
        "| shots | MAML |\n| --- | --- |\n| 2 | 0.9 ± 0.1 |",
    ]
    page, rows = (tmp_path / "page.md").read_text("utf-8"), (tmp_path / "page.html").read_text("utf-8")
    assert all(table in page for table in expected)
    assert page.index(expected[0]) < page.index("## Shots") < page.index(expected[1])
    cells = [re.sub("<.*?>", " ", row).split() for row in re.findall("<tr>(.*?)</tr>", rows)]
    assert ["unlimited", "0.51", "±", "0.02", "1.75"] in cells
    assert ["2", "0.9", "±", "0.1"] in cells


def test_a_report_of_little_data_without_any_yet_has_no_empty_table() -> None:
    page = page_of(dataclasses.replace(little_outcome(), little_data=None), compile=False)
    assert not any(isinstance(block, Table) for section in page.sections for block in section.blocks)


def test_little_data_tries_as_many_shots_as_a_class_has_images_for(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for label in range(8):
        (tmp_path / f"kind{label}").mkdir()
        for copy in range(5):
            Image.fromarray(rng.integers(0, 255, (8, 8), np.uint8)).save(tmp_path / f"kind{label}" / f"{copy}.png")
    sizes = {"ways": 2, "image_size": 8, "shots": 1, "queries": 2}
    settings = small_settings("glyphs", "fomaml", **sizes).replaced(task_family="images", data=str(tmp_path), **sizes)
    settings.check_data()  # reads the folder, as whoever asks has done
    said = list(little_data(settings, Budget(meta_iterations=1), num_tasks=(0,), options=TRACED))
    curves = [event for event in said if isinstance(event, LittleData)][-1]
    assert {tuple(curve.x) for curve in curves.by_shots} == {(1, 2, 3)}


def test_little_data_draws_no_point_of_a_run_that_was_cut_short() -> None:
    gate, said = Gate(), []
    settings, budget = small_settings("sinusoid", "fomaml"), Budget(meta_iterations=4)
    one_by_one = dataclasses.replace(TRACED, chunk_steps=1)
    for event in little_data(settings, budget, num_tasks=(1, 3), shots=(2,), gate=gate, options=one_by_one):
        said.append(event)
        if isinstance(event, Progress) and any(isinstance(one, Judged) for one in said):
            gate.close()
    assert [run.is_cut_short for run in said[-1].comparison.runs] == [False, True]
    curves = [event for event in said if isinstance(event, LittleData)]
    assert [{curve.learner: curve.x.tolist() for curve in one.by_tasks} for one in curves] == [{"fomaml": [1]}]


def test_published_figures_come_with_their_step_and_protocol() -> None:
    (longer, shorter) = [one for one in published(preset("maml"), 1) if one.is_comparable]
    assert (longer.low, longer.high) == (0.32, 0.32)
    assert (shorter.low, shorter.high) == (0.41, 0.44)
    assert "20,000" in shorter.protocol
    assert [one.low for one in published(preset("cavia"), 5)] == [0.027]


def test_figures_of_other_tasks_are_told_but_not_compared() -> None:
    (own, paper) = published(preset("protonet"), 1)
    assert own.is_comparable
    assert (paper.measure, paper.low, paper.is_comparable) == ("accuracy", 0.988, False)
    assert not published(preset("maml").replaced(shots=7))
    assert not published(preset("maml").replaced(task_family="harmonics"))
