"""When a page is not read because it says what it said."""

from dataclasses import replace
from datetime import timedelta

from tests.archive_samples import intent
from tests.fake_fetcher import page
from tests.unit.pipeline.world import START, STORY, World, story
from tracker.archive.articles import add_targets, list_articles
from tracker.archive.commits import commit_check
from tracker.archive.takedowns import take_down
from tracker.archive.versions import latest_version
from tracker.extraction import EXTRACTOR
from tracker.extraction.extractor import read_unless_same
from tracker.model.article import Reading, SamePage
from tracker.model.capture import Capture, Failure, FailureKind
from tracker.model.source import Target
from tracker.pipeline.check import READ_IN_FULL_EVERY


class CountingReader:
    """Notes for each page whether it was read in full or recognised; it can read none while *crash* is set."""

    def __init__(self) -> None:
        self.crash = False
        self.full: list[bool] = []

    async def read(self, capture: Capture, *, prefer: str = "") -> Reading | SamePage | Failure:
        return await self.read_unless_same(capture, "", prefer=prefer)

    async def read_unless_same(
        self, capture: Capture, fingerprint: str, *, prefer: str = ""
    ) -> Reading | SamePage | Failure:
        if self.crash:
            return Failure(FailureKind.UNREADABLE, "the page crashed its reader", capture.url, capture.status)
        found = read_unless_same(capture.body, capture.final_url, fingerprint, prefer=prefer)
        self.full.append(isinstance(found, Reading))
        return found


class Visits:
    """One article, visited again and again by a process that keeps what it knows."""

    def __init__(self) -> None:
        self.world = World({STORY: page(STORY, story())})
        self.world.reader = self.reader = CountingReader()
        add_targets(self.world.archive, "s", [Target(STORY)], START)
        pipeline = self.world.pipeline()
        self.world.crawler = replace(self.world.crawler, pipeline=lambda: pipeline)
        self.count = 0

    async def visit(self, text: str) -> str:
        """Serve *text* with a counter that is new at each visit, and return the outcome."""
        self.count += 1
        self.world.fetcher.pages[STORY] = page(STORY, text.replace("</body>", f"<i>{self.count} views</i></body>"))
        (*_, outcome) = await self.world.crawl(timedelta(hours=1))
        return outcome


async def test_a_page_with_the_same_article_is_not_read_again_and_an_edit_is():
    visits = Visits()
    outcomes = [await visits.visit(text) for text in (story(), story(), story(), story("Five"), story("Five"))]
    assert outcomes == ["new", "unchanged", "unchanged", "changed", "unchanged"]
    assert visits.reader.full == [True, False, False, True, False]
    (tracked,) = list_articles(visits.world.archive)
    latest = latest_version(visits.world.archive, tracked.id)
    assert latest is not None
    assert "Five people" in latest.content.text


async def test_a_recognised_page_costs_no_look_at_the_texts_and_keeps_what_is_known_of_the_article():
    visits = Visits()
    await visits.visit(story())
    (before,) = list_articles(visits.world.archive)
    visits.world.turns.clear()
    assert await visits.visit(story()) == "unchanged"
    assert "recall" not in visits.world.turns
    (after,) = list_articles(visits.world.archive)
    assert after.signature == before.signature
    assert (after.checks, after.versions) == (before.checks + 1, 1)


async def test_a_page_whose_newest_version_was_taken_out_is_read():
    visits = Visits()
    await visits.visit(story())
    (tracked,) = list_articles(visits.world.archive)
    take_down(visits.world.archive, tracked.id, "the court said so", START)
    await visits.visit(story())
    assert visits.reader.full == [True, True]


async def test_every_tenth_visit_reads_in_full():
    visits = Visits()
    for _ in range(2 * READ_IN_FULL_EVERY + 1):
        await visits.visit(story())
    assert [n for n, full in enumerate(visits.reader.full) if full] == [0, READ_IN_FULL_EVERY, 2 * READ_IN_FULL_EVERY]


async def test_after_a_failure_the_page_is_read():
    visits = Visits()
    await visits.visit(story())
    visits.reader.crash = True
    await visits.visit(story("Five"))
    await visits.visit("<html><body>Not found</body></html>")
    visits.reader.crash = False
    assert await visits.visit(story("Five")) == "changed"
    assert visits.reader.full[-1]


async def test_a_page_whose_version_was_not_stored_because_another_came_first_is_read_again():
    visits = Visits()
    await visits.visit(story())
    (tracked,) = list_articles(visits.world.archive)

    def another_first(function: str) -> None:
        if function == "settle":
            visits.world.fail = lambda _: None
            other = intent(tracked, 2, visits.world.clock.now)
            assert other.version is not None
            commit_check(visits.world.archive, replace(other, version=replace(other.version, extractor=EXTRACTOR)))

    visits.world.fail = another_first
    await visits.visit(story("Five"))
    assert await visits.visit(story("Five")) == "changed"
    latest = latest_version(visits.world.archive, tracked.id)
    assert latest is not None
    assert (latest.n, "Five people" in latest.content.text) == (3, True)
