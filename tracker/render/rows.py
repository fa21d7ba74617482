"""A change laid out as rows, before any of them is coloured, marked or written as HTML.

What the outlet says of an edit stands right below that edit; what it says nothing of is remarked on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..model import BlockChange, LabelKind, Op
from .safe import safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Change, Hunk, NoticeChange

_SIGNS = {Op.SAME: " ", Op.EDIT: "~", Op.INSERT: "+", Op.DELETE: "-", Op.MOVE: ">"}
_AROUND = 6
_FIELDS = {"title": "the headline", "dek": "the dek", "byline": "the byline", "caption": "a caption"}


@dataclass(frozen=True, slots=True)
class View:
    """Which part of a change is shown.

    *context* is how many unchanged paragraphs stay around a changed one where *changes_only*. *fields_only* leaves the
    text out, *words* keeps a few words around each edit.
    """

    changes_only: bool = False
    context: int = 1
    fields_only: bool = False
    words: bool = False


WHOLE = View()


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph of the output.

    *part* is field, block, gap or notice; *name* what stands before it; hunks are the page's words, *note* and *remark*
    ours: the note says where it comes from, the remark whether the outlet explains it.
    """

    part: str
    op: Op
    hunks: tuple[Hunk, ...]
    name: str = ""
    note: str = ""
    remark: str = ""

    @property
    def sign(self) -> str:
        """Return the margin sign: blank, ~ edited, + new, - gone, > moved."""
        return _SIGNS[self.op]


def rows(change: Change, view: View) -> list[Row]:
    """Lay *change* out: fields that differ, paragraphs each with the notices that explain it, the other notices."""
    laid = _fields(change)
    if not view.fields_only:
        laid += _text(change, view)
        laid += [_notice(notice, change) for notice in change.notices if notice.op is not Op.SAME if not _home(notice)]
    if view.words:
        laid = [row for whole in laid for row in _snippets(whole)]
    return laid


def tidy(hunks: Iterable[Hunk]) -> tuple[Hunk, ...]:
    """Make hunks safe, one line, and move blanks at the edge of an edit out of it, so that marks sit on words.

    For reading only: joining the result may not give both texts back.
    """
    tidied: list[Hunk] = []
    queue = [(op, safe(text).replace("\n", " ")) for op, text in hunks if text.strip("\n")]
    while queue:
        op, text = queue.pop(0)
        if op == "=":
            tidied.append(("=", text))
            continue
        if op == "-" and queue and queue[0][0] == "+":
            tidied += _pair(text, queue.pop(0)[1])
        else:
            tidied += _alone(op, text)
    return tuple(hunk for hunk in tidied if hunk[1])


def _alone(op: str, text: str) -> list[Hunk]:
    core = text.strip(" ")
    if not core:
        return [("-" if op == "-" else "+", text)]
    start = text.index(core)
    return [("=", text[:start]), ("-" if op == "-" else "+", core), ("=", text[start + len(core) :])]


def _pair(old: str, new: str) -> list[Hunk]:
    before = " " * (old.startswith(" ") and new.startswith(" ") and bool(old.strip()) and bool(new.strip()))
    after = " " * (old.endswith(" ") and new.endswith(" ") and bool(old.strip()) and bool(new.strip()))
    end = -1 if after else None
    return [("=", before), ("-", old[len(before) : end]), ("+", new[len(before) : end]), ("=", after)]


def _fields(change: Change) -> list[Row]:
    named = (("Headline", change.title), ("Dek", change.dek), ("Byline", change.byline))
    return [
        Row("field", Op.EDIT, field.hunks or (("-", field.old), ("+", field.new)), name=name)
        for name, field in named
        if field.changed
    ]


def place(block: BlockChange) -> str:
    """Name the paragraph by its place in the new text, ¶3, or in the old one where it is gone, old ¶3."""
    return f"¶{block.new + 1}" if block.new is not None else f"old ¶{(block.old or 0) + 1}"


def _text(change: Change, view: View) -> list[Row]:
    blocks = change.blocks
    if change.layout_only:  # the breaks between paragraphs alone: the text as it is
        blocks = tuple(BlockChange(Op.SAME, b.new, b.new, (("=", b.new_text),)) for b in blocks if b.new is not None)
    kept = _kept(blocks, view)
    remarks = _remarks(change)
    went = _went(blocks)
    laid: list[Row] = []
    skipped = 0
    for index, block in enumerate(blocks):
        if index not in kept:
            skipped += 1
            continue
        laid += [*_gap(skipped), _block(block, went, remarks.get(index, ""))]
        laid += [_notice(notice, change) for notice in change.notices if _home(notice) == (index,)]
        skipped = 0
    return laid + _gap(skipped)


def _kept(blocks: tuple[BlockChange, ...], view: View) -> set[int]:
    if not (view.changes_only or view.words):
        return set(range(len(blocks)))
    context = 0 if view.words else view.context
    touched = [i for i, block in enumerate(blocks) if block.op is not Op.SAME]
    return {j for i in touched for j in range(i - context, i + context + 1)}


def _block(block: BlockChange, went: dict[int, list[int]], remark: str) -> Row:
    notes = []
    if block.op is Op.MOVE and block.old is not None and block.new is not None:
        notes.append(f"moved from ¶{block.old + 1} to ¶{block.new + 1}")
    others = _others(block)
    if others and block.old is None:
        whole = all(s.old_block is not None and s.op is not Op.MOVE for s in block.sentences)
        notes.append(f"{'split off' if whole else 'with text of'} {_numbers(others)}")
    elif others:
        notes.append(f"takes in text of {_numbers(others)}")
    if block.new is None and block.old in went:
        notes.append(f"text went to {_numbers(went[block.old])}")
    return Row("block", block.op, block.hunks, name=place(block), note="; ".join(notes), remark=remark)


def _others(block: BlockChange) -> list[int]:
    """Return the old paragraphs, other than its own, that sentences of *block* come from."""
    if block.new is None:
        return []
    return sorted({s.old_block for s in block.sentences if s.new_text and s.old_block is not None} - {block.old})


def _went(blocks: Iterable[BlockChange]) -> dict[int, list[int]]:
    """Return to which new paragraphs sentences of each old one went that is not theirs."""
    found: dict[int, list[int]] = {}
    for block in blocks:
        for old in _others(block):
            found.setdefault(old, []).append(block.new or 0)
    return found


def _numbers(places: list[int]) -> str:
    return ", ".join(f"¶{n + 1}" for n in places)


def _home(notice: NoticeChange) -> tuple[int, ...]:
    """Return the block a notice stands below: the first it explains, none where it explains none."""
    return notice.explains[:1] if notice.op is Op.INSERT else ()


def _remarks(change: Change) -> dict[int, str]:
    """Say of each block what the outlet says of it, where that is not right below it, or that it says nothing."""
    found = {
        index: "no note from the outlet explains this edit"
        for label in change.labels
        if label.kind is LabelKind.STEALTH
        for index in label.blocks
    }
    for notice in change.notices:
        if notice.op is Op.INSERT:
            for index in notice.explains[1:]:
                found[index] = f"explained by the {title(notice).lower()} at {place(change.blocks[notice.explains[0]])}"
    return found


def _gap(count: int) -> list[Row]:
    if not count:
        return []
    return [Row("gap", Op.SAME, (), note=f"… {count} paragraph{'s' * (count != 1)} unchanged …")]


def title(notice: NoticeChange) -> str:
    """Return what kind of notice it is, in words: Correction, Editor’s note."""
    return notice.kind.value.replace("-", " ").replace("editors", "editor’s").capitalize()


def explanation(notice: NoticeChange, change: Change) -> str:
    """Say which paragraphs and fields a new notice explains, or that it explains none; nothing where nobody judged."""
    told = [_FIELDS[name] for name in notice.fields] + [place(change.blocks[index]) for index in notice.explains]
    if told:
        return f"explains {', '.join(told)}"
    return "explains no edit seen here" if notice.op is Op.INSERT and change.labels else ""


def _notice(notice: NoticeChange, change: Change) -> Row:
    if notice.op is Op.DELETE:
        return Row("notice", Op.DELETE, (("-", notice.text),), name=title(notice), note="taken away")
    return Row("notice", notice.op, (("+", notice.text),), name=title(notice), note=explanation(notice, change))


def _snippets(row: Row) -> list[Row]:
    """Keep a few words around the edits of *row*; gaps say nothing here."""
    if row.part == "gap":
        return []
    last = len(row.hunks) - 1
    kept = tuple(
        (op, _squeeze(text, left=i > 0 or not last, right=i < last) if op == "=" else text)
        for i, (op, text) in enumerate(row.hunks)
    )
    return [replace(row, hunks=kept)]


def _squeeze(text: str, *, left: bool, right: bool) -> str:
    words = re.split(r"( )", text)
    most = 2 * _AROUND + 1
    if len(words) <= most * (left + right):
        return text
    head = "".join(words[:most]).rstrip() + " …" if left else "…"
    return f"{head} {''.join(words[-most:]).lstrip()}" if right else head
