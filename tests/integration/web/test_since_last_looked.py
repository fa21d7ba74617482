"""What is new to a reader, what they opened, and the filters of every list."""

import re
from datetime import timedelta

import pytest

from tests.archive_samples import content
from tests.integration.web.conftest import ORIGIN, client_of
from tests.integration.web.newsroom_archive import NOW, copied, store_article
from tracker.web.guard import Site

NEW = '<strong class="unread">new</strong>'


def store_changes(url: str, count: int, name: str = "later") -> str:
    """Store an article with so many changes, and return its ID."""
    states = [(NOW + timedelta(minutes=n), b"x", content(n)) for n in range(1, count + 2)]
    return store_article(url, f"https://courier.example/{name}", states, "Inland Courier")


@pytest.fixture
def own(kept, tmp_path):
    return copied(kept, tmp_path / "w.db")


async def test_nothing_is_kept_of_a_reader_who_did_not_ask(own):
    async with client_of(own.url) as client:
        for path in ("/", "/changes", f"/articles/{own.articles['bridge']}"):
            page = await client.get(path)
            assert "set-cookie" not in page.headers
            assert NEW not in page.text
        for headers in ({}, {"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
            assert (await client.post("/read", data={"next": "/"}, headers=headers)).status_code == 403


async def test_what_came_since_is_new_until_it_is_opened(own):
    async with client_of(own.url) as client:
        (row,) = set(re.findall(r'name="row" value="(\d+)"', (await client.get("/")).text))
        marked = await client.post("/read", data={"row": row, "next": "//evil.example"}, headers=ORIGIN)
        assert (marked.status_code, marked.headers["location"]) == (303, "/")
        cookie = marked.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Nothing new since you last looked" in (await client.get("/")).text
        ident = store_changes(own.url, 3)
        page = (await client.get("/")).text
        assert "<strong>3 changes</strong> since you last looked" in page
        assert page.count(NEW) >= 3
        new = (await client.get("/changes.json?new=1")).json()["changes"]
        assert [(each["article"], each["version"]) for each in new] == [(ident, n) for n in (4, 3, 2)]
        await client.get(f"/articles/{ident}/2..3")
        assert (await client.get("/changes?new=1")).text.count(NEW) == 2
        assert (await client.get("/index.json")).json()["unread"] == 2
        await client.get(f"/articles/{ident}")
        assert NEW not in (await client.get("/changes")).text
        store_changes(own.url, 1, "latest")
        assert (await client.get("/changes")).text.count(NEW) == 1
        await client.post("/read", data={"next": "/changes"}, headers=ORIGIN)
        assert (await client.get("/index.json")).json()["unread"] == 0


async def test_what_the_cookie_holds_may_be_anything(own):
    for cookie in ("x", "1.2.3", "999999999999999.1", "5." + "9" * 15, '"><script>'):
        async with client_of(own.url, cookies={"writethru-read": cookie}) as client:
            for path in ("/", "/changes?new=1", f"/articles/{own.articles['bridge']}"):
                assert (await client.get(path)).status_code == 200, cookie


async def test_an_account_is_known_in_every_browser(own):
    site = Site(header="x-remote-user")
    headers = {"x-remote-user": "ana@example.org"}
    async with client_of(own.url, site, headers=headers, web={"marks": own.url}) as client:
        await client.post("/read", headers=ORIGIN, data={"next": "/"})
    store_changes(own.url, 2)
    for user, count in (("ana@example.org", 2), ("ben@example.org", 0)):
        async with client_of(own.url, site, headers={"x-remote-user": user}) as client:
            assert (await client.get("/index.json")).json()["unread"] == count


async def test_every_list_is_filtered(client, kept):
    bridge = kept.articles["bridge"]
    for path in ("/changes", "/", "/sources/The%20Harbor%20Ledger", "/stories", "/alerts", "/search?q=bridge"):
        page = (await client.get(path)).text
        assert all(f'name="{name}"' in page for name in ("kind", "story", "min_significance")), path
        joined = "&" if "?" in path else "?"
        for wrong in ("kind=x", "min_words=x", *(f"min_significance={each}" for each in ("2", ".", "1e0", "1.5"))):
            assert (await client.get(f"{path}{joined}{wrong}")).status_code == 400, (path, wrong)
    changes = "/api/v1/changes"
    story = (await client.get(f"{changes}?story=Narrows%20Bridge")).json()["changes"]
    assert {each["article"] for each in story} == {bridge}
    both = (await client.get(f"{changes}?story=Narrows%20Bridge&source=The%20Harbor%20Ledger")).json()["changes"]
    assert [each["version"] for each in both] == [each["version"] for each in story] == [5, 4, 3, 2]
    weighty = (await client.get(f"{changes}?min_significance=high")).json()["changes"]
    assert weighty
    assert all(each["significance"] == "high" for each in weighty)
    # As clients and bookmarks of release 0.1 ask.
    assert (await client.get(f"{changes}?min_significance=0.8")).json()["changes"] == weighty
    silent = [(await client.get(f"{changes}?label={word}")).json()["changes"] for word in ("not-noted", "stealth")]
    assert silent[0] == silent[1] != []
    assert len(weighty) < len((await client.get(changes)).json()["changes"])
    one = (await client.get("/sources/The%20Harbor%20Ledger.json?kind=correction")).json()["changes"]
    assert all("correction" in {label["kind"] for label in each["change"]["labels"]} for each in one)
    assert one
    start = (await client.get("/index.json?kind=headline")).json()
    assert start["newest"]
    assert not start["largest"]
    assert (await client.get("/stories.json?story=Narrows%20Bridge")).json()["stories"]
    assert not (await client.get("/stories.json?kind=flap")).json()["stories"]
    hits = (await client.get("/search.json?q=bridge")).json()["hits"]
    unnoted = (await client.get("/search.json?q=bridge&kind=not-noted&story=Narrows%20Bridge")).json()["hits"]
    assert 0 < len(unnoted) < len(hits)
    alerts = (await client.get("/alerts.json?story=Narrows%20Bridge")).json()["alerts"]
    assert len(alerts) < len((await client.get("/alerts.json")).json()["alerts"])
