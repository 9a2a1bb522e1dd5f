"""The task, or a view in its place: one at a time, each view built when it is asked for the first time."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.view import View
from metalearn_gui.ui.views import VIEWS
from metalearn_gui.ui.zoom import fit_new

TASK = ""  # the key of what is shown at first


class ViewStack(QStackedWidget):
    """Holds the task's page and the views, and hands the transport to the one that is shown."""

    viewChanged = Signal(str)  # its key, or TASK

    def __init__(self, session: Session, task_page: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view_stack")
        self._session = session
        self._views: dict[str, View] = {}
        self._is_compact = False
        self._task_page = task_page
        self.addWidget(task_page)

    @property
    def key(self) -> str:
        """The view that is shown, or TASK."""
        shown = self.currentWidget()
        return shown.key if isinstance(shown, View) else TASK

    def show_view(self, key: str) -> None:
        """Show a view, or TASK.

        Raises:
            KeyError: there is no such view.
        """
        if key == self.key:
            return
        self.setCurrentWidget(self._task_page if key == TASK else self.view(key))
        self.viewChanged.emit(key)

    def set_compact(self, compact: bool) -> None:
        """Leave out what a narrow window has no room for."""
        self._is_compact = compact
        for view in self._views.values():
            view.set_compact(compact)

    @property
    def transport(self) -> Session | View:
        """What run, step and reset mean now."""
        shown = self.currentWidget()
        return shown if isinstance(shown, View) else self._session

    def view(self, key: str) -> View:
        """A view, built if it was not asked for before."""
        if key not in self._views:
            view = VIEWS[key](self._session, self)
            view.set_compact(self._is_compact)
            fit_new(view)
            view.backRequested.connect(lambda: self.show_view(TASK))
            view.viewRequested.connect(self.show_view)
            self.addWidget(view)
            self._views[key] = view
        return self._views[key]
