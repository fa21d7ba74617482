from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.archive_samples import NOW, grow, minutes, watch
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article
from tracker.archive.stories import (
    StoryCounts,
    count_stories,
    first_story_names,
    get_decided_story_book,
    get_story_book,
    get_story_book_of,
    list_copies,
    list_decisions,
    list_homes,
    list_postings,
    newest_story_articles,
    newest_versions,
    recent_versions,
    save_decision,
    save_readings,
)
from tracker.archive.versions import unread_versions
from tracker.errors import NotKnown
from tracker.model.source import Target
from tracker.model.story import CopyPair, Decision, Home, StoryDecisionKind, StoryPostings, StoryReading
from tracker.model.watch import WatchedArticle

TOP, LOW = -(2**63), 7


def kept(archive: Archive, place: int, versions: int = 1) -> WatchedArticle:
    tracked = watch(archive, f"https://{place}.example/news/flood")
    grow(archive, tracked, versions)
    return tracked


def reading(tracked: WatchedArticle, n: int = 1, **fields: object) -> StoryReading:
    return replace(StoryReading(tracked.id, n, minutes(9)), **fields)  # type: ignore[arg-type]


def test_a_version_is_unread_until_its_reading_is_kept(archive: Archive) -> None:
    one, other = kept(archive, 1, versions=2), kept(archive, 2)
    assert [(each.article, each.n) for each in unread_versions(archive)] == [(one.id, 1), (one.id, 2), (other.id, 1)]
    assert [each.n for each in unread_versions(archive, 1)] == [1]
    assert save_readings(archive, [reading(one)])
    assert [(each.article, each.n) for each in unread_versions(archive)] == [(one.id, 2), (other.id, 1)]


def test_a_reading_is_kept_once(archive: Archive) -> None:
    tracked = kept(archive, 1)
    assert save_readings(archive, [reading(tracked, marks=(LOW,), size=1)])
    again = reading(tracked, marks=(TOP,), size=1, homes=(Home(tracked.id, "elsewhere"),))
    assert not save_readings(archive, [again])
    assert list_homes(archive, [tracked.id]) == [Home(tracked.id, tracked.id)]
    assert list_postings(archive, [LOW, TOP]) == StoryPostings({LOW: [tracked.id]}, {tracked.id: 1})


def test_readings_and_decisions_on_what_is_not_there_are_refused_whole(archive: Archive) -> None:
    tracked = kept(archive, 1)
    with pytest.raises(NotKnown):
        save_readings(archive, [reading(tracked, 9)])
    assert list_homes(archive, [tracked.id]) == []
    said = Decision(StoryDecisionKind.PIN, "Flood", ("0" * 12,), at=minutes(1))
    with pytest.raises(NotKnown):
        save_decision(archive, said, joins=[("0" * 12, "Flood")])
    assert list_decisions(archive) == []


def test_marks_of_64_bits_come_back_with_the_smallest_signature(archive: Archive) -> None:
    one, other = kept(archive, 1, versions=2), kept(archive, 2)
    save_readings(archive, [reading(one, 1, marks=(TOP, LOW), size=40)])
    save_readings(archive, [reading(one, 2, marks=(TOP,), size=12)])
    save_readings(archive, [reading(other, 1, marks=(LOW,), size=9)])
    found = list_postings(archive, [LOW, TOP, 5])
    assert {mark: set(each) for mark, each in found.articles.items()} == {LOW: {one.id, other.id}, TOP: {one.id}}
    assert found.least == {one.id: 12, other.id: 9}
    assert list_postings(archive, []) == StoryPostings()


def test_an_article_stays_where_it_is_unless_a_reading_says_otherwise(archive: Archive) -> None:
    one, other = kept(archive, 1, versions=3), kept(archive, 2)
    save_readings(archive, [reading(other)])
    save_readings(archive, [reading(one, 1)])
    home = Home(one.id, other.id, 0.25, ("names: Aurelia", "5 h apart"), copy=True)
    save_readings(archive, [reading(one, 2, homes=(home,))])
    save_readings(archive, [reading(one, 3)])
    assert list_homes(archive, [one.id, other.id, "0" * 12]) == [home, Home(other.id, other.id)]
    assert set(get_story_book(archive).homes) == {home, Home(other.id, other.id)}


def test_the_book_leaves_out_who_is_alone(archive: Archive) -> None:
    one, other = kept(archive, 1), kept(archive, 2)
    save_readings(archive, [reading(one)])
    save_readings(archive, [reading(other)])
    assert get_story_book(archive).homes == ()


def test_copies_are_found_from_either_side_and_the_newer_finding_stands(archive: Archive) -> None:
    one, other = sorted((kept(archive, 1, versions=2), kept(archive, 2)), key=lambda each: each.id)
    pair = CopyPair(one.id, other.id, 0.9, "90 %")
    save_readings(archive, [reading(one, copies=(pair,))])
    assert list_copies(archive, [one.id]) == list_copies(archive, [other.id]) == [pair]
    later = replace(pair, contained=0.5, reason="half")
    save_readings(archive, [reading(other, copies=(later,))])
    assert list_copies(archive, [one.id, other.id]) == [later]
    assert list_copies(archive, []) == []


def test_recent_articles_come_with_their_newest_version(archive: Archive) -> None:
    tracked = kept(archive, 1, versions=2)
    assert recent_versions(archive, NOW, 9) == []
    save_readings(archive, [reading(tracked)])
    assert [(each.article, each.n) for each in recent_versions(archive, NOW, 9)] == [(tracked.id, 2)]
    assert recent_versions(archive, minutes(1), 9) == []
    assert [each.n for each in newest_versions(archive, [tracked.id], 9)[tracked.id]] == [2, 1]
    assert [each.n for each in newest_versions(archive, [tracked.id], 1)[tracked.id]] == [2]
    found = newest_versions(archive, [tracked.id, "unknown"], 1, with_first=True)
    assert [each.n for each in found[tracked.id]] == [2, 1]


def test_decisions_are_added_and_never_lost(open_again: Callable[[], Archive]) -> None:
    archive = open_again()
    tracked = kept(archive, 1)
    first = Decision(StoryDecisionKind.PIN, "Flood", (tracked.id,), at=minutes(1), by="ada")
    second = Decision(StoryDecisionKind.RENAME, "Flood", (), "The flood", at=minutes(2), by="ada")
    save_decision(archive, first, joins=[(tracked.id, "Flood")])
    save_decision(archive, second)
    assert list_decisions(open_again()) == [first, second]
    book = get_story_book(open_again())
    assert book.decisions == (first, second)
    assert book.named == ((tracked.id, "Flood"),)
    assert get_article(archive, tracked.id).stories == ("Flood",)


def test_what_a_person_took_out_no_configuration_and_no_machine_brings_back(archive: Archive) -> None:
    tracked = kept(archive, 1)
    add_targets(archive, "Herald", [Target(tracked.url)], NOW, ["Flood"])
    out = Decision(StoryDecisionKind.REJECT, "Flood", (tracked.id,), at=minutes(1))
    save_decision(archive, out, leaves=[(tracked.id, "Flood")])
    assert get_article(archive, tracked.id).stories == ()
    add_targets(archive, "Herald", [Target(tracked.url)], NOW, ["Flood", "Rain"])
    save_readings(archive, [reading(tracked, joins=("Flood",))])
    assert get_article(archive, tracked.id).stories == ("Rain",)
    save_decision(
        archive,
        Decision(StoryDecisionKind.ACCEPT, "Flood", (tracked.id,), at=minutes(2)),
        joins=[(tracked.id, "Flood")],
    )
    assert set(get_article(archive, tracked.id).stories) == {"Rain", "Flood"}


def test_a_copy_joins_the_named_stories_of_its_text(archive: Archive) -> None:
    tracked = kept(archive, 1)
    save_readings(archive, [reading(tracked, joins=("Flood",))])
    assert get_article(archive, tracked.id).stories == ("Flood",)


def test_stories_are_counted_and_their_articles_listed_newest_first(archive: Archive) -> None:
    alone, old, new, other, named = (kept(archive, place, versions) for place, versions in enumerate((1, 1, 3, 2, 4)))
    waiting = watch(archive, "https://9.example/news/flood", stories=("Ferry", "Sea"))
    add_targets(archive, "Herald", [Target(named.url)], NOW, ("Ferry",))
    homes = {alone: alone, old: old, new: old, other: other, named: other}
    save_readings(archive, [reading(each, homes=(Home(each.id, home.id),)) for each, home in homes.items()])
    # The story of the other article is part of the named one, which one of its articles is in.
    assert count_stories(archive) == StoryCounts(memberships=7, stories=3, names_like_ids=())
    newest = newest_story_articles(archive, 9)
    assert [ident for ident, _ in newest] == [each.id for each in (named, new, other, old, waiting)]
    assert [at for _, at in newest] == [minutes(n) for n in (4, 3, 2, 1, 0)]
    assert newest_story_articles(archive, 2) == newest[:2]
    assert newest_story_articles(archive, 2, minutes(2)) == newest[2:4]
    assert newest_story_articles(archive, 9, minutes(0)) == newest[4:]
    assert first_story_names(archive, 1) == ["Ferry"]


def test_a_part_of_the_story_book_follows_homes_names_and_decisions(archive: Archive) -> None:
    old, new, pinned, other, alone = (kept(archive, place) for place in range(5))
    homes = {old: old, new: old, pinned: pinned, other: other, alone: other}
    save_readings(archive, [reading(each, homes=(Home(each.id, home.id),)) for each, home in homes.items()])
    pin = Decision(StoryDecisionKind.PIN, "Ferry", (pinned.id,), at=minutes(1), by="Ada")
    merge = Decision(StoryDecisionKind.MERGE, "Ferry", (), old.id, at=minutes(2), by="Ada")
    rename = Decision(StoryDecisionKind.RENAME, other.id, (), "Ferry", at=minutes(3), by="Ada")
    save_decision(archive, pin, [(pinned.id, "Ferry")])
    for each in (merge, rename):
        save_decision(archive, each)
    found = get_story_book_of(archive, [new.id])
    assert found == get_story_book_of(archive, stories=["Ferry"])
    assert found.homes == (Home(old.id, old.id), Home(new.id, old.id))
    assert (found.named, found.decisions) == (((pinned.id, "Ferry"),), (pin, merge))
    assert get_decided_story_book(archive) == get_story_book(archive)
