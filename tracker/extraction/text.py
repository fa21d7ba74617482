"""The text of a page: decode it, and clean and compare short texts.

Pages are decoded by the labels of https://encoding.spec.whatwg.org/ and never by Python's codec registry.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Final

import webencodings

from tracker.errors import PageError

MAX_PAGE_BYTES: Final = 10 * 1024 * 1024
"""Bytes of a page that are read; the rest is cut off."""

FORBIDDEN_ENCODING: Final = (
    "the page is in an encoding that may not be decoded (hz-gb-2312, iso-2022-cn or iso-2022-kr)"
)

_META_CHARSET: Final = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_ENCODING: Final = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_SNIFFED_BYTES: Final = 4096
_CONTROL_BYTES: Final = bytes((*range(9), 11, *range(14, 32), 127))
_REPLACEMENT: Final = "\ufffd".encode()
_MAX_UNPRINTABLE_SHARE: Final = 0.1
_UTF8_MARK: Final = b"\xef\xbb\xbf"
# UTF-8 that was read as Latin-1 and encoded as UTF-8 once more. A page has it if it holds a quotation mark or a dash
# (e2 80 ..) in that form: in no language is "â\x80\x9c" a word. Then every such sequence is decoded once more.
_C1_CONTROL: Final = "\x80"
_TWICE_ENCODED_MARK: Final = b"\xc3\xa2\xc2\x80\xc2"
_TWICE_ENCODED: Final = re.compile(
    rb"\xc3[\x82-\x9f]\xc2[\x80-\xbf]|\xc3[\xa0-\xaf](?:\xc2[\x80-\xbf]){2}|\xc3[\xb0-\xb4](?:\xc2[\x80-\xbf]){3}"
)
# Python's codecs of the same name are stricter than the WHATWG's decoders; these come nearer.
_FORBIDDEN: Final = "replacement"
_SHIFTS: Final = (b"\x1b$", b"\x1b(", b"~{")
_WHATWG_CODECS: Final = {"shift_jis": "cp932", "euc-kr": "cp949", "gbk": "gb18030", "big5": "big5hkscs"}


def decode(body: bytes, charset: str = "") -> bytes:
    """Return a page in UTF-8, without a byte order mark.

    Args:
        body: the page as it was served; bytes after MAX_PAGE_BYTES are dropped.
        charset: the label of the Content-Type header, if there was one.

    Bytes that are valid UTF-8 are taken as UTF-8 whatever the labels say (a wrong label is common, valid UTF-8 by
    accident is not); then the header counts, then the page's own declaration, then windows-1252. Bytes that cannot be
    decoded become U+FFFD. UTF-8 that was encoded twice is repaired.

    Raises PageError for the encodings that the standard forbids, because their bytes can hide markup: hz-gb-2312,
    iso-2022-cn and iso-2022-kr.
    """
    if len(body) > MAX_PAGE_BYTES:
        body = body[:MAX_PAGE_BYTES]
    start = body[:_SNIFFED_BYTES]
    # Without a NUL, which every ASCII character has in UTF-16, the mark is wrong.
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" in start:
        return body.decode("utf-16", "replace").encode("utf-8", "replace")
    if any(mark in start for mark in _SHIFTS):  # ISO-2022 and HZ are ASCII by their bytes
        encoding = _lookup(charset) or _declared_encoding(body)
        if encoding in {"iso-2022-jp", _FORBIDDEN}:
            return _transcode(body, encoding)
    if body.isascii():
        return body
    body = body.removeprefix(_UTF8_MARK)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data" or error.start == 0:
            return _transcode(body, _lookup(charset) or _declared_encoding(body) or "windows-1252")
        body = body[: error.start]  # the cut went through the last character
        text = body.decode()
    if _C1_CONTROL in text and _TWICE_ENCODED_MARK in body:
        return _TWICE_ENCODED.sub(_decode_once, body)
    return body


def is_binary(page: bytes) -> bool:
    """Return whether a page in UTF-8 is not text: a tenth of its start or middle are control or replaced characters."""
    middle = len(page) // 2
    for sample in (page[:_SNIFFED_BYTES], page[middle : middle + _SNIFFED_BYTES]):
        controls = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
        if controls + sample.count(_REPLACEMENT) * len(_REPLACEMENT) > _MAX_UNPRINTABLE_SHARE * len(sample):
            return True
    return False


def _transcode(body: bytes, encoding: str) -> bytes:
    """Return a page in one of the standard's encodings as UTF-8. Raises PageError."""
    if encoding == _FORBIDDEN:
        raise PageError(FORBIDDEN_ENCODING)
    if codec := _WHATWG_CODECS.get(encoding):
        text = body.decode(codec, "replace")
    else:
        # Not by name: Python's registry does not know all of them.
        text = webencodings.lookup(encoding).codec_info.decode(body, "replace")[0]
    return text.encode("utf-8", "replace")


def _decode_once(found: re.Match[bytes]) -> bytes:
    """Return the UTF-8 of a character that was encoded twice; bytes that are not one stay unchanged."""
    once = found[0].decode().encode("latin-1")
    try:
        once.decode()
    except UnicodeDecodeError:
        return found[0]
    return once


def _declared_encoding(body: bytes) -> str:
    """Return the encoding that the page itself declares, empty if it declares none that is known."""
    start = body[:_SNIFFED_BYTES]
    found = _META_CHARSET.search(start) or _XML_ENCODING.search(start)
    return _lookup(found[1].decode("ascii", "replace")) if found else ""


def _lookup(label: str) -> str:
    """Return the standard's name of the encoding with a label, empty if the label is unknown."""
    encoding = webencodings.lookup(label) if label else None
    if encoding is None:
        return ""
    # A declaration that can be read as ASCII is not in UTF-16.
    return "utf-8" if encoding.name in {"utf-16le", "utf-16be"} else str(encoding.name)


SENTENCE_ENDINGS: Final = frozenset('.!?…"”“»«’)。！？」』؟।')
"""The characters that whole sentences end with."""
_CONTROLS: Final = (*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0))
# Soft hyphen, zero-width and bidirectional marks: invisible, and different at every copy of a text.
_FORMATS: Final = (0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
_INVISIBLE: Final[dict[int, str | None]] = {**dict.fromkeys((*_CONTROLS, *_FORMATS)), 0x85: " "}
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_TOKEN: Final = re.compile(r"\w+")
# A longer run of letters is not a word: the text is in a script that puts no spaces between words.
_MAX_WORD_CHARS: Final = 24


def clean(text: str) -> str:
    """Return `text` on one line with single spaces, without invisible, control and bidirectional characters."""
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return " ".join(_SURROGATE.sub("\ufffd", text.translate(_INVISIBLE)).split())


def plain(text: str) -> str:
    """Return the text of a meta tag or a JSON string: clean, without markup and entities.

    Entities are decoded twice, as many systems escape them twice.
    """
    if "&" in text:
        text = html.unescape(text)
        if "&" in text:
            text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return clean(text)


def tokens(text: str) -> list[str]:
    """Return the words of `text`, case-folded; a run of characters without spaces is one word."""
    return _TOKEN.findall(text.casefold())


def overlap(one: str, other: str) -> float:
    """Return how much two short texts share, 0 to 1: common words, divided by the words of the shorter.

    In scripts without spaces, pairs of characters stand for words.
    """
    left, right = _units(one), _units(other)
    if not left or not right:
        return 0.0
    return len(left & right) / min(len(left), len(right))


@lru_cache(maxsize=1024)
def _units(text: str) -> frozenset[str]:
    words = tokens(text)
    if words and max(map(len, words)) > _MAX_WORD_CHARS:
        joined = "".join(words)
        return frozenset(joined[i : i + 2] for i in range(len(joined) - 1)) or frozenset({joined})
    return frozenset(words)
