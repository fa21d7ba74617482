"""Lay a change out as rows, before any of them is coloured, marked or written as HTML.

A notice is shown right below the edit that it explains. An edit without a notice gets a remark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, TypeVar

from tracker.model.article import BlockKind
from tracker.model.change import BlockChange, Change, Hunk, LabelKind, NoticeChange, Op
from tracker.views.change import near_edits

from .text import counted, safe

UNEXPLAINED: Final = "no note from the outlet explains this edit"
# Where versions were published in between: a note on one of them may be gone by now.
UNEXPLAINED_NOW: Final = "no note in the newer version explains this edit"
# Before a paragraph of a fact box, which is compared and does not belong to the text.
BOX: Final = "Box: "
_SIGNS = {Op.SAME: " ", Op.EDIT: "~", Op.INSERT: "+", Op.DELETE: "-", Op.MOVE: ">"}
_CONTEXT_WORDS = 6
_FIELDS = {"title": "the headline", "dek": "the dek", "byline": "the byline", "caption": "a caption"}


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """Which part of a change is shown: all of it, no text (`fields_only`), or a few words around each edit (`words`).

    `changes_only` leaves out unchanged paragraphs, except `context` of them around each changed one.
    """

    changes_only: bool = False
    context: int = 1
    fields_only: bool = False
    words: bool = False


WHOLE = DiffOptions()


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph of the output.

    Attributes:
        part: field, block, gap or notice.
        hunks: the page's words. `name`, `note` and `remark` are ours.
        name: the words before the row.
        note: where the paragraph comes from.
        remark: whether the outlet explains the edit.
        kind: the kind of the block.
    """

    part: str
    op: Op
    hunks: tuple[Hunk, ...]
    name: str = ""
    note: str = ""
    remark: str = ""
    kind: BlockKind = BlockKind.PARAGRAPH

    @property
    def mark(self) -> str:
        """The words before a paragraph that show its kind."""
        return BOX if self.kind is BlockKind.BOX else ""

    @property
    def sign(self) -> str:
        """The sign in the margin: a space, ~ edited, + added, - removed, > moved."""
        return _SIGNS[self.op]


R = TypeVar("R", bound=Row)


def rows(change: Change, options: DiffOptions) -> list[Row]:
    """Return the rows of a change: changed fields, paragraphs with the notices that explain them, other notices."""
    named = (("Headline", change.title), ("Dek", change.dek), ("Byline", change.byline))
    laid = [
        Row("field", Op.EDIT, field.hunks or (("-", field.old), ("+", field.new)), name=name)
        for name, field in named
        if field.changed
    ]
    if not options.fields_only:
        laid += [Row("field", Op.EDIT, caption.hunks, name="Caption") for caption in change.captions]
        laid += _text(change)
        laid += [
            _notice(notice, change)
            for notice in change.notices
            if notice.op is not Op.SAME and _shown_below(notice) is None
        ]
    if options.changes_only or options.words:
        laid = collapse(
            laid,
            0 if options.words else options.context,
            lambda count: Row("gap", Op.SAME, (), note=f"… {counted(count, 'paragraph')} unchanged …"),
        )
    if options.words:
        laid = [replace(row, hunks=near_edits(row.hunks, _CONTEXT_WORDS)) for row in laid if row.part != "gap"]
    return laid


def collapse(laid: Sequence[R], context: int, gap: Callable[[int], R]) -> list[R]:
    """Return a layout with a gap for unchanged paragraphs, except `context` of them on each side of a changed one.

    `gap` makes one for so many paragraphs. All else in the layout stays.
    """
    blocks = [each for each in laid if each.part == "block"]
    changed = [at for at, block in enumerate(blocks) if block.op is not Op.SAME or block.remark]
    shown = {near for at in changed for near in range(at - context, at + context + 1)}
    collapsed: list[R] = []
    at = skipped = 0
    for each in laid:
        is_left_out = each.part == "block" and at not in shown
        at += each.part == "block"
        skipped += is_left_out
        if not is_left_out:
            collapsed += [gap(skipped), each] if skipped else [each]
            skipped = 0
    return [*collapsed, gap(skipped)] if skipped else collapsed


def tidy(hunks: Iterable[Hunk]) -> tuple[Hunk, ...]:
    """Return hunks made safe, on one line, and with the spaces at the edge of an edit moved out of it.

    Marks then sit on words. This is for reading only: joining the result may not give both texts back.
    """
    tidied: list[Hunk] = []
    # For display alone: the hunks of the change keep their line breaks.
    queue = [(op, safe(text).replace("\n", " ")) for op, text in hunks if text.strip("\n")]
    while queue:
        op, text = queue.pop(0)
        if op == "=":
            tidied.append(("=", text))
        elif op == "-" and queue and queue[0][0] == "+":
            old, new = text, queue.pop(0)[1]
            both = bool(old.strip()) and bool(new.strip())
            before = " " * (both and old.startswith(" ") and new.startswith(" "))
            after = " " * (both and old.endswith(" ") and new.endswith(" "))
            end = -1 if after else None
            tidied += [("=", before), ("-", old[len(before) : end]), ("+", new[len(before) : end]), ("=", after)]
        else:
            core = text.strip(" ")
            start = text.index(core) if core else 0
            tidied += [("=", text[:start]), (op, core or text), ("=", text[start + len(core) :] if core else "")]
    return tuple(hunk for hunk in tidied if hunk[1])


def with_spaces_between(hunks: Iterable[Hunk]) -> Iterator[Hunk]:
    """Yield tidy hunks with a space between removed and added words: without styles, 320 and 340 read as 320340."""
    before = "="
    for op, text in tidy(hunks):
        if (before, op) == ("-", "+"):
            yield "=", " "
        yield op, text
        before = op


def paragraph_name(block: BlockChange) -> str:
    """Return the place of a paragraph in the new text, ¶3, or in the old text if it was removed, old ¶3."""
    return f"¶{block.new + 1}" if block.new is not None else f"old ¶{(block.old or 0) + 1}"


def _text(change: Change) -> list[Row]:
    """Return the rows of the paragraphs, each followed by the new notices that are shown below it."""
    blocks = change.blocks
    if change.layout_only:  # only paragraph breaks changed: the text is shown unmarked
        blocks = tuple(
            BlockChange(Op.SAME, b.new, b.new, (("=", b.new_text),), b.kind) for b in blocks if b.new is not None
        )
    remarks = _remarks(change)
    moved_to: dict[int, list[int]] = {}
    for block in blocks:
        for old in _other_origins(block):
            moved_to.setdefault(old, []).append(block.new or 0)
    laid: list[Row] = []
    for index, block in enumerate(blocks):
        name, note = paragraph_name(block), _origin_note(block, moved_to)
        # A paragraph that is on both pages gets no marks, although only one of the two texts has it.
        unmarked = index in change.reading_changed
        hunks = tuple(("=" if unmarked else op, text) for op, text in block.hunks)
        laid.append(Row("block", block.op, hunks, name, note, remarks.get(index, ""), block.kind))
        laid += [_notice(notice, change) for notice in change.notices if _shown_below(notice) == index]
    return laid


def _origin_note(block: BlockChange, moved_to: dict[int, list[int]]) -> str:
    """Say where the text of a paragraph comes from, or where it is now."""
    notes = []
    if block.op is Op.MOVE and block.old is not None and block.new is not None:
        notes.append(f"moved from ¶{block.old + 1} to ¶{block.new + 1}")
    others = _other_origins(block)
    if others and block.old is None:
        whole = all(s.old_block is not None and s.op is not Op.MOVE for s in block.sentences)
        notes.append(f"{'split off from' if whole else 'with text from'} {_numbers(others)}")
    elif others:
        notes.append(f"includes text from {_numbers(others)}")
    if block.new is None and block.old in moved_to:
        notes.append(f"text moved to {_numbers(moved_to[block.old])}")
    return "; ".join(notes)


def _other_origins(block: BlockChange) -> list[int]:
    """Return the old paragraphs, other than its own, that sentences of a paragraph come from."""
    if block.new is None:
        return []
    return sorted({s.old_block for s in block.sentences if s.new_text and s.old_block is not None} - {block.old})


def _numbers(places: list[int]) -> str:
    return ", ".join(f"¶{n + 1}" for n in places)


def _shown_below(notice: NoticeChange) -> int | None:
    """Return the block to show a new notice below, which is the first that it explains, or None if it explains none."""
    return notice.explains[0] if notice.op is Op.INSERT and notice.explains else None


def _remarks(change: Change) -> dict[int, str]:
    """Return a remark for each block that was read differently, that a notice elsewhere explains, or that none does."""
    remarks: dict[int, str] = {}
    # Neighbouring paragraphs that were read differently get one remark, at the first of them.
    read_differently = () if change.layout_only else change.reading_changed
    for _, run in groupby(enumerate(read_differently), key=lambda each: each[1] - each[0]):
        indexes = [index for _, index in run]
        which = "this paragraph is" if len(indexes) == 1 else f"these {len(indexes)} paragraphs are"
        remarks[indexes[0]] = f"Reading changed: {which} on both pages, so nothing was removed or added."
    remark = UNEXPLAINED_NOW if change.noted_edits and change.announced is not False else UNEXPLAINED
    remarks |= {index: remark for label in change.labels if label.kind is LabelKind.NOT_NOTED for index in label.blocks}
    for notice in change.notices:
        if notice.op is Op.INSERT:
            for index in notice.explains[1:]:
                name = paragraph_name(change.blocks[notice.explains[0]])
                remarks[index] = f"explained by the {notice_title(notice.kind).lower()} at {name}"
    return remarks


def notice_title(kind: str) -> str:
    """Return the kind of a notice in words: Correction, Editor’s note."""
    return kind.replace("-", " ").replace("editors", "editor’s").capitalize()


def explanation(notice: NoticeChange, change: Change) -> str:
    """Return the edits that a new notice explains, in words; "" if the change was not classified."""
    explained = [_FIELDS[name] for name in notice.fields]
    explained += [paragraph_name(change.blocks[index]) for index in notice.explains]
    if explained:
        return f"explains {', '.join(explained)}"
    return "we could not match this note to an edit" if notice.op is Op.INSERT and change.labels else ""


def _notice(notice: NoticeChange, change: Change) -> Row:
    title = notice_title(notice.kind)
    if notice.op is Op.DELETE:
        return Row("notice", Op.DELETE, (("-", notice.text),), name=title, note="removed")
    return Row("notice", notice.op, (("+", notice.text),), name=title, note=explanation(notice, change))
