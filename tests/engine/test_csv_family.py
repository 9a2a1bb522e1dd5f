"""Tasks from a table: the same everywhere, in the data's own units, and in every export."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from metalearn_gui.engine import adapt, evaluation, scoring
from metalearn_gui.engine.baselines import initial_state, initial_states
from metalearn_gui.engine.episodes import SPLITS
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.export import EXPORTERS
from metalearn_gui.engine.export.base import ExportSubject
from metalearn_gui.engine.intervals import interval
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.scaling import Scaling
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tables.in_memory import TABLES
from metalearn_gui.engine.tasks.csv import Csv
from metalearn_gui.engine.trainer import Trainer
from metalearn_gui.engine.training import trained
from metalearn_gui.engine.unseen import unseen_episodes
from tests.engine.small import QUIET, small_settings

FEW, MANY = 7, 40


@pytest.fixture
def place(tmp_path):
    """Lines of different slopes: 12 tasks, the last two with few rows."""
    rng = np.random.default_rng(0)
    rows = []
    for task in range(12):
        slope = rng.uniform(-1, 1)
        points = rng.uniform(-1, 1, FEW if task > 9 else MANY)
        rows += [f"t{task},{x:.6f},{slope * x:.6f},{'up' if slope * x > 0 else 'down'}" for x in points]
    (tmp_path / "lines.csv").write_text("task,x,y,way\n" + "\n".join(rows))
    yield tmp_path / "lines.csv"
    TABLES.forget()


def settings_for(place, learner="maml", **values) -> ExperimentSettings:
    settings = small_settings("csv", learner, data=str(place), inputs="x", min_rows=5, **values)
    return settings.resolved()


def test_columns_and_sizes_come_from_the_file(place):
    settings = settings_for(place)
    assert (settings.tasks.task_column, settings.tasks.targets) == ("task", "y")
    assert (settings.network.input_dim, settings.network.output_dim, settings.tasks.view) == (1, 1, "table")
    classes = settings_for(place, predicts="classes", targets="way")
    assert (classes.tasks.kind, classes.tasks.output_dim) == ("classification", 2)
    assert ExperimentSettings.from_dict(classes.to_dict()) == classes


def test_types_are_filled_in_and_a_named_one_counts(place):
    settings = settings_for(place)
    assert settings.tasks.column_types == "x=number,y=number"
    labelled = settings.replaced(column_types="x=category").resolved()
    assert labelled.tasks.column_types == "x=category,y=number"
    assert labelled.network.input_dim == 50  # the commonest labels
    with pytest.raises(SettingError, match="no column 'nope'"):
        settings.replaced(column_types="nope=date").resolved()


def test_what_was_made_of_a_file_is_one_line(place):
    line = settings_for(place).tasks.taken()
    assert line == "Task: task; in: x (number); out: y (number); tasks: 7 train, 1 validation, 4 test"


def test_too_few_tasks_for_validation_are_counted_so_and_training_tasks_stand_in(tmp_path):
    rows = [f"t{task},{row},{task * row}" for task in range(3) for row in range(12)]
    (tmp_path / "few.csv").write_text("\n".join(["task,x,y", *rows]))
    tasks = settings_for(tmp_path / "few.csv").tasks
    assert tasks.taken().endswith("tasks: 2 train, 0 validation, 1 test")
    drawn = {split: set(tasks.identity(tasks.tasks(np.random.default_rng(0), 50, split))) for split in SPLITS}
    assert drawn["validation"] == drawn["train"]
    assert not drawn["test"] & drawn["train"]


def test_another_file_has_columns_of_its_own(place, tmp_path):
    (tmp_path / "b.csv").write_text("who,a,b\n" + "".join(f"p{n % 5},{n},{2 * n}\n" for n in range(100)))
    other = settings_for(place).replaced(data=str(tmp_path / "b.csv")).resolved()
    assert (other.tasks.task_column, other.tasks.inputs, other.tasks.targets) == ("who", "a", "b")


@pytest.mark.parametrize("shots", [1, 5, 30])
def test_support_and_query_set_never_share_a_row(place, shots):
    family = settings_for(place).tasks
    rng = np.random.default_rng(0)
    episodes = family.draw(family.tasks(rng, 200, "train"), rng, shots, 10)
    assert episodes.support.x.shape == (200, shots, 1)
    assert episodes.query.y.shape == (200, 10, 1)
    for support, query in zip(episodes.support.x, episodes.query.x, strict=True):
        assert not set(support[:, 0]) & set(query[:, 0])


def test_splits_never_meet_and_follow_the_seed(place):
    family = settings_for(place).tasks
    rng = np.random.default_rng(0)

    def rows(one, split):
        return set(one.tasks(rng, 500, split).parameters["row_group"])

    assert not rows(family, "train") & rows(family, "test")
    assert rows(family, "test") == rows(dataclasses.replace(family), "test")
    assert any(rows(family.replaced(split_seed=seed), "test") != rows(family, "test") for seed in range(1, 4))


@pytest.mark.parametrize("learner", ["maml", "reptile", "metann", "cnp", "transfer"])
def test_losses_and_predictions_are_in_the_units_of_the_data(place, tmp_path, learner):
    """A thousand times the targets: a million times the loss, and the learner learns the same."""
    lines = place.read_text().splitlines()
    cells = [line.split(",") for line in lines[1:]]
    rows = [f"{task},{x},{5 + 1000 * float(y)},{way}" for task, x, y, way in cells]
    (tmp_path / "big.csv").write_text("task,x,y,way\n" + "\n".join(rows))
    small, big = settings_for(place, learner), settings_for(tmp_path / "big.csv", learner)
    scores = []
    for settings in (small, big):
        state = trained(settings, QUIET)
        scores.append(scoring.score(settings, state.learner, unseen_episodes(settings, 6, 0)[1], False))
    np.testing.assert_allclose(scores[1].loss, 1e6 * scores[0].loss, rtol=2e-3)


def test_scores_of_several_targets_are_in_the_units_of_the_data(place, tmp_path):
    """Beside the loss of a constant prediction, and by hand from the predictions."""
    lines = place.read_text().splitlines()
    rows = [f"{line},{1000 * float(line.split(',')[1])}" for line in lines[1:]]
    (tmp_path / "two.csv").write_text("task,x,y,way,z\n" + "\n".join(rows))
    settings = settings_for(tmp_path / "two.csv", targets="y,z")
    state = trained(settings, QUIET).learner
    episodes = unseen_episodes(settings, 6, 0)[1]
    scores = scoring.score(settings, state, episodes, False)
    path = adapt(settings, state, episodes.support, episodes.query.x, compile=False)
    by_hand = np.square(path.predictions - episodes.query.y).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(scores.loss, by_hand, rtol=1e-4)
    constant = evaluation.Evaluator(settings, 6, 0, "test", compile=False).constant_loss
    assert 0.01 < scores.loss[0] / constant < 100


def test_a_constant_prediction_of_uneven_classes_knows_how_often_each_comes(tmp_path):
    """One in ten is ill: ln 2 would let a learner look good that knows no more than that."""
    rng = np.random.default_rng(0)
    rows = [
        f"s{task},{rng.normal():.3f},{'ill' if row % 10 == 0 else 'well'}" for task in range(30) for row in range(20)
    ]
    (tmp_path / "uneven.csv").write_text("task,x,state\n" + "\n".join(rows))
    settings = settings_for(tmp_path / "uneven.csv", targets="state", predicts="classes")
    shares = np.bincount(unseen_episodes(settings, 200, 0)[1].query.y.ravel()) / (200 * settings.episodes.queries)
    judge = evaluation.Evaluator(settings, 200, 0, "test", False)
    assert judge.constant_loss == pytest.approx(-(shares * np.log(shares)).sum())
    assert judge.constant_loss < 0.4
    found = judge.evaluation(TrainingState(*initial_states(settings))).verdict
    assert found is not None
    assert found.pays is not True  # nothing is learned yet, and nothing is there to learn
    assert judge._without_learning[evaluation.CONSTANT].accuracy[0] == pytest.approx(shares.max())


def test_the_interval_of_few_tasks_drawn_often_is_over_tasks(place):
    settings = settings_for(place)
    state = initial_state(settings)
    found = evaluation.Evaluator(settings, 600, 0, "test", False, baselines=False).learner_scores(state)
    tasks = found.identity
    numbers, counts = np.unique(tasks, return_counts=True)
    means = np.stack([found.losses[:, tasks == number].mean(axis=1) for number in numbers], axis=1)
    weighted = (means - found.loss[:, None]) * counts * len(numbers) / 600
    student_t = {3: 4.303, 4: 3.182}[len(numbers)]
    np.testing.assert_allclose(
        found.loss_ci95, student_t * weighted.std(axis=1, ddof=1) / np.sqrt(len(numbers)), rtol=1e-9
    )
    assert (found.loss_ci95 > 5 * interval(found.losses)).all()


def test_a_saved_state_keeps_its_scaling(place):
    state = trained(settings_for(place), QUIET).learner
    scaling = Scaling.of(state.carry)
    assert scaling is not None
    assert scaling.y_deviation[0] > 0
    again = Scaling.of(dict(state.carry))
    for one, other in zip(scaling, again, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("learner", ["maml", "cnp"])
def test_losses_follow_the_unit_of_the_targets_and_a_likelihood_its_logarithm(place, learner):
    curves = []
    for factor in (1, 10):
        table = place.with_name(f"times{factor}.csv")
        lines = [line.split(",") for line in place.read_text().splitlines()]
        rows = [f"{task},{x},{factor * float(y):.6f},{way}" for task, x, y, way in lines[1:]]
        table.write_text("\n".join([",".join(lines[0]), *rows]))
        settings = settings_for(table, learner)
        curves.append(Trainer(settings, initial_state(settings), compile=False).run(1).curves)
    objective, before, after = (np.array([one[place] for one in curves]).ravel() for place in range(3))
    np.testing.assert_allclose([before[1], after[1]], [100 * before[0], 100 * after[0]], rtol=1e-3)
    np.testing.assert_allclose(
        objective[1], objective[0] + np.log(10) if learner == "cnp" else 100 * objective[0], rtol=1e-3
    )


@pytest.mark.parametrize("key", ["keras", "python", "learner", "safetensors"])
def test_an_export_takes_and_gives_the_units_of_the_data(place, tmp_path, key):
    settings = settings_for(place)
    subject = ExportSubject(settings, trained(settings, QUIET))
    exporter = EXPORTERS[key]
    path = tmp_path / exporter.file_name
    exporter.write(subject, path)
    assert exporter.verify(subject, path) <= exporter.tolerance


@pytest.mark.parametrize("learner", ["maml", "anil", "cavia"])
def test_a_table_net_embeds_categories(place, learner):
    settings = small_settings("csv", learner, data=str(place), inputs="x,way", min_rows=5, network="table_net")
    settings = settings.replaced(embedding_dim=3).resolved()
    assert settings.tasks.column_widths == (0, 2)
    state = trained(settings, QUIET)
    start = settings.network.init(np.random.default_rng(settings.seed))[0]
    assert start["labels"].shape == (2, 3)
    assert not np.array_equal(state.learner.params["labels"], start["labels"])


@pytest.mark.parametrize("key", ["keras", "python"])
def test_a_table_net_is_exported(place, tmp_path, key):
    settings = small_settings("csv", data=str(place), inputs="x,way", min_rows=5, network="table_net").resolved()
    subject = ExportSubject(settings, trained(settings, QUIET))
    exporter = EXPORTERS[key]
    exporter.write(subject, tmp_path / exporter.file_name)
    assert exporter.verify(subject, tmp_path / exporter.file_name) <= exporter.tolerance


def test_a_family_without_a_file_says_what_to_do():
    with pytest.raises(SettingError, match=r"Table \(data\) is empty; choose"):
        small_settings("csv").check_data()


def test_unseen_tasks_may_come_from_another_table(place, tmp_path):
    (tmp_path / "c.csv").write_text("task,x,y\n" + "".join(f"z{n % 3},{n / 50},{n / 20}\n" for n in range(60)))
    settings = settings_for(place).replaced(test_data=str(tmp_path / "c.csv"))
    settings.check_data()
    episodes = unseen_episodes(settings, 5, 0)[1]
    assert episodes.query.y.max() > 1.0  # no line of the first table reaches that
    rng = np.random.default_rng(0)
    training = settings.tasks.draw(settings.tasks.tasks(rng, 50, "train"), rng, 5, 5)
    assert abs(training.query.y).max() <= 1.0


def test_parting_says_how_far_it_is_after_reading_and_leaves_nothing_when_stopped(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("task,a,b,y\n" + "".join(f"{row % 5},{row},{-row},{row % 7}\n" for row in range(200)))
    family = Csv(data=str(path), task_column="task", inputs="a,b", targets="y")
    reading = family.reading()
    said = [next(reading) for _ in range(6)]
    reading.close()
    assert not family.is_read
    said = list(family.reading())
    shares = [one.done / one.total for one in said]
    assert shares == sorted(shares)
    assert (
        sum(share > 0.7 for share in shares) == 5
    )  # two columns are looked at three times; the first is the end of reading
    assert family.is_read
