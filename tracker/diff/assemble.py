"""Put two articles side by side: the structure of a Change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model import Article, BlockChange, BlockKind, Change, Field, Hunk, Notice, NoticeChange, Op
from .cleanup import clean
from .hunks import kept, write
from .ledger import Ledger
from .lineage import Kin, trace
from .sentences import language
from .tokens import Tokens, Vocabulary
from .words import Match, matches

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from .groups import Group
    from .units import Unit

KEPT = 0.3
"""Least share of the smaller block that must stand in the other; a block rewritten further reads as two."""


def compare(old: Article, new: Article) -> Change:
    """Return what lies between two states of an article: fields, blocks, sentences, words and notices.

    The hunks restore both sides exactly. The result depends on the two articles alone, never on time or load;
    *budget_hit* says that a comparison was too costly and is shown as one replacement.
    """
    desk = _Desk(language(new.lang or old.lang))
    title = desk.field(*_headlines(old, new))
    dek = desk.field(old.dek, new.dek)
    byline = desk.field(", ".join(old.byline), ", ".join(new.byline))
    blocks = desk.blocks(old, new)
    return Change(
        title=title,
        dek=dek,
        byline=byline,
        blocks=blocks,
        notices=_notices(old.notices, new.notices),
        budget_hit=desk.budget_hit,
        layout_only=_layout_only(old, new, blocks),
        moved_words=sum(_moved_words(block) for block in blocks if block.sentences),
    )


def _headlines(old: Article, new: Article) -> tuple[str, str]:
    """Return the headlines as the pages show them; where these are alike, as other surfaces tell them."""
    shown = old.shown_title, new.shown_title
    return shown if shown[0] != shown[1] else (old.title, new.title)


def _layout_only(old: Article, new: Article, blocks: Sequence[BlockChange]) -> bool:
    minus = plus = 0
    for block in blocks:
        if block.op is not Op.SAME:
            minus += sum(len("".join(text.split())) for op, text in block.hunks if op == "-")
            plus += sum(len("".join(text.split())) for op, text in block.hunks if op == "+")
    return minus == plus and old.text != new.text and old.text.split() == new.text.split()


def _moved_words(block: BlockChange) -> int:
    """Count the words of sentences that came whole from another block."""
    return sum(
        len(s.new_text.split())
        for s in block.sentences
        if s.old_text == s.new_text and (s.op is Op.MOVE or s.old_block != block.old)
    )


def _notices(old: Sequence[Notice], new: Sequence[Notice]) -> tuple[NoticeChange, ...]:
    before, after = set(old), set(new)
    kept_or_new = [NoticeChange(n.kind, n.text, Op.SAME if n in before else Op.INSERT) for n in dict.fromkeys(new)]
    gone = [NoticeChange(n.kind, n.text, Op.DELETE) for n in dict.fromkeys(old) if n not in after]
    return (*kept_or_new, *gone)


class _Desk:
    """What one comparison shares: the language, the vocabulary, whether the budget was hit."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.vocabulary = Vocabulary()
        self.budget_hit = False

    def field(self, old: str, new: str) -> Field:
        if old == new:
            return Field(old, new, (("=", old),) if old else ())
        before, after = Tokens(old, self.vocabulary), Tokens(new, self.vocabulary)
        runs = self._matches(before, after)
        return Field(old, new, write(clean(runs, before, after), before, after))

    def blocks(self, old: Article, new: Article) -> tuple[BlockChange, ...]:
        before, after = [b.text for b in old.editorial], [b.text for b in new.editorial]
        if before == after:
            return tuple(
                BlockChange(Op.SAME, i, i, (("=", block.text),) if block.text else (), block.kind)
                for i, block in enumerate(new.editorial)
            )
        lineage = trace(before, after, self.lang, self.vocabulary)
        ledger = Ledger(lineage)
        rows: dict[int, BlockChange] = {}
        for kin in lineage.kin:
            kind = new.editorial[kin.new].kind
            if not kin.moved and before[kin.old] == after[kin.new]:
                rows[kin.new] = BlockChange(Op.SAME, kin.old, kin.new, (("=", after[kin.new]),), kind)
                continue
            row = self._row(kin, before[kin.old], after[kin.new], kind, ledger)
            if row is None:
                ledger.part(kin.old, kin.new)
            else:
                rows[kin.new] = row
        return tuple(_ordered(rows, old, new, ledger))

    def _row(self, kin: Kin, old: str, new: str, kind: BlockKind, ledger: Ledger) -> BlockChange | None:
        op = Op.MOVE if kin.moved else Op.EDIT
        if old == new:
            return BlockChange(op, kin.old, kin.new, (("=", old),), kind)
        groups = ledger.groups(kin.old, kin.new)
        hunks = self._hunks(groups, ledger.old[kin.old], ledger.new[kin.new])
        if kept(hunks) < KEPT * min(len(old), len(new)):
            return None
        return BlockChange(op, kin.old, kin.new, hunks, kind, ledger.sentences(kin.old, kin.new, groups))

    def _hunks(self, groups: Sequence[Group], olds: Sequence[Unit], news: Sequence[Unit]) -> tuple[Hunk, ...]:
        old, new = Tokens("", self.vocabulary), Tokens("", self.vocabulary)
        runs: list[Match] = []
        for group in groups:
            i, j = len(old.cores), len(new.cores)
            for unit in olds[group.old_start : group.old_end]:
                old.extend(unit.tokens)
            for unit in news[group.new_start : group.new_end]:
                new.extend(unit.tokens)
            if group.joined:
                found, hit = matches(old.code[i:], new.code[j:])
                self.budget_hit = self.budget_hit or hit
                runs += [Match(m.old + i, m.new + j, m.n) for m in found]
        return write(clean(runs, old, new), old, new)

    def _matches(self, old: Tokens, new: Tokens) -> list[Match]:
        runs, hit = matches(old.code, new.code)
        self.budget_hit = self.budget_hit or hit
        return runs


def _ordered(rows: dict[int, BlockChange], old: Article, new: Article, ledger: Ledger) -> Iterator[BlockChange]:
    """Put rows in the order of the new text; what was deleted in a stretch stands before what came instead."""
    partners = {row.old for row in rows.values()}
    stays = [(j, row.old) for j, row in sorted(rows.items()) if row.op is not Op.MOVE and row.old is not None]
    at = j = 0
    for stop, i in (*stays, (len(new.editorial), len(old.editorial))):
        if at < i:
            yield from _deleted(range(at, i), partners, old, ledger)
        for k in range(j, stop):
            block = new.editorial[k]
            yield rows.get(k) or BlockChange(Op.INSERT, None, k, (("+", block.text),), block.kind, ledger.added(k))
        if stop in rows:
            yield rows[stop]
        at, j = i + 1, stop + 1


def _deleted(
    places: Iterable[int], partners: Container[int | None], old: Article, ledger: Ledger
) -> Iterator[BlockChange]:
    for i in places:
        if i not in partners:
            block = old.editorial[i]
            yield BlockChange(Op.DELETE, i, None, (("-", block.text),), block.kind, ledger.removed(i))
