"""`writethru search` and `blame`: find paragraphs, and show when each first appeared and when it was edited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Final, Literal

import click

from tracker.archive.articles import get_article, list_story
from tracker.archive.search import Where, search_passages
from tracker.archive.sources import stored_source
from tracker.archive.verdicts import list_verdicts
from tracker.archive.versions import get_version, iter_versions
from tracker.diff.blame import blame as origins
from tracker.model.version import VersionQuery
from tracker.render.text import cells, counted, one_line, pad, wrap
from tracker.render.times import moment
from tracker.service.shown_versions import without_boilerplate
from tracker.views.version import BlameView, VersionMark

from .. import options
from ..app import App, Verb, verb
from ..versions import Numbers, not_deleted, split
from .note import show_verdicts

_EPILOG = 'QUERY: words in the same paragraph; "a phrase", prefix*, -without, this OR that. Accents are ignored.'
_PLACES = ("current", "removed", "all", "verdicts")
_WITHOUT = re.compile(r"-([^\W\d][\w’'*]+)")
# Options that click reads with their value attached, such as -n5 and -vv: no words to exclude.
_ATTACHED = re.compile(r"-(?:n\d+|v+|q+)")


class SearchCommand(Verb):
    """A command that accepts -word as a word to exclude, although it looks like an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; -ferry excludes the word "ferry"."""
        read: list[str] = []
        for place, arg in enumerate(args):
            if arg == "--":
                return super().parse_args(ctx, read + args[place:])
            # click would take -ferry for the options -f, -e, -r and -y.
            found = None if _ATTACHED.fullmatch(arg) else _WITHOUT.fullmatch(arg)
            read += ["NOT", found[1]] if found else [arg]
        return super().parse_args(ctx, read)


@verb(cls=SearchCommand, epilog=_EPILOG)
@click.argument("query", nargs=-1, required=True)
@options.choice("--in where", _PLACES, "Search current text, removed text, both, or people's notes on changes.", "all")
@options.source("Search only this source.")
@options.story("Search only articles of this story.")
@options.since("Search only text that was on the page")
@options.until("Search only text that was on the page")
@click.option("--ranked", is_flag=True, help="Show the best of the newest 10,000 matches first.")
@options.limit("Show at most this many.", 50)
def search(
    app: App, *, query: tuple[str, ...], where: Where | Literal["verdicts"], source: str, story: str,
    since: datetime | None, until: datetime | None, ranked: bool, limit: int,
) -> None:  # fmt: skip
    """Search paragraphs, including text that has been removed, and show when each was on the page.

    Notices such as corrections are not searched; `log --kind correction` lists the changes that brought one.

    With --in verdicts, search the notes that people recorded with `writethru note` instead, and the headlines of the
    changes that they judged.
    """
    words = " ".join(query)
    with app.archive() as archive:
        stored_source(archive, source)
        inside = {each.id for each in list_story(archive, story)} if story else None
        # Notes are searched even for --in all, so that they can be mentioned below the paragraphs.
        judged = list_verdicts(archive, find=words, source=source, limit=limit) if where in {"all", "verdicts"} else []
        judged = [
            each
            for each in judged
            if (since is None or each.at >= since)
            and (until is None or each.at < until)
            and (inside is None or each.article in inside)
        ]
        if where == "verdicts":
            show_verdicts(app, judged)
            return
        hits = search_passages(
            archive,
            words,
            where=where,
            source=source,
            story=story,
            since=since,
            until=until,
            ranked=ranked,
            limit=limit,
        )
    if app.settings.json:
        app.out.records(hits)
        return
    if not hits:
        app.out.note("No paragraphs match.")
    shown = []
    for hit in hits:
        place = "" if hit.place == "text" else f"  {hit.place.replace('title', 'headline')}"
        first, last = hit.first_version, hit.last_version
        versions = f"v{first}" + ("–" if hit.until is None else "" if last == first else f"–v{last}")
        period = f"{versions}  {app.when(hit.since)} to {'now' if hit.until is None else app.when(hit.until)}"
        shown += wrap(f"{hit.article[:8]}  {period}{place}  {one_line(hit.title)}", app.out.columns, rest="  ")
        shown += wrap(one_line(hit.text), app.out.columns, first="    ", rest="    ")
    app.out.page(shown)
    if judged:
        app.out.note(f"Also {counted(len(judged), 'verdict')}: writethru search --in verdicts {words}")


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
        versions = without_boilerplate(archive, (version for version in all_ if not version.removed))
    marks = [VersionMark(version.n, version.seen, version.previous_seen) for version in versions]
    found = origins([each.content for each in versions], [each.change for each in versions])
    paragraphs = [
        BlameView(known.id, known.url, last, place, each.text, marks[each.first], tuple(marks[n] for n in each.edits))
        for place, each in enumerate(found)
    ]
    if app.settings.json:
        app.out.records(paragraphs)
    elif app.out.columns:
        style, width = app.out.style, app.out.width
        shown: list[str] = []
        if versions:
            title = f"{known.id[:8]}@v{versions[-1].n}  {one_line(versions[-1].content.title) or one_line(known.url)}"
            shown += [*style.paragraph((title, "bold"), width), ""]
        for margin, text in lines(paragraphs, app.now, width):
            shown.append(style.write([(margin, _STYLES.get(margin[:1], "")), (text, "")]))
        app.out.page(shown)
    else:

        def as_text(mark: VersionMark) -> str:
            return f"v{mark.version} {mark.seen:%Y-%m-%dT%H:%M:%SZ}"

        head = ("PARAGRAPH", "FIRST", "EDITED", "TEXT")
        body = [
            (str(each.paragraph + 1), as_text(each.first), ", ".join(map(as_text, each.edits)), each.text)
            for each in paragraphs
        ]
        app.out.table(head, body)


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
