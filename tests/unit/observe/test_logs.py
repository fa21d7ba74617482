import io
import json
import logging
import subprocess
import sys
import unicodedata

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from tracker.observe import logs
from tracker.observe.redact import HIDDEN, MAX_LOGGED_CHARACTERS, clean, printable, redact


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


def test_a_quote_cannot_forge_a_field():
    stream = lines()
    logs.get("crawl").info("version", title='x" level=error event="forged')
    assert r'title="x\" level=error event=\"forged"' in stream.getvalue()


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


def test_plain_keys_keep_numbers_and_cut_endless_text():
    assert clean("author", "A. Writer") == "A. Writer"
    assert clean("n", 1.5) == 1.5
    cut = clean("text", "x" * (MAX_LOGGED_CHARACTERS + 5))
    assert isinstance(cut, str)
    assert cut.endswith(f"… ({MAX_LOGGED_CHARACTERS + 5} characters)")


def test_printable_names_what_it_replaces():
    assert printable("a\n\x1b[31m\u202eb\U000e0041") == "a\\n\\x1b[31m\\u202eb\\U000e0041"
