"""The three seams: rooms are handed these and never import one another for them.

One contract suite each (`tests/contract`) runs against every implementation.
"""

from .fetcher import Fetcher
from .queue import Queue
from .store import Store

__all__ = ["Fetcher", "Queue", "Store"]
