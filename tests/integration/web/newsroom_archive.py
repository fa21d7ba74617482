"""An archive of the demo's articles, made without running the demo: every page is extracted, compared and stored."""

import hashlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from tests.archives import temporary_url
from tracker import compare
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article
from tracker.archive.citations import add_citation
from tracker.archive.commits import commit_check, commit_poll
from tracker.archive.opening import open_archive
from tracker.archive.outbox import bury_delivery, enqueue_alerts, list_deliveries, mark_delivered
from tracker.archive.sources import save_layout, save_storm, sync_source
from tracker.archive.stories import save_readings
from tracker.archive.takedowns import take_down
from tracker.demo import pages
from tracker.demo.pages import make_noise
from tracker.demo.schedule import Schedule, ScheduledArticle, demo_schedule
from tracker.extraction.extractor import read
from tracker.model.alert import Alert, Batch
from tracker.model.article import Article, Block, BlockKind, Headlines, Notice, NoticeKind
from tracker.model.capture import Capture
from tracker.model.citation import Citation
from tracker.model.source import MIN_MOVED_ARTICLES, Hub, HubKind, Layout, Storm, Target
from tracker.model.story import CopyPair, StoryReading
from tracker.model.version import NewVersion
from tracker.model.watch import ArticleState, Check, CheckOutcome, HubPoll, Intent

OPENED = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 25, 21, 30, tzinfo=UTC)
BASES = {"ledger": "https://ledger.example", "courier": "https://courier.example"}
SCRIPT = "<script>window.hacked=1</script>"
HOSTILE = (
    SCRIPT,
    '"><img src=x onerror="window.hacked=1">',
    "</title></textarea></style></script><svg onload=window.hacked=1>",
    "javascript:window.hacked=1//",
    "{{ 7*7 }}{% raw %}<b>{{ config }}",
    "\u202e<iframe srcdoc='<script>parent.hacked=1</script>'>\u2066",
    "<math><mi//xlink:href='data:x,<script>window.hacked=1</script>'>",
    "&lt;script&gt;window.hacked=1&lt;/script&gt;",
    "\x00\x1b]0;x\x07<body onload=window.hacked=1>",
)


@dataclass(frozen=True)
class Kept:
    """What was kept: the database, and articles by a short name."""

    url: str
    articles: dict[str, str]


def at(seconds: float) -> datetime:
    """Return the time of day for a second of the schedule: its 44 seconds fill a day."""
    return OPENED + timedelta(seconds=seconds * 1200)


CITED = (
    "The bridge carries about 31,000 vehicles a day",
    "Two people were hurt, neither of them seriously",
    "Both had been on the barge.",
)
"""Passages of the first version of the article "bridge" that are cited."""


def build(path: Path) -> Kept:
    """Put a copy of the archive, which is built once a process, at `path`."""
    return copied(_built(), path)


@cache
def _built() -> Kept:
    return build_in(temporary_url())


def build_in(url: str) -> Kept:
    """Build the archive in an empty database."""
    store = open_archive(url)
    try:
        articles = _keep_demo(store, demo_schedule())
        articles |= {"hostile": _hostile(store), "arabic": _arabic(store), "long": _long(store)}
        articles["bare"] = _watched(store, "The Harbor Ledger", "https://ledger.example/not-yet", "Not visited yet")
        _failing(store)
        alerts = [
            Alert(f"k{place}", "All corrections", "newsdesk", articles["bridge"], place + 2, {"schema": 1})
            for place in range(3)
        ]
        enqueue_alerts(store, alerts, at(30))
        # A storm holds an alert of one source, and other alerts tell of another's redesign and of the archive itself.
        until = NOW + timedelta(minutes=18)
        held = Storm("Inland Courier", NOW - timedelta(minutes=12), until, 57, 80)
        save_storm(store, held)
        moved = Layout("The Harbor Ledger", at(10), at(20), tuple(map(str, range(MIN_MOVED_ARTICLES))))
        save_layout(store, moved)
        headline = "Port Alder bridge to stay shut two weeks"
        label = {"kind": "headline", "evidence": "Bridge stays → Bridge closes"}
        told = {
            "schema": 1,
            "type": "article.changed",
            "headline": headline,
            "source": "Inland Courier",
            "labels": [label],
        }
        batch = Batch("All corrections|storm|Inland Courier", storm="Inland Courier")
        waiting = Alert("held", "All corrections", "newsdesk", articles["bridge-reprint"], 5, told, until, batch)
        note = Alert("note", "checkpoints", "newsdesk", "checkpoints", 48, {"schema": 1, "type": "archive.checkpoint"})
        enqueue_alerts(store, [waiting, note], NOW)
        for passage in CITED:
            bridge = get_article(store, articles["bridge"])
            add_citation(store, Citation(0, bridge.id, 1, bridge.url, passage, passage, 0, "our piece", at(2)))
        for place, each in enumerate(reversed([each for each in list_deliveries(store) if each.key.startswith("k")])):
            if place == 0:
                mark_delivered(store, [each.id], at(31))
            elif place == 1:
                bury_delivery(store, each.id, "the target answered 410")
    finally:
        store.close()
    return Kept(url, articles)


def copied(kept: Kept, path: Path) -> Kept:
    """Return a copy of an archive, at `path`, that may be written to."""
    shutil.copy(kept.url.removeprefix("sqlite:///"), path)
    return Kept(f"sqlite:///{path}", kept.articles)


def _keep_demo(store: Archive, schedule: Schedule) -> dict[str, str]:
    found = {}
    for article in schedule.articles:
        source = schedule.outlet(article.outlet).name
        stories = (schedule.story,) if article.key in schedule.story_articles else ()
        url = BASES[article.outlet] + article.path
        sync_source(store, source, [], OPENED)
        (tracked,) = add_targets(store, source, [Target(url)], at(article.editions[0].at), stories)
        texts = [(at(edition.at), _page(schedule, article, place)) for place, edition in enumerate(article.editions)]
        keep(store, tracked.id, url, [(when, body, read(body, url).article) for when, body in texts])
        if article.gone_at is not None:
            gone = Check(tracked.id, at(article.gone_at), CheckOutcome.GONE, "the page answers 410", 410)
            commit_check(store, Intent(tracked.id, gone, len(texts), None, ArticleState.GONE, 3))
        found[article.key] = tracked.id
    first, second = sorted((found["bridge"], found["bridge-reprint"]))
    for ident in (first, second):
        pair = (CopyPair(first, second, 0.97, "97 % of the words"),)
        save_readings(store, [StoryReading(ident, 1, NOW, copies=pair)])
    return found


def _page(schedule: Schedule, article: ScheduledArticle, place: int) -> bytes:
    edition = article.editions[place]
    page = pages.PageData(
        outlet=schedule.outlet(article.outlet),
        article=article,
        edition=edition,
        url=BASES[article.outlet] + article.path,
        published=at(article.editions[0].at),
        modified=at(edition.at),
        others=(),
    )
    return pages.article_page(page, make_noise(0, article.path, place, ())).encode()


def keep(store: Archive, ident: str, url: str, states: list[tuple[datetime, bytes, Article]]) -> None:
    """Keep the states of one article, oldest first."""
    before: Article | None = None
    for n, (when, body, content) in enumerate(states, 1):
        made = compare(before, content) if before else None
        capture = Capture(
            url=url,
            final_url=url,
            status=200,
            headers=(("Content-Type", "text/html; charset=utf-8"), ("X-Served-By", "edge-7")),
            body=body,
            fetched_at=when,
            sha256=hashlib.sha256(body).hexdigest(),
            remote_ip="192.0.2.7",
            request_headers=(("User-Agent", "writethru"),),
        )
        outcome = CheckOutcome.CHANGED if n > 1 else CheckOutcome.NEW
        intent = Intent(
            article=ident,
            check=Check(ident, when, outcome, status=200, elapsed=0.2),
            expected_versions=n - 1,
            next_check_at=NOW + timedelta(hours=2),
            version=NewVersion(content, capture, "7", "main>article", made),
        )
        assert commit_check(store, intent).version == n
        before = content


def store_article(
    url: str, address: str, states: list[tuple[datetime, bytes, Article]], source: str = "Gazette", story: str = ""
) -> str:
    """Store the states of an article, oldest first, in the archive at `url`, and return its ID."""
    with open_archive(url) as store:
        sync_source(store, source, [], OPENED)
        (tracked,) = add_targets(store, source, [Target(address)], OPENED, (story,) if story else ())
        keep(store, tracked.id, tracked.url, states)
    return tracked.id


def _watched(store: Archive, source: str, url: str, title: str) -> str:
    sync_source(store, source, [], OPENED)
    (tracked,) = add_targets(store, source, [Target(url, title)], OPENED)
    return tracked.id


def _states(texts: list[Article], start: datetime, step: timedelta) -> list[tuple[datetime, bytes, Article]]:
    return [(start + step * place, f"<h1>{place}</h1>".encode(), text) for place, text in enumerate(texts)]


def _hostile(store: Archive) -> str:
    url = "https://evil.example/a?<script>alert(1)</script>"
    ident = _watched(store, "Evil Times & Sons", url, SCRIPT)
    texts = [
        Article(
            title=f"{SCRIPT} {place} {HOSTILE[1]}",
            dek=HOSTILE[2],
            byline=(HOSTILE[3], HOSTILE[1]),
            section=HOSTILE[1],
            lang='en"><script>window.hacked=1</script>',
            blocks=(
                *(Block(BlockKind.PARAGRAPH, f"{text} {place}") for text in HOSTILE),
                Block(BlockKind.PROMO, HOSTILE[1], HOSTILE[0]),
            ),
            notices=(
                Notice(NoticeKind.CORRECTION, f"{HOSTILE[1]} {place}"),
                Notice(NoticeKind.EDITORS_NOTE, "Read on."),
            ),
            headlines=Headlines(h1=HOSTILE[1], og=HOSTILE[2]),
            canonical_url="javascript:window.hacked=1",
        )
        for place in range(2)
    ]
    keep(store, ident, url, _states(texts, at(20), timedelta(minutes=30)))
    return ident


def _arabic(store: Archive) -> str:
    url = "https://al-nahar.example/1"
    ident = _watched(store, "النهار", url, "تأجيل الزيارة")
    old = ("قال الوزير إن الزيارة ستتم يوم الاثنين.", "وأصيب ثلاثة أشخاص في العاصفة.")
    new = ("قال الوزير إن الزيارة تأجلت إلى يوم الخميس.", "وأصيب خمسة أشخاص في العاصفة.", "وأغلق المطار.")
    note = Notice(NoticeKind.CORRECTION, "تصحيح: أصيب خمسة أشخاص لا ثلاثة.")
    texts = [
        Article(title=title, lang="ar", blocks=tuple(Block(BlockKind.PARAGRAPH, text) for text in blocks), notices=said)
        for title, blocks, said in (("زيارة يوم الاثنين", old, ()), ("تأجيل الزيارة بعد العاصفة", new, (note,)))
    ]
    keep(store, ident, url, _states(texts, at(12), timedelta(hours=1)))
    return ident


def _long(store: Archive) -> str:
    """A live page: twenty versions, paragraphs that come at the top and go."""
    url = "https://courier.example/live"
    ident = _watched(store, "Inland Courier", url, "Storm: live")
    texts = [
        Article(
            title=f"Storm: {place + 1} updates",
            blocks=tuple(
                Block(
                    BlockKind.PARAGRAPH, f"Entry {n}: the wind reached {60 + n * 3} km/h, and {n + 2} roads were shut."
                )
                for n in range(place, max(-1, place - 9), -1)
            ),
        )
        for place in range(20)
    ]
    keep(store, ident, url, _states(texts, at(5), timedelta(minutes=17)))
    take_down(store, ident, "a court order", NOW, 3)
    return ident


def _failing(store: Archive) -> None:
    hub = Hub("Broken Post", HubKind.FEED, "https://broken.example/rss")
    sync_source(store, "Broken Post", [hub], OPENED)
    for place in range(3):
        commit_poll(
            store, HubPoll(hub, at(place), at(place + 1), CheckOutcome.FAILED, "the host's name does not resolve")
        )
    sync_source(store, "Resting Star", [], OPENED, paused=True)
