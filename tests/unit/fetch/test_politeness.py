from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fake_fetcher import page, status
from tracker.fetch import politeness, robots
from tracker.model.capture import Failure, FailureKind, FetchResult, HostState, NotModified, RobotsRecord

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
URL = "https://news.test/a"
FRESH = HostState("news.test")


def step(
    state: HostState = FRESH,
    result: FetchResult | None = None,
    now: datetime = NOW,
    *,
    delay: float = 2.0,
    crawl_delay: float | None = None,
    slow: bool = False,
    jitter: float = 0.0,
) -> HostState:
    result = result if result is not None else page(URL)
    return politeness.next_state(state, result, now, delay=delay, crawl_delay=crawl_delay, slow=slow, jitter=jitter)


def wait(state: HostState, now: datetime = NOW) -> float:
    assert state.not_before is not None
    return (state.not_before - now).total_seconds()


@pytest.mark.parametrize(
    ("latency", "delay", "crawl_delay", "slow", "seconds"),
    [
        (0.1, 2, None, False, 2),
        (2.0, 2, None, False, 6),
        (60.0, 2, None, False, 30),
        (0.1, 2, 10, False, 10),
        (0.1, 2, 120, False, 120),
        (0.1, 2, 9999, False, 300),
        (0.1, 2, None, True, 30),
        (0.1, 2, 45, True, 45),
        (0.1, 90, None, False, 90),
        (60.0, 90, None, True, 90),
        (0.0, 0, None, False, 0),
    ],
)
def test_the_pause_after_a_page(
    latency: float, delay: float, crawl_delay: float | None, slow: bool, seconds: float
) -> None:
    state = step(result=page(URL, elapsed=latency), delay=delay, crawl_delay=crawl_delay, slow=slow)
    assert wait(state) == pytest.approx(seconds)
    assert state.failures == 0


def test_jitter_varies_the_pause_and_backoff_grows_up_to_a_ceiling() -> None:
    slow_page = page(URL, elapsed=4.0)
    assert wait(step(result=slow_page, jitter=1)) == pytest.approx(15)
    assert wait(step(result=slow_page, jitter=-1)) == pytest.approx(9)
    assert wait(step(jitter=-1)) == pytest.approx(2)
    assert wait(step(crawl_delay=10, jitter=-1)) == pytest.approx(10)
    assert wait(step(result=status(URL, 503, retry_after=7.0))) == 7
    assert wait(step(result=status(URL, 503, retry_after=0.0))) == 2
    assert wait(step(result=status(URL, 429, retry_after=1e9))) == 86_400
    once = step(result=status(URL, 429, retry_after=1.0))
    twice = step(once, status(URL, 429, retry_after=1.0), NOW + timedelta(seconds=5))
    assert wait(twice, NOW + timedelta(seconds=5)) == 60
    assert wait(step(result=status(URL, 429), jitter=1)) == pytest.approx(66)
    worn = HostState("news.test", failures=20, last_failure_at=NOW - timedelta(seconds=1))
    assert wait(step(worn, status(URL, 429), jitter=1)) == 7200


@pytest.mark.parametrize("code", [404, 410, 403, 500])
def test_a_status_of_the_page_does_not_slow_the_host(code: int) -> None:
    assert wait(step(result=status(URL, code))) == 2
    assert wait(step(result=NotModified(URL, URL))) == 2


@pytest.mark.parametrize("code", [429, 503])
def test_an_overloaded_host_rests_twice_as_long_each_time(code: int) -> None:
    state, now, waits = FRESH, NOW, []
    for _ in range(14):
        state = step(state, status(URL, code), now)
        waits.append(wait(state, now))
        assert state.not_before is not None
        now = state.not_before
    assert waits[:4] == [60, 120, 240, 480]
    assert waits[-3:] == [7200.0] * 3
    assert state.failures == 14


@pytest.mark.parametrize("kind", [FailureKind.DNS, FailureKind.CONNECT, FailureKind.TLS, FailureKind.TIMEOUT])
def test_a_host_that_cannot_be_reached_rests_too(kind: FailureKind) -> None:
    assert wait(step(result=Failure(kind, "no", URL))) == 60


def test_failures_are_forgotten_thirty_quiet_minutes_after_the_rest() -> None:
    thrice = HostState("news.test", failures=3, last_failure_at=NOW)
    served = NOW + timedelta(seconds=240)
    early = step(thrice, page(URL), served + timedelta(minutes=29))
    assert early.failures == 3
    assert early.last_failure_at == NOW
    late = served + timedelta(minutes=30)
    calm = step(thrice, page(URL), late)
    assert (calm.failures, calm.last_failure_at) == (0, None)
    again = step(thrice, status(URL, 503), late)
    assert (again.failures, wait(again, late)) == (1, 60)


@pytest.mark.parametrize(
    "kind", [FailureKind.ROBOTS, FailureKind.BAD_URL, FailureKind.BLOCKED_ADDRESS, FailureKind.HOST_WAITS]
)
def test_a_host_that_was_not_asked_needs_no_pause(kind: FailureKind) -> None:
    assert step(result=Failure(kind, "no", URL)) is FRESH
    assert wait(step(result=Failure(kind, "refused on the way", URL, elapsed=0.2))) == 2


@given(
    delay=st.floats(0, 120),
    crawl_delay=st.none() | st.floats(0, 5000),
    slow=st.booleans(),
    jitter=st.floats(-1, 1),
    elapsed=st.floats(0, 100),
    failures=st.integers(0, 40),
    result=st.sampled_from([page(URL), status(URL, 429), status(URL, 404), Failure(FailureKind.CONNECT, "no", URL)]),
)
def test_the_pause_stays_between_the_delays_and_two_hours(
    delay: float,
    crawl_delay: float | None,
    slow: bool,
    jitter: float,
    elapsed: float,
    failures: int,
    result: FetchResult,
) -> None:
    from dataclasses import replace

    before = HostState("news.test", failures=failures, last_failure_at=NOW if failures else None)
    state = step(
        before, replace(result, elapsed=elapsed), delay=delay, crawl_delay=crawl_delay, slow=slow, jitter=jitter
    )
    floor = max(delay, min(crawl_delay or 0, 300), 30 if slow else 0)
    assert floor - 0.001 <= wait(state) <= 7200.001


ROBOTS_URL = "https://news.test/robots.txt"
STORY = "https://news.test/2026/story"


def recorded(text: str | bytes) -> RobotsRecord:
    return robots.record(page(ROBOTS_URL, text, content_type="text/plain"), NOW)


def allows(text: str | bytes, url: str = STORY) -> bool:
    return robots.verdict(recorded(text), url) is None


def test_the_robots_txt_is_never_forbidden_missing_after_redirects_and_stale_if_unknown() -> None:
    assert robots.robots_url("http://news.test:8080/a/b?c#d") == "http://news.test:8080/robots.txt"
    assert robots.robots_url("https://news.test/") == ROBOTS_URL
    assert allows("User-agent: *\nDisallow: /", ROBOTS_URL)
    assert robots.verdict(robots.record(Failure(FailureKind.REDIRECTS, "circle", ROBOTS_URL), NOW), STORY) is None
    assert robots.is_stale(None, NOW)
    assert robots.is_stale(recorded(""), NOW - timedelta(seconds=1))
    assert not robots.is_stale(recorded(""), NOW)


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
    known = robots.record(status(ROBOTS_URL, code), NOW)
    assert robots.verdict(known, STORY) is None
    assert robots.crawl_delay(known) is None
    assert not robots.is_stale(known, NOW + timedelta(hours=23))
    assert robots.is_stale(known, NOW + timedelta(hours=24))


@pytest.mark.parametrize(
    "result",
    [
        status(ROBOTS_URL, 500),
        status(ROBOTS_URL, 503),
        Failure(FailureKind.TRUNCATED, "cut", ROBOTS_URL),
        NotModified(ROBOTS_URL, ROBOTS_URL),
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
    known = robots.record(Failure(kind, "no way to news.test", ROBOTS_URL), NOW)
    refused = robots.verdict(known, STORY)
    assert refused == Failure(kind, "no way to news.test", STORY)
    assert robots.crawl_delay(known) is None
    assert robots.is_stale(known, NOW + robots.RETRY_UNREACHABLE_AFTER)


@pytest.mark.parametrize("result", [status(ROBOTS_URL, 429), Failure(FailureKind.HOST_WAITS, "later", ROBOTS_URL)])
def test_a_host_that_asks_for_a_pause_gets_it(result: Failure) -> None:
    refused = robots.verdict(robots.record(result, NOW), STORY)
    assert refused is not None
    assert refused.kind is FailureKind.HOST_WAITS


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
