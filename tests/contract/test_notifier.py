"""What every notifier guarantees, tested with real receivers."""

import email
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.alert_samples import delivery
from tests.integration.alerts.receivers import Hook, Mailbox, http_server, smtp_server
from tests.integration.alerts.test_mail import target
from tracker.alerts.channels import CHANNELS, Notifier
from tracker.alerts.channels.apprise import AppriseNotifier
from tracker.alerts.channels.command import CommandNotifier
from tracker.alerts.channels.email import EmailNotifier
from tracker.alerts.channels.webhook import WebhookNotifier
from tracker.config.tables import AppriseTarget, CommandTarget, EmailTarget, FetchConfig, WebhookTarget
from tracker.errors import DeliveryError
from tracker.fetch.client import HttpFetcher


@dataclass
class Line:
    """A notifier with its receiver: `taken` returns the texts that arrived, `refuse` makes the next attempt fail."""

    notifier: Notifier
    taken: Callable[[], list[str]]
    refuse: Callable[[], None]


@asynccontextmanager
async def mail() -> AsyncIterator[Line]:
    box = Mailbox()

    def words() -> list[str]:
        found = []
        for envelope in box.taken:
            assert isinstance(envelope.content, bytes)
            found.append(email.message_from_bytes(envelope.content).as_string())
        return found

    async with smtp_server(box) as port:
        yield Line(
            EmailNotifier(target(port, to=["desk@example.org"])), words, lambda: box.data_answers.append("451 no")
        )


@asynccontextmanager
async def webhook() -> AsyncIterator[Line]:
    async with _hook() as (hook, url, refusals), AsyncExitStack() as stack:
        fetcher = HttpFetcher(FetchConfig(), contact="", version="test")
        stack.push_async_callback(fetcher.aclose)
        notifier = WebhookNotifier(url, fetcher, private=True)
        yield Line(notifier, lambda: [body.decode() for _, body in hook.requests], lambda: refusals.append(500))


@asynccontextmanager
async def apprise() -> AsyncIterator[Line]:
    async with _hook() as (hook, url, refusals):
        notifier = AppriseNotifier("chat", url.replace("http://", "json://"), private=True)
        yield Line(notifier, lambda: [body.decode() for _, body in hook.requests], lambda: refusals.append(500))


@asynccontextmanager
async def command() -> AsyncIterator[Line]:
    with TemporaryDirectory() as made:
        taken, refused = Path(made, "taken"), Path(made, "refused")
        script = f"rm {refused} 2>/dev/null && {{ echo busy >&2; exit 1; }}; cat >>{taken}"
        target = CommandTarget(name="script", type="command", command=("/bin/sh", "-c", script))
        lines = lambda: taken.read_text().splitlines() if taken.exists() else []  # noqa: E731
        yield Line(CommandNotifier(target), lines, refused.touch)


@asynccontextmanager
async def _hook() -> AsyncIterator[tuple[Hook, str, list[int]]]:
    refusals: list[int] = []
    hook = Hook(lambda _: (refusals.pop(), ()) if refusals else (200, ()))
    async with http_server(hook) as url:
        yield hook, url, refusals


LINES = {EmailTarget: mail, WebhookTarget: webhook, AppriseTarget: apprise, CommandTarget: command}


@pytest.fixture(params=LINES.values(), ids=["email", "webhook", "apprise", "command"])
async def line(request):
    async with request.param() as made:
        yield made


def test_every_channel_is_tested_here():
    assert set(LINES) == set(CHANNELS)


async def test_a_notifier_delivers_headline_and_change(line):
    assert isinstance(line.notifier, Notifier)
    await line.notifier.send(delivery(), datetime.now(UTC))
    (said,) = line.taken()
    assert "Harbour bridge closed after crack is found" in said
    assert "21,000" in said


async def test_a_failure_is_a_delivery_error_and_a_repeat_is_accepted(line):
    line.refuse()
    with pytest.raises(DeliveryError) as caught:
        await line.notifier.send(delivery(), datetime.now(UTC))
    assert not caught.value.permanent
    before = len(line.taken())
    await line.notifier.send(delivery(), datetime.now(UTC) + timedelta(seconds=5))
    assert len(line.taken()) == before + 1
