"""`writethru extract`: show what is extracted from a saved page."""

from __future__ import annotations

import click

from tracker.render import extraction_text as shown
from tracker.views.article import ContentView

from ..app import App, verb
from ..pages import load


@verb()
@click.argument("file")
@click.option("--url", help="Set the address the page was saved from, which helps with links and dates.")
def extract(app: App, file: str, url: str | None) -> None:
    """Show what is extracted from a saved page: metadata, notices, and every block with its class and the reason.

    FILE is HTML, compressed with gzip or not; - reads standard input.
    """
    from tracker.extraction.extractor import read

    found = read(load(file), url)
    if not app.settings.json:
        app.out.page([*shown.meta(found, app.out.columns), *shown.classes(found, app.out.columns)])
        return
    seen = {"page": found.page.value, "detail": found.detail, "container": found.container}
    app.out.data(ContentView(found.article).as_json() | seen | {"extractor": found.extractor})
