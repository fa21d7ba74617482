"""`writethru add` and `story follow`: watch articles, feeds, sitemaps and section pages, and the links of a story."""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from tracker.addresses.urls import fetchable
from tracker.cli.exit_codes import ERROR, OK, PARTIAL
from tracker.config import edits
from tracker.config.root import parse
from tracker.durations import parse_duration
from tracker.errors import ConfigError, UsageError
from tracker.model.capture import Failure, FailureKind
from tracker.model.source import Hub, HubKind
from tracker.render.text import counted, one_line
from tracker.service.probe import Prober, ProbeResult
from tracker.service.story_worker import follow_links, links_of_story
from tracker.service.watchlist import Placement, add_probed, require_selector

from .. import options
from ..app import App, verb
from .config import offer_config
from .note import who
from .sources_edit import read_opml, save, unfetched
from .story import chosen as chosen_story

MAX_SAMPLE = 5
_KINDS = ["article", "feed", "sitemap", "page"]
# Failures that may pass, so that watching the address without fetching it first can work.
_TEMPORARY = {
    FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT, FailureKind.TRUNCATED, FailureKind.HOST_WAITS,
}  # fmt: skip
_TEMPORARY_STATUSES = {404, 408, 429, *range(500, 600)}


def _interval(_ctx: click.Context, _param: click.Parameter, text: str | None) -> str:
    """Return a text that the configuration takes as an interval. Raises click.BadParameter."""
    try:
        is_zero = not parse_duration(text or "1s")
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if is_zero:
        raise click.BadParameter("it must be longer than 0s")
    return text or ""


@verb()
@click.argument("addresses", metavar="URL…", nargs=-1, required=True)
@options.story("Add them to this story.")
@click.option("--follow", is_flag=True, help="With --story: also watch same-site links of its articles.")
@options.number("--links", "With --follow: watch at most this many per host.", 1, 10, 100)
@options.source("Add them to this source, which is created if it is new.")
@click.option("--every", metavar="TIME", callback=_interval, help="Check the source's articles this often: 30m, 1h.")
@options.choice("--as kind", _KINDS, "Set their kind, so that nothing is fetched.")
@click.option("--selector", metavar="CSS", default="", help="Select the links to articles on a section page.")
@click.option("--pattern", metavar="REGEX", default="", help="Take only links that match, from a section page.")
@options.dry_run("Show what would be watched without changing anything.")
def add(app: App, /, addresses: tuple[str, ...], **chosen: Any) -> int:  # noqa: ANN401 - click's options
    """Watch an article, an RSS or Atom feed, a sitemap or a section page. Each URL is fetched to find its kind.

    A home page or a section page leads to its feed, if it has one: in a terminal you see some of its articles and are
    asked first. To watch the links of the page itself, give --as page, --selector or --pattern.

    URL may be an OPML file, or - for addresses on standard input, one per line.
    """
    if chosen["follow"] and not chosen["story"]:
        raise click.UsageError("--follow needs --story: the articles it finds are added to that story")
    try:
        require_selector(chosen["selector"], pattern=chosen["pattern"])
    except ConfigError as error:
        raise UsageError(error.message, hint=error.hint) from None
    offer_config(app)
    text = before = edits.read(app.config_path)
    found: list[tuple[dict[str, Any], ProbeResult, bool]] = []
    place = Placement(chosen["source"], chosen["story"], chosen["selector"], chosen["pattern"])
    # All are fetched before the first is added, so that Ctrl-C leaves the file unchanged.
    for looked_at in asyncio.run(probe_all(app, given_addresses(app, addresses), chosen)):
        result = _ask_about_feed(app, looked_at, dry_run=chosen["dry_run"])
        value, text = add_probed(text, parse(text.encode(), str(app.config_path)), result, place)
        if chosen["every"] and not value["problem"]:
            if parse(text.encode()).source(value["source"]) is None:
                hint = "add it without --story first, which gives it a source"
                raise UsageError("--every applies to a source; this is only in a story", resource=result.url, hint=hint)
            text = edits.set_key(text, "sources", value["source"], "every", chosen["every"], None)
            value["every"] = chosen["every"]
        found.append((value, result, result is looked_at.page))
    if chosen["follow"] and edits.has_story(text, chosen["story"]):
        text = edits.follow_story(text, chosen["story"], chosen["links"])
    if text != before and not chosen["dry_run"]:
        save(app, text)
    # Reported only now that the file is written.
    for value, result, is_declined in found:
        _tell(app, value, result, dry_run=chosen["dry_run"], is_declined=is_declined)
    watched = [not value["problem"] for value, *_ in found]
    if not all(watched):
        return PARTIAL if any(watched) else ERROR
    if any(value["added"] for value, *_ in found) and not chosen["dry_run"]:
        app.out.note("next: writethru check, or writethru run")
    return OK


def _ask_about_feed(app: App, result: ProbeResult, *, dry_run: bool) -> ProbeResult:
    """Return the feed that a page led to, or the page if the user, asked in a terminal, declines the feed."""
    if result.page is None or result.listing is None or app.settings.json:
        return result
    kind = "Sitemap" if result.kind is HubKind.SITEMAP else "Feed"
    if not sys.stdin.isatty() or dry_run:
        app.out.note(f"{kind} found at {result.found_at}: {one_line(result.url)}")
        return result
    title, targets = one_line(result.title), result.listing.targets
    named = f"“{title}”, " if title else ""
    app.out.note(f"{one_line(result.url)}: {named}{counted(len(targets), 'article')}, for example:")
    for each in targets[:MAX_SAMPLE]:
        app.out.note(f"  {one_line(each.title or each.url)}")
    return result if click.confirm(f"{kind} found: watch it?", default=True, err=True) else result.page


def _tell(app: App, value: dict[str, Any], result: ProbeResult, *, dry_run: bool, is_declined: bool) -> None:
    """Report one address; `is_declined` says that the user did not want the feed that this page led to."""
    if app.settings.json:
        app.out.data(value)
        return
    if value["problem"]:
        app.out.note(f"{value['url']}: not added: {value['problem']}")
        if hint := _hint(result.failure, value["url"]):
            app.out.note(f"hint: {hint}")
        return
    title = f"“{one_line(value['title'])}”, " if value["title"] else ""
    count = f"{counted(value['articles'], 'article')} now, " if result.listing else ""
    new = "would be watched" if dry_run else "watched"
    state = new if value["added"] else "already watched"
    story = f", story {value['story']}" if value["story"] else ""
    every = f", its articles checked every {value['every']}" if "every" in value else ""
    where = f"{value['source']}{story}{every}"
    app.out.wrapped(f"{value['kind']:<8} {one_line(value['url'])}: {title}{count}{state} in {where}")
    if result.reading and not result.reading.is_article:
        why = result.reading.detail or "no text was found on it"
        app.out.note(f"warning: no article can be read from this page now: {one_line(why)}; checks fail until one can")
    if result.listing and not result.listing.targets:
        for each in ["No article links found."] if is_declined else result.listing.warnings:
            app.out.note(f"warning: {one_line(each)}")
        if result.kind is HubKind.PAGE and result.listing.warnings:
            feed = "" if is_declined else "add the address of a feed, or "
            app.out.note(f"hint: {feed}give --selector or --pattern for the links to articles")


def _hint(failure: Failure | None, url: str) -> str:
    """Return what to do about an address that could not be fetched; "" if its problem says that itself."""
    if failure is None or failure.kind in {FailureKind.ROBOTS, FailureKind.TLS, FailureKind.TOO_LARGE}:
        return ""
    if failure.kind is FailureKind.BLOCKED_ADDRESS:
        return "give a public address, or allow private ones if the site is in your own network"
    if failure.kind in _TEMPORARY or failure.status in _TEMPORARY_STATUSES:
        return f"check the address; to watch it without fetching it, name its kind: writethru add --as article {url}"
    return "check the address"


def given_addresses(app: App, addresses: tuple[str, ...]) -> list[str | Hub]:
    """Return the addresses to watch: those given, those on standard input (for "-"), and the lists in OPML files."""
    found: list[str | Hub] = []
    for address in addresses:
        if address == "-":
            lines = (line.strip() for line in options.load("-").decode("utf-8", "replace").splitlines())
            found += [fetchable(line) for line in lines if line and not line.startswith("#")]
        elif "://" not in address and Path(address).is_file():
            found += read_opml(app, address)
        else:
            options.refuse_missing_file(address)
            found.append(fetchable(address))
    if not found:
        raise UsageError("no address is given", hint="writethru add https://example.org/news")
    return found


async def probe_all(app: App, addresses: list[str | Hub], chosen: dict[str, Any]) -> list[ProbeResult]:
    """Fetch each address to find its kind, unless the options or an OPML file name it already.

    With a selector or a pattern in `chosen`, each address is read as a section page.
    """
    found: list[ProbeResult] = []
    kind = chosen["kind"]
    links = chosen["selector"], chosen["pattern"]

    # Without a terminal, each address is written at once: one that does not answer may take half a minute.
    with app.out.progress("fetched", timed=False) if sys.stderr.isatty() else nullcontext() as show:

        def tell(url: str) -> None:
            if show is None:
                app.out.note(f"fetching {url}")
            else:
                show(len(found), len(addresses), f"fetched, now {one_line(url)}")

        async with Prober(app.config, tell=tell) as prober:
            for each in addresses:
                if isinstance(each, Hub):
                    found.append(unfetched(each))
                elif kind:
                    found.append(ProbeResult(each, None if kind == "article" else HubKind(kind)))
                else:
                    page = Hub("", HubKind.PAGE, each, *links)
                    found.append(await (prober.look(each, page) if any(links) else prober.find(each)))
    return found


@verb()
@click.argument("ident", metavar="STORY")
@options.limit("Add at most this many articles.", 10, most=100)
@options.dry_run("Show what would be watched without changing anything.")
def follow(app: App, ident: str, limit: int, *, dry_run: bool) -> None:
    """Watch the articles that a story's articles link to, on the same host. Links are followed one step.

    Nothing is fetched now: links are taken from stored texts, and new articles are checked when they are due.
    """
    with app.archive(readonly=False) as archive:
        settled, story = chosen_story(archive, ident)
        links = links_of_story(archive, settled, story, limit)
        if not dry_run:
            follow_links(archive, app.config, settled, story, links, app.now, who())
    for link in links:
        app.out.say({"story": story, "url": link, "added": not dry_run}, link)
    if not links:
        app.out.note("On their own sites, the stored pages link only to articles that are already watched.")
    elif not dry_run:
        app.out.note("next: writethru check, or writethru run")
