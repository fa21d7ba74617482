"""Everything that can go wrong and is worth a name.

::

    TrackerError
    ├── ConfigError            a configuration file, a rule, a duration
    ├── UsageError             what the user typed
    │   └── NotKnown           an article, version, source or story that is not in the archive
    ├── ArchiveError           the database
    │   ├── ArchiveLocked      another writer holds it: try later (exit 75)
    │   ├── ArchiveFull        its disk is full: nothing was written, nothing that was kept is lost
    │   └── SchemaMismatch     the archive needs a migration
    ├── PageError              bytes that are no article
    └── DeliveryError          one attempt to tell somebody failed

What the web may do is not here: a fetch that fails is a value (`model.Failure`), never an exception.
"""

from __future__ import annotations


class TrackerError(Exception):
    """Something went wrong that a user can act on.

    *message* says what and why, *resource* which thing it concerns, *hint* what to do next.
    """

    def __init__(self, message: str, *, resource: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.resource = resource
        self.hint = hint

    def __str__(self) -> str:
        parts = [f"{self.resource}: {self.message}" if self.resource else self.message]
        if self.__cause__ is not None:
            parts.append(f"{type(self.__cause__).__name__}: {self.__cause__}")
        return ": ".join(parts)


class ConfigError(TrackerError):
    """The configuration cannot be used."""


class UsageError(TrackerError):
    """The command line asks for something that makes no sense."""


class NotKnown(UsageError):
    """The archive holds no such article, version, source or story."""


class ArchiveError(TrackerError):
    """The archive cannot do what was asked."""


class ArchiveLocked(ArchiveError):
    """Another writethru works on this archive."""


class ArchiveFull(ArchiveError):
    """The disk of the archive is full: the transaction was undone, and may be tried again once there is space."""


class SchemaMismatch(ArchiveError):
    """The archive was written by another release and needs a migration."""


class PageError(TrackerError):
    """The bytes hold no article that can be read."""


class DeliveryError(TrackerError):
    """A message was not taken by its target.

    *permanent* means that trying again is pointless; *retry_after* is in seconds, where the target named it.
    """

    def __init__(
        self,
        message: str,
        *,
        resource: str = "",
        hint: str = "",
        permanent: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, resource=resource, hint=hint)
        self.permanent = permanent
        self.retry_after = retry_after
