"""The service's own room, held open: at each line on stdin all that is watched is due, and is visited, pace off."""

# What the service needs is imported where it runs: the children that read pages import this file, too.
from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.archive.articles import force_due
from tracker.archive.due import due_hosts

if TYPE_CHECKING:
    from tracker.jobs.crawl import Report


async def main(config: Path) -> None:
    from tracker.config import load
    from tracker.pipeline import CheckReport
    from tracker.service.runtime import open_runtime, utc_now

    outcomes: Counter[str] = Counter()

    def heard(report: Report) -> None:
        if isinstance(report, CheckReport):
            outcomes[str(report.intent.check.outcome)] += 1

    async with AsyncExitStack() as stack:
        room = await open_runtime(stack, load(config), migrate=True, no_pace=True, listener=heard)
        await room.sync()
        print("ready", flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            outcomes.clear()
            await room.archive.run(force_due, utc_now())
            await room.queue.offer(await room.archive.run(due_hosts, utc_now()))
            await room.queue.join()
            print(json.dumps(outcomes), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
