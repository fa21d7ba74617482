"""The style sheet, the script and the icon. Their paths contain their hash, so browsers may cache them indefinitely."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_TYPES: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
NAMES: Final = ("app.css", "app.js", "icon.svg")


@dataclass(frozen=True, slots=True)
class Static:
    """One file: its bytes, its media type, and its path."""

    body: bytes
    media: str
    path: str


@cache
def statics() -> dict[str, Static]:
    """Return all static files by name."""
    found = {}
    for name in NAMES:
        body = files(__package__).joinpath("static", name).read_bytes()
        digest = hashlib.sha256(body).hexdigest()[:16]
        found[name] = Static(body, _TYPES[name.rpartition(".")[2]], f"/static/{digest}/{name}")
    return found
