"""The touched task's loss around the meta-learned start, and the way that adapting takes through it."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF, QSignalBlocker
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.landscape import Landscape
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.landscape import PLANES
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.inside_panel import InsidePanel
from metalearn_gui.ui.landscape_view import LandscapeView
from metalearn_gui.ui.named import named
from metalearn_gui.ui.step_row import StepRow
from metalearn_gui.ui.task_picture import TouchedPicture
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import ui_font

NAME_ROOM = 130  # beside the small picture, for what is written at a step there


class LandscapePanel(InsidePanel):
    """Click anywhere: the canvas shows the network of that place, and so does the small picture in the corner."""

    key = "landscape"
    part = "landscape"
    room = 260

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._place: tuple[float, float] | None = None
        self._start = ""  # what the learner's start is called
        self._held_in: Landscape | None = None  # what the place was last taken from
        self._own_again = self.add_icon_action("undo", self._give_back)
        self._own_again.setObjectName("landscape_own")
        self.planes = named(Combo(self), "landscape_plane")
        self.planes.setProperty("kind", "flat")
        self.planes.setFont(ui_font(12))
        for kind in PLANES:
            self.planes.addItem("", kind)
        self.planes.activated.connect(lambda _: self._choose_plane())
        self._header.insertWidget(2, self.planes)
        self.view = LandscapeView(self)
        self.view.placed.connect(self._put)
        self.view.left_to_learner.connect(self._give_back)
        self.view.resized.connect(self._place_picture)
        self.picture = TouchedPicture(session, self.view)
        self.steps = StepRow(session, "landscape", self)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.steps)
        session.unseen.adaptedChanged.connect(self._follow_hand)
        for signal in (session.advanced, session.shownChanged):
            signal.connect(self._leave_unseen)
        self.refresh()

    # --- texts ------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.set_title(self.tr("Loss landscape around the start"))
        names = {"path": self.tr("plane of the path"), "random": self.tr("random plane")}
        for place, kind in enumerate(PLANES):
            self.planes.setItemText(place, names[kind])
        self.planes.setAccessibleName(self.tr("Plane to look at"))
        self.planes.setToolTip(self.tr("Which two directions span the plane"))
        self.view.setAccessibleName(self.tr("Loss around the start; arrows move a place of your own"))
        self.view.setToolTip("")
        own_again = self.tr("The learner's own again (Escape)")
        self._own_again.setToolTip(own_again)
        self._own_again.setAccessibleName(own_again)
        self.tell()
        self.refresh()

    def tell(self) -> None:
        if self.adapts_once:
            self.explain(self.tr("Every place is another reading of this task: click to see it."), self._once())
            return
        self.explain(
            self.tr("Every place is a network: click to see it."),
            self.tr(
                "The picture is a plane through everything that adapts, cut so that it holds the start and the first "
                "step; the other direction is where the rest of the path goes. Bright is a low loss on this one task, "
                "lines join equal losses. Good meta-learning puts the start where a short way down leads far: the "
                "loss at the start itself may well be high."
            ),
        )

    def _once(self) -> str:
        return self.tr(
            "This learner takes no steps downhill: one pass over the support set gives prototypes, a head or a "
            "summary, and no weight moves. The picture is a plane through all that may come of that pass: from nothing "
            "seen to what it gives for this task, and a random direction. Bright is a low loss on this one task, lines "
            "join equal losses."
        )

    def _show_hint(self, shown: Landscape | None) -> None:
        if shown is None or self.adapts_once:
            self.set_hint(self.tr("this task"))
            return
        share = min(f"{100 * shown.plane.share:.0f}", "99" if shown.plane.share < 0.9995 else "100", key=float)
        self.set_hint(self.tr("{share} % of the path lies in it").format(share=share))

    # --- what is drawn ----------------------------------------------------------------------------

    def refresh(self) -> None:
        shown = self.result
        learner = self.session.shown.settings.learner
        start = QCoreApplication.translate("Settings", learner.start_name)
        across = {
            "path": self.tr("direction of the pass →") if self.adapts_once else self.tr("first step's direction →"),
            "random": self.tr("random direction, 1 = the weights' own size →"),
        }
        self.view.set_texts(
            self.tr("nothing seen, loss {loss}") if self.adapts_once else self.tr("start, loss {loss}"),
            self.tr("after the pass, {loss}") if self.adapts_once else self.tr("step {step}, {loss}"),
            across[self.watched.kind],
            self.waiting(self.tr("looking around the start")),
        )
        self._start = start
        self.view.show_landscape(shown)
        self.view.show_step(self.session.unseen.step)
        self._show_hint(shown)
        self._place_picture()
        self._follow_plane(shown)
        self._follow_hand()

    def _follow_plane(self, shown: Landscape | None) -> None:
        """The hand's place stays where it is in the picture: of another moment it is another network."""
        if self._place is None or shown is None or shown is self._held_in or not self.session.unseen.held:
            return
        if all(low <= number <= high for number, (low, high) in zip(self._place, shown.reach, strict=True)):
            self._hold(shown, by_hand=False)
        else:
            self._give_back()

    def _leave_unseen(self) -> None:
        """The run goes on and no plane is computed: what was taken from an older one is no part of it."""
        if not self.isVisible():
            self._give_back()

    def _follow_hand(self) -> None:
        """The hand's place stays while what it holds does."""
        if self._place is not None and not self.session.unseen.held:
            self._place = None
        self.view.show_place(self._place, None if self._place is None else self.session.unseen.held_loss)
        self._own_again.setVisible(self._place is not None)
        self.view.setAccessibleDescription(self._start if self._place is None else self._place_text(self._place))

    def _place_text(self, place: tuple[float, float]) -> str:
        loss = self.view.loss_at(place)
        if math.isnan(loss):
            return self.tr("your place, beyond the picture")
        return self.tr("your place, loss {loss}").format(loss=number_text(loss))

    # --- the hand ---------------------------------------------------------------------------------

    def _choose_plane(self) -> None:
        self._give_back()
        self.watched.choose(self.planes.currentData(), self.watched.seed)
        with QSignalBlocker(self.planes):
            self.planes.setCurrentIndex(PLANES.index(self.watched.kind))

    def _put(self, across: float, up: float) -> None:
        shown = self.result
        if shown is None or shown.task is not self.session.unseen.touched:
            return  # it is about to change
        self._place = (across, up)
        self._hold(shown)
        self._follow_hand()

    def _hold(self, shown: Landscape, by_hand: bool = True) -> None:
        self._held_in = shown
        adapted = shown.plane.adapted(np.array([self._place]))
        self.session.unseen.set_held({name: values[0] for name, values in adapted.items()}, by_hand)

    def _place_picture(self) -> None:
        """At the left, above or below, where the way is not; away where there is no room for both."""
        view, picture = self.view, self.picture
        frames = [
            QRectF(8, top, picture.width(), picture.height()) for top in (view.height() - picture.height() - 8, 8)
        ]
        frame = min(frames, key=lambda frame: view.count_steps_in(frame.adjusted(0, -30, NAME_ROOM, 30)))
        picture.move(frame.topLeft().toPoint())
        picture.setVisible(view.width() > 2.4 * picture.width() and view.height() > 2.4 * picture.height())

    def _give_back(self) -> None:
        if self._place is not None:
            self._place = None
            self.session.unseen.set_held({})
            self._follow_hand()
