"""The prices and the constants of the update model change independently of each other."""

import asyncio
from dataclasses import replace

import pytest

from tests.archive_samples import NOW, grow, watch
from tests.archives import inline, temporary_archive
from tracker.config.root import parse
from tracker.jobs.update_model import UpdateModel
from tracker.service import update_model_store
from tracker.service.update_model_store import UpdateModelStore


async def test_prices_that_are_set_while_a_fit_ends_keep_what_it_learned(monkeypatch: pytest.MonkeyPatch):
    async def fit(_database: str, model: UpdateModel) -> UpdateModel:
        await asyncio.sleep(0)
        return replace(model, curve=replace(model.curve, alpha=2.5), fitted_at=NOW, tried_at=NOW)

    monkeypatch.setattr(update_model_store, "can_learn", lambda: True)
    monkeypatch.setattr(update_model_store, "learn", fit)
    archive = temporary_archive()
    grow(archive, watch(archive), 3)
    store = UpdateModelStore(inline(archive))
    config = parse(b'[service]\nbudget = "1/h"\n')
    await asyncio.gather(store.price(config, NOW), store.learn("", NOW))
    for held in (store, UpdateModelStore(inline(archive))):
        await held.load()
        assert held.current.curve.alpha == 2.5
        assert held.current.curve.threshold != UpdateModel().curve.threshold, "the price is kept, too"
