"""The cards of the window: key -> class. A new panel is one file here and one line below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.panels.adaptation import AdaptationPanel
from metalearn_gui.ui.panels.algorithm import AlgorithmPanel
from metalearn_gui.ui.panels.clients import ClientsPanel
from metalearn_gui.ui.panels.clocks import ClocksPanel
from metalearn_gui.ui.panels.cold_start import ColdStartPanel
from metalearn_gui.ui.panels.context import ContextPanel
from metalearn_gui.ui.panels.gallery import GalleryPanel
from metalearn_gui.ui.panels.gradients import GradientsPanel
from metalearn_gui.ui.panels.landscape import LandscapePanel
from metalearn_gui.ui.panels.learner import LearnerPanel
from metalearn_gui.ui.panels.meta_loss import MetaLossPanel
from metalearn_gui.ui.panels.moves import MovesPanel
from metalearn_gui.ui.panels.network import NetworkPanel
from metalearn_gui.ui.panels.orders import OrdersPanel
from metalearn_gui.ui.panels.proposal import ProposalPanel
from metalearn_gui.ui.panels.prototypes import PrototypesPanel
from metalearn_gui.ui.panels.rates import RatesPanel
from metalearn_gui.ui.panels.runs import RunsPanel
from metalearn_gui.ui.panels.task import TaskPanel
from metalearn_gui.ui.panels.task_space import TaskSpacePanel
from metalearn_gui.ui.panels.tasks import TasksPanel
from metalearn_gui.ui.panels.two_gradients import TwoGradientsPanel
from metalearn_gui.ui.panels.update_rule import UpdateRulePanel
from metalearn_gui.ui.view_panel import ViewPanel

P = TypeVar("P", bound=Panel)

# What a learner shows about itself: a card for each kind of view, there only while a view of it is.
VIEW_PANELS: dict[str, type[ViewPanel]] = {
    RatesPanel.key: RatesPanel,
    ContextPanel.key: ContextPanel,
    ProposalPanel.key: ProposalPanel,
    ClientsPanel.key: ClientsPanel,
    OrdersPanel.key: OrdersPanel,
    UpdateRulePanel.key: UpdateRulePanel,
    PrototypesPanel.key: PrototypesPanel,
}

# The cards of the view "Inside".
INSIDE_PANELS: dict[str, type[Panel]] = {
    LandscapePanel.key: LandscapePanel,
    TaskSpacePanel.key: TaskSpacePanel,
    ClocksPanel.key: ClocksPanel,
    TwoGradientsPanel.key: TwoGradientsPanel,
    AlgorithmPanel.key: AlgorithmPanel,
    MovesPanel.key: MovesPanel,
}

PANELS: dict[str, type[Panel]] = {
    TasksPanel.key: TasksPanel,
    LearnerPanel.key: LearnerPanel,
    NetworkPanel.key: NetworkPanel,
    TaskPanel.key: TaskPanel,
    GalleryPanel.key: GalleryPanel,
    MetaLossPanel.key: MetaLossPanel,
    AdaptationPanel.key: AdaptationPanel,
    ColdStartPanel.key: ColdStartPanel,
    GradientsPanel.key: GradientsPanel,
    RunsPanel.key: RunsPanel,
    **VIEW_PANELS,
    **INSIDE_PANELS,
}


def card(panels: Mapping[str, Panel], key: str, kind: type[P]) -> P:
    """One of the cards, as what it is.

    Raises:
        TypeError: it is something else.
    """
    panel = panels[key]
    if not isinstance(panel, kind):
        raise TypeError(f"the card {key!r} is a {type(panel).__name__}; expected a {kind.__name__}")
    return panel
