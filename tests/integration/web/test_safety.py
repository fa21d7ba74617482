"""Nothing of a page runs, nobody else's name is answered to, strangers stay outside."""

import asyncio
import re
import socket
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from tests.integration.web.conftest import ORIGIN, TOKEN, client_of
from tests.integration.web.newsroom_archive import NOW, SCRIPT
from tests.waiting import PATIENCE
from tracker.addresses.urls import is_allowed_host
from tracker.archive.opening import open_archive
from tracker.config.root import Config, parse
from tracker.errors import ConfigError
from tracker.web import guard as access
from tracker.web import serve
from tracker.web.app import build
from tracker.web.data import CachedArchive
from tracker.web.guard import Site, Who, csrf, site_of
from tracker.web.serve import MAX_CONNECTIONS, Serving, dispensable

PATHS = (
    "/",
    "/changes",
    "/articles/{hostile}",
    "/articles/{hostile}/1..2",
    "/articles/{hostile}/1..2?view=side",
    "/articles/{hostile}/1..2?view=changes",
    "/articles/{hostile}/2",
    "/sources/Evil%20Times%20%26%20Sons",
    "/search?q=hacked",
    "/search?q=%3Cscript%3E",
    "/stories",
    "/alerts",
    "/nowhere/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "/articles/%3Cscript%3E",
    "/changes?source=%3Cscript%3Ealert(1)%3C/script%3E",
    "/login?next=%22%3E%3Cscript%3E",
)


async def test_scraped_text_is_escaped_and_every_answer_tells_the_browser_what_it_may_do(client, kept):
    for path in PATHS:
        html = (await client.get(path.format(**kept.articles))).text
        assert html.count("<script") == 1, path
        assert SCRIPT not in html
        assert not re.search(r"<[^>]*\son\w+\s*=", re.sub(r'"[^"]*"', '""', html)), path
        assert not re.search(r'(?:href|src|action)="\s*(?:javascript|data):', html, re.IGNORECASE), path
        assert "<iframe" not in html
        assert " style=" not in re.sub(r'"[^"]*"', '""', html), path
        assert not set(html) & set("\u202e\u2066\x00\x1b"), path
    for path in (*PATHS, "/index.json", "/changes.atom", "/api/v1/counts", "/static/x/app.css", "/healthz"):
        headers = (await client.get(path.format(**kept.articles))).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil", "[::1].evil", "a:b:c"]
)
async def test_foreign_names_are_refused(client, host):
    assert (await client.get("/", headers={"host": host})).status_code == 421


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8766", "[::1]:8766", "LOCALHOST:1", "news.example", "10.0.0.7"]
)
async def test_our_names_and_numbers_are_answered_to(opened, host):
    async with opened(Site(hosts=frozenset({"news.example"}))) as client:
        assert (await client.get("/", headers={"host": host})).status_code == 200


async def test_a_token_opens_the_door_and_nothing_else_does(opened):
    site = Site(token="correct horse battery")
    async with opened(site) as client:
        bare = await client.get("/api/v1/counts")
        assert bare.status_code == 401
        assert bare.headers["www-authenticate"].startswith("Bearer")
        page = await client.get("/changes?kind=move", headers={"accept": "text/html"})
        assert page.headers["location"] == "/login?next=%2Fchanges%3Fkind%3Dmove"
        for wrong in ("correct horse", "", "correct horse battery "[::-1]):
            answer = await client.get("/index.json", headers={"authorization": f"Bearer {wrong}"})
            assert answer.status_code == 401
        right = await client.get("/index.json", headers={"authorization": "Bearer correct horse battery"})
        assert right.status_code == 200
        assert (await client.get("/login")).status_code == 200
        assert (await client.get("/healthz")).status_code == 200


async def test_signing_in_with_the_form(opened):
    site = Site(token="correct horse battery")
    origin = {"origin": "http://127.0.0.1:8766"}
    async with opened(site) as client:
        wrong = await client.post("/login", data={"token": "guess", "next": "/changes"}, headers=origin)
        assert wrong.status_code == 403
        assert "Wrong token" in wrong.text
        foreign = await client.post("/login", data={"token": site.token}, headers={"origin": "http://evil.example"})
        assert foreign.status_code == 403
        right = await client.post("/login", data={"token": site.token, "next": "/changes"}, headers=origin)
        assert right.status_code == 303
        assert right.headers["location"] == "/changes"
        cookie = right.headers["set-cookie"].lower()
        for part in ("httponly", "samesite=strict", "path=/"):
            assert part in cookie
        assert (await client.get("/changes", headers={"accept": "text/html"})).status_code == 200
        away = await client.post("/login", data={"token": site.token, "next": "//evil.example"}, headers=origin)
        assert away.headers["location"] == "/"


@pytest.mark.parametrize("forged", ["x", "a.1.b", "a.99999999999.", "é.1.2"])
async def test_forged_sessions_are_strangers(opened, forged):
    async with opened(Site(token="correct horse battery")) as client:
        answer = await client.get("/index.json", headers={"cookie": f"writethru={forged}".encode()})
    assert answer.status_code == 401


async def test_a_proxy_names_who_asks_and_nobody_else_may(opened):
    site = Site(header="x-remote-user")
    async with opened(site) as client:
        assert (await client.get("/index.json")).status_code == 401
        assert (await client.get("/index.json", headers={"x-remote-user": "ada"})).status_code == 200
    async with opened(site, peer=("192.0.2.9", 5)) as client:
        assert (await client.get("/index.json", headers={"x-remote-user": "ada"})).status_code == 401


@pytest.mark.parametrize("listen", ["0.0.0.0:8766", "192.0.2.1:80", "[::]:8766", "news.example:80"])
def test_others_may_not_read_without_a_password(listen):
    with pytest.raises(ConfigError, match="without a password"):
        site_of(Config(), listen=listen)


def test_a_token_or_a_proxy_lets_others_in(tmp_path):
    secret = tmp_path / "token"
    secret.write_text("0123456789abcdef\n")
    config = Config.model_validate({"web": {"token": {"file": str(secret)}, "hosts": ["News.Example:443"]}})
    site = site_of(config, listen="0.0.0.0:8766")
    assert site.closed
    assert is_allowed_host("news.example", site.hosts)
    assert not is_allowed_host("evil.example", site.hosts)
    proxied = site_of(Config.model_validate({"web": {"trusted_header": "X-Remote-User"}}), listen="0.0.0.0:1")
    assert proxied.closed
    secret.write_text("short")
    with pytest.raises(ConfigError, match="too short"):
        site_of(config, listen="127.0.0.1:1")


def test_origins_are_configured_by_name_and_acting_needs_a_way_to_sign_in():
    with pytest.raises(ConfigError, match="nobody could sign in"):
        site_of(Config(), listen="127.0.0.1:1", admin=True)
    made = site_of(Config(), listen="127.0.0.1:1", admin=True, invent=True)
    assert len(made.token) >= 24
    assert not made.closed
    config = parse(b'[web]\ncors = ["https://desk.example.org", "http://127.0.0.1:9000"]\n')
    assert site_of(config, listen="127.0.0.1:1").cors == {DESK, "http://127.0.0.1:9000"}
    for wrong in ("*", "null", "https://desk.example.org/", "desk.example.org", "https://*.example.org"):
        with pytest.raises(ConfigError):
            parse(f'[web]\ncors = ["{wrong}"]\n'.encode())


@pytest.mark.parametrize("listen", ["8766", "127.0.0.1:", ":80", "127.0.0.1:x", "127.0.0.1:99999"])
def test_what_is_no_address_is_refused(listen):
    with pytest.raises(ConfigError, match="not a host and port"):
        parse(f'[web]\nlisten = "{listen}"\n'.encode())


DESK = "https://desk.example.org"
ASK = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}


async def test_a_configured_site_may_call_the_api(kept):
    async with client_of(kept.url, Site(token=TOKEN, cors=frozenset({DESK}))) as client:
        asked = await client.options("/api/v1/watch", headers={"origin": DESK} | ASK)
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == DESK
        assert "authorization" in asked.headers["access-control-allow-headers"]
        headers = {"origin": DESK, "authorization": f"Bearer {TOKEN}"}
        answer = await client.get("/api/v1/counts", headers=headers)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, DESK)
        assert "access-control-allow-credentials" not in answer.headers
        assert "origin" in answer.headers["vary"].lower()
        assert (await client.get("/api/v1/counts", headers={"origin": DESK})).status_code == 401
        other_host = await client.get("/api/v1/counts", headers=headers | {"host": "evil.example"})
        assert other_host.status_code == 421


async def test_no_other_site_and_no_other_page(kept):
    async with client_of(kept.url, Site(cors=frozenset({DESK}))) as client:
        for origin in ("https://evil.example", "null", f"{DESK}.evil.example", "http://desk.example.org"):
            assert (await client.options("/api/v1/watch", headers={"origin": origin} | ASK)).status_code == 400
            answer = await client.get("/api/v1/counts", headers={"origin": origin})
            assert "access-control-allow-origin" not in answer.headers
        for path in ("/", "/changes.json", "/login"):
            answer = await client.get(path, headers={"origin": DESK})
            assert "access-control-allow-origin" not in answer.headers
    async with client_of(kept.url) as client:
        assert (
            "access-control-allow-origin" not in (await client.get("/api/v1/counts", headers={"origin": DESK})).headers
        )


URL = "https://ledger.example/2026/11/25/narrows-bridge-barge"
HEAD = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n"
FORM = HEAD + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\ntoken"


@asynccontextmanager
async def served(kept):
    """Serve the archive on a socket, and give its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    site = Site(token=TOKEN)
    server = Serving(
        build(CachedArchive(open_archive(kept.url, readonly=True)), site, lambda: NOW, Config), site, listening
    )
    server.begin()
    try:
        yield listening.getsockname()[1]
    finally:
        await server.end()


@asynccontextmanager
async def connected(port: int, sent: bytes):
    """Open a connection, send these bytes, and give both ends of it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HT", HEAD, FORM], ids=["nothing", "half a line", "half a head", "half a body"]
)
async def test_an_unfinished_request_is_given_up(kept, monkeypatch, sent):
    monkeypatch.setattr(serve, "MAX_REQUEST_SECONDS", 0.3)
    async with served(kept) as port, asyncio.timeout(PATIENCE), connected(port, sent) as (reader, _):
        with suppress(ConnectionResetError):
            assert await reader.read() == b""


async def test_bytes_that_drip_do_not_put_the_end_off(kept, monkeypatch):
    monkeypatch.setattr(serve, "MAX_REQUEST_SECONDS", 0.5)
    async with served(kept) as port, connected(port, b"") as (reader, writer):
        for byte in HEAD * 10:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.05)
            if reader.at_eof() or reader.exception():
                break
        else:
            pytest.fail("the connection stayed open")


async def test_unfinished_requests_shut_nobody_out(kept):
    async with served(kept) as port, AsyncExitStack() as stack:
        for _ in range(MAX_CONNECTIONS + 20):
            await stack.enter_async_context(connected(port, b"GET / HT"))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            assert (await client.get("/healthz")).status_code == 200


def test_the_oldest_foreign_connection_without_a_request_makes_room():
    def fake(began: float, *, is_local: bool = False, is_waiting: bool = True) -> Any:
        return SimpleNamespace(began=began, is_local=is_local, is_waiting=is_waiting)

    local, late, early, busy = fake(1, is_local=True), fake(3), fake(2), fake(0, is_waiting=False)
    assert dispensable([local, late, early, busy]) is early
    assert dispensable([local, busy]) is local
    assert dispensable([busy]) is None


async def test_a_cookie_is_worth_nothing_after_signing_out(kept):
    site = Site(token=TOKEN)
    async with client_of(kept.url, site) as client:
        await client.post("/login", data={"token": TOKEN}, headers=ORIGIN)
        stolen = client.cookies["writethru"]
        assert (await client.get("/index.json", headers={"cookie": f"writethru={stolen}"})).status_code == 200
        form = {"csrf": csrf(site, Who(stolen))}
        assert (await client.post("/logout", data=form, headers=ORIGIN)).status_code == 303
        client.cookies.clear()
        assert (await client.get("/index.json", headers={"cookie": f"writethru={stolen}"})).status_code == 401


async def test_wrong_tokens_are_answered_one_after_another(kept, monkeypatch):
    monkeypatch.setattr(access, "WRONG_TOKEN_DELAY_SECONDS", 0.2)
    monkeypatch.setattr(access, "MAX_WRONG_TOKEN_WAIT_SECONDS", 0.9)
    async with client_of(kept.url, Site(token=TOKEN)) as client:

        async def guess() -> tuple[int, float]:
            answer = await client.get("/index.json", headers={"authorization": "Bearer wrong"})
            return answer.status_code, time.monotonic()

        began = time.monotonic()
        answers = await asyncio.gather(*(guess() for _ in range(8)))
        refused = sorted(at for status, at in answers if status == 401)
        assert len(refused) >= 4
        assert [status for status, _ in answers].count(429) == 8 - len(refused) > 0
        assert all(at - began > 0.2 * place - 0.05 for place, at in enumerate(refused, 1))
        right = await client.get("/index.json", headers={"authorization": f"Bearer {TOKEN}"})
        assert right.status_code == 200, "whoever knows the token does not wait"


@pytest.mark.parametrize("digits", ["9" * 5000, "0" * 4999 + "1", "1" * 7, "0", "-1", "1e3", "²", "١٢"])
async def test_numbers_without_end_are_no_page(client, digits):
    [ident] = [each["article"] for each in (await client.get("/changes.json")).json()["changes"]][:1]
    for path in (f"/articles/{ident}/{digits}", f"/articles/{ident}/1..{digits}", f"/articles/{ident}/{digits}/raw"):
        for end in ("", ".json"):
            assert (await client.get(path + end)).status_code == 404, path[:60]
    assert (await client.get(f"/api/v1/articles/{ident}/versions/{digits}")).status_code == 404
    assert (await client.get(f"/articles/{ident}/compare?from=1&to={digits}")).status_code == 400
    assert (await client.get(f"/changes?after={digits}-1")).status_code in {200, 400}
