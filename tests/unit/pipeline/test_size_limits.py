"""Texts so long that comparing them would hold up every other source."""

from datetime import timedelta

from tests.fake_fetcher import page
from tests.unit.pipeline.world import FEED, RSS, STORY, Reader, World
from tracker.archive.articles import list_articles
from tracker.archive.checks import list_checks
from tracker.archive.quarantine import get_quarantined
from tracker.archive.versions import get_version
from tracker.extraction.extractor import read
from tracker.model.capture import Failure, FailureKind
from tracker.pipeline.check import MAX_ARTICLE_CHARS, MAX_COMPARED_HERE_CHARS, count_letters

SENTENCE = "The council said on Tuesday that the old bridge would be closed for {} days, until the river fell again. "


class Apart(Reader):
    """A pool that remembers what was done in its children; *broken* ones die."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[object] = []
        self.broken = False

    async def run(self, returns, work, *given, about):
        self.done.append(about)
        if self.broken:
            return Failure(FailureKind.UNREADABLE, "the page took longer than 20 s to read", about.url, about.status)
        return work(*given)


def text(size: int, days: int) -> str:
    body = "".join(f"<p>{SENTENCE.format(n + days) * 4}</p>" for n in range(size // (4 * len(SENTENCE)) + 1))
    return f"<html><head><title>Bridge</title></head><body><article><h1>Bridge</h1>{body}</article></body></html>"


def world(size: int) -> World:
    made = World({FEED: page(FEED, RSS), STORY: page(STORY, text(size, 1))})
    made.reader = Apart()
    return made


async def again(made: World, size: int) -> str:
    made.fetcher.pages[STORY] = page(STORY, text(size, 900))
    return (await made.crawl(timedelta(minutes=6)))[-1]


async def test_a_text_that_is_too_long_for_an_article_is_refused_and_says_so():
    made = world(MAX_ARTICLE_CHARS)
    assert await made.crawl() == ["unchanged", "failed"]
    [tracked] = list_articles(made.archive)
    [check] = list_checks(made.archive, tracked.id, 1)
    assert "500,000 is the limit" in check.detail
    assert tracked.versions == 0


async def test_every_text_counts():
    found = read(
        b"<html><head><title>Headline of a page</title></head><body><article><h1>Headline of a page</h1><p>"
        + SENTENCE.encode() * 5
        + b"</p><p>Correction: it was closed on Monday.</p></article></body></html>",
        "https://s.test/a",
    )
    assert count_letters(found.article) >= 5 * len(SENTENCE) - 1 + len("Correction: it was closed on Monday.") + 18


async def test_long_texts_are_compared_in_a_child_and_short_ones_are_not():
    for size, apart in ((MAX_COMPARED_HERE_CHARS // 3, 0), (MAX_COMPARED_HERE_CHARS, 1)):
        made = world(size)
        assert await made.crawl() == ["unchanged", "new"]
        assert made.reader.done == []
        assert await again(made, size) == "changed"
        assert len(made.reader.done) == apart
        [tracked] = list_articles(made.archive)
        assert tracked.versions == 2
        assert tracked.next_check_at == made.clock.now + made.every
        change = get_version(made.archive, tracked.id, 2).change
        assert change is not None
        assert change.words_added == change.words_removed > 0


async def test_texts_that_cannot_be_compared_are_a_failure_and_their_bytes_are_kept():
    made = world(MAX_COMPARED_HERE_CHARS)
    await made.crawl()
    made.reader.broken = True
    assert await again(made, MAX_COMPARED_HERE_CHARS) == "failed"
    [tracked] = list_articles(made.archive)
    assert tracked.versions == 1
    assert "longer than 20 s" in list_checks(made.archive, tracked.id, 1)[0].detail
    kept = get_quarantined(made.archive, tracked.id)
    assert kept is not None
    assert kept.body.decode() == text(MAX_COMPARED_HERE_CHARS, 900)
