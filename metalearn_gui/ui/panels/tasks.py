"""1 · Tasks: which family of tasks there is to learn from, and the size of an episode."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.switching import for_family
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.engine.tasks.csv import Csv
from metalearn_gui.ui.chips import ChipBox, PictureChip
from metalearn_gui.ui.data_files import DataMenu
from metalearn_gui.ui.form import Form
from metalearn_gui.ui.icons import has_icon
from metalearn_gui.ui.learner_notice import tell_of_other_learner
from metalearn_gui.ui.named import named
from metalearn_gui.ui.settings_panel import SettingsPanel
from metalearn_gui.ui.theme import ui_font

FIRST = ("sinusoid", "waves", "moons", "blobs", "glyphs", "ratings", "denoise", "vectors")
CONTENT_WIDTH = 234
IN_THE_NETWORK_CARD = ("input_dim", "output_dim")


class TasksPanel(SettingsPanel):
    """Family chips over the settings of the family and its episodes."""

    key = "tasks"
    dataChosen = Signal(str, str)  # a file or folder, and the family that it was chosen for

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        chips = {key: PictureChip(f"task_family_{key}", family.label, _picture(key)) for key, family in TASKS.items()}
        self._chips = ChipBox(chips, FIRST, self._more_text, CONTENT_WIDTH, self)
        self._chips.chosen.connect(self.choose)
        self._needs_data = ""  # the family whose data are being chosen
        self._data_menu = DataMenu(self)
        self._data_menu.chosen.connect(self._choose_data)
        self.body.addWidget(self._chips)
        form = Form(session, ("episodes", "tasks"), IN_THE_NETWORK_CARD, self, {"data": self._take_path})
        self.add_form(form, (self._chips,))
        self._look_again = named(QPushButton(self), "tasks_change_columns")
        self._look_again.setProperty("kind", "link")
        self._look_again.setFont(ui_font(12))
        self._look_again.clicked.connect(lambda: self._take_path(self.session.settings.value("data")))
        self.body.addWidget(self._look_again)
        self._scarce = named(QLabel(self), "tasks_scarce")
        self._scarce.setFont(ui_font(12))
        self._scarce.setWordWrap(True)
        self.body.addWidget(self._scarce)
        self.body.addStretch(1)
        session.settingsChanged.connect(self._show_choice)
        self._show_choice()

    def choose(self, key: str) -> None:
        """Take a family, once its data have been chosen where it needs some."""
        if TASKS[key].needs_data:
            self._needs_data = key
            self._data_menu.popup_at(self._chips.chips[key], getattr(self.session.settings.tasks, "data", ""))
        else:
            before = self.session.settings.learner
            self.session.change(**for_family(self.session.settings, key))
            tell_of_other_learner(self.session, before)
        self._show_choice()

    def _choose_data(self, path: str) -> None:
        self.dataChosen.emit(path, self._needs_data)

    def _take_path(self, path: str) -> None:
        if path:
            self.dataChosen.emit(path, self.session.settings.tasks.key)
        else:
            self.session.change(data=path)

    def _show_choice(self) -> None:
        tasks = self.session.settings.tasks
        self._chips.show_choice(tasks.key)
        self._look_again.setVisible(bool(getattr(tasks, "data", "")))
        again = self.tr("Change columns...") if isinstance(tasks, Csv) else self.tr("See the data...")
        self._look_again.setText(again)
        self._say_scarce()

    def _say_scarce(self) -> None:
        """Rows that come twice are no further shots."""
        settings = self.session.settings
        found = settings.scarce() if settings.tasks.is_table and settings.tasks.is_read else None
        self._scarce.setVisible(found is not None)
        if found is not None:
            text = self.tr("{few} of {all} unseen tasks have no {shots} rows for a support set: some come twice there.")
            self._scarce.setText(text.format(few=found.num_few, all=found.num_tasks, shots=found.shots))

    def retranslate(self) -> None:
        self._look_again.setToolTip(self.tr("See the data again, and say anew what is to be made of them"))
        self._show_choice()
        self.retranslate_more()
        self.set_title(self.tr("1 · Tasks"))
        self.set_hint(self.tr("what to learn from"), self.tr("what to learn"))
        for key, chip in self._chips.chips.items():
            chip.setText(QCoreApplication.translate("Settings", TASKS[key].label))
            chip.setAccessibleName(chip.text())
            chip.setToolTip(QCoreApplication.translate("Settings", TASKS[key].summary))
        self._chips.retranslate()

    def restyle(self) -> None:
        self._chips.restyle()

    def _more_text(self, hidden: int, unfolded: bool) -> str:
        return self.tr("Fewer families") if unfolded else self.tr("More families: %n", "", hidden)


def _picture(key: str) -> str:
    return f"task_{key}" if has_icon(f"task_{key}") else "task_any"
