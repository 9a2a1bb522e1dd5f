"""Two clocks: how losses on unseen tasks fall by meta-iteration and by adaptation step; any moment can be shown."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.store.moments import thinned
from metalearn_gui.ui.clock_map import HUGE, ClockMap
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.inside_panel import InsidePanel
from metalearn_gui.ui.named import named
from metalearn_gui.ui.text import count_text, number_text
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.wording import unseen_tasks_text


class ClocksPanel(InsidePanel):
    """Rows are the moments that the run has kept; the last one is now."""

    key = "clocks"
    part = "start"
    room = 260

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._rows: list[int] = []  # meta-iterations, the last one being now
        self._play = self.add_icon_action("play", session.replay.toggle)
        self._play.setObjectName("clocks_replay")
        self.map = ClockMap(self)
        self.map.chosen.connect(self._choose)
        self.map.resized.connect(self.refresh)
        self._build_foot()
        session.replay.changed.connect(self._name_replay)
        for signal in (session.scored, session.shownChanged):
            signal.connect(self.refresh)
        self.refresh()

    def _build_foot(self) -> None:
        self._axis, self._state = QLabel(self), QLabel(self)
        for label in (self._axis, self._state):
            label.setFont(ui_font(12))
            label.setProperty("tone", "muted")
        self._axis.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.back_to_now = named(QPushButton(self), "back_to_now")
        self.back_to_now.setFont(ui_font(12, 500))
        self.back_to_now.setProperty("kind", "link")
        self.back_to_now.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click Space still runs and pauses
        self.back_to_now.clicked.connect(lambda: self.session.show_now())
        foot = QHBoxLayout()
        foot.addWidget(self._state, 1)
        foot.addWidget(self.back_to_now)
        self.body.addWidget(self.map, 1)
        self.body.addWidget(self._axis)
        self.body.addLayout(foot)

    # --- texts ------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.set_title(self.tr("Two clocks"))
        self.map.setAccessibleName(self.tr("Mean loss on unseen tasks by meta-iteration and adaptation step"))
        self.back_to_now.setText(self.tr("Back to now"))
        self.back_to_now.setAccessibleName(self.back_to_now.text())
        self.back_to_now.setToolTip(self.tr("Show the run as it is"))
        self.tell()
        self._name_replay()
        self.refresh()

    def tell(self) -> None:
        steps = self.tr("meta-iteration ↓   adaptation step →   × diverges")
        self._axis.setText(self.tr("meta-iteration ↓   before and after the pass →") if self.adapts_once else steps)
        self.explain(self.tr("Click a cell: everything shows that moment of the run."), self._more())

    def _more(self) -> str:
        if self.adapts_once:
            return self.tr(
                "Learning goes by two clocks: meta-iterations change the weights, and one pass over a support set "
                "makes of them what one task needs. Each cell is the mean loss on the same unseen tasks, before that "
                "pass or after it. Run at a past moment goes on from there as a run of its own."
            )
        return self.tr(
            "Learning goes by two clocks: meta-iterations change the start, adaptation steps go from the start to "
            "one task. Each cell is the mean loss on the same unseen tasks, after so many of both. Without "
            "meta-learning more steps help little or diverge; with it, one step is worth many. Run at a past "
            "moment goes on from there as a run of its own."
        )

    def _name_replay(self) -> None:
        playing = self.session.replay.is_playing
        name = self.tr("Stop the replay") if playing else self.tr("Replay the whole run in ten seconds")
        self._play.setToolTip(name)
        self._play.setAccessibleName(name)
        self._play.setIcon(icon("pause" if playing else "play", theme().palette.muted))

    # --- what is drawn ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Draw the moments that there is room for; nothing while the card cannot be seen."""
        if not self.isVisible():
            return
        session, run = self.session, self.session.shown
        known = {state.iteration: state for state in (run.initial, *run.moments) if state}  # the start is scored, too
        moments = thinned(tuple(known.values()), self.map.most_rows)
        self._rows = [state.iteration for state in moments] if run.moments else []
        losses = np.stack([self._losses_at(iteration) for iteration in self._rows]) if self._rows else np.empty((0, 0))
        at = session.shown_iteration
        row = min(range(len(self._rows)), key=lambda place: abs(self._rows[place] - at), default=-1)
        words = self.tr("Fills while the run goes on: each row is a moment that was tried on unseen tasks")
        self.map.show_rows(self._rows, losses, (row, session.unseen.step), words)
        self.map.setAccessibleDescription(words if row < 0 else self._cell_text(self._rows[row], losses[row]))
        scored = session.shown_scores
        tasks = "" if scored is None else unseen_tasks_text(scored.evaluation)
        self.set_hint(self.tr("mean loss, {tasks}").format(tasks=tasks) if tasks else "")
        self._show_moment()

    def _cell_text(self, iteration: int, losses: Array) -> str:
        """The cell of the shown step, for a screen reader."""
        step, loss = self.session.unseen.step, float(losses[self.session.unseen.step])
        said = self.tr("diverges") if not loss < HUGE else self.tr("loss {loss}").format(loss=number_text(loss))
        said = self.tr("not tried yet") if np.isnan(losses).all() else said
        place = self.tr("meta-iteration {iteration}, adaptation step {step}")
        return f"{place.format(iteration=count_text(iteration), step=step)}: {said}"

    def _losses_at(self, iteration: int) -> Array:
        """NaN for a start that has not been tried yet."""
        run, start = self.session.shown, self.result
        nothing = np.full(self.session.unseen.num_steps + 1, np.nan)
        if iteration == 0 and (start is None or start.run_id != run.run_id):
            return nothing
        scored = run.scores_at(iteration)
        losses = start.losses if iteration == 0 else nothing if scored is None else scored.evaluation.learner.loss
        return losses[: len(nothing)] if len(losses) >= len(nothing) else nothing

    def _show_moment(self) -> None:
        moment = self.session.moment
        self.back_to_now.setVisible(moment is not None)
        text = self.tr("Shown: {iteration}. Run goes on from here.")
        self._state.setText("" if moment is None else text.format(iteration=count_text(moment)))

    # --- the hand ---------------------------------------------------------------------------------

    def _choose(self, row: int, step: int) -> None:
        self.session.replay.stop()
        self._show(self._rows[row] if row < len(self._rows) - 1 else None)
        self.session.unseen.set_step(step)

    def _show(self, iteration: int | None) -> None:
        if iteration != self.session.moment:
            self.session.show_moment(iteration)
