"""Write CDXJ: the index beside a WARC file, in which replay tools look up URLs."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote_to_bytes, urlsplit

from tracker.render.times import iso

if TYPE_CHECKING:
    from tracker.model.capture import Capture

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
        clean_title = title.encode("utf-8", "replace").decode("utf-8")
        row = (key, stamp, line, capture.final_url, iso(capture.fetched_at), clean_title)
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
    """Return *text* with escapes normalised: decoded until nothing changes, then encoded once."""
    raw = text.encode("utf-8", "replace")
    # As replay tools do: %2541 and %41 must both be found as A.
    while (plain := unquote_to_bytes(raw)) != raw:
        raw = plain
    return quote(raw, safe=_PLAIN)
