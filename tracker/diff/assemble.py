"""Put two articles side by side: the structure of a Change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model import Article, Block, BlockChange, Change, Field, Hunk, Notice, NoticeChange, Op
from .cleanup import clean
from .hunks import Writer, kept, put, write
from .ledger import Ledger
from .lineage import Kin, trace
from .sentences import language
from .tokens import Tokens, Vocabulary
from .words import Match, matches

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from .groups import Group
    from .units import Unit

SHORT_SENTENCE = 24
"""A sentence up to so long that stands between two rewritten ones is weighed with them: it may say too little."""
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
    changed = [hunk for block in blocks if block.op is not Op.SAME for hunk in block.hunks]
    minus = "".join([text for op, text in changed if op == "-"])
    plus = "".join([text for op, text in changed if op == "+"])
    if minus == plus == "" or len("".join(minus.split())) != len("".join(plus.split())):
        return False
    return old.text != new.text and old.text.split() == new.text.split()


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
        runs = clean(self.matches(before.code, after.code), before, after)
        return Field(old, new, write(runs, before, after))

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
        editorial, same = new.editorial, Op.SAME
        for kin in lineage.kin:
            j, i, moved = kin
            if not moved and before[i] == after[j]:
                rows[j] = BlockChange(same, i, j, (("=", after[j]),), editorial[j].kind)
                continue
            row = self._row(kin, before[i], editorial[j], ledger)
            if row is None:
                ledger.part(i, j)
            else:
                rows[j] = row
        return tuple(_ordered(rows, old, new, ledger))

    def _row(self, kin: Kin, old: str, new: Block, ledger: Ledger) -> BlockChange | None:
        j, i, moved = kin
        op = Op.MOVE if moved else Op.EDIT
        if old == new.text:
            return BlockChange(op, i, j, (("=", old),), new.kind)
        groups = ledger.groups(i, j)
        hunks = self._hunks(groups, ledger.old[i], ledger.new[j])
        if kept(hunks) < KEPT * min(len(old), len(new.text)):
            return None
        return BlockChange(op, i, j, hunks, new.kind, ledger.sentences(i, j, groups))

    def _hunks(self, groups: Sequence[Group], olds: Sequence[Unit], news: Sequence[Unit]) -> tuple[Hunk, ...]:
        writer = Writer()
        stretch = _Stretch(self)
        for group in groups:
            whole = _untouched(group, olds, news)
            if whole:
                stretch.put(writer)
                writer.equal(whole)
                stretch = _Stretch(self)
            else:
                some = olds[group.old_start : group.old_end], news[group.new_start : group.new_end]
                stretch.add(*some, joined=group.joined)
        stretch.put(writer)
        return writer.finished()

    def matches(self, old: str, new: str) -> list[Match]:
        """Return the equal runs of two encoded runs; remember where the budget forbade to look for them."""
        runs, hit = matches(old, new)
        self.budget_hit = self.budget_hit or hit
        return runs


class _Stretch:
    """Sentences that differ, between two that do not: their words on both sides and what of them is equal."""

    def __init__(self, desk: _Desk) -> None:
        self._desk = desk
        self._old, self._new = Tokens("", desk.vocabulary), Tokens("", desk.vocabulary)
        self._runs: list[Match] = []

    def add(self, olds: Sequence[Unit], news: Sequence[Unit], *, joined: bool) -> None:
        i, j = len(self._old.pieces), len(self._new.pieces)
        for unit in olds:
            self._old.extend(unit.tokens)
        for unit in news:
            self._new.extend(unit.tokens)
        if joined:
            found = self._desk.matches(self._old.code[i:], self._new.code[j:])
            self._runs += [Match(m.old + i, m.new + j, m.n) for m in found] if i or j else found

    def put(self, writer: Writer) -> None:
        if self._old.pieces or self._new.pieces:
            put(writer, clean(self._runs, self._old, self._new), self._old, self._new)


def _untouched(group: Group, olds: Sequence[Unit], news: Sequence[Unit]) -> str:
    """Return the text of a sentence that stands as it stood; "" for any other group and for a short one."""
    if group.old_end != group.old_start + 1 or group.new_end != group.new_start + 1:
        return ""
    whole = olds[group.old_start].whole
    return whole if whole == news[group.new_start].whole and len(whole) > SHORT_SENTENCE else ""


def _ordered(rows: dict[int, BlockChange], old: Article, new: Article, ledger: Ledger) -> Iterator[BlockChange]:
    """Put rows in the order of the new text; what was deleted in a stretch stands before what came instead."""
    partners = {row.old for row in rows.values()}
    at = 0
    waiting: list[BlockChange] = []
    for j, block in enumerate(new.editorial):
        row = rows.get(j)
        if row is None:
            waiting.append(BlockChange(Op.INSERT, None, j, (("+", block.text),), block.kind, ledger.added(j)))
        elif row.op is Op.MOVE or row.old is None:
            waiting.append(row)
        else:
            if at < row.old:
                yield from _deleted(range(at, row.old), partners, old, ledger)
            if waiting:
                yield from waiting
                waiting = []
            yield row
            at = row.old + 1
    yield from _deleted(range(at, len(old.editorial)), partners, old, ledger)
    yield from waiting


def _deleted(
    places: Iterable[int], partners: Container[int | None], old: Article, ledger: Ledger
) -> Iterator[BlockChange]:
    for i in places:
        if i not in partners:
            block = old.editorial[i]
            yield BlockChange(Op.DELETE, i, None, (("-", block.text),), block.kind, ledger.removed(i))
