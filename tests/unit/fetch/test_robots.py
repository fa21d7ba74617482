from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fake_fetcher import page, status
from tracker.fetch import robots
from tracker.model.capture import Failure, FailureKind, NotModified, RobotsRecord

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
URL = "https://news.test/robots.txt"
STORY = "https://news.test/2026/story"


def recorded(text: str | bytes) -> RobotsRecord:
    return robots.record(page(URL, text, content_type="text/plain"), NOW)


def allows(text: str | bytes, url: str = STORY) -> bool:
    return robots.verdict(recorded(text), url) is None


def test_the_robots_txt_of_a_url_is_never_forbidden_and_counts_as_missing_where_it_redirects() -> None:
    assert robots.robots_url("http://news.test:8080/a/b?c#d") == "http://news.test:8080/robots.txt"
    assert robots.robots_url("https://news.test/") == URL
    assert allows("User-agent: *\nDisallow: /", URL)
    assert robots.verdict(robots.record(Failure(FailureKind.REDIRECTS, "circle", URL), NOW), STORY) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "User-agent: *\nDisallow:",
        "User-agent: *\nDisallow: /\n\nUser-agent: writethru\nAllow: /",
        "User-agent: other\nDisallow: /",
        "User-agent: *\nDisallow: /2026\nAllow: /2026/story",
        "User-agent: *\nDisallow: /*.pdf$",
        "Disallow: /",
        "User-agent: write\nDisallow: /",
        "User-agent: w\nUser-agent: -\nDisallow: /",
        "User-agent: *\nDisallow: /\nUser-agent: writethru/1.0 (news)\nAllow: /",
        # RFC 9309, section 2.2.2: octets are compared percent-encoded, unreserved characters decoded
        "User-agent: *\nDisallow: /\nAllow: /2026/%73tory",
        "<!doctype html><p>Not a robots.txt at all",
    ],
)
def test_rules_that_allow_us(text: str) -> None:
    assert allows(text)


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /",
        "\ufeffUser-agent: *\nDisallow: /",
        "USER-AGENT: WriteThru\nDISALLOW: /2026/",
        "User-agent: a\nUser-agent: writethru\nDisallow: /",
        "User-agent: *\rDisallow: /2026*story\r",
        "User-agent: writethru bar\nDisallow: /",
        "User-agent writethru\nDisallow /",
        "User-agent: * news\nDisallow: /",
        # RFC 9309, section 2.2.4: other lines do not end a group
        "User-agent: writethru\nUnknown: x\nUser-agent: other\nDisallow: /",
        "User-agent: writethru\nSitemap: https://news.test/s.xml\nUser-agent: other\nDisallow: /",
        "User-agent: writethru\nCrawl-delay: 5\nUser-agent: *\nDisallow: /",
        "User-agent: writethru\nDisallow: /x\n\nUser-agent: writethru\nDisallow: /2026",
    ],
)
def test_rules_that_forbid_us(text: str) -> None:
    refused = robots.verdict(recorded(text), STORY)
    assert refused is not None
    assert refused.kind is FailureKind.ROBOTS
    assert refused.url == STORY
    assert "news.test" in refused.reason


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 451, 204, 304])
def test_a_missing_robots_txt_allows_everything_for_a_day(code: int) -> None:
    known = robots.record(status(URL, code), NOW)
    assert robots.verdict(known, STORY) is None
    assert robots.crawl_delay(known) is None
    assert not robots.is_stale(known, NOW + timedelta(hours=23))
    assert robots.is_stale(known, NOW + timedelta(hours=24))


@pytest.mark.parametrize(
    "result",
    [
        status(URL, 500),
        status(URL, 503),
        Failure(FailureKind.TRUNCATED, "cut", URL),
        NotModified(URL, URL),
    ],
)
def test_one_that_cannot_be_read_allows_nothing_and_is_tried_again_soon(result: Failure | NotModified) -> None:
    known = robots.record(result, NOW)
    refused = robots.verdict(known, STORY)
    assert refused is not None
    assert refused.kind is FailureKind.HOST_WAITS
    assert "nothing may be fetched" in refused.reason
    assert not robots.is_stale(known, NOW + timedelta(minutes=4))
    assert robots.is_stale(known, NOW + timedelta(minutes=5))


@pytest.mark.parametrize(
    "kind", [FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT, FailureKind.BLOCKED_ADDRESS]
)
def test_the_reason_why_a_host_could_not_be_reached_is_repeated(kind: FailureKind) -> None:
    known = robots.record(Failure(kind, "no way to news.test", URL), NOW)
    refused = robots.verdict(known, STORY)
    assert refused == Failure(kind, "no way to news.test", STORY)
    assert robots.crawl_delay(known) is None
    assert robots.is_stale(known, NOW + robots.RETRY_UNREACHABLE_AFTER)


@pytest.mark.parametrize("result", [status(URL, 429), Failure(FailureKind.HOST_WAITS, "later", URL)])
def test_a_host_that_asks_for_a_pause_gets_it(result: Failure) -> None:
    refused = robots.verdict(robots.record(result, NOW), STORY)
    assert refused is not None
    assert refused.kind is FailureKind.HOST_WAITS


def test_an_unknown_robots_txt_is_stale_and_so_is_one_from_the_future() -> None:
    assert robots.is_stale(None, NOW)
    assert robots.is_stale(recorded(""), NOW - timedelta(seconds=1))
    assert not robots.is_stale(recorded(""), NOW)


def test_half_a_mebibyte_is_read_and_no_incomplete_rule() -> None:
    line = b"User-agent: *\nDisallow: /2026\n"
    filler = b"# " + b"x" * 600_000
    assert not allows(line + filler)
    cut = b"User-agent: *\n" + b"#" * (robots.MAX_ROBOTS_BYTES - 30) + b"\nDisallow: /2026/somewhere\n"
    known = recorded(cut)
    assert len(known.body) <= robots.MAX_ROBOTS_BYTES
    assert robots.verdict(known, STORY) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 7", 7.0),
        ("User-agent: writethru\nCrawl-delay: 2.5\n\nUser-agent: *\nCrawl-delay: 9", 2.5),
        ("User-agent: *\nCrawl-delay: 99999999999", 3600.0),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: nan", None),
        ("User-agent: *\nCrawl-delay: inf", None),
        ("User-agent: *\nCrawl-delay: -3", None),
        ("User-agent: other\nCrawl-delay: 7", None),
        ("", None),
    ],
)
def test_crawl_delay(text: str, seconds: float | None) -> None:
    assert robots.crawl_delay(recorded(text)) == seconds


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_no_robots_txt_raises(body: bytes) -> None:
    known = recorded(body)
    robots.verdict(known, STORY)
    robots.crawl_delay(known)
