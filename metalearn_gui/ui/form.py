"""Forms made from the engine's settings: a row per Param, kept in step with the session.

Widgets show what the session holds; what a person asks for goes to `session.change`, which refuses
with one line or announces `settingsChanged`, upon which every row shows the truth again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import RunState, Session
from metalearn_gui.engine.params import Param, params_of
from metalearn_gui.ui.editors import EDITORS, ValueSlider
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.scale import Scale
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import theme, ui_font

ROW_SPACING, LINE_SPACING = 5, 5
BADGE_ICON = QSize(11, 11)


Taker = Callable[[Any], object]


class SettingRow(QWidget):
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
        self._reset = QToolButton(self, objectName=f"{spec.name}_reset")
        self._arrange()
        for widget in self._inputs():
            widget.edited.connect(self._commit)
        self._reset.clicked.connect(lambda: self._commit(spec.default))
        session.stateChanged.connect(self._show_badge)
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
        line = QHBoxLayout()
        line.setSpacing(LINE_SPACING)
        line.addWidget(self._label)
        line.addWidget(self._badge)
        line.addWidget(self._unit, 1)
        line.addWidget(self._reset)
        if self.spec.kind != "path":
            line.addWidget(self.editor, 2 if self.spec.kind == "text" else 0)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(line)
        if self.spec.kind == "path":  # as wide as the card
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
        self._reset.setVisible(value != self.spec.default)
        self._show_badge()

    def _commit(self, value: Any) -> None:
        if value != self._session.settings.value(self.spec.name):
            self._take(value)
        self.show_value()

    def _show_badge(self) -> None:
        needs_restart = not self.spec.live and self._session.run_state in _LIVE_STATES
        word = self.tr("restart") if needs_restart else self.tr("live") if self.spec.live else ""
        self._badge.setText(word)
        self._badge.setAccessibleName(word)
        self._badge.setToolTip(self._badge_help(needs_restart))
        self._badge.setVisible(bool(word))
        if needs_restart and self._is_tight():
            self._badge.setPixmap(icon("reset", theme().palette.muted).pixmap(BADGE_ICON))

    def _is_tight(self) -> bool:
        """Whether the badge's word would cut the setting's name."""
        label = self._label.fontMetrics().horizontalAdvance(self._label.text())
        reset = 0 if self._reset.isHidden() else self._reset.width() + LINE_SPACING
        others = self._badge.sizeHint().width() + self.editor.sizeHint().width() + reset
        return 0 < self.width() < label + others + 3 * LINE_SPACING

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_badge()

    def _badge_help(self, needs_restart: bool) -> str:
        if needs_restart:
            return self.tr("A change starts a new run; the present one stays in the list.")
        return self.tr("A change reaches the running experiment at once.")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Write every visible text."""
        label = QCoreApplication.translate("Settings", self.spec.label)
        unit = QCoreApplication.translate("Settings", self.spec.unit)
        self._label.setText(label)
        self._unit.setText("" if unit in label.lower() else unit)
        self.setToolTip(self._help())
        for widget in self._inputs():
            widget.setAccessibleName(f"{label}, {unit}" if unit else label)
            widget.setAccessibleDescription(self.toolTip())
        reset = self.tr("Back to {value}").format(value=_shown(self.spec.default))
        self._reset.setToolTip(reset)
        self._reset.setAccessibleName(f"{label}: {reset}")
        self._show_badge()

    def _help(self) -> str:
        help_text = QCoreApplication.translate("Settings", self.spec.help)
        if self.spec.minimum is None or self.spec.maximum is None:
            return help_text
        low, high = number_text(self.spec.minimum), number_text(self.spec.maximum)
        return f"{help_text}\n{self.tr('From {low} to {high}.').format(low=low, high=high)}"

    def _restyle(self) -> None:
        self._reset.setIcon(icon("undo", theme().palette.muted))


class Form(QWidget):
    """The settings of some groups of ExperimentSettings; advanced ones that do not concern the learner unfold.

    takers: what is done with a value that was asked for, by setting, where the session does not take it at once.
    """

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
        self._plain, self._advanced = _Column(self), _Column(self)
        self._reset_all = QPushButton(self, objectName=f"{self._groups[0]}_reset_all")
        self._arrange()
        session.settingsChanged.connect(self.show_values)
        self.retranslate()
        self.show_values()

    def _arrange(self) -> None:
        self._advanced.hide()
        self._reset_all.setProperty("kind", "link")
        self._reset_all.setFont(ui_font(12))
        self._reset_all.clicked.connect(self.reset_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(ROW_SPACING)
        for part in (self._plain, self._advanced, self._reset_all):
            column.addWidget(part)

    def show_values(self) -> None:
        """Show what the session holds; other rows where another component has come."""
        components = [self._session.settings.group(group) for group in self._groups]
        rows_depend_on = (*(type(component) for component in components), self._session.settings.learner.concerns)
        if rows_depend_on != self._built_for:
            self._built_for = rows_depend_on
            self._build([spec for component in components for spec in params_of(component)])
        for row in self.rows.values():
            row.show_value()
        self._show_reset_all()

    def _show_reset_all(self) -> None:
        self._reset_all.setVisible(self.shows_more and bool(self._changed_values()))

    def _build(self, specs: list[Param]) -> None:
        for row in self.rows.values():
            row.setParent(None)
            row.deleteLater()
        wanted = [spec for spec in specs if spec.name not in self._skip]
        concerns = self._session.settings.learner.concerns
        hidden = {spec.name for spec in wanted if spec.advanced and spec.name not in concerns}
        self.rows = {}
        for spec in wanted:
            column = self._advanced if spec.name in hidden else self._plain
            self.rows[spec.name] = SettingRow(self._session, spec, column, self._takers.get(spec.name))
            column.layout().addWidget(self.rows[spec.name])
        self._plain.setVisible(len(hidden) < len(wanted))

    def reset_all(self) -> None:
        """Every setting of the form back to its default, in one step that can be undone."""
        self._session.change(**self._changed_values())

    def _changed_values(self) -> dict[str, Any]:
        settings = self._session.settings
        defaults = {name: row.spec.default for name, row in self.rows.items()}
        return {name: default for name, default in defaults.items() if settings.value(name) != default}

    @property
    def shows_more(self) -> bool:
        """Whether the advanced settings are in sight."""
        return not self._advanced.isHidden()

    def toggle_more(self) -> None:
        """Unfold or fold the advanced settings."""
        self._advanced.setVisible(not self.shows_more)
        self._show_reset_all()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Write every visible text."""
        self._reset_all.setText(self.tr("Reset all"))
        self._reset_all.setToolTip(self.tr("Every setting of this card back to its default"))


class _Column(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(ROW_SPACING)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)


_LIVE_STATES = (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)


def _shown(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return number_text(value) if is_number else str(value)
