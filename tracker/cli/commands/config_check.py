"""`writethru config check`: every error in the configuration file, and every secret that cannot be read."""

from __future__ import annotations

from tracker.archive.database.drivers import archive_url
from tracker.errors import ArchiveError, ConfigError
from tracker.render.text import counted
from tracker.service.watchlist import require_secrets, require_usable
from tracker.web.guard import site_of

from ..app import App, verb


@verb()
def check(app: App) -> None:
    """Read the file and report every error in it, and every secret that is empty or not set."""
    found = app.config
    require_usable(found)
    try:
        archive_url(found.archive.database)
    except ArchiveError as error:
        raise ConfigError(error.message, resource=f"archive.database {error.resource!r}", hint=error.hint) from None
    missing = require_secrets(found)
    # A token that only the service has cannot be judged here.
    if found.web.listen and not any(each.startswith("web.token") for each in missing):
        site_of(found, listen=found.web.listen, invent=True)
    for each in missing:
        app.out.note(f"not set here: {each}")
    one = {"sources": "source", "stories": "story", "rules": "rule", "targets": "target"}
    counts = {name: len(getattr(found, name)) for name in one}
    listed = ", ".join(counted(count, one[name], name) for name, count in counts.items())
    app.out.say({"ok": True, **counts}, f"{app.config_path}: ok, {listed}")
