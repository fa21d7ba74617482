"""The service's own room, held open: at each line on stdin every article is visited once, pace off."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.config import load
from tracker.pipeline import CheckReport
from tracker.service.room import open_room

if TYPE_CHECKING:
    from tracker.jobs.crawl import Report
    from tracker.model import Tracked


async def main(config: Path) -> None:
    outcomes: Counter[str] = Counter()

    def heard(report: Report) -> None:
        if isinstance(report, CheckReport):
            outcomes[str(report.intent.check.outcome)] += 1

    async with AsyncExitStack() as stack:
        room = await open_room(stack, load(config), migrate=True, no_pace=True, listener=heard)
        await room.sync()
        by_host: dict[str, list[Tracked]] = defaultdict(list)
        for tracked in await room.desk.call("articles"):
            by_host[tracked.host].append(tracked)
        places = asyncio.Semaphore(room.config.service.concurrency)

        async def visit(host: str) -> None:
            async with places:
                ids = [tracked.id for tracked in by_host[host]]
                await room.crawler.visit(host, [], [await room.desk.call("article", ident) for ident in ids])

        print("ready", flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            outcomes.clear()
            await asyncio.gather(*(visit(host) for host in by_host))
            print(json.dumps(outcomes), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
