"""`writethru cite`: record passages that you quoted, and see whether they still stand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import click

from tracker.addresses.urls import fetchable, identity
from tracker.archive import citations
from tracker.archive.archive import Archive
from tracker.archive.articles import find_articles, force_due, get_article
from tracker.config import edits
from tracker.config.root import parse
from tracker.errors import ArchiveError, ArchiveLocked, TrackerError, UsageError
from tracker.exchange.citations import Quoted, read_quotations, write_annotations, write_csv
from tracker.model.citation import Citation, CitationState, FollowedCitation
from tracker.model.watch import ArticleState
from tracker.observe import logs
from tracker.pipeline.check import Report
from tracker.pipeline.citations import FoundPassage, find_quotation, follow_citations
from tracker.pipeline.settle import CheckReport
from tracker.render import plain
from tracker.render.text import counted, facts, one_line, wrap
from tracker.service.one_pass import Wanted, check_once
from tracker.service.probe import ProbeResult
from tracker.service.watchlist import Placement, add_probed
from tracker.views.citation import STATES, CitationView

from .. import options
from ..app import App, LazyGroup, verb
from ..exit_codes import ERROR, OK, PARTIAL
from .config import offer_config
from .sources_edit import save


@click.group(cls=LazyGroup)
def cite() -> None:
    """Record passages that you quoted, and see whether they still stand.

    The articles are watched while they are cited. With `cites = true` in a rule of the configuration, you get an alert
    when a passage is altered, removed or corrected, or when its page is gone.
    """


@verb("add", group=cite)
@click.argument("quotation")
@click.argument("url")
@click.option("--note", metavar="TEXT", default="", help="Add a note of your own, such as where you quoted it.")
@options.number("--place", "Choose one of several passages that are alike.", 1, None, 1000)
def add(app: App, *, quotation: str, url: str, note: str, place: int | None) -> None:
    """Record a quotation from the article at URL.

    The quotation is looked for in the newest version first, then in the earlier ones: word for word, then with a few
    words of difference. A page that is not watched yet is fetched first.
    """
    offer_config(app)
    quoted = Quoted(quotation, fetchable(url), note)
    _fetch(app, [quoted.url])
    with app.archive(readonly=False) as archive:
        _show(app, *_record(app, archive, quoted, place))


@verb("import", group=cite)
@click.argument("file")
def import_(app: App, *, file: str) -> int:
    """Record the quotations in FILE.

    FILE is an article of your own (HTML, Markdown or text; its links and the quotations beside them are read), a CSV
    file with the columns quotation and url, or Web Annotations with quotations. Exits with 4 if some of them were not
    found.
    """
    offer_config(app)
    listed = [replace(each, url=fetchable(each.url)) for each in read_quotations(options.load(file), file)]
    _fetch(app, [each.url for each in listed])
    failed = 0
    with app.archive(readonly=False) as archive:
        for each in listed:
            try:
                _show(app, *_record(app, archive, each, None))
            except ArchiveError:
                raise
            except TrackerError as error:
                failed += 1
                app.out.note(f"not recorded: “{one_line(each.quotation)}”: {error}")
    if failed:
        app.out.note(f"{failed} of {counted(len(listed), 'quotation')} not recorded")
    return OK if not failed else PARTIAL if failed < len(listed) else ERROR


def _fetch(app: App, urls: Sequence[str]) -> None:
    """Watch the addresses that are not watched yet, and fetch those that have no version.

    A page that cannot be fetched is reported, and not watched.
    """
    known: list[str] = []
    with suppress(ArchiveError), app.archive() as archive:
        found = dict(zip(urls, find_articles(archive, urls), strict=True))
        known = [url for url, each in found.items() if each and each.versions and each.state is not ArticleState.PAUSED]
    missing = tuple(url for url in dict.fromkeys(urls) if url not in known)
    if not missing:
        return
    text = edits.read(app.config_path)
    save(app, _with_articles(app, text, missing))
    for url in missing:
        app.out.note(f"fetching {url}")
    logs.configure(app.config.service.log, level="error")
    failed: dict[str, str] = {}

    def note_failure(report: Report) -> None:
        if isinstance(report, CheckReport) and report.intent.failures:
            failed[identity(report.tracked.url)] = report.intent.check.detail

    work = check_once(app.config, Wanted(articles=missing), config_path=app.config_path, listener=note_failure)
    try:
        asyncio.run(work)
    except ArchiveLocked as error:
        hint = "it fetches the page soon; run this command again in a minute"
        raise ArchiveLocked(error.message, resource=error.resource, hint=hint) from None
    if failed:
        save(app, _with_articles(app, text, [url for url in missing if identity(url) not in failed]))
    for url in missing:
        if why := failed.get(identity(url)):
            app.out.note(f"{url}: {one_line(why)}")


def _with_articles(app: App, text: str, urls: Sequence[str]) -> str:
    """Return the configuration `text` with these articles. Raises UsageError if one cannot be watched."""
    for url in urls:
        value, text = add_probed(text, parse(text.encode(), str(app.config_path)), ProbeResult(url, None), Placement())
        if value["problem"]:
            raise UsageError(value["problem"], resource=url)
    return text


def _record(
    app: App, archive: Archive, quoted: Quoted, place: int | None
) -> tuple[FollowedCitation, FoundPassage, bool]:
    """Locate a quotation and record it; return it with its state, and whether it is new.

    Raises TrackerError if it is in no version, UsageError if several passages match.
    """
    tracked = get_article(archive, quoted.url)
    if not tracked.versions:
        raise TrackerError("no version of this page is stored, so nothing was recorded", resource=quoted.url)
    found = find_quotation(archive, tracked.id, quoted.quotation)
    if not found:
        hint = f"compare its words with the stored text: writethru show {tracked.id[:8]}"
        raise TrackerError("no stored version has the quotation; nothing was recorded", resource=quoted.url, hint=hint)
    if len(found) > 1 and place is None:
        for number, each in enumerate(found, 1):
            app.out.note(f"{number}: …{one_line(each.context)}…")
        many = f"{len(found)} passages of version {found[0].version} match; nothing was recorded"
        raise UsageError(many, resource=quoted.url, hint=f"give --place with a number from 1 to {len(found)}")
    if place is not None and place > len(found):
        raise UsageError(f"there is no passage {place}", resource=quoted.url, hint=f"there are {len(found)}")
    chosen = found[(place or 1) - 1]
    where = (tracked.id, chosen.version, tracked.url, quoted.quotation, chosen.passage, chosen.place)
    recorded, is_new = citations.add_citation(archive, Citation(0, *where, quoted.note, app.now))
    # An article that has not changed for long is no longer checked.
    if tracked.next_check_at is None:
        force_due(archive, app.now, articles=[tracked.id])
    (followed,) = follow_citations(archive, [recorded])
    return followed, chosen, is_new


def _show(app: App, followed: FollowedCitation, found: FoundPassage, is_new: bool) -> None:  # noqa: FBT001 - of `_record`
    """Write that a citation was recorded, how it was found, and its state."""
    if app.settings.json:
        answer = CitationView.of(followed).as_json()
        app.out.data(answer | {"different_words": found.different_words or 0, "exact": found.different_words is None})
        return
    each = followed.citation
    verb = "recorded" if is_new else "already recorded"
    how = "word for word"
    if found.different_words is not None:
        others = found.different_words
        differ = counted(others, "other word") if others else "punctuation or capitals differ"
        how = f"{differ}: “{one_line(each.passage)}”"
    state = STATES[followed.passage.state]
    app.out.wrapped(f"citation {each.key} {verb}: {each.article[:8]}@v{each.version}, {how}; {state}")


@verb("list", group=cite)
@options.choice("--state", [each.value for each in CitationState], "List only citations in this state.")
@click.option("--article", metavar="ID", help="List only citations of this article.")
def list_(app: App, *, state: str | None, article: str | None) -> None:
    """List citations with their states, oldest first."""
    with app.archive() as archive:
        ident = get_article(archive, article).id if article else ""
        followed = follow_citations(archive, citations.list_citations(archive, ident))
    shown = [each for each in followed if state is None or each.passage.state == state]
    if app.settings.json:
        app.out.records(map(CitationView.of, shown))
        return
    rows = [
        (
            str(each.citation.key),
            each.passage.state or "unknown",
            app.when(each.since),
            f"{each.citation.article[:8]}@v{each.citation.version}",
            one_line(each.citation.passage or each.citation.quotation),
        )
        for each in shown
    ]
    none = "No citations match." if followed else "No citations yet. To record one: writethru cite add QUOTATION URL"
    app.out.table(("ID", "STATE", "SINCE", "VERSION", "PASSAGE"), rows, none=none)


@verb("show", group=cite)
@click.argument("key", metavar="ID", type=click.IntRange(1))
def show(app: App, *, key: int) -> None:
    """Show a citation, the passage as it was and as it is now, and the outlet's note."""
    with app.archive() as archive:
        (followed,) = follow_citations(archive, [citations.get_citation(archive, key)])
    if app.settings.json:
        app.out.data(CitationView.of(followed))
        return
    for line in _lines(app, followed):
        app.out.line(line)


def _lines(app: App, followed: FollowedCitation) -> Iterator[str]:
    """Yield a citation as lines: its facts, the edit of its passage, the note, and a command showing the change."""
    each, passage = followed.citation, followed.passage
    known = [
        ("quotation", f"“{one_line(each.quotation)}”"),
        ("passage", f"“{one_line(each.passage)}”" if each.passage not in {"", each.quotation} else ""),
        ("article", one_line(each.url)),
        ("version", f"{each.article[:8]}@v{each.version}"),
        ("state", f"{STATES[passage.state]}, since {app.when(followed.since)}"),
        ("note", one_line(each.note)),
    ]
    yield from facts([pair for pair in known if pair[1]], app.out.columns, 11)
    if passage.hunks:
        yield ""
        yield from wrap(plain.hunks(passage.hunks), app.out.columns)
    if passage.notice:
        yield ""
        yield from wrap(one_line(passage.notice), app.out.columns)
    if passage.version > each.version:
        yield ""
        yield f"writethru diff {each.article[:8]} {passage.version - 1}..{max(passage.version, passage.latest)}"


@verb("remove", group=cite)
@click.argument("key", metavar="ID", type=click.IntRange(1))
def remove(app: App, *, key: int) -> None:
    """Delete a citation. Its article is watched like any other again."""
    with app.archive(readonly=False) as archive:
        removed = citations.remove_citation(archive, key)
    app.out.say({"id": key, "removed": True}, f"citation {key} removed: “{one_line(removed.quotation)}”")


@verb("export", group=cite)
@options.choice("--format form", ("csv", "annotations"), "Write CSV, or Web Annotations (JSON-LD).", "csv")
def export(app: App, *, form: str) -> None:
    """Write all citations with their states to standard output."""
    with app.archive() as archive:
        followed = follow_citations(archive, citations.list_citations(archive))
    write = write_csv(followed) if form == "csv" else write_annotations(followed, app.config_or_default.service.link)
    app.out.raw(write.encode())
