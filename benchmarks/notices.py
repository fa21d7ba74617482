"""Measure the recognition of notices: each set into a generated page, and news that sounds like one.

    .venv/bin/python benchmarks/notices.py [--data FILE] [--quick] [--show]

The sentences are those of notices.jsonl (see notices.md). A notice comes with the second of two versions of a page, in
its own place and form, beside the edit that it announces (notices_edits.tsv) or, where none is listed, beside one of a
figure among the notice's own words. Only the former are counted as called not noted. A decoy comes
three times: as the first paragraph, inside, and as the last, in a plain <p>. Decoys with an odd number were read while
the rules were made, those with an even number were not; the same was true of the parts a and b. Parts c and d,
notices and decoys, were written later; the missed notices of b and c have been read since, those of d are only counted.
The same is true of e1, whose errors were read, and of e2, which is only counted. Part f was written blind after all
of them and is only counted.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from _notices_pages import PARAGRAPHS, fact_sentences, page

from tracker import compare, extract
from tracker.model.change import LabelKind, Op

HERE = Path(__file__).parent
PLACES = ("first", "inside", "last")
NOTICE_LABELS = {LabelKind.CORRECTION, LabelKind.CLARIFICATION, LabelKind.UPDATE_NOTE, LabelKind.EDITORS_NOTE}
FORMS = {
    "p": "<p>{}</p>",
    "em": "<p><em>{}</em></p>",
    "aside": "<aside>{}</aside>",
    "strong": "<p><strong>{}</strong></p>",
    "li": "<ul><li>{}</li></ul>",
    "small": "<p><small>{}</small></p>",
}
COUNTED = ("notices", "seen", "kind", "unsure", "announced", "not_noted", "left", "twice")


def announced_edits() -> dict[str, tuple[str, str]]:
    """Return the edit that a notice announces, as the paragraph before and after, by the id of the notice."""
    lines = (HERE / "notices_edits.tsv").read_text(encoding="utf-8").splitlines()
    return {name: (old, new) for name, old, new in (line.split("\t") for line in lines)}


def versions(lang: str, text: str, place: str, form: str, edit: tuple[str, str]) -> tuple[str, str]:
    """Return two versions of a page: the second has *text*, and the second paragraph of *edit* for the first one."""
    before, after = ([f"<p>{html.escape(p)}</p>" for p in PARAGRAPHS[lang]] for _ in range(2))
    before[2], after[2] = (f"<p>{html.escape(p)}</p>" for p in edit)
    after.insert({"first": 0, "inside": 3, "last": len(after)}[place], FORMS[form].format(html.escape(text)))
    return page(lang, before), page(lang, after)


def judged(case: dict[str, str], edit: tuple[str, str] | None) -> dict[str, Any]:
    """Return what the program makes of one notice, beside the *edit* that it announces if that is known."""
    text = case["text"]
    pair = versions(case["lang"], text, case["place"], case["form"], edit or fact_sentences(case["lang"], text))
    old, new = (extract(p.encode()) for p in pair)
    change = compare(old, new)
    found = [n for n in change.notices if n.op is Op.INSERT and n.text == case["text"]]
    noted = getattr(change, "noted", None)
    return {
        "notices": True,
        "seen": bool(found),
        "kind": any(n.kind.value == case["kind"] for n in found),
        "unsure": not found and getattr(noted, "value", noted) == "unclear",
        "announced": edit is not None,
        "not_noted": edit is not None and LabelKind.NOT_NOTED in change.kinds,
        "left": case["text"] in new.text,
        "twice": len(found) > 1,
        "as": ",".join(n.kind.value for n in found),
    }


def is_called_notice(case: dict[str, str], place: str) -> bool:
    """Say whether a decoy is taken for a notice, on the page or as an inserted paragraph."""
    old, new = (
        extract(p.encode()) for p in versions(case["lang"], case["text"], place, "p", fact_sentences(case["lang"], ""))
    )
    change = compare(old, new)
    return bool(new.notices or change.notices or NOTICE_LABELS & set(change.kinds)) or case["text"] not in new.text


def rates(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return counts and the shares of notices that were seen, and that were seen as what they are."""
    counts = {name: sum(row[name] for row in rows) for name in COUNTED}
    size = max(1, len(rows))
    return counts | {"seen_share": round(counts["seen"] / size, 4), "kind_share": round(counts["kind"] / size, 4)}


def measure(cases: list[dict[str, str]], *, show: bool) -> dict[str, Any]:
    """Run every case and count by half and language."""
    groups: dict[str, list[dict[str, Any]]] = {}
    false: Counter[str] = Counter()
    placed: Counter[str] = Counter()
    texts = []
    edits = announced_edits()
    for case in cases:
        if case["kind"] == "decoy":
            part = case.get("half") or ("read" if int(re.sub(r"\D", "", case["id"])) % 2 else "unread")
            for place in PLACES:
                placed[part] += 1
                if is_called_notice(case, place):
                    false[part] += 1
                    false[place] += 1
                    if part == "read":
                        texts.append(f"{case['id']} {place}: {case['text'][:100]}")
            continue
        row = judged(case, edits.get(case["id"]))
        for group in ("all", f"half {case['half']}", f"half {case['half']} {case['lang']}"):
            groups.setdefault(group, []).append(row)
        is_wrong = not row["kind"] or row["not_noted"] or row["left"] or row["twice"]
        if show and is_wrong and case["half"] == "a":
            print({k: v for k, v in row.items() if v and k != "notices"}, case["id"], case["kind"], case["text"])
    return {
        "groups": {name: rates(groups[name]) for name in sorted(groups)},
        "decoys": {"placed": dict(placed), "false": dict(false), "texts": texts},
    }


def print_table(figures: dict[str, Any]) -> None:
    print(
        f"{'':12} {'n':>4} {'seen':>6} {'kind':>6} {'unsure':>6} {'edits':>5} {'accused':>7} {'left':>5} {'twice':>5}"
    )
    for name, row in figures["groups"].items():
        print(
            f"{name:12} {row['notices']:4} {row['seen_share']:6.3f} {row['kind_share']:6.3f} {row['unsure']:6}"
            f" {row['announced']:5} {row['not_noted']:7} {row['left']:5} {row['twice']:5}"
        )
    d = figures["decoys"]
    for part, placed in d["placed"].items():
        print(f"decoys {part:8}: {d['false'].get(part, 0)} false in {placed} placements")
    for text in d["texts"][:20]:
        print(f"  {text}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, default=HERE / "notices.jsonl", help="another set in the same format")
    parser.add_argument("--data", type=Path, help="not used; `make bench` passes it to every benchmark")
    parser.add_argument("--quick", action="store_true", help="every fourth sentence")
    parser.add_argument("--show", action="store_true", help="print what is wrong in half a")
    args = parser.parse_args()
    cases = [json.loads(line) for line in args.cases.read_text(encoding="utf-8").splitlines() if line]
    started = time.process_time()
    figures = {"benchmark": "notices", **measure(cases[:: 4 if args.quick else 1], show=args.show)}
    figures["cpu_seconds"] = round(time.process_time() - started, 1)
    print_table(figures)
    print(json.dumps(figures, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
