"""The articles that the demo's news sites publish, and when.

All times are simulated seconds since the start; `SimulatedClock` maps them to real time.
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter

from tracker.config.tables import RuleConfig
from tracker.model.article import NoticeKind
from tracker.model.change import LabelKind


class SimulatedClock:
    """Count simulated seconds, `speed` of them in a real one. It stays at 0 until it is started."""

    def __init__(self, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._monotonic = monotonic
        self._started: float | None = None

    def start(self) -> None:
        """Start the clock, or do nothing if it is running."""
        if self._started is None:
            self._started = self._monotonic()

    def now(self) -> float:
        """Return the simulated seconds since the start."""
        return 0.0 if self._started is None else (self._monotonic() - self._started) * self.speed


@dataclass(frozen=True, slots=True)
class Edition:
    """One state of an article, published `at` a time. The outlet's own notes about the edit are below the text.

    `kinds` are the labels that describe the edit; there are none for the first edition.
    """

    at: float
    title: str
    dek: str
    byline: tuple[str, ...]
    paragraphs: tuple[str, ...]
    notes: tuple[tuple[NoticeKind, str], ...] = ()
    kinds: frozenset[LabelKind] = frozenset()


@dataclass(frozen=True, slots=True)
class ScheduledArticle:
    """An article of the schedule: its address, its editions in order, and when it is taken down.

    Attributes:
        outlet: key of the outlet that publishes it.
        gone_at: when it is taken down; None if it stays online.
        etag: whether responses carry an ETag that follows the editions, so that the server can answer 304.
        noisy: whether each response moves the promotional links about and gives the current time as date modified.
        credit: a line printed below the text in every edition.
        terms: the copyright line printed below that.
    """

    key: str
    outlet: str
    path: str
    section: str
    editions: tuple[Edition, ...]
    gone_at: float | None = None
    etag: bool = False
    noisy: bool = False
    credit: str = ""
    terms: str = ""

    def edition_at(self, seconds: float) -> int | None:
        """Return the index of the edition online at that time, or None before the first and after the takedown."""
        if self.is_gone(seconds):
            return None
        published = [index for index, edition in enumerate(self.editions) if edition.at <= seconds]
        return published[-1] if published else None

    def is_gone(self, seconds: float) -> bool:
        """Return whether the article has been taken down by that time."""
        return self.gone_at is not None and seconds >= self.gone_at


@dataclass(frozen=True, slots=True)
class Outlet:
    """A news site. It is served at the loopback address `host` where the system allows it.

    `style` is its page template, "ledger" or "courier".
    """

    key: str
    name: str
    host: str
    motto: str
    footer: str
    style: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Everything that is published, and the alert rules of the service.

    At `duration` the last edition has been online long enough to be seen. `story` is the name of the story that
    `story_articles` (keys) belong to.
    """

    seed: int
    duration: float
    outlets: tuple[Outlet, ...]
    articles: tuple[ScheduledArticle, ...]
    story: str
    story_articles: tuple[str, ...]
    rules: tuple[RuleConfig, ...] = ()

    def outlet(self, key: str) -> Outlet:
        """Return the outlet with that key."""
        return next(outlet for outlet in self.outlets if outlet.key == key)

    def article(self, key: str) -> ScheduledArticle:
        """Return the article with that key."""
        return next(article for article in self.articles if article.key == key)

    def articles_of(self, outlet: str) -> tuple[ScheduledArticle, ...]:
        """Return one outlet's articles, in order of first publication."""
        return tuple(sorted((a for a in self.articles if a.outlet == outlet), key=lambda a: a.editions[0].at))

    def find(self, outlet: str, path: str) -> ScheduledArticle | None:
        """Return the outlet's article at `path`, or None."""
        return next((a for a in self.articles if a.outlet == outlet and a.path == path), None)


def demo_schedule() -> Schedule:
    """Return the schedule of `writethru demo`, from `port_alder.toml`: a morning of two sites in about 45 seconds."""
    data = tomllib.loads(files(__package__).joinpath("port_alder.toml").read_text("utf-8"))
    editions: dict[str, list[dict[str, Any]]] = {}
    for article in data["articles"]:
        if original := article.pop("reprint_of", ""):
            delay = article.pop("delay")
            first, *later = editions[original]
            reprinted = [first, *(edition | {"at": edition["at"] + delay} for edition in later)]
        else:
            # Each edition has the fields of the one before it that it does not give itself.
            texts = {name: " ".join(text.split()) for name, text in article.pop("paragraphs").items()}
            fields: dict[str, Any] = {"paragraphs": texts}
            reprinted = []
            for given in article["editions"]:
                fields = fields | given
                reprinted.append(fields | {"paragraphs": [texts[name] for name in fields["paragraphs"]]})
        editions[article["key"]] = article["editions"] = reprinted
    return TypeAdapter(Schedule).validate_python({**data, "seed": 0})
