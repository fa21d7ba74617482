"""`writethru init`: a commented configuration and an empty archive."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from ..app import App, database_url, pass_app
from ..lazy import Verb

_NAME = "writethru.toml"


@click.command(cls=Verb)
@click.argument("directory", metavar="[DIR]", default=".")
@pass_app
def init(app: App, directory: str) -> None:
    """Write a commented writethru.toml and an empty archive into DIR (here), and say what comes next.

    Nothing is overwritten.
    """
    from tracker.archive.database import migrations
    from tracker.config import edits
    from tracker.errors import UsageError

    folder = Path(directory)
    path = folder / _NAME
    if path.exists():
        raise UsageError("there is a configuration already", resource=str(path), hint="name another directory")
    folder.mkdir(parents=True, exist_ok=True)
    edits.write(path, shipped().read_text(encoding="utf-8"))
    database = database_url(app.settings.db) if app.settings.db else f"sqlite:///{folder / 'writethru.db'}"
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
    app.out.line(f"{path}: the configuration; it watches some public feeds as it is")
    app.out.line(f"{database}: an empty archive")
    app.out.line("next:")
    for step in steps:
        app.out.line(f"  {step}")


def shipped() -> Path:
    """Return the configuration that comes with the program: beside the package in a wheel, above it in a checkout."""
    from tracker.errors import ConfigError

    package = Path(__file__).resolve().parents[2]
    for place in (package / "_config" / _NAME, package.parent / "config" / _NAME):
        if place.is_file():
            return place
    raise ConfigError("the shipped configuration is missing", resource=str(package), hint="install writethru again")
