"""Invented news with server faults, watched by Writethru, webchanges, urlwatch and changedetection.io side by side.

    benchmarks/soak_peers.py [--quick] [--only NAME,…] [--keep DIR]

Some hours of invented news in minutes, with the faults of the soak test (walls, soft 404s, headline tests, lagging
caches, wrong validators). Each program has the same news sites to itself, publishing the same at the same second, and
is given every URL. The peers run as their documentation says, once on whole pages as text, once with selectors,
exclusions and line filters written for these pages; Writethru gets no such hints. Every stored text is compared with
what was published. Then a hundred pages are edited and the program killed while it checks them; then the pages get a
new design without a changed word; then every fifth is edited.

kept/served: editions stored, of those served whole to this program; kept/stood: of those online for two rounds of
checks. false: stored texts for which there was no edit: the same words *again*, an *earlier* edition's words, words of
*no* edition; *flaps*: how many of them the program itself labels as flaps. Prints two tables and, last, one line of
JSON.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _soak_redesign import redesign
from _soak_score import Watch, tally
from _soak_watchers import Page, watcher

from tests.soak.fault_server import FaultServer
from tests.soak.scenario import RobotsFault, make_scenario
from tracker.demo.schedule import SimulatedClock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from _soak_redesign import Redesigned
    from _soak_score import Tally
    from _soak_watchers import Watcher

    from tests.soak.scenario import Scenario

TOOLS = (
    ("writethru", "told nothing"),
    ("webchanges", "selector"),
    ("webchanges", "page"),
    ("urlwatch", "selector"),
    ("urlwatch", "page"),
    ("changedetection.io", "selector"),
    ("changedetection.io", "page"),
)
_NOISE = r"^[\W_]*(See|More):|^\s*$"
_PAGE_SETTINGS = {
    "ledger": Page("", "h1.story__headline, .story__standfirst, .story__byline, .story__body", ".ad-slot", _NOISE),
    "courier": Page("", "h1[itemprop=headline], h2.dek, .byline, .article-content", ".ad-slot", _NOISE),
}
MAX_FIRST_CHECK_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is run: simulated `hours` in real `minutes`, each page due every `poll` real seconds.

    Each of the `redesigned` pages is due every `rounds` seconds.
    """

    hours: float
    minutes: float
    outlets: int
    articles: int
    poll: float
    redesigned: int
    rounds: float


FULL = Size(hours=8, minutes=6, outlets=4, articles=8, poll=15, redesigned=100, rounds=10)
QUICK = Size(hours=1.5, minutes=1, outlets=4, articles=5, poll=8, redesigned=20, rounds=4)


class HeldClock(SimulatedClock):
    """A clock that does not start with the first request: every program checks all pages before anything changes."""

    def start(self) -> None:
        """Do nothing; `release` starts the clock."""

    def release(self) -> None:
        super().start()


def scenario_of(size: Size, seed: int) -> Scenario:
    """Return a scenario with only the articles that are online from the start, so that no program has to find them."""
    whole = make_scenario(seed, hours=size.hours, outlets=size.outlets, articles=3 * size.articles)
    online = tuple(article for article in whole.schedule.articles if not article.editions[0].at)
    return replace(whole, schedule=replace(whole.schedule, articles=online))


def pages(server: FaultServer, how: str) -> list[Page]:
    styles = {outlet.key: outlet.style for outlet in server.schedule.outlets}
    return [
        replace(_PAGE_SETTINGS[styles[article.outlet]], url=server.url(article))
        if how == "selector"
        else Page(server.url(article))
        for article in server.schedule.articles
    ]


def watch_scenario(tools: Sequence[tuple[str, str]], folder: Path, size: Size, seed: int) -> dict[tuple[str, str], Any]:
    """Let every program watch the scenario; return for each its tally and what it cost."""
    whole = scenario_of(size, seed)
    speed = size.hours * 60 / size.minutes
    clock = HeldClock(speed)
    with ExitStack() as stack:
        servers: dict[tuple[str, str], FaultServer] = {}
        watchers: dict[tuple[str, str], Watcher] = {}
        for tool in tools:
            home = folder / "-".join(tool).replace(" ", "-")
            home.mkdir()
            server = stack.enter_context(FaultServer(whole, clock, datetime.now(UTC), home / "access.jsonl"))
            found = watcher(tool[0], home, pages(server, tool[1]), size.poll, list(server.bases.values()))
            if found is not None:
                servers[tool], watchers[tool] = server, found
        for each in watchers.values():
            each.start()
        stack.callback(lambda: _stop(watchers.values()))
        _wait_for_first_check(servers, whole)
        clock.release()
        began = time.time()
        time.sleep(size.minutes * 60)
        end = clock.now()
        stack.pop_all().close()
        watch = Watch(whole, began, speed, size.poll * speed, min(end, whole.schedule.duration))
        return {tool: (_scored(watch, servers[tool], each), each.cost()) for tool, each in watchers.items()}


def _stop(watchers: Any) -> None:
    threads = [threading.Thread(target=each.stop) for each in watchers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _wait_for_first_check(servers: Mapping[tuple[str, str], FaultServer], whole: Scenario) -> None:
    """Wait until every program has fetched every page that robots.txt allows at the start."""
    until = time.monotonic() + MAX_FIRST_CHECK_SECONDS
    allowed = {each.key for each in whole.schedule.articles if whole.robots_faults[each.outlet] is RobotsFault.NONE}
    while time.monotonic() < until:
        if all(allowed <= {entry["article"] for entry in server.access.entries()} for server in servers.values()):
            return
        time.sleep(0.2)


def _scored(watch: Watch, server: FaultServer, each: Watcher) -> Tally:
    keys = {server.url(article): article.key for article in server.schedule.articles}
    access = [entry for entry in server.access.entries() if entry["t"] <= watch.end]
    kept = {keys[url]: states for url, states in each.states().items()}
    return tally(watch, access, kept)


def season_row(tool: tuple[str, str], found: Tally, cost: tuple[float, float], count: int) -> str:
    return (
        f"{tool[0]:18} {tool[1]:12} {found.looks / count:5.1f} "
        f"{found.seen_of_served:6}/{found.served:<4} {found.seen_of_stood:5}/{found.stood:<4} "
        f"{found.false:6} {found.again:6} {found.earlier:7} {found.nothing:4} {found.marked:5} "
        f"{found.requests:8} {found.unchanged:5} {found.forbidden:9} {cost[0]:6.1f} {cost[1]:5.0f}"
    )


def redesign_row(tool: tuple[str, str], found: Redesigned) -> str:
    return (
        f"{tool[0]:18} {tool[1]:12} {found.survived:8}/{found.fetched:<4} {found.redesign:6} of {found.pages:<4}"
        f"{found.seen:6}/{found.edits:<4} {found.beside:9}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="run an hour and a half of news and redesign 20 pages")
    parser.add_argument("--data", type=Path, help="ignored; every benchmark accepts it")
    parser.add_argument("--only", default="", help="run only these programs, separated by commas")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="keep all files in this directory")
    options = parser.parse_args()
    size = QUICK if options.quick else FULL
    tools = [tool for tool in TOOLS if not options.only or tool[0] in options.only.split(",")]
    folder = options.keep or Path(tempfile.mkdtemp(prefix="writethru-peers-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        report(tools, folder.absolute(), size, options.seed)
    finally:
        if options.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


def report(tools: Sequence[tuple[str, str]], folder: Path, size: Size, seed: int) -> None:
    scores = watch_scenario(tools, folder, size, seed)
    count = len(scenario_of(size, seed).schedule.articles)
    print(f"{size.hours:g} hours of news in {size.minutes:g} minutes, {count} pages, each due every {size.poll:g} s")
    print(
        f"{'':18} {'':12} {'looks':>5} {'kept/served':>11} {'kept/stood':>10} {'false':>6} {'again':>6} "
        f"{'earlier':>7} {'no':>4} {'flaps':>5} {'requests':>8} {'304':>5} {'forbidden':>9} {'CPU s':>6} {'MB':>5}"
    )
    for tool, (found, cost) in scores.items():
        print(season_row(tool, found, cost, count), flush=True)
        (folder / f"samples-{'-'.join(tool).replace(' ', '-')}.txt").write_text("\n".join(found.samples))
    changed = redesign(tools, folder, size.redesigned, size.rounds)
    print(f"\n{size.redesigned} pages: edited, and SIGKILL at half; a new design, no word changed; every fifth edited")
    print(f"{'':18} {'':12} {'kept/asked':>13} {'versions':>13} {'edits seen':>11} {'beside':>9}")
    for tool, each in changed.items():
        print(redesign_row(tool, each), flush=True)
    print(json.dumps({"benchmark": "soak_peers", "size": asdict(size), "figures": figures(scores, changed)}))


def figures(scores: Mapping[tuple[str, str], Any], changed: Mapping[tuple[str, str], Redesigned]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for tool, (found, cost) in scores.items():
        facts = {name: value for name, value in asdict(found).items() if name != "samples"}
        out[" ".join(tool)] = {"season": {**facts, "cpu": round(cost[0], 1), "memory_mb": round(cost[1])}}
    for tool, each in changed.items():
        out.setdefault(" ".join(tool), {})["redesign"] = asdict(each)
    return out


if __name__ == "__main__":
    sys.exit(main())
