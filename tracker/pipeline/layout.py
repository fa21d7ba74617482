"""Layout changes: many pages of a source have new markup but the same words.

The extractor finds the same text, so no version is made; the change is recorded for the source.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.archive.codec import dump_memo, load_memo
from tracker.archive.memos import get_memo, list_memos, save_memo
from tracker.model.layout import Layout

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

MAX_PAUSE: Final = timedelta(days=1)
"""When no article moved for this long, the next one belongs to another change."""
MEMO: Final = "layout|"
"""Names the memo of a source's layout change, before the name of the source."""


def add_article(before: Layout | None, source: str, article: str, now: datetime) -> Layout:
    """Return the layout change with one more article."""
    if before is None or now - before.last > MAX_PAUSE:
        return Layout(source, now, now, (article,))
    # Once it is sure, more articles change nothing: a source may have a hundred thousand.
    articles = before.articles if before.is_sure else tuple(dict.fromkeys([*before.articles, article]))
    return Layout(source, before.began, now, articles)


def note_layout(archive: Archive, source: str, article: str, now: datetime) -> Layout | None:
    """Note that the markup around an article changed; return the layout change when it has just become sure."""
    before = load_memo(Layout, get_memo(archive, MEMO + source), source=source)
    after = add_article(before, source, article, now)
    save_layout(archive, after, now)
    is_new = before is None or before.began != after.began or not before.is_sure
    return after if after.is_sure and is_new else None


def save_layout(archive: Archive, layout: Layout, now: datetime) -> None:
    """Store the layout change of a source in place of the one before."""
    save_memo(archive, MEMO + layout.source, dump_memo(layout, without=("source",)), now)


def list_layouts(archive: Archive) -> dict[str, Layout]:
    """Return the latest layout change of every source that had one that is sure."""
    found = (
        load_memo(Layout, text, source=name.removeprefix(MEMO)) for name, text in list_memos(archive, MEMO).items()
    )
    return {layout.source: layout for layout in found if layout is not None and layout.is_sure}
