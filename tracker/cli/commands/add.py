"""`writethru add`: watch articles, feeds, sitemaps and section pages."""

from __future__ import annotations

from typing import Any

import click

from tracker.cli.exit_codes import ERROR, PARTIAL
from tracker.config import edits
from tracker.render import one_line

from ..app import App, verb

_KINDS = ["article", "feed", "sitemap", "page"]


@verb()
@click.argument("addresses", metavar="URL…", nargs=-1, required=True)
@click.option("--story", metavar="NAME", default="", help="Add them to this story.")
@click.option("--follow", is_flag=True, help="With --story: also watch what its articles link to on the same site.")
@click.option(
    "--links",
    type=click.IntRange(1, 100),
    default=10,
    show_default=True,
    help="With --follow: watch at most this many per host.",
)
@click.option("--source", metavar="NAME", default="", help="Add them to this source, which is created if it is new.")
@click.option("--as", "kind", type=click.Choice(_KINDS), help="Say what they are, so that nothing is fetched.")
@click.option("--selector", metavar="CSS", default="", help="Select the links to articles on a section page.")
@click.option("--pattern", metavar="REGEX", default="", help="Take only links that match, from a section page.")
@click.option("--dry-run", is_flag=True, help="Show what would be watched without changing anything.")
def add(app: App, /, addresses: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - click's options
    """Watch an article, an RSS or Atom feed, a sitemap or a section page. Each URL is fetched to see what it is.

    URL may be an OPML file, or - for addresses on standard input, one per line.
    """
    import asyncio

    from tracker.config import parse

    from ..adding import add_result, given_addresses, probe_all, require_links
    from ..watch import save

    if options["follow"] and not options["story"]:
        raise click.UsageError("--follow needs --story: the articles it finds are added to that story")
    require_links(options["selector"], options["pattern"])
    text = before = edits.read(app.config_path)
    failed = added = watched = 0
    for result in asyncio.run(probe_all(app, given_addresses(addresses), options)):
        value, text = add_result(text, parse(text.encode(), str(app.config_path)), result, options)
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
    if app.settings.json:
        app.out.data(value)
        return
    if value["trouble"]:
        app.out.note(f"{value['url']}: not added: {value['trouble']}")
        if not value["source"]:
            app.out.note(
                f"hint: writethru add --as {'|'.join(_KINDS)} {value['url']} watches it without fetching it first"
            )
        return
    title = f"“{one_line(value['title'])}”, " if value["title"] else ""
    count = f"{value['articles']} articles now, " if value["articles"] else ""
    state = "watched" if value["added"] else "already watched"
    story = f", story {value['story']}" if value["story"] else ""
    app.out.wrapped(f"{value['kind']:<8} {one_line(value['url'])}: {title}{count}{state} in {value['source']}{story}")
