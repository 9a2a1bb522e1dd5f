"""TensorFlow, imported when it is first used and not before.

Registries, settings and forms need the learners' classes long before they need a tensor; a window
that is up in a second cannot wait for an import of several.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.abc
import logging
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

from metalearn_gui.engine.memory import share_heaps

Array = NDArray[Any]
Tensor = Any  # tf.Tensor, or a numpy array outside a traced function
Params = dict[str, Tensor]  # a flat dictionary; groups are told apart by a prefix such as "rates/"

# TensorFlow's import takes Keras along, and Keras pandas and scikit-learn where they are installed; an older Keras in
# TensorFlow takes the other two: 170 MB and a second and a half that nothing needs before a model is exported. It does
# without, and Keras is imported when it is first used.
LEFT_OUT = frozenset({"keras.src", "pandas", "sklearn", "scipy", "h5py"})

_import_lock = threading.Lock()


class _LazyTensorFlow:
    """Stands for the module until somebody asks for one of its names."""

    def __getattr__(self, name: str) -> Any:
        return getattr(load(), name)


tf: Any = _LazyTensorFlow()  # it ships no types


def is_loaded() -> bool:
    """Whether TensorFlow is ready to be used without a wait."""
    return _ready.is_set()


_ready = threading.Event()


def load() -> Any:
    """Import and configure TensorFlow once; quiet on stderr. Any thread may call it."""
    if _ready.is_set():
        return sys.modules["tensorflow"]
    with _import_lock:
        if not _ready.is_set():
            _import_quietly()
            _ready.set()
    return sys.modules["tensorflow"]


def _import_quietly() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Convolutions take a third of the time. Its own pool for pieces over 256 kB is never given back (130 MB after
    # learned_optimizer, 170 after glyphs); with the heaps as `share_heaps` sets them they are as fast without it.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    # Of its programs for single shapes, some 100 kB each, it keeps the last of these (1,024 as it comes).
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")
    if share_heaps():
        os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    # Small programs compile as fast in one part as in 32, and leave less memory and no burst of threads behind.
    os.environ["XLA_FLAGS"] = f"--xla_cpu_parallel_codegen_split_count=1 {os.environ.get('XLA_FLAGS', '')}".strip()
    with _native_chatter_held_back(), _left_out(LEFT_OUT):
        tensorflow = importlib.import_module("tensorflow")
    tensorflow.get_logger().setLevel(logging.ERROR)
    # One thread is no slower for small networks, gives the same bits, and leaves a core to the window.
    if not tensorflow.config.list_physical_devices("GPU"):
        tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(2)
    if gc.isenabled():
        settle_collecting()


def settle_collecting() -> None:
    """The import leaves a million long-lived objects; to scan them again would stall the window for 140 ms.

    Whoever took collecting over from Python calls it once TensorFlow is loaded; only the first call does something.
    """
    if not _settled.is_set():
        _settled.set()
        gc.collect()
        gc.freeze()


_settled = threading.Event()


class _LeftOut(importlib.abc.MetaPathFinder):
    """Says of some packages that they are not installed, to one thread alone."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names, self._thread = names, threading.get_ident()

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name in self._names and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{name} is left out", name=name)


@contextlib.contextmanager
def _left_out(names: frozenset[str]) -> Iterator[None]:
    """While this thread imports; what is imported already stays, and afterwards all can be."""
    finder = _LeftOut(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


@contextlib.contextmanager
def _native_chatter_held_back() -> Iterator[None]:
    """Hold file descriptor 2 while native code logs on its own; what is not such a log is passed on."""
    try:
        stderr = os.dup(2)
    except OSError:  # started without a stderr (a window from the desktop)
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            kept = [line for line in held if not _NATIVE_LOG.match(line)]
            if kept:
                os.write(2, b"".join(kept))


_NATIVE_LOG = re.compile(
    rb"^(\s*$|WARNING: All log messages before absl|[IWE]\d{4} |\d{4}-\d\d-\d\d .*: [IWE] |To enable the following)"
)
