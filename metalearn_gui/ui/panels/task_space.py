"""Hundreds of unseen tasks as dots: where the learner does well and where it does not."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.bridge.task_space import TaskSpace
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.inside_panel import InsidePanel
from metalearn_gui.ui.named import named
from metalearn_gui.ui.task_space_view import Dots, TaskSpaceView
from metalearn_gui.ui.text import count_text, number_text
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.wording import loss_text

OWN = ""  # the choice of axes that the learner itself makes
NUM_WORST = 10


class TaskSpacePanel(InsidePanel):
    """A click opens a task on the canvas; the worst ten are marked at a press."""

    key = "task_space"
    part = "space"
    room = 260

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._offered: tuple[str, ...] | None = None
        self.worst = self.add_header_action("blank", " ", self._show_worst)
        self.worst.setObjectName("worst_ten")
        self.worst.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.worst.setCheckable(True)
        self.view = TaskSpaceView(self)
        self.view.opened.connect(self._open)
        self.axes = (named(Combo(self), "task_space_across"), named(Combo(self), "task_space_up"))
        row = QHBoxLayout()
        row.setSpacing(6)
        for place, axis in enumerate(self.axes):
            axis.setFont(ui_font(12))
            axis.activated.connect(lambda _, place=place: self._choose_axes(place))
            axis.hide()
            row.addWidget(axis)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.view, 1)
        session.unseen.taskChanged.connect(self._show_here)
        self.refresh()

    # --- texts ------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.set_title(self.tr("Task space"))
        self.worst.setText(self.tr("worst ten"))
        self.worst.setAccessibleName(self.tr("Mark the worst ten and open the worst"))
        self.worst.setToolTip(self.worst.accessibleName())
        self.axes[0].setAccessibleName(self.tr("What is drawn across"))
        self.axes[1].setAccessibleName(self.tr("What is drawn upward"))
        for axis in self.axes:
            axis.setToolTip(axis.accessibleName())
        self.view.setAccessibleName(self.tr("Unseen tasks by loss; Left and Right walk, Enter opens"))
        self.tell()
        self._offered = None
        self.refresh()

    def tell(self) -> None:
        hard = self.tr("Where all hard tasks lie together, training has seen too few like them.")
        steps = self.tr(
            "Where all hard tasks lie together, training has seen too few like them, or they need more steps."
        )
        more = self.tr(
            "A mean hides which tasks are hard. Dots lie by what makes each task itself, or by what adapting to "
            "it has changed in the learner (the two main directions, and their shares of the variance). Colours are "
            "losses at the chosen step."
        )
        again = self.tr("One dot is one episode of an unseen task: click to open it.")
        said = again if self._come_again else self.tr("One dot is one unseen task: click to open it.")
        self.explain(said, f"{more} {hard if self.adapts_once else steps}")

    @property
    def _come_again(self) -> bool:
        """Whether some tasks are drawn more than once, each time with other points."""
        return self.result is not None and self.result.num_distinct < len(self.result.tasks)

    def _count(self) -> str:
        if self.result is None:
            return ""
        count, distinct = (count_text(number) for number in (len(self.result.tasks), self.result.num_distinct))
        if self._come_again:
            return self.tr("{count} episodes of {distinct} unseen").format(count=count, distinct=distinct)
        return self.tr("{count} unseen").format(count=count)

    # --- what is drawn ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Draw the dots at the shown step; nothing while the card cannot be seen."""
        if not self.isVisible():
            return
        space, session = self.result, self.session
        family = session.shown.settings.tasks
        step = session.unseen.step
        doing = self.tr("trying unseen tasks") if space is None else self.tr("placing them by what adapting changes")
        self.view.set_texts(self.tr("loss after step {step}").format(step=step), self.waiting(doing))
        self._offer_axes(space)
        self.set_hint(self._count())
        self.tell()
        self.view.show_dots(None if space is None else self._dots(space, step), family)
        self._show_here()

    def _offer_axes(self, space: TaskSpace | None) -> None:
        """The family's own numbers, and the learner's two directions."""
        names = () if space is None else tuple(space.described)
        if space is None or names == self._offered:
            return
        self._offered = names
        for place, axis in enumerate(self.axes):
            with QSignalBlocker(axis):
                axis.clear()
                for name in names:
                    axis.addItem(name, name)
                axis.addItem(self.tr("by the learner"), OWN)
                axis.show()
                axis.updateGeometry()
                varied = [name for name in names if np.ptp(space.described[name]) > 0]
                axis.setCurrentIndex(names.index(varied[1 - place]) if len(varied) > 1 else len(names))
        self._tell_part()

    def _choose_axes(self, chosen: int) -> None:
        """The learner's two directions go together, and so do the family's numbers."""
        axis, other = self.axes[chosen], self.axes[1 - chosen]
        if axis.currentData() == OWN:
            other.setCurrentIndex(other.count() - 1)
        elif other.currentData() == OWN:
            other.setCurrentIndex((axis.currentIndex() + 1) % (other.count() - 1))
        self._tell_part()
        self.refresh()

    def _tell_part(self) -> None:
        self.watched.choose(self._is_own)

    @property
    def _is_own(self) -> bool:
        return self.axes[0].currentData() == OWN

    def _places(self, space: TaskSpace) -> Array | None:
        if self._is_own:
            return space.embedded
        names = [axis.currentData() for axis in self.axes]
        if not all(name in space.described for name in names):
            return None
        return np.stack([space.described[name] for name in names], axis=1)

    def _dots(self, space: TaskSpace, step: int) -> Dots | None:
        places = self._places(space)
        if places is None:
            return None
        losses = space.losses[min(step, len(space.losses) - 1)]
        order = np.argsort(-np.nan_to_num(losses, nan=np.inf), kind="stable")
        worst = tuple(order[:NUM_WORST].tolist()) if self.worst.isChecked() else ()
        notes = tuple(self._notes(space, place, float(losses[place])) for place in range(len(losses)))
        return Dots(places, losses, space.tasks, self._names(space), notes, worst)

    def _names(self, space: TaskSpace) -> tuple[str, str]:
        if not self._is_own or space.shares is None:
            return self.axes[0].currentText(), self.axes[1].currentText()
        text = self.tr("main direction {number}, {share} %")
        shares = [round(100 * float(share)) for share in space.shares]
        return text.format(number=1, share=shares[0]), text.format(number=2, share=shares[1])

    def _notes(self, space: TaskSpace, place: int, loss: float) -> tuple[str, ...]:
        numbers = [f"{name} {number_text(float(values[place]))}" for name, values in space.described.items()]
        return (*numbers[:2], self.tr("loss {loss}").format(loss=loss_text(loss)))

    def _show_here(self) -> None:
        """The touched task's place, where the axes are its own numbers."""
        described = self.session.unseen.touched.description
        names = [axis.currentData() for axis in self.axes]
        is_known = not self._is_own and all(name in described for name in names)
        self.view.show_here(np.array([described[name] for name in names]) if is_known else None)

    # --- the hand ---------------------------------------------------------------------------------

    def _open(self, place: int) -> None:
        if self.result is not None:
            self.session.unseen.open_block(self.result.tasks[place].block)

    def _show_worst(self) -> None:
        """Mark them, and open the worst."""
        self.refresh()
        if self.worst.isChecked() and self.result is not None:
            losses = self.result.losses[min(self.session.unseen.step, len(self.result.losses) - 1)]
            self._open(int(np.argmax(np.nan_to_num(losses, nan=np.inf))))
