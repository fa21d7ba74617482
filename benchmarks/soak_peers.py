"""The living newspaper, watched by us, webchanges, urlwatch and changedetection.io at the same time, and a redesign.

    benchmarks/soak_peers.py [--quick] [--only NAME,…] [--keep DIR]

Some hours of invented news in minutes, with the traps of the soak (walls, soft 404s, headline tests, edges that lag,
validators that lie). Each has a copy of the newspaper to itself that prints the same at the same second, and is told
every address. The peers run as their documentation has it, once on whole pages as text, once with selectors, exclusions
and line filters by somebody who knows these pages by heart; ours is told nothing. Every text that was kept is held
against what was printed. Then a hundred pages are edited and the watcher killed while it looks at them; they change
their design and no word; every fifth of them is edited.

kept/served: how many editions were kept of those sent whole to this watcher; kept/stood: of those that could be read
for two rounds. false: states that tell of an edit there was not: the same words *again*, an *earlier* edition's come
back, the words of *no* edition; *flaps*: how many of them the watcher itself says to flap. Prints two tables and, last,
one line of JSON.
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

from tracker.newsroom.clock import Clock
from tracker.newsroom.season import season as made
from tracker.newsroom.troubled import Troubled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from _soak_redesign import Redesigned
    from _soak_score import Tally
    from _soak_watchers import Watcher

    from tracker.newsroom.season import Season

TOOLS = (
    ("writethru", "told nothing"),
    ("webchanges", "selector"),
    ("webchanges", "page"),
    ("urlwatch", "selector"),
    ("urlwatch", "page"),
    ("changedetection.io", "selector"),
    ("changedetection.io", "page"),
)
_LINES = r"^[\W_]*(See|More):|^\s*$"
_BY_HEART = {
    "ledger": Page("", "h1.story__headline, .story__standfirst, .story__byline, .story__body", ".ad-slot", _LINES),
    "courier": Page("", "h1[itemprop=headline], h2.dek, .byline, .article-content", ".ad-slot", _LINES),
}
_PATIENCE = 90.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is played: *poll* is how often each page is due, in real seconds, *minutes* how long it takes.

    *rounds* is how often each of the *redesigned* pages is due.
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


class Curtain(Clock):
    """A clock that does not start with the first request: everyone takes a first look before anything changes."""

    def start(self) -> None:
        """Leave it to `rise`."""

    def rise(self) -> None:
        super().start()


def season_of(size: Size, seed: int) -> Season:
    """Return a season with the pieces alone that stand from its first second: nobody has to find them."""
    whole = made(seed, hours=size.hours, outlets=size.outlets, articles=3 * size.articles)
    standing = tuple(piece for piece in whole.play.pieces if not piece.editions[0].at)
    return replace(whole, play=replace(whole.play, pieces=standing))


def pages(paper: Troubled, how: str) -> list[Page]:
    styles = {outlet.key: outlet.style for outlet in paper.play.outlets}
    return [
        replace(_BY_HEART[styles[piece.outlet]], url=paper.url(piece)) if how == "selector" else Page(paper.url(piece))
        for piece in paper.play.pieces
    ]


def play(tools: Sequence[tuple[str, str]], folder: Path, size: Size, seed: int) -> dict[tuple[str, str], Any]:
    """Let everybody watch a season; return for each what became of it, and what it cost."""
    whole = season_of(size, seed)
    speed = size.hours * 60 / size.minutes
    clock = Curtain(speed)
    with ExitStack() as stack:
        papers: dict[tuple[str, str], Troubled] = {}
        watchers: dict[tuple[str, str], Watcher] = {}
        for tool in tools:
            home = folder / "-".join(tool).replace(" ", "-")
            home.mkdir()
            paper = stack.enter_context(Troubled(whole, clock, datetime.now(UTC), home / "access.jsonl"))
            found = watcher(tool[0], home, pages(paper, tool[1]), size.poll, list(paper.bases.values()))
            if found is not None:
                papers[tool], watchers[tool] = paper, found
        for each in watchers.values():
            each.start()
        stack.callback(lambda: _stop(watchers.values()))
        _first_look(papers, whole)
        clock.rise()
        began = time.time()
        time.sleep(size.minutes * 60)
        end = clock.now()
        stack.pop_all().close()
        watch = Watch(whole, began, speed, size.poll * speed, min(end, whole.play.duration))
        return {tool: (_scored(watch, papers[tool], each), each.cost()) for tool, each in watchers.items()}


def _stop(watchers: Any) -> None:
    threads = [threading.Thread(target=each.stop) for each in watchers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _first_look(papers: Mapping[tuple[str, str], Troubled], whole: Season) -> None:
    """Wait until everyone has asked for every page that robots.txt lets them ask for at the beginning."""
    until = time.monotonic() + _PATIENCE
    free = {piece.key for piece in whole.play.pieces if whole.robots[piece.outlet] == "plain"}
    while time.monotonic() < until:
        if all(free <= {entry["piece"] for entry in paper.access.entries()} for paper in papers.values()):
            return
        time.sleep(0.2)


def _scored(watch: Watch, paper: Troubled, each: Watcher) -> Tally:
    keys = {paper.url(piece): piece.key for piece in paper.play.pieces}
    access = [entry for entry in paper.access.entries() if entry["t"] <= watch.end]
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
    parser.add_argument("--quick", action="store_true", help="an hour and a half of news, 20 pages redesigned")
    parser.add_argument("--data", type=Path, help="not used; every benchmark takes it")
    parser.add_argument("--only", default="", help="programs, comma-separated")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a new directory in which all that was kept is left")
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
    scores = play(tools, folder, size, seed)
    count = len(season_of(size, seed).play.pieces)
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
