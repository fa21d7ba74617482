from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.stories.shingles import LEAST_WORDS, SHINGLE, WINDOW, Signature, sign
from tracker.stories.words import Text

PINNED = "011e0000005c71fe82661a3e0723ab2aaadd2b85079309a87c98506708"

words = st.lists(st.integers(0, 400).map(str), max_size=120).map(tuple)


@given(words)
def test_a_signature_survives_being_stored(text):
    signed = sign(Text(text))
    assert Signature.from_bytes(signed.to_bytes()) == signed


def test_a_signature_is_the_same_in_every_process_and_on_every_machine():
    assert sign(Text(tuple(f"w{i}" for i in range(30)))).to_bytes().hex() == PINNED


@pytest.mark.parametrize("stored", [b"", b"\x01\x00", b"\x02\x00\x00\x00\x00", b"\x01\x00\x00\x00\x00\x07"])
def test_bytes_of_another_form_are_refused(stored):
    with pytest.raises(ValueError, match="another form"):
        Signature.from_bytes(stored)


@given(
    words, words, words, words, st.lists(st.integers(1000, 9999).map(str), min_size=SHINGLE + WINDOW - 1, max_size=40)
)
def test_twenty_words_in_common_give_a_mark_in_common(a, b, c, d, passage):
    one, other = sign(Text((*a, *passage, *b))), sign(Text((*c, *passage, *d)))
    if one.words >= LEAST_WORDS and other.words >= LEAST_WORDS:
        assert set(one.marks) & set(other.marks)


def test_a_short_text_has_no_marks():
    assert sign(Text(("word",) * (LEAST_WORDS - 1))).marks == ()
    assert sign(Text(tuple("日本語の短い文章が二十四文字以上あるときだけ印がつくのです"))).marks
