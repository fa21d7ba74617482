"""The prices of requests are stored between runs, and rates that an earlier release learned are let go."""

import json

import pytest

from tests.archive_samples import NOW, grow, watch
from tests.archives import inline, temporary_archive
from tracker.archive.archive import Archive
from tracker.archive.memos import get_memo, save_memo
from tracker.config.root import parse
from tracker.jobs.cadence import Schedule
from tracker.jobs.curve import SHIPPED
from tracker.observe import logs
from tracker.service.schedule_store import MEMO, ScheduleStore, load_schedule

BY_0_1_0 = {
    "curve": {"alpha": 0.5, "scale": 1.3, "threshold": 0.3, "sources": {"s": 2.0}, "hours": {"s": [1.0, 0.5]}},
    "sources": {"s": 0.2},
    "hosts": {"slow.test": 0.9},
    "fitted_at": "2026-11-24T12:00:00Z",
    "articles": 700,
    "tried_at": "2026-11-24T12:00:00Z",
    "gain": 1.5,
}
KEPT = Schedule(0.3, {"s": 0.2}, {"slow.test": 0.9})


async def loaded(archive: Archive) -> Schedule:
    store = ScheduleStore(inline(archive))
    await store.load(NOW)
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


@pytest.mark.parametrize(("fitted_at", "said"), [(BY_0_1_0["fitted_at"], 1), (None, 0)])
async def test_rates_that_an_earlier_release_learned_are_named_once_and_let_go(fitted_at, said, capsys):
    archive = temporary_archive()
    logs.configure()
    save_memo(archive, MEMO, json.dumps(BY_0_1_0 | {"fitted_at": fitted_at}), NOW)
    assert [await loaded(archive) for _ in range(2)] == [KEPT, KEPT], "thresholds are prices, not rates"
    assert capsys.readouterr().err.count("no longer used") == said
    assert "alpha" not in get_memo(archive, MEMO)


@pytest.mark.parametrize("text", ["[]", "{", '{"form": 9}', '{"curve": 3}', '{"threshold": "x"}'])
async def test_a_schedule_that_cannot_be_read_is_found_anew(text):
    archive = temporary_archive()
    save_memo(archive, MEMO, text, NOW)
    assert await loaded(archive) == load_schedule(archive) == Schedule()
