"""Many runs side by side: their names, finding them, remarks, where they differ, and a thousand of them."""

from __future__ import annotations

import csv
import io
import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from metalearn_gui.bridge.runs import Runs, branch
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.panels.runs import RunsPanel
from metalearn_gui.ui.run_names import RunNames, fitted, names_of_runs, without
from metalearn_gui.ui.runs_model import IS_PINNED_ROLE, NAME, START_ROLE
from metalearn_gui.ui.settings_diff import differing
from tests.ui.fake_session import default_settings


def runs_with(*changes: dict[str, object]) -> list[RunRecord]:
    return [RunRecord(default_settings().replaced(**values)) for values in changes]


def names(runs: list[RunRecord]) -> list[str]:
    found = RunNames().of(runs)
    return [found[run.run_id] for run in runs]


@pytest.fixture
def panel(session, qtbot):
    panel = RunsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(416, 243)
    panel.show()
    return panel


@pytest.fixture
def three_runs(session, panel):
    """Shown and live: the one with 7 shots."""
    for shots in (3, 5):
        session.change(shots=shots)
        session.train(10)
        session.score()
    session.change(shots=7)
    return session.runs[-3:]


def shown_names(panel) -> list[str]:
    return [panel.model.index(row, NAME).data() for row in range(panel.model.rowCount())]


def test_runs_of_one_name_are_told_apart_by_the_setting_that_differs():
    assert names(runs_with({"shots": 3}, {"shots": 5})) == ["MAML · shots 3", "MAML · shots 5"]


def test_a_run_says_in_what_it_differs_from_the_first_of_its_name():
    made = names(runs_with({"shots": 3}, {"shots": 5}, {"shots": 5, "seed": 9}, {"shots": 3, "seed": 9}))
    assert made == ["MAML · shots 3", "MAML · shots 5", "MAML · shots 5, seed 9", "MAML · seed 9"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"learner": "maml", "task_family": "harmonics"}, "Harmonics"),
        ({"activation": "tanh"}, "tanh"),
        ({"inner_learning_rate": 0.05}, "α 0.05"),
        ({"hidden_dim": 64}, "units 64"),
        ({"learned_rates": True}, "learned rates on"),
    ],
)
def test_a_setting_that_differs_is_said_in_few_letters(changed, said):
    assert names(runs_with({}, changed))[1] == f"MAML · {said}"


def test_where_a_column_is_narrow_the_learners_name_gives_way_before_what_differs():
    def within(letters: int) -> str:
        return fitted("Meta-SGD · start he, α 0.05", lambda text: len(text) <= letters)

    assert within(40) == "Meta-SGD · start he, α 0.05"
    assert within(25) == "Meta-… · start he, α 0.05"
    assert within(21) == "M… · start he, α 0.05"
    assert within(20) == "start he, α 0.05"
    assert fitted("Meta-SGD", lambda _: False) == "Meta-SGD"


def test_where_a_column_is_narrower_still_values_stay_whole_and_the_last_setting_longest():
    def within(letters: int) -> str:
        return fitted("MAML · shots 5, from 1\u2009605", lambda text: len(text) <= letters)

    assert within(19) == "shots 5, from 1\u2009605"
    assert within(17) == "sh… 5, from 1\u2009605"
    assert within(16) == "s… 5, from 1\u2009605"
    assert within(14) == "s… 5, f… 1\u2009605"
    assert within(13) == "…, from 1\u2009605"
    assert within(3) == "from 1\u2009605"


def test_a_name_beside_the_column_of_tasks_leaves_them_out():
    assert without("MAML · Harmonics, units 64", "Harmonics") == "MAML · units 64"
    assert without("MAML · Harmonics", "Harmonics") == without("MAML", "Harmonics") == "MAML"


def test_a_name_grows_at_its_end_when_others_come_and_says_what_it_said():
    waves = {"task_family": "waves", "shots": 5}
    changes = (
        {},
        {"shots": 5},
        waves,
        {"shots": 5, "seed": 9},
        waves | {"seed": 9},
        {"inner_steps": 2, "seed": 9},
        {"learned_rates": True},
    )
    runs = runs_with(*changes)
    made = [names(runs[:count]) for count in range(1, len(runs) + 1)]
    for before, after in itertools.pairwise(made):
        assert all(later.startswith(earlier) for earlier, later in zip(before, after, strict=False))
        assert len(set(after)) == len(after)


def test_runs_of_other_tasks_say_these_and_not_what_comes_with_them():
    waves = {"task_family": "waves", "shots": 5, "inner_steps": 2}
    made = names(runs_with({}, {"shots": 5}, {"inner_steps": 2}, waves, waves | {"seed": 9}))
    assert made == [
        "MAML · shots 10", "MAML · shots 5", "MAML · inner steps 2", "MAML · Waves", "MAML · Waves, seed 9",
    ]  # fmt: skip
    assert names(runs_with({}, waves)) == ["MAML · Sinusoid", "MAML · Waves"]


def test_a_rate_that_is_changed_on_the_way_changes_the_name_of_its_run_alone():
    first, other = runs_with({}, {"seed": 9})
    assert names([first, other]) == ["MAML · seed 7", "MAML · seed 9"]
    first.settings = first.settings.replaced(inner_learning_rate=0.05)
    assert names([first, other]) == ["MAML · α 0.05", "MAML · seed 9"]


def test_a_branch_that_differs_in_nothing_else_says_where_it_left():
    run = runs_with({})[0]
    run.iteration, run.turn = 400, 0
    other = branch(run)
    shorter = runs_with({"shots": 5})[0]
    shorter.iteration = 300
    made = names([run, other, shorter, branch(shorter)])
    assert made == ["MAML", "MAML · from 400", "MAML · shots 5", "MAML · from 300, shots 5"]


def test_runs_that_differ_in_nothing_are_numbered():
    assert names(runs_with({}, {}, {})) == ["MAML", "MAML (2)", "MAML (3)"]


def test_a_run_that_is_compared_leaves_the_one_that_was_there_its_name():
    live, compared = runs_with({}, {})
    runs = Runs(live)
    runs.add(compared)
    found = RunNames().of(runs.list)
    assert (found[live.run_id], found[compared.run_id]) == ("MAML", "MAML (2)")


def test_a_run_alone_keeps_its_plain_name():
    assert names(runs_with({}, {"learner": "reptile"})) == ["MAML", "Reptile"]


def test_a_search_finds_runs_by_name_tasks_tags_and_note(panel, session, three_runs, qtbot):
    session.remark_run(three_runs[0].run_id, tags="slide 4", note="too slow")
    line = panel.findChild(QLineEdit, "runs_search")
    panel._toggle_search()
    session.runs[0].name = "first"
    typed_and_found = [
        ("shots 5", 1),
        ("shots 10", 1),
        ("units 40", 4),
        ("hidden dim 4", 4),
        ("relu", 4),
        ("units", 0),
        ("units 41", 0),
    ]
    for typed, expected in (*typed_and_found, ("slide", 1), ("slow maml", 1), ("sinusoid", 4), ("nothing", 0), ("", 4)):
        line.clear()
        qtbot.keyClicks(line, typed)
        assert panel.model.rowCount() == expected
    assert panel.table.isVisible()


def test_a_search_says_how_many_runs_it_leaves_and_that_the_shown_one_is_not_among_them(panel, session, three_runs):
    usual = panel.hint
    panel._toggle_search()
    panel._search.setText("shots 5")
    assert panel.hint == "1 of 4 runs · not the shown one"
    session.show_run(three_runs[1].run_id)
    assert panel.hint == "1 of 4 runs"
    panel._search.clear()
    assert panel.hint == usual


def test_a_search_is_left_by_keys_for_what_was_found_and_ended_by_escape(panel, session, three_runs, qtbot):
    panel._toggle_search()
    qtbot.keyClicks(panel._search, "shots 5")
    qtbot.keyClick(panel._search, Qt.Key.Key_Down)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert session.overlays == {three_runs[1].run_id}
    panel._search.setFocus()
    qtbot.keyClick(panel._search, Qt.Key.Key_Escape)
    assert (panel._search.isVisible(), panel.model.rowCount(), panel.table.hasFocus()) == (False, 4, True)


def test_the_magnifier_of_a_folded_card_unfolds_it_with_the_words_that_are_sought(panel, three_runs):
    panel._toggle_search()
    panel._search.setText("shots 5")
    panel.toggle_collapsed()
    assert panel.hint.startswith("1 of 4 runs")
    panel._search_button.click()
    assert (panel.is_collapsed, panel._search.isVisible(), panel._search.text()) == (False, True, "shots 5")


def test_a_pinned_run_stands_first_and_says_so(panel, session, three_runs):
    session.pin_run(three_runs[0].run_id, True)
    assert panel.model.run_at(0) is three_runs[0]
    assert panel.model.index(0, NAME).data(IS_PINNED_ROLE)
    session.pin_run(three_runs[0].run_id, False)
    assert panel.model.run_at(0) is three_runs[2]


def test_the_keyboard_stays_with_a_run_that_is_pinned(panel, session, three_runs):
    panel.table.setCurrentIndex(panel.model.index(2, NAME))
    chosen = panel.model.run_at(2)
    for on, row in ((True, 0), (False, 2)):
        session.pin_run(chosen.run_id, on)
        assert panel.model.run_at(row) is chosen
        assert panel.table.currentIndex().row() == row


def test_delete_means_every_run_that_is_selected_but_the_live_one(panel, session, three_runs, qtbot):
    live, first = three_runs[-1], session.runs[0]
    panel.table.selectRow(2)
    panel.table.setCurrentIndex(panel.model.index(2, NAME))
    qtbot.keyClick(panel.table, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(panel.table, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    menu = panel.row_menu(1)
    assert [action.text() for action in menu.actions() if action.text().startswith("Delete")] == ["Delete 2 runs"]
    menu.close()
    qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert session.runs == [first, live]


@pytest.mark.parametrize(("iterations", "is_said"), [(3, True), (0, False)])
def test_a_live_run_among_those_to_delete_is_spoken_of_if_it_has_begun(
    panel, session, three_runs, qtbot, iterations, is_said
):
    session.live.iteration = iterations
    panel.table.setCurrentIndex(panel.model.index(0, NAME))
    panel.table.selectAll()
    qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert session.live in session.runs
    assert session.calls[-1][0] == "delete_runs"
    assert session.calls[-1][2] is is_said


def test_tags_and_note_are_typed_in_the_menu(panel, session, three_runs, qtbot):
    menu = panel.row_menu(1)
    line = menu.findChild(QLineEdit, "run_tags")
    qtbot.keyClicks(line, "good")
    assert three_runs[1].tags == ""  # as a whole, for one undo
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert three_runs[1].tags == "good"
    assert panel.model.index(1, NAME).data(START_ROLE) == "good"
    menu.close()


def test_the_difference_names_what_differs_and_nothing_else():
    one, other = runs_with({"shots": 3}, {"learner": "reptile"})
    rows = {name: values for name, *values in differing(one, other)}
    assert rows["shots"] == ["3", "10"]
    assert rows["learner"] == ["maml", "reptile"]
    assert "hidden_dim" not in rows


def test_chosen_runs_become_a_table_with_settings_and_scores(panel, session, three_runs, tmp_path):
    panel.export_runs(three_runs[:2], str(tmp_path / "runs.csv"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "runs.csv").read_text(encoding="utf-8"))))
    assert [row["shots"] for row in rows] == ["3", "5"]
    expected = three_runs[0].latest_scores.evaluation.learner.loss[1]
    assert float(rows[0]["unseen_loss_step_1"]) == pytest.approx(expected)


def test_a_place_that_cannot_be_written_is_said(panel, session, three_runs, tmp_path):
    said = []
    session.messageRaised.connect(said.append)
    panel.export_runs(three_runs, str(tmp_path / "missing" / "runs.csv"))
    assert "choose another place" in said[-1].text


def test_a_thousand_runs_come_and_go_and_names_stay_apart(panel, session, three_runs):
    state = three_runs[0]
    many = [RunRecord(state.settings.replaced(seed=seed), iteration=10) for seed in range(1000)]
    session.runs = [*many, *session.runs]
    session.runsChanged.emit()
    assert len(set(shown_names(panel))) == panel.model.rowCount() == 1004
    session.runs = session.runs[1000:]
    session.runsChanged.emit()
    assert panel.model.rowCount() == 4


def test_names_are_made_once_for_all_that_ask(session, three_runs, monkeypatch):
    made = []
    monkeypatch.setattr(RunNames, "_made", lambda names, runs: made.append(len(runs)) or {})
    for name in ("first", "second"):
        session.runs[0].name = name
        for _ in range(3):
            names_of_runs(session)
    assert made == [len(session.runs)] * 2


def test_a_run_that_goes_has_only_the_runs_of_its_name_named_anew(monkeypatch):
    made, apart = [], RunNames._apart
    monkeypatch.setattr(
        RunNames, "_apart", lambda names, label, group: made.append(label) or apart(names, label, group)
    )
    runs = runs_with({"shots": 3}, {"shots": 5}, {"learner": "reptile"}, {"learner": "reptile", "shots": 3})
    names = RunNames()
    names.of(runs)
    made.clear()
    assert set(names.of(runs[1:]).values()) == {"MAML", "Reptile · shots 10", "Reptile · shots 3"}
    assert made == ["MAML"]
