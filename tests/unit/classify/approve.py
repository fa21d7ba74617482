"""Write down what Writethru says of every edit in `approved/`: `python -m tests.unit.classify.approve`.

An edit is one line; what is said about it is below, indented, and is rewritten by this command. Lines that begin with
"#" or "   !" are remarks, and stay. An edit has a language and one or more parts, separated by " ¶ ":

- a paragraph, with [-what was removed-] and {+what was added+}; every article begins with another paragraph, the same
  on both sides, which a part "lead: …" replaces
- "title: …", "dek: …", "by: …", or a notice, such as "correction: …" or "update: …"

What is said: the substance of each edited sentence, with its direction and whether the outlet noted it; the
significance; whether the outlet noted the change; the labels, with "…" for words that are quoted elsewhere in the
entry; then one line per fact, and one per new notice. Paragraphs are counted from 0; the place is left out where it is
paragraph 1.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tracker import compare
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind
from tracker.model.change import Change, Fact, Label, Op

FOLDER = Path(__file__).parent / "approved"
UNCHANGED = "The council met in the old town hall on the square."
HUNK = re.compile(r"\[-(.*?)-\]|\{\+(.*?)\+\}")
FIELDS = ("title", "dek", "by", "lead", *(kind.value for kind in NoticeKind))
NAMED_PART = re.compile(rf"({'|'.join(FIELDS)}): (.*)")
NOTED = {"yes": "noted", "no": "not noted", "unclear": "unclear whether noted", None: "nothing to note"}


def sides(edit: str) -> tuple[Article, Article]:
    """Return the two articles of an edit: its line without what was added, and without what was removed."""
    lang, _, marked = edit.partition(" ")
    old, new = HUNK.sub(r"\1", marked), HUNK.sub(r"\2", marked)
    return _article(old, lang), _article(new, lang)


def _article(text: str, lang: str) -> Article:
    parts = [part for part in text.split(" ¶ ") if part.strip()]
    named = {m[1]: m[2] for m in map(NAMED_PART.fullmatch, parts) if m and m[2].strip()}
    texts = [named.get("lead", UNCHANGED), *(part for part in parts if not NAMED_PART.match(part))]
    return Article(
        title=named.get("title", ""),
        dek=named.get("dek", ""),
        byline=tuple(named.get("by", "").split(", ")) if "by" in named else (),
        lang=lang,
        blocks=tuple(Block(BlockKind.PARAGRAPH, each) for each in texts),
        notices=tuple(Notice(kind, named[kind.value]) for kind in NoticeKind if kind.value in named),
    )


def judgement(edit: str) -> list[str]:
    """Return the lines of what is said of an edit."""
    change = compare(*sides(edit))
    units = [
        f"{unit.substance}{f':{unit.direction}' if unit.direction else ''}{f':{unit.noted}' if unit.noted else ''}"
        f"{_place(unit.where, unit.block)}"
        for unit in change.units
    ]
    said = " + ".join(units) or (change.substance.value if change.substance else "no change")
    labels = ", ".join(f"{label.kind} {_shortened(label, change)}".strip() for label in change.labels)
    noted = NOTED[change.noted.value if change.noted else None]
    return [
        f"{said}; {change.significance}; {noted}{f'; {labels}' if labels else ''}",
        *map(_fact, change.facts),
        *(
            f"{n.kind} explains {', '.join([*n.fields, *map(str, n.explains)]) or 'nothing'}"
            for n in change.notices
            if n.op is Op.INSERT
        ),
    ]


def _place(where: str, block: int | None) -> str:
    return ("" if block == 1 else f" ¶{block}") if where == "text" else f" in {where}"


def _arrow(old: str, new: str) -> str:
    return f"{old or '–'} → {new or '–'}"


def _fact(fact: Fact) -> str:
    what = f"{fact.kind} {fact.role}".strip()
    sentence = "" if fact.standing else " (with its sentence)"
    return f"{what}: {_arrow(fact.old, fact.new)}{_place(fact.where, fact.block)}{sentence}"


def _shortened(label: Label, change: Change) -> str:
    known = {_arrow(fact.old, fact.new) for fact in change.facts} | {
        _arrow(*(" … ".join(text.strip() for op, text in hunks if op == side and text.strip()) for side in "-+"))
        for hunks in (change.title.hunks, change.dek.hunks, *(block.hunks for block in change.blocks))
    }
    evidence = label.evidence
    for quoted in sorted(known, key=len, reverse=True):
        evidence = evidence.replace(quoted, "…")
    places = "" if label.blocks in {(), (1,)} else f" ¶{','.join(map(str, label.blocks))}"
    return ("" if evidence == "…" else evidence) + places


def entries(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each edit, remark or empty line with the indented lines below it."""
    for entry in re.split(r"\n(?!   )", text.removesuffix("\n")):
        first, *below = entry.split("\n   ")
        yield first, below


def approved_edits(text: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each edit with its remarks and with what is approved of it."""
    for edit, below in entries(text):
        if edit and not edit.startswith("#"):
            yield edit, [line for line in below if line.startswith("!")], [line for line in below if line[0] != "!"]


def written_anew(text: str) -> str:
    """Return the text of a file with what is said of its edits now."""
    said = {edit: [*remarks, *judgement(edit)] for edit, remarks, _ in approved_edits(text)}
    return "".join("\n   ".join([first, *said.get(first, below)]) + "\n" for first, below in entries(text))


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.txt")):
        path.write_text(written_anew(path.read_text(encoding="utf-8")), encoding="utf-8")
