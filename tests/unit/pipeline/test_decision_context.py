"""A source's pages teach which of their lines are no news."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fake_fetcher import page
from tests.unit.pipeline.world import START, STORY, World, story
from tracker.archive.articles import add_targets, get_article, list_articles
from tracker.archive.habits import list_habits
from tracker.archive.sources import sync_source
from tracker.archive.versions import get_version, latest_version
from tracker.model.article import Article, BlockKind
from tracker.model.source import HabitKind, Target
from tracker.model.watch import CheckOutcome
from tracker.pipeline.decision_context import read_before

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
