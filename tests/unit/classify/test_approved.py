"""What is said of each edit in `approved/`, `judged_edits.txt` and the docs; an edit taken back says the opposite."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.unit.classify.approve import FOLDER, approved_edits, judgement, sides
from tracker import compare
from tracker.model.change import Change, Substance

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
