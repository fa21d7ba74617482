"""A redesign: many pages of a source stand in another frame, and not a word of them changed. It is told of the source.

No version comes of it: that the words are the same is what the extractor finds. This notes that there was one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.archive.memos import get_memo, list_memos, save_memo
from tracker.model import CheckOutcome

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model import Intent, Reading, Tracked

MANY: Final = 10
"""So many articles in a new frame make a layout change of the source."""
ENDS: Final = timedelta(days=1)
"""Where no article moved for so long, the next one belongs to another change."""
MOVED: Final = "layout: the same words in another frame"

_MEMO: Final = "layout|"


@dataclass(frozen=True, slots=True)
class Layout:
    """A change of layout: when its first and its latest article were seen, and the articles, counted up to `MANY`."""

    source: str
    began: datetime
    last: datetime
    articles: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Say whether so many articles moved that it is the source's change and not theirs."""
        return len(self.articles) >= MANY


def moved(tracked: Tracked, reading: Reading | None, outcome: CheckOutcome) -> bool:
    """Say whether a page that says what it said stands in another frame than before."""
    return (
        outcome is CheckOutcome.UNCHANGED
        and reading is not None
        and bool(tracked.signature and reading.signature)
        and tracked.signature != reading.signature
    )


def grown(before: Layout | None, source: str, article: str, now: datetime) -> Layout:
    """Return the layout change with one more article."""
    if before is None or now - before.last > ENDS:
        return Layout(source, now, now, (article,))
    articles = before.articles if before.is_sure else tuple(dict.fromkeys([*before.articles, article]))
    return Layout(source, before.began, now, articles)


def note_layout(archive: Archive, source: str, intent: Intent, now: datetime) -> Layout | None:
    """Note that an article moved where it did; return the layout change when it has just become sure."""
    if intent.check.detail != MOVED:
        return None
    before = read(source, get_memo(archive, _MEMO + source))
    after = grown(before, source, intent.article, now)
    save_memo(archive, _MEMO + source, written(after), now)
    is_new = before is None or before.began != after.began or not before.is_sure
    return after if after.is_sure and is_new else None


def list_layouts(archive: Archive) -> dict[str, Layout]:
    """Return the latest layout change of every source that had one that is sure."""
    found = list_memos(archive, _MEMO)
    read_all = (read(name.removeprefix(_MEMO), text) for name, text in found.items())
    return {each.source: each for each in read_all if each is not None and each.is_sure}


def written(layout: Layout) -> str:
    """Return a layout change as text for a memo."""
    times = {"began": layout.began.isoformat(), "last": layout.last.isoformat()}
    return json.dumps({**times, "articles": layout.articles})


def read(source: str, text: str) -> Layout | None:
    """Read what `written` wrote; None for an empty text."""
    if not text:
        return None
    known = json.loads(text)
    began, last = datetime.fromisoformat(known["began"]), datetime.fromisoformat(known["last"])
    return Layout(source, began, last, tuple(known["articles"]))
