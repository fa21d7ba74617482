"""The page of a version: its screenshot, and whether it was fetched or imported."""

import base64
import hashlib
import json
from dataclasses import replace

import pytest

from tests.archive_samples import capture, intent, minutes, watch
from tests.archives import archive_at, new_archive_at
from tests.command_line import command
from tests.integration.web.conftest import client_of
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.views.json import iso

PICTURE = b"\xff\xd8\xff a picture"


@pytest.fixture
def place(tmp_path):
    """Return an archive of an article whose second version has a screenshot, and the id of the article."""
    url = new_archive_at(tmp_path / "news.db")
    with open_archive(url) as archive:
        tracked = watch(archive)
        for n in (1, 2):
            shown = base64.b64encode(PICTURE).decode() if n == 2 else ""
            taken = replace(capture(n, minutes(n)), screenshot=shown)
            commit_check(archive, intent(tracked, n, minutes(n), capture=taken))
    return url, tracked.id


async def test_the_page_of_a_version_shows_its_screenshot(place):
    url, ident = place
    path = f"/articles/{ident}/2"
    async with client_of(url) as client:
        html, bare = [(await client.get(f"/articles/{ident}/{n}")).text for n in (2, 1)]
        found = await client.get(f"{path}/screenshot.jpg")
        missing = await client.get(f"/articles/{ident}/1/screenshot.jpg")
        [made, none] = [(await client.get(f"/articles/{ident}/{n}.json")).json()["evidence"] for n in (2, 1)]
    assert f'src="{path}/screenshot.jpg"' in html
    alt = "The page as a browser showed it to Writethru at 2026-11-25T09:02:00Z. Its text is on this page."
    assert f'alt="{alt}"' in html
    assert "screenshot" not in bare
    assert (found.content, found.headers["content-type"]) == (PICTURE, "image/jpeg")
    assert missing.status_code == 404
    assert made["screenshot"] == {"sha256": hashlib.sha256(PICTURE).hexdigest(), "bytes": len(PICTURE)}
    assert none["screenshot"] is None


def test_show_writes_it_and_the_static_site_has_none(place, tmp_path):
    url, ident = place
    assert command("--db", url, "show", f"{ident}@2", "--screenshot").stdout_bytes == PICTURE
    assert "screenshots = true" in command("--db", url, "show", f"{ident}@1", "--screenshot", code=2).stderr
    command("--db", url, "export", "--format", "site", ident, str(tmp_path / "site"))
    assert "screenshot" not in (tmp_path / "site" / "articles" / ident / "2.html").read_text("utf-8")
    evidence = json.loads((tmp_path / "site" / "articles" / ident / "2.json").read_text("utf-8"))["evidence"]
    assert evidence["screenshot"]["bytes"] == len(PICTURE)


async def test_the_page_of_an_imported_version_says_that_it_was_not_fetched(tmp_path):
    with archive_at(tmp_path / "w.db") as store:
        tracked = watch(store)
        commit_check(store, replace(intent(tracked, 1, minutes(1)), imported_at=minutes(9)))
        commit_check(store, intent(tracked, 2, minutes(10)))
    async with client_of(f"sqlite:///{tmp_path / 'w.db'}") as client:
        pages = [await client.get(f"/articles/{tracked.id}/{n}") for n in (1, 2)]
        versions = [(await client.get(f"/articles/{tracked.id}/{n}.json")).json() for n in (1, 2)]
    assert ["did not fetch this version from the outlet" in page.text for page in pages] == [True, False]
    assert [each["imported"] for each in versions] == [iso(minutes(9)), None]
