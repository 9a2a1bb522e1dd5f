"""Tags and a note about a run, typed in the menu of its row."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout, QMenu, QWidget, QWidgetAction

from metalearn_gui.bridge.session import Session
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.line_edit import LineEdit
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import ui_font

WIDTH = 240


def add_remarks(menu: QMenu, session: Session, run: RunRecord) -> None:
    """Two lines to type in; each is kept when it is left or Enter is pressed."""
    holder = QWidget(menu)
    form = QFormLayout(holder)
    form.setContentsMargins(12, 4, 12, 6)
    texts = {
        "tags": (menu.tr("Tags"), menu.tr("words with commas between")),
        "note": (menu.tr("Note"), menu.tr("anything worth remembering")),
    }
    for name, (label, hint) in texts.items():
        line = named(LineEdit(holder), f"run_{name}")
        line.setText(getattr(run, name))
        line.setFont(ui_font(12.5))
        line.setMinimumWidth(WIDTH)
        line.setPlaceholderText(hint)
        line.setAccessibleName(label)
        line.setToolTip(hint)
        line.editingFinished.connect(lambda name=name, line=line: session.remark_run(run.run_id, **{name: line.text()}))
        line.returnPressed.connect(menu.close)
        form.addRow(label, line)
    action = QWidgetAction(menu)
    action.setDefaultWidget(holder)
    menu.addAction(action)
