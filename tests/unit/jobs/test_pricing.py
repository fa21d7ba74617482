"""The prices of requests are stored between runs."""

from tests.archive_samples import NOW, grow, watch
from tests.archives import inline, temporary_archive
from tracker.archive.archive import Archive
from tracker.archive.state import save_thresholds
from tracker.config.root import parse
from tracker.jobs.cadence import Schedule
from tracker.jobs.curve import SHIPPED
from tracker.jobs.pricing import ScheduleStore, load_schedule


async def loaded(archive: Archive) -> Schedule:
    store = ScheduleStore(inline(archive))
    await store.load()
    return store.current


async def test_the_price_moves_towards_the_budget_and_is_there_after_a_restart():
    archive = temporary_archive()
    grow(archive, watch(archive), 3)
    store, config = ScheduleStore(inline(archive)), parse(b'[service]\nbudget = "1/h"\n')
    prices = []
    for _ in range(2):
        await store.price(config, NOW)
        prices.append(store.current.threshold)
    assert prices[1] != prices[0] != SHIPPED.threshold
    assert await loaded(archive) == store.current


async def test_thresholds_are_stored_and_without_any_those_that_ship_count():
    archive = temporary_archive()
    save_thresholds(archive, {"all": {"": 0.3}, "source": {"s": 0.2}, "host": {"slow.test": 0.9}})
    assert await loaded(archive) == Schedule(0.3, {"s": 0.2}, {"slow.test": 0.9})
    assert load_schedule(temporary_archive()) == Schedule()
