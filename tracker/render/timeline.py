"""Write a version as one line of a timeline: a7f30c1d v4→v5 12:05 +18 −12 headline,number "Portland visit…"."""

from __future__ import annotations

from datetime import datetime

from tracker.model.change import Change, most_prominent_first
from tracker.model.version import Version

from .styled import PLAIN, Style
from .text import cells, cut, one_line, pad
from .times import full, moment

ID_CHARACTERS = 8
MAX_SHOWN_KINDS = 3
MIN_TITLE_COLUMNS = 12
WANTED_TITLE_COLUMNS = 24
# The widths of id, step, time and words.
_COLUMNS = (ID_CHARACTERS, 7, 12, 9)
_STYLES = ("yellow", "", "dim", "bold", "cyan", "")


def step(version: Version) -> str:
    """Return v4→v5, v1 for the first version, v5 for an event of the page at the time of version 5."""
    if version.is_event:
        return f"v{version.n}"
    return f"v{version.n - 1}→v{version.n}" if version.n > 1 else "v1"


def kinds(change: Change, most: int | None = None) -> str:
    """Return the kinds of the labels, joined by commas; of more than `most`, the most prominent and how many more."""
    names = list(dict.fromkeys(label.kind.value for label in change.labels))
    if most is not None and len(names) > most:
        names = [*(kind.value for kind in most_prominent_first(names)[:most]), f"+{len(names) - most}"]
    return ",".join(names) or "unlabelled"


def cells_of(version: Version, now: datetime | None, most: int | None = None) -> tuple[str, str, str, str, str, str]:
    """Return the parts of the line: id, step, time, words, kinds (at most `most`), headline in quotation marks.

    Without `now` the time is written in full, for programs and for lines that are read later.
    """
    made = version.change
    if version.is_event or (version.removed and not made):
        size = ""
    elif made:
        size = f"+{made.words_added} −{made.words_removed}"
    else:
        words = version.content.words
        size = f"{words} word{'s' * (words != 1)}"
    return (
        version.article[:ID_CHARACTERS],
        step(version),
        moment(version.seen, now) if now else full(version.seen),
        size,
        _what(version, most),
        "" if version.removed else f"“{one_line(version.content.title) or version.url}”",
    )


def _what(version: Version, most: int | None) -> str:
    if version.removed and not version.is_event:
        return f"removed: {one_line(version.removed)}"
    if version.no_edit:
        return "no edit: re-extracted"
    if version.change is None:
        return "first" if version.n == 1 else "previous version removed"
    return kinds(version.change, most)


def line(version: Version, now: datetime, width: int | None = None, style: Style = PLAIN) -> str:
    """Return the line, aligned and cut to `width` columns; without `width`, with single spaces and nothing cut."""
    if width is None:
        return " ".join(part for part in cells_of(version, None) if part)
    for most in range(MAX_SHOWN_KINDS, 0, -1):
        *columns, kinds, title = cells_of(version, now, most)
        aligned = [*(pad(part, size) for part, size in zip(columns, _COLUMNS, strict=True)), kinds]
        head = " ".join([*aligned, ""])
        room = width - cells(head)
        # A headline tells an article from the others better than a third label does.
        if room >= min(WANTED_TITLE_COLUMNS, cells(title)):
            break
    if room < MIN_TITLE_COLUMNS:
        return cut(head + title, width)
    # The closing quotation mark is kept when the headline is cut.
    shown = title if cells(title) <= room else cut(title.rstrip("”"), room - 1) + "”"
    spans = zip([*aligned, shown], _STYLES, strict=True)
    return style.write(span for text, name in spans for span in ((text, name), (" ", ""))).rstrip()
