"""Rows that walk to their new places when their order changes, so that an eye can follow which went where."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Signal

WALK_MS = 320


class MovingRows(QObject):
    """Where each row is, by key: its rank, or on the way there."""

    moved = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._from: dict[int, float] = {}
        self._to: dict[int, float] = {}
        self._walk = QVariantAnimation(self, duration=WALK_MS, startValue=0.0, endValue=1.0)
        self._walk.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._walk.valueChanged.connect(self.moved)

    @property
    def is_walking(self) -> bool:
        return self._walk.state() == QVariantAnimation.State.Running

    @property
    def order(self) -> list[int]:
        """The newest order, best first."""
        return list(self._to)

    def place(self, key: int) -> float:
        """Where a row is now, from 0."""
        if not self.is_walking:
            return self._to[key]
        share = float(self._walk.currentValue())
        return self._from[key] + share * (self._to[key] - self._from[key])

    def take(self, order: Sequence[int], at_once: bool) -> None:
        """Another order: rows that were there already walk, others are there."""
        if list(order) == self.order:
            return
        here = {key: self.place(key) for key in self._to}
        self._walk.stop()
        self._to = {key: float(rank) for rank, key in enumerate(order)}
        self._from = {key: here.get(key, rank) for key, rank in self._to.items()}
        if not at_once and here:
            self._walk.start()
