"""The clients of a federation: who was drawn and heard, what travelled, and what personalising does for each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtWidgets import QLabel, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.client_field import Client, ClientField, clients_of, loss_text
from metalearn_gui.ui.colors import for_words
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.text import bytes_text, counted, number_text
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.view_panel import ViewPanel


class ClientsPanel(ViewPanel):
    """Follows view "clients"."""

    key = "clients"
    room = 225

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.totals, self.personal = ElidedLabel("", self), QLabel(self)
        self.totals.setObjectName("clients_totals")
        self.personal.setObjectName("clients_personal")
        self.field = ClientField(self)
        self.field.setObjectName("clients_field")
        for label in (self.totals, self.personal):
            label.setFont(ui_font(12))
        self.personal.setMinimumWidth(1)  # a long line is cut, it does not widen the column
        self.body.addWidget(self.totals)
        self.body.addWidget(self.field, 1)
        self.body.addWidget(self.personal)
        self.refresh()

    def retranslate(self) -> None:
        self.set_title(self.tr("Clients"))
        self.set_hint(self.tr("lit: drawn in the newest round"))
        self.field.setAccessibleName(self.tr("Clients of the federation"))
        self.refresh()

    def show_arrays(self, arrays: Mapping[str, Array]) -> None:
        clients = clients_of(*(arrays[name] for name in ("points", "drawn", "weight", "before", "after")))
        self.field.set_clients(clients, tuple(self._text(place, client) for place, client in enumerate(clients)))
        self.field.setAccessibleDescription(self._round_text(clients))
        rounds, down, up = (float(arrays[name]) for name in ("rounds", "bytes_down", "bytes_up"))
        totals = self.tr("{rounds} · {down} down · {up} up")
        said = counted(round(rounds), self.tr("1 round"), self.tr("{count} rounds"))
        self.totals.setText(totals.format(rounds=said, down=bytes_text(down), up=bytes_text(up)))
        self.personal.setText(self._personal_text(clients))

    def _personal_text(self, clients: tuple[Client, ...]) -> str:
        """The medians: a few clients with giant losses would drown everybody in a mean."""
        palette = theme().palette
        values = np.median([(client.before, client.after) for client in clients], axis=0)
        parts = (
            (palette.muted, self.tr("median loss")),
            (for_words(palette.before), self.tr("○ {loss} before personalising").format(loss=number_text(values[0]))),
            (palette.accent_text, self.tr("● {loss} after").format(loss=number_text(values[1]))),
        )
        return "&nbsp; ".join(f'<span style="color:{color.name()}">{text}</span>' for color, text in parts)

    def _round_text(self, clients: tuple[Client, ...]) -> str:
        drawn = sum(client.drawn for client in clients)
        lost = drawn - sum(client.heard for client in clients)
        answers = counted(lost, self.tr("1 answer lost"), self.tr("{count} answers lost"))
        text = self.tr("{drawn} of {count} clients drawn, {answers}")
        return text.format(drawn=drawn, count=len(clients), answers=answers)

    def _text(self, place: int, client: Client) -> str:
        points = counted(round(client.points), self.tr("1 point"), self.tr("{count} points"))
        text = self.tr("client {number}, {points}: loss {losses}")
        said = text.format(number=place + 1, points=points, losses=loss_text(client))
        if not client.drawn:
            return said
        return f"{said}\n{self.tr('drawn, answer heard') if client.heard else self.tr('drawn, answer lost')}"
