"""Functions of arrays, traced and compiled once for each of the last sets of shapes, and freed when nobody holds them.

TensorFlow's eager runtime keeps all that XLA ever compiled: its cache has no eviction (device_compilation_cache.h).
A session owns its cache and takes it along, so every XLA program has a session of its own. Plain graphs are freed
with their function.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array, Tensor, tf

_Key = tuple[tuple[tuple[int, ...], Any] | None, ...]  # shape and dtype of every array
_one_at_a_time = threading.Lock()

MOST_SHAPES = 6  # of one program: a slider of shots would leave fifty behind, each with its threads


class Compiled:
    """A function of tensors as one of arrays; both may be nested, and an argument's None stays None."""

    def __init__(self, function: Callable[..., Any], xla: bool) -> None:
        self._function, self._xla = function, xla
        self._traces: dict[_Key, Callable[[list[Any]], Any]] = {}
        self._lock = threading.Lock()  # two threads may want the same: it is traced, and so compiled, once

    def __call__(self, *args: Any) -> Any:
        taken = np.asarray if self._xla else tf.convert_to_tensor  # a view where it is one already
        leaves = [leaf if leaf is None else taken(leaf) for leaf in tf.nest.flatten(args)]
        key = tuple(leaf if leaf is None else (tuple(leaf.shape), leaf.dtype) for leaf in leaves)
        return (self._traces.get(key) or self._added(key, args, leaves))(leaves)

    def _added(self, key: _Key, args: Any, leaves: list[Any]) -> Callable[[list[Any]], Any]:
        """One more set of shapes; of too many, the one that came first is left."""
        with self._lock:
            if key not in self._traces:
                self._traces[key] = self._traced(tf.nest.map_structure(lambda leaf: None, args), leaves)
            trace = self._traces[key]
            while len(self._traces) > MOST_SHAPES:
                del self._traces[next(iter(self._traces))]
            return trace

    def _traced(self, structure: Any, leaves: list[Any]) -> Callable[[list[Any]], Any]:
        specs = [leaf if leaf is None else tf.TensorSpec(leaf.shape, leaf.dtype) for leaf in leaves]
        with tracing():
            function = tf.function(self._function, autograph=False, jit_compile=self._xla)
            concrete = function.get_concrete_function(*tf.nest.pack_sequence_as(structure, specs))
        if self._xla:
            return _in_session(concrete, structure, leaves)
        return lambda leaves: concrete(*tf.nest.pack_sequence_as(structure, leaves))


def _in_session(function: Callable[..., Any], structure: Any, leaves: list[Any]) -> Callable[[list[Any]], Any]:
    with tf.Graph().as_default() as traced:
        places = [leaf if leaf is None else tf.compat.v1.placeholder(leaf.dtype, leaf.shape) for leaf in leaves]
        outputs = function(*tf.nest.pack_sequence_as(structure, places))
    # As a definition, it goes without Python's objects for every operation: 14 kB each, and a program has thousands.
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(traced.as_graph_def(), name="")
    session = tf.compat.v1.Session(graph=graph, config=_as_the_eager_runtime())
    names = [output.name for output in tf.nest.flatten(outputs)]
    run = session.make_callable(names, [place.name for place in places if place is not None])
    shape = tf.nest.map_structure(lambda output: None, outputs)
    return lambda leaves: tf.nest.pack_sequence_as(shape, run(*(leaf for leaf in leaves if leaf is not None)))


def _as_the_eager_runtime() -> Any:
    """Its threads; and the graph outside the program, a call of it, is left as it is, so the bits are the same."""
    threads = tf.config.threading
    config = tf.compat.v1.ConfigProto(
        intra_op_parallelism_threads=threads.get_intra_op_parallelism_threads(),
        inter_op_parallelism_threads=threads.get_inter_op_parallelism_threads(),
    )
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


@contextlib.contextmanager
def tracing() -> Iterator[None]:
    """While a graph is made: one at a time, so that what only tracing needs can be forgotten after it.

    TensorFlow registers each use of a custom gradient for ever, and with it the graph it is in (its issue 27492).
    """
    with _one_at_a_time:
        try:
            yield
        finally:
            registry = importlib.import_module("tensorflow.python.framework.ops").gradient_registry
            entries = getattr(registry, "_registry", {})
            for name in [name for name in entries if name.startswith("CustomGradient-")]:
                del entries[name]


def built(function: Callable[..., Any], mode: str) -> Callable[..., Any]:
    """A function of tensors as one of arrays. mode: as programs.execution_mode says it."""
    if mode == "eager":
        return lambda *args: function(*tf.nest.map_structure(_as_tensor, args))
    return Compiled(function, xla=mode == "xla")


def _as_tensor(values: Array | None) -> Tensor | None:
    return None if values is None else tf.constant(values)
