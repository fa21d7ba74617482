from datetime import UTC, datetime, timedelta

from tracker.model.source import Storm

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_a_storm_holds_from_its_beginning_until_its_end():
    storm = Storm("s", NOW, NOW + timedelta(hours=1), 30, 30)
    minutes = (-1, 0, 59, 60)
    assert [storm.holds(NOW + timedelta(minutes=each)) for each in minutes] == [False, True, True, False]
