import asyncio
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.alert_samples import delivery
from tests.waiting import until
from tracker.alerts.channels import apprise_child
from tracker.alerts.channels.apprise import AppriseNotifier
from tracker.alerts.channels.webhook import WebhookNotifier
from tracker.config.tables import FetchConfig
from tracker.errors import DeliveryError
from tracker.fetch.client import HttpFetcher

from .receivers import Hook, http_server

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"


@pytest.fixture
async def fetcher():
    made = HttpFetcher(FetchConfig(), contact="", version="test")
    yield made
    await made.aclose()


def now() -> datetime:
    return datetime.now(UTC)


def chat(url: str, credentials: str = "", **options: Any) -> AppriseNotifier:
    """Return what posts JSON to *url* with Apprise."""
    return AppriseNotifier("chat", url.replace("http://", f"json://{credentials}"), private=True, **options)


async def test_a_signed_alert_arrives_over_http(fetcher):
    hook = Hook()
    async with http_server(hook) as url:
        await WebhookNotifier(url, fetcher, secret=SECRET, private=True).send(delivery(), now())
    ((headers, body),) = hook.requests
    told = Webhook(SECRET).verify(body, headers)
    assert told["id"] == headers["webhook-id"] == delivery().key
    assert (told["specversion"], told["type"]) == ("1.0", "writethru.article.changed")
    assert told["data"]["top_hunk"]["hunks"][2] == ["+", "21,000"]
    assert headers["content-type"].startswith("application/cloudevents+json")


async def test_apprise_sends_what_we_wrote_as_data():
    hook = Hook(lambda _: (200, ()))
    async with http_server(hook) as url:
        await chat(url).send(delivery(), now())
    ((_, body),) = hook.requests
    told = json.loads(body)
    assert told["title"].startswith("sample · correction: Harbour bridge")
    assert "About [-12,000-]{+21,000+} vehicles" in told["message"]
    assert not told.get("attachments")


async def test_apprise_says_why_a_service_refused_and_follows_no_redirect():
    hook = Hook(lambda n: (500, ()) if n == 1 else (307, (("Location", "/elsewhere"),)))
    async with http_server(hook) as url:
        notifier = chat(url, "user:passw0rd@")
        for _ in range(2):
            with pytest.raises(DeliveryError, match="json://") as caught:
                await notifier.send(delivery(), now())
            assert "passw0rd" not in str(caught.value)
            assert not caught.value.permanent
    assert len(hook.requests) == 2


async def test_apprise_that_hangs_is_killed():
    hook = Hook(lambda _: None)
    async with http_server(hook) as url:
        with pytest.raises(DeliveryError, match="no answer within 3 s"):
            await chat(url, timeout=3).send(delivery(), now())


async def test_an_apprise_url_that_is_not_accepted_is_a_permanent_error():
    with pytest.raises(DeliveryError, match="does not accept this URL") as caught:
        await AppriseNotifier("chat", "discord://").send(delivery(), now())
    assert caught.value.permanent


async def test_a_child_that_dies_is_a_failed_attempt(monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(DeliveryError, match="exited with status 1"):
        await AppriseNotifier("chat", "json://127.0.0.1:1/").send(delivery(), now())


async def test_cancelling_kills_the_child():
    hook = Hook(lambda _: None)
    async with http_server(hook) as url:
        sending = asyncio.create_task(chat(url).send(delivery(), now()))
        await until(lambda: hook.requests)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


@pytest.mark.filterwarnings("ignore:'(imghdr|telnetlib|cgi|crypt)' is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("status", "expected"), [(200, {"ok": True}), (500, {"ok": False}), (None, {"ok": False, "permanent": True})]
)
async def test_the_child_returns_the_result_of_an_order(status, expected):
    hook = Hook(lambda _: (status or 200, ()))
    async with http_server(hook) as url:
        order = {"title": "{{ 7*7 }} \\n", "body": "${HOME} :smile: <b>", "timeout": 10, "private": True}
        order["url"] = url.replace("http://", "json://") if status else "discord://"
        answer = io.StringIO()
        await asyncio.to_thread(apprise_child.main, io.StringIO(json.dumps(order)), answer)
    told = json.loads(answer.getvalue())
    error = told.pop("error", "")
    assert told == expected
    assert bool(error) is not expected["ok"]
    if status:
        sent = json.loads(hook.requests[0][1])
        assert (sent["title"], sent["message"]) == (order["title"], order["body"])


async def test_a_receiver_that_hangs_does_not_delay_others_at_its_host(fetcher):
    hung: list[str] = []
    hook = Hook()

    async def hangs_in_one_place(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].endswith("/hangs"):
            hung.append(scope["path"])
            await asyncio.sleep(30)
        else:
            await hook(scope, receive, send)

    async with http_server(hangs_in_one_place) as url:
        stuck = WebhookNotifier(f"{url}/hangs", fetcher, private=True, timeout=20)
        hanging = [asyncio.ensure_future(stuck.send(delivery(), now())) for _ in range(6)]
        await until(lambda: hung)
        other = WebhookNotifier(f"{url}/works", fetcher, private=True)
        async with asyncio.timeout(15):
            await asyncio.gather(*(other.send(delivery(), now()) for _ in range(6)))
        for each in hanging:
            each.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
    assert len(hook.requests) == 6
