"""Read and write CDX and CDXJ: indexes of WARC files, and listings of the captures in a web archive.

Both list captures in the same formats. An index names the WARC file and the offset of each capture; a listing names
only addresses and times, and the captures are fetched from the web archive.

Sources: https://archive.org/web/researcher/cdx_legend.php, and the answers of the Wayback Machine's CDX server (text
and JSON) and of pywb (CDXJ).
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote_to_bytes, urlsplit

from tracker.addresses.urls import fetchable
from tracker.archive.database.connection import clean_text
from tracker.errors import PageError, UsageError
from tracker.model.capture import Capture
from tracker.render.times import iso

from .files import lines

# The fields of a line about a capture: `url`, `timestamp`, and optionally `mime`, `status`, `digest`, `filename` and
# `offset`.
Entry = Mapping[str, str]

WAYBACK_MACHINE: Final = "https://web.archive.org/web/"
TIMESTAMP: Final = "%Y%m%d%H%M%S"
_HEADER: Final = "CDX "
_LETTERS: Final = {
    "b": "timestamp", "a": "url", "m": "mime", "s": "status", "k": "digest", "V": "offset", "g": "filename",
}  # fmt: skip
# Number of fields in a line of a text without a header → the letters of the fields.
_LETTERS_BY_COUNT: Final = {7: "N b a m s k S", 9: "N b a m s k r V g", 11: "N b a m s k r M S V g"}
_NAMES: Final = {"original": "url", "mimetype": "mime", "statuscode": "status"}
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml", "warc/revisit", "unk", "-", ""})
_STATUSES: Final = frozenset({"200", "-", ""})


@dataclass(frozen=True, slots=True, order=True)
class ArchivedPage:
    """A capture in a web archive: when it was made, of what, and the address of its bytes there."""

    at: datetime
    url: str
    address: str


def is_listing(path: Path) -> bool:
    """Return whether a file is a listing, which names no WARC files. Raises PageError."""
    first = next(_entries(lines(path), str(path)), None)
    return first is None or "filename" not in first[1]


def places(indexes: Sequence[Path]) -> dict[Path, list[int]]:
    """Return the offsets in each WARC file that the indexes name, in order.

    A WARC file is looked up by its path and then by its file name in the folder of the index.

    Raises UsageError if a WARC file is missing or an index names none, PageError if a file is not an index.
    """
    found: dict[Path, set[int]] = {}
    for index in indexes:
        folder = index.parent
        known: dict[str, Path] = {}
        for name, offset in locations(lines(index), str(index)):
            if name not in known:
                bare = name.replace("\\", "/").rpartition("/")[2]
                # An index may come from anybody: a file outside its folder, by its path or by a link, is never read.
                beside = [
                    path
                    for path in (folder / name, folder / bare, folder / "archive" / bare)
                    if path.is_file() and path.resolve().is_relative_to(folder.resolve())
                ]
                if not beside:
                    hint = "an index contains no captures; put the WARC files into its folder"
                    message = f"the WARC file {name} is not in the folder of the index"
                    raise UsageError(message, resource=str(index), hint=hint)
                known[name] = beside[0]
            found.setdefault(known[name], set()).add(offset)
    if not found:
        raise PageError("the index contains no captures", resource=", ".join(map(str, indexes)))
    return {path: sorted(offsets) for path, offsets in found.items()}


def locations(raws: Iterable[bytes], resource: str = "") -> Iterator[tuple[str, int]]:
    """Yield the WARC file and the offset of each capture in an index. Raises UsageError or PageError."""
    for number, entry in _entries(raws, resource):
        if "filename" not in entry or "offset" not in entry:
            hint = "import it alone, as a listing of a web archive"
            raise UsageError("the index does not name a WARC file", resource=resource, hint=hint)
        try:
            yield entry["filename"], int(entry["offset"])
        except ValueError:
            raise _invalid(number, resource) from None


def archived_pages(paths: Sequence[Path], archive: str) -> list[ArchivedPage]:
    """Return the captures of pages that listings name, oldest first.

    Captures of other types or with another status are left out, and captures with the same digest as the one before of
    their address. `archive` is the part of the web archive's addresses before the time stamp, for listings that do not
    give addresses. Raises UsageError if it is not a web address, PageError if a file is not a listing or names no page.
    """
    listed = chain.from_iterable(listed_captures(lines(path), str(path)) for path in paths)
    pages = distinct_pages(listed, archive)
    if not pages:
        raise PageError("the listing contains no captures of pages", resource=", ".join(map(str, paths)))
    return pages


def distinct_pages(listed: Iterable[Entry], archive: str) -> list[ArchivedPage]:
    """Return the pages among listed captures, oldest first, as `archived_pages` does. Raises UsageError."""
    prefix = fetchable(archive).rstrip("/")
    found: dict[tuple[str, str], tuple[ArchivedPage, str]] = {}
    for entry in listed:
        if entry.get("mime", "") not in _PAGES or entry.get("status", "") not in _STATUSES:
            continue
        stamp, url = entry["timestamp"], entry["url"]
        address = entry.get("load_url") or f"{prefix}/{stamp}id_/{url}"
        at = datetime.strptime(stamp, TIMESTAMP).replace(tzinfo=UTC)
        found[url, stamp] = ArchivedPage(at, url, address), entry.get("digest", "")
    # Oldest first, so that a page that returns to an earlier text counts again.
    pages = []
    digests: dict[str, str] = {}
    for page, digest in sorted(found.values()):
        if not digest or digests.get(page.url) != digest:
            pages.append(page)
        digests[page.url] = digest
    return pages


def listed_captures(raws: Iterable[bytes], resource: str) -> Iterator[Entry]:
    """Yield the captures of a listing, each with a valid `timestamp` and `url`. Raises PageError."""
    for number, entry in _entries(raws, resource):
        try:
            datetime.strptime(entry["timestamp"], TIMESTAMP)  # noqa: DTZ007 - only whether it is one
            yield {**entry, "url": fetchable(entry["url"])}
        except (ValueError, LookupError, UsageError):
            raise _invalid(number, resource) from None


def _entries(raws: Iterable[bytes], resource: str) -> Iterator[tuple[int, Entry]]:
    """Yield each capture with the number of its line. Raises PageError with the number of an invalid line."""
    letters: list[str] = []
    header: list[str] = []
    for number, raw in enumerate(raws, 1):
        line = raw.decode("utf-8", "replace").strip()
        try:
            if line.startswith(_HEADER):
                letters = line.split()[1:]
            elif line.startswith("["):
                # Line by line, because a listing of a whole site does not fit the memory.
                row = json.loads(f"[{line.strip('[],')}]")  # a row a line, "[[" before the first, "]]" after the last
                if header:
                    yield number, {name: str(value) for name, value in zip(header, row, strict=False)}
                header = header or [_NAMES.get(name, name) for name in row]
            elif line and not line.startswith("!"):
                values = line.split()
                # Addresses may contain braces, too.
                if values[2:] and values[2][0] == "{":
                    about = json.loads(line.split(None, 2)[2])
                    stamp = {"timestamp": values[1]}
                    yield number, stamp | {_NAMES.get(name, name): str(value) for name, value in about.items()}
                else:
                    given = zip(letters or _LETTERS_BY_COUNT[len(values)].split(), values, strict=True)
                    yield number, {_LETTERS[letter]: value for letter, value in given if letter in _LETTERS}
        except (ValueError, LookupError, TypeError, AttributeError):
            raise _invalid(number, resource) from None


def _invalid(number: int, resource: str) -> PageError:
    return PageError(f"line {number} is not an entry of a CDX or CDXJ file", resource=resource)


_PORTS: Final = {"http": 80, "https": 443}
_WWW: Final = re.compile(r"^www\d*\.")
_SLASHES: Final = re.compile("/{2,}")
_PLAIN: Final = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in "#%")


class Index:
    """The entries of an index, in a temporary database that SQLite moves to disk if it becomes large."""

    def __init__(self) -> None:
        # An empty name is a temporary file, kept in memory while it is small.
        self._db = sqlite3.connect("")
        self._db.execute("CREATE TABLE entry (key TEXT, stamp TEXT, line TEXT, url TEXT, at TEXT, title TEXT)")

    def close(self) -> None:
        """Delete the temporary database."""
        self._db.close()

    def add(self, capture: Capture, *, mime: str, digest: str, offset: int, length: int, file: str, title: str) -> None:
        """Add the record of a capture; `offset` and `length` are bytes of the file as compressed."""
        key, stamp = surt(capture.final_url), f"{capture.fetched_at:%Y%m%d%H%M%S}"
        entry = {
            "url": capture.final_url,
            "mime": mime,
            "status": str(capture.status),
            "digest": digest,
            "length": str(length),
            "offset": str(offset),
            "filename": file,
        }
        line = f"{key} {stamp} {json.dumps(entry, ensure_ascii=True)}\n"
        row = (key, stamp, line, capture.final_url, iso(capture.fetched_at), clean_text(title))
        self._db.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", row)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the index in byte order, in which replay tools search."""
        for (line,) in self._db.execute("SELECT line FROM entry ORDER BY key, stamp, rowid"):
            yield line

    def pages(self) -> Iterator[tuple[str, str, str]]:
        """Yield the URL, time and title of every entry, in the order in which they were added."""
        yield from self._db.execute("SELECT url, at, title FROM entry ORDER BY rowid")


def surt(url: str) -> str:
    """Return the sort-friendly form of a URL: ``com,example)/path?a=1&b=2``, in lower case and without www.

    The result is that of the `surt` package, which replay tools use.
    """
    split = urlsplit(url)
    host = _WWW.sub("", (split.hostname or "").rstrip("."))
    name = host if ":" in host else ",".join(reversed(host.split(".")))
    port = f":{split.port}" if split.port and split.port != _PORTS.get(split.scheme) else ""
    path = _SLASHES.sub("/", _escaped(split.path)).rstrip("/") or "/"
    query = "&".join(sorted(_escaped(split.query).split("&"))) if split.query else ""
    return f"{name}{port}){path}{f'?{query}' if query else ''}".lower()


def _escaped(text: str) -> str:
    """Return `text` with escapes normalised: decoded until nothing changes, then encoded once."""
    raw = text.encode("utf-8", "replace")
    # As replay tools do: %2541 and %41 must both be found as A.
    while (plain := unquote_to_bytes(raw)) != raw:
        raw = plain
    return quote(raw, safe=_PLAIN)
