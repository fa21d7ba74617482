"""What the archive, on SQLite and PostgreSQL, remembers of a source's lines."""

from dataclasses import replace

from tests.archive_samples import NOW, intent, minutes, watch
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.habits import count_lines, list_habits
from tracker.model.source import Habit, HabitKind, Line, LineCounts

TIP = Line("00000000000000aa", "Do you know more?")
SIGN_UP = Line("00000000000000bb", "Sign up")
HOUSE = Habit(HabitKind.HOUSE, TIP.key, TIP.sample, 4, NOW)
TICKER = Habit(HabitKind.VOLATILE, "00000000000000cc", "12 readers", 1, minutes(3))


def test_nothing_is_known_of_a_source_nobody_has_read(archive: Archive) -> None:
    assert list_habits(archive, "Herald") == []
    assert count_lines(archive, "Herald", [TIP.key]) == LineCounts()


def test_lines_are_counted_once_an_article_and_apart_for_each_source(archive: Archive) -> None:
    for place, source in enumerate(["Herald", "Herald", "Courier"]):
        tracked = watch(archive, f"https://{source}.example/{place}", source=source)
        lines = (TIP, SIGN_UP) if place == 0 else (TIP,)
        commit_check(archive, replace(intent(tracked, 1, minutes(place)), lines=lines))
    counts = count_lines(archive, "Herald", [TIP.key, SIGN_UP.key, "00000000000000ff"])
    assert counts.articles == 2
    assert dict(counts.lines) == {TIP.key: 2, SIGN_UP.key: 1}
    assert count_lines(archive, "Courier", [TIP.key]) == LineCounts(1, ((TIP.key, 1),))
    assert count_lines(archive, "Herald", ["00000000000000ff"]) == LineCounts(), "nothing to compare with"


def test_what_was_learned_stays_as_it_was_learned(archive: Archive) -> None:
    tracked = watch(archive)
    commit_check(archive, replace(intent(tracked, 1, minutes(1)), habits=(HOUSE,)))
    later = replace(HOUSE, articles=9, learned_at=minutes(5))
    fresh = get_article(archive, tracked.id)
    commit_check(archive, replace(intent(fresh, 2, minutes(2)), habits=(later, TICKER)))
    assert list_habits(archive, "Herald") == [HOUSE, TICKER]
    assert list_habits(archive, "Courier") == []


def test_a_refused_decision_teaches_nothing(archive: Archive) -> None:
    tracked = watch(archive)
    refused = replace(intent(tracked, 1, minutes(1)), expected_versions=7, lines=(TIP,), habits=(HOUSE,))
    assert commit_check(archive, refused).stale
    assert list_habits(archive, "Herald") == []
    assert count_lines(archive, "Herald", [TIP.key]) == LineCounts()
