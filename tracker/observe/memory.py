"""The memory of a process that runs for months."""

from __future__ import annotations

import ctypes
from typing import Final

# From glibc's malloc.h.
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
MIN_RETURNED_BYTES: Final = 256 * 1024
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
