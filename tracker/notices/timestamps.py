# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Tell a time of the last update from a note on one."""

from __future__ import annotations

import re
from typing import Final

# Words for "updated" with nothing but words and figures of dates and times after them.
_TIME_STAMP: Final = re.compile(
    r"\W*(?:article |artikel |articolo |artículo |artigo |last |zuletzt |última? |ultimo |dernière )?"
    r"(?:updated?|aktualisiert|aktualisierung|mise? à jour|actualisée?|actualizad[oa]|actualización|aggiornat[oa]"
    r"|aggiornamento|atualizad[oa]|atualização|actualização|bijgewerkt|update)\b"
    r"(?:\d+(?:h|st|nd|rd|th|er)?\b|\W|\b(?:at|on|en date|du|am|pm|a\.m|p\.m|um|uhr|vom|le|à|a|las?|el|alle|ore|del|il|às|as|em|de|om|uur|op|h|hrs|on"
    r"|e[ds]?t|gmt|utc|bst|cet|ist|pt|pdt|pst|th|st|nd|rd|today|yesterday"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)(?:day)?|(?:mo|diens|mitt|donners|frei|sams|sonn)\w*"
    r"|(?:jan|feb|fév|mar|mär|maa|abr|avr|apr|may|mai|mei|mag|jun|jui|giu|jul|lug|aug|aoû|ago|sep|set|oct|okt|ott|out"
    r"|nov|dec|dez|déc|dic|gen|ene|mrt)[^\W\d]*)\b)*",
    re.IGNORECASE,
)


def is_only_a_time(text: str) -> bool:
    """Say whether *text* is when something was updated and nothing else: "Mise à jour : 18 juil. 2024"."""
    return _TIME_STAMP.fullmatch(text) is not None and not text.rstrip().endswith(":")
