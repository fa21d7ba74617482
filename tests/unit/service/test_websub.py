"""A subscription from its first asking to its end, with a hub that lives in memory and a clock that is moved."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.archives import inline, temporary_archive
from tracker.archive.archive import Archive
from tracker.archive.memos import get_memo
from tracker.errors import ArchiveUnreachable
from tracker.jobs.websub import MAX_LEASE, MEMO, PATH, from_json
from tracker.model.check import CheckOutcome
from tracker.model.hub import Hub, HubKind, Push
from tracker.model.hub_poll import HubPoll
from tracker.pipeline.check import PollReport
from tracker.service.websub import WebSubCallbacks, wsgi

START = datetime(2026, 11, 25, 12, tzinfo=UTC)
FEED, HUB, OTHER = "https://s.test/feed.xml", "https://hub.test/", "https://other-hub.test/"
HERE = "https://desk.example"


class Pausing:
    """An archive thread that lets other tasks run after each call, or fails while it *is_down*."""

    is_down = False

    def __init__(self, archive: Archive) -> None:
        self._inline = inline(archive)

    async def run(self, function: Any, *args: Any) -> Any:
        if self.is_down:
            raise ArchiveUnreachable("the server cannot be reached")
        result = await self._inline.run(function, *args)
        await asyncio.sleep(0)
        return result


class World:
    """WebSubCallbacks with the hubs they ask; `verify` is what a hub does with a request it was sent."""

    def __init__(self, address: str = HERE) -> None:
        self.now = START
        self.archive = temporary_archive()
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.pushed: list[str] = []
        self.address = address
        self.meanwhile: Callable[[], Coroutine[Any, Any, None]] | None = None
        self.tasks: set[asyncio.Task[Any]] = set()
        self.thread = Pausing(self.archive)
        self.callbacks = self.anew()

    def anew(self) -> WebSubCallbacks:
        thread: Any = self.thread
        fetcher: Any = self
        return WebSubCallbacks(thread, fetcher, self.address, lambda: self.now, self.on_push, self.spawn)

    async def on_push(self, subscription: Any) -> None:
        self.pushed.append(subscription.url)

    async def post(self, url: str, headers: Any, body: bytes) -> tuple[int, Any]:
        assert ("Content-Type", "application/x-www-form-urlencoded") in headers
        self.asked.append((url, {name: values[0] for name, values in parse_qs(body.decode()).items()}))
        if self.meanwhile is not None:
            work, self.meanwhile = self.meanwhile, None
            await work()
        return 202, ()

    def spawn(self, work: Any, _name: str) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def read(
        self, push: Push | None, outcome: CheckOutcome = CheckOutcome.UNCHANGED, feeds: tuple[str, ...] = (FEED,)
    ) -> None:
        """Have feeds read at the same time."""
        for feed in feeds:
            poll = HubPoll(Hub("s", HubKind.FEED, feed), self.now, self.now, outcome)
            self.callbacks.on_report(PollReport(poll, (), push))
        await self.settle()

    async def settle(self) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
            await asyncio.gather(*self.tasks)

    async def maintain(self, *urls: str) -> None:
        await self.callbacks.renew([("s", url) for url in urls])

    async def verify(self, form: dict[str, str], **more: str) -> int:
        query = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": "c0ffee", **more}
        path = urlsplit(form["hub.callback"]).path
        reply = await asyncio.to_thread(self.callbacks.answer, "GET", path, urlencode(query), {}, b"")
        await self.settle()
        assert reply.body == "c0ffee" or reply.status != 200
        return reply.status

    async def push(self, form: dict[str, str], secret: str) -> int:
        headers = {"x-hub-signature": f"sha256={hmac.new(secret.encode(), b'<rss/>', hashlib.sha256).hexdigest()}"}
        path = urlsplit(form["hub.callback"]).path
        reply = await asyncio.to_thread(self.callbacks.answer, "POST", path, "", headers, b"<rss/>")
        await self.settle()
        return reply.status

    def kept(self) -> list[Any]:
        return list(from_json(get_memo(self.archive, MEMO)).values())


@pytest.fixture
async def world() -> World:
    """Give callbacks that are open."""
    made = World()
    await made.callbacks.load()
    return made


async def test_a_lease_is_renewed_before_its_end_for_as_long_as_the_feed_names_the_hub(world: World):
    await world.read(Push(HUB, FEED))
    [(hub, form)] = world.asked
    assert (hub, form["hub.mode"], form["hub.topic"]) == (HUB, "subscribe", FEED)
    assert form["hub.callback"].startswith(f"{HERE}{PATH}")
    assert await world.push(form, form["hub.secret"]) == 410, "the hub has not verified"
    assert await world.verify(form, **{"hub.lease_seconds": "864000"}) == 200
    for day in range(8):
        world.now = START + timedelta(days=day)
        await world.maintain(FEED)
        await world.read(Push(HUB, FEED))
    assert len(world.asked) == 1, "most of the lease is left"
    world.now = START + timedelta(days=8)
    await world.maintain(FEED)
    assert [form for _, form in world.asked] == [form, form], "the same callback and the same secret"
    assert await world.verify(form, **{"hub.lease_seconds": "864000"}) == 200
    world.now = START + timedelta(days=15)
    await world.maintain(FEED)
    assert len(world.asked) == 2
    assert await world.push(form, form["hub.secret"]) == 202
    assert await world.push(form, "another secret") == 202
    assert world.pushed == [FEED], "only what is signed counts"


async def test_feeds_that_are_read_at_the_same_time_are_all_subscribed_to(world: World):
    feeds = (FEED, "https://s.test/sport.xml", "https://s.test/politics.xml")
    await world.read(Push(HUB, FEED), feeds=feeds)
    assert {each.url for each in world.kept()} == set(feeds)


async def test_a_lease_shorter_than_an_hour_does_not_run_out_either(world: World):
    await world.read(Push(HUB, FEED))
    answered = 0
    for minute in range(61):
        world.now = START + timedelta(minutes=minute)
        await world.maintain(FEED)
        if len(world.asked) > answered:
            answered = len(world.asked)
            assert await world.verify(world.asked[-1][1], **{"hub.lease_seconds": "600"}) == 200
        assert world.kept()[0].is_active(world.now), minute
    assert 7 <= answered <= 10, "asked again when a fifth of the lease is left"


async def test_a_hub_that_the_feed_names_no_more_is_left(world: World):
    await world.read(Push(HUB, FEED))
    [(_, form)] = world.asked
    await world.verify(form)
    await world.read(None, CheckOutcome.NOT_MODIFIED)
    await world.read(None, CheckOutcome.FAILED)
    assert len(world.asked) == 1, "a feed that was not read names no hub and denies none"
    await world.read(None)
    hub, goodbye = world.asked[-1]
    assert (hub, goodbye["hub.mode"], goodbye["hub.callback"]) == (HUB, "unsubscribe", form["hub.callback"])
    assert "hub.secret" not in goodbye
    assert await world.push(form, form["hub.secret"]) == 410
    assert await world.verify(form) == 404, "it is not subscribed to again by the hub alone"
    await world.read(None)
    await world.maintain(FEED)
    assert len(world.asked) == 2, "it is told once"
    assert await world.verify(goodbye) == 200
    assert world.kept() == []
    await world.read(Push(HUB, FEED))
    assert world.asked[-1][1]["hub.mode"] == "subscribe"
    assert world.asked[-1][1]["hub.callback"] != form["hub.callback"]


async def test_a_feed_that_names_another_hub_leaves_the_first(world: World):
    await world.read(Push(HUB, FEED))
    [(_, form)] = world.asked
    await world.verify(form)
    await world.read(Push(OTHER, FEED))
    assert [(hub, form["hub.mode"]) for hub, form in world.asked[1:]] == [(HUB, "unsubscribe"), (OTHER, "subscribe")]
    await world.verify(world.asked[2][1])
    assert await world.push(form, form["hub.secret"]) == 410
    assert await world.push(world.asked[2][1], world.asked[2][1]["hub.secret"]) == 202


async def test_a_hub_that_never_verifies_the_end_is_forgotten_after_a_day(world: World):
    await world.read(Push(HUB, FEED))
    await world.verify(world.asked[0][1])
    await world.maintain()
    assert world.asked[-1][1]["hub.mode"] == "unsubscribe"
    assert len(world.kept()) == 1
    world.now += timedelta(days=1)
    await world.maintain()
    assert world.kept() == []


async def test_where_no_hub_can_reach_us_nothing_is_asked_and_all_is_forgotten(world: World):
    await world.read(Push(HUB, FEED))
    world.address = ""
    world.callbacks = world.anew()
    await world.callbacks.load()
    await world.read(Push(HUB, FEED))
    await world.maintain()
    assert len(world.asked) == 1
    assert world.kept() == []


async def test_a_lease_that_is_granted_while_another_hub_is_asked_is_kept(world: World):
    sport = "https://s.test/sport.xml"
    await world.read(Push(HUB, FEED))
    await world.read(Push(OTHER, sport), feeds=(sport,))
    (_, first), (_, second) = world.asked
    world.now += timedelta(hours=2)

    async def verified_late() -> None:
        assert await world.verify(second) == 200

    world.meanwhile = verified_late
    await world.maintain(FEED, sport)
    assert [form["hub.callback"] for _, form in world.asked[2:]] == [first["hub.callback"]]
    assert await world.push(second, second["hub.secret"]) == 202
    assert world.pushed == [sport]


async def test_a_hub_is_asked_again_after_the_clock_was_set_back(world: World):
    world.now += timedelta(days=365)
    await world.read(Push(HUB, FEED))
    await world.verify(world.asked[0][1])
    world.now = START
    await world.maintain(FEED)
    assert len(world.asked) == 2, "the hub counts its lease by its own clock"
    await world.verify(world.asked[1][1])
    await world.maintain(FEED)
    assert len(world.asked) == 2


async def test_a_number_that_no_hub_means_is_no_error(world: World):
    await world.read(Push(HUB, FEED))
    assert await world.verify(world.asked[0][1], **{"hub.lease_seconds": "9" * 5000}) == 200
    [kept] = world.kept()
    assert kept.leased_until == world.now + MAX_LEASE


@pytest.mark.parametrize("length", ["\xb2", "9" * 5000, "-1", "none"])
async def test_a_length_that_is_no_number_is_refused(world: World, length: str):
    statuses: list[str] = []
    environ = {"CONTENT_LENGTH": length, "REQUEST_METHOD": "POST", "PATH_INFO": PATH, "wsgi.input": BytesIO()}
    list(wsgi(world.callbacks)(environ, lambda status, _headers: statuses.append(status)))  # type: ignore[arg-type]
    assert [status.split()[0] for status in statuses] == ["413"]


async def test_another_process_on_the_archive_asks_no_second_time(world: World):
    second = world.anew()
    await second.load()
    await world.read(Push(HUB, FEED))
    world.callbacks = second
    await world.read(Push(HUB, FEED))
    assert len(world.asked) == 1
    assert len(world.kept()) == 1


async def test_a_hub_that_calls_while_the_archive_is_down_is_asked_to_try_again(world: World):
    world.thread.is_down = True
    reply = await asyncio.to_thread(world.callbacks.answer, "POST", PATH + "of-another-process", "", {}, b"<rss/>")
    assert reply.status == 503, "410 would make the hub give up on us"
