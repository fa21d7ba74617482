"""`writethru blame`: when each paragraph first appeared and when it was edited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import click

from tracker.archive.articles import get_article
from tracker.archive.versions import get_version, iter_versions
from tracker.diff.blame import blame as origins
from tracker.model.version import Version, VersionQuery
from tracker.render.text import cells, one_line, pad, wrap
from tracker.render.times import moment
from tracker.service.compared_versions import settled
from tracker.views.paragraph import BlameView, VersionMark

from ..app import App, verb
from ..versions import Numbers, not_deleted, split

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.model.watch import Tracked

# Narrower than this, a paragraph would be a column of single words.
MIN_TEXT_COLUMNS: Final = 16
_STYLES: Final = {"+": "green", "~": "yellow"}


@verb()
@click.argument("ident", metavar="ID[@V]")
def blame(app: App, ident: str) -> None:
    """Show when each paragraph first appeared (+) and which versions edited it (~).

    Without V, the newest version is shown. V is v3, first, last, -1, @2h or an ISO time. A paragraph that only moved
    does not count as edited. Times are when the version was first seen.
    """
    name, spec = split(ident)
    with app.archive() as archive:
        known = get_article(archive, name)
        last = not_deleted(get_version(archive, known.id, Numbers(archive, known, app.now).one(spec))).n
        # From the first version on, because a paragraph may be as old as that.
        all_ = iter_versions(archive, VersionQuery(article=known.id, reverse=True, limit=last))
        versions = settled(archive, (version for version in all_ if not version.removed))
    paragraphs = _paragraphs(known, last, versions)
    if app.settings.json:
        app.out.records(paragraphs)
    elif app.out.columns:
        app.out.page(_lines(app, known, versions, paragraphs))
    else:
        _table(app, paragraphs)


def cells_of(paragraph: BlameView, now: datetime) -> list[str]:
    """Return a cell for each version: "+ v1 12:05" added the paragraph, "~ v3 12:40" edited it."""
    marked = [("+", paragraph.first), *(("~", mark) for mark in paragraph.edits)]
    return [f"{sign} v{mark.version} {moment(mark.seen, now)}" for sign, mark in marked]


def lines(paragraphs: Sequence[BlameView], now: datetime, width: int) -> Iterator[tuple[str, str]]:
    """Yield lines of at most `width` columns as (margin, text), and ("", "") between paragraphs.

    The margin is padded. If it would leave too little room, it is put above the text.
    """
    margin = max((cells(cell) for each in paragraphs for cell in cells_of(each, now)), default=0)
    room = width - margin - 2
    for index, each in enumerate(paragraphs):
        if index:
            yield "", ""
        left, text = cells_of(each, now), one_line(each.text)
        if room < MIN_TEXT_COLUMNS:
            yield from ((cell, "") for cell in left)
            yield from (("", line) for line in wrap(text, width))
            continue
        # A paragraph with many edits has more cells than lines.
        for cell, line in zip_longest(left, wrap(text, room), fillvalue=""):
            yield pad(cell, margin + 2), line


def _paragraphs(known: Tracked, number: int, versions: Sequence[Version]) -> list[BlameView]:
    marks = [VersionMark(version.n, version.seen, version.previous_seen) for version in versions]
    found = origins([each.content for each in versions], [each.change for each in versions])
    return [
        BlameView(known.id, known.url, number, place, each.text, marks[each.first], tuple(marks[n] for n in each.edits))
        for place, each in enumerate(found)
    ]


def _lines(app: App, known: Tracked, versions: Sequence[Version], paragraphs: Sequence[BlameView]) -> Iterator[str]:
    if versions:
        title = f"{known.id[:8]}@v{versions[-1].n}  {one_line(versions[-1].content.title) or one_line(known.url)}"
        yield from app.out.style.paragraph((title, "bold"), app.out.width)
        yield ""
    for margin, text in lines(paragraphs, app.now, app.out.width):
        yield app.out.style.write([(margin, _STYLES.get(margin[:1], "")), (text, "")])


def _table(app: App, paragraphs: Sequence[BlameView]) -> None:
    def version_and_time(mark: VersionMark) -> str:
        return f"v{mark.version} {mark.seen:%Y-%m-%dT%H:%M:%SZ}"

    head = ("PARAGRAPH", "FIRST", "EDITED", "TEXT")
    body = [
        (str(each.paragraph + 1), version_and_time(each.first), ", ".join(map(version_and_time, each.edits)), each.text)
        for each in paragraphs
    ]
    app.out.table(head, body)
