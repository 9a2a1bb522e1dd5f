"""Forms over every component that is registered."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget

from metalearn_gui.bridge.session import RunState
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.networks import NETWORKS
from metalearn_gui.engine.params import Param, SettingError, params_of
from metalearn_gui.engine.plain_settings import EpisodeSettings, OuterLoopSettings, RunSettings
from metalearn_gui.engine.settings import CHOICES, GROUPS, ExperimentSettings
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.ui.essentials import essential_settings
from metalearn_gui.ui.form import Form
from metalearn_gui.ui.scale import Scale
from metalearn_gui.ui.setting_row import SettingRow
from metalearn_gui.ui.theme import theme
from tests.engine.small import family_for
from tests.ui.fake_session import FakeSession, default_settings

COMPONENTS = [
    *(family for family in TASKS.values() if not family.needs_data),
    *LEARNERS.values(),
    *NETWORKS.values(),
    EpisodeSettings,
    OuterLoopSettings,
    RunSettings,
]
PARAMS = [pytest.param(spec, id=f"{owner.__name__}-{spec.name}") for owner in COMPONENTS for spec in params_of(owner)]


def settings_with(owner: type) -> ExperimentSettings:
    """Settings in which a component of this type is in use."""
    for family in TASKS:
        for learner in LEARNERS:
            if TASKS[family].kind in LEARNERS[learner].kinds:
                network = owner.key if owner in NETWORKS.values() else "mlp"
                try:
                    settings = default_settings().replaced(task_family=family, learner=learner, network=network)
                except SettingError:  # a network of pictures, a family of curves
                    continue
                if owner in {type(component) for component in settings.groups().values()}:
                    return settings
    raise AssertionError(f"{owner.__name__} is never in use")


def other_value(spec: Param) -> object:
    """A value that is in range and not the default."""
    if spec.kind == "bool":
        return not spec.default
    if spec.kind == "choice":
        return next(choice for choice in spec.choices if choice != spec.default)
    if spec.kind in ("text", "path"):
        return "12,8"
    if spec.kind == "int":
        return int(spec.minimum) + (1 if spec.default == spec.minimum else 0)
    return float(f"{(spec.minimum + 0.9 * (min(spec.maximum, spec.default * 2 + 1) - spec.minimum)):.3g}")


@pytest.mark.parametrize("owner", COMPONENTS, ids=lambda owner: owner.__name__)
def test_every_setting_goes_from_the_editor_to_the_session_and_back(owner, qtbot):
    session = FakeSession(settings_with(owner))
    group = next(name for name in GROUPS if type(session.settings.group(name)) is owner)
    form = Form(session, [group])
    qtbot.addWidget(form)
    fixed = {"input_dim", "output_dim"} if owner in NETWORKS.values() else set()
    for spec in params_of(owner):
        if spec.name in fixed or (spec.kind == "text" and spec.name != "hidden_dims"):
            continue
        before, value = session.settings, other_value(spec)
        row = form.rows[spec.name]
        row.editor.edited.emit(value)
        if session.settings == before:
            pytest.fail(f"{spec.name} did not take {value}")
        assert session.settings.value(spec.name) == (pytest.approx(value) if spec.kind == "float" else value)
        session.undo_stack.undo()
        assert session.settings == before
        assert row.editor.objectName() == spec.name


@pytest.mark.parametrize("spec", PARAMS)
def test_a_slider_reaches_both_ends_and_never_leaves_the_range(spec):
    if not Scale.suits(spec):
        return
    scale = Scale(spec)
    values = [scale.value(position) for position in range(scale.num_positions + 1)]
    assert values[0] == spec.minimum
    assert values[-1] == spec.maximum
    assert values == sorted(values)
    assert abs(scale.position(spec.default) - scale.position(scale.value(scale.position(spec.default)))) <= 1


def make_form(session, qtbot, *groups: str) -> Form:
    form = Form(session, groups)
    qtbot.addWidget(form)
    form.show()
    return form


def test_a_typed_number_is_taken_when_editing_ends(session, qtbot):
    form = make_form(session, qtbot, "episodes")
    box = form.rows["shots"].editor
    box.selectAll()
    qtbot.keyClicks(box, "25")
    assert session.settings.episodes.shots == 10
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert session.settings.episodes.shots == 25


@pytest.mark.parametrize("text", ["5000", "99999999999999", "ten", "-3", "2.5"])
def test_a_number_that_cannot_be_used_becomes_one_line_and_the_box_shows_the_old_value(session, qtbot, text):
    form = make_form(session, qtbot, "episodes")
    box = form.rows["shots"].editor
    box.selectAll()
    qtbot.keyClicks(box, text)
    with qtbot.waitSignal(session.messageRaised) as raised:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert text in raised.args[0].text
    assert "\n" not in raised.args[0].text
    assert session.settings.episodes.shots == 10
    assert box.text() == "10"


def test_showing_a_value_changes_nothing(session, qtbot):
    form = make_form(session, qtbot, "episodes", "outer", "run", "learner", "network")
    for row in form.rows.values():
        row.show_value()
    assert session.calls == []
    session.settingsChanged.emit()
    assert session.calls == []


def test_undo_moves_slider_and_editor_back(session, qtbot):
    form = make_form(session, qtbot, "outer")
    row = form.rows["meta_learning_rate"]
    place = row.slider.value()
    row.slider.setValue(place + 20)
    assert row.editor.value() == session.settings.outer.meta_learning_rate != 0.001
    session.undo_stack.undo()
    assert row.slider.value() == place
    assert row.editor.value() == pytest.approx(0.001)


def test_structural_settings_say_restart_while_a_run_is_live(session, qtbot):
    form = make_form(session, qtbot, "learner")
    badges = {name: row._badge for name, row in form.rows.items()}
    assert badges["inner_learning_rate"].text() == "live"
    assert badges["inner_steps"].isHidden()
    session.set_state(RunState.RUNNING)
    assert badges["inner_learning_rate"].text() == "live"
    assert badges["inner_steps"].text() == "restart"
    session.set_state(RunState.IDLE)
    assert badges["inner_steps"].isHidden()


@pytest.mark.parametrize("owner", COMPONENTS, ids=lambda owner: owner.__name__)
def test_a_setting_s_name_stands_whole_whatever_else_is_said_in_its_row(session, qtbot, owner):
    session.take_settings(settings_with(owner))
    group = next(group for group in GROUPS if isinstance(session.settings.group(group), owner))
    form = make_form(session, qtbot, group)
    form.show_more(True)
    form.setFixedWidth(234)
    session.set_state(RunState.RUNNING)
    qtbot.wait(20)  # until it is laid out
    for name, row in form.rows.items():
        for label in (row._label, row._unit):
            assert label.isHidden() or label.fontMetrics().horizontalAdvance(label.text()) <= label.width(), name
        assert row.spec.live or row._badge.accessibleName() == "restart"


def test_a_row_whose_parts_change_its_width_comes_to_an_end(session, qtbot, monkeypatch):
    """Rows beside each other may take room from each other by turns; without an end, that was the process's."""
    row = SettingRow(session, session.settings.param("inner_learning_rate"))
    qtbot.addWidget(row)
    row.resize(200, 60)
    row.show()
    fits = []

    def fit_in_another_width() -> None:
        fits.append(row.width())
        if len(fits) < 100:
            row.resize(160 if row.width() == 200 else 200, 60)

    monkeypatch.setattr(row, "_place_editor", fit_in_another_width)
    row.resize(180, 60)
    assert len(fits) == 2


def test_a_long_name_takes_the_room_of_the_unit_and_then_of_the_badge(session, qtbot):
    form = make_form(session, qtbot, "episodes")
    form.setFixedWidth(234)
    session.set_state(RunState.RUNNING)
    qtbot.wait(20)
    row = form.rows["shots"]
    seen = []
    for length in (14, 18, 24, 28):
        row._label.setText("n" * length)
        row.show_value()
        seen.append((not row._badge.isHidden() and (row._badge.text() or "icon"), not row._unit.isHidden()))
    assert seen == [("restart", True), ("icon", True), ("icon", False), (False, False)]


def test_the_form_follows_another_family(session, qtbot):
    form = make_form(session, qtbot, "tasks")
    assert "amplitude_max" in form.rows
    session.change(task_family="blobs")
    assert set(form.rows) == {spec.name for spec in params_of(TASKS["blobs"])}
    assert form.findChild(type(form.rows["ways"].editor), "ways") is form.rows["ways"].editor


def test_rows_of_settings_that_another_component_has_too_stay_and_find_their_places(session, qtbot):
    form = make_form(session, qtbot, "episodes", "learner")
    form.show_more(True)
    row = form.rows["inner_steps"]
    for learner in ("fedavg", "meta_sgd", "reptile"):
        session.change(learner=learner)
        assert form.rows["inner_steps"] is row
    new = make_form(session, qtbot, "episodes", "learner")
    new.show_more(True)
    qtbot.waitUntil(lambda: _places(form) == _places(new))


def _places(form: Form) -> dict[str, QPoint]:
    return {name: row.pos() for name, row in form.rows.items()}


def test_reset_all_is_one_undoable_step(session, qtbot):
    form = make_form(session, qtbot, "outer", "episodes")
    before = session.settings
    session.change(shots=3, meta_batch=4, meta_learning_rate=0.1)
    changed = session.settings
    form.reset_all()
    assert session.settings == before
    session.undo_stack.undo()
    assert session.settings == changed


def test_a_list_of_choices_shows_every_one_without_scrolling(session, qtbot):
    theme().apply()
    form = make_form(session, qtbot, "network")
    box = form.rows["activation"].editor
    box.showPopup()
    qtbot.wait(20)
    last = box.view().visualRect(box.model().index(box.count() - 1, 0))
    assert box.count() > 2
    assert last.bottom() <= box.view().viewport().rect().bottom()
    box.hidePopup()


def test_advanced_settings_unfold(session, qtbot):
    form = make_form(session, qtbot, "outer")
    assert not form.rows["meta_batch"].isVisible()
    form.toggle_more()
    assert form.rows["meta_batch"].isVisible()


def test_what_is_typed_in_a_row_that_goes_is_let_go_with_the_keyboard(session, qtbot):
    form = make_form(session, qtbot, "learner")
    form.show_more(True)
    qtbot.waitUntil(form.isActiveWindow)
    box = form.rows["inner_gradient_clip"].editor
    box.setFocus()
    box.lineEdit().setText("3")
    session.change(learner="ridge")  # it has no such setting
    assert "inner_gradient_clip" not in form.rows
    assert QApplication.focusWidget() is not box
    assert ("change", {"inner_gradient_clip": 3.0}) not in session.calls


@pytest.mark.parametrize("learner", LEARNERS.values(), ids=lambda learner: learner.key)
def test_no_more_than_ten_settings_are_essential(learner):
    settings = default_settings().replaced(task_family=family_for(learner.key), learner=learner.key)
    essential = essential_settings(settings)
    assert {"shots"} <= essential <= set(settings.names())
    assert ("meta_learning_rate" in essential) == bool(settings.learner.gradient_evaluations)
    assert len(essential) <= 10


def test_a_setting_that_changes_nothing_cannot_be_tried_in_vain_and_says_why(session, qtbot):
    form = make_form(session, qtbot, "episodes")
    row = form.rows["fixed_points"]
    assert not row.editor.isEnabled()
    assert row.toolTip().startswith("Training tasks are new every time: limit their number first.")
    session.change(num_training_tasks=5)
    assert row.editor.isEnabled()
    assert row.toolTip().startswith("Each of a limited number")


def test_a_search_shows_what_it_names_and_gives_the_others_back(session, qtbot):
    form = make_form(session, qtbot, "outer")
    form.seek("patience")
    assert [name for name, row in form.rows.items() if row.isVisible()] == ["stop_patience"]
    form.seek("")
    assert [name for name, row in form.rows.items() if row.isVisible()] == ["meta_learning_rate"]


def test_settings_out_of_sight_can_be_found_and_set(session, qtbot):
    form = make_form(session, qtbot, "outer")
    form.findChild(QWidget, "meta_batch").setValue(4)
    assert session.settings.outer.meta_batch == 4


def test_a_learner_brings_the_settings_that_concern_it_into_sight(session, qtbot):
    form = make_form(session, qtbot, "episodes")
    assert not form.rows["non_iid"].isVisible()
    session.change(learner="fedavg")
    wanted = ("shots", "num_training_tasks", "fixed_points", "non_iid")
    qtbot.waitUntil(lambda: all(form.rows[name].isVisible() for name in wanted))
    assert not form.rows["queries"].isVisible()
    session.change(learner="maml")
    qtbot.waitUntil(form.rows["shots"].isVisible)
    assert not form.rows["non_iid"].isVisible()


@pytest.mark.parametrize("learner", LEARNERS.values(), ids=lambda learner: learner.key)
def test_what_concerns_a_learner_is_a_setting(learner):
    names = default_settings().replaced(task_family=family_for(learner.key), learner=learner.key).names()
    assert set(learner.concerns) <= set(names)


def test_every_group_is_covered_by_a_component():
    assert {owner for owner, _ in CHOICES.values()} | {"episodes", "outer", "run"} == set(GROUPS)
    assert all(dataclasses.is_dataclass(owner) for owner in COMPONENTS)


def test_short_settings_share_a_line_where_there_are_more_than_a_few(session, qtbot):
    theme().apply()
    session.change(task_family="blobs")
    form = make_form(session, qtbot, "episodes", "tasks")
    form.setFixedWidth(234)
    qtbot.wait(20)
    places = {name: form.rows[name].geometry() for name in ("shots", "ways", "noise")}
    assert places["ways"].top() == places["shots"].top()
    assert places["ways"].left() > places["shots"].right()
    assert places["noise"].top() > places["shots"].bottom()
    assert places["noise"].width() == form.width()


def test_what_a_row_shows_does_not_change_its_width(session, qtbot):
    theme().apply()
    session.change(task_family="blobs")
    form = make_form(session, qtbot, "episodes", "tasks")
    form.setFixedWidth(234)
    qtbot.wait(20)
    before = [row.width() for row in form.rows.values()]
    for value in (40, 1, default_settings().value("shots")):
        session.change(shots=value)
        session.set_state(RunState.RUNNING if value == 40 else RunState.IDLE)
        qtbot.wait(20)
        assert [row.width() for row in form.rows.values()] == before


def test_two_settings_have_a_line_each(session, qtbot):
    form = make_form(session, qtbot, "episodes", "tasks")
    assert [name for name, row in form.rows.items() if row.isVisible()] == ["shots", "noise"]
    qtbot.wait(20)
    assert form.rows["noise"].y() > form.rows["shots"].y()
