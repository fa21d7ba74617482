"""What feed readers need besides the entries: a link to the page of the same list, and no new answer without news."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest

from tests.integration.web.newsroom_archive import NOW

ATOM = "{http://www.w3.org/2005/Atom}"


async def test_a_filtered_feed_leads_to_the_page_with_the_same_filter(client):
    feed = ET.fromstring((await client.get("/changes.atom?label=correction&min_words=1")).text)
    (page,) = (each.attrib["href"] for each in feed.findall(f"{ATOM}link[@rel='alternate']"))
    assert page == "http://127.0.0.1:8766/changes?kind=correction&min_words=1"
    assert (await client.get(page)).status_code == 200


@pytest.mark.parametrize("path", ["/changes.atom?source=Resting%20Star", "/search.atom?q=nowhere"])
async def test_a_feed_without_entries_stays_the_same(opened, path):
    async with opened() as client:
        tag = (await client.get(path)).headers["etag"]
    async with opened(web={"now": lambda: NOW + timedelta(hours=1)}) as client:
        assert (await client.get(path, headers={"if-none-match": tag})).status_code == 304


async def test_the_feed_of_a_story_is_found_by_every_name_of_the_story_and_no_other(client):
    feeds = [await client.get(f"/stories/{name}.atom") for name in ("Narrows%20Bridge", "narrows%20bridge")]
    unknown = await client.get("/stories/Nothing.atom")
    assert [len(ET.fromstring(feed.text).findall(f"{ATOM}entry")) for feed in feeds] == [4, 4]
    assert unknown.status_code == 404
    assert "no such story" in unknown.text
