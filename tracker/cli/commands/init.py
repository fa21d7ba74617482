"""`writethru init`: write a commented configuration and an empty archive."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from tracker.config import edits
from tracker.config.file import CONFIG_PATHS, DEFAULT_DATABASE, database_url
from tracker.errors import ConfigError, UsageError

from ..app import App, verb


@verb()
@click.argument("directory", metavar="[DIR]", default=".")
def init(app: App, directory: str) -> None:
    """Write a commented writethru.toml and an empty archive into DIR (default: here), and say what to do next.

    Nothing is overwritten.
    """
    from tracker.archive.database import migrations

    folder = Path(directory)
    path = folder / CONFIG_PATHS[0]
    if path.exists():
        raise UsageError("there is already a configuration", resource=str(path), hint="name another directory")
    folder.mkdir(parents=True, exist_ok=True)
    edits.write(path, shipped().read_text(encoding="utf-8"))
    database = database_url(app.settings.db or str(folder / DEFAULT_DATABASE.removeprefix("sqlite:///")))
    migrations.upgrade(database)
    steps = [
        "writethru add https://…   # an article, a feed, a sitemap or a section page",
        "writethru run",
        "writethru log",
    ]
    if directory != ".":
        steps.insert(0, f"cd {shlex.quote(directory)}")
    if app.settings.json:
        app.out.data({"schema": 1, "config": str(path), "archive": database, "next": steps})
        return
    app.out.line(f"{path}: the configuration; it already watches some public feeds")
    app.out.line(f"{database}: an empty archive")
    app.out.line("next:")
    for step in steps:
        app.out.line(f"  {step}")


def shipped() -> Path:
    """Return the configuration that ships with writethru: inside the package in a wheel, beside it in a checkout.

    Raises ConfigError if it is missing.
    """
    package = Path(__file__).resolve().parents[2]
    for place in (package / "_config" / CONFIG_PATHS[0], package.parent / "config" / CONFIG_PATHS[0]):
        if place.is_file():
            return place
    raise ConfigError(
        "the configuration that ships with writethru is missing", resource=str(package), hint="install writethru again"
    )
