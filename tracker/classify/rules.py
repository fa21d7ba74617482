"""Which label when: every rule in one table.

A rule looks at a `Scene` and yields labels with their evidence; its weight is how much such a change matters, 0 to 1.
`significance` is the heaviest weight found, raised a little by how much of the text changed. Whatever touches a
number, negation, name, date, attribution, hedge or quotation mark weighs 0.7 or more; form alone weighs 0.05.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..model import FactKind, Label, LabelKind, NoticeKind, Op
from .change_context import ChangeContext, all_moved
from .cosmetic import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..model import BlockChange, Fact, Field

WIDTH = 160
"""Evidence is cut to this many characters a side."""


class Rule(NamedTuple):
    """A label, what it means in plain words, how much it matters, and the function that finds it."""

    kind: LabelKind
    says: str
    weight: float
    find: Callable[[ChangeContext], Iterator[Label]]


def short(text: str) -> str:
    """Return *text* on one line, cut to the width of evidence."""
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1].rstrip()}…"


def arrow(old: str, new: str) -> str:
    """Return old → new; an empty side reads as an empty set."""
    return f"{short(old) or '∅'} → {short(new) or '∅'}"


def _field(kind: LabelKind, name: str) -> Callable[[ChangeContext], Iterator[Label]]:
    def find(scene: ChangeContext) -> Iterator[Label]:
        field: Field = getattr(scene.change, name)
        if field.changed and name not in scene.cosmetic_fields:
            yield Label(kind, arrow(field.old, field.new))

    return find


def _notice(kind: LabelKind, wanted: NoticeKind) -> Callable[[ChangeContext], Iterator[Label]]:
    def find(scene: ChangeContext) -> Iterator[Label]:
        for notice in scene.news:
            if notice.kind is wanted:
                yield Label(kind, _with_doubt(notice.text, notice.explains or notice.fields), notice.explains)
        for i, (found, told) in scene.notice_blocks.items():
            if found is wanted:
                text = scene.change.blocks[i].new_text
                yield Label(kind, _with_doubt(text, told.blocks or told.fields), (i, *told.blocks))

    return find


def _with_doubt(text: str, explains: Sequence[int | str]) -> str:
    """Return a notice as evidence, and say so where no edit is found that it explains."""
    return short(text) + ("" if explains else " (explains no edit seen here)")


def _facts(kind: LabelKind, *kinds: FactKind) -> Callable[[ChangeContext], Iterator[Label]]:
    def find(scene: ChangeContext) -> Iterator[Label]:
        for fact in scene.standing:
            if fact.kind in kinds:
                yield Label(kind, _evidence(fact), () if fact.block is None else (fact.block,))

    return find


_hedges = _facts(LabelKind.HEDGE, FactKind.HEDGE, FactKind.NEGATION, FactKind.SOURCE)


def _evidence(fact: Fact) -> str:
    said = arrow(fact.old, fact.new)
    note = fact.role
    if fact.kind in {FactKind.NEGATION, FactKind.SOURCE}:
        note = f"source, {fact.role}" if "anonymous" in fact.role else fact.kind.value
    where = f" in {fact.where}" if fact.block is None else ""
    return f"{said}{f' ({note})' if note else ''}{where}"


def _lead(scene: ChangeContext) -> Iterator[Label]:
    for i, block in scene.changed:
        if 0 in {block.old, block.new} and i not in scene.cosmetic_blocks and i not in scene.notice_blocks:
            yield Label(LabelKind.LEAD, arrow(_touched(block, "-"), _touched(block, "+")), (i,))
            return


def _touched(block: BlockChange, op: str) -> str:
    return " … ".join(text.strip() for o, text in block.hunks if o == op and text.strip())


def _inserted(scene: ChangeContext) -> Iterator[Label]:
    for i, block in scene.changed:
        if i in scene.notice_blocks or all_moved(block):
            continue
        if block.op is Op.INSERT:
            yield Label(LabelKind.INSERT, short(block.new_text), (i,))
        else:
            for text in [s.new_text for s in block.sentences if s.op is Op.INSERT]:
                yield Label(LabelKind.INSERT, short(text), (i,))


def _deleted(scene: ChangeContext) -> Iterator[Label]:
    for i, block in scene.changed:
        if block.op is Op.DELETE and (block.sentences or not _went_elsewhere(scene, block)):
            yield Label(LabelKind.DELETE, short(block.old_text), (i,))
        elif block.op is not Op.INSERT:
            for text in [s.old_text for s in block.sentences if s.op is Op.DELETE]:
                yield Label(LabelKind.DELETE, short(text), (i,))


def _went_elsewhere(scene: ChangeContext, block: BlockChange) -> bool:
    return any(s.old_block == block.old and b.new is not None for b in scene.change.blocks for s in b.sentences)


def _moved(scene: ChangeContext) -> Iterator[Label]:
    for i, block in scene.changed:
        if block.op is Op.MOVE:
            where = f"paragraph {(block.old or 0) + 1} → {(block.new or 0) + 1}"
            yield Label(LabelKind.MOVE, f"{where}: {short(block.new_text)}", (i,))
            continue
        for s in block.sentences:
            if s.op is Op.MOVE:
                where = f"paragraph {(s.old_block or 0) + 1} → {(s.new_block or 0) + 1}"
                yield Label(LabelKind.MOVE, f"{where}: {short(s.new_text)}", (i,))


def _rewritten(scene: ChangeContext) -> Iterator[Label]:
    telling = {f.block for f in scene.standing}
    for i, block in scene.changed:
        told = i in scene.cosmetic_blocks or i in telling or i in scene.notice_blocks
        if told or block.old is None or block.new is None:
            continue
        reworded = [s for s in block.sentences if s.op is Op.EDIT]
        if reworded:
            yield Label(LabelKind.REWRITE, arrow(_touched(block, "-"), _touched(block, "+")), (i,))
    blocks = scene.change.blocks
    for i in range(len(blocks) - 1):
        gone, come = blocks[i], blocks[i + 1]
        if gone.op is Op.DELETE and come.op is Op.INSERT and not all_moved(come) and i + 1 not in scene.notice_blocks:
            yield Label(LabelKind.REWRITE, arrow(gone.old_text, come.new_text), (i, i + 1))


def _cosmetic(scene: ChangeContext) -> Iterator[Label]:
    for name in sorted(scene.cosmetic_fields):
        field: Field = getattr(scene.change, name)
        yield Label(LabelKind.COSMETIC, f"{name}: {arrow(field.old, field.new)}")
    for i in sorted(scene.cosmetic_blocks):
        said = "; ".join(arrow(old, new) for old, new in changes(scene.change.blocks[i].hunks))
        yield Label(LabelKind.COSMETIC, short(said), (i,))


def _silent(scene: ChangeContext) -> Iterator[Label]:
    silent = unexplained(scene)
    retold = any(f.where in {"title", "dek"} and f.kind in _COUNTED_UNDER_UPDATE for f in scene.standing)
    if silent or (retold and not announces(scene)):
        told = "; ".join(
            _evidence(f) for f in scene.facts if f.kind is not FactKind.LINK and (f.block in silent or f.block is None)
        )
        yield Label(LabelKind.STEALTH, short(told) or "text changed, nothing said", tuple(sorted(silent)))


RULES: tuple[Rule, ...] = (
    Rule(
        LabelKind.CORRECTION,
        "the outlet says it corrected something",
        0.9,
        _notice(LabelKind.CORRECTION, NoticeKind.CORRECTION),
    ),
    Rule(
        LabelKind.CLARIFICATION,
        "the outlet says it clarified something",
        0.8,
        _notice(LabelKind.CLARIFICATION, NoticeKind.CLARIFICATION),
    ),
    Rule(
        LabelKind.EDITORS_NOTE,
        "an editor's note is new",
        0.7,
        _notice(LabelKind.EDITORS_NOTE, NoticeKind.EDITORS_NOTE),
    ),
    Rule(
        LabelKind.UPDATE_NOTE,
        "the outlet says it updated the story",
        0.6,
        _notice(LabelKind.UPDATE_NOTE, NoticeKind.UPDATE),
    ),
    Rule(LabelKind.HEADLINE, "the headline differs in more than form", 0.6, _field(LabelKind.HEADLINE, "title")),
    Rule(LabelKind.DEK, "the dek differs in more than form", 0.5, _field(LabelKind.DEK, "dek")),
    Rule(LabelKind.BYLINE, "other people are credited", 0.5, _field(LabelKind.BYLINE, "byline")),
    Rule(LabelKind.LEAD, "the first paragraph differs in more than form", 0.5, _lead),
    Rule(
        LabelKind.NUMBER,
        "a number in a standing sentence differs in value, unit or what it counts",
        0.85,
        _facts(LabelKind.NUMBER, FactKind.NUMBER),
    ),
    Rule(
        LabelKind.DATE,
        "a date, weekday, month or year in a standing sentence differs",
        0.75,
        _facts(LabelKind.DATE, FactKind.DATE),
    ),
    Rule(
        LabelKind.NAME,
        "a name in a standing sentence differs, came or went",
        0.7,
        _facts(LabelKind.NAME, FactKind.NAME),
    ),
    Rule(
        LabelKind.QUOTE,
        "a quotation in a standing sentence came, went, was altered inside its marks, or got or lost its marks",
        0.75,
        _facts(LabelKind.QUOTE, FactKind.QUOTE),
    ),
    Rule(
        LabelKind.HEDGE,
        "a hedge, negation or attribution in a standing sentence came, went or changed",
        0.8,
        _hedges,
    ),
    Rule(LabelKind.INSERT, "a sentence or paragraph is new", 0.6, _inserted),
    Rule(LabelKind.DELETE, "a sentence or paragraph is gone", 0.6, _deleted),
    Rule(
        LabelKind.REWRITE,
        "a standing sentence is worded otherwise, no fact we can name differs; or a paragraph was replaced",
        0.5,
        _rewritten,
    ),
    Rule(LabelKind.MOVE, "a paragraph or sentence stands elsewhere", 0.2, _moved),
    Rule(LabelKind.COSMETIC, "punctuation, case, spelling or blanks alone", 0.05, _cosmetic),
    Rule(LabelKind.STEALTH, "facts changed and no notice explains them", 0.8, _silent),
)
"""The labels in the order they are given."""

WEIGHTS = {rule.kind: rule.weight for rule in RULES}

_COUNTED_UNDER_UPDATE = frozenset({FactKind.NUMBER, FactKind.DATE, FactKind.NEGATION, FactKind.QUOTE})


def announces(scene: ChangeContext) -> bool:
    """Say whether any notice is new; a headline that got an "UPDATE 2-" is one too."""
    tagged = _tag(scene.new.title) and _tag(scene.new.title) != _tag(scene.old.title)
    return bool(scene.news or scene.notice_blocks or tagged)


def _tag(title: str) -> str:
    head, dash, _ = title.partition("-")
    return head if dash and head.split(" ")[0] in {"UPDATE", "WRAPUP", "REFILE", "CORRECTED", "RPT"} else ""


def unexplained(scene: ChangeContext) -> frozenset[int]:
    """Return the factual blocks that no notice explains.

    An update note announces that the story grew: under it only a changed number, date, negation or quotation in a
    standing sentence, outside what the note explains, is silent.
    """
    if not announces(scene):
        return scene.factual
    explained: set[int] = set()
    for notice in scene.news:
        explained.update(notice.explains)
    for _, told in scene.notice_blocks.values():
        explained.update(told.blocks)
    left = scene.factual - explained
    updating = any(n.kind in {NoticeKind.UPDATE, NoticeKind.EDITORS_NOTE} for n in scene.news)
    if updating or not scene.news:
        left &= {f.block for f in scene.standing if f.kind in _COUNTED_UNDER_UPDATE and f.block is not None}
    return frozenset(left)
