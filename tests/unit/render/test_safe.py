import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.render import json as as_json
from tracker.render.text import one_line, safe

HOSTILE = "\x1b\x9b\x07\r\x00\x7f\u202e\u2066\u200f\u061c\U000e0041\u200b\ud800"


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text):
    cleaned = safe(text + HOSTILE + text)
    assert not any(ord(c) < 0x20 and c not in "\n\t" for c in cleaned)
    assert not any(0x7F <= ord(c) < 0xA0 for c in cleaned)
    assert not set(cleaned) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u2028\u2029")
    assert not any(0xE0000 <= ord(c) < 0xE0080 for c in cleaned)
    cleaned.encode()


def test_escape_becomes_a_sign():
    assert safe("\x1b[31mred\x1b]0;title\x07") == "␛[31mred␛]0;title␇"


@pytest.mark.parametrize("text", ["Zürich – “quoted”", "北京 2026", "مرحبا", "👩🏽‍🚒", "a\tb\nc"])
def test_ordinary_text_stays(text):
    assert safe(text) == text


def test_one_line_folds_blanks():
    assert one_line(" a \n\n b\tc ") == "a b c"


@given(st.text())
def test_json_means_what_it_meant_and_is_harmless(text):
    line = as_json.dumps({"text": text})
    assert json.loads(line) == {"text": text}
    assert safe(line) == line
    assert "\n" not in line


def test_json_escapes_beyond_the_first_plane_and_lone_surrogates():
    line = as_json.dumps({"text": "\U000e0041\ud800é"})
    assert line == '{"text":"\\udb40\\udc41\\ud800é"}'
