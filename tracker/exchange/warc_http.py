"""Parse the blocks of WARC records: HTTP messages and fields."""

from __future__ import annotations

import io
import re
from typing import Final

from tracker.fetch.decode import Decoder
from tracker.fetch.errors import FetchError
from tracker.model.capture import Headers, first_header

_BEFORE_MARKUP: Final = b"\xef\xbb\xbf \t\r\n"
_FOLD: Final = re.compile(rb"\r?\n[ \t]+")
_END: Final = re.compile(rb"\r?\n\r?\n")
_LINE: Final = re.compile(r"\r?\n")
_BLANK: Final = " \t"
_STATUS: Final = re.compile(r"HTTP/[\d.]+ +(\d{3})")


def split(block: bytes) -> tuple[int, Headers, bytes]:
    """Return status (0 if there is none), headers and body of an HTTP message."""
    end = _END.search(block)
    head, body = (block, b"") if end is None else (block[: end.start()], block[end.end() :])
    first, *rest = _LINE.split(_FOLD.sub(b" ", head).decode("latin-1"))
    status = _STATUS.match(first)
    return int(status[1]) if status else 0, _named(rest), body


def fields(block: bytes) -> Headers:
    """Return the fields of a warcinfo or metadata record, names in lower case."""
    return tuple((name.lower(), value) for name, value in _named(_LINE.split(block.decode("utf-8", "replace"))))


def decoded(headers: Headers, body: bytes, largest: int) -> bytes | None:
    """Return the body, decoded as its headers say; None if it is damaged, or more than *largest* bytes.

    Some crawlers store pages decoded and leave the Content-Encoding in place; these are returned as they are.
    """
    from warcio.bufferedreaders import ChunkedDataReader

    if first_header(headers, "transfer-encoding").strip().lower() == "chunked":
        # One byte more than is allowed tells that there is more.
        body = bytes(ChunkedDataReader(io.BytesIO(body)).read(largest + 1))
    try:
        decoder = Decoder(first_header(headers, "content-encoding"), largest)
        decoder.feed(body)
        return decoder.finish()
    except FetchError:
        return body if body.lstrip(_BEFORE_MARKUP).startswith(b"<") and len(body) <= largest else None


def _named(lines: list[str]) -> Headers:
    pairs = (line.partition(":") for line in lines)
    return tuple(
        (name.strip(_BLANK), text.strip(_BLANK)) for name, colon, text in pairs if colon and name.strip(_BLANK)
    )
