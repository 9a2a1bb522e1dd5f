"""The column beside the cards: the picked format in full, and how the writing goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from metalearn_gui.engine.export import ExportSubject
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.export.card import difference_text
from metalearn_gui.ui.export.code import CodeView
from metalearn_gui.ui.export.formats import FORMATS, Format, translated
from metalearn_gui.ui.export.writing import BUSY, DONE, Progress, Stage
from metalearn_gui.ui.named import named
from metalearn_gui.ui.retiring import empty
from metalearn_gui.ui.text import counted
from metalearn_gui.ui.theme import small_capitals_font, ui_font

WIDTHS = (290, 364)


class Details(QWidget):
    """Name, summary, code and facts of one format; below, the progress of all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(WIDTHS[0])
        self.setMaximumWidth(WIDTHS[1])
        self._heading = QLabel(self)
        self._heading.setFont(small_capitals_font())
        self._heading.setProperty("tone", "muted")
        self._name = named(QLabel(self), "export_format")
        self._name.setFont(ui_font(16, 600))
        self._summary = QLabel(self, wordWrap=True)
        self._summary.setFont(ui_font(12.5))
        self._summary.setProperty("tone", "muted")
        self.code = CodeView(self)
        self._facts = _Facts(self)
        self.writing = _WritingBox(self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(10)
        for widget in (self._heading, self._name, self._summary, self.code, self._facts, self.writing):
            rows.addWidget(widget)
        rows.addStretch(1)

    def sizeHint(self) -> QSize:
        return QSize(WIDTHS[1], super().sizeHint().height())

    def show_format(self, format: Format, subject: ExportSubject) -> None:
        """All there is to say about it."""
        self._name.setText(translated(format.label))
        self._summary.setText(translated(format.summary))
        self.code.show_code(format.snippet(subject, format.file_name))
        self._facts.show_facts(format.facts(subject))

    def retranslate(self) -> None:
        """Write every visible text."""
        self._heading.setText(self.tr("Selected"))
        self.writing.retranslate()

    def restyle(self) -> None:
        """Take the theme's colours."""
        self.code.restyle()


class _Facts(QFrame):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Mapping[str, str]) -> None:
        empty(self._grid)
        for row, (name, value) in enumerate(facts.items()):
            label, shown = QLabel(translated(name), self), ElidedLabel(translated(value), self)
            label.setProperty("tone", "muted")
            shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for widget, weight in ((label, 400), (shown, 600)):
                widget.setFont(ui_font(12, weight))
            self._grid.addWidget(label, 2 * row, 0)
            self._grid.addWidget(shown, 2 * row, 1)
            rule = QFrame(self)
            rule.setProperty("kind", "rule")
            rule.setFixedHeight(1)
            self._grid.addWidget(rule, 2 * row + 1, 0, 1, 2)


class _WritingBox(QFrame):
    """How many files are written, how they compare, and what is under way; hidden before the first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._steps: Sequence[Progress] = ()
        self._title, self._bar = QLabel(self), QProgressBar(self)
        self._title.setFont(ui_font(12.5, 600))
        self._bar.setTextVisible(False)
        self._result, self._now = QLabel(self, wordWrap=True), QLabel(self, wordWrap=True)
        self._now.setProperty("tone", "muted")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 10, 12, 10)
        rows.setSpacing(6)
        for widget in (self._title, self._bar, self._result, self._now):
            widget.setFont(self._title.font() if widget is self._title else ui_font(12))
            rows.addWidget(widget)
        self.hide()

    def show_steps(self, steps: Sequence[Progress]) -> None:
        """The newest step of every file of this writing, in its order."""
        self._steps = tuple(steps)
        self.setVisible(bool(steps))
        self.retranslate()

    def retranslate(self) -> None:
        """Write every visible text."""
        ended = [step for step in self._steps if step.stage not in (*BUSY, Stage.WAITING)]
        self._bar.setRange(0, max(1, len(self._steps)))
        self._bar.setAccessibleName(self.tr("Files written"))
        done = sum(step.stage in DONE for step in self._steps)
        is_over = len(ended) == len(self._steps)
        self._bar.setValue(done if is_over else len(ended))
        text = self.tr("{done} of {files} written") if is_over else self.tr("Writing {done} of {files}")
        files = counted(len(self._steps), self.tr("1 file"), self.tr("{count} files"))
        self._title.setText(text.format(done=done if is_over else len(ended) + 1, files=files))
        self._result.setText(self._result_text())
        self._now.setText(self._now_text())
        self._now.setVisible(bool(self._now.text()))

    def _result_text(self) -> str:
        tried = [step.difference for step in self._steps if step.stage is Stage.VERIFIED]
        text = self.tr("%n verified", "", len(tried))
        worst = max((difference for difference in tried if difference is not None), default=None)
        return text if worst is None else f"{text}, {difference_text(self, worst)}"

    def _now_text(self) -> str:
        failed = next((step for step in self._steps if step.stage in (Stage.FAILED, Stage.DIFFERS)), None)
        if failed is not None:
            return f"{translated(FORMATS[failed.key].label)}: {failed.text}"
        busy = next((step for step in self._steps if step.stage in BUSY), None)
        if busy is None:
            return ""
        text = self.tr("{name}: writing") if busy.stage is Stage.WRITING else self.tr("{name}: reading back")
        return text.format(name=translated(FORMATS[busy.key].label))
