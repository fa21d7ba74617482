"""The rules that find labels: one function a label, each yielding labels with their evidence.

What a label means and how much it weighs is in `model/labels.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..model import FactKind, Label, LabelKind, NoticeKind, Op
from .change_context import ChangeContext, all_moved
from .cosmetic import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ..model import BlockChange, Fact, Field

WIDTH = 160
"""Evidence is cut to this many characters a side."""


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


def _notice(wanted: NoticeKind) -> Callable[[ChangeContext], Iterator[Label]]:
    kind = LabelKind(wanted.value)

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


RULES: Final[Mapping[LabelKind, Callable[[ChangeContext], Iterator[Label]]]] = {
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
    LabelKind.INSERT: _inserted,
    LabelKind.DELETE: _deleted,
    LabelKind.REWRITE: _rewritten,
    LabelKind.MOVE: _moved,
    LabelKind.COSMETIC: _cosmetic,
    LabelKind.STEALTH: _silent,
}
"""The function that finds each label.

A change lists its labels in this order. The order is stored with the versions: with another one, articles that are
extracted again would look as if their labels had changed.
"""

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
