"""What the process holds of the machine's memory, and how it gives back what it needs no more (Linux with glibc)."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

M_ARENA_MAX, M_MMAP_MAX, M_TRIM_THRESHOLD = -8, -4, -1  # malloc.h
NUM_HEAPS, KEPT_BYTES = 2, 1 << 30
MALLOC_OPTIONS = {M_ARENA_MAX: NUM_HEAPS, M_MMAP_MAX: 0, M_TRIM_THRESHOLD: KEPT_BYTES}
NON_MAIN = 4  # malloc.c: this bit of a chunk's size says that it is not in the first heap
LARGE_BYTES = 1 << 17  # what frees so much looks whether its heap has become too long
MADV_DONTNEED = 4  # sys/mman.h; pages of a file come back from it, when they are next touched
CODE_OF = ("/tensorflow/", "/onnxruntime/", "/onnx/", "/pandas/", "/h5py/", "/h5py.libs/")  # what is seldom run


CONTROL_GROUP = Path("/sys/fs/cgroup")  # version 2, as a container sees its own


def free_bytes() -> float:
    """What this process may take in all: what is free, and what it has already, which it would let go of first."""
    return available_bytes() + taken_bytes()


def available_bytes() -> float:
    """What is free, of the machine or of the container that this process is in."""
    return min(float(psutil.virtual_memory().available), _free_in_group())


def taken_bytes() -> float:
    """What this process has."""
    return float(psutil.Process().memory_info().rss)


def _free_in_group(group: Path = CONTROL_GROUP) -> float:
    """What a container's bound leaves; infinite where there is none."""
    try:
        most, taken = (float((group / f"memory.{name}").read_text()) for name in ("max", "current"))
        rows = (line.split() for line in (group / "memory.stat").read_text().splitlines())
        kept = {name: float(value) for name, value in rows}
    except (OSError, ValueError):  # "max": no bound
        return float("inf")
    return max(0.0, most - taken + kept.get("inactive_file", 0.0))


def share_heaps() -> bool:
    """Let all threads share two heaps that keep what is freed until `return_pages`; whether they can.

    A convolution takes and leaves some hundred megabytes in each iteration, and to have them from the system anew
    would take a third of its time.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # TypeError: Windows
        return False
    return all(mallopt(option, value) for option, value in MALLOC_OPTIONS.items())


def return_free_memory() -> None:
    """Give back what importing, tracing and compiling took and nothing uses now.

    Where Python's own collecting is off, another thread sees to it, and alone may.
    """
    if gc.isenabled():
        gc.collect()
    return_pages()


def return_pages() -> None:
    """Give back the pages of what is free, and of code: more than 300 MB of TensorFlow's, 33 of what exports load.

    A compiled program touches some 20 again. Python runs meanwhile; who asks for memory waits, for 20 ms.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # TypeError: Windows
        libc = ctypes.CDLL(None)
        libc.malloc_trim(0)
        shorten_heaps(libc)
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            for start, length in unchanged_parts(maps, *CODE_OF):
                libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), MADV_DONTNEED)


def shorten_heaps(libc: ctypes.CDLL) -> None:
    """Give back what lies free at the end of the second heap, up to 64 MB, which `malloc_trim` leaves as it is.

    It is done where something large is freed there, and a thread cannot choose its heap: new ones take turns.
    """
    libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]
    libc.mallopt(M_TRIM_THRESHOLD, 0)
    try:
        for _ in range(2 * NUM_HEAPS):
            freed: list[bool] = []
            thread = threading.Thread(target=_free_large, args=(libc, freed))
            thread.start()
            thread.join()
            if any(freed):
                return
    finally:
        libc.mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)


def _free_large(libc: ctypes.CDLL, freed: list[bool]) -> None:
    """Take and leave a large piece of this thread's heap, and say whether that is the second."""
    piece = libc.malloc(LARGE_BYTES)
    if piece is not None:
        size = ctypes.c_size_t.from_address(piece - ctypes.sizeof(ctypes.c_size_t)).value
        libc.free(piece)
        freed.append(bool(size & NON_MAIN))


def unchanged_parts(maps: Iterable[str], *folders: str) -> Iterator[tuple[int, int]]:
    """Address and length, in bytes, of what lies in memory as it does in the files of these folders.

    Of a library that is its code, and its first segment. What the loader has written to and then closed (RELRO) can be
    read alone, too, but is not at a file's beginning: letting it go would undo the loader's work.

    Args:
        maps: lines as in proc(5), /proc/pid/maps.
    """
    for line in maps:
        addresses, rights, offset, _, _, *path = line.split(maxsplit=5)
        is_theirs = bool(path) and any(folder in path[0] for folder in folders)
        if is_theirs and (rights == "r-xp" or (rights == "r--p" and not int(offset, 16))):
            start, end = (int(address, 16) for address in addresses.split("-"))
            yield start, end - start
