"""The canvas of tables: slices through what the learner predicts, and the support set beside them to edit."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.bridge.touches import UnitAnswers
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tables.slices import Slices, central_row
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.ui.canvas.answered import Answered
from metalearn_gui.ui.canvas.axes import Range, grown, settled, widened
from metalearn_gui.ui.canvas.handles import HandleSurface
from metalearn_gui.ui.canvas.markers import draw_halo
from metalearn_gui.ui.canvas.table.choice import SliceChoice
from metalearn_gui.ui.canvas.table.drawing import draw_unit
from metalearn_gui.ui.canvas.table.edits import with_row_after
from metalearn_gui.ui.canvas.table.held import held_text
from metalearn_gui.ui.canvas.table.one_row import fields_of, point_of, row_text
from metalearn_gui.ui.canvas.table.painting import Scene, paint_legend, paint_scene
from metalearn_gui.ui.canvas.table.panes import Pane, draw_ground, panes_for, points_in, put_at, texts_at
from metalearn_gui.ui.canvas.table.points import SUPPORT_RAIL, target_numbers
from metalearn_gui.ui.canvas.table.predictions import Predictions, predictions_of
from metalearn_gui.ui.canvas.table.rows import RowsEditor
from metalearn_gui.ui.canvas.table.small import draw_small
from metalearn_gui.ui.theme import scaled, theme
from metalearn_gui.ui.translated import QT_TRANSLATE_NOOP

BAR, LEGEND, GAP = 26, 18, 14  # pixels of the design, as below
TABLE_SHARE, TABLE_WIDTHS, NARROWEST_WITH_TABLE = 0.42, (220, 430), 430
TALLEST = 1.0  # of the target's range, on either side: a curve that runs away is cut there
OF_CLASSES = (-0.16, 1.16)  # upward on a line of probabilities, with a rail for rows on either side


class TableCanvas(HandleSurface):
    """A handle is a support row in one of the panes; the chosen row says where slices pass through the others."""

    object_name = "table_canvas"
    invitation = QT_TRANSLATE_NOOP("Canvas", "change its rows")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._fields = fields_of(self.family)
        looked_at = self.touched.looked_at
        if not (isinstance(looked_at, Slices) and looked_at.fields == self._fields):
            looked_at = self._through_the_middle(Slices(self._fields))
        self._looks = looked_at
        self._target = 0
        self._choice, self._editor = SliceChoice(self._fields, self), RowsEditor(session, self._fields, self)
        self._choice.chosen.connect(self._choose_slices)
        self._editor.table.rowChosen.connect(self._choose_row)
        self._y_range = self._wanted_range()
        self.retranslate()
        self._show_choice()
        self._fill_table()

    def suits(self, family: TaskFamily) -> bool:
        return fields_of(family) == self._fields

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Unseen task: slices through a table; drag the support rows"))
        self._choice.retranslate()
        self._editor.retranslate()

    def hint(self) -> str:
        return self.tr("drag a row, or type in the table")

    # --- what is looked at -----------------------------------------------------------------------

    def _show_choice(self) -> None:
        self._choice.show_choice(self._looks.first, self._looks.second, self._target)

    def _choose_slices(self, first: int, second: int, target: int) -> None:
        second = second if second != first else -1
        self._target, self.chosen, self.grabbed = target, None, None
        self._looks = dataclasses.replace(self._looks, first=first, second=second)
        self._show_choice()
        self._y_range = self._wanted_range()
        self._look()
        self.follow()

    def _choose_row(self, row: int) -> None:
        """Slices pass through this row from now on."""
        if row != self._looks.row:
            self._looks = dataclasses.replace(self._looks, row=row)
            self._keep_to_row()
            self._look()
            self.update()

    def _keep_to_row(self) -> None:
        """The keyboard acts on the row that slices pass through, which is ringed and told of, whoever chose it."""
        row, count = self._looks.row, self._num_support
        self._choice.show_held(held_text(self._looks, self.touched), len(self.panes()), len(self._looks.cuts))
        if self.chosen is not None and self.chosen % max(count, 1) != row:
            self.chosen = row if row < count else None

    def _through_the_middle(self, looks: Slices) -> Slices:
        """The same slices, through a row that is like the others."""
        return dataclasses.replace(looks, row=central_row(self._fields, self.touched.support.x))

    def _look(self) -> None:
        """Have predictions where this canvas looks."""
        if self.isVisible() and self.touched.looked_at != self._looks:
            self.session.unseen.look_at(self._looks)

    # --- the session's signals ----------------------------------------------------------------------

    def task_changed(self) -> None:
        super().task_changed()
        self._looks = self._through_the_middle(self._looks)
        self._y_range = self._wanted_range()

    def settle(self) -> None:
        count = len(self.touched.support.x) + len(self.touched.query.x)
        if self._looks.row >= count:
            self._looks = dataclasses.replace(self._looks, row=max(count - 1, 0))
        self._look()
        super().settle()
        self._fill_table()

    def _fill_table(self) -> None:
        predicted = self.predictions(self.shown_step)
        self._editor.model.take_task()
        self._editor.model.show_predicted(predicted.texts(self._fields, self._target) if predicted else [])
        self._editor.table.make_room(len(self._fields.targets))
        self._editor.table.follow_row(self._looks.row)
        self._keep_to_row()

    def drop_layers(self) -> None:
        super().drop_layers()
        self._editor.restyle()
        self._place_parts()

    def predictions(self, step: int) -> Predictions | None:
        """Of the learner, at an adaptation step."""
        return predictions_of(self.touched, self._looks, self.adaptation, step)

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing is asked for before somebody can see it."""
        super().showEvent(event)
        self._look()

    # --- geometry -----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_parts()

    def _table_width(self) -> int:
        wanted, (least, most) = int(TABLE_SHARE * self.width()), map(scaled, TABLE_WIDTHS)
        return min(max(wanted, least), most) if self.width() >= scaled(NARROWEST_WITH_TABLE) else 0

    def _place_parts(self) -> None:
        width = self._table_width()
        self._editor.setVisible(width > 0)
        self._editor.setGeometry(self.width() - width, 0, width, self.height())
        self._choice.setGeometry(0, 0, int(self.frame().width()), scaled(BAR))
        self._keep_to_row()

    def frame(self) -> QRectF:
        width = self._table_width()
        return QRectF(self.rect()).adjusted(0, scaled(BAR + LEGEND), -(width + scaled(GAP)) if width else -1, 0)

    def panes(self) -> list[Pane]:
        """The slices that there is room for."""
        return panes_for(self._looks.cuts, self.frame(), self._y_range)

    @property
    def _span(self) -> Range:
        return OF_CLASSES if self._fields.are_classes else widened(self._fields.targets[self._target].span, 0.05)

    def refit(self) -> None:
        self._y_range = settled(self._y_range, self._wanted_range(), self._span)

    def _wanted_range(self) -> Range:
        """The points, and the curves as far as they stay near the target's range."""
        low, high = self._span
        if self._fields.are_classes:
            return low, high
        curves = [self.touched.support.y[:, self._target], self.touched.query.y[:, self._target]]
        found = [self.predictions(step) for step in (0, self.shown_step)]
        reach = TALLEST * (high - low)
        for one in filter(None, found):
            shown = [values[..., self._target].ravel() for values in one.slices]
            curves.append(np.clip(np.concatenate(shown), low - reach, high + reach))
        values = np.concatenate([*curves, [low, high]])
        values = values[np.isfinite(values)]
        return grown((low, high), (float(values.min()), float(values.max())))

    # --- handles ------------------------------------------------------------------------------------

    @property
    def _num_support(self) -> int:
        return len(self.touched.support.x)

    def handle_pixels(self) -> Array:
        """Every support row in every pane, pane by pane."""
        support = self.touched.support
        numbers = target_numbers(support, self._target, SUPPORT_RAIL)
        return np.concatenate([points_in(pane, support.x, numbers) for pane in self.panes()])

    def _pane_at(self, position: QPointF) -> tuple[int, Pane] | None:
        """Its place among all, and the pane."""
        return next(((place, pane) for place, pane in enumerate(self.panes()) if pane.frame.contains(position)), None)

    def move_handle(self, index: int, position: QPointF) -> None:
        place, row = divmod(index, max(self._num_support, 1))
        pane = self.panes()[place]
        self.session.unseen.move_point(row, *self._moved(pane, position, row))

    def _moved(self, pane: Pane, position: QPointF, row: int) -> tuple[Array, Array]:
        """x (dim,) and y of a row that is taken to this place."""
        target = None if self._fields.are_classes else self._target
        return put_at(pane, position, point_of(self.touched, row), target)

    def add_at(self, position: QPointF) -> int | None:
        """A row like the chosen one, but here."""
        found, count = self._pane_at(position), self._num_support
        if found is None or not count + len(self.touched.query.x):
            return None
        place, pane = found
        self.session.unseen.add_point(*self._moved(pane, position, self._looks.row))
        return place * (count + 1) + count if self._num_support > count else None

    def remove_handle(self, index: int) -> None:
        self.session.unseen.remove_point(index % max(self._num_support, 1))

    def insert(self) -> int | None:
        """A row like the chosen one, after it."""
        x, y, place = with_row_after(self.touched, self._looks.row)
        self.session.unseen.set_support(x, y)
        return place if place < self._num_support else None

    def choose(self, index: int | None) -> None:
        super().choose(index)
        if index is not None:
            self._editor.table.show_row(index % max(self._num_support, 1))

    def describe_handle(self, index: int) -> str:
        row = index % max(self._num_support, 1)
        place = self.tr("Support row {index} of {count}").format(index=row + 1, count=self._num_support)
        return f"{place}: {', '.join(row_text(self._fields, self.touched, row))}"

    def hover_lines(self, position: QPointF) -> list[str]:
        index = self.handle_at(position)
        if index is not None:
            return row_text(self._fields, self.touched, index % self._num_support)
        under = self._pane_at(position)
        if under is None:
            return []
        place, pane = under
        lines, at = texts_at(pane, position), pane.axes.numbers(position)
        for name, step in ((self.tr("after"), self.shown_step), (self.tr("before"), 0)):
            found = self.predictions(step)
            if found is not None:
                lines.append(f"{name}: {found.text_at(place, pane.cut, at, self._fields, self._target)}")
        return lines

    # --- painting -----------------------------------------------------------------------------------

    def static_key(self) -> Hashable:
        return self._looks.cuts, self._y_range, self._table_width()

    def paint_static(self, painter: QPainter) -> None:
        for pane in self.panes():
            draw_ground(painter, pane)

    def paint_live(self, painter: QPainter) -> None:
        scene = self._scene()
        paint_legend(painter, QRectF(2, scaled(BAR), self.frame().width() - 4, scaled(LEGEND)), scene)
        paint_scene(painter, scene)
        if self.grabbed is not None:
            pixels = self.handle_pixels()
            draw_halo(painter, QPointF(*pixels[self.grabbed].tolist()), theme().palette.learner, 14)

    def paint_unit(self, painter: QPainter, answers: UnitAnswers) -> None:
        if self.touched.looked_at == self._looks:
            draw_unit(painter, self.panes(), self._looks, answers.values)

    def _scene(self) -> Scene:
        looks, step = self._looks, self.shown_step
        beside = [(one, predictions_of(self.touched, looks, one.adaptation, step)) for one in self.others()]
        return Scene(
            self._fields, self.touched, self.panes(), self._target, looks.row, self._span, step,
            self.predictions(0), self.predictions(step), [(one, found) for one, found in beside if found is not None],
        )  # fmt: skip

    @classmethod
    def paint_small(cls, painter: QPainter, frame: QRectF, drawn: Answered) -> None:
        draw_small(painter, frame, fields_of(drawn.family), drawn.touched, drawn.predictions)
