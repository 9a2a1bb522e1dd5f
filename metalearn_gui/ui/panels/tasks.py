"""1 · Tasks: which family of tasks there is to learn from, and the size of an episode."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.switching import for_family
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.ui.chips import ChipBox, PictureChip
from metalearn_gui.ui.data_files import DataMenu
from metalearn_gui.ui.form import Form
from metalearn_gui.ui.icons import has_icon
from metalearn_gui.ui.panel import Panel

FIRST = ("sinusoid", "waves", "moons", "blobs", "glyphs", "ratings", "denoise", "vectors")
CONTENT_WIDTH = 234
IN_THE_NETWORK_CARD = ("input_dim", "output_dim")


class TasksPanel(Panel):
    """Family chips over the settings of the family and its episodes."""

    key = "tasks"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        chips = {key: PictureChip(f"task_family_{key}", family.label, _picture(key)) for key, family in TASKS.items()}
        self._chips = ChipBox(chips, FIRST, self._more_text, CONTENT_WIDTH, self)
        self._chips.chosen.connect(self._choose)
        self._needs_data = ""  # the family whose data are being chosen
        self._data_menu = DataMenu(self)
        self._data_menu.chosen.connect(self._choose_data)
        self.body.addWidget(self._chips)
        form = Form(session, ("episodes", "tasks"), IN_THE_NETWORK_CARD, self)
        self.body.addWidget(form)
        self._more = self.add_icon_action("settings", form.toggle_more)
        self._more.setObjectName("tasks_more_settings")
        self._more.setCheckable(True)
        self.body.addStretch(1)
        session.settingsChanged.connect(self._show_choice)
        self._show_choice()

    def _choose(self, key: str) -> None:
        if TASKS[key].needs_data:
            self._needs_data = key
            self._data_menu.popup_at(self._chips.chips[key], getattr(self.session.settings.tasks, "data", ""))
        else:
            self.session.change(**for_family(self.session.settings, key))
        self._show_choice()

    def _choose_data(self, path: str) -> None:
        self.session.change(**for_family(self.session.settings, self._needs_data, path))

    def _show_choice(self) -> None:
        self._chips.show_choice(self.session.settings.tasks.key)

    def retranslate(self) -> None:
        self._more.setToolTip(self.tr("More settings"))
        self._more.setAccessibleName(self._more.toolTip())
        self.set_title(self.tr("1 · Tasks"))
        self.set_hint(self.tr("what to learn from"))
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
