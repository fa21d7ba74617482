from __future__ import annotations

import ssl

import pytest

from tracker.fetch import ask, fault
from tracker.fetch.meter import Limits, Meter
from tracker.fetch.stop import Stop
from tracker.fetch.trip import Trip, target
from tracker.model import FailureKind, Request


@pytest.mark.parametrize(
    ("contact", "agent", "sender"),
    [
        ("https://desk.example/bot", "Mozilla/5.0 (compatible; writethru/1.2; +https://desk.example/bot)", ""),
        ("desk@desk.example", "Mozilla/5.0 (compatible; writethru/1.2; +desk@desk.example)", "desk@desk.example"),
        (
            "mailto:desk@desk.example ",
            "Mozilla/5.0 (compatible; writethru/1.2; +desk@desk.example)",
            "desk@desk.example",
        ),
        ("", "Mozilla/5.0 (compatible; writethru/1.2)", ""),
        ("x\r\nEvil: 1)", "Mozilla/5.0 (compatible; writethru/1.2; +xEvil:1)", ""),
    ],
)
def test_who_asks(contact: str, agent: str, sender: str) -> None:
    headers = dict(ask.identify(contact, "1.2"))
    assert headers["User-Agent"] == agent
    assert headers.get("From", "") == sender


@pytest.mark.parametrize("url", ["", "news", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://[::1"])
def test_what_is_no_web_address(url: str) -> None:
    with pytest.raises(Stop) as caught:
        ask.address(url)
    assert caught.value.kind is FailureKind.BAD_URL


@pytest.mark.parametrize("url", ["http://a:b@news.test/", "http://news.test@127.0.0.1/"])
def test_an_address_with_a_login_is_refused_and_the_login_not_repeated(url: str) -> None:
    with pytest.raises(Stop) as caught:
        ask.address(url)
    assert caught.value.kind is FailureKind.BAD_URL
    assert "a:b" not in caught.value.reason


def test_conditions() -> None:
    assert ask.condition(Request("u")) == ()
    assert ask.condition(Request("u", etag='"x"', last_modified="Wed")) == (
        ("If-None-Match", '"x"'),
        ("If-Modified-Since", "Wed"),
    )


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [
        ("http://a.test/x", "http://a.test/y", True),
        ("http://a.test/x", "https://a.test/y", True),
        ("https://a.test/x", "http://a.test/y", False),
        ("http://a.test/x", "http://b.test/y", False),
        ("https://a.test/x", "https://a.test:8443/y", False),
    ],
)
def test_same_site(here: str, there: str, same: bool) -> None:
    assert ask.same_site(here, there) is same


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b", "https://news.test/b"),
        ("https://other.test/ü".encode().decode("latin-1"), "https://other.test/%C3%BC"),
        ("/caf\xe9", "https://news.test/caf%C3%A9"),
        ("//other.test/x#part", "https://other.test/x"),
    ],
)
def test_where_a_redirect_leads(location: str, url: str) -> None:
    assert target("https://news.test/a", location) == url


@pytest.mark.parametrize(
    "location",
    ["", "file:///etc/passwd", "javascript:alert(1)", "gopher://x/", "https://u:p@news.test/", "http://[bad"],
)
def test_redirects_that_lead_nowhere(location: str) -> None:
    with pytest.raises(Stop) as caught:
        target("https://news.test/a", location)
    assert caught.value.kind is FailureKind.REDIRECTS


def test_five_redirects_and_no_circle() -> None:
    trip = Trip("u0")
    for n in range(1, 6):
        trip.go(f"u{n}")
    assert trip.hops == ["u0", "u1", "u2", "u3", "u4"]
    with pytest.raises(Stop, match="more than 5 times"):
        trip.go("u6")
    with pytest.raises(Stop, match="circle"):
        Trip("u").go("u")


def test_a_body_too_large_too_slow_or_in_crumbs() -> None:
    meter = Meter(100, Limits(pieces=3))
    meter.announce(100)
    meter.count(100)
    with pytest.raises(Stop) as caught:
        meter.count(1)
    assert caught.value.kind is FailureKind.TOO_LARGE
    meter = Meter(100, Limits(pieces=1))
    meter.count(1)
    with pytest.raises(Stop, match="crumbs"):
        meter.count(1)
    with pytest.raises(Stop) as caught:
        Meter(100, Limits(drip_after=-1.0, drip_rate=1e12)).count(1)
    assert caught.value.kind is FailureKind.TIMEOUT


class RemoteProtocolError(Exception):
    """Stands for httpx's; they are told apart by name."""


class ConnectError(Exception):
    """Likewise."""


class PoolTimeout(Exception):
    """Likewise."""


def test_faults_have_names() -> None:
    assert fault.stop(RemoteProtocolError("illegal status line"), answered=False).kind is FailureKind.PROTOCOL
    assert fault.stop(RemoteProtocolError("Server disconnected"), answered=False).kind is FailureKind.CONNECT
    assert fault.stop(RemoteProtocolError("peer closed connection"), answered=True).kind is FailureKind.TRUNCATED
    assert fault.stop(ConnectError(""), answered=False).reason == (
        "the server cannot be reached: ConnectError; it is tried again later"
    )
    assert fault.stop(PoolTimeout(), answered=False).kind is FailureKind.TIMEOUT
    assert fault.stop(ssl.SSLError(1, "bad record mac"), answered=True).kind is FailureKind.TLS
