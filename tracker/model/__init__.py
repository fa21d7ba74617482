"""The values that every package passes to others: frozen, comparable, and without behaviour that needs anything else.

Times are aware datetimes in UTC. Hashes are SHA-256 in lower-case hexadecimal. Import a value from its module;
`WatchedArticle`, by its earlier name `Tracked` too, is here for programs that ask `tracker.jobs.cadence.next_check`.
"""

from .watch import WatchedArticle

__all__ = ["Tracked", "WatchedArticle"]

Tracked = WatchedArticle
