"""A view of the window in place of the task: a header of its own over cards, and a way back."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.lookout import once
from metalearn_gui.ui.theme import theme
from metalearn_gui.ui.translated import Dressed
from metalearn_gui.ui.view_header import ViewHeader

GAP = 12


class View(Dressed, QWidget):
    """The base of every view. Subclasses fill `self.header` and `self.body`, and override what differs.

    A view is built when it is asked for the first time. It should cost nothing while it is hidden: connect to the
    session in `showEvent` or look at `isVisible()`.
    """

    key: ClassVar[str] = ""

    backRequested = Signal()
    viewRequested = Signal(str)  # another view, by its key

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{self.key}_view")
        self.session = session
        self.header = ViewHeader(session, self)
        self.header.back.clicked.connect(self.backRequested)
        self.header.run.clicked.connect(self.toggle)
        self.header.step.clicked.connect(self.step)
        self.header.reset.clicked.connect(self.reset)
        self.content = QWidget(self)
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(GAP, GAP, GAP, GAP)
        self.body.setSpacing(GAP)
        rows = self.rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.header)
        rows.addWidget(self.content, 1)
        theme().changed.connect(self.restyle)
        once(self, QEvent.Type.Polish, self.dress)

    # --- for subclasses ---------------------------------------------------------------------------

    def set_compact(self, compact: bool) -> None:
        """Leave out what a narrow window has no room for; the header sees to itself."""
        self.header.fit()

    # What the keys and buttons of the transport do here.

    def toggle(self) -> None:
        """Run, or pause."""
        self.session.toggle()

    def step(self) -> None:
        """One meta-iteration."""
        self.session.step()

    def reset(self) -> None:
        """Back to the same start."""
        self.session.reset()

    def _retranslate(self) -> None:
        self.header.retranslate()
        super()._retranslate()
