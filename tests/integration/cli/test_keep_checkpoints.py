"""The service writes checkpoints outside the database, and verify holds the archive against them."""

import asyncio
import os
from pathlib import Path

from tests.archive_samples import grow, watch
from tests.waiting import stopped, until
from tracker.archive.articles import list_articles
from tracker.archive.opening import open_archive
from tracker.config.root import load
from tracker.service.loop import Service
from tracker.service.runtime import Runtime

from .conftest import alter

CONFIG = """contact = "desk@example.org"
[archive]
checkpoints = "checkpoints"
[service]
listen = ""
"""


async def serve_until(seen: Path) -> None:
    running = asyncio.create_task(Service(load(Path("writethru.toml")), None, no_pace=True).serve(migrate=False))
    await until(lambda: seen.exists() or running.done())
    assert await stopped(running) == 0


async def test_a_rewritten_history_does_not_pass(kept):
    Path("writethru.toml").write_text(CONFIG)
    note = Path("checkpoints/000000000003.note")
    await serve_until(note)
    public = Path("checkpoints/key.pub").read_text().strip()
    kept("verify", "--against", str(note), "--key", public)
    alter("UPDATE leaf SET hash = zeroblob(32) WHERE position = 2")
    shown = kept("verify", "--quick", "--against", str(note), code=5).stdout
    assert "do not match the" in shown


async def test_a_service_that_ends_while_it_takes_the_lead_asks_for_nothing_more(kept, monkeypatch):
    Path("writethru.toml").write_text(CONFIG)
    answers = iter([False])
    begun = Path("begun")

    async def slow(self: Runtime) -> None:
        begun.touch()
        await asyncio.sleep(5)
        await self.archive.run(list_articles)

    # The lead is free when it is asked for the second time.
    monkeypatch.setattr("tracker.service.roles.Leadership.check", lambda self: next(answers, True))
    monkeypatch.setattr("tracker.service.roles.LEAD_CHECK_SECONDS", 0.01)
    monkeypatch.setattr(Runtime, "clock_went_back", slow)
    await serve_until(begun)
    assert [task for task in asyncio.all_tasks() if "LeaderElection" in repr(task)] == []


def test_a_pass_of_cron_makes_the_checkpoint_that_is_due(kept):
    Path("writethru.toml").write_text(CONFIG)
    kept("check", "--due")
    note = Path("checkpoints/000000000003.note")
    kept("verify", "--against", str(note))
    with open_archive("sqlite:///writethru.db") as store:
        grow(store, watch(store, "https://herald.example/other"), 1)
    kept("check", "--due")
    assert [each.name for each in Path("checkpoints").glob("*.note")] == [note.name]
    os.utime(note, (1, 1))
    kept("check", "--due")
    assert len(list(Path("checkpoints").glob("*.note"))) == 2


async def test_a_folder_that_cannot_be_written_does_not_stop_the_service(kept):
    Path("writethru.toml").write_text(CONFIG)
    Path("checkpoints").write_text("a file")
    await serve_until(Path("writethru.db.key"))
    kept("verify")
