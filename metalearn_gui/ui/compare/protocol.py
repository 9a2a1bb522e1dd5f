"""What one has to know before one compares: the protocol, and how much each contender may train."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import ORDERS, LearnersPlan
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.compare.chosen import Chosen
from metalearn_gui.ui.compare.effort import BudgetBox
from metalearn_gui.ui.compare.references import ReferenceList
from metalearn_gui.ui.compare.standing import Standings
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.named import named
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.wording import same_tasks_text, sizes_text

SEEDS = (1, 3, 5)
LEAST_BOX = 80


class ProtocolPanel(Panel):
    """Effort at the top, to be chosen; below it what is the same for all, and what differs. It scrolls."""

    key = "compare_protocol"
    room = 260

    def __init__(self, session: Session, chosen: Chosen, standings: Standings, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._chosen, self._standings = chosen, standings
        self._page = QWidget()
        self._rows = QVBoxLayout(self._page)
        self._rows.setContentsMargins(0, 0, 4, 0)
        self._build_effort()
        self._blocks = {key: Block(name, self._page) for key, name in _ICONS.items()}
        for block in self._blocks.values():
            self._rows.addWidget(block)
        self.references = ReferenceList(self._page)
        self._rows.addWidget(self.references)
        self._rows.addStretch(1)
        self._build_scroll()
        chosen.changed.connect(self._show_effort)
        for signal in (standings.changed, session.settingsChanged):
            signal.connect(self._describe)

    def _build_scroll(self) -> None:
        self._scroll = named(QScrollArea(self), "compare_protocol_scroll")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._page)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._take_reach)
        self._take_reach(0, 0)
        self.body.addWidget(self._scroll, 1)

    def _take_reach(self, _lowest: int, highest: int) -> None:
        """The arrows scroll it where there is anything below."""
        self._scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus if highest else Qt.FocusPolicy.NoFocus)

    def _build_effort(self) -> None:
        self.budget = named(BudgetBox(self._chosen.budget, self._page), "compare_budget")
        self.seeds, self.order = (named(Combo(self._page), f"compare_{name}") for name in ("seeds", "order"))
        self._captions = [QLabel(self._page) for _ in range(3)]
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        for row, (caption, box) in enumerate(zip(self._captions, (self.budget, self.seeds, self.order), strict=True)):
            caption.setFont(ui_font(12))
            caption.setBuddy(box)
            box.setFont(ui_font(12))
            box.setMinimumWidth(LEAST_BOX)  # a long choice ends in an ellipsis
            grid.addWidget(caption, row, 0)
            grid.addWidget(box, row, 1)
        grid.setColumnStretch(1, 1)
        self._rows.addLayout(grid)
        for count in SEEDS:
            self.seeds.addItem("", count)
        for order in ORDERS:
            self.order.addItem("", order)
        self.budget.currentIndexChanged.connect(lambda: self._chosen.set_effort(budget=self.budget.budget))
        self.seeds.currentIndexChanged.connect(lambda: self._chosen.set_effort(num_seeds=self.seeds.currentData()))
        self.order.currentIndexChanged.connect(lambda: self._chosen.set_effort(order=self.order.currentData()))

    # --- texts ------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.set_title(self.tr("Protocol"))
        self.set_hint(self.tr("read before you compare"), self.tr("read first"))
        self._scroll.setAccessibleName(self.tr("Protocol; the arrows scroll"))
        texts = (self.tr("Each may train"), self.tr("Starts"), self.tr("Order"))
        for caption, box, text in zip(self._captions, (self.budget, self.seeds, self.order), texts, strict=True):
            caption.setText(text)
            box.setAccessibleName(text)
        self.seeds.setToolTip(
            self.tr("Several seeds: intervals are over seeds, and say what another start would change")
        )
        self.order.setToolTip(self.tr("In turn: one after the other. Interleaved: all at once, a little at a time"))
        with QSignalBlocker(self.seeds), QSignalBlocker(self.order):
            for place, count in enumerate(SEEDS):
                self.seeds.setItemText(place, self.tr("1 seed") if count == 1 else self.tr("{n} seeds").format(n=count))
            for place, text in enumerate((self.tr("in turn"), self.tr("interleaved"))):
                self.order.setItemText(place, text)
        self._show_effort()
        self._describe()

    def restyle(self) -> None:
        self._describe()  # marks have the theme's colours

    def _show_effort(self) -> None:
        """What is chosen, be it here or by an earlier comparison; a number of seeds that is not offered is added."""
        self.budget.show_budget(self._chosen.budget)
        count = self._chosen.num_seeds
        with QSignalBlocker(self.seeds), QSignalBlocker(self.order):
            if self.seeds.findData(count) < 0:
                self.seeds.addItem(self.tr("{n} seeds").format(n=count), count)
            self.seeds.setCurrentIndex(self.seeds.findData(count))
            self.order.setCurrentIndex(self.order.findData(self._chosen.order))

    def _describe(self) -> None:
        settings = self.session.settings
        texts = {
            "ended": (self.tr("Ended before their time"), self._ended_text()),
            "same": (self.tr("Same tasks"), self._same_text()),
            "inductive": self._inductive_text(),
            "order": (self.tr("Order"), self._order_text()),
            "effort": (self.tr("Equal effort is a choice"), self._effort_text()),
        }
        for key, (title, text) in texts.items():
            self._blocks[key].set_texts(title, text)
            self._blocks[key].setVisible(bool(text))
        every = self._standings.all
        compared = {one.key: one.run.settings for one in every if one.run is not None}
        self.references.show_learners(self._chosen.settings() | compared, {one.key: one.mark for one in every})
        self.setToolTip(settings.tasks.summary)

    def _same_text(self) -> str:
        """Of what was compared; where other tasks are set by now, of those as well."""
        comparing, now = self.session.comparing, self.session.settings
        was = comparing.outcome.plan.settings if comparing.outcome and comparing.kind == LearnersPlan.kind else now
        text = self.tr("{family}, {sizes}: the same unseen tasks for all, never trained on.")
        text = text.format(family=was.tasks.label, sizes=sizes_text(was))
        if comparing.comparison.lanes and not comparing.comparison.shares_tasks:
            text += " " + self.tr("Training tasks differ: meta-batches or episodes do.")
        if same_tasks_text(now) != same_tasks_text(was):
            text += " " + self.tr("Run compares anew: {tasks} is set now.").format(tasks=same_tasks_text(now))
        return text

    def _ended_text(self) -> str:
        """Who took less than each might train, and why: of seconds all that ended early, else who diverged."""
        outcome = self.session.comparing.outcome
        if outcome is None:
            return ""
        words = {
            "own length": self.tr("its own length"), "converged": self.tr("converged"),
            "diverged": self.tr("diverged"), "nothing to train": self.tr("nothing to train"),
        }  # fmt: skip
        if outcome.plan.budget.seconds is None:  # meta-iterations and tasks say themselves what is whole
            words = {"diverged": words["diverged"]}
        ended = ((one.short, one.entry) for one in self._standings.all if one.entry is not None)
        why = ((name, self.tr("cut short") if entry.is_cut_short else words.get(entry.early_end))
               for name, entry in ended)  # fmt: skip
        said = ", ".join(f"{name} ({end})" for name, end in why if end)
        return f"{said}." if said else ""

    def _inductive_text(self) -> tuple[str, str]:
        if self.session.settings.network.is_transductive:
            return self.tr("Transductive"), self.tr("Queries of a task share the network's statistics.")
        return self.tr("Inductive"), self.tr("Each query is predicted alone; no statistics of the others are used.")

    def _effort_text(self) -> str:
        own = ", ".join(choice.label for choice in self._chosen.choices if choice.values)
        text = self.tr("By seconds and by tasks the ranking may differ: look at both plots.")
        return f"{text} {self.tr('Settings of their own: {names}.').format(names=own)}" if own else text

    def _order_text(self) -> str:
        orders: dict[str, list[str]] = {}
        for standing in self._standings.all:
            order = standing.run.settings.learner.order if standing.run is not None else ""
            if order:
                orders.setdefault(order, []).append(standing.short)
        return " ".join(f"{order}: {', '.join(names)}." for order, names in orders.items())


_ICONS = {"ended": "history", "same": "tasks", "inductive": "check", "order": "network", "effort": "compare"}


class Block(QWidget):
    """An icon, a few words in bold, and a sentence below them."""

    def __init__(self, icon_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._icon, self._title, self._text = QLabel(self), QLabel(self), QLabel(self)
        self._title.setFont(ui_font(12.5, 600))
        self._text.setFont(ui_font(12))
        self._text.setProperty("tone", "muted")
        self._text.setWordWrap(True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(9)
        grid.setVerticalSpacing(1)
        grid.addWidget(self._icon, 0, 0)
        grid.addWidget(self._title, 0, 1)
        grid.addWidget(self._text, 1, 1)
        grid.setColumnStretch(1, 1)
        theme().changed.connect(self._restyle)
        self._restyle()

    def set_texts(self, title: str, text: str) -> None:
        """What it says."""
        self._title.setText(title)
        self._text.setText(text)

    def _restyle(self) -> None:
        self._icon.setPixmap(icon(self._icon_name, theme().palette.muted).pixmap(QSize(scaled(15), scaled(15))))
