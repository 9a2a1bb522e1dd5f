"""compare, sweep, search, little-data on the command line: one JSON object, a table, a page, one line of refusal."""

from __future__ import annotations

import colorsys
import dataclasses
import errno
import json
import os
import re
import shlex
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from metalearn_gui.bridge.session import Session
from metalearn_gui.cli import comparing, main
from metalearn_gui.cli.inputs import asked_settings
from metalearn_gui.cli.parser import BadInput
from metalearn_gui.cli.train import parser as train_parser
from metalearn_gui.engine import Options, preset, training
from metalearn_gui.engine.compare import (
    Axis,
    Budget,
    Choice,
    Grid,
    LearnersPlan,
    LittleDataPlan,
    Outcome,
    Plan,
    SearchPlan,
    SweepPlan,
)
from metalearn_gui.engine.compare.figures import to_json
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.presets import PRESETS
from metalearn_gui.engine.report import Page as ReportPage
from metalearn_gui.engine.report import command_of, command_of_plan, page_of, write_page
from metalearn_gui.engine.report.page import Code, Section, Table
from metalearn_gui.engine.report.plots import BOTTOM, COLOURS, HEIGHT, Band, Series, heat_map, line_plot
from metalearn_gui.engine.report.scale import Scale
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.session_file import load

SMALL = ["hidden_dim=4", "num_hidden_layers=1", "meta_batch=2", "shots=3", "queries=3", "test_steps=2"]
SETS = [word for pair in SMALL for word in ("--set", pair)]
SHORT = ["--preset", "fomaml", *SETS, "--budget", "3iterations"]

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch: pytest.MonkeyPatch, traced: None) -> None:
    monkeypatch.setattr(training, "DEFAULT_OPTIONS", Options(compile=False, num_tasks=6))


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs a command line; returns its status, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run


def report_of(done: tuple[int, str, str]) -> dict[str, Any]:
    status, out, _ = done
    assert status == 0
    found: dict[str, Any] = json.loads(out)
    return found


def test_compare_says_who_was_compared_and_how_far_they_are_apart(call: Call) -> None:
    found = report_of(call("compare", *SHORT, "--learners", "fomaml,scratch", "--seeds", "2", "--json"))
    assert [one["key"] for one in found["contenders"]] == ["fomaml", "scratch"]
    assert [run["seed"] for run in found["contenders"][0]["runs"]] == [7, 8]
    assert {run["iterations"] for run in found["contenders"][0]["runs"]} == {3}
    assert found["num_tasks"] == 6
    assert found["budget"] == "3iterations"
    (difference,) = found["differences"]
    assert (difference["of"], difference["minus"]) == ("fomaml", "scratch")
    losses = [one["steps"][one["best_step"]]["loss"] for one in found["contenders"]]
    assert difference["difference"] == pytest.approx(losses[0] - losses[1])


def test_compare_takes_baselines_where_nobody_is_named_and_prints_a_table(call: Call) -> None:
    status, out, err = call("compare", *SHORT)
    assert status == 0
    for word in ("FOMAML", "Transfer", "From scratch", "6 unseen tasks"):
        assert word in out
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (["compare", "--learners", "fomaml,scratch"], 2),
        (["sweep", "--over", "shots=1,2,3"], 3),
        (["search", "--over", "hidden_dim=2,3,4", "--candidates", "3"], 4),  # three in a first round, one goes on
        (["little-data", "--num-tasks", "1,0", "--shots", "1,3"], 5),
    ],
)
def test_the_bar_ends_with_all_runs_done(call: Call, words: list[str], number: int) -> None:
    status, _, err = call(words[0], *SHORT, *words[1:])
    assert status == 0
    assert err.splitlines()[-1].startswith(f"{number} of {number} done ")
    assert err.rstrip().endswith("100%")


def test_a_loss_that_is_not_finite_is_said_in_words(call: Call, tmp_path: Path) -> None:
    wild = "fomaml inner_learning_rate=1 inner_steps=20 test_steps=20"
    page = tmp_path / "page.md"
    status, out, _ = call("compare", *SHORT, "--learners", "ridge", "--contender", wild, "--report", page)
    assert status == 0
    for text in (out, page.read_text("utf-8")):
        assert "not finite" in text
        assert "nan" not in text.split()
        assert "not finite ±" not in text


def test_compare_train_and_evaluate_try_a_learner_on_the_same_tasks(call: Call, tmp_path: Path) -> None:
    """Whatever the run's seed is; and the page says with which words."""
    file, page = tmp_path / "f.metalearn", tmp_path / "f.md"
    status, out, err = call("compare", *SHORT, "--learners", "fomaml", "--report", page, "--json")
    assert f"The report is in {page}" in err
    found = report_of((status, out, err))
    trained = call("train", "--preset", "fomaml", *SETS, "--set", "num_iterations=3", "--output", file)
    assert trained[0] == 0, trained
    tried = report_of(call("evaluate", file, "--num-tasks", 6, "--steps", 2, "--json"))
    compared = [step["loss"] for step in found["contenders"][0]["steps"]]
    assert [step["loss"] for step in tried["steps"]] == pytest.approx(compared)
    last = load(file).runs[0].latest_scores
    assert last is not None
    assert last.evaluation.learner.loss.tolist() == pytest.approx(compared)
    assert tried["seed"] == found["tasks_seed"]
    told = page.read_text(encoding="utf-8")
    assert f"metalearn-gui evaluate fomaml-seed-7.metalearn --seed {tried['seed']}" in told
    assert "1 of 1 runs done" in told


def test_sweep_has_a_loss_for_every_pair_of_values(call: Call) -> None:
    over = ["--over", "inner_learning_rate=0.001,0.01", "--over", "shots=2,3"]
    found = report_of(call("sweep", *SHORT, *over, "--json"))
    assert np.isfinite(np.array(found["losses"], float)).all()
    assert np.array(found["losses"]).shape == (2, 2)
    assert [axis["name"] for axis in found["axes"]] == ["inner_learning_rate", "shots"]


def test_search_names_a_winner_and_what_to_type_to_train_it(call: Call) -> None:
    over = ["--over", "hidden_dim=2,3,4", "--candidates", "3"]
    found = report_of(call("search", *SHORT, *over, "--json"))
    assert found["winner"]["label"] in found["rounds"][0]["losses"]
    assert [entry["key"] for entry in found["contenders"]] == [found["winner"]["label"]]
    assert found["best"] == []  # there is nobody on the unseen tasks that it could be better than
    _, out, _ = call("search", *SHORT, *over)
    rounds = out.split("Validation loss by round")[1].split("The winner")[0]
    sizes = [key.partition("=")[2] for key in found["rounds"][0]["losses"]]
    winner = found["winner"]["label"].partition("=")[2]
    first = next(line for line in rounds.splitlines() if "hidden dimension" in line)  # in words for people
    assert f"hidden dimension {winner} " in first
    assert all(f"hidden dimension {size} " in rounds for size in sizes)
    assert "behind the first" not in out  # it is alone on the unseen tasks
    assert out.splitlines()[-1].startswith("metalearn-gui train --preset fomaml")


def test_little_data_prints_loss_by_training_tasks_and_by_shots(call: Call) -> None:
    status, out, _ = call("little-data", *SHORT, "--num-tasks", "1,0", "--shots", "1,3")
    assert status == 0
    rows = {line.split()[0]: line.count("±") for line in out.splitlines() if "±" in line}
    by_shots = out.split("by shots")[1]
    assert "by training tasks" in out
    assert (rows["unlimited"], by_shots.count("±")) == (3, 6)  # from scratch there is nothing that 1 task would change


def test_little_data_has_both_curves(call: Call) -> None:
    numbers = ["--num-tasks", "1,0", "--shots", "1,3"]
    found = report_of(call("little-data", *SHORT, *numbers, "--json"))
    assert {curve["learner"]: curve["x"] for curve in found["by_tasks"]} == {
        "fomaml": [1, None],
        "transfer": [1, None],
        "scratch": [None],
    }
    assert all(curve["x"] == [1, 3] for curve in found["by_shots"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["compare", *SHORT, "--learners", "maml,nobody"], "'nobody' is not one of"),
        (["compare", *SHORT, "--learners", "maml,maml"], "maml comes twice"),
        (["compare", *SHORT, "--learners", "protonet"], "cannot take regression tasks"),
        (["compare", "--learners", "maml"], "There is nothing to train; name a --preset"),
        (["compare", "--preset", "maml", "--budget", "a while"], "The budget is 'a while'"),
        (["compare", *SHORT, "--seeds", "0"], "not a whole number"),
        (["compare", *SHORT, "--report", "out.pdf"], "written as .html or .md"),
        (["compare", *SHORT, "--report", "no/such/folder/out.html"], "no folder"),
        (["sweep", *SHORT], "--over"),
        (["sweep", *SHORT, "--over", "colour=red"], "no setting 'colour'"),
        (["sweep", *SHORT, "--over", "shots=0"], "Shots"),
        (["sweep", *SHORT, "--over", "shots=1", "--over", "shots=2"], "A sweep goes over shots, shots; give one"),
        (["search", *SHORT, "--over", "hidden_dim=0,1"], "Hidden dimension"),
        (["search", *SHORT, "--over", "hidden_dim=3,4", "--over", "colour=red"], "no setting 'colour'"),
        (["little-data", *SHORT, "--shots", "0"], "Shots"),
        (["little-data", *SHORT, "--num-tasks", "few"], "not a whole number"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(call: Call, words: list[str], says: str) -> None:
    status, out, err = call(*words)
    assert status == 2
    assert out == ""
    assert says in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("form", ["table", "json"])
def test_figures_are_printed_where_their_report_cannot_be_written(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    def fill(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fill)
    more = ["--json"] if form == "json" else []
    status, out, err = call("compare", *SHORT, "--learners", "ridge", "--report", tmp_path / "out.html", *more)
    assert status == 2
    assert json.loads(out)["report"] is None if form == "json" else "Ridge" in out
    assert err.splitlines()[-1].endswith("cannot be written (No space left on device); choose another place")


def test_who_was_cut_short_is_named(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    follow = comparing.follow

    def cut(plan: Plan) -> Outcome:
        outcome = follow(plan)
        *runs, last = outcome.comparison.runs
        found = dataclasses.replace(outcome.comparison, runs=(*runs, dataclasses.replace(last, reason="stopped")))
        return dataclasses.replace(outcome, comparison=found, is_cancelled=True)

    monkeypatch.setattr(comparing, "follow", cut)
    status, _, err = call("compare", *SHORT, "--learners", "ridge,fomaml")
    assert status == 130
    assert err.splitlines()[-1] == "metalearn-gui: Cancelled with 2 of 2 runs to show; cut short: FOMAML, seed 7"


class Page(HTMLParser):
    """What a browser would find: tags in pairs, and whatever asks for something from elsewhere."""

    VOID = ("meta",)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "xlink:href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_report_is_one_file_with_pictures_that_asks_for_nothing_else(call: Call, tmp_path: Path) -> None:
    place = tmp_path / "compared.html"
    words = ["compare", *SHORT, "--learners", "fomaml,cavia", "--report", place]
    report_of(call(*words, "--json"))
    text = place.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert page.fetched == []
    assert page.tags.count("svg") == 6  # the same task, the intervals, and a curve by each axis
    assert "script" not in page.tags
    assert "compare --preset fomaml" in text
    assert "metalearn-gui train --preset cavia" in text
    assert "http" not in text.replace("http://www.w3.org", "")


def test_what_a_report_cannot_show_whole_is_said_whole_and_nothing_lies_over_another() -> None:
    label = "MAML · inner_steps 5, activation tanh, hidden_dim 128"
    series = [Series(label, np.array([1.0, 100.0]), np.array([4.0, 1.0]))]
    bands = [Band("one", 1.0, 1.01), Band("two", 1.0, 1.02), Band("three", 3.0, 3.1)]
    drawn = line_plot(series, "tasks", "loss", bands)
    (cut,) = [one for one in drawn.iter("text") if one.find("title") is not None]
    assert cut.text.endswith("…")
    assert cut.find("title").text == label
    named = [one.text for one in drawn.iter("text") if one.text in ("one", "two", "three")]
    assert named == ["three", "two"]
    assert {one.find("title").text for one in drawn.iter("rect")} == {"one", "two", "three"}


def test_a_band_that_reaches_nothing_ends_at_the_foot_of_the_axis() -> None:
    x, loss = np.array([1.0, 10.0, 100.0]), np.array([4.0, 0.5, 1.0])
    drawn = line_plot([Series("one", x, loss, loss - 0.6, loss + 0.6)], "tasks", "loss")
    (band,) = drawn.iter("polygon")
    heights = [float(place.partition(",")[2]) for place in band.get("points", "").split()]
    assert len(heights) == 6
    assert max(heights) == HEIGHT - BOTTOM


def test_a_report_of_several_seeds_says_what_is_shaded(call: Call, tmp_path: Path) -> None:
    place = tmp_path / "seeds.html"
    report_of(call("compare", *SHORT, "--budget", "14iterations", "--learners", "fomaml", "--seeds", "2",
                   "--report", place, "--json"))  # fmt: skip
    text = place.read_text(encoding="utf-8")
    assert text.count("the mean of the seeds, shaded from the lowest to the highest") == 4
    assert text.count("<polygon") == 4
    assert "Means are over 2 seeds" in text
    assert "seconds with compiling, 2 seeds together" in text


def test_a_seed_that_ended_before_the_others_is_a_ring_on_its_learners_line() -> None:
    x = np.array([1.0, 10.0, 100.0])
    drawn = line_plot([Series("one", x, 1.0 / x, ended=np.array([10.0]))], "seconds", "loss")
    (ring,) = [one for one in drawn.iter("circle") if one.get("fill") == "none"]
    (line,) = drawn.iter("polyline")
    assert line.get("points", "").split()[1] == f"{float(ring.get('cx')):.1f},{float(ring.get('cy')):.1f}"


def test_points_of_a_plane_are_drawn_as_pictures_within_the_page(call: Call, tmp_path: Path) -> None:
    place = tmp_path / "blobs.html"
    words = ["--preset", "blobs", *SETS[:6], "--set", "test_steps=2", "--budget", "2iterations"]
    report_of(call("compare", *words, "--learners", "maml,protonet", "--report", place, "--json"))
    text = place.read_text(encoding="utf-8")
    assert Page(text).fetched == ["image href"] * 2
    assert text.count('href="data:image/png;base64,') == 2
    assert "accuracy %" in text


def test_a_report_in_markdown_has_its_pictures_beside_it(call: Call, tmp_path: Path) -> None:
    place = tmp_path / "swept.md"
    report_of(call("sweep", *SHORT, "--over", "shots=2,3", "--report", place, "--json"))
    text = place.read_text(encoding="utf-8")
    assert "](swept-1.svg)" in text
    assert ElementTree.parse(tmp_path / "swept-1.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert "| learner |" in text


def swept(call: Call, place: Path, *over: str, seeds: int = 1) -> tuple[str, ElementTree.Element]:
    """The report of a sweep, in Markdown, and its heat map."""
    axes = [word for axis in over for word in ("--over", axis)]
    report_of(call("sweep", *SHORT, *axes, "--seeds", seeds, "--report", place, "--json"))
    return place.read_text("utf-8"), ElementTree.parse(place.with_name(f"{place.stem}-1.svg")).getroot()


def test_the_heat_map_of_a_report_lies_as_the_windows_does(call: Call, tmp_path: Path) -> None:
    """The first setting across, the second downward, both by their names in the window."""
    text, picture = swept(call, tmp_path / "s.md", "inner_learning_rate=0.001,0.01", "shots=1,2,3")
    words = {one.text: one for one in picture.findall("{*}text")}
    assert words["0.001"].get("y") == words["0.01"].get("y")
    assert words["1"].get("x") == words["3"].get("x")
    assert float(words["1"].get("y", "")) < float(words["3"].get("y", "")) < float(words["0.001"].get("y", ""))
    assert {"Inner learning rate α", "Shots K"} <= words.keys()
    assert text.startswith("# A sweep over inner learning rate α and shots K\n")
    assert "FOMAML on Sinusoid, 3 meta-iterations for each run. 6 of 6 runs done." in text  # no one number of shots


def test_low_losses_of_a_reports_heat_map_are_orange_and_the_lowest_has_a_ring() -> None:
    picture = heat_map(np.array([[0.1, 1.0, 10.0], [np.nan, np.inf, 0.2]]), [["a", "b"], ["x", "y", "z"]], ["r", "c"])
    low, middle, high, *others = picture.iter("rect")
    assert (low.get("fill"), high.get("fill")) == (COLOURS[0], COLOURS[1])  # the window's learner, and its start
    assert float(middle.get("fill-opacity", "")) < float(low.get("fill-opacity", ""))
    assert [one.get("fill") for one in others] == ["none", "none", COLOURS[0]]
    assert [one.get("stroke-opacity") for one in (low, middle)] == [None, None]
    assert [one.get("stroke") for one in (low, middle, high)] == ["currentColor", None, None]


def test_no_learner_of_a_report_is_red_as_what_diverged_is_in_the_window() -> None:
    for colour in COLOURS:
        hue, saturation, _ = colorsys.rgb_to_hsv(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))
        assert saturation < 0.5 or 20 < 360 * hue < 340, colour
    assert len(set(COLOURS)) == len(COLOURS)


@pytest.mark.parametrize(
    ("low", "high", "named"),
    [
        (0.9, 57.0, [1, 2, 5, 10, 20, 50]),
        (0.04, 3.0, [0.05, 0.1, 0.2, 0.5, 1, 2]),
        (0.5, 20_000.0, [1, 10, 100, 1000, 10_000]),
    ],
)
def test_a_logarithmic_axis_names_what_lies_between_the_powers_of_ten_where_there_is_room(low, high, named) -> None:
    assert Scale(low, high, 0.0, 800.0, log=True).ticks() == pytest.approx(named)


def test_the_names_of_a_reports_rows_keep_their_room_beside_many_figures(tmp_path: Path) -> None:
    place = tmp_path / "page.html"
    write_page(str(place), ReportPage("title", "", (Section("h", (Table(("learner",), (("MAML",),)),)),)))
    text = place.read_text(encoding="utf-8")
    assert '<th scope="row">MAML</th>' in text  # and no style of its own, which would go before the page's
    assert re.search(r'th\[scope="row"\] {[^}]*min-width: 11rem', text)


def test_a_sweep_over_shots_says_in_what_its_tasks_differ(call: Call, tmp_path: Path) -> None:
    text, _ = swept(call, tmp_path / "s.md", "shots=1,3", seeds=2)
    assert "They do not all train on the same tasks, for they differ in shots K. Seeds: 7 and 8." in text
    assert "the same unseen tasks, each with its own shots K;" in text
    assert ", depending on shots K." in text
    assert "4 of 4 runs done, 2 seeds each" in text


def test_a_sweep_over_a_rate_trains_on_the_same_tasks_and_says_nothing_of_baselines(call: Call, tmp_path: Path) -> None:
    text, _ = swept(call, tmp_path / "s.md", "inner_learning_rate=0.001,0.01")
    assert "All train on the same tasks in the same order. Seed: 7." in text
    assert "baseline" not in text
    assert "3 shots" in text


def test_a_structure_that_wins_is_held_against_nobody(call: Call, tmp_path: Path) -> None:
    place = tmp_path / "found.md"
    report_of(call("search", *SHORT, "--over", "hidden_dim=2,3,4", "--candidates", "3", "--report", place, "--json"))
    text = place.read_text("utf-8")
    assert "behind the first" not in text.lower()
    assert "Bold" not in text
    assert text.count("| stops |") == 2
    assert "3 structures, rounds: 2." in text


def test_settings_in_a_report_have_the_windows_names_and_those_to_type(call: Call, tmp_path: Path) -> None:
    place = tmp_path / "c.md"
    report_of(call("compare", *SHORT, "--learners", "fomaml,scratch", "--report", place, "--json"))
    text = place.read_text("utf-8")
    assert "| Inner learning rate α | inner_learning_rate |" in text
    assert "| Task family | task_family | Sinusoid | ″ |" in text
    (scratch,) = [line for line in text.splitlines() if line.startswith("| From scratch | ") and "±" in line]
    assert "| none |" in scratch  # it trains for no meta-iteration


def test_what_a_person_named_is_escaped_in_a_report(tmp_path: Path) -> None:
    place = tmp_path / "page.html"
    write_page(str(place), ReportPage("a<b>&c", "", (Section("h", (Table(("<i>",), (("x & y",),)),)),)))
    text = place.read_text(encoding="utf-8")
    for escaped in ("a&lt;b&gt;&amp;c", "&lt;i&gt;", "x &amp; y"):
        assert escaped in text


def test_a_report_that_cannot_be_written_whole_leaves_what_was_there(tmp_path, monkeypatch) -> None:
    place, page = tmp_path / "page.html", ReportPage("title", "lead", ())
    write_page(str(place), page)
    before = place.read_bytes()

    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingError, match=r"cannot be written \(No space left on device\); choose another place"):
        write_page(str(place), dataclasses.replace(page, lead="another"))
    assert place.read_bytes() == before
    assert list(tmp_path.iterdir()) == [place]


def typed(line: str) -> ExperimentSettings:
    words = shlex.split(line)
    assert words[:2] == ["metalearn-gui", "train"]
    return asked_settings(train_parser().parse_args(words[2:]))


@pytest.mark.parametrize("key", [key for key, one in PRESETS.items() if not one.settings.tasks.needs_data])
def test_a_command_repeats_the_settings_of_a_preset_with_others_changed(key: str) -> None:
    changed = (
        preset(key).replaced(seed=3, shots=4, hidden_dim=6) if "hidden_dim" in preset(key).names() else preset(key)
    )
    for settings in (preset(key), changed, changed.started()):
        assert typed(command_of(settings)).started() == settings.started()


def test_what_takes_no_training_is_a_level_even_where_its_own_place_is_none() -> None:
    ends = [
        Series("learns", np.array([1.0, 100.0]), np.array([4.0, 1.0])),
        Series("stays", np.zeros(1), np.ones(1) * 2),
    ]
    drawn = line_plot(ends, "gradient evaluations", "loss")
    lines = [one.get("points", "").split() for one in drawn.iter("polyline")]
    (start, end) = [tuple(map(float, place.split(","))) for place in lines[1]]
    assert start[1] == end[1]
    assert end[0] - start[0] > 400


# --- what a report says to type -----------------------------------------------------------------------


def plan_of(line: str, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """What a command line asks for, without training it."""
    words, asked = shlex.split(line), []
    assert words[0] == "metalearn-gui"

    def take(plan: Plan) -> None:
        asked.append(plan)
        raise BadInput("taken")

    monkeypatch.setattr(comparing, "follow", take)
    main(words[1:])
    (plan,) = asked
    return plan


def same_work(one: Plan, other: Plan) -> bool:
    """Whether both ask for the same runs: what is typed is text where a window has numbers."""
    lanes = [next(plan.begin(options=training.DEFAULT_OPTIONS)).lanes for plan in (one, other)]
    told = [[(lane.label, lane.seed, lane.settings) for lane in each] for each in lanes]
    return told[0] == told[1] and one.budget == other.budget


BASE = preset("fomaml").replaced(hidden_dim=4, shots=3, seed=5)


@pytest.mark.parametrize(
    "plan",
    [
        LearnersPlan(BASE, Budget(seconds=2.5), 3, (Choice("maml", "maml"), Choice("scratch", "scratch"))),
        LearnersPlan(
            BASE, Budget(tasks=1_234_567), 1,
            (Choice("maml", "maml", {"inner_steps": 5, "meta_learning_rate": 0.0025}), Choice("cnp", "cnp")),
            "interleaved",
        ),
        SweepPlan(
            BASE, Budget(gradient_evaluations=1e6),
            grid=Grid((Axis("activation", ("relu", "tanh")), Axis("shots", (1, 2)))),
        ),
        SearchPlan(BASE, Budget(seconds=30), axes=(Axis("hidden_dim", (2, 3, 4)),), num_candidates=3),
        SearchPlan(BASE, Budget(meta_iterations=9)),
        LittleDataPlan(BASE, Budget(seconds=5), 2, (3, 0), (1, 2)),
        LittleDataPlan(BASE),
    ],
    ids=lambda plan: plan.kind,
)  # fmt: skip
def test_the_line_in_a_report_asks_for_the_same_runs_within_the_same_budget(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = plan_of(command_of_plan(plan), monkeypatch)
    assert type(again) is type(plan)
    assert same_work(plan, again)


def test_a_report_repeats_the_preset_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one is as near; a contender with another learner has the preset that is nearest to it."""
    words = ["compare", "--preset", "maml", "--set", "num_iterations=5", "--learners", "maml,reptile"]
    plan = plan_of(shlex.join(["metalearn-gui", *words]), monkeypatch)
    assert shlex.split(command_of_plan(plan))[1:] == words
    trained = [command_of(choice.contender(plan.settings, (7,)).settings, asked=plan.preset) for choice in plan.choices]
    assert [shlex.split(line)[3] for line in trained] == ["maml", "reptile"]


def test_a_run_whose_seconds_were_over_is_repeated_up_to_where_it_came(call: Call, tmp_path: Path) -> None:
    """With the schedule of the whole length: an earlier end must not let the rate fall earlier."""
    settings = BASE.replaced(meta_schedule="cosine", num_iterations=40)
    plan = LearnersPlan(settings, Budget(seconds=1e-6), choices=(Choice("fomaml", "fomaml"),))
    outcome = Outcome(plan)
    for event in plan.begin(options=training.DEFAULT_OPTIONS):
        outcome = outcome.after(event)
    (run,) = outcome.comparison.runs
    assert 0 < run.moments[-1].iteration < 40
    lines = [block.text for block in page_of(outcome, compile=False).sections[-2].blocks if isinstance(block, Code)]
    assert "--budget 1e-06s" in lines[0]
    assert f"--set num_iterations={run.moments[-1].iteration}" in lines[1]
    words = shlex.split(lines[1].split("  #")[0])[1:]
    report_of(call(*words[:-1], tmp_path / "again.metalearn", "--json"))
    again = load(tmp_path / "again.metalearn").runs[0]
    for name, values in run.state.learner.params.items():
        np.testing.assert_array_equal(again.latest.learner.params[name], values)


def test_a_window_and_the_command_line_come_to_the_same_figures(call: Call, qtbot: Any) -> None:
    """The same engine, the same seeds, the same unseen tasks."""
    settings = BASE.replaced(meta_batch=2, queries=3, test_steps=2)
    choices = (Choice("fomaml", "fomaml"), Choice("reptile", "reptile"), Choice("scratch", "scratch"))
    plan = LearnersPlan(settings, Budget(meta_iterations=3), 2, choices)
    session = Session(settings, options=training.DEFAULT_OPTIONS)
    session.start(offers_recovery=False)
    qtbot.waitUntil(lambda: session.can_run, timeout=60_000)
    session.comparing.start(plan)
    qtbot.waitUntil(lambda: not session.comparing.is_active, timeout=60_000)
    shown = to_json(session.comparing.comparison)
    session.close()
    typed_in = report_of(call(*shlex.split(command_of_plan(plan))[1:], "--json"))
    for name in ("num_tasks", "best", "differences", "constant_loss"):
        assert typed_in[name] == json.loads(json.dumps(shown[name]))
    for one, other in zip(shown["contenders"], typed_in["contenders"], strict=True):
        assert one["steps"] == other["steps"]
        assert [run["iterations"] for run in one["runs"]] == [run["iterations"] for run in other["runs"]]


def test_train_takes_the_same_budgets(call: Call, tmp_path: Path) -> None:
    place, words = tmp_path / "run.metalearn", ["--preset", "fomaml", *SETS]
    for budget, iterations in (("12tasks", 6), ("8gradients", 2), ("5iterations", 5)):
        assert (
            report_of(call("train", *words, "--budget", budget, "--output", place, "--json"))["iterations"]
            == iterations
        )
    stopped = report_of(call("train", *words, "--budget", "1e-6s", "--output", place, "--json"))
    assert 0 < stopped["iterations"] < preset("fomaml").outer.num_iterations
    status, _, err = call("train", "--resume", place, "--budget", "5s")
    assert status == 2
    assert "leave --budget out" in err
