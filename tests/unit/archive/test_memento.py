"""Memento: the version that stood, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.archive.memento import Home, Memento, accepted, gate_headers, memento_headers, standing, time_map

NOON = datetime(2026, 11, 25, 12, 0, 0, 500_000, tzinfo=UTC)
HOME = Home("https://post.example/ä?a=<1>", "http://here/timegate/x", "http://here/timemap/link/x")
THREE = [Memento(f"http://here/m/{n}", NOON + timedelta(hours=n)) for n in range(3)]


def test_the_version_that_stood() -> None:
    for minutes, expected in ((-5, 0), (0, 0), (59, 0), (60, 1), (119, 1), (120, 2), (9999, 2)):
        when = NOON.replace(microsecond=0) + timedelta(minutes=minutes)
        assert standing(THREE, when) is THREE[expected]
    assert standing([], NOON) is None


@given(st.lists(st.integers(0, 10_000), min_size=1, unique=True).map(sorted), st.integers(-10, 10_010))
def test_none_newer_stood(seconds: list[int], asked: int) -> None:
    mementos = [Memento(str(each), NOON + timedelta(seconds=each)) for each in seconds]
    found = standing(mementos, NOON.replace(microsecond=0) + timedelta(seconds=asked))
    assert found is not None
    assert int(found.url) == max((each for each in seconds if each <= asked), default=seconds[0])


def test_a_time_map() -> None:
    lines = time_map(HOME, THREE).splitlines()
    assert lines[0] == '<https://post.example/%C3%A4?a=%3C1%3E>; rel="original",'
    assert lines[1] == '<http://here/timegate/x>; rel="timegate",'
    assert lines[2] == (
        '<http://here/timemap/link/x>; rel="self"; type="application/link-format"; '
        'from="Wed, 25 Nov 2026 12:00:00 GMT"; until="Wed, 25 Nov 2026 14:00:00 GMT",'
    )
    assert lines[3] == '<http://here/m/0>; rel="first memento"; datetime="Wed, 25 Nov 2026 12:00:00 GMT",'
    assert lines[4] == '<http://here/m/1>; rel="memento"; datetime="Wed, 25 Nov 2026 13:00:00 GMT",'
    assert lines[5] == '<http://here/m/2>; rel="last memento"; datetime="Wed, 25 Nov 2026 14:00:00 GMT"'
    assert "first last memento" in time_map(HOME, THREE[:1])
    assert "from=" not in time_map(HOME, [])


def test_headers_of_a_gate_and_of_a_memento() -> None:
    gate = dict(gate_headers(HOME, THREE, THREE[1]))
    assert gate["Vary"] == "accept-datetime"
    assert gate["Location"] == "http://here/m/1"
    assert 'rel="timemap"; type="application/link-format"' in gate["Link"]
    assert gate["Link"].count("datetime=") == 2
    assert "Location" not in dict(gate_headers(HOME, [], None))
    middle = dict(memento_headers(HOME, THREE, 1))
    assert middle["Memento-Datetime"] == "Wed, 25 Nov 2026 13:00:00 GMT"
    assert 'rel="first prev memento"' in middle["Link"]
    assert 'rel="last next memento"' in middle["Link"]
    assert middle["Link"].count("memento") == 3
    assert dict(memento_headers(HOME, THREE[:1], 0))["Link"].count("memento") == 1


def test_what_is_asked_for() -> None:
    assert accepted("", NOON) == NOON
    assert accepted("Wed, 25 Nov 2026 12:00:00 GMT", NOON) == NOON.replace(microsecond=0)
    assert accepted("Wed, 25 Nov 2026 13:00:00 +0100", NOON) == NOON.replace(microsecond=0)
    for bad in ("yesterday", "2026-11-25", "Wed, 99 Nov 2026 12:00:00 GMT"):
        with pytest.raises(ValueError, match="no date"):
            accepted(bad, NOON)
