"""`writethru init` and `config`: write a commented configuration and an empty archive; show, check and locate it."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Final

import click
import tomlkit

from tracker.archive.database.drivers import archive_url
from tracker.archive.opening import open_archive
from tracker.config import edits
from tracker.config.file import CONFIG_PATHS, DEFAULT_DATABASE, database_url, shipped_config
from tracker.config.root import parse
from tracker.errors import ArchiveError, ConfigError, UsageError
from tracker.fetch.politeness import MAX_PAUSE_SECONDS
from tracker.observe import redact
from tracker.observe.metrics import readers_of
from tracker.render.text import counted, safe
from tracker.service.watchlist import require_secrets, require_usable
from tracker.web.guard import site_of

from ..app import App, LazyGroup, verb

_SCHEMA_FILE: Final = "schema.json"
_CONTACT_EXAMPLE: Final = '\n# contact = "newsdesk@example.org"\n'


@verb()
@click.argument("directory", metavar="[DIR]", default=".")
@click.option("--examples", is_flag=True, help="Watch the example feeds.")
@click.option("--contact", metavar="ADDRESS", default="", help="Tell sites your mail address, or a page about you.")
def init(app: App, directory: str, contact: str, *, examples: bool) -> None:
    """Write a commented writethru.toml and an empty archive into DIR (default: here), and say what to do next.

    The outlets in the file are commented out, unless --examples is given. Nothing is overwritten. A terminal asks for
    the contact if it is not given.
    """
    folder = Path(directory)
    require_new(folder)
    path = write_config(folder, contact or ask_contact(app), examples=examples)
    database = database_url(app.settings.db or str(folder / DEFAULT_DATABASE.removeprefix("sqlite:///")))
    # Made now, so that `log` and `serve` work before the first check.
    open_archive(database, migrate=True).close()
    steps = [
        "writethru add https://…   # an article, a feed, a sitemap or a section page",
        "writethru run",
        "writethru log",
    ]
    if directory != ".":
        steps.insert(0, f"cd {shlex.quote(directory)}")
    if app.settings.json:
        app.out.data({"config": str(path), "archive": database, "next": steps})
        return
    watched = "it watches some public feeds" if examples else "it watches nothing yet"
    app.out.wrapped(f"{path}: the configuration; {watched}")
    app.out.wrapped(f"{database}: an empty archive")
    app.out.wrapped(f"{path.with_name(_SCHEMA_FILE)}: lets an editor complete and check the configuration")
    app.out.line("next:")
    for step in steps:
        app.out.line(f"  {step}")


def require_new(folder: Path) -> Path:
    """Return the path of a new configuration in a folder. Raises UsageError if there is one already."""
    path = folder / CONFIG_PATHS[0]
    if path.exists():
        hint = "to watch something, run writethru add URL; for another archive, name another directory"
        raise UsageError("there is already a configuration", resource=str(path), hint=hint)
    return path


def ask_contact(app: App) -> str:
    """Ask for the contact in a terminal and return it; "" if it was skipped, or is set in the environment."""
    if not sys.stdin.isatty() or app.settings.json or os.environ.get("WRITETHRU_CONTACT"):
        return ""
    app.out.note(
        "Sites can write to you instead of blocking you. Without a contact, each site is visited at the slowest rate, "
        f"one request every {MAX_PAUSE_SECONDS:.0f} s."
    )
    asked = "Your mail address, or a page about you (Enter skips)"
    answer: str = click.prompt(asked, default="", show_default=False, err=True)
    return answer.strip()


def offer_config(app: App) -> None:
    """Offer to write a configuration here if there is none, and none is named; only a terminal is asked."""
    offer = f"There is no configuration here. Write {CONFIG_PATHS[0]}?"
    is_missing = not (app.settings.config or app.config_path.exists())
    if is_missing and sys.stdin.isatty() and click.confirm(offer, default=True, err=True):
        app.out.note(f"wrote {write_config(Path(), ask_contact(app))}")


def write_config(folder: Path, contact: str = "", *, examples: bool = False) -> Path:
    """Write the commented configuration and its JSON Schema, which editors read, into a folder; return its path.

    Without `examples` its sources are in comments. Raises UsageError if there is a configuration already, ConfigError
    if the contact cannot be written.
    """
    path = require_new(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shipped = shipped_config()
    text = (shipped / CONFIG_PATHS[0]).read_text(encoding="utf-8")
    if not examples:
        # The tables of the sources, each of which ends with an empty line, become comments. This edits text because a
        # TOML library would not keep the other comments as they are.
        lines, inside = [], False
        for line in text.splitlines():
            inside = line == "[[sources]]" or (inside and bool(line))
            lines.append(f"# {line}" if inside else line)
        text = "\n".join(lines) + "\n"
    if contact:
        text = text.replace(_CONTACT_EXAMPLE, f"\ncontact = {tomlkit.item(contact).as_string()}\n", 1)
        parse(text.encode(), str(path))
    edits.write(path, text)
    schema = folder / _SCHEMA_FILE
    if not schema.exists():
        edits.write(schema, (shipped / schema.name).read_text(encoding="utf-8"))
    return path


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
    app.out.page(safe(tomlkit.dumps(values)).splitlines())


@verb(group=config)
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
    if found.service.listen and not any(each.startswith("service.token") for each in missing):
        readers_of(found)
    for each in missing:
        app.out.note(f"not set here: {each}")
    one = {"sources": "source", "stories": "story", "rules": "rule", "targets": "target"}
    counts = {name: len(getattr(found, name)) for name in one}
    listed = ", ".join(counted(count, one[name], name) for name, count in counts.items())
    app.out.say({"ok": True, **counts}, f"{app.config_path}: ok, {listed}")


@verb(group=config)
def schema(app: App) -> None:
    """Print the JSON Schema of the configuration file, for use in editors."""
    app.out.line((shipped_config() / _SCHEMA_FILE).read_text(encoding="utf-8").rstrip("\n"))
