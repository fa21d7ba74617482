"""Write a change as pieces of a web page: text goes in, escaped HTML comes out, marked by elements, never by styles.

Every piece names its block, so that a page can give it an anchor. Notices follow the edit that they explain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tracker.model.article import BlockKind, count_words
from tracker.model.change import BlockChange, Change, Field, Hunk, Op
from tracker.views.change import top_hunk
from tracker.views.shortening import MAX_WORD_CHARACTERS, first_words, near_edits, shorten

from .html import hunks, text
from .rows import UNEXPLAINED, UNEXPLAINED_NOW, WHOLE, Row, collapse, rows, tidy

# How many unchanged words a snippet keeps next to an edit.
MAX_CONTEXT_WORDS: Final = 7


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph of a diff as a page shows it.

    Attributes:
        part: field, block, notice, gap, or origin: the former place of a moved paragraph.
        both: both sides in one text, as HTML; `old` and `new` are each side alone, empty if that side has none.
        block: the index in `Change.blocks`; None if it is not a block.
        kind: the kind of the block.
        origin: the former place of a moved paragraph, from 1; `up` says which way it moved.
        unexplained: no note from the outlet explains the edit.
        count: how many paragraphs a gap leaves out.
    """

    part: str
    op: Op
    both: str = ""
    old: str = ""
    new: str = ""
    block: int | None = None
    kind: str = "paragraph"
    name: str = ""
    note: str = ""
    remark: str = ""
    origin: int | None = None
    count: int = 0
    up: bool = False
    unexplained: bool = False


def pieces(change: Change, *, changes_only: bool = False, context: int = 1) -> list[Piece]:
    """Return a change as pieces, in order.

    With `changes_only`, unchanged paragraphs become gaps, except `context` of them around each changed one.
    """
    blocks = iter(enumerate(change.blocks))
    laid = [_piece(row, *(next(blocks) if row.part == "block" else (None, None))) for row in rows(change, WHOLE)]
    # A mark is left where each moved paragraph was.
    # From the top: each mark that is set moves the places of those below it.
    moved = sorted((piece for piece in laid if piece.origin is not None), key=lambda piece: piece.origin or 0)
    for piece in moved:
        origin = piece.origin or 0
        start = text(first_words(change.blocks[piece.block or 0].old_text, MAX_CONTEXT_WORDS))
        mark = Piece("origin", Op.MOVE, start, block=piece.block, name=f"¶{origin}", note=piece.name, up=piece.up)
        laid.insert(_former_place(laid, change, origin), mark)
    return collapse(laid, context, lambda count: Piece("gap", Op.SAME, count=count)) if changes_only else laid


def snippet(parts: Iterable[Hunk], words: int = MAX_CONTEXT_WORDS) -> str:
    """Return hunks as HTML with at most `words` unchanged words on either side of an edit."""
    return hunks(near_edits(tidy(parts), words, 4 * words))


def highlight(change: Change) -> str:
    """Return the most important edit of a change as HTML of a line or two."""
    top = top_hunk(change)
    if isinstance(top, Field):
        return snippet(top.hunks or (("-", top.old), ("+", top.new)))
    if top.op is Op.MOVE and all(op == "=" for op, _ in top.hunks):
        return f"moved: {text(first_words(top.new_text, 2 * MAX_CONTEXT_WORDS))}"
    return snippet(top.hunks)


def mark_words(words: str, wanted: Iterable[str]) -> str:
    """Return a text as HTML with <mark> on every word of `wanted`, in any case; "bridge*" is also bridges."""
    pattern = _any_of(wanted)
    if pattern is None:
        return text(words)
    found = pattern.split(words)
    return "".join(f"<mark>{text(part)}</mark>" if i % 2 else text(part) for i, part in enumerate(found))


def passage(words: str, wanted: Iterable[str], characters: int) -> str:
    """Return the part of a text, at most `characters` long, that begins a little before a word of `wanted`."""
    pattern = _any_of(wanted)
    found = pattern.search(words) if pattern else None
    if found is None or found.start() < characters // 2:
        return shorten(words, characters)
    # A third of it is what comes before the word; it begins with a whole word, but a text may have no spaces.
    start = found.start() - characters // 3
    start = max(words.rfind(" ", start - MAX_WORD_CHARACTERS, start), start - MAX_WORD_CHARACTERS)
    return shorten(f"… {words[start:].lstrip()}", characters)


def _any_of(wanted: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds the words of `wanted`; None if there are none."""
    named = [_whole_word(each) for each in wanted if each.strip("*")]
    return re.compile(f"({'|'.join(named)})", re.IGNORECASE) if named else None


def _whole_word(word: str) -> str:
    found = re.escape(word.removesuffix("*")) + r"\w*" * word.endswith("*")
    # In a script without spaces, in which each character counts as a word, there are other letters on either side.
    return found if count_words(word) > 1 else rf"\b{found}(?!\w)"


def _piece(row: Row, index: int | None, block: BlockChange | None) -> Piece:
    old, new = ([hunk for hunk in row.hunks if hunk[0] != without] for without in "+-")
    moved = block is not None and block.op is Op.MOVE
    return Piece(
        part=row.part,
        op=row.op,
        both=hunks(row.hunks),
        old=hunks(old) if any(part for _, part in old) else "",
        new=hunks(new) if any(part for _, part in new) else "",
        block=index,
        kind=block.kind.value if block else BlockKind.PARAGRAPH.value,
        name=row.name,
        note=row.note,
        remark=row.remark,
        origin=block.old + 1 if block and moved and block.old is not None else None,
        up=block is not None and moved and (block.new or 0) < (block.old or 0),
        unexplained=row.remark in {UNEXPLAINED, UNEXPLAINED_NOW},
    )


def _former_place(laid: list[Piece], change: Change, origin: int) -> int:
    """Return where in `laid` paragraph number `origin` was: between two that did not move."""
    before = 0
    for at, piece in enumerate(laid):
        block = change.blocks[piece.block] if piece.block is not None and piece.part == "block" else None
        # Fields come first, and marks of paragraphs that were higher up are placed already.
        if piece.part in {"field", "origin"} or (piece.part == "notice" and before == at):
            before = at + 1
        elif block is not None and block.op is not Op.MOVE and block.old is not None:
            if block.old >= origin:
                return at
            before = at + 1
    return before
