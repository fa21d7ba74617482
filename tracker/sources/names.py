"""Names for sources that nobody has named yet."""

from __future__ import annotations

import re
from typing import Final

from ..errors import UsageError
from ..urls import hostname_of

_NOT_IN_NAMES: Final = re.compile(r"[^\w .&'’()-]+")
_LONGEST: Final = 80
_FALLBACK: Final = "source"


def name_for(title: str, url: str) -> str:
    """Return a source name that the configuration takes: what *title* says, else the host of *url*."""
    name = " ".join(_NOT_IN_NAMES.sub(" ", title).split())[:_LONGEST].strip(" -")
    if name:
        return name
    try:
        host = hostname_of(url).removeprefix("www.")
    except UsageError:
        host = ""
    return " ".join(_NOT_IN_NAMES.sub(" ", host).split())[:_LONGEST] or _FALLBACK
