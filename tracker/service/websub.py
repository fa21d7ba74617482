"""WebSub subscriptions: request, verify and renew them, and react to pushes."""

from __future__ import annotations

import secrets
from asyncio import get_running_loop, run_coroutine_threadsafe
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from concurrent.futures import CancelledError
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from tracker.archive.hubs import list_hubs, poll_sooner
from tracker.archive.memos import get_memo, get_memo_row, save_memo
from tracker.errors import ArchiveError, DeliveryError
from tracker.jobs.websub import (
    MEMO,
    PATH,
    Reply,
    Subscription,
    answer_push,
    answer_verification,
    from_json,
    request_body,
    to_json,
)
from tracker.model.check import CheckOutcome
from tracker.observe import logs
from tracker.observe.metrics import respond
from tracker.pipeline.check import PollReport

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from tracker.archive.archive import Archive
    from tracker.archive.thread import ArchiveThread
    from tracker.jobs.crawl import Report
    from tracker.model.capture import Fetcher
    from tracker.model.hub import Push

    Pushed = Callable[[Subscription], Coroutine[None, None, None]]

MAX_PUSH_BYTES: Final = 2_000_000
MIN_POLL_INTERVAL: Final = timedelta(seconds=30)
"""A feed is polled at most this often, however often its hub pushes."""
MAX_LOOKUP_SECONDS: Final = 5.0
_FORM: Final = (("Content-Type", "application/x-www-form-urlencoded"),)
_log = logs.get("websub")


class WebSubCallbacks:
    """Manages the subscriptions of one process. `address` is our public URL; empty disables subscriptions.

    `answer` may be called from any thread except the event loop's; everything else belongs to the event loop.
    `on_push` is awaited for each push, `spawn` starts a background task.
    """

    def __init__(
        self,
        archive: ArchiveThread,
        fetcher: Fetcher,
        address: str,
        clock: Callable[[], datetime],
        on_push: Pushed,
        spawn: Callable[[Coroutine[None, None, None], str], None],
    ) -> None:
        self._archive = archive
        self._fetcher = fetcher
        self._address = address
        self._clock = clock
        self._on_push = on_push
        self._spawn = spawn
        self._loop = get_running_loop()
        self._subscriptions: dict[str, Subscription] = {}

    async def load(self) -> None:
        """Load the subscriptions from the archive. Another process on it may have subscribed or unsubscribed."""
        self._subscriptions = from_json(await self._archive.run(get_memo, MEMO))

    def on_report(self, report: Report) -> None:
        """After a poll, subscribe at the hub that the feed names, or unsubscribe if it no longer names one."""
        if not self._address or not isinstance(report, PollReport) or report.poll.outcome is not CheckOutcome.UNCHANGED:
            return
        hub = report.poll.hub
        if report.push is not None or self._of(hub.source, hub.url):
            self._spawn(self._follow(hub.source, hub.url, report.push), "websub")

    async def renew(self, feeds: Iterable[tuple[str, str]]) -> None:
        """Renew leases that are about to expire; unsubscribe from feeds not in `feeds` (pairs of source and URL)."""
        configured, now = set(feeds), self._clock()
        await self.load()
        subscriptions = list(self._subscriptions.values())
        dropped = [each for each in subscriptions if each.left_at is None and (each.source, each.url) not in configured]
        ended = [each.ident for each in subscriptions if each.is_over(now)]
        if not self._address:
            # Without a public address no hub could verify that we unsubscribe; its pushes are answered with 410
            # instead.
            ended, dropped = ended + [each.ident for each in dropped], []
        if ended:
            await self._keep(removed=ended)
        for each in dropped:
            await self._leave(each)
        for ident in [ident for ident, each in self._subscriptions.items() if self._address and each.due(now)]:
            # A hub may have answered an earlier request since, while others were asked.
            if (known := self._subscriptions.get(ident)) is not None and known.due(self._clock()):
                await self._ask(known)

    async def _follow(self, source: str, url: str, push: Push | None) -> None:
        await self.load()
        known = self._of(source, url)
        if known is not None and (push is None or (known.hub, known.topic) != (push.hub, push.topic)):
            await self._leave(known)
            known = None
        if push is not None:
            known = known or Subscription(
                secrets.token_hex(16), secrets.token_urlsafe(32), source, url, push.hub, push.topic
            )
            if known.due(self._clock()):
                await self._ask(known)

    def _of(self, source: str, url: str) -> Subscription | None:
        mine = (each for each in self._subscriptions.values() if (each.source, each.url) == (source, url))
        return next((each for each in mine if each.left_at is None), None)

    async def _leave(self, subscription: Subscription) -> None:
        _log.info("hub", topic=subscription.topic, state="left")
        await self._ask(replace(subscription, left_at=self._clock()))

    def answer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a hub: GET verifies a subscription, POST delivers a push.

        Args:
            method: "GET" or "POST".
            path: that of the callback, with the id of the subscription at its end.
            query: what the hub verifies.
            headers: those of the request, by their names in lower case.
            body: the feed that is pushed.
        """
        now, ident = self._clock(), path.removeprefix(PATH)
        try:
            known = self._subscriptions.get(ident) or self._look_up(ident)
        except (ArchiveError, TimeoutError, CancelledError):
            # Anything that means "no such subscription" would make the hub give up on us.
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE, "try again later")
        if method == "POST":
            reply = answer_push(known, headers.get("x-hub-signature", ""), body, now)
        else:
            reply = answer_verification(known, dict(parse_qsl(query)), now)
        if reply.over:
            self._later(self._keep(removed=[ident]))
        if reply.subscription is not None:
            # Not changed in place: the event loop may be going through it in another thread.
            self._subscriptions = self._subscriptions | {ident: reply.subscription}
            self._later(self._keep(reply.subscription))
            state = "leased" if reply.subscription.is_active(now) else "denied"
            _log.info("hub", topic=reply.subscription.topic, state=state)
        if reply.pushed and known is not None:
            self._later(self._on_push(known))
        return reply

    async def _ask(self, subscription: Subscription) -> None:
        asked = replace(subscription, asked_at=self._clock())
        # Stored before it is sent: the hub may verify before its answer arrives, or after a restart.
        await self._keep(asked)
        try:
            status, _ = await self._fetcher.post(asked.hub, _FORM, request_body(asked, self._address))
        except DeliveryError as error:
            _log.warning("hub", hub=asked.hub, topic=asked.topic, detail=error.message)
            return
        if status >= HTTPStatus.BAD_REQUEST:
            detail = f"the hub answered {status}" + (
                "; the next attempt is in an hour" if asked.left_at is None else ""
            )
            _log.warning("hub", hub=asked.hub, topic=asked.topic, detail=detail)

    async def _keep(self, *changed: Subscription, removed: Iterable[str] = ()) -> None:
        self._subscriptions = await self._archive.run(update_subscriptions, changed, tuple(removed), self._clock())

    def _look_up(self, ident: str) -> Subscription | None:
        run_coroutine_threadsafe(self.load(), self._loop).result(MAX_LOOKUP_SECONDS)
        return self._subscriptions.get(ident)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        self._loop.call_soon_threadsafe(self._spawn, work, "websub")


def update_subscriptions(
    archive: Archive, changed: Iterable[Subscription], removed: Collection[str], now: datetime
) -> dict[str, Subscription]:
    """Store subscriptions that changed, delete those with the idents `removed`, and return all that are left.

    Other processes on the same archive keep theirs in the same memo, so it is read again within the transaction.
    """
    with archive.write() as connection:
        archive.serialise(connection, MEMO)
        known = from_json(get_memo_row(connection, MEMO)) | {each.ident: each for each in changed}
        left = {ident: each for ident, each in known.items() if ident not in removed}
        save_memo(archive, MEMO, to_json(left.values()), now)
    return left


def read_soon(archive: Archive, pushed: Subscription, now: datetime) -> None:
    """Schedule a poll of the pushed feed: now, or 30 seconds after its last poll."""
    for state in list_hubs(archive, pushed.source):
        if state.hub.url == pushed.url:
            last = state.last_poll_at
            poll_sooner(archive, pushed.source, pushed.url, max(now, last + MIN_POLL_INTERVAL) if last else now)


def wsgi(callbacks: WebSubCallbacks) -> WSGIApplication:
    """Return the WSGI application that answers hubs on the health page's port."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = -1
        if not 0 <= length <= MAX_PUSH_BYTES:
            return _respond(start_response, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request body too large")
        body = environ["wsgi.input"].read(length) if length else b""
        headers = {"x-hub-signature": environ.get("HTTP_X_HUB_SIGNATURE", "")}
        reply = callbacks.answer(
            environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", ""), headers, body
        )
        return _respond(start_response, HTTPStatus(reply.status), reply.body)

    return app


def _respond(start_response: StartResponse, status: HTTPStatus, text: str) -> list[bytes]:
    return respond(start_response, f"{status.value} {status.phrase}", "text/plain; charset=utf-8", text.encode())
