"""Values that tests of the archive are fed with."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tracker.archive.addresses import address_key
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets
from tracker.archive.commits import commit_check
from tracker.model.alert import Alert
from tracker.model.article import Article, Block, BlockKind, Headlines, Notice, NoticeKind
from tracker.model.capture import Capture
from tracker.model.change import CLASSIFIER, BlockChange, Change, Field, Label, LabelKind, Op, Significance, Substance
from tracker.model.source import Target
from tracker.model.version import NewVersion
from tracker.model.watch import Check, CheckOutcome, Intent, WatchedArticle

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
URL = "https://herald.example/news/flood"


def article_id(url: str) -> str:
    """The id of the article at `url`, unless another one has these digits."""
    return address_key(url).hex()[:12]


def minutes(count: float) -> datetime:
    """Return the instant *count* minutes after NOW."""
    return NOW + timedelta(minutes=count)


def watch(
    archive: Archive, url: str = URL, *, source: str = "Herald", title: str = "Flood", stories: tuple[str, ...] = ()
) -> WatchedArticle:
    """Put one address under watch."""
    (tracked,) = add_targets(archive, source, [Target(url, title)], NOW, stories)
    return tracked


def content(n: int = 1) -> Article:
    """Return the n-th state of an article."""
    return Article(
        title=f"River floods {n} streets",
        byline=("Ada Lark", "Jo Reed"),
        published=datetime(2026, 11, 25, 8, 30, 12, 345678, tzinfo=UTC),
        lang="en",
        blocks=(
            Block(BlockKind.PARAGRAPH, f"The river rose over {n} streets of the old town on Monday."),
            Block(BlockKind.PROMO, "Read more"),
            Block(BlockKind.PARAGRAPH, "Nobody was hurt, the mayor’s office said."),
        ),
        notices=(Notice(NoticeKind.UPDATE, f"Updates with {n}"),) if n > 1 else (),
        headlines=Headlines(h1=f"River floods {n} streets", feed="Flood"),
        fields=(("title", "h1"),),
    )


def change(n: int, *kinds: LabelKind) -> Change:
    """Return what led to the n-th state."""
    old, new = f"The river rose over {n - 1}", f"The river rose over {n}"
    return Change(
        title=Field(f"{n - 1}", f"{n}", (("-", f"{n - 1}"), ("+", f"{n}"))),
        blocks=(
            BlockChange(
                Op.EDIT, 0, 0, (("=", "The river rose over "), ("-", old[-1]), ("+", new[-1]), ("=", " streets"))
            ),
            BlockChange(Op.SAME, 1, 1, (("=", "Nobody was hurt, the mayor’s office said."),)),
        ),
        labels=tuple(Label(kind, f"{n - 1} → {n}", (0,)) for kind in kinds or (LabelKind.NUMBER,)),
        significance=Significance.MEDIUM,
        announced=True,
        substance=Substance.CLAIM,
        classifier=CLASSIFIER,
    )


def capture(n: int = 1, at: datetime = NOW, url: str = URL) -> Capture:
    """Return the response that the n-th state came from."""
    words = " ".join(hashlib.sha256(f"{url}{word}".encode()).hexdigest() for word in range(60))
    body = f"<html><body><h1>River floods {n} streets</h1><p>{words}</p></body></html>".encode()
    return Capture(
        url=url,
        final_url=url + "?final",
        status=200,
        headers=(("Content-Type", "text/html"), ("Set-Cookie", "a=1"), ("Set-Cookie", f"b={n}")),
        body=body,
        fetched_at=at,
        sha256=hashlib.sha256(body).hexdigest(),
        elapsed=0.25,
        remote_ip="192.0.2.7",
        hops=(url,),
        request_headers=(("User-Agent", "writethru"),),
    )


def with_body(taken: Capture, body: bytes) -> Capture:
    """Return a response with another body."""
    return replace(taken, body=body, sha256=hashlib.sha256(body).hexdigest())


def intent(tracked: WatchedArticle, n: int, at: datetime, **changes: Any) -> Intent:
    """Return the decision to keep the n-th state of an article.

    *content*, *capture* and *change* among the changes are of its version, and *kinds* are the labels of its change.
    """
    kinds = changes.pop("kinds", ())
    new = NewVersion(
        content=changes.pop("content", content(n)),
        capture=changes.pop("capture", capture(n, at, tracked.url)),
        extractor="0",
        signature="article.body",
        change=changes.pop("change", change(n, *kinds) if n > 1 else None),
    )
    outcome = CheckOutcome.CHANGED if n > 1 else CheckOutcome.NEW
    made = Intent(
        article=tracked.id,
        check=Check(tracked.id, at, outcome, status=200, elapsed=0.25),
        expected_versions=n - 1,
        next_check_at=at + timedelta(hours=1),
        etag=f'"{n}"',
        last_modified="Wed, 25 Nov 2026 09:00:00 GMT",
        signature="article.body",
        version=new,
    )
    return replace(made, **changes)


def look(tracked: WatchedArticle, versions: int, at: datetime, outcome: CheckOutcome, **changes: Any) -> Intent:
    """Return the decision of a check that keeps no version."""
    made = Intent(
        article=tracked.id,
        check=Check(tracked.id, at, outcome, detail="as it was", status=304),
        expected_versions=versions,
        next_check_at=at + timedelta(hours=1),
    )
    return replace(made, **changes)


def grow(archive: Archive, tracked: WatchedArticle, count: int) -> None:
    """Keep *count* versions of an article, a minute apart."""
    for n in range(1, count + 1):
        assert commit_check(archive, intent(tracked, n, minutes(n))).version == n


def alert(key: str, *, article: str = "aa", target: str = "desk", version: int = 1) -> Alert:
    """Return one thing to tell."""
    return Alert(key, "all edits", target, article, version, {"schema": 1})
