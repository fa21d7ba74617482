"""`writethru sources test`: what is read from a page, and rules that make it read better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..app import App, pass_app
from ..lazy import Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.cli.probe import ProbeResult
    from tracker.cli.rule_preview import Trial
    from tracker.model import Listing

_FEW = 10
_PARTS = ("text", "classes", "meta", "removed", "rules")


@click.command(cls=Verb)
@click.argument("target", metavar="URL|FILE")
@click.option("--url", help="Address a saved page is from.")
@click.option("--show", metavar="PART,…", default="meta,classes,rules", help=f"Any of {', '.join(_PARTS)}.")
@click.option("--save-rule", "rules", metavar="KEY=VALUE", multiple=True, help="Write a rule for the page’s host.")
@pass_app
def test(app: App, target: str, *, url: str | None, show: str, rules: tuple[str, ...]) -> None:
    """Show what would be read from an address or a saved page: the articles a list names, or the text of an article.

    Every field names where on the page it stands in brackets. Lines that are left out bear an x and the reason.
    --save-rule writes into sites/HOST.toml beside the configuration, as in --save-rule 'drop=.newsletter', and shows
    the page as it is read then. Works without a configuration.
    """
    from tracker.cli.rule_preview import PreviewPage, attempt, save

    parts = _parts(show)
    if "://" not in target and (target == "-" or Path(target).is_file()):
        from ..pages import load

        leaf = PreviewPage(load(target), url or "")
    else:
        sight = _look(app, target)
        if sight.listing is not None:
            _list(app, sight, sight.listing, rules)
            return
        assert sight.capture is not None
        leaf = PreviewPage.of(sight.capture)
    trial = attempt(app, leaf)
    saved = ""
    if rules:
        saved = save(app, trial, rules)
        app.out.note(f"{saved}: written; a running service reads it at its next start")
        trial = attempt(app, leaf)
    _show(app, trial, parts, saved)


def _parts(show: str) -> list[str]:
    from tracker.errors import UsageError

    parts = [part.strip() for part in show.split(",") if part.strip()]
    for part in parts:
        if part not in _PARTS:
            raise UsageError("there is no such part", resource=part, hint=f"parts are {', '.join(_PARTS)}")
    return parts


def _look(app: App, url: str) -> ProbeResult:
    import asyncio

    from tracker.cli.probe import Prober
    from tracker.config import parse
    from tracker.errors import PageError
    from tracker.urls import fetchable

    async def look() -> ProbeResult:
        async with Prober(app.config if app.config_path.exists() else parse(b"")) as scout:
            return await scout.look(fetchable(url))

    sight = asyncio.run(look())
    if sight.trouble:
        raise PageError(sight.trouble, resource=url)
    return sight


def _show(app: App, trial: Trial, parts: list[str], saved: str) -> None:
    if app.settings.json:
        from tracker.render import json

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
                "content": json.article(trial.reading.article),
                "rules": {"file": str(file.path), "entries": [list(e) for e in file.entries()]} if file else None,
                "saved": saved or None,
            }
        )
        return
    app.out.page(_lines(app, trial, parts))


def _lines(app: App, trial: Trial, parts: list[str]) -> Iterator[str]:
    from tracker.render import extraction_text, plain

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
    from tracker.render import one_line
    from tracker.render.wrap import wrap

    if trial.rules is None:
        yield f"no rules for {one_line(trial.host) or 'a page nobody named the address of'}"
        return
    yield from wrap(f"rules from {one_line(str(trial.rules.path))}", width, rest="  ")
    for key, value in trial.rules.entries():
        yield from wrap(one_line(value), width, first=f"  {key:<11} ", rest=" " * 14)


def _list(app: App, sight: ProbeResult, listing: Listing, rules: tuple[str, ...]) -> None:
    from tracker.errors import UsageError
    from tracker.render import one_line
    from tracker.render.times import iso

    if rules:
        raise UsageError(f"this is a {sight.name}, no article", resource=sight.url, hint="rules are for articles")
    if app.settings.json:
        targets = [{"url": t.url, "title": t.title, "published": iso(t.published)} for t in listing.targets]
        value = {"schema": 1, "url": sight.url, "kind": sight.name, "title": sight.title, "articles": targets}
        app.out.data(value | {"hubs": list(listing.hubs), "warnings": list(listing.warnings)})
        return
    shown = [f"{sight.name} “{one_line(sight.title)}”: {len(listing.targets)} articles"]
    shown += [f"  {one_line(t.url)}  {one_line(t.title)}".rstrip() for t in listing.targets[:_FEW]]
    if len(listing.targets) > _FEW:
        shown.append(f"  … and {len(listing.targets) - _FEW} more")
    shown += [f"  list: {one_line(each)}" for each in listing.hubs[:_FEW]]
    shown += [f"  ! {one_line(each)}" for each in listing.warnings]
    app.out.page(shown)
