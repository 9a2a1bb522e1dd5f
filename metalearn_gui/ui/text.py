"""Numbers as people read them: thin-space thousands, three figures, minutes and seconds, days."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal

from metalearn_gui.engine.params import in_full

MINUS = "\u2212"
SECONDS_OF_A_DAY = 86_400


def count_text(count: int) -> str:
    """A whole number with a thin space between thousands."""
    return in_full(count).replace("-", MINUS)


def counted(count: int, one: str, more: str) -> str:
    """A phrase about so many: `one` where it is 1, else `more`, in which {count} stands for it."""
    return one if count == 1 else more.format(count=count_text(count))


def number_text(number: float, written_out: float = 1e7) -> str:
    """Three significant figures; whole numbers from a thousand on are written out, extremes with an exponent.

    written_out: from here on a number is an extreme; less where there is little room.
    """
    if not math.isfinite(number):
        return "not a number" if math.isnan(number) else ("∞" if number > 0 else f"{MINUS}∞")
    size = abs(number)
    if 1000 <= size < written_out:
        return count_text(round(number))
    if size >= written_out or 0 < size < 1e-4:
        mantissa, exponent = f"{number:.2e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}".replace("-", MINUS)
    return f"{number:.3g}".replace("-", MINUS)


def exact_text(number: float) -> str:
    """Four decimals, for a value under the mouse."""
    return f"{number:.4f}".replace("-", MINUS) if math.isfinite(number) else number_text(number)


def rounded_to_fit(text: str, fits: Callable[[str], bool]) -> str:
    """A number as text with as few digits after its point as it takes; where none fits, the shortest.

    text: of number_text, with what may follow it ("e12", " %"); other words come back as they are.
    """
    parts = re.fullmatch(rf"({MINUS}?\d+\.\d+)(\D.*)?", text)
    if parts is None or fits(text):
        return text
    number, rest = Decimal(parts[1].replace(MINUS, "-")), parts[2] or ""
    digits = -int(number.as_tuple().exponent)
    shorter = [number.quantize(Decimal(1).scaleb(-count)) for count in reversed(range(digits))]
    texts = [f"{one}".replace("-", MINUS) + rest for one in shorter if one]
    if not texts or (abs(number) < 1 and not rest):
        texts.append(f"{number:.0e}".replace("e-0", "e-").replace("-", MINUS))
    return next((one for one in texts if fits(one)), min(texts, key=len))


def duration_text(seconds: float) -> str:
    """Minutes and seconds, "0:10"; with hours from an hour on, "1:02:03"; "2 d 5 h" from a day on."""
    total = max(0, round(seconds))
    if total >= SECONDS_OF_A_DAY:
        return f"{total // SECONDS_OF_A_DAY} d {total % SECONDS_OF_A_DAY // 3600} h"
    hours, minutes, rest = total // 3600, total // 60 % 60, total % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def bytes_text(size: float) -> str:
    """A size of memory or of a file: "612 MB"."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
