"""What every Store remembers of a source's lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.archive_samples import NOW, intent, minutes, watch
from tracker.model import Habit, HabitKind, Line, LineCounts

if TYPE_CHECKING:
    from tracker.ports import Store

TIP = Line("00000000000000aa", "Do you know more?")
SIGN_UP = Line("00000000000000bb", "Sign up")
HOUSE = Habit(HabitKind.HOUSE, TIP.key, TIP.sample, 4, NOW)
TICKER = Habit(HabitKind.VOLATILE, "00000000000000cc", "12 readers", 1, minutes(3))


def test_nothing_is_known_of_a_source_nobody_has_read(store: Store) -> None:
    assert store.habits("Herald") == []
    assert store.line_counts("Herald", [TIP.key]) == LineCounts()


def test_lines_are_counted_once_an_article_and_apart_for_each_source(store: Store) -> None:
    for place, source in enumerate(["Herald", "Herald", "Courier"]):
        tracked = watch(store, f"https://{source}.example/{place}", source=source)
        lines = (TIP, SIGN_UP) if place == 0 else (TIP,)
        store.commit(replace(intent(tracked, 1, minutes(place)), lines=lines))
    counts = store.line_counts("Herald", [TIP.key, SIGN_UP.key, "00000000000000ff"])
    assert counts.articles == 2
    assert dict(counts.lines) == {TIP.key: 2, SIGN_UP.key: 1}
    assert store.line_counts("Courier", [TIP.key]) == LineCounts(1, ((TIP.key, 1),))
    assert store.line_counts("Herald", []) == LineCounts(2)


def test_what_was_learned_stays_as_it_was_learned(store: Store) -> None:
    tracked = watch(store)
    store.commit(replace(intent(tracked, 1, minutes(1)), habits=(HOUSE,)))
    later = replace(HOUSE, articles=9, learned_at=minutes(5))
    fresh = store.article(tracked.id)
    store.commit(replace(intent(fresh, 2, minutes(2)), habits=(later, TICKER)))
    assert store.habits("Herald") == [HOUSE, TICKER]
    assert store.habits("Courier") == []


def test_a_refused_decision_teaches_nothing(store: Store) -> None:
    tracked = watch(store)
    refused = replace(intent(tracked, 1, minutes(1)), expected_versions=7, lines=(TIP,), habits=(HOUSE,))
    assert store.commit(refused).stale
    assert store.habits("Herald") == []
    assert store.line_counts("Herald", [TIP.key]) == LineCounts()


def test_what_a_page_is_held_against_comes_in_one_answer(store: Store) -> None:
    tracked = watch(store)
    assert store.standing(tracked.id, "Herald") == (None, [])
    store.commit(replace(intent(tracked, 1, minutes(1)), habits=(HOUSE,)))
    store.commit(intent(store.article(tracked.id), 2, minutes(2)))
    assert store.standing(tracked.id, "Herald") == (store.latest(tracked.id), [HOUSE])
    assert store.standing(tracked.id, "Courier") == (store.latest(tracked.id), [])
