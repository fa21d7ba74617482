import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind, PageKind, Reading
from tracker.render import json as as_json
from tracker.render.plain import classes, meta, removed
from tracker.render.text import cells, cut, one_line, pad, safe, wrap

words = st.lists(st.text(st.sampled_from("abé北京-"), min_size=1, max_size=30), min_size=1, max_size=20).map(" ".join)


@given(words, st.integers(8, 60))
def test_lines_fit_and_keep_every_character(text, width):
    lines = wrap(text, width, first="~ ", rest="  ")
    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "~" + "".join(text.split())


def test_words_are_kept_whole_where_they_fit():
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("aa bbbbbbbbbb cc", 5) == ["aa", "bbbbb", "bbbbb", "cc"]


def test_no_width_means_one_line():
    assert wrap("one two three", None, first="~ ") == ["~ one two three"]


def test_wide_characters_take_two_columns():
    assert cells("北京a") == 5
    assert cells("e\u0301") == 1
    assert cells("ที่นี่") == 2
    assert cells("कुछ") == 2
    assert cells("हिन्दी") == 4
    assert wrap("北京北京", 5) == ["北京", "北京"]


def test_cut_and_pad():
    assert cut("headline", 8) == "headline"
    assert cut("headlines", 8) == "headlin…"
    assert cut("北京北京", 5) == "北京…"
    assert cut("abc", 0) == ""
    assert pad("北", 4) == "北  "
    assert pad("toolong", 3) == "toolong"


@pytest.mark.parametrize("text", ["👩\u200d🚒", "👨\u200d👩\u200d👧", "👍🏽", "🇩🇪", "❤\ufe0f", "1\ufe0f\u20e3", "⚡"])
def test_an_emoji_takes_two_columns_and_is_never_split(text):
    assert cells(text) == 2
    assert cut(f"{text} abc", 5) == f"{text} a…"
    assert wrap(text * 3, 5) == [text * 2, text]
    assert pad(text, 3) == f"{text} "


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


PAGE = Article(
    title="Harbour closed",
    byline=("Ada Lark",),
    blocks=(
        Block(BlockKind.PARAGRAPH, "The harbour was closed."),
        Block(BlockKind.PROMO, "Read more \x1b[2J", "sends elsewhere"),
        Block(BlockKind.NOTICE, "Correction: it is four boats.", "correction"),
    ),
    notices=(
        Notice(NoticeKind.CORRECTION, "Correction: it is four boats."),
        Notice(NoticeKind.CORRECTION, "Told in JSON-LD alone."),
    ),
    fields=(("title", "h1"), ("body", "json-ld")),
)
FOUND = Reading(PageKind.ARTICLE, PAGE, "body>main", "1", "why")


def test_fields_name_their_source_and_the_text_its_container():
    shown = list(meta(FOUND, None))
    assert "page       article (why)" in shown
    assert "title      Harbour closed [h1]" in shown
    assert "byline     Ada Lark" in shown
    assert "text from  json-ld" in shown
    assert "text from  body>main" in list(meta(Reading(PageKind.ARTICLE, Article(), "body>main"), 80))


def test_every_block_has_its_class_and_each_notice_stands_once():
    shown = [line for line in classes(FOUND, None) if line]
    assert shown == [
        "  paragraph   The harbour was closed.",
        "x promo       Read more ␛[2J (sends elsewhere)",
        "! notice      Correction: it is four boats. (correction)",
        "! correction: Told in JSON-LD alone.",
    ]


def test_what_was_left_out_has_its_reason():
    assert list(removed(FOUND, None)) == [
        "left out: 1 of 3 blocks",
        "",
        "x promo       Read more ␛[2J (sends elsewhere)",
    ]
