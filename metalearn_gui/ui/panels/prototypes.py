"""Where a learner puts the points of a task: classes as prototypes, queries beside the nearest one."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.embedding import embedding
from metalearn_gui.ui.embedding_map import EmbeddingMap
from metalearn_gui.ui.view_panel import ViewPanel


class PrototypesPanel(ViewPanel):
    """The map of the touched task."""

    key = "prototypes"
    room = 190

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.map = EmbeddingMap(self)
        self.body.addWidget(self.map, 1)
        session.unseen.rowChanged.connect(self.refresh)
        self.refresh()

    def retranslate(self) -> None:
        self.set_title(self.tr("Embedding map"))
        self.map.setAccessibleName(self.tr("Map of features: prototypes and query points"))
        self.refresh()

    def show_arrays(self, arrays: Mapping[str, Array]) -> None:
        shown = embedding(arrays)
        row = self.session.unseen.row
        self.map.show_embedding(shown, None if row is None else row - len(shown.support_labels))
        count = len(shown.query_labels)
        self.set_hint(self.tr("{right} of {count} right").format(right=shown.num_right, count=count))
        text = self.tr(
            "{right} of {count} queries lie nearest to their own class; the map shows {percent} % of how far "
            "the classes lie apart"
        ).format(right=shown.num_right, count=count, percent=round(100 * shown.spread))
        self.map.setToolTip(text)
        self.map.setAccessibleDescription(text)
