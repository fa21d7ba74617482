"""Lines for a person at a terminal."""

import io
from datetime import UTC, datetime

import pytest
import time_machine

from tracker.observe import logs

NEXT = "2026-11-27T05:18:00+00:00"


@pytest.fixture
def said():
    stream = io.StringIO()
    logs.configure("text", stream=stream)
    yield lambda: [line[10:] for line in stream.getvalue().splitlines()]
    logs.configure(level="warning")


def test_a_version_names_outlet_headline_and_labels(said):
    facts = {"source": "Herald", "url": "https://h.example/a", "title": "Flood", "words_added": 3, "words_removed": 1}
    logs.get("crawl").info("version", version=1, labels="", alerts=0, **facts)
    logs.get("crawl").info("version", version=2, labels="number,headline", alerts=2, **facts)
    assert said() == [
        "Herald: new article “Flood”",
        "Herald: v2 of “Flood”, +3 −1 words (number, headline), alerts: 2",
    ]


def test_outlets_that_fail_for_one_reason_are_one_line(said):
    for host in ("a.example", "b.example", "www.c.example"):
        detail = f"the host name {host} cannot be resolved"
        logs.get("crawl").warning(
            "hub", source=host, url=f"https://{host}/", outcome="failed", detail=detail, next_try=NEXT
        )
    logs.get("crawl").warning("check", url="https://d.example/", outcome="failed", detail="HTTP 500", next_try="never")
    first, second = said()
    assert first.startswith("a.example: the host name a.example cannot be resolved; next try at ")
    assert second == "https://d.example/: HTTP 500; not tried again"


def test_what_failed_unshown_is_counted_in_the_next_line(said):
    facts = {"url": "https://a.example/", "outcome": "failed", "next_try": "never"}
    with time_machine.travel(datetime(2026, 11, 27, 8, tzinfo=UTC), tick=False) as clock:
        for _ in range(3):
            logs.get("crawl").warning("check", **facts, detail="a.example cannot be reached")
        clock.shift(61)
        logs.get("crawl").warning("check", **facts, detail="b.example cannot be reached")
    assert len(said()) == 2
    assert "(2 more failed in this way since " in said()[1]


def test_a_sentence_is_not_announced_by_its_own_words(said):
    logs.get("service").warning("no contact", detail="No contact address is set.")
    assert said() == ["warning: No contact address is set."]


def test_what_is_no_news_is_not_shown(said):
    logs.get("crawl").info("hub", source="Herald", url="https://h.example/rss", outcome="unchanged", named=9, new=0)
    logs.get("service").info("lead", detail="this process schedules and delivers alerts")
    logs.get("crawl").info("hub", source="Herald", url="https://h.example/rss", outcome="unchanged", named=9, new=1)
    assert said() == ["Herald: 1 new article in https://h.example/rss"]


def test_other_events_say_how_bad_it_is_and_what_to_do(said):
    logs.get("service").error("archive", detail="the disk is full", hint="make room")
    logs.get("alerts").info("delivered", alert="k", target="desk")
    assert said() == ["error: archive: the disk is full (hint: make room)", "delivered: alert k, target desk"]


def test_a_hostile_headline_stays_one_line(said):
    facts = {"source": "H", "url": "u", "title": "a\x1b[31m\nb", "words_added": 1, "words_removed": 0}
    logs.get("crawl").info("version", version=1, labels="", alerts=0, **facts)
    assert said() == ["H: new article “a\\x1b[31m\\nb”"]
