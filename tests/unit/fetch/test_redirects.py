import pytest

from tracker.fetch.client import RedirectChain, conditional_headers, identity_headers, is_same_site, redirect_target
from tracker.fetch.errors import FetchError
from tracker.model.capture import FailureKind, Request


@pytest.mark.parametrize(
    ("url", "target", "same"),
    [
        ("http://a.test/x", "http://a.test/y", True),
        ("http://a.test/x", "https://a.test/y", True),
        ("https://a.test/x", "http://a.test/y", False),
        ("http://a.test/x", "http://b.test/y", False),
        ("https://a.test/x", "https://a.test:8443/y", False),
    ],
)
def test_same_site(url: str, target: str, same: bool) -> None:
    assert is_same_site(url, target) is same


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
    assert redirect_target("https://news.test/a", location) == url


@pytest.mark.parametrize(
    "location",
    ["", "file:///etc/passwd", "javascript:alert(1)", "gopher://x/", "https://u:p@news.test/", "http://[bad"],
)
def test_redirects_that_lead_nowhere(location: str) -> None:
    with pytest.raises(FetchError) as caught:
        redirect_target("https://news.test/a", location)
    assert caught.value.kind is FailureKind.REDIRECTS


def test_at_most_five_redirects_and_no_circle() -> None:
    chain = RedirectChain("u0")
    for n in range(1, 6):
        chain.follow(f"u{n}")
    assert chain.hops == ["u0", "u1", "u2", "u3", "u4"]
    with pytest.raises(FetchError, match="more than 5 times"):
        chain.follow("u6")
    with pytest.raises(FetchError, match="circle"):
        RedirectChain("u").follow("u")


def test_only_the_time_of_requests_counts() -> None:
    chain = RedirectChain("u")
    assert chain.elapsed == 0
    chain.start_clock()
    assert 0 < chain.elapsed < chain.elapsed
    chain.stop_clock()
    assert chain.elapsed == chain.elapsed > 0


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
def test_the_user_agent_names_the_contact(contact: str, agent: str, sender: str) -> None:
    headers = dict(identity_headers(contact, "1.2"))
    assert headers["User-Agent"] == agent
    assert headers.get("From", "") == sender


def test_a_request_is_conditional_if_anything_is_known_of_the_page() -> None:
    assert conditional_headers(Request("u")) == ()
    assert conditional_headers(Request("u", etag='"x"', last_modified="Wed")) == (
        ("If-None-Match", '"x"'),
        ("If-Modified-Since", "Wed"),
    )
