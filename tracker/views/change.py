"""A change between two versions: the object of `diff --json`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracker.model.change import Change, Fact, Noted, NotedEdits
from tracker.model.labels import LabelKind

from .values import CHANGE_SCHEMA, JsonObject, fields_json, plain
from .verdict import VerdictView

if TYPE_CHECKING:
    from tracker.model.verdict import Verdict
    from tracker.model.version import Version


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What differs between two texts, with the facts that differ; `pair` is None for texts that are in no archive."""

    change: Change
    facts: tuple[Fact, ...] = ()
    pair: tuple[Version, Version] | None = None
    verdicts: Sequence[Verdict] = ()

    def as_json(self) -> JsonObject:
        """Return the whole change; "verdicts" is only there where people judged it."""
        value = edits_json(self.change)
        value |= {name: part for name, part in self.facts_as_json().items() if name != "schema"}
        if self.change.noted_edits is not None:
            value["noted_edits"] = fields_json(self.change.noted_edits)
        if self.verdicts:
            value["verdicts"] = [VerdictView(each).as_json() for each in self.verdicts]
        return value

    def facts_as_json(self) -> JsonObject:
        """Return only the facts that differ, and which versions they are of: the object of `diff --facts --json`."""
        value: JsonObject = {"schema": CHANGE_SCHEMA, "facts": plain(self.facts)}
        if self.pair is not None:
            old, new = self.pair
            value |= {"article": new.article, "url": new.url, "old_version": old.n, "new_version": new.n}
        return value


def edits_json(change: Change) -> JsonObject:
    """Return every edit and label of a change, without the facts."""
    return {
        "schema": CHANGE_SCHEMA,
        "title": plain(change.title),
        "dek": plain(change.dek),
        "byline": plain(change.byline),
        "captions": plain(change.captions),
        "blocks": plain(change.blocks),
        "notices": plain(change.notices),
        "labels": plain(change.labels),
        "substance": change.substance,
        "significance": change.significance,
        "announced": change.announced,
        "noted": noted_json(change),
        "units": plain(change.units),
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "budget_hit": change.budget_hit,
        "layout_only": change.layout_only,
        "reading_changed": list(change.reading_changed),
        "classifier": change.classifier,
    }


def across(change: Change, steps: Iterable[Change]) -> Change:
    """Return a change between versions that are not consecutive, with what the outlet noted of the `steps` between.

    The comparison alone cannot tell: a note may be gone by the newer version, or explain some of the edits. Where the
    steps differ, `noted` is unclear. The result of the comparison is kept where no step had anything to note.
    """
    said = [noted_json(step) for step in steps]
    edits = NotedEdits(*(said.count(word.value) for word in (Noted.YES, Noted.NO, Noted.UNCLEAR)))
    if not edits.total:
        return change
    words = [Noted(word) for word in set(said) if word is not None]
    noted = words[0] if len(words) == 1 else Noted.UNCLEAR
    kept = [label for label in change.labels if noted is not Noted.YES or label.kind is not LabelKind.NOT_NOTED]
    return replace(
        change,
        noted=noted,
        announced={Noted.YES: True, Noted.NO: False, Noted.UNCLEAR: None}[noted],
        labels=tuple(kept),
        noted_edits=edits,
    )


def noted_json(change: Change) -> str | None:
    """Return whether the outlet noted a change: "yes", "no", "unclear", or None if there is nothing to note."""
    if change.noted is not None:
        return change.noted.value
    # Changes that were judged before "noted" existed only say whether they were announced.
    return None if change.announced is None else "yes" if change.announced else "no"
