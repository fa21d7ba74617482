"""How people name articles, and what to tell them when there is no such one: shared by every reader."""

from __future__ import annotations

import difflib
import hashlib
import re
from typing import TYPE_CHECKING, Final

from tracker.errors import ArchiveError, NotKnown, UsageError
from tracker.urls import identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SHOWN: Final = 5
"""Most articles that are named when a prefix fits several."""
BODY: Final = "body"
"""What a tombstone says of a version whose page alone was not kept."""
_PREFIX: Final = re.compile(r"[0-9a-f]{1,12}")
_SHORTEST: Final = 3
_LIST: Final = "writethru log lists what is kept"


def address_key(url: str) -> bytes:
    """Return the key of the identity of an address; its first digits are the id of the article."""
    return hashlib.sha256(identity(url).encode()).digest()[:16]


def is_prefix(named: str) -> bool:
    """Say whether *named* is an id or the start of one. Raises NotKnown where it is too short."""
    if not _PREFIX.fullmatch(named):
        return False
    if len(named) < _SHORTEST:
        raise NotKnown(f"an id needs at least {_SHORTEST} characters", resource=named)
    return True


def prefix_end(prefix: str) -> str:
    """Return what comes after every id that starts with *prefix*: "g" comes after every hexadecimal digit."""
    return prefix + "g"


def address_keys(named: str) -> Iterator[bytes]:
    """Yield the key of what may be an address, written in full or without its scheme."""
    for candidate in (named, f"https://{named}"):
        try:
            yield address_key(candidate)
        except UsageError:
            continue
        return


def several(prefix: str, found: Sequence[tuple[str, str]]) -> NotKnown:
    """Return the error for a prefix that fits several articles, *found* as id and title."""
    names = [f"{ident} ({title})" for ident, title in found[:SHOWN]]
    more = ", …" if len(found) > SHOWN else ""
    return NotKnown("several articles begin like this", resource=prefix, hint=", ".join(names) + more)


def no_prefix(prefix: str, idents: Iterable[str]) -> NotKnown:
    """Return the error for a prefix that fits no article; *idents* are some that are known."""
    starts = {ident[: len(prefix)]: ident for ident in idents}
    close = difflib.get_close_matches(prefix, starts, n=3, cutoff=0.5)
    hint = "did you mean " + " or ".join(starts[each] for each in close) + "?" if close else _LIST
    return NotKnown("no such article", resource=prefix, hint=hint)


def no_address(named: str) -> NotKnown:
    """Return the error for an address that is not watched."""
    return NotKnown("no such article", resource=named, hint=f"writethru add {named}" if "://" in named else _LIST)


def no_version(ident: str, n: int, have: int | None) -> NotKnown:
    """Return the error for a version that is not there; *have* is how many there are, None for no such article."""
    if have is None:
        return NotKnown("no such article", resource=ident, hint=_LIST)
    hint = f"it has versions 1 to {have}" if have else "it has not been captured yet"
    return NotKnown("no such version", resource=f"{ident}@{n}", hint=hint)


def gone(parts: str, reason: str, name: str) -> ArchiveError:
    """Return the error for a page that is not there, by what its tombstone says."""
    said = f"this page was {reason}" if parts == BODY else f"this page was taken out: {reason}"
    return ArchiveError(said, resource=name)
