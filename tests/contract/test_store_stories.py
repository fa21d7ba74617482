"""What every Store remembers of stories."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.archive_samples import NOW, grow, minutes, watch
from tracker.errors import NotKnown
from tracker.model import CopyPair, Decision, Home, StoryDecisionKind, StoryPosting, StoryReading, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.model import Tracked
    from tracker.ports import Store

TOP, LOW = 2**64 - 1, 7


def kept(store: Store, place: int, versions: int = 1) -> Tracked:
    tracked = watch(store, f"https://{place}.example/news/flood")
    grow(store, tracked, versions)
    return tracked


def reading(tracked: Tracked, n: int = 1, **fields: object) -> StoryReading:
    return replace(StoryReading(tracked.id, n, minutes(9)), **fields)  # type: ignore[arg-type]


def test_a_version_is_unread_until_its_reading_is_kept(store: Store) -> None:
    one, other = kept(store, 1, versions=2), kept(store, 2)
    assert [(each.article, each.n) for each in store.story_unread()] == [(one.id, 1), (one.id, 2), (other.id, 1)]
    assert [each.n for each in store.story_unread(1)] == [1]
    assert store.keep_story(reading(one))
    assert [(each.article, each.n) for each in store.story_unread()] == [(one.id, 2), (other.id, 1)]


def test_a_reading_is_kept_once(store: Store) -> None:
    tracked = kept(store, 1)
    assert store.keep_story(reading(tracked, marks=(LOW,), size=1))
    again = reading(tracked, marks=(TOP,), size=1, home=Home(tracked.id, "elsewhere"))
    assert not store.keep_story(again)
    assert store.story_homes([tracked.id]) == [Home(tracked.id, tracked.id)]
    assert store.story_postings([LOW, TOP]) == [StoryPosting(LOW, tracked.id, 1)]


def test_a_reading_of_what_is_not_there_is_refused(store: Store) -> None:
    tracked = kept(store, 1)
    with pytest.raises(NotKnown):
        store.keep_story(reading(tracked, 9))
    assert store.story_homes([tracked.id]) == []


def test_marks_of_64_bits_come_back_with_the_smallest_signature(store: Store) -> None:
    one, other = kept(store, 1, versions=2), kept(store, 2)
    store.keep_story(reading(one, 1, marks=(TOP, LOW), size=40))
    store.keep_story(reading(one, 2, marks=(TOP,), size=12))
    store.keep_story(reading(other, 1, marks=(LOW,), size=9))
    found = sorted(store.story_postings([LOW, TOP, 5]), key=lambda each: (each.mark, each.least))
    assert found == [StoryPosting(LOW, other.id, 9), StoryPosting(LOW, one.id, 12), StoryPosting(TOP, one.id, 12)]
    assert store.story_postings([]) == []


def test_an_article_stays_where_it_is_unless_a_reading_says_otherwise(store: Store) -> None:
    one, other = kept(store, 1, versions=3), kept(store, 2)
    store.keep_story(reading(other))
    store.keep_story(reading(one, 1))
    home = Home(one.id, other.id, 0.25, ("names: Aurelia", "5 h apart"), copy=True)
    store.keep_story(reading(one, 2, home=home))
    store.keep_story(reading(one, 3))
    assert store.story_homes([one.id, other.id, "0" * 12]) == [home, Home(other.id, other.id)]
    assert set(store.story_book().homes) == {home, Home(other.id, other.id)}


def test_the_book_leaves_out_who_is_alone(store: Store) -> None:
    one, other = kept(store, 1), kept(store, 2)
    store.keep_story(reading(one))
    store.keep_story(reading(other))
    assert store.story_book().homes == ()


def test_copies_are_found_from_either_side_and_the_newer_finding_stands(store: Store) -> None:
    one, other = sorted((kept(store, 1, versions=2), kept(store, 2)), key=lambda each: each.id)
    pair = CopyPair(one.id, other.id, 0.9, "90 %")
    store.keep_story(reading(one, copies=(pair,)))
    assert store.story_copies([one.id]) == store.story_copies([other.id]) == [pair]
    later = replace(pair, contained=0.5, reason="half")
    store.keep_story(reading(other, copies=(later,)))
    assert store.story_copies([one.id, other.id]) == [later]
    assert store.story_copies([]) == []


def test_recent_articles_come_with_their_newest_version(store: Store) -> None:
    tracked = kept(store, 1, versions=2)
    assert store.story_recent(NOW, 9) == []
    store.keep_story(reading(tracked))
    assert [(each.article, each.n) for each in store.story_recent(NOW, 9)] == [(tracked.id, 2)]
    assert store.story_recent(minutes(1), 9) == []
    assert [each.n for each in store.story_versions(tracked.id, 9)] == [2, 1]
    assert [each.n for each in store.story_versions(tracked.id, 1)] == [2]


def test_decisions_are_added_and_never_lost(make_store: Callable[[], Store]) -> None:
    store = make_store()
    tracked = kept(store, 1)
    first = Decision(StoryDecisionKind.PIN, "Flood", (tracked.id,), at=minutes(1), by="ada")
    second = Decision(StoryDecisionKind.RENAME, "Flood", (), "The flood", at=minutes(2), by="ada")
    store.decide_story(first, joins=[(tracked.id, "Flood")])
    store.decide_story(second)
    assert make_store().story_decisions() == [first, second]
    book = make_store().story_book()
    assert book.decisions == (first, second)
    assert book.named == ((tracked.id, "Flood"),)
    assert store.article(tracked.id).stories == ("Flood",)


def test_what_a_person_took_out_no_configuration_and_no_machine_brings_back(store: Store) -> None:
    tracked = kept(store, 1)
    store.add_targets("Herald", [Target(tracked.url)], NOW, ["Flood"])
    out = Decision(StoryDecisionKind.REJECT, "Flood", (tracked.id,), at=minutes(1))
    store.decide_story(out, leaves=[(tracked.id, "Flood")])
    assert store.article(tracked.id).stories == ()
    store.add_targets("Herald", [Target(tracked.url)], NOW, ["Flood", "Rain"])
    store.keep_story(reading(tracked, joins=("Flood",)))
    assert store.article(tracked.id).stories == ("Rain",)
    store.decide_story(
        Decision(StoryDecisionKind.ACCEPT, "Flood", (tracked.id,), at=minutes(2)), joins=[(tracked.id, "Flood")]
    )
    assert set(store.article(tracked.id).stories) == {"Rain", "Flood"}


def test_a_copy_joins_the_named_stories_of_its_text(store: Store) -> None:
    tracked = kept(store, 1)
    store.keep_story(reading(tracked, joins=("Flood",)))
    assert store.article(tracked.id).stories == ("Flood",)


def test_a_decision_on_what_is_not_there_is_refused_whole(store: Store) -> None:
    said = Decision(StoryDecisionKind.PIN, "Flood", ("0" * 12,), at=minutes(1))
    with pytest.raises(NotKnown):
        store.decide_story(said, joins=[("0" * 12, "Flood")])
    assert store.story_decisions() == []
