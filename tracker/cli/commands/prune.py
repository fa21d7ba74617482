"""`writethru prune`, `takedown` and `sources forget`: delete pages, old checks, versions and sources."""

from __future__ import annotations

from contextlib import suppress

import click

from tracker.archive.archive import Archive, free_bytes, shrink
from tracker.archive.archive import compact as compact_archive
from tracker.archive.articles import get_article
from tracker.archive.handins import get_handin, list_handins
from tracker.archive.sources import forget_source, list_sources, stored_source
from tracker.archive.state import count_all, get_host_time
from tracker.archive.takedowns import list_expired, list_tombstones, prune_pages, take_down, take_down_handin
from tracker.durations import parse_duration
from tracker.errors import NotKnown, UsageError
from tracker.render.text import counted, one_line
from tracker.service.retention import (
    Terms,
    clock_problem,
    delete_old_records,
    has_old_records,
    reason_to_wait,
    terms_of,
)

from .. import options
from ..app import App, verb
from ..exit_codes import OK, PARTIAL
from ..versions import HANDIN, Numbers, split
from .db import locked_archive

# Less is not worth a command that rewrites the file.
MIN_FREE_BYTES_NAMED = 1_000_000
_CLOCK_HINT = "check the system clock; if it is right, run writethru check first, or set limits with --older-than"


@verb()
@click.option("--older-than", metavar="AGE", help="Delete pages first seen longer ago than this: 90d, 52w.")
@options.number("--keep", "Keep the newest N pages of each article. [default: 1]", 0)
@options.source("Delete only pages of this source.")
@click.option("--full", is_flag=True, help="On PostgreSQL, give the space back to the disk; locks all tables.")
@options.dry_run("Show what would be deleted without deleting anything.")
def prune(app: App, *, older_than: str | None, keep: int | None, source: str, full: bool, dry_run: bool) -> int:
    """Delete stored pages of old versions, old checks and alerts, and free space; texts and diffs are kept.

    The pages' headers are deleted with them; hashes are kept. Without options, the `keep_for` and `keep_newest`
    settings of each source apply, and those of [archive] for checks and alerts; `writethru run` applies them too, when
    it starts and every six hours. Then a SQLite file is rewritten, which needs as much free disk space as the archive
    takes; on PostgreSQL, VACUUM makes the space reusable, or --full returns it to the disk. With --older-than, --keep
    or --source, only pages are deleted. Pages that were handed in are kept: `takedown` deletes them. This cannot be
    undone; use --dry-run first. On SQLite, stop the service before running it, except with --dry-run.
    """
    try:
        seen_before = None if older_than is None else app.now - parse_duration(older_than)
    except (ValueError, OverflowError) as error:
        raise UsageError("not a valid age", resource=older_than or "", hint="write 90d, 52w or 36h") from error
    limits = None if seen_before is None and keep is None else Terms(seen_before, 1 if keep is None else keep)
    configured = {each.name: terms_of(each, app.now) for each in app.config_or_default.sources}
    # On PostgreSQL, pages can be deleted while the services store others: `blobs.lock_bases` keeps them apart.
    with app.archive() if dry_run else locked_archive(app, shared=True) as archive:
        names = [stored_source(archive, source)] if source else list_sources(archive)
        chosen = [(name, terms) for name in names if (terms := limits or configured.get(name)) is not None]
        if not chosen and source:
            hint = "give an age, such as --older-than 90d, or set keep_for for it"
            raise UsageError("no retention limit is set for this source", resource=source, hint=hint)
        if not chosen:
            app.out.note("No source has keep_for or keep_newest, so all pages are kept.")
        problem = "" if dry_run else _reason_not_to_delete(app, archive, chosen, has_limits=limits is not None)
        if problem:
            app.out.note(f"Nothing is deleted: {problem}.\nhint: {_CLOCK_HINT}")
        for name, terms in () if problem else chosen:
            if dry_run:
                found = list_expired(archive, name, seen_before=terms.seen_before, keep=terms.keep)
                for ident, number in found if app.settings.verbose else ():
                    app.out.note(f"{ident}@{number}")
                count = len(found)
            else:
                count = prune_pages(archive, name, app.now, seen_before=terms.seen_before, keep=terms.keep)
            done = "would be deleted" if dry_run else "deleted"
            value = {"source": name, "pages": count, "dry_run": dry_run}
            app.out.say(value, f"{one_line(name)}: {counted(count, 'page')} {done}")
        if not dry_run and (limits or source):
            for _ in shrink(archive):
                pass
            if (free := free_bytes(archive)) > MIN_FREE_BYTES_NAMED:
                app.out.note(f"{free / 1e6:,.0f} MB of the file are free; to return them to the disk: writethru prune")
        elif not dry_run:
            _free_space(app, archive, delete=not problem, full=full)
    return PARTIAL if problem else OK


def _reason_not_to_delete(app: App, archive: Archive, chosen: list[tuple[str, Terms]], *, has_limits: bool) -> str:
    """Return why the clock may be wrong; empty also if nothing is old enough to be deleted."""
    # A person who gives limits can look at the clock; configured limits apply unattended.
    compared = get_host_time(archive)
    problem = clock_problem(compared, app.now) if has_limits else reason_to_wait(compared, app.now)
    expired = (list_expired(archive, name, seen_before=each.seen_before, keep=each.keep) for name, each in chosen)
    return problem if has_old_records(archive, app.config_or_default, app.now) or any(expired) else ""


def _free_space(app: App, archive: Archive, *, delete: bool, full: bool) -> None:
    """Delete old checks and alerts as [archive] says, if `delete` is set, and give unused space back."""
    before = count_all(archive).bytes
    deleted = dict.fromkeys(("checks", "alert_texts", "alerts"), 0)
    for each in delete_old_records(archive, app.config_or_default, app.now) if delete else ():
        deleted[each.what] += each.count
    compact_archive(archive, full=full)
    after = count_all(archive).bytes
    what = f"{deleted['checks']:,} old checks reduced to counts, {deleted['alerts']:,} old alerts deleted"
    app.out.say(
        {**deleted, "bytes_before": before, "bytes_after": after},
        f"{what}; {before / 1e6:,.1f} MB before, {after / 1e6:,.1f} MB after",
    )


@verb()
@click.argument("ident", metavar="ID[@V]")
@click.option("--reason", metavar="TEXT", required=True, help="Record this reason with the version permanently.")
@options.dry_run("Show what would be deleted without deleting anything.")
def takedown(app: App, *, ident: str, reason: str, dry_run: bool) -> None:
    """Delete one version (ID@V) or all versions of an article: page, headers, text, and changes that quote it.

    A page that was handed in is deleted by its name (ID@h1), or with all versions. Hashes, the log entry and the reason
    are kept, so `verify` still succeeds. If all versions are deleted, the article is no longer checked. The service can
    keep running: nothing that it fetched before is stored. This cannot be undone; use --dry-run first.
    """
    if not reason.strip():
        raise UsageError("a takedown needs a reason", hint='give one, such as --reason "court order 12/2026"')
    name, spec = split(ident)
    with locked_archive(app, beside_service=True) as archive:
        known = get_article(archive, name)
        if chosen := HANDIN.fullmatch(spec):
            kept, _ = get_handin(archive, known.id, int(chosen[1]))
            if not dry_run:
                take_down_handin(archive, known.id, kept.page.n, reason.strip(), app.now)
            value = {"article": known.id, "handin": f"h{kept.page.n}", "reason": reason.strip(), "dry_run": dry_run}
            app.out.say(value, f"{kept.name} {'would be' if dry_run else 'is'} deleted")
            return
        number = Numbers(archive, known, app.now).one(spec) if spec else None
        named = [number] if number else list(range(1, known.versions + 1))
        before = {n: why for n, why in list_tombstones(archive, known.id, whole=True).items() if n in named}
        gone = [n for n in named if n not in before]
        handed = [] if number else [each.name for each in list_handins(archive, known.id) if not each.page.removed]
        if not dry_run:
            take_down(archive, known.id, reason.strip(), app.now, number)
    value = {"article": known.id, "url": known.url, "versions": gone, "reason": reason.strip(), "dry_run": dry_run}
    value["deleted_before"] = [{"version": n, "reason": why} for n, why in before.items()]
    done = "would be deleted" if dry_run else "deleted"
    parts = [f"{', '.join(f'v{n}' for n in gone)} {done}"] if gone else []
    parts += [f"{', '.join(handed)} {done}"] if handed else []
    parts += [f"v{n} was deleted before: {one_line(why)}" for n, why in before.items()]
    app.out.say(value, f"{known.id} {'; '.join(parts) or f'quarantined page {done}'}")
    if gone and not dry_run:
        app.out.note("hint: backups and exports made earlier still contain the deleted versions")


@verb()
@click.argument("name")
@click.option("--takedown", metavar="TEXT", default="", help="Also delete all its pages and texts, for this reason.")
def forget(app: App, name: str, *, takedown: str) -> None:
    """Forget a source that is not configured any more: its lists and learned lines.

    Its versions stay as history, unless you give --takedown with a reason; hashes, the log entries and the reason are
    kept even then. Without this command all of it stays, and the source is no longer checked. Stop the service first.
    """
    if any(source.name == name for source in app.config_or_default.sources):
        raise UsageError("this source is still configured", resource=name, hint="remove it from the file first")
    with locked_archive(app) as archive:
        articles = forget_source(archive, name)
        for ident in articles if takedown.strip() else ():
            with suppress(NotKnown):  # an article of which no version was stored yet
                take_down(archive, ident, takedown.strip(), app.now)
    what = "deleted" if takedown.strip() else "kept as history"
    value = {"source": name, "articles": len(articles), "deleted": bool(takedown.strip())}
    app.out.say(value, f"{one_line(name)}: forgotten; the versions of {counted(len(articles), 'article')} are {what}")
