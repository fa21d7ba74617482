"""`writethru prune`: let go of old pages; texts and changes stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.archive.sources import list_sources
from tracker.archive.takedowns import list_expired, prune_pages

from ..app import App, pass_app
from ..lazy import Verb

if TYPE_CHECKING:
    from datetime import timedelta

    from tracker.archive.archive import Archive
    from tracker.service.retention import Terms


@click.command(cls=Verb)
@click.option("--older-than", metavar="AGE", help="Pages first seen longer ago: 90d, 52w.")
@click.option("--keep", metavar="N", type=click.IntRange(0), help="Keep the newest N pages of an article (1).")
@click.option("--source", metavar="NAME", help="Of one source.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and take out nothing.")
@pass_app
def prune(app: App, *, older_than: str | None, keep: int | None, source: str | None, dry_run: bool) -> None:
    """Take out the captured pages and headers of old versions; their texts, changes and hashes stay.

    Without --older-than and --keep, what `keep_for` and `keep_newest` of each source say is done; `writethru run` does
    that by itself, at its start and every six hours. There is no way back: see with --dry-run first what would go. The
    service must be stopped.
    """
    from tracker.archive import lock, open_archive

    age = None if older_than is None else _age(older_than)
    with lock(app.database), open_archive(app.database) as store:
        for name, terms in _terms(app, store, source, age, keep):
            count = _prune(app, store, name, terms, dry_run=dry_run)
            done = "would be taken out" if dry_run else "taken out"
            said = {"source": name, "pages": count, "dry_run": dry_run}
            app.out.say(said, f"{_safe(name)}: {count} {'page' if count == 1 else 'pages'} {done}")


def _terms(
    app: App, store: Archive, source: str | None, age: timedelta | None, keep: int | None
) -> list[tuple[str, Terms]]:
    from tracker.errors import UsageError
    from tracker.service.retention import Terms, terms_of

    names = _sources(store, source)
    if age is not None or keep is not None:
        terms = Terms(None if age is None else app.now - age, 1 if keep is None else keep)
        return [(name, terms) for name in names]
    there = app.settings.config or app.config_path.exists()
    configured = {each.name: terms_of(each, app.now) for each in (app.config.sources if there else ())}
    found = [(name, made) for name in names if (made := configured.get(name)) is not None]
    if not found:
        raise UsageError(
            "nothing says what is to go", hint="name an age, as in --older-than 90d, or set keep_for for a source"
        )
    return found


def _prune(app: App, store: Archive, name: str, terms: Terms, *, dry_run: bool) -> int:
    if not dry_run:
        return prune_pages(store, name, app.now, seen_before=terms.seen_before, keep=terms.keep)
    found = list_expired(store, name, seen_before=terms.seen_before, keep=terms.keep)
    if app.settings.verbose:
        for ident, number in found:
            app.out.note(f"{ident}@{number}")
    return len(found)


def _age(text: str) -> timedelta:
    from tracker.durations import parse_duration
    from tracker.errors import UsageError

    try:
        return parse_duration(text)
    except (ValueError, OverflowError) as error:
        raise UsageError("this is no age", resource=text, hint="write 90d, 52w or 36h") from error


def _sources(store: Archive, named: str | None) -> list[str]:
    from tracker.errors import NotKnown

    known = list_sources(store)
    if named is None:
        return known
    if named not in known:
        raise NotKnown("there is no such source", resource=named, hint=f"there are: {', '.join(known)}")
    return [named]


def _safe(name: str) -> str:
    from tracker.render import one_line

    return one_line(name)
