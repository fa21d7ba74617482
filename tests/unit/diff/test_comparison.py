import itertools
import operator
import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.articles import article
from tracker.diff.blame import blame, changes_between
from tracker.diff.comparison import compare
from tracker.diff.words import (
    MAX_COMPARED_WORDS,
    Vocabulary,
    shared_words,
    similarity,
    words_of,
)
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind
from tracker.model.change import Change, Op

ONE = "The council met on Monday to discuss the new bridge over the river."
TWO = "Farmers from the valley said the road would cut their fields in two."
THREE = "The vote is planned for the spring, when the report on the cost is due."
FOUR = "A spokeswoman for the builder declined to comment on the price of the steel."


def test_an_empty_text_gains_or_loses_all_its_paragraphs_and_the_same_article_changes_nothing():
    one = article("A first paragraph.", "", "A second one.", title="T", byline=("Ann Lee",))
    change = compare(one, one)
    assert change.is_empty
    assert [b.op for b in change.blocks] == [Op.SAME] * 3
    assert [b.hunks for b in change.blocks] == [(("=", "A first paragraph."),), (), (("=", "A second one."),)]
    for old, new, row in (((), (ONE,), (Op.INSERT, None, 0)), ((ONE,), (), (Op.DELETE, 0, None))):
        assert [(b.op, b.old, b.new) for b in compare(article(*old), article(*new)).blocks] == [row]
    assert compare(article("What we know"), article(Block(BlockKind.SUBHEAD, "What we know"))).is_empty


def test_fields_are_units_of_their_own_and_notices_come_stay_and_go():
    old = article(ONE, title="Council meets", dek="On the bridge", byline=("Ann Lee",))
    new = article(ONE, title="Council votes", dek="On the bridge", byline=("Ann Lee", "Bo Ek"))
    change = compare(old, new)
    assert change.title.hunks == (("=", "Council "), ("-", "meets"), ("+", "votes"))
    assert change.dek.hunks == (("=", "On the bridge"),)
    assert compare(article(ONE), article(ONE)).dek.hunks == ()
    assert change.byline.old == "Ann Lee"
    assert change.byline.new == compare(new, old).byline.old == "Ann Lee, Bo Ek"
    assert all(b.op is Op.SAME for b in change.blocks)
    kept = Notice(NoticeKind.CORRECTION, "Correction: the bridge is new.")
    gone = Notice(NoticeKind.UPDATE, "This is a developing story.")
    added = Notice(NoticeKind.UPDATE, "(Updates with the vote)")
    change = compare(article(ONE, notices=(kept, gone)), article(ONE, notices=(kept, added)))
    assert [(n.text, n.op) for n in change.notices] == [
        (kept.text, Op.SAME),
        (added.text, Op.INSERT),
        (gone.text, Op.DELETE),
    ]


def test_a_headline_counts_where_the_page_shows_it_and_a_text_without_language_follows_the_other():
    old, new = (Article(title=title, heading="Council meets") for title in ("Council meets", "Council votes"))
    assert (compare(old, new).title.old, compare(old, new).title.new) == ("Council meets", "Council votes")
    shown = compare(replace(new, heading="Council sits"), new).title
    assert (shown.old, shown.new) == ("Council sits", "Council meets")
    old, new = article("Er kam am 5. Mai. Er ging.", lang="de"), article("Er kam am 6. Mai. Er ging.")
    assert [s.new_text for s in compare(old, new).blocks[0].sentences] == ["Er kam am 6. Mai.", "Er ging."]


def test_sentences_that_move_are_named_with_their_place_or_their_neighbour():
    change = compare(article(f"{ONE} {TWO}", THREE, FOUR), article(ONE, THREE, f"{FOUR} {TWO}"))
    moved = [s for b in change.blocks for s in b.sentences if s.op is Op.MOVE]
    assert [(s.old_block, s.old, s.new_block, s.new, s.new_text) for s in moved] == [(0, 1, 2, 1, TWO)]
    assert change.words_added == 0
    assert change.moved_words == len(TWO.split())
    short = "He left. It rained."
    for some in (f"{short} {TWO}", f"{TWO} {short}"):
        change = compare(article(f"{ONE} {some}", THREE, FOUR), article(ONE, THREE, f"{FOUR} {some}"))
        texts = {s.new_text for b in change.blocks for s in b.sentences if s.op is Op.MOVE}
        assert texts == {"He left.", "It rained.", TWO}


@pytest.mark.parametrize("swap", [False, True])
def test_a_split_or_merged_paragraph_is_layout_and_no_change(swap):
    sides = article(f"{ONE} {TWO}", THREE), article(ONE, TWO, THREE)
    change = compare(*(sides[::-1] if swap else sides))
    assert change.layout_only
    assert change.is_empty
    assert change.words_added == change.words_removed == 0
    assert not any(s.op in {Op.MOVE, Op.INSERT, Op.DELETE} for b in change.blocks for s in b.sentences)


@pytest.mark.parametrize(
    ("old", "new", "layout"),
    [
        (["One two.", "Three."], ["One  two. Three."], True),
        (["One.", "One. One."], ["One. One.", "One."], True),
        (["On e.", "Two."], ["One.", "Two."], False),
        (["One.", "Two."], ["Two.", "One."], False),
        (["One.", ""], ["One.", "Two."], False),
        (["他来了。他走了。"], ["他来了。", "他走了。"], True),
        (["雨が降った", "「彼は来た」"], ["雨が降った「彼は来た」"], True),
        (["비가 왔다"], ["비가", "왔다"], True),
        (["비가왔다"], ["비가", "왔다"], False),
    ],
)
def test_a_change_is_of_the_layout_alone_where_all_words_are_the_same_in_order(old, new, layout):
    assert compare(article(*old), article(*new)).layout_only is layout


def test_a_split_with_an_edit_is_a_change_and_a_sentence_made_two_is_compared_with_both():
    change = compare(article(f"{ONE} {TWO}"), article(ONE, TWO.replace("two", "three")))
    assert not change.is_empty
    assert [s.op for s in change.blocks[1].sentences] == [Op.EDIT]
    words = [f"word{n}" for n in range(20)]
    first, second = ([f"{letter}{n}" for n in range(17)] for letter in "pq")
    stays = "The bridge over the river has stood there for a hundred and twenty years, as all of the town knows."
    old = f"{stays} {' '.join(words)}."
    new = f"{stays} {' '.join(words[:3] + first)}. So {' '.join(words[10:13] + second)}."
    change = compare(article(old.replace("word0", "Word0")), article(new.replace("word0", "Word0")))
    (block,) = change.blocks
    assert [s.op for s in block.sentences] == [Op.SAME, Op.EDIT, Op.EDIT]


@pytest.mark.parametrize(("words", "hit"), [(2000, False), (2001, True)])
def test_what_exceeds_the_budget_is_one_replacement_and_recorded(words, hit):
    old = "start " + " ".join(f"a{n}" for n in range(words)) + " end"
    new = "start " + " ".join(f"a{n}" for n in range(words, 0, -1)) + " end"
    change = compare(Article(title=old), Article(title=new))
    assert change.budget_hit is hit
    assert [op for op, _ in change.title.hunks] == ["=", "-", "+", "="]


def test_many_sentences_are_compared_by_shared_words_and_nothing_in_common_needs_no_budget():
    old, new = (" ".join(f"{letter}{n}" for n in range(2100)) for letter in "ab")
    change = compare(Article(title=old), Article(title=new))
    assert not change.budget_hit
    assert [op for op, _ in change.title.hunks] == ["-", "+"]
    before = [f"In ward {n} the clerk {'a' * (n % 9 + 4)}{n} counted votes for candidate number{n}." for n in range(60)]
    after = [s.replace("votes", "ballots") for s in before]
    change = compare(article(" ".join(before)), article(" ".join(after)))
    assert {s.op for s in change.blocks[0].sentences} == {Op.EDIT}


def test_blame_names_the_first_version_and_the_edits_and_believes_changes_of_its_texts():
    edited = TWO.replace("two", "three")
    again = edited.replace("fields", "farms")
    origins = blame([article(ONE, TWO), article(ONE, edited), article(THREE, edited, ONE), article(THREE, again, ONE)])
    assert [(o.block, o.text, o.first, o.edits, o.last) for o in origins] == [
        (0, THREE, 2, (), 2),
        (1, again, 0, (1, 3), 3),
        (2, ONE, 0, (), 0),
    ]
    assert blame([]) == ()
    states = [article(ONE, TWO), article(ONE, TWO.replace("two", "three")), article(THREE, ONE)]
    known = [None, compare(states[0], states[1]), compare(states[1], states[2])]
    assert blame(states, known) == blame(states)
    assert all(map(operator.is_, changes_between(states, known), known))
    assert known[1] is not None
    gone = Change(
        blocks=tuple(replace(row, op=Op.INSERT, old=None, hunks=(("+", ONE),)) for row in known[1].blocks[:1])
    )
    assert blame(states, [None, gone, known[1]]) == blame(states)
    assert blame(states, [None, compare(states[0], states[2]), known[2]]) == blame(states), "of another text"


def test_codes_skip_the_surrogates_and_texts_with_too_many_words_are_compared_by_blocks():
    old, new = (" ".join(f"{n:x}" for n in range(start, start + 600_000)) for start in (0x10000, 0x110000))
    change = compare(article(ONE, old, TWO), article(ONE, new, TWO))
    assert [row.op for row in change.blocks] == [Op.SAME, Op.DELETE, Op.INSERT, Op.SAME]
    assert (change.blocks[1].old_text, change.blocks[2].new_text) == (old, new)
    assert change.budget_hit
    code = Vocabulary().encode(" ".join(map(str, range(0xD800 + 5))))
    assert len(set(code)) == 0xD800 + 5
    assert not any("\ud800" <= c <= "\udfff" for c in code)


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
@example(["1️⃣", "a", "🙂\u200d↔️", "a"], ["1️⃣", "🙂\u200d↔️", "a"])
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


def test_long_runs_are_as_alike_as_their_beginnings_and_a_word_is_a_form_of_one_only():
    one, other = ("ab" * MAX_COMPARED_WORDS, "ab" * (MAX_COMPARED_WORDS // 2) + "c" * MAX_COMPARED_WORDS)
    assert similarity(one, other) == 1
    assert similarity(one, "c" + other) < 1
    assert similarity(one, other[MAX_COMPARED_WORDS:]) == 0
    assert shared_words("der Mann räumte und räumt", "der Mann und geräumt") == 8 / 9
    assert shared_words("der Mann und räumt es", "der Mann und räum es") == 1, "four letters are enough"
    assert shared_words("der Mann und räumt es", "der Mann und räuspert es") == 0.8, "three are not"
    assert shared_words("und räumte geht", "und geräumt kam") == 1 / 3, "with little in common, it may be chance"
    assert shared_words("es war laut und räumte", "es war still als geräumt") == 0.6, "two of five are enough"
    assert shared_words("", "…") == 0
