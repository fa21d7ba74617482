"""The values that every package passes to others: frozen, comparable, and without behaviour that needs anything else.

Times are aware datetimes in UTC. Hashes are SHA-256 in lower-case hexadecimal. Import a value from its module;
`Tracked` is here too, for programs that ask `tracker.jobs.cadence.next_check` when an article is checked again.
"""

from .watch import Tracked

__all__ = ["Tracked"]
