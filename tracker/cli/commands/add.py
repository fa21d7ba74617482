"""`writethru add`: watch addresses, whatever they turn out to be."""

from __future__ import annotations

from typing import Any

import click

from tracker.cli.exit_codes import ERROR, PARTIAL

from ..app import App, pass_app
from ..lazy import Verb

_KINDS = ["article", "feed", "sitemap", "page"]


@click.command(cls=Verb)
@click.argument("addresses", metavar="URL…", nargs=-1, required=True)
@click.option("--story", metavar="NAME", default="", help="All of them belong to this story.")
@click.option("--follow", is_flag=True, help="With --story: watch what its texts link to at their own outlet.")
@click.option("--links", type=click.IntRange(1, 100), default=10, help="With --follow: at most so many a host (10).")
@click.option("--source", metavar="NAME", default="", help="Put them into this source; it is made where it is new.")
@click.option("--as", "kind", type=click.Choice(_KINDS), help="What they are; nothing is fetched.")
@click.option("--selector", metavar="CSS", default="", help="For a section page: which links are articles.")
@click.option("--pattern", metavar="REGEX", default="", help="For a section page: what addresses of articles match.")
@click.option("--dry-run", is_flag=True, help="Say what would be watched, change nothing.")
@pass_app
def add(app: App, /, addresses: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - click's options
    """Watch an article, an RSS or Atom feed, a sitemap or a section page, recognised by looking.

    URL may be an OPML file, or - for addresses on standard input, one a line.
    """
    import asyncio

    from tracker.config import edits, parse

    from ..adding import named, put, require_links, sights
    from ..watch import save

    if options["follow"] and not options["story"]:
        raise click.UsageError("--follow needs --story: the articles it finds become part of one")
    require_links(options["selector"], options["pattern"])
    text = before = edits.read(app.config_path)
    failed = added = watched = 0
    for sight in asyncio.run(sights(app, named(addresses), options)):
        value, text = put(text, parse(text.encode(), str(app.config_path)), sight, options)
        added += value["added"]
        failed += bool(value["trouble"])
        watched += not value["trouble"]
        _tell(app, value)
    if options["follow"] and edits.has_story(text, options["story"]):
        text = edits.follow_story(text, options["story"], options["links"])
    if text != before and not options["dry_run"]:
        save(app, text)
    if failed:
        click.get_current_context().exit(PARTIAL if watched else ERROR)
    if added and not options["dry_run"]:
        app.out.note("next: writethru check, or writethru run")


def _tell(app: App, value: dict[str, Any]) -> None:
    from tracker.render import one_line

    if app.settings.json:
        app.out.data(value)
        return
    if value["trouble"]:
        app.out.note(f"{value['url']}: not added: {value['trouble']}")
        if not value["source"]:
            app.out.note(f"hint: writethru add --as {'|'.join(_KINDS)} {value['url']} watches it without looking")
        return
    title = f"“{one_line(value['title'])}”, " if value["title"] else ""
    count = f"{value['articles']} articles now, " if value["articles"] else ""
    state = "watched" if value["added"] else "already watched"
    story = f", story {value['story']}" if value["story"] else ""
    app.out.wrapped(f"{value['kind']:<8} {one_line(value['url'])}: {title}{count}{state} in {value['source']}{story}")
