"""A card of choices over a form: the gear shows all of its settings, a search nothing but what is sought."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QToolButton, QWidget

from metalearn_gui.ui.form import Form
from metalearn_gui.ui.panel import Panel


class SettingsPanel(Panel):
    """The base of the three cards at the left. Subclasses call `add_form` and `retranslate_more`."""

    form: Form
    _more: QToolButton
    _besides: Sequence[QWidget]

    def add_form(self, form: Form, besides: Sequence[QWidget]) -> None:
        """Put a form at the end of the body. besides: what a search hides."""
        self.form, self._besides = form, besides
        self.body.addWidget(form)
        self._more = self.add_icon_action("settings", form.toggle_more)
        self._more.setObjectName(f"{self.key}_more_settings")
        self._more.setCheckable(True)
        form.moreChanged.connect(self._more.setChecked)

    def keyboard_goal(self) -> QWidget:
        return self._title  # a key into the first number, unawares, would start the run anew

    @property
    def has_found(self) -> bool:
        """Whether a search has left something of the card."""
        return self.form.has_rows

    def seek(self, text: str) -> None:
        """Show nothing but settings that have this in them, in lower case; "" ends that."""
        for widget in self._besides:
            widget.setVisible(not text)
        self.form.seek(text)

    def reveal(self, name: str) -> None:
        """Bring a setting of the card in sight."""
        if self.is_collapsed:
            self.toggle_collapsed()
        self.seek("")
        self.form.reveal(name)

    def retranslate_more(self) -> None:
        """Write the gear's text."""
        self._more.setToolTip(self.tr("All settings of this card"))
        self._more.setAccessibleName(self._more.toolTip())
