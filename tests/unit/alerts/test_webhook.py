import asyncio
import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook

from tests.alert_samples import delivery
from tests.fake_fetcher import FakeFetcher
from tracker.alerts.channels.webhook import WebhookNotifier
from tracker.errors import ConfigError, DeliveryError
from tracker.model.capture import Headers

URL = "https://hooks.example.org/in/s3cr3t-path"
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()


async def posted(secret: str, now: datetime) -> tuple[bytes, dict[str, str]]:
    web = FakeFetcher()
    await WebhookNotifier(URL, web, secret=secret).send(delivery(), now)
    (post,) = web.posted
    return post.body, dict(post.headers)


async def test_a_secret_may_come_without_prefix_and_padding():
    bare = SECRET.removeprefix("whsec_").rstrip("=")
    body, headers = await posted(bare, datetime.now(UTC))
    assert Webhook(SECRET).verify(body, headers)


async def test_two_secrets_sign_while_one_replaces_the_other():
    new = "whsec_" + base64.b64encode(b"x" * 32).decode()
    body, headers = await posted(f"{new} {SECRET}", datetime.now(UTC))
    assert Webhook(new).verify(body, headers)
    assert Webhook(SECRET).verify(body, headers)


async def test_a_repeat_has_the_same_id_and_the_time_of_the_attempt():
    first, then = datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 25, 14, tzinfo=UTC)
    (body, one), (again, two) = await posted(SECRET, first), await posted(SECRET, then)
    assert body == again
    assert one["webhook-id"] == two["webhook-id"]
    assert int(two["webhook-timestamp"]) - int(one["webhook-timestamp"]) == 7200
    assert one["webhook-signature"] != two["webhook-signature"]


async def test_without_a_secret_nothing_is_signed():
    _, headers = await posted("", datetime.now(UTC))
    assert "webhook-signature" not in headers
    assert headers["Content-Type"] == "application/cloudevents+json; charset=utf-8"


@pytest.mark.parametrize("secret", ["whsec_short", "not base64 at all!", "whsec_", "ä" * 40])
def test_an_invalid_secret_is_refused_without_being_shown(secret):
    with pytest.raises(ConfigError) as caught:
        WebhookNotifier(URL, FakeFetcher(), secret=secret + "!")
    assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "permanent", "after"),
    [
        (500, False, None),
        (404, False, None),
        (301, False, None),
        (410, True, None),
        ((429, (("Retry-After", "120"),)), False, 120.0),
        ((503, (("retry-after", "Wed, 25 Nov 2026 12:01:00 GMT"),)), False, 60.0),
        ((500, (("Retry-After", "120"),)), False, None),
        (DeliveryError("no route"), False, None),
    ],
)
async def test_every_answer_but_2xx_is_a_failure(answer, permanent, after):
    web = FakeFetcher(answers={URL: answer})
    with pytest.raises(DeliveryError) as caught:
        await WebhookNotifier(URL, web).send(delivery(), datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert caught.value.permanent is permanent
    assert caught.value.retry_after == after
    assert "s3cr3t" not in str(caught.value)


async def test_a_receiver_that_hangs_is_given_up():
    class Hanging(FakeFetcher):
        async def post(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, Headers]:
            await asyncio.sleep(60)
            return 200, ()

    with pytest.raises(DeliveryError, match=r"no answer within 0\.05 s"):
        await WebhookNotifier(URL, Hanging(), timeout=0.05).send(delivery(), datetime.now(UTC))
