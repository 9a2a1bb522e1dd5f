"""Cold start: the shown run's learner beside plain recommenders, for known and new users and items."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from metalearn_gui.bridge.cold_start import Tried
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.ratings.metrics import METRICS
from metalearn_gui.engine.ratings.protocol import LEARNER, Quadrant
from metalearn_gui.engine.ratings.quadrants import QUADRANTS
from metalearn_gui.engine.tasks.ratings import Ratings
from metalearn_gui.engine.unseen import NUM_TASKS
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.named import named
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.quadrant_table import QuadrantTable
from metalearn_gui.ui.text import MINUS, count_text
from metalearn_gui.ui.theme import theme, ui_font


class ColdStartPanel(Panel):
    """There only while a run on ratings is shown; tries what it shows when it is asked to."""

    key = "cold_start"
    room = 268

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.metrics = named(Combo(self), "cold_start_metric")
        self.metrics.setFont(ui_font(12))
        for metric in METRICS:
            self.metrics.addItem("", metric)
        self.metrics.activated.connect(lambda _: self.refresh())
        self.button = self.add_header_action("play", " ", self._press)
        self.button.setObjectName("cold_start_try")
        self.where = ElidedLabel("", self)
        self.where.setFont(ui_font(11))
        self.where.setProperty("tone", "muted")
        self.verdict = ElidedLabel("", self)
        self.verdict.setFont(ui_font(12, 600))
        self.table = QuadrantTable(self)
        row = QHBoxLayout()
        row.addWidget(self.metrics)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(self.where)
        lines.addWidget(self.verdict)
        row.addLayout(lines, 1)
        self.body.addLayout(row)
        self.body.addWidget(self.table)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        session.cold_start.changed.connect(self.refresh)
        session.shownChanged.connect(self.refresh)
        session.stateChanged.connect(self.refresh)
        self.refresh()

    def retranslate(self) -> None:
        self.set_title(self.tr("Cold start"))
        names = (self.tr("MAE"), self.tr("RMSE"), self.tr("nDCG@1"), self.tr("nDCG@3"), self.tr("nDCG@5"))
        for place, name in enumerate(names):
            self.metrics.setItemText(place, name)
        self.metrics.setAccessibleName(self.tr("Measure"))
        self.metrics.setToolTip(
            self.tr("Errors in the ratings' own unit; nDCG, at most 1, is of the order of the first 1, 3 or 5")
        )
        self.refresh()

    def restyle(self) -> None:
        self.refresh()

    # --- what is shown ------------------------------------------------------------------------------

    @property
    def _tried(self) -> Tried | None:
        """What was tried of the shown run."""
        tried = self.session.cold_start.tried
        return tried if tried is not None and tried.run_id == self.session.shown.run_id else None

    @property
    def _found(self) -> list[Quadrant]:
        return self.session.cold_start.found if self._tried is not None else []

    def refresh(self) -> None:
        """Show what has been found of the shown run."""
        is_of_ratings = isinstance(self.session.shown.settings.tasks, Ratings)
        self.setVisible(is_of_ratings)
        self._name_button()
        if not is_of_ratings:
            return
        self.table.show_figures(self._names(), self._headings(), self._found, self.metrics.currentData())
        self._say()

    def _names(self) -> dict[str, str]:
        return {
            LEARNER: self.session.shown.settings.learner.label,
            "global_mean": self.tr("mean of all"),
            "means": self.tr("user + item mean"),
            "popularity": self.tr("popularity"),
            "factors": self.tr("matrix factors"),
        }

    def _headings(self) -> dict[str, str]:
        texts = (
            self.tr("new users\nknown items"), self.tr("new users\nnew items"),
            self.tr("known users\nknown items"), self.tr("known users\nnew items"),
        )  # fmt: skip
        return dict(zip(QUADRANTS, texts, strict=True))

    def _say(self) -> None:
        """The hint, and the verdict on the first quadrant that was found: new users and known items."""
        cold_start, tried, found = self.session.cold_start, self._tried, self._found
        if cold_start.is_busy and tried is not None:
            text = self.tr("trying {number} of {count}")
            self.set_hint(text.format(number=min(len(found) + 1, len(QUADRANTS)), count=len(QUADRANTS)))
        elif tried is not None:
            count = count_text(tried.iteration)
            self.set_hint(
                self.tr("after {count} meta-iterations").format(count=count),
                self.tr("after {count}").format(count=count),
            )
        else:
            self.set_hint(self.tr("known and new, users and items"), self.tr("known and new"))
        self.where.setVisible(bool(found))
        self.where.setText(self._where(found[0]) if found else "")
        self.verdict.setText(self._sentence(found[0]) if found else self.tr("Not tried yet"))
        self.verdict.setAccessibleName(f"{found[0].name}: {self.verdict.text()}" if found else self.verdict.text())

    def _where(self, one: Quadrant) -> str:
        text = self.tr("{quadrant}, beside the best baseline:")
        return text.format(quadrant=self._headings()[one.name].replace("\n", ", "))

    def _sentence(self, one: Quadrant) -> str:
        best = one.best_baseline
        paired = one.paired(best)
        size, rival = f"{abs(paired.difference):.3f} ± {paired.ci95:.3f}", self._names()[best]
        texts = {
            True: self.tr("MAE {size} less than {rival}"),
            False: self.tr("MAE {size} more than {rival}"),
            None: self.tr("MAE like {rival}: {signed}"),
        }
        signed = f"{paired.difference:+.3f} ± {paired.ci95:.3f}".replace("-", MINUS)
        return texts[paired.pays].format(size=size, signed=signed, rival=rival)

    # --- asking ---------------------------------------------------------------------------------------

    def _press(self) -> None:
        cold_start = self.session.cold_start
        if cold_start.is_busy:
            cold_start.cancel()
            return
        cold_start.ask()
        if self.is_collapsed:
            self.toggle_collapsed()  # what comes is to be seen

    def _name_button(self) -> None:
        is_busy = self.session.cold_start.is_busy
        self.button.setText(self.tr("cancel") if is_busy else self.tr("try"))
        self.button.setIcon(icon("stop" if is_busy else "play", theme().palette.muted))
        self.button.setAccessibleName(self.tr("Cancel") if is_busy else self.tr("Try all four kinds of cold start"))
        self.button.setToolTip(
            self.tr("Stop; what has come stays")
            if is_busy
            else self.tr(
                "The learner as it is now, beside plain recommenders, on {count} episodes a column: some seconds"
            ).format(count=NUM_TASKS)
        )
        self.button.setEnabled(is_busy or self.session.can_run)
