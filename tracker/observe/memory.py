"""The memory of a process that runs for months."""

from __future__ import annotations

import ctypes
import resource
from contextlib import suppress
from pathlib import Path
from typing import Final

# From glibc's malloc.h.
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
# Not less: zstd allocates half a megabyte to two for each page, which would be mapped again each time.
MIN_RETURNED_BYTES: Final = 2 * 1024 * 1024
MAX_ARENAS: Final = 2


def return_freed_memory() -> bool:
    """Make malloc return large blocks to the system when they are freed; return whether that is possible here.

    By default glibc keeps larger and larger blocks, for each thread separately: a few pages of some megabytes leave a
    process a hundred megabytes larger than what it uses. With other C libraries this does nothing.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    options = (
        (_M_MMAP_THRESHOLD, MIN_RETURNED_BYTES),
        (_M_TRIM_THRESHOLD, MIN_RETURNED_BYTES),
        (_M_ARENA_MAX, MAX_ARENAS),
    )
    return all(mallopt(name, value) == 1 for name, value in options)


def trim_heap() -> None:
    """Give the system the memory between blocks in use: after a few hundred pages, 8 MB of a service's 95."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def resident_mb() -> float:
    """Return the resident memory of this process in megabytes; where the system does not tell it, its peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    return round(pages * resource.getpagesize() / 1e6, 1)
