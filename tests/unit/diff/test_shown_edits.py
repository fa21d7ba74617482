"""How edits of whole texts are shown: which paragraph became which, and the words removed and added in it.

Each line of `shown_edits.txt` has the language, the old and the new text; paragraphs are apart by "/". Below is what
each paragraph became, with its old and its new place.
"""

import re
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker.diff.align import equal_texts, heaviest_chain
from tracker.diff.comparison import compare
from tracker.model.article import Article
from tracker.model.change import Op

EDITS = Path(__file__).with_name("shown_edits.txt").read_text(encoding="utf-8")
MARKS = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}


@pytest.mark.parametrize("case", re.split(r"\n(?! )", EDITS.strip()))
def test_an_edit_is_shown_with_the_fewest_words_that_read_well(case: str) -> None:
    edit, _, shown = case.partition("\n")
    lang, texts = edit[:2], edit[3:].split(" | ")
    change = compare(*(article(*text.split(" / "), lang=lang) for text in texts))
    lines = [
        f"   {row.op.value} {'·' if row.old is None else row.old} {'·' if row.new is None else row.new} "
        + "".join(MARKS[op].format(text) for op, text in row.hunks)
        for row in change.blocks
    ]
    assert "\n".join(lines) == shown
    assert not change.budget_hit


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Leeds 3 9\nYork 3 6", "Leeds 4 12\nYork 4 6", "Leeds [-3 9-]{+4 12+}\nYork [-3-]{+4+} 6"),
        (
            "- Germany\n- France\n- Spain",
            "- France\n- Germany\n- Spain",
            "{+- France\n+}- Germany\n[-- France\n-]- Spain",
        ),
    ],
    ids=["table", "list"],
)
def test_each_line_is_edited_by_itself(old: str, new: str, shown: str) -> None:
    (row,) = compare(article(old), article(new)).blocks
    assert "".join(MARKS[op].format(text) for op, text in row.hunks) == shown


@pytest.mark.parametrize(
    ("run", "joined"),
    [("x" * 15, True), ("x" * 16, False), ("a b c d e f g h", True), ("a b c d e f g h i", False)],
)
def test_up_to_15_characters_or_8_words_between_longer_changes_go_with_them(run: str, joined: bool) -> None:
    old, new = (Article(title=f"{side * 9}{run} {side * 9}end") for side in ("dry ", "wet "))
    hunks = compare(old, new).title.hunks
    assert len([text for op, text in hunks if op == "+"]) == (1 if joined else 2)


CANDIDATES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 9).map(float)),
    max_size=12,
    unique_by=lambda c: c[:2],
)


@given(CANDIDATES)
def test_no_chain_of_pairs_is_heavier_than_the_one_taken(candidates: list[tuple[int, int, float]]) -> None:
    chain = heaviest_chain(candidates)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(chain))
    assert set(chain) <= set(candidates)
    best: dict[tuple[int, int, float], float] = {}
    for pair in sorted(candidates):
        before = [weight for (i, j, _), weight in best.items() if i < pair[0] and j < pair[1]]
        best[pair] = pair[2] + max(before, default=0.0)
    assert sum(weight for _, _, weight in chain) == max(best.values(), default=0.0)


def test_a_short_word_between_changes_is_kept_and_sentences_that_share_little_are_not() -> None:
    assert heaviest_chain([(0, 0, 1.0), (1, 0, 1.0)]) == [(0, 0, 1.0)]
    assert heaviest_chain([(0, 1, 1.0), (1, 0, 1.0)]) == [(1, 0, 1.0)]
    hunks = compare(Article(title="I saw 5"), Article(title="U saw 6")).title.hunks
    assert hunks == (("-", "I"), ("+", "U"), ("=", " saw "), ("-", "5"), ("+", "6"))
    old = "Farmers blocked every northern road before dawn while heavy lorries waited outside towns."
    new = "Teachers painted every classroom wall green before lunch although parents waited beside gates."
    change = compare(article(old, lang="en"), article(new, lang="en"))
    assert [(row.op, [s.op for s in row.sentences]) for row in change.blocks] == [
        (Op.DELETE, [Op.DELETE]),
        (Op.INSERT, [Op.INSERT]),
    ]


TEXTS = st.lists(st.sampled_from("abcd"), max_size=8)


@given(TEXTS, TEXTS)
def test_no_more_texts_are_equal_in_order_than_those_found(old: list[str], new: list[str]) -> None:
    pairs = equal_texts(old, new)
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))
    longest = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, a in enumerate(old):
        for j, b in enumerate(new):
            longest[i + 1][j + 1] = longest[i][j] + 1 if a == b else max(longest[i][j + 1], longest[i + 1][j])
    assert len(pairs) == longest[-1][-1]


def test_many_edited_paragraphs_in_a_row_are_each_paired_with_their_own() -> None:
    def side(count: str) -> Article:
        towns = [f"In Town{n:02} the rangers of district{n:02} saw {count} wolves." for n in range(40)]
        return article(f"They counted for {count} weeks.", "Nobody was paid for the work.", *towns, lang="en")

    change = compare(side("two"), side("nine"))
    assert [(row.op.value, row.old, row.new) for row in change.blocks] == [
        ("same" if n == 1 else "edit", n, n) for n in range(42)
    ]
    assert [row.hunks[1:3] for row in change.blocks[2:]] == [(("-", "two"), ("+", "nine"))] * 40


def test_texts_of_no_valid_unicode_and_of_many_thousand_changes_are_compared() -> None:
    old, new = "A \ud800 mark. It came first. Then it rained.", "A \ud800 mark. It came last. Then it rained."
    (row,) = compare(article(old, lang="en"), article(new, lang="en")).blocks
    assert (row.old_text, row.new_text) == (old, new)
    edited = [(s.old_text, s.new_text) for s in row.sentences if s.op is Op.EDIT]
    assert edited == [("It came first.", "It came last.")]
    sides = (" ".join(f"{x}aa{n} kkk{n} {x}bb{n} the {x}cc{n} zz." for n in range(5000)) for x in "AX")
    started = process_time()
    compare(*map(article, sides))
    # Quadratic work would take some 20 s.
    assert process_time() - started < 7


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("وصل الرئيس، أمس", "وصل الرئيس أمس", ["،"]),
        ("وہ آیا۔ وہ گیا", "وہ آیا؟ وہ گیا", ["۔", "؟"]),
        ("他来了。他走了。", "他来了。他们笑了。他走了。", ["他们笑了。"]),
    ],
)
def test_the_marks_of_other_scripts_end_words_and_sentences(old: str, new: str, changed: list[str]) -> None:
    hunks = compare(Article(title=old), Article(title=new)).title.hunks
    assert [text for op, text in hunks if op != "="] == changed
