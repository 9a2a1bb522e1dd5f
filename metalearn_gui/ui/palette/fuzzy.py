"""A few letters against a name: whether they are in it in order, how well, and which ones they are.

The alignment of fzy (https://github.com/jhawthorn/fzy, ALGORITHM.md): letters in a row and at the beginning of
words count most. Libraries of edit distances, rapidfuzz among them, say how alike two texts are, but not which
letters to print bold.
"""

from __future__ import annotations

import dataclasses
import math

IN_A_ROW, AT_A_WORD, LEADING, BETWEEN = 1.0, 0.8, -0.005, -0.01
LONGEST = 120  # letters of a name that are looked at


@dataclasses.dataclass(frozen=True)
class Match:
    """score: higher is better. places: indices into the text of the letters that were asked for."""

    score: float
    places: tuple[int, ...]


def match(query: str, text: str) -> Match | None:
    """Every word of the query in the text, or None. Upper and lower case are alike."""
    letters = text.lower()[:LONGEST]
    found = [_aligned(word, letters) for word in query.lower().split()]
    if None in found:
        return None
    matches = [one for one in found if one is not None]
    return Match(sum(one.score for one in matches), tuple(sorted({place for one in matches for place in one.places})))


def _aligned(word: str, text: str) -> Match | None:
    """The best places for the letters of one word."""
    if not _is_within(word, text):
        return None
    places = range(len(text))
    worth = [AT_A_WORD if not place or not text[place - 1].isalnum() else 0.0 for place in places]
    before = [(LEADING * place, -1) for place in places]  # the best score before each place, and where it ends
    scores = [-math.inf] * len(text)
    steps: list[list[int]] = []  # for each letter and place, where the letter before it is
    for letter in word:
        joined = [score + IN_A_ROW for score in [-math.inf, *scores[:-1]]]
        apart = [score + worth[place] for place, (score, _) in enumerate(before)]
        steps.append([place - 1 if joined[place] >= apart[place] else before[place][1] for place in places])
        best = map(max, joined, apart)
        scores = [score if other == letter else -math.inf for other, score in zip(text, best, strict=True)]
        before = _best_before(scores)
    last = max(places, key=scores.__getitem__)
    return Match(scores[last], _traced(steps, last))


def _is_within(word: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in word)


def _best_before(scores: list[float]) -> list[tuple[float, int]]:
    """At each place, the best score that ends before it, less what the letters between cost, and where it ends."""
    best, at, result = -math.inf, -1, []
    for place, score in enumerate(scores):
        result.append((best, at))
        best += BETWEEN
        if score > best:
            best, at = score, place
    return result


def _traced(steps: list[list[int]], last: int) -> tuple[int, ...]:
    places = [last]
    for step in reversed(steps[1:]):
        places.append(step[places[-1]])
    return tuple(reversed(places))
