import io
import json
import logging
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime

import pytest
import structlog
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tracker.observe import logs
from tracker.observe.redact import HIDDEN, MAX_LOGGED_CHARACTERS, clean, database, hide, printable, redact


@pytest.fixture(autouse=True)
def _restore():
    yield
    logs.configure(level="warning")


def lines(form: logs.Form = "logfmt", level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    logs.configure(form, level=level, stream=stream)
    return stream


def test_an_event_is_one_logfmt_line_with_time_level_and_event_first():
    stream = lines()
    logs.get("crawl").info("version", article="ab12", version=3, title="Bridge shut", empty="", nothing=None, on=True)
    line = stream.getvalue()
    assert line.startswith("time=2")
    assert "Z level=info event=version logger=crawl " in line
    assert 'logger=crawl article=ab12 version=3 title="Bridge shut" empty="" nothing= on=true\n' in line


def test_json_lines_parse_and_are_ascii():
    stream = lines("json")
    logs.get("crawl").warning("hub", detail="Café\u202e\u2028", parts=["a", 1], more={"x": None})
    text = stream.getvalue()
    assert text.isascii()
    assert text.count("\n") == 1
    event = json.loads(text)
    assert event["event"] == "hub"
    assert event["level"] == "warning"
    assert event["detail"] == "Café\u202e\u2028"
    assert event["parts"] == ["a", 1]


@given(st.text(), st.sampled_from(["logfmt", "json"]))
def test_whatever_a_page_says_stays_on_one_line_without_control_characters(text, form):
    stream = lines(form)
    logs.get("crawl").info("version", title=text, nested={"a b\n": [text]})
    written = stream.getvalue()
    assert written.endswith("\n")
    body = written[:-1]
    assert not [c for c in body if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or c in "\u202e\u2066\u200b"]


def test_plain_keys_keep_numbers_and_printable_names_what_it_replaces():
    stream = lines()
    logs.get("crawl").info("version", title='x" level=error event="forged')
    assert r'title="x\" level=error event=\"forged"' in stream.getvalue()
    assert clean("author", "A. Writer") == "A. Writer"
    assert clean("n", 1.5) == 1.5
    cut = clean("text", "x" * (MAX_LOGGED_CHARACTERS + 5))
    assert isinstance(cut, str)
    assert cut.endswith(f"… ({MAX_LOGGED_CHARACTERS + 5} characters)")
    assert printable("a\n\x1b[31m\u202eb\U000e0041") == "a\\n\\x1b[31m\\u202eb\\U000e0041"


def test_lines_below_the_level_are_not_written():
    stream = lines(level="warning")
    logs.get("crawl").info("version")
    assert not stream.getvalue()
    logs.configure(level="debug", stream=stream)
    logs.get("crawl").debug("check")
    assert "event=check" in stream.getvalue()


def test_an_exception_is_one_line_too():
    stream = lines()
    logs.get("service").error("crash", exc_info=ValueError("bad\nthing at https://me:pw@example.org/"))
    text = stream.getvalue()
    assert text.count("\n") == 1
    assert "ValueError: bad\\nthing" in text
    assert "pw" not in text


def test_other_libraries_warnings_come_out_in_the_same_form_and_once():
    stream = lines("json")
    logs.configure("json", stream=stream)
    logging.getLogger("httpx").info("not this")
    logging.getLogger("httpx").warning("odd answer from %s", "https://u:p@example.org/")
    event = json.loads(stream.getvalue())
    assert event["event"] == f"odd answer from https://{HIDDEN}@example.org/"
    assert event["logger"] == "httpx"


def test_nothing_goes_to_stdout_before_configure_is_called():
    script = "from tracker.observe import logs; logs.get('x').warning('w'); logs.get('x').info('i')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not done.stdout
    assert "event=w" in done.stderr
    assert "event=i" not in done.stderr
    assert structlog.is_configured()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgresql://user:pa?ss@db/wt".replace("?", ""), "pass"),
        ("https://hooks.example.org/x?token=abc123&b=1", "abc123"),
        ("https://hooks.example.org/x?a=1&api_key=abc123", "abc123"),
        ("Authorization: Bearer abcdef123456", "abcdef123456"),
        ("secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ"),
        ("smtp+ssl://u:p%40w@mail.example.org:465", "p%40w"),
    ],
)
def test_secrets_in_text_are_hidden(text, secret):
    assert secret not in redact(text)
    assert HIDDEN in redact(text)


@pytest.mark.parametrize(
    "text", ["https://medium.com/@writer/story", "https://example.org/?author=me", "mail me@example.org", "tokens: 5"]
)
def test_what_is_no_secret_stays(text):
    assert redact(text) == text


@pytest.mark.parametrize("key", ["password", "smtp_password", "webhook-secret", "Authorization", "api_key", "token"])
def test_values_of_secret_keys_are_hidden(key):
    assert clean(key, "x") == HIDDEN
    assert clean(key, [1]) == HIDDEN
    assert clean("outer", {key: 12}) == {key: HIDDEN}
    assert clean(key, "") == ""
    assert clean(key, None) is None


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
        "Herald: v2 of “Flood”: 3 words added, 1 removed (number, headline); 2 alerts",
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


def test_an_alert_that_is_not_delivered_names_the_target_the_reason_and_the_next_try(said):
    for alert in ("wt_1", "wt_2"):
        logs.get("alerts").warning("postponed", alert=alert, target="desk", attempt=1, reason="timeout", due=NEXT)
    logs.get("alerts").warning("postponed", alert="wt_3", target="chat", attempt=1, reason="timeout", due=NEXT)
    logs.get("alerts").error("undeliverable", alert="wt_4", target="desk", attempt=1, reason="rejected")
    first, second, last = said()
    assert first.startswith("target desk: an alert was not delivered: timeout; next try at ")
    assert second.startswith("target chat: ")
    assert last == "error: target desk: an alert was not delivered: rejected; not tried again"


def test_a_sentence_is_not_announced_by_its_own_words(said):
    logs.get("service").warning("no contact", detail="No contact address is set.")
    logs.get("alerts").warning("target_paused", target="desk", detail="target desk failed 5 times in a row")
    assert said() == ["warning: No contact address is set.", "warning: target desk failed 5 times in a row"]


def test_what_is_no_news_is_not_shown(said):
    logs.get("crawl").info("hub", source="Herald", url="https://h.example/rss", outcome="unchanged", named=9, new=0)
    logs.get("service").info("lead", detail="this process schedules and delivers alerts")
    logs.get("crawl").info("hub", source="Herald", url="https://h.example/rss", outcome="unchanged", named=9, new=1)
    assert said() == ["Herald: 1 new article in https://h.example/rss"]


def test_other_events_say_how_bad_it_is_and_what_to_do(said):
    logs.get("service").error("archive", detail="the disk is full", hint="make room")
    logs.get("alerts").info("delivered", alert="k", target="desk")
    logs.get("service").warning("nothing watched", detail="Nothing is watched yet.")  # said as the service starts
    assert said() == ["error: archive: the disk is full (hint: make room)", "delivered: alert k, target desk"]


def test_a_hostile_headline_stays_one_line(said):
    facts = {"source": "H", "url": "u", "title": "a\x1b[31m\nb", "words_added": 1, "words_removed": 0}
    logs.get("crawl").info("version", version=1, labels="", alerts=0, **facts)
    assert said() == ["H: new article “a\\x1b[31m\\nb”"]


SECRET = "Zx9Secret"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://desk:{SECRET}@db.example:5432/news",
        f"postgresql+psycopg://desk:a/b@{SECRET}@db.example/news",
        f"postgresql+psycopg://desk:a?{SECRET}@db.example/news",
        f"postgresql+psycopg://desk:{SECRET}",
        f"postgresql+psycopg://desk@db.example/news?application_name=x&password={SECRET}",
        f"postgresql+psycopg://desk@db.example/news?sslpassword={SECRET}",
        f"desk:{SECRET}@db.example/news",
        f"host=db.example user=desk password={SECRET}",
    ],
)
def test_no_password_of_a_database_is_shown_however_it_was_written(url: str) -> None:
    shown = database(url)
    assert SECRET not in shown
    assert HIDDEN in shown


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/writethru/a@b:c.db",
        "sqlite:///writethru.db",
        "writethru.db",
        "postgresql+psycopg://news@db.example:5432/news?connect_timeout=3",
        "postgresql+psycopg://[::1]:5432/news",
        "postgresql+psycopg:///news",
    ],
)
def test_what_holds_no_password_is_shown_as_it_is(url: str) -> None:
    assert database(url) == url


def test_secrets_are_hidden_even_if_one_begins_with_another() -> None:
    assert hide("told abc and abcdef", ["abc", "", "abcdef"]) == f"told {HIDDEN} and {HIDDEN}"
    assert hide("nothing to hide", []) == "nothing to hide"
