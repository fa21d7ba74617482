"""The memory of a process that lives for months."""

from __future__ import annotations

import ctypes
from typing import Final

# From glibc's malloc.h.
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
LARGE: Final = 256 * 1024
ARENAS: Final = 2


def return_freed_memory() -> bool:
    """Have large pieces of memory given back to the system once they are free; say whether it will be done.

    glibc by default keeps ever larger pieces after the first large one was freed, for every thread apart: a few pages
    of some megabytes leave a process a hundred megabytes larger than what it holds. Elsewhere nothing is done.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    wanted = ((_M_MMAP_THRESHOLD, LARGE), (_M_TRIM_THRESHOLD, LARGE), (_M_ARENA_MAX, ARENAS))
    return all(mallopt(name, value) == 1 for name, value in wanted)
