"""Changes by users of this machine, who need not sign in, and the requests that must not pass for theirs."""

import re
import socket
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.archives import new_archive_at
from tests.integration.web.conftest import BEARER, ORIGIN, client_of, place_in
from tests.integration.web.newsroom_archive import Kept, build
from tests.integration.web.test_acts import CONFIG
from tests.integration.web.test_serving import serving
from tracker.config.root import Config, load, parse
from tracker.web.actions import Actions
from tracker.web.guard import site_of

PAGE = "/sources/The%20Harbor%20Ledger"


@pytest.fixture
def place(tmp_path, kept):
    return place_in(tmp_path, kept, CONFIG)


@asynccontextmanager
async def reader(place, web: str = "", listen: str = "127.0.0.1:8766", config: Config | None = None, **options):
    """Give a client on this machine, who does not sign in, of pages with these settings."""
    path, kept = place
    site = site_of(parse(web.encode()), listen=listen)
    actions = {"actions": Actions(kept.url, path)}
    async with client_of(kept.url, site, config or load(path), web=actions, **options) as client:
        yield client


def csrf_of(page: httpx.Response) -> str:
    """Return the token that the forms of a page send; "" where there is no form."""
    return "".join(re.findall(r'name="csrf" value="([0-9a-f]{32})"', page.text)[:1])


async def test_a_user_of_this_machine_makes_changes_without_signing_in(place):
    path, _ = place
    for host in ("127.0.0.1:8766", "localhost:8766", "[::1]:8766"):
        async with reader(place, headers={"host": host}) as client:
            form = {"csrf": csrf_of(await client.get(PAGE))}
            for act, expected in (("pause", True), ("resume", False)):
                done = await client.post(f"{PAGE}/{act}", data=form, headers={"origin": f"http://{host}"})
                assert done.status_code == 303, (host, act)
                assert load(path).sources[0].paused is expected
            assert "make changes without signing in" in (await client.get("/login")).text


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "192.0.2.1"},
        {"x-forwarded-host": "news.example"},
        {"forwarded": "for=192.0.2.1"},
        {"x-real-ip": "127.0.0.1"},
        {"via": "1.1 proxy"},
        {"cf-connecting-ip": "192.0.2.1"},
        {"host": "127.0.0.1:9999", "origin": "http://127.0.0.1:9999"},
        {"host": "localhost", "origin": "http://localhost"},
        {"host": "192.168.1.5:8766", "origin": "http://192.168.1.5:8766"},
        {"host": "news.example", "origin": "http://news.example"},
        {"host": "localhost:x", "origin": "http://localhost:x"},
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "http://localhost:8766"},
        {"origin": "null"},
        {"origin": "", "sec-fetch-site": "same-site"},
        {"origin": ""},
    ],
    ids=str,
)
async def test_a_request_through_a_proxy_or_for_another_host_or_of_another_site_is_not_of_this_machine(place, headers):
    path, _ = place
    async with reader(place) as client:
        form = {"csrf": csrf_of(await client.get(PAGE))}
        assert form["csrf"]
        refused = await client.post(f"{PAGE}/pause", data=form, headers=ORIGIN | headers)
        assert refused.status_code in {403, 421}
        page = await client.get(PAGE, headers={name: headers[name] for name in headers.keys() - {"origin"}})
        assert not csrf_of(page) or headers.keys() <= {"origin", "sec-fetch-site"}
    assert path.read_text() == CONFIG


async def test_the_token_of_the_forms_is_of_this_process_and_host(place):
    async with reader(place) as other:
        foreign = csrf_of(await other.get(PAGE))
    async with reader(place) as client:
        under_name = csrf_of(await client.get(PAGE, headers={"host": "localhost:8766"}))
        for token in ("", foreign, under_name):
            assert (await client.post(f"{PAGE}/pause", data={"csrf": token}, headers=ORIGIN)).status_code == 403
        assert (await client.post("/logout", data={"csrf": csrf_of(await client.get(PAGE))})).status_code == 403
        for headers in ({}, ORIGIN, BEARER):
            assert (await client.post(f"/api/v1{PAGE}/pause", json={}, headers=headers)).status_code == 403


@pytest.mark.parametrize(
    ("web", "listen"),
    [
        ("[web]\nadmin = false", "127.0.0.1:8766"),
        ('[web]\nproxies = ["127.0.0.1"]', "127.0.0.1:8766"),
        ('[web]\ntrusted_header = "X-Remote-User"', "127.0.0.1:8766"),
        ('[web]\nhosts = ["writethru.example.org"]', "127.0.0.1:8766"),
        ('[service]\nlink = "https://writethru.example.org"', "127.0.0.1:8766"),
        ('[web]\ntoken = { env = "PAGES" }', "127.0.0.1:8766"),
        ('[web]\ntoken = { env = "PAGES" }', "0.0.0.0:8766"),
    ],
)
async def test_a_setting_that_says_that_others_come_or_that_turns_it_off_is_obeyed(place, web, listen, monkeypatch):
    monkeypatch.setenv("PAGES", BEARER["authorization"].removeprefix("Bearer "))
    async with reader(place, web, listen, headers={"x-remote-user": "ada"} | BEARER) as client:
        page = await client.get(PAGE)
        assert page.status_code == 200
        assert not csrf_of(page)
        assert (await client.post(f"{PAGE}/pause", data={"csrf": ""}, headers=ORIGIN)).status_code == 403
    assert site_of(parse(b'[service]\nlink = "http://localhost:8766"'), listen="[::1]:8766").is_local


async def test_another_machine_signs_in(place):
    async with reader(place, peer=("192.0.2.9", 5)) as client:
        assert not csrf_of(await client.get(PAGE))
        assert "http://localhost:8766/add" in (await client.get("/add")).text


async def test_the_empty_home_page_is_a_field_for_an_address(tmp_path):
    (tmp_path / "writethru.toml").write_text("")
    empty = tmp_path / "writethru.toml", Kept(new_archive_at(tmp_path / "w.db"), {})
    async with reader(empty) as client:
        home = await client.get("/")
        assert 'action="/add"' in home.text
        form = {"csrf": csrf_of(home), "url": "http://127.0.0.1:1/feed"}
        previewed = await client.post("/add", data=form, headers=ORIGIN)
        assert previewed.status_code == 200
        assert "This address could not be read" in previewed.text
    (tmp_path / "writethru.toml").write_text('[[sources]]\nname = "Ledger"\nfeeds = ["https://ledger.example/feed"]\n')
    async with reader(empty) as client:
        assert "1 source is watched, and no article was found yet." in (await client.get("/")).text
    (tmp_path / "writethru.toml").unlink()
    async with reader(empty, config=Config()) as client:
        assert "Run <code>writethru init</code>" in (await client.get("/")).text


def test_what_was_just_changed_shows_at_once_and_http_1_0_is_a_proxy(tmp_path):
    kept = build(tmp_path / "w.db")
    (tmp_path / "writethru.toml").write_text(CONFIG)
    arguments = ("--config", str(tmp_path / "writethru.toml"), "--db", kept.url, "serve", "--listen", "127.0.0.1:0")
    with serving(tmp_path, *arguments, "--json") as (address, _), httpx.Client(base_url=address, timeout=30) as client:
        form = {"csrf": csrf_of(client.get("/alerts"))}
        done = client.post("/rules/All%20corrections/remove", data=form, headers={"origin": address})
        assert done.status_code == 303
        assert "No alert rules yet." in client.get("/alerts").text
        host = address.removeprefix("http://")
        with socket.create_connection((client.base_url.host, client.base_url.port or 80), 30) as plain:
            plain.sendall(f"GET /alerts HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            body = b"".join(iter(lambda: plain.recv(65536), b""))
        assert b"200 OK" in body
        assert b"csrf" not in body
    assert load(tmp_path / "writethru.toml").rules == Config().rules
