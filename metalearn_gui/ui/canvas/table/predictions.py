"""What a learner predicts for the rows of a table's task, and on the slices through them."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.bridge.session import Adaptation, TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tables.fields import Fields
from metalearn_gui.engine.tables.slices import Slice, Slices
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.wording import percent_text


@dataclasses.dataclass(frozen=True)
class Predictions:
    """rows: of all support and then all query rows (m, k); slices: each (up, across, k). half: of a band, likewise."""

    rows: Array
    slices: list[Array]
    half: list[Array] | None

    def texts(self, fields: Fields, target: int) -> list[str]:
        """The prediction of every row in words."""
        if not fields.are_classes:
            field = fields.targets[target]
            as_text = field.text if field.kind == "date" else number_text
            return [as_text(float(value)) for value in self.rows[:, target]]
        labels = fields.targets[0].labels
        return [
            f"{labels[int(row.argmax())]} {percent_text(float(row.max()), 0)}"
            if np.isfinite(row).all()
            else number_text(np.nan)
            for row in self.rows
        ]

    def text_at(self, place: int, cut: Slice, at: tuple[float, float], fields: Fields, target: int) -> str:
        """The prediction of a slice at a number across, and upward where it is a plane."""
        across, up = cut.values
        column = int(np.argmin(np.abs(across - at[0])))
        row = int(np.argmin(np.abs(up - at[1]))) if cut.up is not None else 0
        one = Predictions(self.slices[place][row, column][None], [], None)
        return one.texts(fields, target)[0]


def predictions_of(touched: TouchedTask, looks: Slices, adaptation: Adaptation | None, step: int) -> Predictions | None:
    """At one adaptation step; None before the session has some for these slices."""
    if adaptation is None or touched.looked_at != looks:
        return None
    place = adaptation.nearest(step)
    num_rows = len(touched.support.x) + len(touched.query.x)
    rows, slices = adaptation.on_grid[place, :num_rows], looks.parted(adaptation.on_grid[place, num_rows:])
    deviation = adaptation.deviation
    half = None if deviation is None else looks.parted(2.0 * deviation[place, num_rows:])
    return Predictions(rows, slices, half)
