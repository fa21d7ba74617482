"""`writethru takedown`: delete a version, and record that it existed and why it was deleted."""

from __future__ import annotations

import click

from tracker.archive import lock, open_archive
from tracker.archive.articles import get_article, set_article_state
from tracker.archive.takedowns import take_down
from tracker.errors import UsageError
from tracker.model import ArticleState

from ..app import App, verb
from ..versions import Numbers, split


@verb()
@click.argument("ident", metavar="ID[@V]")
@click.option("--reason", metavar="TEXT", required=True, help="Record this reason with the version permanently.")
@click.option("--dry-run", is_flag=True, help="Show what would be deleted without deleting anything.")
def takedown(app: App, *, ident: str, reason: str, dry_run: bool) -> None:
    """Delete one version (ID@V) or all versions of an article: page, headers, text, and changes that quote it.

    Hashes, the log entry and the reason are kept, so `verify` still succeeds. If all versions are deleted, the article
    is no longer checked. This cannot be undone; use --dry-run first. Stop the service before running it.
    """
    if not reason.strip():
        raise UsageError("a takedown needs a reason", hint='give one, such as --reason "court order 12/2026"')
    name, spec = split(ident)
    with lock(app.database), open_archive(app.database) as store:
        known = get_article(store, name)
        number = Numbers(store, known, app.now).one(spec) if spec else None
        gone = [number] if number else list(range(1, known.versions + 1))
        if not dry_run:
            gone = take_down(store, known.id, reason.strip(), app.now, number)
        if not dry_run and number is None:
            # Otherwise the next check would store the text again.
            set_article_state(store, known.id, ArticleState.PAUSED)
    done = "would be deleted" if dry_run else "deleted"
    named = ", ".join(f"v{each}" for each in gone)
    value = {"article": known.id, "url": known.url, "versions": gone, "reason": reason.strip(), "dry_run": dry_run}
    app.out.say(value, f"{known.id} {named} {done}")
    if not dry_run:
        app.out.note("hint: backups and exports made earlier still contain what was deleted")
