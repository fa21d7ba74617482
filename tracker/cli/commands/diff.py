"""`writethru diff`: what changed between two versions of an article, or between two files."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.archive.articles import get_article
from tracker.archive.versions import get_version
from tracker.cli.exit_codes import CHANGES
from tracker.errors import UsageError
from tracker.render.plain import article
from tracker.render.times import interval
from tracker.web.data import settled

from ..app import App, verb
from ..pages import compared
from ..showdiff import Sides, show
from ..versions import Numbers, split, standing

_EPILOG = (
    "RANGE is A..B, or one version to compare with the one before it. Versions are v3, first, last, -1 (the newest), "
    "@2h (the version of two hours ago) or an ISO time. Without RANGE, the newest change is shown."
)


@verb(epilog=_EPILOG)
@click.argument("target", metavar="ID|OLD")
@click.argument("other", metavar="[RANGE|NEW]", required=False)
@click.option("--inline", "form", flag_value="inline", default="inline", help="Show both sides in one text (default).")
@click.option("--side-by-side", "form", flag_value="side-by-side", help="Show two columns.")
@click.option("--word", "--words", "form", flag_value="word", help="Show only the edits, with a few words around each.")
@click.option("--headline", "form", flag_value="headline", help="Show only headline, dek and byline.")
@click.option("--stat", "form", flag_value="stat", help="Show how much changed in each paragraph.")
@click.option("--facts", "form", flag_value="facts", help="Show the facts that changed, old and new.")
@click.option("--patch", "form", flag_value="patch", help="Write a unified diff that patch can apply.")
@click.option("--html", "form", flag_value="html", help="Write a complete HTML page.")
@click.option("--changes-only", is_flag=True, help="Leave out unchanged paragraphs.")
@click.option(
    "--context",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Keep this many unchanged paragraphs around each change.",
)
@click.option("--width", type=click.IntRange(20), help="Wrap at this many columns.")
@click.option("--exit-code", is_flag=True, help="Exit with 3 if something changed.")
def diff(
    app: App, *, target: str, other: str | None, form: str, changes_only: bool, context: int, width: int | None,
    exit_code: bool,
) -> None:  # fmt: skip
    """Show what changed between two versions (diff ID [RANGE]) or two files (diff OLD NEW: saved pages or texts)."""
    files = other is not None and (target == "-" or Path(target).exists()) and (other == "-" or Path(other).exists())
    if not files:
        _refuse_missing(target, other)
    sides = of_files(target, other or "") if files else of_versions(app, target, other or "")
    show(app.out, sides, form, changes_only=changes_only, context=context, width=width)
    if exit_code and not sides.change.is_empty:
        click.get_current_context().exit(CHANGES)


def _refuse_missing(*names: str | None) -> None:
    """Raise UsageError if one of two names is a file, and the other looks like a file but does not exist."""
    given = [name for name in names if name is not None]
    missing = [name for name in given if not Path(name).exists() and Path(name).suffix and ".." not in name]
    if len(given) == 2 and len(missing) == 1:
        raise UsageError("there is no such file", resource=missing[0], hint="give two files, or an article and a range")


def of_files(old: str, new: str) -> Sides:
    """Compare two files."""
    from ..pages import sides

    before, after = sides(old, new)
    return Sides(before.text, after.text, compared(before, after), (old, new), (before.article, after.article))


def of_versions(app: App, target: str, text: str) -> Sides:
    """Compare two versions of an article. The change between consecutive versions is read from the archive."""
    from tracker import compare

    ident, spec = split(target)
    if spec and text:
        raise UsageError("the version is given twice", resource=f"{target} {text}", hint="write ID A..B")
    with app.archive() as store:
        known = get_article(store, ident)
        first, second = Numbers(store, known, app.now).pair(text or spec)
        old, new = settled(store, (standing(get_version(store, known.id, number)) for number in (first, second)))
    kept = new.change if second == first + 1 else None
    return Sides(
        article(old.content),
        article(new.content),
        kept or compare(old.content, new.content),
        (f"{known.id[:8]}@v{first}", f"{known.id[:8]}@v{second}"),
        (old.content, new.content),
        interval(new.previous_seen if kept else old.seen, new.seen),
        (old, new),
    )
