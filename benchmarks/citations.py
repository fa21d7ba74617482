"""Follow sixty citations through real page histories: is each located, and is what became of it told rightly?

    benchmarks/citations.py [--data DIR] [--quick]

DIR holds ``real/dev/revisions`` (documents captured every few hours or days) and ``pages/recaptures/dev`` (pages of
news, captured again after months). `citations.jsonl` has the citations with labels: a person read both texts before
this program was run. A row says what is true of the quotation at the last capture of its document, and since which one;
"removed" counts from where it was last removed, whatever came before. `ambiguous` is a quotation that stands more than
once on the page cited, so that the answer must be a question.

Each document is imported as `writethru import` does, capture by capture; a quotation is cited while the capture that it
is from is the newest. Where an outlet announced the alteration, "corrected" is right for "altered". Prints a table,
every wrong row and, last, one line of JSON. *False stands* are quotations that are said to stand although the passage
changed or went; with one of them, the exit code is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import lzma
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tracker.archive.archive import Archive
from tracker.archive.articles import find_articles
from tracker.archive.citations import add_citation, list_citations
from tracker.archive.opening import open_archive
from tracker.config.root import Config
from tracker.exchange.warc_read import Found
from tracker.extraction.pool import ExtractPool
from tracker.model.capture import Capture
from tracker.model.citation import Citation
from tracker.pipeline.citations import find_quotation, follow_citations
from tracker.service.backfill import Backfill

LABELS = Path(__file__).with_name("citations.jsonl")
DEFAULT = Path("/work/shared/data")
NEWS = "recaptures/"
QUICK = 12
STATES = ("stands", "altered", "removed", "ambiguous")
HEADERS = (("Content-Type", "text/html; charset=utf-8"),)


@dataclass(frozen=True)
class Outcome:
    """The answer to one row: its state, whether it was located exactly, and the capture since which it holds."""

    row: dict[str, Any]
    state: str
    located: str = ""
    since: int | None = None
    passage: str = ""

    @property
    def is_right(self) -> bool:
        is_corrected = self.row["expected"] == "altered" and self.state == "corrected"
        return self.state == self.row["expected"] or is_corrected

    @property
    def is_false_stands(self) -> bool:
        return self.state == "stands" and self.row["expected"] in ("altered", "removed")


def rows(*, quick: bool) -> dict[str, list[dict[str, Any]]]:
    """Return the labelled citations by document."""
    listed = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    documents: dict[str, list[dict[str, Any]]] = {}
    for row in listed[:: len(listed) // QUICK] if quick else listed:
        documents.setdefault(row["doc"], []).append(row)
    return documents


def histories(data: Path, wanted: set[str]) -> Iterator[tuple[str, list[Found]]]:
    """Yield the captures of each document that is cited, oldest first."""
    folder = data / "real" / "dev" / "revisions"
    documents: dict[str, list[dict[str, Any]]] = {}
    for row in map(json.loads, (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()):
        documents.setdefault(row["doc"], []).append(row)
    for name in sorted(wanted & documents.keys()):
        captures = documents[name]
        whole = lzma.decompress((folder / captures[0]["file"]).read_bytes())
        yield (
            name,
            [
                found(each["url"], datetime.fromtimestamp(each["ct"], UTC), whole[each["at"] :][: each["len"]])
                for each in captures
            ],
        )
    folder = data / "pages" / "recaptures" / "dev"
    with gzip.open(folder / "captures.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if NEWS + row["id"] in wanted:
                pages = [gzip.decompress((folder / "pages" / each["file"]).read_bytes()) for each in row["captures"]]
                # Some captures have the time of the commit that brought them, so that two may have the same.
                times = [
                    datetime.fromisoformat(each["when"]).replace(tzinfo=UTC) + timedelta(minutes=n)
                    for n, each in enumerate(row["captures"])
                ]
                yield NEWS + row["id"], [found(row["url"], at, page) for at, page in zip(times, pages, strict=True)]


def found(url: str, at: datetime, page: bytes) -> Found:
    return Found(Capture(url, url, 200, HEADERS, page, at, hashlib.sha256(page).hexdigest()))


def cite(archive: Archive, article: str, row: dict[str, Any], now: datetime) -> Outcome | tuple[int, str]:
    """Cite the quotation of a row; return its number and how it was located, or the outcome if it is not recorded."""
    places = find_quotation(archive, article, row["quotation"])
    if len(places) != 1:
        return Outcome(row, "ambiguous" if places else "not found")
    (place,) = places
    where = (article, place.version, "", row["quotation"], place.passage, place.place)
    citation, _ = add_citation(archive, Citation(0, *where, row["note"], now))
    return citation.key, "exact" if place.different_words is None else "approximately"


async def follow(backfill: Backfill, captures: list[Found], cited: list[dict[str, Any]]) -> list[Outcome]:
    """Import the captures of a document, cite each quotation when its capture is the newest, and read the states."""
    archive, url = backfill.archive, captures[0].capture.url
    outcomes: list[Outcome] = []
    recorded: dict[int, tuple[dict[str, Any], str]] = {}
    first_capture: dict[int, int] = {}
    for n, capture in enumerate(captures):
        await backfill.run([capture])
        (article,) = find_articles(archive, [url])
        if article is not None:
            first_capture.setdefault(article.versions, n)
        for row in (each for each in cited if each["n"] == n):
            answer = cite(archive, article.id, row, capture.capture.fetched_at) if article else Outcome(row, "no page")
            if isinstance(answer, Outcome):
                outcomes.append(answer)
            else:
                recorded[answer[0]] = (row, answer[1])
    for each in follow_citations(archive, list_citations(archive)):
        if each.citation.key in recorded:
            row, located = recorded[each.citation.key]
            state = each.passage.state
            since = first_capture[each.passage.version]
            outcomes.append(Outcome(row, state.value if state else "unknown", located, since, each.passage.text))
    return outcomes


async def run(data: Path, *, quick: bool) -> list[Outcome]:
    """Follow the citations of every document in one new archive."""
    documents, outcomes = rows(quick=quick), list[Outcome]()
    pool = ExtractPool(1)
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_archive(f"sqlite:///{folder}/writethru.db", migrate=True)) as archive,
        closing(pool),
    ):
        backfill = Backfill(archive, pool, Config(), datetime.now(UTC))
        for name, captures in histories(data, set(documents)):
            outcomes += await follow(backfill, captures, documents[name])
    return outcomes


def figures(outcomes: list[Outcome]) -> dict[str, Any]:
    """Count what is right, by class and by language."""
    followed = [each for each in outcomes if each.row["expected"] != "ambiguous"]
    ended = [each for each in followed if each.row["since"] is not None and each.is_right]
    return {
        "citations": len(outcomes),
        "right": sum(each.is_right for each in outcomes),
        "located": sum(each.located == each.row["located"] for each in followed),
        "to_locate": len(followed),
        "false_stands": sum(each.is_false_stands for each in outcomes),
        "since_right": sum(each.since == each.row["since"] for each in ended),
        "since": len(ended),
        "classes": {
            name: {
                "right": sum(each.is_right for each in outcomes if each.row["expected"] == name),
                "of": sum(each.row["expected"] == name for each in outcomes),
            }
            for name in STATES
        },
        "wrong_by_language": dict(sorted(Counter(each.row["lang"] for each in outcomes if not each.is_right).items())),
    }


def show(outcomes: list[Outcome], counts: dict[str, Any]) -> None:
    """Print the table, and every row that is wrong, or right with another capture or another way of locating."""
    print(f"{'expected':10} {'of':>3} {'right':>5}   answered otherwise")
    for name in STATES:
        answers = Counter(each.state for each in outcomes if each.row["expected"] == name and not each.is_right)
        otherwise = ", ".join(f"{state} {count}" for state, count in answers.most_common())
        print(f"{name:10} {counts['classes'][name]['of']:3} {counts['classes'][name]['right']:5}   {otherwise}")
    print(
        f"right {counts['right']} of {counts['citations']}; false stands {counts['false_stands']}; "
        f"located as labelled {counts['located']} of {counts['to_locate']}; "
        f"right capture {counts['since_right']} of {counts['since']}"
    )
    for each in outcomes:
        row = each.row
        is_other_capture = each.is_right and row["since"] is not None and each.since != row["since"]
        is_located = row["expected"] == "ambiguous" or each.located == row["located"]
        if each.is_right and is_located and not is_other_capture:
            continue
        kind = "FALSE STANDS" if each.is_false_stands else "differs" if each.is_right else "wrong"
        print(f"{kind}: {row['doc']} {row['n']} ({row['lang']}): {row['quotation']}")
        print(f"    expected {row['expected']} since {row['since']}, located {row['located']} ({row['note']})")
        print(f"    answered {each.state} since {each.since}, located {each.located}: {each.passage[:300]!r}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--quick", action="store_true", help=f"about {QUICK} of the citations")
    options = parser.parse_args()
    if not (options.data / "real" / "dev" / "revisions").is_dir():
        print(f"! no page histories in {options.data}", file=sys.stderr)
        print(json.dumps({"benchmark": "citations", "skipped": "no data"}))
        return 0
    outcomes = asyncio.run(run(options.data, quick=options.quick))
    counts = figures(outcomes)
    show(outcomes, counts)
    print(json.dumps({"benchmark": "citations", "quick": options.quick, **counts}))
    return 1 if counts["false_stands"] else 0


if __name__ == "__main__":
    sys.exit(main())
