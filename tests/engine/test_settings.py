"""Everything a run depends on: round trips, flat names, pairs that do not fit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalearn_gui.engine.params import Param, SettingError, params_of
from metalearn_gui.engine.presets import PRESETS, default_settings, preset
from metalearn_gui.engine.settings import CHOICES, GROUPS, ExperimentSettings
from tests.engine.small import PAIRS, small_settings


def values_of(spec: Param) -> st.SearchStrategy[Any]:
    """Every value that a setting takes."""
    low, high = spec.minimum, spec.maximum
    if spec.kind == "int":
        inside = st.integers(int(low or 0), int(high or 0))
        return inside if spec.off is None else inside | st.just(spec.off)
    if spec.kind == "float":
        return st.floats(low, high)
    if spec.kind == "choice":
        return st.sampled_from(spec.choices)
    if spec.kind == "bool":
        return st.booleans()
    return st.sampled_from(["", "4", "8,4", "256,128,64,64"])  # the one text there is: hidden_dims


# Names whose value is the family's own to say, or that another setting decides.
DEPENDENT = {
    "training_episodes",
    "train_ways",
    "catalogue",
    "input_dim",
    "output_dim",
    "amplitude_min",
    "num_hidden_layers",
    "hidden_dim",
}


@st.composite
def experiments(draw: st.DrawFn) -> ExperimentSettings:
    family, learner = draw(st.sampled_from(PAIRS))
    start = default_settings().replaced(task_family=family, learner=learner)
    free = sorted(set(start.names()) - DEPENDENT)
    chosen = draw(st.lists(st.sampled_from(free), unique=True, max_size=6))
    wanted = {name: draw(values_of(start.param(name))) for name in chosen}
    if wanted.get("amplitude_max", 1.0) < 0.1:
        wanted["amplitude_min"] = 0.0
    return start.replaced(**wanted)


@given(experiments())
def test_settings_survive_json(experiment: ExperimentSettings) -> None:
    text = json.dumps(experiment.to_dict(), allow_nan=False)
    assert ExperimentSettings.from_dict(json.loads(text)) == experiment


@settings(max_examples=20)
@given(experiments())
def test_setting_a_value_to_itself_changes_nothing(experiment: ExperimentSettings) -> None:
    for name in set(experiment.names()) - {"hidden_dim", "num_hidden_layers"}:  # they set every layer
        assert experiment.replaced(**{name: experiment.value(name)}) == experiment


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_survives_json(key: str) -> None:
    experiment = preset(key)
    assert ExperimentSettings.from_dict(json.loads(json.dumps(experiment.to_dict()))) == experiment


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError, match=r"There is no preset 'nothing'; choose one of first-steps, article"):
        preset("nothing")


@pytest.mark.parametrize("name", sorted({"task_family", "learner", "network"}))
@pytest.mark.parametrize("value", ["nothing", "", None, 3, ["maml"]])
def test_an_unknown_choice_is_refused_with_the_known_ones(name: str, value: Any) -> None:
    with pytest.raises(SettingError, match=rf"^{name} is .*; choose one of ") as caught:
        default_settings().replaced(**{name: value})
    assert ", ".join(CHOICES[name][1]) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "meant"), [("shoots", "shots"), ("learning_rate", "inner_learning_rate"), ("speed", "seed")]
)
def test_an_unknown_name_is_refused_with_the_nearest_ones_and_where_all_are(name: str, meant: str) -> None:
    known = rf"There is no setting '{name}' for maml on sinusoid; the nearest are .*{meant}.*, and `.* list --json`"
    with pytest.raises(SettingError, match=known):
        default_settings().replaced(**{name: 3})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, True, "fast", None, [1], 10**30])
@pytest.mark.parametrize("name", ["meta_learning_rate", "inner_learning_rate", "shots", "hidden_dim", "seed"])
def test_a_bad_number_is_refused_in_one_line_that_names_its_setting(name: str, value: Any) -> None:
    with pytest.raises(SettingError) as caught:
        default_settings().replaced(**{name: value})
    line = str(caught.value)
    assert f"({name}) is " in line
    assert "it must " in line
    assert "\n" not in line


@pytest.mark.parametrize("name", ["input_dim", "output_dim"])
def test_a_size_that_the_family_fixes_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(SettingError, match=r"is 3; it is fixed at 1: a curve maps one number to one number"):
        default_settings().replaced(**{name: 3})
    assert default_settings().replaced(**{name: 1}) == default_settings()


def test_the_classes_of_blobs_fix_the_output_dimension() -> None:
    blobs = default_settings().replaced(task_family="blobs", ways=5)
    assert blobs.network.output_dim == 5
    with pytest.raises(SettingError, match="it is fixed at 5"):
        blobs.replaced(output_dim=4)


def test_vectors_choose_the_network_s_ends() -> None:
    vectors = default_settings().replaced(task_family="vectors", input_dim=4, output_dim=6)
    assert (vectors.network.input_dim, vectors.network.output_dim) == (4, 6)


def test_hidden_dims_set_every_layer_and_the_number_of_layers() -> None:
    experiment = default_settings().replaced(hidden_dims="256,128,64,64")
    assert experiment.network.widths == (256, 128, 64, 64)
    assert experiment.value("num_hidden_layers") == 4


@pytest.mark.parametrize("value", ["0", "4,,4", "a,b", "1,2,3,4,5,6,7", "1025", "-3", "4.5", "²"])
def test_hidden_dims_that_are_no_widths_are_refused_with_an_example(value: str) -> None:
    with pytest.raises(SettingError, match="for example 256,128,64,64"):
        default_settings().replaced(hidden_dims=value)


@pytest.mark.parametrize("name", ["hidden_dim", "num_hidden_layers"])
def test_hidden_dim_and_the_number_of_layers_overrule_hidden_dims(name: str) -> None:
    experiment = default_settings().replaced(hidden_dims="8,4")
    value = {"hidden_dim": 16, "num_hidden_layers": 3}[name]
    replaced = experiment.replaced(**{name: value})
    assert replaced.value("hidden_dims") == ""
    assert set(replaced.network.widths) == {replaced.value("hidden_dim")}
    assert len(replaced.network.widths) == replaced.value("num_hidden_layers")


def test_choosing_another_learner_keeps_the_settings_that_both_have() -> None:
    start = default_settings().replaced(inner_learning_rate=0.2, inner_steps=4)
    assert start.replaced(learner="reptile").value("inner_learning_rate") == 0.2
    assert start.replaced(learner="article", inner_steps=2).value("inner_steps") == 2


@pytest.mark.parametrize("names", [("amplitude_min", "amplitude_max"), ("amplitude_max", "amplitude_min")])
def test_settings_that_bound_each_other_are_set_together_in_any_order(names: tuple[str, str]) -> None:
    wanted = {"amplitude_min": 6.0, "amplitude_max": 8.0}
    experiment = default_settings().replaced(**{name: wanted[name] for name in names})
    assert {name: experiment.value(name) for name in names} == wanted


def test_choosing_what_is_chosen_already_changes_nothing() -> None:
    start = default_settings().replaced(hidden_dims="8,4", amplitude_min=0.01, amplitude_max=0.05)
    assert start.replaced(task_family="sinusoid", learner="maml", network="mlp") == start


def test_an_amplitude_range_that_is_empty_is_refused() -> None:
    with pytest.raises(SettingError, match="it must not exceed amplitude to"):
        default_settings().replaced(amplitude_min=6.0)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda d: d | {"version": 99}, "The settings' version is 99; this program reads 1"),
        (lambda d: d | {"extra": {}}, "The settings have a part 'extra'"),
        (lambda d: d | {"tasks": 3}, "The settings' part 'tasks' is a int; expected a JSON object"),
        (lambda d: d | {"learner": {"key": "nothing"}}, "learner is 'nothing'; choose one of maml"),
        (lambda d: d | {"learner": {"key": "maml", "ways": 3}}, "MAML has no setting 'ways'"),
        (lambda d: d | {"outer": d["outer"] | {"meta_batch": 0}}, r"Meta-batch \(meta_batch\) is 0"),
        (lambda d: [d], "The settings are a list; expected a JSON object"),
    ],
)
def test_foreign_json_is_refused_in_one_line(change: Any, line: str) -> None:
    with pytest.raises(SettingError, match=line) as caught:
        ExperimentSettings.from_dict(change(default_settings().to_dict()))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("family", "learner"), PAIRS)
def test_every_setting_has_one_flat_name_and_a_form(family: str, learner: str) -> None:
    experiment = small_settings(family, learner)
    for name, group in experiment.names().items():
        spec = experiment.param(name)
        assert spec.label
        assert spec.help
        assert spec in [*params_of(experiment.group(group))]
        assert experiment.value(name) == getattr(experiment.group(group), name)
    assert set(experiment.names().values()) <= set(GROUPS)


def test_only_live_settings_may_differ_while_a_run_goes_on() -> None:
    start = default_settings()
    assert start.differs_live_only(start.replaced(meta_learning_rate=0.5, inner_learning_rate=0.5))
    assert not start.differs_live_only(start.replaced(inner_steps=2))
    assert not start.differs_live_only(start.replaced(learner="fomaml"))


def test_a_start_fixes_the_length_of_a_falling_rate() -> None:
    started = default_settings().replaced(meta_schedule="cosine", num_iterations=50).started()
    assert started.replaced(num_iterations=500).value("schedule_iterations") == 50
    assert default_settings().started() == default_settings()
