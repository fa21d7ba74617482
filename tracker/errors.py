"""Every error that a caller may want to catch.

TrackerError                 1
  ConfigError               78
  UsageError                 2
    NotKnown                 2
  ArchiveError               1
    ArchiveLocked           75
      LockedByCommand       75
    ArchiveFull              1
    ArchiveUnreachable       1
    SigningRefused           1
    SchemaMismatch           1
      SchemaOutdated         1
  NetworkDown                1
  AddressInUse               1
  PageError                  1
  DeliveryError              1

The number is the exit code of the command line (`tracker.cli.exit_codes`). What happens on the web is not an error: a
fetch that fails returns a `model.Failure`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from typing import Final

MAX_LISTED_NAMES: Final = 30
"""Names that the hint of an error lists."""


class TrackerError(Exception):
    """The base class: something went wrong that a user can act on. Exit code 1.

    Args:
        message: what happened and why, one sentence without a full stop.
        resource: its object, such as a path, an address or a key.
        hint: what to do next.

    Its text is resource, message and, where it was raised from another exception, the reason that one gives.
    """

    def __init__(self, message: str, *, resource: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.resource = resource
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.resource}: {self.message}" if self.resource else self.message
        reason = reason_of(self.__cause__)
        return f"{text}: {reason}" if reason and reason.lower() not in text.lower() else text


class ConfigError(TrackerError):
    """The configuration is missing, cannot be read or contains something unusable. Exit code 78."""


class UsageError(TrackerError):
    """An option, an argument or an address that the user gave cannot be used. Exit code 2."""


class NotKnown(UsageError):
    """No article, version, source, story or alert has the name that the user gave. Exit code 2."""


class ArchiveError(TrackerError):
    """The archive cannot be opened, read or written, or is damaged. Exit code 1."""


class ArchiveLocked(ArchiveError):
    """Another writethru process is using the archive; the same command may succeed later. Exit code 75."""


class LockedByCommand(ArchiveLocked):
    """A command, which will end by itself, and not a service is using the archive. Exit code 75."""


class ArchiveFull(ArchiveError):
    """The archive's disk is full. The transaction was rolled back; repeat it once there is space. Exit code 1."""


class ArchiveUnreachable(ArchiveError):
    """The archive's server cannot be reached or gives no connection; repeat it once it does. Exit code 1."""


class SigningRefused(ArchiveError):
    """The log or its key is not that of the checkpoints that were written to files. Exit code 1.

    `is_forked`: the log contradicts one; otherwise it is older, or the key is another.
    """

    def __init__(self, message: str, *, resource: str, hint: str, is_forked: bool = False) -> None:
        super().__init__(message, resource=resource, hint=hint)
        self.is_forked = is_forked


class SchemaMismatch(ArchiveError):
    """There is no archive yet, or another release wrote it. Exit code 1."""


class SchemaOutdated(SchemaMismatch):
    """An earlier release wrote the archive; it must be upgraded first. Exit code 1."""


class NetworkDown(TrackerError):
    """No host can be reached, so none is at fault; nothing was recorded. Exit code 1."""


class AddressInUse(TrackerError):
    """Another process already listens on the address. Exit code 1."""

    def __init__(self, resource: str) -> None:
        super().__init__(
            "another process listens on this address",
            resource=resource,
            hint="another writethru may be running; stop it, or choose another port",
        )


class PageError(TrackerError):
    """The bytes of a page, feed or file are not in the expected format. Exit code 1."""


class DeliveryError(TrackerError):
    """A target did not accept an alert. Exit code 1.

    Args:
        message, resource, hint: as for TrackerError.
        permanent: sending the alert again would fail again.
        retry_after: seconds after which the target asks to be tried again, or None.
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


def reason_of(error: BaseException | None) -> str:
    """Return the reason that an exception gives, as one line for a user; "" if it gives none that is useful.

    The type is never named. Errors of the operating system give their reason alone, without number and path.
    """
    if error is None or isinstance(error, (LookupError, TypeError, AttributeError, AssertionError, ImportError)):
        return ""  # their text is for programmers, such as a key in quotes
    if isinstance(error, UnicodeError):
        return "it is not UTF-8 text"
    text = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    first = text.strip().partition("\n")[0]
    return first[:1].lower() + first[1:] if isinstance(error, OSError) else first


def did_you_mean(word: str, known: Iterable[str], *, most: int = 1, name: Callable[[str], str] = str) -> str:
    """Return "did you mean 'Herald'?" with up to `most` of `known` that are like `word`; "" if none is.

    `name` returns what to show of an entry.
    """
    near = get_close_matches(word, list(known), n=most, cutoff=0.5)
    return f"did you mean {' or '.join(repr(name(each)) for each in near)}?" if near else ""


def unknown(what: str, word: str, known: Iterable[str]) -> NotKnown:
    """Return the error for a `word` that names nothing; its hint suggests the nearest of `known`, or lists some."""
    names = list(known)
    more = f" and {len(names) - MAX_LISTED_NAMES} more" if len(names) > MAX_LISTED_NAMES else ""
    listed = f"known: {', '.join(names[:MAX_LISTED_NAMES])}{more}" if names else f"no {what} is known yet"
    hint = did_you_mean(word, names) or listed
    return NotKnown(f"there is no such {what}", resource=word, hint=hint)


def require_known(what: str, words: Iterable[str], known: Collection[str]) -> None:
    """Raise the error of `unknown` if one of `words` is not in `known`."""
    for word in words:
        if word not in known:
            raise unknown(what, word, known)
