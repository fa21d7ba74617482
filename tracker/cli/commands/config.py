"""`writethru config`: show, check and locate the configuration."""

from __future__ import annotations

import click

from tracker.errors import ArchiveError, ConfigError
from tracker.observe import redact
from tracker.render.text import counted, safe

from ..app import App, LazyGroup, verb


@click.group(cls=LazyGroup)
def config() -> None:
    """Show, check and locate the configuration."""


@verb(group=config)
def path(app: App) -> None:
    """Print the path of the configuration file in use."""
    where = app.config_path.absolute()
    app.out.say({"path": str(where), "exists": where.exists()}, str(where))


@verb(group=config)
def show(app: App) -> None:
    """Show every setting, with defaults and environment applied. Secrets themselves are not shown."""
    values = app.config.model_dump(mode="json", exclude_none=True)
    values["archive"]["database"] = redact.database(values["archive"]["database"])
    if app.settings.json:
        app.out.data({"config": values})
        return
    import tomlkit

    app.out.page(safe(tomlkit.dumps(values)).splitlines())


@verb(group=config)
def check(app: App) -> None:
    """Read the file and report every error in it, and every secret that is empty or not set."""
    from tracker.archive.database.url import archive_url
    from tracker.service.checking import require_secrets, require_usable
    from tracker.web.site import site_of

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


@verb(group=config)
def schema(app: App) -> None:
    """Print the JSON Schema of the configuration file, for use in editors."""
    from tracker.config.root import schema as described

    app.out.line(described().rstrip("\n"))
