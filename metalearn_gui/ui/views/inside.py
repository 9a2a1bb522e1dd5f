"""Inside the learner: the touched task's landscape, unseen tasks, moments of the run, gradients, what moved."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.compare_chip import CompareChip
from metalearn_gui.ui.named import named
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.panels import INSIDE_PANELS
from metalearn_gui.ui.text import count_text, number_text
from metalearn_gui.ui.view import GAP, View

# The cards' places where there is room: rows of cards with their shares of the width.
ROWS: tuple[dict[str, int], ...] = (
    {"landscape": 578, "task_space": 382, "clocks": 382},
    {"two_gradients": 440, "algorithm": 430, "moves": 480},
)
COLUMNS, CARD_HEIGHT = 2, 310  # where there is little room


class InsideView(View):
    """A chip for each card shows or hides it; the others take its room."""

    key = "inside"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._iteration = self.header.add_moment("inside_iteration")
        self._loss = self.header.add_figure("inside_loss")
        self._page = QWidget(self)
        self._rows = QVBoxLayout(self._page)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(GAP)
        self.panels = {key: INSIDE_PANELS[key](session, self._page) for row in ROWS for key in row}
        self._slots = {key: _slot(panel, self._page) for key, panel in self.panels.items()}
        self._lines = [self._line() for _ in range(math.ceil(len(self.panels) / COLUMNS))]
        self._build_chips()
        self._build_page()
        self._is_compact = False
        self._arrange()
        for signal in (
            session.advanced,
            session.shownChanged,
            session.unseen.adaptedChanged,
            session.unseen.stepChanged,
        ):
            signal.connect(self._show_numbers)
        session.settingsChanged.connect(self._name_run)
        session.shownChanged.connect(self._name_run)

    def _build_chips(self) -> None:
        self._chip_row = QWidget(self)
        line = QHBoxLayout(self._chip_row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        self.chips = {key: CompareChip("learner", self._chip_row) for key in self.panels}
        for key, chip in self.chips.items():
            chip.setObjectName(f"inside_{key}")
            chip.setChecked(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click Space still runs and pauses
            chip.toggled.connect(self._slots[key].setVisible)
            chip.toggled.connect(self._arrange)
            line.addWidget(chip)
        line.addStretch(1)

    def _line(self) -> QHBoxLayout:
        """A row's place, there for good: a layout that is deleted later than Python lets it go ends the process."""
        line = QHBoxLayout()
        line.setSpacing(GAP)
        self._rows.addLayout(line)
        return line

    def _build_page(self) -> None:
        self._scroll = named(QScrollArea(self), "inside_scroll")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows what has the keyboard
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._page)
        self.body.setSpacing(8)
        self.body.setContentsMargins(GAP, 8, GAP, GAP)
        self.body.addWidget(self._chip_row)
        self.body.addWidget(self._scroll, 1)

    # --- the cards' places ----------------------------------------------------------------------

    def set_compact(self, compact: bool) -> None:
        super().set_compact(compact)
        self._is_compact = compact
        self._arrange()

    def _arrange(self) -> None:
        """Rows as in ROWS; a few in a row, to be scrolled, where there is little room."""
        rows = [row for row in self._shown_rows() if row]
        for place, line in enumerate(self._lines):
            row = rows[place] if place < len(rows) else {}
            self._rows.setStretch(place, 1 if row else 0)
            for key, share in row.items():
                line.addWidget(self._slots[key], share)
        self._page.setMinimumHeight(len(rows) * CARD_HEIGHT if self._is_compact else 0)

    def _shown_rows(self) -> list[dict[str, int]]:
        rows = [{key: share for key, share in row.items() if self.chips[key].isChecked()} for row in ROWS]
        if not self._is_compact:
            return rows
        keys = [key for row in rows for key in row]
        return [dict.fromkeys(keys[place : place + COLUMNS], 1) for place in range(0, len(keys), COLUMNS)]

    # --- texts ------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        names = card_names()
        for key, chip in self.chips.items():
            chip.setText(names[key])
            chip.setAccessibleName(names[key])
            chip.setToolTip(self.tr("Show or hide this card"))
            chip.updateGeometry()
        self._name_run()

    def _name_run(self) -> None:
        settings = self.session.shown.settings
        text = self.tr("{tasks} · {learner} · seed {seed}")
        named = text.format(tasks=settings.tasks.label, learner=settings.learner.label, seed=settings.seed)
        self.header.set_texts(self.tr("Inside the learner"), named)
        self._show_numbers()

    def _show_numbers(self) -> None:
        if not self.isVisible():
            return
        run, step = self.session.shown, self.session.unseen.step
        total = run.settings.outer.num_iterations
        of_total = "" if self._is_compact else self.tr("of {total}").format(total=count_text(total))
        self._iteration.show_moment(of_total)
        self.header.set_progress(run.iteration / max(total, 1))
        self._loss.set_caption(self.tr("loss, step {step}").format(step=step))
        adaptation = self.session.unseen.adaptations.get("learner")
        loss = math.nan if adaptation is None else float(adaptation.loss[adaptation.nearest(step)])
        shown = number_text(loss) if math.isfinite(loss) else "–"
        self._loss.show_value(shown, "" if self._is_compact else self.tr("this task"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_numbers()


def card_names() -> dict[str, str]:
    """What each card is called, by key."""
    return {
        "landscape": QCoreApplication.translate("InsideView", "Landscape"),
        "task_space": QCoreApplication.translate("InsideView", "Task space"),
        "clocks": QCoreApplication.translate("InsideView", "Two clocks"),
        "two_gradients": QCoreApplication.translate("InsideView", "Gradients"),
        "algorithm": QCoreApplication.translate("InsideView", "Algorithm"),
        "moves": QCoreApplication.translate("InsideView", "What moved"),
    }


def _slot(panel: Panel, parent: QWidget) -> QWidget:
    """A place of its own for a card, which keeps it while the card is folded or torn off."""
    holder = QWidget(parent)
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(panel, 1)
    column.addStretch(0)
    return holder
