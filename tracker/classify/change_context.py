"""All that the rules need: both articles, the change, the facts that differ, and the notices with their edits."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Final

from tracker.model.article import ENTRY_HEADING, ENTRY_TIME, Article, Link, NoticeKind
from tracker.model.change import BlockChange, Change, Direction, EditUnit, Fact, FactKind, NoticeChange, Op, Substance
from tracker.notices.recogniser import Recognised, recognise

from .dates import with_colons
from .edits import JudgedSpan, judge_span
from .facts import EditedSpan, edited_spans, span_facts
from .lexicon import LANGUAGES, SMALL
from .noted import Note, NotedEdits
from .notice_matching import Edits, Explained, stems
from .word_edits import words_of

_SAID_BY_SENTENCE: Final = frozenset({FactKind.NUMBER, FactKind.DATE, FactKind.QUOTE, FactKind.NEGATION})
_SAID_AS_IT_WAS: Final = frozenset({FactKind.NUMBER, FactKind.DATE, FactKind.NAME})
MIN_SHARE_BESIDE: Final = 0.75
"""A removed statement may be in other sentences if these took in at least this share of its content words."""
MIN_KEPT_FOR_NAMES: Final = 0.3
"""A sentence that keeps a smaller share of its content words names others because it says something else."""
MIN_ENTRIES: Final = 3
"""A text is a live blog with entries if at least this many of its blocks head one."""
_HEADS: Final = frozenset({ENTRY_TIME, ENTRY_HEADING})
# The limits of judging are counts, so that every machine decides the same. They were measured on pages of shuffled
# names, numbers, initials and notices (`tests/nightly/large_pages.py`): a unit took at most 10 µs of CPU.
MAX_UNITS: Final = 240_000
"""The most units, mainly letters, that are judged: some 16,000 words of both texts, all edited."""
SPAN_UNITS: Final = 100  # for each edited sentence or field, however short it is
MENTION_UNITS: Final = 8  # for each figure, name and quotation mark
UNITS_PER_SQUARE: Final = 10_000  # each unit of a sentence may be compared with every other
MAX_MATCHES: Final = 150_000
"""Clauses of notes, times the edits and the pairs of published facts: 380 facts with one note, 120 with ten."""
_CLAUSE_END: Final = re.compile(r"[,;]\s")
_MENTION: Final = re.compile(r"\d+|[^\W\d_a-zß-öø-ÿ][^\W\d_]*|[\"“”„«»‘’?%]")


class WireTag(StrEnum):
    """The tag that an agency puts before a headline, with its meaning."""

    UPDATE = "it says more than the one before"
    CORRECTED = "it corrects an error, and does not say which"
    REFILED = "it is sent again, with or without an error corrected"


_CORRECTED: Final = (
    "CORRECTED CORRECTION KORREKTUR BERICHTIGUNG KORRIGIERT CORRECTIF RECTIFICATIF CORRECCIÓN CORREGIDO CORREZIONE "
    "RETTIFICA CORREÇÃO CORRIGIDO CORRECTIE RECTIFICATIE"
)
_TAGS: Final = {
    **dict.fromkeys(("UPDATE", "WRAPUP"), WireTag.UPDATE),
    **dict.fromkeys(("REFILE", "RPT", "RESENDING"), WireTag.REFILED),
    **dict.fromkeys(_CORRECTED.split(), WireTag.CORRECTED),
}
# With a hyphen, as Reuters writes it, the tag is in capitals; before a colon it is not always.
_BEFORE_HEADLINE: Final = re.compile(r"\W*(\w+)( \d+| \([^)]*\))?(?:\s?[-–—](?=\S)|:\s)")


@dataclass(frozen=True)
class ChangeContext:
    """One change with everything that the rules need; each property is calculated once, at its first use."""

    old: Article
    new: Article
    change: Change

    @cached_property
    def lang(self) -> str:
        """The language in which both sides are read, one of `lexicon.LANGUAGES`.

        It is that of the new article, or of the old one if the new one names none; English if it is not supported.
        """
        lang = (self.new.lang or self.old.lang)[:2].lower()
        return lang if lang in LANGUAGES else "en"

    @cached_property
    def is_costly(self) -> bool:
        """Whether the change was not compared in detail, or would take too long to judge."""
        if self.change.budget_hit or _is_costly(self.old, self.new, self.change):
            return True
        texts = [notice.text for notice in self.change.notices if notice.op is Op.INSERT]
        texts += [self.change.blocks[n].new_text for n in self.recognised]
        edits = len(self.judged) + sum(len(judged.facts) for judged in self.judged)
        # Each published fact that changed is looked for in each note, together with all its rivals.
        rivals = sum(len(judged.facts) for judged in self.judged if judged.unit.alters_existing_claim)
        return sum(1 + len(_CLAUSE_END.findall(text)) for text in texts) * (edits + rivals * rivals) > MAX_MATCHES

    @cached_property
    def heads(self) -> ChangeContext:
        """The change of the headline, dek and byline alone; an empty change if these alone would take too long."""
        heads = replace(self.change, blocks=(), captions=(), notices=(), budget_hit=False)
        old, new = replace(self.old, blocks=()), replace(self.new, blocks=())
        return ChangeContext(old, new, Change() if _is_costly(old, new, heads) else heads)

    @cached_property
    def judged(self) -> tuple[JudgedSpan, ...]:
        """Every piece of text that differs, with the facts in it and how its edit was judged."""
        judged: list[JudgedSpan] = []
        for span in edited_spans(self.change):
            old, new = span.old, span.new
            if span.where == "text" and span.standing:
                # A dateline says where and when a report was filed, not what happened.
                (dateline, old), (new_dateline, new) = split_dateline(old), split_dateline(new)
                if old == new and dateline != new_dateline:
                    unit = EditUnit(Substance.WORDS, None, span.where, span.block)
                    judged.append(JudgedSpan(span, (), unit))
                    continue
            read = span._replace(old=with_colons(old, new), new=with_colons(new, old))
            judged.append(judge_span(read, tuple(span_facts(read, self.lang)), self.lang))
        dropped = _dropped_entries(self.old, self.new, self.change.blocks)
        came = [set(x.added if x.span.standing else words_of(x.span.new.lower())) for x in judged]
        return tuple(
            each._replace(is_sure=False, sure_facts=())
            if each.unit.block in dropped or _is_said_elsewhere(each, judged, came, self.lang)
            else each
            for each in judged
        )

    @cached_property
    def standing(self) -> tuple[JudgedSpan, ...]:
        """The judged edits of sentences and fields that both sides have, without those of notices in the text."""
        noted = zip(self.noted.judged, self.noted.units, strict=True)
        return tuple(each._replace(unit=unit) for each, unit in noted if each.span.standing)

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that differ; links come last, in the order of the change.

        A link that moved with its words does not differ. If a side has no link at all, no link differs: it may be a
        version from before links were stored.
        """
        facts = [fact for each in self.judged for fact in each.facts]
        sides = (self.old, self.new)
        before, after = (Counter(link.href for b in side.editorial for link in b.links) for side in sides)
        if not before or not after or before == after:
            return tuple(facts)
        fewer, more = before - after, after - before
        for index, block in enumerate(self.change.blocks):
            removed = _take(self.old.editorial[block.old].links, fewer) if block.old is not None else []
            added = _take(self.new.editorial[block.new].links, more) if block.new is not None else []
            standing = block.old is not None and block.new is not None
            # A removed and an added link on the same words are one link that got another address.
            waiting: dict[str, list[Link]] = defaultdict(list)
            for link in reversed(added):
                waiting[link.text].append(link)
            pairs: list[tuple[Link | None, Link | None]]
            pairs = [(link, waiting[link.text].pop() if waiting[link.text] else None) for link in removed]
            paired = {id(b) for _, b in pairs if b}
            for a, b in (*pairs, *((None, link) for link in added if id(link) not in paired)):
                role = "address" if a and b else "removed" if a else "added"
                shown = [f"{link.text} <{link.href}>" if link else "" for link in (a, b)]
                facts.append(Fact(FactKind.LINK, shown[0], shown[1], role, "text", index, standing))
        return tuple(facts)

    @cached_property
    def edited_facts(self) -> tuple[Fact, ...]:
        """The facts that changed within sentences that both sides have, without links and the facts of notices."""
        return tuple(
            fact
            for each in self.standing
            for fact in each.facts
            if fact.kind is not FactKind.NAME or each.kept >= MIN_KEPT_FOR_NAMES
        )

    @cached_property
    def removed_facts(self) -> tuple[Fact, ...]:
        """The figures, dates, quotations and negations that an edited or replaced paragraph lost with a whole sentence.

        Names and hedges do not count: the name was not replaced, and the rest of the text is as certain as before.
        """
        blocks = self.change.blocks
        edited = {i for i, block in self.changed if block.new is not None}
        edited |= {i for i, _ in self.changed if blocks[i + 1 : i + 2] and blocks[i + 1].op is Op.INSERT}
        lost = [each for each in self.judged if not each.span.new and each.unit.block in edited]
        return tuple(fact for each in lost for fact in each.facts if fact.kind in _SAID_BY_SENTENCE)

    @cached_property
    def edits(self) -> Edits:
        """The edits in the form that notices are matched to."""
        return Edits(self.old, self.new, self.change, self.changed, self.facts)

    @cached_property
    def notices(self) -> tuple[NoticeChange, ...]:
        """The notices, the new ones with the edits that they explain."""
        matched = []
        for notice in self.change.notices:
            if notice.op is Op.INSERT:
                blocks, fields = self.edits.explained(notice.text, notice.kind)
                matched.append(replace(notice, explains=blocks, fields=fields))
            else:
                matched.append(notice)
        return tuple(matched)

    @cached_property
    def new_notices(self) -> tuple[NoticeChange, ...]:
        """The notices that were added."""
        return tuple(n for n in self.notices if n.op is Op.INSERT)

    @cached_property
    def recognised(self) -> dict[int, Recognised]:
        """The new or reworded blocks that are, or may be, notices which the extractor classed as text."""
        reworded = {each.unit.block for each in self.judged if each.unit.substance is not Substance.FORM}
        blocks = [(i, b) for i, b in self.changed if b.op is Op.INSERT or (b.op is Op.EDIT and i in reworded)]
        edges = {0, len(self.new.editorial) - 1}
        found = ((i, recognise(b.new_text, at_edge=b.new in edges)) for i, b in blocks)
        return {i: notice for i, notice in found if notice is not None}

    @cached_property
    def notice_blocks(self) -> dict[int, tuple[NoticeKind, Explained]]:
        """The blocks that are surely notices, with the edits that they explain."""
        sure = [
            (i, notice.kind, self.change.blocks[i].new_text) for i, notice in self.recognised.items() if notice.is_sure
        ]
        return {i: (kind, self.edits.explained(text, kind, without=i)) for i, kind, text in sure}

    @cached_property
    def may_announce(self) -> bool:
        """Whether a new text may be a note on the edits, so that it is unclear whether the outlet noted them.

        It is a text in or outside the article that may be a notice, or that has a fact both as it was and as it is.
        """
        if any(not notice.is_sure for notice in self.recognised.values()):
            return True
        # New texts that the extractor left out of the article, such as boxes.
        known = {block.text for block in self.old.blocks} | {notice.text for notice in self.new_notices}
        left_out = [b.text for b in self.new.blocks if not b.editorial and b.text not in known]
        if any(notice is not None and not notice.is_sure for notice in map(recognise, left_out)):
            return True
        # Notices are also placed in the first and the last paragraph.
        edges = {0, len(self.new.editorial) - 1}
        new = [b for i, b in self.changed if b.op is Op.INSERT and i not in self.notice_blocks]
        at_edge = [b.new_text for b in new if b.new in edges]
        facts = [
            fact
            for each in self.judged
            if each.unit.alters_existing_claim
            for fact in each.facts
            if fact.kind in _SAID_AS_IT_WAS and fact.old and fact.new
        ]
        notices = [NoticeChange(NoticeKind.CORRECTION, text, Op.INSERT) for text in (*left_out, *at_edge)]
        notes = [note for notice in notices for note in Note.clauses_of(notice, (), self.lang)]
        return any(note.has(f.old, f.new) and note.has(f.new, f.old) for note in notes for f in facts)

    @cached_property
    def block_notices(self) -> tuple[NoticeChange, ...]:
        """The `notice_blocks` as notices, which stay in the text as well."""
        return tuple(
            NoticeChange(kind, self.change.blocks[i].new_text, Op.INSERT, explained.blocks, explained.fields)
            for i, (kind, explained) in self.notice_blocks.items()
        )

    @cached_property
    def changed(self) -> tuple[tuple[int, BlockChange], ...]:
        """The blocks that differ, with their indexes."""
        if self.change.layout_only:
            return ()
        return tuple((i, b) for i, b in enumerate(self.change.blocks) if b.op is not Op.SAME)

    @cached_property
    def cosmetic_blocks(self) -> frozenset[int]:
        """The edited blocks that changed in form alone."""
        other = {unit.block for unit in self.noted.units if unit.substance is not Substance.FORM}
        return frozenset(
            i
            for i, b in self.changed
            if i not in other and i not in self.notice_blocks
            if b.old is not None and b.new is not None and b.old_text != b.new_text
        )

    @cached_property
    def cosmetic_fields(self) -> frozenset[str]:
        """The fields ("title", "dek", "byline") that changed in form alone."""
        form = (u for u in self.noted.units if u.block is None and u.substance is Substance.FORM)
        found = {u.where for u in form if u.where != "caption"}
        byline = self.change.byline
        credited = [sorted(side.lower().split(", ")) for side in (byline.old, byline.new)]
        if byline.changed and credited[0] == credited[1]:  # the same people in another order or case
            found.add("byline")
        return frozenset(found)

    @cached_property
    def wire_tag(self) -> WireTag | None:
        """The new tag before the headline; None if it has none or had the same before."""
        found, before = _BEFORE_HEADLINE.match(self.new.title), _BEFORE_HEADLINE.match(self.old.title)
        if found is None or (before is not None and before[0] == found[0]):
            return None
        is_tag = found[1].isupper() or found[0].rstrip().endswith(":")
        return _TAGS.get(found[1].upper()) if is_tag else None

    @cached_property
    def noted(self) -> NotedEdits:
        """The edits without those of notices, matched with the new notices."""
        notes = tuple(
            note
            for notice in (*self.new_notices, *self.block_notices)
            for note in Note.clauses_of(notice, self.edits.named_blocks(notice), self.lang)
        )
        judged = tuple(each for each in self.judged if each.unit.block not in self.notice_blocks)
        everything = bool(notes) and not self.new.editorial
        vague = self.wire_tag is not None or self.may_announce
        subject = frozenset(stems(f"{self.old.title} {self.new.title}"))
        return NotedEdits(judged, notes, self.lang, subject, everything, vague)


def _is_said_elsewhere(lost: JudgedSpan, judged: Sequence[JudgedSpan], came: Sequence[set[str]], lang: str) -> bool:
    """Return whether the words that an edit removed were mostly added to other sentences of its paragraph.

    If a whole sentence was removed, the words may also have been added to one sentence anywhere. `came` has the words
    that each of `judged` added.
    """
    if lost.unit.direction is not Direction.REMOVED or lost.unit.block is None:
        return False
    gone = set(lost.removed if lost.span.standing else words_of(lost.span.old.lower())) - SMALL[lang]
    others = [(each.unit.block, words) for each, words in zip(judged, came, strict=True) if each is not lost]
    beside = {word for block, words in others if block == lost.unit.block for word in words}
    takers = [beside] if lost.span.standing else [beside, *(words for _, words in others)]
    return bool(gone) and any(len(gone & words) >= MIN_SHARE_BESIDE * len(gone) for words in takers)


def _is_costly(old: Article, new: Article, change: Change) -> bool:
    """Return whether the edits, the new notices and the new texts outside the article would take too long to judge."""
    known = {block.text for block in old.blocks if not block.editorial}
    left_out = sum(len(block.text) for block in new.blocks if not block.editorial and block.text not in known)
    total = left_out // 4 + sum(len(notice.text) for notice in change.notices if notice.op is not Op.SAME)
    for span in edited_spans(change):
        units = sum(len(text) + MENTION_UNITS * len(_MENTION.findall(text)) for text in (span.old, span.new))
        total += SPAN_UNITS + units + units * units // UNITS_PER_SQUARE
    return total > MAX_UNITS


def all_moved(block: BlockChange) -> bool:
    """Return whether every sentence of a new block came unchanged from another block."""
    return (
        block.old is None
        and bool(block.sentences)
        and all(s.op in {Op.MOVE, Op.SAME} and s.old_text == s.new_text for s in block.sentences)
    )


def changed_facts(old: Article, new: Article, change: Change) -> tuple[Fact, ...]:
    """Return the facts that differ between two articles, in the order of `change`; links come last.

    An edit of form or words states the same facts in another way, so it has no facts that differ.
    """
    context = ChangeContext(old, new, change)
    return (context.heads if context.is_costly else context).facts


def stored_edits(
    old: Article, new: Article, change: Change
) -> Iterator[tuple[EditedSpan, tuple[Fact, ...], EditUnit | None]]:
    """Yield each edit of a stored change, with the facts that differ in it and its judgement as it is stored.

    The judgement is None for notices in the text, and for changes that an earlier release judged.
    """
    context = ChangeContext(old, new, change)
    judged = (context.heads if context.is_costly else context).judged
    blocks = {unit.block for unit in change.units} | {None}
    with_unit = sum(each.unit.block in blocks for each in judged)
    units = iter(change.units if with_unit == len(change.units) else ())
    for each in judged:
        yield each.span, each.facts, next(units, None) if each.unit.block in blocks else None


def _dropped_entries(old: Article, new: Article, rows: Sequence[BlockChange]) -> frozenset[int]:
    """Return the rows of the entries that a live blog no longer lists at its end, as indexes into `rows`.

    Live blogs show the newest entries and move older ones to further pages. So whole entries that are missing at the
    end of the page were not withdrawn by the outlet, but an entry that is missing among others was.
    """
    if sum(1 for block in new.editorial if block.reason in _HEADS) < MIN_ENTRIES:
        return frozenset()
    first = len(rows)
    while first and rows[first - 1].op is Op.DELETE:
        first -= 1
    # An entry that lost only its end was edited, so the first dropped row must head an entry.
    while first < len(rows) and old.editorial[rows[first].old or 0].reason not in _HEADS:
        first += 1
    return frozenset(range(first, len(rows)))


def _take(links: Iterable[Link], left: Counter[str]) -> list[Link]:
    """Return the links that are still in the counts of `left`, and reduce the counts."""
    taken = []
    for link in links:
        if left[link.href] > 0:
            left[link.href] -= 1
            taken.append(link)
    return taken


_MIN_SENTENCE_CHARACTERS: Final = 30
"""A shorter text after a possible dateline is an item of a list."""
_SENTENCE_ENDS: Final = frozenset(".!?…”\"’'»“)")
_OPENING: Final = r"(?=[A-ZÀ-ÖØ-Þ“\"‘„«])"
# An agency has no figures: "Harwick (population 4,000) – " is news.
_DATELINE: Final = re.compile(
    rf"""(?:[^\W\d_][\w.'’/ -]{{1,40}}(?:,\s[\w.'’ ]{{1,30}}){{0,3}}\s?)?  # LONDON, March 3
        \([^\W\d_][^()\d\n]{{1,39}}\)\s*[-–—:]{{1,2}}\s+{_OPENING}         # (AP) —
      | [A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’/ -]{{2,40}}(?:,\s[\w.'’ ]{{1,30}}){{0,3}}\s?[-–—]{{1,2}}\s+{_OPENING}""",
    re.VERBOSE,
)


def split_dateline(text: str) -> tuple[str, str]:
    """Return the dateline at the start of a text, "" if there is none, and the rest.

    A sentence must follow it: "REAL MADRID – Barcelona 2:1" is a line of a table.
    """
    found = _DATELINE.match(text)
    rest = text[found.end() :] if found else ""
    is_sentence = len(rest) >= _MIN_SENTENCE_CHARACTERS and rest.rstrip()[-1] in _SENTENCE_ENDS
    return (found[0], rest) if found and is_sentence else ("", text)
