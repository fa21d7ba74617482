"""`writethru handin`: store a page that a person saved in a browser beside the versions of an article."""

from __future__ import annotations

from datetime import datetime

import click

from tracker.archive.articles import find_articles
from tracker.archive.handins import save_handin
from tracker.config import edits
from tracker.config.file import rule_folders
from tracker.render.text import one_line
from tracker.service.handins import read_handin
from tracker.service.probe import ProbeResult
from tracker.service.watchlist import Placement, add_probed
from tracker.views.version import HandinView, handed_in

from .. import options
from ..app import App, verb
from .sources_edit import save


@verb()
@click.argument("file", metavar="FILE")
@click.option("--url", metavar="URL", required=True, help="Give the address of the page.")
@click.option("--by", metavar="NAME", required=True, help="Give your name. It is shown wherever the page is shown.")
@options.time("--at", "Give the time when you saved the page: 2026-11-25T09:00, 2h.")
def handin(app: App, *, file: str, url: str, by: str, at: datetime | None) -> None:
    """Hand in a page that you saved in your own browser, where the service cannot read it, such as behind a paywall.

    FILE is HTML (also as SingleFile saves it), MHTML, or a WACZ package of one page; - reads standard input. The page
    is stored as handed in by NAME, not as fetched: it is not a version and does not count in statistics. `show` and
    `diff` call it ID@h1, ID@h2 and so on. If the article is not watched yet, it is added.
    """
    body, sites = options.load(file), rule_folders(app.config_path)
    new = read_handin(body, url, by, at, limits=app.config_or_default.fetch, sites=sites, now=app.now)
    with app.archive(readonly=False) as archive:
        if find_articles(archive, [new.page.url]) == [None]:
            text = edits.read(app.config_path)
            save(app, add_probed(text, app.config, ProbeResult(new.page.url), Placement())[1])
        stored = save_handin(archive, new, body)
    text = f"{stored.name}  {handed_in(stored)}: “{stored.page.content.title}”"
    app.out.say(HandinView.of(stored), one_line(text))
