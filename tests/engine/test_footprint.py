"""What training takes of memory by estimate: presets far less than there is, and what would end the process no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from metalearn_gui.engine import evaluation
from metalearn_gui.engine import footprint as footprint_module
from metalearn_gui.engine.baselines import initial_states
from metalearn_gui.engine.compare import compare
from metalearn_gui.engine.compare.contenders import BY_SETTINGS, Budget, Contender, lanes_of
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.footprint import SIZES, SLACK, check_memory, check_memory_to_try, fitting_sizes, footprint
from metalearn_gui.engine.memory import _free_in_group
from metalearn_gui.engine.networks.mlp import Mlp
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.presets import PRESETS, default_settings
from metalearn_gui.engine.scoring import SLICE, tasks_in_one_call
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import Options, meta_train

FREE = 16e9
SELF_CONTAINED = [key for key, preset in PRESETS.items() if not preset.settings.tasks.needs_data]


def at_maxima(learner: str) -> ExperimentSettings:
    settings = default_settings().replaced(learner=learner)
    fixed = {"input_dim", "output_dim", "train_ways"}  # a curve has them so
    names = [name for name in SIZES if name in settings.names() and name not in fixed]
    return settings.replaced(fixed_points=True, **{name: int(settings.param(name).maximum or 0) for name in names})


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(footprint_module, "free_bytes", lambda: FREE)


@pytest.mark.parametrize("key", SELF_CONTAINED)
def test_no_preset_is_refused_where_little_is_free(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(footprint_module, "free_bytes", lambda: 0.4e9)
    check_memory(PRESETS[key].settings)
    assert 0 < footprint(PRESETS[key].settings).total < SLACK * 0.4e9


@pytest.mark.parametrize("learner", ["maml", "reptile", "anil", "cavia", "metann", "learned_optimizer", "cnp", "ridge"])
def test_all_settings_at_their_maxima_are_refused_in_a_line_that_says_what_fits(learner: str, free: None) -> None:
    settings = at_maxima(learner)
    with pytest.raises(SettingError, match=r"take about .* GB of memory \(estimated\), 16 GB are free:"
                                           r" lower .* to \d+") as caught:  # fmt: skip
        check_memory(settings)
    assert len(str(caught.value)) < 300
    assert footprint(settings.replaced(**caught.value.offer)).total <= FREE


def test_what_does_not_fit_is_refused_before_any_of_it_is_made(free: None, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = at_maxima("maml")
    monkeypatch.setattr(Mlp, "init", lambda *_: pytest.fail("weights were made"))
    with pytest.raises(SettingError, match="GB are free"):
        next(meta_train(settings, options=Options(compile=False)))


def test_a_comparison_is_refused_whole_where_one_run_of_it_does_not_fit(free: None) -> None:
    good, bad = default_settings(), at_maxima("maml")
    with pytest.raises(SettingError, match=r"^the large one: .* GB are free"):
        lanes_of([Contender("good", good), Contender("bad", bad, label="the large one")], BY_SETTINGS)


def test_runs_that_fit_alone_are_refused_by_turns_where_they_do_not_fit_together(free: None) -> None:
    large = default_settings().replaced(meta_batch=1000, shots=1000, queries=1000)
    large = large.replaced(**fitting_sizes(large, SLACK * FREE / 2))
    check_memory(large)
    several = [Contender(str(place), large.replaced(seed=place)) for place in range(12)]
    next(compare(several, order="in turn", options=Options(compile=False)))
    with pytest.raises(SettingError, match=r"^Trained by turns, these 12 runs take about .* train them in turn, or"):
        next(compare(several, order="interleaved", options=Options(compile=False)))


def test_going_on_by_turns_asks_for_the_memory_of_what_is_still_to_train(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = (
        [Contender(key, default_settings().replaced(learner=key)) for key in ("maml", "fomaml")],
        Budget(meta_iterations=3),
    )
    *_, found = compare(*asked, order="interleaved", options=Options(num_tasks=4, compile=False))
    over, other = found.comparison.runs
    one = footprint(over.lane.settings).total
    monkeypatch.setattr(footprint_module, "free_bytes", lambda: one / SLACK)
    with pytest.raises(SettingError, match="by turns"):
        next(compare(*asked, order="interleaved", options=Options(compile=False)))
    for known in ([over], [over, other]):
        planned = next(compare(*asked, order="interleaved", options=Options(compile=False), known=known))
        assert [run.lane for run in planned.known] == [run.lane for run in known]


def test_more_unseen_tasks_than_fit_are_refused_with_how_many_do(free: None, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = default_settings().replaced(shots=1000, queries=1000)
    monkeypatch.setattr(evaluation, "unseen_parts", lambda *_: pytest.fail("tasks were drawn"))
    with pytest.raises(SettingError, match=r"^10.000.000 unseen tasks of these sizes take about .*: try 490.000 tasks"):
        evaluation.evaluate(settings, TrainingState(*initial_states(settings)), 10_000_000, compile=False)
    check_memory_to_try(settings, 490_000)
    with pytest.raises(SettingError):
        check_memory_to_try(settings, 2 * 490_000)


def test_what_fits_twice_over_has_nothing_to_lower() -> None:
    assert fitting_sizes(default_settings(), FREE) == {}


def test_a_step_more_takes_more_of_second_order_and_nothing_of_first() -> None:
    maml, fomaml = (default_settings().replaced(learner=key, hidden_dim=512) for key in ("maml", "fomaml"))
    assert footprint(maml.replaced(inner_steps=5)).meta_iteration > footprint(maml).meta_iteration
    unrolled, looped = (footprint(maml.replaced(inner_steps=steps)).meta_iteration for steps in (5, 6))
    assert looped > 1.5 * unrolled  # 5 steps of 512 x 4 units, meta-batch 25: 654 MB measured; 10 steps: 1,896
    assert footprint(fomaml.replaced(inner_steps=5)).meta_iteration == footprint(fomaml).meta_iteration


def test_unseen_tasks_are_tried_in_fewer_calls_only_where_their_weights_are_many() -> None:
    settings = default_settings()
    assert tasks_in_one_call(settings, 20) == SLICE
    large = settings.replaced(hidden_dim=1024, num_hidden_layers=6)
    weights = tasks_in_one_call(large, 20) * large.network.num_parameters()
    assert 2**25 < weights <= 2**26


@pytest.mark.parametrize("network", [Mlp(), Mlp(input_dim=3, hidden_dims="5,7", output_dim=2)])
def test_a_dense_network_tells_its_sizes_without_drawing_them(network: Mlp) -> None:
    assert network.parameter_sizes() == super(Mlp, network).parameter_sizes()


def test_a_container_s_bound_counts(tmp_path: Path) -> None:
    assert _free_in_group(tmp_path) == float("inf")
    for name, text in {"max": "1000", "current": "700", "stat": "anon 5\ninactive_file 200\n"}.items():
        (tmp_path / f"memory.{name}").write_text(text)
    assert _free_in_group(tmp_path) == 500.0
    (tmp_path / "memory.max").write_text("max\n")
    assert _free_in_group(tmp_path) == float("inf")


MEASURED = """
import json, sys
from metalearn_gui.engine import backend
from metalearn_gui.engine.footprint import footprint
from metalearn_gui.engine.presets import default_settings
from metalearn_gui.engine.training import Options, meta_train
def read(name):
    return 1024 * int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith(name)))
backend.load()
settings = default_settings().replaced(num_iterations=2, **json.loads(sys.argv[1]))
open("/proc/self/clear_refs", "w").write("5")
before = read("VmRSS")
for event in meta_train(settings, options=Options(baselines=False, evaluate=False, chunk_steps=1)):
    pass
estimate = footprint(settings)
print((read("VmHWM") - before) / (estimate.weights + estimate.block + estimate.meta_iteration))
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/clear_refs"), reason="peaks are read as Linux tells them")
def test_a_measured_peak_is_within_a_factor_of_two(checkout: Path) -> None:
    sizes = {"hidden_dim": 256, "meta_batch": 100, "shots": 100, "queries": 100, "inner_steps": 2}
    command = [sys.executable, "-c", MEASURED, json.dumps(sizes)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert 0.5 < float(done.stdout) < 2.0
