"""Several settings in, one stream of events out: order, budgets, cancelling, and what is made of the losses."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest

from metalearn_gui.engine import events
from metalearn_gui.engine.compare import (
    AXES,
    Axis,
    Budget,
    Choice,
    Compared,
    Comparison,
    Contender,
    Grid,
    Judged,
    LearnersPlan,
    Outcome,
    Planned,
    Progressed,
    across_seeds,
    compare,
    contenders_of,
)
from metalearn_gui.engine.compare.figures import rows, undecided_text
from metalearn_gui.engine.compare.result import Moment
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.evaluation import RATE_GRID
from metalearn_gui.engine.events import Diverged, Progress, StepScores
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.report import page_of, write_page
from metalearn_gui.engine.training import Options, trained
from tests.engine.small import assert_same_bits, small_settings

pytestmark = pytest.mark.usefixtures("cheaper")
TRACED = Options(compile=False, num_tasks=12)
ONE_BY_ONE = dataclasses.replace(TRACED, chunk_steps=1)
SHORT = Budget(meta_iterations=3)


def contenders(*learners: str, seeds: tuple[int, ...] = (), **values: object) -> tuple[Contender, ...]:
    return contenders_of(small_settings(**values), learners, seeds)


def compared(*arguments: object, **values: object) -> Comparison:
    *_, last = compare(*arguments, options=TRACED, **values)
    assert isinstance(last, Compared)
    return last.comparison


@pytest.fixture(scope="module")
def two() -> Comparison:
    """MAML and its first-order kin, two seeds each."""
    return compared(contenders("maml", "fomaml", seeds=(1, 2)), SHORT)


def test_a_comparison_is_planned_then_told_then_judged_then_over() -> None:
    said = list(compare(contenders("maml", "fomaml"), SHORT, options=TRACED))
    assert isinstance(said[0], Planned)
    assert isinstance(said[-1], Compared)
    ids = [lane.run_id for lane in said[0].lanes]
    assert [event.run.lane.run_id for event in said if isinstance(event, Judged)] == ids
    shares = [event.share for event in said if isinstance(event, Progressed)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert not said[-1].is_cancelled


def test_every_run_is_said_to_be_compiled_before_it_is_and_only_then() -> None:
    said = list(compare(contenders("maml", "fomaml"), SHORT, options=TRACED))
    places = [place for place, event in enumerate(said) if isinstance(event, Progressed) and event.is_compiling]
    prepared = [place for place, event in enumerate(said) if isinstance(event, events.Prepared)]
    assert [place + 1 for place in places] == prepared
    assert all(isinstance(said[place + 1], Progressed) for place in prepared)  # be it held then, its compiling is over
    assert [said[place].run_id for place in places] == [said[place].run_id for place in prepared]


def test_a_contender_learns_what_it_learns_alone() -> None:
    settings = small_settings()
    found = compared([Contender("alone", settings), *contenders("fomaml")], SHORT, order="interleaved")
    assert_same_bits(found.entry("alone").runs[0].state.learner, trained(settings, TRACED).learner)


@pytest.mark.parametrize("order", ["in turn", "interleaved"])
def test_the_order_changes_no_loss(two: Comparison, order: str) -> None:
    again = compared(contenders("maml", "fomaml", seeds=(1, 2)), SHORT, order=order)
    for one, other in zip(two.entries, again.entries, strict=True):
        for step in range(one.num_steps + 1):
            np.testing.assert_array_equal(one.losses(step), other.losses(step))


def test_interleaved_contenders_train_side_by_side() -> None:
    said = compare(contenders("maml", "fomaml"), Budget(meta_iterations=4), order="interleaved", options=TRACED)
    trained_by = [event.run_id for event in said if isinstance(event, Progress)]
    assert sum(one != other for one, other in itertools.pairwise(trained_by)) > 1


def test_every_contender_sees_the_same_training_tasks_and_unseen_tasks(two: Comparison) -> None:
    assert two.shares_tasks
    assert two.num_tasks == 12
    start = [entry.losses(0)[0] for entry in two.entries]  # both begin with the same network
    assert len({run.constant_loss for run in two.runs}) == 1
    assert start[0].shape == start[1].shape == (12,)
    other = compared([*contenders("maml"), Contender("more", small_settings(meta_batch=4))], SHORT)
    assert not other.shares_tasks


def test_tasks_that_were_drawn_again_are_said_once(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("task,x,y\n" + "".join(f"{row % 10},{row},{row % 7}\n" for row in range(200)))
    family = {"task_family": "csv", "data": str(path), "task_column": "task", "inputs": "x", "targets": "y"}
    found = compared(contenders("maml", min_rows=4, **family), SHORT)
    assert (found.num_tasks, found.num_distinct_tasks) == (12, 3)


@pytest.mark.parametrize(
    ("text", "iterations"),
    [("5iterations", 5), ("12tasks", 4), ("24gradients", 2), ("2 tasks", 1), ("1e1iterations", 10)],
)
def test_a_budget_becomes_a_number_of_meta_iterations(text: str, iterations: int) -> None:
    budget = Budget.parse(text)
    assert budget.applied(small_settings()).outer.num_iterations == iterations
    assert Budget.parse(budget.text) == budget


def test_a_budget_of_seconds_ends_a_run_within_a_chunk() -> None:
    found = compared(contenders("fomaml", num_iterations=1_000_000), Budget(seconds=0.2))
    (run,) = found.runs
    assert run.reason == "done"
    assert run.moments[-1].compute_seconds >= 0.2
    assert run.moments[-1].iteration < 1_000_000


def test_who_ended_before_its_seconds_says_why() -> None:
    found = compared(contenders("maml", "scratch", num_iterations=3), Budget(seconds=60.0))
    maml, scratch = found.entries
    assert (maml.early_end, scratch.early_end) == ("own length", "nothing to train")
    converged, cut = (dataclasses.replace(maml.runs[0], reason=reason) for reason in ("converged", "stopped"))
    assert dataclasses.replace(maml, runs=(maml.runs[0], converged)).early_end == "converged"
    assert dataclasses.replace(maml, runs=(cut,)).early_end == ""


def test_seconds_end_a_run_at_its_own_length_where_that_comes_first() -> None:
    (run,) = compared(contenders("fomaml", num_iterations=2), Budget(seconds=1e6)).runs
    assert run.moments[-1].iteration == 2


@pytest.mark.parametrize("text", ["20", "s", "20 parsecs", "-3s", "0tasks", "nan s", "infs", "1e999tasks"])
def test_a_budget_that_is_none_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(SettingError, match=r"^The budget is .*20s"):
        Budget.parse(text)


def test_cancelling_keeps_who_was_finished_and_judges_who_was_under_way() -> None:
    gate, said = Gate(), []
    for event in compare(contenders("maml", "fomaml", "reptile"), Budget(meta_iterations=5), gate=gate, options=TRACED):
        said.append(event)
        begun = any(isinstance(one, Judged) for one in said)
        if begun and isinstance(event, Progress):
            gate.close()
    found = said[-1]
    assert isinstance(found, Compared)
    assert found.is_cancelled
    assert [entry.key for entry in found.comparison.entries] == ["maml", "fomaml"]
    assert [run.reason for run in found.comparison.runs] == ["done", "stopped"]
    assert [lane.contender for lane in found.comparison.lanes] == ["maml", "fomaml", "reptile"]


def cut_after(count: int, *arguments: object, **values: object) -> Comparison:
    """Cancelled once so many chunks have trained."""
    gate, num_chunks, said = Gate(), 0, []
    for event in compare(*arguments, gate=gate, options=ONE_BY_ONE, **values):
        said.append(event)
        num_chunks += isinstance(event, Progress)
        if num_chunks == count:
            gate.close()
    assert said[-1].is_cancelled
    return said[-1].comparison


def test_runs_that_were_cut_short_go_on_from_where_they_stand_bit_for_bit() -> None:
    asked = contenders("maml", "fomaml", "reptile"), Budget(meta_iterations=6)
    cut = cut_after(7, *asked, order="interleaved")
    counts = [run.moments[-1].iteration for run in cut.runs]
    assert sum(counts) == 7
    assert all(run.is_cut_short for run in cut.runs)
    planned, *said = compare(*asked, order="interleaved", options=ONE_BY_ONE, known=cut.runs)
    assert planned.known == ()
    assert {lane.run_id for lane in planned.lanes} == {run.lane.run_id for run in cut.runs}
    assert sum(isinstance(event, Progress) for event in said) == 18 - 7
    whole = compared(*asked)
    for one, other in zip(whole.entries, said[-1].comparison.entries, strict=True):
        assert_same_bits(one.runs[0].state.learner, other.runs[0].state.learner)
        assert one.runs[0].moments[-1].gradient_evaluations == other.runs[0].moments[-1].gradient_evaluations
        assert other.runs[0].reason == "done"


def test_a_run_that_was_cut_short_and_not_taken_up_again_stays_as_it_was() -> None:
    asked = contenders("maml", "fomaml"), Budget(meta_iterations=6)
    cut = cut_after(4, *asked, order="interleaved")
    gate = Gate()
    gate.close()
    *_, last = compare(*asked, order="interleaved", gate=gate, options=ONE_BY_ONE, known=cut.runs)
    assert last.is_cancelled
    assert set(last.comparison.runs) == set(cut.runs)


def test_cancelling_before_anything_has_begun_leaves_nothing() -> None:
    gate = Gate()
    gate.close()
    planned, found = compare(contenders("maml"), SHORT, gate=gate, options=TRACED)
    assert isinstance(planned, Planned)
    assert isinstance(found, Compared)
    assert found.is_cancelled
    assert not found.comparison.entries
    assert found.comparison.best() == frozenset()


def test_a_contender_that_diverges_is_an_outcome_with_a_line() -> None:
    wild = small_settings("linear", "maml", inner_learning_rate=10.0, inner_steps=20, meta_learning_rate=10.0)
    said = list(compare([Contender("wild", wild), *contenders("fomaml")], SHORT, options=TRACED))
    assert any(isinstance(event, Diverged) for event in said)
    found = said[-1].comparison
    assert [run.reason for run in found.runs] == ["diverged", "done"]
    assert "meta learning rate" in found.entry("wild").runs[0].line
    assert found.entry("fomaml").runs[0].line == ""


def test_a_cell_of_a_sweep_that_diverges_has_no_loss_of_an_earlier_state() -> None:
    wild = small_settings("linear", "maml", inner_learning_rate=10.0, inner_steps=20)
    grid = Grid((Axis("meta_learning_rate", (10.0, 1e-6)), Axis("activation", ("relu", "tanh"))))
    found = compared(grid.contenders(wild)[:3], SHORT)
    losses = grid.losses(found)
    assert [run.reason for run in found.runs][:2] == ["diverged", "diverged"]
    assert np.isinf(losses[0]).all()
    assert np.isnan(losses[1, 1])  # nobody has tried it


def test_a_baseline_takes_no_budget_and_is_tried_at_its_best_rate_of_the_validation_tasks() -> None:
    (run,) = compared(contenders("scratch", inner_learning_rate=1e-5), Budget(tasks=1e6)).runs
    assert run.state.iteration == 1
    assert run.lane.settings.learner.inner_learning_rate in RATE_GRID


def test_a_mean_over_tasks_has_the_interval_of_numpy() -> None:
    (entry,) = compared(contenders("maml"), SHORT).entries
    losses = entry.runs[0].losses[2]
    assert entry.mean(2) == pytest.approx(losses.mean())
    assert entry.median(2) == pytest.approx(np.median(losses))
    assert entry.ci95(2) == pytest.approx(2.201 * losses.std(ddof=1) / np.sqrt(12), rel=1e-3)


def test_paired_differences_are_those_of_numpy_over_tasks_or_over_seeds_where_that_is_wider(two: Comparison) -> None:
    one, other = (np.stack([run.losses[1] for run in entry.runs]) for entry in two.entries)
    by_seed, by_task = (one - other).mean(axis=1), (one - other).mean(axis=0)
    over_tasks = 2.201 * by_task.std(ddof=1) / np.sqrt(12)
    found = two.difference("maml", "fomaml", 1)
    assert found.mean == pytest.approx(by_seed.mean())
    assert found.ci95 == pytest.approx(max(over_tasks, 12.706 * by_seed.std(ddof=1) / np.sqrt(2)))
    back = two.difference("fomaml", "maml", 1)
    assert (back.mean, back.ci95) == pytest.approx((-found.mean, found.ci95))
    alone = Comparison(two.lanes, tuple(run for run in two.runs if run.lane.seed == 1)).difference("maml", "fomaml", 1)
    assert alone.ci95 == pytest.approx(2.201 * (one - other)[0].std(ddof=1) / np.sqrt(12), rel=1e-3)


def test_what_no_seed_changes_is_as_sure_as_its_tasks_let_it_be(two: Comparison) -> None:
    losses = np.random.default_rng(0).exponential(1.0, (2, 50))
    alone = made(two, same=losses)
    (entry,) = Comparison(alone.lanes, alone.runs * 2).entries
    assert entry.ci95(1) == pytest.approx(2.010 * losses[1].std(ddof=1) / np.sqrt(50), rel=1e-3)


def test_the_best_stands_alone_only_where_the_paired_interval_parts(two: Comparison) -> None:
    losses = np.random.default_rng(0).exponential(1.0, (2, 50))
    noise = np.tile([0.05, -0.05], 25)
    found = made(two, one=losses, close=losses + noise, far=losses + 0.1, broken=np.full((2, 50), np.nan))
    assert found.best(1) == found.best() == {"one", "close"}
    assert found.difference("far", "one").mean == pytest.approx(0.1)
    assert found.difference("far", "one").parts  # the same tasks: so small a difference shows
    assert not found.difference("broken", "one").parts
    assert made(two, one=losses, far=losses + 0.1).best() == {"one"}
    assert undecided_text(made(two, one=losses, close=losses + noise)).endswith(
        "the interval of the paired difference to close spans zero"
    )
    three = {"one": losses, "close": losses + noise + 0.001, "third": losses + noise + 0.002}
    assert undecided_text(made(two, **three)).endswith(
        "the intervals of the paired differences to close and third span zero"
    )


def test_nobody_stands_alone_on_one_unseen_task(two: Comparison) -> None:
    losses = np.random.default_rng(0).exponential(1.0, (2, 1))
    found = made(two, one=losses, far=losses + 1.0)
    assert found.difference("far", "one").ci95 == found.entry("one").ci95(1) == np.inf
    assert found.best() == {"one", "far"}
    assert not found.alone()
    assert found.tasks_text == "1 unseen task"


def test_a_seed_that_was_cut_short_counts_for_nothing_beside_one_that_was_not(two: Comparison) -> None:
    first, other = two.entry("maml").runs
    cut = dataclasses.replace(other, reason="stopped")
    (entry,) = Comparison(two.lanes, (first, cut)).entries
    assert entry.runs == (first,)
    assert not entry.is_cut_short
    (entry,) = Comparison(two.lanes, (cut,)).entries  # there is nothing else to say of it
    assert entry.runs == (cut,)
    assert entry.is_cut_short


def test_nobody_stands_alone_who_is_behind_on_the_seeds_that_both_have(two: Comparison) -> None:
    losses = np.random.default_rng(0).exponential(1.0, (2, 50))
    found = made(two, one=losses, other=losses - 0.1, later=losses + 9.0)
    one, other, later = found.runs
    later = dataclasses.replace(later, lane=dataclasses.replace(other.lane, seed=other.lane.seed + 1))
    partial = Comparison(found.lanes[:2], (one, other, later))  # its second seed is a bad one
    assert partial.entry("one").mean(1) < partial.entry("other").mean(1)
    assert partial.difference("other", "one").mean == pytest.approx(-0.1)
    assert not partial.alone()


def test_a_report_of_a_part_says_how_many_seeds_are_over_and_who_was_cut_short(two: Comparison, tmp_path: Path) -> None:
    (maml, other), (fomaml, last) = (entry.runs for entry in two.entries)
    found = Comparison(two.lanes, (maml, other, fomaml, dataclasses.replace(last, reason="stopped")))
    choices = tuple(Choice(key, key) for key in ("maml", "fomaml"))
    plan = LearnersPlan(small_settings(seed=1), SHORT, 2, choices)
    write_page(tmp_path / "part.md", page_of(Outcome(plan, found, is_cancelled=True), compile=False))
    text = (tmp_path / "part.md").read_text(encoding="utf-8")
    assert "Means are over 1 to 2 seeds, as many as are over" in text
    assert "seconds with compiling, its seeds together" in text
    assert "It was cancelled before all had their whole budget. Cut short: FOMAML, seed 2." in text


def test_a_report_says_the_constant_predictions_loss_on_the_tasks_of_each(two: Comparison, tmp_path: Path) -> None:
    plan = LearnersPlan(small_settings(seed=1), SHORT, 2, tuple(Choice(key, key) for key in ("maml", "fomaml")))

    def said(*losses: float) -> str:
        runs = [dataclasses.replace(run, constant_loss=loss) for run, loss in zip(two.runs, losses, strict=True)]
        write_page(tmp_path / "page.md", page_of(Outcome(plan, Comparison(two.lanes, tuple(runs))), compile=False))
        return (tmp_path / "page.md").read_text(encoding="utf-8")

    constant = "A constant prediction, which learns nothing of a task, has a loss of "
    assert f"{constant}4.25." in said(4.25, 4.25, 4.25, 4.25)
    assert f"{constant}3.5 to 4.25." in said(4, 4.25, 3.5, 4)


def test_a_learner_that_failed_does_not_set_the_scale_of_a_reports_curves(two: Comparison, tmp_path: Path) -> None:
    (maml, other), failed = (entry.runs for entry in two.entries)
    plan = LearnersPlan(small_settings(seed=1), SHORT, 2, tuple(Choice(key, key) for key in ("maml", "fomaml")))

    def written(name: str, comparison: Comparison) -> str:
        write_page(str(tmp_path / f"{name}.md"), page_of(Outcome(plan, comparison), compile=False))
        return (tmp_path / f"{name}.md").read_text(encoding="utf-8")

    assert "Off the scale" not in written("usual", two)
    runs = [dataclasses.replace(run, moments=(*run.moments[:-1], _exploded(run.moments[-1]))) for run in failed]
    text = written("failed", Comparison(two.lanes, (maml, other, *runs)))
    assert text.count("Off the scale: FOMAML.") == 4
    drawn = "".join(picture.read_text(encoding="utf-8") for picture in tmp_path.glob("failed-*.svg"))
    assert "e+" not in drawn  # no axis goes on to 1e+13 M


def _exploded(moment: Moment) -> Moment:
    scores = dataclasses.replace(moment.scores, loss=moment.scores.loss * 1e20)
    return dataclasses.replace(moment, scores=scores)


def made(pattern: Comparison, **losses: np.ndarray) -> Comparison:
    """A comparison of contenders with these losses, (steps + 1, tasks)."""
    lanes = {key: dataclasses.replace(pattern.lanes[0], contender=key, label=key) for key in losses}
    scores = {key: StepScores(*[values.mean(axis=1)] * 3, losses=values) for key, values in losses.items()}
    runs = (dataclasses.replace(pattern.runs[0], lane=lanes[key], scores=scores[key]) for key in losses)
    return Comparison(tuple(lanes.values()), tuple(runs))


def test_a_curve_goes_along_every_axis_and_ends_at_the_table(two: Comparison) -> None:
    entry = two.entry("maml")
    expected = {"iteration": 3, "tasks_seen": 9, "gradient_evaluations": entry.runs[0].moments[-1].gradient_evaluations}
    for axis, value in expected.items():
        curve = entry.curve(axis, 1)
        assert curve.x[-1] == value
        assert curve.mean[-1] == pytest.approx(entry.mean(1))
    assert entry.curve("compute_seconds", 1).x[-1] > 0


def test_curves_of_seeds_that_ended_apart_end_at_the_table_which_says_how_far_each_came() -> None:
    found = compared(contenders("fomaml", "scratch", seeds=(0, 1, 2)), SHORT)
    first, second, third = found.runs[::2]
    moments = [dataclasses.replace(one, iteration=one.iteration + 4) for one in second.moments]
    further = dataclasses.replace(second, moments=tuple(moments))
    found = Comparison(found.lanes, (first, further, third, *found.runs[1::2]))
    iterations = {row.key: row.iterations for row in rows(found)}
    assert iterations == {"fomaml": (3, 7), "scratch": (1, 1)}
    for row in rows(found):
        for axis in AXES:
            curve = found.entry(row.key).curve(axis, row.best.step)
            assert curve.mean[-1] == pytest.approx(row.best.mean)


def test_seeds_come_together_as_their_mean_and_one_that_has_ended_counts_with_its_last_loss() -> None:
    x = np.array([1.0, 3.0])
    curve = across_seeds([(x, x), (x, 4.0 * x), (np.array([0.5, 2.0, 5.0]), np.array([3.0, 3.0, 9.0]))])
    assert curve.x.tolist() == [1.0, 2.0, 3.0, 5.0]  # from where all have begun to where the last one ended
    assert curve.low.tolist() == [1.0, 2.0, 3.0, 3.0]
    assert curve.mean.tolist() == pytest.approx([8.0 / 3.0, 13.0 / 3.0, 20.0 / 3.0, 8.0])
    assert curve.high.tolist() == [4.0, 8.0, 12.0, 12.0]
    assert curve.ended.tolist() == [3.0]


def test_while_seeds_train_those_that_have_come_so_far_count() -> None:
    x = np.array([1.0, 3.0])
    curve = across_seeds([(x, x), (np.array([5.0]), np.array([7.0]))], are_over=False)
    assert curve.x.tolist() == [1.0, 3.0, 5.0]
    assert curve.mean.tolist() == [1.0, 3.0, 7.0]
    assert not len(curve.ended)


def test_curves_have_their_moments_at_the_same_meta_iterations_in_every_run() -> None:
    found = compared(contenders("fomaml", "cavia"), Budget(meta_iterations=20))
    moments = [[moment.iteration for moment in run.moments] for run in found.runs]
    assert moments[0] == moments[1] == [10, 13, 17, 20]


def test_two_contenders_of_one_name_are_refused() -> None:
    with pytest.raises(SettingError, match="maml comes twice"):
        next(compare(contenders("maml", "maml"), SHORT))


def test_an_unknown_order_is_refused() -> None:
    with pytest.raises(SettingError, match="in turn, interleaved"):
        next(compare(contenders("maml"), SHORT, order="at random"))


def test_events_of_training_come_through_as_they_are() -> None:
    said = list(compare(contenders("maml"), SHORT, options=TRACED))
    (lane,) = said[0].lanes
    assert {event.run_id for event in said if isinstance(event, events.Event)} == {lane.run_id}
