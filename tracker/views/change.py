"""A change between two versions: the object of `diff --json`, in few words that of `log --json`.

Also: its most important edit, and edits shortened to the room of a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Self

from msgspec import UNSET, UnsetType

from tracker.model.article import count_words
from tracker.model.change import (
    LABELS,
    BlockChange,
    Change,
    EditUnit,
    Fact,
    Field,
    Hunk,
    Label,
    LabelKind,
    Noted,
    NotedEdits,
    NoticeChange,
    Op,
    Significance,
    Substance,
    Verdict,
    Weight,
)
from tracker.model.version import Version

from .json import Answer, ChangeAnswer, Part, from_fields


class ChangeSummary(Part, frozen=True):
    """How much changed, with which labels, and whether it was noted; without the edits.

    Attributes:
        classifier: 1: judged by the rules of release 0.1; 2: by today's
    """

    words_added: int
    words_removed: int
    substance: Substance | None
    labels: tuple[Label, ...]
    significance: Significance
    announced: bool | None
    noted: Noted | None
    classifier: int

    @classmethod
    def of(cls, change: Change) -> Self:
        """Return the summary of a change."""
        return from_fields(cls, change, noted=change.outlet_noted)


class EditsView(ChangeAnswer, frozen=True):
    """Every edit and label of a change, without the facts."""

    title: Field
    dek: Field
    byline: Field
    captions: tuple[Field, ...]
    blocks: tuple[BlockChange, ...]
    notices: tuple[NoticeChange, ...]
    labels: tuple[Label, ...]
    substance: Substance | None
    significance: Significance
    announced: bool | None
    noted: Noted | None
    units: tuple[EditUnit, ...]
    words_added: int
    words_removed: int
    budget_hit: bool
    layout_only: bool
    reading_changed: tuple[int, ...]
    classifier: int

    @classmethod
    def of(cls, change: Change) -> Self:
        """Return the object of a change."""
        return from_fields(cls, change, noted=change.outlet_noted)


class FactsView(ChangeAnswer, frozen=True):
    """The facts that differ, and which versions they are of: the object of `diff --facts --json`."""

    facts: tuple[Fact, ...]
    article: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    old_version: int | UnsetType = UNSET
    new_version: int | UnsetType = UNSET


class ChangeView(EditsView, frozen=True, kw_only=True):
    """A whole change. Texts that are in no archive have no `article` and no versions.

    Attributes:
        verdicts: what people said about the change, if anybody did
        noted_edits: of versions that are not consecutive: how many edits between them the outlet noted
    """

    facts: tuple[Fact, ...]
    article: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    old_version: int | UnsetType = UNSET
    new_version: int | UnsetType = UNSET
    noted_edits: NotedEdits | UnsetType = UNSET
    verdicts: list[VerdictView] | UnsetType = UNSET

    @classmethod
    def of(
        cls,
        change: Change,
        facts: tuple[Fact, ...] = (),
        pair: tuple[Version, Version] | None = None,
        verdicts: Sequence[Verdict] = (),
        **more: object,
    ) -> Self:
        """Return the object of a change; `pair` is None for texts that are in no archive."""
        named: dict[str, object] = {}
        if pair is not None:
            old, new = pair
            named = {"article": new.article, "url": new.url, "old_version": old.n, "new_version": new.n}
        return from_fields(
            cls,
            change,
            noted=change.outlet_noted,
            facts=facts,
            **named,
            noted_edits=change.noted_edits or UNSET,
            verdicts=[VerdictView.of(each) for each in verdicts] or UNSET,
            **more,
        )


def across(change: Change, steps: Iterable[Change]) -> Change:
    """Return a change between versions that are not consecutive, with the noted edits of the `steps` between.

    The comparison alone cannot tell: a note may be gone by the newer version, or explain some of the edits. Where the
    steps differ, `noted` is unclear. The result of the comparison is kept where no step had anything to note.
    """
    said = [step.outlet_noted for step in steps]
    edits = NotedEdits(*(said.count(word) for word in (Noted.YES, Noted.NO, Noted.UNCLEAR)))
    if not edits.total:
        return change
    words = {word for word in said if word is not None}
    noted = words.pop() if len(words) == 1 else Noted.UNCLEAR
    kept = [label for label in change.labels if noted is not Noted.YES or label.kind is not LabelKind.NOT_NOTED]
    return replace(
        change,
        noted=noted,
        announced={Noted.YES: True, Noted.NO: False, Noted.UNCLEAR: None}[noted],
        labels=tuple(kept),
        noted_edits=edits,
    )


# As much as the heaviest label weighs, so that length alone never outweighs a corrected fact.
MAX_COUNTED_WORDS = 40
"""More words do not make an edit more important."""


def top_hunk(change: Change) -> BlockChange | Field:
    """Return the most important edit of a change: facts before length, length before place.

    If only a notice was added or removed, it is returned as a Field with one empty side. An empty change gives its
    headline.
    """
    scored: list[tuple[int, BlockChange | Field]] = []
    if change.title.changed:
        scored.append((LABELS[LabelKind.HEADLINE].highlight + _words(change.title.hunks), change.title))
    # Dek and byline have no weight of their own: they are shown first only where little else changed.
    scored += [(_words(field.hunks), field) for field in (change.dek, change.byline) if field.changed]
    explained = {index for notice in change.notices if notice.op is Op.INSERT for index in notice.explains}
    for index, block in enumerate(change.blocks):
        if block.op is not Op.SAME:
            # An edit that a new notice explains counts as a corrected one.
            kinds = {label.kind for label in change.labels if index in label.blocks}
            kinds |= {LabelKind.CORRECTION} if index in explained else set()
            weight = max((LABELS[kind].highlight for kind in kinds), default=0)
            scored.append((_words(block.hunks) + weight, block))
    if scored:
        return max(scored, key=lambda pair: pair[0])[1]
    for notice in change.notices:
        if notice.op is Op.INSERT:
            return Field("", notice.text, (("+", notice.text),))
        if notice.op is Op.DELETE:
            return Field(notice.text, "", (("-", notice.text),))
    return change.title


def _words(hunks: tuple[Hunk, ...]) -> int:
    return min(sum(count_words(text) for op, text in hunks if op != "="), MAX_COUNTED_WORDS)


class VerdictView(Answer, frozen=True):
    """A verdict on the change that led to a version.

    Attributes:
        shown: the labels that the change had when it was judged.
        labels: the labels that the person finds right; None if the labels were not judged.
        link: the result, such as a published correction.
    """

    article: str
    version: int
    at: datetime
    by: str
    weight: Weight | None
    shown: tuple[LabelKind, ...]
    labels: tuple[LabelKind, ...] | None
    note: str
    link: str

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """Return the object of a verdict."""
        return from_fields(cls, verdict)


def verdict_line(said: Verdict) -> str:
    """Return a verdict as one line of text: significant · not number, but name · Called the desk · by ada."""
    parts = [said.weight.value if said.weight else ""]
    if said.labels is not None:
        wrong = f"not {', '.join(said.wrong)}" if said.wrong else ""
        missing = f"{'but ' if wrong else 'also '}{', '.join(said.missing)}" if said.missing else ""
        parts.append(", ".join(filter(None, (wrong, missing))) or "labels right")
    parts += [said.note, said.link, f"by {said.by}" if said.by else "", "imported" if said.imported else ""]
    return " · ".join(filter(None, parts))


# A text of n words is also cut to n times as many characters, because not every script has spaces between words.
MAX_WORD_CHARACTERS: Final = 20


def shorten(text: str, characters: int) -> str:
    """Return `text`, cut to at most `characters`; a text that was cut ends in …."""
    return text if len(text) <= characters else text[: max(characters - 1, 0)] + "…"


def near_edits(hunks: tuple[Hunk, ...], words: int, most: int | None = None) -> tuple[Hunk, ...]:
    """Return hunks with at most `words` unchanged words next to each edit; an edit is cut to `most` words if given."""
    last = len(hunks) - 1
    cut: list[Hunk] = []
    for index, (op, text) in enumerate(hunks):
        if op != "=":
            shown = text if most is None else first_words(text, most)
        elif index == last:
            shown = first_words(text, words)
        elif index == 0:
            shown = last_words(text, words)
        # Between two edits: the words next to either, or all of it if leaving some out would gain nothing.
        elif len(text.split()) <= 2 * words:
            shown = shorten(text, 2 * words * MAX_WORD_CHARACTERS)
        else:
            shown = f"{first_words(text, words)} {last_words(text, words).removeprefix('… ')}"
        cut.append((op, shown))
    return tuple(cut)


def first_words(text: str, most: int) -> str:
    """Return at most this many words of `text`, ending in … if there are more."""
    words = text.split()
    if len(words) <= most:
        return shorten(text, most * MAX_WORD_CHARACTERS)
    # Hunks are joined again, so the space at the edge of an edit must stay.
    lead = " " if text[:1].isspace() else ""
    return shorten(lead + " ".join(words[:most]), most * MAX_WORD_CHARACTERS).removesuffix("…") + " …"


def last_words(text: str, most: int) -> str:
    """Return at most this many words from the end of `text`, beginning with … if there are more."""
    words = text.split()
    if len(words) <= most and len(text) <= most * MAX_WORD_CHARACTERS:
        return text
    end = " " if text[-1:].isspace() else ""
    return "… " + " ".join(words[-most:])[-most * MAX_WORD_CHARACTERS :] + end
