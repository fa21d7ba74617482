"""Write HTML: self-contained, for files and feeds (inline styles, no script, nothing loaded); and pieces of web pages.

Text goes in, escaped HTML comes out. Pieces are marked by elements, never by styles, and each names its block, so that
a page can give it an anchor. Notices follow the edit that they explain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from tracker.model.article import Article, BlockKind, count_words
from tracker.model.change import Change, Field, Hunk, Op
from tracker.views.change import MAX_WORD_CHARACTERS, first_words, near_edits, shorten, top_hunk

from .plain import summary
from .rows import BOX, UNEXPLAINED, UNEXPLAINED_NOW, WHOLE, DiffOptions, Row, collapse, rows, tidy, with_spaces_between
from .text import safe

# Feed readers drop style sheets: every element has its style.
_STYLES = {
    "-": "color:#8c1c13;background:#fdeceb;text-decoration:line-through",
    "+": "color:#0b5d1e;background:#e6f6ea;text-decoration:underline",
}
_TAGS = {"-": "del", "+": "ins"}
_P = "margin:0 0 12px;font:16px/1.5 Georgia,serif;color:#1a1a1a"
_NOTE = "margin:0 0 12px;font:13px/1.5 sans-serif;color:#5a5a5a"
_BARS = {
    Op.SAME: "transparent", Op.EDIT: "#b58900", Op.INSERT: "#0b5d1e", Op.DELETE: "#8c1c13", Op.MOVE: "#1f6f8b",
}  # fmt: skip
_CHANGES_ONLY = DiffOptions(changes_only=True, context=0)


def text(value: str) -> str:
    """Return `value` as HTML, with everything escaped or removed that could harm."""
    return escape(safe(value), quote=True)


def hunks(parts: Iterable[Hunk], styles: Mapping[str, str] | None = None) -> str:
    """Return hunks with <del> and <ins>, a space between the two; `styles` gives the inline style of "-" and "+"."""
    begin = {op: f'<{tag} style="{styles[op]}">' if styles else f"<{tag}>" for op, tag in _TAGS.items()}
    end = {op: f"</{tag}>" for op, tag in _TAGS.items()}
    return "".join(f"{begin.get(op, '')}{text(part)}{end.get(op, '')}" for op, part in with_spaces_between(parts))


def diff(change: Change, options: DiffOptions = _CHANGES_ONLY) -> str:
    """Return a change as a fragment: its summary, then every row."""
    body = []
    for row in rows(change, options):
        if row.part == "gap":
            body.append(f'<p style="{_NOTE}">{text(row.note)}</p>')
            continue
        note = f' <em style="font:13px sans-serif">({text(row.note)})</em>' if row.note else ""
        name = "" if row.part == "block" else f"<strong>{text(row.name)}</strong>{note}: "
        lead = f"{note.strip()} " if row.part == "block" and note else ""
        lead += f"<strong>{row.mark}</strong>" if row.mark else ""
        style = f"{_P};border-left:3px solid {_BARS[row.op]};padding-left:10px"
        remark = f'<br><em style="font:13px sans-serif">{text(row.remark)}</em>' if row.remark else ""
        body.append(f'<p style="{style}">{name}{lead}{hunks(row.hunks, _STYLES)}{remark}</p>')
    shown = "\n".join(body)
    return f'<div>\n<p style="{_NOTE}">{text(summary(change))}</p>\n{shown}\n</div>'


def article(content: Article) -> str:
    """Return headline, dek, byline, text and notices as a fragment."""
    parts = [f"<h1>{text(content.title)}</h1>"] if content.title else []
    parts += [f'<p style="{_P}"><strong>{text(content.dek)}</strong></p>'] if content.dek else []
    parts += [f'<p style="{_NOTE}">By {text(", ".join(content.byline))}</p>'] if content.byline else []
    for block in content.editorial:
        mark = f"<strong>{BOX}</strong>" if block.kind is BlockKind.BOX else ""
        parts.append(f'<p style="{_P}">{mark}{text(block.text)}</p>')
    parts += [f'<p style="{_NOTE}">{n.kind.value}: {text(n.text)}</p>' for n in content.notices]
    return "\n".join(parts)


def page(title: str, body: str) -> str:
    """Return `body`, which is HTML already, as a whole document."""
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{text(title)}</title>'
        '<meta name="viewport" content="width=device-width"></head>\n'
        f'<body style="max-width:42em;margin:2em auto;padding:0 1em">\n{body}\n</body>\n</html>\n'
    )


# How many unchanged words a snippet keeps next to an edit.
MAX_CONTEXT_WORDS: Final = 7


@dataclass(frozen=True, slots=True)
class Piece(Row):
    """One row of a diff as a page shows it; its part may also be origin: the former place of a moved paragraph.

    Attributes:
        both: both sides in one text, as HTML; `old` and `new` are each side alone, empty if that side has none.
        block: the index in `Change.blocks`; None if it is not a block.
        origin: the former place of a moved paragraph, from 1; `up` says which way it moved.
        unexplained: no note from the outlet explains the edit.
        count: how many paragraphs a gap leaves out.
    """

    both: str = ""
    old: str = ""
    new: str = ""
    block: int | None = None
    origin: int | None = None
    count: int = 0
    up: bool = False
    unexplained: bool = False


def pieces(change: Change, *, changes_only: bool = False, context: int = 1) -> list[Piece]:
    """Return a change as pieces, in order.

    With `changes_only`, unchanged paragraphs become gaps, except `context` of them around each changed one.
    """
    blocks = iter(enumerate(change.blocks))
    laid: list[Piece] = []
    for row in rows(change, WHOLE):
        index, block = next(blocks) if row.part == "block" else (None, None)
        old, new = ([hunk for hunk in row.hunks if hunk[0] != without] for without in "+-")
        moved = block is not None and block.op is Op.MOVE
        piece = Piece(
            row.part,
            row.op,
            row.hunks,
            row.name,
            row.note,
            row.remark,
            row.kind,
            both=hunks(row.hunks),
            old=hunks(old) if any(part for _, part in old) else "",
            new=hunks(new) if any(part for _, part in new) else "",
            block=index,
            origin=block.old + 1 if block and moved and block.old is not None else None,
            up=block is not None and moved and (block.new or 0) < (block.old or 0),
            unexplained=row.remark in {UNEXPLAINED, UNEXPLAINED_NOW},
        )
        laid.append(piece)
    # A mark is left where each moved paragraph was.
    # From the top: each mark that is set moves the places of those below it.
    for piece in sorted((each for each in laid if each.origin is not None), key=lambda each: each.origin or 0):
        origin = piece.origin or 0
        start = text(first_words(change.blocks[piece.block or 0].old_text, MAX_CONTEXT_WORDS))
        mark = Piece("origin", Op.MOVE, (), f"¶{origin}", piece.name, both=start, block=piece.block, up=piece.up)
        laid.insert(_former_place(laid, change, origin), mark)
    return collapse(laid, context, lambda count: Piece("gap", Op.SAME, (), count=count)) if changes_only else laid


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
    # A third of it comes before the word; it begins with a whole word, but a text may have no spaces.
    start = found.start() - characters // 3
    start = max(words.rfind(" ", start - MAX_WORD_CHARACTERS, start), start - MAX_WORD_CHARACTERS)
    return shorten(f"… {words[start:].lstrip()}", characters)


def _any_of(wanted: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern that finds the words of `wanted`; None if there are none."""
    named = []
    for word in wanted:
        if word.strip("*"):
            found = re.escape(word.removesuffix("*")) + r"\w*" * word.endswith("*")
            # In a script without spaces, each character counts as a word and there are other letters on either side.
            named.append(found if count_words(word) > 1 else rf"\b{found}(?!\w)")
    return re.compile(f"({'|'.join(named)})", re.IGNORECASE) if named else None


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
