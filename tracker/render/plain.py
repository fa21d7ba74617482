"""Write text for terminals, pipes and mails: [-old-]{+new+}, as `git diff --word-diff` marks words, or in colours."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import zip_longest
from typing import Final

from tracker.model.article import Article, Block, BlockKind, Reading, count_words
from tracker.model.change import LABELS, Change, Direction, Hunk, LabelKind, Noted, Op, Substance, most_prominent_first
from tracker.model.version import Version

from .rows import BOX, WHOLE, DiffOptions, Row, explanation, paragraph_name, rows, tidy, with_spaces_between
from .text import PLAIN, Span, Style, cells, counted, cut, facts, one_line, pad, safe, wrap
from .times import full, moment, outlet_time

_STYLES: Final = {"=": "", "-": "red strike", "+": "green underline"}
_SIGNS: Final = {Op.SAME: "", Op.EDIT: "yellow", Op.INSERT: "green", Op.DELETE: "red", Op.MOVE: "cyan"}
_KIND_MARKS: Final = {BlockKind.LIST_ITEM: "- ", BlockKind.BOX: BOX}
_NAME, _NOTE, _REMARK = "bold", "italic cyan", "italic magenta"
_MARKS = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
MAX_BAR_COLUMNS = 30
_NOTED_IN_WORDS: Final = {True: "noted by the outlet", False: "no note from the outlet", None: ""}
_SUBSTANCES: Final[dict[Substance | None, str]] = {
    Substance.FORM: "only the form changed",
    Substance.WORDS: "words changed",
}
_FACTS: Final = {
    LabelKind.NUMBER: "number",
    LabelKind.DATE: "date",
    LabelKind.NAME: "name",
    LabelKind.QUOTE: "quotation",
    LabelKind.HEDGE: "hedge",
}
JUDGED_BY_EARLIER_RULES: Final = "judged by the rules of release 0.1; `writethru reextract` judges it anew"
_NOTES: Final = frozenset(kind for kind, label in LABELS.items() if label.tone == "note")
NO_FIELD_DIFFERS: Final = "The headline, dek and byline are the same."
# Marks our remark on the paragraph above it.
REMARK = "  ^ "


def hunks(parts: Iterable[Hunk]) -> str:
    """Return hunks as one text with [-removed-] and {+added+} words."""
    return "".join(_MARKS[op][0] + text + _MARKS[op][1] for op, text in tidy(parts))


def _spans(parts: Iterable[Hunk], style: Style) -> Iterator[Span]:
    """Yield hunks: in colours removed words are struck through and added ones underlined, else they are in marks."""
    # A terminal without colours may show neither strike nor underline.
    if not (style.escapes and style.color):
        yield hunks(parts), ""
        return
    yield from ((text, _STYLES[op]) for op, text in with_spaces_between(parts))


def diff(change: Change, options: DiffOptions = WHOLE, *, width: int | None = None, style: Style = PLAIN) -> str:
    """Return a change with blank lines between paragraphs, wrapped to `width` columns if given."""
    laid = []
    for row in rows(change, options):
        edits = list(_spans(row.hunks, style))
        if row.part == "gap":
            lines: list[list[Span]] = [[(row.note, "dim")]]
        elif row.part == "block":
            note = f"({row.note}) " if row.note else ""
            first = f"{row.sign} ", _SIGNS[row.op]
            lines = style.wrapped([(note, _NOTE), (row.mark, _NAME), *edits], width, first=first, rest="  ")
            lines += _remark(row, width, style)
        else:
            note = f" ({row.note})" if row.note else ""
            lines = style.wrapped([(row.name, _NAME), (note, _NOTE), (": ", ""), *edits], width, rest="  ")
        laid.append("\n".join(map(style.write, lines)))
    return "\n\n".join(laid) or (NO_FIELD_DIFFERS if options.fields_only else "No difference.")


def _remark(row: Row, width: int | None, style: Style) -> list[list[Span]]:
    if not row.remark:
        return []
    return style.wrapped([(row.remark, _REMARK)], width, first=(REMARK, _REMARK), rest=" " * len(REMARK))


def summary(change: Change) -> str:
    """Return one line: how many words changed, what the change does, and whether the outlet noted it.

    Such as "16 words added, 37 removed · facts changed (number, date) · no note from the outlet".
    """
    if change.is_empty and not change.labels:
        if change.reading_changed:
            return "reading changed: the same words are on both pages"
        return "only paragraph breaks changed" if change.layout_only else "no difference"
    names = [LABELS[kind].alert_name for kind in most_prominent_first(change.kinds - {LabelKind.NOT_NOTED})]
    events = ", ".join(filter(None, names))
    parts = [words_changed(change.words_added, change.words_removed), events, substance(change), noted(change)]
    return " · ".join(part for part in parts if part)


def words_changed(added: int, removed: int) -> str:
    """Return how many words were added and removed, in words; empty if none were."""
    if added and removed:
        return f"{counted(added, 'word')} added, {removed:,} removed"
    return f"{counted(added or removed, 'word')} {'added' if added else 'removed'}" if added or removed else ""


def substance(change: Change) -> str:
    """Return what a change does in a few words, "" if nothing was judged: facts changed (number, date)."""
    facts = [name for kind, name in _FACTS.items() if kind in change.kinds]
    if change.substance is None and not facts:
        return ""
    if change.substance in _SUBSTANCES:
        return _SUBSTANCES[change.substance]
    directions = {unit.direction for unit in change.units if unit.substance is Substance.CLAIM}
    if not facts and directions <= {Direction.ADDED, Direction.REMOVED} and directions:
        return f"statements {' and '.join(each for each in (Direction.ADDED, Direction.REMOVED) if each in directions)}"
    return f"facts changed ({', '.join(facts)})" if facts else "facts changed"


def judged_by(change: Change) -> str:
    """Return a sentence for a change that the rules of release 0.1 judged; empty for all others."""
    return JUDGED_BY_EARLIER_RULES if change.is_judged_by_earlier_rules else ""


def noted(change: Change) -> str:
    """Return whether the outlet noted a change, in a few words; empty if there is nothing to note."""
    edits = change.noted_edits
    if edits is not None and edits.total > 1:
        count = {0: "none of", edits.total: "all"}.get(edits.noted, f"{edits.noted} of")
        unclear = f", unclear of {edits.unclear}" if edits.unclear else ""
        return f"{count} {edits.total} edits noted by the outlet{unclear}"
    if change.noted is Noted.UNCLEAR:
        return "unclear whether noted"
    return noted_in_words(change.kinds, announced=change.announced)


def noted_in_words(kinds: AbstractSet[LabelKind], *, announced: bool | None) -> str:
    """Return whether the outlet noted a change; if a note explains only other edits, say so."""
    if announced is False and kinds & _NOTES:
        return "not all of it noted by the outlet"
    return _NOTED_IN_WORDS[announced]


def stat(change: Change, *, width: int = 80) -> str:
    """Return a line for each changed paragraph with a bar of + and -, and the total."""
    named = [("headline", change.title), ("dek", change.dek), ("byline", change.byline)]
    named += [("caption", caption) for caption in change.captions]
    lines = [_stat(name, "edit", field.hunks, width) for name, field in named if field.changed]
    for block in change.blocks:
        if block.op is not Op.SAME:
            name = paragraph_name(block)
            if block.op is Op.MOVE and block.old is not None:
                name = f"¶{block.old + 1}→{name}"
            lines.append(_stat(name, block.op.value, block.hunks, width))
    notices = [notice for notice in change.notices if notice.op is not Op.SAME]
    lines += [cut(f"{n.kind.value:<13} {n.op.value:<7} {explanation(n, change)}".rstrip(), width) for n in notices]
    return "\n".join([*lines, words_changed(change.words_added, change.words_removed) or "no words changed"])


def _stat(name: str, what: str, parts: tuple[Hunk, ...], width: int) -> str:
    added, removed = (sum(count_words(text) for op, text in parts if op == sign) for sign in "+-")
    head = f"{name:<13} {what:<7} {f'+{added}':>5} {f'−{removed}':>5} "
    room = max(min(MAX_BAR_COLUMNS, width - cells(head)), 0)
    # A bar is never longer than its words, so that small edits look small.
    scale = min(1.0, room / max(added + removed, 1))
    return (head + "+" * round(added * scale) + "-" * round(removed * scale))[: max(width, cells(head))].rstrip()


def side_by_side(change: Change, options: DiffOptions = WHOLE, *, width: int = 80, style: Style = PLAIN) -> str:
    """Return a change in two columns, the old side on the left."""
    column = max((width - 3) // 2, 8)
    out: list[list[Span]] = []
    for row in rows(change, options):
        if row.part == "gap":
            out += [[(row.note, "dim")], []]
            continue
        left, right = _side(row, "+", column, style), _side(row, "-", column, style)
        # The sign is on the first line of a row alone.
        signs = [row.sign] + [" "] * max(len(left), len(right))
        sides = zip_longest(left, right, fillvalue=list[Span]())
        for (old, new), sign in zip(sides, signs, strict=False):
            gap = " " * (column - sum(cells(text) for text, _ in old))
            out.append([*old, (f"{gap} {sign} ", _SIGNS[row.op]), *new])
        out += [*_remark(row, width, style), []]
    return "\n".join(map(style.write, out)).rstrip("\n") or "No difference."


def _side(row: Row, without: str, width: int, style: Style) -> list[list[Span]]:
    """Return one side of a row, without its hunks of the sign `without`; the note is on the new or the only side."""
    parts = [hunk for hunk in row.hunks if hunk[0] != without]
    if not parts:
        return []
    note = f"({row.note})" if row.note and (without == "-" or row.op is Op.DELETE) else ""
    name = "" if row.part == "block" else row.name
    gap, end = " " * bool(name and note), " " if row.part == "block" else ": "
    lead = [(name, _NAME), (gap, ""), (note, _NOTE), (end * bool(name or note), ""), (row.mark, _NAME)]
    return style.wrapped([*lead, *_spans(parts, style)], width)


def article(content: Article, *, width: int | None = None) -> str:
    """Return headline, dek, byline, text and notices with blank lines between them."""
    parts = [content.title, content.dek, f"By {', '.join(content.byline)}" if content.byline else ""]
    parts += [_KIND_MARKS.get(b.kind, "") + b.text for b in content.editorial]
    parts += [f"{n.kind.value}: {n.text}" for n in content.notices]
    return "\n\n".join("\n".join(wrap(one_line(part), width)) for part in parts if part)


def patch(old: str, new: str, *, names: tuple[str, str], context: int = 3) -> str:
    """Return a unified diff of two texts, such as `article` writes, that the patch command can apply."""
    before, after = (safe(text).removesuffix("\n").split("\n") for text in (old, new))
    return "\n".join(
        difflib.unified_diff(before, after, fromfile=safe(names[0]), tofile=safe(names[1]), n=context, lineterm="")
    )


def meta(found: Reading, width: int | None) -> Iterator[str]:
    """Yield the kind of page and every field that was found, with the part of the page that it came from."""
    page = found.article
    kind = found.page.value + (f" ({found.detail})" if found.detail else "")
    rows = (
        ("page", kind, ""),
        ("title", page.title, "title"),
        ("dek", page.dek, "dek"),
        ("byline", ", ".join(page.byline), "byline"),
        ("published", outlet_time(page.published), "published"),
        ("modified", outlet_time(page.modified), "modified"),
        ("section", page.section, "section"),
        ("language", page.lang, "lang"),
        ("address", page.canonical_url, "canonical_url"),
        ("text from", dict(page.fields).get("body") or found.container, ""),
        ("words", str(page.words), ""),
    )
    origins = {field: f" [{origin}]" for field, origin in page.fields}
    yield from facts(((name, value + origins.get(field, "")) for name, value, field in rows if value), width, 11)


def classes(found: Reading, width: int | None) -> Iterator[str]:
    """Yield every block with its class: x and the reason if it is not news text, ! if it is a notice."""
    for block in found.article.blocks:
        yield ""
        yield from _block(block, width)
    # Notices that are only in the page's JSON-LD, not in its text.
    blocks = {block.text for block in found.article.blocks}
    for notice in (each for each in found.article.notices if each.text not in blocks):
        yield ""
        yield from wrap(one_line(notice.text), width, first=f"! {notice.kind.value}: ", rest="  ")


def removed(found: Reading, width: int | None) -> Iterator[str]:
    """Yield the blocks that are not news text, each with the reason."""
    out = [block for block in found.article.blocks if not block.editorial and block.kind is not BlockKind.NOTICE]
    yield f"left out: {len(out)} of {len(found.article.blocks)} blocks"
    for block in out:
        yield ""
        yield from _block(block, width)


def _block(block: Block, width: int | None) -> list[str]:
    sign = " " if block.editorial else "!" if block.kind is BlockKind.NOTICE else "x"
    why = f" ({one_line(block.reason)})" if block.reason and not block.editorial else ""
    return wrap(f"{one_line(block.text)}{why}", width, first=f"{sign} {block.kind.value:<11} ", rest=" " * 14)


ID_CHARACTERS = 8
MAX_SHOWN_KINDS = 3
MIN_TITLE_COLUMNS = 12
WANTED_TITLE_COLUMNS = 24
# The widths of id, step, time and words.
_LINE_COLUMNS = (ID_CHARACTERS, 7, 12, 9)
_LINE_STYLES = ("yellow", "", "dim", "bold", "cyan", "")


def version_step(version: Version) -> str:
    """Return v4→v5, v1 for the first version, v5 for an event of the page at the time of version 5."""
    if version.is_event:
        return f"v{version.n}"
    return f"v{version.n - 1}→v{version.n}" if version.n > 1 else "v1"


def version_line(version: Version, now: datetime, width: int | None = None, style: Style = PLAIN) -> str:
    """Return a version as one line: a7f30c1d v4→v5 12:05 +18 −12 headline,number “Portland visit…”.

    It is aligned and cut to `width` columns; without `width`, it has single spaces and nothing is cut.
    """
    if width is None:
        return " ".join(part for part in _line_parts(version, None) if part)
    for most in range(MAX_SHOWN_KINDS, 0, -1):
        *columns, kinds, title = _line_parts(version, now, most)
        aligned = [*(pad(part, size) for part, size in zip(columns, _LINE_COLUMNS, strict=True)), kinds]
        head = " ".join([*aligned, ""])
        room = width - cells(head)
        # A headline identifies an article better than a third label does.
        if room >= min(WANTED_TITLE_COLUMNS, cells(title)):
            break
    if room < MIN_TITLE_COLUMNS:
        return cut(head + title, width)
    # The closing quotation mark is kept when the headline is cut.
    shown = title if cells(title) <= room else cut(title.rstrip("”"), room - 1) + "”"
    spans = zip([*aligned, shown], _LINE_STYLES, strict=True)
    return style.write(span for text, name in spans for span in ((text, name), (" ", ""))).rstrip()


def _line_parts(version: Version, now: datetime | None, most: int | None = None) -> tuple[str, str, str, str, str, str]:
    """Return the parts of the line: id, step, time, words, kinds (at most `most`), headline in quotation marks.

    Without `now` the time is written in full, for programs and for lines that are read later.
    """
    made = version.change
    if version.is_event or (version.removed and not made):
        size = ""
    elif made:
        size = f"+{made.words_added} −{made.words_removed}"
    else:
        size = f"{version.content.words} word{'s' * (version.content.words != 1)}"
    if version.removed and not version.is_event:
        kinds = f"removed: {one_line(version.removed)}"
    elif version.no_edit:
        kinds = "no edit: re-extracted"
    elif made is None:
        kinds = "first" if version.n == 1 else "previous version removed"
    else:
        names = list(dict.fromkeys(label.kind.value for label in made.labels))
        if most is not None and len(names) > most:
            names = [*(kind.value for kind in most_prominent_first(names)[:most]), f"+{len(names) - most}"]
        kinds = ",".join(names) or "unlabelled"
    return (
        version.article[:ID_CHARACTERS],
        version_step(version),
        moment(version.seen, now) if now else full(version.seen),
        size,
        kinds,
        "" if version.removed else f"“{one_line(version.content.title) or version.url}”",
    )
