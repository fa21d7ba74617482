"""The time line of a story, and the corrections that copies never printed."""

from tracker.stories.editions import story_events, untaken_corrections
from tracker.stories.propagation import propagate

from .samples import CORRECTION, TOLD_ANEW, WIRE, article, corrected, hours, timeline

FIRST, FIXED = article(WIRE), article(corrected(), notices=[CORRECTION])
AGENCY = timeline("agency", (0, FIRST), (2, FIXED), last_seen=9)
COURIER = timeline("courier", (0.5, FIRST), (3, FIXED), last_seen=9)
HERALD = timeline("herald", (1, FIRST), last_seen=9)
OWN = timeline("own", (1, article(TOLD_ANEW)), last_seen=9)
ALL = [AGENCY, COURIER, HERALD, OWN]
COPIES = {"courier": "agency", "herald": "agency"}


def test_copies_are_named_with_their_edition_and_those_without_it_too():
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


def test_a_copy_that_was_not_seen_since_is_not_said_to_lack_an_edition():
    herald = timeline("herald", (1, FIRST), last_seen=1.5)
    timelines = [AGENCY, herald]
    copies = {"herald": "agency"}
    events = story_events(timelines, copies, propagate("s", "Ferry", timelines, copies).places)
    assert [each.lacking for each in events] == [(), ()]


def test_a_correction_names_the_copies_that_never_printed_it():
    late = timeline("late", (1, FIRST), (3, article(corrected())), last_seen=9)
    timelines = [AGENCY, COURIER, HERALD, late]
    places = propagate("s", "Ferry", timelines, COPIES | {"late": "agency"}).places
    (found,) = untaken_corrections(places)
    assert (found.article, found.version, found.kind, found.since) == ("agency", 2, "correction", hours(2))
    assert [(place.article, taken) for place, taken in found.copies] == [("herald", False), ("late", True)]
    assert untaken_corrections(propagate("s", "Ferry", [AGENCY, COURIER], {"courier": "agency"}).places) == ()
