"""Plain text for pipes, dumb terminals and mails: [-old-]{+new+}, as git marks words."""

from __future__ import annotations

import difflib
from itertools import zip_longest
from typing import TYPE_CHECKING

from ..model import BlockKind, Op
from .rows import WHOLE, explanation, place, rows, tidy
from .safe import one_line, safe
from .wrap import cells, cut, pad, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Article, BlockChange, Change, Hunk
    from .rows import Row, View

_MARKS = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
_BAR = 30
REMARK = "  ^ "
"""Stands before what we say of the paragraph above."""


def hunks(parts: Iterable[Hunk]) -> str:
    """Return hunks as one text with [-removed-] and {+added+}."""
    return "".join(_MARKS[op][0] + text + _MARKS[op][1] for op, text in tidy(parts))


def diff(change: Change, view: View = WHOLE, *, width: int | None = None) -> str:
    """Return the whole change, paragraphs apart by a blank line, wrapped to *width* columns where one is given."""
    return "\n\n".join("\n".join(_row(row, width)) for row in rows(change, view)) or "No difference."


def _row(row: Row, width: int | None) -> list[str]:
    if row.part == "gap":
        return [row.note]
    if row.part == "block":
        note = f"({row.note}) " if row.note else ""
        remark = wrap(row.remark, width, first=REMARK, rest=" " * len(REMARK)) if row.remark else []
        return [*wrap(note + hunks(row.hunks), width, first=f"{row.sign} ", rest="  "), *remark]
    note = f" ({row.note})" if row.note else ""
    return wrap(f"{row.name}{note}: {hunks(row.hunks)}", width, rest="  ")


def summary(change: Change) -> str:
    """Return one line: words, labels, significance, whether it was announced; or that there is no difference."""
    if change.is_empty and not change.labels:
        return "only the breaks between paragraphs moved" if change.layout_only else "no difference"
    said = {True: "announced", False: "not announced", None: ""}[change.announced]
    names = " ".join(dict.fromkeys(label.kind.value for label in change.labels))
    parts = [
        f"+{change.words_added} −{change.words_removed} words",
        names,
        f"significance {change.significance:.2f}" if change.labels else "",
        said,
    ]
    return " · ".join(part for part in parts if part)


def stat(change: Change, *, width: int = 80) -> str:
    """Return a line for each changed paragraph with a bar of + and -, and the sum."""
    named = [("headline", change.title), ("dek", change.dek), ("byline", change.byline)]
    lines = [_stat(name, "edit", field.hunks, width) for name, field in named if field.changed]
    lines += [_stat(_place(b), b.op.value, b.hunks, width) for b in change.blocks if b.op is not Op.SAME]
    told = [(n, explanation(n, change)) for n in change.notices if n.op is not Op.SAME]
    lines += [cut(f"{n.kind.value:<10} {n.op.value:<7} {said}".rstrip(), width) for n, said in told]
    return "\n".join([*lines, f"+{change.words_added} −{change.words_removed} words"])


def _place(block: BlockChange) -> str:
    if block.op is Op.MOVE and block.old is not None:
        return f"¶{block.old + 1}→{place(block)}"
    return place(block)


def _stat(name: str, what: str, parts: tuple[Hunk, ...], width: int) -> str:
    added, removed = (sum(len(text.split()) for op, text in parts if op == sign) for sign in "+-")
    head = f"{name:<10} {what:<7} {f'+{added}':>5} {f'−{removed}':>5} "
    room = max(min(_BAR, width - cells(head)), 0)
    scale = min(1.0, room / max(added + removed, 1))
    return (head + "+" * round(added * scale) + "-" * round(removed * scale))[: max(width, cells(head))].rstrip()


def side_by_side(change: Change, view: View = WHOLE, *, width: int = 80) -> str:
    """Return both sides in two columns, the old one left."""
    column = max((width - 3) // 2, 8)
    out: list[str] = []
    for row in rows(change, view):
        if row.part == "gap":
            out += [row.note, ""]
            continue
        left, right = _side(row, "+", column), _side(row, "-", column)
        signs = [row.sign] + [" "] * max(len(left), len(right))
        sides = zip_longest(left, right, fillvalue="")
        out += [f"{pad(a, column)} {sign} {b}".rstrip() for (a, b), sign in zip(sides, signs, strict=False)]
        out += wrap(row.remark, width, first=REMARK, rest=" " * len(REMARK)) if row.remark else []
        out.append("")
    return "\n".join(out).rstrip("\n") or "No difference."


def _side(row: Row, without: str, width: int) -> list[str]:
    parts = [hunk for hunk in row.hunks if hunk[0] != without]
    if not parts:
        return []
    text = hunks(parts)
    return wrap(before(row, without) + text, width)


def before(row: Row, without: str) -> str:
    """Return what stands before one side of a row: its name, and on the new side (or the only one) its note."""
    note = f"({row.note})" if row.note and (without == "-" or row.op is Op.DELETE) else ""
    name = "" if row.part == "block" else row.name
    both = " ".join(part for part in (name, note) if part)
    return both and both + (" " if row.part == "block" else ": ")


def article(content: Article, *, width: int | None = None) -> str:
    """Return headline, dek, byline, text and notices, paragraphs apart by a blank line."""
    parts = [content.title, content.dek, f"By {', '.join(content.byline)}" if content.byline else ""]
    parts += [f"- {b.text}" if b.kind is BlockKind.LIST_ITEM else b.text for b in content.editorial]
    parts += [f"{n.kind.value}: {n.text}" for n in content.notices]
    return "\n\n".join("\n".join(wrap(one_line(part), width)) for part in parts if part)


def patch(old: str, new: str, *, names: tuple[str, str], context: int = 3) -> str:
    """Return a unified diff of two texts (an article as `article` writes it), fit for the patch command."""
    before, after = (safe(text).removesuffix("\n").split("\n") for text in (old, new))
    return "\n".join(
        difflib.unified_diff(before, after, fromfile=safe(names[0]), tofile=safe(names[1]), n=context, lineterm="")
    )
