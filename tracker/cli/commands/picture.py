"""`writethru picture`: draw one change as a PNG or SVG file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.archive.articles import get_article
from tracker.errors import UsageError
from tracker.render.pictures.change_picture import HEIGHT, WIDTH, change_png, change_svg, picture_of
from tracker.render.raster import Ruler

from ..app import App, verb
from ..options import NEW_FILE, refuse_existing
from ..versions import split
from .diff import of_versions

if TYPE_CHECKING:
    from pathlib import Path


@verb()
@click.argument("target", metavar="ID")
@click.argument("span", metavar="[RANGE]", default="")
@click.option(
    "-o",
    "--output",
    "file",
    required=True,
    type=NEW_FILE,
    help="Write the picture to this file, which ends in .png or .svg.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
def picture(app: App, *, target: str, span: str, file: Path, force: bool) -> None:
    """Draw one change as a picture of 1200 × 675 pixels, and print its alt text.

    It shows outlet, headline, time, labels and the most important edit: removed words are struck through, added words
    underlined. RANGE is as in `writethru diff`; without it, the newest change is drawn. Needs writethru[picture].
    """
    kind = file.suffix.lower()
    if kind not in {".png", ".svg"}:
        raise UsageError("the name of the file must end in .png or .svg", resource=str(file))
    refuse_existing(file, force=force)
    pair, change = (shown := of_versions(app, target, span)).pair, shown.change
    assert pair is not None
    with app.archive() as store:
        outlet = get_article(store, split(target)[0]).source
    drawn = picture_of(outlet, *pair, change)
    made = change_png(drawn, Ruler()) if kind == ".png" else change_svg(drawn, Ruler()).encode()
    try:
        file.write_bytes(made)
    except OSError as error:
        raise UsageError(f"the file cannot be written: {error.strerror}", resource=str(file)) from None
    if app.settings.json:
        app.out.data({"file": str(file), "width": WIDTH, "height": HEIGHT, "alt": drawn.alt})
    else:
        app.out.line(drawn.alt)
