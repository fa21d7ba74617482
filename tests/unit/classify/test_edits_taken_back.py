"""An edit that is taken back: what was added is removed, and each fact has its two values the other way round."""

import pytest

from tests.edit_judgements import judgement, listed_edits
from tests.unit.classify import (
    test_french_and_spanish_edits,
    test_germanic_edits,
    test_italian_and_portuguese_edits,
    test_judgements,
    test_long_and_name_edits,
    test_names,
    test_same_sense_edits,
    test_small_word_edits,
    test_word_order,
)

LISTS = {
    "short": test_judgements.EDITS,
    "small words": test_small_word_edits.EDITS,
    "long": test_long_and_name_edits.EDITS,
    "same sense": test_same_sense_edits.EDITS,
    "Germanic": test_germanic_edits.EDITS,
    "French and Spanish": test_french_and_spanish_edits.EDITS,
    "Italian and Portuguese": test_italian_and_portuguese_edits.EDITS,
    "names": test_names.NAMES,
    "order": test_word_order.EDITS,
}
OPPOSITE = {"added": "removed", "removed": "added"}
# Not seen yet as a claim where it is taken out: whose strike it is, that there are others of the kind, and a letter.
SEEN_ONE_WAY = ("la CGT", "della CGIL", "da CUT", "van de FNV", "one of the largest", "Dan Browne")


def both_ways(said: str) -> tuple[str, str, list[str]]:
    verdict, *facts = said.replace("?", "").split("; ")
    substance, _, direction = verdict.partition(":")
    return substance, direction, sorted(facts)


def taken_back(said: str) -> tuple[str, str, list[str]]:
    substance, direction, facts = both_ways(said)
    sides = [(*name.partition(" "), *values.split(" → ")) for name, values in (fact.split(": ", 1) for fact in facts)]
    turned = sorted(f"{kind}{gap}{OPPOSITE.get(role, role)}: {new} → {old}" for kind, gap, role, old, new in sides)
    return substance, OPPOSITE.get(direction, direction), turned


@pytest.mark.parametrize("edits", LISTS.values(), ids=LISTS)
def test_an_edit_taken_back_says_the_opposite_and_is_of_the_same_kind(edits):
    for edit, said in listed_edits(edits):
        verdict = said.split("; ")[0]
        # A slip that is set right is form, but one that is made may be another word.
        is_sure = verdict != "form" and ("?" not in verdict or verdict == "claim?:altered")
        if is_sure and not any(words in edit for words in SEEN_ONE_WAY):
            old, new = edit[3:].split(" | ")
            assert both_ways(judgement(f"{edit[:2]} {new} | {old}")) == taken_back(said), edit
