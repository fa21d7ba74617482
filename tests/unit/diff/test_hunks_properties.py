import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker.diff.comparison import compare
from tracker.diff.words import (
    MAX_COMPARED_WORDS,
    MAX_SHARED_CHARACTERS,
    SharedVocabulary,
    Vocabulary,
    shared_words,
    similarity,
    words_of,
)
from tracker.model.article import Article
from tracker.model.change import Op

PIECES = st.sampled_from(
    [
        *"the bridge killed 12 1.5 $2,500 🇩🇪 𠀀 “ ” ’s - 你 好。 мост جسر पुल। � A ?".split(),
        *("\x00", "\r", "\r\n", "\n", " ", "  ", "\xa0", ". ", ", ", "\u2028"),
        *("e\u0301", "n\u0303o", "👨\u200d👩\u200d👧"),
    ]
)
TEXT = st.lists(PIECES, max_size=30).map("".join)
PROSE = st.lists(
    st.sampled_from("the old bridge over river was closed again. Police said 12 people left.".split()), max_size=40
)
PARAGRAPHS = st.lists(st.one_of(TEXT, PROSE.map(" ".join)), max_size=6)


@given(PARAGRAPHS, PARAGRAPHS, TEXT, TEXT)
def test_hunks_restore_both_sides_exactly(old, new, title, retitle):
    a, b = article(*old, title=title), article(*new, title=retitle)
    change = compare(a, b)
    before = {row.old: row.old_text for row in change.blocks if row.old is not None}
    after = {row.new: row.new_text for row in change.blocks if row.new is not None}
    assert [before[i] for i in range(len(old))] == old
    assert [after[j] for j in range(len(new))] == new
    assert len(before) + len(after) == sum((r.old is not None) + (r.new is not None) for r in change.blocks)
    assert "".join(t for op, t in change.title.hunks if op != "+") == title
    assert "".join(t for op, t in change.title.hunks if op != "-") == retitle
    assert compare(a, b) == change


@given(PARAGRAPHS, PARAGRAPHS)
def test_sentences_cover_their_paragraphs_and_are_where_they_are_said_to_be(old, new):
    change = compare(article(*old), article(*new))
    for row in change.blocks:
        for s in row.sentences:
            assert s.old_block is None or s.old_text in old[s.old_block]
            assert s.new_block is None or s.new_text in new[s.new_block]
            assert s.op is not Op.EDIT or s.old_text != s.new_text
        if row.new is not None and row.sentences:
            inside = {s.new: s.new_text for s in row.sentences if s.new_block == row.new}
            assert "".join("".join(text.split()) for _, text in sorted(inside.items())) == "".join(row.new_text.split())
    stayed = [row.old for row in change.blocks if row.old is not None and row.op is not Op.MOVE]
    assert stayed == sorted(stayed)


@given(PARAGRAPHS, PARAGRAPHS)
def test_nothing_changed_from_one_article_to_another_where_nothing_changed_back(old, new):
    there, back = compare(article(*old), article(*new)), compare(article(*new), article(*old))
    assert (there.is_empty, there.layout_only) == (back.is_empty, back.layout_only)


@given(PARAGRAPHS)
def test_an_article_does_not_differ_from_itself(paragraphs):
    one = article(*paragraphs)
    assert compare(one, one).is_empty
    assert compare(one, article(*paragraphs)).is_empty


@given(PROSE, PROSE)
def test_no_hunk_cuts_a_word(old, new):
    change = compare(article(" ".join(old)), article(" ".join(new)))
    for block in change.blocks:
        for side in "-+":
            pieces = [(op, text) for op, text in block.hunks if op in {"=", side}]
            for (a_op, a), (b_op, b) in itertools.pairwise(pieces):
                assert a_op == b_op or not re.match(r"\w\w", a[-1] + b[0])


CHARACTERS = st.lists(
    st.sampled_from(
        [
            *"a é e\u0301 が か\u3099 क्षि ที่ שָׁ 한 \u1112\u1161\u11ab 👍🏽 👨\u200d👩\u200d👧 🇩🇪".split(),
            *"🙂\u200d↔\ufe0f 🙂\u200d↕\ufe0f 1\ufe0f\u20e3 *\ufe0f\u20e3 #\ufe0f\u20e3 ©\ufe0f . - 好".split(),
            " ",
        ]
    ),
    max_size=12,
)


@given(CHARACTERS, CHARACTERS)
def test_no_hunk_cuts_what_readers_see_as_one_character(old, new):
    hunks = compare(Article(title="".join(old)), Article(title="".join(new))).title.hunks
    for characters, other in ((old, "+"), (new, "-")):
        ends = set(itertools.accumulate(map(len, characters)))
        assert ends.issuperset(itertools.accumulate(len(text) for op, text in hunks if op != other))


@given(TEXT)
def test_words_join_back_and_each_has_one_code_point(text):
    assert "".join(words_of(text)) == text
    vocabulary = Vocabulary()
    assert vocabulary.encode(text) == "".join(vocabulary.words[word.rstrip()] for word in words_of(text))


@pytest.mark.parametrize("between", [" ", ","], ids=["many runs", "one long run"])
def test_a_shared_vocabulary_is_given_up_when_it_has_grown(between):
    shared = SharedVocabulary()
    first = shared.current()
    first.encode("one two")
    assert shared.current() is first
    first.encode(between.join(map(str, range(MAX_SHARED_CHARACTERS // 5, 2 * MAX_SHARED_CHARACTERS // 5))))
    assert shared.current() is not first


def test_codes_skip_the_surrogates():
    code = Vocabulary().encode(" ".join(map(str, range(0xD800 + 5))))
    assert len(set(code)) == 0xD800 + 5
    assert not any("\ud800" <= c <= "\udfff" for c in code)


def test_runs_too_long_to_be_compared_are_as_alike_as_their_beginnings():
    one, other = ("ab" * MAX_COMPARED_WORDS, "ab" * (MAX_COMPARED_WORDS // 2) + "c" * MAX_COMPARED_WORDS)
    assert similarity(one, other) == 1
    assert similarity(one, "c" + other) < 1
    assert similarity(one, other[MAX_COMPARED_WORDS:]) == 0


def test_a_word_is_another_form_of_one_word_only():
    assert shared_words("der Mann räumte und räumt", "der Mann und geräumt") == 8 / 9
    assert shared_words("der Mann und räumt es", "der Mann und räum es") == 1, "four letters are enough"
    assert shared_words("der Mann und räumt es", "der Mann und räuspert es") == 0.8, "three are not"
    assert shared_words("und räumte geht", "und geräumt kam") == 1 / 3, "with little in common, it may be chance"
    assert shared_words("es war laut und räumte", "es war still als geräumt") == 0.6, "two of five are enough"
    assert shared_words("", "…") == 0
