"""Two gradients of the touched task, before and after adapting, and how they agree: by layer, by time, by task."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from metalearn_gui.bridge.gradients import Gradients
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.learners.article import Article
from metalearn_gui.engine.two_gradients import cosine
from metalearn_gui.ui.bars import Bar, Bars
from metalearn_gui.ui.gradient_picture import GradientPicture
from metalearn_gui.ui.gradient_strips import AgreementMap, CosineCurve, Strips
from metalearn_gui.ui.inside_panel import InsidePanel
from metalearn_gui.ui.text import MINUS, count_text
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.view_panel import layer_of


class TwoGradientsPanel(InsidePanel):
    """L before adapting, R after it; what training goes down is one of them or both."""

    key = "two_gradients"
    part = "gradients"
    room = 260

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.picture, self.strips, self.bars = GradientPicture(self), Strips(self), Bars(self)
        self.curve, self.map = CosineCurve(self), AgreementMap(self)
        self._captions = {name: QLabel(self) for name in ("layers", "curve", "tasks")}
        for label in self._captions.values():
            label.setFont(ui_font(12))
            label.setProperty("tone", "muted")
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.picture, 1)
        left.addWidget(self._captions["tasks"])
        left.addWidget(self.map)
        right.addWidget(self.strips)
        right.addWidget(self._captions["layers"])
        right.addWidget(self.bars)
        right.addWidget(self._captions["curve"])
        right.addWidget(self.curve, 1)
        for column in (left, right):
            column.setSpacing(4)
        content = QWidget(self)
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addLayout(left, 4)
        row.addLayout(right, 5)
        self.add_content(content)
        self.refresh()

    # --- texts ------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.set_hint(self.tr("this task"))
        self._captions["layers"].setText(self.tr("agreement by layer (cosine)"))
        self.picture.setAccessibleName(self.tr("Both gradients and the angle between them"))
        self.curve.setAccessibleName(self.tr("Cosine between the gradients by meta-iteration"))
        self.bars.setAccessibleName(self.tr("Cosine between the gradients by layer"))
        self.map.setAccessibleName(self.tr("Cosines between the gradients of several tasks"))
        self.map.setToolTip(self.map.accessibleName())
        self.tell()
        self.refresh()

    def tell(self) -> None:
        is_article = isinstance(self.session.shown.settings.learner, Article)
        title = self.tr("The article's two gradients") if is_article else self.tr("Gradients before and after adapting")
        self.set_title(title)
        parting = self.tr(
            "Where the two point the same way, a start that is good at once also adapts well; where they part, the "
            "start gives up some of its own loss to adapt better."
        )
        once = self.tr(
            "This learner goes down R alone. Before its one pass it knows nothing of a task, and weights that only "
            "read the support set have no gradient there."
        )
        article = self.tr(
            "The article moves the start down both gradients, θ ← θ − η (∇L + ∇R). MAML goes down R alone, joint "
            "training down L alone."
        )
        tasks = self.tr("Tasks whose gradients agree (amber) help each other; tasks that pull apart (blue) do not.")
        texts = (article, once, tasks) if self.adapts_once else (article, parting, tasks)
        self.explain(self.tr("L: support loss before adapting. R: query loss after it."), " ".join(texts))

    # --- what is drawn ----------------------------------------------------------------------------

    def refresh(self) -> None:
        found: Gradients | None = self.result
        self.show_content(self.waiting(self.tr("taking both gradients")))
        if found is None:
            return
        base, meta = (_row(part) for part in (found.base, found.meta))
        self.picture.show_gradients(float(np.linalg.norm(base)), float(np.linalg.norm(meta)), cosine(base, meta))
        count = self.tr("∇L, {count} numbers").format(count=count_text(len(base)))
        self.strips.show_rows([(count, "before", base), ("∇R", "learner", meta)])
        layers = self._layers(found)
        self.bars.set_bars(layers, theme().palette.scratch)
        self._captions["layers"].setVisible(bool(layers))  # none where a whole gradient is 0
        self.curve.show_points(found.history)
        self._name_curve(found.history)
        self._show_agreement(found.agreement)

    def _name_curve(self, history: tuple[tuple[int, float], ...]) -> None:
        has_some = any(math.isfinite(cosine) for _, cosine in history)
        nothing = self.tr("no angle: this learner starts at no gradient") if history else self.tr("no moments yet")
        self._captions["curve"].setText(self.tr("cosine by meta-iteration") if has_some else nothing)
        self.curve.setVisible(has_some)

    def _show_agreement(self, cosines: Array) -> None:
        between = cosines[np.triu_indices(len(cosines), 1)]
        has_some = bool(np.isfinite(between).any())
        mean = f"{float(np.nanmean(between)):+.2f}".replace("-", MINUS) if has_some else "–"
        text = self.tr("agreement of {count} tasks: {cosine}").format(count=len(cosines), cosine=mean)
        self._captions["tasks"].setText(text if has_some else "")
        self.map.setVisible(has_some)
        self.map.show_cosines(cosines)

    def _layers(self, found: Gradients) -> list[Bar]:
        """The cosine of each layer's part."""
        layers: dict[str, list[str]] = {}
        for name in found.base:
            layers.setdefault(layer_of(name), []).append(name)
        pairs = {
            layer: [_row({name: part[name] for name in names}) for part in (found.base, found.meta)]
            for layer, names in layers.items()
        }
        return [Bar(layer, cosine(*pair)) for layer, pair in pairs.items() if all(np.any(part) for part in pair)]


def _row(gradient: Mapping[str, Array]) -> Array:
    return np.concatenate([np.asarray(values, np.float64).ravel() for values in gradient.values()])
