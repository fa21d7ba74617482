"""Memento, RFC 7089: TimeMap, TimeGate, and versions that say when they stood."""

import re
from email.utils import parsedate_to_datetime

import pytest

from tests.archives import new_archive_at
from tests.integration.web.conftest import client_of
from tests.integration.web.newsroom_archive import NOW, at, store_article
from tracker.model.article import Article, Block, BlockKind

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
