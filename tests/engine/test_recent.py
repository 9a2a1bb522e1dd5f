"""What is kept of many programs, and that what is not kept is freed."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.compiled import MOST_SHAPES, Compiled
from metalearn_gui.engine.networks.ops import bmm
from metalearn_gui.engine.recent import Recent


class Thing:
    """Something that can be referred to weakly."""


def test_the_one_that_was_asked_for_longest_ago_is_dropped() -> None:
    recent, made = Recent(limit=2), [Thing() for _ in range(4)]
    for name, thing in zip("abac", (*made[:2], made[3], made[2]), strict=True):
        recent.get(name, lambda thing=thing: thing)
    assert recent.get("a", Thing) is made[0]
    assert recent.get("c", Thing) is made[2]
    assert recent.get("b", lambda: made[3]) is made[3]


def test_what_is_dropped_lives_while_somebody_holds_it() -> None:
    recent = Recent(limit=1)
    held = recent.get("held", Thing)
    left = weakref.ref(recent.get("left", Thing))
    recent.get("other", Thing)
    assert left() is None
    assert recent.get("held", Thing) is not held


def test_what_was_asked_for_while_it_was_holding_stays() -> None:
    recent = Recent(limit=1)
    with recent.holding():
        held = [recent.get(number, Thing) for number in range(100)]
    others = [weakref.ref(recent.get(name, Thing)) for name in "abc"]
    assert [recent.get(number, Thing) for number in range(100)] == held
    assert [other() is None for other in others] == [True, True, False]


def test_clearing_lets_go_of_all() -> None:
    recent = Recent(limit=1)
    with recent.holding():
        recent.get("held", Thing)
    recent.clear()
    recent.limit = 3
    things = [weakref.ref(recent.get(number, Thing)) for number in range(3)]
    assert len(recent) == 3
    recent.clear()
    assert len(recent) == 0
    assert not any(thing() for thing in things)


@pytest.mark.parametrize("xla", [False, True])
def test_a_dropped_program_frees_its_graphs(xla: bool) -> None:
    graphs: list[weakref.ref[Tensor]] = []

    def descend(w: Tensor, points: dict[str, Tensor | None]) -> dict[str, Tensor]:
        graphs.append(weakref.ref(tf.compat.v1.get_default_graph()))

        def body(step: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
            graphs.append(weakref.ref(tf.compat.v1.get_default_graph()))
            with tf.GradientTape() as tape:
                tape.watch(w)
                loss = tf.reduce_sum(bmm(points["x"], w) ** 2)
            return step + 1, w - 0.1 * tape.gradient(loss, w)

        return {"w": tf.while_loop(lambda step, _: step < 2, body, (tf.constant(0), w))[1]}

    program = Compiled(descend, xla)
    ones = np.ones((1, 1, 1), np.float32)
    np.testing.assert_allclose(program(ones, {"x": ones, "mask": None})["w"], 0.64 * ones, rtol=1e-6)
    assert graphs
    if xla:  # what it was made from is large, and not needed any more
        gc.collect()
        assert [graph() for graph in graphs] == [None] * len(graphs)
    del program
    gc.collect()
    assert [graph() for graph in graphs] == [None] * len(graphs)


def test_other_shapes_are_traced_once_each() -> None:
    traced: list[object] = []

    def double(x: Tensor) -> Tensor:
        traced.append(x.shape)
        return 2 * x

    program = Compiled(double, xla=False)
    for size in (1, 2, 1, 2):
        np.testing.assert_array_equal(program(np.ones(size, np.float32)), np.full(size, 2.0))
    assert len(traced) == 2


def test_of_many_shapes_the_last_ones_are_kept() -> None:
    program = Compiled(lambda x: 2 * x, xla=False)
    for size in range(1, 3 * MOST_SHAPES):
        np.testing.assert_array_equal(program(np.ones(size, np.float32)), np.full(size, 2.0))
    assert len(program._traces) == MOST_SHAPES
