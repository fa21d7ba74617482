import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from tracker.jobs.websub import (
    DENIAL_PAUSE,
    LEASE,
    RETRY_INTERVAL,
    Subscription,
    answer_push,
    answer_verification,
    from_json,
    is_signed,
    request_body,
    to_json,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOPIC, HUB = "https://s.test/feed", "https://hub.test/"
FRESH = Subscription("a" * 32, "shh", "s", TOPIC, HUB, TOPIC)
ASKED = replace(FRESH, asked_at=NOW)
LEASED = replace(ASKED, leased_from=NOW, leased_until=NOW + 10 * HOUR)
QUERY = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "c0ffee", "hub.lease_seconds": "36000"}


def sign(body: bytes, method: str = "sha256", secret: str = "shh") -> str:
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


def test_what_a_hub_is_asked():
    asked = parse_qs(request_body(FRESH, "https://desk.example/").decode())
    assert asked == {
        "hub.mode": ["subscribe"],
        "hub.topic": [TOPIC],
        "hub.callback": [f"https://desk.example/websub/{'a' * 32}"],
        "hub.lease_seconds": ["864000"],
        "hub.secret": ["shh"],
    }


class TestVerification:
    def test_what_we_asked_for_is_confirmed_with_its_challenge(self):
        reply = answer_verification(ASKED, QUERY, NOW)
        assert (reply.status, reply.body, reply.pushed) == (200, "c0ffee", False)
        assert reply.subscription == LEASED
        assert reply.subscription.is_active(NOW + 9 * HOUR)

    @pytest.mark.parametrize(
        ("known", "query"),
        [
            (None, QUERY),
            (FRESH, QUERY),
            (ASKED, {**QUERY, "hub.topic": "https://evil.test/"}),
            (ASKED, {**QUERY, "hub.mode": "unsubscribe"}),
            (ASKED, {**QUERY, "hub.challenge": ""}),
            (ASKED, {}),
        ],
    )
    def test_what_nobody_asked_for_is_not(self, known, query):
        reply = answer_verification(known, query, NOW)
        assert (reply.status, reply.subscription) == (404, None)

    def test_a_hub_that_denies_is_left_alone_for_a_week(self):
        reply = answer_verification(LEASED, {"hub.mode": "denied", "hub.topic": TOPIC}, NOW)
        assert reply.status == 200
        assert reply.subscription is not None
        assert not reply.subscription.is_active(NOW)
        assert not reply.subscription.due(NOW + DENIAL_PAUSE - HOUR)
        assert reply.subscription.due(NOW + DENIAL_PAUSE)

    @pytest.mark.parametrize(
        ("seconds", "lease"), [("", LEASE), ("-5", LEASE), ("60", HOUR / 60), ("9" * 30, timedelta(days=365))]
    )
    def test_leases_are_within_reason(self, seconds, lease):
        reply = answer_verification(ASKED, {**QUERY, "hub.lease_seconds": seconds}, NOW)
        assert reply.subscription is not None
        assert reply.subscription.leased_until == NOW + lease


class TestRenewal:
    def test_it_is_asked_at_first_and_again_an_hour_after_silence(self):
        assert FRESH.due(NOW)
        assert not ASKED.due(NOW + RETRY_INTERVAL / 2)
        assert ASKED.due(NOW + RETRY_INTERVAL)

    def test_a_lease_of_a_minute_is_renewed_no_sooner_than_after_a_minute(self):
        short = replace(ASKED, leased_from=NOW, leased_until=NOW + HOUR / 60)
        assert not short.due(NOW + HOUR / 61)
        assert short.due(NOW + HOUR / 60)

    def test_what_was_left_is_asked_for_no_more(self):
        left = replace(LEASED, left_at=NOW)
        assert not left.due(NOW + 9 * HOUR)
        assert not left.is_active(NOW)

    def test_a_lease_is_renewed_before_its_end(self):
        assert not LEASED.due(NOW + 7 * HOUR)
        assert LEASED.due(NOW + 8 * HOUR)
        assert LEASED.is_active(NOW + 8 * HOUR)


class TestPushes:
    @pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
    def test_what_is_signed_counts(self, method):
        reply = answer_push(LEASED, sign(b"<feed/>", method), b"<feed/>", NOW)
        assert (reply.status, reply.pushed) == (202, True)

    @pytest.mark.parametrize(
        "signature",
        ["", "sha256=", "sha256", "md5=00", sign(b"<feed/>", secret="other"), sign(b"other"), "sha256=é"],
    )
    def test_what_is_not_is_taken_and_ignored(self, signature):
        reply = answer_push(LEASED, signature, b"<feed/>", NOW)
        assert (reply.status, reply.pushed) == (202, False)

    @pytest.mark.parametrize("known", [None, FRESH, replace(LEASED, leased_until=NOW)])
    def test_what_we_no_longer_want_is_refused(self, known):
        assert answer_push(known, sign(b"x"), b"x", NOW).status == 410

    def test_upper_case_is_the_same(self):
        assert is_signed("shh", sign(b"x").upper(), b"x")


def test_what_is_kept_comes_back():
    denied = replace(FRESH, ident="b" * 32, denied_at=NOW, left_at=NOW)
    assert from_json(to_json([LEASED, denied])) == {LEASED.ident: LEASED, denied.ident: denied}
    assert from_json("") == {}


def test_what_an_older_release_kept_comes_back():
    text = (
        '[{"ident": "aaaa", "secret": "shh", "source": "s", "url": "https://s.test/feed", "hub": "https://hub.test/", '
        '"topic": "https://s.test/feed", "asked_at": "2026-11-25T12:00:00+00:00", "leased_from": null, '
        '"leased_until": null, "denied_at": null, "left_at": null}]'
    )
    assert from_json(text) == {"aaaa": replace(ASKED, ident="aaaa")}
