"""Requests through an HTTP proxy: what is asked of it, what is refused, and whom TLS trusts behind it."""

import base64
from time import monotonic

import pytest

from tracker.config.tables import FetchConfig
from tracker.errors import ConfigError, NetworkDown
from tracker.fetch.client import HttpFetcher
from tracker.model.capture import Capture, Failure, FailureKind, Request
from tracker.service.network_health import NetworkHealth

from .conftest import AUTHORITY, NOW, server_context
from .proxy import proxied
from .server import response, serving

PAGE = b"<html>page</html>"


async def fetch(url: str, **settings: object) -> object:
    fetcher = HttpFetcher(FetchConfig(**settings), contact="", version="1")
    try:
        return await fetcher.fetch(Request(url), NOW)
    finally:
        await fetcher.aclose()


async def test_the_proxy_resolves_names_that_this_machine_cannot(monkeypatch) -> None:
    async with serving() as server, proxied(server.port) as proxy:
        server.routes["/news"] = response(PAGE)
        monkeypatch.setenv("OUR_PROXY", proxy.url.replace("//", "//desk:secret@"))
        found = await fetch("http://herald.invalid/news", proxy={"env": "OUR_PROXY"})
        assert isinstance(found, Capture), found
        assert found.body == PAGE
        assert found.remote_ip == ""
        assert proxy.heads[0].startswith(b"GET http://herald.invalid/news HTTP/1.1\r\n")
        assert b"Proxy-Authorization: Basic " + base64.b64encode(b"desk:secret") in proxy.heads[0]


async def test_tls_goes_through_and_trusts_the_named_authority(tmp_path) -> None:
    AUTHORITY.cert_pem.write_to_path(tmp_path / "ca.pem")
    async with serving(server_context(AUTHORITY.issue_cert("herald.invalid"))) as server, proxied(server.port) as proxy:
        server.routes["/"] = response(PAGE)
        found = await fetch("https://herald.invalid/", proxy=proxy.url, ca=str(tmp_path / "ca.pem"))
        assert isinstance(found, Capture), found
        assert proxy.heads[0].startswith(b"CONNECT herald.invalid:443 ")
        refused = await fetch("https://herald.invalid/", proxy=proxy.url)
        assert isinstance(refused, Failure)
        assert "that authority's certificate with `ca`" in refused.reason


@pytest.mark.parametrize(
    "url",
    ["http://localhost/", "http://127.0.0.1/", "http://[::1]/", "http://10.0.0.8/", "http://169.254.169.254/latest",
     "http://herald.invalid:22/", "http://printer.localhost/"],
)  # fmt: skip
async def test_the_proxy_is_not_asked_for_private_places(url: str) -> None:
    async with serving() as server, proxied(server.port) as proxy:
        found = await fetch(url, proxy=proxy.url)
        assert isinstance(found, Failure)
        assert found.kind is FailureKind.BLOCKED_ADDRESS
        assert proxy.heads == []


async def test_a_proxy_that_refuses_is_blamed_itself() -> None:
    async with serving() as server, proxied(server.port) as proxy:
        proxy.answer = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"
        found = await fetch("https://herald.invalid/", proxy=proxy.url)
        assert isinstance(found, Failure)
        assert f"the proxy {proxy.url.removeprefix('http://')} did not open a connection: 407" in found.reason


async def test_certificates_that_cannot_be_read_are_named(tmp_path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(ConfigError, match="the certificates cannot be read"):
            await fetch("https://herald.invalid/", ca=str(tmp_path / name))


async def test_a_proxy_that_is_not_there_is_named() -> None:
    async with serving() as server, proxied(server.port) as proxy:
        gone = proxy.url
    found = await fetch("http://herald.invalid/", proxy=gone)
    assert isinstance(found, Failure)
    assert found.reason.startswith(f"the proxy {gone.removeprefix('http://')} cannot be reached: ")


async def test_a_secret_that_is_no_proxy_s_address_is_refused_without_showing_it(monkeypatch) -> None:
    monkeypatch.setenv("OUR_PROXY", "socks5://desk:hidden@proxy.example")
    with pytest.raises(ConfigError, match="OUR_PROXY is not the address of an HTTP proxy") as refused:
        await fetch("http://herald.invalid/", proxy={"env": "OUR_PROXY"})
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("proxy", ["https://proxy.example", "socks5://proxy.example", "http://desk:secret@p.example"])
async def test_other_proxies_and_open_passwords_are_refused(proxy: str) -> None:
    with pytest.raises(ValueError, match="proxy"):
        FetchConfig(proxy=proxy)


async def test_behind_a_proxy_it_is_the_proxy_that_tells_whether_the_network_works() -> None:
    lost = Failure(FailureKind.CONNECT, "the server cannot be reached", "http://down.invalid/")
    async with serving() as server, proxied(server.port) as proxy:
        health = NetworkHealth(private=False, proxy_for=lambda _url, _source: proxy.url)
        health.remember(["http://one.invalid/", "http://two.invalid/"])
        await health.judge(lost, monotonic())
        assert health.error == ""
    closed = NetworkHealth(private=False, proxy_for=lambda _url, _source: "http://127.0.0.1:9")
    closed.remember(["http://one.invalid/", "http://two.invalid/"])
    with pytest.raises(NetworkDown):
        await closed.judge(lost, monotonic())
