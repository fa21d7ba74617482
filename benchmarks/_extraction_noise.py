"""False changes from other publishers' blocks set between the paragraphs of a page, before and after learning.

Each case is a page with one block against the same page with another, both taken from the inline noise bank in the
page's language: adverts, newsletter boxes, related links, house lines, captions. First sight: the two are read and
compared. After learning: the two blocks have stood in a few other articles of the same source before, as an outlet's
own blocks do; what `habits` learned there is applied to both sides, as the service does.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from _extraction_score import normal
from selectolax.lexbor import LexborHTMLParser

from tracker.extraction.extractor import read
from tracker.extraction.learned_boilerplate import (
    MIN_HOUSE_LINE_ARTICLES,
    LearnedBoilerplate,
    apply,
    house_lines,
    is_mostly_original,
    learnable_lines,
)
from tracker.model.source import LineCounts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from selectolax.lexbor import LexborNode

    from tracker.model.article import Article

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SLOT = "\ue000slot\ue001"
PAIRS = 3
LOCATED = 6
LEAST = 40
LESSONS = 2 * MIN_HOUSE_LINE_ARTICLES
SHAPES = ("block", "paragraph")
OUTCOMES = ("first sight", "after learning")
PARAGRAPHS = frozenset({"p", "h2", "h3", "h4", "h5", "span", "a"})


@dataclass(frozen=True)
class Page:
    """A page with a slot between two paragraphs of its text."""

    url: str
    lang: str
    markup: str

    def filled(self, *blocks: str) -> Article:
        markup = self.markup.replace(SLOT, "".join(blocks))
        return read(markup.encode("utf-8", "surrogatepass"), self.url).article


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def pages(folder: Path) -> Iterator[Page]:
    for row in rows(folder / "truth.jsonl.gz"):
        with gzip.open(folder / "pages" / f"{row['id']}.html.gz", "rt", encoding="utf-8", newline="") as file:
            markup = slotted(file.read(), row.get("paragraphs") or [])
        if markup:
            yield Page(row.get("url") or "", (row.get("languages") or ["?"])[0], markup)


def slotted(html: str, paragraphs: list[str]) -> str:
    """Return the page with the slot after the middle one of its paragraphs, empty where too few can be found."""
    tree = LexborHTMLParser(html)
    wanted = {text for each in paragraphs if len(text := normal(each)) >= LEAST}
    found: dict[int, list[LexborNode]] = defaultdict(list)
    for node in tree.css("p"):
        if node.parent is not None and normal(node.text()) in wanted:
            found[node.parent.mem_id].append(node)
    run = max(found.values(), key=len, default=[])
    if len(run) < LOCATED:
        return ""
    run[len(run) // 2].insert_after(SLOT)
    markup = tree.html or ""
    return markup if markup.count(SLOT) == 1 else ""


def blocks(folder: Path) -> dict[tuple[str, bool], list[str]]:
    """Return the blocks by language and by whether they are shaped like paragraphs."""
    found: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for row in rows(folder / "blocks.jsonl.gz"):
        found[row["lang"], row["tag"] in PARAGRAPHS].append(row["html"])
    return found


def content(article: Article) -> tuple[object, ...]:
    return article.dek, tuple(b.text for b in article.editorial), tuple(n.text for n in article.notices)


def taught(others: Sequence[Page], pair: tuple[str, str]) -> LearnedBoilerplate:
    """Return what a source teaches whose articles show both blocks."""
    habits, counted, articles = LearnedBoilerplate(), Counter[str](), 0
    for page in others:
        lines = learnable_lines(page.filled(*pair))
        counts = LineCounts(articles, tuple((line.key, n) for line in lines if (n := counted[line.key])))
        habits = habits.with_habits(house_lines(lines, counts, NOW))
        if is_mostly_original(lines, counts):
            articles += 1
            counted.update(line.key for line in lines)
    return habits


def place(data: Path, name: str) -> Path:
    home = data / "pages" if (data / "pages").is_dir() else data
    return home / name / "dev" if (home / name / "dev").is_dir() else home / name


def measure(data: Path, limit: int | None = None) -> dict[str, float]:
    """Return shares of false changes, 0..1, by the shape of the block; *limit* is the most pages."""
    shuffle = random.Random(0)
    every = list(pages(place(data, "fundus")))
    known = blocks(place(data, "inline_noise_bank"))
    counts: Counter[str] = Counter()
    for page in every[:limit]:
        others = [other for other in every if other is not page and other.lang == page.lang]
        for shaped in (False, True):
            choice = known.get((page.lang, shaped), [])
            if len(choice) < 2 or len(others) < MIN_HOUSE_LINE_ARTICLES:
                continue
            for _ in range(PAIRS):
                first, second = shuffle.sample(choice, 2)
                lessons = shuffle.sample(others, min(len(others), LESSONS))
                counts.update(f"{SHAPES[shaped]}, {what}" for what in outcomes(page, lessons, first, second))
    figures: dict[str, float] = {}
    for shape in SHAPES:
        cases = counts[f"{shape}, cases"]
        figures |= {f"{shape}, {what}": round(counts[f"{shape}, {what}"] / (cases or 1), 4) for what in OUTCOMES}
        figures[f"{shape}, cases"] = cases
    return figures


def outcomes(page: Page, lessons: Sequence[Page], first: str, second: str) -> Iterator[str]:
    """Give what went wrong in one case, and that it is one."""
    yield "cases"
    one, other = page.filled(first), page.filled(second)
    if content(one) == content(other):
        return
    yield OUTCOMES[0]
    habits = taught(lessons, (first, second))
    one, other = apply(habits, one), apply(habits, other)
    if content(one) != content(other):
        yield OUTCOMES[1]
