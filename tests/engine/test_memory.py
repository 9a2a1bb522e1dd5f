"""What is given back: what the files still hold, and nothing that was written to."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import psutil
import pytest

from metalearn_gui.engine import Options, backend, preset, trained
from metalearn_gui.engine.memory import MADV_DONTNEED, return_free_memory, return_pages, unchanged_parts

MAPS = """\
7f0000000000-7f0000001000 r--p 00000000 fe:00 1 /site/tensorflow/lib.so
7f0000001000-7f0000004000 r-xp 00001000 fe:00 1 /site/tensorflow/lib.so
7f0000004000-7f0000005000 r--p 00004000 fe:00 1 /site/tensorflow/lib.so
7f0000005000-7f0000006000 rw-p 00005000 fe:00 1 /site/tensorflow/lib.so
7f0000006000-7f0000007000 rw-p 00000000 00:00 0
7f0000007000-7f0000009000 r-xp 00000000 fe:00 2 /site/other/a b.so
7ffd00000000-7ffd00001000 r-xp 00000000 00:00 0 [vdso]
""".splitlines()


def test_code_and_the_first_segment_are_let_go_and_what_the_loader_wrote_is_not():
    assert list(unchanged_parts(MAPS, "/tensorflow/")) == [(0x7F0000000000, 0x1000), (0x7F0000001000, 0x3000)]
    assert list(unchanged_parts(MAPS, "/a b")) == [(0x7F0000007000, 0x2000)]


@pytest.mark.skipif(sys.platform != "linux", reason="maps of memory as Linux has them")
def test_code_that_was_let_go_still_runs():
    libc, found = ctypes.CDLL(None), 0
    with open("/proc/self/maps", encoding="utf-8") as maps:
        for start, length in unchanged_parts(maps, "/libc"):
            found += 1
            assert libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), MADV_DONTNEED) == 0
    assert found
    assert sorted(str(number) for number in range(3)) == ["0", "1", "2"]


def test_training_goes_on_with_the_same_numbers_after_memory_was_returned():
    settings, options = preset("first-steps").replaced(num_iterations=3), Options(evaluate=False, baselines=False)
    before = trained(settings, options)
    return_free_memory()
    after = trained(settings, options)
    for name, values in before.learner.params.items():
        assert (values == after.learner.params[name]).all()


@pytest.mark.skipif(sys.platform != "linux", reason="heaps as glibc has them")
def test_what_tensorflow_took_and_left_goes_back_to_the_system():
    ones = backend.load().ones
    return_free_memory()
    before = own_megabytes()
    large = [ones(2**22) for _ in range(8)]
    held = own_megabytes()
    del large
    return_pages()
    assert held - before > 120
    assert own_megabytes() - before < 30


def own_megabytes() -> float:
    memory = psutil.Process().memory_info()
    return (memory.rss - memory.shared) / 1e6


SECOND_HEAP = """
import ctypes, threading
import psutil
from metalearn_gui.engine import memory
assert memory.share_heaps()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
def fill():
    kept = libc.malloc(64)
    pieces = [libc.malloc(1000) for _ in range(40_000)]
    for piece in pieces:
        ctypes.memset(piece, 1, 1000)
    is_second = ctypes.c_size_t.from_address(pieces[0] - 8).value & memory.NON_MAIN
    for piece in pieces:
        libc.free(piece)
    done.append(bool(is_second))
done = []
while not any(done):
    thread = threading.Thread(target=fill)
    thread.start()
    thread.join()
libc.malloc_trim(0)
before = psutil.Process().memory_info().rss
memory.shorten_heaps(libc)
print((before - psutil.Process().memory_info().rss) / 1e6)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="heaps as glibc has them")
def test_the_free_end_of_the_second_heap_is_given_back():
    given = subprocess.run([sys.executable, "-c", SECOND_HEAP], capture_output=True, text=True, check=True, timeout=60)
    assert float(given.stdout) > 30  # of 40 MB
