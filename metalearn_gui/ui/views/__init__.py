"""What the window shows in place of the task: key -> class. A new view is one file here and one line below."""

from __future__ import annotations

from metalearn_gui.ui.view import View
from metalearn_gui.ui.views.compare import CompareView
from metalearn_gui.ui.views.inside import InsideView
from metalearn_gui.ui.views.little_data import LittleDataView
from metalearn_gui.ui.views.presenter import PresenterView
from metalearn_gui.ui.views.structure import StructureView
from metalearn_gui.ui.views.sweep import SweepView

VIEWS: dict[str, type[View]] = {
    InsideView.key: InsideView,
    CompareView.key: CompareView,
    SweepView.key: SweepView,
    StructureView.key: StructureView,
    LittleDataView.key: LittleDataView,
    PresenterView.key: PresenterView,
}
