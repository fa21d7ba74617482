"""Label a change: its labels with their evidence, its substance, its significance, and whether the outlet noted it.

Each label has one function, which yields the labels with their evidence. The meaning of each label is in
`model/change.py`, the table of significance in `docs/explanation/labels.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from tracker.model.article import Article, NoticeKind
from tracker.model.change import (
    CLASSIFIER,
    BlockChange,
    Change,
    Direction,
    EditUnit,
    Fact,
    FactKind,
    Field,
    Label,
    LabelKind,
    Noted,
    Op,
    Significance,
    Substance,
)

from .change_context import ChangeContext, all_moved
from .word_edits import says_something

Rule: TypeAlias = Callable[[ChangeContext], Iterator[Label]]

_GRAVEST_FIRST: Final = (Substance.CLAIM, Substance.WORDS, Substance.FORM)
_ANNOUNCED: Final = {Noted.YES: True, Noted.NO: False}
MAX_EVIDENCE_CHARACTERS: Final = 160
"""Evidence is cut to this length on each side."""
# Facts that have a label of their own.
_LABELLED_FACTS: Final = frozenset(FactKind) - {FactKind.LINK, FactKind.PLACE, FactKind.STATE}
TOO_LARGE: Final = "too large to compare in detail"
MAX_COARSE_NOTICES: Final = 20
"""A change that is judged coarsely gets labels for at most this many new notices."""
MAX_PROMINENT_BLOCKS: Final = 2
"""The first paragraphs of a text, in which an edit matters most."""
_HIGH: Final = frozenset(
    {LabelKind.CORRECTION, LabelKind.CLARIFICATION, LabelKind.EDITORS_NOTE, LabelKind.NOTICE_REMOVED}
)
_MEDIUM: Final = frozenset({LabelKind.UPDATE_NOTE, LabelKind.BYLINE})
_GRAVE: Final = frozenset(
    {FactKind.NUMBER, FactKind.QUOTE, FactKind.HEDGE, FactKind.NEGATION, FactKind.SOURCE, FactKind.STATE}
)


def classify(old: Article, new: Article, change: Change) -> Change:
    """Return `change` with its labels, units, substance, significance and facts, and whether it was noted.

    `change` is the result of `diff.compare` for the two articles. The result depends on the arguments alone. An empty
    change gets no labels. One that was not compared in detail, or would take too long to judge, is judged coarsely.
    """
    if change.is_empty:
        return replace(change, classifier=CLASSIFIER)
    context = ChangeContext(old, new, change)
    if context.is_costly:
        return _judged_coarsely(context)
    labels = tuple(dict.fromkeys(label for find in RULES.values() for label in find(context)))
    noted = _noted(context)
    substances = {unit.substance for unit in context.noted.units}
    if change.byline.changed:
        substances.add(Substance.FORM if "byline" in context.cosmetic_fields else Substance.CLAIM)
    if not substances and context.changed:
        substances.add(Substance.FORM)  # sentences moved
    return replace(
        change,
        labels=labels,
        units=context.noted.units,
        substance=next((each for each in _GRAVEST_FIRST if each in substances), None),
        notices=context.notices + context.block_notices,
        significance=_significance(context, labels),
        noted=noted,
        facts=context.facts,
        classifier=CLASSIFIER,
        announced=_ANNOUNCED.get(noted) if noted else None,
    )


def _judged_coarsely(context: ChangeContext) -> Change:
    """Return the change with labels for its fields and new notices, and one that says the text is too large for others.

    `noted` is unclear, because neither the text nor the notices were compared in detail.
    """
    change = context.change
    heads = classify(context.heads.old, context.heads.new, context.heads.change)
    differing = [n for n, block in enumerate(change.blocks) if block.op is not Op.SAME][:1]
    notices = [n for n in change.notices if n.op is Op.INSERT]
    labels = [Label(LabelKind(n.kind.value), _short(n.text)) for n in notices[:MAX_COARSE_NOTICES]]
    labels += [each for each in heads.labels if each.kind not in {LabelKind.NOT_NOTED, LabelKind.COSMETIC}]
    evidence = f"{TOO_LARGE}: {change.words_added:,} words added, {change.words_removed:,} removed"
    labels.append(Label(LabelKind.REWRITE, evidence, tuple(differing)))
    units = [replace(unit, noted=Noted.UNCLEAR if unit.noted else None) for unit in heads.units]
    units.append(EditUnit(Substance.WORDS, None, "text", next(iter(differing), None)))
    is_high = heads.significance is Significance.HIGH or not _HIGH.isdisjoint(label.kind for label in labels)
    return replace(
        change,
        labels=tuple(dict.fromkeys(labels)),
        units=tuple(units),
        substance=Substance.WORDS,
        significance=Significance.HIGH if is_high else Significance.MEDIUM,
        noted=Noted.UNCLEAR,
        facts=heads.facts,
        classifier=CLASSIFIER,
        announced=None,
        budget_hit=True,
    )


def _noted(context: ChangeContext) -> Noted | None:
    """Return the worst answer of the edits: no, unclear, yes; None if no edit needs a note and there is none.

    A note beside edits that need none is about the additions. If words were edited that the program cannot judge, the
    answer is never yes: the notes may not cover that edit.
    """
    answers = {unit.noted for unit in context.noted.units} - {None}
    is_judged = all(unit.substance is not Substance.WORDS for unit in context.noted.units)
    if not answers:
        # A headline that got a wire tag ("UPDATE 2-") announces the edit too.
        announces = context.new_notices or context.notice_blocks or context.wire_tag
        return Noted.YES if announces and is_judged else None
    worst = next(noted for noted in (Noted.NO, Noted.UNCLEAR, Noted.YES) if noted in answers)
    return worst if is_judged or worst is Noted.NO else Noted.UNCLEAR


def _significance(context: ChangeContext, labels: tuple[Label, ...]) -> Significance:
    """Return the significance of a change, which is that of its most significant edit or note."""
    kinds = {label.kind for label in labels}
    found = {Significance.HIGH} if kinds & _HIGH else set()
    found |= {Significance.MEDIUM} if kinds & _MEDIUM else set()
    for judged, unit in zip(context.noted.judged, context.noted.units, strict=True):
        is_prominent = unit.block is None or unit.block < MAX_PROMINENT_BLOCKS
        if unit.substance is Substance.FORM or (unit.substance is Substance.WORDS and not is_prominent):
            continue
        # High if two of three are true: a grave kind of fact, a prominent place, no note from the outlet.
        is_grave = not _GRAVE.isdisjoint(fact.kind for fact in judged.facts)
        is_high = unit.alters_existing_claim and is_grave + is_prominent + (unit.noted is Noted.NO) > 1
        found.add(Significance.HIGH if is_high else Significance.MEDIUM)
    return next((each for each in Significance if each in found), Significance.LOW)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_EVIDENCE_CHARACTERS else f"{line[: MAX_EVIDENCE_CHARACTERS - 1].rstrip()}…"


def _arrow(old: str, new: str) -> str:
    """Return "old → new"; an empty side reads as a dash."""
    return f"{_short(old) or '–'} → {_short(new) or '–'}"


def _field(kind: LabelKind, name: str) -> Rule:
    """Return the rule for a field that changed in more than form."""

    def find(context: ChangeContext) -> Iterator[Label]:
        field: Field = getattr(context.change, name)
        if field.changed and name not in context.cosmetic_fields:
            yield Label(kind, _arrow(field.old, field.new))

    return find


def _notice(wanted: NoticeKind) -> Rule:
    """Return the rule for a new notice, which the extractor may have classed as a notice or as text."""
    kind = LabelKind(wanted.value)

    def find(context: ChangeContext) -> Iterator[Label]:
        found = [(n.text, n.explains or n.fields, n.explains) for n in context.new_notices if n.kind is wanted]
        for i, (block_kind, explained) in context.notice_blocks.items():
            if block_kind is wanted:
                text = context.change.blocks[i].new_text
                found.append((text, explained.blocks or explained.fields, (i, *explained.blocks)))
        for text, explains, blocks in found:
            yield Label(kind, _short(text) + ("" if explains else " (we could not match this note to an edit)"), blocks)

    return find


def _removed_notices(context: ChangeContext) -> Iterator[Label]:
    """Yield the notices that were removed, without those that were reworded or are now read as text.

    Update notes are left out: most are out of date when they are removed.
    """
    if context.new_notices or context.notice_blocks:
        return
    for notice in context.notices:
        is_read_as_text = any(notice.text in block.text for block in context.new.blocks)
        if notice.op is Op.DELETE and notice.kind is not NoticeKind.UPDATE and not is_read_as_text:
            yield Label(LabelKind.NOTICE_REMOVED, _short(notice.text))


def _facts(kind: LabelKind, *kinds: FactKind) -> Rule:
    """Return the rule for facts of some kinds that changed within edited sentences, or were lost with a sentence."""

    def find(context: ChangeContext) -> Iterator[Label]:
        for fact in (*context.edited_facts, *context.removed_facts):
            if fact.kind in kinds:
                yield Label(kind, _evidence(fact), () if fact.block is None else (fact.block,))

    return find


def _evidence(fact: Fact) -> str:
    note = fact.role
    if fact.kind in {FactKind.NEGATION, FactKind.SOURCE}:
        note = f"source, {fact.role}" if "anonymous" in fact.role else fact.kind.value
    return f"{_arrow(fact.old, fact.new)}{f' ({note})' if note else ''}{_place(fact.where, fact.block)}"


def _place(where: str, block: int | None) -> str:
    if block is not None:
        return ""
    return " in headline" if where == "title" else f" in {where}"


def _claims(context: ChangeContext) -> Iterator[Label]:
    """Yield the edits that are claims about a place or an opposite, or about no fact that has a label of its own kind.

    The evidence is the place or opposite, or else the words that differ.
    """
    for judged in context.standing:
        unit = judged.unit
        if unit.substance is not Substance.CLAIM or unit.direction is Direction.REPLACED:
            continue
        others = [fact for fact in judged.facts if fact.kind in {FactKind.PLACE, FactKind.STATE}]
        if others or _LABELLED_FACTS.isdisjoint(f.kind for f in judged.facts):
            evidence = _arrow(" … ".join(judged.removed), " … ".join(judged.added))
            if not (judged.removed or judged.added):
                # The same words are in another order, which only the whole sentences show.
                evidence = _arrow(judged.span.old, judged.span.new)
            if others:
                evidence = f"{_arrow(others[0].old, others[0].new)} ({others[0].kind.value})"
            place = _place(unit.where, unit.block)
            yield Label(LabelKind.CLAIM, f"{evidence}{place}", () if unit.block is None else (unit.block,))


def _lead(context: ChangeContext) -> Iterator[Label]:
    for i, block in context.changed:
        if 0 in {block.old, block.new} and i not in context.cosmetic_blocks and i not in context.notice_blocks:
            is_edited = block.old_text != block.new_text
            yield Label(LabelKind.LEAD, _edited_words(block) if is_edited else _short(block.new_text), (i,))
            return


def _edited_words(block: BlockChange) -> str:
    old, new = (" … ".join(text.strip() for op, text in block.hunks if op == side and text.strip()) for side in "-+")
    return _arrow(old, new)


def _inserted(context: ChangeContext) -> Iterator[Label]:
    for i, block in context.changed:
        if i in context.notice_blocks or all_moved(block):
            continue
        # A sentence with the op `same` is on the other page too.
        if block.op is Op.INSERT and not any(s.op is Op.SAME and s.old_text == s.new_text for s in block.sentences):
            yield Label(LabelKind.INSERT, _short(block.new_text), (i,))
        else:
            for sentence in block.sentences:
                if sentence.op is Op.INSERT and says_something(sentence.new_text):
                    yield Label(LabelKind.INSERT, _short(sentence.new_text), (i,))


def _deleted(context: ChangeContext) -> Iterator[Label]:
    # A removed block whose sentences are all in other blocks was merged into them, so none of its text was deleted.
    taken_from = {s.old_block for b in context.change.blocks if b.new is not None for s in b.sentences}
    for i, block in context.changed:
        whole = block.op is Op.DELETE and not any(s.op is Op.SAME and s.old_text == s.new_text for s in block.sentences)
        if whole and (block.sentences or block.old not in taken_from):
            yield Label(LabelKind.DELETE, _short(block.old_text), (i,))
        elif block.op is not Op.INSERT and not whole:
            for sentence in block.sentences:
                if sentence.op is Op.DELETE and says_something(sentence.old_text):
                    yield Label(LabelKind.DELETE, _short(sentence.old_text), (i,))


def _moved(context: ChangeContext) -> Iterator[Label]:
    for i, block in context.changed:
        moved = [(s.old_block, s.new_block, s.new_text) for s in block.sentences if s.op is Op.MOVE]
        if block.op is Op.MOVE:
            moved = [(block.old, block.new, block.new_text)]
        for old, new, text in moved:
            yield Label(LabelKind.MOVE, f"paragraph {(old or 0) + 1} → {(new or 0) + 1}: {_short(text)}", (i,))


def _reworded(context: ChangeContext) -> Iterator[Label]:
    for judged in context.standing:
        unit = judged.unit
        if unit.block is not None and unit.substance is Substance.WORDS:
            yield Label(LabelKind.REWRITE, _edited_words(context.change.blocks[unit.block]), (unit.block,))
    blocks = context.change.blocks
    for i in range(len(blocks) - 1):
        old, new = blocks[i], blocks[i + 1]
        if old.op is Op.DELETE and new.op is Op.INSERT and not all_moved(new) and i + 1 not in context.notice_blocks:
            yield Label(LabelKind.REWRITE, _arrow(old.old_text, new.new_text), (i, i + 1))


def _cosmetic(context: ChangeContext) -> Iterator[Label]:
    for name in sorted(context.cosmetic_fields):
        field: Field = getattr(context.change, name)
        yield Label(LabelKind.COSMETIC, f"{name}: {_arrow(field.old, field.new)}")
    for each in context.judged:
        if each.unit.where == "caption" and each.unit.substance is Substance.FORM:
            yield Label(LabelKind.COSMETIC, f"caption: {_arrow(each.span.old, each.span.new)}")
    for i in sorted(context.cosmetic_blocks):
        yield Label(LabelKind.COSMETIC, _edited_words(context.change.blocks[i]), (i,))


def _not_noted(context: ChangeContext) -> Iterator[Label]:
    noted = context.noted
    left = [each for each, unit in zip(noted.judged, noted.units, strict=True) if unit.noted is Noted.NO]
    if left:
        facts: list[Fact] = []
        for each in left:
            answers = noted.answers(each) if each.span.standing else [(fact, Noted.NO) for fact in each.facts]
            facts += [fact for fact, answer in answers if answer is Noted.NO]
        edits = list(dict.fromkeys(map(_evidence, facts))) or [_arrow(x.span.old, x.span.new) for x in left]
        blocks = {each.unit.block for each in left if each.unit.block is not None}
        yield Label(LabelKind.NOT_NOTED, _short("; ".join(edits)), tuple(sorted(blocks)))


RULES: Final[Mapping[LabelKind, Rule]] = {
    LabelKind.CORRECTION: _notice(NoticeKind.CORRECTION),
    LabelKind.CLARIFICATION: _notice(NoticeKind.CLARIFICATION),
    LabelKind.EDITORS_NOTE: _notice(NoticeKind.EDITORS_NOTE),
    LabelKind.UPDATE_NOTE: _notice(NoticeKind.UPDATE),
    LabelKind.HEADLINE: _field(LabelKind.HEADLINE, "title"),
    LabelKind.DEK: _field(LabelKind.DEK, "dek"),
    LabelKind.BYLINE: _field(LabelKind.BYLINE, "byline"),
    LabelKind.LEAD: _lead,
    LabelKind.NUMBER: _facts(LabelKind.NUMBER, FactKind.NUMBER),
    LabelKind.DATE: _facts(LabelKind.DATE, FactKind.DATE),
    LabelKind.NAME: _facts(LabelKind.NAME, FactKind.NAME),
    LabelKind.QUOTE: _facts(LabelKind.QUOTE, FactKind.QUOTE),
    LabelKind.HEDGE: _facts(LabelKind.HEDGE, FactKind.HEDGE, FactKind.NEGATION, FactKind.SOURCE),
    LabelKind.CLAIM: _claims,
    LabelKind.INSERT: _inserted,
    LabelKind.DELETE: _deleted,
    LabelKind.REWRITE: _reworded,
    LabelKind.MOVE: _moved,
    LabelKind.COSMETIC: _cosmetic,
    LabelKind.NOT_NOTED: _not_noted,
    LabelKind.NOTICE_REMOVED: _removed_notices,
}
"""The function that finds each label.

A change lists its labels in this order, which must not change: the labels are stored with the versions, and articles
that are extracted again would seem to have other labels.
"""
