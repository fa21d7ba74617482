"""Measure labels and notices: our labelled edits, the 13 edits peers hide, notice families, false alarms.

    .venv/bin/python benchmarks/classify.py --data /work/shared/data [--quick] [--half heldout] [--ablate]

The labelled edits are in classify_edits.txt; those of classify_heldout.txt, classify_third.txt and
classify_fourth.txt were written apart and run once before anything was changed for them; places counted as names
then. The notice families are in
classify_notices.txt, beside this file; the families of the data folder are measured apart. False alarms are counted on
sentences of real pages. --ablate switches parts of the classifier off, one at a time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _classify_ablation import ablate
from _classify_ablation import print_table as print_ablation
from _diff_synthetic import sentences

from tracker import compare, extract
from tracker.classify.label import classify
from tracker.classify.mentions import mentions
from tracker.diff.comparison import compare as diff
from tracker.model.article import Article, Block, BlockKind, NoticeKind
from tracker.model.change import FactKind, LabelKind, Significance
from tracker.notices.recogniser import recognise as find_notice

if TYPE_CHECKING:
    from tracker.model.change import Change

HERE = Path(__file__).parent
HUNK = re.compile(r"\[-(.*?)-\]|\{\+(.*?)\+\}")
JUDGED = ("number", "date", "name", "place", "quote", "hedge", "negation", "cosmetic")
FIRST_RUN = {
    "number": (0.943, 0.943), "date": (1.0, 1.0), "name": (0.893, 1.0), "quote": (1.0, 0.870),
    "hedge": (0.933, 1.0), "negation": (0.968, 1.0), "cosmetic": (1.0, 0.528),
}  # fmt: skip
"""P and R of the held-out edits when they were first run, at 767b05b, before anything was mended for them."""
THIRD_FIRST_RUN = {
    "number": (0.933, 0.983), "date": (0.947, 0.900), "name": (0.951, 0.975), "quote": (1.0, 0.974),
    "hedge": (0.917, 0.936), "negation": (1.0, 0.955), "cosmetic": (1.0, 0.840),
}  # fmt: skip
"""P and R of the third set when it was first run, at f7a1d69, before anything was mended for it."""
FOURTH_FIRST_RUN = {
    "number": (0.952, 0.909), "date": (1.0, 1.0), "name": (0.933, 1.0), "quote": (1.0, 1.0),
    "hedge": (0.957, 1.0), "negation": (0.955, 1.0), "cosmetic": (1.0, 1.0),
}  # fmt: skip
"""P and R of the fourth set when it was first run, before anything was mended for it."""
KINDS = {"refile": "update-note", "update": "update-note", "developing": "update-note", "headline-tag": "update-note"}
HIDDEN = (
    ("number 1.5 → 15 percent", "Prices rose [-1.5-]{+15+} percent in a year."),
    ("money 2.5 → 25 million", "The city will pay [-$2.5-]{+$25+} million for the land."),
    ("toll 12 → 47", "The blast killed [-12-]{+47+} people in the market."),
    ("date March 4 → 5", "The march was held on [-March 4-]{+March 5+} in the capital."),
    ("negation", "The firm {+did not }[-did ]{+know+}[-know-] of the leak."),
    ("will → will not", "The minister will {+not +}resign over the affair."),
    ("hedge lost", "The driver [-allegedly -]fled from the scene."),
    ("scare quotes", "The [-reform-]{+“reform”+} was passed at night."),
    ("quote altered", "“We will [-talk-]{+fight+},” the general said."),
    ("name", "The bribe was paid by [-Karl Weber-]{+Kurt Weber+}, the court heard."),
    ("attribution lost", "The ship was empty[-, the navy said-]."),
    ("question mark", "The senator is guilty[-?-]{+.+}"),
)


def sides(marked: str) -> tuple[str, str]:
    return HUNK.sub(lambda m: m[1] or "", marked), HUNK.sub(lambda m: m[2] or "", marked)


def article(text: str, lang: str, title: str = "Council meets") -> Article:
    base = "The council met in the old town hall on the square."
    return Article(title=title, lang=lang, blocks=(Block(BlockKind.PARAGRAPH, base), Block(BlockKind.PARAGRAPH, text)))


def rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def found_in(change: Change) -> set[str]:
    kinds = {
        "negation" if label.kind is LabelKind.HEDGE and "(negation)" in label.evidence else label.kind.value
        for label in change.labels
    }
    # A place has no label of its own: the evidence of the claim says so.
    kinds |= {"place" for fact in change.facts if fact.kind is FactKind.PLACE and fact.standing}
    return kinds & set(JUDGED)


def labelled_edits(name: str) -> dict[str, Any]:
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    cases = rows(HERE / name)
    for kinds, lang, marked in cases:
        wanted = set(kinds.split(",")) - {"none"}
        old, new = sides(marked)
        got = found_in(compare(article(old, lang), article(new, lang)))
        right.update(wanted & got)
        wrong.update(got - wanted)
        missed.update(wanted - got)
    return {
        "edits": len(cases),
        "kinds": {
            kind: {
                "precision": round(right[kind] / max(1, right[kind] + wrong[kind]), 4),
                "recall": round(right[kind] / max(1, right[kind] + missed[kind]), 4),
                "labelled": right[kind] + missed[kind],
            }
            for kind in JUDGED
        },
    }


def hidden() -> dict[str, Any]:
    """Return which of the edits that peers miss or hide are seen, and whether any is called cosmetic."""
    changes = [(name, compare(*(article(side, "en") for side in sides(marked)))) for name, marked in HIDDEN]
    changes.append(
        (
            "headline only",
            compare(article("Rain fell.", "en", "Mayor quits"), article("Rain fell.", "en", "Mayor fired")),
        )
    )
    cosmetic = [name for name, change in changes if LabelKind.COSMETIC in change.kinds]
    weak = [name for name, change in changes if change.is_empty or change.significance is Significance.LOW]
    return {"edits": len(changes), "seen": len(changes) - len(weak), "weak": weak, "cosmetic": cosmetic}


def recognise(text: str, *, at_edge: bool = True) -> NoticeKind | None:
    """Return the kind of notice that a text surely is."""
    found = find_notice(text, at_edge=at_edge)
    return found.kind if found is not None and found.is_sure else None


def families(cases: list[tuple[str, str]]) -> dict[str, Any]:
    got = [(kind, recognise(text), text) for kind, text in cases]
    detected = sum(found is not None for _, found, _ in got)
    exact = sum(found is not None and found.value == kind for kind, found, _ in got)
    return {
        "families": len(got),
        "detected": round(detected / max(1, len(got)), 4),
        "exact_kind": round(exact / max(1, len(got)), 4),
        "missed": [text[:80] for _, found, text in got if found is None],
    }


def false_alarms(folder: Path, *, quick: bool) -> dict[str, Any]:
    seen: dict[str, None] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").split("\n")[: 400 if quick else None]:
            if line:
                for part in (json.loads(line)["new"] or "").split("\n\n"):
                    seen.update(dict.fromkeys(sentences(" ".join(part.split()))))
    return counted(seen)


def on_pages(folder: Path, *, quick: bool) -> dict[str, Any]:
    """Count notices seen in the text of saved pages, as extracted: real ones the extractor left there, or alarms."""
    seen: dict[str, None] = {}
    files = sorted(path for path in folder.glob("*/dev/pages/**/*") if path.is_file())
    for path in files[:: 12 if quick else 1]:
        page = path.read_bytes()
        article = extract(gzip.decompress(page) if path.suffix == ".gz" else page)
        for block in article.editorial:
            seen.update(dict.fromkeys(sentences(block.text)))
    return {"pages": len(files), **counted(seen)}


def whole_article(text: str, lang: str) -> Article:
    return Article(lang=lang, blocks=tuple(Block(BlockKind.PARAGRAPH, p) for p in text.split("\n\n")))


def news_pairs(folder: Path) -> dict[str, list[tuple[Article, Article]]]:
    """Return all real pairs of news in the data: whole articles, and the headline and summary of others."""
    found: dict[str, list[tuple[Article, Article]]] = {"articles": [], "headlines": []}
    for row in map(json.loads, (folder / "news_articles.jsonl").open(encoding="utf-8")):
        old, new = (whole_article(row[side], row["lang"]) for side in ("old", "new"))
        found["articles"].append((old, new))
    for name in ("bbc_headlines", "german_headlines"):
        for row in map(json.loads, (folder / f"{name}.jsonl").open(encoding="utf-8")):
            old, new = (
                Article(title=row[side], dek=row.get(f"summary_{side}") or "", lang=row["lang"])
                for side in ("old", "new")
            )
            found["headlines"].append((old, new))
    return found


def cost(pairs: list[tuple[Article, Article]]) -> list[float]:
    """Return the CPU milliseconds that the facts and labels of each real pair of news take, after a first run.

    The lexicons are loaded and know the words then; what the sentences mention is read again in each run.
    """
    spent = []
    for old, new in pairs:
        change = diff(old, new)
        classify(old, new, change)
        times = []
        for _ in range(3):
            mentions.cache_clear()
            started = time.process_time_ns()
            classify(old, new, change)
            times.append((time.process_time_ns() - started) / 1e6)
        spent.append(min(times))
    return spent


def spread(spent: list[float]) -> dict[str, float]:
    ordered = sorted(spent)
    return {
        "pairs": len(ordered),
        "median": round(ordered[len(ordered) // 2], 2),
        "p95": round(ordered[int(0.95 * len(ordered))], 2),
    }


def counted(seen: dict[str, None]) -> dict[str, Any]:
    started = time.process_time()
    alarms = [s for s in seen if s and recognise(s, at_edge=False)]
    spent = time.process_time() - started
    return {
        "sentences": len(seen),
        "alarms": len(alarms),
        "texts": [s[:140] for s in alarms],
        "microseconds_a_sentence": round(spent / max(1, len(seen)) * 1e6, 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--half", default="dev", help="folder below revisions/ (default: dev)")
    parser.add_argument("--quick", action="store_true", help="fewer sentences")
    parser.add_argument("--ablate", action="store_true", help="print how often it is right without each part")
    args = parser.parse_args()
    if args.ablate:
        ablation = ablate(args.data)
        print_ablation(ablation)
        print(json.dumps({"benchmark": "classify_ablation", "sets": ablation}))
        return 0
    own = families([(kind, text) for kind, _, text in rows(HERE / "classify_notices.txt")])
    figures: dict[str, Any] = {
        "benchmark": "classify",
        "labelled": labelled_edits("classify_edits.txt"),
        "held_out": labelled_edits("classify_heldout.txt"),
        "held_out_first_run": FIRST_RUN,
        "third": labelled_edits("classify_third.txt"),
        "third_first_run": THIRD_FIRST_RUN,
        "fourth": labelled_edits("classify_fourth.txt"),
        "fourth_first_run": FOURTH_FIRST_RUN,
        "hidden": hidden(),
        "own_families": own,
    }
    given = args.data / "notices.tsv"
    if given.exists():
        cases = [(KINDS.get(kind, kind), text) for kind, _, text, *_ in rows(given)[1:] if kind != "timestamp"]
        figures["given_families"] = families(cases)
    folder = args.data / "revisions" / args.half
    if folder.is_dir():
        figures["false_alarms"] = false_alarms(folder, quick=args.quick)
        spent = {name: cost(pairs) for name, pairs in news_pairs(folder).items()}
        spent["all"] = [each for some in spent.values() for each in some]
        figures["cpu_ms"] = {name: spread(each) for name, each in spent.items()}
    if (args.data / "pages").is_dir():
        figures["on_pages"] = on_pages(args.data / "pages", quick=args.quick)
    print_table(figures)
    print(json.dumps(figures, ensure_ascii=False))
    return 0


def print_table(figures: dict[str, Any]) -> None:
    tuned, sets = figures["labelled"], ("held_out", "third", "fourth")
    counts = ", ".join(str(figures[name]["edits"]) for name in sets)
    print(f"{tuned['edits']} labelled edits the rules were tuned on; three sets written apart ({counts} edits),")
    print("each as it was when run first, and after mending what that showed")
    columns = "".join(f"   {name:^13}   {'now':^13}" for name in ("2nd, first", "3rd, first", "4th, first"))
    print(f"{'':10} {'tuned on':^18}{columns}")
    print(f"{'kind':10} {'P':>6} {'R':>6} {'n':>4}" + f"   {'P':>6} {'R':>6}" * 6)
    for kind, line in tuned["kinds"].items():
        shown = f"{kind:10} {line['precision']:6.3f} {line['recall']:6.3f} {line['labelled']:4}"
        for name in sets:
            first, now = figures[f"{name}_first_run"].get(kind), figures[name]["kinds"][kind]
            shown += f"   {first[0]:6.3f} {first[1]:6.3f}" if first else " " * 16
            shown += f"   {now['precision']:6.3f} {now['recall']:6.3f}"
        print(shown)
    h = figures["hidden"]
    print(f"edits that peers hide: {h['seen']}/{h['edits']} seen, {len(h['cosmetic'])} called cosmetic")
    for name in ("own_families", "given_families"):
        if name in figures:
            f = figures[name]
            print(f"{name.replace('_', ' ')}: {f['detected']:.1%} of {f['families']}, kind exact {f['exact_kind']:.1%}")
    if "false_alarms" in figures:
        f = figures["false_alarms"]
        print(f"false alarms: {f['alarms']} in {f['sentences']} sentences, {f['microseconds_a_sentence']} µs each")
    if "cpu_ms" in figures:
        print("facts and labels of all real pairs of news in the data:")
        for name, f in figures["cpu_ms"].items():
            print(f"  {name}: {f['pairs']} pairs, CPU ms {f['median']} median, {f['p95']} p95")
    if "on_pages" in figures:
        f = figures["on_pages"]
        print(
            f"in the text of {f['pages']} pages: {f['alarms']} of {f['sentences']} sentences, to be judged by reading:"
        )
        for text in f["texts"]:
            print(f"  {text}")


if __name__ == "__main__":
    sys.exit(main())
