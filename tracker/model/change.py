"""The change between two versions: its edits, their effect on a reader's beliefs, and the outlet's notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Final, Literal

from .article import BlockKind, NoticeKind, count_words


class LabelKind(StrEnum):
    """The kind of a label, which says how the text or the page changed."""

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
    ADDRESS = "address"
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
    """The properties of every label of one kind.

    Attributes:
        meaning: when a change gets the label, as a phrase for people.
        alert_name: how the subject of an alert names a change with this label; empty if other labels name it.
        highlight: how many words an edit with this label counts for when the edit to show first is chosen.
        tone: how pages colour the label: as the outlet's own note, as a warning, or not at all.
        is_correction: whether the outlet says by it that it changed something published.
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
    LabelKind.ADDRESS: LabelDefinition("the address redirects, or an address no longer leads to the article"),
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
"""The labels by which an outlet says that it changed something published."""

# Looked up for every label of every list.
_PLACE: Final = {kind: place for place, kind in enumerate(LABELS)}


def most_prominent_first(kinds: Iterable[LabelKind | str]) -> list[LabelKind]:
    """Return `kinds` in the order in which people should see them."""
    return sorted(map(LabelKind, kinds), key=_PLACE.__getitem__)


CLASSIFIER: Final = 2
"""The version of the rules that judge changes, which is stored with each change; release 0.1 had version 1."""


class Substance(StrEnum):
    """The effect of an edit on a reader's beliefs."""

    FORM = "form"
    """Proved harmless: the same words in another form."""
    CLAIM = "claim"
    """A fact differs, or a sentence that states something was added or removed."""
    WORDS = "words"
    """Words changed. This is no verdict: the reader decides."""


class Significance(StrEnum):
    """How much a change matters; the table is in `docs/explanation/labels.md`."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    def is_at_least(self, least: Significance) -> bool:
        """Return whether this is `least` or more."""
        order = tuple(Significance)
        return order.index(self) <= order.index(least)

    @property
    def least_score(self) -> float:
        """The number that is stored for it: the least one with its meaning in release 0.1, which had numbers."""
        return _LEAST_SCORES[self]

    @classmethod
    def of_score(cls, score: float) -> Significance:
        """Return the word for a number from 0 to 1, as release 0.1 had them."""
        return next((word for word, least in _LEAST_SCORES.items() if score >= least), cls.LOW)


_LEAST_SCORES: Final = {Significance.HIGH: 0.7, Significance.MEDIUM: 0.4, Significance.LOW: 0.0}


class Direction(StrEnum):
    """What happened to a claim."""

    ALTERED = "altered"
    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"
    """A headline or dek about another thing took its place, as on live pages."""


class Noted(StrEnum):
    """Whether the outlet said that it changed a claim."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class EditUnit:
    """One sentence or field that was edited, added or removed, and the effect on a reader's beliefs.

    Attributes:
        direction: what happened to the claim; None unless the substance is CLAIM.
        where: "title", "dek", "caption" or "text".
        block: the block of the text, as an index into `Change.blocks`; None for a field or caption.
        noted: whether the outlet said so; None if the edit altered or removed no claim.
    """

    substance: Substance
    direction: Direction | None = None
    where: str = "text"
    block: int | None = None
    noted: Noted | None = None

    @property
    def alters_existing_claim(self) -> bool:
        """Whether a claim that stood in the old version is said otherwise now, or not at all."""
        return self.direction in {Direction.ALTERED, Direction.REMOVED}


class Op(StrEnum):
    """What happened to a block, a sentence or a notice."""

    SAME = "same"
    EDIT = "edit"
    INSERT = "insert"
    DELETE = "delete"
    MOVE = "move"


HunkOp = Literal["=", "-", "+"]
Hunk = tuple[HunkOp, str]
"""A run of text that is in both versions (=), only in the old one (-), or only in the new one (+)."""


@dataclass(frozen=True, slots=True)
class Field:
    """A headline, dek, byline or caption on both sides.

    Joining the "=" and "-" hunks gives `old` exactly, "=" and "+" give `new`.
    """

    old: str = ""
    new: str = ""
    hunks: tuple[Hunk, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the two sides differ."""
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """One sentence of a changed block.

    Attributes:
        old, new: the sentence's index within its block on each side; None if it has no such side.
        old_block, new_block: the block it is in on each side, as an index into `Article.editorial`. Where a paragraph
            was split or merged, one of them is not the block that the sentence is listed under.
    """

    op: Op
    old: int | None
    new: int | None
    old_text: str = ""
    new_text: str = ""
    old_block: int | None = None
    new_block: int | None = None


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One block of the diff; `old` and `new` are indexes into `Article.editorial`, None if it has no such side.

    Joining the "=" and "-" hunks gives the old block exactly, "=" and "+" the new one. A MOVE may carry edits too.
    """

    op: Op
    old: int | None
    new: int | None
    hunks: tuple[Hunk, ...]
    kind: BlockKind = BlockKind.PARAGRAPH
    sentences: tuple[SentenceChange, ...] = ()

    @property
    def old_text(self) -> str:
        """The block as it was."""
        return "".join(text for op, text in self.hunks if op != "+")

    @property
    def new_text(self) -> str:
        """The block as it is now."""
        return "".join(text for op, text in self.hunks if op != "-")


@dataclass(frozen=True, slots=True)
class NoticeChange:
    """A notice that was added, removed or kept, and the edits that it explains.

    `explains` are blocks, as indexes into `Change.blocks`; `fields` may be "title", "dek", "byline" and "caption".
    """

    kind: NoticeKind
    text: str
    op: Op
    explains: tuple[int, ...] = ()
    fields: tuple[str, ...] = ()


class FactKind(StrEnum):
    """What kind of statement a fact is."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    PLACE = "place"
    QUOTE = "quote"
    HEDGE = "hedge"
    NEGATION = "negation"
    SOURCE = "source"
    STATE = "state"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that differs between two versions.

    Attributes:
        old, new: the words on each side; empty if that side does not state the fact.
        role: what a number counts ("killed", "percent", "money", "age", "time"), how a quotation changed ("added",
            "removed", "altered", "marks", "attribution"), or how a link did ("added", "removed", "address").
        where: "title", "dek", "byline", "caption" or "text".
        block: the block of the text, as an index into `Change.blocks`.
        standing: whether the sentence is in both versions; otherwise the fact was added or removed with its sentence.
    """

    kind: FactKind
    old: str
    new: str
    role: str = ""
    where: str = "text"
    block: int | None = None
    standing: bool = True


@dataclass(frozen=True, slots=True)
class NotedEdits:
    """Of how many edits between two versions the outlet said so; edits with nothing to note are in no count."""

    noted: int = 0
    not_noted: int = 0
    unclear: int = 0

    @property
    def total(self) -> int:
        """The number of edits with something to note."""
        return self.noted + self.not_noted + self.unclear


# Without slots, because cached properties need a place to be cached in.
@dataclass(frozen=True)
class Change:
    """The change between two versions.

    `diff.compare` works out what differs; `classify.classify` adds labels, significance and `announced`.

    Attributes:
        captions: the captions that were edited. A caption alone makes no version of an article.
        budget_hit: a comparison was too costly, and is shown as one replacement.
        significance: how much the change matters.
        units: the edited sentences and fields, each with the effect of the edit on a reader's beliefs.
        substance: the gravest of the units' substances; None for versions that were judged before it existed, and where
            no sentence or field was edited.
        classifier: the version of the rules that judged the change; 1 for changes of release 0.1.
        noted: whether the outlet said that it altered or removed a claim that stood; None if it did neither.
        announced: True if the outlet said so, False if `noted` is NO, None if there is nothing to note or it
            is unclear.
        layout_only: the same words in other paragraphs, which is not a change.
        moved_words: words of sentences that moved whole from one paragraph to another. Hunks show them on both sides,
            yet they are neither added nor removed.
        reading_changed: the blocks, as indexes into `blocks`, whose paragraph is on both pages but was not read the
            same way: it is text on one page, and left out or part of another paragraph on the other. Their op is SAME;
            the hunks of one that only one text has show that side.
        facts: the numbers, dates, names and other facts that differ, in the order of the blocks. They are not stored:
            a change from the archive has none, and `classify.changed_facts` derives them from its articles.
        noted_edits: where versions were published in between, what the outlet noted of the edits that led to each.
    """

    title: Field = Field()
    dek: Field = Field()
    byline: Field = Field()
    blocks: tuple[BlockChange, ...] = ()
    captions: tuple[Field, ...] = ()
    notices: tuple[NoticeChange, ...] = ()
    budget_hit: bool = False
    labels: tuple[Label, ...] = ()
    significance: Significance = Significance.LOW
    announced: bool | None = None
    units: tuple[EditUnit, ...] = ()
    substance: Substance | None = None
    noted: Noted | None = None
    layout_only: bool = False
    moved_words: int = 0
    reading_changed: tuple[int, ...] = ()
    classifier: int = 1
    # Derived from the texts, so changes are equal whether somebody has asked for them or not.
    facts: tuple[Fact, ...] = field(default=(), compare=False, repr=False, metadata={"stored": False})
    noted_edits: NotedEdits | None = field(default=None, metadata={"stored": False})

    @cached_property
    def is_empty(self) -> bool:
        """Whether nothing that counts as content differs."""
        return (
            # A link or the metadata may differ all the same: they are not content.
            not (self.title.changed or self.dek.changed or self.byline.changed)
            and self.keeps_text
            and not self.captions
            and all(n.op is Op.SAME for n in self.notices)
        )

    @property
    def keeps_text(self) -> bool:
        """Whether no block of the text differs."""
        return self.layout_only or all(block.op is Op.SAME for block in self.blocks)

    @cached_property
    def words_added(self) -> int:
        """The number of words added, those of fields and captions included; a move adds none."""
        return max(0, sum(count_words(text) for op, text in self._hunks if op == "+") - self.moved_words)

    @cached_property
    def words_removed(self) -> int:
        """The number of words removed, those of fields and captions included; a move removes none."""
        return max(0, sum(count_words(text) for op, text in self._hunks if op == "-") - self.moved_words)

    @cached_property
    def kinds(self) -> frozenset[LabelKind]:
        """The kinds of its labels."""
        return frozenset(label.kind for label in self.labels)

    @property
    def outlet_noted(self) -> Noted | None:
        """Whether the outlet noted it; changes that were judged before `noted` existed only have `announced`."""
        if self.noted is not None or self.announced is None:
            return self.noted
        return Noted.YES if self.announced else Noted.NO

    @property
    def is_judged_by_earlier_rules(self) -> bool:
        """Whether an earlier release judged the change, and it has not been judged anew."""
        return self.classifier < CLASSIFIER and bool(self.labels or self.units)

    @property
    def _hunks(self) -> list[Hunk]:
        fields = (self.title, self.dek, self.byline, *self.captions)
        found = [hunk for each in fields for hunk in each.hunks]
        return found + [hunk for block in self.blocks if block.op is not Op.SAME for hunk in block.hunks]


class PageEvent(StrEnum):
    """What happened to a page as a whole: it is the end of the type of an alert, as in "article.unpublished"."""

    POSSIBLY_UNPUBLISHED = "possibly-unpublished"
    """The first 404: it may be a fault of the server."""
    STILL_PUBLISHED = "still-published"
    """The page is back before it was sure that it was taken down."""
    UNPUBLISHED = "unpublished"
    RESTORED = "restored"


def status_change(event: PageEvent, detail: str = "") -> Change:
    """Return the change for an event of a whole page, for the reason in `detail`. Only certain events have a label."""
    # The meaning of the status follows it: the page is gone.
    status = detail.partition(": ")[0]
    labels = {
        PageEvent.UNPUBLISHED: Label(LabelKind.UNPUBLISHED, f"the page is gone: {status}".removesuffix(": ")),
        PageEvent.RESTORED: Label(LabelKind.RESTORED, "the page is back"),
    }
    found = (labels[event],) if event in labels else ()
    return Change(labels=found, significance=Significance.HIGH, classifier=CLASSIFIER)


class Weight(StrEnum):
    """How much a change matters, as a person sees it."""

    SIGNIFICANT = "significant"
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's verdict on the change that led to a version. Verdicts are added and never changed.

    `shown` are the labels that the change had when it was judged, `labels` those that the person finds right; None if
    the labels were not judged. `link` is the result, such as a published correction.
    """

    article: str
    version: int
    at: datetime
    by: str = ""
    weight: Weight | None = None
    # Stored with the verdict, because a later release may label the change differently.
    shown: tuple[LabelKind, ...] = ()
    labels: tuple[LabelKind, ...] | None = None
    note: str = ""
    link: str = ""
    # Read from a file, whose maker chose all of it, the time and the author too.
    imported: bool = field(default=False, compare=False)

    @property
    def wrong(self) -> tuple[LabelKind, ...]:
        """The labels that the change had and should not have had."""
        return () if self.labels is None else tuple(kind for kind in self.shown if kind not in self.labels)

    @property
    def missing(self) -> tuple[LabelKind, ...]:
        """The labels that the change should have had."""
        return tuple(kind for kind in self.labels or () if kind not in self.shown)
