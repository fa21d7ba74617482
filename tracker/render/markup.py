"""A change as pieces for a web page: marks are elements and classes, never styles. Text in, escaped HTML out.

Every piece names its block, so that a page can give it an anchor; notices come right below the edit they explain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..model import BlockKind, Field, Op
from .highlight import top_hunk
from .html import text
from .rows import WHOLE, rows, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..model import Change, Hunk
    from .rows import Row

_AROUND: Final = 7
_TAGS: Final = {"-": "del", "+": "ins"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph of a diff as a page shows it.

    *part* is field, block, notice, gap, or origin: where a moved paragraph stood. *block* is the index in
    `Change.blocks`, None for what is no block. *both*, *old* and *new* are HTML: both sides in one text, and each side
    alone, empty where it does not stand there. *up* says which way a paragraph moved.
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


def hunks(parts: Iterable[Hunk]) -> str:
    """Return hunks as HTML: <del> what is gone, <ins> what is new, a blank between the two."""
    out: list[str] = []
    before = "="
    for op, part in tidy(parts):
        if op == "=":
            out.append(text(part))
        else:
            gap = " " if (before, op) == ("-", "+") else ""
            out.append(f"{gap}<{_TAGS[op]}>{text(part)}</{_TAGS[op]}>")
        before = op
    return "".join(out)


def pieces(change: Change, *, changes_only: bool = False, context: int = 1) -> list[Piece]:
    """Return the change as pieces, in order; with *changes_only* runs of unchanged paragraphs become a gap."""
    index = _counted(change)
    laid = [_piece(row, change, next(index) if row.part == "block" else None) for row in rows(change, WHOLE)]
    laid = _with_origins(laid, change)
    return _folded(laid, context) if changes_only else laid


def snippet(parts: Iterable[Hunk], around: int = _AROUND) -> str:
    """Return hunks as HTML with at most *around* unchanged words on either side of an edit."""
    given = tidy(parts)
    last = len(given) - 1
    short: list[Hunk] = []
    for place, (op, part) in enumerate(given):
        kept = _squeeze(part, around, left=place > 0, right=place < last) if op == "=" else _cut(part, 4 * around)
        short.append((op, kept))
    return hunks(short)


def foremost(change: Change) -> str:
    """Return the edit that says most, as HTML of a line or two."""
    top = top_hunk(change)
    if isinstance(top, Field):
        return snippet(top.hunks or (("-", top.old), ("+", top.new)))
    if top.op is Op.MOVE and all(op == "=" for op, _ in top.hunks):
        return f"moved: {text(_cut(top.new_text, 2 * _AROUND))}"
    return snippet(top.hunks)


def marked(words: str, wanted: Iterable[str]) -> str:
    """Return a text as HTML with <mark> on every word that begins with one of *wanted*, whatever its case."""
    named = [re.escape(each) for each in wanted if each]
    if not named:
        return text(words)
    found = re.split(rf"\b((?:{'|'.join(named)})\w*)", words, flags=re.IGNORECASE)
    return "".join(f"<mark>{text(part)}</mark>" if place % 2 else text(part) for place, part in enumerate(found))


def side(parts: Iterable[Hunk], without: str) -> str:
    """Return one side of hunks as HTML: *without* "+" the old one, "-" the new one."""
    return hunks(part for part in parts if part[0] != without)


def _counted(change: Change) -> Iterator[int]:
    return iter(range(len(change.blocks)))


def _piece(row: Row, change: Change, block: int | None) -> Piece:
    made = change.blocks[block] if block is not None else None
    stands_old, stands_new = (any(op != without and part for op, part in row.hunks) for without in "+-")
    return Piece(
        part=row.part,
        op=row.op,
        both=hunks(row.hunks),
        old=side(row.hunks, "+") if stands_old else "",
        new=side(row.hunks, "-") if stands_new else "",
        block=block,
        kind=made.kind.value if made else BlockKind.PARAGRAPH.value,
        name=row.name,
        note=row.note,
        remark=row.remark,
        origin=made.old + 1 if made and made.op is Op.MOVE and made.old is not None else None,
        up=made is not None and made.op is Op.MOVE and (made.new or 0) < (made.old or 0),
    )


def _with_origins(laid: list[Piece], change: Change) -> list[Piece]:
    """Leave a mark where each moved paragraph stood: before the first that followed it and did not move."""
    moved = [piece for piece in laid if piece.origin is not None]
    for piece in sorted(moved, key=lambda each: each.origin or 0):
        block = change.blocks[piece.block or 0]
        mark = Piece(
            "origin", Op.MOVE, text(_cut(block.old_text, _AROUND)), block=piece.block, name=f"¶{piece.origin}",
            note=piece.name, up=piece.up,
        )  # fmt: skip
        laid.insert(_stood(laid, change, piece.origin or 0), mark)
    return laid


def _stood(laid: list[Piece], change: Change, origin: int) -> int:
    """Return where in *laid* the paragraph stood that was number *origin*: between two that did not move."""
    before = 0
    for place, piece in enumerate(laid):
        block = change.blocks[piece.block] if piece.block is not None and piece.part == "block" else None
        if piece.part in {"field", "origin"} or (piece.part == "notice" and before == place):
            before = place + 1
        elif block is not None and block.op is not Op.MOVE and block.old is not None:
            if block.old >= origin:
                return place
            before = place + 1
    return before


def _folded(laid: list[Piece], context: int) -> list[Piece]:
    def touched(piece: Piece) -> bool:
        return piece.part != "block" or piece.op is not Op.SAME or bool(piece.remark)

    near = {
        place + step
        for place, piece in enumerate(laid)
        if touched(piece)
        for step in range(-context, context + 1)
    }  # fmt: skip
    out: list[Piece] = []
    for place, piece in enumerate(laid):
        if place in near:
            out.append(piece)
        elif out and out[-1].part == "gap":
            out[-1] = Piece("gap", Op.SAME, count=out[-1].count + 1)
        else:
            out.append(Piece("gap", Op.SAME, count=1))
    return out


def _squeeze(part: str, around: int, *, left: bool, right: bool) -> str:
    words = re.split(r"( )", part)
    most = 2 * around + 1
    if len(words) <= most * (left + right):
        return part
    head = "".join(words[:most]).rstrip() + " …" if left else "…"
    return f"{head} {''.join(words[-most:]).lstrip()}" if right else head


def _cut(part: str, most: int) -> str:
    words = part.split(" ")
    return part if len(words) <= most else " ".join(words[:most]) + " …"
