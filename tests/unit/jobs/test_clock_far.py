"""A clock that goes by a year at once."""

from datetime import UTC, datetime, timedelta

import pytest

from tracker.jobs.clock import Clock

MOST = 3


@pytest.mark.parametrize("years", [1, 170])
async def test_what_was_missed_is_counted_once(years):
    async def tick() -> None:
        pass

    clock = Clock()
    clock.every(timedelta(seconds=1), tick, name="tick")
    clock.start()
    try:
        (job,) = clock._scheduler.get_jobs()
        at, now, runs = job.next_run_time, datetime.now(UTC) + timedelta(days=365 * years), 0
        while at <= now and runs <= MOST:
            at, runs = job.trigger.get_next_fire_time(at, now), runs + 1
        assert runs <= MOST
        assert at - now <= timedelta(seconds=1)
        assert job.trigger.get_next_fire_time(at, at) == at + timedelta(seconds=1)
    finally:
        clock.stop()
