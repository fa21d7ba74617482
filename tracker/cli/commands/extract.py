"""`writethru extract`: what is read from a saved page."""

from __future__ import annotations

import click

from ..app import App, pass_app
from ..lazy import Verb


@click.command(cls=Verb)
@click.argument("file")
@click.option("--url", help="Address the page was saved from; helps with links and dates.")
@pass_app
def extract(app: App, file: str, url: str | None) -> None:
    """Show what is read from a saved page: metadata, every block with its class and why, notices.

    FILE is HTML, gzip or not; - reads standard input.
    """
    from tracker.render import extraction_text as shown
    from tracker.render import json

    from ..pages import reading

    found = reading(file, url)
    if not app.settings.json:
        app.out.page([*shown.meta(found, app.out.columns), *shown.classes(found, app.out.columns)])
        return
    seen = {"page": found.page.value, "detail": found.detail, "container": found.signature}
    app.out.data(json.article(found.article) | seen | {"extractor": found.extractor})
