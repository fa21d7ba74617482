"""An article, its versions and what a visit finds, for tests of decisions."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tracker.config.tables import RuleConfig
from tracker.model.article import Article, Block, BlockKind, PageKind, Reading
from tracker.model.capture import Capture, Failure, FailureKind, NotModified
from tracker.model.version import Version
from tracker.model.watch import CheckVerdict, Intent, WatchedArticle
from tracker.pipeline.decide import CheckPolicy, decide
from tracker.pipeline.decision_context import DecisionContext

URL = "https://s.test/harbour-fire"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
EARLIER = NOW - timedelta(minutes=10)
EVERYTHING = RuleConfig(name="all", to=("hook",))
FIRST = Article(
    title="Fire at the harbour",
    blocks=(
        Block(BlockKind.PARAGRAPH, "Four people were hurt on Tuesday when a warehouse burned, the fire service said."),
        Block(BlockKind.PARAGRAPH, "The cause is not known."),
        Block(BlockKind.PROMO, "See: How the port grew"),
    ),
)
SECOND = replace(
    FIRST,
    blocks=(
        Block(BlockKind.PARAGRAPH, "Seven people were hurt on Tuesday when a warehouse burned, the fire service said."),
        *FIRST.blocks[1:],
    ),
)


def tracked(**kwargs: Any) -> WatchedArticle:
    values: dict[str, Any] = {
        "id": "a7f3c0ffee12",
        "source": "s",
        "url": URL,
        "host": "s.test",
        "first_seen_at": EARLIER,
    }
    return WatchedArticle(**(values | kwargs))


def watched(**kwargs: Any) -> WatchedArticle:
    return tracked(**({"versions": 1, "checks": 3, "last_check_at": EARLIER, "last_seen_at": EARLIER} | kwargs))


def version(content: Article = FIRST, n: int = 1) -> Version:
    return Version("a7f3c0ffee12", n, URL, EARLIER, content, "test", "00")


def capture(body: bytes = b"<html>", **headers: str) -> Capture:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Capture(URL, URL, 200, pairs, body, NOW, hashlib.sha256(body).hexdigest())


def reading(article: Article, page: PageKind = PageKind.ARTICLE, detail: str = "") -> Reading:
    return Reading(page, article, "div.story", "test-1", detail)


def schedule(article: WatchedArticle, now: datetime, verdict: CheckVerdict) -> datetime | None:
    return now + (timedelta(days=1) if verdict.failures else timedelta(hours=1))


def run(
    article: WatchedArticle,
    latest: Version | None,
    found: Capture | NotModified | Failure,
    read: Reading | None = None,
    rules: tuple[RuleConfig, ...] = (EVERYTHING,),
    missing: int = 0,
) -> Intent:
    context = DecisionContext(latest, missing=missing)
    return decide(article, found, read, NOW, policy=CheckPolicy(rules), schedule=schedule, context=context)


def status(code: int) -> Failure:
    return Failure(FailureKind.STATUS, f"the host answered {code}", URL, code)
