"""The [[rules]] tables: who is alerted to which changes, how and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from string import Template
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tracker.model.change import EARLIER_WORDS, LabelKind, Significance

from .tables import ConfigModel, Interval, Name, Rate, Regex

TEMPLATE_NAMES: Final = (
    *("rule", "headline", "previous_headline", "url", "link", "source", "story", "labels", "when", "facts"),
    *("words_added", "words_removed", "announced", "edit", "edits", "notices", "article", "version", "id"),
)
"""The names a template may use, each as $name."""

MAX_TEMPLATE_CHARACTERS: Final = 4000
MIN_DIGEST_INTERVAL: Final = timedelta(minutes=1)
MAX_DIGEST_INTERVAL: Final = timedelta(days=1)


def quiet_hours(text: str) -> tuple[time, time]:
    """Return the start and end of quiet hours such as ``22:00-07:00``. Raises ValueError."""
    start, dash, end = text.partition("-")
    if not dash:
        raise ValueError(f'{text!r} is not a range of hours; write it as in "22:00-07:00"')
    return _time(start.strip()), _time(end.strip())


def _time(text: str) -> time:
    try:
        # fromisoformat also takes seconds, time zones, and "0700" without a colon.
        return time.fromisoformat(text if len(text) == len("07:00") else "")
    except ValueError:
        raise ValueError(f'{text!r} is not a valid time of day; write it as in "07:00"') from None


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'{text!r} is not a known time zone; write it as in "Europe/Berlin" or "UTC"') from None
    return text


def _clock(text: str) -> str:
    _time(text)
    return text


def _hours(text: str) -> str:
    if text:
        start, end = quiet_hours(text)
        if start == end:
            raise ValueError("quiet hours must not start and end at the same time")
    return text


def _template(text: str) -> str:
    template = Template(text)
    if len(text) > MAX_TEMPLATE_CHARACTERS:
        raise ValueError(f"a template may have at most {MAX_TEMPLATE_CHARACTERS} characters")
    if not template.is_valid():
        raise ValueError("a $ must be followed by a name, as in $headline; write $$ for a dollar sign")
    unknown = [name for name in template.get_identifiers() if name not in TEMPLATE_NAMES]
    if unknown:
        known = ", ".join(f"${name}" for name in TEMPLATE_NAMES)
        raise ValueError(f"${unknown[0]} is not a template name; use one of {known}")
    return text


def _word(value: object) -> object:
    """Return the word for a number of release 0.1; any other value is left for validation."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        return value
    return Significance.of_score(value)


LeastSignificance = Annotated[Significance, BeforeValidator(_word)]
Zone = Annotated[str, AfterValidator(_zone), Field(description="an IANA time zone")]
Clock = Annotated[str, AfterValidator(_clock), Field(description="a time of day")]
Hours = Annotated[str, AfterValidator(_hours)]
Text = Annotated[str, AfterValidator(_template)]


class DigestConfig(ConfigModel):
    """One message for many alerts, at an interval or once a day."""

    every: Interval | None = Field(None, description="how often, counted from midnight in the rule's time zone")
    at: Clock | None = Field(None, description="once a day, at this time in the rule's time zone")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.every is None) == (self.at is None):
            raise ValueError('name either every or at, as in { every = "1h" } or { at = "07:00" }')
        if self.every is not None and not MIN_DIGEST_INTERVAL <= self.every <= MAX_DIGEST_INTERVAL:
            raise ValueError("every must be between 1m and 1d")
        return self


class RuleConfig(ConfigModel):
    """Who is alerted to which changes. A change must meet every condition given; in a list, any one entry is enough."""

    name: Name
    to: tuple[str, ...] = Field(min_length=1, description="names of targets")
    sources: tuple[str, ...] = Field((), description="names of sources")
    stories: tuple[str, ...] = Field((), description="names of stories")
    urls: tuple[Regex, ...] = Field((), description="regular expressions for the address")
    labels: tuple[LabelKind, ...] = Field((), description="the change has one of these labels")
    min_words: int = Field(0, ge=0, description="minimum number of words added and removed, in total")
    added: Regex = Field("", description="regular expression for the added text")
    removed: Regex = Field("", description="regular expression for the removed text")
    announced: bool | None = Field(
        None,
        description="true: the outlet noted the change; false: it altered or removed a claim without a note",
    )
    significance: LeastSignificance = Field(Significance.LOW, description="minimum significance")
    headline_only: bool = Field(default=False, description="only changes of the headline that leave the text unchanged")
    stale_copy: Interval | None = Field(
        None, description="only copies that still lack a correction of their original after this time"
    )
    story: bool = Field(
        default=False,
        description="one alert for all copies of an edition, two minutes later, and a note on copies that lag",
    )
    first_version: bool = Field(default=False, description="also alert to articles seen for the first time")
    format: Literal["link", "summary", "full"] = Field(
        "summary", description="how much a mail or chat message says: the facts, also the main edit, or all edits"
    )
    subject: Text = Field("", description="a template for the subject, as in $source: $headline")
    body: Text = Field("", description="a template for the text; replaces the format")
    quiet: Hours = Field("", description='hours in which nothing is sent, as in "22:00-07:00"; alerts wait until then')
    zone: Zone = Field("UTC", description="the time zone of quiet hours and digests")
    digest: DigestConfig | None = Field(None, description="gather alerts into one message")
    cap: Rate | None = Field(None, description="maximum messages to a target, as in 20/h; the rest is sent as a digest")


def warnings(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a warning for each key of a file's [[rules]] with a value of release 0.1, with the word it is read as."""
    found = []
    rules = data.get("rules", ())
    for place, rule in enumerate(rules if isinstance(rules, list) else ()):
        table = rule if isinstance(rule, dict) else {}
        score, labels = table.get("significance"), table.get("labels")
        if isinstance(word := _word(score), Significance):
            found.append(f'rules[{place + 1}].significance: {score} is read as "{word}"; write "{word}"')
        for label in labels if isinstance(labels, list) else ():
            if isinstance(label, str) and label in EARLIER_WORDS:
                word = EARLIER_WORDS[label]
                found.append(f'rules[{place + 1}].labels: "{label}" is read as "{word}"; write "{word}"')
    return tuple(found)
