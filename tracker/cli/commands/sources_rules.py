"""`writethru sources rules`, `sources test` and `extract`: site rules, and the article extracted from a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.addresses.urls import fetchable, hostname_of
from tracker.archive.articles import list_articles
from tracker.archive.sources import list_habits, list_sources
from tracker.errors import ArchiveError, PageError, UsageError, require_known
from tracker.model.source import Habit, HabitKind
from tracker.render import plain
from tracker.render.text import counted, facts, one_line, wrap
from tracker.render.times import day, iso
from tracker.views.article import ContentView

from ..app import App, verb
from ..pages import load, refuse_missing_file
from .sources import sources

# Loaded with `sources`, also to complete words: pydantic, the extractor and what fetches are imported late.
if TYPE_CHECKING:
    from tracker.cli.siterules import RuleFile, RulePreview
    from tracker.model.source import Listing
    from tracker.service.probe import ProbeResult

    # A file of rules, and the hosts of the source that it applies to.
    Applied = tuple[RuleFile, Sequence[str]]

HEAD = ("KIND", "RULE OR LINE", "ARTICLES", "LEARNED", "FILE")
_TITLES = {
    HabitKind.HOUSE: "house lines: found in many articles",
    HabitKind.VOLATILE: "volatile lines: different at every fetch",
}
MAX_LISTED = 10
_EXTRACTED = {
    "classes": plain.classes, "meta": plain.meta, "removed": plain.removed
}  # fmt: skip
_PARTS = ("text", "classes", "meta", "removed", "rules")


@verb(group=sources)
@click.argument("name")
def rules(app: App, name: str) -> None:
    """Show which rules from sites/*.toml apply to a source, and which lines were learned to be boilerplate.

    A house line appears in many articles; a volatile line differs at every fetch. Neither counts as a change.
    """
    from ..siterules import files, in_force

    hosts, habits = _known(app, name)
    known = files(app.config_path)
    used = {host: in_force(known, host) for host in sorted(hosts)}
    by_hand = [(file, [host for host in used if used[host] is file]) for file in known if file in used.values()]
    if app.settings.json:
        app.out.records(as_json(name, by_hand, habits))
    elif app.out.tty:
        app.out.page(lines(name, by_hand, habits, app.out.columns))
    else:
        app.out.table(HEAD, rows(by_hand, habits))


def rows(rules: Sequence[Applied], habits: Sequence[Habit]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each rule and each learned line: kind, rule or line, articles, day learned, file."""
    for file, _ in rules:
        yield from ((key, value, "", "", str(file.path)) for key, value in file.entries())
    for habit in habits:
        learned = f"{habit.learned_at:%Y-%m-%d}" if habit.learned_at else ""
        yield habit.kind.value, habit.sample, str(habit.articles), learned, ""


def lines(source: str, rules: Sequence[Applied], habits: Sequence[Habit], width: int | None) -> Iterator[str]:
    """Yield the rules and learned lines for people, in lines of at most `width` columns."""
    yield one_line(source)
    yield ""
    for file, hosts in rules:
        yield from _file_lines(file, f", for {', '.join(map(one_line, hosts))}", width)
        yield ""
    if not rules:
        none = "no rule files; run `writethru sources test URL --save-rule KEY=VALUE` to write one"
        yield from wrap(none, width, rest="  ")
        yield ""
    # Both kinds are listed, so that it is clear that nothing was learned.
    for kind, title in _TITLES.items():
        found = [habit for habit in habits if habit.kind is kind]
        yield from wrap(title if found else f"no {title.partition(':')[0]} learned yet", width, rest="  ")
        for habit in found:
            learned = f", learned on {day(habit.learned_at)}" if habit.learned_at else ""
            seen = counted(habit.articles, "article")
            yield from wrap(f"“{one_line(habit.sample)}” ({seen}{learned})", width, first="  ", rest="    ")


def as_json(source: str, rules: Sequence[Applied], habits: Sequence[Habit]) -> Iterator[dict[str, Any]]:
    """Yield the objects of `sources rules --json`."""
    for file, hosts in rules:
        for key, value in file.entries():
            of: dict[str, Any] = {"source": source, "origin": "file", "kind": key, "rule": value}
            yield of | {"file": str(file.path), "hosts": list(hosts)}
    for habit in habits:
        yield {
            "source": source,
            "origin": "learned",
            "kind": habit.kind.value,
            "sample": habit.sample,
            "key": habit.key,
            "articles": habit.articles,
            "learned": iso(habit.learned_at),
        }


def _known(app: App, name: str) -> tuple[set[str], list[Habit]]:
    """Return the hosts and the learned lines of a source, from configuration and archive. Raises NotKnown."""
    from tracker.service.watchlist import hubs_of

    config = app.config_or_default
    source = config.source(name)
    hosts = {hostname_of(url) for url in (*source.urls, *(hub.url for hub in hubs_of(source)))} if source else set()
    names = [each.name for each in config.sources]
    habits: list[Habit] = []
    try:
        with app.archive() as archive:
            names += list_sources(archive)
            habits = list_habits(archive, name)
            hosts |= {hostname_of(article.url) for article in list_articles(archive, source=name)}
    except ArchiveError as error:
        app.out.note(f"The archive cannot be read yet: {error}")
    require_known("source", [name], dict.fromkeys(names))
    return hosts, habits


@verb(group=sources)
@click.argument("target", metavar="URL|FILE")
@click.option("--url", help="Set the address a saved page is from.")
@click.option(
    "--show",
    metavar="PART,…",
    default="meta,classes,rules",
    show_default=True,
    help=f"Show these parts: {', '.join(_PARTS)}.",
)
@click.option("--save-rule", "rules", metavar="KEY=VALUE", multiple=True, help="Write a rule for the page’s host.")
def test(app: App, target: str, *, url: str | None, show: str, rules: tuple[str, ...]) -> None:
    """Show the articles in a list, or the article extracted from an address or a saved page.

    Each field shows in brackets where on the page it was found. Lines left out are marked x, with the reason.
    --save-rule, as in --save-rule 'drop=.newsletter', writes to sites/HOST.toml next to the configuration, and shows
    the page with the new rule applied. No configuration is needed.
    """
    from tracker.cli.siterules import PreviewPage, parse, preview, save

    parts = [part.strip() for part in show.split(",") if part.strip()]
    require_known("part", parts, _PARTS)
    if "://" not in target and (target == "-" or Path(target).is_file()):
        page = PreviewPage(load(target), url or "")
    else:
        refuse_missing_file(target)
        result = _probe(app, target)
        if result.listing is not None:
            _list(app, result, result.listing, rules)
            return
        seen = result.capture
        assert seen is not None
        page = PreviewPage(seen.body, seen.final_url, seen.charset, seen.status)
    shown = preview(app, page)
    saved = ""
    if rules:
        if not shown.host:
            raise UsageError("the page's address is not known", hint="give it with --url")
        saved = str(save(app.config_path, shown.host, parse(rules)))
        app.out.note(f"{saved}: written; a running service applies it after a restart")
        shown = preview(app, page)
    _show(app, shown, parts, saved)


def _probe(app: App, url: str) -> ProbeResult:
    import asyncio

    from tracker.service.probe import Prober

    async def look() -> ProbeResult:
        async with Prober(app.config_or_default) as prober:
            return await prober.look(fetchable(url))

    result = asyncio.run(look())
    if result.problem:
        raise PageError(result.problem, resource=url)
    return result


def _show(app: App, shown: RulePreview, parts: list[str], saved: str) -> None:
    if app.settings.json:
        file = shown.rules
        app.out.data(
            {
                "url": shown.url,
                "kind": "article",
                "title": shown.reading.article.title,
                "page": shown.reading.page.value,
                "detail": shown.reading.detail,
                "container": shown.reading.container,
                "content": ContentView.of(shown.reading.article),
                "rules": {"file": str(file.path), "entries": [list(e) for e in file.entries()]} if file else None,
                "saved": saved or None,
            }
        )
        return
    app.out.page(_part_lines(app, shown, parts))


def _part_lines(app: App, shown: RulePreview, parts: list[str]) -> Iterator[str]:
    width = app.out.columns
    for place, part in enumerate(parts):
        if place and part != "classes":
            yield ""
        if part == "text":
            yield from plain.article(shown.reading.article, width=width).splitlines()
        elif part != "rules":
            yield from _EXTRACTED[part](shown.reading, width)
        elif shown.rules is None:
            yield f"no rules for {one_line(shown.host) or 'this page, because its address is not known'}"
        else:
            yield from _file_lines(shown.rules, "", width)


def _file_lines(file: RuleFile, of: str, width: int | None) -> Iterator[str]:
    yield from wrap(f"rules from {one_line(str(file.path))}{of}", width, rest="  ")
    yield from facts(file.entries(), width, 14, "  ")


def _list(app: App, result: ProbeResult, listing: Listing, rules: tuple[str, ...]) -> None:
    if rules:
        raise UsageError(
            f"this is a {result.name}, not an article", resource=result.url, hint="site rules apply to articles only"
        )
    if app.settings.json:
        targets = [{"url": t.url, "title": t.title, "published": iso(t.published)} for t in listing.targets]
        value = {"url": result.url, "kind": result.name, "title": result.title, "articles": targets}
        app.out.data(value | {"hubs": list(listing.hubs), "warnings": list(listing.warnings)})
        return
    title = f" “{one_line(result.title)}”" if result.title else ""
    shown = [f"{result.name}{title}: {counted(len(listing.targets), 'article')}"]
    shown += [f"  {one_line(t.url)}  {one_line(t.title)}".rstrip() for t in listing.targets[:MAX_LISTED]]
    if len(listing.targets) > MAX_LISTED:
        shown.append(f"  … and {len(listing.targets) - MAX_LISTED} more")
    shown += [f"  list: {one_line(each)}" for each in listing.hubs[:MAX_LISTED]]
    shown += [f"  ! {one_line(each)}" for each in listing.warnings]
    app.out.page(part for line in shown for part in wrap(line, app.out.columns, rest="    "))


@verb()
@click.argument("file")
@click.option("--url", help="Set the address the page was saved from, which helps with links and dates.")
def extract(app: App, file: str, url: str | None) -> None:
    """Show the article extracted from a saved page: metadata, notices, and every block with its class and the reason.

    FILE is HTML, compressed with gzip or not; - reads standard input.
    """
    from tracker.extraction.extractor import read

    found = read(load(file), url)
    if not app.settings.json:
        app.out.page([*plain.meta(found, app.out.columns), *plain.classes(found, app.out.columns)])
        return
    seen = {"page": found.page.value, "detail": found.detail, "container": found.container}
    app.out.data(ContentView.of(found.article).as_json() | seen | {"extractor": found.extractor})
