from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.stories import CopyIndex, copies_of, groups, signature
from tracker.stories.alignment import overlap
from tracker.stories.copies import CROWD
from tracker.stories.words import text_of

from .samples import OTHER, WIRE, article, corrected

if TYPE_CHECKING:
    from tracker.model import Article

ORIGIN = article(WIRE)
PROMO = "Read more: How safe are the ferries of Norland?"
BOILERPLATE = "The Holm Courier is an independent newspaper. Sign up for our newsletter. © 2026 Holm Courier."


def found(content: Article, *, known: Article = ORIGIN) -> list[str]:
    index = CopyIndex()
    index.add("wire", signature(known))
    return [link.first for link in copies_of("zz", content, index, lambda _: [known])]


@pytest.mark.parametrize(
    "paragraphs",
    [
        WIRE,
        WIRE[:3],
        corrected(),
        WIRE[:2] + WIRE[3:],
        (PROMO, *WIRE[:4], PROMO, *WIRE[4:], BOILERPLATE),
        (WIRE[0].replace("SANDVIK (AP) — ", "(Holm Courier) — "), *WIRE[1:]),
        (" ".join(WIRE[:4]), " ".join(WIRE[4:])),
        tuple(text.replace("said", "stated").replace("Wednesday", "on Wednesday") for text in WIRE),
        ("Our town lost two of its own on the ferry, the mayor told the Courier last night.", *WIRE),
    ],
    ids="same cut corrected paragraph-gone promos dateline merged style own-lead".split(),
)
def test_a_copy_is_found_however_it_is_dressed(paragraphs):
    assert found(article(paragraphs, title="Inferno at sea")) == ["wire"]


@pytest.mark.parametrize(
    "paragraphs",
    [
        OTHER,
        (*OTHER, WIRE[2]),
        (*OTHER, *OTHER[::-1], *WIRE[4:6]),
        (WIRE[0],),
        (),
    ],
    ids="other quotes-one follow-up one-paragraph empty".split(),
)
def test_what_is_no_copy_is_not_found(paragraphs):
    assert found(article(paragraphs)) == []


def test_a_form_filled_anew_is_no_copy():
    def report(*figures: str) -> Article:
        return article(
            [
                "The index of the Sandvik exchange rose {} points to close at {} on heavy trading in banks.".format(
                    *figures[:2]
                ),
                "Of the shares on the main board {} gained and {} fell; the currency stood at {} to the dollar.".format(
                    *figures[2:]
                ),
            ]
        )

    monday, tuesday = report("12", "3,456", "17", "31", "8.45"), report("48", "3,504", "29", "19", "8.41")
    assert overlap(text_of(monday), text_of(tuesday)).contained > 0.6
    assert found(tuesday, known=monday) == []


def test_paragraphs_out_of_order_are_no_copy():
    shuffled = list(" ".join(WIRE).split())
    chunks = [shuffled[i : i + 6] for i in range(0, len(shuffled), 6)]
    random.Random(4).shuffle(chunks)
    mixed = article([" ".join(word for chunk in chunks for word in chunk)])
    assert not overlap(text_of(ORIGIN), text_of(mixed)).is_copy


def test_a_copy_of_an_older_version_is_found():
    rewritten = article((*OTHER, *OTHER[:2], WIRE[0]))
    index = CopyIndex()
    assert index.add("wire", signature(ORIGIN))
    assert index.add("wire", signature(rewritten))
    assert not index.add("wire", signature(ORIGIN))
    links = copies_of("copy", article(WIRE[:5]), index, lambda _: [ORIGIN, rewritten])
    assert [(link.first, link.second) for link in links] == [("copy", "wire")]
    assert "words)" in links[0].found.reason


def test_a_new_top_leaves_it_the_same_text_and_new_text_above_old_background_does_not():
    top = (*OTHER[:2], *OTHER[2:], WIRE[0])
    assert found(article((*top, *WIRE[1:]))) == ["wire"]
    assert found(article((*OTHER, *OTHER, *OTHER, *WIRE[4:7])), known=article(WIRE[4:7])) == []


def test_an_article_that_is_gone_is_passed_over():
    index = CopyIndex()
    index.add("wire", signature(ORIGIN))
    assert copies_of("copy", ORIGIN, index, lambda _: []) == ()


def test_an_index_is_made_again_from_its_rows():
    index = CopyIndex()
    index.add("a", signature(ORIGIN))
    index.add("a", signature(article(OTHER)))
    index.add("b", signature(article(WIRE[:4])))
    again = CopyIndex(index.rows())
    assert list(again.rows()) == list(index.rows())
    assert again.candidates(signature(ORIGIN)) == index.candidates(signature(ORIGIN))
    assert len(again) == 2
    assert "a" in again


def test_a_forgotten_article_is_not_found_and_the_others_are():
    index = CopyIndex()
    for name in "abc":
        index.add(name, signature(ORIGIN))
    index.forget("a")
    index.forget("nobody")
    assert [each.article for each in index.candidates(signature(ORIGIN))] == ["b", "c"]
    index.forget("b")
    index.forget("c")
    assert index.candidates(signature(ORIGIN)) == ()
    assert not len(index)


def test_the_next_of_very_many_copies_is_found():
    index = CopyIndex()
    for n in range(CROWD * 2):
        index.add(f"{n:04}", signature(ORIGIN))
    likely = index.candidates(signature(ORIGIN), exclude=frozenset({"0000"}))
    assert likely
    assert "0000" not in {each.article for each in likely}
    index.forget("0100")
    assert len(index) == CROWD * 2 - 1


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"))))
def test_groups_part_the_articles_and_keep_links_whole(links):
    found_groups = groups(links)
    assert groups(links[::-1]) == found_groups
    assert sorted(a for group in found_groups for a in group) == sorted({a for link in links for a in link})
    assert all(any({a, b} <= group for group in found_groups) for a, b in links)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from([ORIGIN, article(OTHER), article(WIRE[:4])])), max_size=6
    )
)
def test_an_index_that_forgot_an_article_never_knew_it(added):
    index, without = CopyIndex(), CopyIndex()
    for name, content in added:
        index.add(name, signature(content))
        if name != "a":
            without.add(name, signature(content))
    index.forget("a")
    assert list(index.rows()) == list(without.rows())
    assert index.candidates(signature(ORIGIN)) == without.candidates(signature(ORIGIN))


@settings(max_examples=60)
@given(st.integers(3, 8), st.lists(st.integers(0, 7), max_size=3), st.booleans())
def test_an_overlap_is_the_same_from_both_sides(keep, promos, fixed):
    paragraphs = list(corrected() if fixed else WIRE)[:keep]
    for at in promos:
        paragraphs.insert(min(at, len(paragraphs)), PROMO)
    one, other = text_of(ORIGIN), text_of(article(paragraphs))
    assert overlap(one, other).is_copy
    assert overlap(other, one) == overlap(one, other)
