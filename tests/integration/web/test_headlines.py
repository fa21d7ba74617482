"""A change is listed under the headline of its version, which may not be the newest of its article."""

import re
from html import unescape
from xml.etree import ElementTree as ET

import pytest

from tracker.archive.opening import open_archive
from tracker.archive.summaries import earlier_headlines
from tracker.archive.versions import list_history

ATOM = "{http://www.w3.org/2005/Atom}"
HEAD = re.compile(r'<h\d class="head"><a href="([^"]+)" dir="auto">([^<]*)</a>')


@pytest.fixture
def headlines(kept):
    """Return the headlines of the article whose headline changed most often, by the page of the change."""
    with open_archive(kept.url, readonly=True) as archive:
        histories = [list_history(archive, ident) for ident in kept.articles.values()]
    history = max(histories, key=lambda each: len({version.content.title for version in each}))
    assert len({version.content.title for version in history}) > 1
    return {f"/articles/{each.article}/{each.n - 1}..{each.n}": each.content.title for each in history if each.n > 1}


async def test_pages_json_and_feeds_list_the_headline_of_the_version(client, headlines):
    pages = [(await client.get(path)).text for path in ("/", "/changes")]
    listed = (await client.get("/changes.json")).json()["changes"]
    feed = ET.fromstring((await client.get("/changes.atom")).text)
    for page in pages:
        heads = {unescape(link): unescape(title) for link, title in HEAD.findall(page)}
        assert heads.keys() & headlines.keys()
        assert {link: heads[link] for link in headlines if link in heads}.items() <= headlines.items()
    found = {each["page"]: each["title"] for each in listed}
    assert {link: found[link] for link in headlines if link in found}.items() <= headlines.items()
    links = [each.attrib["href"] for each in feed.findall(f"{ATOM}entry/{ATOM}link")]
    titles = [each.text for each in feed.findall(f"{ATOM}entry/{ATOM}title")]
    entries = {link.removeprefix("http://127.0.0.1:8766"): title for link, title in zip(links, titles, strict=True)}
    assert entries.keys() & headlines.keys()
    assert {link: entries[link] for link in headlines if link in entries}.items() <= headlines.items()


def test_every_headline_that_differs_from_the_newest_is_found(kept):
    with open_archive(kept.url, readonly=True) as archive:
        for ident in kept.articles.values():
            history = {(each.article, each.n): each for each in list_history(archive, ident)}
            newest = history[max(history)].content.title if history else ""
            others = {
                key: each.content.title for key, each in history.items() if each.content.title != newest or each.removed
            }
            found = earlier_headlines(archive, list(history))
            assert found.items() >= others.items()
            assert all(history[key].content.title == title for key, title in found.items())
