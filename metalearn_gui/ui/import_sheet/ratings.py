"""The import sheet of ratings: whose they are, of what, and who and what is new."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.episodes import SPLITS
from metalearn_gui.engine.ratings.movielens import layout_at
from metalearn_gui.engine.tables.in_memory import TABLES
from metalearn_gui.engine.tasks.ratings import Ratings
from metalearn_gui.ui.import_sheet.family import FamilySheet
from metalearn_gui.ui.named import named
from metalearn_gui.ui.text import count_text, number_text
from metalearn_gui.ui.theme import ui_font

COLUMNS = ("user_column", "item_column", "rating_column")  # of a table of one's own
PLACES = {
    "user_column": 0, "min_ratings": 0, "held_out": 0, "item_column": 1, "new_items": 1, "items_by": 1,
    "rating_column": 2, "quadrant": 2,
}  # fmt: skip
SHOWN_RATINGS = 100


class RatingsSheet(FamilySheet[Ratings]):
    """MovieLens as published, or a table of users, items and ratings."""

    family = Ratings
    chosen = ("data", *PLACES)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, PLACES, parent, COLUMNS)
        self._sample = named(QTableWidget(self.paper), "import_ratings")
        self._sample.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._sample.setFont(ui_font(12))
        self._sample.setShowGrid(False)
        self._sample.setTabKeyNavigation(False)
        self._sample.verticalHeader().hide()
        self._sample.horizontalHeader().setStretchLastSection(True)
        self._sample.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.lay_out(self._sample)

    def forget(self) -> None:
        self._sample.setRowCount(0)

    def show_choice(self) -> None:
        self._offer_columns()
        super().show_choice()

    def _offer_columns(self) -> None:
        """Roles are for tables: a published set has its own."""
        path = self.wanted.data
        table = TABLES.find(path) if path and not layout_at(path) else None
        names = ("", *table.names) if table else ()
        for name in COLUMNS:
            self.steps.offer(name, names)

    def show_found(self, found: Ratings) -> None:
        """The first ratings."""
        table = found.table
        count = min(SHOWN_RATINGS, table.num_ratings)
        self._sample.setRowCount(count)
        for row in range(count):
            item = int(table.items[row])
            features = table.item_features[item].nonzero()[0]
            words = ", ".join(table.item_feature_names[place] for place in features)
            cells = (str(table.users[row] + 1), number_text(float(table.values[row])), table.titles[item], words)
            for column, text in enumerate(cells):
                self._sample.setItem(row, column, QTableWidgetItem(text))
        self._sample.resizeColumnsToContents()

    def texts(self, found: Ratings) -> tuple[list[str], list[str], str]:
        table, quadrants = found.table, found.quadrants
        lowest, highest = map(number_text, table.scale)
        names = [
            self.tr("a user"), self.tr("an item, with what is known of it"),
            self.tr("a rating, {low} to {high}").format(low=lowest, high=highest),
        ]  # fmt: skip
        users = {split: count_text(int((quadrants.members == place).sum())) for place, split in enumerate(SPLITS)}
        num_known = int(quadrants.is_known.sum())
        results = [
            self.tr("{train} train · {validation} validation · {test} new users").format(**users),
            self.tr("{known} known · {new} new items").format(
                known=count_text(num_known), new=count_text(table.num_items - num_known)
            ),
            self.tr("Features: {count}").format(count=count_text(len(found.feature_names))),
        ]
        said = self.tr("{ratings} ratings by {users} users of {items} items").format(
            ratings=count_text(table.num_ratings), users=count_text(table.num_users), items=count_text(table.num_items)
        )
        return names, results, said

    def retranslate(self) -> None:
        self._sample.setAccessibleName(self.tr("The first ratings"))
        self._sample.setToolTip(self._sample.accessibleName())
        self._sample.setColumnCount(4)
        headers = [self.tr("user"), self.tr("rating"), self.tr("item"), self.tr("features")]
        self._sample.setHorizontalHeaderLabels(headers)
        super().retranslate()
