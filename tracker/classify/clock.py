"""Read times of day: 8 p.m., 20:30, 20.30 Uhr, 20h30, 8 o'clock."""

from __future__ import annotations

import re

from ..model.change import FactKind
from .dates import Span

_TIME = re.compile(r"(?P<hour>[01]?\d|2[0-4])(?:(?P<sep>[:.])(?P<minutes>[0-5]\d))?(?![\d:]|[.,]\d)")
# Before an hour with a point: alle 20.30, às 8.15.
_AT_HOUR = re.compile(r"(?<!\w)(?:a las|las|alle|dalle|às|om)\s$")
_ZONES = r"(?:gmt|utc|ces?t|mes?z|[ecmpb][ds]?t)"
# Without minutes, what follows tells it from a number of people: "alle 21 di giovedì", "às 9 da noite".
_AFTER_HOUR = re.compile(r"[,;)]|\.?\Z|\.\s|\s(?:d[eiao]|da|del|della|van|e|y)\s")
# What makes figures a time: 8 p.m., 8 Uhr, 20h30, 8 o'clock, 8 GMT, 8 EST.
_OF_CLOCK = re.compile(
    r"[\s\u00a0]?(?:(?P<half>[ap])\.?\s?m\b\.?|uhr|horas|heures|hrs\b|uur|o'clock"
    rf"|(?={_ZONES}\b)"
    r"|h\s?(?P<minutes>[0-5]\d)?(?!\w|\.\w))"
)
_ZONE = re.compile(rf"[\s\u00a0]?(?P<zone>{_ZONES})(?!\w)")
# In these languages the word for an hour of the day is that for an hour: only "à 20 heures" is a time.
_HOURS = frozenset("horas heures uur h".split())
_AT = re.compile(r"(?<!\w)(?:à|vers|dès|a las|las|às|om|tegen|alle|dalle|les)\s$")

_DOTTED = re.compile(r"(?<![\d.,:])(\d{1,2})\.([0-5]\d)(?![\d:]|[.,]\d)")


def with_colons(text: str, other: str) -> str:
    """Return `text` with a colon in each time of day that `other` writes with one: "at 8.30", "at 8:30"."""
    if ":" not in other:
        return text

    def written(time: re.Match[str]) -> str:
        colon = f"{time[1]}:{time[2]}"
        return colon if re.search(rf"(?<![\d:]){colon}(?![\d:])", other) and time[0] not in other else time[0]

    return _DOTTED.sub(written, text)


def clock_time(low: str, start: int) -> Span | None:
    """Return the time of day that begins with the figures at `start`; None if they are not a time.

    The key is the hour of the day, with the minutes where there are any: "8", "20:30".
    """
    time = _TIME.match(low, start)
    if time is None or low[max(0, start - 1) : start] in set("$€£-–−:"):
        return None
    end = time.end()
    marked = _OF_CLOCK.match(low, end)
    before = low[max(0, start - 8) : start]
    if marked and low[end : marked.end()].strip() in _HOURS and not _AT.search(before):
        marked = None
    dotted = (time["sep"] == "." or (not time["sep"] and _AFTER_HOUR.match(low, end))) and _AT_HOUR.search(before)
    if not (time["sep"] == ":" or marked or dotted):
        return None
    # 12 a.m. is hour 0 and 12 p.m. hour 12; the day ends at hour 24, where the next begins.
    hour, minutes = int(time["hour"]), time["minutes"] or (marked and marked["minutes"]) or "00"
    half = marked["half"] if marked else None
    if half and hour <= 12:
        hour = hour % 12 + 12 * (half == "p")
    key = f"{hour % 24}" + (f":{minutes}" if minutes != "00" else "")
    end = marked.end() if marked and marked[0].strip() else end
    zone = _ZONE.match(low, end)
    # 10:00 BST is another time than 10:00 GMT.
    return Span(FactKind.DATE, key, start, end, "time", zone["zone"] if zone else "", zone.end() if zone else end)
