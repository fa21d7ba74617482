"""Make up names for sources that the user has not named."""

from __future__ import annotations

import unicodedata
from typing import Final

from tracker.addresses.urls import hostname_of
from tracker.errors import UsageError

# Signs that a source's name may contain, besides letters, marks and digits of any script.
_ALLOWED_SIGNS: Final = frozenset(" _.&'’()-")
_ALLOWED_CATEGORIES: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})
_MAX_NAME_CHARS: Final = 80


def name_for(title: str, url: str) -> str:
    """Return a source name that the configuration accepts: from `title`, the host of `url`, or else "source"."""
    name = _allowed(title).strip(" -")
    if name:
        return name
    try:
        host = hostname_of(url).removeprefix("www.")
    except UsageError:
        host = ""
    return _allowed(host) or "source"


def _allowed(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    kept = (c if c in _ALLOWED_SIGNS or unicodedata.category(c) in _ALLOWED_CATEGORIES else " " for c in text)
    return " ".join("".join(kept).split())[:_MAX_NAME_CHARS].strip()
