"""The frame of the canvas: its surface, its slider, its chips."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QAbstractButton, QSlider, QWidget

from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.overlay_chips import RunChip
from metalearn_gui.ui.panels.meta_loss import MetaLossPanel
from metalearn_gui.ui.panels.task import TaskPanel
from metalearn_gui.ui.run_marks import overlay_marks, run_mark
from metalearn_gui.ui.theme import theme
from metalearn_gui.ui.zoom import set_zoom
from tests.ui.fake_session import FakeSession
from tests.ui.hand import mouse, session_for


@pytest.fixture
def panel(qtbot, session: FakeSession):
    widget = TaskPanel(session)
    qtbot.addWidget(widget)
    widget.resize(712, 480)
    widget.show()
    return widget


def slider(panel: TaskPanel) -> QSlider:
    return panel.findChild(QSlider, "adaptation_slider")


def button(panel: TaskPanel, name: str) -> QAbstractButton:
    return panel.findChild(QAbstractButton, name)


def sinusoid_task():
    return session_for("sinusoid").unseen.touched


def surfaces(panel: TaskPanel) -> list[str]:
    names = ("curve_canvas", "plane_canvas", "vector_canvas")
    return [name for name in names for child in panel.findChildren(QWidget, name) if not child.isHidden()]


def test_tools_of_a_canvas_that_comes_at_a_zoom_are_as_large_as_its_type(panel, session):
    def tools() -> list[tuple[int, int]]:
        panel.surface.grab()
        found = panel.surface.findChildren(QAbstractButton)
        return [(one.sizeHint() if one.text() else one.maximumSize()).toTuple() for one in found]

    sizes = {}
    try:
        for zoom in (1.0, 1.5):
            set_zoom(zoom)
            for family in ("glyphs", "blobs"):
                session.change(task_family="sinusoid")
                session.change(task_family=family)
                sizes[family, zoom] = tools()
    finally:
        set_zoom(1.0)
    for family in ("glyphs", "blobs"):
        grown = [[1.5 * pixels for pixels in size] for size in sizes[family, 1.0]]
        assert np.allclose(sizes[family, 1.5], grown, atol=2)


def test_frame_holds_the_surface_of_the_family_alone(panel, session):
    assert panel.objectName() == "task_canvas"
    assert surfaces(panel) == ["curve_canvas"]
    for family, name in (("blobs", "plane_canvas"), ("vectors", "vector_canvas"), ("sinusoid", "curve_canvas")):
        session.change(task_family=family)
        assert surfaces(panel) == [name]
        panel.grab()


def test_a_single_step_is_called_before_and_after_and_a_pass_is_no_gradient_step(panel, session):
    assert [slider(panel).name_of(step) for step in (0, 10)] == ["0", "10"]
    assert panel.steps._step_label.text() == "adaptation step"
    session.change(task_family="blobs", learner="protonet", test_steps=1)
    assert [slider(panel).name_of(step) for step in (0, 1)] == ["before", "after"]
    assert panel.steps._step_label.text() == "one pass"
    assert "ProtoNet takes no gradient steps" in slider(panel).toolTip()


def test_the_title_line_says_that_answers_are_old_and_what_for(panel, session, qtbot):
    usual = panel.hint
    session.unseen.is_behind, session.readiness = True, "compiling, 4 s"
    session.unseen.taskChanged.emit()
    qtbot.waitUntil(lambda: panel.hint != usual)
    assert panel.hint == "old answers · compiling, 4 s"
    session.readiness = "compiling, 5 s"
    session.readinessChanged.emit()
    assert panel.hint.endswith("compiling, 5 s")
    session.unseen.is_behind = False
    session.unseen.adaptedChanged.emit()
    assert panel.hint == usual


def test_surface_that_was_replaced_hears_nothing_more(panel, session, qtbot):
    old = panel.surface
    with qtbot.waitSignal(old.destroyed):
        session.change(task_family="blobs")
        session.unseen.set_step(2)
        theme().set_mode("light")


def test_task_of_another_kind_is_taken_whatever_is_announced_first(panel, session):
    session.settings = session.settings.replaced(task_family="blobs", ways=5)
    session.live = session.shown = session._fresh_run()
    session.unseen.draw()
    session.unseen.adaptedChanged.emit()
    session.unseen.taskChanged.emit()
    assert surfaces(panel) == ["plane_canvas"]


def test_a_size_that_comes_with_a_change_of_tasks_finds_the_new_surface(qtbot):
    session = session_for("glyphs")
    panel = TaskPanel(session)
    qtbot.addWidget(panel)
    panel.resize(700, 500)
    panel.show()
    session.settingsChanged.connect(lambda: panel.resize(panel.width() - 60, panel.height()))  # as a card that comes
    session.change(task_family="sinusoid", network="mlp")
    assert panel.surface.object_name == "curve_canvas"


def test_frame_follows_the_shown_run_not_the_settings(panel, session):
    first = session.shown
    session.change(task_family="vectors")
    session.shown = first
    session.unseen.touched, session.unseen.adaptations = sinusoid_task(), {}
    session.unseen.taskChanged.emit()
    assert surfaces(panel) == ["curve_canvas"]
    panel.grab()


def test_slider_spans_the_steps_and_scrubs_them(panel, session):
    assert (slider(panel).minimum(), slider(panel).maximum()) == (0, 10)
    assert slider(panel).value() == 5
    slider(panel).setValue(8)
    assert session.unseen.step == 8
    session.unseen.set_step(3)
    assert slider(panel).value() == 3


def test_press_on_the_slider_goes_to_the_nearest_step(panel, session):
    bar = slider(panel)
    mouse(bar, QEvent.Type.MouseButtonPress, QPointF(bar.width() - 12, 12))
    assert session.unseen.step == 10
    mouse(bar, QEvent.Type.MouseMove, QPointF(bar.width() / 2, 12))
    assert session.unseen.step == 5
    mouse(bar, QEvent.Type.MouseButtonRelease, QPointF(bar.width() / 2, 12))


def test_slider_follows_the_number_of_steps(panel, session):
    session.change(test_steps=40)
    assert slider(panel).maximum() == 40
    panel.grab()


def test_play_walks_to_the_last_step_and_stops(panel, session, qtbot):
    panel.steps._play_timer.setInterval(1)
    button(panel, "adaptation_play").click()
    assert panel.steps.is_playing
    qtbot.waitUntil(lambda: not panel.steps.is_playing)
    assert session.unseen.step == 10


def test_play_from_the_end_starts_at_the_beginning(panel, session):
    session.unseen.set_step(10)
    panel.steps.toggle_play()
    assert session.unseen.step == 0
    panel.steps.toggle_play()
    assert not panel.steps.is_playing


def test_loss_of_the_shown_step_is_told(panel, session):
    session.unseen.set_step(0)
    before = panel.steps.score
    session.unseen.set_step(10)
    assert "loss" in before
    assert panel.steps.score != before


def test_classification_tells_accuracy(panel, session):
    session.change(task_family="blobs")
    assert "accuracy" in panel.steps.score


def test_chips_show_and_set_what_is_compared(panel, session):
    chip = button(panel, "compare_transfer")
    assert chip.isChecked()
    chip.click()
    assert session.unseen.compared == {"scratch"}
    session.unseen.set_compared("transfer", True)
    assert chip.isChecked()
    assert button(panel, "compare_learner").text() == "MAML"


def test_chip_of_what_was_not_trained_beside_the_run_is_off_and_says_so(panel, session):
    chip = button(panel, "compare_transfer")
    session.unseen.comparable = frozenset({"scratch"})
    session.unseen.adapt_again()
    assert not chip.isChecked()
    assert not chip.isEnabled()
    assert chip.toolTip() == "It was not trained beside this run"
    assert button(panel, "compare_scratch").isChecked()
    session.unseen.comparable = frozenset({"scratch", "transfer"})
    session.unseen.adapt_again()
    assert chip.isChecked()
    assert chip.isEnabled()
    assert "fine-tuned" in chip.toolTip()


def test_learner_that_is_a_baseline_has_no_second_chip(panel, session):
    session.change(learner="scratch")
    assert button(panel, "compare_scratch").isHidden()
    assert not button(panel, "compare_transfer").isHidden()


def test_header_draws_a_new_task_and_restores(panel, session):
    button(panel, "new_task_button").click()
    panel._restore.click()
    assert session.calls[-2:] == [("new_task",), ("restore_task",)]


def test_low_panel_leaves_the_chips_out(panel):
    panel.resize(588, 380)
    assert not button(panel, "compare_learner").isVisible()
    assert slider(panel).isVisible()


def test_before_tensorflow_nothing_is_said_about_loss(panel, session):
    session.unseen.adaptations = {}
    session.unseen.adaptedChanged.emit()
    assert panel.steps.score == ""


def test_every_control_has_an_accessible_name(panel):
    controls = [child for child in panel.findChildren(QAbstractButton) if child.focusPolicy() != Qt.FocusPolicy.NoFocus]
    assert all(child.accessibleName() or child.text() for child in controls)
    assert slider(panel).accessibleName()


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("size", [(712, 480), (588, 424), (1900, 1300)])
def test_controls_stay_inside_at_every_size(panel, mode, size):
    theme().set_mode(mode)
    panel.resize(*size)
    panel.grab()
    for child in panel.findChildren(QAbstractButton):
        if child.isVisible():
            corner = child.mapTo(panel, child.rect().bottomRight())
            assert panel.rect().contains(corner), child.objectName()


# --- runs laid over --------------------------------------------------------------------------------------


def _lay_over(session, **settings):
    """Another run, overlaid, that answers as the shown one does, 1 higher."""
    run = RunRecord(session.settings.replaced(**settings), name="another", created=0.0)
    session.runs = [run, session.live]
    own = session.unseen.adaptations["learner"]
    higher = dataclasses.replace(own, on_grid=own.on_grid + 1.0)
    session.laid_over.adaptation = {run.run_id: higher}.get
    session.set_overlay(run.run_id, True)
    return run


def test_a_run_laid_over_is_on_the_canvas_in_its_own_colour_until_its_chip_is_pressed(panel, session):
    plain = panel.surface.grab().toImage()
    run = _lay_over(session)
    (name, mark, curve) = panel.surface._runs.curves(session.unseen.step)[0]
    assert name == "another"
    np.testing.assert_allclose(curve, session.unseen.adaptations["learner"].after(session.unseen.step)[:, 0] + 1.0)
    assert mark == run_mark(session, run)
    assert panel.surface.grab().toImage() != plain
    (chip,) = panel.findChild(QWidget, "overlay_chips").findChildren(QAbstractButton)
    assert chip.isVisible()
    assert chip.text() == "another"
    chip.click()
    assert session.overlays == set()
    assert panel.surface.grab().toImage() == plain


def test_runs_of_one_colour_that_are_laid_over_have_a_line_style_each_in_plot_legend_canvas_and_chips(
    panel, session, qtbot
):
    runs = [RunRecord(session.settings, name=str(turn), created=float(turn), turn=turn) for turn in range(1, 14)]
    session.runs = [*runs, session.live]
    own = session.unseen.adaptations["learner"]
    session.laid_over.adaptation = lambda run_id: own
    session.overlays = {run.run_id for run in runs}
    session.runsChanged.emit()
    marks = overlay_marks(session, runs)
    looks = {(mark.color.name(), mark.style) for mark in marks.values()}
    assert len(looks) == len(runs)
    assert [marks[run.run_id].style for run in runs[:6]] == ["solid"] * 6
    assert [mark for _, mark, _ in panel.surface._runs.curves(5)] == list(marks.values())
    chips = panel.findChild(QWidget, "overlay_chips").findChildren(RunChip)
    assert [chip.style_of_line for chip in chips] == [mark.style for mark in marks.values()]
    loss = MetaLossPanel(session)
    qtbot.addWidget(loss)
    loss.show()
    entries = loss.legend.entries[-len(runs) :]
    assert [(one.color, one.style) for one in entries] == [(mark.color, mark.style) for mark in marks.values()]
    lines = list(loss._overlay_lines.values())
    assert [line._pen_key[1] for line in lines] == [mark.style for mark in marks.values()]
    assert not {"dashed", "dashdot"} & {mark.style for mark in marks.values()}  # the shown run's before, and unseen
    pens = [line._line.opts["pen"] for line in lines]
    assert [pen.widthF() for pen in pens if pen.dashPattern()] == [theme().zoom * theme().pixel_ratio] * (len(runs) - 6)


def test_a_run_of_other_tasks_has_no_place_on_the_canvas(panel, session):
    _lay_over(session, noise=0.3)
    assert panel.surface._runs.all() == []
    assert panel.findChild(QWidget, "overlay_chips").findChildren(QAbstractButton) == []


def test_a_run_laid_over_draws_its_borders_on_a_plane(qtbot):
    session = session_for("blobs")
    panel = TaskPanel(session)
    qtbot.addWidget(panel)
    panel.resize(712, 480)
    panel.show()
    plain, count = panel.surface.grab().toImage(), len(panel.surface._borders)
    own = session.unseen.adaptations["learner"]
    run = RunRecord(session.settings, created=0.0)
    session.runs = [run, session.live]
    mirrored = dataclasses.replace(own, on_grid=own.on_grid[:, ::-1])
    session.laid_over.adaptation = {run.run_id: mirrored}.get
    session.set_overlay(run.run_id, True)
    qtbot.waitUntil(lambda: len(panel.surface._borders) == count + 1)
    assert panel.surface._borders[-1][0] == run_mark(session, run).color
    assert panel.surface.grab().toImage() != plain
    session.set_overlay(run.run_id, False)
    qtbot.waitUntil(lambda: panel.surface.grab().toImage() == plain)


@pytest.mark.parametrize("family", ["vectors", "denoise", "glyphs", "ratings"])
def test_a_run_laid_over_is_drawn_in_its_own_colour_on_every_kind_of_canvas(qtbot, family):
    session = session_for(family)
    panel = TaskPanel(session)
    qtbot.addWidget(panel)
    panel.resize(712, 560)
    panel.show()
    plain = panel.surface.grab().toImage()
    run = _lay_over(session)
    own = session.unseen.adaptations["learner"]
    session.laid_over.adaptation = {run.run_id: dataclasses.replace(own, on_grid=0.7 * own.on_grid)}.get
    other = panel.surface.others()[-1]
    assert (other.name, other.color) == ("another", run_mark(session, run).color)
    qtbot.waitUntil(lambda: panel.surface.grab().toImage() != plain)
    assert _has(panel.surface.grab().toImage(), run_mark(session, run).color)
    session.set_overlay(run.run_id, False)
    qtbot.waitUntil(lambda: panel.surface.grab().toImage() == plain)


def _has(image, color) -> bool:
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return any(image.pixelColor(*place) == color for place in places)


def test_a_chip_without_room_is_not_shown_by_half(panel, session):
    _lay_over(session)
    (chip,) = panel.findChild(QWidget, "overlay_chips").findChildren(QAbstractButton)
    panel.resize(460, 480)
    assert not chip.isVisible()
    panel.resize(712, 480)
    assert chip.isVisible()


def test_chips_of_long_names_share_the_room(panel, session):
    runs = [RunRecord(session.settings, name=f"{place} has a name that is far too long for a chip") for place in "ab"]
    session.runs = [*runs, session.live]
    for run in runs:
        session.set_overlay(run.run_id, True)
    row = panel.findChild(QWidget, "overlay_chips")
    panel.resize(760, 480)
    chips = [chip for chip in row.findChildren(QAbstractButton) if chip.isVisible()]
    assert len(chips) == 2
    assert all(row.rect().contains(chip.geometry()) for chip in chips)
    assert not chips[0].geometry().intersects(chips[1].geometry())
