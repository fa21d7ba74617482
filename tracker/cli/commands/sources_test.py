"""`writethru sources test`: show what is extracted from a page, and write rules that improve it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.errors import PageError, UsageError
from tracker.render import extraction_text, one_line, plain
from tracker.render.times import iso
from tracker.render.wrap import wrap
from tracker.urls import fetchable
from tracker.views.article import ContentView

from ..app import App, verb
from ..pages import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.cli.probe import ProbeResult
    from tracker.cli.siterules import Trial
    from tracker.model import Listing

MAX_LISTED = 10
_PARTS = ("text", "classes", "meta", "removed", "rules")


@verb()
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
    """Show what is extracted from an address or a saved page: the articles in a list, or the text of an article.

    Each field shows in brackets where on the page it was found. Lines left out are marked x, with the reason.
    --save-rule, as in --save-rule 'drop=.newsletter', writes to sites/HOST.toml beside the configuration, and shows
    the page with the new rule applied. No configuration is needed.
    """
    from tracker.cli.siterules import PreviewPage, attempt, save_rules

    parts = _parts(show)
    if "://" not in target and (target == "-" or Path(target).is_file()):
        page = PreviewPage(load(target), url or "")
    else:
        result = _probe(app, target)
        if result.listing is not None:
            _list(app, result, result.listing, rules)
            return
        assert result.capture is not None
        page = PreviewPage.of(result.capture)
    trial = attempt(app, page)
    saved = ""
    if rules:
        saved = save_rules(app, trial, rules)
        app.out.note(f"{saved}: written; a running service applies it after a restart")
        trial = attempt(app, page)
    _show(app, trial, parts, saved)


def _parts(show: str) -> list[str]:
    parts = [part.strip() for part in show.split(",") if part.strip()]
    for part in parts:
        if part not in _PARTS:
            raise UsageError("there is no such part", resource=part, hint=f"known parts: {', '.join(_PARTS)}")
    return parts


def _probe(app: App, url: str) -> ProbeResult:
    import asyncio

    from tracker.cli.probe import Prober
    from tracker.config import parse

    async def look() -> ProbeResult:
        async with Prober(app.config if app.config_path.exists() else parse(b"")) as prober:
            return await prober.look(fetchable(url))

    result = asyncio.run(look())
    if result.trouble:
        raise PageError(result.trouble, resource=url)
    return result


def _show(app: App, trial: Trial, parts: list[str], saved: str) -> None:
    if app.settings.json:
        file = trial.rules
        app.out.data(
            {
                "schema": 1,
                "url": trial.url,
                "kind": "article",
                "title": trial.reading.article.title,
                "page": trial.reading.page.value,
                "detail": trial.reading.detail,
                "container": trial.reading.signature,
                "content": ContentView(trial.reading.article).as_json(),
                "rules": {"file": str(file.path), "entries": [list(e) for e in file.entries()]} if file else None,
                "saved": saved or None,
            }
        )
        return
    app.out.page(_lines(app, trial, parts))


def _lines(app: App, trial: Trial, parts: list[str]) -> Iterator[str]:
    width = app.out.columns
    for place, part in enumerate(parts):
        if place and part != "classes":
            yield ""
        if part == "meta":
            yield from extraction_text.meta(trial.reading, width)
        elif part == "classes":
            yield from extraction_text.classes(trial.reading, width)
        elif part == "removed":
            yield from extraction_text.removed(trial.reading, width)
        elif part == "text":
            yield from plain.article(trial.reading.article, width=width).splitlines()
        else:
            yield from _rules(trial, width)


def _rules(trial: Trial, width: int | None) -> Iterator[str]:
    if trial.rules is None:
        yield f"no rules for {one_line(trial.host) or 'this page, because its address is not known'}"
        return
    yield from wrap(f"rules from {one_line(str(trial.rules.path))}", width, rest="  ")
    for key, value in trial.rules.entries():
        yield from wrap(one_line(value), width, first=f"  {key:<11} ", rest=" " * 14)


def _list(app: App, sight: ProbeResult, listing: Listing, rules: tuple[str, ...]) -> None:
    if rules:
        raise UsageError(
            f"this is a {sight.name}, not an article", resource=sight.url, hint="site rules apply to articles only"
        )
    if app.settings.json:
        targets = [{"url": t.url, "title": t.title, "published": iso(t.published)} for t in listing.targets]
        value = {"schema": 1, "url": sight.url, "kind": sight.name, "title": sight.title, "articles": targets}
        app.out.data(value | {"hubs": list(listing.hubs), "warnings": list(listing.warnings)})
        return
    shown = [f"{sight.name} “{one_line(sight.title)}”: {len(listing.targets)} articles"]
    shown += [f"  {one_line(t.url)}  {one_line(t.title)}".rstrip() for t in listing.targets[:MAX_LISTED]]
    if len(listing.targets) > MAX_LISTED:
        shown.append(f"  … and {len(listing.targets) - MAX_LISTED} more")
    shown += [f"  list: {one_line(each)}" for each in listing.hubs[:MAX_LISTED]]
    shown += [f"  ! {one_line(each)}" for each in listing.warnings]
    app.out.page(shown)
