"""Who wants to know what."""

from __future__ import annotations

from pydantic import Field

from tracker.model import LabelKind

from .values import Interval, Model, Name, Regex


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
    stale_copy: Interval | None = Field(
        None, description="tell of copies that have not taken a correction of their origin after so long; nothing else"
    )
    first_version: bool = Field(default=False, description="also tell of articles seen for the first time")
