"""What the canvas of pictures says of one of them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from metalearn_gui.engine.backend import Array


def described_picture(label: int, is_example: bool, is_named: bool, probabilities: Array | None) -> str:
    """One line. label: its class, from 1; is_named: whether the class is known; probabilities: None for no answer."""
    if is_example:
        return QCoreApplication.translate("Pictures", "example of class {label}").format(label=label)
    name = QCoreApplication.translate("Pictures", "query of class {label}").format(label=label)
    if not is_named:
        name = QCoreApplication.translate("Pictures", "query of your own; press a number to say its class")
    if probabilities is None:
        return name
    taken = int(np.argmax(probabilities))
    text = QCoreApplication.translate("Pictures", "{name}, taken for class {taken} with {share}")
    return text.format(name=name, taken=taken + 1, share=f"{probabilities[taken]:.0%}")


def large_picture(label: int, is_example: bool, is_named: bool) -> str:
    """What stands over the chosen one. Arguments: as of `described_picture`."""
    example = QCoreApplication.translate("Pictures", "example {label}")
    name = example if is_example else QCoreApplication.translate("Pictures", "query {label}")
    name = name if is_named else QCoreApplication.translate("Pictures", "your picture")
    return name.format(label=label)


def hits_text(hits: list[bool], num_own: int) -> str:
    """How many queries are right, and how many more a hand drew."""
    text = QCoreApplication.translate("Pictures", "{right} of {count} queries right")
    text = text.format(right=sum(hits), count=len(hits))
    own = QCoreApplication.translate("Pictures", ", {count} of your own").format(count=num_own)
    return text + own if num_own else text


def placed_picture(row: int, count: int, described: str) -> str:
    """Of the many that are called alike, which; "" for none."""
    place = QCoreApplication.translate("Pictures", "picture {number} of {count}").format(number=row + 1, count=count)
    return f"{place}: {described}" if described else ""
