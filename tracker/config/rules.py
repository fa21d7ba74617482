"""Who wants to know what, how and when."""

from __future__ import annotations

from datetime import time, timedelta
from string import Template
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from tracker.model import LabelKind

from .values import Interval, Model, Name, Rate, Regex

PLACES: Final = (
    *("rule", "headline", "previous_headline", "url", "link", "source", "story", "labels", "when", "facts"),
    *("words_added", "words_removed", "announced", "edit", "edits", "notices", "article", "version", "id"),
)
"""What a template may name, each as $name."""

_LONGEST: Final = 4000
_DAY: Final = timedelta(days=1)


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'{text!r} is no time zone: write it as in "Europe/Berlin" or "UTC"') from None
    return text


def _clock(text: str) -> str:
    _time(text)
    return text


def _hours(text: str) -> str:
    if text:
        start, end = quiet_hours(text)
        if start == end:
            raise ValueError("quiet hours need an end that is not their beginning")
    return text


def _template(text: str) -> str:
    made = Template(text)
    if len(text) > _LONGEST:
        raise ValueError(f"a template has at most {_LONGEST} characters")
    if not made.is_valid():
        raise ValueError("a $ stands before a name, as in $headline; write $$ for the sign itself")
    unknown = [name for name in made.get_identifiers() if name not in PLACES]
    if unknown:
        raise ValueError(f"a template knows no ${unknown[0]}; it knows {', '.join(f'${name}' for name in PLACES)}")
    return text


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text) if len(text) == len("07:00") else time.fromisoformat("")
    except ValueError:
        raise ValueError(f'{text!r} is no time of day: write it as in "07:00"') from None


def quiet_hours(text: str) -> tuple[time, time]:
    """Read ``22:00-07:00`` as its beginning and its end. Raises ValueError."""
    start, dash, end = text.partition("-")
    if not dash:
        raise ValueError(f'{text!r} are no quiet hours: write them as in "22:00-07:00"')
    return _time(start.strip()), _time(end.strip())


Zone = Annotated[str, AfterValidator(_zone), Field(description="an IANA time zone")]
Clock = Annotated[str, AfterValidator(_clock), Field(description="a time of day")]
Hours = Annotated[str, AfterValidator(_hours)]
Text = Annotated[str, AfterValidator(_template)]


class DigestConfig(Model):
    """One message for many alerts: every so long, or daily at a time."""

    every: Interval | None = Field(None, description="how often, counted from midnight in the rule's time zone")
    at: Clock | None = Field(None, description="once a day, at this time in the rule's time zone")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.every is None) == (self.at is None):
            raise ValueError('name either every or at, as in { every = "1h" } or { at = "07:00" }')
        if self.every is not None and not timedelta(minutes=1) <= self.every <= _DAY:
            raise ValueError("a digest comes every minute at most, and once a day at least")
        return self


class RuleConfig(Model):
    """Who wants to know what. Every condition that is given must hold; within one list, any entry will do."""

    name: Name
    to: tuple[str, ...] = Field(min_length=1, description="names of targets")
    sources: tuple[str, ...] = Field((), description="names of sources")
    stories: tuple[str, ...] = Field((), description="names of stories")
    urls: tuple[Regex, ...] = Field((), description="regular expressions on the address")
    labels: tuple[LabelKind, ...] = Field((), description="kinds of change")
    min_words: int = Field(0, ge=0, description="least words added and removed together")
    added: Regex = Field("", description="regular expression on the added text")
    removed: Regex = Field("", description="regular expression on the removed text")
    announced: bool | None = Field(None, description="only changes that the outlet told of (true), or did not (false)")
    significance: float = Field(0.0, ge=0, le=1, description="least significance, 0 to 1")
    headline_only: bool = Field(default=False, description="only changes of the headline that leave the text as it was")
    stale_copy: Interval | None = Field(
        None, description="tell of copies that have not taken a correction of their origin after so long; nothing else"
    )
    first_version: bool = Field(default=False, description="also tell of articles seen for the first time")
    format: Literal["link", "summary", "full"] = Field(
        "summary", description="how much a mail or a chat message says: the facts, the edit that matters most, or all"
    )
    subject: Text = Field("", description="a template for the subject, as in $source: $headline")
    body: Text = Field("", description="a template for the text; it replaces the format")
    quiet: Hours = Field("", description='hours in which nothing is sent, as in "22:00-07:00"; what waits comes after')
    zone: Zone = Field("UTC", description="the time zone of quiet hours and digests")
    digest: DigestConfig | None = Field(None, description="gather alerts into one message")
    cap: Rate | None = Field(None, description="most messages to one target, as in 20/h; what is more is gathered")
