"""`writethru sources check` and `test`: fetch the lists of sources, or one page, and show the result."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from tracker.addresses.urls import fetchable
from tracker.cli.exit_codes import ERROR, OK, PARTIAL
from tracker.errors import PageError, UsageError, require_known
from tracker.model.source import Listing
from tracker.render import plain
from tracker.render.text import counted, one_line, wrap
from tracker.render.times import iso
from tracker.service.probe import Prober, ProbeResult
from tracker.views.article import ContentView

from ..app import App, verb
from ..options import load, refuse_missing_file
from .sources_rules import PreviewPage, RulePreview, file_lines, parse, preview, save

MAX_LISTED = 10
_EXTRACTED = {"classes": plain.classes, "meta": plain.meta, "removed": plain.removed}
_PARTS = ("text", "classes", "meta", "removed", "rules")


@verb()
@click.argument("names", metavar="[NAME]…", nargs=-1)
def check(app: App, names: tuple[str, ...]) -> int:
    """Fetch the lists of sources and say whether each works. Nothing is stored.

    Exits with 4 if some could not be read, and with 1 if none could.
    """
    hubs = [hub for source in app.sources(names) for hub in source.hubs]
    if not hubs:
        app.out.note("No feed, sitemap or section page is watched. To add one: writethru add URL")

    async def fetch_each() -> int:
        good = 0
        async with Prober(app.config) as prober:
            for hub in hubs:
                result = await prober.look(hub.url, hub)
                good += not result.problem
                count = len(result.listing.targets) if result.listing else 0
                value = {"source": hub.source, "kind": str(hub.kind), "url": hub.url, "articles": count}
                value |= {"ok": not result.problem, "problem": result.problem}
                what = f"failed: {one_line(result.problem)}" if result.problem else f"ok, {counted(count, 'article')}"
                why = "; ".join(map(one_line, result.listing.warnings)) if result.listing and not count else ""
                app.out.say(value, f"{hub.source}  {hub.kind!s:<8} {one_line(hub.url)}: {what}{why and f' ({why})'}")
        return good

    good = asyncio.run(fetch_each())
    return OK if good == len(hubs) else PARTIAL if good else ERROR


@verb()
@click.argument("target", metavar="URL|FILE")
@click.option("--url", metavar="URL", help="Give the address of a saved page.")
@click.option(
    "--show",
    metavar="PART,…",
    default="meta,classes,rules",
    show_default=True,
    help=f"Show these parts: {', '.join(_PARTS)}.",
)
@click.option("--save-rule", "rules", metavar="KEY=VALUE", multiple=True, help="Write a rule for the page’s host.")
def test(app: App, target: str, *, url: str | None, show: str, rules: tuple[str, ...]) -> None:
    """Show the articles in a list, or the article in a page or a saved file.

    After each field, brackets show where on the page it was found. Lines left out are marked x, with the reason.
    --save-rule, as in --save-rule 'drop=.newsletter', writes to sites/HOST.toml next to the configuration, and shows
    the page with the new rule applied. No configuration is needed.
    """
    parts = [part.strip() for part in show.split(",") if part.strip()]
    require_known("part", parts, _PARTS)
    if "://" not in target and (target == "-" or Path(target).is_file()):
        page = PreviewPage(load(target), url or "")
    else:
        refuse_missing_file(target)

        async def look() -> ProbeResult:
            async with Prober(app.config_or_default) as prober:
                return await prober.look(fetchable(target))

        result = asyncio.run(look())
        if result.problem:
            raise PageError(result.problem, resource=target)
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
        before, shown = shown.reading.article, preview(app, page)
        if shown.reading.article == before:
            app.out.note("the rules change nothing on this page")
    _show(app, shown, parts, saved)


def _show(app: App, shown: RulePreview, parts: list[str], saved: str) -> None:
    """Write the parts of a page that --show names; `saved` is the file that rules were written to."""
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
    width = app.out.columns
    lines: list[str] = []
    for place, part in enumerate(parts):
        if place and part != "classes":
            lines.append("")
        if part == "text":
            lines += plain.article(shown.reading.article, width=width).splitlines()
        elif part != "rules":
            lines += _EXTRACTED[part](shown.reading, width)
        elif shown.rules is None:
            lines.append(f"no rules for {one_line(shown.host) or 'this page, because its address is not known'}")
        else:
            lines += file_lines(shown.rules, "", width)
    app.out.page(lines)


def _list(app: App, result: ProbeResult, listing: Listing, rules: tuple[str, ...]) -> None:
    """Write the articles of a list. Raises UsageError if rules were given."""
    if rules:
        raise UsageError(f"this is a {result.name}, not an article", resource=result.url, hint="rules are for articles")
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
