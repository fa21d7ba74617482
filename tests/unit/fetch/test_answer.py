from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.fetch import answer
from tracker.fetch.stop import Stop
from tracker.model import FailureKind

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HTML = ("Content-Type", "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("999999", 86_400.0),
        ("9" * 12, 86_400.0),
        ("Wed, 25 Nov 2026 12:05:00 GMT", 300.0),
        ("Wed, 25 Nov 2026 12:05:00 -0000", 300.0),
        ("Wed, 25 Nov 2026 11:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("9" * 40, None),
        ("Wed, 99 Nov 2026 12:05:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_a_day_at_most(value: str, seconds: float | None) -> None:
    assert answer.retry_after(value, NOW) == seconds


@given(st.text(max_size=60))
def test_retry_after_never_raises(value: str) -> None:
    seconds = answer.retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= 86_400


@given(st.integers(0, 86_400))
def test_retry_after_reads_every_date_it_is_given(seconds: int) -> None:
    at = NOW + timedelta(seconds=seconds)
    assert answer.retry_after(format_datetime(at, usegmt=True), NOW) == seconds


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "404 Not Found: there is no page"),
        (410, "taken down"),
        (451, "legal"),
        (599, "answered 599: "),
        (204, "204"),
    ],
)
def test_a_status_is_explained(status: int, said: str) -> None:
    assert said in answer.explain(status, None)
    assert "wait" not in answer.explain(status, None)
    assert answer.explain(503, 30).endswith("; it asks to wait 30 s")


def test_headers_are_found_whatever_their_case() -> None:
    headers = (("X", "1"), ("ETAG", "a"), ("etag", "b"))
    assert answer.first(headers, "etag") == "a"
    assert answer.joined(headers, "etag") == "a, b"
    assert answer.first(headers, "none") == ""


def test_more_headers_than_any_page_has() -> None:
    answer.check_headers((("A", "b"),) * 200)
    with pytest.raises(Stop) as caught:
        answer.check_headers((("A", "b"),) * 201)
    assert caught.value.kind is FailureKind.PROTOCOL


@pytest.mark.parametrize("proof", ["Content-Length", "Transfer-Encoding", "Content-Encoding"])
def test_a_page_whose_end_is_proven_needs_no_end_tag(proof: str) -> None:
    answer.check_end((HTML, (proof, "x")), b"<p>text")


def test_a_page_whose_end_is_not_proven_needs_its_end_tag() -> None:
    answer.check_end((HTML,), b"<html><p>text</HTML >\n")
    answer.check_end((("Content-Type", "application/rss+xml"),), b"<rss>")
    answer.check_end((), b"text")
    with pytest.raises(Stop) as caught:
        answer.check_end((HTML,), b"<html><p>text")
    assert caught.value.kind is FailureKind.TRUNCATED
