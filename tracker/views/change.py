"""A change between two versions: the object of `diff --json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .values import SCHEMA, JsonObject
from .verdict import VerdictView

if TYPE_CHECKING:
    from ..model.change import BlockChange, Change, Fact, Field, NoticeChange
    from ..model.labels import Label
    from ..model.substance import EditUnit
    from ..model.verdict import Verdict
    from ..model.version import Version


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What differs between two texts, with the facts that differ; `pair` is None for texts that are in no archive."""

    change: Change
    facts: tuple[Fact, ...] = ()
    pair: tuple[Version, Version] | None = None
    verdicts: Sequence[Verdict] = ()

    def as_json(self) -> JsonObject:
        """Return the whole change; "verdicts" is only there where people judged it."""
        value = edits_json(self.change) | self.facts_as_json()
        if self.verdicts:
            value["verdicts"] = [VerdictView(each).as_json() for each in self.verdicts]
        return value

    def facts_as_json(self) -> JsonObject:
        """Return only the facts that differ, and which versions they are of: the object of `diff --facts --json`."""
        value: JsonObject = {"schema": SCHEMA, "facts": [fact_json(each) for each in self.facts]}
        if self.pair is not None:
            old, new = self.pair
            value |= {"article": new.article, "url": new.url, "old_version": old.n, "new_version": new.n}
        return value


def edits_json(change: Change) -> JsonObject:
    """Return every edit and label of a change, without the facts."""
    return {
        "schema": SCHEMA,
        "title": _field(change.title),
        "dek": _field(change.dek),
        "byline": _field(change.byline),
        "blocks": [_block(each) for each in change.blocks],
        "notices": [_notice(each) for each in change.notices],
        "labels": [label_json(each) for each in change.labels],
        "substance": change.substance,
        "significance": change.significance,
        "announced": change.announced,
        "noted": noted_json(change),
        "units": [_unit(each) for each in change.units],
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "budget_hit": change.budget_hit,
        "layout_only": change.layout_only,
        "reading_changed": list(change.reading_changed),
    }


def noted_json(change: Change) -> str | None:
    """Return whether the outlet noted a change: "yes", "no", "unclear", or None where there is nothing to note."""
    if change.noted is not None:
        return change.noted.value
    # Changes that were judged before "noted" existed only say whether they were announced.
    return None if change.announced is None else "yes" if change.announced else "no"


def label_json(label: Label) -> JsonObject:
    """Return a label with its evidence."""
    return {"kind": label.kind.value, "evidence": label.evidence, "blocks": list(label.blocks)}


def fact_json(fact: Fact) -> JsonObject:
    """Return a fact that differs; a side that does not state it is empty."""
    return {
        "kind": fact.kind.value,
        "role": fact.role,
        "old": fact.old,
        "new": fact.new,
        "where": fact.where,
        "block": fact.block,
        "standing": fact.standing,
    }


def hunks_json(hunks: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return hunks as pairs of sign and text."""
    return [list(hunk) for hunk in hunks]


def _field(field: Field) -> JsonObject:
    return {"old": field.old, "new": field.new, "hunks": hunks_json(field.hunks)}


def _notice(notice: NoticeChange) -> JsonObject:
    return {
        "kind": notice.kind.value,
        "text": notice.text,
        "op": notice.op.value,
        "explains": list(notice.explains),
        "fields": list(notice.fields),
    }


def _unit(unit: EditUnit) -> JsonObject:
    return {
        "substance": unit.substance.value,
        "direction": unit.direction.value if unit.direction else None,
        "where": unit.where,
        "block": unit.block,
        "sure": unit.is_sure,
    }


def _block(block: BlockChange) -> JsonObject:
    return {
        "op": block.op.value,
        "old": block.old,
        "new": block.new,
        "kind": block.kind.value,
        "hunks": hunks_json(block.hunks),
        "sentences": [
            {
                "op": each.op.value,
                "old": each.old,
                "new": each.new,
                "old_text": each.old_text,
                "new_text": each.new_text,
            }
            for each in block.sentences
        ],
    }
