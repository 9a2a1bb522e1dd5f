"""The bar at the top: what runs, how to run it, four numbers, presets and export."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.presets import PRESETS
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.data_files import DataMenu
from metalearn_gui.ui.figure import Figure
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.moment_figure import MomentFigure
from metalearn_gui.ui.named import named
from metalearn_gui.ui.run_names import names_of_runs
from metalearn_gui.ui.run_traces import is_fresh, run_name
from metalearn_gui.ui.side_by_side import SideBySideButton
from metalearn_gui.ui.text import count_text, counted
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.transport import SQUARE, header_button, paint_progress
from metalearn_gui.ui.transport_bar import TransportBar
from metalearn_gui.ui.wording import episode_text, final_text, several_targets_text, unseen_text


class Header(TransportBar):
    """Transport, numbers and choices; it shows the session and tells it what was pressed."""

    names = ("run_button", "step_button", "reset_button")

    exportRequested = Signal()
    themeToggled = Signal()
    menuRequested = Signal()
    presenterRequested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent, "header")
        self._title.setText("MetaLearn Playground")
        self._says_total = True
        self._build_transport()
        self._build_choices()
        self._arrange()
        self.cuts = [self._cut_gaps, self.side_by_side.shorten, self._cut_details, self._cut_total]
        session.settingsChanged.connect(self._show_settings)
        for signal in (session.advanced, session.scored, session.shownChanged):
            signal.connect(self._show_numbers)
        for signal in (session.shownChanged, session.runsChanged):
            signal.connect(self._show_subject)
        self.side_by_side.appeared.connect(self.fit)
        theme().changed.connect(self.restyle)
        self.retranslate()
        self.restyle()

    def _build_transport(self) -> None:
        self.reseed = header_button("reseed_button", "square", SQUARE, self)
        self.run.clicked.connect(self._session.toggle)
        self.step.clicked.connect(self._session.step)
        self.reset.clicked.connect(self._session.reset)
        self.reseed.clicked.connect(self._session.reseed)
        self._iteration = MomentFigure(self._session, "iteration_label", self)
        self._tasks_seen = Figure("tasks_seen_label", self)
        self._speed = Figure("speed_label", self)
        self._unseen = Figure("unseen_label", self)
        self._figures = (self._iteration, self._tasks_seen, self._speed, self._unseen)

    def _build_choices(self) -> None:
        self.side_by_side = SideBySideButton(self._session, self)
        self.presets = named(Combo(self), "preset_box")
        self.presets.setFixedHeight(34)
        self.presets.setFont(ui_font(12.5, 500))
        for key, preset in PRESETS.items():
            self.presets.addItem(preset.label, key)
            self.presets.setItemData(self.presets.count() - 1, preset.summary, Qt.ItemDataRole.ToolTipRole)
        self.presets.currentIndexChanged.connect(lambda index: self.choose_preset(self.presets.itemData(index)))
        self._wanted = ""  # the preset whose data are being chosen
        self._data_menu = DataMenu(self)
        self._data_menu.chosen.connect(lambda path: self._session.load_preset(self._wanted, path))
        self.export = header_button("export_button", "accent", None, self)
        self.export.setFixedHeight(34)
        self.export.setFont(ui_font(13, 600))
        self.theme = header_button("theme_button", "square", SQUARE, self)
        self.presenter = header_button("presenter_button", "square", SQUARE, self)
        self.presenter.clicked.connect(self.presenterRequested)
        self.menu = header_button("menu_button", "square", SQUARE, self)
        self.export.clicked.connect(self.exportRequested)
        self.theme.clicked.connect(self.themeToggled)
        self.menu.clicked.connect(self.menuRequested)

    def _arrange(self) -> None:
        self.line.addWidget(self.reseed)
        self.line.addSpacing(10)
        for figure in self._figures:
            self.line.addWidget(figure)
        self.line.addStretch(1)
        for widget in (self.side_by_side, self.presets, self.export, self.theme, self.presenter, self.menu):
            self.line.addWidget(widget)

    # --- what a narrow bar leaves out ---------------------------------------------------------------

    def _cut_gaps(self, on: bool) -> None:
        self.presets.setFixedWidth(scaled(124 if on else 168))
        for figure in self._figures:
            figure.set_room(84 if on else 124)

    def _cut_details(self, on: bool) -> None:
        for widget in (self._tasks_seen, self.reseed):
            widget.setVisible(not on)

    def _cut_total(self, on: bool) -> None:
        self._says_total = not on
        self._show_iteration()

    # --- what the session says ------------------------------------------------------------------

    def _show_subject(self) -> None:
        """What is set; while another run than the live one is shown, its name: the figures are of that."""
        settings, shown = self._session.settings, self._session.shown
        if shown is not self._session.live:
            name = names_of_runs(self._session).get(shown.run_id, run_name(shown))
            self._subtitle.setText(self.tr("Shown: {name}").format(name=name))
            self._subtitle.set_short()
            return
        order = f" ({settings.learner.order})" if settings.learner.order else ""
        text = self.tr("{tasks} · {learner} · seed {seed}")
        named = {"tasks": settings.tasks.label, "seed": settings.seed}
        self._subtitle.setText(text.format(learner=settings.learner.label + order, **named))
        self._subtitle.set_short(text.format(learner=settings.learner.label, **named))

    def _show_settings(self) -> None:
        self._show_subject()
        blocker = QSignalBlocker(self.presets)
        self.presets.setCurrentIndex(self.presets.findData(self._session.preset_key))
        blocker.unblock()
        self._show_numbers()
        self.fit()

    def _show_numbers(self) -> None:
        seen = self._session.shown_iteration * self._session.shown.settings.outer.meta_batch
        self._show_iteration()
        self._tasks_seen.show_value(count_text(seen))
        speed = self._session.speed  # 0 before there is one: the first tries on unseen tasks may take a while
        self._speed.show_value(count_text(round(speed)) if speed else "–", self.tr("tasks/s") if speed else "")
        self._show_unseen()
        self.tighten()
        self.update()

    def _show_iteration(self) -> None:
        total = count_text(self._session.shown.settings.outer.num_iterations)
        unit = self.tr("of {total}").format(total=total) if self._says_total else ""
        if self._session.shown.kept_iteration is not None:  # else a run that is over looks like one that is not
            unit = self.tr("best of {total}").format(total=total) if self._says_total else self.tr("best")
        self._iteration.show_moment(unit)

    def _show_unseen(self) -> None:
        run = self._session.shown
        steps = run.settings.outer.test_steps
        scores = self._session.shown_scores
        if scores is not None:
            steps = len(scores.evaluation.learner.loss) - 1
        by_step = counted(steps, self.tr("1 step"), self.tr("{count} steps"))
        told = episode_text(run.settings) or by_step
        if scores is not None and not is_fresh(scores.iteration, self._session.shown_iteration):
            told = self.tr("at {count}").format(count=count_text(scores.iteration))
        self._unseen.set_caption(f"{unseen_text(run.settings)}, {told}")
        value, unit = final_text(scores.evaluation.learner if scores else None)
        several = several_targets_text(run.settings)
        self._unseen.show_value(value, several if unit and several else unit)
        largest = self.tr("MSE, every target in its own unit: that with the largest numbers counts most")
        self._unseen.setToolTip(largest if several else "")

    def choose_preset(self, key: str | None) -> None:
        """Load a preset, once its data have been chosen where it needs some; None for none."""
        if key is None:
            return
        tasks = PRESETS[key].settings.tasks
        if tasks.needs_data and tasks.key != self._session.settings.tasks.key:
            self._wanted = key
            self._show_settings()  # the box says what is, while a person chooses
            self._data_menu.popup_at(self.presets)
        else:
            self._session.load_preset(key)

    # --- texts and colours ------------------------------------------------------------------------

    def retranslate(self) -> None:
        super().retranslate()
        self._tasks_seen.set_caption(self.tr("tasks seen"))
        self._speed.set_caption(self.tr("speed"))
        self.presets.setPlaceholderText(self.tr("Own settings"))
        self.presets.setAccessibleName(self.tr("Preset"))
        self.presets.setToolTip(self.tr("Preset: settings to start from"))
        self.export.setText(self.tr("Export..."))
        texts = {
            self.reseed: self.tr("Start again with another seed"),
            self.export: self.tr("Export (Ctrl+E)"),
            self.theme: self.tr("Dark or light"),
            self.presenter: self.tr("Presenter (F11)"),
            self.menu: self.tr("Menu"),
        }
        for button, text in texts.items():
            button.setToolTip(text)
            button.setAccessibleName(text)
        self._show_settings()

    def restyle(self) -> None:
        super().restyle()
        names = {self.reseed: "reseed", self.theme: "theme", self.presenter: "presenter", self.menu: "more"}
        for button, name in names.items():
            button.setIcon(icon(name))
        self.export.setIcon(icon("export", theme().palette.on_accent))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar, and under it how far the run is."""
        super().paintEvent(event)
        run = self._session.shown
        is_over = run.kept_iteration is not None
        share = 1.0 if is_over else min(1.0, run.iteration / max(1, run.settings.outer.num_iterations))
        paint_progress(self, share)
