"""What a person can ask for by menu and key, as data.

Keys without a modifier belong to the focused widget first (a button takes Space, a slider the arrows, an
editor every letter): they reach the window's keyPressEvent only if nothing wanted them. Keys with a modifier
and function keys are ordinary shortcuts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu

from metalearn_gui.ui.named import named
from metalearn_gui.ui.translated import QT_TRANSLATE_NOOP
from metalearn_gui.ui.window_zoom import AUTOMATIC

if TYPE_CHECKING:
    from metalearn_gui.ui.main_window import MainWindow

CONTEXT = "Commands"


@dataclasses.dataclass(frozen=True)
class Command:
    """run(window) does it; the window has a `session` and the methods named here.

    words: what else one may look for who means it.
    """

    key: str
    text: str
    shortcut: str
    group: str
    run: Callable[[Any], object]
    words: str = ""

    @property
    def label(self) -> str:
        """The translated text."""
        return QCoreApplication.translate(CONTEXT, self.text)


OR = " or "  # between shortcuts of one command
RUN, TASK, EDIT, FILE, VIEW = "run", "task", "edit", "file", "view"
GROUPS = {
    FILE: QT_TRANSLATE_NOOP("Commands", "File"),
    EDIT: QT_TRANSLATE_NOOP("Commands", "Edit"),
    RUN: QT_TRANSLATE_NOOP("Commands", "Run"),
    TASK: QT_TRANSLATE_NOOP("Commands", "Task"),
    VIEW: QT_TRANSLATE_NOOP("Commands", "View"),
}
PALETTE = "palette"
FIRST_LEVEL = (PALETTE, "help")  # in the menu itself too
COMMANDS = (
    Command("open", QT_TRANSLATE_NOOP("Commands", "Open..."), "Ctrl+O", FILE, lambda w: w.file.open(), "load session"),
    Command(
        "recover", QT_TRANSLATE_NOOP("Commands", "Open an unsaved session..."), "", FILE,
        lambda w: w.session.documents.ask_for_recoveries(),
    ),
    Command(
        "throw_away", QT_TRANSLATE_NOOP("Commands", "Move unsaved sessions to the trash"), "", FILE,
        lambda w: w.session.documents.throw_recoveries_away(),
    ),
    Command("save", QT_TRANSLATE_NOOP("Commands", "Save"), "Ctrl+S", FILE, lambda w: w.file.save()),
    Command("save_as", QT_TRANSLATE_NOOP("Commands", "Save as..."), "Ctrl+Shift+S", FILE, lambda w: w.file.save_as()),
    Command(
        "import", QT_TRANSLATE_NOOP("Commands", "Import data..."), "Ctrl+I", FILE, lambda w: w.ask_import(),
        "load csv table pictures ratings movielens",
    ),
    Command(
        "export", QT_TRANSLATE_NOOP("Commands", "Export..."), "Ctrl+E", FILE, lambda w: w.show_export(),
        "keras savedmodel litert tflite onnx safetensors csv tensorboard png svg gif",
    ),
    Command("quit", QT_TRANSLATE_NOOP("Commands", "Quit"), "Ctrl+Q", FILE, lambda w: w.close(), "exit close leave end"),
    Command("undo", QT_TRANSLATE_NOOP("Commands", "Undo"), "Ctrl+Z", EDIT, lambda w: w.session.undo()),
    Command(
        "redo", QT_TRANSLATE_NOOP("Commands", "Redo"), "Ctrl+Shift+Z", EDIT, lambda w: w.session.redo(),
    ),
    Command(
        "copy_link", QT_TRANSLATE_NOOP("Commands", "Copy link"), "Ctrl+Shift+L", EDIT, lambda w: w.clip.copy_link(),
        "share url",
    ),
    Command(
        "paste", QT_TRANSLATE_NOOP("Commands", "Paste a link or picture"), "Ctrl+V", EDIT, lambda w: w.clip.paste()
    ),
    Command(
        "copy_python", QT_TRANSLATE_NOOP("Commands", "Copy as Python"), "Ctrl+Shift+P", EDIT,
        lambda w: w.clip.copy_python(),
    ),
    Command(
        "copy_picture", QT_TRANSLATE_NOOP("Commands", "Copy the task's picture"), "Ctrl+Alt+C", EDIT,
        lambda w: w.clip.copy_picture(), "screenshot image save",
    ),
    Command(
        "toggle", QT_TRANSLATE_NOOP("Commands", "Run or pause"), "Space", RUN, lambda w: w.transport.toggle(),
        "train start stop play",
    ),
    Command("step", QT_TRANSLATE_NOOP("Commands", "One meta-iteration"), "S", RUN, lambda w: w.transport.step()),
    Command("reset", QT_TRANSLATE_NOOP("Commands", "Back to the same start"), "R", RUN, lambda w: w.transport.reset()),
    Command("reseed", QT_TRANSLATE_NOOP("Commands", "Start with another seed"), "", RUN, lambda w: w.session.reseed()),
    Command(
        "replay", QT_TRANSLATE_NOOP("Commands", "Replay the run in ten seconds"), "Ctrl+R", RUN,
        lambda w: w.session.replay.toggle(),
    ),
    Command(
        "now", QT_TRANSLATE_NOOP("Commands", "Back to now"), "", RUN,
        lambda w: w.session.show_now(), "present newest past moment live",
    ),
    Command(
        "warm_up", QT_TRANSLATE_NOOP("Commands", "Warm up all presets"), "", RUN, lambda w: w.session.warming.start()
    ),
    Command(
        "let_go", QT_TRANSLATE_NOOP("Commands", "Let warmed-up presets go"), "", RUN,
        lambda w: w.session.warming.let_go(),
    ),
    Command(
        "new_task", QT_TRANSLATE_NOOP("Commands", "New unseen task"), "N", TASK,
        lambda w: w.session.unseen.new_task(),
    ),
    Command(
        "restore_task", QT_TRANSLATE_NOOP("Commands", "Put the task's points back"), "", TASK,
        lambda w: w.session.unseen.restore_task(),
    ),
    Command(
        "send_to_gallery", QT_TRANSLATE_NOOP("Commands", "Send the task to the gallery"), "Ctrl+G", TASK,
        lambda w: w.session.unseen.send_to_gallery(),
    ),
    Command(
        "step_back", QT_TRANSLATE_NOOP("Commands", "Adaptation step back"), "Left", TASK,
        lambda w: w.session.unseen.set_step(w.session.unseen.step - 1),
    ),
    Command(
        "step_on", QT_TRANSLATE_NOOP("Commands", "Adaptation step on"), "Right", TASK,
        lambda w: w.session.unseen.set_step(w.session.unseen.step + 1),
    ),
    Command(
        "touch_task", QT_TRANSLATE_NOOP("Commands", "Keyboard to the task"), "T", TASK, lambda w: w.cards.touch(),
        "touch canvas focus draw rate drag",
    ),
    Command("playground", QT_TRANSLATE_NOOP("Commands", "Playground"), "F2", VIEW, lambda w: w.show_task()),
    Command(
        "presenter", QT_TRANSLATE_NOOP("Commands", "Presenter"), "F11", VIEW, lambda w: w.show_view("presenter"),
        "full screen fullscreen stage",
    ),
    Command("attract", QT_TRANSLATE_NOOP("Commands", "Presenter, by itself"), "Shift+F11", VIEW, lambda w: w.attract()),
    Command(
        "larger", QT_TRANSLATE_NOOP("Commands", "Larger"), "Ctrl++ or Ctrl+=", VIEW, lambda w: w.zoom.step(1),
        "zoom in bigger font type",
    ),
    Command(
        "smaller", QT_TRANSLATE_NOOP("Commands", "Smaller"), "Ctrl+-", VIEW, lambda w: w.zoom.step(-1),
        "zoom out font type",
    ),
    Command(
        "actual_size", QT_TRANSLATE_NOOP("Commands", "Usual size"), "Ctrl+0", VIEW,
        lambda w: w.zoom.choose(AUTOMATIC), "zoom font type",
    ),
    Command(PALETTE, QT_TRANSLATE_NOOP("Commands", "Find anything..."), "Ctrl+K", VIEW, lambda w: w.show_palette()),
    Command("find", QT_TRANSLATE_NOOP("Commands", "Find a setting"), "Ctrl+F", VIEW, lambda w: w.find_setting()),
    Command(
        "all_settings", QT_TRANSLATE_NOOP("Commands", "All settings, or ten"), "F6", VIEW,
        lambda w: w.show_all_settings(not w.shows_all_settings), "advanced simple mode",
    ),
    Command(
        "compare_view", QT_TRANSLATE_NOOP("Commands", "Compare learners"), "F4 or Ctrl+Shift+C", VIEW,
        lambda w: w.show_view("compare"), "report side by side",
    ),
    Command(
        "runs_lines", QT_TRANSLATE_NOOP("Commands", "Runs as lines"), "", VIEW,
        lambda w: w.panels["runs"].show_lines(),
    ),
    Command("sweep_view", QT_TRANSLATE_NOOP("Commands", "Sweep settings"), "", VIEW, lambda w: w.show_view("sweep")),
    Command(
        "structure_view", QT_TRANSLATE_NOOP("Commands", "Learn the structure"), "", VIEW,
        lambda w: w.show_view("structure"),
    ),
    Command(
        "little_data_view", QT_TRANSLATE_NOOP("Commands", "Little data"), "", VIEW,
        lambda w: w.show_view("little_data"),
    ),
    Command("task_view", QT_TRANSLATE_NOOP("Commands", "Back to the task"), "Esc", VIEW, lambda w: w.show_task()),
    Command("inside_view", QT_TRANSLATE_NOOP("Commands", "Look inside"), "F3", VIEW, lambda w: w.show_view("inside")),
    Command(
        "theme", QT_TRANSLATE_NOOP("Commands", "Dark or light"), "", VIEW, lambda w: w.toggle_theme(),
        "dark light mode colours",
    ),
    Command(
        "help", QT_TRANSLATE_NOOP("Commands", "Help"), "F1", VIEW, lambda w: w.show_help(), "keys shortcuts keyboard",
    ),
)  # fmt: skip
BARE_KEYS = {
    Qt.Key.Key_Space: "toggle",
    Qt.Key.Key_S: "step",
    Qt.Key.Key_R: "reset",
    Qt.Key.Key_N: "new_task",
    Qt.Key.Key_T: "touch_task",
    Qt.Key.Key_Left: "step_back",
    Qt.Key.Key_Right: "step_on",
    Qt.Key.Key_Escape: "task_view",
}


class Actions:
    """The commands as QActions of a window: shortcuts, the menu, and the bare keys."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.by_key: dict[str, QAction] = {command.key: self._action(command) for command in COMMANDS}
        self.retranslate()

    def _action(self, command: Command) -> QAction:
        action = named(QAction(self._window), f"action_{command.key}")
        action.triggered.connect(lambda _checked=False: self._do(command))
        if command.shortcut and command.key not in BARE_KEYS.values():
            action.setShortcuts([QKeySequence(shortcut) for shortcut in command.shortcut.split(OR)])
            self._window.addAction(action)
        return action

    def _do(self, command: Command) -> None:
        if command.key != PALETTE:  # which says itself whether it comes or goes
            self._window.leave_palette()
        command.run(self._window)

    def press(self, event: QKeyEvent) -> bool:
        """Do what a bare key asks for; whether there was such a command."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        key = BARE_KEYS.get(Qt.Key(event.key())) if plain else None
        repeats = event.isAutoRepeat() and key not in ("step_back", "step_on", "step")
        if key is None or repeats:
            return False
        self.by_key[key].trigger()
        return True

    def menu(self) -> QMenu:
        """Every command in the menu of its group, each with its key at the right."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        groups = {key: menu.addMenu(QCoreApplication.translate(CONTEXT, text)) for key, text in GROUPS.items()}
        for command in COMMANDS:
            groups[command.group].addAction(self.by_key[command.key])
        menu.addSeparator()
        for key in FIRST_LEVEL:
            menu.addAction(self.by_key[key])
        return menu

    def retranslate(self) -> None:
        """Write every visible text."""
        for command in COMMANDS:
            is_bare = command.key in BARE_KEYS.values()
            shown = f"{command.label}\t{command.shortcut}" if is_bare else command.label
            self.by_key[command.key].setText(shown)
