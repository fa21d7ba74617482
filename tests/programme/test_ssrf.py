"""SSRF: no spelling of a private address is reached: by pages, feeds, webhooks, checkpoint services or Apprise."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from textwrap import dedent
from typing import cast

import pytest

from tests.alert_samples import delivery
from tests.archives import inline, temporary_archive
from tests.integration.alerts import receivers
from tests.integration.fetch.conftest import NOW
from tests.unit.fetch.test_guard import SPELLINGS, Recorder
from tests.unit.pipeline.world import read_list
from tracker.addresses.urls import fetchable
from tracker.archive.articles import add_targets
from tracker.archive.sources import get_host, list_hubs, sync_source
from tracker.config.root import Config
from tracker.config.tables import FetchConfig
from tracker.errors import DeliveryError
from tracker.extraction.pool import ExtractPool
from tracker.fetch.client import HttpFetcher
from tracker.jobs.cadence import Schedule
from tracker.model.capture import Failure, FailureKind, Request
from tracker.model.source import Hub, HubKind, Target
from tracker.pipeline.check import Pipeline
from tracker.pipeline.host_session import HostSession, Politeness

MIN_SPELLINGS = 24
PUBLIC = "93.184.215.14"


async def test_the_fetcher_opens_no_connection_to_a_private_address() -> None:
    backend = Recorder()
    fetcher = HttpFetcher(FetchConfig(), contact="", version="1", backend=backend)
    refused = 0
    for spelling in SPELLINGS:
        result = await fetcher.fetch(Request(spelling), NOW)
        assert isinstance(result, Failure)
        assert result.kind is FailureKind.BLOCKED_ADDRESS, spelling
        for reads_answer in (False, True):
            with pytest.raises(DeliveryError) as caught:
                await fetcher.post(fetchable(spelling), (), b"{}", reads_answer=reads_answer)
            assert "writethru connects to it only with" in str(caught.value), spelling
        refused += 1
    await fetcher.aclose()
    assert backend.reached == []
    assert refused >= MIN_SPELLINGS


async def test_proxies_in_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard sees only the proxy's address, not what the proxy connects to."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:8080")
    backend = Recorder(dead=[PUBLIC])

    async def names(_host: str, _port: int) -> Sequence[str]:
        return [PUBLIC]

    fetcher = HttpFetcher(FetchConfig(), contact="", version="1", resolver=names, backend=backend)
    for scheme in ("http", "https"):
        await fetcher.fetch(Request(f"{scheme}://news.test/"), NOW)
        with pytest.raises(DeliveryError):
            await fetcher.post(f"{scheme}://news.test/hook", (), b"{}")
    await fetcher.aclose()
    assert backend.reached == [(PUBLIC, 80)] * 2 + [(PUBLIC, 443)] * 2


async def test_lists_and_articles_at_private_addresses_are_refused_with_the_reason() -> None:
    inside = "http://127.1/feed.xml"
    backend = Recorder()
    archive, fetcher = temporary_archive(), HttpFetcher(FetchConfig(), contact="", version="1", backend=backend)
    sync_source(archive, "s", [Hub("s", HubKind.FEED, inside)], NOW)
    [tracked] = add_targets(archive, "s", [Target("http://[::ffff:7f00:1]/news")], NOW)
    session = HostSession(get_host(archive, "127.0.0.1"), fetcher, inline(archive), Politeness(0.0), lambda: NOW)
    [hub] = list_hubs(archive)
    model = Schedule()
    pipeline = Pipeline(Config(), cast("ExtractPool", None), model.next_check, model.pulled_forward, read_list)
    polled = await pipeline.poll(hub, session)
    checked = await pipeline.check(tracked, session)
    await fetcher.aclose()
    assert (polled.poll.outcome, checked.intent.check.outcome) == ("refused", "refused")
    assert "WRITETHRU_ALLOW_PRIVATE=1" in polled.poll.detail
    assert "WRITETHRU_ALLOW_PRIVATE=1" in checked.intent.check.detail
    assert backend.reached == []


APPRISE = dedent("""
    import json, socket, sys
    from tracker.alerts.channels import apprise

    order = json.load(sys.stdin)
    names = socket.getaddrinfo
    def rebinding(host, *rest, **more):
        return names("127.0.0.1" if host == "rebind.test" else host, *rest, **more)
    socket.getaddrinfo = rebinding
    if order["guarded"]:
        apprise.block_private_addresses()
    told = {"title": "t", "body": "b", "timeout": 3}
    said = [apprise.deliver({**told, "url": url}) for url in order["urls"]]
    print(json.dumps([each.get("ok", False) for each in said]))
""")


async def apprise(urls: list[str], *, guarded: bool) -> list[bool]:
    """Let an Apprise child send to each URL; return which of them accepted the alert, by its report."""
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


async def test_apprise_reaches_no_private_address() -> None:
    connections: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(str(writer.get_extra_info("peername")))
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
        accepted = len(connections)
        assert accepted == 2, "the receiver works"
        assert await apprise(urls, guarded=True) == [False] * len(urls)
        with pytest.raises(DeliveryError, match="loopback address"):
            await receivers.apprise(f"json://127.0.0.1:{port}/").send(delivery(), NOW)
    assert len(connections) == accepted
    assert len(urls) >= MIN_SPELLINGS
