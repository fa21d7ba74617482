"""Measure the diff on real revision pairs, beside the tools other trackers use, in one run.

    .venv/bin/python benchmarks/diff.py --data /work/shared/data [--quick] [--half heldout]

Readability is measured on the pairs on which we report no move. Marked letters are set against the fewest any word
diff must mark, moves charged as a deletion and an insertion. The other tools come with `uv sync --group bench`, except
wikidiff2: `apt-get install php-cli php-wikidiff2`. It reports moves too, so a further line compares it with us on the
pairs on which neither does, everything charged that either shows.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import re
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from _diff_measure import Optimum, Score, letters, score
from _diff_peers import ABSENT, PEERS
from _diff_synthetic import labelled, paragraph_moves, sentences
from _diff_wikidiff2 import Found, wikidiff2

from tracker.diff.comparison import compare
from tracker.diff.sentences import split
from tracker.model.article import Article, Block, BlockKind
from tracker.model.change import Change, Op

Ops = list[tuple[str, str]]
SETS = ("news_articles", "travel_advice", "terms_en", "terms_fr", "wikipedia")
HEADLINES = ("bbc_headlines", "german_headlines")
LONGEST = 2500


class Ours(NamedTuple):
    """Our diff of a pair, as it is shown.

    Attributes:
        score: its figures, of which `twice` letters are marked because a paragraph was split or merged.
        moved: the letters that its moves cost when they are charged; `has_move` says whether it has any.
        least: the fewest letters to mark.
    """

    score: Score
    twice: int
    moved: int
    has_move: bool
    least: int

    def without_twice(self) -> Score:
        return self.score._replace(marked=self.score.marked - self.twice)


def article(paragraphs: list[str], lang: str = "en") -> Article:
    made = Article(blocks=tuple(Block(BlockKind.PARAGRAPH, p) for p in paragraphs), lang=lang)
    _ = made.editorial
    return made


def flat(change: Change) -> Ops:
    """Return the whole diff as one run of ops; a paragraph break belongs to the rows that have both sides."""
    ops: Ops = []
    for block in change.blocks:
        ops += block.hunks
        is_one_sided = block.hunks and (block.old is None or block.new is None)
        ops.append((block.hunks[0][0] if is_one_sided else "=", "\n\n"))
    return ops


def has_move(change: Change) -> bool:
    return any(b.op is Op.MOVE or any(s.op is Op.MOVE for s in b.sentences) for b in change.blocks)


def moved_letters(change: Change) -> int:
    """Count what a move costs when it is charged as a deletion and an insertion."""
    return sum(2 * letters("".join(t for o, t in b.hunks if o == "=")) for b in change.blocks if b.op is Op.MOVE)


def carried_letters(change: Change) -> int:
    """Count what hunks show twice though it is unchanged and in order: sentences of a paragraph split or merged."""
    return sum(
        2 * letters(s.new_text) for b in change.blocks for s in b.sentences if s.op is Op.SAME and s.old_block != b.old
    )


def restores(old: Article, new: Article, change: Change) -> bool:
    """Say whether the hunks give both texts back, each block once, in its place."""
    before = {b.old: b.old_text for b in change.blocks if b.old is not None}
    after = [b.new_text for b in change.blocks if b.new is not None]
    return [before.get(i) for i in range(len(old.editorial))] == [b.text for b in old.editorial] and after == [
        b.text for b in new.editorial
    ]


def pairs(folder: Path, names: tuple[str, ...], limit: int | None) -> list[dict[str, Any]]:
    out = []
    for name in names:
        path = folder / f"{name}.jsonl"
        rows = (
            [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line] if path.exists() else []
        )
        rows = [r | {"set": name} for r in rows if max(len(r["old"].split()), len(r["new"].split())) <= LONGEST]
        out += rows[:limit] if limit else rows
    return out


def cpu(old: Article, new: Article, times: int) -> float:
    """Return the least CPU time of a comparison, in milliseconds."""
    best = float("inf")
    for _ in range(times):
        split.cache_clear()
        started = time.process_time_ns()
        compare(old, new)
        best = min(best, (time.process_time_ns() - started) / 1e6)
    return best


def quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values) or [0.0]
    return {
        "median": round(ordered[len(ordered) // 2], 3),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 3),
        "max": round(ordered[-1], 3),
    }


def real_pairs(rows: list[dict[str, Any]], times: int) -> dict[str, Any]:
    optimum = Optimum()
    ours: list[Ours] = []
    milliseconds: dict[str, list[float]] = {"writethru": [], **{name: [] for name in PEERS}}
    scores: dict[str, list[tuple[Score, int]]] = {name: [] for name in PEERS}
    restored, peer_restored = 0, dict.fromkeys(PEERS, 0)
    wiki = wikidiff2([(row["old"], row["new"]) for row in rows], times)
    for row in rows:
        old, new = article(row["old"].split("\n\n"), row["lang"]), article(row["new"].split("\n\n"), row["lang"])
        change = compare(old, new)
        restored += restores(old, new, change)
        least = optimum(row["old"], row["new"])
        moved = has_move(change)
        ours.append(Ours(score(flat(change)), carried_letters(change), moved_letters(change), moved, least))
        milliseconds["writethru"].append(cpu(old, new, times))
        for name, peer in PEERS.items():
            started = time.process_time_ns()
            ops = peer(row["old"], row["new"])
            milliseconds[name].append((time.process_time_ns() - started) / 1e6)
            peer_restored[name] += restores_words(row, ops)
            if not moved:
                scores[name].append((score(ops), least))
    still = [one for one in ours if not one.has_move]
    charged = sum(one.without_twice().marked + one.moved for one in ours) / max(1, sum(one.least for one in ours))
    table = {"writethru": summary([(one.without_twice(), one.least) for one in still])}
    table |= {name: summary(found) for name, found in scores.items()}
    for name, line in table.items():
        line["cpu_ms"] = quantiles(milliseconds[name])
        line["restored"] = round((restored if name == "writethru" else peer_restored[name]) / max(1, len(rows)), 4)
    beside_wikidiff2: dict[str, Any] = {}
    if wiki is not None:
        table["wikidiff2"], beside_wikidiff2 = wikidiff2_line(rows, wiki, ours)
    by_set: dict[str, list[float]] = {}
    for row, spent_ms in zip(rows, milliseconds["writethru"], strict=True):
        by_set.setdefault(row["set"], []).append(spent_ms)
    return {
        "pairs": len(rows),
        "cpu_ms_by_set": {name: quantiles(spent_ms) for name, spent_ms in by_set.items()},
        "pairs_without_moves": len(still),
        "restored": restored / max(1, len(rows)),
        "marked_over_optimum_all_moves_charged": round(charged, 4),
        "marked_over_optimum_as_shown": summary([(one.score, one.least) for one in still])["marked_over_optimum"],
        "mid_word_cuts_all": sum(one.score.cuts for one in ours),
        "tools": table,
        "beside_wikidiff2": beside_wikidiff2,
    }


def wikidiff2_line(
    rows: list[dict[str, Any]], found: list[Found], ours: list[Ours]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the line of wikidiff2 in the table, and both tools, as they show it, where neither reports a move."""
    still = [(wiki, one) for wiki, one in zip(found, ours, strict=True) if not one.has_move]
    neither = [(wiki, one) for wiki, one in still if not wiki.moved]
    as_shown = summary([(score(wiki.as_shown), one.least) for wiki, one in still])
    line = summary([(score(wiki.ops), one.least) for wiki, one in still]) | {
        "marked_over_optimum_moves_free": as_shown["marked_over_optimum"],
        "cpu_ms": quantiles([wiki.milliseconds for wiki in found]),
        "restored": round(sum(map(restores_words, rows, [wiki.ops for wiki in found])) / max(1, len(rows)), 4),
    }
    return line, {
        "pairs": len(neither),
        "writethru": summary([(one.score, one.least) for _, one in neither]),
        "wikidiff2": summary([(score(wiki.ops), one.least) for wiki, one in neither]),
    }


def restores_words(row: dict[str, Any], ops: Ops) -> bool:
    """Say whether a diff gives the words of both texts back."""
    sides = "".join(t for o, t in ops if o != "+"), "".join(t for o, t in ops if o != "-")
    return [side.split() for side in sides] == [row["old"].split(), row["new"].split()]


def summary(found: list[tuple[Score, int]]) -> dict[str, Any]:
    n = max(1, len(found))
    return {
        "marked_over_optimum": round(sum(s.marked for s, _ in found) / max(1, sum(least for _, least in found)), 4),
        "hunks": round(sum(s.hunks for s, _ in found) / n, 2),
        "mid_word_cuts": round(sum(s.cuts for s, _ in found) / n, 3),
        "chaff": round(sum(s.chaff for s, _ in found) / n, 3),
    }


def moves(documents: list[str]) -> dict[str, Any]:
    cases = paragraph_moves(documents, seed=7)
    found = 0
    for old, new, carried in cases:
        change = compare(article(old), article(new))
        rows = [b for b in change.blocks if b.op is not Op.SAME]
        # When two change places either may be the one that "moved": pure moves that explain the whole are right.
        found += bool(rows) and all(b.op is Op.MOVE and b.old_text == b.new_text for b in rows) and bool(carried)
    return {"cases": len(cases), "found": found}


def sentence_ops(documents: list[str], spare: list[str]) -> dict[str, Any]:
    right = said = wanted = 0
    by_op: dict[str, list[int]] = {op: [0, 0, 0] for op in ("edit", "insert", "delete", "move")}
    for case in labelled(documents, spare, seed=11):
        change = compare(article(case.old), article(case.new))
        told = list(operations(change))
        truth = set(case.done)
        for op, old, new in told:
            hit = next((t for t in truth if t[0] == op and alike(t[1], old) and alike(t[2], new)), None)
            if hit:
                truth.discard(hit)
            right += hit is not None
            by_op[op][0] += hit is not None
            by_op[op][1] += 1
        for op, _, _ in case.done:
            by_op[op][2] += 1
        said += len(told)
        wanted += len(case.done)
    return {
        "precision": round(right / max(1, said), 4),
        "recall": round(right / max(1, wanted), 4),
        "operations": wanted,
        "by_op": {op: {"right": r, "said": s, "labelled": w} for op, (r, s, w) in by_op.items()},
    }


def spares(rows: list[dict[str, Any]]) -> list[str]:
    """Return sentences of travel advice, foreign to the news they are put into."""
    found = {
        s: None
        for r in rows
        if r["set"] == "travel_advice"
        for paragraph in r["new"].split("\n\n")
        for s in sentences(paragraph)
        if 50 < len(s) < 200 and re.fullmatch(r"[A-Z][^*#\[\]\n|]*[a-z]\.", s)
    }
    return list(found)[:500]


def operations(change: Change) -> list[tuple[str, str, str]]:
    out = []
    for block in change.blocks:
        out += [(s.op.value, s.old_text, s.new_text) for s in block.sentences if s.op is not Op.SAME]
        if block.op is Op.MOVE and not block.sentences:
            out += [("move", s, s) for s in sentences(block.new_text)]
    return out


def alike(a: str, b: str) -> bool:
    x, y = a.split(), b.split()
    if x == y:
        return True
    common = len(set(x) & set(y))
    return common >= 0.8 * max(len(set(x)), len(set(y)), 1)


def headlines(rows: list[dict[str, Any]]) -> dict[str, Any]:
    times, cuts, restored = [], 0, 0
    for row in rows:
        old, new = Article(title=row["old"]), Article(title=row["new"])
        change = compare(old, new)
        ops = list(change.title.hunks)
        cuts += score(ops).cuts
        restored += (
            "".join(t for o, t in ops if o != "+") == row["old"]
            and "".join(t for o, t in ops if o != "-") == row["new"]
        )
        times.append(cpu(old, new, 1))
    return {
        "pairs": len(rows),
        "restored": restored / max(1, len(rows)),
        "mid_word_cuts": cuts,
        "cpu_ms": quantiles(times),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--half", default="dev", help="folder below revisions/ (default: dev)")
    parser.add_argument("--quick", action="store_true", help="at most 40 pairs a set")
    args = parser.parse_args()
    folder = args.data / "revisions" / args.half
    if not folder.is_dir():
        print(json.dumps({"benchmark": "diff", "skipped": f"no revision pairs at {folder}"}))
        return 0
    random.seed(0)
    gc.freeze()
    rows = pairs(folder, SETS, 40 if args.quick else None)
    compare(article(["Warm up."]), article(["Warmed up."]))
    real = real_pairs(rows, 1 if args.quick else 2)
    documents = [r["new"] for r in rows if r["set"] in {"news_articles", "travel_advice"}]
    news = [r["new"] for r in rows if r["set"] == "news_articles"]
    spare = spares(rows)
    figures = {
        "benchmark": "diff",
        "half": args.half,
        **real,
        "paragraph_moves": moves(documents),
        "sentence_ops": sentence_ops(news * (7 if args.quick else 22), spare),
        "headlines": headlines(pairs(folder, HEADLINES, 400 if args.quick else None)),
        "absent": list(ABSENT),
        "wikidiff2": "measured" if "wikidiff2" in real["tools"] else "not here: apt-get install php-cli php-wikidiff2",
    }
    print_table(figures)
    print(json.dumps(figures, ensure_ascii=False))
    return 0


def print_table(figures: dict[str, Any]) -> None:
    print(f"{figures['pairs']} pairs, {figures['pairs_without_moves']} without moves (readability is theirs)")
    print(
        f"{'tool':22} {'restore':>8} {'marked/opt':>10} {'hunks':>6} {'cuts':>6} {'chaff':>6}   CPU ms median/p95/max"
    )
    for name, line in figures["tools"].items():
        c = line["cpu_ms"]
        print(
            f"{name:22} {line['restored']:8.2%} {line['marked_over_optimum']:10.3f} {line['hunks']:6.2f} "
            f"{line['mid_word_cuts']:6.2f} {line['chaff']:6.2f}   {c['median']:.2f} / {c['p95']:.2f} / {c['max']:.2f}"
        )
    if beside := figures["beside_wikidiff2"]:
        print(f"{beside['pairs']} pairs on which neither reports a move: ", end="")
        for name in ("writethru", "wikidiff2"):
            b = beside[name]
            print(f"{name} marked/opt {b['marked_over_optimum']:.3f}, hunks {b['hunks']}, chaff {b['chaff']}", end="; ")
        free = figures["tools"]["wikidiff2"]["marked_over_optimum_moves_free"]
        print(f"wikidiff2 in the table, moves not charged: {free:.3f}")
    for name, c in figures["cpu_ms_by_set"].items():
        print(f"writethru on {name:9} CPU ms {c['median']:.2f} / {c['p95']:.2f} / {c['max']:.2f}".rstrip())
    print(f"all pairs, moves charged: marked/optimum {figures['marked_over_optimum_all_moves_charged']:.3f}")
    print(
        "without moves, what a split or merged paragraph shows twice charged as well: "
        f"marked/optimum {figures['marked_over_optimum_as_shown']:.3f}"
    )
    m, s, h = figures["paragraph_moves"], figures["sentence_ops"], figures["headlines"]
    print(f"paragraph moves {m['found']}/{m['cases']}")
    print(f"sentence operations P {s['precision']:.3f} R {s['recall']:.3f} of {s['operations']}")
    print(f"headlines {h['pairs']}: restored {h['restored']:.2%}, cuts {h['mid_word_cuts']}, CPU ms {h['cpu_ms']}")
    print(f"wikidiff2: {figures['wikidiff2']}")
    for name in figures["absent"]:
        print(f"{name}: not here: the package is not installed")


if __name__ == "__main__":
    sys.exit(main())
