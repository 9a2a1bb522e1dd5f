"""What moved: the change of each weight, step by step and layer by layer, and what it means."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.inside_panel import InsidePanel
from metalearn_gui.ui.moves import Move, moves_of, verdict_on
from metalearn_gui.ui.moves_view import MovesView


class MovesPanel(InsidePanel):
    """On the touched task, at the shown step."""

    key = "moves"
    part = "landscape"
    room = 240

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.view = MovesView(self)
        self.add_content(self.view)
        self.refresh()

    def retranslate(self) -> None:
        self.set_title(self.tr("What moved"))
        self.tell()
        self.view.setAccessibleName(self.tr("How far adapting has moved each layer"))
        self.refresh()

    def tell(self) -> None:
        """What the columns are called: where a learner takes one pass, none of them is of weights or of steps."""
        heads = self.tr("layer"), self.tr("change of each weight"), self.tr("by step (relative)"), self.tr("moved")
        once = self.tr("part"), self.tr("each number"), self.tr("in the pass"), self.tr("length")
        self.view.set_heads(*(once if self.adapts_once else heads))

    def refresh(self) -> None:
        step = self.session.unseen.step
        steps = self.tr("after step {step}, against the start").format(step=step)
        once = self.tr("after the pass") if step else self.tr("before the pass")
        self.set_hint(once if self.adapts_once else steps)
        self.show_content(self.waiting(self.tr("adapting to this task")))
        moves = [] if self.result is None else moves_of(self.result.way, step)
        self.view.show_moves(moves, [self._name(move, moves) for move in moves], step)
        self.explain(self._sentence(moves), self._more())

    def _more(self) -> str:
        if self.adapts_once:
            return self.tr(
                "Each row is what one pass makes of the support set; all weights stay as meta-training has left them. "
                "The strip has a cell for each number, brighter the larger it is. Before the pass all of them are 0: "
                "what stands at the right is how long the row is, not a share."
            )
        return self.tr(
            "Each row is a part of the learner that adapts. The strip has a cell for each number, brighter the "
            "further this task has pulled it; the bars are the length of each step, relative to the size of the "
            "start. Layers that hardly move hold features that fit every task; layers that move are where the "
            "tasks differ."
        )

    def _name(self, move: Move, moves: list[Move]) -> str:
        if move.number < 0:
            names = {
                "prototypes": self.tr("prototypes"),
                "features": self.tr("features"),
                "summary": self.tr("summary"),
                "context": self.tr("context"),
                "weights": self.tr("weights by class"),
                "head": self.tr("head"),
                "x": self.tr("examples"),
            }
            return names.get(move.name, move.name)
        is_head = 0 < move.number == max(other.number for other in moves)
        return self.tr("head") if is_head else self.tr("layer {number}").format(number=move.number + 1)

    def _sentence(self, moves: list[Move]) -> str:
        learner = self.session.shown.settings.learner
        if learner.adapts_once:
            return self.tr("No weight moves: this is what one pass makes of the support set.")
        sentences = {
            "nothing": self.tr("How far adapting to this task moves each layer."),
            "one": self.tr("One thing alone adapts to a task: all else is shared by all tasks."),
            "head alone": self.tr("The head alone adapts: all features below it are reused, as in ANIL."),
            "reuse": self.tr("The middle hardly moves: features are reused, as in ANIL."),
            "head": self.tr("The head moves most: below it, features are reused."),
            "first": self.tr("The first layer moves most: this task asks for other features."),
            "alike": self.tr("All layers move: this task changes the features, too."),
        }
        verdict = verdict_on(moves) if moves else "nothing"
        if learner.start_name == "random start" and verdict in ("reuse", "head"):
            return self.tr("Below the head random features stay nearly as they were drawn.")
        return sentences[verdict]
