"""`writethru search`: find paragraphs with these words, and show when they were on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import click

from tracker.archive.articles import list_story
from tracker.archive.search import search_passages
from tracker.archive.sources import stored_source
from tracker.archive.verdicts import list_verdicts
from tracker.render.text import counted, one_line, wrap
from tracker.views.json import from_fields
from tracker.views.paragraph import SearchHitView

from .. import options
from ..app import App, Verb, verb
from .note import show_verdicts

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.archive.passages import Where
    from tracker.archive.search import SearchHit

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
@options.choice(
    "--in where", _PLACES, "Search current text, removed text, both, or what people noted on changes.", "all"
)
@options.source("Search only this source.")
@options.story("Search only articles of this story.")
@options.since("Search only text that was on the page")
@options.until("Search only text that was on the page")
@click.option("--ranked", is_flag=True, help="Show the best matches first instead of the newest.")
@options.limit("Show at most this many.", 50)
def search(
    app: App, *, query: tuple[str, ...], where: Where | Literal["verdicts"], source: str, story: str,
    since: datetime | None, until: datetime | None, ranked: bool, limit: int,
) -> None:  # fmt: skip
    """Search paragraphs, including text that has been removed, and show when each was on the page.

    Notices such as corrections are not searched; `log --kind correction` lists the changes that brought one.

    With --in verdicts, search the notes that people recorded with `writethru note` instead, and the headlines of what
    they judged.
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
        app.out.records(from_fields(SearchHitView, hit) for hit in hits)
        return
    if not hits:
        app.out.note("No paragraphs match.")
    app.out.page(_lines(app, hits))
    if judged:
        app.out.note(f"{counted(len(judged), 'verdict')} too: writethru search --in verdicts {words}")


def _lines(app: App, hits: Sequence[SearchHit]) -> Iterator[str]:
    for hit in hits:
        place = "" if hit.place == "text" else f"  {hit.place}"
        first, last = hit.first_version, hit.last_version
        versions = f"v{first}" + ("–" if hit.until is None else "" if last == first else f"–v{last}")
        period = f"{versions}  {app.when(hit.since)} to {'now' if hit.until is None else app.when(hit.until)}"
        yield from wrap(f"{hit.article[:8]}  {period}{place}  {one_line(hit.title)}", app.out.columns, rest="  ")
        yield from wrap(one_line(hit.text), app.out.columns, first="    ", rest="    ")
