"""`writethru extract`: what is read from a saved page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..app import App, pass_app
from ..lazy import Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.model import Reading


@click.command(cls=Verb)
@click.argument("file")
@click.option("--url", help="Address the page was saved from; helps with links and dates.")
@pass_app
def extract(app: App, file: str, url: str | None) -> None:
    """Show what is read from a saved page: metadata, every block with its class and why, notices.

    FILE is HTML, gzip or not; - reads standard input.
    """
    from tracker.render import json

    from ..pages import reading

    found = reading(file, url)
    if not app.settings.json:
        app.out.page(lines(found, app.out.columns))
        return
    seen = {"page": found.page.value, "detail": found.detail, "container": found.signature}
    app.out.data(json.article(found.article) | seen | {"extractor": found.extractor})


def lines(found: Reading, width: int | None) -> Iterator[str]:
    """Write a reading for people."""
    from tracker.render import one_line
    from tracker.render.times import iso
    from tracker.render.wrap import wrap

    page = found.article
    kind = found.page.value + (f" ({found.detail})" if found.detail else "")
    facts = (
        ("page", kind),
        ("title", page.title),
        ("dek", page.dek),
        ("byline", ", ".join(page.byline)),
        ("published", iso(page.published) or ""),
        ("modified", iso(page.modified) or ""),
        ("section", page.section),
        ("language", page.lang),
        ("address", page.canonical_url),
        ("words", str(page.words)),
    )
    for name, value in facts:
        if value:
            yield from wrap(one_line(value), width, first=f"{name:<10} ", rest=" " * 11)
    for block in page.blocks:
        yield ""
        sign = " " if block.editorial else "x"
        why = f" ({one_line(block.reason)})" if block.reason and not block.editorial else ""
        yield from wrap(f"{one_line(block.text)}{why}", width, first=f"{sign} {block.kind.value:<11} ", rest=" " * 14)
    for notice in page.notices:
        yield ""
        yield from wrap(one_line(notice.text), width, first=f"! {notice.kind.value}: ", rest="  ")
