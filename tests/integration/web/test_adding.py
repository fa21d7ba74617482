import re
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlencode

import pytest
from msgspec.json import decode, encode

from tests.integration.web.conftest import BEARER, ORIGIN, TOKEN, admin, client_of, place_in, send, token
from tests.loopback import NOT_FOUND, LoopbackSites, html
from tracker.archive.opening import open_archive
from tracker.archive.sources import list_hubs
from tracker.config.root import Config, load
from tracker.config.tables import SourceConfig
from tracker.web.guard import Site
from tracker.web.operations import OPERATIONS
from tracker.web.pages.add import Added, Previewed

CONFIG = """# kept
[fetch]
allow_private = true

# The Ledger
[[sources]]
name = "The Harbor Ledger"  # the paper
urls = ["https://ledger.example/a", "https://ledger.example/b"]
"""
PARAGRAPH = "The council said on Tuesday that the bridge would be closed for repairs until the end of the month."
PARAGRAPHS = f"<p>{PARAGRAPH} It is one of four.</p>" * 5
ARTICLE = f"<title>Bridge closed</title><article><h1>Bridge closed</h1>{PARAGRAPHS}</article>"
FEED = """<rss><channel><title>Al\u202eder News</title>
<item><title>&amp;lt;script&amp;gt;window.hacked=1&amp;lt;/script&amp;gt;</title><link>http://x.example/1</link></item></channel></rss>"""


async def respond(host, path):
    home = "<title>Alder</title><link rel=alternate type=application/rss+xml href=/feed>"
    pages = {
        "/": html(home),
        "/article": html(ARTICLE),
        "/feed": html(FEED).replace(b"text/html", b"application/rss+xml"),
    }
    yield pages.get(path, NOT_FOUND)


@pytest.fixture(scope="module")
def outlet():
    with LoopbackSites(["127.0.3.7"], respond) as sites:
        yield f"http://127.0.3.7:{sites.port}"


@pytest.fixture
def place(tmp_path, kept):
    return place_in(tmp_path, kept, CONFIG)


class HereReader:
    """Reads pages in this process, in place of children that take long to start here."""

    def __init__(self, _workers):
        pass

    async def run(self, _returns, function, *arguments, about):
        return function(*arguments)

    def close(self):
        pass


@pytest.fixture(autouse=True)
def _read_here(monkeypatch):
    monkeypatch.setattr("tracker.extraction.pool.ExtractPool", HereReader)


def source(path: Path, name: str) -> SourceConfig:
    """Return a source of the configuration as it is now."""
    found = load(path).source(name)
    assert found is not None
    return found


async def test_an_article_is_previewed_and_then_watched(place, outlet):
    path, _ = place
    async with admin(place) as client:
        preview = await send(client, "/add", url=f"{outlet}/article#top", story="Bridge")
        assert preview.status_code == 200
        assert "An article" in preview.text
        assert "Bridge closed" in preview.text
        assert PARAGRAPH in preview.text
        assert path.read_text() == CONFIG
        fields = dict(re.findall(r'name="(url|kind|source|story|selector|pattern)" value="([^"]*)"', preview.text))
        saved = await send(client, "/add/save", **fields)
        assert saved.status_code == 303
        page = await client.get(saved.headers["location"])
        assert "is watched now" in page.text
        assert '# The Ledger\n[[sources]]\nname = "The Harbor Ledger"  # the paper' in path.read_text()
        (story,) = load(path).stories
        assert (story.name, story.urls) == ("Bridge", (f"{outlet}/article",))
        again = await send(client, "/add", url=f"{outlet}/article", story="Bridge")
        assert "It is already watched" in again.text


async def test_a_feed_is_previewed_without_its_scripts_and_saved_under_a_name(place, outlet):
    path, own = place
    async with admin(place) as client:
        preview = await send(client, "/add", url=f"{outlet}/feed")
        assert "A feed" in preview.text
        assert "<script>window" not in preview.text
        assert "\u202e" not in preview.text
        assert "http://x.example/1" in preview.text
        for name in ("<script>x</script>", 'x"\n[[rules]]', "a\r\nb", "x" * 81, "../etc"):
            wrong = await send(client, "/add/save", url=f"{outlet}/feed", kind="feed", source=name)
            assert wrong.status_code == 400, name
        assert path.read_text() == CONFIG
        await send(client, "/add/save", url=f"{outlet}/feed", kind="feed", source="Alder News")
        assert source(path, "Alder News").feeds == (f"{outlet}/feed",)
    store = open_archive(own.url, readonly=True)
    assert [each.hub.url for each in list_hubs(store, "Alder News")] == [f"{outlet}/feed"]
    store.close()


async def test_a_home_page_is_offered_as_its_feed_and_as_itself(place, outlet):
    path, _ = place
    async with admin(place) as client:
        preview = await send(client, "/add", url=f"{outlet}/")
        assert "A feed" in preview.text
        assert f"{outlet}/</span>" in preview.text
        assert "http://x.example/1" in preview.text
        assert path.read_text() == CONFIG
        await send(client, "/add/save", url=f"{outlet}/", kind="page", source="Alder page")
        assert [each.url for each in source(path, "Alder page").pages] == [f"{outlet}/"]
        added = await client.post("/api/v1/watch", json={"url": f"{outlet}/", "source": "Alder"}, headers=BEARER)
    assert added.json()["found_at"] == f"{outlet}/"
    assert source(path, "Alder").feeds == (f"{outlet}/feed",)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.3.7/x", "http://169.254.169.254/latest/meta-data/", "http://[::1]:8766/", "http://localhost/x"],
)
async def test_a_preview_reaches_no_private_address(place, address):
    async with admin(place, config=Config()) as client:
        preview = await send(client, "/add", url=address)
    assert "This address could not be read" in preview.text
    assert "WRITETHRU_ALLOW_PRIVATE=1" in preview.text


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "javascript:alert(1)", "http://u:p@h.example/", "http://", "x" * 5000, ""]
)
async def test_what_is_no_address_is_refused(place, address):
    async with admin(place) as client:
        for path in ("/add", "/add/save"):
            assert (await send(client, path, url=address, kind="feed")).status_code == 400


async def test_what_cannot_be_read_may_be_added_by_saying_what_it_is(place, outlet):
    path, _ = place
    async with admin(place) as client:
        preview = await send(client, "/add", url=f"{outlet}/none")
        assert "watch it without reading it first" in preview.text
        refused = await send(client, "/add/save", url=f"{outlet}/none")
        assert refused.status_code == 400
        saved = await send(client, "/add/save", url=f"{outlet}/none", kind="page", selector="h3 a", source="Alder")
        assert saved.status_code == 303
        assert (await send(client, "/add", url=f"{outlet}/x", selector="((")).status_code == 400
    (page,) = source(path, "Alder").pages
    assert page.selector == "h3 a"


async def test_a_source_is_changed_and_loses_an_address_and_is_removed(place):
    path, _ = place
    page = "/sources/The%20Harbor%20Ledger"
    async with admin(place) as client:
        html = (await client.get(page)).text
        assert 'value="https://ledger.example/a"' in html
        fields = {"poll": "5m", "every": "1h", "include": "/news/\n/2026/", "exclude": ""}
        assert (await send(client, f"{page}/edit", **fields)).status_code == 303
        one = source(path, "The Harbor Ledger")
        assert (str(one.poll), str(one.every), one.include) == ("0:05:00", "1:00:00", ("/news/", "/2026/"))
        for wrong in ({"poll": "soon"}, {"include": "("}, {"name": "New"}):
            assert (await send(client, f"{page}/edit", **wrong)).status_code == 400
        await send(client, f"{page}/edit", poll="", every="", include="", exclude="")
        assert path.read_text() == CONFIG
        assert (await send(client, f"{page}/remove-address", url="https://ledger.example/a")).status_code == 303
        assert source(path, "The Harbor Ledger").urls == ("https://ledger.example/b",)
        assert (await send(client, f"{page}/remove-address", url="https://no.example/")).status_code == 400
        gone = await send(client, f"{page}/remove")
        assert gone.headers["location"].startswith("/sources?")
        assert load(path).sources == ()
        assert "# The Ledger" in path.read_text()
        kept = (await client.get(f"{page}.json")).json()
        assert kept["source"]["paused"] is True
        assert kept["articles"]
    async with admin(place) as client:
        shown = (await client.get(page)).text
        assert "not configured" in shown
        assert f'action="{page}/resume"' not in shown
        assert "not configured" in (await client.get("/sources")).text


async def test_programs_do_the_same_with_the_token_alone(place, outlet):
    path, _ = place
    async with admin(place) as client:
        seen = await client.post("/api/v1/preview", json={"url": f"{outlet}/article"}, headers=BEARER)
        assert (seen.status_code, seen.json()["headline"], seen.json()["added"]) == (200, "Bridge closed", True)
        assert encode(decode(seen.content, type=Previewed)) == seen.content
        listed = await client.post("/api/v1/preview", json={"url": f"{outlet}/feed"}, headers=BEARER)
        assert encode(decode(listed.content, type=Previewed)) == listed.content
        body = {"url": f"{outlet}/feed", "kind": "feed", "source": "Alder"}
        for headers in ({}, ORIGIN, {"authorization": "Bearer wrong"}):
            # The session of the browser is there; it is not enough.
            refused = await client.post("/api/v1/watch", json=body, headers=headers)
            assert refused.status_code == 401
        done = await client.post("/api/v1/watch", json=body, headers=BEARER)
        assert (done.json()["source"], done.json()["added"]) == ("Alder", True)
        assert encode(decode(done.content, type=Added)) == done.content
        paused = await client.post("/api/v1/sources/Alder/pause", headers=BEARER | {"content-type": "application/json"})
        assert paused.json() == {"schema": 1, "done": "Alder is paused."}
        for wrong, status in (
            ({"content": "url=x", "headers": BEARER}, 415),
            ({"content": "{", "headers": BEARER | {"content-type": "application/json"}}, 400),
            ({"content": "[" * 9000, "headers": BEARER | {"content-type": "application/json"}}, 400),
            ({"json": [1], "headers": BEARER}, 400),
            ({"json": body | {"path": "/etc/x.toml"}, "headers": BEARER}, 400),
            ({"json": body | {"url": "x" * 30_000}, "headers": BEARER}, 413),
        ):
            answer = await client.post("/api/v1/watch", **wrong)
            assert (answer.status_code, answer.json()["error"]["status"]) == (status, status), wrong
        assert (await client.get("/api/v1/watch")).status_code == 405
    assert source(path, "Alder").paused


async def test_every_form_is_closed_to_others(place):
    async with admin(place) as client:
        for each in (one for one in OPERATIONS if one.path):
            path = each.path.replace("{name:path}", "x").replace("{name}", "x")
            for headers in ({}, {"origin": "http://evil.example"}, ORIGIN):
                assert (await client.post(path, data={"url": "https://x.example/"}, headers=headers)).status_code == 403
    async with admin(place, signed=False) as client:
        for each in OPERATIONS:
            api = each.api.replace("{name:path}", "x").replace("{name}", "x")
            assert (await client.post(api, json={}, headers=ORIGIN)).status_code == 401


async def test_a_file_that_cannot_be_written_is_said_so(place, monkeypatch):
    path, _ = place
    monkeypatch.setattr("os.access", lambda *_: False)
    async with admin(place) as client:
        for page in ("/add", "/sources/The%20Harbor%20Ledger"):
            assert f"Writethru cannot write {path}" in (await client.get(page)).text
        answer = await client.post("/api/v1/watch", json={"url": "https://x.example/", "kind": "feed"}, headers=BEARER)
        assert (answer.status_code, answer.json()["error"]["status"]) == (409, 409)
        assert "writethru add" in answer.json()["error"]["hint"]
    assert path.read_text() == CONFIG


async def test_without_a_configuration_file_nothing_is_added_and_the_page_names_the_command(place):
    path, _ = place
    path.unlink()
    async with admin(place) as client:
        added = {"url": "https://x.example/f", "kind": "feed"}
        assert (await client.post("/api/v1/watch", json=added, headers=BEARER)).status_code == 409
        assert "Run <code>writethru init</code>" in (await client.get("/add")).text
        assert "Run <code>writethru init</code>" in (await send(client, "/add/save", **added)).text
    assert not path.exists()


async def test_the_first_sign_in_is_explained(place):
    _, own = place
    async with client_of(own.url) as client:
        assert "writethru run --admin" in (await client.get("/add")).text
        assert "writethru run --admin" in (await client.get("/login")).text
    async with admin(place, signed=False) as client:
        page = (await client.get("/add?url=https://x.example/%22%3E%3Cscript%3E")).text
        assert 'href="/login?next=/add%3Furl%3D' in page
        assert "<script>" not in page.replace('<script src="', "")


async def test_the_bookmark_leads_through_our_own_site(place):
    _, own = place
    async with client_of(own.url, Site(token=TOKEN)) as client:
        page = await client.get("/watch", params={"url": 'https://x.example/?a=1&b="><script>'})
        assert page.status_code == 200
        assert 'content="0; url=/add?url=https%3A%2F%2Fx.example%2F%3Fa%3D1%26b%3D%22%3E%3Cscript%3E"' in page.text
    async with admin(place) as client:
        assert "javascript:void%20open(%22http://127.0.0.1:8766/watch?url=%22+" in (await client.get("/add")).text


async def test_a_saved_page_is_handed_in_by_the_form_and_by_programs(place, outlet):
    path, _ = place
    url, file = f"{outlet}/article", html(ARTICLE).partition(b"\r\n\r\n")[2]
    async with admin(place) as client:
        fields = {"csrf": await token(client, "/add"), "url": url, "by": "Ada Lark", "at": "2026-11-25T09:00"}
        done = await client.post("/handin", data=fields, files={"file": ("a.html", file)}, headers=ORIGIN)
        assert done.status_code == 303
        moved = await client.get("/handin", params={"url": url})
        assert (moved.status_code, moved.headers["location"]) == (308, f"/add?{urlencode({'url': url})}#handin")
        body = {"file": b64encode(file).decode(), "url": url, "by": "Ben"}
        value = (await client.post("/api/v1/handin", json=body, headers=BEARER)).json()
        assert (value["handin"], value["handed_in_by"], value["saved"]) == ("h2", "Ben", None)
        shown = f"/articles/{value['article']}"
        page = (await client.get(shown)).text
        assert "handed in by Ada Lark on" in page
        assert "saved 2026-11-25 09:00 UTC by their account" in page
        answer = (await client.get(f"{shown}.json")).json()
        assert [each["handed_in_by"] for each in answer["handed_in"]] == ["Ada Lark", "Ben"]
        assert answer["versions"] == []
        raw = await client.get(f"{shown}/h1/raw")
        assert (raw.content, raw.headers["content-type"]) == (file, "application/octet-stream")
        assert raw.headers["content-disposition"].startswith("attachment")
        assert raw.headers["content-security-policy"].startswith("sandbox")
        assert (await client.get(f"{shown}/h3/raw")).status_code == 404
        for wrong, why in (
            ({"at": "2999-01-01"}, "in the future"),
            ({"at": "yesterday"}, "at: must be a time, as in"),
            ({"file": "AAAA"}, "not a web page"),
            ({"file": ""}, "not a web page"),
            ({"file": "AAA"}, "file: must be base64, not 'AAA'"),
            ({"file": "<html></html>"}, "file: must be base64"),
            ({"by": "x" * 201}, "by: must have at most 200 characters"),
            ({"by": ""}, "name"),
        ):
            refused = await client.post("/api/v1/handin", json=body | wrong, headers=BEARER)
            assert (refused.status_code, why in refused.json()["error"]["message"]) == (400, True)
        as_json = BEARER | {"content-type": "application/json"}
        large = await client.post("/api/v1/handin", content=b"x" * 50_000_000, headers=as_json)
        assert large.status_code == 413
        assert (await client.post("/api/v1/handin", json=body)).status_code == 401
    assert url in path.read_text()
