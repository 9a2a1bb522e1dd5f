"""A chip for each run that is laid over the canvas; a press takes it off."""

from __future__ import annotations

import functools

from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.canvas.laid_over import LaidOver, RunsOnCanvas
from metalearn_gui.ui.compare_chip import CompareChip
from metalearn_gui.ui.retiring import retire
from metalearn_gui.ui.run_marks import run_mark
from metalearn_gui.ui.theme import scaled
from metalearn_gui.ui.translated import Translated

GAP = 8
LEAST = 110  # pixels of the design: a chip that names its run by some letters


class RunChip(CompareChip):
    """In the run's own colour and line style."""

    def __init__(self, session: Session, run: RunRecord, parent: QWidget) -> None:
        super().__init__(run.run_id, parent)
        self._session, self._run = session, run

    @property
    def color(self) -> QColor:
        return run_mark(self._session, self._run).color


class OverlayChips(Translated, QWidget):
    """As many as there is room for, side by side; long names end early."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overlay_chips")
        self._session, self._runs = session, RunsOnCanvas(session)
        self._chips: dict[str, CompareChip] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        for signal in (session.runsChanged, session.shownChanged):
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Follow the session's overlays."""
        runs = {one.run.run_id: one for one in self._runs.all()}
        gone = [self._chips.pop(run_id) for run_id in set(self._chips) - set(runs)]
        retire(gone)
        for chip in gone:
            chip.deleteLater()
        for run_id, one in runs.items():
            if run_id not in self._chips:
                self._chips[run_id] = self._made(one)
            self._chips[run_id].setText(one.name)
            self._chips[run_id].setAccessibleName(one.name)
            self._chips[run_id].style_of_line = one.mark.style
            self._chips[run_id].update()
        self.retranslate()
        self._place()

    def _made(self, one: LaidOver) -> CompareChip:
        chip = RunChip(self._session, one.run, self)
        chip.setChecked(True)
        chip.clicked.connect(functools.partial(self._session.set_overlay, one.run.run_id, False))
        return chip

    def retranslate(self) -> None:
        """Write every visible text."""
        for chip in self._chips.values():
            chip.setToolTip(self.tr("A run of the table, laid over; press to take it off"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        left, sizes = 0, {chip: chip.sizeHint() for chip in self._chips.values()}
        fits_all = sum(size.width() + GAP for size in sizes.values()) - GAP <= self.width()
        most = self.width() if fits_all else max(self.width() // max(len(sizes), 1) - GAP, scaled(LEAST))
        for chip, size in sizes.items():
            width = min(size.width(), most, self.width() - left)
            chip.setGeometry(left, (self.height() - size.height()) // 2, width, size.height())
            chip.setVisible(width >= min(size.width(), scaled(LEAST)))
            left += width + GAP
