"""Which versions are one edition, and how a list names its copies."""

from dataclasses import replace

from tracker.model.version import Version
from tracker.stories.editions import by_edition, editions, story_events, untaken_corrections
from tracker.stories.propagation import Timeline, propagate
from tracker.views.version import EditionCopy

from .samples import CORRECTION, TOLD_ANEW, WIRE, article, corrected, hours, timeline

FIRST = article(WIRE)
LONGER = article((*WIRE[:3], "Divers searched the harbor until noon and found nobody else.", *WIRE[3:]))
ORIGIN = timeline("wire", (0, FIRST), (2, LONGER), (4, article(corrected(), notices=[CORRECTION])))


def taken(*copies: Timeline, origin: Timeline = ORIGIN) -> dict[str, int]:
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
    versions = listed(ORIGIN, courier, times)
    found = by_edition(versions, editions(ORIGIN, [courier, times]))
    assert [(each.article, each.n, [copy.article for copy in copies]) for each, copies in found] == [
        ("wire", 3, []),
        ("wire", 2, ["times", "courier"]),
        ("wire", 1, ["courier"]),
    ]
    copy = found[1][1][0]
    assert copy == EditionCopy("times", 1, "times", "https://times.test/ferry", 15 * 60)
    courier, times = timeline("courier", (1, FIRST)), timeline("times", (0.5, FIRST))
    found = by_edition(listed(courier, times), editions(ORIGIN, [courier, times]))
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
