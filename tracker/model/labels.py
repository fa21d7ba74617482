"""The labels a change can have: one table with their meaning, order and wording.

To add a label, add a member to `LabelKind`, a row to `LABELS`, and the function that finds it to `classify/label.py`.
Everything that sorts, words or colours labels reads this table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal


class LabelKind(StrEnum):
    """What a change is."""

    HEADLINE = "headline"
    DEK = "dek"
    BYLINE = "byline"
    UPDATE_NOTE = "update-note"
    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    EDITORS_NOTE = "editors-note"
    NUMBER = "number"
    NAME = "name"
    QUOTE = "quote"
    HEDGE = "hedge"
    DATE = "date"
    CLAIM = "claim"
    LEAD = "lead"
    INSERT = "insert"
    DELETE = "delete"
    MOVE = "move"
    REWRITE = "rewrite"
    COSMETIC = "cosmetic"
    NOT_NOTED = "not-noted"
    NOTICE_REMOVED = "notice-removed"
    UNPUBLISHED = "unpublished"
    RESTORED = "restored"
    FLAP = "flap"

    @classmethod
    def _missing_(cls, value: object) -> LabelKind | None:
        """Return the label that has taken the place of one of release 0.1, by whose words changes are stored."""
        return EARLIER_WORDS.get(value) if isinstance(value, str) else None


EARLIER_WORDS: Final[Mapping[str, LabelKind]] = {"stealth": LabelKind.NOT_NOTED}
"""Words of release 0.1 for labels that have another word now."""


def stored_words(kinds: Iterable[LabelKind]) -> tuple[str, ...]:
    """Return the words by which labels of these kinds are stored: today's, and those of release 0.1."""
    wanted = set(kinds)
    return (*sorted(wanted), *(word for word, kind in EARLIER_WORDS.items() if kind in wanted))


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a change, with its evidence.

    `evidence` quotes the words themselves, old → new. `blocks` are indexes into `Change.blocks`.
    """

    kind: LabelKind
    evidence: str
    blocks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelDefinition:
    """What is true of every label of one kind.

    Attributes:
        meaning: when a change gets the label, as a phrase for people.
        alert_name: how the subject of an alert names a change with this label; empty if other labels name it.
        highlight: how many words an edit with this label counts for when the edit to show first is chosen.
        tone: how pages colour the label: as the outlet's own note, as a warning, or not at all.
        is_correction: whether the outlet says by it that it changed what it had published.
    """

    meaning: str
    alert_name: str = ""
    highlight: int = 0
    tone: Literal["", "note", "warning"] = ""
    is_correction: bool = False


# The order of the rows is the order in which people see labels: the first that a change has names it in an alert, and
# a list that is cut short keeps the first ones.
LABELS: Final[Mapping[LabelKind, LabelDefinition]] = {
    LabelKind.UNPUBLISHED: LabelDefinition("the page is gone", alert_name="taken down", tone="warning"),
    LabelKind.RESTORED: LabelDefinition("the page, or the text of an earlier version, is back", alert_name="restored"),
    LabelKind.FLAP: LabelDefinition(
        "the page alternates between texts, as A/B tests and stale caches make it do", alert_name="alternating text"
    ),
    LabelKind.CORRECTION: LabelDefinition(
        "the outlet says it corrected something", "correction", 40, "note", is_correction=True
    ),
    LabelKind.CLARIFICATION: LabelDefinition(
        "the outlet says it clarified something", "clarification", tone="note", is_correction=True
    ),
    LabelKind.EDITORS_NOTE: LabelDefinition(
        "an editor's note was added", "editor’s note", tone="note", is_correction=True
    ),
    LabelKind.NOT_NOTED: LabelDefinition(
        "a published claim was altered or removed, and no note from the outlet explains it",
        alert_name="edit not noted by the outlet",
        highlight=20,
        tone="warning",
    ),
    LabelKind.NOTICE_REMOVED: LabelDefinition(
        "a correction, clarification or editor's note was removed, and no other took its place",
        "notice removed",
        tone="warning",
    ),
    LabelKind.UPDATE_NOTE: LabelDefinition("the outlet says it updated the story", "update", tone="note"),
    LabelKind.HEADLINE: LabelDefinition(
        "the headline changed in more than form", alert_name="new headline", highlight=25
    ),
    LabelKind.NUMBER: LabelDefinition(
        "a number in an edited sentence changed in value, unit or what it counts", highlight=30
    ),
    LabelKind.QUOTE: LabelDefinition(
        "a quotation in an edited sentence was added, removed, altered inside its marks, or gained or lost its marks",
        highlight=30,
    ),
    LabelKind.NAME: LabelDefinition("a name in an edited sentence was added, removed or changed", highlight=30),
    LabelKind.HEDGE: LabelDefinition(
        "a hedge, negation or attribution in an edited sentence was added, removed or changed", highlight=20
    ),
    LabelKind.DATE: LabelDefinition("a date, weekday, month or year in an edited sentence changed", highlight=20),
    LabelKind.CLAIM: LabelDefinition(
        "a sentence says something else of a status, place, cause, scope or action", highlight=20
    ),
    LabelKind.DEK: LabelDefinition("the dek changed in more than form"),
    LabelKind.BYLINE: LabelDefinition("other people are credited"),
    LabelKind.LEAD: LabelDefinition("the first paragraph changed in more than form", highlight=15),
    LabelKind.INSERT: LabelDefinition("a sentence or paragraph was added"),
    LabelKind.DELETE: LabelDefinition("a sentence or paragraph was removed"),
    LabelKind.REWRITE: LabelDefinition("a sentence was worded otherwise, or a paragraph was replaced"),
    LabelKind.MOVE: LabelDefinition("a paragraph or sentence moved"),
    LabelKind.COSMETIC: LabelDefinition("only punctuation, case, spelling or spacing changed"),
}

CORRECTIONS: Final = tuple(kind for kind, label in LABELS.items() if label.is_correction)
"""The labels by which an outlet says that it changed what it had published."""

# Looked up for every label of every list.
_PLACE: Final = {kind: place for place, kind in enumerate(LABELS)}


def most_prominent_first(kinds: Iterable[LabelKind | str]) -> list[LabelKind]:
    """Return `kinds` in the order in which people should see them."""
    return sorted(map(LabelKind, kinds), key=_PLACE.__getitem__)
