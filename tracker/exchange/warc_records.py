"""WARC 1.1 records (ISO 28500:2017) as bytes; the same version always makes the same records.

Pages are stored decoded, so a record cannot have the bytes that were transferred. As other crawlers do in that case,
the three headers that describe those bytes are renamed ``X-Crawler-…``, and a correct ``Content-Length`` is added last.
"""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
import zlib
from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tracker.render.json import dumps
from tracker.views.verdict import VerdictView

if TYPE_CHECKING:
    from tracker.model.capture import Capture, Headers
    from tracker.model.verdict import Verdict
    from tracker.model.version import Version

RENAMED: Final = ("content-encoding", "transfer-encoding", "content-length")
PREFIX: Final = "X-Crawler-"
OURS: Final = "writethru-"
REVISIT: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
FIELDS: Final = "application/warc-fields"
JPEG: Final = "image/jpeg"
# What other crawlers put before the address of a page to name its screenshot.
VIEW: Final = "urn:view:"
# Only a name space for ids: it must never change, or an export again would have other ids for the same records.
_SPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://writethru.example/warc")
_BREAK: Final = re.compile(r"[\r\n\0]+[ \t]*")
_DECODED: Final = (
    "Bodies are decoded; Content-Encoding, Transfer-Encoding and Content-Length of the response as it came are kept as "
    "X-Crawler-Content-Encoding, X-Crawler-Transfer-Encoding and X-Crawler-Content-Length"
)


def record(kind: str, named: Iterable[tuple[str, str]], block: bytes, *, packed: bool) -> bytes:
    """Return one record, as a gzip member if *packed*. *named* are its headers except type, digest and length."""
    lines = [("WARC-Type", kind), *named]
    lines += [("WARC-Block-Digest", digest(block)), ("Content-Length", str(len(block)))]
    head = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in lines)
    raw = b"WARC/1.1\r\n" + head.encode("utf-8", "replace") + b"\r\n" + block + b"\r\n\r\n"
    return gzip_member(raw) if packed else raw


def gzip_member(data: bytes) -> bytes:
    """Return bytes as a gzip member, which has neither a name nor a time."""
    return zlib.compress(data, 9, 16 + zlib.MAX_WBITS)


def digest(data: bytes) -> str:
    """Return a SHA-256 in the notation of WARC files, which is base 32."""
    return "sha256:" + base64.b32encode(hashlib.sha256(data).digest()).decode("ascii")


def moment(when: datetime) -> str:
    """Return a WARC-Date, with milliseconds unless the time is a whole second."""
    spec = "milliseconds" if when.microsecond else "seconds"
    return when.isoformat(timespec=spec).replace("+00:00", "Z")


def record_id(*parts: object) -> str:
    """Return an id that is the same for the same parts."""
    return f"<urn:uuid:{uuid.uuid5(_SPACE, ' '.join(str(part) for part in parts))}>"


def response_head(capture: Capture) -> bytes:
    """Return the status line and headers of a response with a decoded body."""
    headers = [(PREFIX + name if name.lower() in RENAMED else name, value) for name, value in capture.headers]
    return _http(_status_line(capture.status), [*headers, ("Content-Length", str(len(capture.body)))])


def request_head(capture: Capture) -> bytes:
    """Return the request line and headers."""
    split = urlsplit(capture.final_url)
    path = (split.path or "/") + (f"?{split.query}" if split.query else "")
    return _http(f"GET {path} HTTP/1.1", capture.request_headers)


def restored(headers: Headers) -> Headers:
    """Return the original headers of a response from those that `response_head` wrote."""
    own = headers[:-1] if headers and headers[-1][0] == "Content-Length" else headers
    return tuple(
        (name.removeprefix(PREFIX) if name.lower().removeprefix(PREFIX.lower()) in RENAMED else name, value)
        for name, value in own
    )


def fields(named: Iterable[tuple[str, str]]) -> bytes:
    """Return the block of a warcinfo or metadata record."""
    return "".join(f"{name}: {_one_line(value)}\r\n" for name, value in named).encode("utf-8", "replace")


def info(release: str) -> bytes:
    """Return the block of a warcinfo record; *release* is the version of Writethru."""
    return fields(
        [
            ("software", f"Writethru/{release}"),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
            ("description", _DECODED),
        ]
    )


def about(version: Version, capture: Capture) -> bytes:
    """Return the block of a metadata record: what the archive knows about a capture besides the response."""
    named = [
        ("fetchTimeMs", str(round(capture.elapsed * 1000))),
        (f"{OURS}asked", capture.url),
        *((f"{OURS}hop", hop) for hop in capture.hops),
        (f"{OURS}article", version.article),
        (f"{OURS}url", version.url),
        (f"{OURS}version", str(version.n)),
        (f"{OURS}identity", version.content.sha256),
        (f"{OURS}extractor", version.extractor),
        (f"{OURS}source", version.source),
        *((f"{OURS}story", story) for story in version.stories),
    ]
    if version.content.headlines.feed:
        named.append((f"{OURS}feed-title", version.content.headlines.feed))
    if version.previous_seen is not None:
        named.append((f"{OURS}previous-seen", moment(version.previous_seen)))
    return fields(named)


def verdict(given: Verdict) -> bytes:
    """Return the block of a metadata record: a person's verdict as one line of text and as the JSON of `note`."""
    view = VerdictView(given)
    return fields([("description", view.as_line()), (f"{OURS}verdict", dumps(view.as_json()))])


def _http(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [first, *(f"{name}: {_one_line(value)}" for name, value in headers), "", ""]
    # The fetcher decodes header bytes as Latin-1, so this restores the original bytes.
    return "\r\n".join(lines).encode("latin-1", "replace")


def _status_line(status: int) -> str:
    try:
        return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP/1.1 {status} "


def _one_line(text: str) -> str:
    return _BREAK.sub(" ", text)
