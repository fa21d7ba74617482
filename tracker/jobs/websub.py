"""The WebSub protocol (https://www.w3.org/TR/websub/): requests, answers and signatures. Pure functions."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from tracker.archive import codec

MEMO: Final = "websub"
"""The name of the memo with the subscriptions."""
PATH: Final = "/websub/"
"""The path of callbacks below the public address; the subscription's id follows."""
LEASE: Final = timedelta(days=10)
RENEWAL_SHARE: Final = 0.2
"""A lease is renewed when this share of it is left."""
RETRY_INTERVAL: Final = timedelta(hours=1)
"""How long to wait for a hub to verify before asking again."""
MIN_ASK_INTERVAL: Final = timedelta(minutes=1)
"""A hub is never asked more often than this, however short its leases."""
MAX_UNSUBSCRIBE_WAIT: Final = timedelta(days=1)
"""How long a hub has to verify that we unsubscribe."""
DENIAL_PAUSE: Final = timedelta(days=7)
# Those that WebSub names (section 8).
_DIGESTS: Final = frozenset({"sha1", "sha256", "sha384", "sha512"})
MAX_LEASE: Final = timedelta(days=365)
"""A hub may name any number of seconds, also one that no date can hold."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription to changes of `topic`, the feed at `url` of `source`.

    Attributes:
        ident: identifies it in the URL of the callback.
        secret: signs pushes.
        hub: where requests to subscribe are sent.
        asked_at: when we sent the last request.
        leased_from, leased_until: the lease; None until the hub has verified our request.
        denied_at: when the hub refused.
        left_at: when we unsubscribed.
    """

    ident: str
    secret: str
    source: str
    url: str
    hub: str
    topic: str
    asked_at: datetime | None = None
    leased_from: datetime | None = None
    leased_until: datetime | None = None
    denied_at: datetime | None = None
    left_at: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """Return whether the subscription is active."""
        return self.left_at is None and self.leased_until is not None and self.leased_until > now

    def due(self, now: datetime) -> bool:
        """Return whether to ask the hub now: for the first time, again, or to renew the lease."""
        if self.left_at is not None or _is_within(DENIAL_PAUSE, self.denied_at, now):
            return False
        if _is_within(MIN_ASK_INTERVAL if self._answered else RETRY_INTERVAL, self.asked_at, now):
            return False
        if self.leased_until is None or self.leased_from is None or self.leased_from > now:
            return True
        return now >= self.leased_until - RENEWAL_SHARE * (self.leased_until - self.leased_from)

    def is_over(self, now: datetime) -> bool:
        """Return whether we unsubscribed so long ago that the hub will not verify it any more."""
        return self.left_at is not None and now - self.left_at >= MAX_UNSUBSCRIBE_WAIT

    @property
    def _answered(self) -> bool:
        return self.asked_at is not None and self.leased_from is not None and self.leased_from >= self.asked_at


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a hub.

    Attributes:
        subscription: its new state; None if it stays as it was.
        pushed: whether the topic changed.
        over: whether we have unsubscribed.
    """

    status: int
    body: str = ""
    subscription: Subscription | None = None
    pushed: bool = False
    over: bool = False


def _is_within(pause: timedelta, since: datetime | None, now: datetime) -> bool:
    """Return whether less than `pause` has passed; a time in the future was noted before the clock was set back."""
    return since is not None and timedelta(0) <= now - since < pause


def request_body(subscription: Subscription, callback: str) -> bytes:
    """Return the body of the request to subscribe or unsubscribe; `callback` is our public address."""
    asked = {
        "hub.mode": "subscribe" if subscription.left_at is None else "unsubscribe",
        "hub.topic": subscription.topic,
        "hub.callback": f"{callback.rstrip('/')}{PATH}{subscription.ident}",
    }
    if subscription.left_at is None:
        asked |= {"hub.lease_seconds": str(int(LEASE.total_seconds())), "hub.secret": subscription.secret}
    return urlencode(asked).encode()


def answer_verification(subscription: Subscription | None, query: Mapping[str, str], now: datetime) -> Reply:
    """Answer a hub that verifies a request: its challenge if the request was ours, otherwise 404."""
    mode, topic = query.get("hub.mode", ""), query.get("hub.topic", "")
    if subscription is None or topic != subscription.topic:
        return Reply(404, "no such subscription")
    if mode == "denied":
        return Reply(200, "", replace(subscription, denied_at=now, leased_from=None, leased_until=None))
    expected = "subscribe" if subscription.left_at is None else "unsubscribe"
    if mode != expected or not query.get("hub.challenge") or subscription.asked_at is None:
        return Reply(404, "not a request of ours")
    if mode == "unsubscribe":
        return Reply(200, query["hub.challenge"], over=True)
    granted = replace(subscription, leased_from=now, leased_until=now + _lease(query), denied_at=None)
    return Reply(200, query["hub.challenge"], granted)


def answer_push(subscription: Subscription | None, signature: str, body: bytes, now: datetime) -> Reply:
    """Answer a push: 410 if we no longer subscribe; a push not signed with our secret is accepted and ignored.

    `signature` is the header X-Hub-Signature, as in ``sha256=…``.
    """
    if subscription is None or not subscription.is_active(now):
        return Reply(410, "no such subscription")
    # The hub is not told that a signature was wrong (section 8), so that nobody can try secrets on us.
    return Reply(202, pushed=is_signed(subscription.secret, signature, body))


def is_signed(secret: str, signature: str, body: bytes) -> bool:
    """Return whether `body` was signed with `secret`."""
    method, _, digest = signature.strip().partition("=")
    if method.lower() not in _DIGESTS:
        return False
    expected = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(expected.encode(), digest.strip().lower().encode())


def to_json(subscriptions: Iterable[Subscription]) -> str:
    """Return subscriptions as the text of a memo."""
    return codec.dump_memo(tuple(subscriptions))


def from_json(text: str) -> dict[str, Subscription]:
    """Return the subscriptions of a memo by their idents; none for an empty text."""
    return {each.ident: each for each in codec.load_memo(tuple[Subscription, ...], text) or ()}


def _lease(query: Mapping[str, str]) -> timedelta:
    seconds = query.get("hub.lease_seconds", "")
    if not (seconds.isascii() and seconds.isdigit()):
        return LEASE
    return timedelta(seconds=min(float(seconds), MAX_LEASE.total_seconds()))  # a float, as it may have any length
