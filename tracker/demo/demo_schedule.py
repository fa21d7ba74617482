"""The schedule of `writethru demo`: its outlets, articles and editions."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

from tracker.demo.schedule import MIN_EDITION_SECONDS, Schedule, ScheduledArticle


def demo_schedule(seed: int = 0) -> Schedule:
    """Return the schedule of `writethru demo`: a morning in Port Alder in about 45 seconds."""
    from . import local_articles, wire_story

    rng = random.Random(f"timetable:{seed}")  # noqa: S311 - not used for security
    articles = (
        _shift(wire_story.ledger_article(), rng),
        *(_shift(article, rng) for article in local_articles.ARTICLES),
        _shift(wire_story.courier_article(), rng),
    )
    return Schedule(
        seed=seed,
        duration=44.0,
        outlets=local_articles.OUTLETS,
        articles=articles,
        story=wire_story.STORY,
        story_articles=("bridge", "bridge-reprint"),
    )


def _shift(article: ScheduledArticle, rng: random.Random) -> ScheduledArticle:
    """Move every edition after the start by up to half a second, so that each seed gives a different schedule."""

    def moved(at: float) -> float:
        return round(at + rng.uniform(-0.5, 0.5), 2) if at else at

    editions = tuple(replace(edition, at=moved(edition.at)) for edition in article.editions)
    gone_at = None if article.gone_at is None else moved(article.gone_at)
    times = [edition.at for edition in editions] + ([gone_at] if gone_at is not None else [])
    assert all(later - earlier >= MIN_EDITION_SECONDS for earlier, later in pairwise(times)), article.key
    return replace(article, editions=editions, gone_at=gone_at)
