import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model.article import Notice, NoticeKind
from tracker.model.story import Decision, OwnEdit, Place, StoryDecisionKind
from tracker.render.json import dumps
from tracker.service.story_timelines import story_view
from tracker.stories.copies import copy_origins
from tracker.stories.current_stories import CurrentDecisions, CurrentStories, current_decisions
from tracker.stories.propagation import StaleCopy, Timeline, propagate, stale_copies

from .samples import CORRECTION, MORNING, OTHER, WIRE, article, corrected, hours, timeline

FIRST = article(WIRE)
SECOND = article((*WIRE[:3], "Divers searched the harbor until noon and found nobody else.", *WIRE[3:]))
THIRD = article(
    corrected((*WIRE[:3], "Divers searched the harbor until noon and found nobody else.", *WIRE[3:])),
    notices=[CORRECTION],
)
NOTHING_DECIDED = CurrentDecisions()
ORIGIN = timeline("wire", (0, FIRST), (2, SECOND), (4, THIRD))


def place(copy: Timeline, origin: Timeline = ORIGIN) -> Place:
    found = propagate("s", "Ferry", [origin, copy], {copy.article: origin.article})
    return next(each for each in found.places if each.article == copy.article)


def test_a_copy_that_keeps_up_is_not_behind_and_a_dateline_is_no_edit():
    found = place(timeline("courier", (1, FIRST), (3, SECOND), (5, THIRD)))
    assert (found.role, found.runs, found.behind, found.behind_since, found.own_edits) == ("copy", 3, 0, None, ())
    assert [run.runs for run in found.history] == [1, 2, 3]
    assert found.missing_notices == ()
    assert not found.cut
    brand = article(("HOLM (Courier) — " + WIRE[0].partition(" — ")[2], *WIRE[1:]), title="Sea of fire")
    assert place(timeline("courier", (1, brand))).own_edits == ()


def test_a_copy_is_behind_since_the_origin_moved_on_it_appeared_or_it_went_back():
    found = place(timeline("courier", (1, FIRST)))
    assert (found.runs, found.behind, found.behind_since) == (1, 2, hours(2))
    assert found.missing_words == 10
    assert found.own_edits == ()
    assert place(timeline("courier", (9, FIRST))).behind_since == hours(9)
    found = place(timeline("courier", (1, FIRST), (3, SECOND), (7, FIRST)))
    assert (found.runs, found.behind_since) == (1, hours(7))
    headline = article(WIRE, title="Ferry burns")
    found = place(timeline("courier", (1, FIRST)), timeline("wire", (0, FIRST), (2, headline)))
    assert (found.runs, found.behind) == (2, 0)


def test_a_cut_copy_is_behind_only_in_what_it_prints():
    longer = article((*WIRE, "The prime minister called off a visit to Holm."))
    origin = timeline("wire", (0, FIRST), (2, longer))
    cut = place(timeline("courier", (1, article(WIRE[:5]))), origin)
    assert (cut.runs, cut.behind, cut.cut) == (2, 0, True)
    whole = place(timeline("courier", (1, FIRST)), origin)
    assert (whole.runs, whole.behind, whole.cut) == (1, 1, False)


def test_own_edits_are_told_apart_from_the_wires():
    own = [
        WIRE[0],
        WIRE[1].replace("shortly before dawn", "at dawn"),
        *WIRE[3:6],
        "Two of the dead were from Holm.",
        *WIRE[6:],
    ]
    found = place(timeline("courier", (1, article(own))))
    assert found.runs == 1
    assert found.own_edits == (
        OwnEdit("edited", WIRE[1], own[1]),
        OwnEdit("added", own="Two of the dead were from Holm."),
        OwnEdit("removed", WIRE[2]),
    )


def test_what_the_wire_had_before_or_brought_later_is_not_the_outlets_own():
    mixed = article((WIRE[0], WIRE[1], *THIRD.text.split("\n\n")[2:]))
    found = place(timeline("courier", (5, mixed)))
    assert found.runs == 2
    assert found.own_edits == ()
    lacking = article(corrected())
    assert place(timeline("courier", (5, lacking))).own_edits == ()


def test_a_correction_is_missing_where_it_was_never_taken_or_taken_in_silence_but_not_without_the_error():
    (notice,) = place(timeline("courier", (1, FIRST))).missing_notices
    assert (notice.kind, notice.version, notice.since, notice.text_taken) == (NoticeKind.CORRECTION, 3, hours(4), False)
    (notice,) = place(timeline("courier", (1, FIRST), (6, article(THIRD.text.split("\n\n"))))).missing_notices
    assert notice.text_taken
    assert place(timeline("courier", (6, article(THIRD.text.split("\n\n"))))).missing_notices == ()
    assert place(timeline("courier", (1, FIRST), (6, article([*corrected(), CORRECTION.text])))).missing_notices == ()


@pytest.mark.parametrize(
    "said",
    [
        [CORRECTION],
        [
            Notice(
                NoticeKind.CORRECTION, "An earlier version of this story gave a wrong count of passengers. It was 320."
            )
        ],
        [
            Notice(
                NoticeKind.CORRECTION, "This story was corrected: fewer passengers were on board, the ferry line says."
            )
        ],
    ],
    ids="same own-figure own-words".split(),
)
def test_a_notice_in_other_words_counts(said):
    assert place(timeline("courier", (1, FIRST), (6, article(corrected(), notices=said)))).missing_notices == ()


@pytest.mark.parametrize(
    "said",
    [
        Notice(NoticeKind.UPDATE, "Updated: The ferry carried 320."),
        Notice(NoticeKind.CORRECTION, "Correction: Mayor Petra Lund was misquoted."),
    ],
    ids="kind subject".split(),
)
def test_another_notice_does_not_count(said):
    assert len(place(timeline("courier", (1, FIRST), (6, article(WIRE, notices=[said])))).missing_notices) == 1


def test_a_notice_reworded_at_the_origin_is_one_notice():
    reworded = Notice(
        NoticeKind.CORRECTION, "Correction: The ferry carried 320 passengers, not 340 as was reported earlier."
    )
    origin = timeline("wire", (0, FIRST), (4, THIRD), (6, article(corrected(), notices=[reworded])))
    assert [each.since for each in place(timeline("courier", (1, FIRST)), origin).missing_notices] == [hours(4)]


def test_roles_are_found_by_credit_and_time():
    wire = timeline("wire", (3, FIRST), (4, SECOND), url="https://apnews.com/ferry")
    early = timeline("courier", (1, article(WIRE[:5])))
    own = timeline("post", (2, article(OTHER)))
    links = [("courier", "wire")]
    assert copy_origins("s", [early, wire, own], links, NOTHING_DECIDED) == {"courier": "wire"}
    found = propagate("s", "Ferry", [early, own, wire], {"courier": "wire"})
    assert [(each.article, each.role) for each in found.places] == [
        ("wire", "origin"),
        ("courier", "copy"),
        ("post", "own"),
    ]


def test_links_to_other_stories_are_passed_over_and_a_copy_of_something_unknown_is_its_own():
    trio = [timeline(name, (n, article(OTHER))) for n, name in enumerate(("a", "b", "c"))]
    assert copy_origins("s", trio, [("a", "b"), ("x", "c")], NOTHING_DECIDED) == {"b": "a"}
    found = propagate("s", "Ferry", [timeline("courier", (1, FIRST))], {"courier": "nobody"})
    assert found.places[0].role == "own"


def test_a_person_decides_whose_text_it_is():
    pieces = [timeline(name, (n, article(OTHER))) for n, name in enumerate(("a", "b", "c"))]
    said = current_decisions(
        [Decision(StoryDecisionKind.ORIGIN, "s", ("c",)), Decision(StoryDecisionKind.OWN, "s", ("a",))]
    )
    links = [("a", "b"), ("b", "c")]
    assert copy_origins("s", pieces, links, said) == {"b": "c"}


STALE = timeline("courier", (1, FIRST), last_seen=12)


def stale(copy: Timeline, *, at: float = 20.0, after: float = 6.0) -> tuple[StaleCopy, ...]:
    return stale_copies(propagate("s", "Ferry", [ORIGIN, copy], {"courier": "wire"}), hours(at), timedelta(hours=after))


def test_a_copy_that_stands_uncorrected_after_its_time_is_stale():
    (found,) = stale(STALE)
    assert (found.article, found.origin, found.hours, found.notice.since) == ("courier", "wire", 8.0, hours(4))
    assert found.key == stale(STALE, at=30)[0].key


@pytest.mark.parametrize(
    "copy",
    [
        timeline("courier", (1, FIRST), last_seen=9),
        timeline("courier", (1, FIRST), last_seen=12, online=False),
        timeline("courier", (1, FIRST), (11, THIRD), last_seen=12),
        timeline("courier", (1, FIRST), (11, article(THIRD.text.split("\n\n"))), last_seen=12),
        timeline("courier", (7, FIRST), last_seen=12),
    ],
    ids="not-seen-since gone taken text-taken young".split(),
)
def test_what_is_not_known_to_be_wrong_is_not_stale(copy):
    assert stale(copy) == ()


def test_a_story_is_written_as_design_says():
    found = propagate("f1", "Ferry", [ORIGIN, STALE], {"courier": "wire"})
    made = json.loads(dumps(story_view(found, CurrentStories({}, current_decisions([]), {}))))
    assert (made["schema"], made["story"], made["title"]) == (1, "f1", "Ferry")
    origin, copy = made["articles"]
    assert (origin["article"], origin["role"], origin["runs"]) == ("wire", "origin", 3)
    assert (copy["role"], copy["runs"], copy["behind"], copy["own_edits"]) == ("copy", 1, 2, 0)
    assert copy["behind_since"].startswith("2026-11-25T08:00:00")
    assert copy["missing_notices"][0]["kind"] == "correction"


@given(st.integers(0, 2), st.integers(3, 8))
def test_a_cut_copy_of_a_version_never_runs_an_older_one(n, keep):
    states = [FIRST, SECOND, THIRD]
    copy = timeline("courier", (5, article([b.text for b in states[n].blocks][:keep])))
    found = place(copy)
    assert found.runs >= n + 1
    assert found.own_edits == ()
    assert found.behind_since is None or found.behind_since >= MORNING
