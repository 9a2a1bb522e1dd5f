"""Another learner or family comes with what it is tuned with; what was set by hand stays."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine import programs
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.base import UNROLLED_STEPS
from metalearn_gui.engine.learners.transfer import Transfer
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.presets import PRESETS, default_settings, preset
from metalearn_gui.engine.settings import offer_label
from metalearn_gui.engine.switching import TUNED_GROUPS, for_family, switched
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.engine.trainer import Trainer
from metalearn_gui.engine.tuned import tuned_settings


class Classifier(Transfer):
    """A learner that takes classes alone."""

    key, label, kinds = "classifier", "Classifier", ("classification",)


def test_every_learner_chosen_in_turn_after_first_steps_stays_finite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "execution_mode", lambda network, compile: "graph")  # cheaper to make than XLA's
    experiment = preset("first-steps")
    for key in [key for key, learner in LEARNERS.items() if "regression" in learner.kinds]:
        experiment = switched(experiment, learner=key)
        if experiment.learner.num_steps > UNROLLED_STEPS:  # too dear without XLA
            continue
        trainer = Trainer(experiment, initial_state(experiment), compile=True)
        curves = [trainer.run(100).curves for _ in range(2)]
        assert trainer.state.iteration == 200, key
        assert np.isfinite(np.concatenate(curves, axis=1)).all(), key


@pytest.mark.parametrize("key", sorted(key for key in PRESETS.keys() & LEARNERS.keys() if preset(key).network.compiles))
def test_a_learner_with_a_preset_comes_with_its_rates_and_its_start(key: str) -> None:
    tuned, other = preset(key), switched(preset("first-steps"), learner="scratch" if key != "scratch" else "maml")
    experiment = switched(other, learner=key, task_family=tuned.tasks.key)
    names = {name for name, group in tuned.names().items() if group in TUNED_GROUPS} | {"initialization"}
    assert {name: experiment.value(name) for name in names} == {name: tuned.value(name) for name in names}
    assert experiment.episodes.training_episodes == tuned.episodes.training_episodes
    assert experiment.episodes.replaced(training_episodes="") == preset("first-steps").episodes
    assert experiment.network.widths == preset("first-steps").network.widths


def test_values_set_by_hand_stay_on_the_way_there_and_back() -> None:
    by_hand = {"meta_batch": 13, "inner_learning_rate": 0.123, "shots": 7, "hidden_dim": 24, "seed": 3, "noise": 0.3}
    start = preset("first-steps").replaced(**by_hand)
    there = switched(start, learner="reptile")
    assert {name: there.value(name) for name in by_hand} == by_hand
    assert (there.value("meta_optimizer"), there.value("inner_steps")) == ("sgd", 5)
    back = switched(switched(there, task_family="harmonics"), learner="maml")
    assert {name: back.value(name) for name in by_hand} == by_hand
    assert (back.value("meta_optimizer"), back.value("inner_steps")) == ("adam", 1)


def test_values_given_with_the_learner_win() -> None:
    asked = {"inner_steps": 1, "meta_optimizer": "adam", "meta_learning_rate": 0.25}
    experiment = switched(preset("first-steps"), learner="reptile", **asked)
    assert {name: experiment.value(name) for name in asked} == asked


def test_a_family_with_a_preset_of_its_own_brings_that_and_others_change_nothing() -> None:
    start = preset("first-steps")
    assert switched(start, task_family="blobs").value("inner_learning_rate") == 0.1
    assert switched(start, task_family="waves") == start.replaced(task_family="waves")
    assert switched(start, learner="maml", task_family="sinusoid", shots=3) == start.replaced(shots=3)


@pytest.mark.parametrize("learner", sorted(key for key, one in LEARNERS.items() if "classification" in one.kinds))
def test_pictures_bring_a_network_that_looks_at_them_and_points_the_dense_one_back(learner: str) -> None:
    start = switched(default_settings().replaced(task_family="blobs"), learner=learner)
    there = switched(start, task_family="glyphs")
    own = [one.settings.network for one in PRESETS.values() if one.settings.learner.key == learner]
    assert there.network.key == "conv4" or there.network in own  # one that the learner is tuned with
    assert (there.value("shots"), there.value("queries")) == (1, 15)
    back = switched(there, task_family="blobs")
    assert back.network == start.network or back.network.widths in [one.widths for one in own if one.key == "mlp"]
    assert back.value("training_episodes") == ""


def test_a_network_and_sizes_given_with_pictures_or_set_by_hand_stay() -> None:
    start = preset("first-steps").replaced(shots=3, num_hidden_layers=3)
    there = switched(start, task_family="glyphs", learner="reptile", network="mlp")
    assert (there.network.key, there.network.widths, there.value("shots")) == ("mlp", (40, 40, 40), 3)


@pytest.mark.parametrize("learner", sorted(key for key, one in LEARNERS.items() if "classification" in one.kinds))
def test_every_classifier_can_be_chosen_where_protonet_trains_on_more_ways_than_it_is_tried_on(learner: str) -> None:
    start = preset("glyphs")
    there = switched(start, learner=learner)
    assert there.learner.key == learner
    own = [one.network for one in tuned_settings(learner) if one.tasks.key == "glyphs"]
    assert there.network in (own or [start.network])
    assert switched(there, learner="protonet") == start


def test_on_pictures_a_learner_brings_the_network_that_it_is_tuned_with_unless_another_was_chosen() -> None:
    start = switched(default_settings(), task_family="glyphs")
    assert (start.learner.key, start.value("norm")) == ("maml", "group")
    anil = switched(start, learner="anil")
    assert anil.network == preset("glyphs").network
    assert switched(anil, learner="maml") == start
    chosen = start.replaced(network="mlp", hidden_dim=50, shots=3)
    there = switched(chosen, learner="anil")
    assert (there.network, there.value("shots")) == (chosen.network, 3)


@pytest.mark.parametrize("learner", sorted(key for key, one in LEARNERS.items() if len(one.kinds) == 2))
def test_pictures_and_a_learner_come_to_the_same_whichever_is_chosen_first(learner: str) -> None:
    start = default_settings()
    first_learner = switched(switched(start, learner=learner), task_family="glyphs")
    assert first_learner == switched(switched(start, task_family="glyphs"), learner=learner)
    assert first_learner.network.key == "conv4"


@pytest.mark.parametrize("family", sorted(key for key, one in TASKS.items() if one.view == "plane"))
@pytest.mark.parametrize("learner", ["fomaml", "reptile", "meta_sgd", "anil", "cavia", "metann", "cnp", "transfer"])
def test_planes_bring_rates_that_were_tuned_on_planes_whichever_is_chosen_first(learner: str, family: str) -> None:
    start = default_settings()
    first_learner = switched(switched(start, learner=learner), task_family=family)
    first_family = switched(switched(start, task_family=family), learner=learner)
    assert first_learner == first_family
    (tuned,) = [one for one in tuned_settings(learner) if one.tasks.view == "plane"]
    names = [name for name, group in tuned.names().items() if group in TUNED_GROUPS] + ["initialization"]
    assert [first_family.value(name) for name in names] == [tuned.value(name) for name in names]


@pytest.mark.parametrize("family", sorted(key for key, one in TASKS.items() if one.view == "plane"))
def test_a_learner_of_classes_alone_leaves_the_meta_batch_of_pictures_behind_on_planes(family: str) -> None:
    plane = switched(default_settings(), task_family=family)
    chosen = switched(plane, learner="protonet")
    assert (chosen.value("meta_batch"), chosen.value("meta_learning_rate")) == (10, 0.003)
    from_pictures = switched(preset("glyphs"), task_family=family)
    assert (from_pictures.value("meta_batch"), from_pictures.value("meta_learning_rate")) == (10, 0.003)


@pytest.mark.parametrize("family", ["waves", "blobs"])
def test_the_articles_rows_are_no_pattern_for_families_that_have_tasks_to_transfer_between(family: str) -> None:
    experiment = switched(preset("first-steps").replaced(task_family=family), learner="article")
    assert experiment.value("meta_loss_weight") == 1.0
    assert experiment.value("num_iterations") == 20_000


def test_a_subclass_own_default_holds_where_the_old_value_was_a_default() -> None:
    start = default_settings()
    assert start.replaced(learner="cavia").value("inner_learning_rate") == 1.0
    assert start.replaced(learner="cavia").replaced(learner="maml") == start
    assert start.replaced(inner_learning_rate=0.3, learner="cavia").value("inner_learning_rate") == 0.3


def test_a_family_that_a_learner_cannot_take_is_refused_with_the_nearest_that_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(LEARNERS, Classifier.key, Classifier)
    with pytest.raises(SettingError) as caught:
        default_settings().replaced(learner="classifier")
    assert str(caught.value) == (
        "Classifier cannot take regression tasks such as Sinusoid; it takes classification: try Blobs (blobs)"
    )
    assert offer_label(caught.value) == "Blobs"
    assert default_settings().replaced(learner="classifier", **caught.value.offer).tasks.key == "blobs"


def test_a_learner_that_takes_no_family_is_refused_without_an_offer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LEARNERS, Classifier.key, Classifier)
    monkeypatch.setattr(Classifier, "kinds", ("ranking",))
    with pytest.raises(SettingError, match=r"it takes ranking$") as caught:
        default_settings().replaced(learner="classifier")
    assert caught.value.offer == {}


def test_a_family_comes_with_the_network_that_is_made_for_it_and_takes_it_away_again() -> None:
    ratings = switched(default_settings(), **for_family(default_settings(), "ratings"))
    assert ratings.network.key == "ratings_net"
    assert switched(ratings, **for_family(ratings, "sinusoid")).network.key == "mlp"


RECOMMENDERS = ("fomaml", "reptile", "meta_sgd", "anil", "cavia", "metann", "cnp", "transfer", "scratch")


@pytest.mark.parametrize("learner", RECOMMENDERS)
def test_a_learner_chosen_on_ratings_brings_what_it_was_tuned_with_there_and_takes_it_away_again(learner: str) -> None:
    begun = preset("ratings")
    chosen = switched(begun, learner=learner)
    tuned = [one for one in tuned_settings(learner) if one.tasks.key == "ratings"]
    assert len(tuned) == 1
    for name, group in tuned[0].names().items():
        if group in TUNED_GROUPS:
            assert chosen.value(name) == tuned[0].value(name), name
    assert chosen.value("num_iterations") == begun.value("num_iterations")
    assert chosen.network == begun.network
    assert switched(chosen, learner="maml") == begun


def test_a_family_that_cannot_read_the_old_ones_file_begins_without_it(tmp_path):
    place = tmp_path / "shops.csv"
    place.write_text("shop,price,sold\n" + "".join(f"s{row % 8},{row}.5,{2 * row}\n" for row in range(96)))
    table = default_settings().replaced(task_family="csv", data=str(place))
    assert switched(table, **for_family(table, "ratings")).tasks.data == ""
    assert "data" not in for_family(table, "sinusoid")
    assert "data" not in for_family(table, "csv")
