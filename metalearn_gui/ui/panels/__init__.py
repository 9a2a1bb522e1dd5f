"""The cards of the window: key -> class. A new panel is one file here and one line below."""

from __future__ import annotations

from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.panels.adaptation import AdaptationPanel
from metalearn_gui.ui.panels.gallery import GalleryPanel
from metalearn_gui.ui.panels.gradients import GradientsPanel
from metalearn_gui.ui.panels.learner import LearnerPanel
from metalearn_gui.ui.panels.meta_loss import MetaLossPanel
from metalearn_gui.ui.panels.network import NetworkPanel
from metalearn_gui.ui.panels.runs import RunsPanel
from metalearn_gui.ui.panels.task import TaskPanel
from metalearn_gui.ui.panels.tasks import TasksPanel
from metalearn_gui.ui.panels.views import VIEW_PANELS

PANELS: dict[str, type[Panel]] = {
    TasksPanel.key: TasksPanel,
    LearnerPanel.key: LearnerPanel,
    NetworkPanel.key: NetworkPanel,
    TaskPanel.key: TaskPanel,
    GalleryPanel.key: GalleryPanel,
    MetaLossPanel.key: MetaLossPanel,
    AdaptationPanel.key: AdaptationPanel,
    GradientsPanel.key: GradientsPanel,
    RunsPanel.key: RunsPanel,
    **VIEW_PANELS,
}
