"""`writethru takedown`: take out what must go; that it was there, and why it went, stays."""

from __future__ import annotations

import click

from tracker.archive.articles import get_article, set_article_state
from tracker.archive.takedowns import take_down

from ..app import App, pass_app
from ..lazy import Verb


@click.command(cls=Verb)
@click.argument("ident", metavar="ID[@V]")
@click.option("--reason", metavar="TEXT", required=True, help="Why; kept with the version for good.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and take out nothing.")
@pass_app
def takedown(app: App, *, ident: str, reason: str, dry_run: bool) -> None:
    """Take out one version (ID@V), or all versions of an article: page, headers, text, the changes that quote it.

    Hashes, the place in the log and the reason stay, so `verify` still holds. An article that goes as a whole is no
    longer visited. There is no way back. The service must be stopped.
    """
    from tracker.archive import lock, open_archive
    from tracker.errors import UsageError
    from tracker.model import ArticleState

    from ..versions import Numbers, split

    if not reason.strip():
        raise UsageError("a takedown needs a reason", hint='say why, as in --reason "court order 12/2026"')
    name, spec = split(ident)
    with lock(app.database), open_archive(app.database) as store:
        known = get_article(store, name)
        number = Numbers(store, known, app.now).one(spec) if spec else None
        gone = [number] if number else list(range(1, known.versions + 1))
        if not dry_run:
            gone = take_down(store, known.id, reason.strip(), app.now, number)
        if not dry_run and number is None:
            # Else the next visit would bring back what has just been taken out.
            set_article_state(store, known.id, ArticleState.PAUSED)
    done = "would be taken out" if dry_run else "taken out"
    named = ", ".join(f"v{each}" for each in gone)
    said = {"article": known.id, "url": known.url, "versions": gone, "reason": reason.strip(), "dry_run": dry_run}
    app.out.say(said, f"{known.id} {named} {done}")
    if not dry_run:
        app.out.note("hint: backups and exports made before still hold what was taken out")
