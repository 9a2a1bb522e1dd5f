"""A row of a form: one setting, kept in step with the session.

Widgets show what the session holds; what a person asks for goes to `session.change`, which refuses
with one line or announces `settingsChanged`, upon which every row shows the truth again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import RunState, Session
from metalearn_gui.engine.params import Param
from metalearn_gui.ui.editors import EDITORS, ValueSlider, choice_label
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.named import named
from metalearn_gui.ui.scale import Scale
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.translated import Translated

Taker = Callable[[Any], object]

LINE_SPACING = 5
MOST_OF_IT = 20  # what a text takes of the room beside its name, against 1 for what is empty
BADGE_ICON = QSize(11, 11)


class SettingRow(Translated, QWidget):
    """Label, unit, badges, exact editor and slider of one setting.

    take: what is done with a value that was asked for; None = the session takes it at once.
    """

    def __init__(self, session: Session, spec: Param, parent: QWidget | None = None, take: Taker | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._session = session
        self._take = take or (lambda value: session.change(**{spec.name: value}))
        self.editor = EDITORS[spec.kind](spec, self)
        self.slider = ValueSlider(spec, self) if Scale.suits(spec) else None
        self._label = ElidedLabel("", self)
        self._unit = ElidedLabel("", self)
        self._badge = QLabel("", self)
        self._reset = named(QToolButton(self), f"{spec.name}_reset")
        self._is_changed = False  # from its default
        self._is_fitting = False
        self._idle = ""  # why it changes nothing
        self._arrange()
        for widget in self._inputs():
            widget.edited.connect(self._commit)
        self._reset.clicked.connect(lambda: self._commit(spec.default))
        session.stateChanged.connect(self._fit)
        theme().changed.connect(self._restyle)
        self.retranslate()
        self._restyle()
        self.show_value()

    def _arrange(self) -> None:
        self._label.setFont(ui_font(12))
        self._label.setProperty("tone", "muted")
        self._unit.setFont(ui_font(11))
        self._unit.setProperty("tone", "muted")
        self._badge.setFont(ui_font(10))
        self._badge.setProperty("kind", "badge")
        self._badge.setFixedHeight(15)
        self._reset.setProperty("kind", "flat")
        self._reset.setIconSize(QSize(11, 11))
        self._reset.setFixedSize(16, 18)
        line = self._line = QHBoxLayout()
        line.setSpacing(LINE_SPACING)
        for widget in (self._label, self._badge, self._unit):
            line.addWidget(widget)
        line.addStretch(1)
        line.addWidget(self._reset)
        # As wide as it is made: what is shown follows the width, and not the other way round as well.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        rows = self._rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(line)
        rows.addWidget(self.editor)
        if self.slider is not None:
            rows.addWidget(self.slider)

    def _inputs(self) -> list[Any]:
        return [self.editor] if self.slider is None else [self.editor, self.slider]

    def show_value(self) -> None:
        """Show what the session holds."""
        value = self._session.settings.value(self.spec.name)
        for widget in self._inputs():
            widget.show_value(value)
        self.editor.updateGeometry()
        self._is_changed = value != self.spec.default
        self._fit()

    def rest(self, reason: str) -> None:
        """Let nobody set what changes nothing now, and say why; "": it changes something."""
        if reason != self._idle:
            self._idle = reason
            for widget in (*self._inputs(), self._reset):
                widget.setEnabled(not reason)
            self._tell_help()

    def is_about(self, text: str) -> bool:
        """Whether name, label or help has this in it; text: lower case."""
        spoken = (self.spec.name, self._label.text(), self._help_text())
        return any(text in one.lower() for one in spoken)

    def _commit(self, value: Any) -> None:
        if value != self._session.settings.value(self.spec.name):
            self._take(value)
        self.show_value()

    def needed_width(self) -> float:
        """What name and value take, whatever a slider makes of it; a path and words take all there is."""
        if self.spec.kind not in ("int", "float", "bool"):
            return math.inf
        name = QCoreApplication.translate("Settings", self.spec.label)
        return QFontMetrics(ui_font(12)).horizontalAdvance(name) + LINE_SPACING + self.editor.widest()

    # --- what there is room for: first the name, then the value, then the way back, the badge and the unit ---

    def _fit(self) -> None:
        """To show or hide a part may have the row laid out anew, by rows beside it as well: once more then, no more."""
        if self._is_fitting:
            return
        self._is_fitting = True
        try:
            width = self.width()
            self._fit_once()
            if self.width() != width:
                self._fit_once()
        finally:
            self._is_fitting = False

    def _fit_once(self) -> None:
        self._place_editor()
        self._unit.setVisible(bool(self._unit.text()))
        self._reset.setVisible(self._is_changed)
        needs_restart = not self.spec.live and self._session.run_state in _LIVE_STATES
        word = self.tr("restart") if needs_restart else self.tr("live") if self.spec.live else ""
        self._badge.setText(word)
        self._badge.setAccessibleName(word)
        self._badge.setToolTip(self._badge_help(needs_restart))
        self._badge.setVisible(bool(word))
        if not self._is_tight():
            return
        if needs_restart:
            self._badge.setPixmap(icon("reset", theme().palette.muted).pixmap(BADGE_ICON))
        for widget in (self._unit, self._badge, self._reset):
            if self._is_tight():
                widget.hide()

    def _is_tight(self) -> bool:
        """Whether the line holds more than its width."""
        self._line.invalidate()  # Qt does so only when it lays the card out
        return self._line.sizeHint().width() > self.width()

    def _place_editor(self) -> None:
        """Beside the name, or below it where words would cut the name."""
        is_wide = False
        if self.spec.kind in ("choice", "text", "path"):
            parts = (self._label, self._reset, self.editor)  # with room for the way back, so that nothing jumps
            is_wide = sum(part.sizeHint().width() + self._line.spacing() for part in parts) > self.width()
        target = self._rows if is_wide else self._line
        if target.indexOf(self.editor) < 0:
            self._rows.removeWidget(self.editor)
            self._line.removeWidget(self.editor)
            place = 1 if is_wide else self._line.count()
            takes_rest = self.spec.kind in ("text", "path") and not is_wide
            target.insertWidget(place, self.editor, MOST_OF_IT if takes_rest else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _badge_help(self, needs_restart: bool) -> str:
        if needs_restart:
            return self.tr("A change starts a new run; the present one stays in the list.")
        return self.tr("A change reaches the running experiment at once.")

    def retranslate(self) -> None:
        """Write every visible text."""
        label = QCoreApplication.translate("Settings", self.spec.label)
        unit = QCoreApplication.translate("Settings", self.spec.unit)
        self._label.setText(label)
        self._unit.setText("" if unit in label.lower() else unit)
        for widget in self._inputs():
            widget.setAccessibleName(f"{label}, {unit}" if unit else label)
        self._tell_help()
        reset = self.tr("Back to {value}").format(value=_shown(self.spec.default))
        self._reset.setToolTip(reset)
        self._reset.setAccessibleName(f"{label}: {reset}")
        self._fit()

    def _tell_help(self) -> None:
        self.setToolTip(self._help())
        for widget in self._inputs():
            widget.setAccessibleDescription(self.toolTip())

    def _help(self) -> str:
        """What the setting does, what it may be, and when a change is felt."""
        range_text = self._range_text()
        when = self.tr("Live: the run goes on with it.") if self.spec.live else self.tr("A change starts a new run.")
        return "\n".join(filter(None, (self._idle, self._help_text(), range_text, "" if self._idle else when)))

    def _help_text(self) -> str:
        return QCoreApplication.translate("Settings", self.spec.help)

    def _range_text(self) -> str:
        spec = self.spec
        if spec.choices:
            return self.tr("One of: {choices}.").format(choices=", ".join(map(choice_label, spec.choices)))
        if spec.minimum is None or spec.maximum is None:
            return ""
        low, high = number_text(spec.minimum), number_text(spec.maximum)
        unit = QCoreApplication.translate("Settings", spec.unit)
        text = self.tr("From {low} to {high} {unit}").format(low=low, high=high, unit=unit).strip()
        return f"{text}."

    def _restyle(self) -> None:
        self._reset.setIcon(icon("undo", theme().palette.muted))


_LIVE_STATES = (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)


def _shown(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return number_text(value) if is_number else str(value)
