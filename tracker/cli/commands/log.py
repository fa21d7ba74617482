"""`writethru log` and `watch`: list versions, or show them as they are stored; and when pages were found gone or back.

A page that is gone makes no version, so lists show between the versions when that was found.
"""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import chain, islice, starmap
from typing import Final, NamedTuple, Unpack

import click

from tracker.archive.addresses import list_addresses
from tracker.archive.archive import Archive
from tracker.archive.articles import (
    get_article,
    get_articles,
    list_articles,
    list_gone,
    list_possibly_gone,
    list_story,
)
from tracker.archive.checks import list_checks
from tracker.archive.handins import list_handins
from tracker.archive.sources import stored_source
from tracker.archive.verdicts import VERDICTS, VerdictsByVersion, verdicts_by_version
from tracker.archive.versions import iter_versions, newest_row
from tracker.errors import UsageError
from tracker.model.change import (
    CLASSIFIER,
    Change,
    Label,
    LabelKind,
    Noted,
    PageEvent,
    Significance,
    Substance,
    status_change,
)
from tracker.model.version import Version, VersionQuery
from tracker.model.watch import CheckOutcome, WatchedArticle
from tracker.render import plain
from tracker.render.text import cut, one_line, wrap
from tracker.render.times import also_at, suspicion
from tracker.service.shown_versions import group_copies
from tracker.views.change import top_hunk, verdict_line
from tracker.views.version import EditionCopy, VersionView, handed_in

from .. import options
from ..app import App, verb
from ..versions import split

EVENT_KINDS: Final = frozenset({LabelKind.UNPUBLISHED, LabelKind.RESTORED, LabelKind.ADDRESS})
# Of the pages that are gone now, a list without a filter shows those that were seen last.
MAX_GONE_ARTICLES: Final = 200
# The newest checks of an article that are searched for events.
MAX_SCANNED_CHECKS: Final = 10_000
# The archive has milliseconds.
_INSTANT: Final = timedelta(milliseconds=1)


class _Event(NamedTuple):
    """What happened to the page of an article, after its check at `previous_seen`."""

    article: str
    at: datetime
    change: Change
    previous_seen: datetime | None = None


def _turns(archive: Archive, article: str) -> Iterator[_Event]:
    """Yield when checks found the page newly gone or back."""
    gone = False
    last: datetime | None = None
    for check in reversed(list_checks(archive, article, MAX_SCANNED_CHECKS)):
        if check.outcome is CheckOutcome.GONE or check.outcome.saw_page:
            if gone != (check.outcome is CheckOutcome.GONE):
                gone = not gone
                event = PageEvent.UNPUBLISHED if gone else PageEvent.RESTORED
                yield _Event(article, check.at, status_change(event, check.detail), last)
            last = check.at


def _address_events(archive: Archive, article: str) -> Iterator[_Event]:
    """Yield the recorded events of its addresses, such as when one began to redirect."""
    for each in list_addresses(archive, article)[1]:
        label = Label(LabelKind.ADDRESS, f"{each['event']}: {each['url']}")
        yield _Event(article, datetime.fromisoformat(each["at"]), Change(labels=(label,), classifier=CLASSIFIER))


# The length of `log` without an article, and of the batches in which copies of one edition are found.
MAX_LISTED_VERSIONS = 50
# Often enough for people, and cheap: one query of an index.
POLL_SECONDS = 1.0
# On PostgreSQL, a version can become visible after a later one, so each poll asks again for the last minute.
OVERLAP = timedelta(seconds=60)
# `watch` is a stream; the whole edit is in `diff`.
MAX_EDIT_LINES = 3


@verb()
@click.argument("ident", metavar="[ID]", required=False)
@click.option("--all", "all_", is_flag=True, help="List every version of every article, without a limit.")
@options.since("List only versions seen")
@options.until("List only versions seen")
@options.of_versions("List")
@options.choice("--substance", Substance, "List only changes of form, of a claim, or of words.")
@options.choice("--noted", Noted, "List only changes that the outlet noted, did not note, or may have noted.")
@options.choice("--verdict", VERDICTS, "List only changes with this verdict, given with `writethru note`.")
@options.limit("List at most this many versions.")
@click.option("--reverse", is_flag=True, help="List the oldest first.")
@click.option("--stat", is_flag=True, help="Also show how much changed in each paragraph.")
def log(
    app: App, *, ident: str | None, all_: bool, since: datetime | None, until: datetime | None, substance: str | None,
    noted: str | None, verdict: str | None, limit: int | None, reverse: bool, stat: bool,
    **filters: Unpack[options.Filters],
) -> None:  # fmt: skip
    """List the versions of one article (ID, unique prefix or address) or of all articles, newest first.

    Without ID, --all or -n, the newest 50 are listed. Copies of one edition at other outlets are named below it; with
    --json, every version is an object. With ID, the list also shows when the page was found gone (unpublished), when it
    came back (restored), and when its address began to redirect (address); without ID, only pages that are gone now. To
    list every such event, also with --json: --label unpublished,restored,address.
    """
    with app.archive() as archive:
        stored_source(archive, filters["source"])
        if filters["story"]:
            list_story(archive, filters["story"])
        tracked = get_article(archive, split(ident)[0]) if ident else None
        query = VersionQuery(
            article=tracked.id if tracked else "",
            since=since,
            until=until,
            limit=limit or (None if ident or all_ else MAX_LISTED_VERSIONS),
            reverse=reverse,
            verdict=verdict or "",
            **filters,
        )
        verdicts = verdicts_by_version(archive, query.article)
        judged = bool(substance or noted)
        grouped = not (app.settings.json or tracked or EVENT_KINDS.intersection(query.kinds))
        # These filters are not columns of the archive, and copies are not entries: the limit is applied after both.
        versions = iter_versions(archive, replace(query, limit=None) if judged or grouped else query)
        if judged:
            versions = (
                each
                for each in versions
                if each.change is not None
                and (substance is None or each.change.substance == substance)
                and (noted is None or each.change.outlet_noted == noted)
            )
        # Events have no substance and no verdicts.
        events = () if judged or verdict else _events(archive, query, tracked, json=app.settings.json)
        entries = _entries(archive, versions) if grouped else map(_Entry, versions)
        listed = islice(_in_order(entries, map(_Entry, events), reverse=not reverse), query.limit)
        if app.settings.json:
            found = (entry.version for entry in listed)
            app.out.records(VersionView.of(each, verdicts.get(_key(each), ())) for each in found)
        else:
            # Pages that are possibly gone or were handed in are no versions: listed apart, and without a filter only.
            is_whole = query == VersionQuery(article=query.article, limit=query.limit, reverse=reverse) and not judged
            missing = [] if not is_whole else [tracked] if tracked else list_possibly_gone(archive)
            width = app.out.columns or sys.maxsize
            apart = [
                cut(f"{each.id[:8]} {suspicion(each.possibly_gone_since, app.now)} “{one_line(each.title)}”", width)
                for each in missing
                if each.possibly_gone_since
            ]
            apart += [
                cut(one_line(f"{each.name} {handed_in(each)}: “{each.page.content.title}”"), width)
                for each in (list_handins(archive, tracked.id) if tracked and is_whole else ())
            ]
            lines = _lines(app, listed, verdicts, stat=stat, none=_none(archive))
            app.out.page(chain(lines, apart) if reverse else chain(apart, lines))


def _key(version: Version) -> tuple[str, int]:
    return version.article, version.n


def _in_order(entries: Iterable[_Entry], events: Iterable[_Entry], *, reverse: bool) -> Iterator[_Entry]:
    return merge(entries, events, key=lambda entry: entry.version.seen, reverse=reverse)


class _Entry(NamedTuple):
    """A version and its copies in a list."""

    version: Version
    copies: tuple[EditionCopy, ...] = ()


def _entries(archive: Archive, versions: Iterable[Version]) -> Iterator[_Entry]:
    """Yield versions in their order, those that are copies of one edition as one."""
    # Read in batches of this size: copies of an edition are found among versions that are listed near each other.
    rest = iter(versions)
    while some := list(islice(rest, MAX_LISTED_VERSIONS)):
        yield from starmap(_Entry, group_copies(archive, some))


def _lines(app: App, entries: Iterable[_Entry], verdicts: VerdictsByVersion, *, stat: bool, none: str) -> Iterator[str]:
    """Yield entries as lines; write `none` to stderr if there are none."""
    count = 0
    for count, entry in enumerate(entries, 1):  # noqa: B007 - counted for the line after the loop
        version = entry.version
        below = [also_at(entry.copies)] if entry.copies else []
        if not version.is_event:
            below += (one_line(verdict_line(each)) for each in verdicts.get(_key(version), ()))
        yield from _with_below(app, version, app.now, below)
        if stat and version.change is not None and not version.is_event:
            yield from (f"    {line}" for line in plain.stat(version.change, width=app.out.width - 4).splitlines())
            yield ""
    if not count:
        app.out.note(none)


def _none(archive: Archive) -> str:
    """Return the message for an empty list."""
    if newest_row(archive):
        return "No versions match."
    return "No version is stored yet. To watch something: writethru add URL. To check it: writethru check"


def _with_below(app: App, version: Version, now: datetime, below: Sequence[str]) -> list[str]:
    """Return the line of a version, followed by the lines `below`, which are indented; on a pipe, all as one line.

    Below an event, its reason comes first.
    """
    if version.change is not None and version.is_event:
        below = [*(one_line(label.evidence) for label in version.change.labels), *below]
    line = plain.version_line(version, now, app.out.columns, app.out.style)
    if app.out.columns is None:
        return ["; ".join((line, *below))]
    return [line, *(part for text in below for part in wrap(text, app.out.columns, first="    ", rest="    "))]


def _events(archive: Archive, query: VersionQuery, tracked: WatchedArticle | None, *, json: bool) -> Iterator[Version]:
    """Yield the events that a list of `query` shows, in its order, and no more than its limit.

    Without a filter by label, programs get versions only, and people, unless an article is `tracked`, the events of
    pages that are gone now. An event is a version that was current at the time, with the event as its only label. It
    has no words and no significance, so a query that asks for some has none.
    """
    kinds = EVENT_KINDS.intersection(query.kinds) if query.kinds else EVENT_KINDS
    if not kinds or (json and not query.kinds) or query.min_words or query.min_significance is not Significance.LOW:
        return
    if tracked is not None:
        articles = [tracked]
    elif query.kinds:
        articles = list_articles(archive, source=query.source or None, story=query.story or None)
    else:
        articles = [
            article
            for article in get_articles(archive, (each.ident for each in list_gone(archive, MAX_GONE_ARTICLES)))
            if (not query.source or article.source == query.source)
            and (not query.story or query.story in article.stories)
        ]
    events = [
        event
        for article in articles
        for event in (*_turns(archive, article.id), *_address_events(archive, article.id))
        if event.change.labels[0].kind in kinds
        and (query.since is None or event.at >= query.since)
        and (query.until is None or event.at <= query.until)
    ]
    events.sort(key=lambda event: event.at, reverse=not query.reverse)
    for event in islice(events, query.limit):
        at_the_time = VersionQuery(article=event.article, until=event.at + _INSTANT, limit=1)
        for current in iter_versions(archive, at_the_time):
            before = event.previous_seen or current.seen
            yield replace(current, seen=event.at, previous_seen=before, change=event.change)


@verb()
@click.argument("given", metavar="", nargs=-1)
@click.option("--follow", "-f", is_flag=True, help="Keep running and show new versions as they are stored.")
@options.of_versions("Show")
@options.number("-n --limit", "Start with this many changes.", 0, 10)
@options.number("--count", "Stop after this many versions.")
def watch(
    app: App, *, given: tuple[str, ...], follow: bool, limit: int, count: int | None, **filters: Unpack[options.Filters]
) -> None:
    """Show the latest changes, each with its most important edit. With --follow, keep showing new ones until Ctrl-C.

    It only reads the archive, so it can run alongside `writethru run`, in a terminal or a pipe. As in `log`,
    copies of one edition are one entry, and pages that are gone are shown; --follow adds every new version.
    With --json, every version is one line, as in `log --json`.
    """
    if given:
        what = "watch an address: writethru add" if "." in given[0] else "list an article's versions: writethru log"
        raise UsageError("`watch` shows changes", resource=given[0], hint=f"to {what} {shlex.join(given)}")
    query = VersionQuery(**filters)
    with app.archive() as archive:
        shown = 0
        for entry in _stream(archive, query, limit, follow=follow, every=app.settings.json):
            _write(app, entry)
            shown += 1
            if count is not None and shown >= count:
                return
        if not shown:
            app.out.note(_none(archive))


def _stream(archive: Archive, query: VersionQuery, limit: int, *, follow: bool, every: bool) -> Iterator[_Entry]:
    """Yield the latest entries of `log`, then new versions as they are stored; without `every`, copies as one entry."""
    found = iter_versions(archive, replace(query, limit=limit if every else None)) if limit else iter(())
    versions = map(_Entry, found) if every else _entries(archive, found)
    events = map(_Entry, _events(archive, replace(query, limit=limit), None, json=every))
    entries = list(islice(_in_order(versions, events, reverse=True), limit))[::-1]
    yield from entries
    if not follow:
        return
    latest = [entry.version for entry in entries if not entry.version.is_event]
    begin = max((each.seen for each in latest), default=datetime.now(UTC))
    old = [*latest, *iter_versions(archive, replace(query, since=begin - OVERLAP))]
    # Versions stored shortly before that are not among the latest shown are not new either.
    known = {_key(each): each.seen for each in old}
    while True:
        for version in iter_versions(archive, replace(query, since=begin - OVERLAP, reverse=True)):
            if version.seen >= begin - OVERLAP and _key(version) not in known:
                known[_key(version)] = version.seen
                yield _Entry(version)
        begin = max([begin, *known.values()])
        known = {key: seen for key, seen in known.items() if seen >= begin - OVERLAP}
        time.sleep(POLL_SECONDS)


def _write(app: App, entry: _Entry) -> None:
    """Write one entry of `watch`: its line, its copies, and its most important edit."""
    version = entry.version
    if app.settings.json:
        app.out.data(VersionView.of(version))
        return
    copies = [also_at(entry.copies)] if entry.copies else []
    lines = _with_below(app, version, datetime.now(UTC), copies)
    if version.change is not None and not version.is_event:
        # The edit that matters most, on a few lines.
        text = one_line(plain.hunks(top_hunk(version.change).hunks))
        edit = wrap(text, app.out.columns, first="    ", rest="    ") if text else []
        if len(edit) > MAX_EDIT_LINES:
            edit = [*edit[: MAX_EDIT_LINES - 1], edit[MAX_EDIT_LINES - 1].rstrip() + " …"]
        lines += edit
    for line in lines:
        app.out.line(line)
    sys.stdout.flush()
