"""What the program says of an edit of one sentence, in a few words."""

import re
from collections.abc import Callable

import pytest

from tests.articles import article
from tracker import compare
from tracker.model.change import Change


def changed(old: str, new: str, lang: str = "en") -> Change:
    base = "The council met in the old town hall on the square."
    return compare(article(base, old, lang=lang), article(base, new, lang=lang))


def substance(change: Change) -> str:
    """Return what the one edit does to the claim; a question mark says that it is not sure."""
    (unit,) = change.units
    return unit.substance.value + "?" * (not unit.is_sure) + (f":{unit.direction.value}" if unit.direction else "")


def facts(change: Change) -> list[str]:
    """Return the facts that differ as "kind role: old → new"."""
    return [f"{f.kind.value} {f.role}".strip() + f": {f.old or '∅'} → {f.new or '∅'}" for f in change.facts]


def listed_edits(text: str) -> list[tuple[str, str]]:
    """Return the edits of a list, each with what is said of it.

    An edit has two lines: the language, the old and the new sentence; then, indented, what is said of it.
    """
    pairs = (edit.split("\n   ") for edit in re.split(r"\n(?! )", text.strip()))
    return [(edit, said) for edit, said in pairs]


def judgement(edit: str) -> str:
    """Return what the program says of an edit as a list has it."""
    old, new = edit[3:].split(" | ")
    change = changed(old, new, edit[:2])
    return "; ".join([substance(change), *facts(change)])


def judged_as_listed(edits: str) -> Callable[[str, str], None]:
    """Return the test that the program says of each edit of a list what the list says."""

    @pytest.mark.parametrize(("edit", "said"), listed_edits(edits))
    def test(edit: str, said: str) -> None:
        found = judgement(edit)
        assert found == said, found

    return test
