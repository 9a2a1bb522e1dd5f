"""What the window shows in place of the task: key -> class. A new view is one file here and one line below."""

from __future__ import annotations

from metalearn_gui.ui.view import View
from metalearn_gui.ui.views.compare import CompareView
from metalearn_gui.ui.views.inside import InsideView
from metalearn_gui.ui.views.presenter import PresenterView

VIEWS: dict[str, type[View]] = {
    InsideView.key: InsideView,
    CompareView.key: CompareView,
    PresenterView.key: PresenterView,
}
