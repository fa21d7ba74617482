"""How people refer to articles (id, unique prefix, address), and the errors when nothing matches."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tracker.addresses.urls import identity
from tracker.errors import ArchiveError, NotKnown, UsageError, did_you_mean

# Articles named at most in the error for an ambiguous prefix.
MAX_SUGGESTED_ARTICLES: Final = 5
# The `parts` of a tombstone whose page alone was never stored.
BODY: Final = "body"
_PREFIX: Final = re.compile(r"[0-9a-f]{1,12}")
# Two hexadecimal digits are ambiguous from some twenty articles on.
_MIN_PREFIX_CHARS: Final = 3
# An id with something that does not name a version: a version's name would have been split off.
_WITH_VERSION: Final = re.compile(r"[0-9a-f]{3,12}@.*")
_VERSIONS: Final = "name a version as in ID@v3, ID@first, ID@last, ID@-1, ID@2h or ID@2026-11-25T09:00"
_LIST: Final = "run writethru log to list the articles"


def address_key(url: str) -> bytes:
    """Return the 16-byte key of the identity of an address; its first hexadecimal digits are the article's id."""
    # Sixteen bytes are enough: among a billion addresses two would share a key once in 10^21 archives.
    return hashlib.sha256(identity(url).encode()).digest()[:16]


def former_key(url: str) -> bytes | None:
    """Return the key that an address had before TRACKING_VERSION was 2; None if it is the same. Raises UsageError."""
    before = identity(url, version=1)
    return None if before == identity(url) else hashlib.sha256(before.encode()).digest()[:16]


def is_prefix(named: str) -> bool:
    """Return whether `named` is an id or the start of one. Raises NotKnown if it is too short."""
    if not _PREFIX.fullmatch(named):
        return False
    if len(named) < _MIN_PREFIX_CHARS:
        raise NotKnown(f"an id needs at least {_MIN_PREFIX_CHARS} characters", resource=named)
    return True


def prefix_end(prefix: str) -> str:
    """Return a string that sorts after every id that starts with `prefix`: "g" sorts after all hexadecimal digits."""
    return prefix + "g"


def address_keys(named: str) -> Iterator[bytes]:
    """Yield the key of `named` read as an address, with or without its scheme; nothing if it cannot be one."""
    for candidate in (named, f"https://{named}"):
        try:
            former, key = former_key(candidate), address_key(candidate)
        except UsageError:
            continue
        # The former key first: an article that has it keeps it.
        if former is not None:
            yield former
        yield key
        return


def several(prefix: str, found: Sequence[tuple[str, str]]) -> NotKnown:
    """Return the error for an ambiguous prefix; `found` are pairs of id and title."""
    names = [f"{ident} ({title})" for ident, title in found[:MAX_SUGGESTED_ARTICLES]]
    more = ", …" if len(found) > MAX_SUGGESTED_ARTICLES else ""
    return NotKnown("several article ids begin with this", resource=prefix, hint=", ".join(names) + more)


def no_prefix(prefix: str, idents: Iterable[str]) -> NotKnown:
    """Return the error for a prefix that matches no article; `idents` are known ids to suggest from."""
    starts = {ident[: len(prefix)]: ident for ident in idents}
    hint = did_you_mean(prefix, starts, most=3, name=starts.__getitem__) or _LIST
    return NotKnown("no such article", resource=prefix, hint=hint)


def no_address(named: str) -> NotKnown:
    """Return the error for an address that is not watched."""
    if _WITH_VERSION.fullmatch(named):
        return NotKnown("no such article or version", resource=named, hint=_VERSIONS)
    return NotKnown("no such article", resource=named, hint=f"writethru add {named}" if "://" in named else _LIST)


def no_article(ident: str) -> NotKnown:
    """Return the error for an id that no article has."""
    return NotKnown("no such article", resource=ident, hint=_LIST)


def no_version(ident: str, n: int, have: int | None) -> NotKnown:
    """Return the error for a missing version; `have` is how many versions exist, or None if the article does not."""
    if have is None:
        return no_article(ident)
    hint = f"it has versions 1 to {have}" if have else "it has not been captured yet"
    return NotKnown("no such version", resource=f"{ident}@{n}", hint=hint)


def gone(parts: str, reason: str, name: str) -> ArchiveError:
    """Return the error for a page that was deleted or never stored, from its tombstone."""
    message = f"this page was {reason}" if parts == BODY else f"this page was deleted: {reason}"
    return ArchiveError(message, resource=name)
