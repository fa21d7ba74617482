from hypothesis import given
from hypothesis import strategies as st

from tracker.stories.copies import MIN_SIGNED_WORDS, SHINGLE_WORDS, WINDOW_SHINGLES, sign

words = st.lists(st.integers(0, 400).map(str), max_size=120).map(tuple)


def test_a_signature_is_the_same_in_every_process_and_on_every_machine():
    signed = sign(tuple(f"w{i}" for i in range(30)))
    assert signed == (0x073E1A6682FE715C, 0x07852BDDAA2AAB23, 0x086750987CA80993)


@given(
    words,
    words,
    words,
    words,
    st.lists(st.integers(1000, 9999).map(str), min_size=SHINGLE_WORDS + WINDOW_SHINGLES - 1, max_size=40),
)
def test_twenty_words_in_common_give_a_mark_in_common(a, b, c, d, passage):
    one, other = sign((*a, *passage, *b)), sign((*c, *passage, *d))
    if len(a + b) + len(passage) >= MIN_SIGNED_WORDS <= len(c + d) + len(passage):
        assert set(one) & set(other)


def test_a_short_text_has_no_marks():
    assert sign(("word",) * (MIN_SIGNED_WORDS - 1)) == ()


def test_scripts_without_spaces_are_signed_by_longer_runs():
    assert sign(tuple("日本語の短い文章が二十四文字以上あるときだけ印がつくのです")) == (0x209C3AFB520F0126,)
