import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.render.text import cells, cut, pad, wrap

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
