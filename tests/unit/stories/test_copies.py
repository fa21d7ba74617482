import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model.article import Article, Block, BlockKind
from tracker.model.story import StoryPostings
from tracker.model.version import Version
from tracker.stories.copies import (
    MIN_SIGNED_WORDS,
    SHINGLE_WORDS,
    WINDOW_SHINGLES,
    candidates,
    confirm_copies,
    copy_groups,
    credited,
    origin_of,
    overlap,
    sign,
)
from tracker.stories.editions import by_edition, editions, story_events, untaken_corrections
from tracker.stories.features import text_of
from tracker.stories.propagation import Timeline, propagate
from tracker.views.version import EditionCopy

from .samples import CORRECTION, OTHER, TOLD_ANEW, WIRE, article, corrected, hours, timeline

ORIGIN = article(WIRE)
PROMO = "Read more: How safe are the ferries of Norland?"
BOILERPLATE = "The Holm Courier is an independent newspaper. Sign up for our newsletter. © 2026 Holm Courier."


def found(content: Article, *known: Article) -> list[str]:
    """Return what copies of *content* are found where the archive holds an article with the versions *known*."""
    held = known or (ORIGIN,)
    marks = {mark for each in held for mark in sign(text_of(each))}
    least = min(len(sign(text_of(each))) for each in held)
    postings = StoryPostings({mark: ["wire"] for mark in marks}, {"wire": least})
    likely = candidates("zz", sign(text_of(content)), postings)
    texts = {each: [text_of(version) for version in held] for each in likely}
    return [link.first for link in confirm_copies("zz", text_of(content), texts)]


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
        (
            *WIRE[:2],
            "In 2019 and 2022 the port counted 14 and 22 fires; 9 crews with 61 people are on call, 5 at night.",
            *WIRE[2:5],
        ),
        tuple(text.replace("12", "twelve").replace("58", "fifty-eight").replace("340", "some 340") for text in WIRE),
    ],
    ids="same cut corrected paragraph-gone promos dateline merged style own-lead own-figures in-words".split(),
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


ABOUT = (
    "The Holm Courier is an independent newspaper that has served readers in the north since 1921. Our reporters work "
    "without outside influence and follow the code of the press council. If you see an error in one of our texts, "
    "write to the editors, who read every message and correct what was wrong."
)


@pytest.mark.parametrize("place", [1, 2])
def test_two_short_articles_with_one_paragraph_about_the_outlet_are_no_copies(place):
    one, other = [WIRE[0], WIRE[5]], [*OTHER[:2]]
    one.insert(place, ABOUT)
    other.insert(place, ABOUT)
    assert found(article(one), article(other)) == []


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
    assert found(tuesday, monday) == []


def test_forms_in_another_order_with_other_names_are_no_copy():
    frames = (
        "A report of {n} pages, seen by this paper, blames the {who} for what happened at {where}.",
        "About {n} people in {where} were without power on {day}, a spokeswoman for the {who} said.",
        "In {where} {n} signatures were handed to the {who} on {day}, most of them against the plan.",
        "The work at {where} will cost {n} million dollars, more than the {who} had planned for {day}.",
    )

    def filled(seed: int) -> Article:
        dice = random.Random(seed)
        sentences = [
            dice.choice(frames).format(
                n=dice.randrange(10, 900),
                who=dice.choice(("coast guard", "school board", "county court", "rail company", "ferry line")),
                where=dice.choice(("Corley", "Hollin", "Merrow", "Upwell", "Thornton", "Larkhill")),
                day=dice.choice(("Monday", "Tuesday", "Friday", "Sunday")),
            )
            for _ in range(24)
        ]
        return article([" ".join(sentences[at : at + 2]) for at in range(0, 24, 2)])

    texts = [text_of(filled(seed)) for seed in range(12)]
    alike = [overlap(one, other) for at, one in enumerate(texts) for other in texts[:at]]
    assert max(each.contained for each in alike) > 0.6, "they share enough words to be copies"
    assert not any(each.is_copy for each in alike)


def test_a_copy_of_an_older_version_is_found_but_none_of_paragraphs_out_of_order():
    shuffled = list(" ".join(WIRE).split())
    chunks = [shuffled[i : i + 6] for i in range(0, len(shuffled), 6)]
    random.Random(4).shuffle(chunks)
    mixed = article([" ".join(word for chunk in chunks for word in chunk)])
    assert not overlap(text_of(ORIGIN), text_of(mixed)).is_copy
    rewritten = article((*OTHER, *OTHER[:2], WIRE[0]))
    assert found(article(WIRE[:5]), ORIGIN, rewritten) == ["wire"]
    (link,) = confirm_copies("copy", text_of(article(WIRE[:5])), {"wire": [text_of(ORIGIN), text_of(rewritten)]})
    assert (link.first, link.second) == ("copy", "wire")
    assert "words)" in link.reason


def test_a_new_top_leaves_it_the_same_text_and_new_text_above_old_background_does_not():
    top = (*OTHER[:2], *OTHER[2:], WIRE[0])
    assert found(article((*top, *WIRE[1:]))) == ["wire"]
    assert found(article((*OTHER, *OTHER, *OTHER, *WIRE[4:7])), article(WIRE[4:7])) == []


def test_a_text_that_many_print_is_aligned_with_a_few_of_them():
    printed = {f"outlet{n}": [text_of(ORIGIN)] for n in range(8)}
    links = confirm_copies("copy", text_of(ORIGIN), {"other": [text_of(article(OTHER))], **printed})
    assert [link.second for link in links] == ["outlet0", "outlet1"]


def test_an_article_without_versions_and_the_article_itself_are_no_copies():
    assert confirm_copies("copy", text_of(ORIGIN), {"wire": []}) == ()
    postings = StoryPostings({mark: ["wire"] for mark in sign(text_of(ORIGIN))}, {"wire": 9})
    assert candidates("wire", sign(text_of(ORIGIN)), postings) == ()


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"))))
def test_groups_part_the_articles_and_keep_links_whole(links):
    found_groups = copy_groups(links)
    assert copy_groups(links[::-1]) == found_groups
    assert sorted(a for group in found_groups for a in group) == sorted({a for link in links for a in link})
    assert all(any({a, b} <= group for group in found_groups) for a, b in links)


@given(st.integers(3, 8), st.lists(st.integers(0, 7), max_size=3), st.booleans())
def test_an_overlap_is_the_same_from_both_sides(keep, promos, fixed):
    paragraphs = list(corrected() if fixed else WIRE)[:keep]
    for at in promos:
        paragraphs.insert(min(at, len(paragraphs)), PROMO)
    one, other = text_of(ORIGIN), text_of(article(paragraphs))
    assert overlap(one, other).is_copy
    assert overlap(other, one) == overlap(one, other)


SHINGLED = st.lists(st.integers(0, 400).map(str), max_size=120).map(tuple)


def test_a_short_text_has_no_marks_and_signatures_are_the_same_on_every_machine():
    signed = sign(tuple(f"w{i}" for i in range(30)))
    assert signed == (0x073E1A6682FE715C, 0x07852BDDAA2AAB23, 0x086750987CA80993)
    assert sign(("word",) * (MIN_SIGNED_WORDS - 1)) == ()
    assert sign(tuple("日本語の短い文章が二十四文字以上あるときだけ印がつくのです")) == (0x209C3AFB520F0126,)


@given(
    SHINGLED,
    SHINGLED,
    SHINGLED,
    SHINGLED,
    st.lists(st.integers(1000, 9999).map(str), min_size=SHINGLE_WORDS + WINDOW_SHINGLES - 1, max_size=40),
)
def test_twenty_words_in_common_give_a_mark_in_common(a, b, c, d, passage):
    one, other = sign((*a, *passage, *b)), sign((*c, *passage, *d))
    if len(a + b) + len(passage) >= MIN_SIGNED_WORDS <= len(c + d) + len(passage):
        assert set(one) & set(other)


PLAIN = article(["A ferry burned off Sandvik.", *WIRE[1:]])


@pytest.mark.parametrize(
    ("content", "agency"),
    [
        (article(WIRE), "AP"),
        (article(["(Bloomberg) -- A ferry burned."]), "Bloomberg"),
        (article(["The ferry burned.", "©2023 Bloomberg L.P."]), "Bloomberg"),
        (article(["It burned.", "Copyright 2026 The Associated Press. All rights reserved."]), "Associated Press"),
        (article(["It burned."], byline=("Ida Holm, Reuters",)), "Reuters"),
        (article(["It burned."], byline=("The Canadian Press",)), "The Canadian Press"),
        (PLAIN, ""),
        (Article(blocks=(Block(BlockKind.CREDIT, "Copyright dpa"),)), "dpa"),
    ],
)
def test_an_agency_is_read_from_dateline_byline_or_copyright(content, agency):
    assert credited(content) == agency


def printed(name: str, host: str, at: float, content: Article):
    return timeline(name, (at, content), url=f"https://{host}/ferry")


def test_the_agency_comes_first_and_who_credits_nobody_may_have_stripped_the_credit():
    claims = [printed("a", "courier.test", 0, article(WIRE)), printed("b", "www.apnews.com", 5, PLAIN)]
    assert origin_of(claims) == "b"
    claims = [printed("a", "courier.test", 0, article(WIRE)), printed("b", "ledger.test", 5, PLAIN)]
    assert origin_of(claims) == "a"
    assert origin_of([claims[0], printed("c", "post.test", -1, PLAIN)]) == "c"


def test_the_earliest_comes_first_by_its_own_date_where_it_has_one():
    dated = article(WIRE, published=hours(-3))
    claims = [printed("a", "courier.test", 0, article(WIRE)), printed("b", "ledger.test", 5, dated)]
    assert origin_of(claims) == "b"
    later = article(WIRE, published=hours(9))
    assert origin_of([claims[0], printed("c", "post.test", 1, later)]) == "a"


FIRST = article(WIRE)
LONGER = article((*WIRE[:3], "Divers searched the harbor until noon and found nobody else.", *WIRE[3:]))
EDITION_ORIGIN = timeline("wire", (0, FIRST), (2, LONGER), (4, article(corrected(), notices=[CORRECTION])))


def taken(*copies: Timeline, origin: Timeline = EDITION_ORIGIN) -> dict[str, int]:
    found = editions(origin, copies)
    return {f"{name}{n}": edition for (name, n), (_, edition) in found.items() if name != origin.article}


def listed(*timelines: Timeline) -> list[Version]:
    versions = [version for each in timelines for version in each.versions]
    sourced = [replace(each, source=each.article) for each in versions]
    return sorted(sourced, key=lambda each: each.seen, reverse=True)


def test_a_copy_takes_each_edition_over_and_its_own_edits_take_none():
    assert taken(timeline("courier", (1, FIRST), (3, LONGER))) == {"courier1": 1, "courier2": 2}
    assert taken(timeline("courier", (3, LONGER))) == {"courier1": 2}
    own = article((*WIRE, "Our reporter saw the smoke from the harbor."))
    assert taken(timeline("courier", (1, FIRST), (1.5, own))) == {"courier1": 1}
    with_own = article((*LONGER.text.split("\n\n"), "Our reporter saw the smoke from the harbor."))
    assert taken(timeline("courier", (1, FIRST), (3, with_own))) == {"courier1": 1}
    other_figure = article(tuple(text.replace("340", "360") for text in LONGER.text.split("\n\n")))
    assert taken(timeline("courier", (1, FIRST), (3, other_figure))) == {"courier1": 1}
    origin = timeline("wire", (0, FIRST), (2, replace(FIRST, notices=(CORRECTION,))))
    titled = timeline("courier", (1, FIRST), (3, replace(FIRST, title="Twelve die at sea")))
    noted = timeline("times", (1, FIRST), (3, replace(FIRST, notices=(CORRECTION,))))
    assert taken(titled, noted, origin=origin) == {"courier1": 1, "times1": 1, "times2": 2}


def test_a_copy_that_was_cut_runs_what_it_could_have_taken():
    origin = timeline("wire", (0, FIRST), (2, article((*WIRE, "A memorial is planned for Sunday in the church."))))
    cut = article(WIRE[:5])
    assert taken(timeline("courier", (1, cut)), timeline("times", (3, cut)), origin=origin) == {
        "courier1": 1,
        "times1": 2,
    }


def test_a_list_names_the_copies_with_their_edition_or_with_the_first_of_them():
    courier, times = timeline("courier", (1, FIRST), (2.5, LONGER)), timeline("times", (2.25, LONGER))
    versions = listed(EDITION_ORIGIN, courier, times)
    found = by_edition(versions, editions(EDITION_ORIGIN, [courier, times]))
    assert [(each.article, each.n, [copy.article for copy in copies]) for each, copies in found] == [
        ("wire", 3, []),
        ("wire", 2, ["times", "courier"]),
        ("wire", 1, ["courier"]),
    ]
    copy = found[1][1][0]
    assert copy == EditionCopy("times", 1, "times", "https://times.test/ferry", 15 * 60)
    courier, times = timeline("courier", (1, FIRST)), timeline("times", (0.5, FIRST))
    found = by_edition(listed(courier, times), editions(EDITION_ORIGIN, [courier, times]))
    assert [(each.article, [copy.article for copy in copies]) for each, copies in found] == [("times", ["courier"])]


BEFORE, FIXED = article(WIRE), article(corrected(), notices=[CORRECTION])
AGENCY = timeline("agency", (0, BEFORE), (2, FIXED), last_seen=9)
TAKER = timeline("courier", (0.5, BEFORE), (3, FIXED), last_seen=9)
HERALD = timeline("herald", (1, BEFORE), last_seen=9)
OWN = timeline("own", (1, article(TOLD_ANEW)), last_seen=9)
ALL = [AGENCY, TAKER, HERALD, OWN]
COPIES = {"courier": "agency", "herald": "agency"}


def test_copies_are_named_with_their_edition_and_not_said_to_lack_what_was_not_seen():
    places = propagate("s", "Ferry", ALL, COPIES).places
    events = story_events(ALL, COPIES, places)
    assert [
        (each.article, each.version, [copy.article for copy in each.copies], list(each.lacking)) for each in events
    ] == [
        ("agency", 1, ["courier", "herald"], []),
        ("own", 1, [], []),
        ("agency", 2, ["courier"], ["herald"]),
    ]
    assert events[0].as_json()["seen"] == "2026-11-25T06:00:00Z"
    herald = timeline("herald", (1, BEFORE), last_seen=1.5)
    timelines = [AGENCY, herald]
    copies = {"herald": "agency"}
    events = story_events(timelines, copies, propagate("s", "Ferry", timelines, copies).places)
    assert [each.lacking for each in events] == [(), ()]


def test_a_correction_names_the_copies_that_never_printed_it():
    late = timeline("late", (1, BEFORE), (3, article(corrected())), last_seen=9)
    timelines = [AGENCY, TAKER, HERALD, late]
    places = propagate("s", "Ferry", timelines, COPIES | {"late": "agency"}).places
    (found,) = untaken_corrections(places)
    assert (found.article, found.version, found.kind, found.since) == ("agency", 2, "correction", hours(2))
    assert [(place.article, taken) for place, taken in found.copies] == [("herald", False), ("late", True)]
    assert untaken_corrections(propagate("s", "Ferry", [AGENCY, TAKER], {"courier": "agency"}).places) == ()
