"""3 · Network: the base network under the learner, drawn from its real weights."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.networks import NETWORKS
from metalearn_gui.engine.params import Param, params_of
from metalearn_gui.ui.editors import ChoiceBox, IntBox
from metalearn_gui.ui.form import Form
from metalearn_gui.ui.network_drawing import UNITS_DRAWN, drawn_layers
from metalearn_gui.ui.network_view import NetworkView
from metalearn_gui.ui.retiring import retire
from metalearn_gui.ui.settings_panel import SettingsPanel
from metalearn_gui.ui.stepper import Stepper
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.unit_on_canvas import UnitOnCanvas
from metalearn_gui.ui.zoom import fit_new

ABOVE = ("num_hidden_layers", "hidden_dim", "num_blocks", "num_channels", "activation")
BELOW = ("input_dim", "output_dim")
REDRAW_MS, REDRAW_BESIDE_HAND_MS = 200, 1000  # to paint all weights takes as long as half a touch
FILTERS_NDIM = 4  # of weights that are filters of pictures


class NetworkPanel(SettingsPanel):
    """Sizes above and below a drawing of the network; what the family fixes is read-only and says why."""

    key = "network"

    insideRequested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._editors: dict[str, Any] = {}
        self._captions: dict[str, QLabel] = {}
        self._built_for: type | None = None
        self.view = NetworkView(self)
        self._on_canvas = UnitOnCanvas(session, self.view)
        self.view.pointed.connect(self._describe)
        self._above, below = QWidget(self), QWidget(self)
        self._controls, self._ends = QVBoxLayout(self._above), QHBoxLayout(below)
        for layout in (self._controls, self._ends):
            layout.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(5)
        self.body.addWidget(self._above)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(below)
        self.add_form(Form(session, ("network",), (*ABOVE, *BELOW), self), (self.view, below))
        self.form.moreChanged.connect(self._show_kind)
        self._inside = self.add_icon_action("eye", self.insideRequested.emit)
        self._inside.setObjectName("look_inside_button")
        self._redraw = QTimer(self, singleShot=True, interval=REDRAW_MS)
        self._redraw.timeout.connect(self._draw)
        session.settingsChanged.connect(self._show_values)
        session.shownChanged.connect(self._draw)
        session.advanced.connect(self._draw_soon)
        session.unseen.viewsChanged.connect(self._draw_soon)
        session.unseen.handMoved.connect(self._give_way)
        self._show_values()
        self._draw()

    # --- the numbers ----------------------------------------------------------------------------

    def _show_values(self) -> None:
        settings = self.session.settings
        if type(settings.network) is not self._built_for:
            self._built_for = type(settings.network)
            self._build()
        for name, editor in self._editors.items():
            editor.show_value(settings.value(name))
            editor.updateGeometry()  # a number with more digits takes more room
        self._show_what_is_fixed()

    def _show_kind(self) -> None:
        """With all settings alone: a family and a preset bring the kind that suits them."""
        if "network" in self._editors:
            self._editors["network"].setVisible(self.form.shows_more)

    def _build(self) -> None:
        retire(self._editors.values())
        for layout in (self._controls, self._ends):
            _clear(layout)
        self._editors, self._captions = {}, {}
        specs = {spec.name: spec for spec in params_of(self._built_for)}
        if len(NETWORKS) > 1:
            choices = tuple(NETWORKS)
            spec = Param("network", "choice", "Network", choices[0], choices=choices)
            self._controls.addWidget(self._made("network", ChoiceBox(spec, self)))
        line = QHBoxLayout()
        line.setSpacing(6)
        for name in [name for name in ABOVE if name in specs]:
            line.addWidget(self._control(specs[name]))
            line.addStretch(1)
        self._controls.addLayout(line)
        for name in [name for name in BELOW if name in specs]:
            if self._ends.count():
                self._ends.addStretch(1)
            self._ends.addWidget(self._end(specs[name]))
        self._name_editors()
        self._show_kind()

    def _control(self, spec: Param) -> QWidget:
        if spec.kind == "choice":
            return self._made(spec.name, ChoiceBox(spec, self))
        stepper = Stepper(spec, self)
        fit_new(stepper)
        self._made(spec.name, stepper.box)
        return stepper

    def _end(self, spec: Param) -> QWidget:
        holder = QWidget(self)
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(3)
        caption = self._captions[spec.name] = QLabel(holder)
        caption.setFont(ui_font(12))
        caption.setProperty("tone", "muted")
        line.addWidget(caption)
        line.addWidget(self._made(spec.name, IntBox(spec, holder)))
        return holder

    def _made(self, name: str, editor: Any) -> Any:
        self._editors[name] = editor
        editor.edited.connect(lambda value, name=name: self._commit(name, value))
        return editor

    @property
    def has_found(self) -> bool:
        return super().has_found or not self._above.isHidden()

    def seek(self, text: str) -> None:
        """As every card; the sizes above the drawing stay as long as one of them is sought."""
        super().seek(text)
        texts = {name: name + editor.accessibleName().lower() for name, editor in self._editors.items()}
        self._above.setVisible(any(text in one for name, one in texts.items() if name not in BELOW))
        if text and text in texts.get("network", ""):
            self._editors["network"].show()
        else:
            self._show_kind()

    def _commit(self, name: str, value: Any) -> None:
        if value != self.session.settings.value(name):
            self.session.change(**{name: value})
        self._show_values()

    def _show_what_is_fixed(self) -> None:
        reason = self.session.settings.tasks.fixed_dims
        text = self.tr("Fixed: {reason}.").format(reason=reason) if reason else ""
        for name in [name for name in BELOW if name in self._editors]:
            self._editors[name].setReadOnly(bool(reason))
            self._editors[name].setToolTip(text)
            self._editors[name].setAccessibleDescription(text)
            self._captions[name].setToolTip(text)

    # --- the drawing ------------------------------------------------------------------------------

    def _give_way(self, hand_moves: bool) -> None:
        self._redraw.setInterval(REDRAW_BESIDE_HAND_MS if hand_moves else REDRAW_MS)

    def _draw_soon(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()

    def _draw(self) -> None:
        run = self.session.shown
        settings = run.settings
        params = self.session.shown_state.learner.params
        activation = getattr(settings.network, "activation", "relu")
        layers = drawn_layers(params, activation, settings.tasks.input_range(), self.view.layers)
        self.view.show_layers(layers)
        maps = next((view.arrays for view in self.session.unseen.views if view.kind == "maps"), {})
        first = params.get("w0")
        self.view.show_maps(maps, first if first is not None and first.ndim == FILTERS_NDIM else None)
        self._describe()
        self._on_canvas.lay_over_again()

    def _describe(self) -> None:
        if self.view.columns:
            self._describe_maps()
        else:
            self._describe_units()
        self.view.setAccessibleName(self.tr("Base network; arrows lay a unit over the task"))
        if pointed := self.view.text_of(*self.view.unit_pointed):
            self.view.setAccessibleDescription(pointed)

    def _describe_maps(self) -> None:
        columns = self.view.columns
        blocks = [column for column in columns[1:] if not column.is_filters]
        names = [self.tr("input"), *(self.tr("block {n}").format(n=n) for n in range(1, len(blocks) + 1))]
        if len(blocks) < len(columns) - 1:
            names.insert(1, self.tr("filters"))
        self.view.set_texts(tuple(names), self.tr("{layer}, channel {unit} of {size}"))
        drawn, most = max(len(column.channels) for column in columns), max(column.size for column in columns)
        self.set_hint(
            self.tr("{n} of {all} channels").format(n=drawn, all=most),
            self.tr("{n}/{all}").format(n=drawn, all=most),
        )
        sides = ", ".join(f"{column.side} x {column.side}" for column in [columns[0], *blocks])
        self.view.setAccessibleDescription(self.tr("Maps of the first query, by block: {sides}").format(sides=sides))

    def _describe_units(self) -> None:
        layers = self.view.layers
        names = [self.tr("input"), *(self.tr("hidden {n}").format(n=n) for n in range(1, len(layers) - 1))]
        unit_text = self.tr("{layer}, unit {unit} of {size}") if layers else self._instead_of_a_picture()
        self.view.set_texts((*names, self.tr("output")), unit_text)
        largest = max((layer.size for layer in layers), default=0)
        hint = self.tr("{n} of {all} units").format(n=UNITS_DRAWN, all=largest)
        is_part = largest > UNITS_DRAWN
        short = self.tr("{n}/{all}").format(n=UNITS_DRAWN, all=largest)
        self.set_hint(hint if is_part else self.tr("all units"), short if is_part else "")
        sizes = "-".join(str(layer.size) for layer in layers)
        self.view.setAccessibleDescription(self.tr("Units by layer: {sizes}").format(sizes=sizes))

    def _instead_of_a_picture(self) -> str:
        params = self.session.shown_state.learner.params
        if any(weights.ndim == FILTERS_NDIM for weights in params.values()):  # its maps come with the first answer
            return self.tr("No picture of this network yet")
        if params:
            return self.tr("No base network: a whole support set is read at once")
        if not self.session.shown.settings.learner.gradient_evaluations:
            return self.tr("No network: nothing is learned from other tasks")
        return self.tr("No picture of this network yet")

    # --- texts --------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.retranslate_more()
        self._inside.setToolTip(self.tr("Look inside (F3)"))
        self._inside.setAccessibleName(self._inside.toolTip())
        self.set_title(self.tr("3 · Network"))
        self._name_editors()
        self._show_what_is_fixed()
        self._describe()

    def _name_editors(self) -> None:
        captions = {"input_dim": self.tr("input"), "output_dim": self.tr("output")}
        for name, editor in self._editors.items():
            spec = self.session.settings.param(name) if name != "network" else None
            label = QCoreApplication.translate("Settings", spec.label) if spec else self.tr("Kind of network")
            help_text = QCoreApplication.translate("Settings", spec.help) if spec else ""
            editor.setAccessibleName(label)
            editor.setToolTip(f"{label}. {help_text}".strip())
            if name in captions:
                self._captions[name].setText(captions[name])
            if isinstance(editor.parent(), Stepper):
                editor.parent().set_texts(label, self.tr("fewer"), self.tr("more"))


def _clear(layout: Any) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()  # it stays its parent's until then: one of them may be speaking just now
        elif item.layout() is not None:
            _clear(item.layout())
