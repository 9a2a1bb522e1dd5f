"""Forms made from the engine's settings: a row per Param; which of them are in sight is the person's choice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.idle import idle_settings
from metalearn_gui.engine.params import Param, params_of
from metalearn_gui.ui.essentials import essential_settings
from metalearn_gui.ui.named import named
from metalearn_gui.ui.retiring import retire
from metalearn_gui.ui.setting_row import SettingRow, Taker
from metalearn_gui.ui.theme import scaled, ui_font
from metalearn_gui.ui.translated import Translated
from metalearn_gui.ui.zoom import fit_new

ROW_SPACING, GUTTER = 5, 10
CARD_WIDTH = 234  # of what stands in a card of the column
FEW = 2  # so many settings have a line each, however short they are


class Form(Translated, QWidget):
    """The settings of some groups of ExperimentSettings: the essential ones, and the others once asked for.

    takers: what is done with a value that was asked for, by setting, where the session does not take it at once.
    """

    moreChanged = Signal(bool)

    def __init__(
        self,
        session: Session,
        groups: Sequence[str],
        skip: Collection[str] = (),
        parent: QWidget | None = None,
        takers: Mapping[str, Taker] | None = None,
    ) -> None:
        super().__init__(parent)
        self._takers = takers or {}
        self.rows: dict[str, SettingRow] = {}
        self._session, self._groups, self._skip = session, tuple(groups), frozenset(skip)
        self._built_for: tuple[object, ...] = ()
        self._essential: frozenset[str] = frozenset()
        self._shows_more, self._sought = False, ""
        self._column = QWidget(self)
        self._reset_all = named(QPushButton(self), f"{self._groups[0]}_reset_all")
        self._arrange()
        session.settingsChanged.connect(self.show_values)
        self.retranslate()
        self.show_values()

    def _arrange(self) -> None:
        self._reset_all.setProperty("kind", "link")
        self._reset_all.setFont(ui_font(12))
        self._reset_all.clicked.connect(self.reset_all)
        rows = self._lines = QGridLayout(self._column)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setVerticalSpacing(ROW_SPACING)
        rows.setHorizontalSpacing(GUTTER)
        rows.setColumnStretch(0, 1)
        rows.setColumnStretch(1, 1)
        rows.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(ROW_SPACING)
        column.addWidget(self._column)
        column.addWidget(self._reset_all)

    def show_values(self) -> None:
        """Show what the session holds; other rows where another component has come."""
        settings = self._session.settings
        components = [settings.group(group) for group in self._groups]
        rows_depend_on = (*(type(component) for component in components), essential_settings(settings))
        if rows_depend_on != self._built_for:
            self._built_for = rows_depend_on
            self._build([spec for component in components for spec in params_of(component)])
        idle = idle_settings(settings)
        for name, row in self.rows.items():
            row.show_value()
            row.rest(QCoreApplication.translate("Idle", idle.get(name, "")))
        self._show_reset_all()

    def _show_reset_all(self) -> None:
        self._reset_all.setVisible(self.shows_more and bool(self._changed_values()))

    def _build(self, specs: list[Param]) -> None:
        """A row for each; those of settings that are the same as before stay, for new ones are slow to dress."""
        self._essential = essential_settings(self._session.settings)
        wanted = [spec for spec in specs if spec.name not in self._skip]
        wanted.sort(key=lambda spec: spec.name not in self._essential)
        kept = {row.spec.name: row for row in self.rows.values() if row.spec in wanted}
        self._let_go([row for name, row in self.rows.items() if name not in kept])
        self.rows = {spec.name: kept.get(spec.name) or self._row(spec) for spec in wanted}
        self._show_rows()

    def _row(self, spec: Param) -> SettingRow:
        return fit_new(SettingRow(self._session, spec, self._column, self._takers.get(spec.name)))

    def _let_go(self, rows: list[SettingRow]) -> None:
        retire(rows)
        for row in rows:
            row.setParent(None)
            row.deleteLater()

    def reset_all(self) -> None:
        """Every setting of the form back to its default, in one step that can be undone."""
        self._session.change(**self._changed_values())

    def _changed_values(self) -> dict[str, Any]:
        settings = self._session.settings
        defaults = {name: row.spec.default for name, row in self.rows.items()}
        return {name: default for name, default in defaults.items() if settings.value(name) != default}

    # --- which rows are in sight --------------------------------------------------------------------

    @property
    def shows_more(self) -> bool:
        """Whether all settings are in sight, not the essential ones alone."""
        return self._shows_more

    def show_more(self, on: bool) -> None:
        """All settings, or the essential ones alone."""
        if on != self._shows_more:
            self._shows_more = on
            self._show_rows()
            self._show_reset_all()
            self.moreChanged.emit(on)

    def toggle_more(self) -> None:
        """The one or the other."""
        self.show_more(not self._shows_more)

    @property
    def has_rows(self) -> bool:
        """Whether any setting is in sight."""
        return not self._column.isHidden()

    def seek(self, text: str) -> None:
        """Show nothing but settings whose name, label or help has this in it, in lower case; "" ends that."""
        self._sought = text
        self._show_rows()

    def reveal(self, name: str) -> None:
        """Bring a setting of the form in sight."""
        if name in self.rows and self.rows[name].isHidden():
            self.seek("")
            self.show_more(self._shows_more or name not in self._essential)

    def _show_rows(self) -> None:
        for name, row in self.rows.items():
            is_in_sight = self._shows_more or name in self._essential
            row.setVisible(row.is_about(self._sought) if self._sought else is_in_sight)
        in_sight = [row for row in self.rows.values() if not row.isHidden()]
        self._lay_out(in_sight)
        self._column.setVisible(bool(in_sight))

    def _lay_out(self, rows: Sequence[SettingRow]) -> None:
        for row in self.rows.values():
            self._lines.removeWidget(row)
        for place, line in enumerate(_in_lines(rows)):
            for column, row in enumerate(line):
                self._lines.addWidget(row, place, column, 1, 2 // len(line))

    def retranslate(self) -> None:
        """Write every visible text."""
        self._reset_all.setText(self.tr("Reset all"))
        self._reset_all.setToolTip(self.tr("Every setting of this card back to its default"))


def _in_lines(rows: Sequence[SettingRow]) -> list[list[SettingRow]]:
    """A line for each, but short ones two by two where there are more than a few."""
    half = scaled((CARD_WIDTH - GUTTER) / 2)
    short = [row for row in rows if row.needed_width() <= half] if len(rows) > FEW else []
    beside = dict(zip(short[::2], short[1::2], strict=False))
    others = set(beside.values())
    return [[row, beside[row]] if row in beside else [row] for row in rows if row not in others]
