"""Resolve the time zones that dates name: abbreviations, IANA names, and the "ET" of American news.

Sources: RFC 5322, section 4.3; https://www.iana.org/time-zones. An abbreviation that is used in several countries is
resolved by the country of the feed or page, else it is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

# Minutes east of Greenwich. Only what the IANA database uses with one offset, and what RFC 5322 defines.
_NAMES_BY_OFFSET: Final = {
    -600: "HST",
    -540: "AKST",
    -480: "PST AKDT",
    -420: "MST PDT",
    -360: "CST MDT",
    -300: "EST CDT",
    -240: "EDT AST",
    -210: "NST",
    -180: "ADT",
    -150: "NDT",
    0: "Z UT UTC GMT WET",
    60: "BST CET MET MEZ WEST WAT",
    120: "CEST MEST MESZ EET CAT SAST",
    180: "EEST IDT MSK EAT",
    300: "PKT",
    345: "NPT",
    420: "WIB",
    480: "WITA HKT SGT AWST",
    540: "WIT JST KST",
    570: "ACST",
    600: "AEST",
    630: "ACDT",
    660: "AEDT",
    720: "NZST",
    780: "NZDT",
}
_OFFSETS: Final = {name: minutes for minutes, names in _NAMES_BY_OFFSET.items() for name in names.split()}
# Abbreviation → country → minutes; None if the country uses it, but not with one offset.
_OFFSETS_BY_COUNTRY: Final[dict[str, dict[str, int | None]]] = {
    "IST": {"in": 330, "ie": 60, "il": 120},
    "BST": {"bd": 360},
    "CST": {"cn": 480, "tw": 480, "hk": 480, "mo": 480, "cu": -300},
    "CDT": {"cu": -240},
    "EST": {"au": None},
    "EDT": {"au": None},
    "AST": {"sa": 180, "iq": 180, "kw": 180, "bh": 180, "qa": 180, "ae": None},
    "MST": {"my": 480},
    "PST": {"ph": 480, "pk": None},
    "ADT": {"iq": None, "ae": None},
}
_REGIONS: Final = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "AT": "America/Halifax",
    "AKT": "America/Anchorage",
}
# The country of a language that is spoken in one, as far as it decides one of the abbreviations above.
_COUNTRY_OF_LANGUAGE: Final = {
    **dict.fromkeys("hi mr te kn ml gu pa or as".split(), "in"),
    "ga": "ie",
    "he": "il",
    "iw": "il",
    "zh": "cn",
    "ja": "jp",
    "fil": "ph",
    "tl": "ph",
    "bn": "bd",
}
# What is written in one time zone only. 年 is Japanese and Chinese; their zones differ.
_ZONES_BY_SCRIPT: Final = (
    (re.compile("[\uac00-\ud7a3]"), "Asia/Seoul"),
    (re.compile("午前|午後|曜"), "Asia/Tokyo"),
    (re.compile("上午|下午|星期|[周週]"), "Asia/Shanghai"),
)
_ZONES_BY_COUNTRY: Final = {"jp": "Asia/Tokyo", **dict.fromkeys(("cn", "tw", "hk", "mo", "sg"), "Asia/Shanghai")}
_IANA_NAME: Final = re.compile(r"[A-Za-z]+(?:/[A-Za-z0-9_+-]+)+")
_TAG: Final = re.compile(r"[-_]")


@dataclass(frozen=True)
class DateContext:
    """Where a date is from: the language of its feed or page (BCP 47, such as "en-IN") and the address of that."""

    language: str = ""
    url: str = ""

    @cached_property
    def base_language(self) -> str:
        """The language without its region, in lower case."""
        return _TAG.split(self.language.strip().lower())[0]

    @cached_property
    def country(self) -> str:
        """The country by region of the language, domain of the host, or language alone; empty if unknown."""
        region = next((part for part in _TAG.split(self.language.strip().lower())[1:] if len(part) == 2), "")
        domain = (urlsplit(self.url).hostname or "").rpartition(".")[2]
        return region or (domain if len(domain) == 2 else "") or _COUNTRY_OF_LANGUAGE.get(self.base_language, "")


def zone_named(name: str, context: DateContext) -> tzinfo | None:
    """Return the zone of an abbreviation in upper case or of an IANA name; None if it is unknown or ambiguous."""
    by_country = _OFFSETS_BY_COUNTRY.get(name, {})
    minutes = by_country[context.country] if context.country in by_country else _OFFSETS.get(name)
    if minutes is not None:
        return timezone(timedelta(minutes=minutes))
    key = _REGIONS.get(name) or (name if _IANA_NAME.fullmatch(name) else "")
    if not key:
        return None
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError):  # OSError: the name is that of a folder of the database
        return None


def zone_of_script(text: str, context: DateContext) -> tzinfo | None:
    """Return the zone of those who write a date as `text` is written; None unless they all live in one."""
    key = next((key for pattern, key in _ZONES_BY_SCRIPT if pattern.search(text)), "")
    if not key and "年" in text:
        key = _ZONES_BY_COUNTRY.get(context.country, "")
    return ZoneInfo(key) if key else None


def instant(local: datetime, zone: tzinfo) -> datetime | None:
    """Return `local` as a time in `zone`; None if clocks showed that time twice or never."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first if first.utcoffset() == second.utcoffset() else None
