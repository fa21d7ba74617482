from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fake_fetcher import page
from tests.unit.pipeline.redesigns import after, before, stories
from tests.unit.pipeline.world import START, STORY, World, story
from tracker.archive.articles import add_targets, get_article, list_articles
from tracker.archive.checks import list_checks
from tracker.archive.outbox import claim_batch, list_deliveries
from tracker.archive.sources import list_habits, list_layouts, list_storms, save_storm, sync_source
from tracker.archive.versions import get_version, latest_version
from tracker.config.root import Config
from tracker.config.tables import RuleConfig, ServiceConfig, SourceConfig, WebhookTarget
from tracker.model.alert import Batch, DeliveryState
from tracker.model.article import Article, BlockKind
from tracker.model.source import HabitKind, Layout, Storm, Target
from tracker.model.watch import CheckOutcome
from tracker.pipeline.decision_context import read_before
from tracker.pipeline.settle import MAX_HOLD, QUIET_BEFORE_RELEASE, CheckReport, release_storm

COUNT = 100
MINUTES = timedelta(minutes=1)


class Redesign(World):
    """An outlet of a hundred articles, watched one by one, and told of by one rule."""

    def __init__(self, count: int = COUNT, *, least: int = 20) -> None:
        self.stories = stories(count)
        super().__init__({each.url: page(each.url, before(each)) for each in self.stories})
        sync_source(self.archive, "s", [], START)
        add_targets(self.archive, "s", [Target(each.url) for each in self.stories], START)
        self.config = Config(
            service=ServiceConfig(storm=least),
            sources=(SourceConfig(name="s", urls=tuple(each.url for each in self.stories)),),
            rules=(RuleConfig(name="every", to=("desk",)),),
            targets=(WebhookTarget(name="desk", type="webhook", url="https://hooks.test/in"),),
        )

    def turn(self, template, **kwargs) -> None:
        for each in self.stories:
            self.fetcher.pages[each.url] = page(each.url, template(each, **kwargs))

    async def look(self, later: timedelta = timedelta(0), tracked=None) -> list[str]:
        self.clock.now += later
        seen = len(self.reports)
        await self.crawler.visit("s.test", (), list_articles(self.archive) if tracked is None else tracked)
        return self.outcomes()[seen:]

    def layouts(self) -> list[Layout]:
        return [each.layout for each in self.reports if isinstance(each, CheckReport) and each.layout]

    def storms(self) -> list[Storm]:
        return [each.storm for each in self.reports if isinstance(each, CheckReport) and each.storm]

    def versions(self) -> int:
        return sum(each.versions for each in list_articles(self.archive))


async def test_a_redesign_of_a_hundred_pages_is_no_version_and_one_layout_change():
    world = Redesign()
    assert await world.look() == ["new"] * COUNT
    world.turn(after)
    assert await world.look(10 * MINUTES) == ["unchanged"] * COUNT
    assert world.versions() == COUNT
    assert [each.source for each in world.layouts()] == ["s"], "said once"
    assert list(list_layouts(world.archive)) == ["s"]
    assert world.storms() == []
    assert await world.look(10 * MINUTES) == ["unchanged"] * COUNT
    assert len(world.layouts()) == 1
    assert list_checks(world.archive, list_articles(world.archive)[0].id, 1)[0].detail == "", (
        "it is the new frame by now"
    )


async def test_an_edit_after_a_redesign_is_a_version_of_that_article_alone():
    world = Redesign(12)
    await world.look()
    world.turn(after)
    await world.look(10 * MINUTES)
    first = world.stories[0]
    edited = after(first).replace(first.paragraphs[1].split()[0], "Suddenly", 1)
    world.fetcher.pages[first.url] = page(first.url, edited)
    assert sorted(await world.look(10 * MINUTES)) == ["changed"] + ["unchanged"] * 11


class TestStorm:
    async def stormy(self, count: int = 60, least: int = 20) -> Redesign:
        """Return a world whose new template shows a paragraph of every text that the old one had left out."""
        world = Redesign(count, least=least)
        await world.look()
        for each, other in zip(world.stories, stories(2 * count)[count:], strict=True):
            more = f"<p>{other.paragraphs[0]} {other.paragraphs[1]}</p>"
            world.fetcher.pages[each.url] = page(each.url, after(each, more))
        return world

    async def test_alerts_wait_once_very_many_change_and_the_versions_are_kept(self):
        world = await self.stormy()
        assert await world.look(10 * MINUTES) == ["changed"] * 60
        assert world.versions() == 120
        pending = list_deliveries(world.archive, DeliveryState.PENDING, 1000)
        assert len(pending) == 60, "nothing is dropped"
        waiting = [each for each in pending if each.batch]
        assert len(waiting) == 41, "the first nineteen were told before it was a storm"
        assert {each.batch for each in waiting} == {Batch("every|storm|s", storm="s")}
        assert {each.due_at for each in waiting} == {world.clock.now + QUIET_BEFORE_RELEASE}
        assert [(each.source, each.changed) for each in world.storms()] == [("s", 20)]
        assert claim_batch(world.archive, world.clock.now + 29 * MINUTES, 60) == []

    async def test_it_settles_by_itself_and_everything_goes_out_together(self):
        world = await self.stormy(30)
        await world.look(10 * MINUTES)
        assert len(claim_batch(world.archive, world.clock.now + QUIET_BEFORE_RELEASE, 60)) == 11
        world.clock.now += QUIET_BEFORE_RELEASE
        first = world.stories[0]
        world.fetcher.pages[first.url] = page(first.url, after(first))
        assert "changed" in await world.look(tracked=list_articles(world.archive)[-1:])
        assert [each.batch for each in list_deliveries(world.archive, limit=1)] == [None], "told at once again"

    async def test_a_person_lets_it_go_and_it_is_not_held_again_that_day(self):
        world = await self.stormy(30)
        await world.look(10 * MINUTES)
        assert release_storm(world.archive, "s", world.clock.now) == 11
        assert len(claim_batch(world.archive, world.clock.now, 60)) == 11
        world.turn(after)
        assert await world.look(5 * MINUTES) == ["changed"] * 30
        assert [each.batch for each in list_deliveries(world.archive, limit=30)] == [None] * 30
        (known,) = list_storms(world.archive).values()
        assert not known.holds(world.clock.now)
        assert known.spared == world.clock.now - 5 * MINUTES + MAX_HOLD

    async def test_it_can_be_turned_off(self):
        world = await self.stormy(30, least=0)
        await world.look(10 * MINUTES)
        assert [each for each in list_deliveries(world.archive, limit=1000) if each.batch] == []

    async def test_a_busy_day_in_a_large_paper_is_no_storm(self):
        world = await self.stormy(100)
        quiet = {each.url for each in world.stories[30:]}
        for each in world.stories[30:]:
            world.fetcher.pages[each.url] = page(each.url, before(each))
        await world.look(10 * MINUTES, [each for each in list_articles(world.archive) if each.url in quiet])
        busy = [each for each in list_articles(world.archive) if each.url not in quiet]
        assert await world.look(5 * MINUTES, busy) == ["changed"] * 30
        assert [each for each in list_deliveries(world.archive, limit=1000) if each.batch] == []

    async def test_a_storm_of_a_clock_that_was_ahead_holds_nothing(self):
        world = Redesign(3)
        await world.look()
        ahead = START + timedelta(days=365)
        save_storm(world.archive, Storm("s", ahead, ahead + QUIET_BEFORE_RELEASE, 60, 60))
        first = world.stories[0]
        edited = before(first).replace(first.paragraphs[1].split()[0], "Suddenly", 1)
        world.fetcher.pages[first.url] = page(first.url, edited)
        assert "changed" in await world.look(10 * MINUTES)
        [alert] = list_deliveries(world.archive, DeliveryState.PENDING, 10)
        assert (alert.batch, alert.due_at) == (None, world.clock.now)


TIP = "Have you seen something that our city desk should know about tonight?"
VERBS = ("changes", "costs", "means", "moves", "starts", "stops")
NAMES = ("harbour-fire", "market-day", "bridge-works", "school-budget", "night-ferry", "snow-gates")


def address(name: str) -> str:
    return f"http://s.test/news/{name}"


def printed(name: str, line: str) -> str:
    texts = [
        f"What {name} {verb} in the town stands in no other article that the paper has ever printed." for verb in VERBS
    ]
    paragraphs = "".join(f"<p>{text}</p>" for text in (*texts[:3], line, *texts[3:]))
    return f"""<!doctype html><html lang="en"><head><title>{name}</title><meta property="og:type" content="article">
</head><body><article><h1>All about {name}</h1>{paragraphs}</article></body></html>"""


def watching(pages: dict[str, str]) -> World:
    world = World({url: page(url, body) for url, body in pages.items()})
    sync_source(world.archive, "s", [], START)
    add_targets(world.archive, "s", [Target(url) for url in pages], START)
    return world


async def test_a_line_under_many_articles_becomes_a_house_line_and_its_going_is_no_edit():
    world = watching({address(name): printed(name, TIP) for name in NAMES})
    await world.crawl()
    habits = {habit.sample: habit for habit in list_habits(world.archive, "s")}
    assert habits[TIP].kind is HabitKind.HOUSE
    assert habits[TIP].articles == 4
    latest = latest_version(world.archive, get_article(world.archive, address(NAMES[-1])).id)
    assert latest is not None
    [block] = [block for block in latest.content.blocks if block.text == TIP]
    assert block.kind is BlockKind.BOILERPLATE
    assert "many articles" in block.reason
    for name in NAMES:
        world.fetcher.pages[address(name)] = page(address(name), printed(name, "Win two tickets for the opera ball"))
    outcomes = await world.crawl(timedelta(minutes=6))
    assert outcomes.count("changed") == len(NAMES), "the new line is not known yet"
    for name in NAMES:
        world.fetcher.pages[address(name)] = page(address(name), printed(name, "Win two tickets for the opera ball"))
    first = get_version(world.archive, get_article(world.archive, address(NAMES[0])).id, 2)
    assert first.change is not None
    assert all(TIP not in text for block in first.change.blocks for _, text in block.hunks), "nothing says the tip went"


async def test_a_house_line_that_comes_or_goes_alone_is_unchanged():
    world = watching({address(name): printed(name, TIP) for name in NAMES})
    await world.crawl()
    bare = printed(NAMES[0], TIP).replace(f"<p>{TIP}</p>", "")
    world.fetcher.pages[address(NAMES[0])] = page(address(NAMES[0]), bare)
    assert set(await world.crawl(timedelta(minutes=6))) == {"unchanged"}


async def test_a_line_that_differs_at_every_fetch_is_learned_and_then_ignored():
    teasers = iter(
        [
            "Ferry fares go up again",
            "Mayor steps down in June",
            "Snow is on the way",
            "Derby ends without goals",
            "Opera sold out",
            "New park opens",
        ]
    )
    world = watching({STORY: printed("fire", next(teasers))})
    await world.crawl()
    outcomes = []
    for teaser in teasers:
        world.fetcher.pages[STORY] = page(STORY, printed("fire", teaser))
        outcomes += await world.crawl(timedelta(minutes=6))
    assert outcomes[:2] == [CheckOutcome.CHANGED] * 2
    assert outcomes[2] == CheckOutcome.UNCHANGED, "the fourth fetch in a row that differs only there"
    assert {habit.kind for habit in list_habits(world.archive, "s")} == {HabitKind.VOLATILE}


async def test_the_very_bytes_of_the_newest_version_are_not_read_again():
    world = watching({STORY: story()})
    assert await world.crawl() == ["new"]
    world.reader.crash = True
    assert await world.crawl(timedelta(minutes=6)) == ["unchanged"], "nothing was read that could crash"
    world.fetcher.pages[STORY] = page(STORY, f"{story()}<!-- served in 3 ms -->")
    assert await world.crawl(timedelta(minutes=6)) == ["failed"]


@pytest.mark.parametrize(
    "known",
    [
        {"extractor": "an older one"},
        {"capture_sha256": "0" * 64},
        {"content": Article()},
    ],
)
async def test_a_page_is_read_where_that_may_tell_more(known):
    world = watching({STORY: story()})
    await world.crawl()
    [tracked] = list_articles(world.archive)
    latest = latest_version(world.archive, tracked.id)
    assert latest is not None
    found = page(STORY, story())
    again = read_before(found, latest, latest.extractor)
    assert again is not None
    assert (again.article, again.signature) == (latest.content, latest.signature)
    assert read_before(found, replace(latest, **known), latest.extractor) is None
    assert read_before(found, None, latest.extractor) is None
