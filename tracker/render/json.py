"""The serialiser of all JSON that is shown: on the command line, in the API, in exports and in alerts."""

from __future__ import annotations

import json
from typing import Final

import msgspec

from .text import HIDDEN

_ESCAPES: Final = {code: json.dumps(chr(code)).strip('"') for code in HIDDEN}


def encode(value: object) -> bytes:
    """Return a struct, a dict or any other value as JSON, in UTF-8."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return dumps(value).encode()


def dumps(value: object) -> str:
    """Write one object on one line, in Unicode; characters that could steer a terminal are escaped."""
    try:
        text = msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        # UTF-8 has no lone surrogates, which pages do contain.
        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPES)
