"""Names for sources that nobody has named yet."""

from __future__ import annotations

import unicodedata
from typing import Final

from ..errors import UsageError
from ..urls import hostname_of

_ALSO: Final = frozenset(" _.&'’()-")
_CATEGORIES: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})
_LONGEST: Final = 80
_FALLBACK: Final = "source"


def name_for(title: str, url: str) -> str:
    """Return a source name that the configuration takes: what *title* says, else the host of *url*."""
    name = _cleaned(title).strip(" -")
    if name:
        return name
    try:
        host = hostname_of(url).removeprefix("www.")
    except UsageError:
        host = ""
    return _cleaned(host) or _FALLBACK


def _cleaned(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    kept = (c if c in _ALSO or unicodedata.category(c) in _CATEGORIES else " " for c in text)
    return " ".join("".join(kept).split())[:_LONGEST].strip()
