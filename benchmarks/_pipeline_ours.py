"""The service's own runtime, held open: at each line on stdin all that is watched is due, and is visited, pace off.

What was stored is read for its stories then, which is part of the cost.
"""

# What the service needs is imported where it runs: the children that read pages import this file, too.
from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.pipeline.check import Report


MAX_STORY_SECONDS = 3600.0


async def main(path: Path) -> None:
    from tracker.archive.articles import force_due
    from tracker.archive.state import due_hosts
    from tracker.cli.main import MAX_NEW_OBJECTS_BEFORE_COLLECTION
    from tracker.config.root import load
    from tracker.pipeline.settle import CheckReport
    from tracker.service.process import return_freed_memory, trim_heap
    from tracker.service.runtime import open_runtime, utc_now
    from tracker.service.story_worker import StoryWorker

    # As `writethru run` does at its start.
    gc.set_threshold(MAX_NEW_OBJECTS_BEFORE_COLLECTION)
    return_freed_memory()
    config = load(path)

    outcomes: Counter[str] = Counter()

    def heard(report: Report) -> None:
        if isinstance(report, CheckReport):
            outcomes[str(report.intent.check.outcome)] += 1

    async with AsyncExitStack() as stack:
        runtime = await open_runtime(stack, config, migrate=True, no_pace=True, listener=heard)
        await runtime.sync()
        stories = StoryWorker(runtime.archive)
        print("ready", flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            outcomes.clear()
            await runtime.archive.run(force_due, utc_now())
            await runtime.queue.offer(await runtime.archive.run(due_hosts, utc_now()))
            await runtime.queue.join()
            began = process_time()
            read = await stories.catch_up(config, utc_now(), MAX_STORY_SECONDS)
            spent = {"stories": read, "story_seconds": process_time() - began}
            trim_heap()  # as every minute
            print(json.dumps(outcomes | spent), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
