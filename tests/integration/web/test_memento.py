"""Wherever a link leads, something is there; and Memento, RFC 7089: TimeMap, TimeGate, versions that say when."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from html import unescape

import pytest

from tests.archive_samples import content
from tests.archives import new_archive_at
from tests.integration.web.conftest import client_of
from tests.integration.web.newsroom_archive import NOW, at, store_article
from tracker.model.article import Article, Block, BlockKind
from tracker.web import links

URL = "https://ledger.example/2026/11/25/narrows-bridge-barge"


async def test_a_timemap_lists_every_version(client, kept):
    answer = await client.get(f"/timemap/link/{URL}")
    assert answer.headers["content-type"] == "application/link-format"
    entries = answer.text.strip().split(",\n")
    assert entries[0] == f'<{URL}>; rel="original"'
    mementos = [entry for entry in entries if "memento" in entry]
    assert len(mementos) == 5
    assert 'rel="first memento"' in mementos[0]
    assert 'rel="last memento"' in mementos[-1]
    assert f"/articles/{kept.articles['bridge']}/5>" in mementos[-1]
    times = [parsedate_to_datetime(re.findall(r'datetime="([^"]+)"', entry)[0]) for entry in mementos]
    assert times == sorted(times)


@pytest.mark.parametrize(
    "address", ["https://a.example/x%2Fy", "https://a.example/%D8%A7?q=%C3%A9", "https://a.example/x/y"]
)
async def test_an_article_is_found_by_its_very_address(tmp_path, address):
    url = new_archive_at(tmp_path / "w.db")
    body = (Block(BlockKind.PARAGRAPH, "A text."),)
    idents = {
        each: store_article(url, each, [(NOW, each.encode(), Article(title="A", blocks=body))])
        for each in ("https://a.example/x/y", "https://a.example/x%2Fy", "https://a.example/%D8%A7?q=%C3%A9")
    }
    async with client_of(url) as client:
        answer = await client.get(f"/timegate/{address}")
    assert answer.headers["location"] == f"/articles/{idents[address]}/1"


async def test_a_timegate_leads_to_what_stood_then(client, kept):
    ident = kept.articles["bridge"]
    cases = {
        "": 5,
        "Wed, 25 Nov 2026 05:00:00 GMT": 1,
        "Mon, 01 Jan 2001 00:00:00 GMT": 1,
        f"{at(18.5):%a, %d %b %Y %H:%M:%S} GMT": 3,
        "Fri, 01 Jan 2100 00:00:00 GMT": 5,
    }
    for wanted, n in cases.items():
        headers = {"accept-datetime": wanted} if wanted else {}
        answer = await client.get(f"/timegate/{URL}", headers=headers)
        assert answer.status_code == 302
        assert answer.headers["location"] == f"/articles/{ident}/{n}", wanted
        assert "accept-datetime" in answer.headers["vary"].lower()
        assert 'rel="timemap"' in answer.headers["link"]
    memento = await client.get(f"/articles/{ident}/3")
    assert parsedate_to_datetime(memento.headers["memento-datetime"]).tzinfo is not None
    assert 'rel="timegate"' in memento.headers["link"]


async def test_what_is_not_kept_has_no_map(client, kept):
    for url in ("https://nobody.example/", "ftp://x/", "nonsense", "https://ledger.example/not-yet"):
        assert (await client.get(f"/timemap/link/{url}")).status_code == 404, url
    merged = await client.get(f"/timemap/link/{URL.replace('//', '/')}")
    assert merged.status_code == 200
    removed = (await client.get("/timemap/link/https://courier.example/live")).text
    assert f"/articles/{kept.articles['long']}/2>" in removed
    assert f"/articles/{kept.articles['long']}/3>" not in removed


async def test_no_link_of_any_page_leads_nowhere(client, kept):
    long = kept.articles["long"]
    # Version 3 was taken out: its page says so, and is no page.
    gone = {f"/articles/{long}/{end}" for end in ("3", "2..3", "3..4")}
    wrong, seen, todo = [], set(), ["/"]
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = await client.get(path)
        if answer.status_code != (404 if path.partition("?")[0] in gone else 200):
            wrong.append(f"{path}: {answer.status_code}")
        if "text/html" in answer.headers["content-type"]:
            found = (unescape(each) for each in re.findall(r'href="(/[^"]*)"', answer.text))
            # One view of every page: the other two link to the same.
            todo += [link for each in found if "view=" not in (link := each.partition("#")[0])]
    assert wrong == []
    assert len(seen) > 300


async def test_a_version_that_was_taken_out_leads_back_to_its_article(client, kept):
    long = kept.articles["long"]
    for path in (f"/articles/{long}/3", f"/articles/{long}/3..4", f"/articles/{long}/99"):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert f'<a href="/articles/{long}">All versions of this article</a>' in answer.text
    assert "All versions" not in (await client.get("/articles/zzz")).text


async def test_names_may_hold_what_paths_are_made_of(tmp_path):
    url, name, story = new_archive_at(tmp_path / "w.db"), "AP / Reuters?#%2F", "Storm / coast"
    states = [(NOW + timedelta(minutes=n), b"x", content(n)) for n in (1, 2)]
    store_article(url, "https://wire.example/1", states, name, story)
    async with client_of(url) as client:
        for path, text in ((links.source(name), name), (links.story(story), story)):
            for full in (path, f"{path}.json", f"{path}.atom", f"/api/v1{path}"):
                answer = await client.get(full)
                assert answer.status_code == 200, full
                assert text in unescape(answer.text), full
        assert f'href="{links.source(name)}"' in (await client.get("/sources")).text
