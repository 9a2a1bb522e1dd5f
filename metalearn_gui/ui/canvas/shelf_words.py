"""What the shelf says of a card and of a foretold item: to a hand that hovers, and to a screen reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication

from metalearn_gui.ui.text import number_text

if TYPE_CHECKING:
    from metalearn_gui.ui.canvas.shelf import ShelfCanvas


def described_card(canvas: ShelfCanvas, card: int) -> str:
    """One line."""
    shelf = canvas.shelf
    title = shelf.title(canvas.cards()[card])
    if card >= len(shelf.rated):
        text = QCoreApplication.translate("Shelf", "{number}: {title}, not rated")
        return text.format(number=card + 1, title=title)
    text = QCoreApplication.translate("Shelf", "{number}: {title}, rated {value}")
    return text.format(number=card + 1, title=title, value=number_text(float(shelf.values[card])))


def card_lines(canvas: ShelfCanvas, card: int) -> list[str]:
    """An item's name and kinds, its rating, or what one would tell."""
    shelf, item = canvas.shelf, canvas.cards()[card]
    lines = [shelf.title(item), shelf.kinds(item, most=4)]
    if card < len(shelf.rated):
        text = QCoreApplication.translate("Shelf", "rated {value}")
        lines.append(text.format(value=number_text(float(shelf.values[card]))))
    elif item in shelf.moves:
        text = QCoreApplication.translate("Shelf", "an answer moves predictions by {moves} on average")
        lines.append(text.format(moves=number_text(shelf.moves[item])))
    return [line for line in lines if line]


def row_lines(canvas: ShelfCanvas, item: int) -> list[str]:
    """An item's name, and what is foretold of it."""
    shelf = canvas.shelf
    before, now = (canvas.predictions(step).get(item, np.nan) for step in (0, canvas.shown_step))
    foretold = QCoreApplication.translate("Shelf", "before {before}, step {step}: {now}")
    answer = QCoreApplication.translate("Shelf", "they say {answer}")
    year = shelf.year(item)
    return [
        f"{shelf.title(item)} ({year})" if year else shelf.title(item),
        foretold.format(before=number_text(before), step=canvas.shown_step, now=number_text(now)),
        answer.format(answer=number_text(shelf.answers[item])),
    ]
