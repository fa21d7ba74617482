import base64
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from tests.archives import new_archive_at
from tests.loopback import html
from tests.programme import news_site
from tracker.archive.articles import list_articles
from tracker.archive.opening import open_archive
from tracker.config.root import Config, parse
from tracker.config.tables import FetchConfig, SourceConfig
from tracker.errors import ConfigError, NetworkDown
from tracker.fetch.client import HttpFetcher, SourceFetcher
from tracker.model.capture import Capture, Failure, FailureKind, Request
from tracker.service.health import NetworkHealth
from tracker.service.one_pass import Wanted, check_once

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
        assert "then set `ca` to the certificate" in refused.reason


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


async def test_a_proxy_that_refuses_or_is_not_there_is_blamed_itself() -> None:
    async with serving() as server, proxied(server.port) as proxy:
        proxy.answer = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"
        found = await fetch("https://herald.invalid/", proxy=proxy.url)
        assert isinstance(found, Failure)
        assert f"the proxy {proxy.url.removeprefix('http://')} did not open a connection: 407" in found.reason
    async with serving() as server, proxied(server.port) as proxy:
        gone = proxy.url
    found = await fetch("http://herald.invalid/", proxy=gone)
    assert isinstance(found, Failure)
    assert found.reason.startswith(f"the proxy {gone.removeprefix('http://')} cannot be reached: ")


async def test_certificates_that_cannot_be_read_are_named(tmp_path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(ConfigError, match="the certificates cannot be read"):
            await fetch("https://herald.invalid/", ca=str(tmp_path / name))


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


FEED = b"""<rss version="2.0"><channel><title>Herald</title><item><title>Flood</title>
<link>http://stories.invalid/flood</link></item></channel></rss>"""


def two_sources(own: str, **general: object) -> Config:
    herald = SourceConfig(name="Herald", urls=("http://herald.invalid/a",), proxy=own)
    return Config(sources=(herald, SourceConfig(name="Courier", urls=("http://courier.invalid/a",))), fetch=general)


async def test_only_the_source_s_own_pages_go_through_its_proxy() -> None:
    async with serving() as server, proxied(server.port) as own, proxied(server.port) as general:
        server.routes["/a"] = response(b"<html>page</html>")
        fetcher = SourceFetcher(two_sources(own.url, proxy=general.url), "1.0")
        requests = (Request("http://herald.invalid/a"), Request("http://courier.invalid/a"),
                    Request("http://elsewhere.invalid/a", source="Herald"))  # fmt: skip
        for request in requests:
            assert isinstance(await fetcher.fetch(request, NOW), Capture)
        await fetcher.aclose()
        assert [head.split()[1] for head in own.heads] == [b"http://herald.invalid/a", b"http://elsewhere.invalid/a"]
        assert [head.split()[1] for head in general.heads] == [b"http://courier.invalid/a"]


async def test_an_empty_proxy_means_none() -> None:
    async with serving() as server, proxied(server.port) as general:
        server.routes["/a"] = response(b"<html>page</html>")
        source = SourceConfig(name="Inside", urls=(server.url("/a"),), proxy="")
        fetcher = SourceFetcher(
            Config(sources=(source,), fetch=FetchConfig(proxy=general.url, allow_private=True)), "1.0"
        )
        found = await fetcher.fetch(Request(server.url("/a")), NOW)
        await fetcher.aclose()
        assert isinstance(found, Capture)
        assert (found.remote_ip, general.heads) == ("127.0.0.1", [])


async def test_an_authority_is_trusted_for_the_source_that_names_it_alone(tmp_path: Path) -> None:
    AUTHORITY.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate = AUTHORITY.issue_cert("herald.invalid", "courier.invalid")
    async with serving(server_context(certificate)) as server, proxied(server.port) as proxy:
        server.routes["/"] = response(b"<html>page</html>")
        herald = SourceConfig(name="Herald", urls=("https://herald.invalid/",), ca=str(tmp_path / "ca.pem"))
        fetcher = SourceFetcher(Config(sources=(herald,), fetch=FetchConfig(proxy=proxy.url)), "1.0")
        assert isinstance(await fetcher.fetch(Request("https://herald.invalid/"), NOW), Capture)
        refused = await fetcher.fetch(Request("https://courier.invalid/"), NOW)
        await fetcher.aclose()
        assert isinstance(refused, Failure)
        assert refused.kind is FailureKind.TLS


async def test_a_whole_visit_goes_through_it_robots_and_articles_elsewhere_too(tmp_path: Path) -> None:
    page = html(news_site.PAGE.format(title="Flood in the old town", count="Nine"))
    async with serving() as server, proxied(server.port) as own:
        server.routes["/robots.txt"] = response(b"", "Connection: close", status="404 Not Found")
        server.routes |= {"/feed": response(FEED, "Content-Type: application/rss+xml"), "/flood": page}
        config = parse(
            f"""contact = "desk@desk.example"
            archive.database = "{new_archive_at(tmp_path / "archive.db")}"
            fetch.delay = "0s"
            [[sources]]
            name = "Herald"
            feeds = ["http://herald.invalid/feed"]
            proxy = "{own.url}"
            """.encode()
        )
        await check_once(config, Wanted(everything=True))
        asked = [head.split()[1] for head in own.heads]
    with closing(open_archive(f"sqlite:///{tmp_path}/archive.db")) as archive:
        stored = [(each.url, each.versions) for each in list_articles(archive)]
    assert stored == [("http://stories.invalid/flood", 1)]
    hosts = [b"http://herald.invalid", b"http://stories.invalid"]
    assert asked == [hosts[0] + b"/robots.txt", hosts[0] + b"/feed", hosts[1] + b"/robots.txt", hosts[1] + b"/flood"]


async def test_a_new_configuration_that_cannot_be_used_leaves_the_old_one_in_force(tmp_path: Path) -> None:
    async with serving() as server, proxied(server.port) as own:
        server.routes["/a"] = response(b"<html>page</html>")
        fetcher = SourceFetcher(two_sources(own.url), "1.0")
        with pytest.raises(ConfigError, match="certificates cannot be read"):
            fetcher.use(Config(sources=(SourceConfig(name="Herald", ca=str(tmp_path / "none.pem")),)))
        assert isinstance(await fetcher.fetch(Request("http://herald.invalid/a"), NOW), Capture)
        await fetcher.aclose()


async def test_hosts_behind_different_proxies_are_asked_for_where_they_are_reached() -> None:
    lost = Failure(FailureKind.CONNECT, "the server cannot be reached", "http://down.invalid/")
    async with serving() as server, proxied(server.port) as own:
        config = two_sources(own.url, proxy="http://127.0.0.1:9")
        health = NetworkHealth(private=False, proxy_for=SourceFetcher(config, "1.0").proxy_for)
        health.remember(["http://herald.invalid/", "http://courier.invalid/"])
        await health.judge(lost, 1.0)
        assert health.error == ""
