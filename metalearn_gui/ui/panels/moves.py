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
        self.body.addWidget(self.view, 1)
        self.refresh()

    def retranslate(self) -> None:
        self.set_title(self.tr("What moved"))
        self.view.set_heads(
            self.tr("layer"), self.tr("change of each weight"), self.tr("by step (relative)"), self.tr("moved")
        )
        self.view.setAccessibleName(self.tr("How far adapting has moved each layer"))
        self.refresh()

    def refresh(self) -> None:
        step = self.session.unseen.step
        self.set_hint(self.tr("after step {step}, against the start").format(step=step))
        moves = [] if self.result is None else moves_of(self.result.way, step)
        self.view.show_moves(moves, [self._name(move, moves) for move in moves], step)
        self.explain(
            self._sentence(moves),
            self.tr(
                "Each row is a part of the network that adapts. The strip has a cell for each weight, brighter the "
                "further this task has pulled it; the bars are the length of each step, relative to the size of the "
                "start. Layers that hardly move hold features that fit every task; layers that move are where the "
                "tasks differ."
            ),
        )

    def _name(self, move: Move, moves: list[Move]) -> str:
        if move.number < 0:
            return move.name
        is_head = len(moves) > 1 and move.number == max(other.number for other in moves)
        return self.tr("head") if is_head else self.tr("layer {number}").format(number=move.number + 1)

    def _sentence(self, moves: list[Move]) -> str:
        learner = self.session.shown.settings.learner.key
        sentences = {
            "nothing": self.tr("How far adapting to this task moves each layer."),
            "one": self.tr("One thing alone adapts to a task: all else is shared by all tasks."),
            "reuse": self.tr("The middle hardly moves: features are reused, as in ANIL."),
            "head": self.tr("The head moves most: below it, features are reused."),
            "first": self.tr("The first layer moves most: this task asks for other features."),
            "alike": self.tr("All layers move: this task changes the features, too."),
        }
        if learner == "anil" and moves:
            return self.tr("The head alone adapts: ANIL reuses all features below it.")
        return sentences[verdict_on(moves) if moves else "nothing"]
