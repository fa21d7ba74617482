"""`writethru blame`: when each paragraph first appeared and when it was edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.archive.articles import get_article
from tracker.archive.versions import iter_versions
from tracker.diff.blame import blame as origins
from tracker.model import Tracked, Version, VersionQuery
from tracker.render import ansi, one_line
from tracker.render.blame import BlamedParagraph, VersionMark, as_json, lines
from tracker.render.wrap import wrap
from tracker.web.data import settled

from ..app import App, verb
from ..versions import Numbers, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@verb()
@click.argument("ident", metavar="ID[@V]")
def blame(app: App, ident: str) -> None:
    """Show when each paragraph first appeared (+) and which versions edited it (~).

    Without V, the newest version is shown. V is v3, first, last, -1, @2h or an ISO time. A paragraph that only moved
    does not count as edited. Times are when the version was first seen.
    """
    name, spec = split(ident)
    with app.archive() as store:
        known = get_article(store, name)
        last = Numbers(store, known, app.now).one(spec)
        all_ = iter_versions(store, VersionQuery(article=known.id, reverse=True, limit=last))
        versions = settled(store, (version for version in all_ if not version.removed))
    paragraphs = _paragraphs(versions)
    if app.settings.json:
        of = {"article": known.id, "url": known.url, "version": last}
        for place, each in enumerate(paragraphs):
            app.out.data(as_json(each, place) | of)
    elif app.out.tty or app.out.styled:
        app.out.page(_lines(app, known, versions, paragraphs))
    else:
        _table(app, paragraphs)


def _paragraphs(versions: Sequence[Version]) -> list[BlamedParagraph]:
    marks = [VersionMark(version.n, version.seen, version.previous_seen) for version in versions]
    return [
        BlamedParagraph(origin.text, marks[origin.first], tuple(marks[edit] for edit in origin.edits))
        for origin in origins([each.content for each in versions], [each.change for each in versions])
    ]


def _lines(
    app: App, known: Tracked, versions: Sequence[Version], paragraphs: Sequence[BlamedParagraph]
) -> Iterator[str]:
    if versions:
        title = f"{known.id[:8]}@v{versions[-1].n}  {one_line(versions[-1].content.title) or one_line(known.url)}"
        if app.out.styled:
            yield from ansi.heading(title, None, width=app.out.width, color=app.out.colored).splitlines()
        else:
            yield from wrap(title, app.out.width)
        yield ""
    for margin, text in lines(paragraphs, app.now, app.out.width):
        plain = f"{margin}{text}".rstrip()
        yield ansi.margin(margin, text, color=app.out.colored) if app.out.styled and plain else plain


def _table(app: App, paragraphs: Sequence[BlamedParagraph]) -> None:
    def version_and_time(mark: VersionMark) -> str:
        return f"v{mark.version} {mark.seen:%Y-%m-%dT%H:%M:%SZ}"

    head = ("PARAGRAPH", "FIRST", "EDITED", "TEXT")
    body = [
        (str(place), version_and_time(each.first), ", ".join(map(version_and_time, each.edits)), each.text)
        for place, each in enumerate(paragraphs, 1)
    ]
    app.out.table(head, body)
