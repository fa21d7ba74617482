"""SSRF (1.2): no spelling of an inner address is reached, whoever asks: pages, feeds, webhooks, witnesses, Apprise."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING, cast

import pytest

from tests.alert_samples import delivery
from tests.archives import inline, temporary_archive
from tests.integration.fetch.conftest import NOW
from tests.unit.fetch.test_guard import SPELLINGS, Recorder
from tracker.alerts.channels.apprise import AppriseNotifier
from tracker.archive.articles import add_targets
from tracker.archive.hosts import get_host
from tracker.archive.hubs import list_hubs
from tracker.archive.sources import sync_source
from tracker.config import Config, FetchConfig
from tracker.errors import DeliveryError
from tracker.fetch import HttpFetcher, guard
from tracker.model import Failure, FailureKind, Hub, HubKind, Request, Target
from tracker.pipeline import HostSession, Pipeline, Politeness
from tracker.service.runtime import schedule_for
from tracker.urls import fetchable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.pipeline.reader import Pool

AT_LEAST = 24
PUBLIC = "93.184.215.14"


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Give what sockets would have been opened to; none is."""
    backend = Recorder()
    monkeypatch.setattr(guard, "Wire", lambda: backend)
    return backend.reached


@pytest.mark.anyio
async def test_no_door_of_the_fetcher_leads_inside(reached: list[tuple[str, int]]) -> None:
    fetcher = HttpFetcher(FetchConfig(), contact="", version="1")
    refused = 0
    for spelling in SPELLINGS:
        result = await fetcher.fetch(Request(spelling), NOW)
        assert isinstance(result, Failure)
        assert result.kind is FailureKind.BLOCKED_ADDRESS, spelling
        for send in (fetcher.post, fetcher.inquire):
            with pytest.raises(DeliveryError) as caught:
                await send(fetchable(spelling), (), b"{}")
            assert "writethru does not go there" in str(caught.value), spelling
        refused += 1
    await fetcher.aclose()
    assert reached == []
    assert refused >= AT_LEAST


@pytest.mark.anyio
@pytest.mark.parametrize("answers", [["127.0.0.1"], [PUBLIC, "169.254.169.254"], ["::1", PUBLIC]])
async def test_no_name_that_leads_inside_is_followed(reached: list[tuple[str, int]], answers: list[str]) -> None:
    async def names(_host: str, _port: int) -> Sequence[str]:
        return answers

    fetcher = HttpFetcher(FetchConfig(), contact="", version="1", resolver=names)
    result = await fetcher.fetch(Request("http://mixed.test/"), NOW)
    assert isinstance(result, Failure)
    assert result.kind is FailureKind.BLOCKED_ADDRESS
    with pytest.raises(DeliveryError):
        await fetcher.post("https://mixed.test/hook", (), b"{}")
    await fetcher.aclose()
    assert reached == []


@pytest.mark.anyio
async def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would connect where it likes; the guard would only see the proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:8080")
    backend = Recorder(dead=[PUBLIC])
    monkeypatch.setattr(guard, "Wire", lambda: backend)

    async def names(_host: str, _port: int) -> Sequence[str]:
        return [PUBLIC]

    fetcher = HttpFetcher(FetchConfig(), contact="", version="1", resolver=names)
    for scheme in ("http", "https"):
        await fetcher.fetch(Request(f"{scheme}://news.test/"), NOW)
        with pytest.raises(DeliveryError):
            await fetcher.post(f"{scheme}://news.test/hook", (), b"{}")
    await fetcher.aclose()
    assert backend.reached == [(PUBLIC, 80)] * 2 + [(PUBLIC, 443)] * 2


@pytest.mark.anyio
async def test_lists_and_articles_inside_are_refused_and_said_so(reached: list[tuple[str, int]]) -> None:
    inside = "http://127.1/feed.xml"
    archive, fetcher = temporary_archive(), HttpFetcher(FetchConfig(), contact="", version="1")
    sync_source(archive, "s", [Hub("s", HubKind.FEED, inside)], NOW)
    [tracked] = add_targets(archive, "s", [Target("http://[::ffff:7f00:1]/news")], NOW)
    visit = HostSession(get_host(archive, "127.0.0.1"), fetcher, inline(archive), Politeness(0.0), lambda: NOW)
    [hub] = list_hubs(archive)
    pipeline = Pipeline(Config(), cast("Pool", None), schedule_for)
    polled = await pipeline.poll(hub, visit)
    checked = await pipeline.check(tracked, visit)
    await fetcher.aclose()
    assert (polled.poll.outcome, checked.intent.check.outcome) == ("refused", "refused")
    assert "WRITETHRU_ALLOW_PRIVATE=1" in polled.poll.detail
    assert "WRITETHRU_ALLOW_PRIVATE=1" in checked.intent.check.detail
    assert reached == []


APPRISE = dedent("""
    import json, socket, sys
    from tracker.alerts.channels import apprise_child

    order = json.load(sys.stdin)
    names = socket.getaddrinfo
    def rebinding(host, *rest, **more):
        return names("127.0.0.1" if host == "rebind.test" else host, *rest, **more)
    socket.getaddrinfo = rebinding
    if order["guarded"]:
        apprise_child.block_private_addresses()
    told = {"title": "t", "body": "b", "timeout": 3}
    said = [apprise_child.deliver({**told, "url": url}) for url in order["urls"]]
    print(json.dumps([each.get("ok", False) for each in said]))
""")


async def apprise(urls: list[str], *, guarded: bool) -> list[bool]:
    """Let an Apprise child send to each address; return which it said took the alert."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-W", "ignore", "-c", APPRISE],
        input=json.dumps({"urls": urls, "guarded": guarded}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.anyio
async def test_apprise_reaches_nothing_inside() -> None:
    heard: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(str(writer.get_extra_info("peername")))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0, family=socket.AF_INET)
    port = listening.sockets[0].getsockname()[1]
    async with listening:
        hosts = [spelling.split("/")[2] for spelling in SPELLINGS] + ["rebind.test"]
        urls = [f"json://{host}:{port}/" for host in hosts]
        assert await apprise([f"json://127.0.0.1:{port}/", f"json://rebind.test:{port}/"], guarded=False) == [True] * 2
        taken = len(heard)
        assert taken == 2, "the receiver is there"
        assert await apprise(urls, guarded=True) == [False] * len(urls)
        with pytest.raises(DeliveryError, match="loopback address"):
            await AppriseNotifier("chat", f"json://127.0.0.1:{port}/").send(delivery(), NOW)
    assert len(heard) == taken
    assert len(urls) >= AT_LEAST
