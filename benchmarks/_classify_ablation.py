"""Switch parts of the classifier off, one at a time, and count how often it is right on judged edits without each."""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from tracker import compare, extract
from tracker.classify.facts import span_facts
from tracker.classify.spelling import WordRelation
from tracker.model.article import Article
from tracker.model.change import Change, FactKind, Noted, Substance

JUDGED = Path(__file__).parents[1] / "tests/unit/classify/judged"
CALM = (
    "The council met on the second floor of the old library while rain fell on the square outside.",
    "Residents had waited in the hall since the early morning, some of them with folding chairs.",
    "The building was put up a century ago and has served the town as a school and a dance hall.",
    "The meeting ended in the evening, and the doors of the hall were locked behind the last visitors.",
)


@dataclass(frozen=True)
class JudgedEdit:
    """One edit or revision as two articles, with the answers that people accept.

    Attributes:
        accepted: the substances that are right.
        may_accuse: False where "not noted" would be a false accusation, None where either is right.
        noted: the answers that are right for a revision with a note.
    """

    old: Article
    new: Article
    accepted: frozenset[str] = frozenset()
    may_accuse: bool | None = None
    noted: frozenset[str] = frozenset()


def without_facts(*kinds: FactKind) -> dict[str, Any]:
    """Return the patch that leaves facts of some kinds out."""

    def remaining(*args: Any) -> list[Any]:
        return [fact for fact in span_facts(*args) if fact.kind not in kinds]

    return {"tracker.classify.change_context.span_facts": remaining}


def _same_letters_only(old: str, new: str, _lang: str) -> WordRelation:
    return WordRelation.SAME if old.lower() == new.lower() else WordRelation.OTHER


PARTS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "numbers": without_facts(FactKind.NUMBER),
    "dates": without_facts(FactKind.DATE),
    "names": without_facts(FactKind.NAME),
    "places": without_facts(FactKind.PLACE),
    "quotations": without_facts(FactKind.QUOTE),
    "hedges, negations, sources": without_facts(FactKind.HEDGE, FactKind.NEGATION, FactKind.SOURCE),
    "opposites and exclusive words": without_facts(FactKind.STATE),
    "spelling": {"tracker.classify.edits.word_relation": _same_letters_only},
    "topics of notes": {"tracker.classify.noted.topics_of_notice": lambda _: frozenset()},
    "shared words of notes": {"tracker.classify.noted._shares": lambda *_: False},
}
"""What is switched off, and the functions that do it."""


@contextmanager
def switched_off(part: str) -> Iterator[None]:
    """Run without one part of the classifier."""
    with ExitStack() as stack:
        for place, replacement in PARTS[part].items():
            stack.enter_context(mock.patch(place, replacement))
        yield


def article(title: str, dek: str, paragraphs: list[str], lang: str) -> Article:
    """Return the article of a page with these texts."""
    e = html.escape
    standfirst = f'<p class="standfirst">{e(dek)}</p>' if dek else ""
    text = "".join(f"<p>{e(each)}</p>" for each in paragraphs)
    page = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{e(title)}</title>'
        f'<meta property="og:type" content="article"><meta property="og:description" content="{e(dek)}"></head>'
        f"<body><main><article><h1>{e(title)}</h1>{standfirst}{text}</article></main></body></html>"
    )
    return extract(page.encode(), "https://news.example.org/2026/11/council")


def _around(text: str, where: str, lang: str) -> Article:
    title = text if where == "headline" else "Council meets in the old library"
    body = [*CALM[:2], *([text] if where == "body" else []), *CALM[2:]]
    return article(title, text if where == "dek" else "", body, lang)


def judged_edits(name: str) -> list[JudgedEdit]:
    """Return the single edits of a file of tests/unit/classify/judged."""
    rows = map(json.loads, (JUDGED / name).read_text(encoding="utf-8").splitlines())
    return [
        JudgedEdit(
            _around(row["old"], row["where"], row["lang"]),
            _around(row["new"], row["where"], row["lang"]),
            frozenset(row["substance"]),
            row["not_noted"],
        )
        for row in rows
    ]


def judged_revisions(name: str) -> list[JudgedEdit]:
    """Return the revisions with a note of a file of tests/unit/classify/judged."""

    def side(row: dict[str, Any], lang: str) -> Article:
        note = [row["note"]] if row.get("note") else []
        texts = [*note, *row["paragraphs"]] if row.get("note_place") == "first" else [*row["paragraphs"], *note]
        return article(row["title"], row["dek"], texts, lang)

    rows = map(json.loads, (JUDGED / name).read_text(encoding="utf-8").splitlines())
    return [
        JudgedEdit(side(row["old"], row["lang"]), side(row["new"], row["lang"]), noted=frozenset(row["noted"]))
        for row in rows
    ]


def labelled_edits(folder: Path) -> list[JudgedEdit]:
    """Return the real edits of the data folder that have reference labels."""
    labels = {row["id"]: row for row in map(json.loads, (folder / "labels.jsonl").open(encoding="utf-8"))}
    found = []
    for row in map(json.loads, (folder / "edits.jsonl").open(encoding="utf-8")):
        label = labels.get(row["id"])
        if label is None or label["substance"] == "unclear":
            continue
        stood = label["substance"] == "claim" and bool({"altered", "removed"} & set(label["direction"]))
        accepted = {"claim": {"claim"}, "form": {"form"}, "wording": {"words", "form"}}[label["substance"]]
        old, new = (_around(row[side], row["where"], row["lang"][:2]) for side in ("old", "new"))
        found.append(JudgedEdit(old, new, frozenset(accepted), stood))
    return found


def counts(edits: list[JudgedEdit], compared: Callable[[Article, Article], Change] = compare) -> Counter[str]:
    """Count the right answers, and each kind of mistake: a claim called form, a false claim, a false accusation."""
    found: Counter[str] = Counter()
    for edit in edits:
        change = compared(edit.old, edit.new)
        said = change.substance.value if change.substance else ""
        if edit.noted:
            found["right"] += change.noted is not None and change.noted.value in edit.noted
            found["laundered"] += edit.noted == {"no"} and change.noted is Noted.YES
            found["accused"] += "no" not in edit.noted and change.noted is Noted.NO
            continue
        found["right"] += said in edit.accepted
        found["all_clear"] += edit.accepted == {"claim"} and change.substance is Substance.FORM
        found["false_claim"] += "claim" not in edit.accepted and change.substance is Substance.CLAIM
        found["accused"] += edit.may_accuse is False and change.noted is Noted.NO
        found["shown"] += edit.accepted == {"claim"} and bool(change.facts)
    return found


def ablate(data: Path | None) -> dict[str, dict[str, dict[str, int]]]:
    """Return the counts of each set of edits without each part, by set and part."""
    sets = {
        "judged": [*judged_edits("edits_A.jsonl"), *judged_edits("edits_B.jsonl")],
        "revisions": [*judged_revisions("revisions_A.jsonl"), *judged_revisions("revisions_B.jsonl")],
    }
    if data is not None and (data / "labels").is_dir():
        sets["real"] = labelled_edits(data / "labels")
    found: dict[str, dict[str, dict[str, int]]] = {name: {} for name in sets}
    for part in PARTS:
        with switched_off(part):
            for name, edits in sets.items():
                found[name][part] = dict(counts(edits))
    return found


def print_table(figures: dict[str, dict[str, dict[str, int]]]) -> None:
    """Print for each part how many edits of each set are right without it, and the mistakes."""
    print("right / claims shown with a fact / claims called form / false claims / false accusations; of revisions:")
    print("right / laundered / false accusations")
    print(f"{'switched off':30}" + "".join(f"{name:>22}" for name in figures))
    for part in PARTS:
        cells = []
        for rows in figures.values():
            row = rows[part]
            kinds = ("right", "laundered", "accused") if "laundered" in row else (
                "right", "shown", "all_clear", "false_claim", "accused")  # fmt: skip
            cells.append("/".join(str(row.get(kind, 0)) for kind in kinds))
        print(f"{part:30}" + "".join(f"{cell:>22}" for cell in cells))
