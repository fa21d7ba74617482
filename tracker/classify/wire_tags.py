"""The tag that a wire service puts before the headline of a later version: "UPDATE 2-", "CORRECTED-", "Korrektur:"."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class WireTag(StrEnum):
    """What a tag says of the version."""

    UPDATE = "it says more than the one before"
    CORRECTED = "it corrects an error, and does not say which"
    REFILED = "it is sent again, with or without an error corrected"


_CORRECTED: Final = (
    "CORRECTED CORRECTION KORREKTUR BERICHTIGUNG KORRIGIERT CORRECTIF RECTIFICATIF CORRECCIÓN CORREGIDO CORREZIONE "
    "RETTIFICA CORREÇÃO CORRIGIDO CORRECTIE RECTIFICATIE"
)
_TAGS: Final = {
    **dict.fromkeys(("UPDATE", "WRAPUP"), WireTag.UPDATE),
    **dict.fromkeys(("REFILE", "RPT", "RESENDING"), WireTag.REFILED),
    **dict.fromkeys(_CORRECTED.split(), WireTag.CORRECTED),
}
# With a hyphen, as Reuters writes it, the tag is in capitals; before a colon it is not always.
_BEFORE_HEADLINE: Final = re.compile(r"\W*(\w+)( \d+| \([^)]*\))?(?:\s?[-–—](?=\S)|:\s)")


def new_wire_tag(old: str, new: str) -> WireTag | None:
    """Return what the tag of the headline `new` says, None if it has none or `old` had the same."""
    found, before = _BEFORE_HEADLINE.match(new), _BEFORE_HEADLINE.match(old)
    if found is None or (before is not None and before[0] == found[0]):
        return None
    word = found[1]
    is_tag = word.isupper() or found[0].rstrip().endswith(":")
    return _TAGS.get(word.upper()) if is_tag else None
