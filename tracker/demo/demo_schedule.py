"""The schedule of `writethru demo`, read from `port_alder.toml`: a morning of two news sites in about 45 seconds."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter

from tracker.demo.schedule import MIN_EDITION_SECONDS, Schedule, ScheduledArticle


def demo_schedule(seed: int = 0) -> Schedule:
    """Return the schedule, with every edit up to half a second earlier or later, depending on *seed*."""
    data = tomllib.loads(files(__package__).joinpath("port_alder.toml").read_text("utf-8"))
    editions: dict[str, list[dict[str, Any]]] = {}
    for article in data["articles"]:
        original = article.pop("reprint_of", "")
        editions[article["key"]] = article["editions"] = (
            list(_later(editions[original], article.pop("delay"))) if original else list(_editions(article))
        )
    schedule = TypeAdapter(Schedule).validate_python({**data, "seed": seed})
    rng = random.Random(f"timetable:{seed}")  # noqa: S311 - not used for security
    return replace(schedule, articles=tuple(_shift(article, rng) for article in schedule.articles))


def _editions(article: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the fields of each edition, completed from the edition before it."""
    texts = {name: " ".join(text.split()) for name, text in article.pop("paragraphs").items()}
    fields: dict[str, Any] = {"paragraphs": texts}
    for given in article["editions"]:
        fields = fields | given
        yield fields | {"paragraphs": [texts[name] for name in fields["paragraphs"]]}


def _later(editions: list[dict[str, Any]], delay: float) -> Iterator[dict[str, Any]]:
    for number, edition in enumerate(editions):
        yield edition | {"at": edition["at"] + delay} if number else edition


def _shift(article: ScheduledArticle, rng: random.Random) -> ScheduledArticle:
    def moved(at: float) -> float:
        return round(at + rng.uniform(-0.5, 0.5), 2) if at else at

    editions = tuple(replace(edition, at=moved(edition.at)) for edition in article.editions)
    gone_at = None if article.gone_at is None else moved(article.gone_at)
    times = [edition.at for edition in editions] + ([gone_at] if gone_at is not None else [])
    assert all(later - earlier >= MIN_EDITION_SECONDS for earlier, later in pairwise(times)), article.key
    return replace(article, editions=editions, gone_at=gone_at)
