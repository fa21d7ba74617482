"""Read CDX and CDXJ listings of a web archive: which captures it has, and the address of each.

Sources: https://archive.org/web/researcher/cdx_legend.php, and the answers of the Wayback Machine's CDX server (text
and JSON) and of pywb (CDXJ).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tracker.errors import PageError, UsageError
from tracker.urls import fetchable

from .cdx_read import HEADER, entries
from .files import lines, reading

if TYPE_CHECKING:
    from pathlib import Path

WAYBACK_MACHINE: Final = "https://web.archive.org/web/"
_LETTERS: Final = {"b": "timestamp", "a": "url", "m": "mime", "s": "status", "k": "digest"}
_DEFAULT_LETTERS: Final = "N b a m s k S"
_NAMES: Final = {"original": "url", "mimetype": "mime", "statuscode": "status"}
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml", "warc/revisit", "unk", "-", ""})
_STATUSES: Final = frozenset({"200", "-", ""})
TIMESTAMP: Final = "%Y%m%d%H%M%S"


@dataclass(frozen=True, slots=True, order=True)
class ArchivedPage:
    """A capture in a web archive: when it was made, of what, and the address of its bytes there."""

    at: datetime
    url: str
    address: str


def is_listing(path: Path) -> bool:
    """Say whether a CDX file names no WARC files, so that its captures are only in a web archive. Raises PageError."""
    with reading(path) as file:
        if file.read(1) == b"[":
            return True
    try:
        with reading(path) as file:
            return next(entries(lines(file, str(path)), str(path)), None) is None
    except UsageError:
        return True


def archived_pages(paths: Sequence[Path], archive: str) -> list[ArchivedPage]:
    """Return the captures of pages that listings name, oldest first.

    Captures of other types or with another status are left out, and of an address those with the same digest as the
    one before.

    Args: archive: the address before the time stamp in the addresses of the web archive, for listings that do not say.
    Raises UsageError if *archive* is not a web address, PageError if a file is not a listing or names no page.
    """
    listed: list[Mapping[str, str]] = []
    for path in paths:
        with reading(path) as file:
            listed += filter(_is_page, listed_captures(lines(file, str(path)), str(path)))
    pages = distinct_pages(listed, archive)
    if not pages:
        raise PageError("the listing contains no captures of pages", resource=", ".join(map(str, paths)))
    return pages


def distinct_pages(listed: Iterable[Mapping[str, str]], archive: str) -> list[ArchivedPage]:
    """Return the pages among listed captures, oldest first, as `archived_pages` does. Raises UsageError."""
    prefix = fetchable(archive).rstrip("/")
    found: dict[tuple[str, str], tuple[ArchivedPage, str]] = {}
    for entry in filter(_is_page, listed):
        stamp, url = entry["timestamp"], entry["url"]
        address = entry.get("load_url") or f"{prefix}/{stamp}id_/{url}"
        at = datetime.strptime(stamp, TIMESTAMP).replace(tzinfo=UTC)
        found[url, stamp] = ArchivedPage(at, url, address), entry.get("digest", "")
    pages = []
    digests: dict[str, str] = {}
    for page, digest in sorted(found.values()):
        if not digest or digests.get(page.url) != digest:
            pages.append(page)
        digests[page.url] = digest
    return pages


def _is_page(entry: Mapping[str, str]) -> bool:
    return entry.get("mime", "") in _PAGES and entry.get("status", "") in _STATUSES


def listed_captures(raws: Iterable[bytes], resource: str) -> Iterator[Mapping[str, str]]:
    """Yield the fields of each capture: `timestamp`, `url` and what else there is. Raises PageError."""
    letters = _DEFAULT_LETTERS.split()
    header: list[str] = []
    for number, raw in enumerate(raws, 1):
        line = raw.decode("utf-8", "replace").strip()
        try:
            if line.startswith(HEADER):
                letters = line.split()[1:]
            elif line.startswith("["):
                row = json.loads(f"[{line.strip('[],')}]")  # a row a line, "[[" before the first, "]]" after the last
                if header:
                    yield _checked(dict(zip(header, row, strict=False)))
                header = header or [_NAMES.get(name, name) for name in row]
            elif line and not line.startswith("!"):
                yield _checked(_json(line) if "{" in line else _fields(line, letters))
        except (ValueError, LookupError, TypeError, AttributeError):
            raise PageError(f"line {number} is not an entry of a CDX or CDXJ listing", resource=resource) from None


def _json(line: str) -> dict[str, str]:
    stamp = line.split(None, 2)[1]
    named = {_NAMES.get(name, name): str(value) for name, value in json.loads(line[line.index("{") :]).items()}
    return {"timestamp": stamp} | named


def _fields(line: str, letters: Sequence[str]) -> dict[str, str]:
    return {_LETTERS[letter]: value for letter, value in zip(letters, line.split(), strict=True) if letter in _LETTERS}


def _checked(entry: dict[str, str]) -> dict[str, str]:
    """Return an entry whose address and time are valid. Raises ValueError."""
    datetime.strptime(entry["timestamp"], TIMESTAMP)  # noqa: DTZ007 - only whether it is one
    try:
        return entry | {"url": fetchable(entry["url"])}
    except UsageError as error:
        raise ValueError(error.message) from None
