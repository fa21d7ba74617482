"""Bytes to text: by the label table of the WHATWG, never by Python's codec registry."""

from __future__ import annotations

import re
from typing import Final

import webencodings

MAX_BYTES: Final = 10 * 1024 * 1024
"""Most bytes of a page that are read; the rest is cut."""

_META: Final = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML: Final = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_SNIFF: Final = 4096
# The Python codecs that come nearest to the decoders of the WHATWG where the plain name does not.
_NEARER: Final = {"shift_jis": "cp932", "euc-kr": "cp949", "gbk": "gb18030", "big5": "big5hkscs"}


def decode(body: bytes, charset: str = "") -> str:
    """Return the text of a page.

    *charset* is the label of the Content-Type header. Bytes that are valid UTF-8 are UTF-8 whatever the labels say
    (a wrong label is common, valid UTF-8 by accident is not); then the header counts, then the page's own words,
    then windows-1252. Never raises: what no rule can read becomes U+FFFD.
    """
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES]
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    if b"\x1b$" in body[:_SNIFF] or b"\x1b(" in body[:_SNIFF]:
        found = _lookup(charset) or _declared(body)
        if found == "iso2022_jp":
            return body.decode(found, "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start > 0:
            return body[: error.start].decode("utf-8-sig")
    codec = _lookup(charset) or _declared(body) or "cp1252"
    return body.decode(codec, "replace")


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
