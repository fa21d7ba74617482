from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.fake_fetcher import Answer, page, status
from tests.unit.pipeline.world import World
from tracker.addresses.urls import fetchable, host_of
from tracker.archive.addresses import list_addresses
from tracker.archive.articles import get_article, list_articles
from tracker.archive.sources import sync_source
from tracker.archive.versions import iter_versions
from tracker.config.root import Config
from tracker.config.tables import SourceConfig
from tracker.model.capture import Failure, FailureKind
from tracker.model.version import VersionQuery

EVIL, VICTIM = "https://evil.test", "https://www.victim.test"
STORY = f"{VICTIM}/news/bridge-closed"
CLAIM = f"{EVIL}/news/scandal"
TRUE = "The bridge over the river was closed on Tuesday after engineers found a crack in its second pillar"
FALSE = "Minister admits bribes: a minister confessed on Tuesday that builders had paid for the silence of inspectors"
WORDS = "The council said that repairs would take until spring, and that buses would go by way of the old town."


def article(lead: str, head: str = "") -> str:
    return f"""<!doctype html><html lang="en"><head><title>{lead[:40]}</title>{head}
<meta property="og:type" content="article"></head><body><article><h1>{lead[:40]}</h1>
<p>{lead}, the authorities said in the evening of the same day.</p><p>{WORDS}</p>
<p>{lead}; further details were to be given on Wednesday morning, when the council meets.</p></article></body></html>"""


def feed(*items: tuple[str, str]) -> str:
    listed = "".join(f"<item><title>{title}</title><link>{url}</link></item>" for url, title in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{listed}</channel></rss>'


def link(rel: str, url: str) -> str:
    return f'<link rel="{rel}" href="{url}">'


def meta(name: str, url: str) -> str:
    return f'<meta property="{name}" content="{url}">'


@dataclass
class Outlets:
    """What both outlets serve. Addresses are those that their feeds list."""

    pages: dict[str, Answer] = field(default_factory=dict)
    evil: list[str] = field(default_factory=lambda: [CLAIM])
    victim: list[str] = field(default_factory=lambda: [STORY])
    evil_home: str = EVIL
    victim_home: str = VICTIM
    evil_feed: Answer | None = None  # instead, at first

    def serve(self, world: World, victim: list[str]) -> None:
        feeds = {f"{self.evil_home}/evil.xml": self.evil, f"{self.victim_home}/victim.xml": victim}
        for url, listed in feeds.items():
            title = "LIES" if url.endswith("evil.xml") else "Bridge closed"
            world.fetcher.pages[fetchable(url)] = page(url, feed(*((each, title) for each in listed)))
        if self.evil_feed is not None:
            world.fetcher.pages[f"{self.evil_home}/evil.xml"], self.evil_feed = self.evil_feed, None


Attack = Callable[[], tuple[Outlets, dict[str, Answer]]]
"""What both serve at first, and what evil serves from the second edition on."""


def before(target: str, *, claim: str = CLAIM, hops: tuple[str, ...] = ()) -> Attack:
    """Redirect to the victim's story, and serve another text once it has been read."""

    def attack() -> tuple[Outlets, dict[str, Answer]]:
        chain: dict[str, Answer] = dict(zip((claim, *hops), (*hops, target), strict=True))
        return Outlets(pages=chain, evil=[claim]), {claim: page(claim, article(FALSE))}

    return attack


def after(target: str) -> Attack:
    """Serve a copy of the victim's story first, so that the redirect looks like a page that moved."""
    return lambda: (Outlets(pages={CLAIM: page(CLAIM, article(TRUE))}), {CLAIM: target})


def there_and_back(target: str) -> Attack:
    def attack() -> tuple[Outlets, dict[str, Answer]]:
        outlets, later = after(target)()
        return outlets, later | {f"{CLAIM}#third": page(CLAIM, article(FALSE))}

    return attack


def head(*tags: str, text: str = FALSE) -> Attack:
    """Name the victim's address in the page's own head."""
    return lambda: (
        Outlets(pages={CLAIM: page(CLAIM, article(text, "".join(tags)))}),
        {CLAIM: page(CLAIM, article(FALSE))},
    )


def lists(*urls: str, answers: Answer | None = None) -> Attack:
    """List an address of the victim, in this form."""

    def attack() -> tuple[Outlets, dict[str, Answer]]:
        pages = {url: answers or page(url, article(TRUE)) for url in urls if url != STORY}
        return Outlets(pages=pages | {CLAIM: page(CLAIM, article(FALSE))}, evil=[CLAIM, *urls]), {}

    return attack


def with_feed(items: str, attributes: str = "") -> Attack:
    """List an address of the victim by other means than an item's link."""
    listed = f'<rss version="2.0"{attributes}><channel><title>F</title>{items}</channel></rss>'
    return lambda: (
        Outlets(pages={CLAIM: page(CLAIM, article(FALSE))}, evil_feed=page(f"{EVIL}/evil.xml", listed)),
        {},
    )


def shared(claim: str, story: str, first: Answer | None = None) -> Attack:
    """Two users of one host, or of hosts with one owner; each has its feed in its own directory."""

    def attack() -> tuple[Outlets, dict[str, Answer]]:
        homes = [url.partition("?")[0].rpartition("/")[0] for url in (claim, story)]
        outlets = Outlets(evil=[claim], victim=[story], evil_home=homes[0], victim_home=homes[1])
        outlets.pages[claim] = first or story
        return outlets, {claim: page(claim, article(FALSE))}

    return attack


HOST = "https://pages.test"
IDN_STORY = "https://xn--bcher-kva.test/a"
DOWN = Failure(FailureKind.CONNECT, "nothing listens there", "")
ATTACKS: dict[str, Attack] = {
    "a redirect at first, then a text": before(STORY),
    "a redirect without www": before("https://victim.test/news/bridge-closed"),
    "a redirect to http": before("http://www.victim.test/news/bridge-closed"),
    "a redirect with a tracking parameter": before(f"{STORY}?utm_source=evil"),
    "a redirect with a parameter": before(f"{STORY}?page=1"),
    "a redirect to the slash form": before(f"{STORY}/"),
    "a redirect to the AMP page": before(f"{STORY}/amp"),
    "a redirect to the mobile site": before("https://m.victim.test/news/bridge-closed"),
    "a chain of redirects": before(STORY, hops=(f"{EVIL}/r/1", f"{EVIL}/r/2")),
    "a chain by way of the victim": before(f"{EVIL}/news/landing", hops=(f"{STORY}?out=evil",)),
    "a redirect from the front page": before(STORY, claim=f"{EVIL}/?p=1"),
    "a redirect from another port": before(STORY, claim="https://www.victim.test:8443/news/scandal"),
    "a copy first, then a redirect": after(STORY),
    "a copy, a redirect, then a text": there_and_back(STORY),
    "a copy first, then a redirect to the slash form": after(f"{STORY}/"),
    "canonical": head(link("canonical", STORY)),
    "canonical and the victim's text": head(link("canonical", STORY), text=TRUE),
    "canonical without a scheme": head(link("canonical", STORY.removeprefix("https:"))),
    "og:url": head(meta("og:url", STORY)),
    "canonical and og:url": head(link("canonical", STORY), meta("og:url", STORY)),
    "amphtml": head(link("amphtml", STORY)),
    "a base and a relative canonical": head(f'<base href="{VICTIM}/">', link("canonical", "/news/bridge-closed")),
    "JSON-LD mainEntityOfPage": head(
        f'<script type="application/ld+json">{{"@type":"NewsArticle","url":"{STORY}","mainEntityOfPage":"{STORY}"}}'
        "</script>"
    ),
    "a feed that lists the story": lists(STORY),
    "a feed that lists it with http": lists(STORY.replace("https:", "http:"), answers=DOWN),
    "a feed that lists it at the wrong port": lists("http://www.victim.test:443/news/bridge-closed", answers=DOWN),
    "a feed that lists it with a parameter that is ignored": lists(f"{STORY}?amp=1", answers=DOWN),
    "a feed that lists it with a fragment": lists(f"{STORY}#evil"),
    "a feed that lists it with a dot after the host": lists(STORY.replace(".test", ".test."), answers=DOWN),
    "a feed that lists it with a name before the host": lists(STORY.replace("://", "://evil.test@"), answers=DOWN),
    "a feed that lists it in capitals": lists(STORY.replace(VICTIM, VICTIM.upper())),
    "a feed that lists it with its port": lists(STORY.replace(".test/", ".test:443/")),
    "a feed that lists it with an escaped letter": lists(STORY.replace("bridge", "%62ridge")),
    "a feed that lists it by way of another directory": lists(STORY.replace("/news/", "/evil/../news/")),
    "a feed that lists it with two slashes": lists(STORY.replace("/news/", "//news/")),
    "a feed that lists it with backslashes": lists(STORY.replace("/", "\\")),
    "a feed that lists it with a line break": lists(STORY.replace("bridge", "bri&#10;dge")),
    "a feed that lists it with other digits and dots": lists(
        STORY.replace("www.victim.test", "www\u3002victim\uff0etest")
    ),
    "a feed that names it as guid": with_feed(
        f'<item><title>LIES</title><link>{CLAIM}</link><guid isPermaLink="true">{STORY}</guid></item>'
    ),
    "a feed that names it as guid alone": with_feed(
        f'<item><title>LIES</title><guid isPermaLink="true">{STORY}</guid></item><item><link>{CLAIM}</link></item>'
    ),
    "a feed with the victim's base": with_feed(
        f"<item><title>LIES</title><link>/news/bridge-closed</link></item><item><link>{CLAIM}</link></item>",
        f' xml:base="{VICTIM}/"',
    ),
    "a feed that redirects to the victim's feed": lambda: (
        Outlets({CLAIM: page(CLAIM, article(FALSE))}, evil_feed=f"{VICTIM}/victim.xml"),
        {},
    ),
    "a feed that lists the slash form": lists(f"{STORY}/", answers=STORY),
    "a shared host, by redirect": shared(f"{HOST}/~evil/scandal", f"{HOST}/~victim/bridge"),
    "a shared host, one directory": shared(f"{HOST}/evil-scandal", f"{HOST}/victim-bridge"),
    "a shared host, by parameters": shared(f"{HOST}/view?user=evil", f"{HOST}/view?user=victim"),
    "a shared host, by canonical": shared(
        f"{HOST}/~evil/scandal",
        f"{HOST}/~victim/bridge",
        page(f"{HOST}/~evil/scandal", article(FALSE, link("canonical", f"{HOST}/~victim/bridge"))),
    ),
    "a shared host, by canonical in one directory": shared(
        f"{HOST}/evil-scandal",
        f"{HOST}/victim-bridge",
        page(f"{HOST}/evil-scandal", article(FALSE, link("canonical", f"{HOST}/victim-bridge"))),
    ),
    "a host below the victim's": shared("https://evil.victim.test/news/scandal", STORY),
    "an IDN that looks like the victim's": before(STORY, claim=fetchable("https://www.v\u0456ctim.test/news/bridge")),
    "the victim's IDN, written in full": lambda: (
        Outlets({CLAIM: "https://b\u00fccher.test/a"}, victim=[IDN_STORY], victim_home="https://b\u00fccher.test"),
        {CLAIM: page(CLAIM, article(FALSE))},
    ),
}


@pytest.mark.parametrize("early", [True, False], ids=["victim is listed first", "victim is listed later"])
@pytest.mark.parametrize("attack", ATTACKS)
async def test_no_way_to_claim_another_outlet_s_address(attack, early):
    outlets, later = ATTACKS[attack]()
    third = {url.removesuffix("#third"): answer for url, answer in later.items() if url.endswith("#third")}
    later = {url: answer for url, answer in later.items() if not url.endswith("#third")}
    world, [story], homes = two_outlets(outlets), outlets.victim, (outlets.evil_home, outlets.victim_home)
    outlets.serve(world, outlets.victim if early else [])
    await rounds(world, homes)
    world.fetcher.pages.update(later)
    outlets.serve(world, outlets.victim)
    await rounds(world, homes)
    world.fetcher.pages.update(third)
    await rounds(world, homes)

    owned = get_article(world.archive, story)
    assert (owned.source, owned.versions) == ("victim", 1), "the story is watched, and nothing happened to it"
    assert owned.url == story
    [version] = iter_versions(world.archive, VersionQuery(article=owned.id))
    assert "bridge" in version.content.text
    assert "bribes" not in version.content.text
    assert version.content.headlines.feed in {"Bridge closed", ""}
    claimed = get_article(world.archive, outlets.evil[0])
    assert claimed.id != owned.id
    if "a redirect" not in attack.partition(", then")[2]:
        texts = [each.content.text for each in iter_versions(world.archive, VersionQuery(article=claimed.id))]
        assert texts, "the other outlet is watched, too"


def two_outlets(outlets: Outlets) -> World:
    """Return a web of two outlets, each a source with one feed."""
    [story] = outlets.victim
    base = story.removeprefix("https://www.")
    world = World({story: page(story, article(TRUE))}, no_pace=True)
    for url in (f"https://{base}", f"http://www.{base}", f"{story}?page=1", f"{story}/amp", f"{story}?utm_source=evil"):
        world.fetcher.pages[url] = page(url, article(TRUE, link("canonical", story)))
    world.fetcher.pages[f"{story}/"] = page(f"{story}/", article(TRUE))
    world.fetcher.pages[f"https://m.{base}"] = page(f"https://m.{base}", article(TRUE))
    world.fetcher.pages["https://b\u00fccher.test/a"] = page("https://xn--bcher-kva.test/a", article(TRUE))
    world.fetcher.pages[f"{EVIL}/news/landing"] = page(f"{EVIL}/news/landing", article(TRUE))
    world.fetcher.pages.update(outlets.pages)
    sources = (
        SourceConfig(name="evil", feeds=(f"{outlets.evil_home}/evil.xml",)),
        SourceConfig(name="victim", feeds=(fetchable(f"{outlets.victim_home}/victim.xml"),)),
    )
    world.config = Config(sources=sources)
    for source in sources:
        sync_source(world.archive, source.name, source.hubs, world.clock.now)
    return world


async def rounds(world: World, homes: tuple[str, ...]) -> None:
    """Visit every host twice, four days apart, evil's first."""
    for _ in range(2):
        world.clock.now += timedelta(days=4)
        for _ in range(2):
            hosts = [host_of(home) for home in homes]
            hosts += [tracked.host for tracked in list_articles(world.archive)]
            for host in dict.fromkeys(hosts):
                world.fetcher.pages.setdefault(f"https://{host}/robots.txt", status("", 404))
                world.fetcher.pages.setdefault(f"http://{host}/robots.txt", status("", 404))
                await world.crawler.crawl_host(host)


async def test_an_alias_that_no_longer_answers_is_let_go_on_record_and_watched_by_itself():
    moved = f"{EVIL}/news/scandal-renamed"
    outlets = Outlets(pages={CLAIM: page(CLAIM, article(TRUE))})
    world, homes = two_outlets(outlets), (EVIL, VICTIM)
    outlets.serve(world, [STORY])
    await rounds(world, homes)
    world.fetcher.pages |= {CLAIM: moved, moved: page(moved, article(TRUE + " and third"))}
    await rounds(world, homes)
    renamed = get_article(world.archive, moved)
    assert renamed.id == get_article(world.archive, CLAIM).id, "a page that moved in its directory keeps its history"
    world.fetcher.pages |= {CLAIM: page(CLAIM, article(FALSE)), moved: page(moved, article(TRUE + " and fourth"))}
    await rounds(world, homes)
    addresses, [redirect, event] = list_addresses(world.archive, renamed.id)
    assert addresses == [CLAIM]
    assert (redirect["url"], redirect["event"]) == (moved, "the address redirects there")
    assert (event["url"], event["event"]) == (moved, "dropped: the article no longer answers there")
    own = get_article(world.archive, moved)
    assert (own.id != renamed.id, own.source, own.versions) == (True, "evil", 1)


async def test_an_article_that_its_own_outlet_lists_moves_there_on_record():
    outlets = Outlets(evil=[STORY])
    world = two_outlets(outlets)
    outlets.serve(world, [])
    await rounds(world, (EVIL, VICTIM))
    assert get_article(world.archive, STORY).source == "evil"
    outlets.serve(world, [STORY])
    await rounds(world, (EVIL, VICTIM))
    owned = get_article(world.archive, STORY)
    assert (owned.source, owned.versions, owned.feed_title) == ("victim", 1, "Bridge closed")
    [event] = list_addresses(world.archive, owned.id)[1]
    assert event["event"] == "moved here from source evil"
    outlets.serve(world, [STORY])
    await rounds(world, (EVIL, VICTIM))
    assert get_article(world.archive, STORY).feed_title == "Bridge closed", "no other feed gives it a headline"


@pytest.mark.parametrize("known", [True, False], ids=["the page is listed", "the AMP page alone is listed"])
async def test_an_amp_page_leads_to_the_page_that_it_names_as_canonical(known):
    outlets, amp = Outlets(), f"{STORY}/amp"
    world = two_outlets(outlets)
    outlets.serve(world, [amp, STORY] if known else [amp])
    await rounds(world, (EVIL, VICTIM))
    assert get_article(world.archive, STORY).versions == 1
    assert list(iter_versions(world.archive, VersionQuery(article=get_article(world.archive, amp).id))) in (
        [],
        list(iter_versions(world.archive, VersionQuery(article=get_article(world.archive, STORY).id))),
    )
