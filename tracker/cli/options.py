"""Options that several commands have, declared once, and the types that turn their text into values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from tracker.errors import UsageError, unknown
from tracker.model.labels import LabelKind
from tracker.urls import split_host_port

from .app import App

F = TypeVar("F", bound=Callable[..., Any])


class Time(click.ParamType[datetime]):
    """A time: 24h ago, monday, or 2026-11-24T09:00. What is relative counts back from the start of the command."""

    name = "time"

    def convert(self, value: str | datetime, _param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the time. Raises UsageError."""
        from .versions import parse_when

        # click converts a default a second time.
        if isinstance(value, datetime):
            return value
        assert ctx is not None
        return parse_when(value, ctx.ensure_object(App).now)


class Address(click.ParamType[str]):
    """HOST:PORT to listen at; an empty text turns off what would listen."""

    name = "address"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text. Fails as click's own types do."""
        try:
            if value:
                split_host_port(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return value


def label_kinds(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> tuple[LabelKind, ...]:
    """Return the labels in `given`; each text may have several, separated by commas. Raises UsageError."""
    words = [word.strip() for text in given for word in text.split(",") if word.strip()]
    for word in words:
        if word not in set(LabelKind):
            raise unknown("label", word, LabelKind)
    return tuple(map(LabelKind, words))


TIME: Final = Time()
ADDRESS: Final = Address()
NEW_FILE: Final = click.Path(dir_okay=False, path_type=Path)
KNOWN_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def since(what: str, default: str | None = None) -> Callable[[F], F]:
    """Return --since for a command that says `what` it does, such as "List only versions seen"."""
    text = f"{what} after this: 24h, 7d, 2026-11-24T09:00."
    return click.option("--since", metavar="TIME", type=TIME, default=default, show_default=bool(default), help=text)


def until(what: str) -> Callable[[F], F]:
    """Return --until."""
    return click.option("--until", metavar="TIME", type=TIME, help=f"{what} before this, in the same form.")


def limit(help: str, default: int | None = None, most: int | None = None) -> Callable[[F], F]:  # noqa: A002 - click's name
    """Return -n, the number of things that a list has at most."""
    allowed = click.IntRange(1, most)
    return click.option(
        "-n", "--limit", metavar="N", type=allowed, default=default, show_default=default is not None, help=help
    )


def source(help: str) -> Callable[[F], F]:  # noqa: A002 - click's name
    """Return --source; the name is empty if it is not given."""
    return click.option("--source", metavar="NAME", default="", help=help)


def story(help: str) -> Callable[[F], F]:  # noqa: A002 - click's name
    """Return --story; the name is empty if it is not given."""
    return click.option("--story", metavar="NAME", default="", help=help)


def dry_run(help: str) -> Callable[[F], F]:  # noqa: A002 - click's name
    """Return --dry-run."""
    return click.option("--dry-run", is_flag=True, help=help)


def labels(*names: str, help: str) -> Callable[[F], F]:  # noqa: A002 - click's name
    """Return an option that takes labels, several times or separated by commas."""
    return click.option(*names, metavar="LABEL,…", multiple=True, callback=label_kinds, help=help)


def of_versions(verb: str) -> Callable[[F], F]:
    """Return the filters of commands that list versions, which `verb` begins the help of: "List" or "Show"."""
    only = f"{verb} only versions"
    options = (
        source(f"{only} of this source."),
        story(f"{only} of this story."),
        labels("--label", "--kind", "kinds", help=f"{only} with these labels, such as correction,headline."),
        click.option(
            "--min-words", metavar="N", type=click.IntRange(0), default=0,
            help=f"{only} with at least this many words added and removed.",
        ),
        click.option(
            "--min-significance", metavar="S", type=click.FloatRange(0, 1), default=0.0,
            help=f"{only} with at least this significance, such as 0.7.",
        ),
        click.option("--changes-only", is_flag=True, help="Leave out first versions."),
    )  # fmt: skip

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def against(help: str) -> Callable[[F], F]:  # noqa: A002 - click's name
    """Return --against and --key: a checkpoint, and the public key that must have signed it."""

    def decorate(command: F) -> F:
        key = click.option("--key", metavar="KEY", help="Require the checkpoint to be signed with this public key.")
        return click.option("--against", metavar="FILE", type=KNOWN_FILE, help=help)(key(command))

    return decorate


def refuse_existing(file: Path, *, force: bool) -> None:
    """Raise UsageError if *file* is there and may not be overwritten."""
    if file.exists() and not force:
        raise UsageError("the file already exists", resource=str(file), hint="add --force to overwrite it")


def migrate(command: F) -> F:
    """Add --migrate."""
    return click.option("--migrate", is_flag=True, help="Create or upgrade the archive first.")(command)


def no_pace(command: F) -> F:
    """Add --no-pace."""
    text = "Do not wait between requests. Works for loopback hosts only."
    return click.option("--no-pace", is_flag=True, help=text)(command)
