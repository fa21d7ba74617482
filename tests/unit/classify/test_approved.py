"""What is said of each edit in `approved/`, `judged_edits.txt` and the docs; an edit taken back says the opposite.

Edits and revisions in `judged/` were judged by somebody who did not know the rules, which were improved after each set
was run for the first time: docs/explanation/labels.md has the first figures.
"""

import html
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import tracker
from tests.unit.classify.approve import FOLDER, approved_edits, judgement, sides
from tracker import compare
from tracker.model.change import Change, Noted, Substance

JUDGED = FOLDER.with_name("judged_edits.txt").read_text(encoding="utf-8").splitlines()
DOCS = (Path(__file__).parents[3] / "docs" / "explanation" / "labels.md").read_text(encoding="utf-8")
# "| what differs | example |" under the heading that names the substance.
EXAMPLE = re.compile(r"### (\w+)$|^\|[^|]+\| `([^`]+)`(?: \((\w\w)\))? \|$", re.MULTILINE)
FILES = sorted(path.name for path in FOLDER.glob("*.txt"))
OPPOSITE = {
    "added": "removed",
    "removed": "added",
    "anonymous to named": "named to anonymous",
    "named to anonymous": "anonymous to named",
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_said_of_an_edit_is_what_was_approved(name):
    differing = []
    for edit, _, approved in approved_edits((FOLDER / name).read_text(encoding="utf-8")):
        said = judgement(edit)
        if said != approved:
            differing += [edit, *(f"  expected  {line}" for line in approved)]
            differing += [f"  got       {line}" for line in said]
    assert not differing, "\n".join(["`python -m tests.unit.classify.approve` writes it down:", *differing])


def believed(change: Change, *, taken_back: bool = False) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return the substance of each edit and the facts that differ, turned round where the edit was taken back."""
    turned = OPPOSITE if taken_back else {}
    units: list[tuple[str, ...]] = [
        (unit.substance, turned.get(unit.direction or "", unit.direction or "")) for unit in change.units
    ]
    values = [(f.new, f.old) if taken_back else (f.old, f.new) for f in change.facts]
    return sorted(units), sorted(
        (f.kind, turned.get(f.role, f.role), *v) for f, v in zip(change.facts, values, strict=True)
    )


# A note that is taken back notes nothing.
@pytest.mark.parametrize("name", [name for name in FILES if name != "notices.txt"])
def test_an_edit_taken_back_says_the_opposite_and_is_of_the_same_kind(name):
    approved, *_ = (FOLDER / name).read_text(encoding="utf-8").split("\n# ")
    for edit, remarks, (said, *_) in approved_edits(approved):
        # A slip that is set right is form, but one that is made may be another word.
        if "form" not in said.split(";")[0] and "! seen one way only" not in remarks:
            old, new = sides(edit)
            assert believed(compare(new, old), taken_back=True) == believed(compare(old, new)), edit


@pytest.mark.parametrize("line", [line for line in JUDGED if line and line[0] != "#"])
def test_equal_values_lost_accents_tenses_and_terms_of_sentences_are_told_apart(line):
    substances, edit = line.split(" ", 1)
    assert compare(*sides(edit)).substance in substances.split("/")


def documented_examples() -> list[tuple[str, str]]:
    substance, found = "", []
    for heading, edit, lang in EXAMPLE.findall(DOCS):
        substance = heading.lower() or substance
        if edit:
            found.append((substance, f"{lang or 'en'} {edit}"))
    return found


@pytest.mark.parametrize(("substance", "edit"), documented_examples())
def test_the_docs_say_what_the_program_says_of_each_example(substance, edit):
    assert compare(*sides(edit)).substance == substance


def test_the_docs_have_examples_of_each_substance():
    count = Counter(substance for substance, _ in documented_examples())
    assert set(count) == set(Substance)
    assert min(count.values()) >= 9


JUDGED_FOLDER = Path(__file__).with_name("judged")
BESIDE = (
    "The council met on the second floor of the old library while rain fell on the square outside.",
    "Residents had waited in the hall since the early morning, some of them with folding chairs.",
    "The building was put up a century ago and has served the town as a school and a dance hall.",
    "The meeting ended in the evening, and the doors of the hall were locked behind the last visitors.",
)


def load(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (JUDGED_FOLDER / name).read_text(encoding="utf-8").splitlines()]


EDITS = {part: load(f"edits_{part}.jsonl") for part in "AB"}
REVISIONS = {part: load(f"revisions_{part}.jsonl") for part in "AB"}


def page(lang: str, title: str, dek: str, paragraphs: list[str]) -> bytes:
    escaped = html.escape
    summary = f'<p class="standfirst">{escaped(dek)}</p>' if dek else ""
    text = "".join(f"<p>{escaped(each)}</p>" for each in paragraphs)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{escaped(title)}</title>'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{escaped(title)}">'
        f'<meta property="og:description" content="{escaped(dek)}"></head><body><main><article>'
        f"<h1>{escaped(title)}</h1>{summary}{text}</article></main></body></html>"
    ).encode()


def compared(old: bytes, new: bytes) -> Change:
    url = "https://news.example.org/2026/11/council"
    return tracker.compare(tracker.extract(old, url), tracker.extract(new, url))


def change_of(edit: dict[str, Any]) -> Change:
    def side(text: str) -> bytes:
        title = text if edit["where"] == "headline" else "Council meets in the old library"
        dek = text if edit["where"] == "dek" else ""
        body = [*BESIDE[:2], *([text] if edit["where"] == "body" else []), *BESIDE[2:]]
        return page(edit["lang"], title, dek, body)

    return compared(side(edit["old"]), side(edit["new"]))


def change_of_revision(revision: dict[str, Any]) -> Change:
    def side(version: dict[str, Any]) -> bytes:
        note = [version["note"]] if version.get("note") else []
        first = version.get("note_place") == "first"
        paragraphs = [*(note if first else []), *version["paragraphs"], *([] if first else note)]
        return page(revision["lang"], version["title"], version["dek"], paragraphs)

    return compared(side(revision["old"]), side(revision["new"]))


@pytest.mark.parametrize("edit", [*EDITS["A"], *EDITS["B"]], ids=lambda edit: edit["id"])
def test_no_claim_is_called_form(edit):
    if edit["substance"] == ["claim"]:
        assert change_of(edit).substance is not Substance.FORM


@pytest.mark.parametrize("revision", [*REVISIONS["A"], *REVISIONS["B"]], ids=lambda revision: revision["id"])
def test_a_note_launders_nothing(revision):
    noted = change_of_revision(revision).noted
    if revision["noted"] == ["no"]:
        assert noted is not Noted.YES


@pytest.mark.parametrize("part", ["A", "B"])
def test_at_most_one_edit_of_a_set_is_called_not_noted_wrongly(part):
    accused = [each["id"] for each in EDITS[part] if each["not_noted"] is False and change_of(each).noted is Noted.NO]
    truthful = [each for each in REVISIONS[part] if "no" not in each["noted"]]
    accused += [each["id"] for each in truthful if change_of_revision(each).noted is Noted.NO]
    assert len(accused) <= 1, accused
