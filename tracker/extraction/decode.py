"""Bytes to UTF-8: by the label table of the WHATWG, never by Python's codec registry."""

from __future__ import annotations

import re
from typing import Final

import webencodings

MAX_BYTES: Final = 10 * 1024 * 1024
"""Most bytes of a page that are read; the rest is cut."""

_META: Final = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML: Final = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_SNIFF: Final = 4096
_CONTROLS: Final = bytes((*range(9), 11, *range(14, 32), 127))
_REPLACED: Final = "\ufffd".encode()
_ODD: Final = 0.1
_MARK: Final = b"\xef\xbb\xbf"
# A quotation mark or a dash in UTF-8, each byte written as a character of its own: in no language is this a word.
_CONTROL: Final = "\x80"
_SURELY_TWICE: Final = b"\xc3\xa2\xc2\x80\xc2"
_TWICE: Final = re.compile(
    rb"\xc3[\x82-\x9f]\xc2[\x80-\xbf]|\xc3[\xa0-\xaf](?:\xc2[\x80-\xbf]){2}|\xc3[\xb0-\xb4](?:\xc2[\x80-\xbf]){3}"
)
# The Python codecs that come nearest to the decoders of the WHATWG where the plain name does not.
_NEARER: Final = {"shift_jis": "cp932", "euc-kr": "cp949", "gbk": "gb18030", "big5": "big5hkscs"}


def decode(body: bytes, charset: str = "") -> bytes:
    """Return a page in UTF-8, without a byte order mark.

    *charset* is the label of the Content-Type header. Bytes that are valid UTF-8 are UTF-8 whatever the labels say
    (a wrong label is common, valid UTF-8 by accident is not); then the header counts, then the page's own words,
    then windows-1252. Never raises: what no rule can read becomes U+FFFD. UTF-8 that was taken for Latin-1 and written
    as UTF-8 once more is set right.
    """
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES]
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" in body[:_SNIFF]:
        return _encoded(body, "utf-16")  # without a NUL beside a tag's signs it is none, whatever it says
    if b"\x1b$" in body[:_SNIFF] or b"\x1b(" in body[:_SNIFF]:
        found = _lookup(charset) or _declared(body)
        if found == "iso2022_jp":
            return _encoded(body, found)
    if body.isascii():
        return body
    body = body.removeprefix(_MARK)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data" or error.start == 0:
            return _encoded(body, _lookup(charset) or _declared(body) or "cp1252")
        body = body[: error.start]
        text = body.decode()
    return _TWICE.sub(_once, body) if _CONTROL in text and _SURELY_TWICE in body else body


def is_binary(page: bytes) -> bool:
    """Say whether a page in UTF-8 is no text: so many of its characters are control characters or replaced ones."""
    middle = len(page) // 2
    for sample in (page[:_SNIFF], page[middle : middle + _SNIFF]):
        odd = len(sample) - len(sample.translate(None, _CONTROLS)) + sample.count(_REPLACED) * len(_REPLACED)
        if odd > _ODD * len(sample):
            return True
    return False


def _encoded(body: bytes, codec: str) -> bytes:
    return body.decode(codec, "replace").encode("utf-8", "replace")


def _once(found: re.Match[bytes]) -> bytes:
    """Return the character whose bytes were each written as a character, or what stands there."""
    written = found[0].decode().encode("latin-1")
    try:
        written.decode()
    except UnicodeDecodeError:
        return found[0]
    return written


def _declared(body: bytes) -> str:
    head = body[:_SNIFF]
    found = _META.search(head) or _XML.search(head)
    return _lookup(found[1].decode("ascii", "replace")) if found else ""


def _lookup(label: str) -> str:
    encoding = webencodings.lookup(label) if label else None
    if encoding is None:
        return ""
    if encoding.name in {"utf-16le", "utf-16be"}:
        return "utf-8"  # a page whose label can be read as ASCII is not UTF-16
    return _NEARER.get(encoding.name, str(encoding.codec_info.name))
