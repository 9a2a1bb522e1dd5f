"""How much each run of a sweep, a search or a trial may train."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from metalearn_gui.engine.compare import Budget
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.named import named
from metalearn_gui.ui.text import count_text, number_text
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.translated import Translated

BUDGETS = ("2s", "5s", "10s", "30s", "60s", "300s", "100000tasks", "1000000tasks", "1000000gradients", "2000iterations",
           "20000iterations", "")  # fmt: skip


class BudgetBox(Translated, Combo):
    """A budget in words."""

    def __init__(self, budget: Budget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(ui_font(12))
        for text in BUDGETS:
            self.addItem("", text)
        self.retranslate()
        self.show_budget(budget)

    @property
    def budget(self) -> Budget:
        """What is chosen."""
        return Budget.parse(self.currentData())

    def show_budget(self, budget: Budget) -> None:
        """Show what has been chosen elsewhere; one that is not offered gets a line of its own."""
        with QSignalBlocker(self):
            if self.findData(budget.text) < 0:
                self.addItem(budget_text(budget), budget.text)
            self.setCurrentIndex(self.findData(budget.text))

    def retranslate(self) -> None:
        """Write every visible text."""
        with QSignalBlocker(self):
            for place, text in enumerate(BUDGETS):
                self.setItemText(place, budget_text(Budget.parse(text)))
        self.setAccessibleName(self.tr("Each may train"))
        self.setToolTip(self.tr("Seconds leave compiling out; the other measures count work, not time"))


def budget_text(budget: Budget) -> str:
    """A budget in words."""
    texts = {
        _tr("{count} s of computing"): budget.seconds,
        _tr("{count} tasks"): budget.tasks,
        _tr("{count} gradient evaluations"): budget.gradient_evaluations,
        _tr("{count} meta-iterations"): budget.meta_iterations,
    }
    found = (text.format(count=_count(value)) for text, value in texts.items() if value)
    return next(found, _tr("as long as its own preset"))


def _count(value: float) -> str:
    return count_text(round(value)) if value == round(value) else number_text(value)


def _tr(text: str) -> str:
    return QCoreApplication.translate("BudgetBox", text)


class EffortLine(QWidget):
    """The box with its caption before it."""

    def __init__(self, budget: Budget, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = named(BudgetBox(budget, self), name)
        self._caption = QLabel(self)
        self._caption.setFont(ui_font(12))
        self._caption.setBuddy(self.box)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self._caption)
        line.addWidget(self.box, 1)

    def set_caption(self, text: str) -> None:
        """What stands before the box."""
        self._caption.setText(text)
        self.box.setAccessibleName(text)
