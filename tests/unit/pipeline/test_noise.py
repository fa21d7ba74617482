"""What surrounds a text differs at each visit and is no version; a list or a box within the text is one, once."""

import random
from datetime import timedelta

from tests.fake_fetcher import page
from tests.unit.extraction.pages import PARAGRAPHS
from tests.unit.pipeline.world import START, STORY, World
from tracker.archive.articles import add_targets, list_articles
from tracker.model.source import Target

VISITS = 100
TOPICS = ("Storm closes the port", "Vote on the budget", "Gulls return early", "Ferry fares to rise", "Lights go out")
READERS = ("Ada", "Ben", "Cleo", "Dov", "Eli")
LIST = "<ul><li>Bring a lamp and dry clothes.</li><li>{} boats leave from the north pier.</li></ul>"
BOX = '<div class="fact-box"><h3>At a glance</h3><p>The repairs will cost {} million dollars.</p></div>'


def teasers(dice: random.Random) -> str:
    cards = (
        f'<div class="teaser"><h3><a href="/{dice.random()}">{dice.choice(TOPICS)} after a long night of talks</a></h3>'
        f"<p>It was {dice.choice(READERS)} who said so first, {dice.randint(2, 59)} minutes early.</p></div>"
        for _ in range(dice.randint(3, 6))
    )
    return f'<section class="related">{"".join(cards)}</section>'


def advert(dice: random.Random) -> str:
    return f'<div class="ad-slot"><span>Advertisement</span><p>Buy {dice.randint(2, 9)} lamps now, pay later.</p></div>'


def counter(dice: random.Random) -> str:
    minutes, shares = dice.randint(2, 59), dice.randint(1, 9999)
    return f'<div class="share-bar"><span>{shares} shares</span></div><p>{minutes} minutes ago</p>'


def cookie_wall(dice: random.Random) -> str:
    partners = dice.randint(9, 900)
    return f'<div id="onetrust-banner"><p>We and our {partners} partners value your privacy. Accept all?</p></div>'


def comments(dice: random.Random) -> str:
    said = "".join(
        f"<li><b>{dice.choice(READERS)}</b><p>I lived here for {dice.randint(2, 80)} years, and nobody asked.</p></li>"
        for _ in range(dice.randint(1, 5))
    )
    return f'<div class="comments-list"><h3>Comments</h3><ul>{said}</ul></div>'


def visit(seed: int, *, boats: int = 4, cost: int = 7) -> str:
    """Return the page as visit number `seed` sees it."""
    dice = random.Random(seed)
    noise = (teasers, advert, counter, cookie_wall, comments)
    around = [dice.choice(noise)(dice) for _ in range(4)]
    body = [f"<p>{text}</p>" for text in PARAGRAPHS]
    body[3:3] = [LIST.format(boats), dice.choice((teasers, advert, counter))(dice), BOX.format(cost)]
    return (
        "<html><head><title>Council closes ferry terminal</title></head><body>"
        f"{''.join(around[:2])}<article><h1>Council closes ferry terminal</h1>{''.join(body)}</article>"
        f"{''.join(around[2:])}</body></html>"
    )


async def outcomes(pages: list[str]) -> list[str]:
    world = World({})
    add_targets(world.archive, "s", [Target(STORY)], START)
    for each in pages:
        world.fetcher.pages[STORY] = page(STORY, each)
        await world.crawl(timedelta(minutes=6))
    [tracked] = list_articles(world.archive)
    found = [str(each) for each in world.outcomes()]
    assert tracked.versions == 1 + found.count("changed")
    return found


async def test_a_hundred_pages_that_differ_around_the_text_are_one_version():
    found = await outcomes([visit(seed) for seed in range(VISITS)])
    assert found.count("new") == 1
    assert found.count("changed") == 0


async def test_a_list_and_a_box_within_the_text_that_change_are_a_version_each():
    pages = [
        visit(1),
        visit(2),
        visit(3, boats=5),
        visit(4, boats=5),
        visit(5, boats=5, cost=8),
        visit(6, boats=5, cost=8),
    ]
    found = [each for each in await outcomes(pages) if each in {"new", "changed"}]
    assert found == ["new", "changed", "changed"]
