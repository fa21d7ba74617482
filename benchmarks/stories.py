"""Measure how copies are found and stories proposed, on labelled articles made here.

    .venv/bin/python benchmarks/stories.py [--data /work/shared/data] [--quick] [--articles N] [--seed N]

Copies: prose of ours (and, with --data, real pages) printed by several outlets with other datelines, brands, headlines,
promos, house lines, style, a paragraph more or less, corrections and cut endings, half of them with the harder
mutations of _stories_harder.py (also measured one by one, on the wire story beside --data, too), among follow-ups that
repeat old paragraphs, forms filled anew every day, and house lines that many articles share. Pairs are counted over the
groups that links make. Stories: one event told in different words; beside ours, plain TF-IDF at one threshold for all,
and at the one that suits it best on this very set. Cost: CPU of the service's worker for each stored version. Bars:
copies precision >= 0.99, recall >= 0.97, at most 5 ms CPU an article.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _stories_cost import cost_table
from _stories_events import b_cubed, plain_tfidf, retold, written
from _stories_harder import harder, harder_table
from _stories_real import read
from _stories_real_tables import events_table
from _stories_text import OUTLETS, START, Labelled, Writer, article, copies, real_pages, reprinted, wire_versions

from tracker.model.story import StoryPostings
from tracker.model.version import Version
from tracker.stories.clusters import StoryIndex
from tracker.stories.copies import candidates, confirm_copies, copy_groups, new_marks, sign
from tracker.stories.features import features_of, text_of
from tracker.stories.propagation import Timeline, propagate
from tracker.stories.recent_texts import ClusterArticle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.model.article import Article
    from tracker.stories.copies import Signature

ARTICLES, QUICK = 100_000, 5_000
PROBES = 3_000
"""Articles whose copies are looked for; of the others, which are no copies of them, only the marks are entered."""

PLAIN = 0.2
"""One threshold for every collection, as ours has; the best one is known only afterwards."""

THRESHOLDS = tuple(n / 100 for n in range(4, 41, 2))
BARS = {"precision": 0.99, "recall": 0.97, "ms": 5.0}


class Marks:
    """What the archive keeps of articles to find their copies, in memory."""

    def __init__(self) -> None:
        self._articles: dict[int, list[str]] = defaultdict(list)
        self._least: dict[str, int] = {}
        self.stored = 0

    @property
    def postings(self) -> StoryPostings:
        return StoryPostings(self._articles, self._least)

    def add(self, article: str, signed: Signature) -> None:
        marks = new_marks(article, signed, self.postings)
        for mark in marks:
            self._articles[mark].append(article)
        self._least[article] = min(self._least.get(article, len(signed)), len(signed))
        self.stored += 8 * len(marks)


def add_background(count: int, rng: random.Random, marks: Marks) -> list[Labelled]:
    """Enter the marks of so many other articles and return these, each a family of its own."""
    made = []
    for item in copies(count, rng, [], harder):
        other = replace(item, id=f"b{item.id}", family=f"b{item.id}", older=None)
        signed = sign(text_of(other.article))
        marks.add(other.id, signed)
        made.append(other)
    return made


def find_copies(
    items: Sequence[Labelled], background: Sequence[Labelled], marks: Marks
) -> tuple[list[tuple[str, str]], dict[str, float]]:
    """Add every article as the archive would; return the links and CPU ms an article by step."""
    known = {item.id: item for item in (*background, *items)}
    stored_before = marks.stored
    links: list[tuple[str, str]] = []
    spent: dict[str, float] = defaultdict(float)
    clock = time.process_time
    for item in items:
        started = clock()
        text = text_of(item.article)
        signed = sign(text)
        spent["sign"] += clock() - started
        started = clock()
        likely = candidates(item.id, signed, marks.postings)
        spent["look up"] += clock() - started
        started = clock()
        others = [known[candidate] for candidate in likely]
        states = {each.id: (text_of(state) for state in (each.older, each.article) if state) for each in others}
        links += [(pair.first, pair.second) for pair in confirm_copies(item.id, text, states)]
        spent["align"] += clock() - started
        started = clock()
        if item.older:
            marks.add(item.id, sign(text_of(item.older)))
        marks.add(item.id, signed)
        spent["add"] += clock() - started
    bytes_each = (marks.stored - stored_before) / max(1, len(items))
    return links, {step: value * 1000 / len(items) for step, value in spent.items()} | {"bytes": bytes_each}


def put_together(entries: Sequence[ClusterArticle]) -> dict[str, str]:
    """Return the story of each article, as they are placed in the order of their times."""
    index = StoryIndex()
    stories: dict[str, str] = {}
    for entry in sorted(entries, key=lambda each: (each.at, each.article)):
        stories |= {home.article: home.story for home in index.place(entry)}
    return stories


def wires(real: Sequence[Article], data: Path | None) -> list[tuple[str, list[Article]]]:
    """Return texts that harder mutations are made of: prose of ours, real pages, and a wire story beside *data*."""
    rng = random.Random(7)
    found = [("our prose", [article("Wire", Writer(rng).paragraphs(rng.randint(8, 20))) for _ in range(60)])]
    if real:
        found.append(("real pages", list(real[:60])))
    for path in sorted((data.parent / "seed").glob("*.txt")) if data else ():
        lines = path.read_text(encoding="utf-8").split("\n")
        found.append(("wire story", [article(lines[0], [line for line in lines[1:] if line.strip()])] * 30))
    return found


def pair_score(items: Sequence[Labelled], links: Sequence[tuple[str, str]]) -> dict[str, float]:
    family = {item.id: item.family for item in items}
    found = copy_groups(links)
    both = sum(n * (n - 1) // 2 for group in found for n in Counter(family[each] for each in group).values())
    said = sum(len(group) * (len(group) - 1) // 2 for group in found)
    truth = sum(n * (n - 1) // 2 for n in Counter(family.values()).values())
    right = sum(family[a] == family[b] for a, b in links)
    return {
        "precision": both / max(1, said),
        "recall": both / max(1, truth),
        "link_precision": right / max(1, len(links)),
        "pairs": truth,
    }


def copies_table(count: int, real: list[Article], seed: int) -> dict[str, Any]:
    marks = Marks()
    items = list(copies(min(count, PROBES), random.Random(seed), list(real), harder))
    background = add_background(count - len(items), random.Random(seed + 1_000_000), marks)
    links, steps = find_copies(items, background, marks)
    score = pair_score((*items, *background), links)
    stored = steps.pop("bytes")
    total = sum(steps.values())
    words = sum(item.article.words for item in items) / len(items)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"Copies: {len(items):,} articles, {words:.0f} words on average, {score['pairs']:,} pairs that hold one text")
    print(f"  beside the marks of {len(background):,} other articles")
    shown = "   ".join(f"{what} {score[what]:.4f}" for what in ("precision", "recall", "link_precision"))
    print("  " + shown.replace("link_precision", "of single links"))
    print("  CPU ms an article: " + "  ".join(f"{k} {v:.2f}" for k, v in steps.items()) + f"  = {total:.2f}")
    print(f"  signature {stored:.0f} bytes an article; the whole process took {memory:,.0f} MB")
    return {**{k: round(v, 5) for k, v in score.items()}, "ms": round(total, 3), "bytes": round(stored)}


def stories_row(name: str, items: Sequence[Labelled]) -> dict[str, Any]:
    truth = {item.id: item.event for item in items}
    started = time.process_time()
    entries = [ClusterArticle(item.id, features_of(item.article), item.at) for item in items]
    stories = put_together(entries)
    spent = (time.process_time() - started) * 1000 / len(items)
    ours = b_cubed(truth, stories)
    plain = {limit: b_cubed(truth, found) for limit, found in plain_tfidf(items, THRESHOLDS).items()}
    best = max(plain, key=lambda limit: plain[limit][2])
    rows = {
        "writethru": ours,
        f"plain TF-IDF at {PLAIN}": plain[PLAIN],
        f"plain TF-IDF, best at {best}": plain[best],
    }
    print(f"Stories, {name}: {len(items):,} articles on {len(set(truth.values())):,} events")
    print(f"  {'':28}precision  recall      F1")
    for label, (precision, recall, f1) in rows.items():
        print(f"  {label:28}{precision:9.3f}{recall:8.3f}{f1:8.3f}")
    print(f"  {spent:.2f} ms CPU an article")
    return {
        "f1": round(ours[2], 4),
        "plain_f1": round(plain[PLAIN][2], 4),
        "plain_best_f1": round(plain[best][2], 4),
        "ms": round(spent, 3),
    }


def runs_row(stories: int, rng: random.Random) -> dict[str, Any]:
    """Print how often the version of the origin that a copy runs is named rightly.

    Where a copy ends before versions differ, any of them is right.
    """
    right = total = 0
    spent = 0.0
    for number in range(stories):
        wire = wire_versions(Writer(rng), 8)
        truth: dict[str, set[int]] = {}
        copied = []
        for n, paragraphs in enumerate(wire, start=1):
            keep = rng.choice((len(paragraphs), rng.randint(4, len(paragraphs))))
            ident = f"c{number}-{n}"
            content = article("Copy", reprinted(paragraphs[:keep], rng, rng.choice(OUTLETS)))
            copied.append(_timeline(ident, [content]))
            truth[ident] = (
                {n}
                if keep == len(paragraphs)
                else {m for m, other in enumerate(wire, start=1) if other[:keep] == paragraphs[:keep]}
            )
        origin = _timeline("wire", [article("Wire", paragraphs) for paragraphs in wire])
        started = time.process_time()
        found = propagate("s", "", [origin, *copied], dict.fromkeys(truth, "wire"))
        spent += time.process_time() - started
        total += len(truth)
        right += sum(place.runs in truth[place.article] for place in found.places if place.role == "copy")
    print(f"Versions: {total} copies of {stories} stories with 8 versions each, cut and restyled")
    print(f"  the version a copy runs is named rightly: {right / total:.4f}   {spent * 1000 / total:.2f} ms CPU a copy")
    return {"right": round(right / total, 4), "ms": round(spent * 1000 / total, 3)}


def _timeline(ident: str, states: Sequence[Article]) -> Timeline:
    versions = tuple(
        Version(ident, n, f"https://{ident}.test/", START, content, "", "") for n, content in enumerate(states, start=1)
    )
    return Timeline(ident, f"https://{ident}.test/", versions)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder that holds pages/ and stories/")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} articles instead of {ARTICLES:,}")
    parser.add_argument("--only", choices=("copies", "stories", "cost"), help="measure only these")
    parser.add_argument("--articles", type=int, help="how many articles")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    real = real_pages(options.data, 120 if options.quick else None)
    count = options.articles or (QUICK if options.quick else ARTICLES)
    figures: dict[str, Any] = {"benchmark": "stories", "articles": count, "real_pages": len(real)}
    good = True
    if options.only in {None, "cost"}:
        figures["cost"] = cost_table((1_000,) if options.quick else (1_000, ARTICLES))
    if options.only in {None, "copies"}:
        figures["copies"] = got = copies_table(count, real, options.seed)
        figures["harder"] = harder_table(wires(real, options.data), random.Random(options.seed), 3)
        figures["versions"] = runs_row(20 if options.quick else 200, random.Random(options.seed))
        good = got["precision"] >= BARS["precision"] and got["recall"] >= BARS["recall"] and got["ms"] <= BARS["ms"]
    if options.only in {None, "stories"}:
        told = written(150 if options.quick else 500, random.Random(options.seed))
        figures["stories"] = {"written": stories_row("our prose", told)}
        if real:
            figures["stories"]["real"] = stories_row("real pages retold", retold(real, random.Random(options.seed)))
        if options.data:
            figures["events"] = events_table(read(options.data / "stories" / "dev.jsonl"), quick=options.quick)
    figures["ok"] = good
    print(json.dumps(figures))
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
