from itertools import pairwise

import pytest

from tracker.demo.schedule import MIN_EDITION_SECONDS, SimulatedClock, demo_schedule

SEEDS = range(25)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_edition_stays_online_long_enough_to_be_seen(seed: int) -> None:
    schedule = demo_schedule(seed)
    for article in schedule.articles:
        ends = [edition.at for edition in article.editions[1:]] + [article.gone_at or schedule.duration]
        for edition, end in zip(article.editions, ends, strict=True):
            assert end - edition.at >= MIN_EDITION_SECONDS, (article.key, edition.at)


def test_the_same_seed_gives_the_same_schedule_and_another_seed_another() -> None:
    assert demo_schedule(7) == demo_schedule(7)
    assert demo_schedule(7) != demo_schedule(8)


def test_every_edition_differs_from_the_one_before_it() -> None:
    for article in demo_schedule().articles:
        for old, new in pairwise(article.editions):
            words = (old.title, old.dek, old.byline, old.paragraphs, old.notes)
            assert words != (new.title, new.dek, new.byline, new.paragraphs, new.notes), article.key
            assert new.kinds, article.key


def test_the_demo_shows_every_kind_of_edit_that_it_promises() -> None:
    articles = {article.key: article for article in demo_schedule().articles}
    wire = articles["bridge"].editions
    assert len(wire) == 5
    assert wire[-1].notes[0][1].startswith("(Updates with")
    reprint = articles["bridge-reprint"].editions
    assert [e.paragraphs for e in reprint] == [e.paragraphs for e in wire]
    assert all(copy.at > first.at for copy, first in zip(reprint[1:], wire[1:], strict=True))
    moved = articles["storm"].editions
    assert sorted(moved[0].paragraphs) == sorted(moved[1].paragraphs)
    assert moved[0].paragraphs != moved[1].paragraphs
    headline = articles["harbor-plan"].editions
    assert headline[0].paragraphs == headline[1].paragraphs
    assert headline[0].title != headline[1].title
    assert not articles["hospital"].editions[1].notes
    assert articles["budget"].editions[1].notes
    assert articles["aide"].gone_at is not None
    assert len(articles["tides"].editions) == 1
    assert articles["tides"].noisy


def test_the_clock_starts_runs_at_its_speed_stops_and_goes_on() -> None:
    real = [100.0]
    clock = SimulatedClock(2.0, lambda: real[0])
    assert clock.now() == 0
    clock.start()
    real[0] += 3
    clock.start()
    assert clock.now() == 6
    clock.stop()
    real[0] += 50
    clock.stop()
    assert clock.now() == 6
    clock.start()
    real[0] += 1
    assert clock.now() == 8
