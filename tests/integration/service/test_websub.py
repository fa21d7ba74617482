"""Subscriptions with a real hub on loopback: asked for, verified, pushed, believed only where signed."""

import asyncio
import hashlib
import hmac
import threading
import urllib.error
import urllib.request
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote

import pytest

from tests.loopback import free_port
from tests.waiting import stopped, until
from tracker.archive.archive import Archive
from tracker.archive.hubs import list_hubs
from tracker.archive.memos import get_memo
from tracker.archive.opening import open_archive
from tracker.config.root import load
from tracker.demo.http_server import HttpRequest, HttpResponse, LoopbackServer
from tracker.jobs.websub import MEMO, Subscription, from_json
from tracker.observe import logs, systemd
from tracker.service import websub
from tracker.service.loop import Service

from .test_service import Paper, paper

__all__ = ["paper"]


class HubServer(LoopbackServer):
    """A WebSub hub: verifies who subscribes by asking back, and pushes when it is told to."""

    def __init__(self) -> None:
        super().__init__(self.respond)
        self.subscribers: dict[str, str] = {}
        self.asked: list[dict[str, list[str]]] = []

    def respond(self, request: HttpRequest) -> HttpResponse:
        form = parse_qs(request.body.decode())
        self.asked.append(form)
        threading.Thread(target=self.subscribe, args=(form,)).start()
        return HttpResponse(202)

    def subscribe(self, form: dict[str, list[str]]) -> None:
        with suppress(OSError):  # the service that asked may have ended
            assert self.verify(form) == "c0ffee"
            self.subscribers[form["hub.callback"][0]] = form.get("hub.secret", [""])[0]

    def verify(self, form: dict[str, list[str]], challenge: str = "c0ffee") -> str:
        callback, topic = form["hub.callback"][0], form["hub.topic"][0]
        mode = form["hub.mode"][0]
        query = f"hub.mode={mode}&hub.topic={quote(topic, '')}&hub.challenge={challenge}&hub.lease_seconds=3600"
        with urllib.request.urlopen(f"{callback}?{query}", timeout=30) as answer:
            return str(answer.read().decode())

    def push(self, callback: str, secret: str, body: bytes = b"<rss/>") -> int:
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        request = urllib.request.Request(callback, body, {"X-Hub-Signature": f"sha256={signature}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return int(error.code)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            return 413  # it hung up while a body was sent that is too large: the answer is not always read


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as server:
        yield server


def written(folder: Path, paper: Paper, port: int) -> Path:
    path = folder / "writethru.toml"
    path.write_text(
        f"""contact = "desk@example.org"
[archive]
database = "sqlite:///{folder}/w.db"
[fetch]
allow_private = true
[service]
listen = "127.0.0.1:{port}"
callback = "http://127.0.0.1:{port}"
tick = "200ms"
[[sources]]
name = "paper"
feeds = ["{paper.base}/feed.xml"]
poll = "1h"
every = "1h"
"""
    )
    return path


def polls(path: Path) -> str:
    with opened(path) as store:
        return str(list_hubs(store)[0].last_poll_at)


def opened(path: Path) -> Archive:
    return open_archive(load(path).archive.database, readonly=True)


async def test_a_push_has_the_feed_read_at_once(
    tmp_path: Path, paper: Paper, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websub, "MIN_POLL_INTERVAL", timedelta(milliseconds=200))
    whole = paper.body

    def named(path: str) -> str | None:
        body = whole(path)
        return (
            body.replace("<channel>", f"<channel><link rel='hub' href='{hub.base}/'/>")
            if body and "<rss" in body
            else body
        )

    monkeypatch.setattr(paper, "body", named)
    pushed: list[Subscription] = []
    react = Service._on_push

    def on_push(service: Service, subscription: Subscription) -> Coroutine[None, None, None]:
        pushed.append(subscription)  # before the hub is answered, so that a test need not wait
        return react(service, subscription)

    monkeypatch.setattr(Service, "_on_push", on_push)
    settings = written(tmp_path, paper, free_port())
    open_archive(load(settings).archive.database, migrate=True).close()
    running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=False))
    await until(lambda: bool(hub.subscribers))
    [(callback, secret)] = hub.subscribers.items()
    assert hub.asked[0]["hub.topic"] == [f"{paper.base}/feed.xml"]

    def held() -> bool:
        [kept] = from_memo(settings).values()
        return kept.leased_until is not None

    await until(held)
    before = polls(settings)
    assert await asyncio.to_thread(hub.push, callback, secret) == 202
    await until(lambda: polls(settings) != before)
    believed = len(pushed)
    assert await asyncio.to_thread(hub.push, callback, "wrong") == 202
    assert await asyncio.to_thread(hub.push, callback[:-4] + "beef", secret) == 410
    assert (believed, len(pushed)) == (1, 1), "what is not signed is ignored"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        await asyncio.to_thread(hub.verify, {**hub.asked[0], "hub.topic": ["http://evil.test/"]})
    assert await asyncio.to_thread(hub.push, callback, secret, b"x" * 3_000_000) == 413
    settings.write_text(settings.read_text().replace("/feed.xml", "/other.xml"))
    assert await stopped(running) == 0
    again = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=False))
    await until(lambda: not from_memo(settings))
    assert await stopped(again) == 0


async def test_the_service_is_ready_before_a_hub_answers(
    tmp_path: Path, paper: Paper, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    logs.configure()
    monkeypatch.setattr(systemd, "notify", told.append)
    settings, feed, over = written(tmp_path, paper, free_port()), f"{paper.base}/feed.xml", threading.Event()

    def silent(_request: HttpRequest) -> HttpResponse:
        over.wait(60)
        return HttpResponse(202)

    with LoopbackServer(silent) as hub:
        with open_archive(load(settings).archive.database, migrate=True) as store:
            known = Subscription("an-ident", "a secret", "paper", feed, f"{hub.base}/", feed)
            websub.update_subscriptions(store, [known], (), datetime.now(UTC))
        running = asyncio.create_task(Service(load(settings), settings, no_pace=True).serve(migrate=False))
        await until(lambda: "READY=1" in told)
        assert "no response" not in capsys.readouterr().err, "it did not wait until the hub was given up"
        over.set()
        assert await stopped(running) == 0


def from_memo(path: Path) -> dict[str, Subscription]:
    with opened(path) as store:
        return from_json(get_memo(store, MEMO))
